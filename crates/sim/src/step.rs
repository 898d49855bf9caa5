//! The plan of a run: a list of steps drawn from the seed before anything happens. A step that
//! has nothing to act on does nothing, so any part of a plan is a plan too, and a failing one
//! can be shrunk by leaving steps out.

use crate::{staff::Deed, tablet::Told};

/// Something that befalls tablets, network or server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it; what each does stands in `scheduler`")]
pub enum Blow {
    LoseRequest,
    LoseReply,
    Duplicate,
    GiveUp,
    Truncate,
    Cross,
    Cut,
    Portal,
    Revoke,
    Outdate,
    Unavailable,
    TooMany,
    BadGateway,
    CrashTablet,
    CrashServer,
    SetTabletClock,
    SetServerClock,
    BackUp,
    Restore,
    OpenTab,
    LoseLock,
    Sleep,
    Clone,
    Twins,
    Update,
    Expire,
    Forget,
    Damage,
    Fill,
    Publish,
}

impl Blow {
    /// Every one.
    const ALL: [Self; 30] = [
        Self::LoseRequest,
        Self::LoseReply,
        Self::Duplicate,
        Self::GiveUp,
        Self::Truncate,
        Self::Cross,
        Self::Cut,
        Self::Portal,
        Self::Revoke,
        Self::Outdate,
        Self::Unavailable,
        Self::TooMany,
        Self::BadGateway,
        Self::CrashTablet,
        Self::CrashServer,
        Self::SetTabletClock,
        Self::SetServerClock,
        Self::BackUp,
        Self::Restore,
        Self::OpenTab,
        Self::LoseLock,
        Self::Sleep,
        Self::Clone,
        Self::Twins,
        Self::Update,
        Self::Expire,
        Self::Forget,
        Self::Damage,
        Self::Fill,
        Self::Publish,
    ];
}

/// One step. The numbers choose among what is there when the step comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Tablets, network and server go on, `count` times whichever `chance` says.
    Go {
        /// How often.
        count: u8,
        /// The seed of the choices.
        chance: u64,
    },
    /// One thing happens: the one of those possible that the number chooses. Shrinking takes
    /// [`Step::Go`] apart into these.
    Act(u32),
    /// Time passes, in milliseconds.
    Wait(i64),
    /// Somebody tells a tablet something.
    Save {
        /// Which tablet.
        tablet: u32,
        /// What.
        told: Told,
        /// They press the button twice.
        twice: bool,
    },
    /// A member of staff edits.
    Edit {
        /// At which tablet.
        tablet: u32,
        /// What they do.
        deed: Deed,
        /// To what.
        pick: u32,
    },
    /// Something goes wrong.
    Strike(Blow, u32),
    /// What stood before a tablet goes away.
    Mend(u32),
}

/// All that a run is made of, but for the bug.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Where it came from.
    pub seed: u64,
    /// How many tablets there are at first.
    pub tablets: usize,
    /// How many records a page of the catalogue has.
    pub page: u32,
    /// How many themes there are at first.
    pub themes: u8,
    /// At so many bytes a segment of a snapshot ends.
    pub segment: u32,
    /// After how many milliseconds each process of the server looks whether its snapshot is still
    /// the newest. None is a server of before.
    pub looks: Vec<i64>,
    /// What happens.
    pub steps: Vec<Step>,
}

impl Plan {
    /// The same plan with each [`Step::Go`] in single acts.
    pub fn taken_apart(&self) -> Self {
        let steps = self.steps.iter().flat_map(|step| match *step {
            Step::Go { count, chance } => acts(count, chance).map(Step::Act).collect(),
            other => vec![other],
        });
        Self { steps: steps.collect(), ..self.clone() }
    }

    /// The plan of a seed.
    pub fn of(seed: u64) -> Self {
        let mut chance =
            fastrand::Rng::with_seed(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x5117);
        // A few kinds of trouble a run, not all at once: what one kind prevents from happening
        // would else never be seen with another. Only sleep comes with all: what was begun before
        // and goes on afterwards finds bugs that nothing else does.
        let kinds = Blow::ALL.into_iter();
        let kinds = kinds.filter(|blow| chance.u8(..100) < 40 || *blow == Blow::Sleep);
        let blows: Vec<Blow> = kinds.collect();
        let length = chance.usize(40..120);
        let tablets = chance.usize(1..4);
        let page = chance.u32(2..6);
        let themes = chance.u8(2..7);
        // Room for one record, or a few.
        let segment = chance.u32(40..160);
        let servers = chance.usize(..4).min(2);
        let looks = (0..servers).map(|_| [400, 2_000, 10_000][chance.usize(..3)]).collect();
        let steps = (0..length).map(|_| step(&mut chance, &blows)).collect();
        Self { seed, tablets, page, themes, segment, looks, steps }
    }
}

/// What [`Step::Go`] chooses, one after the other.
pub fn acts(count: u8, chance: u64) -> impl Iterator<Item = u32> {
    let mut chance = fastrand::Rng::with_seed(chance);
    (0..count).map(move |_| chance.u32(..))
}

fn step(chance: &mut fastrand::Rng, blows: &[Blow]) -> Step {
    match chance.u8(..100) {
        0..45 => Step::Go { count: chance.u8(1..30), chance: chance.u64(..) },
        45..50 => Step::Wait([900, 40_000, 3_600_000, 691_200_000][chance.usize(..4)]),
        50..61 => Step::Save {
            tablet: chance.u32(..),
            told: match chance.u8(..10) {
                0 => Told::Response,
                1 => Told::Poison,
                _ => Told::Feedback,
            },
            twice: chance.u8(..10) == 0,
        },
        61..70 => Step::Edit {
            tablet: chance.u32(..),
            deed: match chance.u8(..10) {
                0..2 => Deed::Delete,
                2 => Deed::Remove,
                3 => Deed::Create,
                _ => Deed::Change,
            },
            pick: chance.u32(..),
        },
        70..74 => Step::Mend(chance.u32(..)),
        _ => match blows {
            [] => Step::Wait(900),
            blows => Step::Strike(blows[chance.usize(..blows.len())], chance.u32(..)),
        },
    }
}
