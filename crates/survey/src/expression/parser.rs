//! Reads expressions: XPath 1.0, sections 2 and 3, with XLSForm's `${name}`.
//!
//! One function goes down per operator strength; what stands between is a path or a value. That `*`, `div` and `and`
//! may also be names is decided as XPath has it (section 3.7): behind a value they are operators.

use model::limits::{EXPRESSION_DEPTH, EXPRESSION_HEIGHT, TEXT_CHARS};

use super::{
    ExpressionError, Piece, Wanted,
    function::{Function, Meaning, Own},
    regex,
    term::{Axis, Operator, Path, Start, Step, Term},
};
use crate::number;

/// A term and how many levels of terms it has. Evaluating recurses as deep, and a browser's stack is small.
type Tall = (Term, usize);

/// Reads a whole expression.
pub(super) fn parse(source: &str) -> Result<Term, ExpressionError> {
    whole(source).map(|(root, _)| root)
}

fn whole(source: &str) -> Result<Tall, ExpressionError> {
    let mut parser = Parser { rest: source, whole: source, depth: 0 };
    if source.len() > TEXT_CHARS {
        return Err(ExpressionError::TooDeep);
    }
    let root = parser.binary(0)?;
    parser.space();
    if parser.rest.is_empty() { Ok(root) } else { Err(parser.expected(Wanted::Operator)) }
}

/// Whether a character can be part of a name. Of the letters beyond ASCII all can: no operator is among them.
fn of_a_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || !c.is_ascii() && !c.is_whitespace() || "-_.".contains(c)
}

fn starts_a_name(text: &str) -> bool {
    text.starts_with(|c: char| of_a_name(c) && !c.is_ascii_digit() && !"-.".contains(c))
}

struct Parser<'a> {
    rest: &'a str,
    whole: &'a str,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn expected(&self, wanted: Wanted) -> ExpressionError {
        let place = self.whole.len() - self.rest.len();
        ExpressionError::Expected { wanted, piece: Piece::of(self.whole, place) }
    }

    fn take(&mut self, token: &str) -> bool {
        self.space();
        let Some(rest) = self.rest.strip_prefix(token) else { return false };
        // A word such as "or" must end here, or it is the start of a longer name.
        let word = token.starts_with(|c: char| c.is_ascii_alphabetic());
        if word && rest.starts_with(of_a_name) {
            return false;
        }
        self.rest = rest;
        true
    }

    fn close(&mut self, token: &str, wanted: Wanted) -> Result<(), ExpressionError> {
        if self.take(token) { Ok(()) } else { Err(self.expected(wanted)) }
    }

    fn run(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        let (run, rest) = self.rest.split_at(end);
        self.rest = rest;
        run
    }

    fn taller(&self, height: usize) -> Result<usize, ExpressionError> {
        if height >= EXPRESSION_HEIGHT { Err(ExpressionError::TooDeep) } else { Ok(height + 1) }
    }

    /// Terms with operators between them that bind at least as strongly as `least`.
    fn binary(&mut self, least: u8) -> Result<Tall, ExpressionError> {
        let (mut left, mut height) = self.unary()?;
        loop {
            let before = self.rest;
            let Some((_, strength, operator)) =
                Operator::ALL.iter().find(|(symbol, _, _)| self.take(symbol))
            else {
                return Ok((left, height));
            };
            if *strength < least {
                self.rest = before;
                return Ok((left, height));
            }
            let (right, other) = self.binary(strength + 1)?;
            // A chain grows to the left.
            height = self.taller(height.max(other))?;
            left = Term::Binary(*operator, Box::new(left), Box::new(right));
        }
    }

    fn unary(&mut self) -> Result<Tall, ExpressionError> {
        self.depth += 1;
        if self.depth > EXPRESSION_DEPTH {
            return Err(ExpressionError::TooDeep);
        }
        let term = if self.take("-") {
            let (inner, height) = self.binary(Operator::UNION)?;
            (Term::Negative(Box::new(inner)), self.taller(height)?)
        } else {
            self.path()?
        };
        self.depth -= 1;
        Ok(term)
    }

    /// A literal, or a path.
    fn path(&mut self) -> Result<Tall, ExpressionError> {
        self.space();
        for quote in ['\'', '"', '‘', '’', '“', '”'] {
            if let Some(rest) = self.rest.strip_prefix(quote) {
                if !quote.is_ascii() {
                    return Err(self.expected(Wanted::StraightQuote));
                }
                let (text, rest) =
                    rest.split_once(quote).ok_or_else(|| self.expected(Wanted::Quote))?;
                self.rest = rest;
                return Ok((Term::Text(text.to_owned()), 1));
            }
        }
        let after_point = self.rest.strip_prefix('.').unwrap_or(self.rest);
        if after_point.starts_with(|c: char| c.is_ascii_digit()) {
            let wrong = self.expected(Wanted::Number);
            let digits = self.run(|c| c.is_ascii_digit() || c == '.');
            let number = number::parse(digits).ok_or(wrong)?;
            return Ok((Term::Number(number), 1));
        }
        let mut path = Path { start: Start::Context, filters: Vec::new(), steps: Vec::new() };
        let mut height = 1;
        // Whether there must be a step now.
        let mut open = true;
        if self.rest.starts_with("//") {
            path.start = Start::Root;
            open = false;
        } else if self.take("/") {
            path.start = Start::Root;
            self.space();
            // Alone it is the root; "/ *" cannot be a product.
            if !starts_a_name(self.rest) && !self.rest.starts_with(['.', '*', '@', '$']) {
                return Ok((Term::Path(path), 1));
            }
        } else if let Some((start, tall)) = self.start()? {
            height = tall;
            open = false;
            self.space();
            if let Start::Term(term) = start {
                if !self.rest.starts_with(['[', '/']) {
                    return Ok((*term, height));
                }
                path.start = Start::Term(term);
            } else {
                path.start = start;
            }
            height = self.predicates(&mut path.filters, height)?;
        }
        loop {
            if open {
                let tall = self.step(&mut path)?;
                height = height.max(tall);
            }
            self.space();
            if self.rest.starts_with("//") {
                self.rest = &self.rest[2..];
                let axis = Axis::DescendantOrSelf;
                path.steps.push(Step { axis, name: None, predicates: Vec::new() });
            } else if !self.take("/") {
                return Ok((Term::Path(path), self.taller(height)?));
            }
            open = true;
        }
    }

    /// What is no step but may start a path: a name in braces, a function, parentheses.
    fn start(&mut self) -> Result<Option<(Start, usize)>, ExpressionError> {
        if let Some(rest) = self.rest.strip_prefix("${") {
            let end = rest.find('}').filter(|end| !rest[..*end].trim().is_empty());
            let end = end.ok_or_else(|| self.expected(Wanted::Name))?;
            let name = rest[..end].trim().to_owned();
            self.rest = &rest[end + 1..];
            return Ok(Some((Start::Named(name), 1)));
        }
        if self.take("(") {
            let (inner, height) = self.binary(0)?;
            self.close(")", Wanted::Close)?;
            return Ok(Some((Start::Term(Box::new(inner)), height)));
        }
        let before = self.rest;
        let name = self.qualified_name();
        self.space();
        if name.is_empty() || !self.rest.starts_with('(') || matches!(name, "node" | "text") {
            self.rest = before;
            return Ok(None);
        }
        self.call(name).map(Some)
    }

    /// A name, perhaps with a prefix: `jr:choice-name`. Not an axis, which has two colons.
    fn qualified_name(&mut self) -> &'a str {
        if !starts_a_name(self.rest) {
            return "";
        }
        let from = self.rest;
        self.run(of_a_name);
        let behind = self.rest.strip_prefix(':').filter(|behind| starts_a_name(behind));
        if let Some(behind) = behind {
            self.rest = behind;
            self.run(of_a_name);
        }
        &from[..from.len() - self.rest.len()]
    }

    fn call(&mut self, name: &str) -> Result<(Start, usize), ExpressionError> {
        self.close("(", Wanted::Open)?;
        if name == "current" {
            self.close(")", Wanted::Close)?;
            return Ok((Start::Current, 1));
        }
        let mut arguments = Vec::new();
        let mut height = 1;
        if !self.take(")") {
            loop {
                let (argument, tall) = self.binary(0)?;
                height = height.max(tall);
                arguments.push(argument);
                if !self.take(",") {
                    break;
                }
            }
            self.close(")", Wanted::Close)?;
        }
        if name == "instance" {
            return match <[Term; 1]>::try_from(arguments) {
                Ok([Term::Text(id)]) => Ok((Start::Instance(id), 1)),
                _ => Err(self.expected(Wanted::Instance)),
            };
        }
        let Some(function) = Function::named(name) else {
            let remedy = Function::remedy(name);
            return Err(ExpressionError::Function { name: name.to_owned(), remedy });
        };
        let (least, most) = function.arity;
        let given = arguments.len();
        if given < usize::from(least) || most < u8::MAX && given > usize::from(most) {
            let takes = match most {
                0 => "no values".to_owned(),
                1 if least == 1 => "1 value".to_owned(),
                _ if least == most => format!("{least} values"),
                u8::MAX => format!("at least {least}"),
                _ => format!("{least} to {most} values"),
            };
            return Err(ExpressionError::Arguments { name: function.name, takes, given });
        }
        match (function.meaning, arguments.get_mut(1)) {
            (Meaning::Own(Own::Regex), Some(Term::Text(pattern)))
                if regex::read(pattern).is_none() =>
            {
                return Err(ExpressionError::Pattern(pattern.clone()));
            }
            // The question is written as a text: jr:choice-name(${ward}, '${ward}').
            (Meaning::Own(Own::ChoiceName), Some(question)) => {
                if let Term::Text(text) = question {
                    let (inner, tall) = whole(text)?;
                    (*question, height) = (inner, height.max(tall));
                }
            }
            _ => {}
        }
        Ok((Start::Term(Box::new(Term::Call(function, arguments))), self.taller(height)?))
    }

    fn predicates(
        &mut self,
        found: &mut Vec<Term>,
        mut height: usize,
    ) -> Result<usize, ExpressionError> {
        while self.take("[") {
            let (predicate, tall) = self.binary(0)?;
            self.close("]", Wanted::CloseFilter)?;
            height = height.max(tall);
            found.push(predicate);
        }
        Ok(height)
    }

    fn step(&mut self, path: &mut Path) -> Result<usize, ExpressionError> {
        self.space();
        let (axis, name) = if self.take("..") {
            (Axis::Parent, None)
        } else if self.take(".") {
            (Axis::Own, None)
        } else {
            let mut axis = Axis::Child;
            for (word, named) in Axis::ALL {
                let rest = self.rest.strip_prefix(word).map(str::trim_start);
                if let Some(rest) = rest.and_then(|rest| rest.strip_prefix("::")) {
                    (axis, self.rest) = (named, rest.trim_start());
                    break;
                }
            }
            if self.rest.starts_with(['@']) {
                return Err(self.expected(Wanted::NoAttribute));
            }
            (axis, self.node_test()?)
        };
        let mut predicates = Vec::new();
        let height = self.predicates(&mut predicates, 1)?;
        path.steps.push(Step { axis, name, predicates });
        Ok(height)
    }

    fn node_test(&mut self) -> Result<Option<String>, ExpressionError> {
        if self.take("*") {
            return Ok(None);
        }
        // Within a path a name in braces stands for the name, as pyxform lets it through.
        if let Some((name, rest)) =
            self.rest.strip_prefix("${").and_then(|rest| rest.split_once('}'))
        {
            self.rest = rest;
            return Ok(Some(name.trim().to_owned()));
        }
        let name = self.qualified_name();
        if name.is_empty() {
            return Err(self.expected(Wanted::Value));
        }
        if matches!(name, "node" | "text") && self.take("(") {
            self.close(")", Wanted::Close)?;
            return Ok(None);
        }
        Ok(Some(name.to_owned()))
    }
}
