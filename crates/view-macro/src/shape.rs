//! The shape: what is constant in a piece of markup. Its marks are those that `src/view/draw.rs` of the app reads.

use proc_macro2::TokenStream;

/// Opens an element; its name follows.
pub const ELEMENT: char = '\u{1}';
/// Opens an element of SVG; its name follows.
pub const SVG: char = '\u{2}';
/// Closes the element that was opened last.
pub const CLOSE: char = '\u{3}';
/// A text follows.
pub const TEXT: char = '\u{4}';
/// The next slot stands here.
pub const SLOT: char = '\u{5}';
/// The name of an attribute follows; then comes [`VALUE`], or the attribute takes the next slot.
pub const ATTRIBUTE: char = '\u{6}';
/// The value of the attribute before it follows.
pub const VALUE: char = '\u{7}';
/// The name of a property follows; it takes the next slot.
pub const PROPERTY: char = '\u{e}';
/// The name of a class follows, which the next slot switches.
pub const CLASS: char = '\u{f}';
/// The name of an event follows, which the next slot handles.
pub const EVENT: char = '\u{10}';

/// A shape in the making.
#[derive(Default)]
pub struct Shape {
    /// The marks and what follows each.
    pub text: String,
    /// The expressions of the slots, in the order of their marks.
    pub slots: Vec<TokenStream>,
}

impl Shape {
    /// Adds a mark and what follows it.
    pub fn mark(&mut self, mark: char, rest: &str) {
        self.text.push(mark);
        self.text.push_str(rest);
    }

    /// Adds a mark that takes a slot.
    pub fn slot(&mut self, mark: char, rest: &str, value: TokenStream) {
        self.mark(mark, rest);
        self.slots.push(value);
    }
}
