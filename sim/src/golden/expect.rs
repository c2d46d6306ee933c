//! What a case expects, as the sets of outputs that would be right, and the model's run against it.
use super::case::{Case, Step};
use super::notation::{Names, frame};
use super::setups;
use crate::link::MIN_FRAME;
use crate::plane_model::{Cause, Decision, Frame, Output, Place, Plane, Setup, Verdict};

/// A verdict as a file says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    Balance,
    BalanceOf(Vec<usize>),
    /// The blade of this frame of the case, from 1.
    BalanceLike(usize),
    Blade(usize),
    Flood,
    Uplink,
    Reply,
    Drop(Cause),
}

impl Wanted {
    pub fn read(text: &str) -> Result<Self, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let number = |text: &str| text.parse().map_err(|_| format!("`{text}` is no number"));
        Ok(match words[..] {
            ["balance"] => Self::Balance,
            ["balance", "of", list] => Self::BalanceOf(setups::blades(list)?),
            ["balance", "like", frame] => Self::BalanceLike(number(frame)?),
            ["blade", index] => Self::Blade(number(index)?),
            ["flood"] => Self::Flood,
            ["uplink"] => Self::Uplink,
            ["reply"] => Self::Reply,
            ["drop", cause] => {
                let found = Cause::ALL.iter().find(|(name, _)| *name == cause);
                Self::Drop(found.ok_or_else(|| format!("`{cause}` is no cause"))?.1)
            }
            _ => return Err(format!("`{text}` is no verdict")),
        })
    }

    /// Whether a verdict of the model is of this kind.
    pub fn is(&self, verdict: &Verdict) -> bool {
        match (self, verdict) {
            (Self::Balance | Self::BalanceOf(_) | Self::BalanceLike(_), Verdict::Balanced(_)) => true,
            (Self::Blade(wanted), Verdict::ToBlade(blade)) => wanted == blade,
            (Self::Drop(wanted), Verdict::Dropped(cause)) => wanted == cause,
            (Self::Flood, Verdict::Flooded(_)) | (Self::Uplink, Verdict::ToUplink) | (Self::Reply, Verdict::Reply) => true,
            _ => false,
        }
    }
}

impl Wanted {
    /// As a verdict, which blades may take the frame left out.
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Balance | Self::BalanceOf(_) | Self::BalanceLike(_) => Verdict::Balanced(Vec::new()),
            Self::Blade(blade) => Verdict::ToBlade(*blade),
            Self::Flood => Verdict::Flooded(Vec::new()),
            Self::Uplink => Verdict::ToUplink,
            Self::Reply => Verdict::Reply,
            Self::Drop(cause) => Verdict::Dropped(*cause),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Change {
    /// The chosen blade's address.
    Destination,
    DestinationOf(usize),
    Vlan(u16),
    Strip,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Out {
    Nothing,
    SameBut(Vec<Change>),
    /// Bytes for each blade that may be chosen; one entry if they do not differ.
    Frames(Vec<Vec<u8>>),
}

#[derive(Debug, Clone)]
pub struct Expected {
    pub wanted: Wanted,
    out: Out,
}

impl Expected {
    pub fn read(wanted: Wanted, out: Option<&str>, setup: &Setup) -> Result<Self, String> {
        let balanced = matches!(wanted, Wanted::Balance | Wanted::BalanceOf(_) | Wanted::BalanceLike(_));
        let out = match (out, &wanted) {
            (None, Wanted::Drop(_)) => Out::Nothing,
            (Some(_), Wanted::Drop(_)) => return Err("nothing comes out of a dropped frame".into()),
            (None, Wanted::Reply) => return Err("the frame of a reply must be given".into()),
            (None, _) if balanced => Out::SameBut(vec![Change::Destination]),
            (None, _) => Out::SameBut(Vec::new()),
            (Some("same"), _) => Out::SameBut(Vec::new()),
            (Some(text), _) => match text.strip_prefix("same but ") {
                Some(list) => Out::SameBut(list.split(',').map(|c| change(c.trim())).collect::<Result<_, _>>()?),
                None if balanced && text.contains("chosen") => {
                    let of_blade = |index: usize| frame(&text.replace("chosen", &format!("blade{index}")), &Names { setup });
                    let frames = (0..setup.blades.len()).map(|index| Ok(of_blade(index)?.bytes));
                    Out::Frames(frames.collect::<Result<_, String>>()?)
                }
                None => Out::Frames(vec![frame(text, &Names { setup })?.bytes]),
            },
        };
        Ok(Self { wanted, out })
    }

    fn bytes(&self, input: &Frame, setup: &Setup, to: Place) -> Vec<u8> {
        let blade = match to {
            Place::Blade(blade) => blade,
            Place::Uplink => 0,
        };
        match &self.out {
            Out::Nothing => Vec::new(),
            Out::Frames(frames) => frames.get(blade).or(frames.first()).expect("one at least").clone(),
            Out::SameBut(changes) => {
                let mut bytes = input.bytes.clone();
                for change in changes {
                    match change {
                        Change::Destination => bytes[..6].copy_from_slice(&setup.blades[blade].mac),
                        Change::DestinationOf(other) => bytes[..6].copy_from_slice(&setup.blades[*other].mac),
                        // On purpose not the model's function: the case says which frames have a tag.
                        Change::Vlan(vlan) if bytes[12..14] == [0x81, 0x00] || bytes[12..14] == [0x88, 0xA8] => {
                            bytes[14] = bytes[14] & 0xF0 | (vlan >> 8) as u8;
                            bytes[15] = *vlan as u8;
                        }
                        Change::Vlan(vlan) => {
                            let tail = bytes.split_off(12);
                            bytes.extend([0x81, 0x00, (vlan >> 8) as u8, *vlan as u8]);
                            bytes.extend(tail);
                        }
                        Change::Strip => {
                            let tail = bytes.split_off(16);
                            bytes.truncate(12);
                            bytes.extend(tail);
                            bytes.resize(bytes.len().max(MIN_FRAME), 0);
                        }
                    }
                }
                bytes
            }
        }
    }

    /// Sets of outputs of which one must come. `chosen`: the blades of the frames before.
    pub fn alternatives(&self, from: Place, input: &Frame, setup: &Setup, chosen: &[Option<usize>]) -> Vec<Vec<Output>> {
        let one = |to: Place| Output {
            to,
            bytes: self.bytes(input, setup, to),
        };
        let each = |blades: &[usize]| blades.iter().map(|&blade| vec![one(Place::Blade(blade))]).collect();
        match &self.wanted {
            Wanted::Balance => each(&(0..setup.blades.len()).collect::<Vec<_>>()),
            Wanted::BalanceOf(blades) => each(blades),
            Wanted::BalanceLike(number) => each(&chosen[number - 1].into_iter().collect::<Vec<_>>()),
            Wanted::Blade(blade) => each(&[*blade]),
            Wanted::Flood => {
                let blades = setup.reachable().into_iter().map(Place::Blade);
                let uplink = (from != Place::Uplink).then_some(Place::Uplink);
                let places = uplink.into_iter().chain(blades).filter(|place| *place != from);
                vec![places.map(one).collect()]
            }
            Wanted::Uplink | Wanted::Reply => vec![vec![one(Place::Uplink)]],
            Wanted::Drop(_) => vec![Vec::new()],
        }
    }
}

fn change(text: &str) -> Result<Change, String> {
    let number = |text: &str| text.parse().map_err(|_| format!("`{text}` is no number"));
    match (text, text.split_once('=')) {
        ("destination-mac", _) => Ok(Change::Destination),
        ("vlan=strip", _) => Ok(Change::Strip),
        (_, Some(("vlan", vlan))) => Ok(Change::Vlan(number(vlan)?)),
        (_, Some(("destination-mac", blade))) => {
            let index = blade.strip_prefix("blade").and_then(|n| n.parse().ok());
            Ok(Change::DestinationOf(index.ok_or_else(|| format!("`{blade}` is no blade"))?))
        }
        _ => Err(format!("`{text}` is no change")),
    }
}

/// The same for what the model decided.
pub fn alternatives(decision: &Decision) -> Vec<Vec<Output>> {
    match &decision.verdict {
        Verdict::Balanced(blades) => blades.iter().map(|&blade| decision.outputs_for(Some(blade))).collect(),
        _ => vec![decision.outputs_for(None)],
    }
}

fn sorted(outputs: &[Output]) -> Vec<&Output> {
    let mut outputs: Vec<&Output> = outputs.iter().collect();
    outputs.sort_by_key(|output| (output.to, &output.bytes));
    outputs
}

/// Number of the alternative that these outputs are.
pub fn matching(alternatives: &[Vec<Output>], outputs: &[Output]) -> Option<usize> {
    alternatives.iter().position(|alternative| sorted(alternative) == sorted(outputs))
}

/// Runs a case through the model, whose choice among admissible blades is `choose(number of them)`. An error says what differs where.
pub fn run_on_model(case: &Case, choose: &mut dyn FnMut(usize) -> usize) -> Result<(), String> {
    let mut plane = Plane::new((*case.setup).clone());
    let mut chosen = Vec::new();
    for step in &case.steps {
        let exchange = match step {
            Step::Blade { index, admin, enabled } => {
                plane.set_blade(*index, *admin, *enabled);
                continue;
            }
            Step::Frame(exchange) => exchange,
        };
        let told = |what: String| format!("{}.txt:{} ({}): {what}", case.file, exchange.line, case.name);
        let decision = plane.judge(exchange.from, &exchange.frame);
        let expected = &exchange.expected;
        if !expected.wanted.is(&decision.verdict) {
            return Err(told(format!(
                "{:?} is expected, the model says {:?}",
                expected.wanted, decision.verdict
            )));
        }
        let wanted = expected.alternatives(exchange.from, &exchange.frame, plane.setup(), &chosen);
        let model = alternatives(&decision);
        let same = wanted.len() == model.len() && model.iter().all(|outputs| matching(&wanted, outputs).is_some());
        if !same {
            return Err(told(format!(
                "outputs differ\nexpected {}\nmodel    {}",
                show(&wanted),
                show(&model)
            )));
        }
        chosen.push(match &decision.verdict {
            Verdict::Balanced(blades) => {
                let blade = blades[choose(blades.len())];
                plane.chose(&decision, blade);
                Some(blade)
            }
            Verdict::ToBlade(blade) => Some(*blade),
            _ => None,
        });
    }
    Ok(())
}

/// Outputs in words a person can compare.
pub fn show(alternatives: &[Vec<Output>]) -> String {
    let output = |output: &Output| {
        let bytes: String = output.bytes.iter().take(128).map(|byte| format!("{byte:02x}")).collect();
        format!("{:?} {} bytes {bytes}", output.to, output.bytes.len())
    };
    let one = |outputs: &Vec<Output>| outputs.iter().map(output).collect::<Vec<_>>().join("; ");
    match alternatives.iter().map(one).collect::<Vec<_>>().join("\n      or ") {
        nothing if nothing.is_empty() => "nothing".into(),
        text => text,
    }
}
