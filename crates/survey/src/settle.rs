//! Computing what follows from a change, and nothing else.
//!
//! What is to be computed waits in a queue in the order of the graph, so that everything is computed once, after all
//! that it reads. Only what came out otherwise than before puts its readers in the queue.

use std::sync::Arc;

use model::submission::Answer;

use crate::{
    Expression, Initial, Kind, Metadata,
    graph::{relevance, value},
    reference::{follows_language, is_pure},
    tree::{Mode, NodeId, Part, ROOT, Tree, answer_of, text_of},
};

/// Calculations that one answer sets off through triggers: more is two that set off each other.
const TRIGGERED: usize = 1_000;
/// Numbers that are equal up to this part of their size are the same: a sine has other last digits on another machine.
const CLOSE: f64 = 1e-9;

impl Tree {
    /// Computes everything from the answers that are there.
    pub(crate) fn settle_all(&mut self) {
        self.queue_under(ROOT);
        self.drain();
        self.begin(ROOT);
        while !self.fresh.is_empty() {
            let instance = self.fresh.remove(0);
            self.begin(instance);
        }
        // Nobody has changed anything yet, so nothing is set off.
        self.changed.clear();
    }

    /// Puts everything under a node in the queue.
    fn queue_under(&mut self, node: NodeId) {
        let mut all = Vec::new();
        self.walk(node, &mut |node| all.push(node));
        let rank = &self.definition.graph.rank;
        for node in all {
            if self.nodes[node].part == Part::Instance {
                continue;
            }
            let item = self.nodes[node].item;
            self.queue.insert((rank[relevance(item) as usize], node));
            self.queue.insert((rank[value(item) as usize], node));
        }
    }

    /// Sets an answer and computes what follows. An answer that is the same as before changes nothing.
    pub(crate) fn set(&mut self, node: NodeId, answer: Option<Answer>) {
        if self.nodes[node].answer == answer {
            return;
        }
        self.nodes[node].answer = answer;
        self.refresh(node);
        self.settle();
    }

    /// Computes what is in the queue, and what that sets off: defaults of new instances, then triggers.
    pub(crate) fn settle(&mut self) {
        self.drain();
        let mut left = TRIGGERED;
        loop {
            if let Some(instance) = (!self.fresh.is_empty()).then(|| self.fresh.remove(0)) {
                self.begin(instance);
                continue;
            }
            let changed = std::mem::take(&mut self.changed);
            if changed.is_empty() || self.mode != Mode::Live {
                return;
            }
            for node in changed {
                left = left.saturating_sub(self.fire(node));
            }
            if left == 0 {
                self.changed.clear();
                return;
            }
        }
    }

    /// Gives the questions of a new instance, or of the form, their computed defaults.
    pub(crate) fn begin(&mut self, instance: NodeId) {
        if self.mode != Mode::Live {
            return;
        }
        let definition = Arc::clone(&self.definition);
        let mut nodes = Vec::new();
        self.walk(instance, &mut |node| nodes.push(node));
        // What stands in instances of its own has its own beginning.
        nodes.retain(|node| {
            self.nodes[*node].part == Part::Question && self.instance_around(*node) == instance
        });
        let mut any = false;
        for node in &nodes {
            let item = &definition.items[self.nodes[*node].item];
            if let Some(Initial::Computed(expression)) = &item.default {
                let draw = self.draw();
                let text = self.text_at(expression, *node, draw);
                self.nodes[*node].answer = answer_of(&item.kind, &text);
                self.refresh(*node);
                self.drain();
                any = true;
            }
        }
        // What is kept for good is what comes of the defaults, not what came before them.
        for node in nodes.into_iter().filter(|_| any) {
            let item = self.nodes[node].item;
            let calculation = definition.items[item].calculation.as_ref();
            if calculation.is_some_and(|it| it.source().contains("once(")) {
                self.nodes[node].answer = None;
                self.queue.insert((definition.graph.rank[value(item) as usize], node));
            }
        }
        self.drain();
    }

    /// Computes what the change of a node sets off; how many calculations that were.
    fn fire(&mut self, node: NodeId) -> usize {
        let definition = Arc::clone(&self.definition);
        let mut fired = 0;
        for target in &definition.graph.triggered[self.nodes[node].item] {
            let item = &definition.items[*target];
            for node in self.concerned(node, *target, true) {
                let draw = self.draw();
                let calculation = item.calculation.as_ref();
                let text = calculation.map(|it| self.text_at(it, node, draw)).unwrap_or_default();
                self.nodes[node].answer = answer_of(&item.kind, &text);
                self.refresh(node);
                self.drain();
                fired += 1;
            }
        }
        fired
    }

    /// Computes again what follows the language on the screen.
    pub(crate) fn settle_language(&mut self) {
        let definition = Arc::clone(&self.definition);
        for (at, item) in definition.items.iter().enumerate() {
            if item.calculation.as_ref().is_some_and(follows_language) && item.triggers.is_empty() {
                for node in self.concerned(ROOT, at, false) {
                    self.queue.insert((definition.graph.rank[value(at) as usize], node));
                }
            }
        }
        self.settle();
    }

    /// Computes again what follows how long the filling has taken.
    pub(crate) fn settle_duration(&mut self) {
        let definition = Arc::clone(&self.definition);
        for (at, item) in definition.items.iter().enumerate() {
            let follows = item.calculation.as_ref().is_some_and(Expression::uses_duration);
            if follows && item.triggers.is_empty() {
                for node in self.concerned(ROOT, at, false) {
                    self.queue.insert((definition.graph.rank[value(at) as usize], node));
                }
            }
        }
        self.settle();
    }

    fn draw(&mut self) -> u64 {
        self.draws += 1;
        self.draws
    }

    fn drain(&mut self) {
        while let Some((rank, node)) = self.queue.pop_first() {
            if self.nodes[node].gone {
                continue;
            }
            let vertex = self.definition.graph.order[rank as usize];
            if vertex.is_multiple_of(2) {
                self.compute_relevance(node);
            } else {
                self.compute_value(node, rank);
            }
        }
    }

    fn compute_relevance(&mut self, node: NodeId) {
        let definition = Arc::clone(&self.definition);
        let own = &self.nodes[node];
        let around = self.nodes[own.parent].relevant;
        let item = &definition.items[own.item];
        let relevant =
            around && item.relevant.as_ref().is_none_or(|condition| self.holds_at(condition, node));
        if own.relevant == relevant && own.part != Part::Series {
            return;
        }
        self.nodes[node].relevant = relevant;
        self.relevance_changed(node);
    }

    /// Passes a group's relevance on, and has the value computed.
    fn relevance_changed(&mut self, node: NodeId) {
        let own = &self.nodes[node];
        let rank = &self.definition.graph.rank;
        self.queue.insert((rank[value(own.item) as usize], node));
        match own.part {
            Part::Question => {}
            Part::Group | Part::Instance => {
                for kid in &own.kids {
                    let item = self.nodes[*kid].item;
                    self.queue.insert((rank[relevance(item) as usize], *kid));
                }
            }
            // The instances take it over once it is known how many there are.
            Part::Series => {}
        }
    }

    fn compute_value(&mut self, node: NodeId, rank: u32) {
        let own = &self.nodes[node];
        match own.part {
            Part::Question => {
                if own.relevant {
                    self.calculate(node);
                }
                self.refresh_from(node, Some(rank));
            }
            Part::Series => self.count(node, rank),
            Part::Group | Part::Instance => {
                if own.told != own.relevant {
                    self.nodes[node].told = own.relevant;
                    self.tell(node, Some(rank));
                }
            }
        }
    }

    /// Computes a calculated question.
    fn calculate(&mut self, node: NodeId) {
        let definition = Arc::clone(&self.definition);
        let item = &definition.items[self.nodes[node].item];
        if let Kind::Metadata(metadata) = item.kind {
            if self.mode == Mode::Live && self.nodes[node].answer.is_none() {
                let text = self.metadata(metadata);
                self.nodes[node].answer = answer_of(&item.kind, &text);
            }
            return;
        }
        let Some(calculation) = &item.calculation else { return };
        if !item.triggers.is_empty() || item.kind == Kind::Note && self.mode == Mode::Restore {
            return;
        }
        match self.mode {
            Mode::Restore => {}
            Mode::Live => {
                // What it was before is what `.` and `once()` look at.
                self.nodes[node].value = text_of(self.nodes[node].answer.as_ref());
                let draw = self.draw();
                let text = self.text_at(calculation, node, draw);
                self.nodes[node].answer = answer_of(&item.kind, &text);
            }
            Mode::Check => {
                // A question that people can overwrite holds what they wrote.
                if item.kind != Kind::Hidden || !is_pure(calculation) {
                    return;
                }
                let sent = text_of(self.nodes[node].answer.as_ref());
                let text = self.text_at(calculation, node, 0);
                if !same(&sent, &text) {
                    self.differing.push(node);
                }
            }
        }
    }

    fn metadata(&self, metadata: Metadata) -> String {
        let context = &self.context;
        match metadata {
            Metadata::Start => context.moment(context.now),
            Metadata::Today => context.day(context.now),
            Metadata::DeviceId => context.device.clone(),
            Metadata::Username => context.username.clone(),
            Metadata::Email => context.email.clone(),
            Metadata::PhoneNumber => context.phone.clone(),
            Metadata::End | Metadata::Nothing => String::new(),
        }
    }

    /// Finds out how many instances a repeat has, and makes the new ones.
    fn count(&mut self, series: NodeId, rank: u32) {
        let definition = Arc::clone(&self.definition);
        let item = &definition.items[self.nodes[series].item];
        let before = self.nodes[series].live;
        let relevant = self.nodes[series].relevant;
        if let Some(count) = item.repeat_count.as_ref().filter(|_| relevant) {
            let wanted = self.number_at(count, series);
            // Not a number is none; a fraction is cut off, as in ODK.
            let wanted = if wanted >= 1.0 { wanted as usize } else { 0 };
            match self.mode {
                Mode::Live => {
                    let kept = self.nodes[series].kids.len();
                    self.nodes[series].live = wanted.min(kept);
                    while self.nodes[series].live < wanted && self.add_instance(series).is_some() {}
                }
                Mode::Check if wanted != before && is_pure(count) => self.differing.push(series),
                _ => {}
            }
        }
        self.refresh_count(series);
        self.instances_changed(series, before, Some(rank));
    }

    /// Has everything computed that follows the number of instances, or which ones there are.
    pub(crate) fn instances_changed(&mut self, series: NodeId, before: usize, rank: Option<u32>) {
        let relevant = self.nodes[series].relevant;
        let kids = self.nodes[series].kids.clone();
        let live = self.nodes[series].live;
        for (at, instance) in kids.into_iter().enumerate() {
            let relevant = relevant && at < live;
            if at >= before && at < live {
                self.nodes[instance].relevant = relevant;
                self.queue_under(instance);
            } else if self.nodes[instance].relevant != relevant {
                self.nodes[instance].relevant = relevant;
                self.relevance_changed_inside(instance);
            }
        }
        if before != live || self.nodes[series].told != relevant {
            self.nodes[series].told = relevant;
            self.tell(series, rank);
        }
    }

    fn relevance_changed_inside(&mut self, instance: NodeId) {
        let rank = &self.definition.graph.rank;
        for kid in &self.nodes[instance].kids {
            let item = self.nodes[*kid].item;
            self.queue.insert((rank[relevance(item) as usize], *kid));
        }
    }

    /// Takes over a stored answer as the value, and tells the readers if it changed.
    pub(crate) fn refresh(&mut self, node: NodeId) {
        self.refresh_from(node, None);
    }

    fn refresh_from(&mut self, node: NodeId, rank: Option<u32>) {
        let relevant = self.nodes[node].relevant;
        // What `calculate` looked at is not what the readers were told.
        let value = if relevant { self.seen_of(node) } else { String::new() };
        let own = &mut self.nodes[node];
        if own.told == relevant && own.known == value {
            own.value = value;
            return;
        }
        let set_off = own.known != value;
        own.told = relevant;
        own.known.clone_from(&value);
        own.value = value;
        if set_off && !self.definition.graph.triggered[own.item].is_empty() {
            self.changed.push(node);
        }
        self.tell(node, rank);
    }

    /// Puts the readers of a node in the queue. In a cycle, which only an unchecked definition can have, those before
    /// it stay as they are, so that there is an end.
    fn tell(&mut self, node: NodeId, rank: Option<u32>) {
        let definition = Arc::clone(&self.definition);
        for reader in &definition.graph.readers[self.nodes[node].item] {
            let own = definition.graph.rank[reader.vertex as usize];
            for target in self.concerned(node, reader.vertex as usize / 2, reader.near) {
                if rank.is_none_or(|rank| (own, target) > (rank, node)) {
                    self.queue.insert((own, target));
                }
            }
        }
    }
}

/// Whether a value that was sent is the one that was computed.
fn same(sent: &str, computed: &str) -> bool {
    if sent.trim() == computed.trim() {
        return true;
    }
    match (crate::number::parse(sent), crate::number::parse(computed)) {
        (Some(sent), Some(computed)) => {
            (sent - computed).abs() <= CLOSE * sent.abs().max(computed.abs())
        }
        _ => false,
    }
}
