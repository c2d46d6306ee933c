"""Area and Fmax of the exported cores and managers beside their goals and the peers', as docs/AREA.md. One run of area.py a core.

A run renews the rows of what it measured and leaves the others. AREA_CORES="pcs_10gbase_r mac_1g" measures some only, AREA_SEEDS=1,2 takes other
seeds than 1 to 5; a row tells how many.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys

from area import BLOCK_RAMS, LUT_SITES

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
# Blades; a manager is placed where it fits.
MANAGERS = [4, 8, 16]
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
the core in a register harness, nextpnr-ecp5 for a um5g-85k of speed 8: median (range) of the seeds. A 64-bit core needs 156.25 MHz for 10 Gb/s and
161.13 MHz where the transceiver hands over 64 bits without a header, a gigabit one 125 MHz.
"""
CORE_HEAD = """
| core | LUT4 | goal | FF | DP16KD | LUT, xc7 | Fmax in MHz | goal | seeds |
|---|---|---|---|---|---|---|---|---|
"""
MANAGER_HEAD = """
## Managers

A um5g-85k has 83,640 lookup tables and flip-flops, 208 DP16KD and 156 MULT18X18D. Lookup tables here are what nextpnr packs: LUT4, two a CCU2C and two more
where a net leads into or out of a chain of them, six a TRELLIS_DPR16X4. Unlike the cores above, whose options are the peers', the managers are synthesised for a part that is nearly full (`area.py
--dense`): adders and comparators of up to 8 bits in lookup tables, wider ones in carry chains that need no element to lead a constant in (`scripts/carry_chain.v`), no wider lookup tables than LUT4,
abc9's script `flow2`, no logic spent on depth below 3.5 ns as abc9 counts, resets of fewer than 160 flip-flops in logic, and those of most
over the global network, what else clears a register apart from its reset; a register that several blades' ports share is copied for each, block RAMs and multipliers have
their places from the start (`scripts/layout.py`); nextpnr's static placer places, `spareband-place` shortens the wires (docs/ARCHITECTURE.md), nextpnr's router1 routes. clk_core and clk_uplink_rx need 156.25 MHz, the blades' clocks 125, which is what nextpnr is told instead of 200 for all.

| manager | LUT4 | lookup tables | FF | DP16KD | MULT18X18D | Fmax in MHz | seeds |
|---|---|---|---|---|---|---|---|
"""
TAIL = """
`link_10g` is MAC, reconciliation sublayer and PCS, with link faults, bit error ratio monitor and PRBS31. `pcs_1000base_x` is `pcs_1000base_x_bare` (8b/10b and
auto-negotiation) with records in mode A both ways.

What is missed, and why: the gigabit coding sublayer is half as large again as its goal, LiteEth's. It has what that one leaves out: synchronisation
with hysteresis, carrier_detect by every bit, false carrier, early end and carrier extension, errors of code and of disparity for every word; and yosys maps for depth, so that it reaches 1.5 times its goal in speed. Records add 145
LUT4, of which the two tables of the alphabet are 68.

The selector is of 16 blades with all rules; its clock has 156.25 MHz.

## Peers, with the same tools and options

| core | LUT4 | FF | LUT, xc7 | Fmax in MHz |
|---|---|---|---|---|
"""


def measure(name, clocks, verilog, options):
    script = os.path.join(os.path.dirname(__file__), "area.py")
    command = [sys.executable, script, os.path.join(verilog, name + ".v")] + options
    run = subprocess.run(command + [word for clock in clocks for word in ("--clock", clock)], capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"error: {name}: {run.stderr.strip() or 'area.py failed'}")
    return json.loads(run.stdout)


def fmax(clocks):
    def one(f):
        seeds = f["all"]
        return f"{f['median']:.0f}" + (f" ({min(seeds):.0f} to {max(seeds):.0f})" if len(seeds) > 1 else "")
    return "; ".join(f"{clock} {one(f)}" for clock, f in clocks.items())


def core_row(core, verilog, seeds):
    name, clocks, luts, mhz = core
    result = measure(name, clocks, verilog, ["--xc7", "--seeds", seeds])
    worst = min(f["median"] for f in result["fmax_mhz"].values())

    def goal(wanted, met):
        return "" if wanted is None else f"{wanted}" if met else f"**{wanted}, missed**"
    return (f"| {name} | {result['LUT4']} | {goal(luts, luts is None or result['LUT4'] <= luts)} | {result['FF']} | {result['DP16KD']} | {result['xc7']['LUT']} "
            f"| {fmax(result['fmax_mhz'])} | {goal(mhz, mhz is None or worst >= mhz)} | {len(seeds.split(','))} |")


def manager_row(blades, verilog, seeds):
    clocks = ["clk_core=156.25", "clk_uplink_rx=156.25", "clk_blade_tx=125"] + [f"clk_blade_rx_{i}=125" for i in range(blades)]
    result = measure(f"manager_{blades}", clocks, verilog, ["--seeds", seeds, "--if-fits", "--dense"])
    fits = result["DP16KD"] <= BLOCK_RAMS and result["LUT_sites"] <= LUT_SITES
    speed, count = "not placed" if fits else "does not fit", ""
    if "fmax_mhz" in result:
        # The clocks of the blades' receivers as one: the slowest of them for a seed.
        merged = {clock: f for clock, f in result["fmax_mhz"].items() if not clock.startswith("clk_blade_rx")}
        slowest = [min(runs) for runs in zip(*(f["all"] for clock, f in result["fmax_mhz"].items() if clock.startswith("clk_blade_rx")))]
        merged["clk_blade_rx"] = {"median": statistics.median(slowest), "all": slowest}
        speed, count = fmax(merged), len(seeds.split(","))
    return (f"| manager_{blades} | {result['LUT4']} | {result['LUT_sites']} | {result['FF']} | {result['DP16KD']} | {result['MULT18X18D']} | {speed} | {count} |")


def rows_of(document):
    """The rows of an earlier run by the name in their first column."""
    try:
        with open(document) as text:
            lines = text.read().split("\n## Peers")[0].splitlines()
    except FileNotFoundError:
        lines = []
    return {line.split("|")[1].strip(): line for line in lines if line.startswith("| ")}


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--verilog", required=True, help="folder of the exported files")
    args.add_argument("--out", required=True, help="the document")
    a = args.parse_args()
    some, seeds = os.environ.get("AREA_CORES", "").split(), os.environ.get("AREA_SEEDS", "1,2,3,4,5")
    todo = {core[0]: lambda core=core: core_row(core, a.verilog, seeds) for core in CORES}
    todo |= {f"manager_{blades}": lambda blades=blades: manager_row(blades, a.verilog, seeds) for blades in MANAGERS}
    unknown = [name for name in some if name not in todo]
    if unknown:
        sys.exit(f"error: no core {unknown[0]}; AREA_CORES takes {' '.join(todo)}")
    rows = rows_of(a.out)
    chosen = [name for name in todo if not some or name in some]
    for number, name in enumerate(chosen):
        if sys.stderr.isatty():
            print(f"\r\033[K[{number}/{len(chosen)}] {name}", end="", file=sys.stderr, flush=True)
        rows[name] = todo[name]()
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)
        print(rows[name], flush=True)
        # Written after each, so that an interrupted run keeps what it has.
        peers = [f"| {peer} | {luts} | {ffs} | {xc7} | {mhz} |" for peer, luts, ffs, xc7, mhz in PEERS]
        cores = [rows[core[0]] for core in CORES if core[0] in rows]
        managers = [rows[f"manager_{blades}"] for blades in MANAGERS if f"manager_{blades}" in rows]
        with open(a.out, "w") as document:
            document.write(HEAD + CORE_HEAD + "\n".join(cores) + "\n" + MANAGER_HEAD + "\n".join(managers) + "\n" + TAIL + "\n".join(peers) + "\n")
    print(f"{a.out}: {len(chosen)} measured")


if __name__ == "__main__":
    main()
