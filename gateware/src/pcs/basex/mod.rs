//! 1000BASE-X (IEEE 802.3 Clause 36), full duplex, with utilisation records in the gap between frames.

pub mod decoder;
pub mod encoder;

pub use decoder::Decoder8b10b;
pub use encoder::Encoder8b10b;

/// One clock cycle of a native test; `$uut` is a variable or a mutable reference.
#[cfg(test)]
macro_rules! tick {
    ($uut:expr, $($clock:ident),+) => {{
        let uut = &mut $uut;
        $(uut.$clock.next = false.into();)+
        assert!(rust_hdl::prelude::simulate(&mut *uut, 20), "does not settle");
        $(uut.$clock.next = true.into();)+
        assert!(rust_hdl::prelude::simulate(&mut *uut, 20), "does not settle");
    }};
}
#[cfg(test)]
pub(crate) use tick;
