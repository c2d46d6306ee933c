//! Chassis simulation.
