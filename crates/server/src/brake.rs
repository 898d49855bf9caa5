//! The brake on guessing passwords: tries of one name from one address are judged one after the
//! other, and only the wrong ones count.
//!
//! Judged side by side, a hundred guesses would all pass before the first is known to be wrong.
//! Counted before they are judged, whoever has the right password on a bad line would be locked
//! out by tries that were cut off. A try that nobody waits for any more leaves the queue, counts
//! as nothing and tells nobody anything.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use model::time::Millis;
use tokio::sync::OwnedMutexGuard;

/// Wrong passwords for one name from one address within [`WRONG_MILLIS`].
const WRONG: usize = 5;
/// A quarter of an hour: five guesses in it are 480 a day, and a person who forgot can wait.
const WRONG_MILLIS: i64 = 15 * 60 * 1_000;
/// Names and addresses remembered, some 2 MiB; past it the one that guessed longest ago goes, so
/// that guessing with ever new names cannot fill the memory.
const REMEMBERED: usize = 10_000;
/// Tries of one address that are judged or wait: all staff of a large hub at once. Whoever sends
/// more holds up nobody elsewhere.
const FROM_ONE: usize = 16;
/// Tries in all that are judged or wait: at 25 ms a hash and two at a time the last of them waits
/// about a second.
const IN_ALL: usize = 64;

/// Whose tries are counted together.
type Who = (String, IpAddr);

/// Why a password is not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Braked {
    /// Too many were wrong; so many seconds are left.
    Wrong(u64),
    /// Too many wait already.
    Waiting,
}

/// What is known about tries. Clones are the same one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Brake(Arc<Mutex<Tries>>);

#[derive(Debug, Default)]
struct Tries {
    /// When passwords were wrong, oldest first; never empty.
    wrong: HashMap<Who, Vec<Millis>>,
    /// Where somebody is judged or waits for it.
    lanes: HashMap<Who, Lane>,
}

/// The queue of one name and address.
#[derive(Debug, Default)]
struct Lane {
    turn: Arc<tokio::sync::Mutex<()>>,
    tries: usize,
}

/// The right to be judged, of one at a time for each name and address.
#[derive(Debug)]
pub(crate) struct Turn {
    place: Place,
    _turn: OwnedMutexGuard<()>,
}

/// A place in a lane, given up when dropped.
#[derive(Debug)]
struct Place {
    brake: Brake,
    who: Who,
}

impl Brake {
    /// Waits until it is this try's turn.
    ///
    /// # Errors
    /// Why its password must not be looked at.
    pub(crate) async fn turn(&self, name: &str, from: IpAddr, now: Millis) -> Result<Turn, Braked> {
        let who = (name.to_owned(), from);
        let turn = self.tries().enter(&who, now)?;
        let place = Place { brake: self.clone(), who };
        let turn = turn.lock_owned().await;
        // Those before it may have been wrong.
        self.tries().check(&place.who, now)?;
        Ok(Turn { place, _turn: turn })
    }

    fn tries(&self) -> MutexGuard<'_, Tries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// The password was right: what was wrong before is forgotten.
    pub(crate) fn right(self) {
        self.place.brake.tries().wrong.remove(&self.place.who);
    }

    /// The password was wrong.
    pub(crate) fn wrong(self, now: Millis) {
        self.place.brake.tries().note(&self.place.who, now);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut tries = self.brake.tries();
        if let Some(lane) = tries.lanes.get_mut(&self.who) {
            lane.tries -= 1;
            if lane.tries == 0 {
                tries.lanes.remove(&self.who);
            }
        }
    }
}

impl Tries {
    fn enter(&mut self, who: &Who, now: Millis) -> Result<Arc<tokio::sync::Mutex<()>>, Braked> {
        self.check(who, now)?;
        let of = |wanted: &dyn Fn(&Who) -> bool| -> usize {
            self.lanes.iter().filter(|(who, _)| wanted(who)).map(|(_, lane)| lane.tries).sum()
        };
        if of(&|other| other.1 == who.1) >= FROM_ONE || of(&|_| true) >= IN_ALL {
            return Err(Braked::Waiting);
        }
        let lane = self.lanes.entry(who.clone()).or_default();
        lane.tries += 1;
        Ok(Arc::clone(&lane.turn))
    }

    fn check(&mut self, who: &Who, now: Millis) -> Result<(), Braked> {
        let Some(wrong) = self.wrong.get_mut(who) else { return Ok(()) };
        wrong.retain(|at| now.since(*at) < WRONG_MILLIS);
        match wrong.first() {
            None => {
                self.wrong.remove(who);
                Ok(())
            }
            Some(first) if wrong.len() >= WRONG => {
                let left = (WRONG_MILLIS - now.since(*first)) / 1_000 + 1;
                Err(Braked::Wrong(u64::try_from(left).unwrap_or(1)))
            }
            Some(_) => Ok(()),
        }
    }

    fn note(&mut self, who: &Who, now: Millis) {
        if self.wrong.len() >= REMEMBERED && !self.wrong.contains_key(who) {
            let longest_ago = self.wrong.iter().min_by_key(|(_, at)| at.last().copied());
            if let Some(oldest) = longest_ago.map(|(who, _)| who.clone()) {
                self.wrong.remove(&oldest);
            }
        }
        self.wrong.entry(who.clone()).or_default().push(now);
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use futures_util::FutureExt;

    use super::*;

    const NOW: Millis = Millis(1_000_000_000);

    fn from(number: u32) -> IpAddr {
        IpAddr::V4(Ipv4Addr::from(number))
    }

    /// A turn that is to be had without waiting.
    fn at_once(brake: &Brake, name: &str, number: u32, now: Millis) -> Result<Turn, Braked> {
        brake.turn(name, from(number), now).now_or_never().expect("nobody is before it")
    }

    #[test]
    fn five_wrong_ones_in_a_quarter_of_an_hour_are_the_last() {
        let brake = Brake::default();
        for minute in 0..5 {
            at_once(&brake, "ana", 1, NOW).unwrap().wrong(Millis(NOW.0 + minute * 60_000));
        }
        let later = Millis(NOW.0 + 5 * 60_000);
        assert_eq!(at_once(&brake, "ana", 1, later).unwrap_err(), Braked::Wrong(601));
        at_once(&brake, "ana", 2, later).unwrap();
        at_once(&brake, "ben", 1, later).unwrap();
        let past = Millis(NOW.0 + WRONG_MILLIS);
        at_once(&brake, "ana", 1, past).unwrap().wrong(past);
        assert_eq!(at_once(&brake, "ana", 1, past).unwrap_err(), Braked::Wrong(61));
    }

    #[tokio::test]
    async fn one_is_judged_at_a_time_and_whoever_leaves_holds_up_nobody() {
        let brake = Brake::default();
        let first = at_once(&brake, "ana", 1, NOW).unwrap();
        let mut second = Box::pin(brake.turn("ana", from(1), NOW));
        let mut third = Box::pin(brake.turn("ana", from(1), NOW));
        assert!((&mut second).now_or_never().is_none());
        assert!((&mut third).now_or_never().is_none());
        drop(second);
        for _ in 0..4 {
            brake.tries().note(&("ana".to_owned(), from(1)), NOW);
        }
        first.wrong(NOW);
        assert_eq!(third.await.unwrap_err(), Braked::Wrong(901));
        assert!(brake.tries().lanes.is_empty());
    }

    #[test]
    fn a_right_one_forgets_the_wrong_ones_and_one_that_was_cut_off_counts_as_nothing() {
        let brake = Brake::default();
        for _ in 0..20 {
            at_once(&brake, "ana", 1, NOW).unwrap().wrong(NOW);
            drop(at_once(&brake, "ana", 1, NOW).unwrap());
            at_once(&brake, "ana", 1, NOW).unwrap().right();
        }
        assert!(brake.tries().wrong.is_empty());
    }

    #[test]
    fn waiting_is_bounded_for_each_address_and_in_all() {
        let brake = Brake::default();
        let mut waiting = Vec::new();
        for address in 0..4 {
            for number in 0..FROM_ONE {
                waiting.push(at_once(&brake, &format!("n{number}"), address, NOW).unwrap());
            }
            let more = at_once(&brake, "more", address, NOW);
            assert_eq!(more.unwrap_err(), Braked::Waiting);
        }
        assert_eq!(waiting.len(), IN_ALL);
        assert_eq!(at_once(&brake, "ana", 9, NOW).unwrap_err(), Braked::Waiting);
        waiting.pop();
        at_once(&brake, "ana", 9, NOW).unwrap();
    }

    #[test]
    fn invented_names_push_out_the_oldest_and_no_more_are_kept() {
        let brake = Brake::default();
        for number in 0..REMEMBERED + 10 {
            let at = Millis(NOW.0 + i64::try_from(number).unwrap());
            at_once(&brake, &format!("n{number}"), 1, at).unwrap().wrong(at);
        }
        let tries = brake.tries();
        assert_eq!(tries.wrong.len(), REMEMBERED);
        assert!(!tries.wrong.contains_key(&("n9".to_owned(), from(1))));
        assert!(tries.wrong.contains_key(&("n10".to_owned(), from(1))));
    }
}
