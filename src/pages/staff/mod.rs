//! What staff do: read what people told, and keep what people find here true.

mod conflict;
mod editor;
pub mod event_edit;
mod event_form;
pub mod events;
pub mod feedback;
mod filters;
mod hours_rows;
mod live;
pub mod listing_edit;
mod listing_form;
pub mod listings;
mod nav;
pub mod overview;
mod phone_rows;
mod question;
mod repeat;
mod repeat_picker;
pub mod results;
mod rows;
mod schedule;
mod session;
mod shell;
pub mod surveys;
mod values;
mod words_field;
