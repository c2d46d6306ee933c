//! Known answers of the model, in bytes that no other part of it made.
use super::*;
use crate::golden::notation::hex;
use std::net::IpAddr;

fn bytes(text: &str) -> Frame {
    let mut bytes = hex(text).unwrap();
    bytes.resize(bytes.len().max(MIN_FRAME), 0);
    Frame { bytes, spoil_fcs: false }
}

fn setup() -> Setup {
    let address: IpAddr = "192.168.0.1".parse().unwrap();
    let mut setup = Setup::new("test");
    setup.services.push(Service {
        address,
        protocol: 6,
        port: Some(80),
        blades: vec![1, 2],
        affinity: Affinity::Flow,
        rewrite: true,
    });
    for address in [address, "2001:db8::80".parse().unwrap()] {
        setup.addresses.push(Address {
            address,
            resolve: true,
            echo: true,
        });
    }
    setup
}

fn reply(request: &str) -> Vec<u8> {
    let decision = Plane::new(setup()).judge(Place::Uplink, &bytes(request));
    assert_eq!(decision.verdict, Verdict::Reply);
    decision.outputs[0].bytes.clone()
}

/// The sum of a block that holds its own right checksum is zero (RFC 1071); the example of its section 3 is 0xddf2 before the complement.
#[test]
fn checksum_of_rfc_1071() {
    assert_eq!(checksum(&hex("0001f203f4f5f6f7").unwrap()), !0xDDF2);
    // A header that is in many textbooks, whose sum is 0xb861.
    assert_eq!(checksum(&hex("45000073000040004011b861c0a80001c0a800c7").unwrap()), 0);
}

/// RFC 826: who has 192.168.0.1, tell 192.168.0.9.
#[test]
fn arp_reply() {
    let request = "ffffffffffff 00005e005301 0806 0001 0800 06 04 0001 00005e005301 c0a80009 000000000000 c0a80001";
    let answer = "00005e005301 02534200ff01 0806 0001 0800 06 04 0002 02534200ff01 c0a80001 00005e005301 c0a80009";
    assert_eq!(reply(request), bytes(answer).bytes);
}

/// The sum over pseudo-header and message, checksum included, is zero (RFC 8200 8.1), and the fields are where RFC 4861 4.4 has them.
#[test]
fn neighbour_advertisement() {
    let request = "3333ff000080 00005e005301 86dd 60000000 0020 3a ff fe800000000000000200 5efffe005301 ff0200000000000000000001ff000080
        87 00 e961 00000000 20010db8000000000000000000000080 01 01 00005e005301";
    let answer = reply(&request.replace('\n', ""));
    assert_eq!(answer.len(), 14 + 40 + 32);
    assert_eq!(answer[..14], hex("00005e005301 02534200ff01 86dd").unwrap());
    assert_eq!(answer[14..22], hex("60000000 0020 3a ff").unwrap());
    assert_eq!(answer[22..38], hex("20010db8000000000000000000000080").unwrap());
    assert_eq!(answer[54..56], [136, 0]);
    assert_eq!(answer[58..62], [0x60, 0, 0, 0]);
    assert_eq!(answer[62..], hex("20010db8000000000000000000000080 02 01 02534200ff01").unwrap());
    let mut covered = answer[22..54].to_vec();
    covered.extend([0, 0, 0, 32, 0, 0, 0, 58]);
    covered.extend(&answer[54..]);
    assert_eq!(checksum(&covered), 0);
}

/// An echo request whose checksums are right gives a reply whose checksums are.
#[test]
fn echo_reply() {
    let request = "02534200ff01 00005e005301 0800 4500001f 00070000 4001f97c c0a80009c0a80001 0800 339a 0001 0002 616263";
    let answer = reply(request);
    assert_eq!(answer[..12], hex("00005e005301 02534200ff01").unwrap());
    assert_eq!(answer[26..34], hex("c0a80001 c0a80009").unwrap());
    assert_eq!((answer[34], answer[35]), (0, 0));
    let sums = |frame: &[u8]| (checksum(&frame[14..34]), checksum(&frame[34..45]));
    assert_eq!((sums(&bytes(request).bytes), sums(&answer)), ((0, 0), (0, 0)));
}

/// Flows stay, and a choice outside the memory is any of the service's.
#[test]
fn affinity() {
    let segment = |flags: u8, port: u8| {
        let mut frame = bytes(
            "02534200ff01 00005e005301 0800 45000028 00000000 40060000 c0a80009c0a80001 9c400050 00000000 00000000 5002ffff 00000000",
        );
        (frame.bytes[35], frame.bytes[47]) = (port, flags);
        frame
    };
    let mut plane = Plane::new(setup());
    let mut admissible = |flags, port, choice: Option<usize>| {
        let decision = plane.judge(Place::Uplink, &segment(flags, port));
        let Verdict::Balanced(blades) = decision.verdict.clone() else {
            panic!("{:?}", decision.verdict)
        };
        plane.chose(&decision, choice.unwrap_or(blades[0]));
        blades
    };
    assert_eq!(admissible(0x02, 1, Some(2)), [1, 2]);
    assert_eq!(admissible(0x02, 2, Some(1)), [1, 2]);
    for (flags, port, blade) in [(0x10, 1, 2), (0x10, 2, 1), (0x02, 1, 2), (0x11, 1, 2), (0x10, 1, 2)] {
        assert_eq!(admissible(flags, port, None), [blade], "{flags:#x}");
    }
    assert_eq!(admissible(0x02, 1, Some(1)), [1, 2], "closing");
    assert_eq!(admissible(0x04, 1, None), [1]);
    assert_eq!(admissible(0x10, 1, Some(2)), [1, 2], "reset");
    assert_eq!(admissible(0x10, 1, None), [2], "by hash");
    assert_eq!(admissible(0x02, 1, None), [1, 2], "the table may have had no room");
}

/// No frame, however it is cut or changed, makes the model fail or say more than one thing.
#[test]
fn any_bytes_have_a_verdict() {
    use crate::golden::random;
    use rand::SeedableRng;
    let mut random = rand::rngs::StdRng::seed_from_u64(3);
    let mut plane = Plane::new(setup());
    for _ in 0..20_000 {
        let made = random::make(&mut random, &setup());
        let decision = plane.judge(Place::Uplink, &made.frame);
        let dropped = matches!(decision.verdict, Verdict::Dropped(_));
        assert_eq!(decision.outputs.is_empty(), dropped, "{}", made.made);
        assert!(
            decision.outputs.iter().all(|output| output.bytes.len() >= MIN_FRAME),
            "{}",
            made.made
        );
    }
}

/// The parser of the traffic generator and of the simulation's account, which was written apart: both see the same flows, in frames made and
/// mutated at random.
#[test]
fn the_parser_of_the_scoreboard_sees_the_same_flows() {
    use crate::frame::layout;
    use crate::golden::random;
    use rand::SeedableRng;
    let mut random = rand::rngs::StdRng::seed_from_u64(4);
    let mut seen = [0; 2];
    for _ in 0..20_000 {
        let made = random::make(&mut random, &setup());
        let bytes = &made.frame.bytes;
        // That one takes a service tag inside, too, and sees no MAC Control.
        if bytes.len() < MIN_FRAME || bytes[16..18] == [0x88, 0xA8] || bytes[12..14] == [0x88, 0x08] {
            continue;
        }
        let flow = match parse(bytes) {
            Ok(Packet {
                network: Network::Ip(ip), ..
            }) if ip.fragment == Fragment::Whole && matches!(ip.protocol, 6 | 17) => match (ip.source, ip.destination, ip.ports) {
                (IpAddr::V4(source), IpAddr::V4(destination), Some(ports)) => {
                    Some((ip.protocol, source.octets(), destination.octets(), ports))
                }
                _ => None,
            },
            _ => None,
        };
        let other = layout(bytes).map(|l| l.flow);
        let other = other.map(|f| (f.protocol, f.source, f.destination, (f.source_port, f.destination_port)));
        assert_eq!(flow, other, "{}", made.made);
        seen[usize::from(flow.is_some())] += 1;
    }
    assert!(seen.iter().all(|&count| count > 4000), "{seen:?}");
}
