//! What an expression comes to over a tree (XPath 1.0, sections 2 to 4; ODK XForms 1.0.0, "XPath Functions").

use std::cell::Cell;

use model::limits::EVALUATION_STEPS;

use super::{
    Environment, EvaluationError, Tree, Value, date,
    function::{Function, Meaning, Own, Simple},
    geo, math, nodes, regex,
    term::{Axis, Operator, Path, Start, Step, Term},
    value::number_of,
    words,
};

/// Minutes of a day.
const DAY_MINUTES: f64 = 1_440.0;

/// The node at hand, and where it stands among those that are looked at.
#[derive(Clone, Copy)]
pub(super) struct Focus<N> {
    pub(super) node: N,
    /// From 1.
    pub(super) position: usize,
    pub(super) size: usize,
}

/// One evaluation of one expression.
pub(super) struct Evaluator<'a, T: Tree> {
    tree: &'a T,
    /// The question that the expression belongs to.
    question: T::Node,
    environment: &'a Environment,
    /// How many more nodes it may look at.
    steps: Cell<u32>,
}

type Outcome<T> = Result<Value<<T as Tree>::Node>, EvaluationError>;
type Nodes<T> = Result<Vec<<T as Tree>::Node>, EvaluationError>;

impl<'a, T: Tree> Evaluator<'a, T> {
    pub(super) fn new(tree: &'a T, question: T::Node, environment: &'a Environment) -> Self {
        Self { tree, question, environment, steps: Cell::new(EVALUATION_STEPS) }
    }

    /// What `term` comes to at `focus`.
    pub(super) fn term(&self, term: &Term, focus: Focus<T::Node>) -> Outcome<T> {
        self.spend(1)?;
        Ok(match term {
            Term::Text(text) => Value::Text(text.clone()),
            Term::Number(number) => Value::Number(*number),
            Term::Negative(inner) => Value::Number(-self.term(inner, focus)?.number(self.tree)),
            Term::Path(path) => Value::Nodes(self.path(path, focus)?),
            Term::Binary(operator, left, right) => self.binary(*operator, left, right, focus)?,
            Term::Call(function, arguments) => {
                Call { evaluator: self, function, arguments, focus }.value()?
            }
        })
    }

    /// Those of `candidates` for which `term` holds; a number picks by position.
    pub(super) fn filtered(&self, term: &Term, candidates: Vec<T::Node>) -> Nodes<T> {
        let size = candidates.len();
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

    fn spend(&self, steps: usize) -> Result<(), EvaluationError> {
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        let left = self.steps.get().checked_sub(steps).ok_or(EvaluationError::TooMuch)?;
        self.steps.set(left);
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
        // What the left side decides needs no right side.
        match operator {
            Operator::Or if left.truth(tree) => return Ok(Value::Truth(true)),
            Operator::And if !left.truth(tree) => return Ok(Value::Truth(false)),
            _ => {}
        }
        let right = self.term(right, focus)?;
        let numbers = || (left.number(tree), right.number(tree));
        Ok(match operator {
            Operator::Or | Operator::And => Value::Truth(right.truth(tree)),
            Operator::Equal => Value::Truth(self.any_pair(&left, &right, true)?),
            Operator::NotEqual => Value::Truth(self.any_pair(&left, &right, false)?),
            Operator::Union => {
                let (Value::Nodes(mut nodes), Value::Nodes(others)) = (left, right) else {
                    return Err(EvaluationError::Nodes("|"));
                };
                for other in others {
                    self.spend(nodes.len())?;
                    if !nodes.contains(&other) {
                        nodes.push(other);
                    }
                }
                Value::Nodes(nodes)
            }
            _ => {
                let (mut a, mut b) = numbers();
                match self.zoned(operator, &left, &right) {
                    Some((true, false)) => a += f64::from(self.environment.offset) / DAY_MINUTES,
                    Some((false, true)) => b += f64::from(self.environment.offset) / DAY_MINUTES,
                    _ => {}
                }
                match operator {
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

    /// Of a date or moment on either side of an operator that tells how they lie, whether it has a zone.
    fn zoned(
        &self,
        operator: Operator,
        left: &Value<T::Node>,
        right: &Value<T::Node>,
    ) -> Option<(bool, bool)> {
        use Operator::{Greater, GreaterOrEqual, Less, LessOrEqual, Subtract};
        let number = |value: &Value<_>| matches!(value, Value::Number(_) | Value::Truth(_));
        let lie = [Less, LessOrEqual, Greater, GreaterOrEqual, Subtract].contains(&operator);
        if !lie || self.environment.offset == 0 || number(left) || number(right) {
            return None;
        }
        Some((date::is_zoned(&left.text(self.tree))?, date::is_zoned(&right.text(self.tree))?))
    }

    /// XPath 1.0, section 3.4: whether a text of one side and a text of the other are `equal`, or are not; with a truth
    /// on one side truths are compared, else with a number on one side numbers. Where there is no node at all there is
    /// an empty text: in ODK a question that is not relevant is one that is not answered.
    fn any_pair(
        &self,
        left: &Value<T::Node>,
        right: &Value<T::Node>,
        equal: bool,
    ) -> Result<bool, EvaluationError> {
        let tree = self.tree;
        if matches!(left, Value::Truth(_)) || matches!(right, Value::Truth(_)) {
            return Ok((left.truth(tree) == right.truth(tree)) == equal);
        }
        let numeric = matches!(left, Value::Number(_)) || matches!(right, Value::Number(_));
        let (left, right) = (self.each(left), self.each(right));
        self.spend(left.len().saturating_mul(right.len()))?;
        let same = |a: &Value<T::Node>, b: &Value<T::Node>| {
            if numeric { a.number(tree) == b.number(tree) } else { a.text(tree) == b.text(tree) }
        };
        Ok(left.iter().any(|a| right.iter().any(|b| same(a, b) == equal)))
    }

    fn each(&self, value: &Value<T::Node>) -> Vec<Value<T::Node>> {
        match value {
            Value::Nodes(nodes) if nodes.is_empty() => vec![Value::Text(String::new())],
            Value::Nodes(nodes) => nodes.iter().map(|node| Value::Nodes(vec![*node])).collect(),
            value => vec![value.clone()],
        }
    }

    fn path(&self, path: &Path, focus: Focus<T::Node>) -> Nodes<T> {
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
        for filter in &path.filters {
            nodes = self.filtered(filter, nodes)?;
        }
        for step in &path.steps {
            nodes = self.step(step, nodes)?;
        }
        Ok(nodes)
    }

    fn step(&self, step: &Step, from: Vec<T::Node>) -> Nodes<T> {
        let tree = self.tree;
        // Only where the ways up or along meet can a node be found twice.
        let may_meet = step.axis != Axis::Child && step.axis != Axis::Own && from.len() > 1;
        let mut found = Vec::new();
        for node in from {
            let mut along = self.along(step.axis, node)?;
            self.spend(along.len() + 1)?;
            along.retain(|it| {
                let named = step.name.as_ref().is_none_or(|name| tree.name(*it) == name.as_str());
                named && tree.is_relevant(*it)
            });
            for predicate in &step.predicates {
                along = self.filtered(predicate, along)?;
            }
            if may_meet {
                self.spend(along.len().saturating_mul(found.len()))?;
                along.retain(|it| !found.contains(it));
            }
            found.extend(along);
        }
        Ok(found)
    }

    /// XPath 1.0, section 2.2: the nodes on an axis, those nearest first.
    fn along(&self, axis: Axis, node: T::Node) -> Nodes<T> {
        let tree = self.tree;
        Ok(match axis {
            Axis::Child => tree.children(node),
            Axis::Parent => tree.parent(node).into_iter().collect(),
            Axis::Own => vec![node],
            Axis::Ancestor => {
                std::iter::successors(tree.parent(node), |it| tree.parent(*it)).collect()
            }
            Axis::AncestorOrSelf => {
                std::iter::successors(Some(node), |it| tree.parent(*it)).collect()
            }
            Axis::Descendant | Axis::DescendantOrSelf => {
                let mut found = Vec::new();
                let mut open = vec![node];
                while let Some(next) = open.pop() {
                    self.spend(1)?;
                    if next != node || axis == Axis::DescendantOrSelf {
                        found.push(next);
                    }
                    open.extend(tree.children(next).into_iter().rev());
                }
                found
            }
            Axis::FollowingSibling | Axis::PrecedingSibling => {
                let beside = tree.parent(node).map(|it| tree.children(it)).unwrap_or_default();
                let at = beside.iter().position(|it| *it == node).unwrap_or(beside.len());
                if axis == Axis::FollowingSibling {
                    beside.into_iter().skip(at + 1).collect()
                } else {
                    beside.into_iter().take(at).rev().collect()
                }
            }
        })
    }
}

/// A call of a function.
struct Call<'c, 'a, T: Tree> {
    evaluator: &'c Evaluator<'a, T>,
    function: &'static Function,
    arguments: &'c [Term],
    focus: Focus<T::Node>,
}

impl<T: Tree> Call<'_, '_, T> {
    fn value(&self) -> Outcome<T> {
        Ok(match self.function.meaning {
            Meaning::Number(of) => Value::Number(of(self.number(0)?)),
            Meaning::Numbers(of) => Value::Number(of(self.number(0)?, self.number(1)?)),
            Meaning::Texts(of) => {
                let texts: Result<Vec<_>, _> =
                    (0..self.arguments.len()).map(|at| self.text(at)).collect();
                match of(&texts?) {
                    Simple::Text(text) => Value::Text(text),
                    Simple::Number(number) => Value::Number(number),
                    Simple::Truth(truth) => Value::Truth(truth),
                }
            }
            Meaning::Own(own) => self.own(own)?,
        })
    }

    /// An argument; the node at hand where it is left out.
    fn argument(&self, at: usize) -> Outcome<T> {
        match self.arguments.get(at) {
            Some(term) => self.evaluator.term(term, self.focus),
            None => Ok(Value::Nodes(vec![self.focus.node])),
        }
    }

    fn text(&self, at: usize) -> Result<String, EvaluationError> {
        Ok(self.argument(at)?.text(self.evaluator.tree))
    }

    fn number(&self, at: usize) -> Result<f64, EvaluationError> {
        Ok(self.argument(at)?.number(self.evaluator.tree))
    }

    fn truth(&self, at: usize) -> Result<bool, EvaluationError> {
        Ok(self.argument(at)?.truth(self.evaluator.tree))
    }

    fn nodes(&self, at: usize) -> Nodes<T> {
        match self.argument(at)? {
            Value::Nodes(nodes) => Ok(nodes),
            _ => Err(EvaluationError::Nodes(self.function.name)),
        }
    }

    /// The texts of the arguments from one on; of nodes each one's.
    fn texts(&self, from: usize) -> Result<Vec<String>, EvaluationError> {
        let tree = self.evaluator.tree;
        let mut texts = Vec::new();
        for at in from..self.arguments.len() {
            match self.argument(at)? {
                Value::Nodes(nodes) => {
                    self.evaluator.spend(nodes.len())?;
                    texts.extend(nodes.into_iter().map(|it| tree.text(it).into_owned()));
                }
                value => texts.push(value.text(tree)),
            }
        }
        Ok(texts)
    }

    fn own(&self, own: Own) -> Outcome<T> {
        let Evaluator { tree, environment, question, .. } = self.evaluator;
        Ok(match own {
            Own::If => self.argument(if self.truth(0)? { 1 } else { 2 })?,
            Own::Not => Value::Truth(!self.truth(0)?),
            Own::Boolean => Value::Truth(self.truth(0)?),
            Own::Number => Value::Number(self.number(0)?),
            Own::String => Value::Text(self.text(0)?),
            Own::NormalizeSpace => Value::Text(words::normalized(&self.text(0)?)),
            Own::Coalesce => {
                let mut text = String::new();
                for at in 0..self.arguments.len() {
                    text = self.text(at)?;
                    if !text.is_empty() {
                        break;
                    }
                }
                Value::Text(text)
            }
            Own::Once => match tree.text(*question).into_owned() {
                own if own.is_empty() => self.argument(0)?,
                own => Value::Text(own),
            },
            Own::Concat => Value::Text(self.texts(0)?.concat()),
            Own::Join => Value::Text(self.texts(1)?.join(&self.text(0)?)),
            Own::Count => Value::Number(self.nodes(0)?.len() as f64),
            Own::CountNonEmpty => {
                let answered = self.texts(0)?.into_iter().filter(|text| !text.is_empty());
                Value::Number(answered.count() as f64)
            }
            Own::Sum => Value::Number(self.texts(0)?.iter().map(|text| number_of(text)).sum()),
            Own::Max | Own::Min => {
                let numbers: Vec<f64> = self.texts(0)?.iter().map(|text| number_of(text)).collect();
                let better = if own == Own::Max { f64::max } else { f64::min };
                Value::Number(math::extreme(&numbers, better))
            }
            Own::Round => {
                let digits = if self.arguments.len() > 1 { self.number(1)? } else { 0.0 };
                Value::Number(math::round(self.number(0)?, digits))
            }
            Own::Position if self.arguments.is_empty() && self.function.name == "index" => {
                let instance = tree.instance_of(*question);
                Value::Number(instance.map_or(f64::NAN, |it| tree.position(it) as f64))
            }
            Own::Position if self.arguments.is_empty() => Value::Number(self.focus.position as f64),
            Own::Position => {
                let first = self.nodes(0)?.first().map(|node| tree.position(*node) as f64);
                Value::Number(first.unwrap_or(f64::NAN))
            }
            Own::Last => Value::Number(self.focus.size as f64),
            Own::Name => {
                let first = self.nodes(0)?.first().map(|node| tree.name(*node).into_owned());
                Value::Text(first.unwrap_or_default())
            }
            Own::Today => Value::Text(date::today(environment)),
            Own::Now => Value::Text(date::now(environment)),
            Own::Date => {
                let value = self.argument(0)?;
                let timed = self.function.name == "date-time";
                Value::Text(date::date(&value, &value.text(*tree), timed, environment))
            }
            Own::DecimalDateTime => {
                let value = self.argument(0)?;
                Value::Number(date::decimal_date_time(&value, &value.text(*tree), environment))
            }
            Own::FormatDate => {
                let value = self.argument(0)?;
                let written = date::format(&value, &value.text(*tree), &self.text(1)?, environment);
                Value::Text(written)
            }
            Own::Duration => {
                let millis = environment.now.since(environment.started).max(0);
                Value::Number((millis / 1_000) as f64)
            }
            Own::Random => Value::Number(environment.random()),
            Own::Uuid if self.arguments.is_empty() => Value::Text(environment.uuid()),
            Own::Uuid => {
                let length = self.number(0)?.clamp(0.0, 64.0) as usize;
                let digit = |_| char::from_digit((environment.bits() % 36) as u32, 36);
                Value::Text((0..length).filter_map(digit).collect())
            }
            Own::Digest => Value::Text(words::digest(&self.texts(0)?)?),
            Own::Randomize => {
                let seed = if self.arguments.len() > 1 { Some(self.text(1)?) } else { None };
                Value::Nodes(nodes::shuffled(&self.nodes(0)?, seed.as_deref(), environment))
            }
            Own::Regex => {
                let (text, pattern) = (self.text(0)?, self.text(1)?);
                let read = regex::read(&pattern).ok_or(EvaluationError::Pattern(pattern))?;
                Value::Truth(read.is_match(&text))
            }
            Own::Checklist | Own::WeightedChecklist => self.checklist(own)?,
            Own::Area | Own::Distance => {
                let measure = if own == Own::Area { geo::area } else { geo::distance };
                let points = geo::points(&self.texts(0)?);
                Value::Number(points.map_or(f64::NAN, |points| measure(&points)))
            }
            Own::Property => Value::Text(tree.property(&self.text(0)?).unwrap_or_default()),
            Own::Itext => Value::Text(tree.itext(&self.text(0)?).unwrap_or_default()),
            Own::PullData => {
                let [table, column, key_column, key] =
                    [self.text(0)?, self.text(1)?, self.text(2)?, self.text(3)?];
                let found = tree.look_up(&table, &column, &key_column, &key);
                Value::Text(found.unwrap_or_default())
            }
            Own::ChoiceName => {
                let question = self.nodes(1)?.first().copied();
                let picked = self.text(0)?;
                let labels: Option<Vec<String>> = question.and_then(|question| {
                    picked
                        .split_whitespace()
                        .map(|name| tree.choice_label(question, name))
                        .collect()
                });
                Value::Text(labels.unwrap_or_default().join(", "))
            }
            Own::IndexedRepeat => Value::Nodes(self.indexed_repeat()?),
        })
    }

    /// `checklist(least, most, …)`: whether as many hold; `weighted-checklist(least, most, condition, weight, …)`
    /// adds up their weights. -1 is no bound.
    fn checklist(&self, own: Own) -> Outcome<T> {
        let (least, most) = (self.number(0)?, self.number(1)?);
        let weighted = own == Own::WeightedChecklist;
        let mut sum = 0.0;
        for at in (2..self.arguments.len()).step_by(if weighted { 2 } else { 1 }) {
            if self.truth(at)? {
                sum += if weighted { self.number(at + 1)? } else { 1.0 };
            }
        }
        Ok(Value::Truth((least < 0.0 || sum >= least) && (most < 0.0 || sum <= most)))
    }

    /// `indexed-repeat(question, repeat, index, …)`: the question in that instance, and with more pairs in that
    /// instance of an inner repeat.
    fn indexed_repeat(&self) -> Nodes<T> {
        let tree = self.evaluator.tree;
        let every = |at: usize| match self.arguments.get(at) {
            Some(Term::Path(Path { start: Start::Named(name), filters, steps }))
                if filters.is_empty() && steps.is_empty() =>
            {
                Ok(tree.named(name, None))
            }
            _ => self.nodes(at),
        };
        if let [Term::Path(Path { start: Start::Named(name), filters, steps }), _, _] =
            self.arguments
            && filters.is_empty()
            && steps.is_empty()
        {
            // One repeat, in no other: its instance is looked into, not every node there is.
            let (instances, index) = (every(1)?, self.number(2)?);
            let around = |at: Option<&T::Node>| at.and_then(|it| tree.parent(*it));
            if around(instances.first()) == around(instances.last()) {
                // "Not a number" is 0, which none has; a fraction has none either.
                let before = (index as usize).checked_sub(1).filter(|_| index.fract() == 0.0);
                let Some(instance) = before.and_then(|at| instances.get(at).copied()) else {
                    return Ok(Vec::new());
                };
                let mut found = tree.named(name, Some(instance));
                self.evaluator.spend(found.len())?;
                found.retain(|node| {
                    let mut around = std::iter::successors(Some(*node), |it| tree.parent(*it));
                    around.any(|it| it == instance) && tree.is_relevant(*node)
                });
                return Ok(found);
            }
        }
        let mut found = every(0)?;
        for pair in (1..self.arguments.len()).step_by(2) {
            let (instances, index) = (every(pair)?, self.number(pair + 1)?);
            // Instances of one repeat stand beside one another, so counting along saves asking each for its number.
            let (mut around, mut number) = (None, 0.0);
            let wanted = |it: &T::Node| {
                let parent = tree.parent(*it);
                number = if parent == around { number + 1.0 } else { 1.0 };
                around = parent;
                number == index
            };
            let instances: Vec<_> = instances.into_iter().filter(wanted).collect();
            self.evaluator.spend(found.len().saturating_mul(instances.len()))?;
            found.retain(|node| {
                let mut around = std::iter::successors(Some(*node), |it| tree.parent(*it));
                around.any(|it| instances.contains(&it))
            });
        }
        found.retain(|node| tree.is_relevant(*node));
        Ok(found)
    }
}
