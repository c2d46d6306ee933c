//! What frames the document, and the sections on E2, E4 and power.

use super::Document;
use super::table::{ASLEEP, MEAN, MS, Measure, P99, P999, find, header, lines, marks, pivot, value, verdicts};
use crate::cluster::experiments::{Row, e2, e4, power};
use crate::cluster::fluid;
use crate::cluster::plot::{Plot, short};
use std::fmt::Write;

pub const INTRODUCTION: &str = "## What is simulated

The dispatcher is `spareband_spec::score::decide`, the gateware's arithmetic bit for bit: 8-bit reports, 12-bit flow counts, integer averages, ties by the
rotating pointer. Around it: Poisson arrivals, servers that share cores among jobs (at most a core each), antagonists that take cores, agents that
report the mean over a window.

| rule | what it takes |
|---|---|
| rr, wrr, random | each in turn; by weights, evenly spread; anyone |
| wlc, least-connections | fewest flows in the table (of all managers together: least-connections) |
| lu | least load reported |
| lu-delta | least load reported, plus what was sent, less what left since, between 0 and 255 |
| lu-track | the same from the last report below full, without the limit at 255: the reason for it is in E3 |
| hwr | random by headroom |
| po2 | the less loaded of two random ones |
| hcl | least load among the cold; all hot: fewest flows |
| pack | the first that is not full |
| hash | the flow's hash |
| jsq, clairvoyant | bounds: know requests in flight, or everything, at once |
| the others | peers, from what their papers and summaries of them say: `sim/src/cluster/policies` |

Behind a `+`:

* `pending`: a flow counts while a request of its is not answered, not while it is idle. The manager sees both directions, but the gateware counts
  flows in its table, so **this is not in the gateware**.
* `d64`: what one flow adds to the load, of 255; where not given 255 / cores, for `lu-delta` a quarter of that, its register's present advice.
* `queue`: the load is the reported queue. `h250`: hcl's mark. `fill180`: pack's mark. `q0.84`: Prequal's quantile.

Servers are held against theory by tests (M/M/1 and M/G/1 with processor sharing, M/M/c, the limit of two choices), see `sim/tests/suite/cluster.rs`. The gateware has
all rules but the peers', decision for decision (`make co-simulation`). More than 16 servers mean more lanes than the gateware has.
";

pub const LIMITS: &str = "
## What these results do not show

* No network: a request reaches its server at once, probes and polls too. Prequal's probes really take a fraction of a millisecond, ours nothing beyond the report.
* A flow is one request. Connections that carry many requests are balanced once; whatever a rule knows later does not help them.
* A server is cores and processor sharing: no locks, memory bandwidth, caches, garbage collection, interrupts. The interrupt signal is 0 throughout, so
  `hcl` goes by CPU and queue here.
* The peers' rules see what their papers give them. Of 100 clients each knows its own requests; a manager in the path of all flows knows all of them. Where ours is
  better on E1 that is the reason, and with several managers (E3) the advantage shrinks.
* The published testbeds are not fully described; what was fitted is said with each experiment. Absolute times are comparable where the fit is close, ratios elsewhere.
* Intervals are over few seeds; a p99.9 on servers with antagonists varies much from seed to seed.
* The evaluation shows rules, not the circuit. That the circuit does the arithmetic is shown by lockstep for `rr`, `lu`, `lu-delta`.
* Guards (slow start, sink-hole, good reports) are proven by the tests of `score`, not here.
";

pub fn e2(d: &mut Document, rows: &[Row]) {
    write!(
        d.text,
        "
## E2: herding on reports of 10 ms

Cheetah (Barbette and others, NSDI 2020): 100 requests a second and server, 90 % of 4 ms and 10 % of 500 ms, 1024 requests at a time, CPU reports every 10 ms. The
paper gives no cores: {} were fitted, so that round robin and hash on 16 servers come near the paper's. Median over the seeds of the p99 in ms:

",
        e2::CORES
    )
    .expect("a string takes all");
    let mut head = vec!["rule".to_string()];
    head.extend(
        ["16", "32", "64"]
            .iter()
            .flat_map(|n| [format!("{n}, paper"), format!("{n}, here")]),
    );
    d.text.push_str(&header(&head));
    let median = |label: &str, policy: &str| {
        find(rows, "bimodal", label, policy).map_or_else(
            || "-".into(),
            |row| {
                let mut values: Vec<f64> = row.runs.iter().map(|f| f.p99 * MS).collect();
                values.sort_by(f64::total_cmp);
                short(values[values.len() / 2])
            },
        )
    };
    for policy in super::table::policies(rows, "bimodal") {
        let paper = e2::PAPER.iter().find(|(p, ..)| *p == policy);
        let name = paper.map_or(policy.clone(), |(p, name, _)| format!("{p} ({name})"));
        let mut line = format!("| {name} |");
        for (index, label) in ["16", "32", "64"].iter().enumerate() {
            let published = paper.map_or(String::new(), |(_, _, v)| short(v[index]));
            write!(line, " {published} | {} |", median(label, &policy)).expect("a string takes all");
        }
        d.text.push_str(&line);
        d.text.push('\n');
    }
    d.text.push_str(
        "
What is reproduced is the direction: least loaded by reports (`lu`) gets worse the more servers send their flows by the same report, and no rule that counts what it has sent does.
The size is not: the paper's testbed adds costs of its own (its round robin doubles from 16 to 64 servers, which no queue explains). `wrr-util` says nothing about Cheetah's AWRR, whose weights
are not published in detail: the rendering here, requests over utilisation once a second, swings when a few long jobs make the utilisation.

",
    );
    d.text.push_str(&verdicts(rows, &["bimodal"], P99, MS));
}

pub fn e4(d: &mut Document, rows: &[Row]) {
    d.text.push_str(
        "
## E4: a board that is brought up to date every T

Mitzenmacher, How useful is old information, IEEE TPDS 2000: 100 servers, exponential work of mean 1, all queues on a board that is written every T. As published; nothing fitted.
The paper draws curves and gives its limit of many servers as differential equations; `limit` is their solution for two choices, computed here by code that shares nothing with the simulation.
`po2+queue+d0` is the paper's two choices; `lu+queue` its shortest queue on the board. Mean time in the system:
",
    );
    for (series, load) in e4::LOADS {
        write!(d.text, "\n### Load {series}\n\n").expect("a string takes all");
        d.text.push_str(&pivot(rows, series, MEAN, 1.0));
        let limits: Vec<String> = marks(rows, series)
            .iter()
            .map(|(period, label)| format!("{} at T = {label}", short(fluid::periodic_update(2, load, *period))))
            .collect();
        writeln!(
            d.text,
            "\nLimit for two choices: {}. Random: {}; two choices with a board that is always fresh: {}.",
            limits.join(", "),
            short(fluid::power_of(1, load)),
            short(fluid::power_of(2, load))
        )
        .expect("a string takes all");
        d.plot(
            &format!("e4_load_{}", series.replace('.', "_")),
            &Plot {
                title: &format!("Mean time in the system, load {series}"),
                x: "time between updates",
                y: "mean time",
                marks: marks(rows, series),
                logarithmic_x: true,
                lines: lines(rows, series, None, MEAN, 1.0),
            },
        );
    }
    d.text.push_str(
        "
A manager that all flows pass does not depend on the board for what it sent itself: `wlc`, `lu-delta` and `lu-track` are near the queue itself at any T. `lu` and, less so, two choices are the paper's
warning: old information that everybody acts on is worse than none.
",
    );
}

pub fn power(d: &mut Document, rows: &[Row]) {
    write!(
        d.text,
        "
## Power

16 blades of 4 cores, work of 10 ms, a day with a rate from {:.0} to {:.0} % of all cores (raised cosine, compressed to minutes). `pack` sends to the first blade that is not full; a blade without flows for {} s beyond those it wants sleeps,
and takes {} s to wake. For the others the column says how many blades were without a flow for that long, that is, could have slept. With
every core in use the load alone would leave {:.1} blades in the mean.

",
        power::LOW * power::PEAK * 100.0,
        power::PEAK * 100.0,
        power::SLEEP.idle,
        power::SLEEP.wake,
        16.0 * (1.0 - power::PEAK * (1.0 + power::LOW) / 2.0)
    )
    .expect("a string takes all");
    d.text.push_str(&header(
        &["rule", "blades asleep of 16", "p50 in ms", "p99 in ms", "p99.9 in ms"].map(String::from),
    ));
    for row in rows {
        let values = [|f: &crate::cluster::stats::Figures| f.p50, P99, P999].map(|m: Measure| value(row.estimate(m), MS));
        writeln!(
            d.text,
            "| {} | {} | {} |",
            row.policy,
            value(row.estimate(ASLEEP), 1.0),
            values.join(" | ")
        )
        .expect("a string takes all");
    }
}
