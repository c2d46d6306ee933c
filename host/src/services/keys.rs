//! Which keys the service table holds, and what is to be written when a service comes, changes or goes.
//!
//! Beside a service's own key there are keys that all services of its address share (`services`). Everything here happens in memory, so a
//! change that does not fit is known before anything is written.

use super::{Name, PROTOCOLS};
use spareband_spec::service::{EMPTY, Placement, PlacementError, ServiceKey, SlotWrite};
use std::net::IpAddr;

/// The keys, and where each stands.
#[derive(Clone, Default)]
pub struct Keys {
    placement: Placement,
    /// Second copies of entries that were being moved when whoever moved them was broken off; to be erased before anything else.
    leftovers: Vec<SlotWrite>,
}

impl Keys {
    /// Takes over what a row of a bank was found to hold.
    pub(super) fn adopt(&mut self, bank: usize, row: u16, number: u8, key: &ServiceKey) -> Result<(), PlacementError> {
        match self.placement.adopt(bank, row, number, key) {
            Err(PlacementError::KeyInUse(held)) if held == number => {
                let words = EMPTY;
                self.leftovers.push(SlotWrite { bank, row, words });
                Ok(())
            }
            adopted => adopted,
        }
    }

    pub(super) fn holds(&self, key: &ServiceKey) -> bool {
        self.placement.find(key).is_some()
    }

    /// The services, in no order.
    pub fn names(&self) -> impl Iterator<Item = (u8, Name)> {
        self.placement
            .keys()
            .filter_map(|(number, key)| Name::of(key).map(|name| (number, name)))
    }

    /// The number of a service.
    pub fn number(&self, name: &Name) -> Option<u8> {
        self.placement.find(&name.key())
    }

    /// Adds a service under the lowest free number; `arp` and `echo` hold for its address. Refused: nothing has changed.
    pub fn add(&mut self, name: &Name, arp: bool, echo: bool) -> Result<(u8, Vec<SlotWrite>), PlacementError> {
        let mut changed = self.clone();
        let mut writes = std::mem::take(&mut changed.leftovers);
        let (number, plan) = changed.placement.add(&name.key())?;
        writes.extend_from_slice(plan.writes());
        writes.extend(changed.settle(name, arp, echo)?);
        *self = changed;
        Ok((number, writes))
    }

    /// Removes a service.
    pub fn remove(&mut self, name: &Name, arp: bool, echo: bool) -> Result<Vec<SlotWrite>, PlacementError> {
        let mut writes = std::mem::take(&mut self.leftovers);
        writes.extend(self.placement.remove_key(&name.key()));
        writes.extend(self.settle(name, arp, echo)?);
        Ok(writes)
    }

    /// Puts right what a change that was broken off left: second copies, keys of services that went, services without their key for fragments.
    pub fn tidy(&mut self) -> Result<Vec<SlotWrite>, PlacementError> {
        let mut writes = std::mem::take(&mut self.leftovers);
        let mut addresses: Vec<IpAddr> = self.placement.keys().map(|(_, key)| key.ip()).collect();
        addresses.sort();
        addresses.dedup();
        for address in addresses {
            for (_, protocol) in PROTOCOLS {
                let name = Name {
                    address,
                    protocol,
                    port: None,
                };
                let key = name.key();
                writes.extend(self.settle(&name, self.holds(&key.resolution()), self.holds(&key.echo()))?);
            }
        }
        Ok(writes)
    }

    /// Brings the keys beside the services of an address in line with which services there are.
    pub fn settle(&mut self, name: &Name, arp: bool, echo: bool) -> Result<Vec<SlotWrite>, PlacementError> {
        let lowest = |protocol: Option<u8>| {
            self.names()
                .filter(|(_, held)| held.address == name.address && protocol.is_none_or(|protocol| protocol == held.protocol))
                .map(|(number, _)| number)
                .min()
        };
        let (any, same) = (lowest(None), lowest(Some(name.protocol)));
        let own = name.key();
        let mut writes = std::mem::take(&mut self.leftovers);
        for (key, owner) in [
            (own.fragments(), same),
            (own.resolution(), any.filter(|_| arp)),
            (own.echo(), any.filter(|_| echo)),
        ] {
            match (owner, self.placement.find(&key)) {
                (Some(owner), None) => writes.extend_from_slice(self.placement.alias(owner, &key)?.writes()),
                (Some(owner), Some(number)) if owner != number => writes.extend(self.placement.renumber(&key, owner)),
                (None, Some(_)) => writes.extend(self.placement.remove_key(&key)),
                _ => {}
            }
        }
        Ok(writes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spareband_spec::service::{ROWS_LOG2, row};

    /// An entry is written to its new row before another takes its old one: broken off between, it stands in both.
    #[test]
    fn a_move_that_was_broken_off_is_tidied_up() {
        let name = Name::parse("10.0.0.1:80/tcp").unwrap();
        let (key, mut keys) = (name.key(), Keys::default());
        let rows = [0, 1].map(|bank| row(bank, key.address, key.upper(), ROWS_LOG2));
        keys.adopt(0, rows[0], 5, &key).unwrap();
        assert_eq!(keys.tidy().unwrap().len(), 1, "it had no key for fragments");
        assert_eq!(keys.tidy().unwrap(), []);
        keys.adopt(1, rows[1], 5, &key).unwrap();
        assert_eq!(keys.names().collect::<Vec<_>>(), [(5, name)]);
        let erased = SlotWrite {
            bank: 1,
            row: rows[1],
            words: EMPTY,
        };
        assert_eq!(keys.clone().tidy().unwrap(), [erased]);
        assert_eq!(keys.clone().remove(&name, false, false).unwrap()[0], erased);
        let other = Name::parse("10.0.0.2:80/tcp").unwrap();
        assert_eq!(keys.add(&other, false, false).unwrap().1[0], erased);
        assert_eq!(keys.tidy().unwrap(), []);
        // Its own key goes first; broken off there, the others are orphans.
        keys.settle(&name, true, true).unwrap();
        keys.placement.remove_key(&key).unwrap();
        assert_eq!(keys.tidy().unwrap().len(), 3);
        assert!(!keys.holds(&key.fragments()) && !keys.holds(&key.resolution()) && !keys.holds(&key.echo()));
        assert_eq!(keys.names().count(), 1);
        keys.placement.alias(keys.number(&other).unwrap(), &key).unwrap();
        // Two numbers of one key are no move.
        assert_eq!(keys.adopt(1, rows[1], 6, &key), Err(PlacementError::KeyInUse(0)));
    }
}
