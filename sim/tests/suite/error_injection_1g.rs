//! Random bit errors into the 1000BASE-X receiver: coding sublayer and MAC as exported, with utilisation records (mode A) in the gaps. The line is the core's own
//! transmitter's; frames enter and are judged by models written from the standard.
use crate::line;
use line::{Account, ErringLine, RATIOS, models, random_frame, seeded, symbols};
use rand::Rng;
use spareband_sim::link::gmii::Transmitter;
use spareband_sim::link::serdes::CodeGroupLine;
use spareband_sim::model::{Clock, Input, Model, ModelLibrary, Output};
use spareband_spec::record;
use std::collections::HashSet;

/// A link end whose transmitter reaches its own receiver over the line.
struct Link {
    pcs: Model,
    mac: Model,
    clocks: [Clock; 3],
    txd: Input<u8>,
    tx_en: Input<u8>,
    record: Input<u64>,
    tx_code_group: Output<u16>,
    rx_code_group: Input<u16>,
    rxd: [Output<u8>; 3],
    mac_rxd: [Input<u8>; 3],
    sync: Output<u8>,
    code_error: Output<u8>,
    disparity_error: Output<u8>,
    record_valid: Output<u8>,
    rx_record: Output<u64>,
    record_crc_error: Output<u8>,
    valid: Output<u8>,
    data: Output<u8>,
    last: Output<u8>,
    error: Output<u8>,
    cause: Output<u8>,
}

impl Link {
    fn new() -> Self {
        let load = |name: &str| {
            ModelLibrary::load(&models(), name)
                .and_then(|library| library.instantiate())
                .unwrap()
        };
        let (pcs, mac) = (load("pcs_1000base_x"), load("mac_1g"));
        mac.input::<u16>("rx_max_length").unwrap().set(9618);
        pcs.input::<u8>("util_tx_enable").unwrap().set(1);
        Self {
            clocks: [
                pcs.clock("tx_clk").unwrap(),
                pcs.clock("rx_clk").unwrap(),
                mac.clock("rx_clk").unwrap(),
            ],
            txd: pcs.input("gmii_txd").unwrap(),
            tx_en: pcs.input("gmii_tx_en").unwrap(),
            record: pcs.input("util_tx_record").unwrap(),
            tx_code_group: pcs.output("tx_code_group").unwrap(),
            rx_code_group: pcs.input("rx_code_group").unwrap(),
            rxd: ["gmii_rxd", "gmii_rx_dv", "gmii_rx_er"].map(|name| pcs.output(name).unwrap()),
            mac_rxd: ["gmii_rxd", "gmii_rx_dv", "gmii_rx_er"].map(|name| mac.input(name).unwrap()),
            sync: pcs.output("sync").unwrap(),
            code_error: pcs.output("rx_code_error").unwrap(),
            disparity_error: pcs.output("rx_disparity_error").unwrap(),
            record_valid: pcs.output("util_rx_valid").unwrap(),
            rx_record: pcs.output("util_rx_record").unwrap(),
            record_crc_error: pcs.output("util_rx_crc_error").unwrap(),
            valid: mac.output("rx_valid").unwrap(),
            data: mac.output("rx_data").unwrap(),
            last: mac.output("rx_last").unwrap(),
            error: mac.output("rx_error").unwrap(),
            cause: mac.output("rx_cause").unwrap(),
            pcs,
            mac,
        }
    }

    fn cycle(&self, code_group: u16) {
        self.rx_code_group.set(code_group);
        for (to, from) in self.mac_rxd.iter().zip(&self.rxd) {
            to.set(from.get());
        }
        for step in [Clock::rise, Clock::fall] {
            self.clocks.iter().for_each(step);
            self.pcs.eval();
            self.mac.eval();
        }
    }
}

/// Code-groups from GMII through the line to GMII, and what the receiver takes to find its way again after an error.
const REACH: u64 = 40;

fn campaign(ratio: f64, code_groups: u64) {
    let seed = 10 + ratio.log10().abs() as u64;
    let mut random = seeded(seed);
    let link = Link::new();
    let mut line = ErringLine::new(ratio, seed + 100);
    let (mut transmitter, mut serdes) = (Transmitter::default(), CodeGroupLine::new(3));
    let mut account = Account::default();
    let mut frame: Vec<u8> = vec![];
    let mut records = HashSet::new();
    let (mut good_records, mut record_errors, mut code_errors, mut errored, mut down, mut up_at_end) =
        (0_u64, 0_u64, 0_u64, 0_u64, 0_u64, 0_u64);
    let (start, recover) = (1000, 1000);
    let end = start + code_groups;
    for at in 0..end + recover + 60_000 {
        if at % 500 == 0 {
            let fields = u64::from(record::VERSION) << 46 | random.r#gen::<u64>() >> 18;
            records.insert(fields);
            link.record.set(fields);
        }
        let erring = (start..end).contains(&at);
        if (erring || (end + recover..end + recover + 20_000).contains(&at)) && transmitter.backlog() == 0 {
            let bytes = random_frame(&mut random, 1514);
            account.close(at, true);
            account.send(bytes.clone(), at);
            transmitter.send(bytes);
        }
        let gmii = transmitter.cycle();
        link.txd.set(gmii.data);
        link.tx_en.set(gmii.valid.into());
        let mask = if erring { line.mask(10) as u16 } else { 0 };
        errored += u64::from(mask != 0);
        link.cycle(serdes.pass(link.tx_code_group.get()) ^ mask);
        let lost_sync = link.sync.get() == 0 && at > start;
        down += u64::from(lost_sync);
        if mask != 0 || lost_sync {
            account.hit(at, REACH, REACH);
        }
        code_errors += u64::from(link.code_error.get() | link.disparity_error.get());
        record_errors += u64::from(link.record_crc_error.get());
        if link.record_valid.get() == 1 {
            good_records += 1;
            let fields = link.rx_record.get();
            assert!(records.contains(&fields), "a record {fields:012X} was accepted that was never sent");
        }
        up_at_end = if link.sync.get() == 1 { up_at_end + 1 } else { 0 };
        if link.valid.get() == 1 {
            frame.push(link.data.get());
            if link.last.get() == 1 {
                if link.error.get() == 0 {
                    account.good(&frame);
                } else {
                    account.marked[usize::from(link.cause.get())] += 1;
                }
                frame.clear();
            }
        }
    }
    // A code-group made /S/, and the second half of a frame that an error cut in two.
    account.check(&format!("1000BASE-X at {ratio:e}"), errored);
    println!(
        "  {errored} code-groups with an error, {code_errors} seen; {good_records} records, {record_errors} with a wrong CRC; {down} cycles without synchronisation"
    );
    assert!(up_at_end > 20_000, "synchronisation is not there again");
    // A wrong code-group shows at once or, by its disparity, at the next that is not neutral: two at most for each that was hit, and those while the boundary was lost.
    assert!(code_errors <= 2 * errored + down, "{code_errors} code errors of {errored}");
    assert!(account.lost() == 0 || code_errors + down > 0 || account.marked.iter().sum::<u64>() > 0);
    assert!(good_records > 50, "hardly a record came through");
    if ratio < 5e-5 {
        assert!(account.delivered > account.sent.len() as u64 / 2, "hardly a frame came through");
    }
}

#[test]
fn bit_errors_cost_the_frames_they_hit_and_no_record_is_made_up() {
    for ratio in RATIOS {
        campaign(ratio, symbols(300_000));
    }
}
