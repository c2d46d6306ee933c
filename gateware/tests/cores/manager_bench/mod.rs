//! The manager's register bank on its bus.

use crate::bank::Bank;
use rust_hdl::prelude::*;
use spareband_gateware::csr::ManagerRegisters;
use spareband_spec::regs::{MANAGER, Map};

pub const BLADES: usize = 3;

pub struct Bench {
    pub uut: ManagerRegisters<BLADES>,
}

impl Bench {
    pub fn new() -> Self {
        let mut uut = ManagerRegisters::default();
        uut.connect_all();
        // The links' counters are there at once.
        uut.count_valid.next = true;
        assert!(simulate(&mut uut, 100));
        Bench { uut }
    }
}

impl Bank for Bench {
    const MAP: Map = MANAGER;
    const BLADES: usize = BLADES;
    const LATENCY: usize = 9 + 2 * BLADES;
    fn request(&mut self, address: u16, data: u32, read: bool, write: bool) {
        self.uut.bus_address.next = bits::<16>(address.into());
        self.uut.bus_write_data.next = bits::<32>(data.into());
        self.uut.bus_read.next = read;
        self.uut.bus_write.next = write;
    }
    fn cycle(&mut self) -> Option<(u32, bool)> {
        for level in [false, true] {
            self.uut.clk.next = level.into();
            assert!(simulate(&mut self.uut, 100));
        }
        self.uut
            .bus_done
            .val()
            .then(|| (self.uut.bus_read_data.val().to_u64() as u32, self.uut.bus_error.val()))
    }
}
