//! The window: title, focus, printing, going online.

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The window. There is always one: the app runs in a page, never in a worker.
pub fn window() -> web_sys::Window {
    gloo::utils::window()
}

/// The link that a press of the pointer or a key was meant for.
pub fn link_of(event: &web_sys::Event) -> Option<web_sys::Element> {
    let target: web_sys::Element = event.target()?.dyn_into().ok()?;
    target.closest("a[href]").ok().flatten()
}

/// Sets the page's title, which a screen reader says when the page changes.
pub fn set_title(title: &str) {
    gloo::utils::document().set_title(title);
}

/// Moves the focus to the first element that fits `selector`, without scrolling past it;
/// false if there is none yet.
pub fn focus(selector: &str) -> bool {
    let found = gloo::utils::document().query_selector(selector).ok().flatten();
    let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) else {
        return false;
    };
    element.focus().is_ok()
}

/// Has the field that is typed into tell what stands in it, as if it had been left, and gives the field.
pub fn end_typing() -> Option<HtmlElement> {
    let field = gloo::utils::document().active_element()?;
    if !["INPUT", "TEXTAREA", "SELECT"].contains(&field.tag_name().as_str()) {
        return None;
    }
    let field: HtmlElement = field.dyn_into().ok()?;
    field.blur().ok()?;
    Some(field)
}

/// Scrolls to the top, as a new page would.
pub fn scroll_to_top() {
    window().scroll_to_with_x_and_y(0.0, 0.0);
}

/// Opens the browser's print dialogue; does nothing where there is none.
pub fn print() {
    if let Err(error) = window().print() {
        gloo::console::warn!("Printing failed:", error);
    }
}

/// Whether somebody can see the page.
pub fn is_visible() -> bool {
    gloo::utils::document().visibility_state() == web_sys::VisibilityState::Visible
}

/// Loads the page anew.
pub fn reload() {
    if let Err(error) = window().location().reload() {
        gloo::console::warn!("Reloading failed:", error);
    }
}

/// The languages the browser asks for, best first.
pub fn languages() -> Vec<String> {
    window().navigator().languages().iter().filter_map(|tag| tag.as_string()).collect()
}

/// The language that the page says it is in; empty if it says none.
pub fn language() -> String {
    let root = gloo::utils::document().document_element();
    root.and_then(|root| root.get_attribute("lang")).unwrap_or_default()
}

/// Says in which language the page is, for screen readers and hyphenation.
pub fn set_language(tag: &str) {
    if let Some(root) = gloo::utils::document().document_element()
        && let Err(error) = root.set_attribute("lang", tag)
    {
        gloo::console::warn!("Setting the language failed:", error);
    }
}

/// Says whether the page's lines run from left to right, `ltr`, or from right to left, `rtl`.
pub fn set_direction(direction: &str) {
    if let Some(root) = gloo::utils::document().document_element()
        && let Err(error) = root.set_attribute("dir", direction)
    {
        gloo::console::warn!("Setting the direction failed:", error);
    }
}

/// Whether the window is as wide as a tablet held upright: then there is room for filters.
pub fn is_wide() -> bool {
    window().inner_width().ok().and_then(|width| width.as_f64()).is_some_and(|width| width >= 768.0)
}
