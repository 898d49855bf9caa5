//! What an expression comes to over a tree.

use std::cell::Cell;

use model::limits::EVALUATION_STEPS;

use super::{
    Environment, EvaluationError, Tree, Value, date,
    function::{Meaning, Own, Simple},
    geo, math, nodes, regex,
    term::{Axis, Operator, Path, Start, Term},
    value::number_of,
};

/// The node at hand, and where it stands among those that are looked at.
#[derive(Clone, Copy)]
pub(super) struct Focus<N> {
    pub(super) node: N,
    pub(super) position: usize,
    pub(super) size: usize,
}

pub(super) struct Evaluator<'a, T: Tree> {
    tree: &'a T,
    question: T::Node,
    environment: &'a Environment,
    /// Nodes that may still be looked at.
    left: Cell<u32>,
}

type Outcome<T> = Result<Value<<T as Tree>::Node>, EvaluationError>;

impl<'a, T: Tree> Evaluator<'a, T> {
    pub(super) fn new(tree: &'a T, question: T::Node, environment: &'a Environment) -> Self {
        Self { tree, question, environment, left: Cell::new(EVALUATION_STEPS) }
    }

    pub(super) fn term(&self, term: &Term, focus: Focus<T::Node>) -> Outcome<T> {
        Ok(match term {
            Term::Text(text) => Value::Text(text.clone()),
            Term::Number(number) => Value::Number(*number),
            Term::Negative(inner) => Value::Number(-self.term(inner, focus)?.number(self.tree)),
            Term::Path(path) => Value::Nodes(self.path(path, focus)?),
            Term::Binary(operator, left, right) => self.binary(*operator, left, right, focus)?,
            Term::Call(function, arguments) => match function.meaning {
                Meaning::Number(of) => Value::Number(of(self.number(arguments, 0, focus)?)),
                Meaning::Numbers(of) => Value::Number(of(
                    self.number(arguments, 0, focus)?,
                    self.number(arguments, 1, focus)?,
                )),
                Meaning::Texts(of) => {
                    let mut texts = Vec::new();
                    for at in 0..arguments.len() {
                        texts.push(self.text(arguments, at, focus)?);
                    }
                    match of(&texts) {
                        Simple::Text(text) => Value::Text(text),
                        Simple::Number(number) => Value::Number(number),
                        Simple::Truth(truth) => Value::Truth(truth),
                    }
                }
                Meaning::Own(own) => self.own(own, arguments, focus)?,
            },
        })
    }

    pub(super) fn filtered(
        &self,
        term: &Term,
        candidates: Vec<T::Node>,
    ) -> Result<Vec<T::Node>, EvaluationError> {
        let size = candidates.len();
        self.step(size)?;
        let mut kept = Vec::new();
        for (at, node) in candidates.into_iter().enumerate() {
            let focus = Focus { node, position: at + 1, size };
            let keep = match self.term(term, focus)? {
                Value::Number(number) => number == (at + 1) as f64,
                value => value.truth(self.tree),
            };
            if keep {
                kept.push(node);
            }
        }
        Ok(kept)
    }

    fn text(
        &self,
        arguments: &[Term],
        at: usize,
        focus: Focus<T::Node>,
    ) -> Result<String, EvaluationError> {
        match arguments.get(at) {
            Some(term) => Ok(self.term(term, focus)?.text(self.tree)),
            None => Ok(String::new()),
        }
    }

    fn number(
        &self,
        arguments: &[Term],
        at: usize,
        focus: Focus<T::Node>,
    ) -> Result<f64, EvaluationError> {
        match arguments.get(at) {
            Some(term) => Ok(self.term(term, focus)?.number(self.tree)),
            None => Ok(f64::NAN),
        }
    }

    fn nodes(
        &self,
        arguments: &[Term],
        at: usize,
        focus: Focus<T::Node>,
    ) -> Result<Vec<T::Node>, EvaluationError> {
        match arguments.get(at).map(|term| self.term(term, focus)).transpose()? {
            Some(Value::Nodes(nodes)) => Ok(nodes),
            _ => Err(EvaluationError::Nodes("This function")),
        }
    }

    fn texts(
        &self,
        arguments: &[Term],
        focus: Focus<T::Node>,
    ) -> Result<Vec<String>, EvaluationError> {
        let mut texts = Vec::new();
        for term in arguments {
            match self.term(term, focus)? {
                Value::Nodes(nodes) => {
                    texts.extend(nodes.into_iter().map(|it| self.tree.text(it).into_owned()));
                }
                value => texts.push(value.text(self.tree)),
            }
        }
        Ok(texts)
    }

    fn own(&self, own: Own, arguments: &[Term], focus: Focus<T::Node>) -> Outcome<T> {
        let tree = self.tree;
        Ok(match own {
            Own::If => {
                let condition = match arguments.first() {
                    Some(term) => self.term(term, focus)?.truth(tree),
                    None => false,
                };
                match arguments.get(if condition { 1 } else { 2 }) {
                    Some(term) => self.term(term, focus)?,
                    None => Value::Text(String::new()),
                }
            }
            Own::Not => match arguments.first() {
                Some(term) => Value::Truth(!self.term(term, focus)?.truth(tree)),
                None => Value::Truth(true),
            },
            Own::Boolean => match arguments.first() {
                Some(term) => Value::Truth(self.term(term, focus)?.truth(tree)),
                None => Value::Truth(false),
            },
            Own::Coalesce => {
                for at in 0..arguments.len() {
                    let text = self.text(arguments, at, focus)?;
                    if !text.is_empty() {
                        return Ok(Value::Text(text));
                    }
                }
                Value::Text(String::new())
            }
            Own::Once => {
                let own = tree.text(self.question).into_owned();
                if own.is_empty() {
                    Value::Text(self.text(arguments, 0, focus)?)
                } else {
                    Value::Text(own)
                }
            }
            Own::Concat => Value::Text(self.texts(arguments, focus)?.concat()),
            Own::Join => {
                let separator = self.text(arguments, 0, focus)?;
                Value::Text(self.texts(&arguments[1..], focus)?.join(&separator))
            }
            Own::Count => Value::Number(self.nodes(arguments, 0, focus)?.len() as f64),
            Own::CountNonEmpty => {
                let nodes = self.nodes(arguments, 0, focus)?.into_iter();
                Value::Number(nodes.filter(|it| !tree.text(*it).is_empty()).count() as f64)
            }
            Own::Sum => {
                let nodes = self.nodes(arguments, 0, focus)?.into_iter();
                Value::Number(nodes.map(|it| number_of(&tree.text(it))).sum())
            }
            Own::Max | Own::Min => {
                let texts = self.texts(arguments, focus)?;
                let numbers: Vec<f64> = texts.iter().map(|text| number_of(text)).collect();
                let better = if own == Own::Max { f64::max } else { f64::min };
                Value::Number(math::extreme(&numbers, better))
            }
            Own::Round => {
                let digits =
                    if arguments.len() > 1 { self.number(arguments, 1, focus)? } else { 0.0 };
                Value::Number(math::round(self.number(arguments, 0, focus)?, digits))
            }
            Own::Number => Value::Number(self.number(arguments, 0, focus)?),
            Own::String => Value::Text(self.text(arguments, 0, focus)?),
            Own::Position => {
                if arguments.is_empty() {
                    return Ok(Value::Number(focus.position as f64));
                }
                let nodes = self.nodes(arguments, 0, focus)?;
                let position = nodes.first().map_or(1, |node| tree.position(*node));
                Value::Number(position as f64)
            }
            Own::Last => Value::Number(focus.size as f64),
            Own::Today => Value::Text(date::today(self.environment)),
            Own::Now => Value::Text(date::now(self.environment)),
            Own::Random => Value::Number(self.environment.random()),
            Own::Uuid => Value::Text(self.environment.uuid()),
            Own::Property => {
                Value::Text(tree.property(&self.text(arguments, 0, focus)?).unwrap_or_default())
            }
            Own::PullData => {
                let mut texts = Vec::new();
                for at in 0..4 {
                    texts.push(self.text(arguments, at, focus)?);
                }
                let found = tree.look_up(&texts[0], &texts[1], &texts[2], &texts[3]);
                Value::Text(found.unwrap_or_default())
            }
            Own::ChoiceName => {
                let value = self.text(arguments, 0, focus)?;
                let name = self.text(arguments, 1, focus)?;
                let name =
                    name.trim().trim_start_matches("${").trim_end_matches('}').trim().to_owned();
                let question = tree.named(&name, Some(self.question)).first().copied();
                let label = question.and_then(|it| tree.choice_label(it, &value));
                Value::Text(label.unwrap_or_default())
            }
            Own::IndexedRepeat => {
                // One repeat; of repeats in repeats the first pair of arguments.
                let at = self.number(arguments, 2, focus)?;
                let name = match arguments.first() {
                    Some(Term::Path(Path { start: Start::Named(name), .. })) => name,
                    _ => return Err(EvaluationError::Nodes("indexed-repeat")),
                };
                let all = tree.named(name, None);
                let found = if at >= 1.0 { all.get(at as usize - 1) } else { None };
                Value::Nodes(found.copied().into_iter().collect())
            }
            Own::Date => {
                let (value, text) = self.both(arguments, 0, focus)?;
                // `date-time()` is read as `date()`; what it is given tells whether there is a time.
                let timed = text.contains('T');
                Value::Text(date::date(&value, &text, timed, self.environment))
            }
            Own::DecimalDateTime => {
                let (value, text) = self.both(arguments, 0, focus)?;
                Value::Number(date::decimal_date_time(&value, &text, self.environment))
            }
            Own::FormatDate => {
                let (value, text) = self.both(arguments, 0, focus)?;
                let format = self.text(arguments, 1, focus)?;
                Value::Text(date::format(&value, &text, &format, self.environment))
            }
            Own::Area | Own::Distance => {
                let points = geo::points(&self.texts(arguments, focus)?);
                let of = if own == Own::Area { geo::area } else { geo::distance };
                Value::Number(points.map_or(f64::NAN, |points| of(&points)))
            }
            Own::Checklist | Own::WeightedChecklist => {
                let (least, most) =
                    (self.number(arguments, 0, focus)?, self.number(arguments, 1, focus)?);
                let mut sum = 0.0;
                let weighted = own == Own::WeightedChecklist;
                let mut rest = arguments.get(2..).unwrap_or_default();
                while let Some((condition, after)) = rest.split_first() {
                    let mut weight = 1.0;
                    rest = after;
                    if weighted {
                        weight = self.number(rest, 0, focus)?;
                        rest = rest.get(1..).unwrap_or_default();
                    }
                    if self.term(condition, focus)?.truth(tree) {
                        sum += weight;
                    }
                }
                Value::Truth((least < 0.0 || sum >= least) && (most < 0.0 || sum <= most))
            }
            Own::Itext => {
                Value::Text(tree.itext(&self.text(arguments, 0, focus)?).unwrap_or_default())
            }
            Own::Name => {
                let node = match arguments {
                    [] => Some(focus.node),
                    _ => self.nodes(arguments, 0, focus)?.first().copied(),
                };
                Value::Text(node.map(|node| tree.name(node).into_owned()).unwrap_or_default())
            }
            Own::Randomize => {
                let nodes = self.nodes(arguments, 0, focus)?;
                let seed = match arguments.len() {
                    0 | 1 => None,
                    _ => Some(self.text(arguments, 1, focus)?),
                };
                Value::Nodes(nodes::shuffled(&nodes, seed.as_deref(), self.environment))
            }
            Own::Regex => {
                let text = self.text(arguments, 0, focus)?;
                let pattern = self.text(arguments, 1, focus)?;
                let read = regex::read(&pattern).map_err(|_| EvaluationError::Pattern(pattern))?;
                Value::Truth(read.is_match(&text))
            }
        })
    }

    fn both(
        &self,
        arguments: &[Term],
        at: usize,
        focus: Focus<T::Node>,
    ) -> Result<(Value<T::Node>, String), EvaluationError> {
        let value = match arguments.get(at) {
            Some(term) => self.term(term, focus)?,
            None => Value::Text(String::new()),
        };
        let text = value.text(self.tree);
        Ok((value, text))
    }

    /// Counts what is looked at, so that a product of lists ends.
    fn step(&self, nodes: usize) -> Result<(), EvaluationError> {
        let nodes = u32::try_from(nodes).unwrap_or(u32::MAX);
        let left = self.left.get().checked_sub(nodes).ok_or(EvaluationError::TooMuch)?;
        self.left.set(left);
        Ok(())
    }

    fn binary(
        &self,
        operator: Operator,
        left: &Term,
        right: &Term,
        focus: Focus<T::Node>,
    ) -> Outcome<T> {
        let tree = self.tree;
        let left = self.term(left, focus)?;
        Ok(match operator {
            Operator::Or => Value::Truth(left.truth(tree) || self.term(right, focus)?.truth(tree)),
            Operator::And => Value::Truth(left.truth(tree) && self.term(right, focus)?.truth(tree)),
            _ => {
                let right = self.term(right, focus)?;
                let (a, b) = (left.number(tree), right.number(tree));
                match operator {
                    Operator::Equal | Operator::NotEqual => {
                        let equal = match (&left, &right) {
                            (Value::Truth(_), _) | (_, Value::Truth(_)) => {
                                left.truth(tree) == right.truth(tree)
                            }
                            (Value::Number(_), _) | (_, Value::Number(_)) => a == b,
                            _ => left.text(tree) == right.text(tree),
                        };
                        Value::Truth(equal == (operator == Operator::Equal))
                    }
                    Operator::Less => Value::Truth(a < b),
                    Operator::LessOrEqual => Value::Truth(a <= b),
                    Operator::Greater => Value::Truth(a > b),
                    Operator::GreaterOrEqual => Value::Truth(a >= b),
                    Operator::Add => Value::Number(a + b),
                    Operator::Subtract => Value::Number(a - b),
                    Operator::Multiply => Value::Number(a * b),
                    Operator::Divide => Value::Number(a / b),
                    _ => Value::Number(a % b),
                }
            }
        })
    }

    fn path(&self, path: &Path, focus: Focus<T::Node>) -> Result<Vec<T::Node>, EvaluationError> {
        let tree = self.tree;
        let mut nodes = match &path.start {
            Start::Root => vec![tree.root()],
            Start::Context => vec![focus.node],
            Start::Current => vec![self.question],
            Start::Named(name) => tree.named(name, Some(self.question)),
            Start::Instance(id) => {
                vec![tree.instance(id).ok_or_else(|| EvaluationError::List(id.clone()))?]
            }
            Start::Term(term) => match self.term(term, focus)? {
                Value::Nodes(nodes) => nodes,
                _ => return Err(EvaluationError::Nodes("/")),
            },
        };
        // Without a step the question itself is read, whatever it is.
        if !matches!(path.start, Start::Context | Start::Current) {
            nodes.retain(|node| tree.is_relevant(*node));
        }
        self.step(nodes.len())?;
        for filter in &path.filters {
            nodes = self.filtered(filter, nodes)?;
        }
        for step in &path.steps {
            let mut next = Vec::new();
            for node in nodes {
                let mut found = match step.axis {
                    Axis::Child => tree.children(node),
                    Axis::Parent => tree.parent(node).into_iter().collect(),
                    _ => vec![node],
                };
                self.step(found.len() + 1)?;
                if let Some(name) = &step.name {
                    found.retain(|it| tree.name(*it) == name.as_str());
                }
                found.retain(|it| tree.is_relevant(*it) && !next.contains(it));
                for predicate in &step.predicates {
                    found = self.filtered(predicate, found)?;
                }
                next.extend(found);
            }
            nodes = next;
        }
        Ok(nodes)
    }
}
