//! The app of Communities Together.
fn main() {}
