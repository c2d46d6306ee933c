//! Reconciliation sublayer of the 10G link, IEEE 802.3 Clause 46.

mod link_fault;
mod reconciliation;

pub use link_fault::LinkFault;
pub use reconciliation::ReconciliationSublayer;
