//! How far two words are apart in typing errors, and a signature that tells quickly that
//! they are too far.

use crate::words::WORD_CHARS;

/// The most errors that are ever forgiven in one word.
pub(crate) const MAX_ERRORS: usize = 2;

/// Typing errors forgiven in a word of so many letters. In short words an error makes
/// another word too easily: "rent" is one letter from "tent", but "car" from twenty words.
pub(crate) fn forgiven(chars: usize) -> usize {
    match chars {
        0..=3 => 0,
        4..=7 => 1,
        _ => MAX_ERRORS,
    }
}

/// Which letters a word has, a bit for each letter or group of them.
///
/// Each error changes at most one letter away and one letter in, so words whose signatures
/// differ by more are not near. It sorts out 98 of 100 terms for the price of two
/// population counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signature(u32);

impl Signature {
    pub(crate) fn of(word: &str) -> Self {
        Self(word.chars().fold(0, |bits, c| bits | 1 << bit(c)))
    }

    /// Whether a word of this signature may become one of `term`'s by `errors` errors; with
    /// `open`, one of which `term` has only the beginning or the rest as well.
    pub(crate) fn may_become(self, term: Self, errors: u32, open: bool) -> bool {
        (self.0 & !term.0).count_ones() <= errors
            && (open || (term.0 & !self.0).count_ones() <= errors)
    }
}

fn bit(c: char) -> u32 {
    match c {
        'a'..='z' => c as u32 - 'a' as u32,
        '0'..='9' => 26 + (c as u32 - '0' as u32) % 6,
        // Other scripts share the letters' bits: never wrong, only less sharp.
        _ => c as u32 % 26,
    }
}

/// A word's letters, ready to compare.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Letters {
    chars: [char; WORD_CHARS],
    len: usize,
}

impl Letters {
    /// The first [`WORD_CHARS`] letters of `word`.
    pub(crate) fn of(word: &str) -> Self {
        let mut letters = Self { chars: ['\0'; WORD_CHARS], len: 0 };
        for (slot, c) in letters.chars.iter_mut().zip(word.chars()) {
            *slot = c;
            letters.len += 1;
        }
        letters
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The errors that make `self` of `term`, if at most `limit`: a letter too many, missing,
    /// or wrong, or two neighbours swapped (optimal string alignment). With `open`, what
    /// comes after the best beginning of `term` costs nothing: the word is still being typed.
    pub(crate) fn errors(&self, term: &Letters, limit: usize, open: bool) -> Option<usize> {
        let (n, m) = (self.len, term.len);
        if n > m + limit || !open && m > n + limit {
            return None;
        }
        // Row i compares the first i letters of the term. Only cells within `limit` of the
        // diagonal can count; all others hold `far`.
        let far = limit + 1;
        let mut before = [far; WORD_CHARS + 1];
        let mut above = before;
        for (j, cell) in above.iter_mut().enumerate().take(far) {
            *cell = j;
        }
        let mut best = above[n];
        for i in 1..=m.min(n + limit) {
            let mut row = [far; WORD_CHARS + 1];
            row[0] = i.min(far);
            let mut least = row[0];
            let mine = term.chars[i - 1];
            for j in i.saturating_sub(limit).max(1)..=(i + limit).min(n) {
                let wrong = usize::from(self.chars[j - 1] != mine);
                let mut errors = (above[j - 1] + wrong).min(above[j] + 1).min(row[j - 1] + 1);
                if i > 1
                    && j > 1
                    && self.chars[j - 2] == mine
                    && self.chars[j - 1] == term.chars[i - 2]
                {
                    errors = errors.min(before[j - 2] + 1);
                }
                row[j] = errors.min(far);
                least = least.min(errors);
            }
            (before, above) = (above, row);
            best = best.min(row[n]);
            if least > limit {
                break;
            }
        }
        // A finished word must have come to the term's end; after an early break its cell
        // there is `far` as well.
        let errors = if open { best } else { above[n] };
        (errors <= limit).then_some(errors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn errors(one: &str, other: &str, limit: usize) -> Option<usize> {
        Letters::of(one).errors(&Letters::of(other), limit, false)
    }

    #[test]
    fn kinds_of_errors() {
        assert_eq!(errors("sheltr", "shelter", 1), Some(1));
        assert_eq!(errors("shellter", "shelter", 1), Some(1));
        assert_eq!(errors("shalter", "shelter", 1), Some(1));
        assert_eq!(errors("shetler", "shelter", 1), Some(1));
        assert_eq!(errors("shelter", "shelter", 0), Some(0));
        assert_eq!(errors("libary", "libraries", 2), None);
        assert_eq!(errors("", "ab", 2), Some(2));
        assert_eq!(errors("ab", "", 2), Some(2));
        assert_eq!(errors("ab", "", 1), None);
    }

    #[test]
    fn words_still_being_typed() {
        let open = |one: &str, other: &str, limit| {
            Letters::of(one).errors(&Letters::of(other), limit, true)
        };
        assert_eq!(open("samrit", "samaritans", 1), Some(1));
        assert_eq!(open("samar", "samaritans", 1), Some(0));
        assert_eq!(open("zamrit", "samaritans", 1), None);
        assert_eq!(open("samaritansx", "samaritans", 1), Some(1));
    }

    /// The textbook's table, without bands and early ends.
    fn oracle(one: &[char], other: &[char], open: bool) -> usize {
        let mut table = vec![vec![0; one.len() + 1]; other.len() + 1];
        for i in 0..=other.len() {
            for j in 0..=one.len() {
                table[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let wrong = usize::from(other[i - 1] != one[j - 1]);
                    let mut least = (table[i - 1][j - 1] + wrong)
                        .min(table[i - 1][j] + 1)
                        .min(table[i][j - 1] + 1);
                    if i > 1 && j > 1 && other[i - 1] == one[j - 2] && other[i - 2] == one[j - 1] {
                        least = least.min(table[i - 2][j - 2] + 1);
                    }
                    least
                };
            }
        }
        let mut ends = table.iter().map(|row| row[one.len()]);
        if open { ends.min().unwrap() } else { ends.next_back().unwrap() }
    }

    proptest! {
        #[test]
        fn agrees_with_the_textbook(
            one in "[abc]{0,6}", other in "[abc]{0,6}", limit in 0usize..=2, open: bool,
        ) {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            let expected = oracle(&chars(&one), &chars(&other), open);
            let found = Letters::of(&one).errors(&Letters::of(&other), limit, open);
            prop_assert_eq!(found, (expected <= limit).then_some(expected));
        }

        #[test]
        fn signatures_never_rule_out_a_near_word(
            one in "[a-f0-2éц]{0,9}", other in "[a-f0-2éц]{0,9}", open: bool,
        ) {
            if let Some(errors) = Letters::of(&one).errors(&Letters::of(&other), 2, open) {
                let errors = u32::try_from(errors).unwrap();
                prop_assert!(Signature::of(&one).may_become(Signature::of(&other), errors, open));
            }
        }
    }
}
