//! The listings that both servers publish.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use search::corpus::{GeneratedListing, listings};
use serde_json::{Value, json};

/// The seed of what is published.
const SEED: u64 = 2027;
/// Of the content that ships, what a listing or the rest refers to. The other collections stay as they are.
const OWN: [&str; 2] = ["listing.json", "category.json"];

/// Writes content with `count` invented listings into `folder`: as much text in each as in real ones.
///
/// # Errors
/// If the content that ships is not there, or the folder cannot be written.
pub fn write(content: &Path, folder: &Path, count: usize) -> Result<()> {
    fs::create_dir_all(folder)?;
    for file in fs::read_dir(content).context("the content that ships")? {
        let file = file?.path();
        if let Some(name) = file.file_name().filter(|name| !OWN.iter().any(|own| name == own)) {
            fs::copy(&file, folder.join(name))?;
        }
    }
    let listings = listings(count, SEED);
    let mut names: Vec<_> = listings.iter().flat_map(|it| it.categories.iter().copied()).collect();
    names.sort_unstable();
    names.dedup();
    let categories: Vec<_> =
        names.iter().map(|name| json!({ "id": key(name), "name": { "en": name } })).collect();
    let listings: Vec<_> = listings.iter().enumerate().map(|(at, it)| row(at, it)).collect();
    fs::write(folder.join("category.json"), json!(categories).to_string())?;
    fs::write(folder.join("listing.json"), json!(listings).to_string())?;
    Ok(())
}

fn row(number: usize, listing: &GeneratedListing) -> Value {
    let id = format!("{}-{number}", key(&listing.title));
    json!({
        "id": id,
        "title": { "en": listing.title },
        "summary": { "en": listing.summary },
        "description": { "en": listing.description },
        "categories": listing.categories.iter().map(|name| key(name)).collect::<Vec<_>>(),
        "areas": [],
        "cost": "free",
        "languages": ["en"],
        "phones": [{ "number": listing.phone }],
        "address": listing.address.split(", ").collect::<Vec<_>>(),
        "hours": [],
    })
}

/// A name as an id: what is no letter or digit of ASCII becomes one hyphen.
fn key(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}
