//! The agents of the blades: they write each blade's record over that blade's own UART, on time and again every period, as a program on
//! the blade does.
use crate::chassis::{Chassis, Device};
use crate::error::Result;
use crate::script::{Event, Load};
use spareband_spec::regs::BLADE;

/// One thing a blade's agent reported.
#[derive(Debug, Clone, Copy)]
pub struct Report {
    /// Nanoseconds since the first frame was due.
    pub time: u64,
    pub load: Load,
}

struct Agent {
    load: Load,
    /// Due events, earliest first, in nanoseconds.
    events: Vec<(u64, Event)>,
    next: usize,
    next_sample: u64,
    in_flight: bool,
    history: Vec<Report>,
}

pub struct Agents {
    agents: Vec<Agent>,
    /// Nanoseconds between two samples.
    period: u64,
    address: u16,
}

/// The four words from `record.load` to `record.commit`.
fn words(load: &Load) -> [u32; 4] {
    let load_word = u32::from_le_bytes([load.cpu, load.irq, load.work, load.power]);
    [
        load_word,
        u32::from(load.queue) | u32::from(load.admin) << 8,
        u32::from(load.records),
        1,
    ]
}

impl Agents {
    /// `length`: of the traffic in nanoseconds, for times given as a share of it.
    pub fn new(blades: usize, script: &[Event], length: u64, period: u64) -> Self {
        let agent = |index: usize| {
            let mine = script.iter().filter(|e| e.applies_to(index));
            let mut events: Vec<_> = mine.map(|e| (e.time.nanoseconds(length), e.clone())).collect();
            events.sort_by_key(|(time, _)| *time);
            Agent {
                load: Load::default(),
                events,
                next: 0,
                next_sample: 0,
                in_flight: false,
                history: Vec::new(),
            }
        };
        Self {
            agents: (0..blades).map(agent).collect(),
            period,
            address: BLADE.address("record", "load"),
        }
    }

    /// First reports, before any traffic: what the script says for time 0.
    pub fn begin(&mut self, chassis: &mut Chassis) -> Result<()> {
        for (index, agent) in self.agents.iter_mut().enumerate() {
            agent.take_events(0);
            agent.next_sample = self.period;
            chassis.write(Device::Blade(index), self.address, &words(&agent.load))?;
        }
        Ok(())
    }

    /// To be called often; `now` in nanoseconds since the first frame was due.
    pub fn poll(&mut self, chassis: &mut Chassis, now: u64) -> Result<()> {
        for (index, agent) in self.agents.iter_mut().enumerate() {
            if agent.in_flight {
                match chassis.poll_write(Device::Blade(index)) {
                    Some(result) => result?,
                    None => continue,
                }
                agent.in_flight = false;
            }
            if agent.due(now).next().is_none() && now < agent.next_sample {
                continue;
            }
            if chassis.begin_write(Device::Blade(index), self.address, &words(&agent.load_at(now))) {
                agent.take_events(now);
                agent.in_flight = true;
                agent.next_sample = now + self.period;
            }
        }
        Ok(())
    }

    /// Lets begun writes end, so that their answers do not meet later requests.
    pub fn settle(&mut self, chassis: &mut Chassis) -> Result<()> {
        while self.agents.iter().any(|a| a.in_flight) {
            chassis.run(16);
            for (index, agent) in self.agents.iter_mut().enumerate().filter(|(_, a)| a.in_flight) {
                if let Some(result) = chassis.poll_write(Device::Blade(index)) {
                    result?;
                    agent.in_flight = false;
                }
            }
        }
        Ok(())
    }

    /// What each blade reported, when it changed.
    pub fn history(&self) -> Vec<Vec<Report>> {
        self.agents.iter().map(|a| a.history.clone()).collect()
    }
}

impl Agent {
    fn due(&self, now: u64) -> impl Iterator<Item = &Event> {
        self.events[self.next..]
            .iter()
            .take_while(move |(time, _)| *time <= now)
            .map(|(_, event)| event)
    }

    fn load_at(&self, now: u64) -> Load {
        let mut load = self.load;
        self.due(now).for_each(|event| event.apply(&mut load));
        load
    }

    fn take_events(&mut self, now: u64) {
        let load = self.load_at(now);
        self.next += self.due(now).count();
        if load != self.load || self.history.is_empty() {
            self.history.push(Report { time: now, load });
        }
        self.load = load;
    }
}
