#!/usr/bin/env bash
# Builds the adapter into a package: a folder with the library and its manifest.
#
# Usage: Examples/CppAdapter/build.sh FOLDER
set -euo pipefail
folder=${1:?a folder for the package}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$folder"
"${CXX:-c++}" -std=c++17 -Wall -Wextra -O2 -fPIC -fvisibility=hidden -shared -s \
  -Wl,--version-script="$here/../../Plugins/destination-adapter.map",-z,noexecstack,-z,now \
  -I "$here/../../Sources/CDestinationAdapter/include" "$here/adapter.cpp" -o "$folder/libpost.so"
cp "$here/adapter.json" "$folder/adapter.json"
