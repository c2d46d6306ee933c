"""What the benches share: lengths of the runs, frames, clocks and resets, stream drivers."""
import logging
import os
import struct
import zlib
from collections import deque

from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, RisingEdge, Timer
import cocotb

LONG = os.environ.get("THIRD_PARTY_LONG") == "1"

# Octets up to the start frame delimiter, and those of them that the GMII sink of cocotbext-eth 0.1.28 does not keep: it takes the first cycle of a frame
# for the start alone.
PREAMBLE, SINK_SKIPS = 8, 1

# Causes of a bad frame, as the cores' port tables give them.
GOOD, BAD_FCS, RUNT, OVERSIZE, CODING = range(5)


def frame_sizes():
    """Lengths without FCS: all alignments at both ends of the minimum, and the sizes that people use."""
    return list(range(60, 128)) + [512, 1514, 9214] if LONG else list(range(60, 77)) + [127, 512, 1514]


def incrementing(size):
    return bytes(i & 0xFF for i in range(size))


def with_fcs(frame):
    return frame + struct.pack("<L", zlib.crc32(frame))


def quiet(*models):
    """The models log each frame with all its bytes."""
    for model in models:
        model.log.setLevel(logging.WARNING)
    return models[0] if len(models) == 1 else models


async def begin(dut, period_ps, resets):
    """Clocks and resets, once the inputs have their first values: an unknown bit that a clock edge takes into a scrambler stays there."""
    for name in resets:
        getattr(dut, name).value = 1
    await Timer(1, "ns")
    for name in ("tx_clk", "rx_clk"):
        cocotb.start_soon(Clock(getattr(dut, name), period_ps, "ps").start())
    await ClockCycles(dut.tx_clk, 8)
    for name in resets:
        getattr(dut, name).value = 0
    await ClockCycles(dut.tx_clk, 8)


async def until(clock, condition, cycles, what):
    """Cycles until `condition`, at most so many."""
    for cycle in range(cycles):
        if condition():
            return cycle
        await RisingEdge(clock)
    raise AssertionError(f"{what}: not within {cycles} cycles")


class StreamSource:
    """Drives valid, ready, data, keep (where there is one), last, error of one direction.

    A frame is (bytes, options); options: `error` marks the last word, `starve_at` takes valid away for some cycles after so many words, so
    that the frame runs dry.
    """

    def __init__(self, dut, prefix, clock):
        self.signal = lambda name: getattr(dut, prefix + name)
        self.clock, self.waiting = clock, deque()
        self.lanes = len(self.signal("data")) // 8
        self.busy = False
        for name in ("valid", "data", "last", "error"):
            self.signal(name).value = 0
        if self.lanes > 1:
            self.signal("keep").value = 0
        cocotb.start_soon(self._run())

    def send(self, frame, error=False, starve_at=None):
        self.waiting.append((bytes(frame), error, starve_at))

    def idle(self):
        return not self.waiting and not self.busy

    async def _run(self):
        while True:
            if not self.waiting:
                self.busy = False
                self.signal("valid").value = 0
                await RisingEdge(self.clock)
                continue
            self.busy = True
            frame, error, starve_at = self.waiting.popleft()
            for number, at in enumerate(range(0, len(frame), self.lanes)):
                if number == starve_at:
                    self.signal("valid").value = 0
                    await ClockCycles(self.clock, 40)
                piece, last = frame[at : at + self.lanes], at + self.lanes >= len(frame)
                self.signal("valid").value = 1
                self.signal("data").value = int.from_bytes(piece, "little")
                if self.lanes > 1:
                    self.signal("keep").value = (1 << len(piece)) - 1
                self.signal("last").value = int(last)
                self.signal("error").value = int(last and error)
                while True:
                    await RisingEdge(self.clock)
                    if int(self.signal("ready").value):
                        break


class StreamSink:
    """Collects (bytes, cause) of a direction that never stops; cause 0 is a good frame."""

    def __init__(self, dut, prefix, clock):
        self.signal = lambda name: getattr(dut, prefix + name)
        self.clock, self.frames = clock, []
        self.lanes = len(self.signal("data")) // 8
        cocotb.start_soon(self._run())

    async def _run(self):
        frame = bytearray()
        while True:
            await RisingEdge(self.clock)
            if not int(self.signal("valid").value):
                continue
            word = int(self.signal("data").value).to_bytes(self.lanes, "little")
            last = int(self.signal("last").value)
            kept = int(self.signal("keep").value) if self.lanes > 1 else 1
            count = kept.bit_length()
            assert kept == (1 << count) - 1 and count and (last or count == self.lanes), f"keep {kept:b}, last {last}"
            frame += word[:count]
            if last:
                cause = int(self.signal("cause").value)
                assert int(self.signal("error").value) == (cause != GOOD)
                self.frames.append((bytes(frame), cause))
                frame = bytearray()
