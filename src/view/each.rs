//! Lists whose rows stay what they are while others come and go.

use leptos::prelude::{Owner, untrack};
use web_sys::Node;

use super::{
    View,
    draw::{append, fragment},
    live::{Kept, remove},
};

/// A row that is drawn. Dropped, it ends what was made for it.
struct Row<K> {
    key: K,
    node: Node,
    _owner: Owner,
    _kept: Kept,
}

/// Draws a row for each item. A row, which must be one element, stays as it is for as long as an item has its key, so
/// that whoever types in it is not disturbed.
pub fn each<T: 'static, K: PartialEq + 'static>(
    items: impl Fn() -> Vec<T> + 'static,
    key: impl Fn(&T) -> K + 'static,
    row: impl Fn(T) -> View + 'static,
) -> View {
    let end = gloo::utils::document().create_text_node("");
    let mut view = fragment();
    append(&view.node, &end);
    // The rows outlive the turns of the effect, so they belong to whoever made the list.
    let outer = Owner::current().unwrap_or_default();
    view.kept.keep(move |before| {
        let before = before.and_then(|rows| rows.downcast::<Vec<Row<K>>>().ok());
        let mut before = before.map_or_else(Vec::new, |rows| *rows);
        let mut rows = Vec::new();
        for item in items() {
            let key = key(&item);
            rows.push(match before.iter().position(|row| row.key == key) {
                Some(place) => before.remove(place),
                None => {
                    let owner = outer.with(Owner::new);
                    let View { node, kept } = owner.with(|| untrack(|| row(item)));
                    Row { key, node, _owner: owner, _kept: kept }
                }
            });
        }
        before.iter().for_each(|gone| remove(&gone.node));
        // From the last to the first, so that a row that stands right is not moved: that would take its focus.
        let mut next: Node = end.clone().into();
        for row in rows.iter().rev() {
            if !next.previous_sibling().is_some_and(|there| there.is_same_node(Some(&row.node)))
                && let Some(parent) = next.parent_node()
            {
                let _ = parent.insert_before(&row.node, Some(&next));
            }
            next = row.node.clone();
        }
        Box::new(rows)
    });
    view
}
