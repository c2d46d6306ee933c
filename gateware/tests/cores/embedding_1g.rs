//! The embedding modes of a 1000BASE-X link from record to record: beside the coding sublayer, over its code-groups, with frames in between.
//! Known answers are literal, from docs/LINK_PROTOCOL.md; layout and CRCs come from spareband-spec on both sides otherwise.

use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::pcs::basex::Pcs1000baseX;
use spareband_gateware::util::{
    ControlExtract, ControlInject, PreambleExtract, PreambleInject, UtilisationReceive1g, UtilisationTransmit1g,
};
use spareband_spec::{embedding, record};

macro_rules! cycle {
    ($uut:expr, $($clk:ident)+) => {
        for level in [true, false] {
            $($uut.$clk.next = Clock { clk: level };)+
            assert!(simulate($uut, 100));
        }
    };
}

fn connected<U: Block + Default>() -> U {
    let mut uut = U::default();
    uut.connect_all();
    uut
}

fn random_record(random: &mut StdRng) -> u64 {
    u64::from(record::VERSION) << 46 | u64::from(random.gen_range(0..3_u8)) << 44 | random.r#gen::<u64>() >> 20
}

/// A link: utilisation and coding sublayer of the sending end, those of the receiving end.
struct Link {
    transmit: UtilisationTransmit1g,
    sender: Pcs1000baseX,
    receiver: Pcs1000baseX,
    receive: UtilisationReceive1g,
    /// Errors for the next code-group.
    flip: u64,
    records: Vec<u64>,
    errors: usize,
    gmii: Vec<(bool, bool, u8)>,
}

impl Link {
    fn new(mode: u8, fields: u64) -> Self {
        let mut link = Self {
            transmit: connected(),
            sender: connected(),
            receiver: connected(),
            receive: connected(),
            flip: 0,
            records: vec![],
            errors: 0,
            gmii: vec![],
        };
        link.transmit.enable.next = true;
        link.transmit.record.next = fields.into();
        link.transmit.mode.next = u64::from(mode).into();
        link.receive.mode.next = u64::from(mode).into();
        // Each end hears the other, so that both are synchronised.
        for _ in 0..60 {
            link.cycle(None);
        }
        assert!(link.receiver.sync.val());
        (link.errors, link.records, link.gmii) = (0, vec![], vec![]);
        link
    }

    fn cycle(&mut self, byte: Option<u8>) {
        let (tx, rx) = (&mut self.transmit, &mut self.sender);
        tx.gmii_tx_en.next = byte.is_some();
        tx.gmii_txd.next = u64::from(byte.unwrap_or(0)).into();
        tx.tx_data.next = rx.tx_data.val();
        tx.set_sent.next = rx.set_sent.val();
        tx.offer_taken.next = rx.offer_taken.val();
        rx.gmii_tx_en.next = byte.is_some();
        // Offers, what is taken of them, and preamble bytes are combinational between the two: settle both before the edge.
        for _ in 0..3 {
            assert!(simulate(tx, 100));
            rx.offer_valid.next = tx.offer_valid.val();
            rx.offer_control.next = tx.offer_control.val();
            rx.offer.next = tx.offer.val();
            rx.gmii_txd.next = tx.pcs_txd.val();
            assert!(simulate(rx, 100));
            tx.set_sent.next = rx.set_sent.val();
            tx.offer_taken.next = rx.offer_taken.val();
        }
        let code_group = self.sender.tx_code_group.val().to_u64() ^ std::mem::take(&mut self.flip);
        // The sender hears itself: any partner will do for its synchronisation.
        self.sender.rx_code_group.next = self.sender.tx_code_group.val();
        self.receiver.rx_code_group.next = code_group.into();
        let (pcs, out) = (&self.receiver, &mut self.receive);
        out.sync.next = pcs.rx_data.val();
        out.group_k28_5_minus.next = pcs.group_k28_5_minus.val();
        out.group_control.next = pcs.group_control.val();
        out.group_valid.next = pcs.group_valid.val();
        out.group_value.next = pcs.group_value.val();
        out.gmii_rxd.next = pcs.gmii_rxd.val();
        out.gmii_rx_dv.next = pcs.gmii_rx_dv.val();
        out.gmii_rx_er.next = pcs.gmii_rx_er.val();
        self.gmii
            .push((pcs.gmii_rx_dv.val(), pcs.gmii_rx_er.val(), pcs.gmii_rxd.val().to_u8()));
        cycle!(&mut self.transmit, clk);
        cycle!(&mut self.sender, tx_clk rx_clk);
        cycle!(&mut self.receiver, tx_clk rx_clk);
        cycle!(&mut self.receive, clk);
        if self.receive.valid.val() {
            self.records.push(self.receive.record.val().to_u64());
        }
        self.errors += usize::from(self.receive.crc_error.val()) + usize::from(self.receive.version_error.val());
    }

    fn send(&mut self, frame: &[u8], gap: usize) {
        for byte in [0x55; 7].iter().chain(&[0xD5]).chain(frame) {
            self.cycle(Some(*byte));
        }
        (0..gap).for_each(|_| self.cycle(None));
    }

    /// What a MAC makes of the receiving GMII: the bytes after each frame's first D5, whatever stands before it.
    fn frames(&self) -> Vec<Vec<u8>> {
        self.gmii
            .split(|(valid, ..)| !valid)
            .filter_map(|frame| {
                assert!(frame.iter().all(|(_, error, _)| !error));
                let delimiter = frame.iter().position(|(.., byte)| *byte == 0xD5)?;
                Some(frame[delimiter + 1..].iter().map(|(.., byte)| *byte).collect())
            })
            .collect()
    }
}

fn random_frame(random: &mut StdRng) -> Vec<u8> {
    (0..random.gen_range(20..60)).map(|_| random.r#gen()).collect()
}

/// Records arrive as they were set, frames as they were sent, in each mode, at the smallest gap and larger ones.
#[test]
fn records_and_frames_pass_in_each_mode() {
    for mode in [embedding::A, embedding::B, embedding::C] {
        let seed = 40 + u64::from(mode);
        let mut random = StdRng::seed_from_u64(seed);
        let set: Vec<u64> = (0..3).map(|_| random_record(&mut random)).collect();
        let mut link = Link::new(mode, set[0]);
        let mut sent = vec![];
        for fields in &set {
            link.transmit.record.next = (*fields).into();
            for _ in 0..60 {
                let frame = random_frame(&mut random);
                let gap = if random.gen_bool(0.7) { 12 } else { random.gen_range(12..40) };
                link.send(&frame, gap);
                sent.push(frame);
            }
        }
        (0..40).for_each(|_| link.cycle(None));
        assert_eq!(link.frames(), sent, "mode {mode}, seed {seed}");
        assert_eq!(link.errors, 0, "mode {mode}, seed {seed}");
        link.records.dedup();
        assert_eq!(link.records, set, "mode {mode}, seed {seed}");
    }
}

#[test]
fn off_sends_nothing_and_hears_nothing() {
    let mut link = Link::new(embedding::OFF, 1 << 46);
    for _ in 0..30 {
        link.send(&[7; 30], 12);
    }
    assert!(link.records.is_empty() && link.errors == 0);
    // Plain preambles, less the byte that a start at an odd place costs.
    for frame in link.gmii.split(|(valid, ..)| !valid).filter(|frame| frame.len() > 8) {
        let delimiter = frame.iter().position(|(.., byte)| *byte == 0xD5).expect("a delimiter");
        assert!(frame[..delimiter].iter().all(|(.., byte)| *byte == 0x55));
    }
}

#[test]
fn a_change_of_mode_drops_what_was_collected() {
    let mut link = Link::new(embedding::B, 1 << 46 | 0x1234);
    // In the middle of a record.
    (0..100).for_each(|_| link.cycle(None));
    assert!(link.records.is_empty());
    for (mode, cycles) in [(embedding::A, 200), (embedding::B, 500)] {
        link.transmit.mode.next = u64::from(mode).into();
        link.receive.mode.next = u64::from(mode).into();
        (0..cycles).for_each(|_| link.cycle(None));
        assert!(!link.records.is_empty(), "mode {mode}");
        assert!(link.records.iter().all(|fields| *fields == 1 << 46 | 0x1234));
        assert_eq!(link.errors, 0);
        link.records.clear();
    }
}

/// No line error makes a record that was never set.
#[test]
fn errors_make_no_record() {
    for mode in [embedding::A, embedding::B, embedding::C] {
        let seed = 50 + u64::from(mode);
        let mut random = StdRng::seed_from_u64(seed);
        let fields = random_record(&mut random);
        let mut link = Link::new(mode, fields);
        for _ in 0..400 {
            let frame = random_frame(&mut random);
            // A record of mode B takes some twenty gaps.
            if random.gen_bool(if mode == embedding::B { 0.05 } else { 0.5 }) {
                link.flip = 1 << random.gen_range(0..10);
            }
            link.send(&frame, random.gen_range(12..30));
        }
        assert!(link.records.iter().all(|got| *got == fields), "mode {mode}, seed {seed}");
        assert!(link.records.len() > 5, "mode {mode}: hardly a record came");
    }
}

#[test]
fn mode_b_known_answer() {
    // The first record of docs/LINK_PROTOCOL.md, whose CRC is BA29: a mark, 64 bits as K28.2 and K28.3, the mark that begins the next.
    let mut uut: ControlInject = connected();
    uut.enable.next = true;
    uut.record.next = 0x454B_0C80_2010_u64.into();
    let mut sent = vec![];
    while sent.len() < 66 {
        uut.offer_taken.next = uut.offer_valid.val();
        uut.set_sent.next = true;
        assert!(simulate(&mut uut, 100));
        if uut.offer_valid.val() {
            uut.offer_taken.next = true;
            assert!(simulate(&mut uut, 100));
            sent.push(uut.offer.val().to_u8());
        }
        cycle!(&mut uut, clk);
    }
    let (mark, zero, one) = (0xDC, 0x5C, 0x7C);
    let bits = (0..64).map(|bit| {
        if 0x454B_0C80_2010_BA29_u64 >> (63 - bit) & 1 == 1 {
            one
        } else {
            zero
        }
    });
    let expected: Vec<u8> = [mark].into_iter().chain(bits).chain([mark]).collect();
    assert_eq!(sent, expected);
}

#[test]
fn mode_c_never_makes_a_delimiter() {
    // Every value in field 0: no byte of the word is D5, and what is received is the value or its neighbour.
    for cpu in 0..=255_u64 {
        let word = embedding::preamble(embedding::header(embedding::SOURCE_BLADE, 0), cpu as u8);
        assert!(word[..7].iter().all(|byte| *byte != 0xD5), "{cpu:02X}");
        assert!(word[4].abs_diff(cpu as u8) <= 1, "{cpu:02X}");
    }
}

#[test]
fn cores_lockstep() {
    spareband_hdl::lockstep!(ControlInject::default(); clk, reset, enable, record, set_sent, offer_taken)
        .clock("clk")
        .bias("reset", 0.005)
        .bias("enable", 0.99)
        .cycles(1500)
        .run();
    spareband_hdl::lockstep!(ControlExtract::default(); clk, reset, sync, k28_5_minus, control, value)
        .clock("clk")
        .bias("reset", 0.005)
        .bias("sync", 0.99)
        .cycles(1500)
        .stimulus(|_, inputs| {
            let value = [0x5C_u32, 0x7C, 0xDC, 0xBC][inputs.rng.gen_range(0..4)];
            inputs.set("value", value);
        })
        .run();
    spareband_hdl::lockstep!(PreambleInject::default(); clk, reset, enable, record, gmii_txd, gmii_tx_en, gmii_tx_er)
        .clock("clk")
        .bias("reset", 0.002)
        .bias("enable", 0.995)
        .bias("gmii_tx_en", 0.9)
        .bias("gmii_tx_er", 0.02)
        .cycles(2500)
        .stimulus(|_, inputs| {
            let byte = [0x55_u32, 0x55, 0x55, 0x55, 0x55, 0xD5][inputs.rng.gen_range(0..6)];
            inputs.set("gmii_txd", byte);
        })
        .run();
    spareband_hdl::lockstep!(PreambleExtract::default(); clk, reset, enable, gmii_rxd, gmii_rx_dv, gmii_rx_er)
        .clock("clk")
        .bias("reset", 0.002)
        .bias("enable", 0.995)
        .bias("gmii_rx_dv", 0.9)
        .bias("gmii_rx_er", 0.02)
        .cycles(2500)
        .stimulus(|_, inputs| {
            let byte = [0x55_u32, 0x55, 0xA0, 0x4B, 0xEE, 0xD5][inputs.rng.gen_range(0..6)];
            inputs.set("gmii_rxd", byte);
        })
        .run();
}
