//! Cutting an exchange at every byte, in both directions.

use anyhow::{Context, Result, ensure};

use crate::{
    Chance, Proxy,
    proxy::{Direction, Fault, Manner, Plan},
};

/// The bytes of one exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Of the request.
    pub up: u64,
    /// Of the answer.
    pub down: u64,
}

/// Where an exchange is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Which way is counted.
    pub direction: Direction,
    /// How many bytes pass.
    pub at: u64,
    /// Whether something of the answer is missing then: it must not be believed.
    pub halves: bool,
}

/// A sweep over the bytes of the exchanges through one proxy.
pub struct Sweep<'a> {
    proxy: &'a Proxy,
    chance: Chance,
    cuts: u64,
}

impl<'a> Sweep<'a> {
    /// A sweep whose cuts end connections in the manners that the seed says.
    pub fn of(proxy: &'a Proxy, seed: u64) -> Self {
        Self { proxy, chance: Chance::seeded(seed), cuts: 0 }
    }

    /// Lets one exchange pass whole, and gives its size.
    ///
    /// # Errors
    /// If the exchange fails, or was more than one.
    pub async fn measure(&self, exchange: impl AsyncFnOnce() -> Result<()>) -> Result<Size> {
        let before = self.proxy.counts();
        exchange().await.context("an exchange that nothing disturbs")?;
        let after = self.proxy.counts();
        ensure!(after.connections == before.connections + 1, "not one connection: {after:?}");
        Ok(Size { up: after.up - before.up, down: after.down - before.down })
    }

    /// Has `exchange` made once for each place: before the first byte, after each, and after
    /// the last. The first connection it makes is cut there; those after it pass whole.
    ///
    /// # Errors
    /// The exchange's, with its place.
    pub async fn cut_everywhere(
        &mut self,
        size: Size,
        mut exchange: impl AsyncFnMut(Place) -> Result<()>,
    ) -> Result<()> {
        for (direction, bytes) in [(Direction::Up, size.up), (Direction::Down, size.down)] {
            for at in 0..=bytes {
                let halves = direction == Direction::Down && at < bytes;
                let place = Place { direction, at, halves };
                self.cut(place);
                exchange(place).await.with_context(|| format!("cut at {place:?} of {size:?}"))?;
                self.cuts += 1;
            }
        }
        self.proxy.follow(Plan::Open);
        Ok(())
    }

    /// How many places were cut.
    pub fn cuts(&self) -> u64 {
        self.cuts
    }

    fn cut(&mut self, Place { direction, at, .. }: Place) {
        let manner = self.chance.one_of(Manner::Close, &[Manner::Reset]);
        self.proxy.follow(Plan::Once(Fault::Cut { direction, at, manner }));
    }
}
