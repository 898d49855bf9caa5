//! The network: what is under way, and what can befall it. It carries bytes; what they mean is
//! the business of [`crate::gateway`] and [`crate::server`].

use std::collections::{BTreeMap, BTreeSet};

use model::Hash;

/// The word for whose sake a filter before the server refuses a whole push.
pub const POISON: &str = "Scunthorpe";

/// What a tablet asks the server.
#[derive(Debug, Clone)]
pub enum Ask {
    /// `GET /probe?nonce=`.
    Probe(String),
    /// `GET /changes?cursor=`.
    Changes(Option<String>),
    /// `POST /push` with this body.
    Push(Vec<u8>),
    /// `POST /edits` with this body.
    Edits(Vec<u8>),
    /// `GET /snapshot`.
    Manifest,
    /// `GET /snapshot/{hash}`.
    Segment(Hash),
}

/// What a request is about, as far as the network cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// A push.
    Push,
    /// The manifest of a snapshot.
    Manifest,
    /// A segment of one.
    Segment,
    /// Anything else.
    Other,
}

impl Sort {
    /// Whether it is about a snapshot.
    pub fn is_snapshot(self) -> bool {
        matches!(self, Self::Manifest | Self::Segment)
    }
}

impl Ask {
    /// What it is about.
    pub fn sort(&self) -> Sort {
        match self {
            Self::Push(_) => Sort::Push,
            Self::Manifest => Sort::Manifest,
            Self::Segment(_) => Sort::Segment,
            Self::Probe(_) | Self::Changes(_) | Self::Edits(_) => Sort::Other,
        }
    }

    /// What is asked, in one word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Probe(_) => "probe",
            Self::Changes(_) => "changes",
            Self::Push(_) => "push",
            Self::Edits(_) => "edit",
            Self::Manifest => "manifest",
            Self::Segment(_) => "segment",
        }
    }
}

/// A request on its way up.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its number.
    pub number: u64,
    /// Whose it is.
    pub tablet: usize,
    /// Who on the tablet waits for it: the task, and its place.
    pub lane: usize,
    /// What it asks.
    pub ask: Ask,
    /// The network made it out of another one; its answer reaches nobody.
    pub twin: bool,
}

/// An answer as it arrives at a tablet.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The header `Retry-After`.
    pub retry_after: Option<String>,
    /// The header `Content-Type`.
    pub media_type: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A page of HTML, as captive portals and proxies send.
    pub fn html(status: u16) -> Self {
        Self {
            status,
            retry_after: None,
            media_type: "text/html; charset=utf-8".to_owned(),
            body: b"<!doctype html><title>Welcome to the library's Wi-Fi</title>".to_vec(),
        }
    }
}

/// An answer on its way down.
#[derive(Debug)]
pub struct Reply {
    /// The request it answers.
    pub number: u64,
    /// Whose it is.
    pub tablet: usize,
    /// Who on the tablet waits for it: the task, and its place.
    pub lane: usize,
    /// What was asked for.
    pub sort: Sort,
    /// What it says.
    pub answer: Answer,
}

/// What stands between one tablet and the server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Line {
    /// Nothing.
    #[default]
    Open,
    /// Everything is lost.
    Cut,
    /// A captive portal answers, in one of several ways.
    Portal(u8),
    /// The server knows this tablet no more.
    Revoked,
    /// The server says that this app is too old.
    Outdated,
}

/// How the server's front refuses for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Busy {
    /// 503 with `Retry-After`.
    Unavailable,
    /// 429 with `Retry-After`.
    TooMany,
    /// 502 by a proxy, without a word when to come back.
    BadGateway,
}

/// What will befall the next thing that can be hit by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doom {
    /// A request is lost.
    Request,
    /// A request comes twice.
    Twice,
    /// The answer to a push is lost.
    Ack,
    /// An answer is cut off, somewhere that this number says.
    Truncated(u32),
}

/// What is under way, and what can befall it.
#[derive(Debug, Default)]
pub struct Network {
    next: u64,
    /// On their way up, oldest first.
    pub requests: Vec<Request>,
    /// On their way down, oldest first.
    pub replies: Vec<Reply>,
    /// Numbers that somebody waits for.
    awaited: BTreeSet<u64>,
    /// What has arrived and was not yet picked up; `None` where nothing will come.
    arrived: BTreeMap<u64, Option<Answer>>,
    /// What stands before each tablet.
    lines: BTreeMap<usize, Line>,
    /// How many of the next requests are refused, and how.
    pub busy: Option<(Busy, u32)>,
    /// What waits for something to hit.
    dooms: Vec<Doom>,
    /// The filter before the server has learnt that [`POISON`] is harmless.
    pub filter_mended: bool,
    /// The last good answers to a push and to a question for a segment, which a bad proxy may give
    /// to somebody else.
    pub last: BTreeMap<Sort, Answer>,
}

impl Network {
    /// Sends a request and gives its number, to wait for.
    pub fn send(&mut self, tablet: usize, lane: usize, ask: Ask) -> u64 {
        self.next += 1;
        let number = self.next;
        self.awaited.insert(number);
        self.requests.push(Request { number, tablet, lane, ask, twin: false });
        number
    }

    /// Whether waiting for that answer is over.
    pub fn has_arrived(&self, number: u64) -> bool {
        self.arrived.contains_key(&number)
    }

    /// Picks up what arrived; `None` if the answer was lost.
    pub fn pick_up(&mut self, number: u64) -> Option<Answer> {
        self.awaited.remove(&number);
        self.arrived.remove(&number).flatten()
    }

    /// Hands an answer, or the end of waiting for one, to whoever waits for it still.
    pub fn arrive(&mut self, number: u64, answer: Option<Answer>) {
        if self.awaited.contains(&number) {
            self.arrived.entry(number).or_insert(answer);
        }
    }

    /// Nobody waits for that answer any more.
    pub fn abandon(&mut self, number: u64) {
        self.awaited.remove(&number);
        self.arrived.remove(&number);
    }

    /// What stands before a tablet.
    pub fn line(&self, tablet: usize) -> Line {
        self.lines.get(&tablet).copied().unwrap_or_default()
    }

    /// Puts something before a tablet, or nothing.
    pub fn set_line(&mut self, tablet: usize, line: Line) {
        self.lines.insert(tablet, line);
    }

    /// Something will be hit, now or when it comes.
    pub fn doom(&mut self, doom: Doom) {
        self.dooms.push(doom);
    }

    /// Takes the first doom that `hits` says yes to.
    pub fn strike(&mut self, hits: impl Fn(Doom) -> bool) -> Option<Doom> {
        let index = self.dooms.iter().position(|doom| hits(*doom))?;
        Some(self.dooms.remove(index))
    }

    /// Everything works again, but for what is refused because of what it holds.
    pub fn heal(&mut self) {
        self.lines.clear();
        self.dooms.clear();
        self.busy = None;
    }

    /// Whether nothing is under way.
    pub fn is_quiet(&self) -> bool {
        self.requests.is_empty() && self.replies.is_empty()
    }
}
