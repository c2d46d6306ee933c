//! Carries a plan out.

use super::plan::Action;
use super::{Plan, Setting, Step};
use crate::services::{Keys, Services};
use crate::{Device, Error, Transport, macs, name};
use spareband_spec::regs::Place;

/// Writes step after step; `done` is told of each one that is done. Where one fails, the error says how far it came.
pub fn apply<T: Transport>(device: &mut Device<T>, plan: &Plan, mut done: impl FnMut(&Step)) -> Result<(), Error> {
    let mut keys = plan.keys.clone().unwrap_or_default();
    for (index, step) in plan.steps.iter().enumerate() {
        carry_out(device, &step.action, &mut keys).map_err(|source| Error::Partly {
            done: index,
            steps: plan.steps.len(),
            step: step.to_string(),
            source: Box::new(source),
        })?;
        done(step);
    }
    Ok(())
}

fn carry_out<T: Transport>(device: &mut Device<T>, action: &Action, keys: &mut Keys) -> Result<(), Error> {
    match action {
        Action::Write(settings) => write(device, settings),
        Action::SetAddress(address, port) => macs::add(device, *address, *port),
        // Whoever removed it meanwhile did what is wanted.
        Action::RemoveAddress(address) => macs::remove(device, *address).map(drop),
        Action::AddService(..) | Action::SetService(..) | Action::RemoveService(..) | Action::TidyServices => {
            let mut services = Services::resume(device, keys.clone());
            match action {
                Action::AddService(name, settings) => services.add(*name, settings).map(drop)?,
                Action::SetService(number, settings) => services.set(*number, settings)?,
                Action::RemoveService(number) => services.remove(*number)?,
                _ => services.tidy()?,
            }
            *keys = services.keys().clone();
            Ok(())
        }
    }
}

/// Settings of one register, or of registers that are neighbours, in one burst; other bits keep their values.
fn write<T: Transport>(device: &mut Device<T>, settings: &[Setting]) -> Result<(), Error> {
    let mut places: Vec<Place> = settings.iter().map(|setting| setting.key.place(setting.blade)).collect();
    places.sort_by_key(|place| place.address);
    places.dedup_by_key(|place| place.address);
    let mut values = device.read_places(&places)?;
    for (place, value) in places.iter().zip(&mut values) {
        let of_place = |setting: &&Setting| setting.key.place(setting.blade).address == place.address;
        for setting in settings.iter().filter(of_place) {
            *value = *value & !setting.key.mask() | setting.value;
        }
    }
    if let ([place], [value]) = (&places[..], &values[..]) {
        return device.write(place, *value);
    }
    let words: Vec<u32> = values.iter().map(|value| *value as u32).collect();
    device.write_burst(&places[0], &words)?;
    let found = device.read_places(&places)?;
    match places.iter().zip(&values).zip(&found).find(|((_, value), found)| value != found) {
        None => Ok(()),
        Some(((place, value), found)) => Err(Error::ReadBack {
            what: name::of(place),
            written: *value,
            found: *found,
        }),
    }
}
