//! `announce`: tell the neighbours that an address is here.

use super::Port;
use crate::output::Output;
use spareband::macs::VLANS;
use spareband::services::answers_for;
use spareband::{Error, snapshot::require_manager};
use std::net::IpAddr;

/// Tell the uplink's neighbours that an address of this manager is here
///
/// Sends a gratuitous ARP request (RFC 5227) for an IPv4 address, an unsolicited neighbour advertisement (RFC 4861) for an IPv6 one, with the
/// manager's own MAC address. Neighbours that hold another MAC address for it change to this one: what is wanted when a manager takes
/// services over from another.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  spareband announce 10.0.0.1
  spareband announce 2001:db8::1 --vlan 100
  spareband announce 10.0.0.1 10.0.0.2             one after the other")]
pub struct Args {
    /// Addresses of services that the manager answers ARP requests or neighbour solicitations for
    #[arg(required = true, value_name = "ADDRESS")]
    addresses: Vec<IpAddr>,
    /// VLAN to announce in; otherwise without a tag
    #[arg(long, value_name = "ID", value_parser = clap::value_parser!(u16).range(1..i64::from(VLANS)))]
    vlan: Option<u16>,
    /// Announce addresses too that the manager does not answer for
    #[arg(long)]
    force: bool,
}

pub fn run(args: &Args, device: &mut Port, output: &Output) -> Result<(), Error> {
    require_manager(device)?;
    // All are looked at before the first goes out: what is announced wrongly draws another's traffic here.
    if !args.force {
        for address in &args.addresses {
            if !answers_for(device, *address)? {
                return Err(Error::Failed {
                    what: format!("the manager does not answer for {address}, so nothing was announced"),
                    help: "`spareband service list` shows the services; one with the flag arp is answered for. --force announces all the same",
                });
            }
        }
    }
    for address in &args.addresses {
        announce(device, *address, args.vlan)?;
        output.detail(&format!("announced {address}"));
    }
    Ok(())
}

fn announce(device: &mut Port, address: IpAddr, vlan: Option<u16>) -> Result<(), Error> {
    let bits = match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    };
    device.write_named("forwarding.announce_low", bits as u64)?;
    device.write_named("forwarding.announce_high", (bits >> 64) as u64)?;
    let place = device.place("forwarding", 0, "announce");
    let field = |name, value: u64| place.register.field(name).set(0, value);
    let vid = vlan.map_or(0, |vid| field("tagged", 1) | field("vid", vid.into()));
    device.write(&place, field("go", 1) | field("is_ipv6", address.is_ipv6().into()) | vid)
}
