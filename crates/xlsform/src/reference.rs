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

/// The name, if a text is one reference and nothing else.
pub(crate) fn only(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix("${")?.strip_suffix('}')?;
    is_reference_name(inner).then_some(inner)
}

fn is_reference_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c))
}
