//! What is to go wrong, decided before it does.

use std::time::Duration;

use crate::Chance;

/// The way of bytes through the proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

/// How a connection is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// In good order (FIN), as if all had been said. Who does not count takes half for whole.
    Close,
    /// With a reset (RST, by `SO_LINGER` 0), as a machine that has lost its memory does.
    Reset,
}

/// One thing that goes wrong with a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// So many bytes pass in this direction, then both ends are cut off.
    Cut {
        /// Which way is counted.
        direction: Direction,
        /// How many bytes pass.
        at: u64,
        /// How it ends.
        manner: Manner,
    },
    /// So many bytes pass in this direction, then none, with the connection open; after a
    /// while it is reset.
    Stall {
        /// Which way is counted.
        direction: Direction,
        /// How many bytes pass.
        at: u64,
        /// How long nothing comes.
        pause: Duration,
    },
    /// The head of the first answer and half of its body pass; then both ends are closed in
    /// good order.
    HalfAnswer,
}

/// The kinds of fault that a [`Deal`] deals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// [`Fault::Cut`] with [`Manner::Close`].
    Close,
    /// [`Fault::Cut`] with [`Manner::Reset`].
    Reset,
    /// [`Fault::Stall`].
    Stall,
    /// [`Fault::HalfAnswer`].
    HalfAnswer,
}

/// Faults dealt by a seed: the same seed deals the same fault to the same connection.
#[derive(Debug, Clone, PartialEq)]
pub struct Deal {
    /// The seed.
    pub seed: u64,
    /// How likely a connection, or an exchange on it, has a fault: 0.0 to 1.0.
    pub odds: f64,
    /// Which kinds; each is as likely. With none there are no faults.
    pub kinds: Vec<Kind>,
    /// The fault comes before so many bytes have passed in its direction; early and late
    /// places are alike in likelihood on a scale of powers of two.
    pub reach: u64,
    /// How long a stall lasts.
    pub pause: Duration,
    /// Deals again for each exchange on a connection (bytes up after bytes down). Without it
    /// a client that keeps its connections meets a fault less often than one that does not.
    pub each_exchange: bool,
}

impl Deal {
    /// Resets alone, with these odds.
    pub fn resets(seed: u64, odds: f64) -> Self {
        let pause = Duration::ZERO;
        Self { seed, odds, kinds: vec![Kind::Reset], reach: 65_536, pause, each_exchange: false }
    }

    /// Every kind, with these odds. A stall lasts a second, past the patience of the clients
    /// of these tests.
    pub fn everything(seed: u64, odds: f64) -> Self {
        let kinds = vec![Kind::Close, Kind::Reset, Kind::Stall, Kind::HalfAnswer];
        let pause = Duration::from_secs(1);
        Self { seed, odds, kinds, reach: 4_096, pause, each_exchange: false }
    }

    /// What goes wrong with this exchange (0 and up) of this connection.
    pub fn fault(&self, connection: u64, exchange: u64) -> Option<Fault> {
        if exchange > 0 && !self.each_exchange {
            return None;
        }
        let mut chance = Chance::of(self.seed, connection << 20 | exchange);
        let (first, others) = self.kinds.split_first()?;
        if !chance.happens(self.odds) {
            return None;
        }
        let direction = chance.one_of(Direction::Up, &[Direction::Down]);
        let at = chance.any_size_below(self.reach);
        Some(match chance.one_of(*first, others) {
            Kind::Close => Fault::Cut { direction, at, manner: Manner::Close },
            Kind::Reset => Fault::Cut { direction, at, manner: Manner::Reset },
            Kind::Stall => Fault::Stall { direction, at, pause: self.pause },
            Kind::HalfAnswer => Fault::HalfAnswer,
        })
    }
}

/// What the proxy does with the connections that come.
#[derive(Debug, Clone, PartialEq)]
pub enum Plan {
    /// All pass whole.
    Open,
    /// The server is unplugged: each is reset at once.
    Down,
    /// The next one has this fault; those after it pass whole.
    Once(Fault),
    /// Faults come by a seed.
    Dealt(Deal),
}

/// What one connection is to meet.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Fate {
    Refused,
    Passes { first: Option<Fault>, deal: Option<Deal> },
}

impl Plan {
    /// The fate of the connection of this number.
    pub(super) fn fate(&mut self, number: u64) -> Fate {
        match self {
            Self::Open => Fate::Passes { first: None, deal: None },
            Self::Down => Fate::Refused,
            Self::Once(fault) => {
                let first = Some(*fault);
                *self = Self::Open;
                Fate::Passes { first, deal: None }
            }
            Self::Dealt(deal) => {
                Fate::Passes { first: deal.fault(number, 0), deal: Some(deal.clone()) }
            }
        }
    }
}
