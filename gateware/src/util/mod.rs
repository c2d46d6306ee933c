//! Utilisation records in spare link bandwidth: into the gap, out of it, and the manager's table of what the blades say.

pub mod aggregate;
pub mod cdc;
pub mod control_extract;
pub mod control_inject;
pub mod entry;
pub mod extract;
pub mod field_assembler;
pub mod field_round;
pub mod inject;
pub mod preamble_extract;
pub mod preamble_inject;
pub mod receive_1g;
pub mod sequence_extract;
pub mod sequence_inject;
pub mod table;
pub mod transmit_1g;

pub use aggregate::ChassisAggregate;
pub use cdc::UtilisationCdc;
pub use control_extract::ControlExtract;
pub use control_inject::ControlInject;
pub use entry::UtilisationEntry;
pub use extract::UtilisationExtract;
pub use field_assembler::FieldAssembler;
pub use field_round::FieldRound;
pub use inject::UtilisationInject;
pub use preamble_extract::PreambleExtract;
pub use preamble_inject::PreambleInject;
pub use receive_1g::UtilisationReceive1g;
pub use sequence_extract::SequenceExtract;
pub use sequence_inject::SequenceInject;
pub use table::UtilisationTable;
pub use transmit_1g::UtilisationTransmit1g;
