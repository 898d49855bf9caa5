//! The words in cells: what is cleaned, what means yes and no, what a name may be, what was meant.

/// Curly quotation marks become straight ones, as pyxform does: spreadsheet programs put them into
/// expressions, where only straight ones mean anything.
pub(crate) fn straight(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '\u{2018}' | '\u{2019}' => '\'',
            '\u{201c}' | '\u{201d}' => '"',
            other => other,
        })
        .collect()
}

/// Runs of spaces become one, as pyxform does on the survey sheet; lines stay lines.
pub(crate) fn spaced(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for letter in text.trim().chars() {
        if letter != ' ' || !words.ends_with(' ') {
            words.push(letter);
        }
    }
    words
}

/// Yes or no in the ways that pyxform knows.
pub(crate) fn truth(text: &str) -> Option<bool> {
    match text {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "true()" => Some(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "false()" => Some(false),
        _ => None,
    }
}

/// An expression, in which a bare yes or no is written as the function.
pub(crate) fn expression(text: &str) -> String {
    match truth(text) {
        Some(true) => "true()".to_owned(),
        Some(false) => "false()".to_owned(),
        None => text.to_owned(),
    }
}

/// Whether a question may be called that: an XML name without a prefix, as references need it.
pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c))
        && text.chars().count() <= model::limits::LINE_CHARS
}

/// A text short enough to be quoted in a finding.
pub(crate) fn quoted(text: &str) -> String {
    const MOST: usize = 60;
    let text = seen(text);
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("\"{}…\"", &text[..at]),
        None => format!("\"{text}\""),
    }
}

/// A text with the letters that nobody sees written out: no width, directions, controls.
fn seen(text: &str) -> String {
    let mut seen = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}'
            | '\u{feff}'
            | '\u{ad}' => {
                seen.push_str(&format!("‹U+{:04X}›", u32::from(letter)));
            }
            letter => seen.push(letter),
        }
    }
    seen
}

/// The candidate that is closest to a word, if one is so close that it may have been meant.
pub(crate) fn meant<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().take(64).collect();
    let most = word.len().div_ceil(3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|&(far, _)| far <= most)
        .min_by_key(|&(far, _)| far)
        .map(|(_, candidate)| candidate)
}

/// Letters to change, add or take away (Levenshtein).
fn distance(word: &[char], other: &str) -> usize {
    let other: Vec<char> = other.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in word.iter().enumerate() {
        let mut corner = i;
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
        for (j, b) in other.iter().enumerate() {
            let change = corner + usize::from(a != b);
            corner = row[j + 1];
            row[j + 1] = change.min(corner + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}
