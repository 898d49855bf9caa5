//! What may be told of the people who have certain things in common, whichever page asks.
//!
//! Two pages can be subtracted from each other where the one's people are all among the other's. So what is withheld hangs
//! on the people and not on the filters that name them:
//!
//! 1. *Nearly the same people.* Filters that cut nobody off from a group belong to it as if they had been asked for: who
//!    lives in a ward lives in its area. Whoever has more than the group by any two of them is audited beside it
//!    ([`Judge::subtract`]). What this withholds all other audits begin with.
//! 2. *One filter.* All its values stand side by side and are audited as one table ([`of_groups`]), among everybody and
//!    among those who have another thing that the group has.
//! 3. *Two filters*, or one and a comparison. All combinations of both are audited as one table, along its lines, along
//!    its columns and for each figure over both ([`Square`]).
//! 4. *More.* A question is told if none of its figures is small in any combination of all of them, else it is withheld as
//!    a whole. Then there is nothing small that could be told.
//! 5. *Days* are told apart by spans; what is told of several is what is told of each.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use model::suppression::{FEWEST, Role};

use super::{
    people::{Bits, Group, Part, People, count, holds},
    person::{Dimension, Places},
    rows::Rows,
    square::{Place, Square, of_square},
    withhold::{Column, Seen, Withheld, elsewhere, of_column, of_groups, of_people, people},
};
use crate::asked::Question;

/// What is withheld of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// It is told how many they are. If not, nothing is told of them.
    pub told: bool,
    /// What is withheld of each question.
    pub questions: Vec<Withheld>,
}

impl Verdict {
    /// Withholds also what `other` does.
    pub fn join(&mut self, other: &Self) {
        self.told &= other.told;
        for (own, other) in self.questions.iter_mut().zip(&other.questions) {
            own.join(other);
        }
    }
}

/// What each value of a dimension is told of, some other things being the same.
type Line = Rc<BTreeMap<u32, Verdict>>;

/// What each combination of the values of two dimensions is told of.
type Combinations = Rc<BTreeMap<(u32, u32), Verdict>>;

/// The rows of a question that say who has each value of a dimension.
#[derive(Debug)]
struct Says {
    question: usize,
    rows: Vec<Vec<usize>>,
}

/// Judges groups of people.
#[derive(Debug)]
pub struct Judge<'a> {
    people: &'a People,
    questions: &'a [Question],
    rows: &'a [Rows],
    says: Vec<Option<Says>>,
    verdicts: BTreeMap<Vec<Part>, Rc<Verdict>>,
    lines: BTreeMap<(Option<Part>, usize), Line>,
    squares: BTreeMap<(usize, usize), Combinations>,
    plenty: BTreeMap<Vec<usize>, Rc<Verdict>>,
}

impl<'a> Judge<'a> {
    /// A judge of groups among `people`, who answered `questions` in `rows`.
    pub fn new(
        people: &'a People,
        questions: &'a [Question],
        rows: &'a [Rows],
        places: &Places,
    ) -> Self {
        let says = (0..people.dimensions.len())
            .map(|dimension| says(people, dimension, questions, rows, places))
            .collect();
        Self {
            people,
            questions,
            rows,
            says,
            verdicts: BTreeMap::new(),
            lines: BTreeMap::new(),
            squares: BTreeMap::new(),
            plenty: BTreeMap::new(),
        }
    }

    /// What people answered who have all of `parts`.
    pub fn columns(&self, group: &[u32], parts: &[Part]) -> Vec<Column> {
        let is_version = |part: &Part| self.people.dimensions[part.dimension] == Dimension::Version;
        let by_version = parts.iter().any(is_version);
        self.people.columns(group, self.questions, self.rows, by_version)
    }

    /// What is withheld of the people who have all of `parts`.
    pub fn verdict(&mut self, parts: &[Part]) -> Rc<Verdict> {
        let mut key = parts.to_vec();
        key.sort_unstable();
        key.dedup();
        if let Some(known) = self.verdicts.get(&key) {
            return Rc::clone(known);
        }
        let found = Rc::new(self.judged(&key));
        self.verdicts.insert(key, Rc::clone(&found));
        found
    }

    fn judged(&mut self, asked: &[Part]) -> Verdict {
        let group = self.people.having(asked);
        let everybody = self.people.len();
        if group.len() < everybody && is_few(group.len()) {
            return self.nothing();
        }
        if group.len() == everybody {
            return self.alone(asked, &group);
        }
        let common = self.people.common(&group);
        let mut verdict = self.first(asked, &common, &group);
        // What is told of several spans of days is the sum of what is told of each.
        let several = asked.iter().position(|part| part.first < part.last);
        if let Some(at) = several {
            for value in asked[at].first..=asked[at].last {
                let mut one = asked.to_vec();
                one[at] = Part { first: value, last: value, ..asked[at] };
                if self.people.count(&one) > 0 {
                    verdict.join(&self.verdict(&one));
                }
            }
        }
        let is_same = |parts: &[Part]| self.people.count(parts) == group.len();
        let single: Vec<Part> =
            common.iter().copied().filter(|part| part.first == part.last).collect();
        let ones: Vec<Part> = single.iter().copied().filter(|part| is_same(&[*part])).collect();
        let mut twos = Vec::new();
        if ones.is_empty() {
            for (at, one) in single.iter().enumerate() {
                let others = single[at + 1..].iter().filter(|other| is_same(&[*one, **other]));
                twos.extend(others.map(|other| (*one, *other)));
            }
        }
        for part in &ones {
            self.join_line(&mut verdict, None, *part);
            for other in &common {
                if self.people.count(&[*other]) > group.len() {
                    self.join_line(&mut verdict, Some(*other), *part);
                }
            }
        }
        for (one, other) in &twos {
            let square = self.square(one.dimension, other.dimension);
            if let Some(found) = square.get(&(one.first, other.first)) {
                verdict.join(found);
            }
        }
        if ones.is_empty() && twos.is_empty() && several.is_none() {
            verdict.join(&self.plenty(asked));
            for (at, part) in asked.iter().enumerate() {
                let mut wide = asked.to_vec();
                wide.remove(at);
                let wide = self.verdict(&wide);
                verdict.told &= !self.hides(&wide, *part);
            }
        }
        if verdict.told { verdict } else { self.nothing() }
    }

    /// Nothing is told.
    pub fn nothing(&self) -> Verdict {
        let questions = self.rows.iter().map(|rows| Withheld::everything(rows.len()));
        Verdict { told: false, questions: questions.collect() }
    }

    fn flags(&self, question: usize) -> (bool, bool) {
        let question = &self.questions[question];
        (question.sort.is_single(), question.repeat.is_some())
    }

    /// What a page must withhold by itself.
    fn alone(&self, asked: &[Part], group: &[u32]) -> Verdict {
        let columns = self.columns(group, asked);
        let mut questions: Vec<Withheld> =
            self.rows.iter().map(|rows| Withheld::nothing(rows.len())).collect();
        // How many gave an answer is how many they are whom a comparison by that question shows.
        for (dimension, says) in self.says.iter().enumerate() {
            let Some(says) = says else { continue };
            for (value, own) in self.people.split(group, dimension) {
                let rows = &says.rows[value as usize];
                if rows.is_empty() || is_few(own.len()) {
                    continue;
                }
                let mut parts = asked.to_vec();
                parts.push(Part { dimension, first: value, last: value });
                let common = self.people.common(&own);
                let is_near = |way: &Vec<Part>| {
                    let more = self.people.count(way).saturating_sub(own.len());
                    more > 0 && is_few(more)
                };
                if ways(&parts, &common).iter().any(is_near) {
                    rows.iter().for_each(|row| questions[says.question].rows[*row] = true);
                }
            }
        }
        for (at, (column, out)) in columns.iter().zip(&mut questions).enumerate() {
            let (single, repeated) = self.flags(at);
            of_column(single, repeated, column, out);
        }
        Verdict { told: true, questions }
    }

    /// What a page must withhold by itself and beside those that nearly the same people are on. All other audits begin with
    /// it, for what they would take for told must not tell it.
    fn first(&self, asked: &[Part], common: &[Part], group: &Group) -> Verdict {
        let mut verdict = self.alone(asked, group);
        for wide in self.wider(asked, common, group) {
            self.subtract(&mut verdict, asked, group, &wide);
        }
        if verdict.told { verdict } else { self.nothing() }
    }

    /// Whether `wide`, a page's verdict, hides how many of its people have `part`.
    fn hides(&self, wide: &Verdict, part: Part) -> bool {
        self.says[part.dimension].as_ref().is_some_and(|says| {
            let hidden = &wide.questions[says.question].rows;
            let is_hidden = |value: u32| says.rows[value as usize].iter().any(|row| hidden[*row]);
            (part.first..=part.last).any(is_hidden)
        })
    }

    fn join_line(&mut self, verdict: &mut Verdict, context: Option<Part>, part: Part) {
        let line = self.line(context, part.dimension);
        if let Some(found) = line.get(&part.first) {
            verdict.join(found);
        }
    }

    /// All values of a dimension side by side, among those who have `context`.
    fn line(&mut self, context: Option<Part>, dimension: usize) -> Line {
        if let Some(known) = self.lines.get(&(context, dimension)) {
            return Rc::clone(known);
        }
        let asked: Vec<Part> = context.into_iter().collect();
        let group = self.people.having(&asked);
        let whole = self.alone(&asked, &group);
        let groups = self.people.split(&group, dimension);
        let counts: Vec<u64> = groups.values().map(|own| own.len() as u64).collect();
        let mut parts = asked.clone();
        parts.push(Part { dimension, first: 0, last: 0 });
        let first = groups.iter().map(|(value, own)| {
            let part = Part { dimension, first: *value, last: *value };
            let mut parts = asked.clone();
            parts.push(part);
            if is_few(own.len()) || groups.len() == 1 {
                return Verdict { told: groups.len() == 1, ..self.alone(&parts, own) };
            }
            let first = self.first(&parts, &self.people.common(own), own);
            Verdict { told: first.told && !self.hides(&whole, part), ..first }
        });
        let first: Vec<Verdict> = first.collect();
        let hidden: Vec<bool> = first.iter().map(|it| !it.told).collect();
        let few = of_people(&counts, &hidden, group.len() as u64);
        let whole_columns = self.columns(&group, &asked);
        let mut found = BTreeMap::new();
        let mut columns = Vec::new();
        for (((value, own), few), first) in groups.iter().zip(few).zip(&first) {
            let told = groups.len() == 1 || !few && first.told;
            found.insert(*value, Verdict { told, questions: Vec::new() });
            // Who nearly all others are must not be had from them either.
            let is_delicate = !first.told && !is_few(own.len());
            let seen = if told || is_delicate { Seen::Here } else { Seen::Nowhere };
            columns.push((seen, self.columns(own, &parts)));
        }
        for at in 0..self.questions.len() {
            let (single, repeated) = self.flags(at);
            let own: Vec<Column> = columns
                .iter()
                .map(|(seen, own)| Column { seen: *seen, ..own[at].clone() })
                .collect();
            let rows = self.rows[at].len();
            let before = first.iter().map(|it| it.questions[at].clone()).collect();
            let (sum, unknown) = (&whole_columns[at], &whole.questions[at]);
            let withheld = of_groups(single, repeated, &own, sum, unknown, before);
            for (verdict, withheld) in found.values_mut().zip(withheld) {
                let own = if verdict.told { withheld } else { Withheld::everything(rows) };
                verdict.questions.push(own);
            }
        }
        let found = Rc::new(found);
        self.lines.insert((context, dimension), Rc::clone(&found));
        found
    }

    /// All combinations of two dimensions.
    fn square(&mut self, first: usize, second: usize) -> Combinations {
        if let Some(known) = self.squares.get(&(first, second)) {
            return Rc::clone(known);
        }
        let everybody = self.people.everybody();
        let margins = |judge: &mut Self, dimension: usize| {
            let groups = judge.people.split(&everybody, dimension);
            let margins = groups.into_iter().map(|(value, group)| {
                let part = Part { dimension, first: value, last: value };
                let columns = judge.columns(&group, &[part]);
                (part, group, columns, judge.verdict(&[part]))
            });
            margins.collect::<Vec<_>>()
        };
        let (lines, columns) = (margins(self, first), margins(self, second));
        let mut places = Vec::new();
        for (line, (one, group, _, of_one)) in lines.iter().enumerate() {
            for (value, own) in self.people.split(group, second) {
                let Some(column) = columns.iter().position(|it| it.0.first == value) else {
                    continue;
                };
                let (other, of, _, of_other) = &columns[column];
                // Whoever has the one has the other: a page of one filter, which decides.
                let decides = match own.len() {
                    len if len == group.len() => Some(of_one),
                    len if len == of.len() => Some(of_other),
                    _ => None,
                };
                let first = match decides {
                    Some(verdict) => (**verdict).clone(),
                    None if is_few(own.len()) => self.nothing(),
                    None => {
                        let first = self.first(&[*one, *other], &self.people.common(&own), &own);
                        let hidden = self.hides(of_one, *other) || self.hides(of_other, *one);
                        Verdict { told: first.told && !hidden, ..first }
                    }
                };
                places.push((line, column, own, decides.is_some(), first));
            }
        }
        let cell = |group: &Group| people(group.len() as u64);
        let square: Vec<Place> = places
            .iter()
            .map(|(line, column, own, is_elsewhere, first)| Place {
                line: *line,
                column: *column,
                cell: cell(own),
                role: match is_elsewhere {
                    true => elsewhere(cell(own), !first.told),
                    false if !first.told => Role::Withheld,
                    false => Role::Cell,
                },
            })
            .collect();
        let margin = |(_, group, _, verdict): &(Part, Group, Vec<Column>, Rc<Verdict>)| {
            (cell(group), elsewhere(cell(group), !verdict.told))
        };
        let hidden = of_square(
            &square,
            &lines.iter().map(margin).collect::<Vec<_>>(),
            &columns.iter().map(margin).collect::<Vec<_>>(),
        );
        let mut found: Vec<Verdict> = hidden
            .iter()
            .zip(&places)
            .map(|(hidden, place)| Verdict { told: !hidden && place.4.told, questions: Vec::new() })
            .collect();
        let whole = self.columns(&everybody, &[]);
        let of_places: Vec<Vec<Column>> = places
            .iter()
            .map(|place| self.columns(&place.2, &[lines[place.0].0, columns[place.1].0]))
            .collect();
        for (at, whole) in whole.into_iter().enumerate() {
            let rows = self.rows[at].len();
            let mut before = Vec::new();
            let mut own = Vec::new();
            for ((place, counts), verdict) in places.iter().zip(&of_places).zip(&found) {
                let (is_elsewhere, first) = (place.3, &place.4);
                let is_delicate = !first.told && !is_few(place.2.len());
                let seen = match is_elsewhere {
                    true => Seen::Elsewhere,
                    false if verdict.told || is_delicate => Seen::Here,
                    false => Seen::Nowhere,
                };
                let is_few = !is_elsewhere && is_few(place.2.len());
                before.push(if is_few {
                    Withheld::nothing(rows)
                } else {
                    first.questions[at].clone()
                });
                own.push((place.0, place.1, Column { seen, ..counts[at].clone() }));
            }
            let square = Square {
                places: own,
                lines: lines.iter().map(|it| (it.2[at].clone(), &it.3.questions[at])).collect(),
                columns: columns.iter().map(|it| (it.2[at].clone(), &it.3.questions[at])).collect(),
                whole,
            };
            let withheld = square.audit(self.flags(at), before);
            for (verdict, withheld) in found.iter_mut().zip(withheld) {
                let own = if verdict.told { withheld } else { Withheld::everything(rows) };
                verdict.questions.push(own);
            }
        }
        let keys = places.iter().map(|place| (lines[place.0].0.first, columns[place.1].0.first));
        let found = Rc::new(keys.zip(found).collect::<BTreeMap<_, _>>());
        self.squares.insert((first, second), Rc::clone(&found));
        found
    }

    /// What is told of three or more things at once: all or nothing of a question.
    fn plenty(&mut self, asked: &[Part]) -> Rc<Verdict> {
        let dimensions: Vec<usize> = asked.iter().map(|part| part.dimension).collect();
        if let Some(known) = self.plenty.get(&dimensions) {
            return Rc::clone(known);
        }
        let mut atoms: BTreeMap<Vec<u32>, Group> = BTreeMap::new();
        for person in self.people.everybody() {
            let atom = dimensions.iter().map(|it| self.people.value(*it, person)).collect();
            atoms.entry(atom).or_default().push(person);
        }
        let mut verdict = Verdict {
            told: true,
            questions: self.rows.iter().map(|rows| Withheld::nothing(rows.len())).collect(),
        };
        for group in atoms.values() {
            verdict.told &= !is_few(group.len());
            if !verdict.told {
                verdict = self.nothing();
                break;
            }
            for (at, column) in self.columns(group, asked).iter().enumerate() {
                if !column.is_plenty(self.flags(at).0) {
                    verdict.questions[at] = Withheld::everything(self.rows[at].len());
                }
            }
        }
        let found = Rc::new(verdict);
        self.plenty.insert(dimensions, Rc::clone(&found));
        found
    }

    /// The groups that hold all of `group` and more, and that a page shows: those alone that hold none of the others.
    fn wider(&self, asked: &[Part], common: &[Part], group: &Group) -> Vec<Group> {
        let bits = ways(asked, common).into_iter().map(|way| self.people.bits(&way));
        let bits = bits.map(|bits| (count(&bits), bits)).filter(|(count, _)| *count > group.len());
        let wider: BTreeSet<(usize, Bits)> = bits.collect();
        let mut least: Vec<Bits> = Vec::new();
        for (_, wide) in wider {
            if !least.iter().any(|less| holds(&wide, less)) {
                least.push(wide);
            }
        }
        least.iter().map(|bits| self.people.group(bits)).collect()
    }

    /// Withholds what could be had by subtracting `group` from `wide`.
    fn subtract(&self, verdict: &mut Verdict, asked: &[Part], group: &Group, wide: &Group) {
        let rest: Group =
            wide.iter().copied().filter(|it| group.binary_search(it).is_err()).collect();
        if is_few(rest.len()) {
            verdict.told = false;
            return;
        }
        let whole = self.columns(wide, &[]);
        let own = self.columns(group, asked);
        let rest = self.columns(&rest, asked);
        let columns = own.into_iter().zip(rest).zip(&whole).enumerate();
        for (at, ((own, rest), whole)) in columns {
            let (single, repeated) = self.flags(at);
            let mut unknown = Withheld::nothing(whole.rows.len());
            of_column(single, repeated, whole, &mut unknown);
            let pair = [own, Column { seen: Seen::Nowhere, ..rest }];
            let before = vec![verdict.questions[at].clone(), Withheld::nothing(whole.rows.len())];
            let found = of_groups(single, repeated, &pair, whole, &unknown, before);
            verdict.questions[at].join(&found[0]);
        }
    }
}

/// The pages that show all who have `asked`: by what these have in common, `common`, as far as two of it are named, or beside
/// what was asked.
fn ways(asked: &[Part], common: &[Part]) -> BTreeSet<Vec<Part>> {
    let mut ways: BTreeSet<Vec<Part>> = BTreeSet::from([Vec::new()]);
    for (at, one) in common.iter().enumerate() {
        ways.insert(vec![*one]);
        ways.extend(common[at + 1..].iter().map(|other| vec![*one, *other]));
    }
    if asked.len() > 2 {
        for without in 0..asked.len() {
            let mut way = asked.to_vec();
            way.remove(without);
            ways.insert(way.clone());
            for one in common {
                let mut more = way.clone();
                more.push(*one);
                ways.insert(more);
            }
        }
    }
    ways
}

fn is_few(people: usize) -> bool {
    (people as u64) < FEWEST
}

/// Which rows of a question say who has each value of a dimension.
fn says(
    people: &People,
    dimension: usize,
    questions: &[Question],
    rows: &[Rows],
    places: &Places,
) -> Option<Says> {
    let (path, known) = match &people.dimensions[dimension] {
        Dimension::Answer(path) => (path, None),
        Dimension::Ward => places.ward.as_ref().map(|(path, known)| (path, Some(known)))?,
        Dimension::Area => places.area.as_ref().map(|(path, known)| (path, Some(known)))?,
        _ => return None,
    };
    let question = questions.iter().position(|question| question.path == *path)?;
    let own = |value: &String| -> Vec<usize> {
        let named: Vec<&String> = match known {
            None => vec![value],
            Some(known) => known
                .iter()
                .filter(|(_, place)| place.as_str() == value)
                .map(|(choice, _)| choice)
                .collect(),
        };
        named.into_iter().filter_map(|name| rows[question].row_of_its_own(name)).collect()
    };
    Some(Says { question, rows: people.values[dimension].iter().map(own).collect() })
}
