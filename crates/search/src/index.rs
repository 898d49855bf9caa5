//! The index: which document has which word, and how much that says about it.

use crate::{
    dictionary::{Dictionary, TermId},
    words::{Piece, pieces},
};

/// BM25's saturation: how fast more of the same word stops counting.
const K1: f32 = 1.2;
/// BM25's length normalisation: how far a word in a long text counts less. Below the usual
/// 0.75, since a full description should not be held against a listing.
const B: f32 = 0.5;

/// A document to be indexed.
#[derive(Debug, Clone, PartialEq)]
pub struct Document<'a> {
    /// Its texts, each with how much a word in it counts; 1 is plain text. Weights that are
    /// not above 0 keep the text out.
    pub fields: Vec<(f32, &'a str)>,
}

/// One word in one document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Posting {
    pub(crate) document: u32,
    /// How much the word says about the document, whatever the word: BM25 without its idf,
    /// 0 to `K1 + 1`.
    pub(crate) impact: f32,
}

/// Takes documents one by one, so that a page can draw between them.
#[derive(Debug, Default)]
pub struct Builder {
    dictionary: Dictionary,
    /// Every word of every document once, in document order.
    entries: Vec<Entry>,
    /// For each term, its number of documents.
    documents_of: Vec<u32>,
    /// For each term, its latest entry.
    latest: Vec<u32>,
    lengths: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    term: TermId,
    document: u32,
    weight: f32,
}

impl Builder {
    /// Adds the next document: the first gets number 0.
    pub fn add(&mut self, document: &Document<'_>) {
        let number = self.lengths.len() as u32;
        let mut length = 0;
        for (weight, text) in &document.fields {
            if *weight > 0.0 {
                pieces(text, &mut |piece| match piece {
                    Piece::Word(word) => {
                        length += 1;
                        self.word(number, word, *weight);
                    }
                    Piece::Joined { word, .. } => self.word(number, word, *weight),
                });
            }
        }
        self.lengths.push(length);
    }

    fn word(&mut self, document: u32, word: &str, weight: f32) {
        let term = self.dictionary.add(word);
        let index = term as usize;
        if index == self.latest.len() {
            self.latest.push(u32::MAX);
            self.documents_of.push(0);
        }
        if let Some(entry) = self.entries.get_mut(self.latest[index] as usize)
            && entry.document == document
        {
            entry.weight += weight;
            return;
        }
        self.latest[index] = self.entries.len() as u32;
        self.documents_of[index] += 1;
        self.entries.push(Entry { term, document, weight });
    }

    /// Finishes the index.
    pub fn finish(self) -> Index {
        let count = self.lengths.len().max(1) as f32;
        let total: f32 = self.lengths.iter().map(|length| *length as f32).sum();
        let average = (total / count).max(1.0);
        // Counting sort by term; each term's postings stay in document order.
        let mut starts = Vec::with_capacity(self.documents_of.len() + 1);
        let mut start = 0;
        for documents in &self.documents_of {
            starts.push(start);
            start += documents;
        }
        let mut next = starts.clone();
        starts.push(start);
        let mut postings = vec![Posting { document: 0, impact: 0.0 }; self.entries.len()];
        for entry in &self.entries {
            let length = self.lengths[entry.document as usize] as f32;
            let norm = K1 * (1.0 - B + B * length / average);
            let impact = entry.weight * (K1 + 1.0) / (entry.weight + norm);
            let slot = &mut next[entry.term as usize];
            postings[*slot as usize] = Posting { document: entry.document, impact };
            *slot += 1;
        }
        Index {
            dictionary: self.dictionary,
            starts,
            postings,
            documents: self.lengths.len(),
            synonyms: Vec::new(),
        }
    }
}

/// A full-text index over documents numbered from 0.
#[derive(Debug)]
pub struct Index {
    pub(crate) dictionary: Dictionary,
    /// For each term, where its postings start; one more for the end.
    starts: Vec<u32>,
    postings: Vec<Posting>,
    pub(crate) documents: usize,
    /// Groups of folded words that mean the same.
    pub(crate) synonyms: Vec<Vec<String>>,
}

impl Index {
    /// Indexes all documents; the first gets number 0.
    pub fn build<'a>(documents: impl IntoIterator<Item = Document<'a>>) -> Self {
        let mut builder = Builder::default();
        for document in documents {
            builder.add(&document);
        }
        builder.finish()
    }

    /// Makes each group's words find one another ("doctor", "GP"). Words are single; what a
    /// text has besides its first word is left out.
    #[must_use]
    pub fn with_synonyms<'a, G>(mut self, groups: impl IntoIterator<Item = G>) -> Self
    where
        G: IntoIterator<Item = &'a str>,
    {
        for group in groups {
            let mut words: Vec<String> = Vec::new();
            for text in group {
                let mut first = None;
                pieces(text, &mut |piece| {
                    if let Piece::Word(word) = piece
                        && first.is_none()
                    {
                        first = Some(word.to_owned());
                    }
                });
                words.extend(first);
            }
            self.synonyms.push(words);
        }
        self
    }

    /// How many documents there are.
    pub fn len(&self) -> usize {
        self.documents
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.documents == 0
    }

    /// How many distinct words there are.
    pub fn terms(&self) -> usize {
        self.dictionary.len()
    }

    pub(crate) fn postings(&self, term: TermId) -> &[Posting] {
        let at = |index: usize| self.starts[index] as usize;
        &self.postings[at(term as usize)..at(term as usize + 1)]
    }
}
