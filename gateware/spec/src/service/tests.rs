use super::*;
use std::collections::HashMap;

/// xorshift64*, so that this crate needs no other.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }
    fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 33) % limit
    }
    fn key(&mut self) -> ServiceKey {
        let is_ipv6 = self.below(2) == 1;
        let address = u128::from(self.next()) << 64 | u128::from(self.next());
        ServiceKey {
            address: if is_ipv6 { address } else { address & 0xFFFF_FFFF },
            is_ipv6,
            protocol: [6, 17, self.next() as u8][self.below(3) as usize],
            port: if self.below(4) == 0 { 0 } else { self.next() as u16 },
        }
    }
}

/// The banks as a circuit would hold them.
type Banks = HashMap<(usize, u16), [u32; ENTRY_WORDS]>;

fn find(banks: &Banks, key: &ServiceKey, rows_log2: usize) -> Option<u8> {
    (0..BANKS).find_map(|bank| {
        let words = banks.get(&(bank, row(bank, key.address, key.upper(), rows_log2)))?;
        decode(words).and_then(|(held, number)| (held == *key).then_some(number))
    })
}

/// Writes a plan and checks, before and after each write, that those who stay are found.
fn carry_out(banks: &mut Banks, writes: &[SlotWrite], staying: &[(u8, ServiceKey)], rows_log2: usize) {
    for write in writes {
        banks.insert((write.bank, write.row), write.words);
        for (number, key) in staying {
            assert_eq!(find(banks, key, rows_log2), Some(*number), "{key:?} went missing");
        }
    }
}

/// The order of x is 2^degree - 1: the least power that is 1, by trying all.
#[test]
fn polynomials_are_primitive() {
    for (degree, polynomials) in POLYNOMIALS {
        assert_ne!(polynomials[0], polynomials[1]);
        for polynomial in polynomials {
            assert_eq!(polynomial >> degree, 1);
            let (mut power, mut order) = (1_u16, 0);
            loop {
                power <<= 1;
                if power >> degree == 1 {
                    power ^= polynomial;
                }
                order += 1;
                if power == 1 {
                    break;
                }
                assert!(power != 0 && order < 1 << degree, "{polynomial:#x}");
            }
            assert_eq!(order, (1 << degree) - 1, "{polynomial:#x}");
        }
    }
}

/// x^9 = x^5 + x^3 + x^2 + 1 modulo 0x22D; x^10 is that times x; by hand.
#[test]
fn rows_by_hand() {
    assert_eq!(row(0, 1, 0, 9), 1);
    assert_eq!(row(0, 1 << 8, 0, 9), 0x100);
    assert_eq!(row(0, 1 << 9, 0, 9), 0b10_1101);
    assert_eq!(row(0, 1 << 10, 0, 9), 0b101_1010);
    assert_eq!(row(0, 0x600, 0, 9), 0b10_1101 ^ 0b101_1010);
    assert_eq!(row(1, 1 << 9, 0, 9), 0x59);
    // x^511 = 1, so x^128 * x^(511 - 128) = 1: the first bit of the port is the inverse of x^383.
    let mut power = row(0, 0, 1, 9);
    for _ in 128..511 {
        power <<= 1;
        if power >> 9 == 1 {
            power ^= 0x22D;
        }
    }
    assert_eq!(power, 1);
}

#[test]
fn entries_by_hand() {
    let key = ServiceKey {
        address: 0xC0A8_0001,
        is_ipv6: false,
        protocol: 6,
        port: 443,
    };
    assert_eq!(entry(&key, 5), [0xC0A8_0001, 0, 0, 0, 0x1606_01BB]);
    let key = ServiceKey {
        address: 0x2001_0DB8_0000_0000_0000_0000_0000_00FF,
        is_ipv6: true,
        protocol: 17,
        port: 0,
    };
    assert_eq!(entry(&key, 63), [0xFF, 0, 0, 0x2001_0DB8, 0xFF11_0000]);
    assert_eq!(decode(&entry(&key, 63)), Some((key, 63)));
    assert_eq!(decode(&EMPTY), None);
    let parameters = ServiceParameters {
        blade_set: 0x8001,
        policy: 9,
        timeout_class: 2,
        udp_per_packet: false,
        rewrite: true,
        sticky_by_source: false,
        enabled: true,
    };
    assert_eq!(parameters.word(), 0x02A9_8001);
    for word in [0, 0x03FF_FFFF, 0x02A9_8001, 0x0115_5555] {
        assert_eq!(ServiceParameters::from_word(word).word(), word);
    }
    let weights = std::array::from_fn(|blade| blade as u8 + 1);
    assert_eq!(weight_words(&weights), [0x0403_0201, 0x0807_0605, 0x0C0B_0A09, 0x100F_0E0D]);
    assert_eq!(word_address(Target::Weights, 63, 3), 0x61FB);
    const { assert!(ADDRESS_BITS == 16) };
}

/// Keys that differ within 18 neighbouring bits have different rows in one bank at least: no multiple of both polynomials is that short.
#[test]
fn near_keys_never_share_both_rows() {
    let mut random = Random(5);
    for _ in 0..20_000 {
        let key = random.key();
        let other = ServiceKey {
            port: key.port ^ (1 + random.below(0xFFFF) as u16),
            ..key
        };
        let rows = |key: &ServiceKey| [0, 1].map(|bank| row(bank, key.address, key.upper(), ROWS_LOG2));
        assert_ne!(rows(&key), rows(&other), "{key:?} {other:?}");
    }
}

/// 64 random services over many seeds: all are placed, and no service is missing at any time. `SPAREBAND_SEEDS` takes more.
#[test]
fn random_services_are_placed() {
    let seeds = std::env::var("SPAREBAND_SEEDS").map_or(3000, |seeds| seeds.parse::<u64>().expect("a number"));
    let (mut failures, mut moves, mut longest) = (0, 0, 0);
    for seed in 1..=seeds {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut placement = Placement::default();
        let mut banks = Banks::new();
        let mut held: Vec<(u8, ServiceKey)> = vec![];
        let mut whole = true;
        while held.len() < SERVICES {
            let key = random.key();
            match placement.add(&key) {
                Ok((number, plan)) => {
                    moves += plan.writes().len() - 1;
                    longest = longest.max(plan.writes().len());
                    // The check of all after each write takes long: for some seeds.
                    let staying: &[_] = if seed <= 100 { &held } else { &[] };
                    carry_out(&mut banks, plan.writes(), staying, ROWS_LOG2);
                    held.push((number, key));
                }
                Err(PlacementError::NoPlace) => {
                    whole = false;
                    break;
                }
                Err(error) => panic!("seed {seed}: {error}"),
            }
        }
        failures += u64::from(!whole);
        for (number, key) in &held {
            assert_eq!(find(&banks, key, ROWS_LOG2), Some(*number), "seed {seed}");
        }
        if whole {
            assert_eq!(placement.add(&random.key()).unwrap_err(), PlacementError::Full);
        }
    }
    println!("{failures} of {seeds} sets of {SERVICES} services not placed, {moves} moves, longest plan {longest}");
    assert_eq!(failures * 20_000 / seeds, 0);
}

/// What an operator configures: a few addresses, each with the same ports.
#[test]
fn grids_of_addresses_and_ports_are_placed() {
    for base in 0..400_u128 {
        let mut placement = Placement::default();
        for address in 0..8 {
            for port in [0, 22, 80, 443, 8000, 8080, 8443, 53] {
                let is_ipv6 = base % 2 == 1;
                let prefix = if is_ipv6 { 0x2001_0DB8_u128 << 96 } else { 0xC0A8_0000 };
                let key = ServiceKey {
                    address: prefix | base << 6 | address,
                    is_ipv6,
                    protocol: 6,
                    port,
                };
                placement.add(&key).unwrap_or_else(|error| panic!("{key:?}: {error}"));
            }
        }
        assert_eq!(placement.keys().count(), SERVICES);
    }
}

/// A table so small that entries must move and places run out, with services that come and go.
#[test]
fn no_service_is_missing_while_others_move() {
    let (mut refused, mut moved) = (0, 0);
    for seed in 1..=40 {
        let mut random = Random(seed * 77);
        let mut placement = Placement::new(4);
        let mut banks = Banks::new();
        let mut held: Vec<(u8, ServiceKey)> = vec![];
        for _ in 0..400 {
            if !held.is_empty() && random.below(3) == 0 {
                let (number, key) = held.swap_remove(random.below(held.len() as u64) as usize);
                let write = placement.remove(number).expect("it is held");
                carry_out(&mut banks, &[write], &held, 4);
                assert_eq!(find(&banks, &key, 4), None);
                assert!(placement.remove(number).is_none());
                continue;
            }
            let (number, key) = (random.below(SERVICES as u64) as u8, random.key());
            match placement.insert(number, &key) {
                Ok(plan) => {
                    moved += plan.writes().len() - 1;
                    carry_out(&mut banks, plan.writes(), &held, 4);
                    held.push((number, key));
                    assert_eq!(find(&banks, &key, 4), Some(number));
                    assert_eq!(placement.find(&key), Some(number));
                }
                Err(PlacementError::NumberInUse) => assert!(held.iter().any(|(held, _)| *held == number)),
                Err(PlacementError::NoPlace) => refused += 1,
                Err(error) => panic!("{error}"),
            }
        }
    }
    assert!(moved > 300 && refused > 50, "{moved} moves, {refused} refusals");
}

#[test]
fn each_error_is_told() {
    let mut placement = Placement::default();
    let key = Random(9).key();
    let (number, plan) = placement.add(&key).unwrap();
    assert_eq!((number, plan.writes().len()), (0, 1));
    assert_eq!(placement.add(&key).unwrap_err(), PlacementError::KeyInUse(0));
    assert_eq!(placement.insert(64, &key).unwrap_err(), PlacementError::NoSuchNumber);
    let other = ServiceKey { port: key.port ^ 1, ..key };
    assert_eq!(placement.insert(0, &other).unwrap_err(), PlacementError::NumberInUse);
    let wide = ServiceKey {
        address: 1 << 32,
        is_ipv6: false,
        ..key
    };
    assert_eq!(placement.insert(1, &wide).unwrap_err(), PlacementError::InvalidKey);
    assert_eq!(
        PlacementError::Full.to_string(),
        "the service table is full: it holds 64 services and 192 keys"
    );
}

/// Keys beside a service's own have its number, and go with it.
#[test]
fn a_service_may_have_more_keys() {
    let mut placement = Placement::default();
    let key = ServiceKey {
        address: 0xC0A8_0001,
        is_ipv6: false,
        protocol: 6,
        port: 443,
    };
    let fragments = key.fragments();
    assert_eq!(
        (fragments.protocol, fragments.port, key.resolution().protocol, key.echo().protocol),
        (134, 0, 255, 254)
    );
    assert_eq!(ServiceKey::new(key.ip(), 6, 443), key);
    assert_eq!(placement.alias(7, &fragments).unwrap_err(), PlacementError::NumberNotInUse);
    let mut banks = Banks::new();
    let plan = placement.insert(7, &key).unwrap();
    carry_out(&mut banks, plan.writes(), &[], ROWS_LOG2);
    let plan = placement.alias(7, &fragments).unwrap();
    carry_out(&mut banks, plan.writes(), &[(7, key)], ROWS_LOG2);
    assert_eq!(
        (find(&banks, &fragments, ROWS_LOG2), placement.find(&fragments)),
        (Some(7), Some(7))
    );
    assert_eq!(placement.alias(7, &key).unwrap_err(), PlacementError::KeyInUse(7));
    assert_eq!(placement.insert(7, &key.any_port()).unwrap_err(), PlacementError::NumberInUse);
    // A host that reads the banks back knows what it would have placed.
    let mut again = Placement::default();
    for ((bank, row), words) in &banks {
        let (key, number) = decode(words).unwrap();
        again.adopt(*bank, *row, number, &key).unwrap();
    }
    assert_eq!((again.find(&key), again.keys().count()), (Some(7), 2));
    assert!(again.adopt(0, 0, 1, &key).is_err());
    let write = placement.renumber(&fragments, 9).unwrap();
    carry_out(&mut banks, &[write], &[(7, key), (9, fragments)], ROWS_LOG2);
    placement.renumber(&fragments, 7).unwrap();
    assert!(placement.remove(7).is_some() && placement.remove(7).is_some() && placement.remove(7).is_none());
    assert_eq!(placement.keys().count(), 0);
}
