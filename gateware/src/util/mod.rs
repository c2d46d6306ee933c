//! Utilisation records in spare link bandwidth: into the gap, out of it, and the manager's table of what the blades say.

pub mod extract;
pub mod inject;

pub use extract::UtilisationExtract;
pub use inject::UtilisationInject;
