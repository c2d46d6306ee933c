//! The flow hash against its definition in `spareband_spec::frame`; that it spreads is shown there.

use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::forward::FlowHash;
use spareband_spec::frame::{FlowKey, class, flow_hash, hash_start};

fn tick(uut: &mut FlowHash<5>) {
    for level in [false, true] {
        uut.clk.next = level.into();
        assert!(simulate(uut, 20));
    }
}

fn offer(uut: &mut FlowHash<5>, class: u8, flow: &FlowKey) {
    uut.in_valid.next = true;
    uut.in_class.next = bits::<3>(class.into());
    uut.in_source.next = flow.source.to_bits::<128>();
    uut.in_destination.next = flow.destination.to_bits::<128>();
    uut.in_ipv6.next = flow.is_ipv6;
    uut.in_ports.next = bits::<32>(flow.ports.into());
    uut.in_protocol.next = bits::<8>(flow.protocol.into());
}

#[test]
fn hashes_as_defined_in_order() {
    let seed = 9;
    let mut rng = StdRng::seed_from_u64(seed);
    let mut uut = FlowHash::<5>::default();
    uut.connect_all();
    let key: u64 = rng.r#gen();
    uut.key.next = bits::<64>(key);
    let mut expected = std::collections::VecDeque::new();
    let mut checked = 0;
    for number in 0..400_u64 {
        let flow = FlowKey {
            source: rng.r#gen(),
            destination: rng.r#gen(),
            ports: rng.r#gen(),
            protocol: rng.r#gen(),
            is_ipv6: rng.r#gen(),
        };
        let class = if rng.gen_bool(0.7) { class::BALANCE } else { rng.gen_range(0..3) };
        offer(&mut uut, class, &flow);
        uut.in_passed.next = bits::<40>(number);
        loop {
            uut.out_take.next = uut.out_valid.val() && rng.gen_bool(0.7);
            uut.clk.next = false.into();
            assert!(simulate(&mut uut, 20));
            let taken = uut.in_ready.val();
            if uut.out_valid.val() && uut.out_take.val() {
                let (class, flags, hash): (u8, u64, (u32, u32)) = expected.pop_front().unwrap();
                assert_eq!(
                    (uut.out_class.val().to_u8(), uut.out_passed.val().to_u64()),
                    (class, flags),
                    "seed {seed}"
                );
                if class == class::BALANCE {
                    assert_eq!((uut.out_index.val().to_u32(), uut.out_tag.val().to_u32()), hash, "seed {seed}");
                    assert_eq!(uut.out_start.val().index(), hash_start(hash.0, 5), "seed {seed}");
                    checked += 1;
                }
            }
            uut.clk.next = true.into();
            assert!(simulate(&mut uut, 20));
            if taken {
                break;
            }
        }
        expected.push_back((class, number, flow_hash(&flow, key)));
    }
    assert!(checked > 200);
}

#[test]
fn latency_and_throughput() {
    let flow = FlowKey {
        source: 1,
        destination: 2,
        ports: 3,
        protocol: 6,
        is_ipv6: false,
    };
    for (class, latency, period) in [(class::BALANCE, 19, 10), (class::FLOOD, 3, 2)] {
        let mut uut = FlowHash::<5>::default();
        uut.connect_all();
        offer(&mut uut, class, &flow);
        uut.out_take.next = true;
        let mut at = vec![];
        for cycle in 1..40 {
            tick(&mut uut);
            if uut.out_valid.val() {
                at.push(cycle);
            }
        }
        assert_eq!((at[0], at[1] - at[0]), (latency, period), "class {class}");
    }
}
