#!/usr/bin/env bash
# Area and Fmax of the exported link cores and the selector, one JSON object each.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh --place-and-route
dir=$1
measure() { build/venv/bin/python scripts/area.py "$@"; }
measure "$dir/pcs_10gbase_r.v" --clock tx_clk --clock rx_clk
measure "$dir/mac_10g.v" --clock tx_clk --clock rx_clk
measure "$dir/pcs_1000base_x.v" --clock tx_clk --clock rx_clk
measure "$dir/mac_1g.v" --clock tx_clk --clock rx_clk
measure "$dir/selector.v" --clock clk
