#!/usr/bin/env bash
# The demonstration: on traffic made on the spot, then on a real capture where one is at hand.
set -euo pipefail
cd "$(dirname "$0")/.."
python3 scripts/demo.py
capture=../shared/captures/netflix.pcap
if [ -e "$capture" ]; then
  echo "A real capture through the same chassis ($capture):"
  target/release/spareband-sim run --blades 4 --pcap "$capture" --out build/demo/netflix
fi
