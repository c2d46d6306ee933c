//! Random configurations on a device in memory: what is applied is what the device has, nothing that stays is missing on the way, and what fails half
//! way says so. The device in memory shares the register map and the tables' layout with the program.

use spareband::config::{Config, Format, KEYS, Plan, Present, Section, Target, apply};
use spareband::services::{Name, PROTOCOLS};
use spareband::value::{exact_time, format_mac};
use spareband::{Client, Device, Error, MemoryDevice, Transport};
use spareband_spec::regs::tables::Table;
use spareband_spec::service::{BANKS, ROWS_LOG2, ServiceKey, ServiceParameters, Target as Word, decode, row, word_address};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::io;
use std::rc::Rc;
use std::time::Duration;

/// splitmix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }
    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
    fn one<'a, V>(&mut self, of: &'a [V]) -> &'a V {
        &of[self.below(of.len() as u64) as usize]
    }
    fn mac(&mut self) -> String {
        format_mac(self.next() & 0xFFFF_FFFF_FFFE)
    }
}

/// A value of a key as a person might write it. By the names of the keys, not by the program's own table of how they are written.
fn value(name: &str, random: &mut Random) -> String {
    let number = |most: u64, random: &mut Random| random.below(most + 1).to_string();
    match name {
        "select" => format!("\"{}\"", random.one(&["rr", "lu", "lu-delta", "hcl", "lu-track"])),
        "admin" => format!("\"{}\"", random.one(&["ready", "drain", "maintenance"])),
        "link_mode" => format!("\"{}\"", random.one(&["off", "a", "b", "c", "d"])),
        "link_source" => format!("\"{}\"", random.one(&["blade", "chassis"])),
        "pause" => format!("\"{}\"", random.one(&["off", "obey", "send", "both"])),
        "load" | "second" => format!("\"{}\"", random.one(&["cpu", "irq", "work", "power", "queue"])),
        "link_down" => format!("\"{}\"", random.one(&["keep", "re_home"])),
        "enabled" | "aggregate" | "auto_negotiation" | "ladder" | "slow_start" => random.one(&["true", "false"]).to_string(),
        "delta" | "weight" | "hot" | "second_hot" | "fill" | "wake" | "refused_mark" | "ladder_trust" | "ladder_random"
        | "good_reports" => number(255, random),
        "span" => number(4095, random),
        "ewma_shift" => number(15, random),
        "stale_limit" => format!("\"{}\"", exact_time(1 + random.below(u32::MAX.into()), 156_250_000, 1)),
        "link_timer" => format!("\"{}\"", random.one(&["10ms", "1.6ms", "250us", "8ns"])),
        "mac" | "address" => format!("\"{}\"", random.mac()),
        "vip" | "vip_mask" => format!("\"{}.{}.0.{}\"", random.below(256), random.below(256), random.below(256)),
        "hash_key" => format!("\"{:016x}\"", random.next()),
        "vlan" => random.one(&["\"none\"", "\"strip\"", "0", "1", "100", "4094"]).to_string(),
        name if name.contains("time") || name == "tick_interval" => match random.below(4) {
            0 => "\"never\"".into(),
            1 => "\"90s\"".into(),
            2 => "\"2.5min\"".into(),
            _ => format!("\"{}\"", exact_time(1 + random.below(u32::MAX.into()), 156_250_000, 65536)),
        },
        _ => number(65535, random),
    }
}

/// A random file for so many blades; `part` of the keys are in it.
fn file(random: &mut Random, blades: usize, part: u64) -> String {
    let mut text = String::new();
    let sections = [
        ("policy", Section::Policy),
        ("selector", Section::Selector),
        ("forwarding", Section::Forwarding),
        ("uplink", Section::Uplink),
    ];
    let mut section = |head: String, section: Section, random: &mut Random| {
        writeln!(text, "[{head}]").unwrap();
        for key in KEYS.iter().filter(|key| key.section == section) {
            if random.below(100) < part {
                writeln!(text, "{} = {}", key.name, value(key.name, random)).unwrap();
            }
        }
    };
    sections.into_iter().for_each(|(head, of)| section(head.into(), of, random));
    (0..blades).for_each(|blade| section(format!("blade.{blade}"), Section::Blade, random));
    // Few addresses and ports, so that two files have some in common; arp and echo by the address.
    let services = random.below(25);
    let mut names: Vec<String> = (0..services)
        .map(|_| {
            let protocol = random.one(&PROTOCOLS).0;
            let port = random.one(&[80, 443, 8080]);
            match random.below(8) {
                0 => format!("10.0.0.{}/{protocol}", random.below(4)),
                1 => format!("[2001:db8::{}]:{port}/{protocol}", random.below(4)),
                _ => format!("10.0.0.{}:{port}/{protocol}", random.below(4)),
            }
        })
        .collect();
    names.sort();
    names.dedup();
    let mut head = String::new();
    if names.is_empty() {
        head += "service = []\n";
    }
    let mut flags: BTreeMap<_, (bool, bool)> = BTreeMap::new();
    for name in names {
        let address = Name::parse(&name).unwrap().address;
        let (arp, echo) = *flags.entry(address).or_insert_with(|| (random.below(2) == 0, random.below(2) == 0));
        let mut set: Vec<usize> = (0..blades).filter(|_| random.below(2) == 0).collect();
        if set.is_empty() {
            set.push(random.below(blades as u64) as usize);
        }
        let mut weights: Vec<u64> = set.iter().map(|_| random.below(256)).collect();
        weights[0] = weights[0].max(1);
        writeln!(
            text,
            "[[service]]\nname = \"{name}\"\nblades = {set:?}\nweights = {weights:?}\narp = {arp}\necho = {echo}"
        )
        .unwrap();
        let (policy, class) = (random.one(&["rr", "lu", "lu-delta", "hcl", "lu-track"]), random.below(4));
        writeln!(text, "policy = \"{policy}\"\ntimeout_class = {class}").unwrap();
        for flag in ["enabled", "udp_per_packet", "sticky", "rewrite"] {
            writeln!(text, "{flag} = {}", random.below(2) == 0).unwrap();
        }
    }
    let addresses = random.below(12);
    if addresses == 0 {
        head += "address = []\n";
    }
    for index in 0..addresses {
        let vlan = random.one(&[0, 100]);
        writeln!(text, "[[address]]\nmac = \"02:00:00:00:{index:02x}:00\"\nvlan = {vlan}").unwrap();
        match random.below(blades as u64 + 1) as usize {
            port if port < blades => writeln!(text, "port = {port}").unwrap(),
            _ => writeln!(text, "port = \"uplink\"").unwrap(),
        }
    }
    head + &text
}

/// A device that the test looks into, and that goes away after so many requests.
#[derive(Clone)]
struct Shared {
    device: Rc<RefCell<MemoryDevice>>,
    watch: Rc<RefCell<Vec<Name>>>,
    left: Rc<RefCell<Option<usize>>>,
}

impl Shared {
    fn new(blades: usize) -> Self {
        Shared {
            device: Rc::new(RefCell::new(MemoryDevice::manager(blades))),
            watch: Rc::default(),
            left: Rc::default(),
        }
    }
    fn open(&self) -> Device<Shared> {
        Device::open(Client::new(self.clone())).unwrap()
    }
    /// The number of a key, as the gateware finds it: in one of its two rows.
    fn holds(&self, key: &ServiceKey) -> Option<u8> {
        (0..BANKS).find_map(|bank| {
            let row = row(bank, key.address, key.upper(), ROWS_LOG2);
            self.entry(bank, row).filter(|(held, _)| held == key).map(|(_, number)| number)
        })
    }
    /// Every key of the banks, with the address of the service whose number it has.
    fn keys(&self) -> Vec<String> {
        let rows = (0..BANKS).flat_map(|bank| (0..1 << ROWS_LOG2).map(move |row| (bank, row)));
        let entries: Vec<_> = rows.filter_map(|(bank, row)| self.entry(bank, row)).collect();
        let owner = |number: u8| {
            let own = |key: &ServiceKey| PROTOCOLS.iter().any(|(_, protocol)| *protocol == key.protocol);
            let mut owners = entries.iter().filter(|(key, of)| *of == number && own(key));
            owners.next().map(|(key, _)| key.ip())
        };
        let mut keys: Vec<String> = entries
            .iter()
            .map(|(key, number)| format!("{key:?} of {:?}", owner(*number)))
            .collect();
        keys.sort();
        keys
    }
    fn entry(&self, bank: usize, row: u16) -> Option<(ServiceKey, u8)> {
        let target = if bank == 0 { Word::Bank0 } else { Word::Bank1 };
        decode(&std::array::from_fn(|word| self.word(word_address(target, row, word))))
    }
    fn word(&self, address: u16) -> u32 {
        self.device.borrow().table(Table::Services, address.into())
    }
}

impl Transport for Shared {
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(left) = &mut *self.left.borrow_mut() {
            *left = left.checked_sub(1).ok_or(io::ErrorKind::BrokenPipe)?;
        }
        self.device.borrow_mut().send(bytes)?;
        // A row becomes visible with its last word, and a burst holds whole rows: after each request the table is what frames meet.
        for name in self.watch.borrow().iter() {
            let key = ServiceKey::new(name.address, name.protocol, name.port.unwrap_or(0));
            let number = self.holds(&key).unwrap_or_else(|| panic!("{name} is missing"));
            assert!(self.holds(&key.fragments()).is_some(), "{name} has no key for fragments");
            let parameters = ServiceParameters::from_word(self.word(word_address(Word::Parameters, number.into(), 0)));
            assert!(parameters.blade_set != 0, "{name} has no blade");
        }
        Ok(())
    }
    fn receive(&mut self, buffer: &mut [u8], timeout: Duration) -> io::Result<usize> {
        self.device.borrow_mut().receive(buffer, timeout)
    }
    fn discard(&mut self) -> io::Result<()> {
        self.device.borrow_mut().discard()
    }
}

fn parse(text: &str, format: Format, blades: usize) -> Config {
    Config::parse(text, format, Target::manager(blades)).unwrap_or_else(|wrong| panic!("{wrong:#?}\n{text}"))
}

fn present<T: Transport>(device: &mut Device<T>) -> Present {
    Present::read(device, true, true, |_, _| ()).unwrap()
}

fn plan<T: Transport>(device: &mut Device<T>, wanted: &Config) -> Plan {
    let target = Target::of(device);
    Plan::new(&present(device), wanted, target).unwrap()
}

fn differences<T: Transport>(device: &mut Device<T>, wanted: &Config) -> Vec<String> {
    plan(device, wanted).changes().map(ToString::to_string).collect()
}

fn dump<T: Transport>(device: &mut Device<T>, format: Format) -> String {
    let target = Target::of(device);
    present(device).config.text(format, target)
}

#[test]
fn what_is_applied_is_what_the_device_has() {
    for seed in 0..40 {
        println!("seed {seed}");
        let mut random = Random(seed);
        let blades = 1 + random.below(16) as usize;
        let first = Shared::new(blades);
        let mut device = first.open();
        // One over the other, so that services and addresses come, change and go.
        for _ in 0..3 {
            let part = *random.one(&[0, 50, 100]);
            let text = file(&mut random, blades, part);
            let wanted = parse(&text, Format::Toml, blades);
            let planned = plan(&mut device, &wanted);
            // Services that stay are there all the time.
            let stays = present(&mut device).config.services.unwrap();
            let stays = stays.iter().map(|(name, _)| *name);
            let kept = wanted.services.as_ref().unwrap();
            *first.watch.borrow_mut() = stays.filter(|name| kept.iter().any(|(other, _)| other == name)).collect();
            apply(&mut device, &planned, |_| ()).unwrap();
            first.watch.borrow_mut().clear();
            assert_eq!(differences(&mut device, &wanted), Vec::<String>::new());
        }
        // What is dumped brings another device to the same, in both formats.
        for format in [Format::Toml, Format::Json] {
            let text = dump(&mut device, format);
            let wanted = parse(&text, format, blades);
            assert_eq!(differences(&mut device, &wanted), Vec::<String>::new());
            let mut second = Shared::new(blades).open();
            let planned = plan(&mut second, &wanted);
            apply(&mut second, &planned, |_| ()).unwrap();
            assert_eq!(differences(&mut second, &wanted), Vec::<String>::new());
            assert_eq!(dump(&mut second, format), text);
        }
    }
}

#[test]
fn what_fails_half_way_says_how_far_it_came_and_is_finished_by_the_next() {
    let mut random = Random(7);
    let (text, before) = (file(&mut random, 4, 60), file(&mut random, 4, 60));
    let (wanted, before) = (parse(&text, Format::Toml, 4), parse(&before, Format::Toml, 4));
    // From an empty device, and from one whose services go.
    for begin in [None, Some(&before)] {
        let prepared = || {
            let shared = Shared::new(4);
            let mut device = shared.open();
            if let Some(begin) = begin {
                let planned = plan(&mut device, begin);
                apply(&mut device, &planned, |_| ()).unwrap();
            }
            (shared, device)
        };
        let whole = {
            let (shared, mut device) = prepared();
            let planned = plan(&mut device, &wanted);
            apply(&mut device, &planned, |_| ()).unwrap();
            shared.keys()
        };
        let (mut failures, mut tidied) = (0, 0);
        for left in (0..).step_by(5) {
            let (shared, mut device) = prepared();
            let planned = plan(&mut device, &wanted);
            *shared.left.borrow_mut() = Some(left);
            let mut made = 0;
            let result = apply(&mut device, &planned, |_| made += 1);
            *shared.left.borrow_mut() = None;
            let Err(error) = result else { break };
            failures += 1;
            let Error::Partly { done, steps, source, .. } = &error else {
                panic!("{error}")
            };
            assert_eq!((*done, *steps), (made, planned.steps.len()));
            assert!(
                matches!(**source, Error::Io(_)) && error.exit_code() == 1 && error.help().is_some(),
                "{error}"
            );
            let planned = plan(&mut device, &wanted);
            let tidies = planned.changes().filter(|change| change.what == "service table").count();
            tidied += tidies;
            assert!(planned.steps.len() <= steps - done + tidies);
            apply(&mut device, &planned, |_| ()).unwrap();
            assert_eq!(differences(&mut device, &wanted), Vec::<String>::new());
            // The keys that a configuration does not show are those of one that went through.
            assert_eq!(shared.keys(), whole);
        }
        println!("{failures} places of failure, {tidied} in the midst of a service's keys");
        assert!(failures > 20 && tidied > 0, "{failures} {tidied}");
    }
}

/// Blades that come, services and blades that go have their turns.
#[test]
fn the_order_leaves_no_gap() {
    let shared = Shared::new(3);
    let mut device = shared.open();
    let begin = "[policy]\nvip = \"10.0.0.9\"\nvip_mask = \"255.255.255.255\"\n[blade.0]\nenabled = false\n[[service]]\nname = \"10.0.0.1:80/tcp\"\nblades = [1]\n";
    let begin = parse(begin, Format::Toml, 3);
    let planned = plan(&mut device, &begin);
    apply(&mut device, &planned, |_| ()).unwrap();
    let wanted = "[policy]\nvip = \"10.0.0.8\"\n[blade.0]\nenabled = true\nmac = \"02:00:00:00:00:07\"\n[blade.1]\nadmin = \"drain\"\n[[service]]\nname = \"10.0.0.2:80/tcp\"\nblades = [0]\n[[address]]\nmac = \"02:00:00:00:00:08\"\nport = 1\n";
    let planned = plan(&mut device, &parse(wanted, Format::Toml, 3));
    let order: Vec<String> = planned.steps.iter().map(|step| step.changes[0].what.clone()).collect();
    assert_eq!(
        order,
        [
            "blade.0.mac",
            "blade.0.enabled",
            "service 10.0.0.2:80/tcp",
            "policy.vip",
            "address 02:00:00:00:00:08",
            "service 10.0.0.1:80/tcp",
            "blade.1.admin"
        ]
    );
    assert!(planned.notes.is_empty() && !planned.leaves_no_blade);
    let none = parse(
        "[blade.0]\nadmin = \"drain\"\n[blade.1]\nenabled = false\n[blade.2]\nadmin = \"maintenance\"\n",
        Format::Toml,
        3,
    );
    assert!(plan(&mut device, &none).leaves_no_blade);
}

/// 64 services go and 64 others come: there is no room for both, so those that go make room.
#[test]
fn a_full_table_is_changed_all_the_same() {
    let mut device = Shared::new(2).open();
    let services = |network: u8| {
        let each = |host| format!("[[service]]\nname = \"10.0.{network}.{host}:80/tcp\"\narp = false\necho = false\n");
        parse(&(0..64).map(each).collect::<String>(), Format::Toml, 2)
    };
    for (network, notes) in [(1, 0), (2, 1)] {
        let wanted = services(network);
        let planned = plan(&mut device, &wanted);
        assert_eq!(planned.notes.len(), notes);
        apply(&mut device, &planned, |_| ()).unwrap();
        assert_eq!(differences(&mut device, &wanted), Vec::<String>::new());
    }
}
