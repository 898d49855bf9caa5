//! IndexedDB: the only place that sees the database's values. Two databases: the outbox, whose
//! schema never changes, and the catalogue, which can be fetched again.

mod acknowledged;
mod catalogue;
mod connection;
mod outbox;

pub use catalogue::IdbCatalogue;
pub use outbox::IdbOutbox;
