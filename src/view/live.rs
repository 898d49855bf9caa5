//! The places in a view that change.

use std::any::Any;

use leptos::prelude::RenderEffect;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Node, Text};

use super::{Slot, View, draw::fragment};

/// The effects of a view. Dropped, they end, and so does at once what they have drawn.
///
/// An effect that is dropped lets go of what it drew only when its turn would have come. Until then the effects within
/// could have theirs, and read signals that are gone with whoever made them: that ends the program.
#[derive(Default)]
pub(super) struct Kept(Vec<RenderEffect<Box<dyn Any>>>);

impl Kept {
    /// Runs `turn` now, and again whenever a signal that it reads changes. It is given what it gave before, which is
    /// dropped with the view: what it has drawn.
    pub(super) fn keep(
        &mut self,
        turn: impl FnMut(Option<Box<dyn Any>>) -> Box<dyn Any> + 'static,
    ) {
        self.0.push(RenderEffect::new(turn));
    }

    /// Takes over the effects of another view.
    pub(super) fn extend(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        for effect in &self.0 {
            drop(effect.take_value());
        }
    }
}

/// The value behind any number of closures.
pub(super) fn resolve(mut slot: Slot) -> Slot {
    while let Slot::Live(value) = slot {
        slot = value();
    }
    slot
}

/// What a slot shows among the children of an element.
pub(super) fn view_of(slot: Slot) -> View {
    match slot {
        Slot::View(view) => view,
        Slot::Live(value) => live(value),
        Slot::Text(text) => {
            let node = gloo::utils::document().create_text_node(&text).into();
            View { node, kept: Kept::default() }
        }
        Slot::Nothing | Slot::Switch(_) | Slot::Handler(_) => fragment(),
    }
}

/// A place between two empty texts. A text is shown by the second of them, so that the node stays the same when only
/// its words change; anything else is drawn anew between the two.
fn live(value: Box<dyn Fn() -> Slot>) -> View {
    let document = gloo::utils::document();
    let (start, end) = (document.create_text_node(""), document.create_text_node(""));
    let mut view = fragment();
    super::draw::append(&view.node, &start);
    super::draw::append(&view.node, &end);
    view.kept.keep(move |old| {
        drop(old);
        let slot = resolve(value());
        let focus = clear(&start, &end);
        let (text, kept) = match slot {
            Slot::Text(text) => (text, Kept::default()),
            other => {
                let View { node, kept } = view_of(other);
                if let Some(parent) = end.parent_node() {
                    let _ = parent.insert_before(&node, Some(&end));
                }
                (Default::default(), kept)
            }
        };
        if end.data() != text {
            end.set_data(&text);
        }
        if let Some(id) = focus {
            refocus(&id);
        }
        Box::new(kept)
    });
    view
}

/// Empties the place. Gives the id of the element in it that had the focus.
fn clear(start: &Text, end: &Text) -> Option<String> {
    let active = gloo::utils::document().active_element();
    let mut focus = None;
    while let Some(node) = start.next_sibling()
        && !end.is_same_node(Some(&node))
    {
        if let Some(active) = &active
            && node.contains(Some(active))
        {
            focus = Some(active.id()).filter(|id| !id.is_empty());
        }
        remove(&node);
    }
    focus
}

pub(super) fn remove(node: &Node) {
    if let Some(parent) = node.parent_node() {
        let _ = parent.remove_child(node);
    }
}

/// Who was at a field that is drawn anew stays there.
fn refocus(id: &str) {
    let found = gloo::utils::document().get_element_by_id(id);
    if let Some(element) = found.as_ref().and_then(|found| found.dyn_ref::<HtmlElement>()) {
        let _ = element.focus();
    }
}

#[cfg(test)]
mod tests {
    // They run where the program runs: in a browser.
    use std::{cell::Cell, rc::Rc};

    use any_spawner::Executor;
    use gloo::timers::future::TimeoutFuture;
    use leptos::prelude::{Get, Owner, RwSignal, Set, Signal};
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    async fn what_was_drawn_within_ends_with_what_drew_it() {
        let _ = Executor::init_wasm_bindgen();
        let owner = Owner::new();
        let late = Rc::new(Cell::new(false));
        let told = late.clone();
        let (value, view) = owner.with(|| {
            let value = RwSignal::new(1);
            let view = View::of(move || {
                let told = told.clone();
                (value.get() == 1).then(|| {
                    // It is gone when the place is drawn anew, and the innermost place reads it.
                    let own = Signal::derive(move || value.get().to_string());
                    let innermost = move || {
                        let text = own.try_get();
                        told.set(told.get() || text.is_none());
                        text
                    };
                    View::of(move || View::of(innermost.clone()))
                })
            });
            (value, view)
        });
        let place = gloo::utils::document().create_element("div").unwrap();
        crate::view::draw::append(&place, &view.node);
        assert_eq!(place.text_content().as_deref(), Some("1"));
        // Each effect waits for its turn first: in the first one what is innermost comes first.
        TimeoutFuture::new(0).await;
        value.set(2);
        TimeoutFuture::new(0).await;
        assert_eq!(place.text_content().as_deref(), Some(""));
        assert!(!late.get(), "it was read when it was gone");
    }
}
