"""cocotb bench of the exported `pcs_10gbase_r_fast_ber`: what needs a short window of the bit error ratio monitor, and PRBS31."""
import cocotb
from cocotb.triggers import ClockCycles, RisingEdge

import baser
from bench_pcs_10gbase_r import Bench
from common import incrementing, until


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def the_bit_offset_jumps(dut):
    """As public test beds of such cores ask: lock lost and the error ratio high within 100 cycles, lock back within 600, ratio good within 900."""
    bench = Bench(dut)
    await bench.reset()
    line = baser.SerdesLine()
    bench.loop(line)
    await bench.locked()
    await until(dut.rx_clk, lambda: not int(dut.rx_high_ber.value), 500, "a good error ratio")
    line.offset = 33
    await ClockCycles(dut.rx_clk, 100)
    assert not int(dut.rx_block_lock.value) and int(dut.rx_high_ber.value) and not int(dut.rx_status.value)
    await ClockCycles(dut.rx_clk, 500)
    assert int(dut.rx_block_lock.value)
    await ClockCycles(dut.rx_clk, 300)
    assert not int(dut.rx_high_ber.value) and int(dut.rx_status.value)
    bench.sink.clear()
    for name in bench.errors:
        bench.errors[name] = 0
    await bench.exchange([incrementing(size) for size in (60, 1514)])


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def prbs31(dut):
    """The pattern against one computed bit by bit, and each line error counted three times."""
    bench = Bench(dut)
    await bench.reset()
    flip = [0]

    def corrupt(header, payload):
        errors, flip[0] = flip[0], 0
        return header, payload ^ errors

    bench.loop(baser.SerdesLine(), corrupt)
    dut.cfg_tx_prbs31_enable.value = dut.cfg_rx_prbs31_enable.value = 1
    await ClockCycles(dut.tx_clk, 30)
    counted, bits = 0, []
    for cycle in range(400):
        await RisingEdge(dut.tx_clk)
        sent = int(dut.serdes_tx_hdr.value) | int(dut.serdes_tx_data.value) << 2
        # 49.2.8: inverted.
        bits += [1 - (sent >> bit & 1) for bit in range(66)]
        counted += int(dut.rx_error_count.value)
        if cycle in (100, 200, 300):
            assert counted == 3 * (cycle // 100 - 1)
            flip[0] = 1 << cycle // 10
    assert counted == 9
    assert all(bits[at] == bits[at - 28] ^ bits[at - 31] for at in range(31, len(bits)))
