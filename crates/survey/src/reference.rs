//! What expressions and labels refer to.

use crate::{
    Definition, Expression, Kind,
    expression::{Hop, Origin, Reference},
};

/// How far a reference reaches into a repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// To the instance that the reader stands in too, where there is one.
    Near,
    /// To every instance.
    All,
}

/// The items that an expression of the item `at` reads. In a choice filter (`of_choices`) what is looked at first is a
/// choice, which holds no answers.
pub(crate) fn references(
    definition: &Definition,
    expression: &Expression,
    at: usize,
    of_choices: bool,
) -> Vec<(usize, Reach)> {
    let mut found = Vec::new();
    for reference in expression.references() {
        if of_choices && reference.origin == Origin::Context {
            continue;
        }
        found.extend(walk(definition, &reference, at));
    }
    if expression.uses_position() {
        let mut around = definition.items[at].repeat;
        while let Some(repeat) = around {
            found.push((repeat, Reach::Near));
            around = definition.items[repeat].repeat;
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The items at the end of a reference. None stands for the form itself, `usize::MAX` for what is above it.
fn walk(definition: &Definition, reference: &Reference, at: usize) -> Vec<(usize, Reach)> {
    const ABOVE: Option<usize> = Some(usize::MAX);
    let named = |name: &str| definition.named(name, at).into_iter().map(Some).collect();
    let (mut here, mut reach): (Vec<Option<usize>>, _) = match &reference.origin {
        Origin::Root => (vec![ABOVE], Reach::Near),
        Origin::Context | Origin::Current => (vec![Some(at)], Reach::Near),
        Origin::Named(name) => (named(name), Reach::Near),
        Origin::Every(name) => (named(name), Reach::All),
        Origin::Instance(_) | Origin::Table(_) => return Vec::new(),
    };
    let mut hops = reference.hops.iter().peekable();
    while let Some(hop) = hops.next() {
        let mut next = Vec::new();
        if let (Hop::Anywhere, Some(Hop::Child(name))) = (hop, hops.peek()) {
            // `//name` (ODK XForms 1.0.0, "XPath Paths"): those of that name wherever they are, and no others.
            let all = 0..definition.items.len();
            here = all.filter(|it| definition.items[*it].name == *name).map(Some).collect();
            reach = Reach::All;
            hops.next();
            continue;
        }
        for from in here {
            match hop {
                Hop::Child(_) | Hop::Children if from == ABOVE => next.push(None),
                Hop::Child(name) => {
                    let children = definition.children(from);
                    next.extend(
                        children.filter(|it| definition.items[*it].name == *name).map(Some),
                    );
                }
                Hop::Children => next.extend(definition.children(from).map(Some)),
                Hop::Parent => next.push(match from {
                    None | ABOVE => ABOVE,
                    Some(item) => definition.items[item].parent,
                }),
                Hop::Anywhere => {
                    let all = (0..definition.items.len()).map(|item| (item, Reach::All));
                    return all.collect();
                }
            }
        }
        next.sort_unstable();
        next.dedup();
        let repeat = |item: &Option<usize>| {
            item.is_some_and(|it| it != usize::MAX && definition.items[it].kind == Kind::Repeat)
        };
        if *hop != Hop::Parent && next.iter().any(repeat) {
            // Down into a repeat leads to all its instances.
            reach = Reach::All;
        }
        here = next;
    }
    let items = here.into_iter().flatten().filter(|item| *item != usize::MAX);
    items.map(|item| (item, reach)).collect()
}

/// Whether the value follows from other answers alone: not from the clock, from chance, from what it was before, or
/// from the language on the screen.
pub(crate) fn is_pure(expression: &Expression) -> bool {
    let itself = |reference: &Reference| {
        matches!(reference.origin, Origin::Context | Origin::Current) && reference.hops.is_empty()
    };
    !expression.is_volatile()
        && !follows_language(expression)
        && !expression.source().contains("once(")
        && !expression.references().iter().any(itself)
}

/// Whether the value follows the language on the screen.
pub(crate) fn follows_language(expression: &Expression) -> bool {
    expression.source().contains("choice-name")
}

/// What is wrong with the names in an expression of the item `at`.
pub(crate) fn unresolved(
    definition: &Definition,
    expression: &Expression,
    at: usize,
) -> Vec<String> {
    let mut wrong = Vec::new();
    for reference in expression.references() {
        match &reference.origin {
            Origin::Named(name) | Origin::Every(name) => match definition.named(name, at).len() {
                0 => wrong.push(format!("There is no question \"{name}\".")),
                1 => {}
                _ => wrong.push(format!("Several questions are called \"{name}\". Rename them.")),
            },
            _ => {}
        }
    }
    wrong.dedup();
    wrong
}

/// A label in pieces: words, and names of questions whose value stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piped<'a> {
    /// Words.
    Words(&'a str),
    /// `${name}`.
    Name(&'a str),
}

impl<'a> Piped<'a> {
    /// The pieces of a text.
    pub(crate) fn pieces(text: &'a str) -> impl Iterator<Item = Self> {
        let mut rest = text;
        let mut name = None;
        std::iter::from_fn(move || {
            if let Some(name) = name.take() {
                return Some(Self::Name(name));
            }
            if rest.is_empty() {
                return None;
            }
            let mut from = 0;
            while let Some(start) = rest[from..].find("${") {
                let inner = &rest[from + start + 2..];
                let end = inner.find(['}', '{', '$']).filter(|end| inner[*end..].starts_with('}'));
                if let Some(end) = end {
                    let words = &rest[..from + start];
                    rest = &inner[end + 1..];
                    let own = inner[..end].trim();
                    // pyxform's way to mean the answer before it is saved.
                    let own = own.strip_prefix("last-saved#").unwrap_or(own);
                    if words.is_empty() {
                        return Some(Self::Name(own));
                    }
                    name = Some(own);
                    return Some(Self::Words(words));
                }
                from += start + 2;
            }
            Some(Self::Words(std::mem::take(&mut rest)))
        })
    }

    /// The names in a text.
    pub(crate) fn names(text: &'a str) -> Vec<&'a str> {
        let name = |piece| match piece {
            Self::Name(name) => Some(name),
            Self::Words(_) => None,
        };
        Self::pieces(text).filter_map(name).collect()
    }
}
