"""Runs yosys over exported Verilog files: no latch, no combinational loop, no double driver, no undriven net that is read."""
import os
import subprocess
import sys
import tempfile

SCRIPT = ("read_verilog {file}; hierarchy -check -top {top}; proc; select -assert-none t:$dlatch t:$_DLATCH_*; "
          "flatten; opt_clean; check -assert")
RUN = ("import sys\nfrom pyosys import libyosys as ys\nd=ys.Design()\n"
       "for c in sys.argv[1].split(';'):\n    ys.run_pass(c.strip(), d)\n")

for file in sys.argv[1:]:
    top = os.path.splitext(os.path.basename(file))[0]
    with tempfile.TemporaryFile("w+") as log:
        code = subprocess.call([sys.executable, "-c", RUN, SCRIPT.format(file=file, top=top)], stdout=log, stderr=subprocess.STDOUT)
        if code:
            log.seek(0)
            sys.stderr.write("".join(log.readlines()[-15:]))
            sys.exit(f"error: yosys check fails on {file}")
