//! The journeys.

mod access;
mod builder;
mod events;
mod feedback;
mod files;
mod form;
mod idle;
mod import;
mod journey;
mod keyboard;
mod kinds;
mod leaving;
mod next_person;
mod outcome;
mod portal;
mod published;
mod results;
mod rules;
mod shots;
mod staff;
mod storage;
mod support;
mod survey;
mod tablet;
mod update;
mod version;
