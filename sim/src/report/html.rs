//! `report.html`: one self-contained page.
use super::{Report, svg};
use std::fmt::Write;

/// Columns of the plot of shares.
const BINS: usize = 48;

const STYLE: &str = "
:root{color-scheme:light dark;--bg:#f8fafc;--card:#fff;--text:#0f172a;--dim:#64748b;--line:#e2e8f0;--good:#059669;--bad:#dc2626}
@media(prefers-color-scheme:dark){:root{--bg:#0b1120;--card:#111a2e;--text:#e2e8f0;--dim:#94a3b8;--line:#1f2a44;--good:#34d399;--bad:#f87171}}
body{margin:0;background:var(--bg);color:var(--text);font:15px/1.5 system-ui,sans-serif}
main{max-width:920px;margin:0 auto;padding:28px 20px 60px}h1{font-size:24px;margin:0 0 2px}h2{font-size:16px;margin:0 0 10px}
.dim{color:var(--dim);margin:0}section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:18px 20px;margin-top:18px;overflow-x:auto}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(130px,1fr));gap:12px;margin-top:18px}
.tile{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:12px 16px}.tile b{display:block;font-size:22px}
svg{width:100%;height:auto;display:block}svg text{font-size:11px;fill:var(--dim)}.grid{stroke:var(--line)}.line{fill:none;stroke-width:2}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{text-align:right;padding:5px 8px;border-bottom:1px solid var(--line)}
th{color:var(--dim);font-weight:500}th:first-child,td:first-child{text-align:left}
.key{display:inline-block;width:10px;height:10px;border-radius:3px;margin-right:6px}.legend span{margin-right:14px}.ok{color:var(--good)}.no{color:var(--bad)}
";

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// 1234567 -> 1 234 567
fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut out = String::from("<table><tr>");
    head.iter().for_each(|h| write!(out, "<th>{h}</th>").unwrap());
    out.push_str("</tr>");
    for row in rows {
        out.push_str("<tr>");
        row.iter().for_each(|cell| write!(out, "<td>{cell}</td>").unwrap());
        out.push_str("</tr>");
    }
    out + "</table>"
}

fn key(blade: usize) -> String {
    format!(r#"<i class="key" style="background:{}"></i>blade {blade}"#, svg::colour(blade))
}

pub fn page(report: &Report) -> String {
    let series = &report.series;
    let length = series.length.max(1);
    let legend: String = (0..report.blades.len()).map(|b| format!("<span>{}</span>", key(b))).collect();
    let loads: Vec<Vec<(u64, f64)>> = series
        .loads
        .iter()
        .map(|h| h.iter().map(|r| (r.time, f64::from(r.load.cpu) / 255.0)).collect())
        .collect();
    let mut bins = vec![vec![0; report.blades.len()]; BINS];
    for &(time, blade) in &series.new_flows {
        bins[((time as f64 / length as f64 * BINS as f64) as usize).min(BINS - 1)][blade] += 1;
    }
    let good = report.checks.iter().all(|c| c.ok);
    let mut out =
        String::from("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">");
    write!(
        out,
        "<title>Spareband: {}</title><style>{STYLE}</style><main>",
        escape(&report.pcap)
    )
    .unwrap();
    write!(
        out,
        "<h1>Spareband chassis run</h1><p class=\"dim\">{} · {} blades · policy {} · offered at {} · {} simulated</p>",
        escape(&report.pcap),
        report.blades.len(),
        escape(&report.policy),
        escape(&report.rate),
        svg::time(report.simulated_ns as f64)
    )
    .unwrap();
    out.push_str("<div class=\"tiles\">");
    for (name, value) in [
        ("frames in", grouped(report.frames_in)),
        ("forwarded", grouped(report.forwarded)),
        ("flooded", grouped(report.flooded)),
        ("dropped", grouped(report.dropped)),
        ("new flows", grouped(report.blades.iter().map(|b| b.new_flows).sum())),
        ("core cycles/s", grouped(report.core_cycles_per_second as u64)),
    ] {
        write!(out, "<div class=\"tile\"><span class=\"dim\">{name}</span><b>{value}</b></div>").unwrap();
    }
    write!(
        out,
        "</div><section><h2>CPU utilisation each blade reports</h2>{}<p class=\"legend\">{legend}</p></section>",
        svg::steps("CPU utilisation over time", length, &loads)
    )
    .unwrap();
    write!(
        out,
        "<section><h2>Share of new flows</h2>{}<p class=\"legend\">{legend}</p></section>",
        svg::shares("share of new flows over time", length, &bins)
    )
    .unwrap();
    let blades = report.blades.iter().map(|b| {
        let counts = [
            b.new_flows,
            b.frames,
            b.bytes,
            b.dropped_queue_full,
            b.records_good,
            b.answers_on_uplink,
        ]
        .map(grouped);
        let age = svg::time(b.record_age_ns_max as f64);
        [vec![key(b.blade)], counts.to_vec(), vec![age]].concat()
    });
    let head = [
        "blade",
        "new flows",
        "frames",
        "bytes",
        "queue full",
        "records",
        "answers",
        "oldest record",
    ];
    write!(out, "<section><h2>Blades</h2>{}</section>", table(&head, blades)).unwrap();
    let causes = report
        .dropped_by_cause
        .iter()
        .map(|(cause, count)| vec![cause.replace('_', " "), grouped(*count)]);
    write!(
        out,
        "<section><h2>Dropped frames by cause</h2>{}</section>",
        table(&["cause", "frames"], causes)
    )
    .unwrap();
    let verdict = |ok: bool| {
        if ok {
            "<span class=\"ok\">✓</span>"
        } else {
            "<span class=\"no\">✗</span>"
        }
    };
    let checks = report
        .checks
        .iter()
        .map(|c| vec![escape(&c.name), grouped(c.gateware), grouped(c.scoreboard), verdict(c.ok).into()]);
    let title = if good {
        "Every frame is accounted for"
    } else {
        "Frames are NOT all accounted for"
    };
    write!(
        out,
        "<section><h2>{title}</h2>{}</section>",
        table(&["", "gateware", "wires", ""], checks)
    )
    .unwrap();
    out + "</main></html>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_text_is_escaped() {
        assert_eq!([7, 1234, 1_234_567].map(grouped), ["7", "1\u{202f}234", "1\u{202f}234\u{202f}567"]);
        assert_eq!(escape("<a&\"b\">"), "&lt;a&amp;&quot;b&quot;&gt;");
    }
}
