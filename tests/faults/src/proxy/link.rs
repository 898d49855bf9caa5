//! A slow line that all connections share.

use std::time::Duration;

use tokio::{
    sync::Mutex,
    time::{Instant, sleep_until},
};

use super::Direction;

/// The most bytes that travel as one: what fits a packet of Ethernet. A small request waits
/// for one packet of a large answer and not for the whole of it.
pub(super) const PACKET: usize = 1_460;
/// A timer wakes up to a millisecond late. A line that was idle for less than this is taken to
/// have been busy, or the lateness of every packet would add up to a slower line.
const LATE: Duration = Duration::from_millis(5);

/// How fast a line is. Each direction has its own rate, as on the lines that hubs have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// Bits a second in each direction, shared by all connections.
    pub bits_per_second: u64,
    /// From one end to the other and back. Half of it is added to whatever passes, and a new
    /// connection waits for the whole of it first, as for TCP's handshake.
    pub round_trip: Duration,
}

impl Link {
    /// The bad Wi-Fi of a hub, on which the benchmarks compare: 400 kbit/s and 300 ms.
    pub const HUB: Self = Self { bits_per_second: 400_000, round_trip: Duration::from_millis(300) };

    /// How long so many bytes take at the least, once a connection stands: the line's own
    /// floor, with which a measured time is compared.
    pub fn floor(&self, bytes: u64) -> Duration {
        self.round_trip + self.airtime(bytes)
    }

    fn airtime(&self, bytes: u64) -> Duration {
        Duration::from_secs_f64(bytes as f64 * 8.0 / self.bits_per_second.max(1) as f64)
    }
}

/// A line in use.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) link: Link,
    /// When each direction will have sent what it took on.
    up: Mutex<Instant>,
    down: Mutex<Instant>,
}

impl Line {
    pub(super) fn new(link: Link) -> Self {
        let now = Instant::now();
        Self { link, up: Mutex::new(now), down: Mutex::new(now) }
    }

    /// Sends one packet: returns when it has left, and tells when it arrives. Whoever comes
    /// meanwhile is next, so connections take turns packet by packet.
    pub(super) async fn send(&self, direction: Direction, bytes: usize) -> Instant {
        let free = match direction {
            Direction::Up => &self.up,
            Direction::Down => &self.down,
        };
        let left = {
            let mut free = free.lock().await;
            let idle_since = Instant::now().checked_sub(LATE).unwrap_or(*free);
            *free = idle_since.max(*free) + self.link.airtime(bytes as u64);
            *free
        };
        sleep_until(left).await;
        left + self.link.round_trip / 2
    }
}
