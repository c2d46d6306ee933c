//! Maglev table: the blade of a hash by a consistent hash, one table of 251 entries a service in two copies, which the host fills. Eisenbud et al., NSDI 2016.
//!
//! > A look-up sees one value of its service's version register: old and new blade are of one moment.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset forgets look-ups, and keeps what the host wrote |
//! | lookup, lookup_ready | in, out | 1 | a look-up is taken where both are set |
//! | service, hash | in | S, 32 | the upper half of the hash counts |
//! | starts | in | 1 | the frame starts a flow: the old version comes last |
//! | usable | in | 16 | blades that may carry frames, **4 cycles after the look-up** |
//! | result_valid | out | 1 | pulse 7 cycles after the look-up; the result stays until the next |
//! | blade, none | out | 4, 1 | `spareband_spec::maglev::choose`; none: no blade is usable, and `blade` says nothing |
//! | old_blade, new_blade | out | 4 | what the two versions have, usable or not |
//! | host_write, host_read, host_ready | in, in, out | 1 | an access is taken where it is set with `host_ready`; both: the write |
//! | host_address, host_write_data | in | 16, 32 | 8 entries of a table, or a version register; `spareband_spec::maglev` |
//! | host_read_valid, host_read_data | out | 1, 32 | pulse; the word stays until the next |
//!
//! S is log2 of the services, A = S + 6 the width of a word's address. Index: hash * 251 / 65536.
//! Latency: 7 cycles (`latency_is_seven`). Throughput: a look-up in 4 cycles; one that comes earlier is not taken. A host's access is over within 8 cycles
//! (`the_host_is_served_within_8_cycles`). Bad input: a table that was never filled says blade 0; an entry that names a blade that is not there is
//! not usable, so another is taken; address bits past the last count for nothing.

use super::HostAccess;
use rust_hdl::prelude::*;
use spareband_hdl::parts::{Multiplier, SimpleDualPortRam};
use spareband_spec::maglev::{ADDRESS_BITS, SERVICES_LOG2, SIZE};

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct State {
    /// Bit i: a look-up was taken i + 1 cycles ago.
    stage: Bits<7>,
    starts: Bit,
    /// `starts` of the look-up whose blades are known; the next may have been taken.
    begins: Bit,
    index: Bits<8>,
    /// New copy; two versions.
    version: Bits<2>,
    copy_0: Bits<4>,
    old: Bits<4>,
    new: Bits<4>,
    usable: Bits<16>,
    old_usable: Bit,
    /// Usable and not before the new version's blade.
    after: Bits<16>,
    blade: Bits<4>,
    none: Bit,
    result_old: Bits<4>,
    result_new: Bits<4>,
}

#[derive(LogicBlock)]
pub struct MaglevTable<const S: usize, const A: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub lookup: Signal<In, Bit>,
    pub lookup_ready: Signal<Out, Bit>,
    pub service: Signal<In, Bits<S>>,
    pub hash: Signal<In, Bits<32>>,
    pub starts: Signal<In, Bit>,
    pub usable: Signal<In, Bits<16>>,
    pub result_valid: Signal<Out, Bit>,
    pub blade: Signal<Out, Bits<4>>,
    pub none: Signal<Out, Bit>,
    pub old_blade: Signal<Out, Bits<4>>,
    pub new_blade: Signal<Out, Bits<4>>,
    pub host_write: Signal<In, Bit>,
    pub host_read: Signal<In, Bit>,
    pub host_ready: Signal<Out, Bit>,
    pub host_address: Signal<In, Bits<16>>,
    pub host_write_data: Signal<In, Bits<32>>,
    pub host_read_valid: Signal<Out, Bit>,
    pub host_read_data: Signal<Out, Bits<32>>,
    state: DFF<State>,
    looked_up: DFF<Bits<S>>,
    scale: Multiplier<16, 8, 24>,
    entries: SimpleDualPortRam<32, A>,
    entry_word: DFF<Bits<32>>,
    versions: SimpleDualPortRam<2, S>,
    version_copy: DFF<Bits<2>>,
    /// The host's word goes into the entries.
    writes_entry: DFF<Bit>,
    access: HostAccess,
    size: Constant<Bits<8>>,
    ready: Signal<Local, Bit>,
    take: Signal<Local, Bit>,
    quiet: Signal<Local, Bit>,
    of_version: Signal<Local, Bit>,
    index: Signal<Local, Bits<8>>,
    place: Signal<Local, Bits<6>>,
    nibble: Signal<Local, Bits<4>>,
    first_after: Signal<Local, Bits<4>>,
    any_after: Signal<Local, Bit>,
    first: Signal<Local, Bits<4>>,
    after: Signal<Local, Bits<16>>,
}

impl<const S: usize, const A: usize> Default for MaglevTable<S, A> {
    fn default() -> Self {
        assert!(
            (1..=SERVICES_LOG2).contains(&S) && A == S + 6,
            "2^{S} services with words of {A} address bits"
        );
        assert_eq!(ADDRESS_BITS, 13);
        with_defaults!(Self {
            entries: SimpleDualPortRam::default().without_bypass(),
            size: Constant::new(SIZE.to_bits()),
        }
            defaults clk reset lookup lookup_ready service hash starts usable result_valid blade none old_blade new_blade host_write
            host_read host_ready host_address host_write_data host_read_valid host_read_data state looked_up scale entry_word
            versions version_copy writes_entry access ready take quiet of_version index place nibble first_after any_after first after)
    }
}

impl<const S: usize, const A: usize> Logic for MaglevTable<S, A> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, state, looked_up, entry_word, version_copy, writes_entry);
        // 0 scale; 1, 2 words of both copies, 1 the version; 3, 4 their fabric register, and the entries; 5 who is usable; 6 choose.
        self.ready.next = !self.state.q.val().stage.get_bits::<3>(0).any();
        self.lookup_ready.next = self.ready.val();
        self.take.next = self.lookup.val() & self.ready.val();
        self.state.d.next.stage = (self.state.q.val().stage << 1) | bit_cast::<7, 1>(self.take.val().into());
        // What is offered is taken in whether it is asked for or not: so little hangs on who asks.
        if self.ready.val() {
            self.state.d.next.starts = self.starts.val();
            self.looked_up.d.next = self.service.val();
        }
        self.scale.clk.next = self.clk.val();
        self.scale.a.next = self.hash.val().get_bits::<16>(16);
        self.scale.b.next = self.size.val();
        // The host.
        self.quiet.next = !self.state.q.val().stage.get_bit(0) & !self.state.q.val().stage.get_bit(1);
        self.access.clk.next = self.clk.val();
        self.access.reset.next = self.reset.val();
        self.access.host_write.next = self.host_write.val();
        self.access.host_read.next = self.host_read.val();
        self.access.host_address.next = self.host_address.val();
        self.access.host_write_data.next = self.host_write_data.val();
        self.access.closed.next = false;
        self.access.staged.next = false;
        self.access.quiet.next = self.quiet.val();
        self.host_ready.next = self.access.host_ready.val();
        self.host_read_valid.next = self.access.host_read_valid.val();
        self.host_read_data.next = self.access.host_read_data.val();
        self.of_version.next = self.access.address.val().get_bit(12);
        // The version, as it was a cycle after the look-up was taken.
        self.versions.clk.next = self.clk.val();
        self.versions.read_address.next = self.access.address.val().get_bits::<S>(0);
        if self.state.q.val().stage.get_bit(0) {
            self.versions.read_address.next = self.looked_up.q.val();
        }
        self.versions.write_address.next = self.access.address.val().get_bits::<S>(0);
        self.versions.write_data.next = self.access.data.val().get_bits::<2>(0);
        self.versions.write_enable.next = self.access.commit.val() & self.of_version.val();
        self.version_copy.d.next = self.versions.read_data.val();
        if self.state.q.val().stage.get_bit(1) {
            self.state.d.next.version = self.versions.read_data.val();
        }
        if self.state.q.val().stage.get_bit(0) {
            self.state.d.next.index = self.scale.product.val().get_bits::<8>(16);
        }
        // The entries: copy 0, then copy 1.
        self.index.next = self.state.q.val().index;
        if self.state.q.val().stage.get_bit(0) {
            self.index.next = self.scale.product.val().get_bits::<8>(16);
        }
        self.place.next =
            bit_cast::<6, 5>(self.index.val().get_bits::<5>(3)) | (bit_cast::<6, 1>(self.state.q.val().stage.get_bit(1).into()) << 5);
        self.entries.clk.next = self.clk.val();
        self.entries.read_address.next = (bit_cast::<A, S>(self.looked_up.q.val()) << 6) | bit_cast::<A, 6>(self.place.val());
        if self.quiet.val() {
            self.entries.read_address.next = self.access.address.val().get_bits::<A>(0);
        }
        self.entries.write_address.next = self.access.address.val().get_bits::<A>(0);
        self.entries.write_data.next = self.access.data.val();
        // A cycle later, as the RAMs are many: the access stands still until then.
        self.writes_entry.d.next = self.access.commit.val() & !self.of_version.val();
        self.entries.write_enable.next = self.writes_entry.q.val();
        self.entry_word.d.next = self.entries.read_data.val();
        self.access.word.next = self.entry_word.q.val();
        if self.of_version.val() {
            self.access.word.next = bit_cast::<32, 2>(self.version_copy.q.val());
        }
        self.nibble.next = 0.into();
        for i in 0..8 {
            if self.state.q.val().index.get_bits::<3>(0) == i.to_bits::<3>() {
                self.nibble.next = self.entry_word.q.val().get_bits::<4>(4 * i);
            }
        }
        self.state.d.next.copy_0 = self.nibble.val();
        if self.state.q.val().stage.get_bit(3) {
            self.state.d.next.new = self.state.q.val().copy_0;
            if self.state.q.val().version.get_bit(0) {
                self.state.d.next.new = self.nibble.val();
            }
            self.state.d.next.old = self.state.q.val().copy_0;
            if self.state.q.val().version.get_bit(0) != self.state.q.val().version.get_bit(1) {
                self.state.d.next.old = self.nibble.val();
            }
            self.state.d.next.usable = self.usable.val();
            self.state.d.next.begins = self.state.q.val().starts;
        }
        self.state.d.next.old_usable = false;
        self.after.next = 0.into();
        for i in 0..16 {
            if (self.state.q.val().old == i.to_bits::<4>()) & self.state.q.val().usable.get_bit(i) {
                self.state.d.next.old_usable = !self.state.q.val().begins;
            }
            self.after.next = self.after.val().replace_bit(
                i,
                self.state.q.val().usable.get_bit(i) & (self.state.q.val().new <= i.to_bits::<4>()),
            );
        }
        self.state.d.next.after = self.after.val();
        // From the highest down, so that the lowest stays.
        self.first.next = 0.into();
        self.first_after.next = 0.into();
        for i in 0..16 {
            if self.state.q.val().usable.get_bit(15 - i) {
                self.first.next = (15 - i).to_bits::<4>();
            }
            if self.state.q.val().after.get_bit(15 - i) {
                self.first_after.next = (15 - i).to_bits::<4>();
            }
        }
        self.any_after.next = self.state.q.val().after.any();
        if self.state.q.val().stage.get_bit(5) {
            self.state.d.next.blade = self.first.val();
            if self.any_after.val() {
                self.state.d.next.blade = self.first_after.val();
            }
            if self.state.q.val().old_usable {
                self.state.d.next.blade = self.state.q.val().old;
            }
            self.state.d.next.none = !self.state.q.val().usable.any();
            self.state.d.next.result_old = self.state.q.val().old;
            self.state.d.next.result_new = self.state.q.val().new;
        }
        self.result_valid.next = self.state.q.val().stage.get_bit(6);
        self.blade.next = self.state.q.val().blade;
        self.none.next = self.state.q.val().none;
        self.old_blade.next = self.state.q.val().result_old;
        self.new_blade.next = self.state.q.val().result_new;
        if self.reset.val() {
            self.state.d.next.stage = 0.into();
        }
    }
    spareband_hdl::module_name!();
}
