//! What a plane is set to: blades, services, addresses it answers for, stations, its own address.
use super::{Mac, Place};
use std::net::IpAddr;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admin {
    Ready,
    /// Keeps its flows; new ones only as the last resort.
    Drain,
    /// Gets no balanced frame.
    Maintenance,
}

/// What becomes of the tag of a balanced frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VlanAction {
    Keep,
    /// The outer tag bears this VLAN; a frame without a tag gets one.
    Set(u16),
    /// The outer tag goes.
    Strip,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blade {
    pub mac: Mac,
    pub vlan: VlanAction,
    pub admin: Admin,
    pub enabled: bool,
}

impl Blade {
    /// May carry balanced frames of flows that it has.
    pub fn carries(&self) -> bool {
        self.enabled && self.admin != Admin::Maintenance
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Affinity {
    /// All frames of a flow to one blade.
    Flow,
    /// All frames of a client to one blade.
    Source,
    /// Each datagram by itself.
    Datagram,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    pub address: IpAddr,
    pub protocol: u8,
    /// None: any port.
    pub port: Option<u16>,
    pub blades: Vec<usize>,
    pub affinity: Affinity,
    /// The destination becomes the blade's own address.
    pub rewrite: bool,
}

/// An address that the plane may answer for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    pub address: IpAddr,
    /// ARP requests or neighbour solicitations.
    pub resolve: bool,
    pub echo: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    pub name: String,
    pub blades: Vec<Blade>,
    pub services: Vec<Service>,
    pub addresses: Vec<Address>,
    /// Static entries of the table of stations.
    pub stations: Vec<(Mac, Place)>,
    /// The manager's own address.
    pub own: Mac,
    /// With FCS.
    pub max_frame_length: usize,
}

impl Setup {
    /// Four blades with the addresses they have after reset, no service.
    pub fn new(name: &str) -> Self {
        let blade = |index: u8| Blade {
            mac: [0x02, 0x53, 0x42, 0, 0, index],
            vlan: VlanAction::Keep,
            admin: Admin::Ready,
            enabled: true,
        };
        Self {
            name: name.into(),
            blades: (0..4).map(blade).collect(),
            services: Vec::new(),
            addresses: Vec::new(),
            stations: Vec::new(),
            own: [0x02, 0x53, 0x42, 0, 0xFF, 1],
            max_frame_length: 9618,
        }
    }

    /// Blades that any frame can reach.
    pub fn reachable(&self) -> Vec<usize> {
        (0..self.blades.len()).filter(|&blade| self.blades[blade].enabled).collect()
    }
}
