//! What a service is called.

use spareband_spec::frame::{PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP};
use spareband_spec::service::ServiceKey;
use std::fmt;
use std::net::IpAddr;

/// Protocols that are balanced, by their names.
pub const PROTOCOLS: [(&str, u8); 3] = [("tcp", PROTOCOL_TCP), ("udp", PROTOCOL_UDP), ("sctp", PROTOCOL_SCTP)];

/// The name of a protocol that is balanced.
pub fn protocol_name(protocol: u8) -> Option<&'static str> {
    PROTOCOLS.iter().find(|(_, number)| *number == protocol).map(|(name, _)| *name)
}

/// Address, protocol and port of a service, written `10.0.0.1:80/tcp`, `[2001:db8::1]:443/tcp`, or without port for all ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    pub address: IpAddr,
    pub protocol: u8,
    pub port: Option<u16>,
}

impl Name {
    pub fn parse(text: &str) -> Result<Name, String> {
        let bad = |what: &str| format!("`{text}` {what}; write a service as 10.0.0.1:80/tcp, [2001:db8::1]:443/tcp or 10.0.0.1/udp");
        let (place, protocol) = text.rsplit_once('/').ok_or_else(|| bad("names no protocol"))?;
        let protocol = PROTOCOLS
            .iter()
            .find(|(name, _)| *name == protocol)
            .ok_or_else(|| bad("has another protocol than tcp, udp and sctp"))?
            .1;
        let whole: Result<IpAddr, _> = place.trim_matches(['[', ']']).parse();
        let (address, port) = match whole {
            Ok(address) => (address, None),
            Err(_) => {
                let (address, port) = place.rsplit_once(':').ok_or_else(|| bad("has no address"))?;
                let address = address.trim_matches(['[', ']']).parse().map_err(|_| bad("has no address"))?;
                let port = port
                    .parse()
                    .ok()
                    .filter(|port| *port != 0)
                    .ok_or_else(|| bad("has no port of 1 to 65535"))?;
                (address, Some(port))
            }
        };
        Ok(Name { address, protocol, port })
    }

    pub(crate) fn key(&self) -> ServiceKey {
        ServiceKey::new(self.address, self.protocol, self.port.unwrap_or(0))
    }

    /// None: the key is one beside a service's own.
    pub(super) fn of(key: &ServiceKey) -> Option<Name> {
        let own = PROTOCOLS.iter().any(|(_, protocol)| *protocol == key.protocol);
        own.then(|| Name {
            address: key.ip(),
            protocol: key.protocol,
            port: (key.port != 0).then_some(key.port),
        })
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match (self.address, self.port) {
            (address, None) => write!(f, "{address}")?,
            (IpAddr::V4(address), Some(port)) => write!(f, "{address}:{port}")?,
            (IpAddr::V6(address), Some(port)) => write!(f, "[{address}]:{port}")?,
        }
        write!(f, "/{}", protocol_name(self.protocol).unwrap_or("?"))
    }
}
