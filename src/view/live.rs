//! The places in a view that change.

use leptos::prelude::RenderEffect;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Node, Text};

use super::{Slot, View, draw::fragment};

/// The effects of a view. Dropped, they end.
#[derive(Default)]
pub(super) struct Kept(pub(super) Vec<RenderEffect<Kept>>);

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
    view.kept.0.push(RenderEffect::new(move |old: Option<Kept>| {
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
        kept
    }));
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
