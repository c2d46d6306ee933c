//! 1000BASE-X (IEEE 802.3 Clauses 36 and 37), full duplex, with utilisation records in the gap between frames.

pub mod auto_negotiation;
pub mod carrier_detect;
pub mod code_group_align;
pub mod decoder;
pub mod elastic_buffer;
pub mod encoder;
pub mod pcs;
pub mod receive;
pub mod synchronization;
pub mod transmit;
pub mod utilisation_pcs;

pub use auto_negotiation::AutoNegotiation;
pub use carrier_detect::CarrierDetect;
pub use code_group_align::CodeGroupAlign;
pub use decoder::Decoder8b10b;
pub use elastic_buffer::ElasticBuffer;
pub use encoder::Encoder8b10b;
pub use pcs::Pcs1000baseX;
pub use receive::Receive;
pub use synchronization::Synchronization;
pub use transmit::Transmit;
pub use utilisation_pcs::UtilisationPcs1000baseX;

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
