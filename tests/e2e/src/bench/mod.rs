//! The measurements, and the report they fill.

mod page;
mod report;
pub mod search;
pub mod start;
pub mod storage;
pub mod surveys;
pub mod visit;

pub use report::Report;
