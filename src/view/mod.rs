//! What pages are made of.
//!
//! Signals, effects, contexts and components are Leptos'; the drawing is ours. Leptos gives every piece of markup a
//! type, and the code to build, update and drop each was half of the bytes of a first visit (measured, see
//! ARCHITECTURE.md). [`view!`] makes of the same markup a constant *shape* and a list of [`Slot`]s, which one function,
//! [`draw`], turns into nodes of the document. What is constant is drawn once; a closure in a slot is an effect that
//! keeps its own place up to date, and draws that place anew.

mod draw;
mod each;
mod live;
mod slot;

use any_spawner::Executor;
use leptos::prelude::Owner;
use web_sys::Node;

pub use draw::draw;
pub use each::each;
use live::Kept;
pub use slot::{CollectView, Part, Slot, on};
pub use view_macro::view;

/// The children of a component, drawn once.
pub type Children = Box<dyn FnOnce() -> View>;

/// The children of a component that may draw them again.
pub type ChildrenFn = Box<dyn Fn() -> View + Send + Sync>;

/// Nodes that are ready to stand in the document, and the effects that keep them up to date: they end with the view.
pub struct View {
    node: Node,
    kept: Kept,
}

impl View {
    /// A view of something drawn elsewhere.
    pub fn of(part: impl Part) -> Self {
        live::view_of(part.into_slot())
    }
}

/// Draws `app` into `parent`, for as long as the page is open.
pub fn mount(parent: &Node, app: impl FnOnce() -> View) {
    // An error says that an executor is there already, which is as good.
    let _ = Executor::init_wasm_bindgen();
    let owner = Owner::new();
    let View { node, kept } = owner.with(app);
    draw::append(parent, &node);
    std::mem::forget((owner, kept));
}
