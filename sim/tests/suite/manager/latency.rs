//! How long a frame is in the manager.
use super::rig;
use spareband_sim::agents::Agents;
use spareband_sim::bench::latency::{self, SIZES};
use spareband_sim::session::Session;
use std::sync::Arc;

/// From a frame's last bit at the uplink's pins to its first at the blade's, in cycles of `clk_core`: receiver and crossing, the plane's 62, the crossing
/// to the blade's clock, transmitter.
const REST: std::ops::RangeInclusive<f64> = 92.5..=97.5;

/// A frame alone takes as long as it takes to come in, and a time that does not depend on its length.
#[test]
fn a_frame_is_stored_and_then_forwarded_at_once() {
    let (sizes, frames) = if rig::long() {
        (&SIZES[..], 48)
    } else {
        (&[64, 512, 1518][..], 16)
    };
    let mut all = Vec::new();
    for &size in sizes {
        let chassis = rig::chassis(4, 12);
        let agents = Agents::new(4, &[], 0, 100_000);
        let mut session = Session::begin(chassis, agents, None, Arc::default()).unwrap();
        all.push(latency::measure(&mut session, size, frames, 200).unwrap());
    }
    latency::print(&all);
    for l in &all {
        assert_eq!((l.opening.dropped, l.known.dropped), (0, 0));
        assert_eq!((l.opening.frames, l.known.frames), (frames, frames));
        for cycles in [&l.opening, &l.known] {
            assert!(
                REST.contains(&(cycles.median - l.arriving)) && REST.contains(&(cycles.worst - l.arriving)),
                "{l:?}"
            );
            // The crossing of clocks makes the only difference.
            assert!(cycles.worst - cycles.median < 4.0, "{l:?}");
        }
        // Under load a frame waits for those before it to its blade; jumbo frames that would wait long are those that find no place.
        assert!(l.loaded.median >= l.known.median - 1.0 && l.loaded.worst > l.known.worst);
    }
}
