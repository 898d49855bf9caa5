//! Building the search index and searching it.

use search::{
    Document, Index,
    corpus::{GeneratedListing, GeneratedQuery, listings, queries},
};
use serde_json::json;
use wasm_bindgen::prelude::wasm_bindgen;

/// Invented listings and an index over them.
#[wasm_bindgen]
pub struct SearchBench {
    listings: Vec<GeneratedListing>,
    texts: Vec<[String; 6]>,
    index: Index,
}

#[wasm_bindgen]
impl SearchBench {
    /// `count` listings; the same for the same seed. The index is still empty.
    #[wasm_bindgen(constructor)]
    pub fn new(count: usize, seed: u32) -> Self {
        let listings = listings(count, u64::from(seed));
        let texts = listings.iter().map(GeneratedListing::texts).collect();
        Self { listings, texts, index: Index::build([]) }
    }

    /// The listings as JSON: an array of objects with `id` (from 0), the fields' names and
    /// their texts.
    pub fn listings_json(&self) -> String {
        let rows: Vec<_> = (self.texts.iter().enumerate())
            .map(|(id, [title, categories, summary, description, address, phone])| {
                json!({
                    "id": id,
                    "title": title,
                    "categories": categories,
                    "summary": summary,
                    "description": description,
                    "address": address,
                    "phone": phone,
                })
            })
            .collect();
        json!(rows).to_string()
    }

    /// The weights of the fields as JSON, for the others to use as well.
    pub fn weights_json(&self) -> String {
        let [title, categories, summary, description, address, phone] = GeneratedListing::WEIGHTS;
        json!({
            "title": title,
            "categories": categories,
            "summary": summary,
            "description": description,
            "address": address,
            "phone": phone,
        })
        .to_string()
    }

    /// `count` queries as JSON: an array of objects with `text`, `intended` (a listing's id)
    /// and `misspelt`.
    pub fn queries_json(&self, count: usize, seed: u32) -> String {
        let rows: Vec<_> = queries(&self.listings, count, u64::from(seed))
            .into_iter()
            .map(|GeneratedQuery { text, intended, misspelt }| {
                json!({ "text": text, "intended": intended, "misspelt": misspelt })
            })
            .collect();
        json!(rows).to_string()
    }

    /// Builds the index anew and gives its number of distinct words.
    pub fn build(&mut self) -> usize {
        self.index = Index::build(self.texts.iter().map(|texts| {
            Document {
                fields: GeneratedListing::WEIGHTS
                    .into_iter()
                    .zip(texts.iter().map(String::as_str))
                    .collect(),
            }
        }));
        self.index.terms()
    }

    /// The ids of the best `limit` listings.
    pub fn search(&self, query: &str, limit: usize) -> Vec<u32> {
        self.index.search(query, limit).into_iter().map(|hit| hit.document).collect()
    }
}
