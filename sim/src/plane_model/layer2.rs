//! The table of stations (IEEE 802.1Q 8.7, 8.8): which side an address is on. Each VLAN has its own entries; frames
//! without a tag are of VLAN 0, and so are the entries that a setup names. A blade's own address is it in every VLAN.
use super::{Mac, Place, Setup};
use std::collections::HashMap;

pub struct Stations {
    blades: HashMap<Mac, Place>,
    fixed: HashMap<Mac, Place>,
    learned: HashMap<(Mac, u16), Place>,
}

/// A group address, broadcast included: the first bit on the wire is set (IEEE 802.3 3.2.3).
pub fn is_group(address: &Mac) -> bool {
    address[0] & 1 == 1
}

impl Stations {
    /// A blade's own address is one of the static entries.
    pub fn new(setup: &Setup) -> Self {
        // Of two blades with one address the lower number counts.
        let blades = setup.blades.iter().enumerate().rev();
        Self {
            blades: blades.map(|(index, blade)| (blade.mac, Place::Blade(index))).collect(),
            fixed: setup.stations.iter().copied().collect(),
            learned: HashMap::new(),
        }
    }

    fn is_fixed(&self, address: &Mac, vid: u16) -> Option<&Place> {
        self.blades.get(address).or_else(|| self.fixed.get(address).filter(|_| vid == 0))
    }

    pub fn find(&self, address: &Mac, vid: u16) -> Option<Place> {
        self.is_fixed(address, vid).or_else(|| self.learned.get(&(*address, vid))).copied()
    }

    /// A station that moves is where it was last heard; a static one does not move, and a group address is nobody.
    pub fn learn(&mut self, address: Mac, vid: u16, place: Place) {
        if !is_group(&address) && self.is_fixed(&address, vid).is_none() {
            self.learned.insert((address, vid), place);
        }
    }
}
