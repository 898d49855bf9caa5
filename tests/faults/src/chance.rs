//! Random numbers that come again with their seed.

/// A row of random numbers. The same seed gives the same row on every machine, so that a
/// failure is seen again with the seed it printed. (SplitMix64: a few lines, and good enough
/// for choosing faults.)
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// The row of this seed.
    pub fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// One of many rows of a seed: each connection and each client has its own, so that the
    /// order in which they draw makes no difference.
    pub fn of(seed: u64, number: u64) -> Self {
        let mut of_number = Self(number);
        Self(seed ^ of_number.number())
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 if that is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        // The remainder favours small numbers by less than one in 2^32 for any bound here.
        self.number().checked_rem(bound).unwrap_or(0)
    }

    /// A number from 0.0 to below 1.0.
    pub fn fraction(&mut self) -> f64 {
        // 53 bits fill a float's fraction exactly.
        (self.number() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with these odds, from 0.0 for never to 1.0 for always.
    pub fn happens(&mut self, odds: f64) -> bool {
        self.fraction() < odds
    }

    /// A number from 0 to below `bound`, the small ones as likely as the large ones: faults
    /// early in a transfer matter as much as those late in it.
    pub fn any_size_below(&mut self, bound: u64) -> u64 {
        let bits = u64::from(u64::BITS - bound.leading_zeros());
        let size = 1_u64.checked_shl(u32::try_from(self.below(bits + 1)).unwrap_or(0));
        self.below(size.unwrap_or(bound).min(bound))
    }

    /// One of them.
    pub fn one_of<T: Copy>(&mut self, first: T, others: &[T]) -> T {
        let at = self.below(others.len() as u64 + 1);
        let at = usize::try_from(at).unwrap_or(0);
        if at == 0 { first } else { others.get(at - 1).copied().unwrap_or(first) }
    }

    /// Bytes for an identity.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| (self.number() >> 56) as u8)
    }
}
