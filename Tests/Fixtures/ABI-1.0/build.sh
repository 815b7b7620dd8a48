#!/usr/bin/env bash
# How libEverything.so was made from Everything.c and the header of ABI 1.0. Not run by any build: the library that
# stands here is the one that later hosts have to load.
#
# Usage: Tests/Fixtures/ABI-1.0/build.sh [OUTPUT]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
output=${1:-libEverything.so}
gcc -std=c11 -Wall -Wextra -Werror -O2 -fPIC -fvisibility=hidden -shared -s \
  -Wl,--build-id=none -Wl,-z,noexecstack -Wl,-soname,libEverything.so -I . Everything.c -o "$output"
