//! Functions on numbers that the `libm` crate does not have. The crate is used rather than the standard library, so that tablet
//! and server agree on every digit.

use super::function::Simple;

/// `pi()`.
pub(super) fn pi(_: &[String]) -> Simple {
    Simple::Number(std::f64::consts::PI)
}

/// `exp10(x)`.
pub(super) fn exp10(number: f64) -> f64 {
    libm::pow(10.0, number)
}

/// `round(x, digits)`: halves go away from zero, as in ODK Web Forms and Enketo (their `round` tests: -1.5 is -2). XPath
/// 1.0 and JavaRosa round them up.
pub(super) fn round(number: f64, digits: f64) -> f64 {
    let scale = exp10(libm::trunc(digits));
    let rounded = libm::round(number * scale) / scale;
    // Past what a number can hold there is nothing to round.
    if rounded.is_finite() && scale != 0.0 { rounded } else { number }
}

/// `min(…)` and `max(…)`: not a number if one of them is none, or if there are none.
pub(super) fn extreme(numbers: &[f64], better: fn(f64, f64) -> f64) -> f64 {
    let worse = |best: f64, number: &f64| {
        if best.is_nan() || number.is_nan() { f64::NAN } else { better(best, *number) }
    };
    let Some((first, rest)) = numbers.split_first() else { return f64::NAN };
    rest.iter().fold(*first, worse)
}
