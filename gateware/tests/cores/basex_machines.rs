//! The transmit machine and auto-negotiation of 1000BASE-X against the figures of the standard, and two whole ends that negotiate.

use crate::basex_reference;
use basex_reference::auto_negotiation::{Figure37_6, Rudi};
use basex_reference::transmit::{Sent, Transmitter36, Xmit};
use basex_reference::{Code, Symbol, T, V};
use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::pcs::basex::{AutoNegotiation, Transmit, UtilisationPcs1000baseX};
use spareband_spec::record;

macro_rules! tick {
    ($uut:expr, $($clock:ident),+) => {
        for level in [false, true] {
            $($uut.$clock.next = level.into();)+
            assert!(simulate(&mut $uut, 50), "does not settle");
        }
    };
}

/// GMII that no MAC would send: short gaps, errors anywhere, carrier extension with and without its octet.
fn gmii(rng: &mut StdRng, cycles: usize) -> Vec<Sent> {
    let mut sent = vec![];
    while sent.len() < cycles {
        let errors = if rng.gen_bool(0.2) { 0.2 } else { 0.0 };
        for _ in 0..rng.gen_range(1..30) {
            sent.push(Sent {
                octet: rng.r#gen(),
                en: true,
                er: rng.gen_bool(errors),
            });
        }
        if rng.gen_bool(0.3) {
            for _ in 0..rng.gen_range(2..12) {
                sent.push(Sent {
                    octet: if rng.gen_bool(0.8) { 0x0F } else { rng.r#gen() },
                    en: false,
                    er: true,
                });
            }
        }
        for _ in 0..rng.gen_range(0..14) {
            sent.push(Sent::default());
        }
    }
    sent
}

/// Symbol by symbol, with xmit changing at any ordered set.
#[test]
fn transmitter_is_the_standards() {
    let (code, mut seen) = (Code::new(), std::collections::HashMap::<Symbol, usize>::new());
    for seed in 0..8 {
        let mut rng = StdRng::seed_from_u64(seed);
        let (mut reference, mut xmit, mut positive) = (Transmitter36::new(), Xmit::Idle, false);
        let mut uut = Transmit::default();
        uut.connect_all();
        uut.reset.next = true;
        tick!(uut, clk);
        uut.reset.next = false;
        let mut before = Sent::default();
        for (n, sent) in gmii(&mut rng, 6000).into_iter().enumerate() {
            // The circuit samples xmit at both code-groups of a set, the standard at its end.
            if n % 2 == 0 && rng.gen_bool(if xmit == Xmit::Data { 0.005 } else { 0.05 }) {
                xmit = [Xmit::Configuration, Xmit::Idle, Xmit::Data][rng.gen_range(0..3)];
            }
            uut.gmii_txd.next = u64::from(sent.octet).into();
            uut.gmii_tx_en.next = sent.en;
            uut.gmii_tx_er.next = sent.er;
            uut.xmit_configuration.next = xmit == Xmit::Configuration;
            uut.xmit_data.next = xmit == Xmit::Data;
            uut.configuration.next = 0x4123.into();
            // That before the symbol that is now at the encoder.
            uut.positive.next = positive;
            if n > 0 {
                code.encode(&mut positive, symbol_of(&uut));
            }
            tick!(uut, clk);
            let expected = reference.step(before, xmit, 0x4123);
            assert_eq!(symbol_of(&uut), expected, "seed {seed}, cycle {n}");
            *seen.entry(expected).or_default() += 1;
            before = sent;
        }
    }
    for symbol in [V, T, (false, 0x42), (false, 0xB5), basex_reference::D5_6, basex_reference::D16_2] {
        assert!(seen[&symbol] > 50, "{symbol:?} {seen:?}");
    }
}

fn symbol_of(uut: &Transmit) -> Symbol {
    (uut.control.val(), uut.value.val().to_u64() as u8)
}

/// What a partner does for a while: words of one value, idles, silence, damage.
fn partner(rng: &mut StdRng) -> Vec<Option<Rudi>> {
    let word = [0, 0x0020, 0x4020, 0x4020, 0x4020, 0x41A0, 0x01A0][rng.gen_range(0..7)];
    let kind = rng.gen_range(0..12);
    (0..rng.gen_range(10..500))
        .map(|n| match kind {
            0..=5 if n % 4 == 0 => Some(Rudi::Configuration(word)),
            6 if n % 4 == 0 => Some(Rudi::Configuration([0x0020, 0x01A0][n / 4 % 2])),
            7..=10 if n % 2 == 0 => Some(Rudi::Idle),
            11 if n == 0 => Some(Rudi::Invalid),
            _ => None,
        })
        .collect()
}

/// The order of what auto-negotiation decides against the figure, and when: the circuit's registers add up over the states.
#[test]
fn auto_negotiation_is_the_standards() {
    let mut completed = 0;
    for seed in 0..40 {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut reference = Figure37_6::new(0x0060, 97);
        let mut uut = AutoNegotiation::default();
        uut.connect_all();
        uut.reset.next = true;
        uut.enable.next = true;
        tick!(uut, clk);
        uut.reset.next = false;
        uut.link_timer.next = 97.into();
        let (mut wanted, mut got) = (vec![], vec![]);
        let (mut n, mut sync, mut enable) = (0, true, true);
        while n < 12_000 {
            // A partner that would come up, most of the time.
            let mut script: Vec<Option<Rudi>> = vec![];
            if rng.gen_bool(0.6) {
                for (word, count) in [(0, 60), (0x0020, 80), (0x4020, 200)] {
                    script.extend((0..count).map(|n| (n % 4 == 0).then_some(Rudi::Configuration(word))));
                }
                script.extend((0..300).map(|n| (n % 2 == 0).then_some(Rudi::Idle)));
            }
            script.extend(partner(&mut rng));
            if rng.gen_bool(0.15) {
                sync = !sync;
            }
            let restart = rng.gen_bool(0.05);
            enable ^= rng.gen_bool(if enable { 0.05 } else { 0.5 });
            for (place, rudi) in script.into_iter().enumerate() {
                n += 1;
                let rudi = if sync { rudi } else { None };
                let restart = restart && place < 20;
                uut.rudi_configuration.next = matches!(rudi, Some(Rudi::Configuration(_)));
                uut.rudi_idle.next = rudi == Some(Rudi::Idle);
                uut.rudi_invalid.next = rudi == Some(Rudi::Invalid);
                if let Some(Rudi::Configuration(word)) = rudi {
                    uut.word.next = u64::from(word).into();
                }
                uut.sync.next = sync;
                uut.enable.next = enable;
                uut.restart.next = restart;
                tick!(uut, clk);
                let xmit = match (uut.xmit_configuration.val(), uut.xmit_data.val()) {
                    (true, false) => Xmit::Configuration,
                    (false, false) => Xmit::Idle,
                    (false, true) => Xmit::Data,
                    (true, true) => panic!("seed {seed}: two values of xmit"),
                };
                let own = if uut.advertise.val() { 0x0060 } else { 0 } | if uut.acknowledge.val() { 0x4000 } else { 0 };
                let page = uut.page_received.val().then(|| uut.lp_ability.val().to_u64() as u16);
                note(&mut got, n, (xmit, own));
                note(&mut wanted, n, reference.step(rudi, sync, enable, restart));
                if reference.complete() && uut.complete.val() {
                    assert_eq!(page, Some(reference.lp_ability), "seed {seed}");
                    completed += 1;
                }
            }
        }
        compare(&wanted, &got, seed);
    }
    assert!(completed > 1000, "{completed}");
}

#[test]
fn latency_is_three() {
    let mut uut = AutoNegotiation::default();
    uut.connect_all();
    uut.enable.next = true;
    uut.sync.next = true;
    uut.link_timer.next = 5.into();
    for _ in 0..20 {
        tick!(uut, clk);
    }
    assert!(uut.advertise.val() && !uut.acknowledge.val());
    uut.word.next = 0x20.into();
    uut.rudi_configuration.next = true;
    let mut cycles = 0;
    // Three words in a row: the third is taken by the third edge.
    while !uut.acknowledge.val() {
        tick!(uut, clk);
        cycles += 1;
        assert!(cycles < 20);
    }
    assert_eq!(cycles - 2, 3);
}

/// The same values at nearly the same times. Two causes at once may come in the other order through the registers, so that one side may
/// have a value more that is gone after a few cycles.
fn compare(wanted: &[(u64, (Xmit, u16))], got: &[(u64, (Xmit, u16))], seed: u64) {
    let passing = |list: &[(u64, (Xmit, u16))], n: usize| list.get(n + 1).is_none_or(|next| next.0 - list[n].0 <= 12);
    let (mut w, mut g, mut skipped) = (0, 0, 0);
    while w < wanted.len() && g < got.len() {
        if wanted[w].1 == got[g].1 && wanted[w].0.abs_diff(got[g].0) <= 12 {
            (w, g) = (w + 1, g + 1);
        } else {
            skipped += 1;
            assert!(passing(wanted, w) || passing(got, g), "seed {seed}: {:?} {:?}", wanted[w], got[g]);
            if passing(wanted, w) {
                w += 1;
            } else {
                g += 1;
            }
        }
    }
    assert!(
        wanted.len() - w <= 1 && got.len() - g <= 1 && skipped <= 4,
        "seed {seed}: {skipped} passing values"
    );
}

/// Keeps what differs from the last.
fn note(list: &mut Vec<(u64, (Xmit, u16))>, now: u64, value: (Xmit, u16)) {
    if list.last().is_none_or(|last| last.1 != value) {
        list.push((now, value));
    }
}

/// An end with both clocks as one.
struct End {
    pcs: UtilisationPcs1000baseX,
    frames: usize,
    errors: usize,
    records: usize,
}

const LINK_TIMER: u64 = 250;

impl End {
    fn new(ability: u16) -> Self {
        let mut pcs = UtilisationPcs1000baseX::default();
        pcs.connect_all();
        pcs.an_enable.next = true;
        pcs.an_ability.next = u64::from(ability).into();
        pcs.an_link_timer.next = LINK_TIMER.into();
        pcs.util_tx_enable.next = true;
        pcs.util_tx_record.next = (1_u64 << record::VERSION_BIT).into();
        Self {
            pcs,
            frames: 0,
            errors: 0,
            records: 0,
        }
    }
    fn cycle(&mut self, line: u64, sending: bool) -> u64 {
        let before = self.pcs.gmii_rx_dv.val();
        self.pcs.rx_code_group.next = line.into();
        self.pcs.gmii_tx_en.next = sending;
        self.pcs.gmii_txd.next = 0x55.into();
        tick!(self.pcs, tx_clk, rx_clk);
        self.errors += usize::from(self.pcs.gmii_rx_er.val());
        self.frames += usize::from(self.pcs.gmii_rx_dv.val() && !before);
        self.records += usize::from(self.pcs.util_rx_valid.val());
        self.pcs.tx_code_group.val().to_u64()
    }
}

/// Two ends on a line that is `bits` late; frames are offered all the time.
struct Pair {
    a: End,
    b: End,
    from_a: u64,
    from_b: u64,
    cycle: u64,
}

impl Pair {
    fn new(a: u16, b: u16) -> Self {
        Self {
            a: End::new(a),
            b: End::new(b),
            from_a: 0,
            from_b: 0,
            cycle: 0,
        }
    }
    fn run(&mut self, cycles: u64) {
        for _ in 0..cycles {
            self.cycle += 1;
            let sending = self.cycle % 100 < 60;
            let (to_b, to_a) = (self.from_a, self.from_b);
            self.from_a = self.a.cycle(to_a, sending);
            self.from_b = self.b.cycle(to_b, sending);
        }
    }
    fn until(&mut self, what: &str, done: impl Fn(&Self) -> bool) -> u64 {
        let start = self.cycle;
        while !done(self) {
            self.run(1);
            assert!(self.cycle - start < 20 * LINK_TIMER, "{what}: never");
        }
        self.cycle - start
    }
    fn up(&self) -> bool {
        self.a.pcs.link_up.val() && self.b.pcs.link_up.val()
    }
    fn down(&self) -> bool {
        !self.a.pcs.link_up.val() && !self.b.pcs.link_up.val()
    }
}

#[test]
fn two_ends_negotiate_and_restart() {
    let mut pair = Pair::new(0x0020, 0x01A0);
    let cycles = pair.until("link up", Pair::up);
    // Break link, acknowledge and idle each take a link timer.
    assert!((3 * LINK_TIMER..4 * LINK_TIMER).contains(&cycles), "{cycles}");
    assert_eq!((pair.a.frames, pair.b.frames, pair.a.records), (0, 0, 0));
    for (end, ability) in [(&pair.a, 0x01A0), (&pair.b, 0x0020)] {
        assert!(end.pcs.an_complete.val() && end.pcs.an_page_received.val());
        assert_eq!(end.pcs.an_lp_ability.val().to_u64() & 0xBFFF, ability);
    }
    pair.run(2000);
    assert!(pair.up() && pair.a.frames >= 18 && pair.b.frames >= 18 && pair.b.records > 10);
    assert_eq!((pair.a.errors, pair.b.errors), (0, 0));

    // One end breaks the link, as long as the level is high; the other follows at once, and both come back with the new page.
    pair.a.pcs.an_restart.next = true;
    pair.a.pcs.an_ability.next = 0x0060.into();
    let cycles = pair.until("link down", Pair::down);
    assert!(cycles < 60, "{cycles}");
    pair.run(3 * LINK_TIMER);
    assert!(pair.down() && !pair.b.pcs.an_page_received.val());
    pair.a.pcs.an_restart.next = false;
    pair.until("link up again", Pair::up);
    assert_eq!(pair.b.pcs.an_lp_ability.val().to_u64() & 0xBFFF, 0x0060);

    // A line that is cut in one direction only: the other end learns of it by the break of the link.
    for _ in 0..3 * LINK_TIMER {
        pair.from_a = 0;
        pair.run(1);
    }
    assert!(pair.down());
    pair.until("link up after the cut", Pair::up);
}

/// Without a partner that negotiates the link stays down; when it is switched off at both ends, it is up at once.
#[test]
fn one_that_negotiates_waits_for_the_other() {
    let mut pair = Pair::new(0x0020, 0x0020);
    pair.b.pcs.an_enable.next = false;
    pair.run(8 * LINK_TIMER);
    assert!(pair.a.pcs.sync.val() && !pair.a.pcs.link_up.val() && pair.a.frames == 0);
    pair.a.pcs.an_enable.next = false;
    assert!(pair.until("up without auto-negotiation", Pair::up) < 60);
    pair.a.pcs.an_enable.next = true;
    pair.b.pcs.an_enable.next = true;
    pair.until("down", Pair::down);
    pair.until("up with auto-negotiation", Pair::up);
    assert!(pair.a.pcs.an_complete.val());
}

/// The MAC of an SGMII sends 0x0001 and heeds what the other end says of its line.
#[test]
fn sgmii_follows_the_partners_line() {
    for (word, up) in [(0x9801, true), (0x1801, false), (0x9401, false), (0x8001, false)] {
        let mut pair = Pair::new(0x01A0, word);
        pair.a.pcs.an_sgmii.next = true;
        pair.until("complete", |pair| pair.a.pcs.an_complete.val() && pair.b.pcs.an_complete.val());
        assert_eq!(pair.b.pcs.an_lp_ability.val().to_u64(), 0x4001);
        assert_eq!(pair.a.pcs.an_lp_ability.val().to_u64(), u64::from(word | 0x4000));
        pair.run(100);
        assert_eq!(pair.a.pcs.link_up.val(), up, "{word:04x}");
    }
}
