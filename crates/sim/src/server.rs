//! The server: the real intake and store over the simulated disk, behind a front that reads
//! requests and writes answers as the routes do.

use std::{pin::Pin, rc::Rc, sync::Arc};

use model::{
    Collection, Key,
    time::Millis,
    wire::{Edit, Edits, Push, PushAnswer, Verdict},
};
use serde_json::{Map, Value, json};
use server::{
    Store,
    intake::Intake,
    store::{
        ImportRecord,
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
    shadow::{EDITED, Shadow, theme},
    tablet::SURVEY,
    turn::at_once,
    world::{START, World},
};

/// Something the server is doing.
pub struct Work {
    /// The request it answers, if it is not the server's own business.
    request: Option<Request>,
    /// The edit in it, and whether it was carried out before.
    edit: Option<(Edit, bool)>,
    future: Pin<Box<dyn Future<Output = Answer>>>,
}

impl Work {
    /// Which task of which tablet asked; nobody, if it is the server's own business.
    pub fn asked_by(&self) -> Option<(usize, usize)> {
        self.request.as_ref().map(|request| (request.tablet, request.lane))
    }
}

/// The server.
pub struct Server {
    world: Rc<World>,
    disk: Arc<Disk>,
    store: Store,
    intake: Intake,
    page: u32,
    /// What it is doing, oldest first.
    pub work: Vec<Work>,
    /// How wrong its clock is, in milliseconds.
    pub clock: i64,
    backup: Option<(Snapshot, Shadow)>,
    epochs: u32,
}

impl Server {
    /// A server with `themes` themes to edit, that gives `page` records a page.
    pub fn new(world: &Rc<World>, themes: u8, page: u32) -> Self {
        let disk = Arc::new(Disk::new(Memory::new(epoch_name(1)), world.bug));
        let store = Store::on(Arc::clone(&disk) as _);
        let mut server = Self {
            world: Rc::clone(world),
            disk,
            intake: Intake::new(store.clone()),
            store,
            page,
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
    fn now(&self) -> Millis {
        Millis(START + self.world.time.get() + self.clock)
    }

    /// Publishes the survey that some submissions answer, as the command line does.
    pub fn publish(&mut self) {
        let store = self.store.clone();
        self.do_itself(async move { drop(store.import(survey(), false).await) });
    }

    /// Does something that nobody waits for.
    fn do_itself(&mut self, work: impl Future<Output = ()> + 'static) {
        let future = async move {
            work.await;
            Answer::html(204)
        };
        self.work.push(Work { request: None, edit: None, future: Box::pin(future) });
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
        };
        self.work.push(Work { request: Some(request), edit, future });
    }

    /// Forgets deletions older than `age` milliseconds by its clock.
    pub fn expire(&mut self, age: i64) {
        let (store, before) = (self.store.clone(), Millis(self.now().0.saturating_sub(age)));
        // Where it fails, it is done again tomorrow.
        self.do_itself(async move { drop(store.expire_tombstones(before).await) });
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
        let (number, word) = (request.number, request.ask.word());
        self.world.note(format_args!("server answers {word} #{number} with {}", answer.status));
        let reply = crate::network::Reply {
            number: request.number,
            tablet: request.tablet,
            lane: request.lane,
            of_push: matches!(request.ask, Ask::Push(_)),
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
        self.see_everything();
        lost
    }

    /// Makes a backup.
    pub fn back_up(&mut self) {
        let shadow = self.world.shadow.borrow().clone();
        self.backup = Some((self.disk.memory.snapshot(), shadow));
    }

    /// Puts the last backup in place, under a new epoch. The server is started anew: gives the
    /// requests that nobody will answer.
    pub fn restore(&mut self) -> Vec<Request> {
        let lost = self.crash();
        let Some((snapshot, shadow)) = self.backup.clone() else { return lost };
        if shadow.count() < self.world.shadow.borrow().count() {
            self.world.count(Fault::Restore);
        }
        if self.world.has(Bug::EpochKept) {
            self.disk.memory.revert(&snapshot);
            *self.world.shadow.borrow_mut() = shadow;
            return lost;
        }
        self.epochs += 1;
        self.disk.memory.restore(&snapshot);
        let store = Store::on(Arc::new(self.disk.memory.clone()));
        drop(at_once(store.settle_epoch(epoch_name(self.epochs))));
        *self.world.shadow.borrow_mut() = shadow;
        self.world.shadow.borrow_mut().restored(&self.world, self.epochs);
        lost
    }
}

fn new_theme(number: u8) -> Option<ImportRecord> {
    let fields = json!({"name": {"en": format!("Theme {number}")}, "a": "", "b": ""});
    Some(ImportRecord {
        collection: EDITED,
        id: theme(number)?,
        fields: fields.as_object()?.clone(),
    })
}

fn survey() -> Vec<ImportRecord> {
    let definition = json!({
        "languages": ["en"],
        "items": [{"name": "words", "type": "text", "label": {"en": "What else?"}}],
    });
    let version = json!({"survey": SURVEY, "version": 1, "definition": definition});
    let record = |id: &str, fields: &Value| {
        let fields: Map<String, Value> = fields.as_object()?.clone();
        Some(ImportRecord { collection: Collection::SurveyVersion, id: Key::parse(id)?, fields })
    };
    record(&format!("{SURVEY}.1"), &version).into_iter().collect()
}
