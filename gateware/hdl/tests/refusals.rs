//! Each construct without an exact Verilog form is refused, by name and with what to write instead.

use rust_hdl::prelude::*;

macro_rules! circuit {
    ($name:ident { $($field:ident : $ty:ty),* $(,)? } $($kernel:tt)*) => {
        #[derive(LogicBlock, Default)]
        pub struct $name { $(pub $field: $ty),* }
        impl Logic for $name { $($kernel)* }
    };
}

type I<T> = Signal<In, T>;
type O<T> = Signal<Out, T>;
type L<T> = Signal<Local, T>;

fn refused<U: Block + Default>(says: &[&str]) {
    let text = match spareband_hdl::verilog::export(&mut U::default()) {
        Ok(design) => panic!("printed:\n{}", design.to_verilog()),
        Err(e) => e.to_string(),
    };
    for s in says {
        assert!(text.contains(s), "`{s}` is not in\n{text}");
    }
}

circuit!(Latch { a: I<Bit>, y: O<Bit> } #[hdl_gen] fn update(&mut self) {
    if self.a.val() { self.y.next = true; }
});
circuit!(Loop { a: I<Bits<4>>, y: O<Bits<4>>, t: L<Bits<4>>, u: L<Bits<4>> } #[hdl_gen] fn update(&mut self) {
    self.t.next = self.u.val() + self.a.val();
    self.u.next = self.t.val();
    self.y.next = self.u.val();
});
circuit!(SelfLoop { y: O<Bits<4>> } #[hdl_gen] fn update(&mut self) {
    self.y.next = self.y.val() + 1;
});
circuit!(Undriven { a: I<Bit>, y: O<Bit>, r: DFF<Bit> } #[hdl_gen] fn update(&mut self) {
    self.y.next = self.r.q.val() ^ self.a.val();
});
circuit!(NoOutput { a: I<Bit>, y: O<Bit> } #[hdl_gen] fn update(&mut self) {});
circuit!(UnsetLocal { y: O<Bit>, t: L<Bit> } #[hdl_gen] fn update(&mut self) {
    self.y.next = self.t.val();
});
circuit!(Early { a: I<Bit>, y: O<Bit>, z: O<Bit>, t: L<Bit> } #[hdl_gen] fn update(&mut self) {
    if self.a.val() { self.t.next = false; }
    self.z.next = self.t.val();
    self.t.next = self.a.val();
    self.y.next = self.t.val();
});
circuit!(Keyword { a: I<Bit>, logic: O<Bit> } #[hdl_gen] fn update(&mut self) {
    self.logic.next = self.a.val();
});
const FIVE: LiteralType = 5;
circuit!(RustConst { a: I<Bits<4>>, y: O<Bits<4>> } #[hdl_gen] fn update(&mut self) {
    self.y.next = self.a.val() + FIVE;
});
circuit!(TooBig { a: I<Bits<4>>, y: O<Bit> } #[hdl_gen] fn update(&mut self) {
    self.y.next = self.a.val() == 16;
});
circuit!(Product { a: I<Signed<4>>, y: O<Bit> } #[hdl_gen] fn update(&mut self) {
    self.y.next = false;
});
circuit!(IndexArithmetic { a: I<Bits<8>>, b: I<Bits<2>>, y: O<Bit> } #[hdl_gen] fn update(&mut self) {
    self.y.next = self.a.val().get_bit(self.b.val().index() + 1);
});
circuit!(WideShift { a: I<Bits<8>>, b: I<Bits<40>>, y: O<Bits<8>> } #[hdl_gen] fn update(&mut self) {
    self.y.next = self.a.val() << self.b.val();
});
circuit!(MatchSum { a: I<Bits<2>>, y: O<Bit> } #[hdl_gen] fn update(&mut self) {
    match (self.a.val() + 1).index() {
        0 => { self.y.next = true; }
        _ => { self.y.next = false; }
    }
});
circuit!(Pins { pin: Signal<InOut, Bit>, y: O<Bit> } #[hdl_gen] fn update(&mut self) {
    self.y.next = false;
});
circuit!(WriteInput { a: I<Bit>, y: O<Bit> } #[hdl_gen] fn update(&mut self) {
    self.a.next = false;
    self.y.next = self.a.val();
});
circuit!(NoHdl { a: I<Bit>, y: O<Bit> } fn update(&mut self) {});
circuit!(HoldsNoHdl { a: I<Bit>, y: O<Bit>, c: NoHdl } #[hdl_gen] fn update(&mut self) {
    self.c.a.next = self.a.val();
    self.y.next = self.c.y.val();
});
circuit!(LoopName { i: I<Bits<4>>, y: [O<Bit>; 2] } #[hdl_gen] fn update(&mut self) {
    for i in 0..2 {
        self.y[i].next = self.i.val().get_bit(i);
    }
});
circuit!(NestedLoops { a: I<Bits<4>>, y: O<Bit> } #[hdl_gen] fn update(&mut self) {
    self.y.next = false;
    for i in 0..2 {
        self.y.next = self.a.val().get_bit(i);
        for i in 0..2 {
            self.y.next = self.a.val().get_bit(i);
        }
    }
});
circuit!(HalfWayBits { a: I<Bits<8>>, n: I<Bits<3>>, y: O<Bits<8>>, t: L<Bits<8>> } #[hdl_gen] fn update(&mut self) {
    self.t.next = self.a.val();
    self.y.next = bit_cast::<8, 2>((self.t.val() >> self.n.val()).get_bits::<2>(1));
    self.t.next = self.a.val() + 1;
});

mod one {
    use rust_hdl::prelude::*;
    #[derive(Copy, Clone, Debug, PartialEq, LogicState)]
    pub enum Mode {
        On,
        Off,
    }
}
mod two {
    use rust_hdl::prelude::*;
    #[derive(Copy, Clone, Debug, PartialEq, LogicState)]
    pub enum Mode {
        Off,
        On,
    }
}
circuit!(TwoEnums { a: I<one::Mode>, b: I<two::Mode>, y: O<Bit> } #[hdl_gen] fn update(&mut self) {
    self.y.next = (self.a.val() == one::Mode::On) & (self.b.val() == two::Mode::On);
});

#[test]
fn each_refusal_says_what_and_what_instead() {
    refused::<Latch>(&["top", "`y` is not assigned on every path", "default first"]);
    refused::<Loop>(&["combinational loop: t -> u -> t", "register"]);
    refused::<SelfLoop>(&["combinational loop: y -> y"]);
    refused::<Undriven>(&["input `r.d` of a child is never assigned", "input `r.clock`"]);
    refused::<NoOutput>(&["output `y` is never assigned"]);
    refused::<UnsetLocal>(&["Local `t` is read but never assigned"]);
    refused::<Early>(&["`t` is read before it is assigned on every path, and assigned again later"]);
    refused::<Keyword>(&["`logic` is a word of Verilog", "rename"]);
    refused::<RustConst>(&["assignment to `y`: unknown name `FIVE`", "Constant<Bits<N>>"]);
    refused::<TooBig>(&["literal 0x10 does not fit 4 bits"]);
    refused::<Product>(&["`a` is Signed"]);
    refused::<IndexArithmetic>(&["arithmetic with signals in an index", "Local"]);
    refused::<WideShift>(&["shift by a signal of 40 bits", "bit_cast"]);
    refused::<MatchSum>(&["match on an arithmetic expression"]);
    refused::<Pins>(&["`pin` is an InOut signal", "Wrapper"]);
    refused::<WriteInput>(&["assignment to `a`, which this block does not drive"]);
    refused::<NoHdl>(&["`top` has no Verilog"]);
    refused::<HoldsNoHdl>(&["top.c: `c` has no Verilog"]);
    refused::<LoopName>(&["loop variable `i` has the name of a field"]);
    refused::<NestedLoops>(&["loop variable `i` hides another"]);
    refused::<HalfWayBits>(&["reads `t` between two assignments to it", "Local first"]);
    refused::<TwoEnums>(&["two enums have a variant `Mode.On`", "different names"]);
}

#[test]
fn a_refusal_names_the_block_inside() {
    circuit!(Outer { a: I<Bit>, y: O<Bit>, inner: Latch } #[hdl_gen] fn update(&mut self) {
        self.inner.a.next = self.a.val();
        self.y.next = self.inner.y.val();
    });
    refused::<Outer>(&["top.inner: `y` is not assigned on every path"]);
}
