//! Conditions as people pick them: question, comparison, value. Each is written as an expression, and an expression
//! of this form is read back; any other stays an expression.

use std::fmt::Write as _;

/// Tests joined by one word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// By which word.
    pub join: Join,
    /// What is tested, at least one.
    pub tests: Vec<Test>,
}

/// Stands for the answer at hand where a question is named.
pub const OWN: &str = ".";

/// How tests are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    /// Each must be true.
    All,
    /// One is enough.
    Any,
}

/// One test of one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// The name of the question; [`OWN`] for the answer that the expression belongs to.
    pub question: String,
    /// How it is compared.
    pub comparison: Comparison,
    /// With what; of no matter to [`Comparison::Answered`] and its opposite.
    pub value: Literal,
}

/// A value in an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// Words, or the name of a choice.
    Text(String),
    /// A number, as its digits.
    Number(String),
    /// A day, as YYYY-MM-DD.
    Date(String),
}

/// How an answer is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// It is this.
    Is,
    /// It is another, or there is none.
    IsNot,
    /// This is among what was picked.
    Includes,
    /// This was not picked.
    Lacks,
    /// It is smaller or earlier.
    Less,
    /// It is at most this.
    AtMost,
    /// It is greater or later.
    Greater,
    /// It is at least this.
    AtLeast,
    /// There is an answer.
    Answered,
    /// There is none.
    Unanswered,
    /// At most so many were picked.
    PickedAtMost,
    /// At least so many were picked.
    PickedAtLeast,
    /// It has at most so many characters.
    LengthAtMost,
    /// It has at least so many characters.
    LengthAtLeast,
    /// It is today or earlier.
    ByToday,
    /// It is today or later.
    FromToday,
}

impl Comparison {
    /// Every comparison.
    pub const ALL: [Self; 16] = [
        Self::Is,
        Self::IsNot,
        Self::Includes,
        Self::Lacks,
        Self::Less,
        Self::AtMost,
        Self::Greater,
        Self::AtLeast,
        Self::Answered,
        Self::Unanswered,
        Self::PickedAtMost,
        Self::PickedAtLeast,
        Self::LengthAtMost,
        Self::LengthAtLeast,
        Self::ByToday,
        Self::FromToday,
    ];

    /// A name for lists to choose from.
    pub fn name(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::IsNot => "is_not",
            Self::Includes => "includes",
            Self::Lacks => "lacks",
            Self::Less => "less",
            Self::AtMost => "at_most",
            Self::Greater => "greater",
            Self::AtLeast => "at_least",
            Self::Answered => "answered",
            Self::Unanswered => "unanswered",
            Self::PickedAtMost => "picked_at_most",
            Self::PickedAtLeast => "picked_at_least",
            Self::LengthAtMost => "length_at_most",
            Self::LengthAtLeast => "length_at_least",
            Self::ByToday => "by_today",
            Self::FromToday => "from_today",
        }
    }

    /// Whether there is something to compare with.
    pub fn takes_value(self) -> bool {
        use Comparison::{Answered, ByToday, FromToday, Unanswered};
        !matches!(self, Answered | Unanswered | ByToday | FromToday)
    }

    /// Whether what it compares with is a number, whatever the question.
    pub fn takes_count(self) -> bool {
        self.counted().is_some()
    }

    /// The function whose number is compared.
    fn counted(self) -> Option<&'static str> {
        match self {
            Self::PickedAtMost | Self::PickedAtLeast => Some("count-selected"),
            Self::LengthAtMost | Self::LengthAtLeast => Some("string-length"),
            _ => None,
        }
    }

    fn operator(self) -> &'static str {
        match self {
            Self::IsNot | Self::Answered => "!=",
            Self::Less => "<",
            Self::AtMost | Self::PickedAtMost | Self::LengthAtMost | Self::ByToday => "<=",
            Self::Greater => ">",
            Self::AtLeast | Self::PickedAtLeast | Self::LengthAtLeast | Self::FromToday => ">=",
            Self::Is | Self::Unanswered | Self::Includes | Self::Lacks => "=",
        }
    }
}

impl Literal {
    /// The words inside.
    pub fn words(&self) -> &str {
        match self {
            Self::Text(words) | Self::Number(words) | Self::Date(words) => words,
        }
    }
}

impl Condition {
    /// Reads an expression of the form that [`Condition::write`] writes; spaces do not matter.
    pub fn parse(expression: &str) -> Option<Self> {
        let tokens = tokens(expression)?;
        let mut rest = tokens.as_slice();
        let mut tests = vec![test(&mut rest)?];
        let mut join = None;
        while let Some((Token::Word(word), after)) = rest.split_first() {
            let this = match word.as_str() {
                "and" => Join::All,
                "or" => Join::Any,
                _ => return None,
            };
            if *join.get_or_insert(this) != this {
                return None;
            }
            rest = after;
            tests.push(test(&mut rest)?);
        }
        rest.is_empty().then_some(Self { join: join.unwrap_or(Join::All), tests })
    }

    /// The expression that means this.
    pub fn write(&self) -> String {
        let word = match self.join {
            Join::All => " and ",
            Join::Any => " or ",
        };
        self.tests.iter().map(Test::write).collect::<Vec<_>>().join(word)
    }
}

impl Test {
    fn write(&self) -> String {
        let Self { question, comparison, value } = self;
        let asked = if question == OWN { OWN.to_owned() } else { format!("${{{question}}}") };
        let operator = comparison.operator();
        match comparison {
            Comparison::Includes => format!("selected({asked}, {})", value.write()),
            Comparison::Lacks => format!("not(selected({asked}, {}))", value.write()),
            Comparison::Answered | Comparison::Unanswered => format!("{asked} {operator} ''"),
            Comparison::ByToday | Comparison::FromToday => format!("{asked} {operator} today()"),
            _ => match comparison.counted() {
                Some(counted) => format!("{counted}({asked}) {operator} {}", value.write()),
                None => format!("{asked} {operator} {}", value.write()),
            },
        }
    }
}

impl Literal {
    fn write(&self) -> String {
        match self {
            Self::Text(words) => quoted(words),
            Self::Number(digits) => digits.clone(),
            Self::Date(day) => format!("date({})", quoted(day)),
        }
    }
}

/// A text as XPath writes it. It has no escapes, so one with both kinds of quotes is put together.
fn quoted(words: &str) -> String {
    if !words.contains('\'') {
        return format!("'{words}'");
    }
    if !words.contains('"') {
        return format!("\"{words}\"");
    }
    let mut written = "concat(".to_owned();
    for (index, part) in words.split('\'').enumerate() {
        // Writing to a string cannot fail.
        let _ = match index {
            0 => write!(written, "'{part}'"),
            _ => write!(written, ", \"'\", '{part}'"),
        };
    }
    written.push(')');
    written
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Reference(String),
    Text(String),
    Number(String),
    Word(String),
    Mark(&'static str),
}

const MARKS: [&str; 9] = ["!=", "<=", ">=", "=", "<", ">", "(", ")", ","];

fn tokens(expression: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut rest = expression.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = if let Some(after) = rest.strip_prefix("${") {
            let (name, after) = after.split_once('}')?;
            (Token::Reference(name.trim().to_owned()), after)
        } else if first == '\'' || first == '"' {
            let (words, after) = rest[1..].split_once(first)?;
            (Token::Text(words.to_owned()), after)
        } else if first == '.' && !rest[1..].starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            (Token::Reference(OWN.to_owned()), &rest[1..])
        } else if first.is_ascii_digit() || first == '-' {
            let end = rest[1..].find(|c: char| !c.is_ascii_digit() && c != '.');
            let (digits, after) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
            digits.parse::<f64>().ok()?;
            (Token::Number(digits.to_owned()), after)
        } else if first.is_ascii_alphabetic() {
            let end = rest.find(|c: char| !c.is_ascii_alphabetic() && c != '-');
            let end = end.unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            (Token::Word(word.to_owned()), after)
        } else {
            let mark = MARKS.into_iter().find(|mark| rest.starts_with(mark))?;
            (Token::Mark(mark), &rest[mark.len()..])
        };
        found.push(token);
        rest = after.trim_start();
    }
    Some(found)
}

/// Takes the first token if it is this one.
fn take(rest: &mut &[Token], wanted: &Token) -> Option<()> {
    let (first, after) = rest.split_first()?;
    *rest = after;
    (first == wanted).then_some(())
}

fn mark(rest: &mut &[Token], wanted: &'static str) -> Option<()> {
    take(rest, &Token::Mark(wanted))
}

fn test(rest: &mut &[Token]) -> Option<Test> {
    let (first, after) = rest.split_first()?;
    *rest = after;
    match first {
        Token::Word(word) if word == "selected" => picked(rest, Comparison::Includes),
        Token::Word(word) if word == "not" => {
            mark(rest, "(")?;
            take(rest, &Token::Word("selected".to_owned()))?;
            let test = picked(rest, Comparison::Lacks)?;
            mark(rest, ")")?;
            Some(test)
        }
        Token::Word(word) if word == "count-selected" || word == "string-length" => {
            mark(rest, "(")?;
            let (first, after) = rest.split_first()?;
            let Token::Reference(question) = first else { return None };
            *rest = after;
            mark(rest, ")")?;
            let (operator, after) = rest.split_first()?;
            *rest = after;
            let value = literal(rest)?;
            let counted = |it: &Comparison| {
                it.counted() == Some(word) && *operator == Token::Mark(it.operator())
            };
            let comparison = Comparison::ALL.into_iter().find(counted)?;
            let number = matches!(value, Literal::Number(_));
            number.then(|| Test { question: question.clone(), comparison, value })
        }
        Token::Reference(question) => {
            let (operator, after) = rest.split_first()?;
            let Token::Mark(operator) = operator else { return None };
            *rest = after;
            if let [Token::Word(word), Token::Mark("("), Token::Mark(")"), after @ ..] = *rest
                && word == "today"
            {
                *rest = after;
                let comparison = match *operator {
                    "<=" => Comparison::ByToday,
                    ">=" => Comparison::FromToday,
                    _ => return None,
                };
                let value = Literal::Text(String::new());
                return Some(Test { question: question.clone(), comparison, value });
            }
            let value = literal(rest)?;
            let nothing = value == Literal::Text(String::new());
            let comparison = match *operator {
                "=" if nothing => Comparison::Unanswered,
                "!=" if nothing => Comparison::Answered,
                "=" => Comparison::Is,
                "!=" => Comparison::IsNot,
                "<" => Comparison::Less,
                "<=" => Comparison::AtMost,
                ">" => Comparison::Greater,
                ">=" => Comparison::AtLeast,
                _ => return None,
            };
            Some(Test { question: question.clone(), comparison, value })
        }
        _ => None,
    }
}

fn picked(rest: &mut &[Token], comparison: Comparison) -> Option<Test> {
    mark(rest, "(")?;
    let (first, after) = rest.split_first()?;
    let Token::Reference(question) = first else { return None };
    *rest = after;
    mark(rest, ",")?;
    let value = literal(rest)?;
    mark(rest, ")")?;
    let words = matches!(value, Literal::Text(_));
    words.then(|| Test { question: question.clone(), comparison, value })
}

fn literal(rest: &mut &[Token]) -> Option<Literal> {
    let (first, after) = rest.split_first()?;
    *rest = after;
    match first {
        Token::Text(words) => Some(Literal::Text(words.clone())),
        Token::Number(digits) => Some(Literal::Number(digits.clone())),
        Token::Word(word) if word == "date" => {
            mark(rest, "(")?;
            let Literal::Text(day) = literal(rest)? else { return None };
            mark(rest, ")")?;
            Some(Literal::Date(day))
        }
        Token::Word(word) if word == "concat" => {
            mark(rest, "(")?;
            let mut words = String::new();
            loop {
                let Literal::Text(part) = literal(rest)? else { return None };
                words.push_str(&part);
                let (next, after) = rest.split_first()?;
                *rest = after;
                match next {
                    Token::Mark(",") => {}
                    Token::Mark(")") => return Some(Literal::Text(words)),
                    _ => return None,
                }
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_people_write_by_hand_is_read_too() {
        let read = |expression: &str| Condition::parse(expression).map(|found| found.write());
        for (written, expected) in [
            ("${a}='yes'", "${a} = 'yes'"),
            (" ${ a }  >=-1.5 and  ${b} != \"\" ", "${a} >= -1.5 and ${b} != ''"),
            ("not( selected( ${a},'x' ) )", "not(selected(${a}, 'x'))"),
            (". >= 0 and . <= 120", ". >= 0 and . <= 120"),
            (".<=today()", ". <= today()"),
            ("count-selected(.)<=3", "count-selected(.) <= 3"),
            ("string-length( ${a} ) >= 2", "string-length(${a}) >= 2"),
            ("${d} > date('2026-01-31') or ${a} = ''", "${d} > date('2026-01-31') or ${a} = ''"),
        ] {
            assert_eq!(read(written).as_deref(), Some(expected), "{written}");
        }
        for other in [
            "",
            "${a}",
            "${a} = ${b}",
            "${a} = 1 and ${b} = 2 or ${c} = 3",
            "(${a} = 1)",
            "count-selected(${a}) > 1",
            "count-selected(${a}) <= 'x'",
            ". < today()",
            "../a = 1",
            ".. = 1",
            "${a} = 'x",
            "${a} = 1 +",
            "${a} = 1 and",
            "selected(${a}, 1)",
            "- ${a}",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    fn literal() -> impl Strategy<Value = Literal> {
        prop_oneof![
            "[a-z'\" ]{1,8}".prop_map(Literal::Text),
            "-?[0-9]{1,3}(\\.[0-9]{1,2})?".prop_map(Literal::Number),
            "20[0-9]{2}-0[1-9]-[12][0-9]".prop_map(Literal::Date),
        ]
    }

    fn one_test() -> impl Strategy<Value = Test> {
        let comparison = prop::sample::select(Comparison::ALL.to_vec());
        ("[a-z][a-z0-9_.-]{0,6}|\\.", comparison, literal()).prop_map(
            |(question, comparison, value)| {
                let value = match comparison {
                    _ if !comparison.takes_value() => Literal::Text(String::new()),
                    _ if comparison.takes_count() => Literal::Number("3".to_owned()),
                    Comparison::Includes | Comparison::Lacks => {
                        Literal::Text(value.words().to_owned())
                    }
                    _ => value,
                };
                Test { question, comparison, value }
            },
        )
    }

    proptest! {
        /// What was picked is what is read back, and an expression that surveys can read.
        #[test]
        fn a_condition_is_read_back(tests in prop::collection::vec(one_test(), 1..4), any in any::<bool>()) {
            let join = if any && tests.len() > 1 { Join::Any } else { Join::All };
            let condition = Condition { join, tests };
            let written = condition.write();
            prop_assert_eq!(Condition::parse(&written), Some(condition), "{}", written);
        }

        /// Whatever is typed is read or not, and never breaks anything.
        #[test]
        fn anything_may_be_typed(typed in "[a-z(),=<>!'\"${}0-9. é-]{0,30}") {
            if let Some(condition) = Condition::parse(&typed) {
                prop_assert_eq!(Condition::parse(&condition.write()), Some(condition));
            }
        }
    }
}
