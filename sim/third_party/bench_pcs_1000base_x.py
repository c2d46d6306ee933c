"""cocotb bench of the exported `pcs_1000base_x`: cocotbext-eth's GMII source and sink around a ten-bit line cut anywhere, records on."""
import cocotb
from cocotb.triggers import ClockCycles, RisingEdge
from cocotbext.eth import GmiiFrame, GmiiSink, GmiiSource

from common import PREAMBLE, SINK_SKIPS, begin, LONG, incrementing, quiet, until

RECORD = 1 << 46 | 0x0123_4567_89AB
SIZES = list(range(60, 128)) + [512, 1514] if LONG else list(range(60, 66)) + [255]


class Bench:
    def __init__(self, dut):
        self.dut, self.offset, self.records, self.errors = dut, 0, [], 0
        dut.gmii_txd.value = dut.gmii_tx_en.value = dut.gmii_tx_er.value = dut.rx_code_group.value = 0
        dut.util_tx_enable.value, dut.util_tx_record.value = 1, RECORD

    async def start(self):
        await begin(self.dut, 8000, ["tx_reset", "rx_reset"])
        self.source = quiet(GmiiSource(self.dut.gmii_txd, self.dut.gmii_tx_er, self.dut.gmii_tx_en, self.dut.tx_clk))
        cocotb.start_soon(self._line())
        await until(self.dut.rx_clk, lambda: int(self.dut.sync.value), 1_000, "synchronisation")
        await ClockCycles(self.dut.rx_clk, 40)
        self.sink = quiet(GmiiSink(self.dut.gmii_rxd, self.dut.gmii_rx_er, self.dut.gmii_rx_dv, self.dut.rx_clk))
        self.errors = 0

    async def _line(self):
        dut, last = self.dut, 0
        while True:
            await RisingEdge(dut.tx_clk)
            sent = int(dut.tx_code_group.value)
            dut.rx_code_group.value = (last | sent << 10) >> self.offset & 0x3FF
            last = sent
            if int(dut.util_rx_valid.value):
                self.records.append(int(dut.util_rx_record.value))
            self.errors += sum(int(getattr(dut, name).value) for name in
                               ("rx_code_error", "rx_disparity_error", "util_rx_crc_error", "util_rx_version_error"))

    async def exchange(self, frames, gap=12):
        self.source.ifg = gap
        for frame in frames:
            await self.source.send(GmiiFrame.from_payload(frame))
        for frame in frames:
            got = await self.sink.recv()
            assert got.error is None and got.get_payload() == frame and got.check_fcs(), f"frame of {len(frame)}"
            # 36.2.4.13: one octet of preamble may go when a start falls on an odd code-group.
            assert got.get_preamble_len() + SINK_SKIPS in (PREAMBLE - 1, PREAMBLE)


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def frames_and_records_at_every_offset(dut):
    for_all = range(10) if LONG else (0, 3, 7)
    bench = Bench(dut)
    await bench.start()
    for offset in for_all:
        bench.offset = offset
        await ClockCycles(dut.rx_clk, 200)
        bench.sink.clear()
        bench.errors = 0
        bench.records.clear()
        for gap in (12, 8) if LONG else (12,):
            await bench.exchange([incrementing(size) for size in SIZES], gap)
        # Three of a record's twelve sets fit a gap of 12 octets.
        assert len(bench.records) >= len(SIZES) // 4 - 1 and set(bench.records) == {RECORD}, bench.records
        assert bench.errors == 0


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def synchronisation_is_lost_with_the_line_and_comes_back(dut):
    bench = Bench(dut)
    await bench.start()
    await bench.exchange([incrementing(64)])
    bench.offset = 5
    await until(dut.rx_clk, lambda: not int(dut.sync.value), 200, "loss of synchronisation")
    await until(dut.rx_clk, lambda: int(dut.sync.value), 200, "synchronisation")
    await ClockCycles(dut.rx_clk, 60)
    bench.sink.clear()
    bench.records.clear()
    await bench.exchange([incrementing(size) for size in (60, 61, 400)])
    assert set(bench.records) == {RECORD}


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def transmit_error_reaches_the_far_gmii(dut):
    bench = Bench(dut)
    await bench.start()
    frame = GmiiFrame.from_payload(incrementing(100))
    frame.normalize()
    frame.error[50] = 1
    await bench.source.send(frame)
    await bench.source.send(GmiiFrame.from_payload(incrementing(80)))
    first, second = await bench.sink.recv(), await bench.sink.recv()
    assert first.error is not None and any(first.error)
    assert second.error is None and second.get_payload() == incrementing(80)
