#!/bin/sh
# Usage: openssl.sh PRIVATE_KEY < VALUE
set -eu
openssl base64 -d -A | openssl pkeyutl -decrypt -inkey "$1" -pkeyopt rsa_padding_mode:oaep \
  -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256
