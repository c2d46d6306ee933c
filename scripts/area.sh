#!/usr/bin/env bash
# Area and Fmax of the exported cores: docs/AREA.md. AREA_CORES and AREA_SEEDS choose some; what was measured is renewed.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh --place-and-route
build/venv/bin/python scripts/area_report.py --verilog "$1" --out docs/AREA.md
