//! What residents and Internet Club peers use.

pub mod event;
pub mod events;
pub mod home;
pub mod listing;
pub mod question;
pub mod shortlist;
pub mod support;
pub mod survey;
pub mod surveys;
