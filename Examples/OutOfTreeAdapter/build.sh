#!/usr/bin/env bash
# Builds the adapter into package/: the library and its manifest, which is what `sealpost` takes.
#
# Usage: ./build.sh        builds
#        ./build.sh test   builds and runs the tests
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
scratch=${SCRATCH:-.build}
if [ "${1:-}" = test ]; then exec swift test --quiet --scratch-path "$scratch"; fi
swift build --quiet --configuration release --product CollectorDestination --scratch-path "$scratch" \
  -Xlinker --version-script="$PWD/destination-adapter.map"
mkdir -p package
cp "$scratch/release/libCollectorDestination.so" adapter.json package/
echo "Built package/libCollectorDestination.so. Next: sealpost adapter validate package"
