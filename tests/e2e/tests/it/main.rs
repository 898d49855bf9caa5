//! The journeys.

mod feedback;
mod journey;
mod storage;
mod survey;
mod tablet;
