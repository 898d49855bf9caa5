//! Functions on what was picked: names separated by spaces (ODK XForms 1.0.0, "Select Functions").

use super::{function::Simple, value::number_of};

fn count(items: usize) -> f64 {
    f64::from(u32::try_from(items).unwrap_or(u32::MAX))
}

/// `selected(list, name)`.
pub(super) fn selected(texts: &[String]) -> Simple {
    let [list, name] = texts else { return Simple::Truth(false) };
    Simple::Truth(list.split_whitespace().any(|picked| picked == name.trim()))
}

/// `selected-at(list, index)`, from 0; empty where there is none.
pub(super) fn selected_at(texts: &[String]) -> Simple {
    let [list, index] = texts else { return Simple::Text(String::new()) };
    let index = number_of(index);
    let at = if index >= 0.0 { list.split_whitespace().nth(index as usize) } else { None };
    Simple::Text(at.unwrap_or_default().to_owned())
}

/// `count-selected(list)`.
pub(super) fn count_selected(texts: &[String]) -> Simple {
    Simple::Number(count(texts.iter().flat_map(|list| list.split_whitespace()).count()))
}
