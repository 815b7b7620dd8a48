#!/usr/bin/env bash
# Installs what is missing, builds everything and runs every test: the package's own, then the quick start under
# independent judges. The last line counts; the exit code is 0 only if nothing failed.
#
# Usage: Tests/run.sh [--nightly]
#
# --nightly runs the long forms too: hundreds of kills, millions of events and mutations. That takes hours, not minutes.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
# shellcheck source=Examples/prerequisites.sh
source Examples/prerequisites.sh

passed=0
failed=0
skipped=()
logs=.build/test-logs

heading() { printf '\n== %s\n' "$*"; }
pass() { passed=$((passed + 1)); printf 'ok    %s\n' "$1"; }
fail() { failed=$((failed + 1)); printf 'FAIL  %s\n' "$1"; }
skip() { skipped+=("$1"); printf 'skip  %s\n' "$1"; }

# The tests that have a long form look for this variable.
read_options() {
  case $# in
    0) ;;
    1)
      [ "$1" = --nightly ] || usage
      export SEALPOST_NIGHTLY=1
      ;;
    *) usage ;;
  esac
}

usage() {
  printf 'Tests/run.sh takes --nightly or nothing.\n' >&2
  exit 2
}

main() {
  read_options "$@"
  heading "What is needed"
  need_swift
  need_openssl
  mkdir -p "$logs"
  find_judges
  find_tools
  if build; then
    run_package_tests
    run_quickstart
    if [ "${SEALPOST_NIGHTLY:-}" = 1 ]; then run_fuzz; fi
  fi
  summarise
}

# What Python judges with: two modules that open what we sealed, one that reads our metrics, a store of objects, Segment's
# own library, which sends events, and one that answers in HTTP/2; and what each is installed by.
judges=(cryptography joserfc prometheus_client moto segment.analytics h2)
judge_packages=(cryptography joserfc prometheus_client 'moto[s3,server]' segment-analytics-python h2)

# Without them the tests that need them are skipped, not passed.
find_judges() {
  command -v python3 >/dev/null || (install_packages python3 python3-venv) || true
  if ! python3 -c "import $(IFS=,; printf '%s' "${judges[*]}")" 2>/dev/null; then
    printf 'Putting the Python judges (%s) into .build/judges.\n' "${judges[*]}"
    python3 -m venv --system-site-packages .build/judges >"$logs/judges.log" 2>&1 ||
      { (install_packages python3-venv) && python3 -m venv --system-site-packages .build/judges; } >>"$logs/judges.log" 2>&1
    .build/judges/bin/python3 -m pip install --quiet "${judge_packages[@]}" >>"$logs/judges.log" 2>&1 || true
    [ -x .build/judges/bin/python3 ] && PATH="$PWD/.build/judges/bin:$PATH"
  fi
  # A cluster of Kafka brokers for the tests comes with the client library.
  python3 -c 'import ctypes; ctypes.CDLL("librdkafka.so.1")' 2>/dev/null ||
    (install_packages librdkafka1) >>"$logs/judges.log" 2>&1 ||
    printf 'No librdkafka1 here (see %s): the tests of the stream are skipped.\n' "$logs/judges.log"
  python3 -c 'import ctypes; ctypes.CDLL("libnghttp2.so.14")' 2>/dev/null ||
    (install_packages libnghttp2-14) >>"$logs/judges.log" 2>&1 ||
    printf 'No libnghttp2-14 here (see %s): the tests of HTTP/2 are skipped.\n' "$logs/judges.log"
  local module
  for module in "${judges[@]}"; do
    python3 -c "import $module" 2>/dev/null ||
      printf 'No Python module %s here (see %s): what it judges is skipped.\n' "$module" "$logs/judges.log"
  done
}

# Shells that complete, programs that set the manual page, a terminal to draw on, and others that tests speak to.
find_tools() {
  local tool
  local -a missing=()
  for tool in tmux zsh fish groff mandoc curl kcat strace; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  # A receiver of syslog messages, with TLS.
  { [ -x /usr/sbin/rsyslogd ] && compgen -G '/usr/lib/*/rsyslog/lmnsd_ossl.so' >/dev/null; } ||
    missing+=(rsyslog rsyslog-openssl)
  [ "${#missing[@]}" -eq 0 ] || (install_packages "${missing[@]}") >>"$logs/judges.log" 2>&1 ||
    printf 'Not here (see %s): %s. What needs them is skipped.\n' "$logs/judges.log" "${missing[*]}"
}

# Warnings are errors in both; the release build is what the quick start uses.
build() {
  heading "Building: tests, then release"
  if swift build --build-tests >"$logs/build-tests.log" 2>&1; then
    pass "swift build --build-tests"
  else
    fail "swift build --build-tests"
    grep -E 'error|warning' "$logs/build-tests.log" | sort -u | head -n 30
    return 1
  fi
  if swift build -c release >"$logs/build-release.log" 2>&1; then
    pass "swift build -c release"
  else
    fail "swift build -c release"
    grep -E 'error|warning' "$logs/build-release.log" | sort -u | head -n 30
    return 1
  fi
}

# Counts by Swift Testing's own record, since lines of the log get lost where a test's program shares the output; a run
# that ends early, or whose record does not add up with its last line, is a failure.
run_package_tests() {
  heading "The package's tests"
  local status=0 ran broken absent total record=$logs/tests-swift-testing.xml
  rm -f "$record"
  swift test --skip-build --xunit-output "$logs/tests.xml" >"$logs/tests.log" 2>&1 || status=$?
  broken=$(recorded failures "$record")
  absent=$(recorded skipped "$record")
  ran=$(($(recorded tests "$record") - broken))
  total=$(sed -nE 's/^[^ ]+ Test run with ([0-9]+) tests?.*/\1/p' "$logs/tests.log" | tail -n 1)
  passed=$((passed + ran))
  failed=$((failed + broken))
  grep -E ' recorded an issue | failed after |Fatal error|unexpected signal' "$logs/tests.log" | head -n 60
  while IFS= read -r line; do skipped+=("$line"); done < <(skips "$record")
  printf '%s tests: %s passed, %s failed, %s skipped (%s)\n' \
    "${total:-no}" "$ran" "$broken" "$absent" "$logs/tests.log"
  if [ -z "$total" ]; then
    fail "swift test came to its end"
    tail -n 15 "$logs/tests.log"
  elif [ $((ran + broken + absent)) -ne "$total" ]; then
    fail "every test of the run is accounted for ($ran + $broken + $absent of $total)"
  elif [ "$status" -ne 0 ] && [ "$broken" -eq 0 ]; then
    fail "swift test (exit code $status)"
  fi
}

# A number of the record's head; 0 where there is no record.
recorded() {
  local number
  number=$(sed -nE "s/.*<testsuite .* $1=\"([0-9]+)\".*/\1/p" "$2" 2>/dev/null | head -n 1)
  printf '%s' "${number:-0}"
}

# One line for each test of the record that was skipped: its name and why.
skips() {
  grep -B 1 '<skipped' "$1" 2>/dev/null |
    sed -nE 's/.* name="`?([^"`]*).*/\1/p; s/ *<skipped>(.*)<\/skipped>.*/\1/p' | paste -d '\t' - - | sed 's/\t/: /'
}

# The quick start as a newcomer runs it, with its traces watched; then its output under the judges.
run_quickstart() {
  heading "The quick start, and judges on what it left"
  local folder=.build/quickstart-test scratch started seconds
  scratch=$(mktemp -d)
  touch "$logs/quickstart.started"
  started=$SECONDS
  if TMPDIR=$scratch Examples/quickstart.sh "$folder" >"$logs/quickstart.log" 2>&1; then
    seconds=$((SECONDS - started))
    pass "Examples/quickstart.sh (${seconds} s after the build)"
  else
    fail "Examples/quickstart.sh"
    tail -n 25 "$logs/quickstart.log"
  fi
  nothing_outside "$scratch"
  rm -rf "$scratch"
  judge "$folder"
}

# Damaged libraries, requests and calls, under the address sanitizer: a build of its own.
run_fuzz() {
  heading "The readers of hostile bytes, under the address sanitizer"
  local name
  for name in fuzz-elf fuzz-http; do
    if "Tests/$name.sh" >"$logs/$name.log" 2>&1; then
      pass "Tests/$name.sh"
    else
      fail "Tests/$name.sh ($logs/$name.log)"
      tail -n 15 "$logs/$name.log"
    fi
  done
}

# The quick start may write to its folder and, for the build, to .build.
nothing_outside() {
  local left
  left=$(find "$1" -mindepth 1 | head -n 5)
  left+=$(find . -newer "$logs/quickstart.started" -type f ! -path './.build/*' ! -path './.git/*' | head -n 5)
  if [ -z "$left" ]; then
    pass "the quick start leaves nothing outside its folder"
  else
    fail "the quick start leaves nothing outside its folder: $left"
  fi
}

# The checker prints one line for each check: ok, FAIL or skip.
judge() {
  if ! command -v python3 >/dev/null; then
    skip "the judges of the quick start's output: no python3"
    return
  fi
  local status=0 mark text before=$failed
  python3 Tests/Quickstart/check.py Examples/events.ndjson "$1" >"$logs/check.log" 2>&1 || status=$?
  while read -r mark text; do
    case $mark in
      ok) pass "$text" ;;
      FAIL) fail "$text" ;;
      skip) skip "$text" ;;
      *) printf '      %s %s\n' "$mark" "$text" ;;
    esac
  done <"$logs/check.log"
  if [ "$status" -ne 0 ] && [ "$failed" -eq "$before" ]; then
    fail "the checker came to its end"
  fi
}

summarise() {
  if [ "${#skipped[@]}" -gt 0 ]; then
    heading "Skipped, and why"
    printf '%s\n' "${skipped[@]}"
  fi
  printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "${#skipped[@]}"
  [ "$failed" -eq 0 ]
}

main "$@"
