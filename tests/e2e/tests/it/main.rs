//! The journeys.

mod access;
mod events;
mod feedback;
mod form;
mod idle;
mod journey;
mod portal;
mod shots;
mod staff;
mod storage;
mod support;
mod survey;
mod tablet;
mod update;
