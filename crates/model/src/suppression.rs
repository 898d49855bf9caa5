//! Disclosure control: which figures stay back so that nobody can be told from the rest.
//!
//! A figure that rests on fewer than [`FEWEST`] people is withheld, zero included: "nobody here said so" tells
//! something of everybody here. Where it could be worked out from figures beside it, by any sum over rows, columns
//! and totals, more are withheld, as few and as small as a short search finds ("complementary suppression").
//!
//! Figures that add up are the edges of a network: what flows into a node flows out of it. The parts of a total run
//! beside each other from one node to another and the total runs back; the cells of a table run from their row's node
//! to their column's. What can be known of a withheld figure is then how much may flow around its edge over other
//! withheld ones: the greatest and the least value it may have are two maximum flows (Fischetti and Salazar-González,
//! "Models and Algorithms for the 2-Dimensional Cell Suppression Problem", 1999). It is safe if they are [`FEWEST`]
//! apart or more.
//!
//! **Invariant:** what is shown is exact; nothing is rounded. Withholding more never makes anything less safe, so the
//! answers of several audits may be put together.

use std::collections::{BTreeSet, VecDeque};

/// The fewest people that a figure may rest on.
pub const FEWEST: u64 = 10;

/// What may become of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It is shown unless it has to be withheld.
    Cell,
    /// It is shown elsewhere, and so cannot be withheld here.
    Known,
    /// It is never shown, and has to be safe if it rests on few people: those who did not pick a choice.
    Unseen,
    /// It is never shown and tells nothing: those who gave no answer.
    Silent,
    /// It was withheld already, by another audit, and must stay unknown here.
    Withheld,
}

/// One figure: an edge of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// The node it flows out of.
    pub from: usize,
    /// The node it flows into.
    pub to: usize,
    /// The figure itself.
    pub count: u64,
    /// How many people it rests on. Fewer than `count` where one person may count several times.
    pub people: u64,
    /// What may become of it.
    pub role: Role,
}

/// What an audit found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// For each figure whether it must not be shown.
    pub withheld: Vec<bool>,
    /// Whether that is enough. If it is not, nothing of these figures may be shown.
    pub safe: bool,
}

/// Which of `figures`, edges between the nodes 0 to `nodes` - 1, must be withheld.
pub fn audit(nodes: usize, figures: &[Figure]) -> Audit {
    audit_with(nodes, figures, FEWEST)
}

/// [`audit`] with another threshold than [`FEWEST`].
pub fn audit_with(nodes: usize, figures: &[Figure], fewest: u64) -> Audit {
    let small = |figure: &Figure| figure.people < fewest;
    let withheld = figures.iter().map(|figure| match figure.role {
        Role::Cell => small(figure),
        Role::Known => false,
        Role::Unseen | Role::Silent | Role::Withheld => true,
    });
    let mut network = Network::new(nodes, figures, withheld.collect(), fewest);
    let delicate = figures.iter().enumerate().filter(|(_, figure)| match figure.role {
        Role::Cell | Role::Unseen => small(figure),
        Role::Withheld => true,
        Role::Known | Role::Silent => false,
    });
    let mut safe = true;
    for (edge, _) in delicate {
        while safe && !network.is_safe(edge) {
            // If all is withheld that can be, there is nothing left to protect it.
            safe = network.withhold_around(edge);
        }
    }
    Audit { withheld: network.withheld, safe }
}

struct Network<'a> {
    figures: &'a [Figure],
    withheld: Vec<bool>,
    /// The edges at each node.
    at: Vec<Vec<usize>>,
    fewest: u64,
}

impl<'a> Network<'a> {
    fn new(nodes: usize, figures: &'a [Figure], withheld: Vec<bool>, fewest: u64) -> Self {
        let mut at = vec![Vec::new(); nodes];
        for (edge, figure) in figures.iter().enumerate() {
            at[figure.from].push(edge);
            at[figure.to].push(edge);
        }
        Self { figures, withheld, at, fewest }
    }

    /// Whether the greatest and the least value that `edge` may have are far enough apart.
    fn is_safe(&self, edge: usize) -> bool {
        let Figure { from, to, count, .. } = self.figures[edge];
        let more = self.flow(edge, to, from);
        if more >= self.fewest {
            return true;
        }
        let less = self.flow(edge, from, to).min(count);
        more + less >= self.fewest
    }

    /// How much can flow from `source` to `sink` over withheld edges other than `without`, at most `fewest`. Along an
    /// edge any amount can: its figure grows. Against it as much as the figure can shrink.
    fn flow(&self, without: usize, source: usize, sink: usize) -> u64 {
        // What has been sent along each edge so far, against its direction below zero.
        let mut sent = vec![0_i64; self.figures.len()];
        let mut found = 0;
        while found < self.fewest {
            let Some((path, room)) = self.path(without, source, sink, &sent) else { break };
            let amount = room.min(self.fewest - found);
            let signed = i64::try_from(amount).unwrap_or(i64::MAX);
            for (edge, along) in path {
                sent[edge] += if along { signed } else { -signed };
            }
            found += amount;
        }
        found
    }

    /// The shortest way with room for anything, and its room.
    fn path(
        &self,
        without: usize,
        source: usize,
        sink: usize,
        sent: &[i64],
    ) -> Option<(Vec<(usize, bool)>, u64)> {
        let mut came: Vec<Option<(usize, bool)>> = vec![None; self.at.len()];
        let mut queue = VecDeque::from([source]);
        while let Some(node) = queue.pop_front() {
            for &edge in &self.at[node] {
                if edge == without || !self.withheld[edge] {
                    continue;
                }
                let (next, along) = self.across(edge, node);
                let room = self.room(edge, along, sent);
                if room == 0 || next == source || came[next].is_some() {
                    continue;
                }
                came[next] = Some((edge, along));
                if next == sink {
                    return Some(self.back(&came, source, sink, sent));
                }
                queue.push_back(next);
            }
        }
        None
    }

    fn back(
        &self,
        came: &[Option<(usize, bool)>],
        source: usize,
        sink: usize,
        sent: &[i64],
    ) -> (Vec<(usize, bool)>, u64) {
        let (mut path, mut room, mut node) = (Vec::new(), u64::MAX, sink);
        while node != source
            && let Some((edge, along)) = came[node]
        {
            room = room.min(self.room(edge, along, sent));
            path.push((edge, along));
            let Figure { from, to, .. } = self.figures[edge];
            node = if along { from } else { to };
        }
        (path, room)
    }

    /// The node at the other end, and whether that is the edge's own direction.
    fn across(&self, edge: usize, node: usize) -> (usize, bool) {
        let Figure { from, to, .. } = self.figures[edge];
        if from == node { (to, true) } else { (from, false) }
    }

    fn room(&self, edge: usize, along: bool, sent: &[i64]) -> u64 {
        if along {
            return u64::MAX;
        }
        let count = i64::try_from(self.figures[edge].count).unwrap_or(i64::MAX);
        u64::try_from(count.saturating_add(sent[edge])).unwrap_or(0)
    }

    /// Withholds more, so that `edge` is better protected. False if nothing is left.
    fn withhold_around(&mut self, edge: usize) -> bool {
        let Figure { from, to, .. } = self.figures[edge];
        let way = self.cheapest(edge, to, from).or_else(|| self.cheapest(edge, from, to));
        let mut changed = false;
        for step in way.unwrap_or_default() {
            changed |= !self.withheld[step];
            self.withheld[step] = true;
        }
        if changed {
            return true;
        }
        // Only detours over several small figures are left: one more of them, the smallest first.
        let cells = self.figures.iter().enumerate();
        let shown = cells.filter(|(at, it)| !self.withheld[*at] && it.role == Role::Cell);
        match shown.min_by_key(|(_, figure)| figure.count).map(|(at, _)| at) {
            Some(at) => {
                self.withheld[at] = true;
                true
            }
            None => false,
        }
    }

    /// The edges of a way from `source` to `sink` that costs the least in figures not withheld so far and has room for
    /// `fewest` (Dijkstra's algorithm).
    fn cheapest(&self, without: usize, source: usize, sink: usize) -> Option<Vec<usize>> {
        let mut costs = vec![u64::MAX; self.at.len()];
        let mut came: Vec<Option<(usize, usize)>> = vec![None; self.at.len()];
        let mut open = BTreeSet::from([(0_u64, source)]);
        costs[source] = 0;
        while let Some((cost, node)) = open.pop_first() {
            if node == sink {
                let (mut way, mut node) = (Vec::new(), sink);
                while let Some((edge, before)) = came[node] {
                    way.push(edge);
                    node = before;
                }
                return Some(way);
            }
            for &edge in &self.at[node] {
                let figure = &self.figures[edge];
                let (next, along) = self.across(edge, node);
                let shut = !self.withheld[edge] && figure.role == Role::Known;
                if edge == without || shut || (!along && figure.count < self.fewest) {
                    continue;
                }
                let step = if self.withheld[edge] { 0 } else { figure.count + 1 };
                let total = cost.saturating_add(step);
                if total < costs[next] {
                    open.remove(&(costs[next], next));
                    costs[next] = total;
                    came[next] = Some((edge, node));
                    open.insert((total, next));
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn figure(from: usize, to: usize, count: u64, role: Role) -> Figure {
        Figure { from, to, count, people: count, role }
    }

    /// The parts of a total that is known.
    fn parts(counts: &[u64]) -> Vec<Figure> {
        let total = counts.iter().sum();
        let parts = counts.iter().map(|count| figure(0, 1, *count, Role::Cell));
        parts.chain([figure(1, 0, total, Role::Known)]).collect()
    }

    /// A table whose row totals, column totals and whole are known unless they are small.
    fn table(cells: &[Vec<u64>], fewest: u64) -> (usize, Vec<Figure>) {
        let (rows, columns) = (cells.len(), cells[0].len());
        let (source, sink) = (rows + columns, rows + columns + 1);
        let role = |count: u64| if count < fewest { Role::Cell } else { Role::Known };
        // The margins first: then the search that tries all values has little left to try.
        let mut figures = Vec::new();
        for (row, line) in cells.iter().enumerate() {
            let total = line.iter().sum();
            figures.push(figure(source, row, total, role(total)));
        }
        for column in 0..columns {
            let total = cells.iter().map(|line| line[column]).sum();
            // A column's total belongs to this table alone and may be withheld.
            figures.push(figure(rows + column, sink, total, Role::Cell));
        }
        let whole = cells.iter().flatten().sum();
        figures.push(figure(sink, source, whole, role(whole)));
        for (row, line) in cells.iter().enumerate() {
            for (column, count) in line.iter().enumerate() {
                figures.push(figure(row, rows + column, *count, Role::Cell));
            }
        }
        (sink + 1, figures)
    }

    /// Every value each withheld figure can have, by trying all: a solver that knows nothing of networks.
    fn possible(
        nodes: usize,
        figures: &[Figure],
        withheld: &[bool],
        apart: u64,
    ) -> Vec<BTreeSet<u64>> {
        struct Search<'a> {
            figures: &'a [Figure],
            withheld: &'a [bool],
            last: Vec<usize>,
            found: Vec<BTreeSet<u64>>,
            most: u64,
        }
        impl Search<'_> {
            fn go(&mut self, at: usize, balance: &mut [i64], values: &mut Vec<u64>) {
                if at == self.figures.len() {
                    for (found, value) in self.found.iter_mut().zip(values.iter()) {
                        found.insert(*value);
                    }
                    return;
                }
                let figure = self.figures[at];
                let only = figure.count;
                let mut range = if self.withheld[at] { 0..=self.most } else { only..=only };
                // What is the last at its node has to even it out.
                for (node, sign) in [(figure.from, 1), (figure.to, -1)] {
                    if self.last[node] == at {
                        match u64::try_from(sign * balance[node]) {
                            Ok(due) if range.contains(&due) => range = due..=due,
                            _ => return,
                        }
                    }
                }
                for value in range {
                    balance[figure.from] -= value as i64;
                    balance[figure.to] += value as i64;
                    // A node is settled when its last figure is.
                    let settled = [figure.from, figure.to]
                        .into_iter()
                        .all(|node| self.last[node] > at || balance[node] == 0);
                    if settled {
                        values.push(value);
                        self.go(at + 1, balance, values);
                        values.pop();
                    }
                    balance[figure.from] += value as i64;
                    balance[figure.to] -= value as i64;
                }
            }
        }
        let last = (0..nodes).map(|node| {
            figures.iter().rposition(|it| it.from == node || it.to == node).unwrap_or(0)
        });
        // As far above the greatest figure as two values must be apart: in a table that is withheld as a whole, nothing
        // else bounds a figure, and a search that stopped at the greatest would take a safe one for known.
        let most = figures.iter().map(|it| it.count).max().unwrap_or(0) + apart;
        let mut search = Search {
            figures,
            withheld,
            last: last.collect(),
            found: vec![BTreeSet::new(); figures.len()],
            most,
        };
        search.go(0, &mut vec![0; nodes], &mut Vec::new());
        search.found
    }

    fn assert_safe(nodes: usize, figures: &[Figure], fewest: u64) -> Audit {
        let audit = audit_with(nodes, figures, fewest);
        if audit.safe {
            let least = fewest.min(3);
            let possible = possible(nodes, figures, &audit.withheld, least);
            for (at, figure) in figures.iter().enumerate() {
                if figure.people < fewest && figure.role == Role::Cell {
                    assert!(audit.withheld[at], "{figure:?} is shown: {figures:?}");
                    let values = &possible[at];
                    let apart = values.last().unwrap() - values.first().unwrap();
                    assert!(apart >= least, "{figure:?} is one of {values:?}: {audit:?}");
                }
            }
        }
        audit
    }

    #[test]
    fn a_small_part_takes_the_smallest_other_with_it() {
        assert_eq!(audit(2, &parts(&[25, 12, 14])).withheld, [false; 4]);
        assert_eq!(audit(2, &parts(&[25, 12, 3])).withheld, [false, true, true, false]);
        // Two small ones whose sum is small would be known together.
        assert_eq!(audit(2, &parts(&[25, 12, 3, 4])).withheld, [false, true, true, true, false]);
        assert_eq!(audit(2, &parts(&[25, 8, 7])).withheld, [false, true, true, false]);
        // Zero is fewer than ten, and not to be told from nine.
        assert_eq!(audit(2, &parts(&[30, 20, 0])).withheld, [false, true, true, false]);
    }

    #[test]
    fn a_total_of_few_cannot_be_made_safe_by_its_parts() {
        assert!(!audit(2, &parts(&[3, 2])).safe);
        assert!(!audit(2, &parts(&[5])).safe);
        assert!(audit(2, &parts(&[9, 9])).safe);
    }

    #[test]
    fn a_table_of_almost_nobody_is_withheld_as_a_whole() {
        let (nodes, figures) = table(&[vec![1, 0], vec![0, 0]], 3);
        let audit = assert_safe(nodes, &figures, 3);
        assert!(audit.safe && audit.withheld.iter().all(|withheld| *withheld));
    }

    #[test]
    fn whoever_did_not_answer_may_give_away_who_declined() {
        // 0: people, 1: who answered, 2: all counted. 27 answered, 3 declined, nobody was silent.
        let figures = |silent| {
            [
                figure(0, 1, 27, Role::Cell),
                figure(1, 2, 15, Role::Cell),
                figure(1, 2, 12, Role::Cell),
                figure(0, 2, 3, Role::Cell),
                figure(0, 2, silent, Role::Silent),
                figure(2, 0, 30 + silent, Role::Known),
            ]
        };
        let audit_of = |silent| audit(3, &figures(silent)).withheld;
        assert_eq!(audit_of(0), [true, false, true, true, true, false]);
        // With enough silent people among them, those who declined are one of many.
        assert_eq!(audit_of(20), [false, false, false, true, true, false]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn no_part_can_be_worked_out(counts in prop::collection::vec(0_u64..9, 1..5)) {
            assert_safe(2, &parts(&counts), 4);
        }

        /// Nothing withheld can be told from sums over rows and columns: all that could be in its place is tried.
        #[test]
        fn no_cell_can_be_worked_out(
            cells in prop::collection::vec(prop::collection::vec(0_u64..7, 2..=2), 2..=3),
        ) {
            let (nodes, figures) = table(&cells, 3);
            assert_safe(nodes, &figures, 3);
        }

        /// Larger tables, by linear algebra alone: each withheld cell lies on a circle of withheld ones.
        #[test]
        fn large_tables_are_safe_and_what_is_large_is_mostly_shown(
            cells in prop::collection::vec(prop::collection::vec(0_u64..60, 6), 6),
        ) {
            let (nodes, figures) = table(&cells, FEWEST);
            let audit = audit(nodes, &figures);
            prop_assert!(audit.safe);
            for (at, figure) in figures.iter().enumerate() {
                if figure.role == Role::Cell && figure.people < FEWEST {
                    prop_assert!(audit.withheld[at]);
                    prop_assert!(on_a_circle(nodes, &figures, &audit.withheld, at));
                }
            }
            let extra = figures.iter().zip(&audit.withheld).filter(|(it, hidden)| **hidden && it.count >= FEWEST);
            let cost: u64 = extra.map(|(it, _)| it.count + 1).sum();
            let most = rectangles(&cells);
            prop_assert!(cost <= most, "{cost} is withheld, {most} would do: {cells:?}");
        }
    }

    /// What it costs to hide every small cell of a table behind the cheapest rectangle it is a corner of, each by itself:
    /// more than that a search for the cheapest ways never has to withhold.
    fn rectangles(cells: &[Vec<u64>]) -> u64 {
        let cost = |count: u64| if count < FEWEST { 0 } else { count + 1 };
        let rectangle = |row: usize, column: usize, across: usize, down: usize| {
            // The two beside the small cell shrink where it grows, so they need the room.
            let beside = [cells[row][across], cells[down][column]];
            let room = beside.iter().all(|count| *count >= FEWEST);
            room.then(|| beside.map(cost).iter().sum::<u64>() + cost(cells[down][across]))
        };
        let places = |line: &[u64], own: usize| (0..line.len()).filter(move |at| *at != own);
        let mut most = 0_u64;
        for (row, line) in cells.iter().enumerate() {
            for (column, _) in line.iter().enumerate().filter(|(_, count)| **count < FEWEST) {
                let ways = places(line, column).flat_map(|across| {
                    (0..cells.len())
                        .filter(move |down| *down != row)
                        .map(move |down| (across, down))
                });
                let cheapest =
                    ways.filter_map(|(across, down)| rectangle(row, column, across, down)).min();
                most = most.saturating_add(cheapest.unwrap_or(u64::MAX));
            }
        }
        most
    }

    /// Whether both ends of an edge stay joined over other withheld edges.
    fn on_a_circle(nodes: usize, figures: &[Figure], withheld: &[bool], without: usize) -> bool {
        let mut joined = vec![false; nodes];
        joined[figures[without].from] = true;
        for _ in 0..nodes {
            for (at, it) in figures.iter().enumerate() {
                if withheld[at] && at != without && (joined[it.from] || joined[it.to]) {
                    joined[it.from] = true;
                    joined[it.to] = true;
                }
            }
        }
        joined[figures[without].to]
    }
}
