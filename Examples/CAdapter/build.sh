#!/usr/bin/env bash
# Builds the adapter into a package: a folder with the library and its manifest, ready for `sealpost adapter sign`.
#
# Usage: Examples/CAdapter/build.sh FOLDER
set -euo pipefail
folder=${1:?a folder for the package}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$folder"
"${CC:-cc}" -std=gnu11 -Wall -Wextra -O2 -fPIC -fvisibility=hidden -shared -s -Wl,-z,noexecstack,-z,now \
  -I "$here/../../Sources/CDestinationAdapter/include" "$here/lines.c" -o "$folder/liblines.so"
cp "$here/adapter.json" "$folder/adapter.json"
