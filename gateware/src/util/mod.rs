//! Utilisation records in spare link bandwidth: into the gap, out of it, and the manager's table of what the blades say.

pub mod aggregate;
pub mod cdc;
pub mod entry;
pub mod extract;
pub mod field_assembler;
pub mod field_round;
pub mod inject;
pub mod sequence_extract;
pub mod sequence_inject;
pub mod table;

pub use aggregate::ChassisAggregate;
pub use cdc::UtilisationCdc;
pub use entry::UtilisationEntry;
pub use extract::UtilisationExtract;
pub use field_assembler::FieldAssembler;
pub use field_round::FieldRound;
pub use inject::UtilisationInject;
pub use sequence_extract::SequenceExtract;
pub use sequence_inject::SequenceInject;
pub use table::UtilisationTable;
