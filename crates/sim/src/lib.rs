//! A seeded simulation of tablets and server.
//!
//! The real sync engine runs on tablets whose disk, clock and network are simulated; the real
//! intake and store of the server run over the database in memory. One scheduler decides who
//! goes on, what arrives and what breaks. A witness knows what was promised to people and looks
//! at every transaction on both sides.
//!
//! ```text
//!   step       what happens, drawn from a seed before anything does: a plan
//!   scheduler  who goes on              round     sync on a tablet      drain  the end
//!   network    bytes under way          delivery  what they meet        strike what breaks
//!   tablet     profile, clock, chance   task   what it is doing
//!   storage, catalogue, gateway         the engine's traits, with turns
//!   server     the real intake and store over disk and front, with turns
//!   upkeep, press                       what it does of itself: its snapshots on the real shelf
//!   ledger, shadow, watch, staging      the witness
//!   bug, plant                          bugs that the witness must find
//! ```
//!
//! **Invariants**
//! - A plan and a bug decide everything: the same ones give the same trace, to the byte.
//! - No decision of tablets or server is made here: both sides are the product's own code.
//! - Whatever part of a plan is left out, the rest is a plan.

mod bug;
mod catalogue;
mod delivery;
mod disk;
mod drain;
mod fault;
mod front;
mod gateway;
mod invariant;
mod ledger;
mod network;
mod plant;
mod press;
mod round;
mod run;
mod scheduler;
mod server;
mod shadow;
mod shrink;
mod staff;
mod staging;
mod step;
mod storage;
mod strike;
mod tablet;
mod task;
mod trace;
mod turn;
mod upkeep;
mod watch;
mod world;

pub use bug::Bug;
pub use fault::{Fault, Tally};
pub use invariant::{Invariant, Violation};
pub use run::{Ending, Survey, run, survey};
pub use shrink::shrink;
pub use step::{Blow, Plan, Step};
