//! What a manager owes the flows that pass it, whatever else happens: floods, churn, failures, pauses, broken frames. On the Verilated manager in
//! its chassis, by what is seen on the wires and the counters that a host reads; needs the models (`make sim`).
//!
//! Each test has a short form; with `SPAREBAND_LONG=1` it has the full size that docs/TESTING.md tells.
mod captures;
mod connections;
mod failover;
mod latency;
mod paused_blade;
mod return_path;
mod rig;
mod selection;
mod services;
mod syn_flood;
mod time_outs;
