//! `${name}` in cells: which questions a text or an expression speaks of.

/// One `${…}` in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reference<'a> {
    /// `${name}`.
    To(&'a str),
    /// `${last-saved#name}`: the answer in the last form that this device kept.
    LastSaved(&'a str),
    /// Something between the braces that is no name, or no closing brace.
    Broken(&'a str),
}

/// Every reference in a text, in order.
pub(crate) fn references(text: &str) -> impl Iterator<Item = Reference<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once("${")?;
        let Some((inner, next)) = after.split_once('}') else {
            rest = "";
            return Some(Reference::Broken(after));
        };
        rest = next;
        Some(match inner.strip_prefix("last-saved#") {
            Some(name) if is_reference_name(name) => Reference::LastSaved(name),
            None if is_reference_name(inner) => Reference::To(inner),
            _ => Reference::Broken(inner),
        })
    })
}

/// A text with `blank` for every `${last-saved#name}`: nothing of an earlier filling is kept here.
pub(crate) fn without_last_saved(text: &str, blank: &str) -> String {
    let mut without = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${last-saved#") {
        let Some((_, next)) = after.split_once('}') else { break };
        without.push_str(before);
        without.push_str(blank);
        rest = next;
    }
    without.push_str(rest);
    without
}

/// The name, if a text is one reference and nothing else.
pub(crate) fn only(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix("${")?.strip_suffix('}')?;
    is_reference_name(inner).then_some(inner)
}

fn is_reference_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c))
}
