//! Shortens the wires of a placement that nextpnr-ecp5 made, by simulated annealing under the part's rules.
//!
//! nextpnr's placer finds good places for all cells, then has to move each to one that the part's rules allow; of a part that is nearly full this makes the
//! wires a fifth longer and more, and what the placer does afterwards wins half of that back. This goes on from there: `design` reads the placed netlist,
//! `grid` knows what may stand where, `paths` what takes how long and `timing` which connections are in a hurry, `crowd` where wires are too many, `anneal` moves cells. It shares no code with nextpnr.

pub mod anneal;
pub mod crowd;
pub mod csr;
pub mod design;
pub mod grid;
pub mod paths;
pub mod timing;
pub mod wires;
