//! Expressions, which forms bring along, over answers, which strangers type.

use std::borrow::Cow;

use model::time::Millis;
use survey::expression::{Environment, Expression, Tree};

/// A form of two levels: `data`, below it a question a line, and a repeat of three instances with the same questions.
struct Answers<'a> {
    texts: Vec<&'a str>,
}

/// Instances of the repeat.
const INSTANCES: usize = 3;

impl Answers<'_> {
    /// Questions at each of the places: the form's and each instance's.
    fn width(&self) -> usize {
        self.texts.len()
    }

    /// The node of a question: 0 is above the form, 1 the form, then the instances, then the questions.
    fn question(&self, place: usize, at: usize) -> usize {
        2 + INSTANCES + place * self.width() + at
    }
}

impl Tree for Answers<'_> {
    type Node = usize;

    fn root(&self) -> usize {
        0
    }

    fn parent(&self, node: usize) -> Option<usize> {
        match node {
            0 => None,
            1 => Some(0),
            _ if node < 2 + INSTANCES => Some(1),
            _ => Some(1 + (node - 2 - INSTANCES) / self.width()),
        }
    }

    fn children(&self, node: usize) -> Vec<usize> {
        let questions = |place| (0..self.width()).map(move |at| self.question(place, at));
        match node {
            0 => vec![1],
            1 => questions(0).chain(2..2 + INSTANCES).collect(),
            _ if node < 2 + INSTANCES => questions(node - 1).collect(),
            _ => Vec::new(),
        }
    }

    fn name(&self, node: usize) -> Cow<'_, str> {
        match node {
            0 => Cow::Borrowed(""),
            1 => Cow::Borrowed("data"),
            _ if node < 2 + INSTANCES => Cow::Borrowed("r"),
            _ => Cow::Owned(format!("q{}", (node - 2 - INSTANCES) % self.width())),
        }
    }

    fn text(&self, node: usize) -> Cow<'_, str> {
        let at = node.checked_sub(2 + INSTANCES).map(|at| at % self.width());
        Cow::Borrowed(at.and_then(|at| self.texts.get(at)).copied().unwrap_or_default())
    }

    fn is_relevant(&self, node: usize) -> bool {
        node != 4
    }

    fn named(&self, name: &str, from: Option<usize>) -> Vec<usize> {
        if name == "r" {
            return (2..2 + INSTANCES).collect();
        }
        let at = name.strip_prefix('q').and_then(|digits| digits.parse::<usize>().ok());
        let Some(at) = at.filter(|at| *at < self.width()) else { return Vec::new() };
        let place = from.and_then(|node| {
            (1..=INSTANCES).find(|place| node == place + 1 || self.parent(node) == Some(place + 1))
        });
        match place {
            Some(place) => vec![self.question(place, at)],
            None => (0..=INSTANCES).map(|place| self.question(place, at)).collect(),
        }
    }

    fn instance_of(&self, node: usize) -> Option<usize> {
        std::iter::successors(Some(node), |it| self.parent(*it))
            .find(|it| (2..2 + INSTANCES).contains(it))
    }

    fn instance(&self, id: &str) -> Option<usize> {
        (id == "l").then_some(0)
    }

    fn choice_label(&self, question: usize, value: &str) -> Option<String> {
        Some(format!("{question}{value}"))
    }
}

/// Takes the first line of `data` as an expression, the others as answers.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (source, answers) = text.split_once('\n').unwrap_or((text, "7"));
    let Ok(expression) = Expression::parse(source) else { return };
    assert_eq!(Expression::parse(expression.source()).as_ref(), Ok(&expression));
    let _ = (expression.references(), expression.is_volatile(), expression.uses_position());
    let _ = (expression.uses_duration(), expression.as_name(), expression.is_literal());
    let tree = Answers { texts: answers.split('\n').take(8).collect() };
    for node in [tree.question(0, 0), tree.question(2, 0)] {
        let evaluate = || {
            let environment =
                Environment::new(Millis(1_795_515_005_250), 60, 7).since(Millis(1_795_515_000_000));
            expression.text(&tree, node, &environment)
        };
        assert_eq!(evaluate(), evaluate(), "the same data and the same clock give the same");
    }
    let environment = Environment::new(Millis(0), -90, 0);
    if let Ok(kept) = expression.filter(&tree, tree.children(1), tree.question(0, 0), &environment)
    {
        assert!(kept.len() <= tree.children(1).len());
    }
}
