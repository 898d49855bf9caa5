//! Pure decisions: how long to wait, how much to send.

/// Bytes of submissions in one push. Small enough to get through between two drops of a hub's
/// Wi-Fi, large enough that 40 conversations go in one or two requests.
pub const BATCH_BYTES: usize = 512 * 1024;

/// The first retry comes within this many milliseconds: most drops of a hub's Wi-Fi are over by then.
const FIRST: u64 = 2_000;
/// No retry is later than this many milliseconds, so that a morning's answers leave soon after
/// the Wi-Fi is back.
const LONGEST: u64 = 120_000;

/// How many milliseconds to wait after `failures` failed tries in a row (1 or more), with full
/// jitter: anywhere from a quarter second to twice as long with every failure, so that a
/// hundred tablets do not come back together. `chance` is a random number from 0 up to 1. Never
/// sooner than the server asked for, and never "given up".
pub fn delay(failures: u32, chance: f64, retry_after: Option<u64>) -> u64 {
    let doublings = failures.saturating_sub(1).min(16);
    let ceiling = (FIRST << doublings).min(LONGEST);
    let chance = if chance.is_finite() { chance.clamp(0.0, 1.0) } else { 1.0 };
    let jittered = (f64::from(u32::try_from(ceiling).unwrap_or(u32::MAX)) * chance) as u64;
    let asked = retry_after.unwrap_or(0);
    asked.saturating_add(jittered.max(250))
}

/// Cuts `sizes` (bytes of the waiting entries, in order) to what fits one push: at least one.
pub(crate) fn batch(sizes: impl Iterator<Item = usize>) -> usize {
    let mut total = 0;
    let fitting = sizes
        .take_while(|size| {
            total += size;
            total <= BATCH_BYTES
        })
        .count();
    fitting.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_wait_is_bounded_and_obeys_the_server(
            failures in 0u32..1_000_000,
            chance in 0.0..1.0f64,
            asked in prop::option::of(0u64..600_000),
        ) {
            let wait = delay(failures, chance, asked);
            prop_assert!(wait >= 250 + asked.unwrap_or(0));
            prop_assert!(wait <= LONGEST + asked.unwrap_or(0));
        }
    }

    #[test]
    fn the_ceiling_doubles_and_stops() {
        let most = |failures| delay(failures, 1.0, None);
        assert_eq!([most(1), most(2), most(3)], [2_000, 4_000, 8_000]);
        assert_eq!(most(400), LONGEST);
    }

    #[test]
    fn a_batch_is_bounded_but_never_empty() {
        assert_eq!(batch([BATCH_BYTES * 2, 1].into_iter()), 1);
        assert_eq!(batch([1, BATCH_BYTES - 1, 1].into_iter()), 2);
    }
}
