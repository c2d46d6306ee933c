//! `sim/golden/setups.txt`: the setups that cases refer to by name.
use super::notation::Names;
use crate::plane_model::{Address, Admin, Affinity, Place, Service, Setup, VlanAction};
use std::collections::BTreeMap;
use std::rc::Rc;

pub type Setups = BTreeMap<String, Rc<Setup>>;

pub fn read(text: &str) -> Result<Setups, String> {
    let mut setups: Vec<Setup> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or("").trim();
        if line.is_empty() {
            continue;
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        let told = |error: String| format!("{}: {error}", number + 1);
        if words[0] == "setup" {
            let [_, name] = words[..] else {
                return Err(told("setup wants a name".into()));
            };
            setups.push(Setup::new(name));
        } else {
            let setup = setups.last_mut().ok_or_else(|| told("begin with `setup NAME`".into()))?;
            apply(setup, &words).map_err(told)?;
        }
    }
    let mut all = Setups::new();
    for setup in setups {
        if let Some(twice) = all.insert(setup.name.clone(), Rc::new(setup)) {
            return Err(format!("setup {} is there twice", twice.name));
        }
    }
    Ok(all)
}

fn parsed<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("`{text}` is not what is wanted here"))
}

fn apply(setup: &mut Setup, words: &[&str]) -> Result<(), String> {
    match words {
        ["blade", index, rest @ ..] => {
            let index: usize = parsed(index)?;
            if index >= setup.blades.len() {
                return Err(format!("there is no blade {index}"));
            }
            for word in rest {
                let mac = word.strip_prefix("mac=").map(|mac| Names { setup }.mac(mac)).transpose()?;
                let blade = &mut setup.blades[index];
                match (word, mac) {
                    (_, Some(mac)) => blade.mac = mac,
                    (&"vlan=strip", _) => blade.vlan = VlanAction::Strip,
                    (word, _) => match word.strip_prefix("vlan=") {
                        Some(vlan) => blade.vlan = VlanAction::Set(parsed(vlan)?),
                        None => (blade.admin, blade.enabled) = state(word)?,
                    },
                }
            }
        }
        ["service", address, protocol, port, rest @ ..] => setup.services.push(service(setup, address, protocol, port, rest)?),
        ["vip", address, rest @ ..] => {
            let known = |word: &&&str| matches!(**word, "resolve" | "echo");
            if let Some(word) = rest.iter().find(|word| !known(word)) {
                return Err(format!("vip knows no `{word}`"));
            }
            setup.addresses.push(Address {
                address: parsed(address)?,
                resolve: rest.contains(&"resolve"),
                echo: rest.contains(&"echo"),
            });
        }
        ["station", mac, place] => {
            let place = match place.strip_prefix("blade") {
                Some(index) => Place::Blade(parsed(index)?),
                None if *place == "uplink" => Place::Uplink,
                None => return Err(format!("`{place}` is neither uplink nor a blade")),
            };
            let mac = Names { setup }.mac(mac)?;
            setup.stations.push((mac, place));
        }
        _ => return Err(format!("`{}` is not understood", words.join(" "))),
    }
    Ok(())
}

/// State of a blade: administration, and whether it is there at all.
pub fn state(word: &str) -> Result<(Admin, bool), String> {
    match word {
        "ready" => Ok((Admin::Ready, true)),
        "drain" => Ok((Admin::Drain, true)),
        "maintenance" => Ok((Admin::Maintenance, true)),
        "disabled" => Ok((Admin::Ready, false)),
        _ => Err(format!("`{word}` is no state of a blade")),
    }
}

/// `0,2`.
pub fn blades(text: &str) -> Result<Vec<usize>, String> {
    text.split(',').map(parsed).collect()
}

fn service(setup: &Setup, address: &str, protocol: &str, port: &str, rest: &[&str]) -> Result<Service, String> {
    let mut service = Service {
        address: parsed(address)?,
        protocol: match protocol {
            "tcp" => 6,
            "udp" => 17,
            "sctp" => 132,
            number => parsed(number)?,
        },
        port: if port == "any" { None } else { Some(parsed(port)?) },
        blades: (0..setup.blades.len()).collect(),
        affinity: Affinity::Flow,
        rewrite: true,
    };
    for word in rest {
        match *word {
            "affinity=source" => service.affinity = Affinity::Source,
            "affinity=datagram" => service.affinity = Affinity::Datagram,
            "keep-address" => service.rewrite = false,
            word => match word.strip_prefix("blades=") {
                Some(list) => service.blades = blades(list)?,
                None => return Err(format!("service knows no `{word}`")),
            },
        }
    }
    match service.blades.iter().find(|&&blade| blade >= setup.blades.len()) {
        Some(blade) => Err(format!("there is no blade {blade}")),
        None => Ok(service),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setup_is_what_it_says() {
        let all = read(
            "# two\nsetup one\n  blade 2 mac=02:00:00:00:00:09 vlan=100 drain # note\n  service 10.0.0.1 tcp 80 blades=0,2 affinity=source\n\
             vip 2001:db8::1 resolve\n station client uplink\nsetup two\n",
        )
        .unwrap();
        let one = &all["one"];
        assert_eq!(
            (one.blades[2].mac[5], one.blades[2].vlan, one.blades[2].admin),
            (9, VlanAction::Set(100), Admin::Drain)
        );
        assert_eq!((one.services[0].blades.clone(), one.services[0].port), (vec![0, 2], Some(80)));
        assert!(one.addresses[0].resolve && !one.addresses[0].echo);
        assert_eq!(one.stations[0].1, Place::Uplink);
        assert!(all["two"].services.is_empty());
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        for (text, expected) in [
            ("blade 1 drain", "1: begin with"),
            ("setup a\n\nblade 7 drain", "3: there is no blade 7"),
            ("setup a\nservice 10.0.0.1 tcp 80 blades=0,4", "2: there is no blade 4"),
            ("setup a\nservice 10.0.0.1 tcp 80 fast", "`fast`"),
            ("setup a\nblade 0 asleep", "`asleep`"),
            ("setup a\nvip 10.0.0.1 sing", "`sing`"),
            ("setup a\nsetup a", "twice"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
