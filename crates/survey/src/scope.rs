//! The instance as expressions see it.

use std::borrow::Cow;

use crate::{
    Choice, Choices, Expression, Table,
    expression::{Environment, Tree as View, Value},
    tree::{NodeId, Part, ROOT, Tree, text_of},
};

/// A place that an expression can look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spot {
    /// Above the form.
    Above,
    /// In the form; never a series, whose instances stand directly in its group.
    Node(NodeId),
    /// Above a list, and its root.
    List(Source, bool),
    /// A choice of a list or a row of a table.
    Row(Source, u32),
    /// One column of it: name and label come first.
    Cell(Source, u32, u32),
}

/// Where choices stand, by index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// The list of a question.
    Item(u32),
    /// A list of the form.
    List(u32),
    /// A table of the form.
    Table(u32),
}

impl Tree {
    fn choices(&self, source: Source) -> &[Choice] {
        match source {
            Source::Item(item) => match self.definition.items[item as usize].kind.choices() {
                Some(Choices::List(list)) => list,
                _ => &[],
            },
            Source::List(at) => {
                self.definition.lists.iter().nth(at as usize).map_or(&[], |(_, list)| list)
            }
            Source::Table(_) => &[],
        }
    }

    fn table(&self, source: Source) -> Option<&Table> {
        match source {
            Source::Table(at) => {
                self.definition.tables.iter().nth(at as usize).map(|(_, table)| table)
            }
            _ => None,
        }
    }

    fn rows(&self, source: Source) -> usize {
        self.table(source).map_or_else(|| self.choices(source).len(), |table| table.rows.len())
    }

    fn columns(&self, source: Source, row: u32) -> usize {
        match self.table(source) {
            Some(table) => table.columns.len(),
            None => {
                let choice = self.choices(source).get(row as usize);
                // Behind its columns a choice of a list has the id of its label.
                let id = usize::from(matches!(source, Source::List(_)));
                choice.map_or(0, |it| 2 + it.columns.len() + id)
            }
        }
    }

    /// What pyxform calls the label of a choice: the list's name and the choice's place in it, from 0.
    fn label_id(&self, source: Source, row: u32) -> Option<String> {
        let Source::List(at) = source else { return None };
        let (name, _) = self.definition.lists.iter().nth(at as usize)?;
        Some(format!("{name}-{row}"))
    }

    /// What a calculation, a condition or a default comes to, as text; nothing if it fails.
    pub(crate) fn text_at(&self, expression: &Expression, node: NodeId, draw: u64) -> String {
        expression.text(self, Spot::Node(node), &self.environment(draw)).unwrap_or_default()
    }

    /// What a repeat count comes to.
    pub(crate) fn number_at(&self, expression: &Expression, node: NodeId) -> f64 {
        let value = expression.evaluate(self, Spot::Node(node), &self.environment(0));
        value.map_or(f64::NAN, |value: Value<Spot>| value.number(self))
    }

    /// Whether a condition holds. One that fails does not.
    pub(crate) fn holds_at(&self, expression: &Expression, node: NodeId) -> bool {
        expression.holds(self, Spot::Node(node), &self.environment(0)).unwrap_or(false)
    }

    /// The clock and chance: `draw` keeps one evaluation's chance apart from another's.
    pub(crate) fn environment(&self, draw: u64) -> Environment {
        let seed = u128::from(self.context.seed) << 64 | u128::from(draw);
        // Seeds that lie beside each other must not give numbers that do.
        let seed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835).rotate_left(67);
        let now = self.context.now;
        Environment::new(now, self.context.offset, seed).since(self.context.started.unwrap_or(now))
    }
}

impl View for Tree {
    type Node = Spot;

    fn root(&self) -> Spot {
        Spot::Above
    }

    fn parent(&self, node: Spot) -> Option<Spot> {
        match node {
            Spot::Above | Spot::List(_, false) => None,
            Spot::Node(ROOT) => Some(Spot::Above),
            Spot::Node(node) => {
                let parent = self.nodes[node].parent;
                let series = self.nodes[parent].part == Part::Series;
                Some(Spot::Node(if series { self.nodes[parent].parent } else { parent }))
            }
            Spot::List(source, true) => Some(Spot::List(source, false)),
            Spot::Row(source, _) => Some(Spot::List(source, true)),
            Spot::Cell(source, row, _) => Some(Spot::Row(source, row)),
        }
    }

    fn children(&self, node: Spot) -> Vec<Spot> {
        match node {
            Spot::Above => vec![Spot::Node(ROOT)],
            Spot::Node(node) => {
                let mut found = Vec::new();
                for kid in self.kids(node) {
                    if self.nodes[*kid].part == Part::Series {
                        found.extend(self.kids(*kid).iter().map(|it| Spot::Node(*it)));
                    } else {
                        found.push(Spot::Node(*kid));
                    }
                }
                found
            }
            Spot::List(source, false) => vec![Spot::List(source, true)],
            Spot::List(source, true) => {
                (0..self.rows(source) as u32).map(|row| Spot::Row(source, row)).collect()
            }
            Spot::Row(source, row) => {
                let columns = self.columns(source, row) as u32;
                (0..columns).map(|column| Spot::Cell(source, row, column)).collect()
            }
            Spot::Cell(..) => Vec::new(),
        }
    }

    fn name(&self, node: Spot) -> Cow<'_, str> {
        Cow::Borrowed(match node {
            Spot::Above | Spot::List(_, false) => "",
            Spot::Node(ROOT) => "data",
            Spot::Node(node) => &self.item(node).name,
            Spot::List(_, true) => "root",
            Spot::Row(..) => "item",
            Spot::Cell(source, row, column) => match (self.table(source), column) {
                (Some(table), _) => table.columns.get(column as usize).map_or("", String::as_str),
                (None, 0) => "name",
                (None, 1) => "label",
                (None, _) => {
                    let choice = self.choices(source).get(row as usize);
                    let column = choice.and_then(|it| it.columns.iter().nth(column as usize - 2));
                    column.map_or("itextId", |(name, _)| name)
                }
            },
        })
    }

    fn text(&self, node: Spot) -> Cow<'_, str> {
        Cow::Borrowed(match node {
            Spot::Node(node) => &self.nodes[node].value,
            Spot::Cell(source, row, column) => match self.table(source) {
                Some(table) => {
                    let cell = table.rows.get(row as usize).and_then(|it| it.get(column as usize));
                    cell.map_or("", String::as_str)
                }
                None => {
                    let Some(choice) = self.choices(source).get(row as usize) else {
                        return Cow::Borrowed("");
                    };
                    match column {
                        0 => &choice.name,
                        1 => self.definition.text(&choice.label, &self.language),
                        _ => match choice.columns.iter().nth(column as usize - 2) {
                            Some((_, text)) => text,
                            None => {
                                return Cow::Owned(self.label_id(source, row).unwrap_or_default());
                            }
                        },
                    }
                }
            },
            _ => "",
        })
    }

    fn is_relevant(&self, node: Spot) -> bool {
        match node {
            Spot::Node(node) => self.nodes[node].relevant,
            _ => true,
        }
    }

    fn named(&self, name: &str, from: Option<Spot>) -> Vec<Spot> {
        let around = match from {
            Some(Spot::Node(node)) => node,
            _ => ROOT,
        };
        let at = if around == ROOT { usize::MAX } else { self.nodes[around].item };
        let Some(item) = self.definition.named(name, at).first().copied() else {
            return Vec::new();
        };
        let found = if from.is_some() && around != ROOT {
            // The node itself may be an instance of the repeat that both stand in.
            self.concerned(around, item, true)
        } else {
            self.concerned(ROOT, item, false)
        };
        let mut spots = Vec::with_capacity(found.len());
        for node in found {
            if self.nodes[node].part == Part::Series {
                spots.extend(self.kids(node).iter().map(|it| Spot::Node(*it)));
            } else {
                spots.push(Spot::Node(node));
            }
        }
        spots
    }

    fn position(&self, node: Spot) -> usize {
        match node {
            Spot::Node(node) => Tree::position(self, node).unwrap_or(1),
            _ => 1,
        }
    }

    fn instance_of(&self, node: Spot) -> Option<Spot> {
        let Spot::Node(node) = node else { return None };
        let instance = self.instance_around(node);
        (instance != ROOT).then_some(Spot::Node(instance))
    }

    fn instance(&self, id: &str) -> Option<Spot> {
        let definition = &self.definition;
        let list = definition.lists.iter().position(|(name, _)| name == id);
        let source = match list {
            Some(at) => Source::List(at as u32),
            None => {
                let name = id.strip_suffix(".csv").unwrap_or(id);
                let at = definition.tables.iter().position(|(own, _)| own == name)?;
                Source::Table(at as u32)
            }
        };
        Some(Spot::List(source, false))
    }

    fn choice_label(&self, question: Spot, value: &str) -> Option<String> {
        let Spot::Node(node) = question else { return None };
        let choices = self.item(node).kind.choices()?;
        match choices {
            Choices::List(list) => {
                let choice = list.iter().find(|choice| choice.name == value)?;
                // A label may name answers.
                Some(self.words(&choice.label, node, &self.language))
            }
            Choices::Repeat(_) => Some(value.to_owned()),
        }
    }

    fn itext(&self, id: &str) -> Option<String> {
        let (list, row) = id.rsplit_once('-')?;
        let choice = self.definition.lists.get(list)?.get(row.parse::<usize>().ok()?)?;
        Some(self.definition.text(&choice.label, &self.language).to_owned())
    }

    fn look_up(&self, table: &str, column: &str, key_column: &str, key: &str) -> Option<String> {
        let name = table.strip_suffix(".csv").unwrap_or(table);
        let table = self.definition.tables.get(name)?;
        let index = |name: &str| table.columns.iter().position(|own| own == name);
        let (column, key_column) = (index(column)?, index(key_column)?);
        let row = table.rows.iter().find(|row| row.get(key_column).is_some_and(|it| it == key))?;
        row.get(column).cloned()
    }

    fn property(&self, name: &str) -> Option<String> {
        let context = &self.context;
        Some(match name {
            "deviceid" => context.device.clone(),
            "username" => context.username.clone(),
            "email" => context.email.clone(),
            "phonenumber" => context.phone.clone(),
            _ => return None,
        })
    }
}

impl Tree {
    /// The choices that a question offers, by their index in its list; from a repeat, its nodes.
    pub(crate) fn offered(&self, node: NodeId) -> Vec<Offered> {
        let item = self.nodes[node].item as u32;
        let definition = &self.definition.items[item as usize];
        let spots: Vec<Spot> = match definition.kind.choices() {
            Some(Choices::List(list)) => {
                (0..list.len() as u32).map(|row| Spot::Row(Source::Item(item), row)).collect()
            }
            Some(Choices::Repeat(question)) => {
                let nodes = self.concerned(ROOT, *question, false).into_iter();
                let named = nodes.filter(|it| !self.nodes[*it].value.is_empty());
                named.map(Spot::Node).collect()
            }
            None => return Vec::new(),
        };
        let spots = match &definition.choice_filter {
            Some(filter) => {
                let environment = self.environment(0);
                filter.filter(self, spots, Spot::Node(node), &environment).unwrap_or_default()
            }
            None => spots,
        };
        let offered = |spot| match spot {
            Spot::Row(_, row) => Some(Offered::Choice(row as usize)),
            Spot::Node(node) => Some(Offered::Answer(node)),
            _ => None,
        };
        spots.into_iter().filter_map(offered).collect()
    }

    /// What a choice stores.
    pub(crate) fn name_of(&self, node: NodeId, offered: Offered) -> &str {
        match offered {
            Offered::Choice(at) => {
                let source = Source::Item(self.nodes[node].item as u32);
                self.choices(source).get(at).map_or("", |choice| &choice.name)
            }
            Offered::Answer(node) => &self.nodes[node].value,
        }
    }

    /// Whether a question offers the choice of that name.
    pub(crate) fn offers(&self, node: NodeId, name: &str) -> bool {
        let item = self.nodes[node].item as u32;
        let definition = &self.definition.items[item as usize];
        match (definition.kind.choices(), &definition.choice_filter) {
            (Some(Choices::List(list)), Some(filter)) => {
                // One choice is looked at, not the thousand beside it.
                let same = list.iter().enumerate().filter(|(_, choice)| choice.name == name);
                let spots: Vec<Spot> =
                    same.map(|(row, _)| Spot::Row(Source::Item(item), row as u32)).collect();
                let environment = self.environment(0);
                filter
                    .filter(self, spots, Spot::Node(node), &environment)
                    .is_ok_and(|found| !found.is_empty())
            }
            (Some(Choices::List(list)), None) => list.iter().any(|choice| choice.name == name),
            _ => self.offered(node).into_iter().any(|it| self.name_of(node, it) == name),
        }
    }

    /// The value that expressions see of a stored answer: of what is picked only what is offered.
    pub(crate) fn seen_of(&self, node: NodeId) -> String {
        let own = &self.nodes[node];
        if !self.definition.graph.filtered[own.item] {
            return text_of(own.answer.as_ref());
        }
        match &own.answer {
            Some(model::submission::Answer::Many(names)) => {
                let offered: Vec<&str> = names
                    .iter()
                    .map(String::as_str)
                    .filter(|name| self.offers(node, name))
                    .collect();
                offered.join(" ")
            }
            answer => {
                let text = text_of(answer.as_ref());
                if text.is_empty() || self.offers(node, &text) { text } else { String::new() }
            }
        }
    }
}

/// A choice that is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offered {
    /// The choice of the question's list, by its index.
    Choice(usize),
    /// What was answered to a question in a repeat.
    Answer(NodeId),
}
