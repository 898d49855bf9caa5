//! Where an expression cannot be read, shown to people by the piece that stands there rather than by counting
//! characters.

/// Characters of a piece: enough to find it in a cell.
const CHARS: usize = 24;

/// A piece of an expression around the place where it cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The last words before that place; empty at the beginning.
    before: String,
    /// The words from there on; empty at the end.
    from: String,
}

impl Piece {
    /// The piece at a byte of a text; `place` is a boundary of characters.
    pub(super) fn of(text: &str, place: usize) -> Self {
        let (before, from) = text.split_at_checked(place).unwrap_or((text, ""));
        let (before, from) = (before.trim(), from.trim());
        let start = before.char_indices().rev().nth(CHARS - 1).map_or(0, |(at, _)| at);
        let mut tail = before[start..].to_owned();
        if start > 0 {
            tail.insert(0, '…');
        }
        let end = from.char_indices().nth(CHARS).map_or(from.len(), |(at, _)| at);
        let mut head = from[..end].to_owned();
        if end < from.len() {
            head.push('…');
        }
        Self { before: tail, from: head }
    }
}

/// What an expression needs at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A name, a number, a text or a function.
    Value,
    /// An operator, or nothing more.
    Operator,
    /// `'` or `"` in place of a curly quote.
    StraightQuote,
    /// The quote that ends a text.
    Quote,
    /// Digits with at most one point.
    Number,
    /// `${name}`.
    Name,
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// `]`.
    CloseFilter,
    /// `instance('list')`.
    Instance,
    /// A question instead of an attribute.
    NoAttribute,
}

impl Wanted {
    /// What is wrong and what to do, a sentence each.
    pub(super) fn said(self, piece: &Piece) -> String {
        let Piece { before, from } = piece;
        let (what, remedy) = match self {
            Self::Value if before.is_empty() && from.is_empty() => {
                ("Nothing is written here", "Write a ${name}, a number or a 'text'")
            }
            Self::Value if from.is_empty() => {
                ("Something is missing after “>”", "Write a ${name}, a number or a 'text' there")
            }
            Self::Value => {
                ("Something is missing before “<”", "Write a ${name}, a number or a 'text' there")
            }
            Self::Operator => {
                ("“<” cannot follow “>”", "Put a sign or word between them, such as = or and")
            }
            Self::StraightQuote => ("“<” begins with a curly quote", "Use straight quotes: 'text'"),
            Self::Quote => ("The text “<” has no quote at its end", "Add the quote"),
            Self::Number => ("“<” is not a number", "Write digits with one point, such as 12.5"),
            Self::Name => ("“<” is not a whole name", "Write the question's name between ${ and }"),
            Self::Open => ("A bracket is missing before “<”", "Add “(” there"),
            Self::Close if from.is_empty() => {
                ("A bracket is opened and not closed", "Add “)” after “>”")
            }
            Self::Close => ("“<” cannot stand in these brackets", "Put “)” or a comma before it"),
            Self::CloseFilter => ("A “[” is opened and not closed", "Add “]” after “>”"),
            Self::Instance => {
                ("instance() does not name a list", "Write its name in quotes: instance('list')")
            }
            Self::NoAttribute => {
                ("“<” is an attribute, which holds no answers", "Write a question's name")
            }
        };
        let filled = |words: &str| {
            let mut said = String::with_capacity(words.len() + before.len() + from.len());
            for letter in words.chars() {
                match letter {
                    '<' => said.push_str(from),
                    '>' => said.push_str(before),
                    letter => said.push(letter),
                }
            }
            said
        };
        format!("{}. {}.", filled(what), filled(remedy))
    }
}
