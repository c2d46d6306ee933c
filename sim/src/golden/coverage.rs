//! The cases hold what the plane must be shown to do: each subject is found by looking at frames and verdicts, not at what a case calls itself.
use super::{Case, Exchange, Step, Wanted, files, read_files, run_on_model};
use crate::plane_model::{Affinity, Cause, Fragment, Icmp, Ip, Network, Packet, Place, Plane, Verdict, VlanAction, parse};
use std::collections::BTreeSet;

/// A frame of a case with what the model says of it.
struct Seen<'a> {
    case: &'a Case,
    exchange: &'a Exchange,
    packet: Option<Packet>,
    verdict: Verdict,
    /// A frame of this case before it was balanced.
    after_balanced: bool,
}

impl Seen<'_> {
    fn bytes(&self) -> &[u8] {
        &self.exchange.frame.bytes
    }

    fn network(&self) -> Option<&Network> {
        self.packet.as_ref().map(|packet| &packet.network)
    }

    fn ip(&self) -> Option<&Ip> {
        match self.network() {
            Some(Network::Ip(ip)) => Some(ip),
            _ => None,
        }
    }

    fn v6(&self) -> Option<&Ip> {
        self.ip().filter(|ip| ip.source.is_ipv6())
    }

    fn v4(&self) -> Option<&Ip> {
        self.ip().filter(|ip| ip.source.is_ipv4())
    }

    fn balanced(&self) -> bool {
        matches!(self.verdict, Verdict::Balanced(_))
    }

    fn dropped(&self, cause: Cause) -> bool {
        self.verdict == Verdict::Dropped(cause)
    }

    /// TCP flags of a balanced IPv4 packet.
    fn tcp(&self) -> Option<u8> {
        let ip = self
            .v4()
            .filter(|ip| ip.protocol == 6 && ip.fragment == Fragment::Whole && self.balanced())?;
        Some(self.bytes()[self.packet.as_ref()?.network_at + ip.header + 13] & 0x3F)
    }

    /// Next header values of an IPv6 packet, the last being the one that is not walked along.
    fn chain(&self) -> Vec<u8> {
        let Some(ip) = self.v6() else { return Vec::new() };
        let packet = &self.bytes()[self.packet.as_ref().expect("it has an IP header").network_at..];
        let (mut at, mut values) = (40, vec![packet[6]]);
        while at < ip.header {
            let header = &packet[at..];
            at += match values[values.len() - 1] {
                44 => 8,
                51 => 4 * (usize::from(header[1]) + 2),
                _ => 8 * (usize::from(header[1]) + 1),
            };
            values.push(header[0]);
        }
        values
    }

    /// Malformed, of this EtherType, for the first field of its network header that is wrong.
    fn malformed(&self, ether_type: u16, wrong: impl Fn(&[u8]) -> bool) -> bool {
        if !self.dropped(Cause::Malformed) {
            return false;
        }
        let outside = Packet::addresses(self.bytes());
        outside.ether_type == ether_type && wrong(&self.bytes()[outside.network_at..])
    }

    fn quote(&self) -> Option<bool> {
        match &self.ip()?.icmp {
            Icmp::Error(quote) => Some(quote.ports.is_some()),
            _ => None,
        }
    }
}

fn word(bytes: &[u8], at: usize) -> usize {
    usize::from(u16::from_be_bytes([bytes[at], bytes[at + 1]]))
}

const ACK: u8 = 0x10;

/// What must be there, and how it is known.
type Subject = (&'static str, fn(&Seen) -> bool);

const SUBJECTS: [Subject; 84] = [
    ("802.1Q", |s| s.balanced() && s.packet.as_ref().is_some_and(|p| p.tags == 1)),
    ("QinQ", |s| s.balanced() && s.packet.as_ref().is_some_and(|p| p.tags == 2)),
    ("a service tag outside", |s| s.balanced() && s.bytes()[12..14] == [0x88, 0xA8]),
    ("three tags", |s| {
        s.bytes().len() >= 60 && (0..3).all(|tag| matches!(word(s.bytes(), 12 + 4 * tag), 0x8100 | 0x88A8))
    }),
    ("ARP request for a service address", |s| {
        matches!(s.network(), Some(Network::ArpRequest(_))) && s.verdict == Verdict::Reply
    }),
    ("ARP request for another", |s| {
        matches!((s.network(), &s.verdict), (Some(Network::ArpRequest(_)), Verdict::Flooded(_)))
    }),
    (
        "ARP probe",
        |s| matches!(s.network(), Some(Network::ArpRequest(arp)) if arp.sender.is_unspecified()),
    ),
    ("ARP reply", |s| {
        s.bytes().len() >= 60 && word(s.bytes(), 12) == 0x0806 && word(s.bytes(), 20) == 2
    }),
    ("ARP malformed", |s| {
        s.bytes().len() >= 60 && word(s.bytes(), 12) == 0x0806 && word(s.bytes(), 18) != 0x0604
    }),
    ("ARP in bytes, with a tag", |s| {
        matches!(s.network(), Some(Network::ArpRequest(_))) && s.packet.as_ref().is_some_and(|p| p.tags > 0)
    }),
    ("IPv4 options", |s| s.v4().is_some_and(|ip| ip.header == 24) && s.balanced()),
    ("IPv4 options, as many as can be", |s| {
        s.v4().is_some_and(|ip| ip.header == 60) && s.balanced()
    }),
    ("first fragment", |s| {
        s.v4().is_some_and(|ip| ip.fragment == Fragment::First) && s.balanced()
    }),
    ("middle fragment", |s| {
        s.v4().is_some_and(|ip| ip.fragment == Fragment::Later) && s.bytes()[20] & 0x20 != 0 && s.balanced()
    }),
    ("last fragment", |s| {
        s.v4().is_some_and(|ip| ip.fragment == Fragment::Later) && s.bytes()[20] & 0x20 == 0 && s.balanced()
    }),
    ("IPv6 TCP", |s| s.balanced() && s.chain() == [6]),
    ("IPv6 UDP", |s| s.balanced() && s.chain() == [17]),
    ("IPv6 hop-by-hop options", |s| s.balanced() && s.chain() == [0, 6]),
    ("IPv6 routing header", |s| s.balanced() && s.chain() == [43, 6]),
    ("IPv6 destination options", |s| s.balanced() && s.chain().starts_with(&[60])),
    ("IPv6 authentication header", |s| s.balanced() && s.chain() == [51, 6]),
    ("IPv6 authentication header of an odd length", |s| {
        !s.balanced() && s.chain() == [51]
    }),
    ("IPv6 first fragment", |s| {
        s.balanced() && s.v6().is_some_and(|ip| ip.fragment == Fragment::First)
    }),
    ("IPv6 later fragment", |s| {
        s.balanced() && s.v6().is_some_and(|ip| ip.fragment == Fragment::Later)
    }),
    ("IPv6 fragment of everything", |s| {
        s.balanced() && s.chain() == [44, 6] && s.v6().is_some_and(|ip| ip.fragment == Fragment::Whole)
    }),
    ("IPv6 encapsulating security payload", |s| s.chain() == [50]),
    ("IPv6 no next header", |s| s.chain() == [59]),
    ("IPv6 chain of different headers", |s| {
        s.balanced() && BTreeSet::from_iter(s.chain()).len() >= 5
    }),
    ("IPv6 chain as long as may be", |s| {
        s.balanced() && s.v6().is_some_and(|ip| ip.extensions == 8)
    }),
    ("IPv6 chain beyond the limit", |s| {
        s.v6().is_some_and(|ip| ip.extensions == 8 && ip.protocol == 60)
    }),
    ("IPv6 extension header beyond the payload", |s| {
        s.malformed(0x86DD, |p| p[6] == 60 && word(p, 4) == p.len() - 40)
    }),
    ("IPv6 payload beyond the frame", |s| {
        s.malformed(0x86DD, |p| word(p, 4) > p.len() - 40)
    }),
    ("IPv6 version", |s| s.malformed(0x86DD, |p| p[0] >> 4 == 4)),
    ("SYN", |s| s.tcp() == Some(2)),
    ("SYN on an open flow", |s| {
        s.tcp() == Some(2) && s.after_balanced && matches!(s.exchange.expected.wanted, Wanted::BalanceLike(_))
    }),
    ("ACK of an unknown flow", |s| s.tcp() == Some(ACK) && !s.after_balanced),
    ("FIN", |s| s.tcp() == Some(ACK | 1) && s.after_balanced),
    ("RST", |s| s.tcp() == Some(4) && s.after_balanced),
    ("SYN and FIN", |s| s.tcp() == Some(3)),
    ("no flag", |s| s.tcp() == Some(0)),
    ("UDP", |s| s.balanced() && s.v4().is_some_and(|ip| ip.protocol == 17)),
    ("SCTP INIT", |s| {
        s.balanced() && s.v4().is_some_and(|ip| ip.protocol == 132 && ip.flags.opens)
    }),
    ("SCTP of an unknown association", |s| {
        s.balanced() && !s.after_balanced && s.v4().is_some_and(|ip| ip.protocol == 132 && !ip.flags.opens)
    }),
    ("ICMP echo answered", |s| {
        s.v4().is_some_and(|ip| ip.icmp == Icmp::EchoRequest) && s.verdict == Verdict::Reply
    }),
    ("ICMP echo not answered", |s| {
        s.v4().is_some_and(|ip| ip.icmp == Icmp::EchoRequest) && s.verdict != Verdict::Reply
    }),
    ("ICMPv6 echo answered", |s| {
        s.v6().is_some_and(|ip| ip.icmp == Icmp::EchoRequest) && s.verdict == Verdict::Reply
    }),
    ("ICMP error about a known flow", |s| {
        s.v4().is_some() && s.quote() == Some(true) && s.after_balanced && s.balanced()
    }),
    ("ICMP error about an unknown flow", |s| {
        s.v4().is_some() && s.quote() == Some(true) && !s.after_balanced && s.balanced()
    }),
    ("ICMP error with a quote too short for ports", |s| {
        s.v4().is_some() && s.quote() == Some(false) && s.balanced()
    }),
    ("ICMP error with a quote too short for addresses", |s| {
        s.v4().is_some_and(|ip| ip.protocol == 1 && ip.payload == 27) && s.quote().is_none()
    }),
    ("ICMPv6 error about a known flow", |s| {
        s.v6().is_some() && s.quote() == Some(true) && s.after_balanced && s.balanced()
    }),
    ("ICMPv6 error about an unknown flow", |s| {
        s.v6().is_some() && s.quote() == Some(true) && !s.after_balanced && s.balanced()
    }),
    ("ICMPv6 error with a quote too short", |s| {
        s.v6().is_some_and(|ip| ip.protocol == 58 && ip.payload == 47) && s.quote().is_none()
    }),
    ("solicitation for a service address", |s| {
        s.v6().is_some_and(|ip| matches!(ip.icmp, Icmp::Solicitation(_))) && s.verdict == Verdict::Reply
    }),
    ("solicitation for another", |s| {
        s.v6().is_some_and(|ip| matches!(ip.icmp, Icmp::Solicitation(_))) && matches!(s.verdict, Verdict::Flooded(_))
    }),
    ("void solicitation", |s| s.dropped(Cause::InvalidSolicitation)),
    ("broadcast", |s| {
        s.bytes()[..6.min(s.bytes().len())] == [0xFF; 6] && matches!(s.verdict, Verdict::Flooded(_))
    }),
    ("multicast", |s| s.bytes()[0] == 1 && matches!(s.verdict, Verdict::Flooded(_))),
    ("unknown unicast", |s| {
        s.bytes()[0] & 1 == 0 && matches!(s.verdict, Verdict::Flooded(_))
    }),
    (
        "a blade's own address",
        |s| matches!(s.verdict, Verdict::ToBlade(blade) if s.bytes()[..6] == s.case.setup.blades[blade].mac),
    ),
    ("the service's packet to a blade's own address", |s| {
        matches!(s.verdict, Verdict::ToBlade(_)) && s.v4().is_some_and(|ip| ip.destination == s.case.setup.services[0].address)
    }),
    ("the manager's own address without a service", |s| s.dropped(Cause::NotOurs)),
    (
        "a learned or static address",
        |s| matches!(s.verdict, Verdict::ToBlade(blade) if s.bytes()[..6] != s.case.setup.blades[blade].mac),
    ),
    ("behind the uplink", |s| {
        s.dropped(Cause::BehindSource) && s.exchange.from == Place::Uplink
    }),
    ("from blade to blade", |s| {
        s.exchange.from != Place::Uplink && matches!(s.verdict, Verdict::ToBlade(_))
    }),
    ("from a blade to the uplink", |s| s.verdict == Verdict::ToUplink),
    ("VLAN set", |s| {
        s.verdict == Verdict::Balanced(vec![0]) && s.case.setup.blades[0].vlan == VlanAction::Set(100)
    }),
    ("VLAN strip", |s| {
        s.verdict == Verdict::Balanced(vec![1]) && s.case.setup.blades[1].vlan == VlanAction::Strip && word(s.bytes(), 12) == 0x8100
    }),
    ("any port", |s| {
        s.verdict == Verdict::Balanced(vec![2]) && s.case.setup.name == "shop"
    }),
    ("exact before any port", |s| {
        s.verdict == Verdict::Balanced(vec![0, 1]) && s.case.setup.name == "shop"
    }),
    ("affinity by source, and by datagram", |s| {
        s.balanced()
            && s.case
                .setup
                .services
                .iter()
                .any(|service| service.affinity == Affinity::Source && Some(service.address) == s.v4().map(|ip| ip.destination))
    }),
    ("shortest frame", |s| s.bytes().len() == 60 && s.balanced()),
    ("odd-sized frame", |s| s.bytes().len() % 2 == 1 && s.balanced()),
    ("longest frame", |s| s.bytes().len() == 9614 && s.balanced()),
    ("header cut by the end of its frame", |s| {
        s.malformed(0x0800, |p| usize::from(p[0] & 15) * 4 > p.len())
    }),
    ("IPv4 total length beyond the frame", |s| {
        s.malformed(0x0800, |p| p[0] == 0x45 && word(p, 2) == p.len() + 1)
    }),
    ("IPv4 header length below 5", |s| s.malformed(0x0800, |p| p[0] == 0x44)),
    ("IPv4 version", |s| s.malformed(0x0800, |p| p[0] >> 4 != 4)),
    ("TCP offset below 5", |s| {
        s.malformed(0x0800, |p| p[0] == 0x45 && p[9] == 6 && word(p, 2) >= 40 && p[32] >> 4 == 4)
    }),
    ("oversize", |s| s.dropped(Cause::Oversize)),
    ("runt", |s| s.dropped(Cause::Runt)),
    ("wrong frame check sequence", |s| s.dropped(Cause::BadFcs)),
    ("PAUSE", |s| s.dropped(Cause::Control) && word(s.bytes(), 14) == 1),
    ("no blade", |s| s.dropped(Cause::NoBlade)),
];

/// Calls `look` for each frame of all cases.
fn each(cases: &[Case], mut look: impl FnMut(&Seen)) {
    for case in cases {
        let mut plane = Plane::new((*case.setup).clone());
        let mut after_balanced = false;
        for step in &case.steps {
            let exchange = match step {
                Step::Frame(exchange) => exchange,
                Step::Blade { index, admin, enabled } => {
                    plane.set_blade(*index, *admin, *enabled);
                    continue;
                }
            };
            let decision = plane.judge(exchange.from, &exchange.frame);
            let bytes = &exchange.frame.bytes;
            look(&Seen {
                case,
                exchange,
                packet: if bytes.len() < 60 { None } else { parse(bytes).ok() },
                verdict: decision.verdict.clone(),
                after_balanced,
            });
            if let Verdict::Balanced(blades) = &decision.verdict {
                plane.chose(&decision, blades[0]);
                after_balanced = true;
            }
        }
    }
}

#[test]
fn every_subject_has_a_case() {
    let cases = read_files(&files()).unwrap();
    assert!(cases.len() >= 80);
    let mut covered = BTreeSet::new();
    each(&cases, |seen| {
        covered.extend(SUBJECTS.iter().filter(|(_, is)| is(seen)).map(|(name, _)| *name))
    });
    let missing: Vec<_> = SUBJECTS
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| !covered.contains(name))
        .collect();
    assert!(missing.is_empty(), "no case shows {missing:?}");
}

#[test]
fn every_verdict_and_cause_has_a_case() {
    let cases = read_files(&files()).unwrap();
    let mut causes = BTreeSet::new();
    each(&cases, |seen| {
        if let Verdict::Dropped(cause) = seen.verdict {
            causes.insert(cause);
        }
    });
    assert_eq!(causes.len(), Cause::ALL.len(), "{causes:?}");
    let names: BTreeSet<_> = cases.iter().map(|case| (&case.file, &case.name)).collect();
    assert_eq!(names.len(), cases.len(), "two cases of a file have one name");
}

/// A wrong expectation of any kind is told.
#[test]
fn a_wrong_expectation_is_seen() {
    let cases = read_files(&files()).unwrap();
    let case = |name: &str| cases.iter().find(|case| case.name == name).unwrap();
    let change = |name: &str, wanted: Wanted, out: Option<&str>| {
        let right = case(name);
        let mut wrong = Case {
            file: right.file.clone(),
            name: right.name.clone(),
            setup: right.setup.clone(),
            needs: Vec::new(),
            line: right.line,
            steps: Vec::new(),
        };
        let exchange = right.exchanges().next().unwrap();
        wrong.steps.push(Step::Frame(Exchange {
            line: exchange.line,
            from: exchange.from,
            frame: exchange.frame.clone(),
            expected: super::Expected::read(wanted, out, &right.setup).unwrap(),
        }));
        run_on_model(&wrong, &mut |_| 0)
    };
    assert_eq!(change("broadcast", Wanted::Flood, None), Ok(()));
    assert!(change("broadcast", Wanted::Balance, None).is_err());
    assert!(change("broadcast", Wanted::Flood, Some("same but destination-mac=blade1")).is_err());
    assert_eq!(change("one tag", Wanted::Balance, None), Ok(()));
    assert!(change("one tag", Wanted::Balance, Some("same")).is_err());
    assert!(change("one tag", Wanted::BalanceOf(vec![0, 1, 2]), None).is_err());
    assert!(change("PAUSE", Wanted::Drop(Cause::Malformed), None).is_err());
}
