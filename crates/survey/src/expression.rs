//! The expression language: the part of XPath 1.0 that ODK XForms builds on, with its
//! conversions. A value is text, a number or a truth; an unanswered question is empty text.
//!
//! Grammar, weakest binding first: `or`, `and`, `= !=`, `< <= > >=`, `+ -`, `* div mod`,
//! unary `-`, then literals, `${name}`, `.` (the value being checked), parentheses and the
//! functions `selected(list, name)`, `count-selected(list)`, `not(x)`, `true()`, `false()`,
//! `string-length(x)` and `number(x)`. Source: XPath 1.0, sections 3.4 and 3.5; ODK XForms
//! specification 1.0.0, section "XPath Functions".

use model::limits::{EXPRESSION_LINKS, JSON_DEPTH, TEXT_CHARS};

use crate::number;

/// A parsed expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    root: Node,
    source: String,
}

/// Why an expression could not be read; `at` counts characters from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// Something else was expected here.
    #[error("At character {at} of the expression {expected} was expected.")]
    Expected {
        /// Where.
        at: usize,
        /// What.
        expected: &'static str,
    },
    /// The function does not exist, or not yet.
    #[error(
        "\"{0}\" is not a function that surveys know. Use selected, count-selected, not, true, \
         false, string-length or number."
    )]
    Function(String),
    /// The function takes another number of arguments.
    #[error("\"{0}\" has the wrong number of arguments.")]
    Arguments(String),
    /// Parentheses within parentheses within …
    #[error("The expression is nested too deeply or too long. Split it.")]
    TooDeep,
}

#[derive(Debug, Clone, PartialEq)]
enum Node {
    Text(String),
    Number(f64),
    Reference(String),
    Current,
    Negative(Box<Node>),
    Binary(Operator, Box<Node>, Box<Node>),
    Call(Function, Vec<Node>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
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
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Function {
    Selected,
    CountSelected,
    Not,
    True,
    False,
    StringLength,
    Number,
}

impl Function {
    /// The function of that name and how many arguments it takes.
    fn named(name: &str) -> Option<(Self, usize)> {
        Some(match name {
            "selected" => (Self::Selected, 2),
            "count-selected" => (Self::CountSelected, 1),
            "not" => (Self::Not, 1),
            "true" => (Self::True, 0),
            "false" => (Self::False, 0),
            "string-length" => (Self::StringLength, 1),
            "number" => (Self::Number, 1),
            _ => return None,
        })
    }
}

/// What an expression is evaluated against.
pub(crate) trait Scope {
    /// The text of a question: a choice's name, picked names separated by spaces, a number's
    /// digits, an ISO date; empty if it is not answered or not relevant.
    fn value_of(&self, question: &str) -> String;
    /// The value that `.` stands for.
    fn current(&self) -> String;
}

enum Value {
    Text(String),
    Number(f64),
    Truth(bool),
}

impl Value {
    /// XPath 1.0, section 4.4, `number()`.
    fn number(&self) -> f64 {
        match self {
            Self::Text(text) => number::parse(text.trim()).unwrap_or(f64::NAN),
            Self::Number(number) => *number,
            Self::Truth(truth) => f64::from(u8::from(*truth)),
        }
    }

    /// XPath 1.0, section 4.3, `boolean()`.
    fn truth(&self) -> bool {
        match self {
            Self::Text(text) => !text.is_empty(),
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Truth(truth) => *truth,
        }
    }

    /// XPath 1.0, section 4.2, `string()`.
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number::write(*number),
            Self::Truth(truth) => truth.to_string(),
        }
    }
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// Where it stops making sense and what was expected there.
    pub fn parse(source: &str) -> Result<Self, ExpressionError> {
        let mut parser = Parser { rest: source, whole: source, depth: 0 };
        if source.len() > TEXT_CHARS {
            return Err(ExpressionError::TooDeep);
        }
        let root = parser.binary(0)?;
        parser.space();
        if parser.rest.is_empty() {
            Ok(Self { root, source: source.to_owned() })
        } else {
            Err(parser.expected("an operator or the end"))
        }
    }

    /// The text it was read from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The names of the questions it refers to, in order, with repetitions.
    pub fn references(&self) -> Vec<&str> {
        fn walk<'a>(node: &'a Node, found: &mut Vec<&'a str>) {
            match node {
                Node::Reference(name) => found.push(name),
                Node::Negative(inner) => walk(inner, found),
                Node::Binary(_, left, right) => {
                    walk(left, found);
                    walk(right, found);
                }
                Node::Call(_, arguments) => arguments.iter().for_each(|node| walk(node, found)),
                Node::Text(_) | Node::Number(_) | Node::Current => {}
            }
        }
        let mut found = Vec::new();
        walk(&self.root, &mut found);
        found
    }

    /// Whether it holds.
    pub(crate) fn holds(&self, scope: &impl Scope) -> bool {
        evaluate(&self.root, scope).truth()
    }
}

fn evaluate(node: &Node, scope: &impl Scope) -> Value {
    match node {
        Node::Text(text) => Value::Text(text.clone()),
        Node::Number(number) => Value::Number(*number),
        Node::Reference(name) => Value::Text(scope.value_of(name)),
        Node::Current => Value::Text(scope.current()),
        Node::Negative(inner) => Value::Number(-evaluate(inner, scope).number()),
        Node::Binary(operator, left, right) => binary(*operator, left, right, scope),
        Node::Call(function, arguments) => call(*function, arguments, scope),
    }
}

fn binary(operator: Operator, left: &Node, right: &Node, scope: &impl Scope) -> Value {
    let left = evaluate(left, scope);
    let numbers = |right: &Value| (left.number(), right.number());
    match operator {
        Operator::Or => Value::Truth(left.truth() || evaluate(right, scope).truth()),
        Operator::And => Value::Truth(left.truth() && evaluate(right, scope).truth()),
        Operator::Equal => Value::Truth(equal(&left, &evaluate(right, scope))),
        Operator::NotEqual => Value::Truth(!equal(&left, &evaluate(right, scope))),
        _ => {
            let (a, b) = numbers(&evaluate(right, scope));
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
    }
}

/// XPath 1.0, section 3.4: a truth on one side makes it a comparison of truths, else a number
/// makes it one of numbers, else texts are compared.
fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Truth(_), _) | (_, Value::Truth(_)) => left.truth() == right.truth(),
        (Value::Number(_), _) | (_, Value::Number(_)) => left.number() == right.number(),
        _ => left.text() == right.text(),
    }
}

fn call(function: Function, arguments: &[Node], scope: &impl Scope) -> Value {
    let text = |index: usize| {
        arguments.get(index).map_or(String::new(), |node| evaluate(node, scope).text())
    };
    match function {
        Function::Selected => {
            let wanted = text(1);
            Value::Truth(text(0).split_whitespace().any(|name| name == wanted.trim()))
        }
        Function::CountSelected => {
            let picked = u32::try_from(text(0).split_whitespace().count()).unwrap_or(u32::MAX);
            Value::Number(f64::from(picked))
        }
        Function::Not => {
            Value::Truth(!arguments.first().is_some_and(|node| evaluate(node, scope).truth()))
        }
        Function::True => Value::Truth(true),
        Function::False => Value::Truth(false),
        Function::StringLength => {
            let length = u32::try_from(text(0).chars().count()).unwrap_or(u32::MAX);
            Value::Number(f64::from(length))
        }
        Function::Number => Value::Number(Value::Text(text(0)).number()),
    }
}

struct Parser<'a> {
    rest: &'a str,
    whole: &'a str,
    depth: usize,
}

/// The operators by level, weakest first; longer symbols stand before their prefixes.
const LEVELS: [&[(&str, Operator)]; 6] = [
    &[("or", Operator::Or)],
    &[("and", Operator::And)],
    &[("!=", Operator::NotEqual), ("=", Operator::Equal)],
    &[
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
    ],
    &[("+", Operator::Add), ("-", Operator::Subtract)],
    &[("*", Operator::Multiply), ("div", Operator::Divide), ("mod", Operator::Modulo)],
];

/// Whether a character can be part of a name. Of the letters beyond ASCII all can: no operator is among them.
fn of_a_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || !c.is_ascii() || c == '-' || c == '_'
}

impl<'a> Parser<'a> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn expected(&self, expected: &'static str) -> ExpressionError {
        let consumed = &self.whole[..self.whole.len() - self.rest.len()];
        ExpressionError::Expected { at: consumed.chars().count() + 1, expected }
    }

    fn take(&mut self, token: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(token) else { return false };
        // A word such as "or" must end here, or it is the start of a longer name.
        let word = token.starts_with(|c: char| c.is_ascii_alphabetic());
        if word && rest.starts_with(of_a_name) {
            return false;
        }
        self.rest = rest;
        true
    }

    fn binary(&mut self, level: usize) -> Result<Node, ExpressionError> {
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.binary(level + 1)?;
        let mut links = 0;
        loop {
            self.space();
            let Some((_, operator)) = operators.iter().find(|(symbol, _)| self.take(symbol)) else {
                return Ok(left);
            };
            // A chain grows the tree to the left; evaluating it recurses as deep.
            links += 1;
            if links > EXPRESSION_LINKS {
                return Err(ExpressionError::TooDeep);
            }
            let right = self.binary(level + 1)?;
            left = Node::Binary(*operator, Box::new(left), Box::new(right));
        }
    }

    fn unary(&mut self) -> Result<Node, ExpressionError> {
        self.depth += 1;
        if self.depth > JSON_DEPTH {
            return Err(ExpressionError::TooDeep);
        }
        self.space();
        let node =
            if self.take("-") { Node::Negative(Box::new(self.unary()?)) } else { self.primary()? };
        self.depth -= 1;
        Ok(node)
    }

    fn primary(&mut self) -> Result<Node, ExpressionError> {
        if self.take("(") {
            let inner = self.binary(0)?;
            self.close()?;
            return Ok(inner);
        }
        if let Some(rest) = self.rest.strip_prefix("${") {
            let (name, rest) =
                rest.split_once('}').ok_or_else(|| self.expected("a name and \"}\""))?;
            self.rest = rest;
            return Ok(Node::Reference(name.trim().to_owned()));
        }
        for quote in ['\'', '"'] {
            if let Some(rest) = self.rest.strip_prefix(quote) {
                let (text, rest) =
                    rest.split_once(quote).ok_or_else(|| self.expected("a closing quote"))?;
                self.rest = rest;
                return Ok(Node::Text(text.to_owned()));
            }
        }
        let digits = self.run(|c| c.is_ascii_digit() || c == '.');
        if digits == "." {
            return Ok(Node::Current);
        }
        if !digits.is_empty() {
            return number::parse(digits)
                .map(Node::Number)
                .ok_or_else(|| self.expected("a number"));
        }
        let name = self.run(of_a_name);
        if name.is_empty() {
            return Err(self.expected("a value"));
        }
        self.call(name)
    }

    fn run(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        let (run, rest) = self.rest.split_at(end);
        self.rest = rest;
        run
    }

    fn call(&mut self, name: &str) -> Result<Node, ExpressionError> {
        let (function, arity) =
            Function::named(name).ok_or_else(|| ExpressionError::Function(name.to_owned()))?;
        self.space();
        if !self.take("(") {
            return Err(self.expected("\"(\""));
        }
        let mut arguments = Vec::new();
        self.space();
        if !self.rest.starts_with(')') {
            arguments.push(self.binary(0)?);
            self.space();
            while self.take(",") {
                arguments.push(self.binary(0)?);
                self.space();
            }
        }
        self.close()?;
        if arguments.len() != arity {
            return Err(ExpressionError::Arguments(name.to_owned()));
        }
        Ok(Node::Call(function, arguments))
    }

    fn close(&mut self) -> Result<(), ExpressionError> {
        self.space();
        if self.take(")") { Ok(()) } else { Err(self.expected("\")\"")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct Answers;

    impl Scope for Answers {
        fn value_of(&self, question: &str) -> String {
            match question {
                "online" => "rarely",
                "why" => "cost skills",
                "age" => "41",
                _ => "",
            }
            .to_owned()
        }

        fn current(&self) -> String {
            "17".to_owned()
        }
    }

    fn holds(source: &str) -> bool {
        Expression::parse(source).unwrap().holds(&Answers)
    }

    #[test]
    fn expressions_mean_what_xpath_says() {
        for source in [
            "${online} = 'rarely'",
            "${online}!='daily' and ${age} >= 41",
            "selected(${why}, 'skills') and not(selected(${why}, 'skill'))",
            "count-selected(${why}) = 2",
            "${age} div 2 > 20 and ${age} mod 2 = 1",
            "1 + 2 * 3 = 7 and -1 < 0 and (1 + 2) * 3 = 9",
            ". >= 16 and . <= 120",
            "${missing} = ''",
            "string-length(${online}) = 6",
            "true() or false()",
            "not(${missing} > 0) and not(${missing} < 1)",
            "'10' > '9'",
        ] {
            assert!(holds(source), "{source}");
        }
        assert!(!holds("${online} = 'rare' or ${age} < 18"));
    }

    #[test]
    fn what_makes_no_sense_is_said_with_its_place() {
        let error = |source: &str| Expression::parse(source).unwrap_err().to_string();
        assert!(error("${a} =").contains("character 7"), "{}", error("${a} ="));
        assert!(error("${a").contains('}'));
        assert!(error("'a").contains("quote"));
        assert!(error("pulldata('x')").contains("pulldata"));
        assert!(error("not()").contains("arguments"));
        assert!(error("1 2").contains("operator"));
        assert!(Expression::parse(&"(".repeat(10_000)).is_err());
        assert!(Expression::parse(&"-".repeat(9_000)).is_err());
        assert!(Expression::parse(&vec!["1"; 4_000].join("+")).is_err());
    }

    proptest! {
        /// Hostile text is refused or understood, and reading stays bounded.
        #[test]
        fn any_text_is_refused_or_evaluated(source in r#"[-()$\{\}a-z'"=<>!+*., 0-9]{0,60}"#) {
            if let Ok(expression) = Expression::parse(&source) {
                prop_assert_eq!(expression.source(), &source);
                let first = expression.holds(&Answers);
                prop_assert_eq!(first, expression.holds(&Answers));
            }
        }
    }
}
