//! Slots: the parts of markup that are not constant.

use std::borrow::Cow;

use leptos::prelude::{Get, Memo, ReadSignal, RwSignal, Signal};
use wasm_bindgen::JsCast;
use web_sys::Event;

use super::{View, draw::fragment};

/// A value in markup, as a child, an attribute, a property, a class or a handler.
pub enum Slot {
    /// No child; no attribute; a property that stays as it is.
    Nothing,
    /// An attribute without a value, or none; a property or class that is on or off.
    Switch(bool),
    /// A text.
    Text(Cow<'static, str>),
    /// A view among the children.
    View(View),
    /// What depends on signals.
    Live(Box<dyn Fn() -> Slot>),
    /// What is done at an event.
    Handler(Box<dyn FnMut(Event)>),
}

/// What can stand in markup.
pub trait Part {
    /// The slot that shows it.
    fn into_slot(self) -> Slot;
}

impl Part for Slot {
    fn into_slot(self) -> Slot {
        self
    }
}

impl Part for View {
    fn into_slot(self) -> Slot {
        Slot::View(self)
    }
}

impl Part for () {
    fn into_slot(self) -> Slot {
        Slot::Nothing
    }
}

impl Part for bool {
    fn into_slot(self) -> Slot {
        Slot::Switch(self)
    }
}

impl Part for &'static str {
    fn into_slot(self) -> Slot {
        Slot::Text(Cow::Borrowed(self))
    }
}

impl Part for String {
    fn into_slot(self) -> Slot {
        Slot::Text(Cow::Owned(self))
    }
}

macro_rules! numbers {
    ($($number:ty)*) => {
        $(impl Part for $number {
            fn into_slot(self) -> Slot {
                self.to_string().into_slot()
            }
        })*
    };
}

numbers! { u8 u16 u32 u64 usize i32 i64 }

impl<P: Part> Part for Option<P> {
    fn into_slot(self) -> Slot {
        self.map_or(Slot::Nothing, P::into_slot)
    }
}

impl<P: Part> Part for Vec<P> {
    fn into_slot(self) -> Slot {
        self.into_iter().collect_view().into_slot()
    }
}

impl<P: Part, F: Fn() -> P + 'static> Part for F {
    fn into_slot(self) -> Slot {
        Slot::Live(Box::new(move || self().into_slot()))
    }
}

macro_rules! signals {
    ($($signal:ident)*) => {
        $(impl<P: Part + Clone + Send + Sync + 'static> Part for $signal<P> {
            fn into_slot(self) -> Slot {
                Slot::Live(Box::new(move || self.get().into_slot()))
            }
        })*
    };
}

signals! { Signal ReadSignal RwSignal Memo }

/// What is done at an event of type `E`.
pub fn on<E: JsCast>(mut handler: impl FnMut(E) + 'static) -> Slot {
    Slot::Handler(Box::new(move |event| handler(event.unchecked_into())))
}

/// Parts one after the other as one view.
pub trait CollectView {
    /// Draws each.
    fn collect_view(self) -> View;
}

impl<I: IntoIterator<Item: Part>> CollectView for I {
    fn collect_view(self) -> View {
        let mut list = fragment();
        for part in self {
            list.push(part.into_slot());
        }
        list
    }
}
