#!/usr/bin/env bash
# Damages real libraries a million times and gives each to the ELF reader, under the address sanitizer.
# The sanitized build has a folder of its own; the libraries are those of the ordinary build.
#
# Usage: Tests/fuzz-elf.sh [COUNT [SEED]]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

swift build --build-tests
libraries=$(swift build --show-bin-path)
export SEALPOST_FUZZ=${1:-1000000} SEALPOST_FUZZ_LIBRARIES=$libraries
if [ $# -gt 1 ]; then export SEALPOST_FUZZ_SEED=$2; fi
# What is looked for is a read outside of the file; the test runner's own leaks are not.
export ASAN_OPTIONS=detect_leaks=0
swift build --build-tests --sanitize=address --scratch-path .build-asan
swift test --skip-build --sanitize=address --scratch-path .build-asan --filter ELFFuzzTests
