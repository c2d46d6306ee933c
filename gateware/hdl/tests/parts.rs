//! Each part in rust-hdl's simulator against its Verilog under Verilator and Icarus Verilog, in every cycle.

use rand::Rng;
use rust_hdl::prelude::*;
use spareband_hdl::lockstep;
use spareband_hdl::parts::*;

#[derive(Clone, Copy, Debug, Default, PartialEq, LogicStruct)]
struct State {
    count: Bits<5>,
    busy: Bit,
}

#[test]
fn reset_reg() {
    lockstep!(ResetReg::new(bits::<9>(0x155)); clk, reset, d)
        .clock("clk")
        .bias("reset", 0.2)
        .run();
}

/// A state of several fields, whose registers the parts keep as one word.
#[derive(LogicBlock)]
struct Counter {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub enable: Signal<In, Bit>,
    pub count: Signal<Out, Bits<5>>,
    pub busy: Signal<Out, Bit>,
    state: ResetReg<State>,
    held: EnableReg<State>,
}

impl Default for Counter {
    fn default() -> Self {
        let start = State {
            count: bits::<5>(9),
            busy: true,
        };
        Self {
            clk: Default::default(),
            reset: Default::default(),
            enable: Default::default(),
            count: Default::default(),
            busy: Default::default(),
            state: ResetReg::new(start),
            held: EnableReg::new(start),
        }
    }
}

impl Logic for Counter {
    #[hdl_gen]
    fn update(&mut self) {
        self.state.clk.next = self.clk.val();
        self.state.reset.next = self.reset.val();
        self.state.d.next = self.state.q.val();
        self.state.d.next.count = self.state.q.val().count + 1;
        self.state.d.next.busy = self.enable.val();
        self.held.clk.next = self.clk.val();
        self.held.enable.next = self.enable.val();
        self.held.d.next = self.state.q.val();
        self.count.next = self.held.q.val().count;
        self.busy.next = self.held.q.val().busy;
    }
    spareband_hdl::module_name!();
}

#[test]
fn reset_reg_and_enable_reg_of_a_struct() {
    lockstep!(Counter::default(); clk, reset, enable)
        .clock("clk")
        .bias("reset", 0.1)
        .run();
}

#[test]
fn cdc_events() {
    lockstep!(CdcEvents::default(); in_clk, event_in, out_clk)
        .clock_period("in_clk", 10)
        .clock_period("out_clk", 18)
        .run();
}

#[test]
fn reset_sync() {
    lockstep!(ResetSync::default(); clk, reset_in).clock("clk").run();
}

#[test]
fn cdc_bit() {
    lockstep!(CdcBit::default(); clk, d).clock("clk").run();
}

#[test]
fn cdc_bits() {
    lockstep!(CdcBits::<40>::default(); tx_clk, tx_data, rx_clk)
        .clock_period("tx_clk", 14)
        .clock_period("rx_clk", 10)
        .run();
}

#[test]
fn cdc_pulse() {
    lockstep!(CdcPulse::default(); in_clk, pulse_in, out_clk)
        .clock_period("in_clk", 10)
        .clock_period("out_clk", 18)
        .bias("pulse_in", 0.1)
        .run();
}

/// CRC-32 of IEEE 802.3, bit by bit, over 8 octets.
fn crc32(state: u32, data: u64) -> u32 {
    let mut register = state;
    for bit in 0..64 {
        let feedback = (register ^ (data >> bit) as u32) & 1;
        register = (register >> 1) ^ (feedback * 0xEDB8_8320);
    }
    register
}

#[test]
fn xor_net() {
    let net = XorNet::<96, 32>::from_fn(|v| u128::from(crc32(v as u32, (v >> 32) as u64)));
    lockstep!(net; x).run();
}

#[test]
fn xor_net_of_200_bits() {
    let rows = (0..70_u64)
        .map(|o| [0x9E37_79B9_7F4A_7C15_u64.rotate_left(o as u32), o * o, !o, o & 0xFF])
        .collect();
    lockstep!(XorNet::<200, 70>::from_rows(rows); x).run();
}

#[test]
fn lookup_table() {
    let entries = (0..1024_u64).map(|address| (address * 0x9E37) >> 4 & 0x7FF).collect();
    lockstep!(LookupTable::<10, 11>::new(entries); address).run();
}

#[test]
fn simple_dual_port_ram() {
    let ram = SimpleDualPortRam::<40, 3>::new(vec![bits::<40>(5), bits::<40>(1 << 39)]);
    lockstep!(ram; clk, write_enable, write_address, write_data, read_address)
        .clock("clk")
        .run();
}

/// Memories of more than one page are cleared page by page; a word that is not reads as X in Icarus Verilog.
#[test]
fn memories_of_several_pages_begin_with_zeros() {
    lockstep!(SimpleDualPortRam::<40, 10>::default(); clk, write_enable, write_address, write_data, read_address)
        .clock("clk")
        .cycles(5000)
        .bias("write_enable", 0.1)
        .run();
    lockstep!(WayRam::<44, 10, 2>::default(); clk, write_enable, write_address, write_data, read_address)
        .clock("clk")
        .cycles(5000)
        .run();
}

#[test]
fn way_ram() {
    lockstep!(WayRam::<44, 3, 4>::default(); clk, write_enable, write_address, write_data, read_address)
        .clock("clk")
        .run();
    lockstep!(WayRam::<44, 3, 4>::joined(); clk, write_enable, write_address, write_data, read_address)
        .clock("clk")
        .run();
}

#[test]
fn dual_clock_ram() {
    lockstep!(DualClockRam::<33, 4>::default(); write_clk, write_enable, write_address, write_data, read_clk, read_address)
        .clock_period("write_clk", 10)
        .clock_period("read_clk", 14)
        .run();
}

/// Bursts of reads and writes, so that a FIFO is seen full and empty and with both at full rate.
fn odds(cycle: u64) -> (f64, f64) {
    [(1.0, 1.0), (0.9, 0.2), (0.2, 0.9), (0.5, 0.5), (1.0, 0.0), (0.0, 1.0)][(cycle / 100 % 6) as usize]
}

macro_rules! fifo_on_one_clock {
    ($fifo:expr) => {
        lockstep!($fifo; clk, reset, write, write_data, read)
            .clock("clk")
            .cycles(4000)
            .bias("reset", 0.005)
            .stimulus(|cycle, inputs| {
                let (write, read) = odds(cycle);
                let (write, read) = (inputs.rng.gen_bool(write), inputs.rng.gen_bool(read));
                inputs.set("write", u8::from(write));
                inputs.set("read", u8::from(read));
            })
            .run()
    };
}

#[test]
fn sync_fifo() {
    fifo_on_one_clock!(SyncFifo::<40, 4>::default());
}

#[test]
fn wide_fifo() {
    fifo_on_one_clock!(WideFifo::<40, 4>::default());
}

#[test]
fn async_fifo() {
    for (write_period, read_period) in [(10, 14), (22, 8)] {
        lockstep!(AsyncFifo::<40, 3>::default(); write_clk, write_reset, write, write_data, read_clk, read_reset, read)
            .clock_period("write_clk", write_period)
            .clock_period("read_clk", read_period)
            .cycles(4000)
            .seed(write_period)
            .stimulus(|cycle, inputs| {
                let (write, read) = odds(cycle);
                let (write, read) = (inputs.rng.gen_bool(write), inputs.rng.gen_bool(read));
                inputs.set("write", u8::from(write));
                inputs.set("read", u8::from(read));
                let reset = u8::from(cycle % 1500 > 1490);
                inputs.set("write_reset", reset);
                inputs.set("read_reset", reset);
            })
            .run();
    }
}

#[test]
fn async_frame_fifo() {
    for (write_period, read_period) in [(10, 14), (22, 8)] {
        lockstep!(
            AsyncFrameFifo::<40, 4>::default();
            write_clk, write_reset, write, write_data, write_last, write_commit, read_clk, read_reset, read
        )
        .clock_period("write_clk", write_period)
        .clock_period("read_clk", read_period)
        .cycles(6000)
        .seed(write_period)
        .bias("write_last", 0.2)
        .bias("write_commit", 0.8)
        .stimulus(|cycle, inputs| {
            let (write, read) = odds(cycle);
            let (write, read) = (inputs.rng.gen_bool(write), inputs.rng.gen_bool(read));
            inputs.set("write", u8::from(write));
            inputs.set("read", u8::from(read));
            let reset = u8::from(cycle % 1500 > 1490);
            inputs.set("write_reset", reset);
            inputs.set("read_reset", reset);
        })
        .run();
    }
}

#[test]
fn paged_frame_fifo() {
    paged::<5>(10, 14);
    paged::<6>(22, 8);
    paged::<8>(8, 10);
}

fn paged<const A: usize>(write_period: u64, read_period: u64) {
    lockstep!(
        PagedFrameFifo::<40, A>::default();
        write_clk, write_reset, a_write, a_load, a_data, a_last, a_commit, b_write, b_data, b_last, b_commit, read_clk, read_reset, read
    )
    .clock_period("write_clk", write_period)
    .clock_period("read_clk", read_period)
    .cycles(8000)
    .seed(write_period)
    .stimulus(|cycle, inputs| {
        let (write, read) = odds(cycle);
        let words = [
            (["a_write", "a_last", "a_commit"], [write, 0.1, 0.8]),
            (["b_write", "b_last", "b_commit"], [odds(cycle / 3).0, 0.2, 0.7]),
        ];
        for (names, odds) in words {
            let [write, last, commit] = odds.map(|odds| inputs.rng.gen_bool(odds));
            for (name, value) in names.into_iter().zip([write, last, write && last && commit]) {
                inputs.set(name, u8::from(value));
            }
            if names[0] == "a_write" {
                let load = write || inputs.rng.r#gen();
                inputs.set("a_load", u8::from(load));
            }
        }
        let value = u8::from(inputs.rng.gen_bool(read));
        inputs.set("read", value);
        let reset = u8::from(cycle % 1500 > 1490);
        inputs.set("write_reset", reset);
        inputs.set("read_reset", reset);
    })
    .run();
}

#[test]
fn counter_bank() {
    let bank = CounterBank::<6, 3>::with_widths([14, 14, 1, 1, 4, 14]);
    lockstep!(bank; clk, increment, read_address)
        .clock("clk")
        .stimulus(|cycle, inputs| {
            // Addresses are held until the data is there.
            inputs.set("read_address", (cycle / 4 % 8) as u8);
        })
        .run();
}

#[test]
fn counting_ram() {
    for distributed in [false, true] {
        lockstep!(CountingRam::new(16, distributed); clk, address, add, increment)
            .clock("clk")
            .stimulus(|cycle, inputs| {
                // No counter is used sooner than 4 cycles after it counted.
                inputs.set("address", (cycle * 5 % 16) as u16);
            })
            .run();
    }
}

/// All two-clock parts on one clock: both their edges fall together, which the bench keeps apart.
#[derive(LogicBlock, Default)]
struct OneClock {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub write: Signal<In, Bit>,
    pub last: Signal<In, Bit>,
    pub commit: Signal<In, Bit>,
    pub data: Signal<In, Bits<40>>,
    pub read: Signal<In, Bit>,
    pub write_address: Signal<In, Bits<3>>,
    pub read_address: Signal<In, Bits<3>>,
    pub flags: Signal<Out, Bits<6>>,
    pub level: Signal<Out, Bits<16>>,
    pub fifo_data: Signal<Out, Bits<40>>,
    pub frame_data: Signal<Out, Bits<40>>,
    pub ram_data: Signal<Out, Bits<40>>,
    pub bits_data: Signal<Out, Bits<40>>,
    fifo: AsyncFifo<40, 3>,
    frames: AsyncFrameFifo<40, 4>,
    ram: DualClockRam<40, 3>,
    bits: CdcBits<40>,
    pulse: CdcPulse,
}

impl Logic for OneClock {
    #[hdl_gen]
    fn update(&mut self) {
        self.fifo.write_clk.next = self.clk.val();
        self.fifo.read_clk.next = self.clk.val();
        self.fifo.write_reset.next = self.reset.val();
        self.fifo.read_reset.next = self.reset.val();
        self.fifo.write.next = self.write.val();
        self.fifo.write_data.next = self.data.val();
        self.fifo.read.next = self.read.val();
        self.frames.write_clk.next = self.clk.val();
        self.frames.read_clk.next = self.clk.val();
        self.frames.write_reset.next = self.reset.val();
        self.frames.read_reset.next = self.reset.val();
        self.frames.write.next = self.write.val();
        self.frames.write_data.next = self.data.val();
        self.frames.write_last.next = self.last.val();
        self.frames.write_commit.next = self.commit.val();
        self.frames.read.next = self.read.val();
        self.ram.write_clk.next = self.clk.val();
        self.ram.read_clk.next = self.clk.val();
        self.ram.write_enable.next = self.write.val();
        self.ram.write_address.next = self.write_address.val();
        self.ram.write_data.next = self.data.val();
        self.ram.read_address.next = self.read_address.val();
        self.bits.tx_clk.next = self.clk.val();
        self.bits.rx_clk.next = self.clk.val();
        self.bits.tx_data.next = self.data.val();
        self.pulse.in_clk.next = self.clk.val();
        self.pulse.out_clk.next = self.clk.val();
        self.pulse.pulse_in.next = self.last.val();
        self.flags.next = 0.into();
        self.flags.next = self.flags.val().replace_bit(0, self.fifo.full.val());
        self.flags.next = self.flags.val().replace_bit(1, self.fifo.empty.val());
        self.flags.next = self.flags.val().replace_bit(2, self.frames.overflow.val());
        self.flags.next = self.flags.val().replace_bit(3, self.frames.frame_available.val());
        self.flags.next = self.flags.val().replace_bit(4, self.frames.read_last.val());
        self.flags.next = self.flags.val().replace_bit(5, self.pulse.pulse_out.val());
        self.level.next = self.frames.write_level.val();
        self.fifo_data.next = self.fifo.read_data.val();
        self.frame_data.next = self.frames.read_data.val();
        self.ram_data.next = self.ram.read_data.val();
        self.bits_data.next = self.bits.rx_data.val();
    }
    spareband_hdl::module_name!();
}

#[test]
fn two_clock_parts_where_both_clocks_rise_together() {
    // A frame FIFO's reset stands for 5 cycles at least.
    let mut held = 0;
    lockstep!(OneClock::default(); clk, reset, write, last, commit, data, read, write_address, read_address)
        .clock("clk")
        .cycles(4000)
        .bias("last", 0.2)
        .stimulus(move |cycle, inputs| {
            held = if held == 0 && inputs.rng.gen_bool(0.001) {
                5
            } else {
                i32::max(held - 1, 0)
            };
            inputs.set("reset", u8::from(held > 0));
            let (write, read) = odds(cycle);
            let (write, read) = (inputs.rng.gen_bool(write), inputs.rng.gen_bool(read));
            inputs.set("write", u8::from(write));
            inputs.set("read", u8::from(read));
        })
        .run();
}
