//! The host's words of the filtering database and of the flow table: what is written is found, and what is found reads back.

use rust_hdl::prelude::*;
use spareband_gateware::forward::{FlowTableAccess, MacTable, MacTableAccess};
use spareband_spec::mac_table;

const SETS_LOG2: usize = 3;
const COMMAND: u64 = mac_table::COMMAND as u64;

#[derive(LogicBlock, Default)]
struct Macs {
    clk: Signal<In, Clock>,
    reset: Signal<In, Bit>,
    address: Signal<In, Bits<21>>,
    write_data: Signal<In, Bits<32>>,
    write: Signal<In, Bit>,
    read: Signal<In, Bit>,
    ready: Signal<Out, Bit>,
    read_valid: Signal<Out, Bit>,
    read_data: Signal<Out, Bits<32>>,
    access: MacTableAccess,
    table: MacTable<SETS_LOG2, { SETS_LOG2 + 1 }>,
}

impl Logic for Macs {
    #[hdl_gen]
    fn update(&mut self) {
        self.access.clk.next = self.clk.val();
        self.access.reset.next = self.reset.val();
        self.table.clk.next = self.clk.val();
        self.table.reset.next = self.reset.val();
        self.table.aging_time.next = 0.into();
        self.table.flush.next = 0.into();
        self.table.lookup.next = false;
        self.table.lookup_mac.next = 0.into();
        self.table.lookup_vid.next = 0.into();
        self.table.learn.next = false;
        self.table.learn_mac.next = 0.into();
        self.table.learn_vid.next = 0.into();
        self.table.learn_port.next = 0.into();
        self.access.address.next = self.address.val();
        self.access.write_data.next = self.write_data.val();
        self.access.write.next = self.write.val();
        self.access.read.next = self.read.val();
        self.ready.next = self.access.ready.val();
        self.read_valid.next = self.access.read_valid.val();
        self.read_data.next = self.access.read_data.val();
        self.table.host_write.next = self.access.host_write.val();
        self.table.host_remove.next = self.access.host_remove.val();
        self.table.host_read.next = self.access.host_read.val();
        self.access.host_ready.next = self.table.host_ready.val();
        self.table.host_mac.next = self.access.host_mac.val();
        self.table.host_vid.next = self.access.host_vid.val();
        self.table.host_port.next = self.access.host_port.val();
        self.table.host_index.next = self.access.host_index.val();
        self.access.host_done.next = self.table.host_done.val();
        self.access.host_good.next = self.table.host_good.val();
        self.access.host_entry.next = self.table.host_entry.val();
    }
}

fn tick(uut: &mut Macs) {
    for level in [false, true] {
        uut.clk.next = level.into();
        assert!(simulate(uut, 100));
    }
}

/// One access, as `TablePort` makes it; what was read.
fn access(uut: &mut Macs, address: u64, data: Option<u64>) -> u64 {
    uut.address.next = bits::<21>(address);
    uut.write_data.next = bits::<32>(data.unwrap_or(0));
    (uut.write.next, uut.read.next) = (data.is_some(), data.is_none());
    for _ in 0..100 {
        uut.clk.next = false.into();
        assert!(simulate(uut, 100));
        let taken = uut.ready.val();
        tick(uut);
        if taken {
            break;
        }
    }
    (uut.write.next, uut.read.next) = (false, false);
    for _ in 0..100 {
        uut.clk.next = false.into();
        assert!(simulate(uut, 100));
        if data.is_some() || uut.read_valid.val() {
            return uut.read_data.val().to_u64();
        }
        tick(uut);
    }
    panic!("no answer at {address:#x}");
}

#[test]
fn static_addresses_are_written_read_and_removed() {
    let mut uut = Macs::default();
    uut.connect_all();
    uut.reset.next = true;
    tick(&mut uut);
    uut.reset.next = false;
    (0..40).for_each(|_| tick(&mut uut));
    let all = |uut: &mut Macs| {
        let mut found = vec![];
        for index in 0..4 << SETS_LOG2 {
            let words = [0, 1, 2].map(|word| access(uut, 4 * index + word, None));
            if words[0] & 1 == 1 {
                found.push((words[0] >> 1 & 1, words[0] >> 8 & 31, words[0] >> 16, words[2] << 32 | words[1]));
            }
        }
        found.sort_unstable();
        found
    };
    assert_eq!(all(&mut uut), []);
    let entries = [(2, 0x123, 0x0605_0403_0202_u64), (16, 0, 0xFFEE_DDCC_BBAA)];
    for (port, vid, mac) in entries {
        for (word, value) in (0..).zip(mac_table::command(mac, vid as u16, port as u8)) {
            access(&mut uut, COMMAND | word, Some(value.into()));
        }
        assert_eq!(access(&mut uut, COMMAND | 2, None), 1);
    }
    assert_eq!(all(&mut uut), entries.map(|(port, vid, mac)| (1, port, vid, mac)));
    access(&mut uut, COMMAND | 2, Some(mac_table::REMOVE.into()));
    assert_eq!(
        access(&mut uut, COMMAND | 2, None),
        1,
        "the last address is still held for the command"
    );
    access(&mut uut, COMMAND | 2, Some(mac_table::REMOVE.into()));
    assert_eq!(access(&mut uut, COMMAND | 2, None), 0, "there is none any more");
    assert_eq!(all(&mut uut), [(1, 2, 0x123, 0x0605_0403_0202)]);
}

#[test]
fn lockstep() {
    spareband_hdl::lockstep!(MacTableAccess::default();
        clk, reset, address, write_data, write, read, host_ready, host_done, host_good, host_entry)
    .clock("clk")
    .bias("reset", 0.01)
    .cycles(3_000)
    .run();
    spareband_hdl::lockstep!(FlowTableAccess::default();
        clk, reset, address, write, read, entry_ready, entry_valid, entry_half_open, entry_blade, entry_class, entry_closing, entry_age, entry_tag)
    .clock("clk")
    .bias("reset", 0.01)
    .cycles(3_000)
    .run();
}
