"""cocotb bench of the exported `mac_10g`: own stream drivers on one side, cocotbext-eth's XGMII source and sink on the other."""
import cocotb
from cocotb.triggers import ClockCycles, RisingEdge
from cocotbext.eth import XgmiiFrame, XgmiiSink, XgmiiSource

from common import (begin, BAD_FCS, CODING, GOOD, OVERSIZE, RUNT, StreamSink, StreamSource, frame_sizes, incrementing, quiet,
                    until, with_fcs)

PERIOD = 6400


async def bench(dut):
    dut.rx_max_length.value = 9600
    dut.xgmii_rxd.value, dut.xgmii_rxc.value = 0x0707070707070707, 0xFF
    source = StreamSource(dut, "tx_", dut.tx_clk)
    await begin(dut, 6400, ["tx_rst", "rx_rst"])
    wire_in = quiet(XgmiiSource(dut.xgmii_rxd, dut.xgmii_rxc, dut.rx_clk))
    wire_out = quiet(XgmiiSink(dut.xgmii_txd, dut.xgmii_txc, dut.tx_clk))
    await ClockCycles(dut.tx_clk, 4)
    return source, StreamSink(dut, "rx_", dut.rx_clk), wire_in, wire_out


def padded(frame):
    return frame + bytes(60 - len(frame)) if len(frame) < 60 else frame


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def transmit(dut):
    """Padding, FCS, preamble, start lanes; the gap is 12 on average and never below 9."""
    source, _, _, wire = await bench(dut)
    frames = [incrementing(size) for size in list(range(1, 60, 7)) + frame_sizes()]
    for frame in frames:
        source.send(frame)
    # The sink gives the time of a start and of the octet after the last: a picosecond is 1/800 octet.
    starts, ends = [], []
    for frame in frames:
        got = await wire.recv()
        assert got.ctrl is None and got.check_fcs() and got.get_payload() == padded(frame), f"frame of {len(frame)}"
        assert got.get_preamble_len() == 8 and got.start_lane in (0, 4)
        starts.append(got.sim_time_start)
        ends.append(got.sim_time_end)
    gaps = [(start - end) / (PERIOD / 8) for start, end in zip(starts[1:], ends)]
    assert min(gaps) >= 9, f"gap of {min(gaps)}"
    # The first gap may be of the start-up; the deficit is at most 3, and what is lent is given back.
    assert abs(sum(gaps) - 12 * len(gaps)) <= 7, f"average gap {sum(gaps) / len(gaps)}"


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def minimum_frames_at_line_rate(dut):
    """84 octets each, start to start."""
    source, _, _, wire = await bench(dut)
    for number in range(200):
        source.send(incrementing(60))
    starts = []
    for _ in range(200):
        starts.append((await wire.recv()).sim_time_start)
    assert (starts[-1] - starts[0]) / (PERIOD / 8) == 199 * 84


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def underrun_and_error(dut):
    """A frame that runs dry or is marked bad cannot be taken for a good one, and the next is good."""
    source, _, _, wire = await bench(dut)
    underruns = [0]

    async def count():
        while True:
            await RisingEdge(dut.tx_clk)
            underruns[0] += int(dut.tx_underrun.value)

    cocotb.start_soon(count())
    good = incrementing(300)
    source.send(good)
    source.send(incrementing(400), starve_at=20)
    source.send(good)
    source.send(incrementing(200), error=True)
    source.send(good)
    got = []
    while len([frame for frame in got if frame.ctrl is None and frame.check_fcs()]) < 3:
        got.append(await wire.recv())
    assert underruns[0] == 1
    whole = [frame.ctrl is None and frame.check_fcs() for frame in got]
    assert whole[0] and whole[-1] and whole.count(True) == 3 and whole.count(False) == 2, whole
    assert all(frame.get_payload() == good for frame, is_good in zip(got, whole) if is_good)


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def receive(dut):
    """All sizes at gaps of 12 and less."""
    _, sink, wire, _ = await bench(dut)
    frames = [incrementing(size) for size in frame_sizes()]
    for gap in (12, 9, 8, 7, 6, 5):
        sink.frames.clear()
        wire.ifg, wire.enable_dic = gap, gap == 12
        for frame in frames:
            await wire.send(XgmiiFrame.from_payload(frame))
        await until(dut.rx_clk, lambda: len(sink.frames) == len(frames), 60_000, "frames")
        assert sink.frames == [(frame, GOOD) for frame in frames], f"gap {gap}"


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def receive_tells_bad_frames_by_cause(dut):
    _, sink, wire, _ = await bench(dut)
    dut.rx_max_length.value = 1518
    good = incrementing(100)
    spoiled = bytearray(with_fcs(incrementing(333)))
    spoiled[100] ^= 0x10
    erroneous = XgmiiFrame.from_payload(incrementing(120))
    erroneous.normalize()
    erroneous.data[70], erroneous.ctrl[70] = 0xFE, 1
    cases = [
        (XgmiiFrame.from_raw_payload(spoiled), BAD_FCS),
        (XgmiiFrame.from_payload(incrementing(1515)), OVERSIZE),
        (XgmiiFrame.from_payload(incrementing(4000)), OVERSIZE),
        (XgmiiFrame.from_payload(incrementing(1514)), GOOD),
        (XgmiiFrame.from_payload(incrementing(59), min_len=0), RUNT),
        (XgmiiFrame.from_payload(incrementing(20), min_len=0), RUNT),
        (erroneous, CODING),
    ]
    for frame, _ in cases:
        await wire.send(frame)
        await wire.send(XgmiiFrame.from_payload(good))
    await until(dut.rx_clk, lambda: sink.frames.count((good, GOOD)) == len(cases), 10_000, "good frames")
    causes = [cause for frame, cause in sink.frames if frame != good]
    assert causes == [cause for _, cause in cases], causes
