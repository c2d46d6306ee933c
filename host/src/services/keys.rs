//! Which keys the service table holds, and what is to be written when a service comes, changes or goes.
//!
//! Beside a service's own key there are keys that all services of its address share (`services`). Everything here happens in memory, so a
//! change that does not fit is known before anything is written.

use super::Name;
use spareband_spec::service::{Placement, PlacementError, ServiceKey, SlotWrite};

/// The keys, and where each stands.
#[derive(Clone, Default)]
pub struct Keys {
    placement: Placement,
}

impl Keys {
    /// Takes over what a row of a bank was found to hold.
    pub(super) fn adopt(&mut self, bank: usize, row: u16, number: u8, key: &ServiceKey) -> Result<(), PlacementError> {
        self.placement.adopt(bank, row, number, key)
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
        let (number, plan) = changed.placement.add(&name.key())?;
        let mut writes = plan.writes().to_vec();
        writes.extend(changed.settle(name, arp, echo)?);
        *self = changed;
        Ok((number, writes))
    }

    /// Removes a service.
    pub fn remove(&mut self, name: &Name, arp: bool, echo: bool) -> Result<Vec<SlotWrite>, PlacementError> {
        let mut writes: Vec<SlotWrite> = self.placement.remove_key(&name.key()).into_iter().collect();
        writes.extend(self.settle(name, arp, echo)?);
        Ok(writes)
    }

    /// Brings the keys beside the services of an address in line with which services there are.
    pub fn settle(&mut self, name: &Name, arp: bool, echo: bool) -> Result<Vec<SlotWrite>, PlacementError> {
        let lowest = |protocol: Option<u8>| {
            let services = self.names();
            services
                .filter(|(_, held)| held.address == name.address && protocol.is_none_or(|protocol| protocol == held.protocol))
                .map(|(number, _)| number)
                .min()
        };
        let (any, same) = (lowest(None), lowest(Some(name.protocol)));
        let own = name.key();
        let mut writes = vec![];
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
