//! What a chart shows of a question's answers: pure counting, no screen.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use model::tally::Tally;

/// Bins of a histogram at most: more cannot be compared at a glance.
const BINS: usize = 10;
/// Months in a row that are shown even where nobody gave them.
const MONTHS: usize = 36;

/// One step of a histogram: from `low`, below `high`, and how many numbers lie in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// The smallest number in it.
    pub low: f64,
    /// The smallest number above it.
    pub high: f64,
    /// How many.
    pub count: u64,
}

/// `count` of `base` in whole percent, rounded half up; 0 of nothing is 0.
pub fn percent(count: u64, base: u64) -> u64 {
    (count * 200 + base).checked_div(base * 2).unwrap_or(0)
}

/// Numbers in at most ten bins of one round width (1, 2 or 5 times a power of ten), from the
/// least to the greatest. With `whole` no bin is narrower than 1.
pub fn histogram(numbers: &[(f64, u64)], whole: bool) -> Vec<Bin> {
    let (Some((least, _)), Some((greatest, _))) = (numbers.first(), numbers.last()) else {
        return Vec::new();
    };
    let mut width = round_width((greatest - least) / BINS as f64);
    if whole {
        width = width.max(1.0);
    }
    let bin_of = |number: f64, width: f64| (number / width + 1e-9).floor();
    while bin_of(*greatest, width) - bin_of(*least, width) >= BINS as f64 {
        width = round_width(width * 1.5);
    }
    let index = |number: f64| bin_of(number, width);
    let first = index(*least);
    let bins = (index(*greatest) - first) as usize + 1;
    let at = |step: usize| (first + step as f64) * width;
    let mut found: Vec<_> =
        (0..bins).map(|step| Bin { low: at(step), high: at(step + 1), count: 0 }).collect();
    for (number, count) in numbers {
        if let Some(bin) = found.get_mut((index(*number) - first) as usize) {
            bin.count += count;
        }
    }
    found
}

/// The smallest of 1, 2, 5 times a power of ten that is at least `width`.
fn round_width(width: f64) -> f64 {
    if width <= 0.0 || !width.is_finite() {
        return 1.0;
    }
    let power = 10f64.powi(width.log10().floor() as i32);
    let steps = [1.0, 2.0, 5.0, 10.0];
    let fits = steps.into_iter().find(|step| step * power >= width * (1.0 - 1e-9));
    fits.unwrap_or(10.0) * power
}

/// Dates counted by the first of their month, ascending; months between them stand with 0.
pub fn months(tally: &Tally) -> Vec<(NaiveDate, u64)> {
    let mut found: BTreeMap<NaiveDate, u64> = BTreeMap::new();
    for (value, count) in &tally.counts {
        let month = value.parse::<NaiveDate>().ok().and_then(|date| date.with_day(1));
        if let Some(month) = month {
            *found.entry(month).or_default() += count;
        }
    }
    if let (Some(first), Some(last)) = (found.keys().next(), found.keys().next_back()) {
        let between = months_from(*first).take_while(|month| month <= last);
        let between: Vec<_> = between.take(MONTHS + 1).collect();
        if between.len() <= MONTHS {
            for month in between {
                found.entry(month).or_default();
            }
        }
    }
    found.into_iter().collect()
}

fn months_from(first: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    std::iter::successors(Some(first), |month| month.checked_add_months(chrono::Months::new(1)))
}

#[cfg(test)]
mod tests {
    // They run where the program runs: in a browser.
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn bins(numbers: &[f64], whole: bool) -> Vec<(f64, u64)> {
        let numbers: Vec<_> = numbers.iter().map(|number| (*number, 1)).collect();
        histogram(&numbers, whole).into_iter().map(|bin| (bin.low, bin.count)).collect()
    }

    #[test]
    fn shares_are_rounded_half_up() {
        assert_eq!((percent(1, 3), percent(1, 8), percent(0, 0)), (33, 13, 0));
    }

    #[test]
    fn whole_numbers_have_bins_of_round_width() {
        assert_eq!(bins(&[], true), []);
        assert_eq!(bins(&[4.0], true), [(4.0, 1)]);
        assert_eq!(bins(&[1.0, 3.0], true), [(1.0, 1), (2.0, 0), (3.0, 1)]);
        let ages = bins(&[16.0, 17.0, 34.0, 99.0], true);
        assert_eq!(ages.len(), 9);
        assert_eq!((ages[0], ages[1], ages[8]), ((10.0, 2), (20.0, 0), (90.0, 1)));
    }

    #[test]
    fn no_number_falls_out_and_no_histogram_is_too_wide() {
        for (numbers, whole) in [
            (vec![-5.0, 0.0, 5.0], true),
            (vec![0.1, 0.2, 0.3, 1.1], false),
            (vec![0.0, 1e9], true),
            (vec![1.0, 1.0000001], false),
            (vec![9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0, 17.0, 18.0, 19.0], true),
        ] {
            let found = bins(&numbers, whole);
            assert!(found.len() <= BINS, "{numbers:?}: {found:?}");
            let counted: u64 = found.iter().map(|(_, count)| count).sum();
            assert_eq!(counted, numbers.len() as u64, "{numbers:?}");
        }
    }

    #[test]
    fn months_between_stand_with_nothing() {
        let mut tally = Tally::default();
        for date in ["2026-01-31", "2026-01-02", "2026-03-01", "soon"] {
            tally.counts.insert(date.to_owned(), 2);
        }
        let found = months(&tally);
        let found: Vec<_> =
            found.iter().map(|(month, count)| (month.to_string(), *count)).collect();
        assert_eq!(
            found,
            [("2026-01-01".into(), 4), ("2026-02-01".into(), 0), ("2026-03-01".into(), 2)]
        );
    }
}
