"""Runs yosys over exported Verilog files: no latch, no combinational loop, no double driver, no undriven net that is read."""
import concurrent.futures
import os
import subprocess
import sys
import tempfile

from area import RUN

SCRIPT = ("read_verilog {file}; hierarchy -check -top {top}; proc; select -assert-none t:$dlatch t:$_DLATCH_*; "
          "flatten; opt_clean; check -assert")


def check(file):
    """What yosys has against a file; nothing if it is right."""
    top = os.path.splitext(os.path.basename(file))[0]
    with tempfile.TemporaryFile("w+") as log:
        code = subprocess.call([sys.executable, "-c", RUN, SCRIPT.format(file=file, top=top)], stdout=log, stderr=subprocess.STDOUT)
        log.seek(0)
        return "".join(log.readlines()[-15:]) + f"error: yosys check fails on {file}" if code else None


# The largest first, so that no processor waits for it alone at the end.
files = sorted(sys.argv[1:], key=os.path.getsize, reverse=True)
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    for trouble in pool.map(check, files):
        if trouble:
            pool.shutdown(cancel_futures=True)
            sys.exit(trouble)
