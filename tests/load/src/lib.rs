//! How much the real server bears: its own process with its usual settings, over HTTP on the
//! loopback device, with clients and database on the same machine.

pub mod herd;
pub mod line;
pub mod place;
pub mod process;
pub mod pushes;
pub mod report;
pub mod server;
pub mod times;

pub use herd::{Drained, Herd};
pub use place::{Files, Ground};
pub use times::Times;
