"""Four blades, traffic made on the spot, one blade's CPU utilisation raised half way: shows the new flows leaving that blade.

Everything it shows of the chassis is read by the host command line over a pseudo-terminal, as it would be from a board.
"""
import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time

BLADES = 4
BUSY = 1
SCRIPT = "at 0us blade all cpu 30% irq 5%\nat 50% blade {busy} cpu 95% irq 40%\n"


def fail(message):
    sys.exit(f"error: {message}")


class Chassis:
    """A running `spareband-sim run`; its pseudo-terminal stays for the last reading after the traffic."""

    def __init__(self, sim, host, capture, out):
        self.host, self.link, self.out = host, os.path.join(out, "manager"), os.path.join(out, "result")
        load = os.path.join(out, "load.txt")
        with open(load, "w") as f:
            f.write(SCRIPT.format(busy=BUSY))
        self.process = subprocess.Popen([sim, "run", "--blades", str(BLADES), "--pcap", capture, "--load", load, "--rate", "capture",
                                         "--out", self.out, "--pty", "--pty-link", self.link, "--hold"], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while not os.path.exists(self.link):
            if self.process.poll() is not None:
                fail("the simulation ended before it began; its message stands above")
            if time.monotonic() > deadline:
                fail("the simulation opened no pseudo-terminal within a minute")
            time.sleep(0.1)

    def read(self):
        """New flows and CPU of every blade, as `spareband status` sees them."""
        # A simulation on a busy machine is slower than what the host command line waits for.
        deadline = time.monotonic() + 60
        while True:
            answer = subprocess.run([self.host, "--port", self.link, "--json", "status"], capture_output=True, text=True)
            if not answer.returncode:
                break
            if time.monotonic() > deadline or self.process.poll() is not None:
                fail(f"the host command line says: {answer.stderr.strip()}")
            time.sleep(0.5)
        blades = json.loads(answer.stdout)["manager"]["blades"]
        return {"flows": [b["new_flows"] for b in blades], "cpu": [(b["record"] or {"cpu": 0})["cpu"] / 2.55 for b in blades]}

    def finished(self):
        if self.process.poll() is not None:
            fail("the simulation failed; its message stands above")
        return os.path.exists(os.path.join(self.out, "report.json"))

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()


def bar(share, width=24):
    return ("#" * round(share * width)).ljust(width)


def plot(samples):
    """Share of each blade in the new flows between two readings, one line a reading."""
    print("\nShare of new flows, a line a reading of the host command line (time runs down):\n")
    print("   " + "".join(f"  {'blade ' + str(b) + (' <- busy half way' if b == BUSY else ''):24}" for b in range(BLADES)))
    for before, after in zip(samples, samples[1:]):
        new = [a - b for a, b in zip(after["flows"], before["flows"])]
        total = sum(new)
        if total:
            mark = "*" if after["cpu"][BUSY] > 90 else " "
            print(f" {mark} " + "".join(f"  {bar(n / total)}" for n in new))


def table(samples, turn):
    first = [b - a for a, b in zip(samples[0]["flows"], samples[turn]["flows"])]
    second = [b - a for a, b in zip(samples[turn]["flows"], samples[-1]["flows"])]
    print("\n blade   cpu before   after   new flows before   share    after   share")
    for blade in range(BLADES):
        shares = [part[blade] / max(sum(part), 1) for part in (first, second)]
        cpu = [samples[i]["cpu"][blade] for i in (max(turn - 1, 0), -1)]
        print(f"   {blade}      {cpu[0]:6.0f} %   {cpu[1]:3.0f} %   {first[blade]:16}   {shares[0]:4.0%}   {second[blade]:6}   {shares[1]:4.0%}"
              + ("   <- busy half way" if blade == BUSY else ""))
    return first, second


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--sim", default="target/release/spareband-sim")
    args.add_argument("--host", default="target/release/spareband")
    args.add_argument("--capture", help="replay this capture instead of making one")
    args.add_argument("--out", default="build/demo")
    a = args.parse_args()
    shutil.rmtree(a.out, ignore_errors=True)
    os.makedirs(a.out)
    capture = a.capture
    if not capture:
        capture = os.path.join(a.out, "traffic.pcap")
        if subprocess.run([a.sim, "traffic", "--flows", "1000", "--out", capture]).returncode:
            fail("no traffic could be made; the message stands above")
    chassis = Chassis(a.sim, a.host, capture, a.out)
    try:
        samples = [chassis.read()]
        while not chassis.finished():
            time.sleep(0.5)
            samples.append(chassis.read())
        samples.append(chassis.read())
    finally:
        chassis.stop()
    turn = next((i for i, s in enumerate(samples) if s["cpu"][BUSY] > 90), None)
    if turn is None:
        fail("no reading saw the busy blade; the machine was too slow for a demonstration, run it again")
    plot(samples)
    first, second = table(samples, turn)
    share = [part[BUSY] / max(sum(part), 1) for part in (first, second)]
    print(f"\nBlade {BUSY} took {share[0]:.0%} of the new flows while it was idle and {share[1]:.0%} once it was busy.")
    print(f"Every frame is accounted for in {chassis.out}/report.json; plots in {chassis.out}/report.html\n")
    if share[1] >= share[0] / 2:
        fail("the new flows did not leave the busy blade")


if __name__ == "__main__":
    main()
