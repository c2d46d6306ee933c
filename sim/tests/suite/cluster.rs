//! The cluster simulation against queueing theory, its command line, and a short form of the whole evaluation.

use spareband_sim::cluster::document::Results;
use spareband_sim::cluster::engine::{Watch, run};
use spareband_sim::cluster::experiments::{self, Row, Size, rows};
use spareband_sim::cluster::grid::{self, run_all};
use spareband_sim::cluster::model::{Model, Work};
use spareband_sim::cluster::stats::Figures;
use spareband_sim::cluster::{fluid, policies};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64};

fn simulate(model: &Model, policy: &str, seed: u64) -> Figures {
    model.check().unwrap();
    let mut balancer = policies::build(policy, model, seed).unwrap();
    let (done, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let watch = Watch { done: &done, stop: &stop };
    run(model, balancer.as_mut(), seed, &watch).unwrap()
}

fn one_server(cores: f64, load: f64, work: Work) -> Model {
    Model {
        servers: 1,
        cores,
        work,
        rate: load * cores / work.mean(),
        requests: 220_000,
        warm_up: 20_000,
        ..Default::default()
    }
}

fn close(got: f64, theory: f64, share: f64, what: &str) {
    assert!((got / theory - 1.0).abs() < share, "{what}: {got}, theory {theory}");
}

const EXPONENTIAL: Work = Work::Exponential { mean: 1.0 };

#[test]
fn one_core_is_processor_sharing() {
    let f = simulate(&one_server(1.0, 0.7, EXPONENTIAL), "rr", 1);
    close(f.mean, 1.0 / 0.3, 0.04, "M/M/1");
    // The mean does not depend on the distribution of the work, only on its mean.
    let work = Work::Bimodal {
        short: 0.5,
        long: 5.5,
        share: 0.1,
    };
    let f = simulate(&one_server(1.0, 0.7, work), "rr", 2);
    close(f.mean, 1.0 / 0.3, 0.05, "M/G/1 processor sharing, bimodal");
    let f = simulate(&one_server(1.0, 0.7, Work::Constant { mean: 1.0 }), "rr", 3);
    close(f.mean, 1.0 / 0.3, 0.04, "M/D/1 processor sharing");
}

/// With exponential work the number in the system is that of M/M/c, and its mean time follows from Erlang's C formula.
#[test]
fn several_cores_are_erlangs() {
    for (cores, load) in [(4usize, 0.8), (8, 0.9)] {
        let offered = cores as f64 * load;
        let mut term = 1.0;
        let mut sum = 0.0;
        for k in 0..cores {
            sum += term;
            term *= offered / (k + 1) as f64;
        }
        let waiting = term / (1.0 - load) / (sum + term / (1.0 - load));
        let theory = 1.0 + waiting / (cores as f64 * (1.0 - load));
        let f = simulate(&one_server(cores as f64, load, EXPONENTIAL), "rr", 4);
        close(f.mean, theory, 0.04, "M/M/c");
    }
}

fn hundred(load: f64) -> Model {
    Model {
        requests: 200_000,
        warm_up: 50_000,
        ..experiments::e4::model(load, 1.0, 1)
    }
}

#[test]
fn choices_are_mitzenmachers() {
    let f = simulate(&hundred(0.5), "random", 5);
    close(f.mean, fluid::power_of(1, 0.5), 0.03, "random");
    for load in [0.5, 0.9] {
        let f = simulate(&hundred(load), "ll-po2", 6);
        close(f.mean, fluid::power_of(2, load), 0.04, "two choices");
        let f = simulate(&hundred(load), "po2+queue+d0", 7);
        close(
            f.mean,
            fluid::periodic_update(2, load, 1.0),
            0.04,
            "two choices by a board of T = 1",
        );
    }
}

/// What the experiments rest on: with fresh reports lu-delta is near the bound, and old ones make lu herd.
#[test]
fn reports_matter_as_they_must() {
    let model = |period| Model {
        requests: 60_000,
        warm_up: 6_000,
        ..experiments::e3::model(1e-3, period, 0.0, 1)
    };
    let p999 = |policy, period| simulate(&model(period), policy, 1).p999;
    let bound = p999("clairvoyant", 1e-4);
    assert!(p999("lu-delta", 1e-4) < 2.0 * bound);
    assert!(p999("lu", 1e-2) > 10.0 * bound);
    assert!(p999("lu-track", 1e-2) < p999("lu", 1e-2) / 5.0);
}

/// Requests that are given up leave their server, and overload ends.
#[test]
fn overload_ends() {
    let mut model = Model {
        rate: 3.0 * 64.0 / 1e-3,
        timeout: Some(0.05),
        requests: 20_000,
        warm_up: 5_000,
        ..Default::default()
    };
    let f = simulate(&model, "lu-delta", 1);
    assert!(f.timeouts > 0.3 && f.max <= 0.0501, "{f:?}");
    model.timeout = None;
    let f = simulate(&model, "rr", 1);
    assert_eq!((f.measured, f.timeouts), (15_000, 0.0));
}

/// One point of every series of every experiment, few requests, through grid and document.
#[test]
fn the_short_evaluation() {
    let stop = AtomicBool::new(false);
    let options = grid::Options {
        jobs: 2,
        cache: None,
        stop: &stop,
        progress: &|_, _| {},
    };
    let mut results = Results {
        size: Size::Short,
        seeds: 1,
        account: grid::Account::default(),
        experiments: vec![],
    };
    for mut experiment in experiments::all(Size::Short) {
        let mut seen = vec![];
        experiment.points.retain(|p| {
            let wanted = experiment.name != "e3" || p.label == "1 ms";
            wanted && !seen.contains(&p.series) && {
                seen.push(p.series);
                true
            }
        });
        let (figures, account) = run_all(&experiment.cells(1), &options).unwrap();
        results.account.add(&account);
        results.experiments.push((experiment.name, rows(&experiment, 1, &figures)));
    }
    println!("{:.0} requests a second", results.account.requests_per_second());
    let of = |experiment: &str| -> &Vec<Row> { &results.experiments.iter().find(|(name, _)| *name == experiment).unwrap().1 };
    let figure = |experiment: &str, policy: &str| of(experiment).iter().find(|r| r.policy == policy).unwrap().runs[0].clone();
    for row in of("e3") {
        assert!(
            figure("e3", "clairvoyant").p99 <= 1.05 * row.runs[0].p99,
            "{} beats the bound",
            row.policy
        );
    }
    assert!(figure("e3", "lu-delta").p999 < figure("e3", "rr").p999);
    assert!(figure("e2", "lu-delta").p99 < figure("e2", "rr").p99);
    assert!(figure("e4", "wlc").mean < figure("e4", "random").mean);
    assert!(figure("power", "pack+fill180").asleep > figure("power", "rr").asleep + 1.0);
    assert!(figure("e1", "prequal").messages == 3.0 && figure("e1", "hcl").messages == 0.0);

    let document = results.document();
    for section in ["## E1", "## E2", "## E3", "## E4", "## Power", "## What these results do not show"] {
        assert!(document.text.contains(section), "{section}");
    }
    assert!(!document.text.contains("NaN") && document.plots.iter().all(|(_, svg)| svg.ends_with("</svg>\n")));
    for (name, _) in &document.plots {
        assert!(document.text.contains(name.as_str()), "{name} is shown");
    }
}

#[test]
fn what_cannot_be_ends_with_2_and_one_line() {
    let eval = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_spareband-sim"))
            .arg("eval")
            .args(arguments)
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    for (arguments, says) in [
        (["--policies", "fastest"], "unknown policy `fastest`"),
        (["--policies", "lu+d999"], "`d999` is no option"),
        (["--only", "e9"], "unknown experiment `e9`"),
        (["--points", "never"], "no point `never`"),
    ] {
        let (code, error) = eval(&arguments);
        assert_eq!(code, Some(2), "{arguments:?}");
        assert!(error.contains(says) && error.lines().count() == 1, "{error}");
    }
    for arguments in [["--seeds", "0"], ["--jobs", "0"], ["--seeds", "many"]] {
        assert_eq!(eval(&arguments).0, Some(2), "{arguments:?}");
    }
}
