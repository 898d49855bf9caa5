//! Invented listings and queries for tests and benches: as long as real ones, as varied, and
//! the same for the same seed. No place, person or service here exists.

mod lists;
mod random;

use lists::{
    CATEGORIES, DAYS, ENDS, KINDS, NEEDS, NEWCOMERS, PEOPLE, SENTENCES, STARTS, WAYS, WORDS,
};
use random::Random;

/// An invented support listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedListing {
    /// "Ashbourne Carers Group".
    pub title: String,
    /// One sentence.
    pub summary: String,
    /// One to four sentences.
    pub description: String,
    /// One or two kinds of support.
    pub categories: Vec<&'static str>,
    /// "12 Ashbourne Road, Westholme, XQ4 7AB".
    pub address: String,
    /// "0555 123 4567".
    pub phone: String,
}

impl GeneratedListing {
    /// How much each of [`Self::texts`] weighs: title, categories, summary, description,
    /// address, telephone number.
    pub const WEIGHTS: [f32; 6] = [4.0, 2.0, 2.0, 1.0, 1.0, 1.0];

    /// Its texts in the order of [`Self::WEIGHTS`].
    pub fn texts(&self) -> [String; 6] {
        [
            self.title.clone(),
            self.categories.join(", "),
            self.summary.clone(),
            self.description.clone(),
            self.address.clone(),
            self.phone.clone(),
        ]
    }
}

/// What somebody types who looks for one listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedQuery {
    /// One to three words.
    pub text: String,
    /// Which listing it was made from: its place in the list.
    pub intended: usize,
    /// Whether a word has a typing error.
    pub misspelt: bool,
}

/// `count` listings of 50 to 130 words each.
pub fn listings(count: usize, seed: u64) -> Vec<GeneratedListing> {
    let mut random = Random::new(seed);
    let words: Vec<&str> = WORDS.split_ascii_whitespace().collect();
    (0..count).map(|_| listing(&words, &mut random)).collect()
}

/// `count` queries for `listings`, about half with typing errors.
pub fn queries(listings: &[GeneratedListing], count: usize, seed: u64) -> Vec<GeneratedQuery> {
    let mut random = Random::new(seed ^ 0x71_75_65_72_79);
    if listings.is_empty() {
        return Vec::new();
    }
    (0..count)
        .map(|_| {
            let intended = random.below(listings.len());
            query(&listings[intended], intended, &mut random)
        })
        .collect()
}

fn listing(words: &[&str], random: &mut Random) -> GeneratedListing {
    let name = name(random);
    let kind = random.pick(KINDS);
    let place = place(random);
    let first = random.below(CATEGORIES.len());
    let mut categories = vec![CATEGORIES[first]];
    if random.chance(40) {
        categories
            .push(CATEGORIES[(first + 1 + random.below(CATEGORIES.len() - 1)) % CATEGORIES.len()]);
    }
    let summary = format!(
        "{} {} for {} in {place}.",
        capital(random.pick(WAYS)),
        random.pick(NEEDS),
        random.pick(PEOPLE),
    );
    let sentences: Vec<String> =
        (0..1 + random.below(4)).map(|_| sentence(&name, &place, words, random)).collect();
    GeneratedListing {
        title: format!("{name} {kind}"),
        summary,
        description: sentences.join(" "),
        categories,
        address: format!(
            "{} {} {}, {place}, {}",
            1 + random.below(180),
            self::place(random),
            random.pick("Road|Street|Lane|Avenue|Close|Hill|Green|Way"),
            postcode(random),
        ),
        phone: format!("0555 {:03} {:04}", random.below(1000), random.below(10_000)),
    }
}

/// A place of two syllables or a name that newcomers brought along.
fn name(random: &mut Random) -> String {
    if random.chance(12) { random.pick(NEWCOMERS).to_owned() } else { place(random) }
}

fn place(random: &mut Random) -> String {
    capital(&[random.pick(STARTS), random.pick(ENDS)].concat())
}

fn postcode(random: &mut Random) -> String {
    // No postcode area begins with Q, V or X.
    let letter = |random: &mut Random| char::from(b'A' + random.below(26) as u8);
    let (one, two) = (letter(random), letter(random));
    format!("XQ{} {}{one}{two}", 1 + random.below(40), random.below(10))
}

fn sentence(name: &str, place: &str, words: &[&str], random: &mut Random) -> String {
    let mut out = String::new();
    let pattern = random.pick(SENTENCES);
    for part in pattern.split_inclusive(' ') {
        let (slot, rest) = part.split_at(part.find([' ', ',', '.']).unwrap_or(part.len()));
        match slot {
            "NAME" => out.push_str(name),
            "PLACE" => out.push_str(place),
            "PEOPLE" => out.push_str(random.pick(PEOPLE)),
            "NEED" => out.push_str(random.pick(NEEDS)),
            "DAY" => out.push_str(random.pick(DAYS)),
            "HOUR" => out.push_str(&format!("{}.{}0", 8 + random.below(12), random.below(6))),
            "W" => out.push_str(common_word(words, random)),
            word => out.push_str(word),
        }
        out.push_str(rest);
    }
    out
}

/// A word of the pool, the first ones far more often than the last, as words are in prose.
fn common_word<'a>(words: &[&'a str], random: &mut Random) -> &'a str {
    let rank = random.below(words.len()) * random.below(words.len()) / words.len();
    // The pool is sorted: a stride that shares no factor with its length shuffles it.
    words[rank * 1_009 % words.len()]
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn query(listing: &GeneratedListing, intended: usize, random: &mut Random) -> GeneratedQuery {
    let long_words = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric());
        words.filter(|word| word.chars().count() >= 4).map(str::to_lowercase).collect()
    };
    // The name is what people remember; the rest narrows it down.
    let title = long_words(&listing.title);
    let mut words: Vec<String> = title.first().cloned().into_iter().collect();
    let rest =
        [&listing.title, &listing.summary, &listing.description, &listing.categories.join(" ")]
            .map(|text| long_words(text))
            .concat();
    for _ in 0..random.below(3) {
        let word = &rest[random.below(rest.len())];
        if !words.contains(word) {
            words.push(word.clone());
        }
    }
    if random.chance(70) {
        words = words.iter().map(|word| plain(word)).collect();
    }
    let misspelt = random.chance(50);
    if misspelt {
        let at = random.below(words.len());
        words[at] = with_error(&words[at], random);
        if words[at].chars().count() >= 9 && random.chance(25) {
            words[at] = with_error(&words[at], random);
        }
    }
    GeneratedQuery { text: words.join(" "), intended, misspelt }
}

/// As people type it on an English keyboard.
fn plain(word: &str) -> String {
    word.chars()
        .map(|c| match c {
            'ą' | 'ă' | 'â' => 'a',
            'ć' | 'č' => 'c',
            'ę' | 'ė' | 'é' => 'e',
            'î' | 'į' => 'i',
            'ł' => 'l',
            'ń' => 'n',
            'ó' => 'o',
            'ś' | 'š' | 'ș' => 's',
            'ț' => 't',
            'ų' | 'ū' => 'u',
            'ź' | 'ż' | 'ž' => 'z',
            other => other,
        })
        .collect()
}

/// The word with a letter left out, doubled, put wrong, or swapped with its neighbour;
/// never the first, which people seldom get wrong.
fn with_error(word: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    if letters.len() < 4 {
        return word.to_owned();
    }
    let at = 1 + random.below(letters.len() - 1);
    match random.below(4) {
        0 => {
            letters.remove(at);
        }
        1 => letters.insert(at, letters[at]),
        2 if letters[at] != letters[at - 1] && at > 1 => letters.swap(at, at - 1),
        _ => letters[at] = char::from(b'a' + random.below(26) as u8),
    }
    letters.into_iter().collect()
}
