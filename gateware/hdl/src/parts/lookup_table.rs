//! A combinational table, address to data (8b/10b, decoders).
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | address | in | none | A bits |
//! | data | out | none | D bits, D at most 64 |
//!
//! Made for up to a few thousand entries. All 2^A entries are given; the constructor panics otherwise, and on an entry wider than D.

use super::text::range;
use rust_hdl::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug, LogicBlock)]
pub struct LookupTable<const A: usize, const D: usize> {
    pub address: Signal<In, Bits<A>>,
    pub data: Signal<Out, Bits<D>>,
    _entries: Vec<u64>,
}

impl<const A: usize, const D: usize> LookupTable<A, D> {
    pub fn new(entries: Vec<u64>) -> Self {
        assert!(D <= 64 && A <= 16, "at most 64 data and 16 address bits, not {D} and {A}");
        assert_eq!(entries.len(), 1 << A, "a table of {A} address bits");
        if let Some(address) = entries.iter().position(|entry| D < 64 && entry >> D != 0) {
            panic!("entry {address} is wider than {D} bits");
        }
        let first = bits::<D>(entries[0]);
        Self {
            address: Default::default(),
            data: Signal::new_with_default(first),
            _entries: entries,
        }
    }
}

impl<const A: usize, const D: usize> Logic for LookupTable<A, D> {
    fn update(&mut self) {
        if self.address.changed {
            self.data.next = bits::<D>(self._entries[self.address.val().index()]);
        }
    }
    fn connect(&mut self) {
        self.data.connect();
    }
    crate::module_name!();
    fn hdl(&self) -> Verilog {
        let mut addresses: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for (address, entry) in self._entries.iter().enumerate() {
            addresses.entry(*entry).or_default().push(address);
        }
        // The entry with the most addresses becomes the default: the text stays short, and no simulator sees an undriven case.
        let common = *addresses.iter().max_by_key(|(_, list)| list.len()).expect("a table has entries").0;
        let mut cases = String::new();
        for (entry, list) in addresses.iter().filter(|(entry, _)| **entry != common) {
            let labels: Vec<String> = list.iter().map(|address| format!("{A}'h{address:x}")).collect();
            cases += &format!("    {}: table_entry = {D}'h{entry:x};\n", labels.join(", "));
        }
        let code = format!(
            "function {}table_entry;\n  input {}entry_address;\n  case (entry_address)\n{cases}    default: table_entry = {D}'h{common:x};\n  endcase\nendfunction\n\
             assign data = table_entry(address);\n",
            range(D),
            range(A)
        );
        Verilog::Wrapper(Wrapper {
            code,
            cores: String::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_entry() {
        let entries: Vec<u64> = (0..1024).map(|address: u64| (address * 0x9E37) >> 4 & 0x7FF).collect();
        let mut uut = LookupTable::<10, 11>::new(entries.clone());
        uut.connect_all();
        assert_eq!(uut.data.val().to_u64(), entries[0]);
        for address in (0..1024).rev() {
            uut.address.next = bits::<10>(address);
            assert!(simulate(&mut uut, 10));
            assert_eq!(uut.data.val().to_u64(), entries[address as usize]);
        }
    }

    #[test]
    #[should_panic(expected = "entry 3 is wider")]
    fn refuses_a_wide_entry() {
        LookupTable::<2, 4>::new(vec![1, 2, 3, 16]);
    }
}
