//! Line plots with logarithmic axes, as SVG files that need nothing from outside.

use std::fmt::Write;

const WIDTH: f64 = 880.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 230.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 44.0;
const COLOURS: [&str; 12] = [
    "#2563eb", "#d97706", "#059669", "#dc2626", "#7c3aed", "#0891b2", "#db2777", "#65a30d", "#475569", "#ea580c", "#0d9488", "#a21caf",
];

pub struct Line {
    pub name: String,
    /// x, y, half the interval of confidence.
    pub points: Vec<(f64, f64, f64)>,
    pub dashed: bool,
}

pub struct Plot<'a> {
    pub title: &'a str,
    pub x: &'a str,
    pub y: &'a str,
    /// Where to put marks on the x axis, and what they say.
    pub marks: Vec<(f64, String)>,
    pub logarithmic_x: bool,
    pub lines: Vec<Line>,
}

/// A number as short as it can be read.
pub fn short(value: f64) -> String {
    match value {
        v if !v.is_finite() => "-".into(),
        0.0 => "0".into(),
        v if v >= 100.0 => format!("{v:.0}"),
        v if v >= 10.0 => format!("{v:.1}"),
        v if v >= 0.1 => format!("{v:.2}"),
        v => format!("{v:.4}"),
    }
}

impl Plot<'_> {
    pub fn svg(&self) -> String {
        let across = |x: f64| if self.logarithmic_x { x.ln() } else { x };
        let xs = self.marks.iter().map(|(x, _)| across(*x));
        let (x0, x1) = xs.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)));
        let ys = self.lines.iter().flat_map(|l| &l.points).map(|p| p.1).filter(|y| *y > 0.0);
        let (low, high) = ys.fold((f64::INFINITY, 0.0f64), |(a, b), y| (a.min(y), b.max(y)));
        let (low, high) = if low > high { (1.0, 10.0) } else { (low / 1.2, high * 1.2) };
        let place_x = |x: f64| {
            let share = if x1 > x0 { (across(x) - x0) / (x1 - x0) } else { 0.5 };
            LEFT + share * (WIDTH - LEFT - RIGHT)
        };
        let place_y = |y: f64| {
            let share = (y.max(low) / low).ln() / (high / low).ln();
            HEIGHT - BOTTOM - share.clamp(0.0, 1.0) * (HEIGHT - TOP - BOTTOM)
        };
        let mut out = format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">
<title>{title}</title><rect width="100%" height="100%" fill="#fff"/>
<text x="{LEFT}" y="20" font-size="14">{title}</text>
<text x="{:.0}" y="{:.0}" text-anchor="middle">{}</text>
<text transform="translate(14 {:.0}) rotate(-90)" text-anchor="middle">{}</text>
"##,
            (LEFT + WIDTH - RIGHT) / 2.0,
            HEIGHT - 8.0,
            self.x,
            HEIGHT / 2.0,
            self.y,
            title = self.title,
        );
        for decade in -6..7 {
            for (factor, label) in [(1.0, true), (2.0, high / low < 60.0), (5.0, high / low < 60.0)] {
                let value = factor * 10f64.powi(decade);
                if value < low || value > high || !label {
                    continue;
                }
                let y = place_y(value);
                writeln!(
                    out,
                    r##"<line x1="{LEFT}" x2="{:.0}" y1="{y:.1}" y2="{y:.1}" stroke="#ddd"/><text x="{:.0}" y="{:.1}" text-anchor="end">{}</text>"##,
                    WIDTH - RIGHT,
                    LEFT - 6.0,
                    y + 4.0,
                    short(value)
                )
                .expect("a string takes all");
            }
        }
        for (x, label) in &self.marks {
            let x = place_x(*x);
            writeln!(
                out,
                r##"<line x1="{x:.1}" x2="{x:.1}" y1="{TOP}" y2="{:.0}" stroke="#eee"/><text x="{x:.1}" y="{:.0}" text-anchor="middle">{label}</text>"##,
                HEIGHT - BOTTOM,
                HEIGHT - BOTTOM + 16.0
            )
            .expect("a string takes all");
        }
        for (index, line) in self.lines.iter().enumerate() {
            let colour = COLOURS[index % COLOURS.len()];
            let dash = if line.dashed || index >= COLOURS.len() {
                r#" stroke-dasharray="5 3""#
            } else {
                ""
            };
            let path: Vec<String> = line
                .points
                .iter()
                .map(|(x, y, _)| format!("{:.1},{:.1}", place_x(*x), place_y(*y)))
                .collect();
            writeln!(
                out,
                r##"<polyline fill="none" stroke="{colour}" stroke-width="2"{dash} points="{}"/>"##,
                path.join(" ")
            )
            .expect("a string takes all");
            for (x, y, half) in &line.points {
                let (x, middle) = (place_x(*x), place_y(*y));
                let (a, b) = if half.is_finite() {
                    (place_y(y - half), place_y(y + half))
                } else {
                    (middle, middle)
                };
                writeln!(
                    out,
                    r##"<line x1="{x:.1}" x2="{x:.1}" y1="{a:.1}" y2="{b:.1}" stroke="{colour}"/><circle cx="{x:.1}" cy="{middle:.1}" r="2.6" fill="{colour}"/>"##
                )
                .expect("a string takes all");
            }
            let y = TOP + 10.0 + 17.0 * index as f64;
            let x = WIDTH - RIGHT + 14.0;
            writeln!(
                out,
                r##"<line x1="{x}" x2="{}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="2"{dash}/><text x="{}" y="{}">{}</text>"##,
                x + 22.0,
                x + 28.0,
                y + 4.0,
                line.name
            )
            .expect("a string takes all");
        }
        out.push_str("</svg>\n");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_lie_inside_and_in_order() {
        let plot = Plot {
            title: "t",
            x: "x",
            y: "y",
            marks: vec![(1e-3, "a".into()), (1.0, "b".into())],
            logarithmic_x: true,
            lines: vec![Line {
                name: "n".into(),
                points: vec![(1e-3, 4.0, f64::NAN), (1.0, 400.0, 1000.0)],
                dashed: false,
            }],
        };
        let svg = plot.svg();
        let points = svg.split("points=\"").nth(1).unwrap().split('"').next().unwrap();
        let xy: Vec<f64> = points.split([' ', ',']).map(|n| n.parse().unwrap()).collect();
        assert!((xy[0] - LEFT).abs() < 0.1 && (xy[2] - (WIDTH - RIGHT)).abs() < 0.1, "{xy:?}");
        assert!(xy[1] > xy[3] && xy[3] > TOP && xy[1] < HEIGHT - BOTTOM, "{xy:?}");
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
        assert_eq!([0.0, 4.28, 12.54, 285.4, 0.004].map(short), ["0", "4.28", "12.5", "285", "0.0040"]);
    }
}
