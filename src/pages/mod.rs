//! The pages, one file a route, and the frame around them.

pub mod frame;
pub mod resident;
pub mod staff;
pub mod volunteer;
