//! Inline SVG plots: no script, no font, nothing from outside.
use std::fmt::Write;

pub const WIDTH: f64 = 860.0;
pub const HEIGHT: f64 = 240.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 34.0;

/// Sixteen colours that stay apart on light and dark ground.
pub fn colour(blade: usize) -> &'static str {
    const COLOURS: [&str; 16] = [
        "#3b82f6", "#f59e0b", "#10b981", "#ef4444", "#8b5cf6", "#06b6d4", "#ec4899", "#84cc16", "#6366f1", "#f97316", "#14b8a6", "#e11d48",
        "#a855f7", "#0ea5e9", "#d946ef", "#65a30d",
    ];
    COLOURS[blade % COLOURS.len()]
}

/// 0..1 of the plot's width and height to pixels.
fn x(share: f64) -> f64 {
    LEFT + share.clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT)
}

fn y(share: f64) -> f64 {
    HEIGHT - BOTTOM - share.clamp(0.0, 1.0) * (HEIGHT - TOP - BOTTOM)
}

/// A time in a unit a reader likes.
pub fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        t if t >= 1e9 => format!("{:.3} s", t / 1e9),
        t if t >= 1e6 => format!("{:.2} ms", t / 1e6),
        t if t >= 1e3 => format!("{:.1} µs", t / 1e3),
        t => format!("{t:.0} ns"),
    }
}

fn frame(title: &str, length: u64, body: &str) -> String {
    let mut out = format!(r#"<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">"#);
    for quarter in 0..=4 {
        let share = f64::from(quarter) / 4.0;
        let (h, v) = (y(share), x(share));
        write!(
            out,
            r#"<line class="grid" x1="{LEFT}" x2="{}" y1="{h:.1}" y2="{h:.1}"/>"#,
            WIDTH - RIGHT
        )
        .unwrap();
        write!(
            out,
            r#"<text x="{}" y="{:.1}" text-anchor="end">{}%</text>"#,
            LEFT - 6.0,
            h + 4.0,
            quarter * 25
        )
        .unwrap();
        let anchor = ["start", "middle", "middle", "middle", "end"][quarter as usize];
        write!(
            out,
            r#"<text x="{v:.1}" y="{}" text-anchor="{anchor}">{}</text>"#,
            HEIGHT - 12.0,
            time(share * length as f64)
        )
        .unwrap();
    }
    write!(out, "{body}</svg>").unwrap();
    out
}

/// One line of steps a blade: (time, share of 1) where it changes.
pub fn steps(title: &str, length: u64, lines: &[Vec<(u64, f64)>]) -> String {
    let mut body = String::new();
    for (blade, points) in lines.iter().enumerate() {
        let mut path = String::new();
        // Equal lines lie beside, not on each other.
        let shift = (blade as f64 - lines.len() as f64 / 2.0) * 0.8;
        for (index, &(at, share)) in points.iter().enumerate() {
            let h = x(at as f64 / length as f64);
            let command = if index == 0 { "M" } else { "H" };
            match command {
                "M" => write!(path, "M{h:.1} {:.1}", y(share) + shift).unwrap(),
                _ => write!(path, "H{h:.1}V{:.1}", y(share) + shift).unwrap(),
            }
        }
        write!(path, "H{:.1}", x(1.0)).unwrap();
        write!(
            body,
            r#"<path class="line" d="{path}" stroke="{}"><title>blade {blade}</title></path>"#,
            colour(blade)
        )
        .unwrap();
    }
    frame(title, length, &body)
}

/// Stacked shares over time; `bins[t][blade]` are counts.
pub fn shares(title: &str, length: u64, bins: &[Vec<u64>]) -> String {
    let mut body = String::new();
    let width = (WIDTH - LEFT - RIGHT) / bins.len() as f64;
    for (index, bin) in bins.iter().enumerate() {
        let total: u64 = bin.iter().sum();
        let mut below = 0;
        for (blade, &count) in bin.iter().enumerate().filter(|(_, c)| **c > 0) {
            let (low, high) = (y(below as f64 / total as f64), y((below + count) as f64 / total as f64));
            below += count;
            write!(
                body,
                r#"<rect x="{:.2}" y="{high:.2}" width="{:.2}" height="{:.2}" fill="{}"><title>blade {blade}: {count} of {total}</title></rect>"#,
                LEFT + index as f64 * width,
                (width - 0.6).max(0.4),
                low - high,
                colour(blade)
            )
            .unwrap();
        }
    }
    frame(title, length, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stacked_bars_fill_the_height_and_stay_inside() {
        let svg = shares("t", 1_000_000, &[vec![1, 3], vec![0, 0], vec![2, 0]]);
        let heights: Vec<f64> = svg
            .split("height=\"")
            .skip(1)
            .map(|s| s.split('"').next().unwrap().parse().unwrap())
            .collect();
        let full = HEIGHT - TOP - BOTTOM;
        assert_eq!(heights.len(), 3);
        assert!((heights[0] + heights[1] - full).abs() < 0.1 && (heights[2] - full).abs() < 0.1);
    }

    #[test]
    fn times_read_well() {
        assert_eq!([5.0, 1500.0, 2.5e6, 3e9].map(time), ["5 ns", "1.5 µs", "2.50 ms", "3.000 s"]);
    }
}
