//! Drawing: a shape and its slots become nodes of the document.

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Document, Element, Event, Node};

use super::{
    Slot, View,
    live::{Kept, resolve, view_of},
};

/// The marks of a shape, as `crates/view-macro/src/shape.rs` writes and explains them.
mod mark {
    pub const ELEMENT: u8 = 1;
    pub const SVG: u8 = 2;
    pub const CLOSE: u8 = 3;
    pub const TEXT: u8 = 4;
    pub const SLOT: u8 = 5;
    pub const ATTRIBUTE: u8 = 6;
    pub const VALUE: u8 = 7;
    pub const PROPERTY: u8 = 14;
    pub const CLASS: u8 = 15;
    pub const EVENT: u8 = 16;
}

/// Makes nodes of a shape. Only [`view!`](super::view) writes shapes, so one that makes no sense draws what can be drawn.
pub fn draw(shape: &'static str, slots: Box<[Slot]>) -> View {
    let document = gloo::utils::document();
    let mut slots = slots.into_vec().into_iter();
    let mut root = fragment();
    let mut open: Vec<Element> = Vec::new();
    // Properties are set when all children are there: a list shows what is chosen of its options.
    let mut properties = Vec::new();
    let mut rest = shape;
    while let Some(&kind) = rest.as_bytes().first() {
        let after = &rest[1..];
        let end = after.bytes().position(|byte| byte < 32 && byte != b'\n').unwrap_or(after.len());
        let (name, following) = after.split_at(end);
        rest = following;
        let mut slot = || slots.next().unwrap_or(Slot::Nothing);
        match kind {
            mark::ELEMENT | mark::SVG => open.extend(made(&document, kind, name)),
            mark::CLOSE => {
                let closed = open.pop();
                let parent = open.last().map_or(&root.node, |parent| parent);
                if let Some(closed) = closed {
                    append(parent, &closed);
                }
            }
            mark::TEXT => {
                let parent = open.last().map_or(&root.node, |parent| parent);
                append(parent, &document.create_text_node(name));
            }
            mark::SLOT => {
                let View { node, kept } = view_of(slot());
                append(open.last().map_or(&root.node, |parent| parent), &node);
                root.kept.extend(kept);
            }
            mark::EVENT => {
                if let (Some(element), Slot::Handler(handler)) = (open.last(), slot()) {
                    listen(element, name, handler);
                }
            }
            mark::ATTRIBUTE => {
                let Some(element) = open.last() else { continue };
                match rest.strip_prefix(char::from(mark::VALUE)) {
                    Some(value) => {
                        let end = value.bytes().position(|byte| byte < 32 && byte != b'\n');
                        let (value, following) = value.split_at(end.unwrap_or(value.len()));
                        rest = following;
                        let _ = element.set_attribute(name, value);
                    }
                    None => bind(&mut root.kept, element, name, slot(), set_attribute),
                }
            }
            mark::CLASS => {
                let Some(element) = open.last() else { continue };
                bind(&mut root.kept, element, name, slot(), set_class);
            }
            mark::PROPERTY => properties.push((open.last().cloned(), name, slot())),
            _ => {}
        }
    }
    for (element, name, slot) in properties {
        if let Some(element) = element {
            bind(&mut root.kept, &element, name, slot, set_property);
        }
    }
    // One element stands for itself: a fragment is empty once it has been put into the page, and `each` moves rows.
    if let Some(only) = root.node.first_child().filter(|first| first.next_sibling().is_none()) {
        root.node = only;
    }
    root
}

fn made(document: &Document, kind: u8, name: &str) -> Option<Element> {
    if kind == mark::SVG {
        document.create_element_ns(Some("http://www.w3.org/2000/svg"), name).ok()
    } else {
        document.create_element(name).ok()
    }
}

/// A view without nodes, to which others are added.
pub(super) fn fragment() -> View {
    let node = gloo::utils::document().create_document_fragment().unchecked_into();
    View { node, kept: Kept::default() }
}

impl View {
    /// Adds what a slot shows.
    pub(super) fn push(&mut self, slot: Slot) {
        let View { node, kept } = view_of(slot);
        append(&self.node, &node);
        self.kept.extend(kept);
    }
}

/// Appends a node. It fails only for a node that holds its own parent, which markup cannot say.
pub(super) fn append(parent: &Node, node: &Node) {
    let _ = parent.append_child(node);
}

/// The garbage collector frees the handler with its element.
fn listen(element: &Element, name: &str, handler: Box<dyn FnMut(Event)>) {
    let handler = Closure::wrap(handler).into_js_value();
    let _ = element.add_event_listener_with_callback(name, handler.unchecked_ref());
}

type Set = fn(&Element, &'static str, Slot);

/// Sets something on an element, now and whenever it changes.
fn bind(kept: &mut Kept, element: &Element, name: &'static str, slot: Slot, set: Set) {
    let Slot::Live(value) = slot else {
        set(element, name, slot);
        return;
    };
    let element = element.clone();
    kept.keep(move |_| {
        set(&element, name, resolve(value()));
        Box::new(())
    });
}

fn set_attribute(element: &Element, name: &'static str, value: Slot) {
    let _ = match value {
        Slot::Text(text) => element.set_attribute(name, &text),
        Slot::Switch(true) => element.set_attribute(name, ""),
        _ => element.remove_attribute(name),
    };
}

fn set_class(element: &Element, name: &'static str, value: Slot) {
    let on = matches!(value, Slot::Switch(true));
    let _ = element.class_list().toggle_with_force(name, on);
}

/// Sets a property that differs: to set the same again would move the caret in a field.
fn set_property(element: &Element, name: &'static str, value: Slot) {
    let value = match value {
        Slot::Text(text) => JsValue::from_str(&text),
        Slot::Switch(on) => JsValue::from_bool(on),
        _ => return,
    };
    let name = JsValue::from_str(name);
    if Reflect::get(element, &name).ok().as_ref() != Some(&value) {
        let _ = Reflect::set(element, &name, &value);
    }
}
