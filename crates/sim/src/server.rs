//! The server: the real intake and store over the simulated disk, behind a front that reads
//! requests and writes answers as the routes do.

use std::{pin::Pin, rc::Rc, sync::Arc};

use model::{
    time::Millis,
    wire::{Edit, Edits, Push, PushAnswer, Verdict},
};
use serde_json::Value;
use server::{
    Store,
    intake::Intake,
    store::{
        memory::{Memory, Snapshot},
        tx::Edits as _,
    },
};

use crate::{
    bug::Bug,
    disk::Disk,
    fault::Fault,
    front,
    gateway::read_cursor,
    ledger::epoch_name,
    network::{Answer, Ask, Request},
    press::{Copies, Press},
    shadow::Shadow,
    step::Plan,
    turn::at_once,
    upkeep::new_theme,
    world::{START, World},
};

/// Something the server is doing.
pub struct Work {
    /// The request it answers, if it is not the server's own business.
    pub(crate) request: Option<Request>,
    /// The edit in it, and whether it was carried out before.
    pub(crate) edit: Option<(Edit, bool)>,
    pub(crate) future: Pin<Box<dyn Future<Output = Answer>>>,
}

impl Work {
    /// Which task of which tablet asked; nobody, if it is the server's own business.
    pub fn asked_by(&self) -> Option<(usize, usize)> {
        self.request.as_ref().map(|request| (request.tablet, request.lane))
    }
}

/// The server.
pub struct Server {
    pub(crate) world: Rc<World>,
    pub(crate) disk: Arc<Disk>,
    pub(crate) store: Store,
    intake: Intake,
    page: u32,
    /// The processes on this database: the first is the one that crashes.
    pub(crate) presses: Vec<Press>,
    /// What it is doing, oldest first.
    pub work: Vec<Work>,
    /// How wrong its clock is, in milliseconds.
    pub clock: i64,
    pub(crate) backup: Option<(Snapshot, Shadow)>,
    pub(crate) epochs: u32,
}

impl Server {
    /// The server that a plan begins with.
    pub fn new(world: &Rc<World>, plan: &Plan) -> Self {
        let Plan { themes, page, .. } = *plan;
        let press = |every| Press::new(world, every, plan.segment as usize);
        let disk = Arc::new(Disk::new(Memory::new(epoch_name(1)), world.bug));
        let store = Store::on(Arc::clone(&disk) as _);
        let mut server = Self {
            world: Rc::clone(world),
            disk,
            intake: Intake::new(store.clone()),
            store,
            page,
            presses: plan.looks.iter().copied().map(press).collect(),
            work: Vec::new(),
            clock: 0,
            backup: None,
            epochs: 1,
        };
        world.shadow.borrow_mut().epoch = 1;
        let first = Store::on(Arc::new(server.disk.memory.clone()));
        let done = at_once(first.import((0..themes).filter_map(new_theme).collect(), false));
        debug_assert!(matches!(done, Some(Ok(Ok(_)))), "{done:?}");
        server.see_everything();
        server.back_up();
        server
    }

    /// What this server's clock says.
    pub(crate) fn now(&self) -> Millis {
        Millis(START + self.world.time.get() + self.clock)
    }

    fn see_catalogue(&self, cause: Option<(&str, &Edit)>) {
        let mut shadow = self.world.shadow.borrow_mut();
        shadow.see_catalogue(&self.world, &self.disk.memory, cause);
    }

    fn see_everything(&self) {
        let mut shadow = self.world.shadow.borrow_mut();
        shadow.see_submissions(&self.world, &self.disk.memory);
        shadow.see_catalogue(&self.world, &self.disk.memory, None);
    }

    /// What the process offers that a request happens to reach.
    fn copies(&self, request: &Request) -> Option<Rc<Copies>> {
        let index = (request.number as usize).checked_rem(self.presses.len())?;
        Some(Rc::clone(&self.presses[index].copies))
    }

    /// Begins to answer `request`.
    pub fn begin(&mut self, request: Request) {
        let mut edit = None;
        let future: Pin<Box<dyn Future<Output = Answer>>> = match &request.ask {
            Ask::Probe(nonce) => Box::pin(front::probe(self.store.clone(), nonce.clone())),
            Ask::Changes(cursor) => {
                let cursor = self.read_cursor(cursor.clone());
                Box::pin(front::changes(self.store.clone(), cursor, self.page))
            }
            Ask::Push(body) => {
                let (body, bug) = (body.clone(), self.world.bug);
                Box::pin(front::push(self.intake.clone(), body, self.now(), bug))
            }
            Ask::Edits(body) => {
                let account = format!("staff-{}", request.tablet);
                let mut edits: Edits =
                    serde_json::from_slice(body).unwrap_or(Edits { edits: vec![] });
                if self.world.has(Bug::RecordOverwritten) {
                    let changes = edits.edits.iter_mut().filter(|edit| !edit.delete);
                    changes.for_each(|edit| self.complete(edit));
                }
                edit = edits.edits.first().map(|edit| (edit.clone(), false));
                Box::pin(front::edit(self.store.clone(), account, edits, self.now()))
            }
            Ask::Manifest => Box::pin(front::manifest(self.store.clone(), self.copies(&request))),
            Ask::Segment(hash) => Box::pin(front::segment(self.copies(&request), *hash)),
        };
        self.work.push(Work { request: Some(request), edit, future });
    }

    /// What a planted bug makes of a cursor; and what is counted about a sound one.
    fn read_cursor(&self, cursor: Option<String>) -> Option<String> {
        let (epoch, seq) = cursor.as_deref().and_then(read_cursor)?;
        let shadow = self.world.shadow.borrow();
        let current = epoch_name(shadow.epoch);
        if epoch == current && seq < shadow.floor {
            self.world.count(Fault::BelowFloor);
        }
        if self.world.has(Bug::EpochNotCompared) {
            return cursor.map(|text| text.replacen(&epoch, &current, 1));
        }
        if self.world.has(Bug::FetchForgetsItsStart) {
            let mut parts: Vec<Value> = serde_json::from_str(cursor.as_deref()?).ok()?;
            *parts.get_mut(4)? = Value::from(0);
            return Some(Value::from(parts).to_string());
        }
        cursor
    }

    /// A planted bug: the edit becomes the whole record as its author saw it.
    fn complete(&self, edit: &mut Edit) {
        let name = (edit.collection.clone(), edit.id.to_string());
        let rev = self.world.shadow.borrow().records().get(&name).map_or(0, |row| row.rev);
        let ledger = self.world.ledger.borrow();
        let Some(seen) = ledger.seen(edit.edit) else { return };
        for (field, value) in &seen.fields {
            edit.fields.entry(field.clone()).or_insert_with(|| value.clone());
        }
        edit.base_rev = edit.base_rev.max(rev);
    }

    /// Lets the work at `index` go on until it next gives the word back.
    pub fn poll(&mut self, index: usize) {
        let Work { request, edit, future } = &mut self.work[index];
        if let Some((edit, repeated)) = edit.as_mut() {
            // Asked before it goes on: once committed, every edit looks as if it were a repeat.
            let done = at_once(self.disk.memory.begin().done_edit(edit.edit));
            *repeated = matches!(done, Some(Ok(Some(_))));
        }
        let commits = self.disk.commits();
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        let answer = future.as_mut().poll(&mut context);
        let committed = self.disk.commits() != commits;
        if committed {
            let account = request.as_ref().map(|it| format!("staff-{}", it.tablet));
            let account = account.unwrap_or_default();
            match (request.as_ref().map(|it| &it.ask), edit) {
                (Some(Ask::Edits(_)), Some((edit, true))) => {
                    let mut shadow = self.world.shadow.borrow_mut();
                    shadow.see_repeated(&self.world, &self.disk.memory, &account, edit);
                }
                (Some(Ask::Edits(_)), Some((edit, false))) => {
                    let edit = edit.clone();
                    self.see_catalogue(Some((&account, &edit)));
                }
                (Some(Ask::Push(_)), _) => {
                    let mut shadow = self.world.shadow.borrow_mut();
                    shadow.see_submissions(&self.world, &self.disk.memory);
                }
                _ => self.see_everything(),
            }
        }
        if let std::task::Poll::Ready(answer) = answer {
            let work = self.work.remove(index);
            if let Some(request) = work.request {
                self.answer(request, answer);
            }
        }
    }

    fn answer(&self, request: Request, answer: Answer) {
        if let Ask::Push(body) = &request.ask {
            self.see_verdicts(body, &answer);
        }
        match (&request.ask, answer.status) {
            (Ask::Manifest, 503) => self.world.count(Fault::NoSnapshot),
            (Ask::Segment(_), 404) => self.world.count(Fault::GoneSegment),
            _ => {}
        }
        let (number, word) = (request.number, request.ask.word());
        self.world.note(format_args!("server answers {word} #{number} with {}", answer.status));
        let reply = crate::network::Reply {
            number: request.number,
            tablet: request.tablet,
            lane: request.lane,
            sort: request.ask.sort(),
            answer,
        };
        if !request.twin {
            self.world.network.borrow_mut().replies.push(reply);
        }
    }

    /// Notes rivals, which no page of the server shows.
    fn see_verdicts(&self, body: &[u8], answer: &Answer) {
        let Ok(PushAnswer { verdicts, .. }) = serde_json::from_slice(&answer.body) else { return };
        let Ok(Push { records }) = serde_json::from_slice(body) else { return };
        for (sent, verdict) in records.iter().zip(verdicts) {
            let Verdict::Refused { problems, .. } = verdict else { continue };
            self.world.count(Fault::RefusedRecord);
            // Bytes that went bad on the way are refused too, and are nobody's rival.
            let made = self.world.ledger.borrow().made(sent.id, sent.hash).is_some();
            let rival = problems.iter().any(|problem| problem.pointer == "/id");
            if rival && made {
                self.world.count(Fault::TwinIds);
                self.world.ledger.borrow_mut().allow_refusal(sent.id, sent.hash);
                let mut shadow = self.world.shadow.borrow_mut();
                shadow.rival(sent.id, sent.hash);
                shadow.see_submissions(&self.world, &self.disk.memory);
            }
        }
    }

    /// The power fails and comes back: what was under way is gone, what was committed is there.
    /// Gives the requests that nobody will answer.
    pub fn crash(&mut self) -> Vec<Request> {
        self.disk.crash();
        // A new process remembers nothing.
        self.intake = Intake::new(self.store.clone());
        let lost = self.work.drain(..).filter_map(|work| work.request).collect();
        self.presses.iter_mut().for_each(Press::interrupt);
        self.presses.iter_mut().take(1).for_each(Press::restart);
        self.see_everything();
        lost
    }
}
