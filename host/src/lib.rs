//! Host library of Spareband.
