//! Answering a query.

use crate::{
    dictionary::{Likeness, TermId},
    index::Index,
    stem::stem_letters,
    words::{Piece, has_digit, pieces},
};

/// Letters of a query that are read. People type a few words; a pasted page would cost
/// time and find nothing.
pub const QUERY_CHARS: usize = 200;
/// Words of a query that count, the first ones: what bounds its time.
pub const QUERY_WORDS: usize = 8;

/// Documents that a word finds as it is typed from which on no typing error is supposed.
/// Below, one may well be: the catalogue's own texts have typing errors too.
const ENOUGH: usize = 5;
/// Near words whose other forms are looked for as well.
const FAMILIES: usize = 4;

/// English words that say nothing about what is sought. People with little practice write
/// sentences ("I need help with my rent"), and a listing without "my" still fits. They count
/// where a query has no other words.
const STOP_WORDS: [&str; 44] = [
    "a", "about", "am", "an", "and", "any", "are", "as", "at", "be", "by", "can", "do", "for",
    "from", "get", "have", "how", "i", "im", "in", "is", "it", "me", "my", "near", "need", "of",
    "on", "or", "our", "some", "that", "the", "there", "this", "to", "want", "we", "what", "where",
    "who", "with", "you",
];

/// A document that answers the query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Its number, from 0 in the order of building.
    pub document: u32,
    /// How well it answers; comparable within one search only, above 0.
    pub score: f32,
}

/// One word of the query and the terms that answer to it.
struct Word {
    text: String,
    terms: Vec<(TermId, Likeness)>,
}

/// Neighbouring words of the query in one.
struct Joined {
    word: String,
    parts: std::ops::Range<usize>,
}

impl Index {
    /// The best `limit` documents, best first; of equal ones the first built comes first.
    /// Every word of the query must be answered; if no document answers all, those that
    /// answer the most come first. A query without words finds nothing.
    pub fn search(&self, query: &str, limit: usize) -> Vec<Hit> {
        let words = self.read(query);
        let mut scores = vec![0.0_f32; self.documents];
        let mut answered = vec![0_u8; self.documents];
        let mut of_word = vec![0.0_f32; self.documents];
        for word in &words {
            self.score(word, &mut of_word);
            for ((score, answered), of_word) in
                scores.iter_mut().zip(&mut answered).zip(&mut of_word)
            {
                if *of_word > 0.0 {
                    *score += *of_word;
                    *answered += 1;
                    *of_word = 0.0;
                }
            }
        }
        let most = answered.iter().copied().max().unwrap_or(0);
        let least = if usize::from(most) == words.len() { most.max(1) } else { 1 };
        let mut hits: Vec<(u8, Hit)> = (0..)
            .zip(answered.iter().zip(&scores))
            .filter(|(_, (answered, _))| **answered >= least)
            .map(|(document, (answered, score))| (*answered, Hit { document, score: *score }))
            .collect();
        let better = |one: &(u8, Hit), other: &(u8, Hit)| {
            (other.0.cmp(&one.0))
                .then(other.1.score.total_cmp(&one.1.score))
                .then(one.1.document.cmp(&other.1.document))
        };
        hits.sort_unstable_by(better);
        hits.into_iter().take(limit).map(|(_, hit)| hit).collect()
    }

    /// Each document's best score for one word, in `scores`.
    fn score(&self, word: &Word, scores: &mut [f32]) {
        let Some(best) = word.terms.iter().map(|(_, likeness)| *likeness).min() else { return };
        // One idf for all the terms of a word, from the commonest of the likeliest: a rare
        // misspelling must not beat the word it misspells.
        let documents = (word.terms.iter())
            .filter(|(_, likeness)| *likeness == best)
            .map(|(term, _)| self.postings(*term).len())
            .max()
            .unwrap_or(0) as f32;
        let idf = (1.0 + (self.documents as f32 - documents + 0.5) / (documents + 0.5)).ln();
        for (term, likeness) in &word.terms {
            let mut weight = idf * weight(*likeness) / weight(best);
            if *likeness == Likeness::Longer {
                // The more is still to be typed, the less is it this term.
                let typed = word.text.len() as f32 / self.dictionary.term(*term).len() as f32;
                weight *= 0.5 + 0.5 * typed;
            }
            for posting in self.postings(*term) {
                if let Some(score) = scores.get_mut(posting.document as usize) {
                    *score = score.max(weight * posting.impact);
                }
            }
        }
    }

    /// The words of the query that count, each with its terms.
    fn read(&self, query: &str) -> Vec<Word> {
        let end = query.char_indices().nth(QUERY_CHARS).map_or(query.len(), |(end, _)| end);
        let query = &query[..end];
        let mut texts: Vec<String> = Vec::new();
        let mut joined: Vec<Joined> = Vec::new();
        pieces(query, &mut |piece| match piece {
            Piece::Word(word) => texts.push(word.to_owned()),
            Piece::Joined { word, parts } => {
                let end = texts.len();
                joined.push(Joined { word: word.to_owned(), parts: end - parts..end });
            }
        });
        // "food bank" also finds "foodbank".
        joined.extend(
            (0..)
                .zip(texts.windows(2))
                .map(|(at, pair)| Joined { word: pair.concat(), parts: at..at + 2 }),
        );
        let typing = query.ends_with(|c: char| !c.is_whitespace());
        let last = texts.len().saturating_sub(1);
        let only_stop_words = texts.iter().all(|text| is_stop_word(text));
        let mut words = Vec::new();
        let counting = (0..).zip(texts).filter(|(_, text)| only_stop_words || !is_stop_word(text));
        for (at, text) in counting.take(QUERY_WORDS) {
            let open = typing && at == last;
            let mut terms = Vec::new();
            for run in joined.iter().filter(|run| run.parts.contains(&at)) {
                terms.extend(self.dictionary.get(&run.word).map(|term| (term, Likeness::Same)));
                if typing && run.parts.end > last && has_digit(&run.word) {
                    self.dictionary.longer(&run.word, &mut terms);
                }
            }
            self.answers(&text, open, &mut terms);
            if terms.is_empty()
                && let Some(halves) = self.halves(&text)
            {
                words.extend(halves);
            } else {
                if terms.is_empty() && !has_digit(&text) {
                    self.dictionary.misspelt(&text, true, &mut terms);
                }
                words.push(Word { text, terms });
            }
        }
        words
    }

    /// The terms that answer to one word.
    fn answers(&self, text: &str, open: bool, terms: &mut Vec<(TermId, Likeness)>) {
        let dictionary = &self.dictionary;
        terms.extend(dictionary.get(text).map(|term| (term, Likeness::Same)));
        for group in self.synonyms.iter().filter(|group| group.iter().any(|word| word == text)) {
            let others = group.iter().filter(|word| *word != text);
            terms
                .extend(others.filter_map(|word| Some((dictionary.get(word)?, Likeness::Related))));
        }
        if has_digit(text) {
            if open || terms.is_empty() {
                dictionary.longer(text, terms);
            }
            return;
        }
        dictionary.related(text, terms);
        if open {
            dictionary.longer(text, terms);
        }
        let documents: usize = terms.iter().map(|(term, _)| self.postings(*term).len()).sum();
        if documents >= ENOUGH {
            return;
        }
        let exact = terms.len();
        dictionary.misspelt(text, false, terms);
        if terms.is_empty() {
            dictionary.misspelt(&stem_letters(text), false, terms);
        }
        // What was meant has other forms too: "libaries" finds "library".
        let nearest = terms[exact..].iter().map(|(_, likeness)| *likeness).min();
        let meant: Vec<_> = (terms[exact..].iter())
            .filter(|(_, likeness)| Some(*likeness) == nearest)
            .take(FAMILIES)
            .copied()
            .collect();
        for (term, likeness) in meant {
            let start = terms.len();
            dictionary.related(dictionary.term(term), terms);
            for (_, related) in &mut terms[start..] {
                *related = likeness;
            }
        }
        if terms.is_empty() && !open {
            dictionary.longer(text, terms);
        }
    }

    /// Two words that were written as one: "foodbank" where listings say "food bank".
    fn halves(&self, text: &str) -> Option<[Word; 2]> {
        let half = |text: &str| {
            let term = self.dictionary.get(text).filter(|_| text.len() >= 3)?;
            Some(Word { text: text.to_owned(), terms: vec![(term, Likeness::Same)] })
        };
        text.char_indices().find_map(|(at, _)| {
            let (one, other) = text.split_at(at);
            Some([half(one)?, half(other)?])
        })
    }
}

fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.binary_search(&word).is_ok()
}

/// How much a word that is only like the one typed counts. BM25's share of one word varies
/// fourfold between a title and a long description, so an error in a title stays below the
/// word itself in any text.
fn weight(likeness: Likeness) -> f32 {
    match likeness {
        Likeness::Same => 1.0,
        Likeness::Related => 0.85,
        Likeness::Longer => 0.6,
        Likeness::OneError => 0.25,
        Likeness::TwoErrors => 0.12,
        Likeness::LongerOneError => 0.1,
    }
}
