//! A 1000BASE-X transmitter and receiver that nobody here wrote, LiteEth's, at the other end of the exported coding sublayer, which sends utilisation records
//! in every gap. `make sim` builds its model from the package.
use crate::line;
use line::{models, random_frame, seeded, symbols};
use rand::Rng;
use spareband_sim::link::gmii::{Gmii, Receiver, Transmitter};
use spareband_sim::link::{FrameStatus, Received};
use spareband_sim::model::{Clock, Input, Model, ModelLibrary, Output};
use spareband_spec::record;

/// Frames a direction: 10,000 in `make third-party`.
fn frames() -> u64 {
    symbols(500)
}

struct Ours {
    model: Model,
    clocks: [Clock; 2],
    txd: Input<u8>,
    tx_en: Input<u8>,
    record: Input<u64>,
    tx_code_group: Output<u16>,
    rx_code_group: Input<u16>,
    rxd: Output<u8>,
    rx_dv: Output<u8>,
    rx_er: Output<u8>,
    sync: Output<u8>,
    code_error: Output<u8>,
    record_valid: Output<u8>,
}

struct Theirs {
    model: Model,
    clock: Clock,
    tx_valid: Input<u8>,
    tx_data: Input<u8>,
    tx_ready: Output<u8>,
    tx_code_group: Output<u16>,
    rx_code_group: Input<u16>,
    rx_valid: Output<u8>,
    rx_data: Output<u8>,
}

fn load(name: &str) -> Model {
    ModelLibrary::load(&models(), name)
        .and_then(|library| library.instantiate())
        .unwrap()
}

impl Ours {
    fn new() -> Self {
        let model = load("pcs_1000base_x");
        model.input::<u8>("util_tx_enable").unwrap().set(1);
        Self {
            clocks: [model.clock("tx_clk").unwrap(), model.clock("rx_clk").unwrap()],
            txd: model.input("gmii_txd").unwrap(),
            tx_en: model.input("gmii_tx_en").unwrap(),
            record: model.input("util_tx_record").unwrap(),
            tx_code_group: model.output("tx_code_group").unwrap(),
            rx_code_group: model.input("rx_code_group").unwrap(),
            rxd: model.output("gmii_rxd").unwrap(),
            rx_dv: model.output("gmii_rx_dv").unwrap(),
            rx_er: model.output("gmii_rx_er").unwrap(),
            sync: model.output("sync").unwrap(),
            code_error: model.output("rx_code_error").unwrap(),
            record_valid: model.output("util_rx_valid").unwrap(),
            model,
        }
    }

    fn cycle(&self) {
        for step in [Clock::rise, Clock::fall] {
            self.clocks.iter().for_each(step);
            self.model.eval();
        }
    }
}

impl Theirs {
    fn new(name: &str) -> Self {
        let model = load(name);
        Self {
            clock: model.clock("clk").unwrap(),
            tx_valid: model.input("tx_valid").unwrap(),
            tx_data: model.input("tx_data").unwrap(),
            tx_ready: model.output("tx_ready").unwrap(),
            tx_code_group: model.output("tx_code_group").unwrap(),
            rx_code_group: model.input("rx_code_group").unwrap(),
            rx_valid: model.output("rx_valid").unwrap(),
            rx_data: model.output("rx_data").unwrap(),
            model,
        }
    }

    fn cycle(&self) {
        for step in [Clock::rise, Clock::fall] {
            step(&self.clock);
            self.model.eval();
        }
    }
}

/// Both ends before any frame: their transmitter feeds our receiver, so that ours is synchronised and sends records.
fn link() -> (Ours, Theirs) {
    let (ours, theirs) = (Ours::new(), Theirs::new("liteeth_pcs"));
    for _ in 0..2000 {
        exchange(&ours, &theirs);
    }
    assert_eq!(ours.sync.get(), 1, "no synchronisation on their idles");
    (ours, theirs)
}

fn exchange(ours: &Ours, theirs: &Theirs) {
    let (to_theirs, to_ours) = (ours.tx_code_group.get(), theirs.tx_code_group.get());
    theirs.rx_code_group.set(to_theirs);
    ours.rx_code_group.set(to_ours);
    ours.cycle();
    theirs.cycle();
}

/// Every frame came, good and as it was, in order.
fn compare(sent: &[Vec<u8>], got: &[Received]) {
    for (index, (sent, got)) in sent.iter().zip(got).enumerate() {
        assert_eq!(got.status, FrameStatus::Good, "frame {index} of {} bytes", sent.len());
        assert_eq!(&got.bytes, sent, "frame {index}");
    }
    assert_eq!(got.len(), sent.len());
}

/// Code-groups that are the second of a set and no idle: utilisation on the line.
fn is_utilisation(previous: u16, code_group: u16) -> bool {
    // K28.5 at negative disparity; D16.2 at positive.
    previous == 0b01_0111_1100 && code_group != 0b10_1000_1001
}

#[test]
fn liteeth_receives_every_frame_beside_utilisation_sets() {
    let mut random = seeded(21);
    let (ours, theirs) = link();
    let (mut transmitter, mut receiver) = (Transmitter::default(), Receiver::default());
    let (mut sent, mut got, mut sets, mut previous) = (vec![], vec![], 0_u64, 0);
    let mut pause = 0;
    let mut after = 0;
    for at in 0_u64.. {
        if at % 300 == 0 {
            ours.record.set(u64::from(record::VERSION) << 46 | random.r#gen::<u64>() >> 18);
        }
        if pause > 0 {
            pause -= 1;
        } else if transmitter.backlog() == 0 && (sent.len() as u64) < frames() {
            // Back to back for the most part, else after a gap of any parity.
            pause = if random.gen_bool(0.3) { random.gen_range(0..200) } else { 0 };
            let bytes = random_frame(&mut random, 1514);
            sent.push(bytes.clone());
            transmitter.send(bytes);
        }
        let gmii = transmitter.cycle();
        ours.txd.set(gmii.data);
        ours.tx_en.set(gmii.valid.into());
        exchange(&ours, &theirs);
        let code_group = ours.tx_code_group.get();
        sets += u64::from(is_utilisation(previous, code_group));
        previous = code_group;
        let received = Gmii {
            data: theirs.rx_data.get(),
            valid: theirs.rx_valid.get() != 0,
            error: false,
        };
        got.extend(receiver.cycle(received, at));
        after += u64::from(sent.len() as u64 == frames() && transmitter.backlog() == 0);
        if after > 100 {
            break;
        }
    }
    compare(&sent, &got);
    println!("{} frames received by LiteEth beside {sets} utilisation sets", got.len());
    assert!(sets > 2 * sent.len() as u64, "hardly any utilisation was on the line");
}

#[test]
fn every_frame_of_liteeth_is_received() {
    let mut random = seeded(22);
    let (ours, theirs) = link();
    let (mut transmitter, mut receiver) = (Transmitter::default(), Receiver::default());
    let (mut sent, mut got) = (vec![], vec![]);
    let mut gmii = Gmii::default();
    let mut after = 0;
    for at in 0_u64.. {
        if transmitter.backlog() == 0 && (sent.len() as u64) < frames() {
            let bytes = random_frame(&mut random, 1514);
            sent.push(bytes.clone());
            transmitter.send(bytes);
        }
        // Their side is a stream: a byte stays until it is taken.
        theirs.tx_valid.set(gmii.valid.into());
        theirs.tx_data.set(gmii.data);
        theirs.model.eval();
        if !gmii.valid || theirs.tx_ready.get() != 0 {
            gmii = transmitter.cycle();
        }
        exchange(&ours, &theirs);
        let received = Gmii {
            data: ours.rxd.get(),
            valid: ours.rx_dv.get() != 0,
            error: ours.rx_er.get() != 0,
        };
        assert_eq!((ours.code_error.get(), ours.record_valid.get()), (0, 0), "at {at}");
        got.extend(receiver.cycle(received, at));
        after += u64::from(sent.len() as u64 == frames() && transmitter.backlog() == 0);
        if after > 100 {
            break;
        }
    }
    compare(&sent, &got);
}

/// 20 us, as theirs, which has one for the break of the link and one for the acknowledgement.
const LINK_TIMER: u32 = 2500;

/// Their auto-negotiation and ours: both come up, each has the other's page; frames and records pass; a restart of ours takes theirs along.
#[test]
fn auto_negotiation_with_liteeth() {
    let (ours, theirs) = (Ours::new(), Theirs::new("liteeth_pcs_negotiating"));
    ours.model.input::<u32>("an_link_timer").unwrap().set(LINK_TIMER);
    ours.model.input::<u16>("an_ability").unwrap().set(0x0020);
    ours.model.input::<u8>("an_enable").unwrap().set(1);
    let restart = ours.model.input::<u8>("an_restart").unwrap();
    let (our_link, their_link) = (
        ours.model.output::<u8>("link_up").unwrap(),
        theirs.model.output::<u8>("link_up").unwrap(),
    );
    let (their_page, our_page) = (
        ours.model.output::<u16>("an_lp_ability").unwrap(),
        theirs.model.output::<u16>("lp_ability").unwrap(),
    );
    for round in 0..2 {
        let mut cycles = 0;
        while our_link.get() == 0 || their_link.get() == 0 {
            exchange(&ours, &theirs);
            cycles += 1;
            assert!(
                cycles < 20 * LINK_TIMER,
                "round {round}: ours {}, theirs {}",
                our_link.get(),
                their_link.get()
            );
        }
        println!(
            "round {round}: both up after {:.1} link timers",
            f64::from(cycles) / f64::from(LINK_TIMER)
        );
        assert_eq!((their_page.get() & 0xBFFF, our_page.get() & 0xBFFF), (0x0020, 0x0020));
        // Frames our way, with records between; what is decided in the receive clock takes a few cycles to the transmitter.
        for _ in 0..10 {
            exchange(&ours, &theirs);
        }
        let mut random = seeded(23);
        ours.record.set(u64::from(record::VERSION) << 46 | 0x1234);
        let (mut transmitter, mut receiver, mut got) = (Transmitter::default(), Receiver::default(), vec![]);
        let sent: Vec<_> = (0..20).map(|_| random_frame(&mut random, 300)).collect();
        sent.iter().for_each(|bytes| transmitter.send(bytes.clone()));
        let mut after = 0;
        for at in 0.. {
            let gmii = transmitter.cycle();
            ours.txd.set(gmii.data);
            ours.tx_en.set(gmii.valid.into());
            exchange(&ours, &theirs);
            let received = Gmii {
                data: theirs.rx_data.get(),
                valid: theirs.rx_valid.get() != 0,
                error: false,
            };
            got.extend(receiver.cycle(received, at));
            after += u64::from(transmitter.backlog() == 0);
            if after > 1000 {
                break;
            }
        }
        compare(&sent, &got);
        assert!(our_link.get() == 1 && their_link.get() == 1, "the link went down under traffic");
        restart.set(1);
        for _ in 0..20 * LINK_TIMER {
            exchange(&ours, &theirs);
        }
        assert!(our_link.get() == 0 && their_link.get() == 0, "no break of the link");
        restart.set(0);
    }
}
