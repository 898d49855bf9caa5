//! What volunteers use.

pub mod feedback;
pub mod tablet;
