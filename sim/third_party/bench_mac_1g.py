"""cocotb bench of the exported `mac_1g`: own stream drivers on one side, cocotbext-eth's GMII source and sink on the other."""
import cocotb
from cocotb.triggers import ClockCycles, RisingEdge
from cocotbext.eth import GmiiFrame, GmiiSink, GmiiSource

from common import (PREAMBLE, SINK_SKIPS, begin, BAD_FCS, CODING, GOOD, LONG, OVERSIZE, RUNT, StreamSink, StreamSource, incrementing, quiet,
                    until, with_fcs)

PERIOD = 8000
SIZES = list(range(60, 128)) + [512, 1514] if LONG else list(range(60, 70)) + [512]


async def bench(dut):
    dut.rx_max_length.value = 1522
    dut.gmii_rxd.value = dut.gmii_rx_dv.value = dut.gmii_rx_er.value = 0
    source = StreamSource(dut, "tx_", dut.tx_clk)
    await begin(dut, 8000, ["tx_reset", "rx_reset"])
    wire_in = quiet(GmiiSource(dut.gmii_rxd, dut.gmii_rx_er, dut.gmii_rx_dv, dut.rx_clk))
    wire_out = quiet(GmiiSink(dut.gmii_txd, dut.gmii_tx_er, dut.gmii_tx_en, dut.tx_clk))
    await ClockCycles(dut.tx_clk, 4)
    return source, StreamSink(dut, "rx_", dut.rx_clk), wire_in, wire_out


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def transmit(dut):
    """Padding, FCS, preamble, and a gap of exactly 12."""
    source, _, _, wire = await bench(dut)
    frames = [incrementing(size) for size in [1, 14, 46, 59] + SIZES]
    for frame in frames:
        source.send(frame)
    times = []
    for frame in frames:
        got = await wire.recv()
        assert got.error is None and got.check_fcs() and got.get_payload() == frame + bytes(max(0, 60 - len(frame))), f"frame of {len(frame)}"
        times.append((got.sim_time_start, len(got.data) + SINK_SKIPS))
        assert got.get_preamble_len() == PREAMBLE - SINK_SKIPS, (len(frame), bytes(got.data[:12]))
    gaps = {(after - before) // PERIOD - length for (before, length), (after, _) in zip(times, times[1:])}
    assert gaps == {12}, gaps


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def underrun_and_error(dut):
    source, _, _, wire = await bench(dut)
    underruns = [0]

    async def count():
        while True:
            await RisingEdge(dut.tx_clk)
            underruns[0] += int(dut.tx_underrun.value)

    cocotb.start_soon(count())
    good = incrementing(100)
    source.send(good)
    source.send(incrementing(200), starve_at=100)
    source.send(good)
    source.send(incrementing(90), error=True)
    source.send(good)
    got = []
    while len([frame for frame in got if frame.error is None and frame.check_fcs()]) < 3:
        got.append(await wire.recv())
    whole = [frame.error is None and frame.check_fcs() for frame in got]
    assert underruns[0] == 1 and whole == [True, False, True, False, True], (underruns, whole)
    assert all(frame.get_payload() == good for frame, is_good in zip(got, whole) if is_good)


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def receive(dut):
    _, sink, wire, _ = await bench(dut)
    frames = [incrementing(size) for size in SIZES]
    for gap in (12, 8, 5):
        sink.frames.clear()
        wire.ifg = gap
        for frame in frames:
            await wire.send(GmiiFrame.from_payload(frame))
        await until(dut.rx_clk, lambda: len(sink.frames) == len(frames), 60_000, "frames")
        assert sink.frames == [(frame, GOOD) for frame in frames], f"gap {gap}"


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def receive_tells_bad_frames_by_cause(dut):
    _, sink, wire, _ = await bench(dut)
    dut.rx_max_length.value = 600
    good = incrementing(100)
    spoiled = bytearray(with_fcs(incrementing(133)))
    spoiled[50] ^= 1
    erroneous = GmiiFrame.from_payload(incrementing(120))
    erroneous.normalize()
    erroneous.error[60] = 1
    cases = [
        (GmiiFrame.from_raw_payload(spoiled), BAD_FCS),
        (GmiiFrame.from_payload(incrementing(597)), OVERSIZE),
        (GmiiFrame.from_payload(incrementing(596)), GOOD),
        (GmiiFrame.from_payload(incrementing(59), min_len=0), RUNT),
        (erroneous, CODING),
    ]
    for frame, _ in cases:
        await wire.send(frame)
        await wire.send(GmiiFrame.from_payload(good))
    await until(dut.rx_clk, lambda: sink.frames.count((good, GOOD)) == len(cases), 10_000, "good frames")
    causes = [cause for frame, cause in sink.frames if frame != good]
    assert causes == [cause for _, cause in cases], causes
