//! Real processes, real faults.

mod backup;
mod browser;
mod cuts;
mod disk;
mod failover;
mod first_start;
mod kills;
mod postgres;
mod proxy;
mod snapshot;
