# shellcheck shell=bash
# What both scripts need before they can build: a Swift toolchain and OpenSSL's headers. Sourced, not run.

# The oldest Swift that builds the package: `@c` functions came with it.
oldest_swift="6.3"

stop() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# Stops with a clear message where there is no Swift, or an old one.
need_swift() {
  command -v swift >/dev/null ||
    stop "no Swift toolchain found. Install Swift $oldest_swift or later (https://www.swift.org/install) and run this again."
  local found
  found=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
  [ "$(printf '%s\n%s\n' "$oldest_swift" "$found" | sort -V | head -n 1)" = "$oldest_swift" ] ||
    stop "Swift ${found:-of an unknown version} is too old. Install Swift $oldest_swift or later and run this again."
}

# Installs packages by apt-get: as root, or through sudo; says what it does.
install_packages() {
  command -v apt-get >/dev/null ||
    stop "missing: $*. This system has no apt-get: install them (or what they are called here) and run this again."
  local -a as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null ||
      stop "missing: $*. Run this as root: apt-get install $*"
    as_root=(sudo)
  fi
  printf 'Installing %s by apt-get.\n' "$*"
  "${as_root[@]}" apt-get update -qq || printf 'The list of packages could not be renewed; trying with the old one.\n'
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null ||
    stop "could not install: $*. Install them by hand and run this again."
}

# OpenSSL's library, headers and program: the only thing beside the toolchain.
need_openssl() {
  local -a missing=()
  pkg-config --exists 'openssl >= 3.0' 2>/dev/null || missing+=(libssl-dev)
  command -v pkg-config >/dev/null || missing+=(pkg-config)
  command -v openssl >/dev/null || missing+=(openssl)
  [ "${#missing[@]}" -eq 0 ] || install_packages "${missing[@]}"
}
