#!/usr/bin/env bash
# The main job, on real input: installs what is missing, builds, makes a workspace, encrypts five fields of a fictional
# clinic's events for a file destination, delivers them, opens them again, and shows the audit log.
#
# Usage: Examples/quickstart.sh [FOLDER]
#
# Everything it makes stands in FOLDER (default: .build/quickstart), made anew at each run; the build is in .build.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=Examples/prerequisites.sh
source Examples/prerequisites.sh

folder=${1:-.build/quickstart}
events=Examples/events.ndjson
program=.build/release/sealpost

heading() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

# Shows a command as one would type it, then runs it.
sealpost() {
  printf '\n$ sealpost %s\n' "$*"
  "$program" "$@"
}

main() {
  mkdir -p .build/tmp
  TMPDIR=$PWD/.build/tmp build
  rm -rf .build/tmp
  make_folder
  # The session of the owner, who is logged in from here on, stands in the folder too.
  export SEALPOST_WORKSPACE=$folder/workspace XDG_STATE_HOME=$folder/state
  make_workspace
  install_adapter
  encrypt_fields
  deliver
  show_one_event
  show_products
  show_audit_log
  heading "Done"
  printf 'Everything is in %s. Try: SEALPOST_WORKSPACE=%s XDG_STATE_HOME=%s %s destination show clinic-file\n' \
    "$folder" "$SEALPOST_WORKSPACE" "$XDG_STATE_HOME" "$program"
}

# The toolchain leaves folders behind in its temporary folder, which therefore stands in .build.
build() {
  need_swift
  need_openssl
  heading "Building the program and its adapters (release; the first time takes some minutes)"
  swift build -c release
}

# Only a folder that an earlier run made is made anew: no other is touched.
make_folder() {
  if [ -e "$folder" ] && [ ! -e "$folder/.made-by-quickstart" ]; then
    stop "$folder exists and was not made by this script. Name another folder: Examples/quickstart.sh FOLDER"
  fi
  rm -rf "$folder"
  mkdir -p "$folder"
  touch "$folder/.made-by-quickstart"
  folder=$(cd "$folder" && pwd)
}

make_workspace() {
  heading "A workspace: plan, owner, and the signed business associate agreement (BAA)"
  (umask 077 && openssl rand -base64 24 >"$folder/owner.password")
  sealpost workspace init "$folder/workspace" --name "Lakeside Clinic" --plan business \
    --owner owner@lakeside-clinic.example.com --password-file "$folder/owner.password"
  printf 'This text stands in for the agreement that you have signed.\n' >"$folder/baa.txt"
  sealpost workspace sign-baa --document "$folder/baa.txt" --signed-by "Practice manager" \
    --on "$(date -u +%F)"
  sealpost workspace verify
}

install_adapter() {
  heading "An adapter: a shared library, signed, checked against the eligible products before it is loaded"
  mkdir "$folder/adapter"
  cp Plugins/NDJSONFileDestination/adapter.json .build/release/libNDJSONFileDestination.so "$folder/adapter"
  chmod 0755 "$folder/adapter"/*.so
  sealpost adapter keygen --output "$folder/release.key"
  sealpost adapter sign "$folder/adapter" --key "$folder/release.key"
  sealpost adapter trust add "$folder/release.key.pub" --name "built here"
  sealpost adapter inspect "$folder/adapter"
  sealpost adapter install "$folder/adapter" --approve
  sealpost destination add clinic-file --adapter org.sealpost.ndjson-file \
    --set "path=$folder/delivered.ndjson"
}

encrypt_fields() {
  heading "Field encryption: which fields, and a key pair whose private half goes to you alone"
  sealpost matcher add mrn --classification yellow --synonym medical_record_number
  sealpost encryption enable clinic-file --fields email,phone,name,birthdate,mrn \
    --generate-key --private-key-out "$folder/private.pem"
  sealpost destination enable clinic-file
}

deliver() {
  heading "The main job: events in, sealed by field, out through the adapter"
  sealpost run --input "$events"
  printf '\n$ sealpost decrypt --key private.pem delivered.ndjson > decrypted.ndjson\n'
  "$program" decrypt --key "$folder/private.pem" "$folder/delivered.ndjson" >"$folder/decrypted.ndjson"
}

show_one_event() {
  heading "One event: as it came, as it was delivered (ciphertexts shortened here), and as its owner opens it"
  local number
  number=$(awk '/"type":"identify"/ && /"email"/ { print NR; exit }' "$events")
  printf '\n  as it came\n%s\n' "$(sed -n "${number}p" "$events")"
  printf '\n  as delivered\n%s\n' \
    "$(sed -n "${number}p" "$folder/delivered.ndjson" | sed -E 's/"([A-Za-z0-9+\/]{16})[A-Za-z0-9+\/]{480,}(={0,2})"/"\1…\2"/g')"
  printf '\n  as decrypted\n%s\n' "$(sed -n "${number}p" "$folder/decrypted.ndjson")"
}

show_products() {
  heading "The products that are eligible, as their vendors publish it"
  sealpost products list --eligible
}

show_audit_log() {
  heading "The audit log: who changed what, and the proof that nobody altered it since"
  sealpost audit log
  sealpost audit verify
}

main
