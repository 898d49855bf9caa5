//! Real processes and real faults: what the tests in `tests/it` are made of.
//!
//! `cargo xtask test faults` builds the app and the server and names them in the environment,
//! see [`e2e::setup::Setup`], and tells how much is to be done, see [`Rounds`].
//!
//! Nothing here sleeps for something to become true. Where a sleep stands, the moment at its
//! end is the fault: a process is killed in whatever it does then.

pub mod chance;
pub mod database;
pub mod disk;
pub mod editor;
pub mod gateway;
pub mod ledger;
pub mod proxy;
pub mod rounds;
pub mod server;
pub mod storm;
pub mod sweep;
pub mod tablet;
pub mod tally;

pub use chance::Chance;
pub use gateway::Gateway;
pub use proxy::Proxy;
pub use rounds::Rounds;
pub use server::{Launch, Place, Server};
