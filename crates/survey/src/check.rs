//! Whether answers are valid, asked with the same code on the tablet and on the server.

use std::{borrow::Cow, sync::Arc};

use model::{
    Problem, ProblemCode,
    limits::{PROBLEMS, TEXT_CHARS},
    submission::{Answer, Response},
};

use crate::{
    Context, Definition, FileKind, Kind, number,
    reference::is_pure,
    tree::{Mode, NodeId, Part, ROOT, Tree},
};

/// A response that its survey version accepts. The only way to get one is to check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidResponse(Response);

impl ValidResponse {
    /// Checks `response` against the version it answers.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn check(definition: &Arc<Definition>, response: Response) -> Result<Self, Vec<Problem>> {
        let problems = definition.check(&response);
        if problems.is_empty() { Ok(Self(response)) } else { Err(problems) }
    }

    /// A response of a tree that has no problems.
    pub(crate) fn of(response: Response) -> Self {
        Self(response)
    }

    /// The response.
    pub fn into_inner(self) -> Response {
        self.0
    }
}

impl Definition {
    /// Everything wrong with `response`, in the order of the questions, up to [`PROBLEMS`]. Pointers start at the
    /// response.
    ///
    /// The instance is built again from the answers. What follows from them alone is computed again and must be what
    /// was sent; what followed from the tablet's clock, from chance or from the language on its screen is taken as it
    /// was sent. A condition on the clock was decided on the tablet and is not decided again.
    pub fn check(self: &Arc<Self>, response: &Response) -> Vec<Problem> {
        let mut tree = Tree::new(Arc::clone(self), Context::default(), Mode::Check);
        let mut problems = Vec::new();
        let unknown = |path: &str| {
            let detail = "This question was not asked after these answers.";
            Problem::new(format!("/answers/{path}"), ProblemCode::Unknown, detail)
        };
        let mut known = Vec::new();
        for (path, answer) in response.answers.iter() {
            match tree.find(path, true) {
                Some(node) if tree.nodes[node].part == Part::Series => known.push((path, node)),
                Some(node) if tree.nodes[node].part == Part::Question => {
                    tree.nodes[node].answer = Some(answer.clone());
                    known.push((path, node));
                }
                _ => problems.push(unknown(path)),
            }
        }
        for (path, node) in &known {
            if tree.nodes[*node].part == Part::Series {
                let sent = response.answers.get(path).map(|it| crate::tree::text_of(Some(it)));
                let count = sent.and_then(|text| text.parse::<usize>().ok());
                // Instances without any answer are there too.
                while count.is_some_and(|count| tree.nodes[*node].live < count)
                    && tree.add_instance(*node).is_some()
                {}
                if count != Some(tree.nodes[*node].live) {
                    let detail = "This is not how many there are.";
                    problems.push(Problem::new(
                        format!("/answers/{path}"),
                        ProblemCode::Conflict,
                        detail,
                    ));
                }
            }
        }
        tree.settle_all();
        let asked = |node: &NodeId| tree.nodes[*node].relevant && *tree.kind(*node) != Kind::Note;
        problems
            .extend(known.iter().filter(|(_, node)| !asked(node)).map(|(path, _)| unknown(path)));
        for node in &tree.differing {
            let detail = "From these answers something else is calculated.";
            let pointer = format!("/answers/{}", tree.path(*node));
            problems.push(Problem::new(pointer, ProblemCode::Conflict, detail));
        }
        problems.extend(tree.problems(response.partial));
        problems.truncate(PROBLEMS);
        problems
    }
}

impl Tree {
    pub(crate) fn kind(&self, node: NodeId) -> &Kind {
        &self.item(node).kind
    }

    /// What is wrong with the answers to what is asked; with `partial` nothing needs an answer.
    pub(crate) fn problems(&self, partial: bool) -> Vec<Problem> {
        let mut problems = Vec::new();
        self.walk(ROOT, &mut |node| {
            if self.nodes[node].part == Part::Question && problems.len() < PROBLEMS {
                problems.extend(self.problems_at(node, partial));
            }
        });
        problems
    }

    /// What is wrong with one answer.
    pub(crate) fn problems_at(&self, node: NodeId, partial: bool) -> Vec<Problem> {
        let own = &self.nodes[node];
        let item = self.item(node);
        if !own.relevant || !item.kind.is_asked() {
            return Vec::new();
        }
        let problem = |code, detail: &str| {
            vec![Problem::new(format!("/answers/{}", self.path(node)), code, detail)]
        };
        // On the way, what is no longer offered is kept aside; what was sent stands as it came.
        let answer = match self.mode {
            Mode::Check => own.answer.as_ref().map(Cow::Borrowed),
            _ => self.standing(node),
        };
        let Some(answer) = answer.as_deref() else {
            // Only what somebody can answer needs an answer.
            let required = !partial
                && self.fulfils(&item.required, node)
                && !self.fulfils(&item.read_only, node);
            return if required {
                problem(ProblemCode::Required, "This question needs an answer.")
            } else {
                Vec::new()
            };
        };
        // What is computed and can only be read is not for anybody to put right.
        let given = || item.calculation.is_none() || !self.fulfils(&item.read_only, node);
        if let Err((code, detail)) = self.fits(node, answer)
            && given()
        {
            return problem(code, detail);
        }
        match &item.constraint {
            Some(constraint)
                if *answer != Answer::Declined
                    && (self.mode != Mode::Check || is_pure_but_for_itself(constraint))
                    && !self.holds_at(constraint, node) =>
            {
                let words = self.words(&item.constraint_message, node, model::text::FALLBACK);
                let words =
                    if words.is_empty() { "The answer is outside its limits." } else { &words };
                problem(ProblemCode::OutOfRange, words)
            }
            _ => Vec::new(),
        }
    }

    /// Whether the answer is of the question's type.
    fn fits(&self, node: NodeId, answer: &Answer) -> Result<(), (ProblemCode, &'static str)> {
        use ProblemCode::{Malformed, OutOfRange, Required, TooLong, Unknown};
        let item = self.item(node);
        let unknown = Err((Unknown, "This is none of the choices."));
        let ok = |good: bool, detail| if good { Ok(()) } else { Err((Malformed, detail)) };
        match (&item.kind, answer) {
            (_, Answer::Declined) if item.may_decline => Ok(()),
            (_, Answer::Declined) => Err((Unknown, "This question cannot be declined.")),
            (Kind::SelectMultiple(_) | Kind::Rank(_), Answer::Many(names)) => {
                let twice = || {
                    let mut sorted: Vec<&String> = names.iter().collect();
                    sorted.sort_unstable();
                    sorted.windows(2).any(|pair| pair[0] == pair[1])
                };
                let rank = matches!(item.kind, Kind::Rank(_));
                if names.is_empty() {
                    Err((Required, "Nothing is picked. Leave the answer out."))
                } else if twice() {
                    Err((ProblemCode::Duplicate, "A choice is picked twice."))
                } else if !self.offers_all(node, names) {
                    unknown
                } else if rank && names.len() != self.offered(node).len() {
                    Err((Required, "Put all the choices in an order."))
                } else {
                    Ok(())
                }
            }
            (Kind::SelectOne(_), Answer::One(name)) => {
                if self.offers(node, name) {
                    Ok(())
                } else {
                    unknown
                }
            }
            (Kind::File(kind), Answer::File { media_type, .. }) => {
                let wanted = match kind {
                    FileKind::Image => "image/",
                    FileKind::Audio => "audio/",
                    FileKind::Video => "video/",
                    FileKind::Any => "",
                };
                ok(media_type.starts_with(wanted), "This is another kind of file.")
            }
            (Kind::SelectMultiple(_) | Kind::Rank(_) | Kind::File(_), _)
            | (_, Answer::Many(_) | Answer::File { .. }) => {
                Err((Malformed, "The answer has another form than the question."))
            }
            (Kind::Range(scale), Answer::One(value)) => match number::parse(value) {
                Some(_) if scale.values().any(|step| step == *value) => Ok(()),
                Some(_) => Err((OutOfRange, "This is no step of the scale.")),
                None => Err((Malformed, "Write a number.")),
            },
            // Nine digits fit every tool that reads the export as a 32-bit number.
            (Kind::Integer, Answer::One(value)) => match value.parse::<i64>() {
                Ok(number) if number.unsigned_abs() < 1_000_000_000 => Ok(()),
                Ok(_) => Err((OutOfRange, "Write a number with at most nine digits.")),
                Err(_) => Err((Malformed, "Write a whole number.")),
            },
            (Kind::Decimal, Answer::One(value)) => {
                ok(number::parse(value).is_some_and(f64::is_finite), "Write a number.")
            }
            (Kind::Date, Answer::One(value)) => {
                ok(model::time::parse_date(value).is_some(), "Write a real date.")
            }
            (Kind::Time, Answer::One(value)) => ok(is_time(value), "Write a time such as 14:30."),
            (Kind::DateTime, Answer::One(value)) => {
                let parts = value.split_once('T');
                let good = parts.is_some_and(|(date, time)| {
                    model::time::parse_date(date).is_some() && is_time(time)
                });
                ok(good, "Write a real date with a time.")
            }
            (Kind::Acknowledge, Answer::One(value)) => ok(value == "OK", "The answer is OK."),
            (Kind::Geopoint, Answer::One(value)) => {
                ok(is_place(value), "Write latitude and longitude.")
            }
            (Kind::Geoshape, Answer::One(value)) => {
                let mut places = value.split(';').filter(|place| !place.trim().is_empty());
                ok(places.all(is_place), "Write latitude and longitude of each point.")
            }
            (_, Answer::One(value)) => {
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

    fn offers_all(&self, node: NodeId, names: &[String]) -> bool {
        if names.len() < 5 {
            return names.iter().all(|name| self.offers(node, name));
        }
        let offered = self.offered(node);
        let mut offered: Vec<&str> = offered.iter().map(|it| self.name_of(node, *it)).collect();
        offered.sort_unstable();
        names.iter().all(|name| offered.binary_search(&name.as_str()).is_ok())
    }
}

/// Whether the answers alone decide a constraint, `.` among them.
fn is_pure_but_for_itself(constraint: &crate::Expression) -> bool {
    !constraint.is_volatile()
        && (is_pure(constraint) || !constraint.source().contains("choice-name"))
}

/// `14:30`, `14:30:00`, `14:30:00.000+01:00`.
fn is_time(text: &str) -> bool {
    let zone = text.find(['+', '-', 'Z']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(zone);
    let pair = |text: &str, below: u8| {
        text.len() == 2
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && text.parse::<u8>().is_ok_and(|number| number < below)
    };
    let mut parts = clock.split(':');
    let hours = parts.next().is_some_and(|it| pair(it, 24));
    let minutes = parts.next().is_some_and(|it| pair(it, 60));
    let seconds = parts.next().is_none_or(|it| {
        let (whole, fraction) = it.split_once('.').unwrap_or((it, "0"));
        pair(whole, 60)
            && !fraction.is_empty()
            && fraction.bytes().all(|byte| byte.is_ascii_digit())
    });
    let zoned = match zone.get(1..) {
        None | Some("") => true,
        Some(zone) => {
            let (hours, minutes) = zone.split_once(':').unwrap_or((zone, "00"));
            pair(hours, 24) && pair(minutes, 60)
        }
    };
    hours && minutes && seconds && zoned && parts.next().is_none()
}

/// Latitude and longitude in degrees, perhaps altitude and accuracy in metres.
fn is_place(text: &str) -> bool {
    let numbers: Vec<Option<f64>> = text.split_whitespace().map(number::parse).collect();
    let within = |at: usize, most: f64| {
        numbers.get(at).is_some_and(|it| it.is_some_and(|it| it.abs() <= most))
    };
    (2..=4).contains(&numbers.len())
        && within(0, 90.0)
        && within(1, 180.0)
        && numbers.iter().all(Option::is_some)
}
