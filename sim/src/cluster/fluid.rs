//! The limit of infinitely many servers, from the theory: what E4's simulation is held against. Shares no code with it.

/// Mean time in a system of exponential servers of mean 1 when each arrival joins the shortest of `d` random queues, known at once:
/// the sum of `load^((d^i - d) / (d - 1))` (Mitzenmacher 1996, Vvedenskaya and others 1996).
pub fn power_of(d: u32, load: f64) -> f64 {
    if d == 1 {
        return 1.0 / (1.0 - load);
    }
    let d = f64::from(d);
    (1..60)
        .map(|i| load.powf((d.powi(i) - d) / (d - 1.0)))
        .take_while(|term| *term > 1e-15)
        .sum()
}

/// The same when the queues are read from a board that is brought up to date every `period` (Mitzenmacher 2000, 3): the fixed cycle of
/// `P[i][j]`, the share of servers with i on the board and j in truth, and the mean time by Little's law.
pub fn periodic_update(d: i32, load: f64, period: f64) -> f64 {
    // Queues beyond these are too rare to show at loads up to 0.9.
    let levels = (60.0 + 2.0 * period) as usize;
    // Begin at random choice.
    let mut share: Vec<f64> = (0..levels).map(|i| (1.0 - load) * load.powi(i as i32)).collect();
    let steps = (period / 0.02).ceil().max(4.0) as usize;
    let step = period / steps as f64;
    let mut mean = 0.0;
    for _ in 0..(400.0 / period).clamp(30.0, 4000.0) as usize {
        // Arrivals a server whose board says i: those whose d choices all say i or more, but not all more.
        let tail: Vec<f64> = (0..=levels).map(|i| share.iter().skip(i).sum::<f64>().min(1.0)).collect();
        let mut next = vec![0.0; levels];
        let mut in_system = 0.0;
        for i in 0..levels {
            if share[i] < 1e-12 {
                continue;
            }
            let rate = load * (tail[i].powi(d) - tail[i + 1].powi(d)) / share[i];
            let mut p = vec![0.0; levels];
            p[i] = share[i];
            let slope = |p: &[f64]| -> Vec<f64> {
                (0..levels)
                    .map(|j| {
                        let from_below = if j > 0 { rate * p[j - 1] } else { 0.0 };
                        let from_above = p.get(j + 1).copied().unwrap_or(0.0);
                        let leave = if j + 1 < levels { rate } else { 0.0 } + if j > 0 { 1.0 } else { 0.0 };
                        from_below + from_above - leave * p[j]
                    })
                    .collect()
            };
            for _ in 0..steps {
                // Midpoint rule; the mean is taken at the middle too.
                let k = slope(&p);
                let middle: Vec<f64> = p.iter().zip(&k).map(|(p, k)| p + k * step / 2.0).collect();
                in_system += middle.iter().enumerate().map(|(j, p)| j as f64 * p).sum::<f64>();
                for (p, k) in p.iter_mut().zip(slope(&middle)) {
                    *p += k * step;
                }
            }
            next.iter_mut().zip(&p).for_each(|(n, p)| *n += p);
        }
        share = next;
        let now = in_system / steps as f64 / load;
        if (now - mean).abs() < 1e-5 * now {
            return now;
        }
        mean = now;
    }
    mean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_limits() {
        // Mitzenmacher 1996, table 2.1: d = 2.
        assert!((power_of(2, 0.5) - 1.2657).abs() < 1e-4, "{}", power_of(2, 0.5));
        assert!((power_of(2, 0.9) - 2.6141).abs() < 1e-4, "{}", power_of(2, 0.9));
        assert_eq!(power_of(1, 0.9).round(), 10.0);
        // A board that is always fresh is no board; one choice does not read it.
        assert!((periodic_update(2, 0.5, 0.05) - power_of(2, 0.5)).abs() < 0.02);
        assert!((periodic_update(1, 0.5, 2.0) - 2.0).abs() < 0.01);
    }
}
