//! The pages of the app as people use them: what can be read and pressed on each.

pub mod builder;
pub mod events;
pub mod feedback;
pub mod saved;
pub mod staff;
pub mod support;
pub mod survey;
pub mod tablet;

pub use builder::Builder;
pub use events::Events;
pub use feedback::Feedback;
pub use saved::Saved;
pub use staff::Staff;
pub use support::Support;
pub use survey::Survey;
pub use tablet::Tablet;
