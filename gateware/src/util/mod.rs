//! Utilisation records in spare link bandwidth: into the gap, out of it, and the manager's table of what the blades say.

pub mod cdc;
pub mod entry;
pub mod extract;
pub mod inject;
pub mod table;

pub use cdc::UtilisationCdc;
pub use entry::UtilisationEntry;
pub use extract::UtilisationExtract;
pub use inject::UtilisationInject;
pub use table::UtilisationTable;
