//! Numbers in bins of one round width.

use crate::tally::Cell;

/// Bins of a histogram at most: more cannot be compared at a glance.
const BINS: usize = 10;

/// One step of a histogram: from `low`, below `high`. Without one of them it has no end there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// The smallest number in it.
    pub low: Option<f64>,
    /// The smallest number above it.
    pub high: Option<f64>,
}

impl Bin {
    /// Whether `number` lies in it.
    pub fn holds(&self, number: f64) -> bool {
        self.low.is_none_or(|low| number >= low) && self.high.is_none_or(|high| number < high)
    }
}

/// At most ten bins of one round width (1, 2 or 5 times a power of ten) for ascending `numbers`. With `whole` no bin is
/// narrower than 1. Bins at an end join their neighbour until `fewest` people stand behind them, and are open there:
/// the oldest of all should not be told from her age.
pub fn bins(numbers: &[(f64, Cell)], whole: bool, fewest: u64) -> Vec<Bin> {
    let (Some((least, _)), Some((greatest, _))) = (numbers.first(), numbers.last()) else {
        return Vec::new();
    };
    let mut width = round_width((greatest - least) / BINS as f64);
    if whole {
        width = width.max(1.0);
    }
    let index = |number: f64, width: f64| (number / width + 1e-9).floor();
    while index(*greatest, width) - index(*least, width) >= BINS as f64 {
        width = round_width(width * 1.5);
    }
    let first = index(*least, width);
    let count = (index(*greatest, width) - first) as usize + 1;
    // Ten digits hide the rounding of binary fractions: 0.30000000000000004.
    let edge = |step: usize| (((first + step as f64) * width) * 1e10).round() / 1e10;
    let mut bins: Vec<Bin> =
        (0..count).map(|step| Bin { low: Some(edge(step)), high: Some(edge(step + 1)) }).collect();
    let people = |bin: &Bin| -> u64 {
        let inside = numbers.iter().filter(|(number, _)| bin.holds(*number));
        inside.map(|(_, cell)| cell.people).sum()
    };
    while bins.len() > 1 && people(&bins[0]) < fewest {
        bins.remove(0);
        bins[0].low = None;
    }
    while let [.., before, last] = bins.as_mut_slice()
        && people(last) < fewest
    {
        before.high = None;
        bins.pop();
    }
    bins
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

#[cfg(test)]
mod tests {
    use super::*;

    fn of(numbers: &[f64], whole: bool, fewest: u64) -> Vec<(Option<f64>, Option<f64>)> {
        let one = Cell { count: 1, people: 1 };
        let numbers: Vec<_> = numbers.iter().map(|number| (*number, one)).collect();
        bins(&numbers, whole, fewest).into_iter().map(|bin| (bin.low, bin.high)).collect()
    }

    #[test]
    fn whole_numbers_have_bins_of_round_width() {
        assert_eq!(of(&[], true, 0), []);
        assert_eq!(of(&[4.0], true, 0), [(Some(4.0), Some(5.0))]);
        let ages = of(&[16.0, 17.0, 34.0, 99.0], true, 0);
        assert_eq!(
            (ages.len(), ages[0], ages[8]),
            (9, (Some(10.0), Some(20.0)), (Some(90.0), Some(100.0)))
        );
    }

    #[test]
    fn ends_with_few_people_are_open() {
        let ages = of(&[16.0, 21.0, 22.0, 34.0, 35.0, 99.0], true, 2);
        assert_eq!(ages, [(None, Some(30.0)), (Some(30.0), None)]);
        assert_eq!(of(&[1.0], true, 2), [(Some(1.0), Some(2.0))]);
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
            for fewest in [0, 2] {
                let found = of(&numbers, whole, fewest);
                assert!(found.len() <= BINS, "{numbers:?}: {found:?}");
                for number in &numbers {
                    let homes = found
                        .iter()
                        .filter(|(low, high)| Bin { low: *low, high: *high }.holds(*number));
                    assert_eq!(homes.count(), 1, "{number} in {found:?}");
                }
            }
        }
    }
}
