use super::*;

fn maps() -> [(&'static Map, usize); 2] {
    [(&MANAGER, MAX_BLADES), (&BLADE, 0)]
}

#[test]
fn no_two_registers_overlap_and_addresses_ascend() {
    for (map, blades) in maps() {
        let mut next = 0u32;
        for place in map.places(blades) {
            let address = u32::from(place.address);
            assert!(address >= next, "{}.{} overlaps", place.block.name, place.register.name);
            assert_eq!(address % 4, 0);
            next = address + 4 * u32::from(place.register.words);
            assert!(
                next - u32::from(place.block.address_of(
                    place.index,
                    &Register {
                        offset: 0,
                        ..*place.register
                    }
                )) <= u32::from(place.block.stride)
            );
        }
    }
}

#[test]
fn fields_fit_do_not_overlap_and_hold_the_reset_value() {
    for (map, blades) in maps() {
        for place in map.places(blades) {
            let register = place.register;
            let mut next = 0;
            for field in register.fields {
                assert!(field.lsb >= next, "{}.{}.{} overlaps", place.block.name, register.name, field.name);
                next = field.lsb + field.width;
                assert!(next <= 32 * register.words);
                assert!(field.values.iter().all(|(_, value)| u64::from(*value) <= field.mask() >> field.lsb));
            }
            assert_eq!(
                place.reset() & !register.mask(),
                0,
                "{}.{} resets bits it does not have",
                place.block.name,
                register.name
            );
        }
    }
}

#[test]
fn a_wide_register_is_aligned_to_its_width() {
    for (map, blades) in maps() {
        assert!(map.places(blades).all(|place| place.register.words == 1 || place.address % 8 == 0));
    }
}

#[test]
fn find_knows_both_words_and_no_hole() {
    let hash_key = MANAGER.address("policy", "hash_key");
    assert_eq!(MANAGER.find(4, hash_key + 4).unwrap().register.name, "hash_key");
    assert!(MANAGER.find(4, hash_key + 8).is_none());
    assert!(MANAGER.find(4, hash_key + 1).is_none());
    assert!(MANAGER.find(4, 0x1400).is_none());
    assert_eq!(MANAGER.find(5, 0x1400).unwrap().index, 4);
}

#[test]
fn the_blade_addresses_are_locally_administered_and_in_wire_order() {
    let mac = MANAGER.find(16, 0x1000 + 0x300 + 8).unwrap().reset().to_le_bytes();
    assert_eq!(mac[..6], [0x02, 0x53, 0x42, 0x00, 0x00, 0x03]);
}

#[test]
fn the_hash_tells_the_maps_apart() {
    assert_ne!(MANAGER_MAP_HASH, BLADE_MAP_HASH);
    let renamed = Map {
        blocks: BLADE.blocks,
        name: "manager",
        ..BLADE
    };
    assert_ne!(hash::of_map(&renamed), BLADE_MAP_HASH);
    let documented = Map {
        doc: "other words",
        ..BLADE
    };
    assert_eq!(hash::of_map(&documented), BLADE_MAP_HASH);
}

#[test]
fn fields_get_and_set() {
    let record = MANAGER.register("blade", "record");
    let value = record.field("seq").set(u64::MAX, 5);
    assert_eq!(record.field("seq").get(value), 5);
    assert_eq!(record.field("known").get(value), 1);
    assert_eq!(record.field("admin").value_name(2), Some("maintenance"));
}

#[test]
fn units_of_time_outs() {
    // 300 * 156250000 / 65536 = 715255.7
    assert_eq!(timeout_units(300), 715_256);
    assert_eq!(timeout_units(1_000_000), 2_384_185_792);
    assert_eq!(timeout_units(0), 0);
}
