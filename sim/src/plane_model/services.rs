//! Which service takes a packet, and which of the plane's addresses it is for.
use super::setup::{Address, Service, Setup};
use std::net::IpAddr;

/// Exact port before any port. A packet without ports asks for port 0, which nobody has (RFC 6335, section 6): where no service names it, the
/// first service of that address and protocol stands in, as the host makes port 0 an alias of it.
pub fn find(setup: &Setup, address: IpAddr, protocol: u8, port: Option<u16>) -> Option<&Service> {
    let mut services = setup.services.iter().filter(|s| s.address == address && s.protocol == protocol);
    match port {
        None => services.next(),
        Some(port) => {
            let mut any_port = None;
            for service in services {
                if service.port == Some(port) {
                    return Some(service);
                }
                if service.port.is_none() {
                    any_port = any_port.or(Some(service));
                }
            }
            any_port
        }
    }
}

pub fn address(setup: &Setup, address: IpAddr) -> Option<&Address> {
    setup.addresses.iter().find(|entry| entry.address == address)
}
