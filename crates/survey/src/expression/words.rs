//! Functions on texts (XPath 1.0, section 4.2; ODK XForms 1.0.0, "String Functions"). Positions count characters.

use super::{EvaluationError, function::Simple, value::number_of};

/// The texts of two arguments; the table gives no others.
fn two(texts: &[String]) -> (&str, &str) {
    (texts.first().map_or("", String::as_str), texts.get(1).map_or("", String::as_str))
}

pub(super) fn yes(_: &[String]) -> Simple {
    Simple::Truth(true)
}

pub(super) fn no(_: &[String]) -> Simple {
    Simple::Truth(false)
}

pub(super) fn nothing(_: &[String]) -> Simple {
    Simple::Text(String::new())
}

pub(super) fn boolean_from_string(texts: &[String]) -> Simple {
    Simple::Truth(matches!(two(texts).0, "true" | "1"))
}

pub(super) fn contains(texts: &[String]) -> Simple {
    let (text, part) = two(texts);
    Simple::Truth(text.contains(part))
}

pub(super) fn starts_with(texts: &[String]) -> Simple {
    let (text, part) = two(texts);
    Simple::Truth(text.starts_with(part))
}

pub(super) fn ends_with(texts: &[String]) -> Simple {
    let (text, part) = two(texts);
    Simple::Truth(text.ends_with(part))
}

pub(super) fn substring_before(texts: &[String]) -> Simple {
    let (text, part) = two(texts);
    Simple::Text(text.split_once(part).map_or("", |(before, _)| before).to_owned())
}

pub(super) fn substring_after(texts: &[String]) -> Simple {
    let (text, part) = two(texts);
    Simple::Text(text.split_once(part).map_or("", |(_, after)| after).to_owned())
}

pub(super) fn string_length(texts: &[String]) -> Simple {
    let length = two(texts).0.chars().count();
    Simple::Number(f64::from(u32::try_from(length).unwrap_or(u32::MAX)))
}

pub(super) fn lower_case(texts: &[String]) -> Simple {
    Simple::Text(two(texts).0.to_lowercase())
}

pub(super) fn upper_case(texts: &[String]) -> Simple {
    Simple::Text(two(texts).0.to_uppercase())
}

/// `normalize-space(text)`; without a text it is that of the node at hand (XPath 1.0, section 4.2).
pub(super) fn normalized(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `translate(text, from, to)`: what has no counterpart is taken out.
pub(super) fn translate(texts: &[String]) -> Simple {
    let [text, from, to] = texts else { return Simple::Text(String::new()) };
    let translated = |c: char| match from.chars().position(|from| from == c) {
        Some(at) => to.chars().nth(at),
        None => Some(c),
    };
    Simple::Text(text.chars().filter_map(translated).collect())
}

/// `substring(text, from, count)`: from 1, rounded, and what is before the start counts.
pub(super) fn substring(texts: &[String]) -> Simple {
    let round = |text: &String| libm::floor(number_of(text) + 0.5);
    let from = texts.get(1).map_or(f64::NAN, round);
    let end = texts.get(2).map_or(f64::INFINITY, |count| from + round(count));
    let chars = two(texts).0.chars().enumerate();
    let within = |at: usize| (at as f64 + 1.0) >= from && (at as f64 + 1.0) < end;
    Simple::Text(chars.filter(|(at, _)| within(*at)).map(|(_, c)| c).collect())
}

/// `substr(text, from, end)`: from 0, up to before `end`; negative ones count from the end.
pub(super) fn substr(texts: &[String]) -> Simple {
    let text = two(texts).0;
    let length = text.chars().count();
    let place = |text: &String| {
        let at = libm::trunc(number_of(text));
        let at = if at < 0.0 { at + length as f64 } else { at };
        // "Not a number" becomes 0.
        at.clamp(0.0, length as f64) as usize
    };
    let (from, end) = (texts.get(1).map_or(0, place), texts.get(2).map_or(length, place));
    Simple::Text(text.chars().skip(from).take(end.saturating_sub(from)).collect())
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

/// `base64-decode(text)`: what is no text in UTF-8 is marked, what is no base64 is empty.
pub(super) fn base64_decode(texts: &[String]) -> Simple {
    let digits = two(texts).0.trim_end_matches('=').bytes();
    let (mut bits, mut held, mut bytes) = (0u32, 0, Vec::new());
    for digit in digits.filter(|digit| !digit.is_ascii_whitespace()) {
        let Some(value) = DIGITS.iter().position(|other| *other == digit) else {
            return Simple::Text(String::new());
        };
        bits = bits << 6 | value as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    Simple::Text(String::from_utf8_lossy(&bytes).into_owned())
}

/// `digest(text, algorithm, encoding)` of XForms 1.1: SHA-256, in base64 if nothing else is said.
///
/// # Errors
/// Another algorithm or encoding: MD5 and SHA-1 protect nothing any more, the longer ones nobody writes.
pub(super) fn digest(texts: &[String]) -> Result<String, EvaluationError> {
    let (text, algorithm) = two(texts);
    if algorithm != "SHA-256" {
        return Err(EvaluationError::Digest(algorithm.to_owned()));
    }
    let digest = sha256(text);
    match texts.get(2).map(String::as_str) {
        None | Some("base64") => Ok(base64(&digest)),
        Some("hex") => Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect()),
        Some(other) => Err(EvaluationError::Digest(other.to_owned())),
    }
}

pub(super) fn sha256(text: &str) -> [u8; 32] {
    use sha2::Digest as _;
    sha2::Sha256::digest(text.as_bytes()).into()
}
