//! Golden packets (`sim/golden`) through the model of the plane and through a Verilated manager, and random frames through both. The second
//! half needs the models (`make sim`).
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use spareband_sim::golden::command::missing;
use spareband_sim::golden::device::{Device, HAS, counter};
use spareband_sim::golden::{self, Case, Feature, alternatives, feature, random, run_on_model, show};
use spareband_sim::plane_model::{Admin, Affinity, Cause, Frame, Output, Place, Plane, Setup, Verdict, VlanAction};
use spareband_spec::service::Counter;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

fn models() -> PathBuf {
    let build = std::env::var_os("SPAREBAND_BUILD").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../build"), PathBuf::from);
    build.join("sim")
}

fn cases() -> Vec<Case> {
    golden::read_files(&golden::files()).unwrap_or_else(|error| panic!("{error}"))
}

/// Whatever the policy chooses, the model agrees with every case.
#[test]
fn the_model_agrees_with_every_case() {
    let mut random = StdRng::seed_from_u64(1);
    let mut failures = Vec::new();
    for case in cases() {
        let mut any = |n: usize| random.gen_range(0..n);
        let choosers: [&mut dyn FnMut(usize) -> usize; 3] = [&mut |_| 0, &mut |n| n - 1, &mut any];
        let result = choosers.into_iter().try_for_each(|choose| run_on_model(&case, choose));
        failures.extend(result.err());
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_manager_does_what_every_case_says_whose_needs_it_meets() {
    let mut device = Device::new(&models(), 1).unwrap_or_else(|error| panic!("{error}; run `make sim`"));
    let (mut ran, mut frames, mut failures) = (0, 0, Vec::new());
    let mut waiting: BTreeMap<Feature, usize> = BTreeMap::new();
    let mut wait = 0;
    for case in cases() {
        let missing = missing(&case);
        if missing.is_empty() {
            ran += 1;
            frames += case.exchanges().count();
            failures.extend(device.run(&case).err().map(|error| error.to_string()));
        }
        wait += usize::from(!missing.is_empty());
        missing.into_iter().for_each(|need| *waiting.entry(need).or_default() += 1);
    }
    println!("{ran} cases with {frames} frames ran on the manager, {wait} wait:");
    waiting.iter().for_each(|(need, count)| println!("  {count} need {need}"));
    assert!(ran >= 80, "only {ran} cases ran");
    assert!(failures.is_empty(), "{} of {ran} failed\n{}", failures.len(), failures.join("\n"));
}

/// A manager whose second blade has another's address: the runner must see that frames come out wrong, and where.
#[test]
fn the_runner_sees_a_manager_that_does_something_else() {
    let mut device = Device::new(&models(), 2).unwrap_or_else(|error| panic!("{error}; run `make sim`"));
    let case = cases()
        .into_iter()
        .find(|case| case.name == "a blade's own address")
        .expect("a case of that name");
    device.run(&case).unwrap();
    let mut other = case;
    let mut setup = (*other.setup).clone();
    setup.blades[2].mac = setup.blades[1].mac;
    other.setup = setup.into();
    let error = device.run(&other).unwrap_err().to_string();
    assert!(error.contains("ethernet.txt") && error.contains("Blade(2)"), "{error}");
}

fn plain() -> Setup {
    let plain = cases().into_iter().find(|case| case.setup.name == "plain");
    (*plain.expect("a case of setup plain").setup).clone()
}

/// The setup with everything in it as soon as the manager has all that it needs.
fn richest() -> Setup {
    let everything = cases().into_iter().find(|case| case.setup.name == "everything");
    let everything = (*everything.expect("a case of setup everything").setup).clone();
    let needs = feature::of_setup(&everything);
    if needs.iter().all(|need| HAS.contains(need)) {
        everything
    } else {
        plain()
    }
}

/// `SPAREBAND_GOLDEN_FRAMES` frames, in rounds of a thousand, from `SPAREBAND_SEED` on. All blades are ready in the first round; in others
/// their state is drawn from the seed.
#[test]
fn random_frames_get_one_verdict_and_the_same_bytes() {
    let number = |name: &str, default: u64| std::env::var(name).map_or(default, |text| text.parse().expect("a number"));
    let (total, first) = (number("SPAREBAND_GOLDEN_FRAMES", 1200), number("SPAREBAND_SEED", 1));
    let mut device = Device::new(&models(), first).unwrap_or_else(|error| panic!("{error}; run `make sim`"));
    let mut count = Tally::default();
    for seed in first..first + total.div_ceil(1000) {
        let frames = total.min(1000) as usize;
        let mut setup = richest();
        if seed % 3 != 1 {
            let mut random = StdRng::seed_from_u64(seed);
            for blade in &mut setup.blades {
                (blade.admin, blade.enabled) = match random.gen_range(0..8) {
                    0..4 => (Admin::Ready, true),
                    4..6 => (Admin::Drain, true),
                    6 => (Admin::Maintenance, true),
                    _ => (Admin::Ready, false),
                };
            }
        }
        if let Err(error) = round(&mut device, &setup, &setup, seed, frames, &mut count) {
            panic!("seed {seed}: {error}; again with SPAREBAND_SEED={seed} SPAREBAND_GOLDEN_FRAMES={frames}");
        }
    }
    println!("from seed {first}: {count:?}");
    assert!(
        count.balanced > count.sent / 10 && count.flooded > 0 && count.dropped > 0 && count.to_blade > 0,
        "{count:?}"
    );
}

/// Planes that differ in one thing from what the manager is set to: each is found out.
#[test]
fn random_frames_find_a_plane_that_is_another() {
    let mut device = Device::new(&models(), 5).unwrap_or_else(|error| panic!("{error}; run `make sim`"));
    let other = |change: &dyn Fn(&mut Setup)| {
        let mut setup = plain();
        change(&mut setup);
        setup
    };
    let others = [
        other(&|setup| drop(setup.services.pop())),
        other(&|setup| setup.services[0].blades = vec![0, 1, 2]),
        other(&|setup| setup.services[1].affinity = Affinity::Source),
        other(&|setup| setup.blades[3].mac[3] ^= 1),
        other(&|setup| setup.blades[1].vlan = VlanAction::Strip),
        other(&|setup| setup.max_frame_length = 1000),
    ];
    for (number, model) in others.iter().enumerate() {
        let found = round(&mut device, &plain(), model, 1, 300, &mut Tally::default());
        assert!(found.is_err(), "plane {number} passed for the manager's");
    }
}

#[derive(Debug, Default)]
#[allow(dead_code, reason = "printed")]
struct Tally {
    sent: u64,
    balanced: u64,
    flooded: u64,
    dropped: u64,
    to_blade: u64,
    /// Made but not sent, since the manager lacks what they need.
    left_out: u64,
}

/// Frames of one seed: those that the manager has all for, judged by the model in the order in which they were sent.
fn round(device: &mut Device, setup: &Setup, model: &Setup, seed: u64, frames: usize, count: &mut Tally) -> Result<(), String> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut sent: Vec<(Frame, String)> = Vec::with_capacity(frames);
    // Needs do not depend on which blade is chosen, so a plane of its own finds them.
    let mut scout = Plane::new(setup.clone());
    while sent.len() < frames {
        let made = random::make(&mut random, setup);
        let decision = scout.judge(Place::Uplink, &made.frame);
        let needs = feature::of_frame(Place::Uplink, &made.frame, &decision, setup);
        if needs.iter().all(|need| HAS.contains(need)) {
            sent.push((made.frame, made.made));
        } else {
            count.left_out += 1;
        }
    }
    device.apply(setup).map_err(|error| error.to_string())?;
    let read = |device: &mut Device| device.service_counters(setup.services.len()).map_err(|error| error.to_string());
    let mut served = read(device)?;
    let bytes: Vec<Frame> = sent.iter().map(|(frame, _)| frame.clone()).collect();
    let mut arrived = device.burst(&bytes).map_err(|error| error.to_string())?;
    arrived.values_mut().for_each(|frames| frames.reverse());
    let mut plane = Plane::new(model.clone());
    let mut expected = device.counted();
    for (number, (frame, made)) in sent.iter().enumerate() {
        let decision = plane.judge(Place::Uplink, frame);
        let wanted = alternatives(&decision);
        let next = |to: Place| arrived[&to].last();
        // The frames that are next everywhere must be one of the alternatives.
        let here = |output: &Output| next(output.to) == Some(&output.bytes);
        let found = wanted.iter().position(|outputs| outputs.iter().all(here)).ok_or_else(|| {
            let came: Vec<Output> = arrived
                .iter()
                .filter_map(|(&to, frames)| {
                    Some(Output {
                        to,
                        bytes: frames.last()?.clone(),
                    })
                })
                .collect();
            format!(
                "frame {number}, {made}: {:?}\nexpected {}\nnext are {}",
                decision.verdict,
                show(&wanted),
                show(&[came])
            )
        })?;
        for output in &wanted[found] {
            arrived.get_mut(&output.to).expect("all places are there").pop();
        }
        if let Some(service) = decision.service {
            let counters = &mut served[service];
            counters[Counter::Packets as usize] += 1;
            counters[Counter::Octets as usize] += frame.bytes.len() as u64;
            counters[Counter::Drops as usize] += u64::from(decision.verdict == Verdict::Dropped(Cause::NoBlade));
        }
        count.sent += 1;
        match &decision.verdict {
            Verdict::Balanced(blades) => {
                count.balanced += 1;
                plane.chose(&decision, blades[found]);
            }
            Verdict::Flooded(_) => count.flooded += 1,
            Verdict::ToBlade(_) => count.to_blade += 1,
            _ => count.dropped += 1,
        }
        let fate = counter(&decision.verdict).ok_or("a verdict without a counter")?;
        for name in ["frames_in", fate] {
            *expected.get_mut(name).expect("a counter of that name") += 1;
        }
    }
    if let Some((place, rest)) = arrived.iter().find(|(_, rest)| !rest.is_empty()) {
        return Err(format!("{} frames too many at {place:?}", rest.len()));
    }
    // Which frames open a flow is the flow table's to know; the tests of the plane hold that.
    for (number, (counted, wanted)) in read(device)?.into_iter().zip(&mut served).enumerate() {
        wanted[Counter::NewFlows as usize] = counted[Counter::NewFlows as usize];
        if counted != *wanted || counted[Counter::NewFlows as usize] > counted[Counter::Packets as usize] {
            return Err(format!("service {number} counted {counted:?}, not {wanted:?}"));
        }
    }
    device.count(&expected).map_err(|error| error.to_string())
}

/// What a case's frames and setup need is among what it declares.
#[test]
fn cases_declare_what_they_need() {
    let mut undeclared = Vec::new();
    for case in cases() {
        let mut plane = Plane::new((*case.setup).clone());
        let mut needs = feature::of_setup(&case.setup);
        for step in &case.steps {
            match step {
                golden::Step::Blade { index, admin, enabled } => plane.set_blade(*index, *admin, *enabled),
                golden::Step::Frame(exchange) => {
                    let decision = plane.judge(exchange.from, &exchange.frame);
                    needs.extend(feature::of_frame(exchange.from, &exchange.frame, &decision, &case.setup));
                    if let Verdict::Balanced(blades) = &decision.verdict {
                        plane.chose(&decision, blades[0]);
                    }
                }
            }
        }
        needs.retain(|need| !case.needs.contains(need));
        if !needs.is_empty() {
            undeclared.push(format!("{}.txt:{} ({}) needs {needs:?} too", case.file, case.line, case.name));
        }
    }
    assert!(undeclared.is_empty(), "{}", undeclared.join("\n"));
}

/// The same over the command line: a table, and one line for what is wrong with a file.
#[test]
fn the_program_runs_files_and_tells_what_is_wrong() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("golden_files");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::copy(golden::folder().join("setups.txt"), folder.join("setups.txt")).unwrap();
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_spareband-sim"))
            .current_dir(&folder)
            .arg("golden")
            .args(arguments)
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    write(
        "good.txt",
        "setup: plain\ncase: all\nin: eth dst=broadcast / data 50\nverdict: flood\n",
    );
    let (code, out, _) = run(&["--software", "good.txt", "setups.txt"]);
    assert!(
        code == Some(0) && out.contains("ok") && out.contains("1 cases") && out.contains("0 failures"),
        "{out}"
    );
    write(
        "bad.txt",
        "setup: plain\ncase: none\nin: eth dst=broadcast / data 50\nverdict: drop runt\n",
    );
    let (code, out, error) = run(&["--software", "good.txt", "bad.txt"]);
    assert!(
        code == Some(1) && out.contains("FAILED") && error.contains("bad.txt:3 (none)"),
        "{out}{error}"
    );
    write("wrong.txt", "case: none\nin: eth dst=everybody\nverdict: flood\n");
    let (code, out, error) = run(&["--software", "wrong.txt"]);
    assert!(
        code == Some(2) && out.is_empty() && error.contains("wrong.txt:2: `everybody`"),
        "{error}"
    );
    let (code, _, error) = run(&["absent.txt"]);
    assert!(code == Some(1) && error.contains("absent.txt"), "{error}");
    let models = models();
    let (code, out, error) = run(&["--model-dir", models.to_str().unwrap(), "good.txt"]);
    assert!(code == Some(0) && out.contains("1 ran on the manager, 0 wait"), "{out}{error}");
}
