//! Whether a default is written down or computed.

use crate::{Kind, reference::Piped};

/// What follows a date at the beginning of a text.
fn date_end(text: &str) -> Option<&str> {
    let (date, after) = text.split_at_checked(10)?;
    let good = date.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    good.then_some(after)
}

/// Whether a default is computed, as pyxform decides it: it holds a reference, a call or an operator, and is no date
/// or place with a hyphen.
pub(super) fn is_computed(source: &str, kind: &Kind) -> bool {
    if !Piped::names(source).is_empty() {
        return true;
    }
    let hyphens =
        matches!(kind, Kind::Date | Kind::DateTime | Kind::Time | Kind::Geopoint | Kind::Geoshape);
    if matches!(kind, Kind::File(_)) {
        return false;
    }
    let mut rest = source;
    let mut words = false;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = date_end(rest).filter(|_| !words) {
            // Its hyphens take nothing away, whatever the type of the question.
            rest = after;
            continue;
        }
        match c {
            '\'' | '"' => {
                // A quoted text is no operator, and alone it is a text.
                let inner = &rest[1..];
                rest = inner.find(c).map_or("", |end| &inner[end + 1..]);
                words = false;
                continue;
            }
            '(' if words => return true,
            '*' | '+' | '|' => return true,
            '-' if hyphens => return false,
            '-' if !words => return !is_number(source.trim()),
            c if c.is_whitespace() => {
                words = false;
                let operator = [" div ", " mod "].iter().any(|it| rest.starts_with(it));
                if operator {
                    return true;
                }
            }
            c => {
                words = c.is_alphanumeric() && (words || c.is_alphabetic())
                    || "-_:.".contains(c) && words
            }
        }
        rest = &rest[c.len_utf8()..];
    }
    false
}

/// Whether a text is a number and no sum, with an exponent or without: published forms may have either.
fn is_number(text: &str) -> bool {
    let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    crate::number::parse(number).is_some() && exponent.parse::<i32>().is_ok()
}

/// Whether the default of a value that nobody sees is an expression, and no text as it stands.
pub fn is_computed_default(source: &str) -> bool {
    is_computed(source, &Kind::Hidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_negative_number_is_no_computed_default() {
        for (source, computed) in [
            ("-5", false),
            ("-0.25", false),
            ("-1e5", false),
            ("-2.5E-3", false),
            ("5-3", true),
            ("-5-3", true),
            ("-5e", true),
            ("- -5", true),
        ] {
            assert_eq!(is_computed(source, &Kind::Decimal), computed, "{source}");
        }
    }
}
