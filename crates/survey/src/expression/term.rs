//! What an expression is made of, once it is read.

use super::function::Function;

/// A part of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Term {
    /// `'text'`.
    Text(String),
    /// `1.5`.
    Number(f64),
    /// Something that selects nodes.
    Path(Path),
    /// `-term`.
    Negative(Box<Term>),
    /// Two terms with an operator between them.
    Binary(Operator, Box<Term>, Box<Term>),
    /// `function(term, …)`.
    Call(&'static Function, Vec<Term>),
}

/// The operators of XPath 1.0, section 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Union,
}

impl Operator {
    /// Every operator with how it is written and how strongly it binds. Longer symbols stand before their beginnings.
    pub(super) const ALL: [(&'static str, u8, Self); 14] = [
        ("or", 0, Self::Or),
        ("and", 1, Self::And),
        ("!=", 2, Self::NotEqual),
        ("=", 2, Self::Equal),
        ("<=", 3, Self::LessOrEqual),
        (">=", 3, Self::GreaterOrEqual),
        ("<", 3, Self::Less),
        (">", 3, Self::Greater),
        ("+", 4, Self::Add),
        ("-", 4, Self::Subtract),
        ("*", 5, Self::Multiply),
        ("div", 5, Self::Divide),
        ("mod", 5, Self::Modulo),
        ("|", Self::UNION, Self::Union),
    ];
    /// How strongly `|` binds: more than a sign, which stands between it and `*`.
    pub(super) const UNION: u8 = 6;
}

/// XPath 1.0, sections 2 and 3.3: where to start, and the steps from there.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Path {
    pub(super) start: Start,
    /// Predicates on what it starts with, as a whole.
    pub(super) filters: Vec<Term>,
    pub(super) steps: Vec<Step>,
}

/// Where a path starts.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Start {
    /// `/`: above the form.
    Root,
    /// The node at hand: `.`, `..`, `name`.
    Context,
    /// `current()`: the node that the whole expression belongs to, in predicates too.
    Current,
    /// `${name}`.
    Named(String),
    /// `instance('list')`.
    Instance(String),
    /// A function or parentheses that give nodes.
    Term(Box<Term>),
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Step {
    pub(super) axis: Axis,
    /// The name that nodes must have; any, if there is none.
    pub(super) name: Option<String>,
    pub(super) predicates: Vec<Term>,
}

/// XPath 1.0, section 2.2. ODK names child, parent and self; the others cost little.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    Child,
    Parent,
    Own,
    Descendant,
    DescendantOrSelf,
    Ancestor,
    AncestorOrSelf,
    FollowingSibling,
    PrecedingSibling,
}

impl Axis {
    /// The axes by name.
    pub(super) const ALL: [(&'static str, Self); 9] = [
        ("child", Self::Child),
        ("parent", Self::Parent),
        ("self", Self::Own),
        ("descendant", Self::Descendant),
        ("descendant-or-self", Self::DescendantOrSelf),
        ("ancestor", Self::Ancestor),
        ("ancestor-or-self", Self::AncestorOrSelf),
        ("following-sibling", Self::FollowingSibling),
        ("preceding-sibling", Self::PrecedingSibling),
    ];
}

impl Term {
    /// The parts that it is made of.
    pub(super) fn parts(&self) -> Vec<&Term> {
        match self {
            Self::Text(_) | Self::Number(_) => Vec::new(),
            Self::Negative(inner) => vec![inner],
            Self::Binary(_, left, right) => vec![left, right],
            Self::Call(_, arguments) => arguments.iter().collect(),
            Self::Path(path) => {
                let start = match &path.start {
                    Start::Term(term) => Some(&**term),
                    _ => None,
                };
                let predicates = path.steps.iter().flat_map(|step| &step.predicates);
                start.into_iter().chain(&path.filters).chain(predicates).collect()
            }
        }
    }
}
