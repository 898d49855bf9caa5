//! Tests of the simulation: that it is one, that it finds bugs, and that the product has none
//! that it finds.

mod bugs;
mod seeds;
