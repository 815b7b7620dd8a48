#!/usr/bin/env bash
# Makes certificates for tests of TLS in the folder that is named: a root, and below it NAME.pem with NAME.key.
set -euo pipefail
cd "${1:?usage: make.sh FOLDER}"
umask 077

cat >ca.cnf <<'END'
[ca]
default_ca = test
[test]
dir = .
database = ./index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
END
: >index.txt
key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)

# A root of the test's own, which nobody else trusts.
openssl req -x509 "${key[@]}" -keyout root.key -out root.pem -subj "/CN=Root of a test" -days 30 \
  -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign

# issue NAME ALTERNATIVE-NAMES FIRST-DAY LAST-DAY
issue() {
  openssl req -new "${key[@]}" -keyout "$1.key" -out "$1.csr" -subj "/CN=$1" -addext "subjectAltName=$2"
  openssl ca -config ca.cnf -batch -notext -cert root.pem -keyfile root.key -in "$1.csr" -out "$1.pem" \
    -startdate "$3" -enddate "$4"
}

local_names=DNS:localhost,IP:127.0.0.1,IP:::1
issue good "$local_names" 20200101000000Z 20990101000000Z
issue other "$local_names" 20200101000000Z 20990101000000Z
issue expired "$local_names" 20200101000000Z 20210101000000Z
issue early "$local_names" 20980101000000Z 20990101000000Z
issue elsewhere DNS:elsewhere.example 20200101000000Z 20990101000000Z
issue partial "DNS:local*,DNS:*" 20200101000000Z 20990101000000Z
openssl req -x509 "${key[@]}" -keyout alone.key -out alone.pem -subj "/CN=alone" -days 30 \
  -addext "subjectAltName=$local_names"
