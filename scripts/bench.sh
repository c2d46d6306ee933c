#!/usr/bin/env bash
# Figures of one run on this machine: latency of the link cores, speed of the simulation, frames through the manager, area and speed of the selector.
set -euo pipefail
cd "$(dirname "$0")/.."
echo "Latency, as the tests measure it:"
cargo test -q -p spareband-gateware --test cores -- --nocapture link_10g::latency baser::latencies basex::latency selector::latency | sed -n 's/^\.*latency: /  /p'
echo
target/release/spareband-sim bench --blades 4 --blades 16 --json build/bench.json
echo
scripts/setup.sh --place-and-route
echo "The selector of 16 blades alone on ECP5-5G after place and route, some minutes (BENCH_SEEDS=1,2,3 for more than one seed):"
build/venv/bin/python scripts/area.py build/verilog/selector.v --clock clk --seeds "${BENCH_SEEDS:-1}"
