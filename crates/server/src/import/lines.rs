//! Where in a JSON text something stands. `serde_json` keeps no positions, but a raw value
//! is a slice of the text it was read from, and a slice has a place.

use std::{collections::BTreeMap, ops::Range};

use serde_json::value::RawValue;

/// The line, from 1, of what the JSON Pointer leads to in the value at `range` of `text`; of
/// the innermost value around it, if it is not there.
pub(super) fn line_of_pointer(text: &str, range: Range<usize>, pointer: &str) -> usize {
    let value = text.get(range.clone()).unwrap_or_default();
    let found = follow(value, pointer);
    let inside = offset_in(value, found);
    line_at(text, range.start + inside)
}

/// The line, from 1, on which the byte at `offset` stands.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

/// Where `part`, a slice of `whole`, begins in it.
pub(super) fn offset_in(whole: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize)
}

fn follow<'a>(value: &'a str, pointer: &str) -> &'a str {
    let mut at = value;
    for token in pointer.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        let inner = if at.trim_start().starts_with('{') {
            serde_json::from_str::<BTreeMap<String, &RawValue>>(at)
                .ok()
                .and_then(|fields| fields.get(&token).copied())
        } else {
            let items = serde_json::from_str::<Vec<&RawValue>>(at).unwrap_or_default();
            token.parse().ok().and_then(|index: usize| items.get(index).copied())
        };
        match inner {
            Some(inner) => at = inner.get(),
            None => break,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_leads_to_its_line() {
        let text = "{\n \"a\": [1,\n  {\"b/c\":\n   7}],\n \"d\": {}\n}";
        let line = |pointer| line_of_pointer(text, 0..text.len(), pointer);
        assert_eq!(line(""), 1);
        assert_eq!(line("/a"), 2);
        assert_eq!(line("/a/1"), 3);
        assert_eq!(line("/a/1/b~1c"), 4);
        assert_eq!(line("/d/missing/deeper"), 5);
        assert_eq!(line("/nowhere"), 1);
    }
}
