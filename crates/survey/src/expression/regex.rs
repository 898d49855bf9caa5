//! Patterns of `regex(text, pattern)`. The whole text must match, as in ODK's own apps.
//!
//! The engine takes time in proportion to pattern and text, whatever they are. It has no look-around and no
//! back-references, which cannot be had at that price.

use regex_lite::{Regex, RegexBuilder};

/// Bytes of a compiled pattern. A pattern for a telephone number has some 2 KiB, one with every word of a long list 30.
const PATTERN_BYTES: usize = 64 * 1024;
/// Parentheses within parentheses in a pattern.
const PATTERN_DEPTH: u32 = 50;

/// Reads a pattern; none if it is not understood.
pub(super) fn read(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(&format!("^(?:{pattern})$"))
        .size_limit(PATTERN_BYTES)
        .nest_limit(PATTERN_DEPTH)
        .build()
        .ok()
}
