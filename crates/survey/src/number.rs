//! Numbers of expressions and answers, read and written by XPath 1.0's rules (sections 3.5, 4.2 and 4.4): digits with
//! or without a point, and no exponent.
//!
//! The standard library's reader and writer are right to the last bit for any number; their tables are a twentieth of
//! the bytes of the app. Numbers of up to 17 digits with up to 22 places are as exact here, which is every one that
//! people answer and every sum of them; others are within one part in 10^15, and the same on tablet and server.

/// Whole numbers up to this are exact in an `f64`.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Powers of ten up to this exponent are exact in an `f64`.
const EXACT_POWER: usize = 22;

/// Where a reader or writer has 18 digits, one more than tell any two numbers apart.
const ENOUGH: u64 = 100_000_000_000_000_000;

/// The number that `text` writes; none if it writes none.
pub fn parse(text: &str) -> Option<f64> {
    let (unsigned, sign) = text.strip_prefix('-').map_or((text, 1.0), |digits| (digits, -1.0));
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let (mut digits, mut left_out, mut places) = (0u64, 0, 0);
    for (part, behind_the_point) in [(whole, false), (fraction, true)] {
        for byte in part.bytes() {
            if !byte.is_ascii_digit() {
                return None;
            }
            if digits < ENOUGH {
                digits = digits * 10 + u64::from(byte - b'0');
                places += usize::from(behind_the_point);
            } else {
                left_out += usize::from(!behind_the_point);
            }
        }
    }
    Some(sign * quotient(digits, places) * power_of_ten(left_out))
}

/// The text of a number: whole numbers without a point, others with the fewest digits that read back as the same
/// number, "NaN", "Infinity".
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
    let (mut places, mut digits) = (0, 0);
    while places < EXACT_POWER && digits < ENOUGH {
        places += 1;
        let (scaled, rest) = product(size, power_of_ten(places));
        let nearest = scaled.round_ties_even();
        let still = (scaled - nearest + rest).round_ties_even();
        digits = (nearest as u64).saturating_add_signed(still as i64);
        if quotient(digits, places).to_bits() == size.to_bits() {
            break;
        }
    }
    let text = format!("{digits:0width$}", width = places + 1);
    let (whole, fraction) = text.split_at(text.len() - places);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}")
}

/// `digits` with a point before the last `places` of them, as the number nearest to it.
fn quotient(digits: u64, places: usize) -> f64 {
    let power = power_of_ten(places);
    let near = digits as f64;
    let quotient = near / power;
    if near <= EXACT || places > EXACT_POWER {
        return quotient;
    }
    // What was lost when the digits became an `f64` and when they were divided is given back, and rounded once.
    let (product, rest) = product(quotient, power);
    quotient + (near - product - rest + (digits as i64 - near as i64) as f64) / power
}

/// The product and what is left out when it is rounded (T. J. Dekker, "A floating-point technique for extending the
/// available precision", 1971), for factors that are far from the greatest `f64`.
fn product(a: f64, b: f64) -> (f64, f64) {
    let halves = |number: f64| {
        let shifted = number * 134_217_729.0;
        let upper = shifted - (shifted - number);
        (upper, number - upper)
    };
    let ((a1, a2), (b1, b2)) = (halves(a), halves(b));
    let product = a * b;
    (product, a2 * b2 - (product - a1 * b1 - a2 * b1 - a1 * b2))
}

fn power_of_ten(exponent: usize) -> f64 {
    (0..exponent).fold(1.0, |power, _| power * 10.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{EXACT, parse, write};

    proptest! {
        /// What people write comes out as the standard library reads and writes it.
        #[test]
        fn seventeen_digits_are_exact(
            digits in prop_oneof![0u64..1_000_000_000_000, 0u64..100_000_000_000_000_000],
            places in 0u32..18,
            minus: bool,
        ) {
            let text = format!("{digits:0width$}", width = places as usize + 1);
            let (whole, fraction) = text.split_at(text.len() - places as usize);
            let text = format!("{}{whole}.{fraction}", if minus { "-" } else { "" });
            let exact: f64 = text.parse().unwrap();
            prop_assert_eq!(parse(&text), Some(exact));
            if exact.abs() >= EXACT {
                // The standard library fills up with noughts, where XPath writes the number that it is.
                return Ok(());
            }
            let (ours, shortest) = (write(exact), exact.abs().to_string());
            prop_assert_eq!(ours.trim_start_matches('-').len(), shortest.len(), "{} and {}", ours, shortest);
            // Of two that are as near, the standard library takes the greater one and browsers the even one.
            prop_assert_eq!(ours.parse(), Ok(exact));
        }

        /// Sums of what people write have the digits that rounding leaves, which another engine shows as well.
        #[test]
        fn sums_are_exact(hundredths in proptest::collection::vec(-1_000_000i32..1_000_000, 1..20)) {
            let sum: f64 = hundredths.iter().map(|it| f64::from(*it) / 100.0).sum();
            // The standard library writes the sign of nought.
            let text = write(sum);
            prop_assert_eq!(&text, &(sum + 0.0).to_string());
            prop_assert_eq!(parse(&text), Some(sum));
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
