"""Area and Fmax of the exported cores beside their goals and the peers', as docs/AREA.md. One run of area.py a core.

AREA_CORES="pcs_10gbase_r mac_1g" measures some only, AREA_SEEDS=1,2 fewer seeds; such a run prints its rows and leaves the document alone.
"""
import argparse
import json
import os
import subprocess
import sys

TWO = ["tx_clk", "rx_clk"]
# Core, clocks, goal in LUT4, goal in MHz (None: the issue of the core states none).
CORES = [
    ("pcs_10gbase_r", TWO, 1400, 172),
    ("link_10g", TWO, 3000, 175),
    ("mac_10g", TWO, None, None),
    ("mac_control_10g", TWO, None, None),
    ("test_pattern_10gbase_r", TWO, None, None),
    ("pcs_1000base_x_bare", TWO, 404, 160),
    ("pcs_1000base_x", TWO, 500, 160),
    ("mac_1g", TWO, None, None),
    ("mac_control_1g", TWO, None, None),
    ("elastic_buffer", ["write_clk", "read_clk"], None, None),
    ("selector", ["clk"], None, None),
]
# Measured with the same tools and options; LUT4, FF, LUT on xc7, Fmax as median (range).
PEERS = [
    ("verilog-ethernet PHY 64 (10GBASE-R PCS)", 1467, 461, 993, "165.5 (160 to 179)"),
    ("taxi PHY 64 (10GBASE-R PCS)", 1586, 461, 1028, "157.5 (151 to 169)"),
    ("taxi MAC + PHY 64", 3096, 1040, 1889, "172.5 (168 to 178)"),
    ("verilog-ethernet MAC + PHY 64, fused", 3538, 944, 2615, "133.0 (125 to 136)"),
    ("verilog-ethernet MAC 64 + PHY 64 over XGMII", 4391, 1034, 3316, "128.9 (125 to 135)"),
    ("ZipCPU eth10g MAC + PCS, without block lock", 3888, 1069, 2551, "140.8 (137 to 144)"),
    ("taxi 1000BASE-X PHY 8 bit, without 8b/10b", 269, 196, 212, "243 (240 to 249)"),
    ("LiteEth 1000BASE-X PCS, ten-bit, 8b/10b", 404, 286, 235, "252 (249 to 258)"),
    ("OpenCores 1000BASE-X PCS, ten-bit, 8b/10b", 648, 427, 439, "221 (211 to 242)"),
]
HEAD = """# Area and Fmax

Made by `make area`. Area is the bare core through yosys (`synth_ecp5`, `synth_xilinx -family xc7`); Fmax is of paths from register to register only,
the core in a register harness, nextpnr-ecp5 for a um5g-85k of speed 8, {seeds} seeds: median (range). A 64-bit core needs 156.25 MHz for 10 Gb/s and
161.13 MHz where the transceiver hands over 64 bits without a header, a gigabit one 125 MHz.

| core | LUT4 | goal | FF | DP16KD | LUT, xc7 | Fmax in MHz | goal |
|---|---|---|---|---|---|---|---|
"""
TAIL = """
`link_10g` is MAC, reconciliation sublayer and PCS, with link faults, bit error ratio monitor and PRBS31. `pcs_1000base_x` is `pcs_1000base_x_bare` (8b/10b and
auto-negotiation) with records in mode A both ways.

What is missed, and why: `link_10g` by 3 % of area and, in its transmit clock, by 3 % of speed: bit error ratio monitor, watchdog and PRBS31 are in it, and its
slowest path is from the CRC register to the frame check sequence on XGMII (`TxCheck10g`); every seed clears 161.13 MHz. The gigabit coding sublayer is half as large again as
its goal, LiteEth's. It has what that one leaves out: synchronisation with hysteresis, carrier_detect by every bit, false carrier, early end and
carrier extension, errors of code and of disparity for every word; and yosys maps for depth, so that it reaches 1.5 times its goal in speed. Records add 121
LUT4, of which the two tables of the alphabet are 68.

## Peers, with the same tools and options

| core | LUT4 | FF | LUT, xc7 | Fmax in MHz |
|---|---|---|---|---|
"""


def measure(name, clocks, verilog, seeds):
    script = os.path.join(os.path.dirname(__file__), "area.py")
    command = [sys.executable, script, os.path.join(verilog, name + ".v"), "--xc7", "--seeds", seeds]
    run = subprocess.run(command + [word for clock in clocks for word in ("--clock", clock)], capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"error: {name}: {run.stderr.strip() or 'area.py failed'}")
    return json.loads(run.stdout)


def row(name, result, luts, mhz):
    clocks = result["fmax_mhz"]
    fmax = "; ".join(f"{clock} {f['median']:.0f} ({min(f['all']):.0f} to {max(f['all']):.0f})" for clock, f in clocks.items())
    worst = min(f["median"] for f in clocks.values())

    def goal(wanted, met):
        return "" if wanted is None else f"{wanted}" if met else f"**{wanted}, missed**"
    return (f"| {name} | {result['LUT4']} | {goal(luts, luts is None or result['LUT4'] <= luts)} | {result['FF']} | {result['DP16KD']} | {result['xc7']['LUT']} "
            f"| {fmax} | {goal(mhz, mhz is None or worst >= mhz)} |")


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--verilog", required=True, help="folder of the exported files")
    args.add_argument("--out", required=True, help="the document")
    a = args.parse_args()
    some, seeds = os.environ.get("AREA_CORES", "").split(), os.environ.get("AREA_SEEDS", "1,2,3,4,5")
    unknown = [name for name in some if name not in [core[0] for core in CORES]]
    if unknown:
        sys.exit(f"error: no core {unknown[0]}; AREA_CORES takes {' '.join(core[0] for core in CORES)}")
    rows = []
    cores = [core for core in CORES if not some or core[0] in some]
    for number, (name, clocks, luts, mhz) in enumerate(cores):
        if sys.stderr.isatty():
            print(f"\r\033[K[{number}/{len(cores)}] {name}", end="", file=sys.stderr, flush=True)
        rows.append(row(name, measure(name, clocks, a.verilog, seeds), luts, mhz))
        if some or not sys.stderr.isatty():
            print(rows[-1], flush=True)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    if some or seeds != "1,2,3,4,5":
        return
    peers = [f"| {name} | {luts} | {ffs} | {xc7} | {fmax} |" for name, luts, ffs, xc7, fmax in PEERS]
    with open(a.out, "w") as document:
        document.write(HEAD.format(seeds=5) + "\n".join(rows) + "\n" + TAIL + "\n".join(peers) + "\n")
    print(f"{a.out}: {len(rows)} cores")


if __name__ == "__main__":
    main()
