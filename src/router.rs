//! The address bar: which page it names, and what a link does.
//!
//! Own, because the stable addresses of the product are a dozen fixed paths, and the router of the
//! framework costs more bytes than all the pages for residents (measured; see ARCHITECTURE.md).
//! Pages use plain links; one listener turns those within the app into page changes.

use std::{cell::RefCell, rc::Rc};

use gloo::events::{EventListener, EventListenerOptions};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlAnchorElement, MouseEvent, UrlSearchParams};

use crate::{
    locale::{key, t},
    platform::browser::{scroll_to_top, window},
};

thread_local! {
    static PATH: ArcRwSignal<String> = ArcRwSignal::new(String::new());
    static QUERY: ArcRwSignal<String> = ArcRwSignal::new(String::new());
    /// The page that is asked before it is left.
    static GUARD: RefCell<Option<Guard>> = RefCell::default();
}

/// Takes what is typed before the address that it is given is shown, and says whether nothing is lost then.
pub type Guard = Rc<dyn Fn(&str) -> bool>;

/// Has the page asked before a link or the browser's own way back leads away from it; people decide where it would lose something.
pub fn guard(guard: Option<Guard>) {
    GUARD.set(guard);
}

/// Says whether a form holds answers that leaving the page would lose.
pub fn hold(held: bool) {
    guard(if held { Some(Rc::new(|_| false)) } else { None });
}

fn may_leave(address: &str) -> bool {
    // Not borrowed while it is asked: what it takes may change the page, and the guard with it.
    let guard = GUARD.with_borrow(Clone::clone);
    guard.is_none_or(|guard| guard(address))
        || window().confirm_with_message(&t(key::LEAVE_FORM)).unwrap_or(true)
}

/// Reads the address and begins to follow it.
pub fn start() {
    read();
    EventListener::new(&window(), "popstate", |_| {
        let location = window().location();
        let path = location.pathname().unwrap_or_default();
        let query = location.search().unwrap_or_default();
        if may_leave(&format!("{path}{query}")) {
            read();
        } else {
            // The browser has gone back already: stay where the form is.
            let query = QUERY.with(GetUntracked::get_untracked);
            change(&format!("{}{query}", path_now()), History::push_state_with_url);
        }
    })
    .forget();
    let options = EventListenerOptions::enable_prevent_default();
    let document = gloo::utils::document();
    EventListener::new_with_options(&document, "click", options, |event| {
        let Some(event) = event.dyn_ref::<MouseEvent>() else { return };
        if let Some(address) = inner_link(event) {
            event.prevent_default();
            if may_leave(&address) {
                go(&address);
            }
        }
    })
    .forget();
}

fn read() {
    let location = window().location();
    let path = location.pathname().unwrap_or_default();
    let query = location.search().unwrap_or_default();
    QUERY.with(|signal| set_if_other(signal, query));
    PATH.with(|signal| set_if_other(signal, path));
}

fn set_if_other(signal: &ArcRwSignal<String>, value: String) {
    if signal.with_untracked(|old| *old != value) {
        signal.set(value);
    }
}

/// The address of a pressed link, if it leads to another page of the app in this tab.
fn inner_link(event: &MouseEvent) -> Option<String> {
    let modified = event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key();
    if event.default_prevented() || event.button() != 0 || modified {
        return None;
    }
    let target: web_sys::Element = event.target()?.dyn_into().ok()?;
    let link: HtmlAnchorElement = target.closest("a[href]").ok()??.dyn_into().ok()?;
    let leaves = !link.target().is_empty()
        || link.has_attribute("download")
        || link.rel().contains("external")
        || link.origin() != window().location().origin().ok()?;
    // The API is no page.
    let elsewhere = Program::of(&link.pathname()) != Program::of(&path_now());
    if leaves || elsewhere || link.pathname().starts_with("/api/") {
        return None;
    }
    Some(format!("{}{}", link.pathname(), link.search()))
}

/// Goes to another page of the app.
pub fn go(address: &str) {
    change(address, History::push_state_with_url);
    scroll_to_top();
}

fn path_now() -> String {
    PATH.with(GetUntracked::get_untracked)
}

/// The programs: a link from one to another loads the page anew, as /boot.js divides them.
#[derive(PartialEq)]
enum Program {
    Public,
    Survey,
    Staff,
}

impl Program {
    fn of(path: &str) -> Self {
        if path == "/staff" || path.starts_with("/staff/") {
            Self::Staff
        } else if path.strip_prefix("/surveys/").is_some_and(|id| !id.is_empty()) {
            Self::Survey
        } else {
            Self::Public
        }
    }
}

type History = web_sys::History;
type Change = fn(&History, &JsValue, &str, Option<&str>) -> Result<(), JsValue>;

fn change(address: &str, how: Change) {
    let changed = window().history().and_then(|it| how(&it, &JsValue::NULL, "", Some(address)));
    match changed {
        Ok(()) => read(),
        Err(error) => gloo::console::warn!("The address did not change:", error),
    }
}

/// The parts of the path, decoded: `["events", "knit-and-natter"]`; tracked.
pub fn segments() -> Vec<String> {
    let path = PATH.with(Get::get);
    path.split('/')
        .filter(|part| !part.is_empty())
        .map(|part| js_sys::decode_uri_component(part).map_or(part.to_owned(), String::from))
        .collect()
}

/// A value of the query, if it is there and not empty; tracked.
pub fn query(name: &str) -> Option<String> {
    let query = QUERY.with(Get::get);
    let value = UrlSearchParams::new_with_str(&query).ok()?.get(name)?;
    Some(value).filter(|value| !value.is_empty())
}

/// Sets a value of the query, or removes it, without a new entry in the history: the way back
/// from the next page brings the values back.
pub fn set_query(name: &str, value: &str) {
    let query = QUERY.with(GetUntracked::get_untracked);
    let Ok(values) = UrlSearchParams::new_with_str(&query) else { return };
    if value.is_empty() {
        values.delete(name);
    } else {
        values.set(name, value);
    }
    let path = path_now();
    let query: String = values.to_string().into();
    let mark = if query.is_empty() { "" } else { "?" };
    change(&format!("{path}{mark}{query}"), History::replace_state_with_url);
}
