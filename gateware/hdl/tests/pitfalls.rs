//! What rust-hdl's own printer gets wrong, run in lockstep: all circuits are children of one block, so one build serves them all.
//! S5, S6 and S7 are lost before there is a syntax tree (see `source_lint`); S8 and S12 are refused (tests/refusals.rs).

use rust_hdl::prelude::*;

macro_rules! circuit {
    ($name:ident { $($field:ident : $ty:ty),* $(,)? } $($kernel:tt)*) => {
        #[derive(LogicBlock, Default)]
        pub struct $name { pub clock: I<Clock>, pub a: I<Bits<8>>, pub b: I<Bits<8>>, pub s: I<Bits<3>>, pub w: I<Bits<70>>, pub y: O<Bits<32>>, $(pub $field: $ty),* }
        impl Logic for $name { $($kernel)* spareband_hdl::module_name!(); }
    };
}

type I<T> = Signal<In, T>;
type O<T> = Signal<Out, T>;
type L<T> = Signal<Local, T>;

circuit!(S1Precedence { t: L<Bit> } #[hdl_gen] fn update(&mut self) {
    self.t.next = (self.a.val() & self.b.val() == self.b.val()) & (self.a.val() ^ self.b.val() != self.a.val());
    self.y.next = 0.into();
    if self.t.val() { self.y.next = 1.into(); }
});
circuit!(S2Carries {} #[hdl_gen] fn update(&mut self) {
    self.y.next = 0.into();
    if (self.a.val() + 1) == 0 { self.y.next = 1.into(); }
    if !self.a.val() == 5 { self.y.next = 2.into(); }
    if (self.a.val() << 4) > 15 { self.y.next = 3.into(); }
    if (self.b.val() >> (self.s.val() + 3)) == 1 { self.y.next = 4.into(); }
});
circuit!(S3Casts { n: L<Bits<16>>, m: L<Bits<16>> } #[hdl_gen] fn update(&mut self) {
    self.n.next = bit_cast::<16, 8>(self.a.val() + self.b.val());
    self.m.next = bit_cast::<16, 8>(!self.a.val()) ^ bit_cast::<16, 8>(self.b.val() << 3);
    self.y.next = bit_cast::<32, 16>(self.n.val()) | (bit_cast::<32, 16>(self.m.val()) << 16);
});
circuit!(S4Narrow {} #[hdl_gen] fn update(&mut self) {
    self.y.next = bit_cast::<32, 4>(bit_cast::<4, 8>(self.a.val()) + bit_cast::<4, 8>(self.b.val()) + 9);
});
circuit!(S9PastTheTop {} #[hdl_gen] fn update(&mut self) {
    self.y.next = bit_cast::<32, 8>(self.a.val().get_bits::<8>(5)) | (bit_cast::<32, 16>(self.w.val().get_bits::<16>(60)) << 8);
});
circuit!(S10ReadsAChildsInput { r: DFF<Bits<8>> } #[hdl_gen] fn update(&mut self) {
    self.r.clock.next = self.clock.val();
    self.y.next = bit_cast::<32, 8>(self.r.d.val()) ^ bit_cast::<32, 8>(self.r.q.val());
    self.r.d.next = self.a.val() + self.r.q.val();
});
circuit!(S11ReadsBeforeAssigning { t: L<Bits<8>> } #[hdl_gen] fn update(&mut self) {
    self.y.next = bit_cast::<32, 8>(self.t.val());
    self.t.next = self.a.val();
    if self.s.val().get_bit(0) { self.t.next = self.b.val() + self.t.val(); }
});
#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
pub enum Three {
    A,
    B,
    C,
}
circuit!(S12UnusedEncoding { state: DFF<Three> } #[hdl_gen] fn update(&mut self) {
    dff_setup!(self, clock, state);
    match self.state.q.val() {
        Three::A => { self.state.d.next = Three::B; self.y.next = 1.into(); }
        Three::B => { self.state.d.next = Three::C; self.y.next = 2.into(); }
        Three::C => { self.state.d.next = Three::A; self.y.next = 3.into(); }
    }
});
circuit!(S14Constants { t: L<Bits<8>>, u: L<Bits<8>> } #[hdl_gen] fn update(&mut self) {
    self.t.next = 3.into();
    self.t.next = self.t.val() + 4;
    self.u.next = 0.into();
    if self.t.val() == 7 { self.u.next = 9.into(); }
    self.y.next = bit_cast::<32, 8>(self.u.val());
});
circuit!(Accumulates { t: L<Bits<4>>, best: L<Bits<8>>, one: L<Bit> } #[hdl_gen] fn update(&mut self) {
    self.t.next = 0.into();
    self.best.next = 0.into();
    for i in 0..8 {
        self.one.next = self.a.val().get_bit(i);
        if self.one.val() {
            self.t.next = self.t.val() + 1;
            self.best.next = self.best.val() ^ self.b.val();
        }
    }
    self.y.next = bit_cast::<32, 4>(self.t.val()) | (bit_cast::<32, 8>(self.best.val()) << 8);
});

#[derive(LogicInterface, Default)]
#[join = "SinkPort"]
pub struct SourcePort {
    pub data: O<Bits<8>>,
    pub valid: O<Bit>,
    pub ready: I<Bit>,
}
#[derive(LogicInterface, Default)]
#[join = "SourcePort"]
pub struct SinkPort {
    pub data: I<Bits<8>>,
    pub valid: I<Bit>,
    pub ready: O<Bit>,
}
#[derive(LogicBlock, Default)]
pub struct Source {
    pub a: I<Bits<8>>,
    pub port: SourcePort,
    pub stalled: O<Bit>,
}
impl Logic for Source {
    #[hdl_gen]
    fn update(&mut self) {
        self.port.data.next = self.a.val() + 1;
        self.port.valid.next = self.a.val().get_bit(0);
        self.stalled.next = !self.port.ready.val();
    }
}
#[derive(LogicBlock, Default)]
pub struct Sink {
    pub port: SinkPort,
    pub s: I<Bits<3>>,
    pub got: O<Bits<8>>,
}
impl Logic for Sink {
    #[hdl_gen]
    fn update(&mut self) {
        self.port.ready.next = self.s.val().any();
        self.got.next = 0.into();
        if self.port.valid.val() {
            self.got.next = self.port.data.val();
        }
    }
}
#[derive(LogicBlock, Default)]
pub struct Forwarder {
    pub port: SinkPort,
    pub s: I<Bits<3>>,
    pub got: O<Bits<8>>,
    sink: Sink,
}
impl Logic for Forwarder {
    #[hdl_gen]
    fn update(&mut self) {
        SinkPort::link(&mut self.port, &mut self.sink.port);
        self.sink.s.next = self.s.val();
        self.got.next = self.sink.got.val();
    }
}
circuit!(Interfaces { source: Source, sink: Forwarder } #[hdl_gen] fn update(&mut self) {
    self.source.a.next = self.a.val();
    self.sink.s.next = self.s.val();
    SourcePort::join(&mut self.source.port, &mut self.sink.port);
    self.y.next = bit_cast::<32, 8>(self.sink.got.val());
    if self.source.stalled.val() { self.y.next = 256.into(); }
});

macro_rules! all {
    ($($field:ident : $ty:ident),* $(,)?) => {
        #[derive(LogicBlock, Default)]
        pub struct All { pub clock: I<Clock>, pub a: I<Bits<8>>, pub b: I<Bits<8>>, pub s: I<Bits<3>>, pub w: I<Bits<70>>, $($field: $ty,)* pub y: [O<Bits<32>>; 11] }
    };
}
all!(c0: S1Precedence, c1: S2Carries, c2: S3Casts, c3: S4Narrow, c4: S9PastTheTop, c5: S10ReadsAChildsInput, c6: S11ReadsBeforeAssigning,
     c7: S12UnusedEncoding, c8: S14Constants, c9: Accumulates, c10: Interfaces);
macro_rules! wire {
    ($($n:literal $field:ident),*) => {
        impl Logic for All {
            fn update(&mut self) {
                $(
                    self.$field.clock.next = self.clock.val();
                    self.$field.a.next = self.a.val();
                    self.$field.b.next = self.b.val();
                    self.$field.s.next = self.s.val();
                    self.$field.w.next = self.w.val();
                    self.y[$n].next = self.$field.y.val();
                )*
            }
            fn connect(&mut self) {
                $(
                    self.$field.clock.connect();
                    self.$field.a.connect();
                    self.$field.b.connect();
                    self.$field.s.connect();
                    self.$field.w.connect();
                    self.y[$n].connect();
                )*
            }
            fn hdl(&self) -> Verilog {
                use rust_hdl::core::ast::{VerilogExpression, VerilogStatement};
                let signal = |s: String| VerilogExpression::Signal(s);
                let assign = |to: String, from: String| VerilogStatement::Assignment(signal(to), signal(from));
                let mut code = vec![];
                $(
                    for port in ["clock", "a", "b", "s", "w"] {
                        code.push(assign(format!("{}${port}$next", stringify!($field)), port.to_string()));
                    }
                    code.push(assign(format!("y[{}]$next", $n), format!("{}$y", stringify!($field))));
                )*
                Verilog::Combinatorial(code)
            }
            spareband_hdl::module_name!();
        }
    };
}
wire!(0 c0, 1 c1, 2 c2, 3 c3, 4 c4, 5 c5, 6 c6, 7 c7, 8 c8, 9 c9, 10 c10);

#[test]
fn what_the_stock_printer_gets_wrong_runs_in_lockstep() {
    spareband_hdl::lockstep!(All::default(); clock, a, b, s, w)
        .clock("clock")
        .cycles(1000)
        .run();
}

#[test]
fn the_text_is_the_same_every_time() {
    let print = || spareband_hdl::verilog::export(&mut All::default()).unwrap().to_verilog();
    assert_eq!(print(), print());
}

#[test]
fn equal_circuits_are_one_module() {
    #[derive(LogicBlock, Default)]
    struct Pair {
        clock: I<Clock>,
        a: I<Bits<8>>,
        y: O<Bits<32>>,
        left: S4Narrow,
        right: S4Narrow,
    }
    impl Logic for Pair {
        #[hdl_gen]
        fn update(&mut self) {
            self.left.clock.next = self.clock.val();
            self.left.a.next = self.a.val();
            self.left.b.next = self.a.val();
            self.left.s.next = 0.into();
            self.left.w.next = 0.into();
            self.right.clock.next = self.clock.val();
            self.right.a.next = !self.a.val();
            self.right.b.next = self.a.val();
            self.right.s.next = 0.into();
            self.right.w.next = 0.into();
            self.y.next = self.left.y.val() ^ self.right.y.val();
        }
        spareband_hdl::module_name!();
    }
    let design = spareband_hdl::verilog::export_named(&mut Pair::default(), "the_pair").unwrap();
    let names: Vec<&str> = design.modules.iter().map(|m| m.name.as_str()).collect();
    assert_eq!(names, ["the_pair", "s_4_narrow"]);
    assert_eq!(
        design.ports_json(),
        r#"{"module":"the_pair","ports":[{"dir":"in","name":"clock","width":1},{"dir":"in","name":"a","width":8},{"dir":"out","name":"y","width":32}]}"#
    );
}
