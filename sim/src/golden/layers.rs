//! The layers of the packet notation, each a builder of its header around what is inside it.
use super::notation::{Names, hex};
use crate::plane_model::checksum;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A layer as written: its name, words, and `key=value`s, of which those that nobody asked for are told as a mistake.
pub struct Layer {
    name: String,
    words: Vec<String>,
    values: RefCell<BTreeMap<String, String>>,
}

/// What a layer stands in.
#[derive(Clone, Copy)]
pub enum Outer {
    Wire,
    Ethernet,
    Ip(IpAddr, IpAddr),
}

type Result<T> = std::result::Result<T, String>;

impl Layer {
    pub fn read(text: &str) -> Result<Self> {
        let mut parts = text.split_whitespace().map(str::to_owned);
        let name = parts.next().ok_or("a layer is empty")?;
        let (values, words): (Vec<_>, Vec<_>) = parts.partition(|part| part.contains('='));
        let values = values.iter().filter_map(|v| v.split_once('='));
        Ok(Self {
            name,
            words,
            values: RefCell::new(values.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()),
        })
    }

    fn text(&self, key: &str) -> Option<String> {
        self.values.borrow_mut().remove(key)
    }

    fn number(&self, key: &str) -> Result<Option<u64>> {
        self.text(key).map(|text| number(&text)).transpose()
    }

    fn or(&self, key: &str, default: u64) -> Result<u64> {
        Ok(self.number(key)?.unwrap_or(default))
    }

    fn bytes(&self, key: &str) -> Result<Vec<u8>> {
        self.text(key).map_or(Ok(Vec::new()), |text| hex(&text))
    }

    fn word(&self, at: usize) -> Result<&str> {
        let word = self.words.get(at).map(String::as_str);
        word.ok_or_else(|| format!("{}: something is missing", self.name))
    }

    fn flag(&self, word: &str) -> bool {
        self.words.iter().any(|w| w == word)
    }

    /// `A > B`.
    fn pair<T: FromStr>(&self) -> Result<(T, T)> {
        let wrong = || format!("{} wants A > B", self.name);
        match &self.words[..] {
            [a, arrow, b, ..] if arrow == ">" => Ok((a.parse().map_err(|_| wrong())?, b.parse().map_err(|_| wrong())?)),
            _ => Err(wrong()),
        }
    }
}

fn number(text: &str) -> Result<u64> {
    let parsed = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    parsed.map_err(|_| format!("`{text}` is no number"))
}

/// An offset in bytes, and whether more fragments follow.
fn offset(text: &str) -> Result<(u16, bool)> {
    let more = text.ends_with('+');
    let bytes = number(text.trim_end_matches('+'))?;
    match bytes % 8 {
        0 => Ok(((bytes / 8) as u16, more)),
        _ => Err(format!("a fragment's offset is a multiple of 8, not {bytes}")),
    }
}

/// EtherType or protocol number by which an outer layer announces this one.
fn announced(layer: &str, in_ip: bool) -> u64 {
    match (layer, in_ip) {
        ("tag", _) => 0x8100,
        ("arp", _) => 0x0806,
        ("ipv4", false) => 0x0800,
        ("ipv6", false) => 0x86DD,
        ("ipv4", true) => 4,
        ("ipv6", true) => 41,
        ("hopopt", _) => 0,
        ("icmp", _) => 1,
        ("tcp", _) => 6,
        ("udp", _) => 17,
        ("route", _) => 43,
        ("frag", _) => 44,
        ("ah", _) => 51,
        ("icmp6" | "ns" | "na", _) => 58,
        ("dstopt", _) => 60,
        ("sctp", _) => 132,
        // Nothing that has a number: no next header, or an EtherType for experiments.
        (_, true) => 59,
        (_, false) => 0x88B5,
    }
}

pub fn build(layers: &[Layer], names: &Names, outer: Outer) -> Result<Vec<u8>> {
    let Some((layer, inner)) = layers.split_first() else {
        return Ok(Vec::new());
    };
    let next = |in_ip: bool| {
        let name = inner.first().map_or("", |l| l.name.as_str());
        // An outer layer must name the TPID of the tag inside it.
        let tpid = inner.first().filter(|l| l.name == "tag").and_then(|l| l.text("tpid"));
        tpid.map_or(Ok(announced(name, in_ip)), |tpid| number(&tpid))
    };
    let bytes = match layer.name.as_str() {
        "eth" => {
            let mut bytes = Vec::new();
            bytes.extend(names.mac(&layer.text("dst").unwrap_or_else(|| "manager".into()))?);
            bytes.extend(names.mac(&layer.text("src").unwrap_or_else(|| "client".into()))?);
            bytes.extend((layer.or("type", next(false)?)? as u16).to_be_bytes());
            bytes.extend(build(inner, names, Outer::Ethernet)?);
            bytes
        }
        "tag" => {
            let control = number(layer.word(0)?)? | layer.or("pcp", 0)? << 13 | u64::from(layer.flag("dei")) << 12;
            let mut bytes = (control as u16).to_be_bytes().to_vec();
            bytes.extend((layer.or("type", next(false)?)? as u16).to_be_bytes());
            bytes.extend(build(inner, names, Outer::Ethernet)?);
            bytes
        }
        "arp" => arp(layer, names)?,
        "ipv4" => ipv4(layer, |ends| build(inner, names, ends), next(true)?)?,
        "ipv6" => ipv6(layer, |ends| build(inner, names, ends), next(true)?)?,
        "hopopt" | "route" | "dstopt" | "ah" | "frag" => [extension(layer, next(true)?)?, build(inner, names, outer)?].concat(),
        "tcp" | "udp" | "sctp" | "icmp" | "icmp6" => transport(layer, &build(inner, names, Outer::Ethernet)?, outer)?,
        "ns" | "na" => discovery(layer, names, outer)?,
        "data" => [(0..number(layer.word(0)?)?).map(|n| n as u8).collect(), build(inner, names, outer)?].concat(),
        "hex" => [hex(&layer.words.concat())?, build(inner, names, outer)?].concat(),
        other => return Err(format!("`{other}` is no layer")),
    };
    match layer.values.borrow().keys().next() {
        Some(key) => Err(format!("{} knows no `{key}`", layer.name)),
        None => Ok(bytes),
    }
}

fn arp(layer: &Layer, names: &Names) -> Result<Vec<u8>> {
    let operation = match layer.word(0)? {
        "request" => 1,
        "reply" => 2,
        other => return Err(format!("arp: `{other}` is neither request nor reply")),
    };
    let ip = |key: &str, default: &str| -> Result<Ipv4Addr> {
        let text = layer.text(key).unwrap_or_else(|| default.into());
        text.parse().map_err(|_| format!("`{text}` is no IPv4 address"))
    };
    let mut bytes = Vec::new();
    bytes.extend((layer.or("htype", 1)? as u16).to_be_bytes());
    bytes.extend((layer.or("ptype", 0x0800)? as u16).to_be_bytes());
    bytes.extend([layer.or("hlen", 6)? as u8, layer.or("plen", 4)? as u8]);
    bytes.extend((layer.or("op", operation)? as u16).to_be_bytes());
    bytes.extend(names.mac(&layer.text("sha").unwrap_or_else(|| "client".into()))?);
    bytes.extend(ip("spa", "10.1.0.1")?.octets());
    bytes.extend(names.mac(&layer.text("tha").unwrap_or_else(|| "00:00:00:00:00:00".into()))?);
    bytes.extend(ip("tpa", "10.0.0.1")?.octets());
    Ok(bytes)
}

fn ipv4(layer: &Layer, inner: impl FnOnce(Outer) -> Result<Vec<u8>>, next: u64) -> Result<Vec<u8>> {
    let (source, destination): (Ipv4Addr, Ipv4Addr) = layer.pair()?;
    let inner = inner(Outer::Ip(source.into(), destination.into()))?;
    let mut options = layer.bytes("options")?;
    options.resize(options.len() + layer.or("nops", 0)? as usize, 1);
    let header = 20 + options.len();
    if header % 4 != 0 || header > 60 {
        return Err(format!("ipv4: {} bytes of options", options.len()));
    }
    let (offset, more) = layer.text("frag").map_or(Ok((0, false)), |text| offset(&text))?;
    let field = offset | u16::from(more) << 13 | u16::from(layer.flag("df")) << 14;
    let mut bytes = vec![
        (layer.or("version", 4)? << 4 | layer.or("ihl", header as u64 / 4)?) as u8,
        layer.or("tos", 0)? as u8,
    ];
    bytes.extend((layer.or("len", (header + inner.len()) as u64)? as u16).to_be_bytes());
    bytes.extend((layer.or("id", 0)? as u16).to_be_bytes());
    bytes.extend(field.to_be_bytes());
    bytes.extend([layer.or("ttl", 64)? as u8, layer.or("proto", next)? as u8, 0, 0]);
    bytes.extend(source.octets());
    bytes.extend(destination.octets());
    bytes.extend(options);
    let sum = layer.or("sum", checksum(&bytes).into())? as u16;
    bytes[10..12].copy_from_slice(&sum.to_be_bytes());
    bytes.extend(inner);
    Ok(bytes)
}

fn ipv6(layer: &Layer, inner: impl FnOnce(Outer) -> Result<Vec<u8>>, next: u64) -> Result<Vec<u8>> {
    let (source, destination): (Ipv6Addr, Ipv6Addr) = layer.pair()?;
    let inner = inner(Outer::Ip(source.into(), destination.into()))?;
    let first = layer.or("version", 6)? << 28 | layer.or("class", 0)? << 20 | layer.or("flow", 0)?;
    let mut bytes = (first as u32).to_be_bytes().to_vec();
    bytes.extend((layer.or("len", inner.len() as u64)? as u16).to_be_bytes());
    bytes.extend([layer.or("next", next)? as u8, layer.or("hop", 64)? as u8]);
    bytes.extend(source.octets());
    bytes.extend(destination.octets());
    bytes.extend(inner);
    Ok(bytes)
}

fn extension(layer: &Layer, next: u64) -> Result<Vec<u8>> {
    let next = layer.or("next", next)? as u8;
    if layer.name == "frag" {
        let (offset, more) = offset(layer.word(0)?)?;
        let id = layer.or("id", 0x0102_0304)? as u32;
        return Ok([&[next, 0][..], &(offset << 3 | u16::from(more)).to_be_bytes(), &id.to_be_bytes()].concat());
    }
    let authentication = layer.name == "ah";
    let default = if authentication { "16" } else { "8" };
    let length = number(layer.words.first().map_or(default, String::as_str))?;
    let count = match authentication {
        true => layer.or("words", (length / 4).saturating_sub(2))?,
        false => layer.or("units", (length / 8).saturating_sub(1))?,
    };
    let mut bytes = vec![next, count as u8];
    match layer.name.as_str() {
        // PadN over all of it.
        "hopopt" | "dstopt" => bytes.extend([1, (length - 4) as u8]),
        // A type that nobody obeys, no segments left.
        "route" => bytes.extend([253, 0]),
        _ => {}
    }
    bytes.resize(length as usize, 0);
    Ok(bytes)
}

fn transport(layer: &Layer, body: &[u8], outer: Outer) -> Result<Vec<u8>> {
    let Outer::Ip(source, destination) = outer else {
        return Err(format!("{}: not inside IP", layer.name));
    };
    let ports = || -> Result<Vec<u8>> {
        let (source, destination): (u16, u16) = layer.pair()?;
        Ok([source.to_be_bytes(), destination.to_be_bytes()].concat())
    };
    let mut bytes;
    let field = match layer.name.as_str() {
        "tcp" => {
            let options = layer.bytes("options")?;
            let mut flags = 0;
            for letter in layer.word(3)?.trim_matches('-').chars() {
                flags |= 1 << "FSRPAU".find(letter).ok_or_else(|| format!("tcp: there is no flag `{letter}`"))?;
            }
            bytes = ports()?;
            bytes.extend((layer.or("seq", 0)? as u32).to_be_bytes());
            bytes.extend((layer.or("ack", 0)? as u32).to_be_bytes());
            let offset = layer.or("offset", (20 + options.len()) as u64 / 4)?;
            bytes.extend([(offset << 4) as u8, flags, 0xFF, 0xFF, 0, 0, 0, 0]);
            bytes.extend(options);
            16
        }
        "udp" => {
            bytes = ports()?;
            bytes.extend((layer.or("len", (8 + body.len()) as u64)? as u16).to_be_bytes());
            bytes.extend([0, 0]);
            6
        }
        "sctp" => {
            // Verification tag and checksum, which nobody here looks at; a chunk of its header alone.
            bytes = [&ports()?[..], &[0x5C, 0x7B, 0, 1, 0, 0, 0, 0]].concat();
            if !layer.flag("none") {
                bytes.extend([layer.or("chunk", 1)? as u8, 0, 0, 4]);
            }
            bytes.extend(body);
            return Ok(bytes);
        }
        _ => {
            let rest = layer.bytes("rest")?;
            bytes = vec![number(layer.word(0)?)? as u8, number(layer.word(1)?)? as u8, 0, 0];
            bytes.extend(if rest.is_empty() { vec![0; 4] } else { rest });
            2
        }
    };
    bytes.extend(body);
    let protocol = announced(&layer.name, true) as u8;
    seal(&mut bytes, field, protocol, source, destination, layer.number("sum")?);
    Ok(bytes)
}

/// Puts the checksum in its field: over the pseudo-header too, but for ICMP of IPv4.
fn seal(bytes: &mut [u8], field: usize, protocol: u8, source: IpAddr, destination: IpAddr, said: Option<u64>) {
    let length = bytes.len() as u32;
    let mut covered = match (source, destination) {
        (IpAddr::V4(source), IpAddr::V4(destination)) if protocol != 1 => [source.octets(), destination.octets()].concat(),
        (IpAddr::V6(source), IpAddr::V6(destination)) => [source.octets(), destination.octets()].concat(),
        _ => Vec::new(),
    };
    if !covered.is_empty() {
        covered.extend(length.to_be_bytes());
        covered.extend([0, 0, 0, protocol]);
    }
    covered.extend(bytes.iter());
    let sum = match checksum(&covered) {
        0 if protocol == 17 => 0xFFFF,
        sum => sum,
    };
    let sum = said.map_or(sum, |said| said as u16);
    bytes[field..field + 2].copy_from_slice(&sum.to_be_bytes());
}

fn discovery(layer: &Layer, names: &Names, outer: Outer) -> Result<Vec<u8>> {
    let Outer::Ip(source, destination) = outer else {
        return Err(format!("{}: not inside IP", layer.name));
    };
    let target: Ipv6Addr = layer.word(0)?.parse().map_err(|_| format!("{}: no IPv6 address", layer.name))?;
    let (kind, option) = if layer.name == "ns" { (135, 1) } else { (136, 2) };
    let mut bytes = vec![kind, layer.or("code", 0)? as u8, 0, 0, layer.or("flags", 0)? as u8, 0, 0, 0];
    bytes.extend(target.octets());
    if let Some(mac) = layer.text("mac") {
        bytes.extend([option, 1]);
        bytes.extend(names.mac(&mac)?);
    }
    seal(&mut bytes, 2, 58, source, destination, layer.number("sum")?);
    Ok(bytes)
}
