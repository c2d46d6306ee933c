#!/usr/bin/env bash
# Every exported file: no word from Verilator -Wall (two style rules aside), no `lint_off`, and yosys finds neither a latch nor a
# combinational loop nor a signal with two drivers. And the carry chains with which `make area` maps a manager are proven.
set -euo pipefail
cd "$(dirname "$0")/.."
dir=$1
count=0
for file in "$dir"/*.v; do
  top=$(basename "$file" .v)
  if grep -q lint_off "$file"; then echo "error: $file holds lint_off" >&2; exit 1; fi
  # DECLFILENAME: several modules a file are wanted. UNUSEDSIGNAL: a word of which a block uses some bits is no fault.
  out=$(verilator --lint-only -Wall -Wno-DECLFILENAME -Wno-UNUSEDSIGNAL --top-module "$top" "$file" 2>&1) || true
  if [ -n "$out" ]; then printf '%s\n' "$out" | head -n 20 >&2; echo "error: Verilator has something to say about $file" >&2; exit 1; fi
  count=$((count + 1))
done
[ "$count" -gt 0 ] || { echo "error: no exported file in $dir. help: make verilog" >&2; exit 1; }
build/venv/bin/python scripts/yosys_check.py "$dir"/*.v
build/venv/bin/python scripts/prove_carry_chain.py
echo "lint: $count exported files without a warning"
