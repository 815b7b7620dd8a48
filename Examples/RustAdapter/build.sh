#!/usr/bin/env bash
# Builds the adapter into package/: the library and its manifest, which is what `sealpost` takes.
#
# Usage: ./build.sh        builds
#        ./build.sh test   builds and runs the tests
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
if [ "${1:-}" = test ]; then exec cargo test --quiet --offline; fi
cargo build --quiet --release --offline
mkdir -p package
cp "${CARGO_TARGET_DIR:-target}/release/libcollector.so" adapter.json package/
echo "Built package/libcollector.so. Next: sealpost adapter validate package"
