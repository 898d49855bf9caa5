//! The instance: every item with its answer, its value and whether it is relevant; each repeat as often as it is there.
//!
//! XForms keeps it as an XML document. Here it is a list of nodes that name their parent and what they hold. A repeat
//! is one node that holds its instances, so that it has a place even with none.

use std::{collections::BTreeSet, sync::Arc};

use model::{limits::ANSWERS, submission::Answer};

use crate::{Context, Definition, Initial, Item, Kind};

/// An index into [`Tree::nodes`].
pub(crate) type NodeId = usize;

/// The node that holds everything.
pub(crate) const ROOT: NodeId = 0;
/// Nodes of one instance tree: every answer a response may have, and as many notes and groups. A repeat that would
/// need more gets no further instances.
const NODES: usize = ANSWERS * 4;

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The root or a group; it holds a node for each item inside.
    Group,
    /// A repeat; it holds its instances.
    Series,
    /// One instance of a repeat; it holds a node for each item inside.
    Instance,
    /// A question.
    Question,
}

/// One item at one place of the instance.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// Its index in the definition; of no meaning for the root.
    pub(crate) item: usize,
    pub(crate) part: Part,
    pub(crate) parent: NodeId,
    /// What it holds, in the order of the items or instances.
    pub(crate) kids: Vec<NodeId>,
    /// How many of the kids of a series are there; the others are kept aside until the count grows again.
    pub(crate) live: usize,
    pub(crate) relevant: bool,
    /// What was answered or computed, relevant or not.
    pub(crate) answer: Option<Answer>,
    /// What expressions see: empty if it is not relevant.
    pub(crate) value: String,
    /// Its page has been on the screen.
    pub(crate) seen: bool,
    /// The value that its readers were told.
    pub(crate) known: String,
    /// It was told to them as relevant.
    pub(crate) told: bool,
    /// Taken out.
    pub(crate) gone: bool,
}

/// What is computed when something changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Somebody fills it in: everything.
    Live,
    /// A journal is read: relevance and values follow the answers, and nothing is calculated again.
    Restore,
    /// A response is checked: pure calculations are done again and compared with what was sent.
    Check,
}

/// Somebody's answers to a definition, and what follows from them.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    pub(crate) definition: Arc<Definition>,
    pub(crate) context: Context,
    /// The language on the screen, for the labels of choices in calculations.
    pub(crate) language: String,
    pub(crate) nodes: Vec<Node>,
    pub(crate) mode: Mode,
    /// What is to be computed: the rank of the vertex, then the node.
    pub(crate) queue: BTreeSet<(u32, NodeId)>,
    /// Nodes whose value has changed and may set off something.
    pub(crate) changed: Vec<NodeId>,
    /// Instances whose computed defaults are still to come.
    pub(crate) fresh: Vec<NodeId>,
    /// How many values were calculated, so that each has its own chance.
    pub(crate) draws: u64,
    /// While checking: the nodes whose value was sent otherwise than it is computed.
    pub(crate) differing: Vec<NodeId>,
}

impl Tree {
    /// An instance without answers, nothing computed yet. Open repeats begin with one instance, as in ODK.
    pub(crate) fn new(definition: Arc<Definition>, context: Context, mode: Mode) -> Self {
        let mut tree = Self {
            language: definition.languages.first().cloned().unwrap_or_default(),
            definition,
            context,
            nodes: Vec::new(),
            mode,
            queue: BTreeSet::new(),
            changed: Vec::new(),
            fresh: Vec::new(),
            draws: 0,
            differing: Vec::new(),
        };
        tree.add_node(usize::MAX, Part::Group, ROOT);
        tree.nodes[ROOT].relevant = true;
        tree.fill_node(ROOT, None);
        tree
    }

    pub(crate) fn item(&self, node: NodeId) -> &Item {
        &self.definition.items[self.nodes[node].item]
    }

    fn add_node(&mut self, item: usize, part: Part, parent: NodeId) -> NodeId {
        self.nodes.push(Node {
            item,
            part,
            parent,
            kids: Vec::new(),
            live: 0,
            relevant: false,
            answer: None,
            value: String::new(),
            seen: false,
            known: String::new(),
            told: false,
            gone: false,
        });
        self.nodes.len() - 1
    }

    /// Gives a group or an instance a node for each item inside.
    fn fill_node(&mut self, node: NodeId, item: Option<usize>) {
        let definition = Arc::clone(&self.definition);
        for child in definition.children(item) {
            let item = &definition.items[child];
            let part = match item.kind {
                Kind::Group => Part::Group,
                Kind::Repeat => Part::Series,
                _ => Part::Question,
            };
            let id = self.add_node(child, part, node);
            self.nodes[node].kids.push(id);
            match part {
                Part::Group => self.fill_node(id, Some(child)),
                Part::Series if item.repeat_count.is_none() && self.mode == Mode::Live => {
                    self.add_instance(id);
                }
                Part::Question if self.mode == Mode::Live => {
                    if let Some(Initial::Written(text)) = &item.default {
                        self.nodes[id].answer = answer_of(&item.kind, text);
                    }
                }
                _ => {}
            }
        }
    }

    /// Adds an instance at the end of a series, with what is written down as defaults; none if there are too many.
    pub(crate) fn add_instance(&mut self, series: NodeId) -> Option<NodeId> {
        let item = self.nodes[series].item;
        if !self.has_room(series) {
            return None;
        }
        let id = self.add_node(item, Part::Instance, series);
        let live = self.nodes[series].live;
        self.nodes[series].kids.insert(live, id);
        self.nodes[series].live += 1;
        self.fill_node(id, Some(item));
        self.fresh.push(id);
        Some(id)
    }

    /// Whether a series may have one more instance.
    pub(crate) fn has_room(&self, series: NodeId) -> bool {
        let item = self.nodes[series].item;
        self.nodes.len() + self.definition.items[item].end - item <= NODES
    }

    /// Takes an instance out of its series for good.
    pub(crate) fn remove_instance(&mut self, instance: NodeId) {
        let series = self.nodes[instance].parent;
        let before = self.nodes[series].live;
        let mut gone = vec![instance];
        while let Some(node) = gone.pop() {
            self.nodes[node].gone = true;
            gone.extend(std::mem::take(&mut self.nodes[node].kids));
        }
        self.nodes[series].kids.retain(|kid| *kid != instance);
        self.nodes[series].live -= 1;
        self.refresh_count(series);
        self.instances_changed(series, before, None);
    }

    /// Writes down how many instances a series has.
    pub(crate) fn refresh_count(&mut self, series: NodeId) {
        let own = &mut self.nodes[series];
        own.value = if own.relevant { own.live.to_string() } else { String::new() };
    }

    /// What a node holds and is there.
    pub(crate) fn kids(&self, node: NodeId) -> &[NodeId] {
        let node = &self.nodes[node];
        if node.part == Part::Series {
            &node.kids[..node.live.min(node.kids.len())]
        } else {
            &node.kids
        }
    }

    /// Which instance of its repeat a node is, from 1; none if it is no instance that is there.
    pub(crate) fn position(&self, instance: NodeId) -> Option<usize> {
        let node = &self.nodes[instance];
        if node.part != Part::Instance {
            return None;
        }
        self.nodes[node.parent].kids.iter().position(|kid| *kid == instance).map(|at| at + 1)
    }

    /// The path of a node, with the positions of its repeats from 1.
    pub(crate) fn path(&self, node: NodeId) -> String {
        if node == ROOT {
            return String::new();
        }
        let own = &self.nodes[node];
        if own.part == Part::Instance {
            let position = self.position(node).unwrap_or(0);
            return format!("{}[{position}]", self.path(own.parent));
        }
        let item = self.item(node);
        let Some(repeat) = item.repeat else { return item.path.clone() };
        let local = item.path.get(self.definition.items[repeat].path.len() + 1..);
        let instance = self.instance_around(own.parent);
        format!("{}/{}", self.path(instance), local.unwrap_or(&item.name))
    }

    /// The innermost instance of a repeat that a node is or stands in; else the root.
    pub(crate) fn instance_around(&self, node: NodeId) -> NodeId {
        let mut node = node;
        while node != ROOT && self.nodes[node].part != Part::Instance {
            node = self.nodes[node].parent;
        }
        node
    }

    /// The node at a path, relevant or not. `grow` adds the instances on its way, as far as there may be any.
    pub(crate) fn find(&mut self, path: &str, grow: bool) -> Option<NodeId> {
        let (pattern, positions) = split(path)?;
        let item = self.definition.index_of(&pattern)?;
        let mut node = ROOT;
        let mut positions = positions.into_iter();
        for step in self.chain(None, item) {
            node = *self.nodes[node].kids.get(self.definition.graph.slots[step])?;
            if self.nodes[node].part == Part::Series {
                let Some(position) = positions.next() else {
                    // Only the repeat itself has a path without its position.
                    return (step == item).then_some(node);
                };
                while grow && self.nodes[node].kids.len() < position {
                    // At the end, behind those that are kept aside.
                    self.nodes[node].live = self.nodes[node].kids.len();
                    self.add_instance(node)?;
                }
                node = *self.nodes[node].kids.get(position.checked_sub(1)?)?;
            }
        }
        positions.next().is_none().then_some(node)
    }

    /// The node at a path among those that are there.
    pub(crate) fn at(&self, path: &str) -> Option<NodeId> {
        let (pattern, positions) = split(path)?;
        let item = self.definition.index_of(&pattern)?;
        let mut node = ROOT;
        let mut positions = positions.into_iter();
        for step in self.chain(None, item) {
            node = *self.nodes[node].kids.get(self.definition.graph.slots[step])?;
            if self.nodes[node].part == Part::Series {
                let Some(position) = positions.next() else {
                    return (step == item).then_some(node);
                };
                node = *self.kids(node).get(position.checked_sub(1)?)?;
            }
        }
        positions.next().is_none().then_some(node)
    }

    /// The items from one just inside `from` down to `item`.
    pub(crate) fn chain(&self, from: Option<usize>, item: usize) -> Vec<usize> {
        let mut chain = vec![item];
        let mut around = self.definition.items[item].parent;
        while let Some(group) = around.filter(|group| Some(*group) != from) {
            chain.push(group);
            around = self.definition.items[group].parent;
        }
        chain.reverse();
        chain
    }

    /// The nodes of an item under a group or an instance that stands around it, those of every instance on the way.
    pub(crate) fn under(&self, node: NodeId, item: usize, found: &mut Vec<NodeId>) {
        let from = (node != ROOT).then(|| self.nodes[node].item);
        let chain = self.chain(from, item);
        self.descend(node, &chain, found);
    }

    fn descend(&self, node: NodeId, chain: &[usize], found: &mut Vec<NodeId>) {
        let Some((step, rest)) = chain.split_first() else {
            found.push(node);
            return;
        };
        let Some(kid) = self.nodes[node].kids.get(self.definition.graph.slots[*step]) else {
            return;
        };
        if rest.is_empty() || self.nodes[*kid].part != Part::Series {
            return self.descend(*kid, rest, found);
        }
        for instance in self.kids(*kid) {
            self.descend(*instance, rest, found);
        }
    }

    /// The nodes of `item` that a change of `node` may concern: those in the same instance of the innermost repeat that
    /// both stand in, or all.
    pub(crate) fn concerned(&self, node: NodeId, item: usize, near: bool) -> Vec<NodeId> {
        let mut found = Vec::new();
        let mut around = ROOT;
        if near {
            let mut instance = self.instance_around(node);
            while instance != ROOT {
                let repeat = self.nodes[instance].item;
                if (repeat + 1..self.definition.items[repeat].end).contains(&item) {
                    around = instance;
                    break;
                }
                instance = self.instance_around(self.nodes[instance].parent);
            }
        }
        self.under(around, item, &mut found);
        found
    }

    /// Every node that is there, a group before what it holds.
    pub(crate) fn walk(&self, node: NodeId, visit: &mut impl FnMut(NodeId)) {
        for kid in self.kids(node) {
            visit(*kid);
            self.walk(*kid, visit);
        }
    }
}

/// A path without its positions, and the positions.
fn split(path: &str) -> Option<(String, Vec<usize>)> {
    let mut pattern = String::with_capacity(path.len());
    let mut positions = Vec::new();
    let mut rest = path;
    while let Some((words, inner)) = rest.split_once('[') {
        let (position, after) = inner.split_once(']')?;
        pattern.push_str(words);
        positions.push(position.parse().ok().filter(|_| !position.starts_with(['+', '0']))?);
        rest = after;
    }
    pattern.push_str(rest);
    Some((pattern, positions))
}

/// A text as the answer to a question of that kind; none if it is empty.
pub(crate) fn answer_of(kind: &Kind, text: &str) -> Option<Answer> {
    if text.trim().is_empty() {
        return None;
    }
    Some(match kind {
        Kind::SelectMultiple(_) | Kind::Rank(_) => {
            Answer::Many(text.split_whitespace().map(str::to_owned).collect())
        }
        _ => Answer::One(text.to_owned()),
    })
}

/// An answer as expressions see it. Somebody who would not say is treated as somebody who did not.
pub(crate) fn text_of(answer: Option<&Answer>) -> String {
    match answer {
        Some(Answer::One(value)) => value.clone(),
        Some(Answer::Many(values)) => values.join(" "),
        Some(Answer::File { name, .. }) => name.clone(),
        Some(Answer::Declined) | None => String::new(),
    }
}
