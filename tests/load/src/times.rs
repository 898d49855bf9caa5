//! Many durations, and what they say.

use std::time::Duration;

/// How long each of many things took.
#[derive(Debug, Clone, Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// Notes one.
    pub fn note(&mut self, took: Duration) {
        self.0.push(took);
    }

    /// Takes in those of another.
    pub fn join(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The time that this share of them, from 0 to 1, did not exceed, in milliseconds; 0 of none.
    pub fn share(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        // The smallest of which at least this share are no longer.
        let rank = (sorted.len() as f64 * share).ceil() as usize;
        sorted.get(rank.saturating_sub(1)).map_or(0.0, |took| took.as_secs_f64() * 1_000.0)
    }
}
