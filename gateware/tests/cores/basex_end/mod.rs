//! One end of a gigabit link, MAC and PCS, and what it sends.

use super::basex_reference::Gmii;
use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::mac::Mac1g;
use spareband_gateware::pcs::basex::UtilisationPcs1000baseX;
use spareband_spec::record;
use spareband_spec::regs::frame_cause;
use std::collections::VecDeque;

/// One end of a link. Both directions run on one clock here; two clocks are the lockstep test's and the chassis simulation's.
pub struct End {
    pub mac: Mac1g,
    pub pcs: UtilisationPcs1000baseX,
    pub to_send: VecDeque<(Vec<u8>, usize)>,
    pub position: usize,
    pub wait: usize,
    pub received: Vec<(Vec<u8>, u8)>,
    pub current: Vec<u8>,
    pub records: Vec<(u64, u64)>,
    pub record_errors: usize,
    pub gmii: Vec<Gmii>,
    pub cycle: u64,
}

impl End {
    pub fn new(record: Option<u64>) -> Self {
        let (mut mac, mut pcs) = (Mac1g::default(), UtilisationPcs1000baseX::default());
        mac.connect_all();
        pcs.connect_all();
        mac.rx_max_length.next = 1522.into();
        pcs.util_tx_enable.next = record.is_some();
        pcs.util_tx_record.next = record.unwrap_or(0).into();
        Self {
            mac,
            pcs,
            to_send: VecDeque::new(),
            position: 0,
            wait: 0,
            received: vec![],
            current: vec![],
            records: vec![],
            record_errors: 0,
            gmii: vec![],
            cycle: 0,
        }
    }
    /// A frame after at least so many cycles beyond the gap.
    pub fn send(&mut self, data: Vec<u8>, wait: usize) {
        self.to_send.push_back((data, wait));
    }
    pub fn idle(&self) -> bool {
        self.to_send.is_empty()
    }
    /// One cycle with these ten bits received; the ten bits sent.
    pub fn cycle(&mut self, line: u16) -> u16 {
        let (mac, pcs) = (&mut self.mac, &mut self.pcs);
        self.cycle += 1;
        // tx_ready depends on the state before the edge only.
        let ready = mac.tx_ready.val();
        mac.tx_valid.next = false;
        if self.wait > 0 {
            self.wait -= 1;
        } else if let Some((data, _)) = self.to_send.front() {
            mac.tx_valid.next = true;
            mac.tx_data.next = u64::from(data[self.position]).into();
            mac.tx_last.next = self.position + 1 == data.len();
        }
        pcs.gmii_txd.next = mac.gmii_txd.val();
        pcs.gmii_tx_en.next = mac.gmii_tx_en.val();
        pcs.gmii_tx_er.next = mac.gmii_tx_er.val();
        mac.gmii_rxd.next = pcs.gmii_rxd.val();
        mac.gmii_rx_dv.next = pcs.gmii_rx_dv.val();
        mac.gmii_rx_er.next = pcs.gmii_rx_er.val();
        pcs.rx_code_group.next = u64::from(line).into();
        for level in [false, true] {
            mac.tx_clk.next = level.into();
            mac.rx_clk.next = level.into();
            pcs.tx_clk.next = level.into();
            pcs.rx_clk.next = level.into();
            assert!(simulate(mac, 50) && simulate(pcs, 50), "does not settle");
        }
        if ready && mac.tx_valid.val() {
            self.position += 1;
            if self.position == self.to_send[0].0.len() {
                self.to_send.pop_front();
                self.position = 0;
                self.wait = self.to_send.front().map_or(0, |frame| frame.1);
            }
        }
        let gmii = Gmii {
            dv: pcs.gmii_rx_dv.val(),
            er: pcs.gmii_rx_er.val(),
            octet: pcs.gmii_rxd.val().to_u64() as u8,
        };
        self.gmii.push(Gmii {
            octet: if gmii.dv || gmii.er { gmii.octet } else { 0 },
            ..gmii
        });
        if pcs.util_rx_valid.val() {
            self.records.push((self.cycle, pcs.util_rx_record.val().to_u64()));
        }
        self.record_errors += usize::from(pcs.util_rx_crc_error.val() || pcs.util_rx_version_error.val());
        if mac.rx_valid.val() {
            self.current.push(mac.rx_data.val().to_u64() as u8);
            if mac.rx_last.val() {
                let cause = mac.rx_cause.val().to_u64() as u8;
                assert_eq!(mac.rx_error.val(), cause != frame_cause::GOOD);
                self.received.push((std::mem::take(&mut self.current), cause));
            }
        }
        pcs.tx_code_group.val().to_u64() as u16
    }
}

pub fn padded(data: &[u8]) -> Vec<u8> {
    let mut data = data.to_vec();
    data.resize(data.len().max(60), 0);
    data
}

pub fn random_frame(rng: &mut StdRng, length: usize) -> Vec<u8> {
    (0..length).map(|_| rng.r#gen()).collect()
}

pub const RECORD: u64 = (record::VERSION as u64) << record::VERSION_BIT | 0x0123_4567_89AB;
