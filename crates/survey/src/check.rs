//! Whether answers are valid, asked with the same code on the tablet and on the server.

use model::{
    Named, Problem, ProblemCode,
    limits::TEXT_CHARS,
    submission::{Answer, Response},
};

use crate::{Definition, Group, Kind, Question, expression::Scope, number};

/// A response that its survey version accepts. The only way to get one is to check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidResponse(Response);

impl ValidResponse {
    /// Checks `response` against the version it answers.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn check(definition: &Definition, response: Response) -> Result<Self, Vec<Problem>> {
        let problems = definition.check(&response);
        if problems.is_empty() { Ok(Self(response)) } else { Err(problems) }
    }

    /// The response.
    pub fn into_inner(self) -> Response {
        self.0
    }
}

/// Answers as expressions see them.
pub(crate) struct Answers<'a> {
    pub(crate) definition: &'a Definition,
    pub(crate) answers: &'a Named<Answer>,
    /// The question whose value is `.`.
    pub(crate) current: Option<&'a Answer>,
}

impl Scope for Answers<'_> {
    fn value_of(&self, question: &str) -> String {
        self.answers.get(question).map(text_of).unwrap_or_default()
    }

    fn current(&self) -> String {
        self.current.map(text_of).unwrap_or_default()
    }
}

fn text_of(answer: &Answer) -> String {
    match answer {
        Answer::One(value) => value.clone(),
        Answer::Many(values) => values.join(" "),
        // Somebody who would not say is treated as somebody who did not.
        Answer::Declined => String::new(),
    }
}

impl Answers<'_> {
    pub(crate) fn relevant(&self, groups: &[&Group], question: &Question) -> bool {
        let own = question.relevant.iter();
        groups
            .iter()
            .filter_map(|group| group.relevant.as_ref())
            .chain(own)
            .all(|it| it.holds(self))
    }

    /// The relevant questions in order. An irrelevant question's answer counts as empty for
    /// those after it (ODK XForms: non-relevant nodes have no value), so answers are taken
    /// into account in the order they are asked.
    pub(crate) fn relevant_questions(&self) -> Vec<&Question> {
        let mut seen = Named::default();
        let mut relevant = Vec::new();
        for (groups, question) in self.definition.questions() {
            let so_far = Answers { definition: self.definition, answers: &seen, current: None };
            if so_far.relevant(&groups, question) {
                relevant.push(question);
                if let Some(answer) = self.answers.get(&question.name) {
                    seen.set(question.name.clone(), answer.clone());
                }
            }
        }
        relevant
    }
}

impl Definition {
    /// Everything wrong with `response`, in the order of the questions. Pointers start at
    /// the response.
    pub fn check(&self, response: &Response) -> Vec<Problem> {
        let scope = Answers { definition: self, answers: &response.answers, current: None };
        let relevant = scope.relevant_questions();
        let mut problems: Vec<Problem> = response
            .answers
            .iter()
            .filter(|(name, _)| !relevant.iter().any(|question| question.name == *name))
            .map(|(name, _)| {
                Problem::new(
                    format!("/answers/{name}"),
                    ProblemCode::Unknown,
                    "This question was not asked after these answers.",
                )
            })
            .collect();
        for question in relevant {
            let answer = response.answers.get(&question.name);
            problems.extend(answer_problems(self, question, answer, &response.answers));
        }
        problems
    }
}

/// What is wrong with one answer; `answers` are all of them, for the constraint.
pub fn answer_problems(
    definition: &Definition,
    question: &Question,
    answer: Option<&Answer>,
    answers: &Named<Answer>,
) -> Vec<Problem> {
    let problem = |code, detail: &str| {
        vec![Problem::new(format!("/answers/{}", question.name), code, detail)]
    };
    let Some(answer) = answer else {
        return if question.required {
            problem(ProblemCode::Required, "This question needs an answer.")
        } else {
            Vec::new()
        };
    };
    if let Err((code, detail)) = fits(question, answer) {
        return problem(code, detail);
    }
    let scope = Answers { definition, answers, current: Some(answer) };
    let declined = *answer == Answer::Declined;
    match &question.constraint {
        Some(constraint) if !declined && !constraint.holds(&scope) => {
            let words = question.constraint_message.get(model::text::FALLBACK);
            let words = if words.is_empty() { "The answer is outside its limits." } else { words };
            problem(ProblemCode::OutOfRange, words)
        }
        _ => Vec::new(),
    }
}

/// Whether the answer is of the question's type.
fn fits(question: &Question, answer: &Answer) -> Result<(), (ProblemCode, &'static str)> {
    use ProblemCode::{Malformed, OutOfRange, Required, TooLong, Unknown};
    let unknown = Err((Unknown, "This is none of the choices."));
    match (&question.kind, answer) {
        (Kind::Note, _) => Err((Unknown, "A note takes no answer.")),
        (_, Answer::Declined) if question.may_decline => Ok(()),
        (_, Answer::Declined) => Err((Unknown, "This question cannot be declined.")),
        (Kind::SelectMultiple(choices), Answer::Many(values)) => {
            let known = |name: &String| choices.iter().any(|choice| &choice.name == name);
            let twice = (1..values.len()).any(|at| values[..at].contains(&values[at]));
            if values.is_empty() {
                Err((Required, "Nothing is picked. Leave the answer out."))
            } else if twice {
                Err((ProblemCode::Duplicate, "A choice is picked twice."))
            } else if values.iter().all(known) {
                Ok(())
            } else {
                unknown
            }
        }
        (Kind::SelectMultiple(_), Answer::One(_)) | (_, Answer::Many(_)) => {
            Err((Malformed, "The answer has another form than the question."))
        }
        (Kind::SelectOne(choices), Answer::One(value)) => {
            if choices.iter().any(|choice| &choice.name == value) { Ok(()) } else { unknown }
        }
        (Kind::Range(scale), Answer::One(value)) => match value.parse::<i32>() {
            Ok(number) if scale.values().any(|step| step == number) => Ok(()),
            Ok(_) => Err((OutOfRange, "This is no step of the scale.")),
            Err(_) => Err((Malformed, "Write a whole number.")),
        },
        // Nine digits fit every tool that reads the export as a 32-bit number.
        (Kind::Integer, Answer::One(value)) => match value.parse::<i64>() {
            Ok(number) if number.unsigned_abs() < 1_000_000_000 => Ok(()),
            Ok(_) => Err((OutOfRange, "Write a number with at most nine digits.")),
            Err(_) => Err((Malformed, "Write a whole number.")),
        },
        (Kind::Decimal, Answer::One(value)) => {
            if number::parse(value).is_some_and(f64::is_finite) {
                Ok(())
            } else {
                Err((Malformed, "Write a number."))
            }
        }
        (Kind::Date, Answer::One(value)) => {
            if model::time::parse_date(value).is_some() {
                Ok(())
            } else {
                Err((Malformed, "Write a real date."))
            }
        }
        (Kind::Text, Answer::One(value)) => {
            if value.trim().is_empty() {
                Err((Required, "Nothing is written. Leave the answer out."))
            } else if value.chars().count() > TEXT_CHARS {
                Err((TooLong, "Use at most 10,000 characters."))
            } else {
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whole_numbers_have_nine_digits_at_most() {
        let definition = Definition::read(&json!({"languages": ["en"], "items": [
            {"name": "n", "type": "integer", "label": {"en": "How many?"}},
        ]}))
        .unwrap();
        let question = definition.question("n").unwrap();
        let code = |text: &str| {
            let answer = Answer::One(text.to_owned());
            let answers = Named::default();
            let problems = answer_problems(&definition, question, Some(&answer), &answers);
            problems.first().map(|problem| problem.code)
        };
        for good in ["0", "-7", "999999999", "-999999999"] {
            assert_eq!(code(good), None, "{good}");
        }
        // The last but one has no positive counterpart among the numbers of 64 bits.
        for large in ["1000000000", "-1000000000", "-9223372036854775808", "9223372036854775807"] {
            assert_eq!(code(large), Some(ProblemCode::OutOfRange), "{large}");
        }
    }
}
