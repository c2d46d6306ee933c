"""cocotb bench of the exported `pcs_10gbase_r`: cocotbext-eth on XGMII, the model of `baser.py` on the serial side."""
import random

import cocotb
from cocotb.triggers import ClockCycles, RisingEdge
from cocotbext.eth import XgmiiFrame, XgmiiSink, XgmiiSource

import baser
from common import begin, LONG, frame_sizes, incrementing, quiet, until, with_fcs

LOCAL_FAULT = 0x000001


class Bench:
    def __init__(self, dut):
        self.dut = dut
        self.errors = {"tx_bad_block": 0, "rx_bad_block": 0, "rx_sequence_error": 0}
        dut.xgmii_txd.value, dut.xgmii_txc.value = baser.IDLE_WORD
        dut.serdes_rx_data.value = dut.serdes_rx_hdr.value = 0
        dut.cfg_tx_prbs31_enable.value = dut.cfg_rx_prbs31_enable.value = 0

    async def reset(self):
        await begin(self.dut, 6400, ["tx_rst", "rx_rst"])
        self.source = quiet(XgmiiSource(self.dut.xgmii_txd, self.dut.xgmii_txc, self.dut.tx_clk))
        self.sink = quiet(XgmiiSink(self.dut.xgmii_rxd, self.dut.xgmii_rxc, self.dut.rx_clk))
        # The source begins with a word of data octets, which has no place there.
        await ClockCycles(self.dut.tx_clk, 10)
        cocotb.start_soon(self._count())

    async def _count(self):
        while True:
            await RisingEdge(self.dut.rx_clk)
            for name in self.errors:
                self.errors[name] += int(getattr(self.dut, name).value)

    def loop(self, line, corrupt=lambda header, payload: (header, payload)):
        """Serial side looped back through `line`."""

        async def run():
            while True:
                await RisingEdge(self.dut.tx_clk)
                sent = corrupt(int(self.dut.serdes_tx_hdr.value), int(self.dut.serdes_tx_data.value))
                header, data = line.pass_block(*sent, int(self.dut.serdes_rx_bitslip.value))
                self.dut.serdes_rx_hdr.value, self.dut.serdes_rx_data.value = header, data

        return cocotb.start_soon(run())

    def from_model(self, words, line=None):
        """The receive side from the model: words, then idle for ever."""
        line = line or baser.SerdesLine()

        async def run():
            scrambler = baser.Scrambler(0x2A5_5A5A_1234_567 & ((1 << 58) - 1))
            while True:
                await RisingEdge(self.dut.rx_clk)
                header, payload = baser.encode(*(words.popleft() if words else baser.IDLE_WORD))
                cut = line.pass_block(header, scrambler.scramble(payload), int(self.dut.serdes_rx_bitslip.value))
                self.dut.serdes_rx_hdr.value, self.dut.serdes_rx_data.value = cut

        return cocotb.start_soon(run())

    async def locked(self, cycles=10_000):
        taken = await until(self.dut.rx_clk, lambda: int(self.dut.rx_block_lock.value), cycles, "block lock")
        await until(self.dut.rx_clk, lambda: int(self.dut.rx_status.value), 2_000, "rx_status")
        await ClockCycles(self.dut.rx_clk, 10)
        self.sink.clear()
        for name in self.errors:
            self.errors[name] = 0
        return taken

    async def exchange(self, frames, gap=12):
        """Frames from the source to the sink, byte by byte the same."""
        self.source.ifg, self.source.enable_dic = gap, gap == 12
        for frame in frames:
            await self.source.send(XgmiiFrame.from_payload(frame))
        for frame in frames:
            got = await self.sink.recv()
            assert got.ctrl is None, f"error inside a frame of {len(frame)}"
            assert got.get_payload() == frame and got.check_fcs(), f"frame of {len(frame)}"
        assert self.sink.empty() and not any(self.errors.values()), self.errors


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def transmit_against_the_model(dut):
    """Every block legal and in its place, every frame and every gap as sent."""
    bench = Bench(dut)
    await bench.reset()
    frames = [incrementing(size) for size in frame_sizes()]
    decoder, collector = baser.Decoder(), baser.FrameCollector()

    async def check():
        first = True
        while True:
            await RisingEdge(dut.tx_clk)
            header, data = int(dut.serdes_tx_hdr.value), int(dut.serdes_tx_data.value)
            if first:
                decoder.descrambler.descramble(data)
                first = False
                continue
            collector.word(*decoder.word(header, data))

    task = cocotb.start_soon(check())
    for gap in (12, 8, 5):
        collector.frames, collector.gaps, collector._gap = [], [], None
        bench.source.ifg, bench.source.enable_dic = gap, gap == 12
        for frame in frames:
            await bench.source.send(XgmiiFrame.from_payload(frame))
        await until(dut.tx_clk, lambda: len(collector.frames) == len(frames) or task.done(), 40_000, "frames")
        assert not task.done() and [frame[:-4] for frame in collector.frames] == frames
        assert all(frame == with_fcs(frame[:-4]) for frame in collector.frames)
        assert len(collector.gaps) == len(frames) - 1 and min(collector.gaps) >= (9 if gap == 12 else gap)
        await ClockCycles(dut.tx_clk, 20)
    assert bench.errors["tx_bad_block"] == 0


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def transmit_says_what_it_cannot_code(dut):
    """A word that no block can say is an error block and counted, and the next frame is whole."""
    bench = Bench(dut)
    await bench.reset()
    seen = []

    async def watch():
        descrambler = baser.Scrambler()
        while True:
            await RisingEdge(dut.tx_clk)
            payload = descrambler.descramble(int(dut.serdes_tx_data.value))
            seen.append((int(dut.serdes_tx_hdr.value), payload))

    await ClockCycles(dut.tx_clk, 4)
    cocotb.start_soon(watch())
    await ClockCycles(dut.tx_clk, 4)
    # A start in lane 2; data right after idle would be legal to code but not in its place.
    dut.xgmii_txd.value, dut.xgmii_txc.value = 0x07070707_07FB0707, 0xFF
    await RisingEdge(dut.tx_clk)
    dut.xgmii_txd.value, dut.xgmii_txc.value = baser.IDLE_WORD
    await ClockCycles(dut.tx_clk, 12)
    errors = [block for block in seen[3:] if baser.block_class(*block) == "E"]
    assert errors == [baser.encode(0xFEFEFEFEFEFEFEFE, 0xFF)], errors
    assert bench.errors["tx_bad_block"] == 1


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def receive_from_the_model(dut):
    """Blocks made by the model, at gaps down to 5, reach cocotbext-eth's sink whole."""
    from collections import deque

    bench = Bench(dut)
    await bench.reset()
    words = deque()
    bench.from_model(words)
    await bench.locked()
    frames = [incrementing(size) for size in frame_sizes()]
    for gap in (12, 8, 5):
        words.extend(baser.words_of([with_fcs(frame) for frame in frames], gap))
        for frame in frames:
            got = await bench.sink.recv()
            assert got.ctrl is None and got.get_payload() == frame and got.check_fcs(), f"frame of {len(frame)}"
    assert not any(bench.errors.values()), bench.errors


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def loop_back(dut):
    bench = Bench(dut)
    await bench.reset()
    bench.loop(baser.SerdesLine())
    await bench.locked()
    frames = [incrementing(size) for size in frame_sizes()]
    for gap in (12, 8, 5):
        await bench.exchange(frames, gap)


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def lock_from_every_offset(dut):
    """The core slips until it is aligned, then data flows."""
    bench = Bench(dut)
    await bench.reset()
    line = baser.SerdesLine()
    bench.loop(line)
    for offset in range(66) if LONG else (1, 2, 17, 33, 65):
        line.offset = offset
        await ClockCycles(dut.rx_clk, 200)
        await bench.locked()
        assert line.offset == 0, f"locked {line.offset} bits off"
        await bench.exchange([incrementing(size) for size in (60, 61, 200)])


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def lock_is_lost_and_local_fault_told(dut):
    """Sync headers gone for good: 16 bad ones within 64 end the lock; XGMII then carries local fault until the line is back."""
    bench = Bench(dut)
    await bench.reset()
    cut = [False]
    bench.loop(baser.SerdesLine(), lambda header, payload: (0b00 if cut[0] else header, payload))
    await bench.locked()
    cut[0] = True
    taken = await until(dut.rx_clk, lambda: not int(dut.rx_block_lock.value), 64, "loss of lock")
    assert taken >= 16, f"lost after {taken} blocks"
    await ClockCycles(dut.rx_clk, 20)
    bench.sink.get_os()
    await ClockCycles(dut.rx_clk, 4)
    assert bench.sink.get_os() == (LOCAL_FAULT, False) and not int(dut.rx_status.value)
    cut[0] = False
    await bench.locked()
    await bench.exchange([incrementing(size) for size in (60, 1514)])


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def bad_blocks_are_errors_on_xgmii(dut):
    """One spoiled block: counted once, an error within that frame only."""
    bench = Bench(dut)
    await bench.reset()
    countdown = [None]
    generator = random.Random(66)

    def corrupt(header, payload):
        if countdown[0] is not None:
            countdown[0] -= 1
            if countdown[0] == 0:
                countdown[0] = None
                return 0b11, payload
        return header, payload

    bench.loop(baser.SerdesLine(), corrupt)
    await bench.locked()
    for _ in range(5):
        frame = incrementing(400)
        for _ in range(3):
            await bench.source.send(XgmiiFrame.from_payload(frame))
        # The second frame is about 53 words in.
        countdown[0] = 53 + generator.randrange(10, 40)
        got = [await bench.sink.recv() for _ in range(3)]
        assert [bool(f.ctrl) for f in got] == [False, True, False]
        assert [got[0].get_payload(), got[2].get_payload()] == [frame, frame]
        assert bench.errors == {"tx_bad_block": 0, "rx_bad_block": 1, "rx_sequence_error": bench.errors["rx_sequence_error"]}, bench.errors
        bench.errors = dict.fromkeys(bench.errors, 0)
