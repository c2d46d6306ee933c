//! What is known of a device at one time, for people and programs.

use crate::value::{format_ipv4, format_mac, format_vlan};
use crate::{Device, Error, Transport};
use serde::Serialize;
use spareband_spec::regs::{Access, KIND_MANAGER, Place};

/// The uplink.
#[derive(Clone, Debug, Serialize)]
pub struct Uplink {
    pub block_lock: bool,
    pub local_fault: bool,
    pub remote_fault: bool,
}

/// A utilisation record.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    /// 0..255 = 0..100 %, as the four after it.
    pub cpu: u8,
    pub irq: u8,
    pub work: u8,
    pub power: u8,
    pub queue: u8,
    pub admin: &'static str,
    pub seq: u8,
}

/// One blade as its manager sees it.
#[derive(Clone, Debug, Serialize)]
pub struct Blade {
    pub blade: usize,
    pub link: bool,
    pub enabled: bool,
    /// What the host wants.
    pub host_admin: &'static str,
    pub weight: u8,
    pub mac: String,
    /// `None` while the blade's load is unknown.
    pub record: Option<Record>,
    pub stale: bool,
    pub record_age_seconds: f64,
    pub record_worst_age_seconds: f64,
    pub active_flows: u16,
    pub new_flows: u64,
    pub queue_level: u16,
    pub queue_high_water: u16,
    /// Words beyond which the queue takes no frame; 0: all it has.
    pub queue_limit: u16,
    /// What becomes of the VLAN tag: `none`, `strip`, or the identifier that is set.
    pub vlan: String,
}

/// A manager.
#[derive(Clone, Debug, Serialize)]
pub struct Manager {
    pub uplink: Uplink,
    pub policy: &'static str,
    pub flows: u32,
    pub blades: Vec<Blade>,
}

/// How flows are balanced.
#[derive(Clone, Debug, Serialize)]
pub struct Policy {
    pub select: &'static str,
    pub delta: u8,
    pub ewma_shift: u8,
    pub stale_limit_seconds: f64,
    pub vip: String,
    pub vip_mask: String,
    pub flow_timeout_seconds: f64,
    pub hash_key: String,
    /// What becomes of the flows of a blade whose link is down.
    pub link_down: &'static str,
    /// Blades that should be awake by the last decision of pack; 0: no decision of it yet, or no blade could be taken.
    pub awake: u8,
    pub selector: Selector,
}

/// What the selection rules go by, and their guards; registers of block `selector`.
#[derive(Clone, Debug, Serialize)]
pub struct Selector {
    pub load: &'static str,
    pub second: &'static str,
    pub hot: u8,
    pub second_hot: u8,
    pub fill: u8,
    pub wake: u8,
    /// 0: blades that refuse connections are not avoided.
    pub refused_mark: u8,
    pub ladder: bool,
    pub ladder_trust: u8,
    pub ladder_random: u8,
    pub slow_start: bool,
    pub good_reports: u8,
    /// 0: no ticks.
    pub tick_seconds: f64,
    pub span: u16,
}

/// A blade as it sees itself.
#[derive(Clone, Debug, Serialize)]
pub struct BladeDevice {
    pub sync: bool,
    /// What is being sent; `None` if nothing is.
    pub seq: Option<u8>,
    /// What the next commit sends.
    pub record: Record,
}

/// The name of a field's value; `unknown` for one without.
pub fn named(place: &Place, field: &str, value: u64) -> &'static str {
    let field = place.register.field(field);
    field.value_name(field.get(value) as u32).unwrap_or("unknown")
}

/// Error unless the device is a manager.
pub fn require_manager<T: Transport>(device: &Device<T>) -> Result<(), Error> {
    if device.map().kind == KIND_MANAGER {
        Ok(())
    } else {
        Err(Error::Usage("the device is a blade; this is a matter of its manager".into()))
    }
}

impl Manager {
    /// Reads everything of it.
    pub fn read<T: Transport>(device: &mut Device<T>) -> Result<Self, Error> {
        require_manager(device)?;
        let (status, select, entries) = (
            device.place("uplink", 0, "status"),
            device.place("policy", 0, "select"),
            device.place("flows", 0, "entries"),
        );
        let values = device.read_places(&[status, select, entries])?;
        let bit = |name| status.register.field(name).get(values[0]) == 1;
        let blades = (0..device.blades())
            .map(|blade| Blade::read(device, blade))
            .collect::<Result<_, _>>()?;
        Ok(Manager {
            uplink: Uplink {
                block_lock: bit("block_lock"),
                local_fault: bit("local_fault"),
                remote_fault: bit("remote_fault"),
            },
            policy: named(&select, "value", values[1]),
            flows: values[2] as u32,
            blades,
        })
    }

    /// What an operator should look at.
    pub fn findings(&self) -> Vec<String> {
        let mut findings = vec![];
        let mut note = |is: bool, text: String| {
            if is {
                findings.push(text);
            }
        };
        note(!self.uplink.block_lock, "uplink: no block lock".into());
        note(self.uplink.local_fault, "uplink: local fault".into());
        note(self.uplink.remote_fault, "uplink: remote fault".into());
        for blade in self.blades.iter().filter(|blade| blade.enabled) {
            let number = blade.blade;
            note(!blade.link, format!("blade {number}: link down"));
            note(blade.link && blade.record.is_none(), format!("blade {number}: load unknown"));
            note(
                blade.link && blade.record.is_some() && blade.stale,
                format!("blade {number}: record stale"),
            );
        }
        note(!self.blades.iter().any(Blade::takes_new_flows), "no blade takes new flows".into());
        findings
    }
}

impl Blade {
    /// Reads one of a manager's blades.
    pub fn read<T: Transport>(device: &mut Device<T>, blade: usize) -> Result<Self, Error> {
        let places: Vec<Place> = device
            .map()
            .block("blade")
            .registers
            .iter()
            .filter(|register| register.access != Access::Counter || register.name == "new_flows")
            .map(|register| device.place("blade", blade, register.name))
            .collect();
        let values = device.read_places(&places)?;
        let get = |name: &str| {
            let index = places
                .iter()
                .position(|place| place.register.name == name)
                .expect("a register of the block");
            (&places[index], values[index])
        };
        let clock = f64::from(device.identity().clock_hz);
        let (control, control_value) = get("control");
        let (record, record_value) = get("record");
        let field = |name: &str| record.register.field(name).get(record_value);
        Ok(Blade {
            blade,
            link: field("link") == 1,
            enabled: control.register.field("enabled").get(control_value) == 1,
            host_admin: named(control, "admin", control_value),
            weight: get("weight").1 as u8,
            mac: format_mac(get("mac").1),
            record: (field("known") == 1).then(|| Record {
                cpu: field("cpu") as u8,
                irq: field("irq") as u8,
                work: field("work") as u8,
                power: field("power") as u8,
                queue: field("queue") as u8,
                admin: named(record, "admin", record_value),
                seq: field("seq") as u8,
            }),
            stale: field("stale") == 1,
            record_age_seconds: get("age").1 as f64 / clock,
            record_worst_age_seconds: get("worst_age").1 as f64 / clock,
            active_flows: get("active_flows").1 as u16,
            new_flows: get("new_flows").1,
            queue_level: get("queue_level").1 as u16,
            queue_high_water: get("queue_high_water").1 as u16,
            queue_limit: get("queue_limit").1 as u16,
            vlan: format_vlan(get("vlan").1),
        })
    }

    /// The stricter of what the host wants and what the blade says.
    pub fn admin(&self) -> &'static str {
        let reported = self.record.as_ref().map_or("ready", |record| record.admin);
        ["maintenance", "drain"]
            .into_iter()
            .find(|state| self.host_admin == *state || reported == *state)
            .unwrap_or("ready")
    }

    /// Whether new flows may go there.
    pub fn takes_new_flows(&self) -> bool {
        self.enabled && self.link && self.admin() == "ready"
    }
}

impl Policy {
    /// Reads it from a manager.
    pub fn read<T: Transport>(device: &mut Device<T>) -> Result<Self, Error> {
        require_manager(device)?;
        let names = [
            "select",
            "delta",
            "ewma_shift",
            "stale_limit",
            "vip",
            "vip_mask",
            "flow_timeout",
            "hash_key",
        ];
        let places = names.map(|name| device.place("policy", 0, name));
        let values = device.read_places(&places)?;
        let selector = Selector::read(device)?;
        let clock = f64::from(device.identity().clock_hz);
        let link_down = device.place("forwarding", 0, "link_down");
        let flows = device.read(&link_down)?;
        let awake = device.place("selector", 0, "awake");
        let blades = device.read(&awake)?;
        Ok(Policy {
            link_down: named(&link_down, "flows", flows),
            awake: awake.register.field("blades").get(blades) as u8,
            select: named(&places[0], "value", values[0]),
            delta: values[1] as u8,
            ewma_shift: values[2] as u8,
            stale_limit_seconds: values[3] as f64 / clock,
            vip: format_ipv4(values[4]),
            vip_mask: format_ipv4(values[5]),
            flow_timeout_seconds: values[6] as f64 * f64::from(spareband_spec::regs::FLOW_TIMEOUT_UNIT_CYCLES) / clock,
            hash_key: format!("{:016x}", values[7]),
            selector,
        })
    }
}

impl Selector {
    fn read<T: Transport>(device: &mut Device<T>) -> Result<Self, Error> {
        let names = ["signals", "marks", "ladder", "slow_start", "tick_interval", "span", "wake"];
        let places = names.map(|name| device.place("selector", 0, name));
        let values = device.read_places(&places)?;
        let get = |index: usize, field: &str| places[index].register.field(field).get(values[index]);
        let unit = f64::from(spareband_spec::regs::FLOW_TIMEOUT_UNIT_CYCLES) / f64::from(device.identity().clock_hz);
        Ok(Selector {
            load: named(&places[0], "load", values[0]),
            second: named(&places[0], "second", values[0]),
            hot: get(1, "hot") as u8,
            second_hot: get(1, "second_hot") as u8,
            fill: get(1, "fill") as u8,
            wake: get(6, "load") as u8,
            refused_mark: get(1, "refused") as u8,
            ladder: get(2, "enable") == 1,
            ladder_trust: get(2, "trust") as u8,
            ladder_random: get(2, "random") as u8,
            slow_start: get(3, "enable") == 1,
            good_reports: get(3, "good_reports") as u8,
            tick_seconds: values[4] as f64 * unit,
            span: get(5, "flows") as u16,
        })
    }
}

impl BladeDevice {
    /// Reads it from a blade.
    pub fn read<T: Transport>(device: &mut Device<T>) -> Result<Self, Error> {
        let places = [("link", "status"), ("record", "load"), ("record", "state"), ("record", "sent")].map(|(b, r)| device.place(b, 0, r));
        let values = device.read_places(&places)?;
        let get = |index: usize, field: &str| places[index].register.field(field).get(values[index]);
        let seq = get(3, "seq") as u8;
        Ok(BladeDevice {
            sync: get(0, "sync") == 1,
            seq: (get(3, "enabled") == 1).then_some(seq),
            record: Record {
                cpu: get(1, "cpu") as u8,
                irq: get(1, "irq") as u8,
                work: get(1, "work") as u8,
                power: get(1, "power") as u8,
                queue: get(2, "queue") as u8,
                admin: named(&places[2], "admin", values[2]),
                seq,
            },
        })
    }
}
