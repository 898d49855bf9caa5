//! Components: values in, callbacks out. No storage and no network here.

pub mod check;
pub mod chips;
pub mod choices;
pub mod field;
pub mod fieldset;
pub mod hours;
pub mod notice;
pub mod page;
pub mod select;
pub mod when_field;
