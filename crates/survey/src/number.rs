//! Numbers of expressions and answers, read and written by XPath 1.0's rules (sections 3.5, 4.2 and 4.4): digits with
//! or without a point, and no exponent.
//!
//! The standard library's reader and writer are right to the last bit for any number; their tables are a twentieth of
//! the bytes of the app. Numbers of up to 15 digits are as exact here, which is more than people answer; longer ones
//! are within one part in 10^15, and the same on tablet and server.

/// Whole numbers up to this are exact in an `f64`, as are the powers of ten up to 10^22.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The number that `text` writes; none if it writes none.
pub fn parse(text: &str) -> Option<f64> {
    let (digits, sign) = text.strip_prefix('-').map_or((text, 1.0), |digits| (digits, -1.0));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut value = 0.0;
    let mut scale = 1.0;
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    for (digits, behind_the_point) in [(whole, false), (fraction, true)] {
        for byte in digits.bytes() {
            if !byte.is_ascii_digit() {
                return None;
            }
            // Past what is exact, digits behind the point no longer matter.
            if behind_the_point && value >= EXACT {
                continue;
            }
            value = value * 10.0 + f64::from(byte - b'0');
            if behind_the_point {
                scale *= 10.0;
            }
        }
    }
    Some(sign * value / scale)
}

/// The text of a number: whole numbers without a point, others with up to 15 significant digits, "NaN", "Infinity".
pub fn write(number: f64) -> String {
    let sign = if number < 0.0 { "-" } else { "" };
    let size = number.abs();
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if size.is_infinite() {
        return format!("{sign}Infinity");
    }
    if size >= EXACT || size.fract() == 0.0 {
        // Saturates at 3.4 × 10^38, far beyond any answer.
        return format!("{sign}{}", size as u128);
    }
    // The fewest places that read back as the same number, or all that 17 digits and the powers of ten allow.
    let mut places = 0;
    let mut scaled = size;
    while places < 22
        && scaled < EXACT
        && (scaled.round() / power_of_ten(places)).to_bits() != size.to_bits()
    {
        places += 1;
        scaled = size * power_of_ten(places);
    }
    let digits = scaled.round() as u64;
    let text = format!("{digits:0width$}", width = places + 1);
    let (whole, fraction) = text.split_at(text.len() - places);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}")
}

fn power_of_ten(exponent: usize) -> f64 {
    (0..exponent).fold(1.0, |power, _| power * 10.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{parse, write};

    proptest! {
        /// What people write comes out as the standard library reads and writes it.
        #[test]
        fn fifteen_digits_are_exact(digits in 0u64..1_000_000_000_000_000, places in 0u32..16, minus: bool) {
            let text = format!("{digits:0width$}", width = places as usize + 1);
            let (whole, fraction) = text.split_at(text.len() - places as usize);
            let text = format!("{}{whole}.{fraction}", if minus { "-" } else { "" });
            let exact: f64 = text.parse().unwrap();
            prop_assert_eq!(parse(&text), Some(exact));
            let shortest = exact.to_string();
            let shortest = shortest.strip_prefix('-').filter(|_| exact == 0.0).unwrap_or(&shortest);
            prop_assert_eq!(write(exact), shortest);
        }

        #[test]
        fn longer_ones_are_near(text in "[1-9][0-9]{0,25}(\\.[0-9]{0,25})?") {
            let exact: f64 = text.parse().unwrap();
            let read = parse(&text).unwrap();
            prop_assert!((read / exact - 1.0).abs() < 1e-15, "{} and {}", read, exact);
        }

        #[test]
        fn writing_never_fails(bits: u64) {
            let number = f64::from_bits(bits);
            let text = write(number);
            prop_assert!(!text.is_empty());
            if number.is_finite() && (1e-6..1e30).contains(&number.abs()) {
                let read: f64 = text.parse().unwrap();
                prop_assert!((read / number - 1.0).abs() < 1e-14, "{} for {}", text, number);
            }
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["", ".", "-", "-.", "1.2.3", "1e5", "+1", " 1", "1 ", "--1", "٣", "inf", "NaN"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse("5."), Some(5.0));
        assert_eq!(parse(".5"), Some(0.5));
        assert_eq!(write(-0.0), "0");
        assert_eq!(write(1.1), "1.1");
        assert_eq!(write(f64::NEG_INFINITY), "-Infinity");
    }
}
