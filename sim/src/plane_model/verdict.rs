//! The order of decisions (docs/ARCHITECTURE.md, "The forwarding plane as a layer-4 load balancer").
use super::flows::Candidate;
use super::layer2::is_group;
use super::packet::{Fragment, Icmp, Ip, Network, Packet, parse};
use super::setup::Service;
use super::{Cause, Decision, Frame, Output, Place, Plane, Verdict, replies, rewrite, services};

/// The longest request that is answered, without FCS: the longest frame of the standard with two tags (IEEE 802.3 3.2.7, 802.1Q).
const LONGEST_REQUEST: usize = 1522;

impl Plane {
    pub(super) fn judge_from_uplink(&mut self, frame: &Frame) -> Decision {
        let packet = match parse(&frame.bytes) {
            Ok(packet) => packet,
            Err(cause) => return Decision::dropped(cause),
        };
        self.stations.learn(packet.source, packet.vid, Place::Uplink);
        self.answer(&packet, frame)
            .or_else(|| self.by_address(&packet, frame))
            .or_else(|| self.balance(&packet, frame))
            .unwrap_or_else(|| self.rest(&packet, frame))
    }

    /// 2. What the plane answers itself.
    fn answer(&self, packet: &Packet, frame: &Frame) -> Option<Decision> {
        let reply = |bytes: Vec<u8>| {
            let to = Place::Uplink;
            Some(Decision::of(Verdict::Reply, vec![Output { to, bytes }]))
        };
        // A reply goes to one station, and looks at neither options nor extension headers.
        let unanswerable = frame.bytes.len() > LONGEST_REQUEST
            || is_group(&packet.source)
            || matches!(&packet.network, Network::Ip(ip) if ip.extensions > 0 || (ip.source.is_ipv4() && ip.header > 20));
        let unanswerable = || unanswerable.then(|| Decision::dropped(Cause::Unanswerable));
        let entry = |address| services::address(&self.setup, address);
        match &packet.network {
            Network::ArpRequest(arp) => {
                entry(arp.target.into()).filter(|e| e.resolve)?;
                unanswerable().or_else(|| reply(replies::arp(packet, arp, &frame.bytes, self.setup.own)))
            }
            Network::Ip(ip) => match &ip.icmp {
                Icmp::Solicitation(solicitation) => {
                    entry(solicitation.target.into()).filter(|e| e.resolve)?;
                    unanswerable().or_else(|| match solicitation.valid {
                        true => reply(replies::advertisement(packet, ip, solicitation, &frame.bytes, self.setup.own)),
                        false => Some(Decision::dropped(Cause::InvalidSolicitation)),
                    })
                }
                Icmp::EchoRequest => {
                    entry(ip.destination).filter(|e| e.echo)?;
                    unanswerable().or_else(|| reply(replies::echo(packet, ip, &frame.bytes, self.setup.own)))
                }
                _ => None,
            },
            Network::Other => None,
        }
    }

    /// 3. An address behind a blade, or a group.
    fn by_address(&self, packet: &Packet, frame: &Frame) -> Option<Decision> {
        if is_group(&packet.destination) {
            return Some(self.flood(frame));
        }
        match self.stations.find(&packet.destination, packet.vid) {
            Some(Place::Blade(blade)) => Some(self.to_blade(blade, frame)),
            _ => None,
        }
    }

    /// 4. A service.
    fn balance(&self, packet: &Packet, frame: &Frame) -> Option<Decision> {
        let Network::Ip(ip) = &packet.network else { return None };
        let (service, candidate) = self.service(ip)?;
        let (admissible, effect) = self.flows.decide(&self.setup, service, &candidate);
        let number = self.setup.services.iter().position(|held| std::ptr::eq(held, service));
        if admissible.is_empty() {
            return Some(Decision {
                service: number,
                ..Decision::dropped(Cause::NoBlade)
            });
        }
        let output = |&blade: &usize| Output {
            to: Place::Blade(blade),
            bytes: rewrite::rewrite(&frame.bytes, service, &self.setup.blades[blade]),
        };
        let outputs = admissible.iter().map(output).collect();
        Some(Decision {
            verdict: Verdict::Balanced(admissible),
            outputs,
            service: number,
            effect,
        })
    }

    /// The service that takes a packet; of an ICMP error, the one of the flow it quotes.
    fn service(&self, ip: &Ip) -> Option<(&Service, Candidate)> {
        let (source, destination, protocol, ports) = match &ip.icmp {
            Icmp::Error(quote) => (quote.source, quote.destination, quote.protocol, quote.ports),
            _ => (ip.source, ip.destination, ip.protocol, ip.ports),
        };
        let candidate = Candidate {
            source,
            destination,
            protocol,
            ports,
            flags: ip.flags,
            fragment: ip.fragment,
            about: matches!(ip.icmp, Icmp::Error(_)),
        };
        let port = ports.filter(|_| ip.fragment == Fragment::Whole).map(|(_, port)| port);
        Some((services::find(&self.setup, destination, protocol, port)?, candidate))
    }

    /// 5. and 6.
    fn rest(&self, packet: &Packet, frame: &Frame) -> Decision {
        if packet.destination == self.setup.own {
            Decision::dropped(Cause::NotOurs)
        } else if self.stations.find(&packet.destination, packet.vid) == Some(Place::Uplink) {
            Decision::dropped(Cause::BehindSource)
        } else {
            self.flood(frame)
        }
    }

    fn to_blade(&self, blade: usize, frame: &Frame) -> Decision {
        if !self.setup.blades[blade].enabled {
            return Decision::dropped(Cause::NoBlade);
        }
        Decision::of(Verdict::ToBlade(blade), copies(&[Place::Blade(blade)], frame))
    }

    fn flood(&self, frame: &Frame) -> Decision {
        let places: Vec<Place> = self.setup.reachable().into_iter().map(Place::Blade).collect();
        if places.is_empty() {
            return Decision::dropped(Cause::NoBlade);
        }
        let outputs = copies(&places, frame);
        Decision::of(Verdict::Flooded(places), outputs)
    }

    /// A frame from a blade is switched and never balanced: to where its destination is known to be, else to the uplink and all other blades.
    pub(super) fn judge_from_blade(&mut self, from: Place, frame: &Frame) -> Decision {
        let packet = Packet::addresses(&frame.bytes);
        if packet.is_control {
            return Decision::dropped(Cause::Control);
        }
        self.stations.learn(packet.source, packet.vid, from);
        match self
            .stations
            .find(&packet.destination, packet.vid)
            .filter(|_| !is_group(&packet.destination))
        {
            Some(place) if place == from => Decision::dropped(Cause::BehindSource),
            Some(Place::Blade(blade)) => self.to_blade(blade, frame),
            Some(Place::Uplink) => Decision::of(Verdict::ToUplink, copies(&[Place::Uplink], frame)),
            None => {
                let others = self.setup.reachable().into_iter().map(Place::Blade).filter(|place| *place != from);
                let places: Vec<Place> = std::iter::once(Place::Uplink).chain(others).collect();
                let outputs = copies(&places, frame);
                Decision::of(Verdict::Flooded(places), outputs)
            }
        }
    }
}

fn copies(places: &[Place], frame: &Frame) -> Vec<Output> {
    let copy = |&to: &Place| Output {
        to,
        bytes: frame.bytes.clone(),
    };
    places.iter().map(copy).collect()
}
