//! What an evaluation needs from outside: the clock and chance. The caller gives both.

use std::cell::Cell;

use model::time::Millis;

/// The clock and a source of chance. Two evaluations over the same data and equal environments give the same.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Now.
    pub now: Millis,
    /// Minutes that the wall clock is ahead of UTC, here and now: 60 in London in summer.
    pub offset: i32,
    /// When the filling began, for `duration()`.
    pub started: Millis,
    state: Cell<(u64, u64)>,
}

impl Environment {
    /// `seed` should be 128 random bits where `random()` and `uuid()` are to differ between forms.
    pub fn new(now: Millis, offset: i32, seed: u128) -> Self {
        // The generator stands still if every bit is 0.
        let seed = if seed == 0 { 1 } else { seed };
        Self { now, offset, started: now, state: Cell::new(((seed >> 64) as u64, seed as u64)) }
    }

    /// The same, of a filling that began earlier.
    pub fn since(self, started: Millis) -> Self {
        Self { started, ..self }
    }

    /// The next 64 random bits: xoroshiro128++ of Blackman and Vigna, 2019.
    pub(super) fn bits(&self) -> u64 {
        let (a, b) = self.state.get();
        let result = a.wrapping_add(b).rotate_left(17).wrapping_add(a);
        let b = a ^ b;
        self.state.set((a.rotate_left(49) ^ b ^ (b << 21), b.rotate_left(28)));
        result
    }

    /// A number from 0 on and below 1.
    pub(super) fn random(&self) -> f64 {
        // 53 bits are what a number can hold.
        (self.bits() >> 11) as f64 / 9_007_199_254_740_992.0
    }

    /// RFC 9562, section 5.4: a random UUID.
    pub(super) fn uuid(&self) -> String {
        let (high, low) = (self.bits(), self.bits());
        let high = high & !0xF000 | 0x4000;
        let low = low & !(0b11 << 62) | 0b10 << 62;
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xFFFF,
            high & 0xFFFF,
            low >> 48,
            low & 0xFFFF_FFFF_FFFF
        )
    }
}
