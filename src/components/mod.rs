//! Components: values in, callbacks out. No storage and no network here.

pub mod chips;
pub mod choices;
pub mod field;
pub mod hours;
pub mod notice;
pub mod page;
pub mod select;
