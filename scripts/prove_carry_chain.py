"""Proves that sums, differences and comparisons through carry_chain.v are what Verilog says they are, for even and odd widths: a miter and yosys's
satisfiability solver over yosys's own models of the cells."""
import os
import subprocess
import sys
import tempfile

from area import RUN

CHAIN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "carry_chain.v")
CELLS = "read_verilog -overwrite +/ecp5/cells_sim.v"


def circuit(width):
    last = width - 1
    return (f"module sums(input [{last}:0] a, b, input signed [{last}:0] c, d, input s, output [{width}:0] sum, mixed, output [{last}:0] difference, either, "
            "output less, at_most, less_signed, at_most_signed);\n"
            "assign sum = a + b; assign mixed = a + b + s; assign difference = a - b; assign either = s ? c + d : c - d;\n"
            "assign less = a < b; assign at_most = a <= b; assign less_signed = c < d; assign at_most_signed = c <= d;\nendmodule\n")


for width in (9, 12, 17):
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "sums.v"), "w") as file:
            file.write(circuit(width))
        script = ("read_verilog sums.v; prep -top sums; rename sums meant; design -stash meant; "
                  "read_verilog sums.v; synth_ecp5 -top sums -run begin:map_gates; "
                  f"techmap -map {CHAIN} t:$alu; synth_ecp5 -nowidelut -top sums -run map_gates:; select -assert-min 1 t:CCU2C; rename sums made; design -stash made; "
                  f"{CELLS}; design -copy-from made -as made made; hierarchy -top made; proc; flatten; opt_clean; design -copy-from meant -as meant meant; "
                  "miter -equiv -flatten -make_outputs meant made miter; hierarchy -top miter; flatten; proc; opt; sat -verify -prove trigger 0 miter")
        with open(os.path.join(folder, "log"), "w+") as log:
            if subprocess.call([sys.executable, "-c", RUN, script], cwd=folder, stdout=log, stderr=subprocess.STDOUT):
                log.seek(0)
                sys.exit("".join(log.readlines()[-30:]) + f"error: carry_chain.v is wrong for {width} bits")
