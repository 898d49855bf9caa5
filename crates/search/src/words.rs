//! Cutting text into words.

use crate::fold::{Folded, fold};

/// Letters of a word that count. The longest words of English, Polish, Romanian and
/// Lithuanian prose stay below it, and comparing words costs their length squared.
pub(crate) const WORD_CHARS: usize = 32;

/// One word, or several written apart that people also write together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// A word as it stands.
    Word(&'a str),
    /// The last `parts` words in one: "116123" for "116 123", "dropin" for "drop-in".
    Joined { word: &'a str, parts: usize },
}

/// The words of `text`, folded, in order; each run of words that belong together is given
/// joined after its last word. Runs are words with digits that stand beside each other
/// (telephone numbers, postcodes) and words with a hyphen between them.
pub(crate) fn pieces(text: &str, found: &mut dyn FnMut(Piece<'_>)) {
    let mut cut = Cut { word: String::new(), chars: 0, run: String::new(), parts: 0, found };
    let mut gap = Gap::Wide;
    for c in text.chars() {
        match fold(c) {
            Folded::Letter(c) => cut.letter(c, gap),
            Folded::Pair(two) => two.chars().for_each(|c| cut.letter(c, gap)),
            Folded::Nothing => continue,
            Folded::Gap => {
                gap = if cut.end_word() { Gap::first(c) } else { gap.next(c) };
                continue;
            }
        }
        gap = Gap::Wide;
    }
    cut.end_word();
    cut.end_run();
}

/// What lies between two words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// One hyphen or slash.
    Hyphen,
    /// What may stand inside a telephone number: a space, a bracket with a space.
    Narrow,
    /// Anything else.
    Wide,
}

impl Gap {
    fn first(c: char) -> Self {
        match c {
            '-' | '/' | '\u{2010}' | '\u{2011}' => Self::Hyphen,
            ' ' | '\u{a0}' | '(' | ')' => Self::Narrow,
            _ => Self::Wide,
        }
    }

    fn next(self, c: char) -> Self {
        if self != Self::Wide && matches!(c, ' ' | '(' | ')') { Self::Narrow } else { Self::Wide }
    }
}

struct Cut<'f> {
    word: String,
    chars: usize,
    run: String,
    parts: usize,
    found: &'f mut dyn FnMut(Piece<'_>),
}

impl Cut<'_> {
    /// `gap` is what lay before the word that this letter starts.
    fn letter(&mut self, c: char, gap: Gap) {
        if self.chars == 0 && self.parts > 0 {
            let digits = || has_digit(&self.run) && c.is_ascii_digit();
            let together = gap == Gap::Hyphen || gap == Gap::Narrow && digits();
            if !together {
                self.end_run();
            }
        }
        if self.chars < WORD_CHARS {
            self.word.push(c);
            self.chars += 1;
        }
    }

    /// Whether there was a word to end.
    fn end_word(&mut self) -> bool {
        if self.chars == 0 {
            return false;
        }
        (self.found)(Piece::Word(&self.word));
        self.run.push_str(&self.word);
        self.parts += 1;
        self.word.clear();
        self.chars = 0;
        true
    }

    fn end_run(&mut self) {
        // A run longer than a word may be is no telephone number; nobody types it whole.
        if self.parts > 1 && self.run.len() <= WORD_CHARS {
            (self.found)(Piece::Joined { word: &self.run, parts: self.parts });
        }
        self.run.clear();
        self.parts = 0;
    }
}

/// Whether the word is a number or holds one. Such words are never taken for misspelt.
pub(crate) fn has_digit(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> String {
        let mut out = Vec::new();
        pieces(text, &mut |piece| match piece {
            Piece::Word(word) => out.push(word.to_owned()),
            Piece::Joined { word, parts } => out.push(format!("[{word}:{parts}]")),
        });
        out.join(" ")
    }

    #[test]
    fn words_and_runs() {
        assert_eq!(cut("Call 116 123, free!"), "call 116 123 [116123:2] free");
        assert_eq!(cut("(01375) 413 930."), "01375 413 930 [01375413930:3]");
        assert_eq!(cut("RM17 5DX"), "rm17 5dx [rm175dx:2]");
        assert_eq!(cut("Drop-in for mums"), "drop in [dropin:2] for mums");
        assert_eq!(cut("open 24/7 to 18. 20 seats"), "open 24 7 [247:2] to 18 20 seats");
        assert_eq!(cut(""), "");
        assert_eq!(cut(" - – … "), "");
        assert_eq!(cut("Bring 3 - 4 friends"), "bring 3 4 friends");
    }

    #[test]
    fn long_words_are_cut() {
        assert_eq!(cut(&"a".repeat(100)), "a".repeat(WORD_CHARS));
        assert_eq!(cut(&"ä".repeat(100)), "a".repeat(WORD_CHARS));
    }
}
