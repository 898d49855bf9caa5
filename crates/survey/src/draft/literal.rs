//! Texts in quotation marks within expressions, and what each is compared with.

use std::ops::Range;

/// What a literal is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    /// The answer to a question, `${name}`.
    Question(String),
    /// The answer that the expression belongs to: `.`, or the whole expression is the literal.
    Own,
    /// A column of the choices, by its name.
    Column(String),
    /// Something else, or nothing.
    Other,
}

/// One literal of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Literal {
    /// Where it stands in the expression, its quotation marks included.
    pub(super) range: Range<usize>,
    /// What stands between the marks.
    pub(super) text: String,
    /// What it is compared with.
    pub(super) subject: Subject,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Reference(String),
    Text(Range<usize>, String),
    Name(String),
    Mark(char),
}

/// The literals of an expression in their order. A text that is no expression has some or none.
pub(super) fn literals(expression: &str) -> Vec<Literal> {
    let tokens = tokens(expression);
    let literal = |(at, token): (usize, &Token)| {
        let Token::Text(range, text) = token else { return None };
        let subject = subject(&tokens, at);
        Some(Literal { range: range.clone(), text: text.clone(), subject })
    };
    tokens.iter().enumerate().filter_map(literal).collect()
}

/// The pairs of a column of the choices and the question whose answer it must equal: `county = ${county}`.
pub(super) fn cascades(expression: &str) -> Vec<(String, String)> {
    let tokens = tokens(expression);
    let pair = |three: &[Token]| match three {
        [Token::Name(column), Token::Mark('='), Token::Reference(question)]
        | [Token::Reference(question), Token::Mark('='), Token::Name(column)] => {
            Some((column.clone(), question.clone()))
        }
        _ => None,
    };
    tokens.windows(3).filter_map(pair).collect()
}

/// Whether the expression is one comparison of a column with an answer, and nothing else.
pub(super) fn cascade(expression: &str) -> Option<(String, String)> {
    let found = cascades(expression);
    let [one] = &found[..] else { return None };
    (tokens(expression).len() == 3).then(|| one.clone())
}

fn subject(tokens: &[Token], at: usize) -> Subject {
    let back = |steps: usize| tokens.get(at.checked_sub(steps)?);
    let ahead = |steps: usize| tokens.get(at + steps);
    let called = |token: Option<&Token>, name: &str| matches!(token, Some(Token::Name(known)) if known == name);
    let mark = |token: Option<&Token>, mark: char| token == Some(&Token::Mark(mark));
    if tokens.len() == 1 {
        return Subject::Own;
    }
    if mark(back(1), ',') && mark(back(3), '(') && called(back(4), "selected") {
        return operand(back(2));
    }
    if mark(back(1), '(') && called(back(2), "jr:choice-name") && mark(ahead(1), ',') {
        // Its second argument is the question, in quotation marks.
        return match ahead(2) {
            Some(Token::Text(_, text)) => operand(self::tokens(text).first()),
            other => operand(other),
        };
    }
    // What stands further off must not make the operand a part of something: `f(x)`, `../x`, `1 + .`.
    let alone = |token: Option<&Token>| match token {
        None => true,
        Some(Token::Mark(mark)) => matches!(mark, '(' | ')' | '[' | ']' | ','),
        Some(Token::Name(name)) => matches!(name.as_str(), "and" | "or"),
        Some(_) => false,
    };
    if mark(back(1), '=') && alone(back(3)) {
        return operand(back(2));
    }
    if mark(ahead(1), '=') && alone(ahead(3)) {
        return operand(ahead(2));
    }
    Subject::Other
}

fn operand(token: Option<&Token>) -> Subject {
    match token {
        Some(Token::Reference(name)) => Subject::Question(name.clone()),
        Some(Token::Mark('.')) => Subject::Own,
        Some(Token::Name(name)) => Subject::Column(name.clone()),
        _ => Subject::Other,
    }
}

/// The parts of an expression. `!=` counts as `=`: both compare.
fn tokens(expression: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = expression[at..].chars().next() {
        let rest = &expression[at..];
        let begin = at;
        at += first.len_utf8();
        if first.is_whitespace() || (first == '!' && rest.starts_with("!=")) {
            continue;
        }
        if first == '\'' || first == '"' {
            let Some(length) = expression[at..].find(first) else { break };
            let text = expression[at..at + length].to_owned();
            at += length + 1;
            found.push(Token::Text(begin..at, text));
        } else if let Some((name, _)) =
            rest.strip_prefix("${").and_then(|after| after.split_once('}'))
        {
            at = begin + name.len() + 3;
            found.push(Token::Reference(name.trim().to_owned()));
        } else if first.is_alphabetic() || first == '_' {
            let inside = |c: char| c.is_alphanumeric() || "_-:.".contains(c);
            let end = rest.find(|c| !inside(c)).unwrap_or(rest.len());
            at = begin + end;
            found.push(Token::Name(rest[..end].to_owned()));
        } else {
            found.push(Token::Mark(first));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_known_by_what_it_is_compared_with() {
        let question = |name: &str| Subject::Question(name.to_owned());
        for (expression, expected) in [
            ("${a} = 'x'", vec![question("a")]),
            ("'x'!=${ a }", vec![question("a")]),
            (
                "${a}=\"x\" and (${b} = 'y' or .='z')",
                vec![question("a"), question("b"), Subject::Own],
            ),
            ("not(selected(${a}, 'x'))", vec![question("a")]),
            ("selected(., 'x')", vec![Subject::Own]),
            ("jr:choice-name('x', '${a}')", vec![question("a"), Subject::Other]),
            ("if(${a} = 'x', 'y', 'z')", vec![question("a"), Subject::Other, Subject::Other]),
            ("name = 'x'", vec![Subject::Column("name".to_owned())]),
            ("'x'", vec![Subject::Own]),
            ("concat(${a}, 'x') = 'y'", vec![Subject::Other, Subject::Other]),
            ("../a = 'x'", vec![Subject::Other]),
            ("${a} = 'x", vec![]),
            ("${a = 'é' ${", vec![Subject::Other]),
        ] {
            let found: Vec<_> = literals(expression).into_iter().map(|it| it.subject).collect();
            assert_eq!(found, expected, "{expression}");
        }
    }

    #[test]
    fn a_cascade_is_a_column_and_a_question() {
        let pair = |column: &str, question: &str| Some((column.to_owned(), question.to_owned()));
        assert_eq!(cascade("county=${county}"), pair("county", "county"));
        assert_eq!(cascade(" ${c} = state "), pair("state", "c"));
        assert_eq!(cascade("county=${county} and town=${town}"), None);
        assert_eq!(cascades("county=${county} and town=${town}").len(), 2);
        assert_eq!(cascade(""), None);
    }
}
