#!/usr/bin/env bash
# Builds the adapter into package/: the library and its manifest, which is what `sealpost` takes.
#
# Usage: ./build.sh        builds
#        ./build.sh test   builds and runs the tests
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
flags=(-std=c11 -Wall -Wextra -O2 -g -I include)
mkdir -p package
if [ "${1:-}" = test ]; then
  "${CC:-cc}" "${flags[@]}" adapter.c tests.c -o package/.tests
  package/.tests && rm package/.tests
  exit
fi
"${CC:-cc}" "${flags[@]}" -fPIC -fvisibility=hidden -shared adapter.c -o package/libcollector.so \
  -Wl,--version-script=destination-adapter.map -Wl,-z,noexecstack,-z,now,-z,relro
cp adapter.json package/
echo "Built package/libcollector.so. Next: sealpost adapter validate package"
