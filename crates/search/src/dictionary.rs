//! The distinct words of all documents.

use crate::{
    distance::{Letters, Signature, forgiven},
    stem::stem,
};

/// A word's number, in the order of first appearance.
pub(crate) type TermId = u32;

/// Every distinct word once. Looking one up is a hash table; finding near ones is a walk
/// over all signatures, which 10,000 listings' 40,000 words pass in a tenth of a
/// millisecond: no tree, automaton or sorted order could repay its bytes.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    letters: String,
    /// Where each term ends in `letters`; it starts where the one before ends.
    ends: Vec<u32>,
    signatures: Vec<Signature>,
    hashes: Vec<u32>,
    stems: Vec<u32>,
    /// Open addressing, a power of two long; term id + 1, or 0 for free.
    table: Vec<u32>,
}

/// How a term answers to a word of the query, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Likeness {
    /// It is the word, whole or as a joined run.
    Same,
    /// It has the same stem, or is a synonym.
    Related,
    /// It starts with the word.
    Longer,
    /// It differs by one typing error.
    OneError,
    /// It differs by two typing errors.
    TwoErrors,
    /// Its beginning differs by one typing error.
    LongerOneError,
}

impl Dictionary {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn term(&self, id: TermId) -> &str {
        let id = id as usize;
        let start = if id == 0 { 0 } else { self.ends[id - 1] as usize };
        &self.letters[start..self.ends[id] as usize]
    }

    /// The term's number, a new one if it was not there.
    pub(crate) fn add(&mut self, word: &str) -> TermId {
        if self.table.len() < 2 * (self.ends.len() + 1) {
            self.grow();
        }
        let hash = hash(word);
        let slot = self.slot(word, hash);
        if let Some(id) = self.table[slot].checked_sub(1) {
            return id;
        }
        let id = self.ends.len() as u32;
        self.letters.push_str(word);
        self.ends.push(self.letters.len() as u32);
        self.signatures.push(Signature::of(word));
        self.hashes.push(hash);
        self.stems.push(stem(word));
        self.table[slot] = id + 1;
        id
    }

    pub(crate) fn get(&self, word: &str) -> Option<TermId> {
        if self.table.is_empty() {
            return None;
        }
        self.table[self.slot(word, hash(word))].checked_sub(1)
    }

    /// The slot that holds `word`, or the free one where it belongs.
    fn slot(&self, word: &str, hash: u32) -> usize {
        let mask = self.table.len() - 1;
        let mut slot = hash as usize & mask;
        while let Some(id) = self.table[slot].checked_sub(1) {
            if self.hashes[id as usize] == hash && self.term(id) == word {
                break;
            }
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn grow(&mut self) {
        let len = (self.table.len() * 2).max(1 << 10);
        self.table.clear();
        self.table.resize(len, 0);
        for (id, hash) in self.hashes.iter().enumerate() {
            let mut slot = *hash as usize & (len - 1);
            while self.table[slot] != 0 {
                slot = (slot + 1) & (len - 1);
            }
            self.table[slot] = id as u32 + 1;
        }
    }

    /// Terms of the stem that has `word`, itself excluded.
    pub(crate) fn related(&self, word: &str, found: &mut Vec<(TermId, Likeness)>) {
        let stem = stem(word);
        for (id, other) in (0..).zip(&self.stems) {
            if *other == stem && self.term(id) != word {
                found.push((id, Likeness::Related));
            }
        }
    }

    /// Terms that start with `word` and are longer.
    pub(crate) fn longer(&self, word: &str, found: &mut Vec<(TermId, Likeness)>) {
        let signature = Signature::of(word);
        for (id, other) in (0..).zip(&self.signatures) {
            if signature.may_become(*other, 0, true) {
                let term = self.term(id);
                if term.len() > word.len() && term.starts_with(word) {
                    found.push((id, Likeness::Longer));
                }
            }
        }
    }

    /// Terms within the forgiven number of typing errors, itself excluded. With `open`,
    /// terms whose beginning is within one error.
    pub(crate) fn misspelt(&self, word: &str, open: bool, found: &mut Vec<(TermId, Likeness)>) {
        let letters = Letters::of(word);
        let limit = forgiven(letters.len()).min(if open { 1 } else { usize::MAX });
        if limit == 0 {
            return;
        }
        let signature = Signature::of(word);
        for (id, other) in (0..).zip(&self.signatures) {
            if !signature.may_become(*other, limit as u32, open) {
                continue;
            }
            let likeness = match letters.errors(&Letters::of(self.term(id)), limit, open) {
                Some(_) if open => Likeness::LongerOneError,
                Some(1) => Likeness::OneError,
                Some(2) => Likeness::TwoErrors,
                _ => continue,
            };
            found.push((id, likeness));
        }
    }
}

/// FxHash's step over four bytes at a time, with a final mix because the table uses the
/// low bits. Words come from staff and not from attackers, and a collision costs one
/// comparison.
fn hash(word: &str) -> u32 {
    let mut hash = word.len() as u32;
    let mut step = |value: u32| hash = (hash.rotate_left(5) ^ value).wrapping_mul(0x9e37_79b1);
    let chunks = word.as_bytes().chunks_exact(4);
    let rest = chunks.remainder();
    for chunk in chunks {
        step(chunk.iter().fold(0, |value, byte| value << 8 | u32::from(*byte)));
    }
    step(rest.iter().fold(0, |value, byte| value << 8 | u32::from(*byte)));
    hash ^ hash >> 15
}
