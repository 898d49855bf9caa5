//! Filling in a survey: a page at a time, forward and back, until it is whole.

use std::{borrow::Cow, sync::Arc};

use model::{
    Key, Named, Problem,
    submission::{Answer, Response},
    time::Millis,
};

use crate::{
    Context, Definition, Field, Heading, Kind, Metadata, ValidResponse,
    tree::{Mode, NodeId, Part, ROOT, Tree, text_of},
};

/// Somebody's answers so far and the page they are on.
///
/// An answer is taken as it is typed ([`Fill::set`]) and everything that follows from it is computed at once, so
/// questions on the same page come and go. [`Fill::go_on`] leaves the page if nothing on it is wrong.
///
/// **Invariant:** the page shown is one to be asked, and nothing but a new answer takes an answer away. Answers to
/// questions that are not relevant any more, and instances that a smaller count leaves out, are kept aside while
/// filling, so that changing one's mind twice brings them back; the finished response is without them.
#[derive(Debug, Clone)]
pub struct Fill {
    pub(crate) tree: Tree,
    pub(crate) at: Stop,
    /// Somebody came back to change an answer, and wants to be on "check your answers" again.
    pub(crate) changing: bool,
    /// The instance whose first page is on the screen since it was added, as long as nobody answered anything.
    pub(crate) added: Option<NodeId>,
}

/// A place to stop at on the way through a survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// A question, or a group or instance whose questions stand on one page.
    Page(NodeId),
    /// Behind the instances of a repeat: whether there is another one.
    More(NodeId),
    /// "Check your answers".
    Check,
}

/// What is on the screen.
pub enum Screen<'a> {
    /// One question, or the relevant questions of a group that stands on one page (`field-list`).
    Page(Page<'a>),
    /// A question to the person: is there another one of these?
    More(More<'a>),
    /// "Check your answers": see [`Fill::summary`].
    Check,
}

/// Questions that stand on the screen together.
pub struct Page<'a> {
    /// The path of the question, or of the group or instance that is the page.
    pub path: String,
    /// The appearance of the group (`field-list`, `table-list` …); empty on a page of one question.
    pub appearance: &'a str,
    /// Its questions and notes that are relevant now.
    pub fields: Vec<Field<'a>>,
}

/// Whether there is another instance of a repeat.
pub struct More<'a> {
    /// The path of the repeat, for [`Fill::add`].
    pub path: String,
    /// How many there are.
    pub count: usize,
    /// Whether there may be one more: a form that grows without end is stopped.
    pub can_add: bool,
    tree: &'a Tree,
    node: NodeId,
}

impl More<'_> {
    /// What is repeated, in `language`: the repeat's label, else its name.
    pub fn label(&self, language: &str) -> String {
        let item = self.tree.item(self.node);
        let words = self.tree.words(&item.label, self.node, language);
        if words.is_empty() { item.name.clone() } else { words }
    }
}

/// How far somebody is: "Question 3 of about 12".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// From 1; at least 0 where nothing is asked.
    pub number: usize,
    /// How many pages with questions these answers lead to; it may change with the next answer.
    pub about: usize,
}

impl Fill {
    /// Starts at the first page.
    pub fn start(definition: Arc<Definition>, mut context: Context) -> Self {
        context.started.get_or_insert(context.now);
        let mut tree = Tree::new(definition, context, Mode::Live);
        tree.settle_all();
        let mut fill = Self { tree, at: Stop::Check, changing: false, added: None };
        if let Some(first) = fill.stops().first().copied() {
            fill.show(first);
        }
        fill
    }

    /// What it fills in.
    pub fn definition(&self) -> &Arc<Definition> {
        &self.tree.definition
    }

    /// Tells what the clock says now, for `now()` in what is computed from here on.
    pub fn set_now(&mut self, now: Millis) {
        self.tree.context.now = now;
    }

    /// Changes the language on the screen. No answer changes; a calculation that shows the label of a choice follows.
    pub fn set_language(&mut self, language: &str) {
        if self.tree.language != language {
            language.clone_into(&mut self.tree.language);
            self.change(Tree::settle_language);
        }
    }

    /// What is on the screen.
    pub fn screen(&self) -> Screen<'_> {
        let tree = &self.tree;
        match self.at {
            Stop::Check => Screen::Check,
            Stop::More(node) => Screen::More(More {
                path: tree.path(node),
                count: tree.kids(node).len(),
                can_add: tree.has_room(node),
                tree,
                node,
            }),
            Stop::Page(node) => {
                let own = &tree.nodes[node];
                let appearance = if own.part == Part::Question {
                    ""
                } else {
                    tree.item(node).appearance.as_str()
                };
                let nodes = self.nodes_of(node).into_iter();
                let fields = nodes.map(|node| Field { tree, node }).collect();
                Screen::Page(Page { path: tree.path(node), appearance, fields })
            }
        }
    }

    /// The questions on the screen; none before "another one?" and on "check your answers".
    pub fn fields(&self) -> Vec<Field<'_>> {
        match self.screen() {
            Screen::Page(page) => page.fields,
            _ => Vec::new(),
        }
    }

    /// The question at a path: `age`, `household[2]/age`; relevant or not. None if there is no such question, or
    /// not as many instances.
    pub fn field(&self, path: &str) -> Option<Field<'_>> {
        let node = self.tree.at(path)?;
        let question = self.tree.nodes[node].part == Part::Question;
        question.then_some(Field { tree: &self.tree, node })
    }

    /// The groups and instances around what is on the screen, the outermost first, without the page itself.
    pub fn headings(&self, language: &str) -> Vec<Heading> {
        match self.at {
            Stop::Page(node) | Stop::More(node) => {
                Field { tree: &self.tree, node }.headings(language)
            }
            Stop::Check => Vec::new(),
        }
    }

    /// Takes an answer as it is typed, and computes what follows. `None`, and a text of white space, is no answer.
    /// Whether it is good is said by [`Field::problems`] and [`Fill::go_on`]. False if there is no such question, or it
    /// can only be read.
    pub fn set(&mut self, path: &str, answer: Option<Answer>) -> bool {
        let Some(node) = self.tree.at(path) else { return false };
        let kind = &self.tree.item(node).kind;
        if !kind.is_asked() || (Field { tree: &self.tree, node }).is_read_only() {
            return false;
        }
        let answer = match answer {
            Some(Answer::One(text)) => {
                let trimmed = text.trim();
                (!trimmed.is_empty()).then(|| Answer::One(trimmed.to_owned()))
            }
            Some(Answer::Many(names)) if names.is_empty() => None,
            answer => answer,
        };
        self.added = None;
        self.change(|tree| tree.set(node, answer));
        true
    }

    /// Leaves the page for the next one, or for "check your answers". Who came back to change an answer is asked only
    /// what it brings up, and not everything behind it once more. Behind a repeat it means that there is no other one.
    ///
    /// # Errors
    /// What is wrong on the page; it stays on the screen.
    pub fn go_on(&mut self) -> Result<(), Vec<Problem>> {
        if let Stop::Page(page) = self.at {
            let nodes = self.nodes_of(page).into_iter();
            let problems: Vec<_> = nodes.flat_map(|it| self.tree.problems_at(it, false)).collect();
            if !problems.is_empty() {
                return Err(problems);
            }
        }
        let stops = self.stops();
        let here = stops.iter().position(|stop| *stop == self.at).map_or(stops.len(), |at| at + 1);
        let mut after = stops.into_iter().skip(here);
        match after.find(|stop| !self.changing || !self.was_seen(*stop)) {
            Some(stop) => self.show(stop),
            None if self.changing => self.go_to_check(),
            None => self.show(Stop::Check),
        }
        Ok(())
    }

    /// Goes back one page; false if this is the first one. No answer changes. From an instance that was added and not
    /// touched since it goes back to where it was added, and takes it out again: who pressed "add another" by mistake
    /// leaves nobody behind.
    pub fn back(&mut self) -> bool {
        if let Some(instance) = self.added.take() {
            let series = self.tree.nodes[instance].parent;
            self.take_out(instance);
            self.show(Stop::More(series));
            return true;
        }
        let stops = self.stops();
        let here = stops.iter().position(|stop| *stop == self.at).unwrap_or(stops.len());
        let Some(before) = here.checked_sub(1).and_then(|at| stops.get(at)) else { return false };
        self.show(*before);
        true
    }

    /// Goes to the page of a question, a group, an instance or a repeat; false if it is not to be asked.
    pub fn go_to(&mut self, path: &str) -> bool {
        let Some(node) = self.tree.at(path) else { return false };
        let Some(stop) = self.stop_of(node) else { return false };
        self.changing |= self.at == Stop::Check;
        self.show(stop);
        true
    }

    /// Goes on to "check your answers", or to the first page where something is wrong or missing.
    pub fn go_to_check(&mut self) {
        let open = |stop: &Stop| match stop {
            Stop::Page(page) => {
                let mut nodes = self.nodes_of(*page).into_iter();
                nodes.any(|node| !self.tree.problems_at(node, false).is_empty())
            }
            _ => false,
        };
        let open = self.stops().into_iter().find(open);
        self.show(open.unwrap_or(Stop::Check));
    }

    /// Adds an instance at the end of a repeat that people may add to, and goes to its first page. False if there is no
    /// such repeat or no room.
    pub fn add(&mut self, repeat: &str) -> bool {
        let Some(series) = self.open_series(repeat) else { return false };
        let before = self.tree.nodes[series].live;
        let mut added = None;
        self.change(|tree| {
            added = tree.add_instance(series);
            tree.refresh_count(series);
            tree.instances_changed(series, before, None);
            tree.settle();
        });
        let Some(instance) = added else { return false };
        let first = self.stops().into_iter().find(|stop| match stop {
            Stop::Page(node) | Stop::More(node) => self.tree.is_inside(*node, instance),
            Stop::Check => false,
        });
        if let Some(first) = first {
            self.show(first);
            self.added = Some(instance);
        }
        true
    }

    /// Takes an instance (`household[2]`) out of a repeat that people may add to, with its answers; those behind it
    /// move up. False if there is no such instance.
    pub fn remove(&mut self, instance: &str) -> bool {
        let Some(node) = self.tree.at(instance) else { return false };
        let series = self.tree.nodes[node].parent;
        let path = self.tree.path(series);
        if self.tree.nodes[node].part != Part::Instance || self.open_series(&path).is_none() {
            return false;
        }
        self.added = None;
        self.take_out(node);
        true
    }

    fn take_out(&mut self, instance: NodeId) {
        self.change(|tree| {
            tree.remove_instance(instance);
            tree.settle();
        });
    }

    /// Where the page on the screen stands among those to be asked. A note is no question: it counts as part of the
    /// next page.
    pub fn progress(&self) -> Progress {
        let stops = self.stops();
        let asks = |stop: &&Stop| match stop {
            Stop::Page(page) => {
                self.nodes_of(*page).iter().any(|it| self.tree.kind(*it).is_asked())
            }
            _ => false,
        };
        let about = stops.iter().filter(asks).count();
        let here = stops.iter().position(|stop| *stop == self.at);
        let before = here.map(|here| stops.iter().take(here).filter(asks).count());
        Progress { number: before.map_or(about, |before| before + 1).min(about), about }
    }

    /// Every question asked, for "check your answers", in order and with or without an answer. Notes are left out, and
    /// rows that only show the words of choices over the questions below (`label`).
    pub fn summary(&self) -> Vec<Field<'_>> {
        let tree = &self.tree;
        let mut fields = Vec::new();
        tree.walk(ROOT, &mut |node| {
            let own = &tree.nodes[node];
            let asked = tree.kind(node).is_asked() && !tree.item(node).looks("label");
            if own.part == Part::Question && own.relevant && asked {
                fields.push(Field { tree, node });
            }
        });
        fields
    }

    /// Everything that is answered and computed, by path, without what is not relevant: what a response holds.
    pub fn answers(&self) -> Named<Answer> {
        self.tree.answers()
    }

    /// The finished response. `seconds` is how long it took.
    ///
    /// # Errors
    /// What is still wrong or missing.
    pub fn finish(
        &self,
        survey: Key,
        version: u32,
        seconds: Option<u32>,
    ) -> Result<ValidResponse, Vec<Problem>> {
        let tree = self.ended(seconds);
        let problems = tree.problems(false);
        if !problems.is_empty() {
            return Err(problems);
        }
        let answers = tree.answers();
        Ok(ValidResponse::of(Response { survey, version, answers, seconds, partial: false }))
    }

    /// What is answered so far as a partial response, for somebody who stops and wants it kept. Nothing needs an
    /// answer then; an answer that is wrong is left out.
    pub fn stop(&self, survey: Key, version: u32, seconds: Option<u32>) -> ValidResponse {
        let mut tree = self.ended(seconds);
        // Without one answer another may no longer fit, so it is looked again; each round takes one out at least.
        for _ in 0..tree.nodes.len() {
            let mut wrong = Vec::new();
            tree.walk(ROOT, &mut |node| {
                if tree.nodes[node].part == Part::Question
                    && !tree.problems_at(node, true).is_empty()
                {
                    wrong.push(node);
                }
            });
            if wrong.is_empty() {
                break;
            }
            wrong.into_iter().for_each(|node| tree.set(node, None));
        }
        let answers = tree.answers();
        ValidResponse::of(Response { survey, version, answers, seconds, partial: true })
    }

    /// The tree with the moment of its end, and how long it took.
    fn ended(&self, seconds: Option<u32>) -> Tree {
        let mut tree = self.tree.clone();
        let end = |node: NodeId, tree: &Tree| {
            tree.nodes[node].part == Part::Question
                && *tree.kind(node) == Kind::Metadata(Metadata::End)
        };
        let mut ends = Vec::new();
        tree.walk(ROOT, &mut |node| {
            if end(node, &self.tree) {
                ends.push(node);
            }
        });
        let now = tree.context.now;
        let started = tree.context.started.unwrap_or(now);
        let at = seconds
            .map_or(now, |seconds| Millis(started.0.saturating_add(i64::from(seconds) * 1_000)));
        tree.context.now = at;
        tree.settle_duration();
        for node in ends {
            let text = tree.context.moment(at);
            tree.set(node, Some(Answer::One(text)));
        }
        tree
    }

    /// Changes something, and moves on if the page on the screen is gone with it.
    fn change(&mut self, change: impl FnOnce(&mut Tree)) {
        let before = self.stops();
        change(&mut self.tree);
        let after = self.stops();
        if self.at != Stop::Check && !after.contains(&self.at) {
            let here = before.iter().position(|stop| *stop == self.at).unwrap_or(0);
            let next = before.into_iter().skip(here).find(|stop| after.contains(stop));
            self.show(next.unwrap_or(Stop::Check));
        }
    }

    fn show(&mut self, stop: Stop) {
        self.added = None;
        self.changing &= stop != Stop::Check;
        match stop {
            Stop::Page(node) | Stop::More(node) => self.tree.nodes[node].seen = true,
            Stop::Check => {}
        }
        self.at = stop;
    }

    fn was_seen(&self, stop: Stop) -> bool {
        match stop {
            Stop::Page(node) | Stop::More(node) => self.tree.nodes[node].seen,
            Stop::Check => true,
        }
    }

    /// Every place to stop at with these answers, in order.
    pub(crate) fn stops(&self) -> Vec<Stop> {
        let mut stops = Vec::new();
        self.stops_under(ROOT, &mut stops);
        stops
    }

    fn stops_under(&self, node: NodeId, stops: &mut Vec<Stop>) {
        let tree = &self.tree;
        for kid in tree.kids(node) {
            let own = &tree.nodes[*kid];
            if !own.relevant {
                continue;
            }
            let item = tree.item(*kid);
            match own.part {
                Part::Question if item.kind.is_shown() => stops.push(Stop::Page(*kid)),
                Part::Question => {}
                Part::Group | Part::Instance if tree.definition.is_page(own.item) => {
                    if !self.nodes_of(*kid).is_empty() {
                        stops.push(Stop::Page(*kid));
                    }
                }
                Part::Group | Part::Instance => self.stops_under(*kid, stops),
                Part::Series => {
                    self.stops_under(*kid, stops);
                    if item.repeat_count.is_none() {
                        stops.push(Stop::More(*kid));
                    }
                }
            }
        }
    }

    /// The relevant questions and notes of a page.
    fn nodes_of(&self, page: NodeId) -> Vec<NodeId> {
        let tree = &self.tree;
        if tree.nodes[page].part == Part::Question {
            return vec![page];
        }
        let mut nodes = Vec::new();
        tree.walk(page, &mut |node| {
            let own = &tree.nodes[node];
            if own.part == Part::Question && own.relevant && tree.kind(node).is_shown() {
                nodes.push(node);
            }
        });
        nodes
    }

    /// The stop where a node is on the screen.
    fn stop_of(&self, node: NodeId) -> Option<Stop> {
        let stops = self.stops();
        if self.tree.nodes[node].part == Part::Series {
            return stops.into_iter().find(|stop| *stop == Stop::More(node));
        }
        // The page that it is or stands on; of a group that is no page, its first one.
        let on = |stop: &Stop| match stop {
            Stop::Page(page) => *page == node || self.tree.is_inside(node, *page),
            _ => false,
        };
        let first = |stop: &Stop| match stop {
            Stop::Page(page) => self.tree.is_inside(*page, node),
            _ => false,
        };
        let relevant = self.tree.nodes[node].relevant;
        let found =
            stops.iter().find(|stop| on(stop)).or_else(|| stops.iter().find(|it| first(it)));
        found.copied().filter(|_| relevant)
    }

    /// The repeat at a path, if people may add to it.
    fn open_series(&self, path: &str) -> Option<NodeId> {
        let node = self.tree.at(path)?;
        let own = &self.tree.nodes[node];
        let open = own.part == Part::Series && own.relevant;
        (open && self.tree.item(node).repeat_count.is_none()).then_some(node)
    }
}

impl Tree {
    /// What stands of the answer at `node`: what is no longer offered was not answered.
    pub(crate) fn standing(&self, node: NodeId) -> Option<Cow<'_, Answer>> {
        let own = &self.nodes[node];
        let answer = own.answer.as_ref()?;
        if own.value.is_empty() && !text_of(Some(answer)).is_empty() {
            return None;
        }
        Some(match answer {
            Answer::Many(_) if self.definition.graph.filtered[own.item] => {
                let names = own.value.split_whitespace();
                Cow::Owned(Answer::Many(names.map(str::to_owned).collect()))
            }
            answer => Cow::Borrowed(answer),
        })
    }

    /// The answers to what is relevant, by path.
    pub(crate) fn answers(&self) -> Named<Answer> {
        let mut answers = Vec::new();
        self.walk(ROOT, &mut |node| {
            let own = &self.nodes[node];
            if !own.relevant {
                return;
            }
            match own.part {
                Part::Series => {
                    answers.push((self.path(node), Answer::One(own.live.to_string())));
                }
                Part::Question if *self.kind(node) != Kind::Note => {
                    let standing = self.standing(node).map(Cow::into_owned);
                    answers.extend(standing.map(|it| (self.path(node), it)));
                }
                _ => {}
            }
        });
        answers.into_iter().collect()
    }

    /// Whether a node stands under another one, or is it.
    pub(crate) fn is_inside(&self, node: NodeId, around: NodeId) -> bool {
        let mut node = node;
        while node != around && node != ROOT {
            node = self.nodes[node].parent;
        }
        node == around
    }
}
