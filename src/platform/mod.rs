//! What only the browser can tell or do: the clock, random numbers, files, printing.

pub mod attachment;
pub mod browser;
pub mod clock;
pub mod file;
pub mod ids;
pub mod local;
pub mod locks;
pub mod persistence;
pub mod place;
pub mod update;
