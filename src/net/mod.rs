//! The network: the app's only way to the server.

mod gateway;

pub use gateway::Gateway;
