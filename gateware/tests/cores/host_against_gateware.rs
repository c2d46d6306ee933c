//! The host library against the circuit itself, bit by bit over the UART: no model of the device stands between them.

use crate::uart::Line;
use rust_hdl::prelude::*;
use spareband::snapshot::{Manager, Policy};
use spareband::{Client, Device, Error, Transport};
use spareband_gateware::csr::{BladeRegisters, ManagerRegisters, UartRegisterMaster};
use spareband_spec::record::Record;
use std::io;
use std::time::Duration;

const DIVISOR: u32 = 4;
/// Cycles of silence that stand for a time-out.
const PATIENCE: u32 = 3000;

/// A register bank behind its UART.
macro_rules! behind_uart {
    ($name:ident, $bank:ty) => {
        #[derive(LogicBlock, Default)]
        struct $name {
            clk: Signal<In, Clock>,
            rx: Signal<In, Bit>,
            tx: Signal<Out, Bit>,
            reset: Signal<In, Bit>,
            divisor: Signal<In, Bits<16>>,
            uart: UartRegisterMaster,
            bank: $bank,
        }

        impl Logic for $name {
            #[hdl_gen]
            fn update(&mut self) {
                self.uart.clk.next = self.clk.val();
                self.uart.reset.next = self.reset.val();
                self.uart.divisor.next = self.divisor.val();
                self.uart.rx.next = self.rx.val();
                self.tx.next = self.uart.tx.val();
                self.bank.clk.next = self.clk.val();
                self.bank.reset.next = self.reset.val();
                self.bank.bus_address.next = self.uart.bus_address.val();
                self.bank.bus_write_data.next = self.uart.bus_write_data.val();
                self.bank.bus_write.next = self.uart.bus_write.val();
                self.bank.bus_read.next = self.uart.bus_read.val();
                self.uart.bus_read_data.next = self.bank.bus_read_data.val();
                self.uart.bus_done.next = self.bank.bus_done.val();
                self.uart.bus_error.next = self.bank.bus_error.val();
            }
        }

        impl Simulated<$name> {
            fn new(mut uut: $name) -> Self {
                uut.connect_all();
                uut.divisor.next = bits::<16>(DIVISOR.into());
                uut.rx.next = true;
                assert!(simulate(&mut uut, 100));
                Simulated {
                    uut,
                    line: Line::new(DIVISOR),
                }
            }

            fn cycle(&mut self) {
                let level = self.line.step(self.uut.tx.val());
                for clk in [true, false] {
                    self.uut.clk.next = clk.into();
                    assert!(simulate(&mut self.uut, 100));
                    self.uut.rx.next = level;
                }
            }
        }

        impl Transport for Simulated<$name> {
            fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
                self.line.send(bytes);
                Ok(())
            }
            fn receive(&mut self, buffer: &mut [u8], _: Duration) -> io::Result<usize> {
                let mut quiet = 0;
                while self.line.received.is_empty() && quiet < PATIENCE {
                    self.cycle();
                    quiet = if self.line.idle() { quiet + 1 } else { 0 };
                }
                let count = buffer.len().min(self.line.received.len());
                for (slot, byte) in buffer.iter_mut().zip(self.line.received.drain(..count)) {
                    *slot = byte;
                }
                Ok(count)
            }
            fn discard(&mut self) -> io::Result<()> {
                self.line.received.clear();
                Ok(())
            }
        }
    };
}

struct Simulated<U> {
    uut: U,
    line: Line,
}

behind_uart!(ManagerDevice, ManagerRegisters<2>);
behind_uart!(BladeDevice, BladeRegisters);

#[test]
fn a_manager() {
    let mut simulated = Simulated::<ManagerDevice>::new(ManagerDevice::default());
    // Garbage and a request cut short come first.
    simulated.line.send(&[0x00, 0x7E, 0x31, 0x7D, 0x7E, 0x01, 0x01, 0x00]);
    simulated.line.silence(20);
    while !simulated.line.idle() {
        simulated.cycle();
    }
    let mut device = Device::open(Client::new(simulated)).unwrap();
    assert_eq!(
        (device.identity().kind, device.blades(), device.identity().clock_hz),
        ("manager", 2, 156_250_000)
    );

    let manager = Manager::read(&mut device).unwrap();
    assert_eq!(manager.blades[1].mac, "02:53:42:00:00:01");
    assert!(manager.blades[0].enabled && manager.blades[0].record.is_none() && !manager.uplink.block_lock);

    device.write_named("policy.select", 0).unwrap();
    device.write_named("policy.vip", 0x0A7E_7D01).unwrap();
    device.write_named("blade[1].control.admin", 1).unwrap();
    let policy = Policy::read(&mut device).unwrap();
    assert_eq!((policy.select, policy.vip.as_str()), ("rr", "10.126.125.1"));
    assert_eq!((policy.selector.wake, policy.awake), (150, 0));
    assert_eq!(Manager::read(&mut device).unwrap().blades[1].host_admin, "drain");

    // Beyond the last blade there is nothing.
    let beyond = spareband_spec::regs::Place {
        address: 0x1200,
        ..device.place("blade", 0, "weight")
    };
    assert!(matches!(device.read(&beyond), Err(Error::Refused { address: 0x1200, .. })));
}

#[test]
fn a_blade_takes_a_sample_in_one_burst() {
    let mut device = Device::open(Client::new(Simulated::<BladeDevice>::new(BladeDevice::default()))).unwrap();
    assert_eq!(device.identity().kind, "blade");
    let load = device.place("record", 0, "load");
    device.write_burst(&load, &[0x2080_0C4B, 0x0110, 1, 1]).unwrap();
    assert_eq!(device.read_named("record.sent").unwrap(), 0x11);
    let bank = &device.into_transport().uut.bank;
    let expected = Record {
        version: 1,
        admin: 1,
        seq: 1,
        cpu: 0x4B,
        irq: 0x0C,
        work: 0x80,
        power: 0x20,
        queue: 0x10,
    };
    assert!(bank.record_enable.val());
    assert_eq!(Record::unpack(bank.record.val().to_u64()), expected);
}
