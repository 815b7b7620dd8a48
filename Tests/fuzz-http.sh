#!/usr/bin/env bash
# Damages requests, bodies of calls, and answers of HTTP/2, a million times each and gives them to their readers, under the address
# sanitizer. The sanitized build has a folder of its own, the same as that of fuzz-elf.sh.
#
# Usage: Tests/fuzz-http.sh [COUNT [SEED]]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export SEALPOST_FUZZ=${1:-1000000}
if [ $# -gt 1 ]; then export SEALPOST_FUZZ_SEED=$2; fi
export ASAN_OPTIONS=detect_leaks=0
swift build --build-tests --sanitize=address --scratch-path .build-asan
swift test --skip-build --sanitize=address --scratch-path .build-asan \
  --filter 'HTTPWireTests.FuzzTests|EventJSONTests.RandomCallTests|GzipTests|HTTPListenerTests.HostileTests|HTTP2SessionTests'
