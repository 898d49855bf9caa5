//! What must be computed again when something changes: who reads whom, and in which order.
//!
//! Every item has two things to compute: whether it is relevant, and its value. A value follows its own relevance
//! (what is not relevant is empty for everyone who reads it), a relevance that of the group around it, and both follow
//! what their expressions refer to. An order in which nothing stands before what it follows exists unless there is a
//! cycle, and a cycle is an error that names its path.

use model::{Problem, ProblemCode};

use crate::{
    Choices, Definition, Item,
    reference::{Reach, references},
};

/// Cycles that are told of one definition: somebody who puts these right asks again.
const CYCLES: usize = 20;

/// Something to compute: twice an item's index for its relevance, one more for its value.
pub(crate) type Vertex = u32;

/// The relevance of an item.
pub(crate) fn relevance(item: usize) -> Vertex {
    item as Vertex * 2
}

/// The value of an item; of a repeat, how many instances it has.
pub(crate) fn value(item: usize) -> Vertex {
    item as Vertex * 2 + 1
}

/// Somebody who reads a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Reader {
    /// What is computed from it.
    pub(crate) vertex: Vertex,
    /// Only within the same instance of the repeat that both stand in.
    pub(crate) near: bool,
}

/// The dependencies of a definition.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Graph {
    /// The items in the order of their paths.
    pub(crate) by_path: Vec<usize>,
    /// The items in the order of their names.
    pub(crate) by_name: Vec<usize>,
    /// For each item, which one it is among those directly inside the same group.
    pub(crate) slots: Vec<usize>,
    /// For each item, who reads its value.
    pub(crate) readers: Vec<Vec<Reader>>,
    /// For each item, whose calculation its change sets off.
    pub(crate) triggered: Vec<Vec<usize>>,
    /// Everything to compute, nothing before what it follows.
    pub(crate) order: Vec<Vertex>,
    /// Where each vertex stands in `order`.
    pub(crate) rank: Vec<u32>,
    /// For each item, whether an answer that its choice filter hides counts as none. Not where the filter looks at the
    /// answer itself, as it does where every instance of a repeat may pick something else.
    pub(crate) filtered: Vec<bool>,
}

/// An edge: `to` is computed after `from`.
#[derive(Clone, Copy)]
struct Edge {
    from: Vertex,
    to: Vertex,
    /// It comes from a choice filter and can be done without.
    soft: bool,
}

impl Definition {
    /// Finds out who reads whom. `told` gets what is wrong, by the item; without it that is not looked for.
    pub(crate) fn connect(&mut self, told: Option<&mut Vec<(usize, Problem)>>) {
        let count = self.items.len();
        let mut graph = Graph {
            by_path: (0..count).collect(),
            by_name: std::mem::take(&mut self.graph.by_name),
            slots: vec![0; count],
            readers: vec![Vec::new(); count],
            triggered: vec![Vec::new(); count],
            filtered: self.items.iter().map(is_filtered).collect(),
            ..Graph::default()
        };
        graph.by_path.sort_by(|a, b| self.items[*a].path.cmp(&self.items[*b].path));
        for group in std::iter::once(None).chain((0..count).map(Some)) {
            for (slot, child) in self.children(group).enumerate() {
                graph.slots[child] = slot;
            }
        }
        self.graph = graph;

        let mut edges = Vec::new();
        for at in 0..count {
            let item = &self.items[at];
            edges.push(Edge { from: relevance(at), to: value(at), soft: false });
            if let Some(parent) = item.parent {
                edges.push(Edge { from: relevance(parent), to: relevance(at), soft: false });
                if item.repeat == Some(parent) {
                    // Its instances are there before what they hold is computed.
                    edges.push(Edge { from: value(parent), to: relevance(at), soft: false });
                }
            }
            let calculation = item.calculation.as_ref().filter(|_| item.triggers.is_empty());
            let own = [
                (item.relevant.as_ref(), relevance(at), false),
                (calculation, value(at), false),
                (item.repeat_count.as_ref(), value(at), false),
                (item.choice_filter.as_ref(), value(at), true),
            ];
            let mut reads = Vec::new();
            for (expression, vertex, soft) in own {
                let Some(expression) = expression else { continue };
                for (read, reach) in references(self, expression, at, soft) {
                    reads.push((read, reach, vertex, soft));
                }
            }
            if let Some(Choices::Repeat(question)) = item.kind.choices() {
                reads.push((*question, Reach::All, value(at), true));
            }
            for (read, reach, vertex, soft) in reads {
                self.read_by(&mut edges, at, (read, reach), vertex, soft);
            }
            let triggers = self.items[at].triggers.clone();
            for trigger in triggers {
                self.graph.triggered[trigger].push(at);
            }
        }
        for readers in &mut self.graph.readers {
            readers.sort_unstable();
            readers.dedup();
        }

        let vertices = count * 2;
        let mut order = sorted(vertices, &edges);
        if order.len() < vertices {
            let ring = rings(vertices, &edges);
            let soft =
                |edge: &Edge| edge.soft && ring[edge.from as usize] && ring[edge.to as usize];
            for edge in edges.iter().filter(|edge| soft(edge)) {
                self.graph.filtered[edge.to as usize / 2] = false;
            }
            edges.retain(|edge| !soft(edge));
            order = sorted(vertices, &edges);
        }
        if order.len() < vertices {
            if let Some(told) = told {
                self.tell_cycles(vertices, &edges, told);
            }
            // Nothing is left out; what stands in a cycle is computed once and not again.
            let mut done = vec![false; vertices];
            order.iter().for_each(|vertex| done[*vertex as usize] = true);
            order.extend((0..vertices as Vertex).filter(|vertex| !done[*vertex as usize]));
        }
        self.graph.rank = vec![0; vertices];
        for (rank, vertex) in order.iter().enumerate() {
            self.graph.rank[*vertex as usize] = rank as u32;
        }
        self.graph.order = order;
    }

    /// Notes that `vertex` of the item `at` reads the value of `read`.
    fn read_by(
        &mut self,
        edges: &mut Vec<Edge>,
        at: usize,
        (read, reach): (usize, Reach),
        vertex: Vertex,
        soft: bool,
    ) {
        let near = reach == Reach::Near;
        // A running total looks at the same question of the instance before: no cycle, for
        // the instances are computed in their order.
        if read != at || near || value(read) != vertex {
            edges.push(Edge { from: value(read), to: vertex, soft });
        }
        self.graph.readers[read].push(Reader { vertex, near });
        let mut around = self.items[read].repeat;
        while let Some(repeat) = around {
            let within = (repeat..self.items[repeat].end).contains(&at) && repeat != at;
            if !near || !within {
                // Which instances there are is part of what is read.
                self.graph.readers[repeat].push(Reader { vertex, near });
                if !within {
                    edges.push(Edge { from: value(repeat), to: vertex, soft });
                }
            }
            around = self.items[repeat].repeat;
        }
    }

    /// The items of that name that `${name}` may mean, seen from the item `at`: those that share the innermost group
    /// with it. More than one is ambiguous.
    pub(crate) fn named(&self, name: &str, at: usize) -> Vec<usize> {
        let order = &self.graph.by_name;
        let start = order.partition_point(|index| self.items[*index].name.as_str() < name);
        let all: Vec<usize> =
            order[start..].iter().copied().take_while(|i| self.items[*i].name == name).collect();
        if all.len() < 2 {
            return all;
        }
        let shared = |other: usize| {
            let mut around = Some(at).filter(|at| *at < self.items.len());
            while let Some(group) = around {
                if (group..self.items[group].end).contains(&other) {
                    return group + 1;
                }
                around = self.items[group].parent;
            }
            0
        };
        let nearest = all.iter().map(|other| shared(*other)).max();
        all.into_iter().filter(|other| Some(shared(*other)) == nearest).collect()
    }

    /// Every cycle apart from the others, up to [`CYCLES`].
    fn tell_cycles(&self, vertices: usize, edges: &[Edge], told: &mut Vec<(usize, Problem)>) {
        let mut edges = edges.to_vec();
        for _ in 0..CYCLES {
            let ring = rings(vertices, &edges);
            let Some((way, problem)) = self.cycle(&ring, &edges) else { return };
            told.push(problem);
            edges.retain(|edge| !way.contains(&edge.from) && !way.contains(&edge.to));
        }
    }

    /// One cycle and its problem: its items in order, from one back to itself.
    fn cycle(&self, ring: &[bool], edges: &[Edge]) -> Option<(Vec<Vertex>, (usize, Problem))> {
        let start = ring.iter().position(|within| *within)? as Vertex;
        // From each vertex to one that it follows, until one comes again.
        let mut way = vec![start];
        let first = loop {
            let here = *way.last()?;
            let before = edges.iter().find(|edge| edge.to == here && ring[edge.from as usize])?;
            if let Some(first) = way.iter().position(|vertex| *vertex == before.from) {
                break first;
            }
            way.push(before.from);
        };
        let mut names: Vec<&Item> = Vec::new();
        for vertex in &way[first..] {
            let item = &self.items[*vertex as usize / 2];
            if names.last().is_none_or(|last| last.path != item.path) {
                names.push(item);
            }
        }
        if names.len() > 1 && names.first().map(|it| &it.path) == names.last().map(|it| &it.path) {
            names.pop();
        }
        let mut path: Vec<&str> = names.iter().map(|item| item.path.as_str()).collect();
        path.extend(path.first().copied());
        let detail = if path.len() == 2 {
            format!("\"{}\" depends on itself. Take it out of its own expression.", path[0])
        } else {
            format!(
                "These depend on each other in a circle: {}. Take one reference out.",
                path.join(" → ")
            )
        };
        let way = way.split_off(first);
        let (item, field) = self.field_of(&way);
        Some((way, (item, Problem::new(field, ProblemCode::Conflict, detail))))
    }

    /// The first expression in a cycle that reads what stands before it there: its item, and a pointer to it.
    fn field_of(&self, way: &[Vertex]) -> (usize, &'static str) {
        let before = way.iter().skip(1).chain(way.first());
        for (vertex, before) in way.iter().zip(before) {
            let at = *vertex as usize / 2;
            let item = &self.items[at];
            let fields = if *vertex == relevance(at) {
                [(item.relevant.as_ref(), "/relevant"), (None, "")]
            } else {
                [
                    (item.calculation.as_ref(), "/calculation"),
                    (item.repeat_count.as_ref(), "/repeat_count"),
                ]
            };
            for (expression, field) in fields {
                let reads = |expression| {
                    let read = references(self, expression, at, false);
                    read.into_iter().any(|(read, _)| read == *before as usize / 2)
                };
                if expression.is_some_and(reads) {
                    return (at, field);
                }
            }
        }
        (way.first().map_or(0, |vertex| *vertex as usize / 2), "")
    }
}

/// Whether the choices of a question come and go. A filter of what has no choices says nothing.
fn is_filtered(item: &Item) -> bool {
    item.choice_filter.is_some() && item.kind.choices().is_some()
}

/// The vertices in an order in which no edge leads back; those in a cycle or behind one are left out.
fn sorted(vertices: usize, edges: &[Edge]) -> Vec<Vertex> {
    let (starts, targets) = by_start(vertices, edges.iter().map(|edge| (edge.from, edge.to)));
    let mut open = vec![0u32; vertices];
    edges.iter().for_each(|edge| open[edge.to as usize] += 1);
    let mut order: Vec<Vertex> =
        (0..vertices as Vertex).filter(|vertex| open[*vertex as usize] == 0).collect();
    let mut next = 0;
    while let Some(vertex) = order.get(next).copied() {
        next += 1;
        let at = vertex as usize;
        for target in &targets[starts[at]..starts[at + 1]] {
            open[*target as usize] -= 1;
            if open[*target as usize] == 0 {
                order.push(*target);
            }
        }
    }
    order
}

/// Which vertices stand in a cycle or between two: those with a way in and a way out that never end.
fn rings(vertices: usize, edges: &[Edge]) -> Vec<bool> {
    let mut ring = vec![true; vertices];
    sorted(vertices, edges).iter().for_each(|vertex| ring[*vertex as usize] = false);
    let back: Vec<Edge> = edges
        .iter()
        .filter(|edge| ring[edge.from as usize] && ring[edge.to as usize])
        .map(|edge| Edge { from: edge.to, to: edge.from, soft: edge.soft })
        .collect();
    sorted(vertices, &back).iter().for_each(|vertex| ring[*vertex as usize] = false);
    ring
}

/// The targets of each start, one after the other, and where those of each start begin.
fn by_start(
    vertices: usize,
    edges: impl Iterator<Item = (Vertex, Vertex)> + Clone,
) -> (Vec<usize>, Vec<Vertex>) {
    let mut starts = vec![0; vertices + 1];
    edges.clone().for_each(|(from, _)| starts[from as usize + 1] += 1);
    (0..vertices).for_each(|at| starts[at + 1] += starts[at]);
    let mut free = starts.clone();
    let mut targets = vec![0; starts[vertices]];
    for (from, to) in edges {
        targets[free[from as usize]] = to;
        free[from as usize] += 1;
    }
    (starts, targets)
}
