//! The answers that a run is given: an object of names and values to paths and answers.

use std::{ops::Range, sync::Arc};

use model::{limits::ANSWERS, submission::Answer};
use serde_json::{Map, Value};

use super::{Unused, Why};
use crate::{Definition, Item, Kind, number};

/// One answer for one place of the form.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Given {
    /// Where it stands among the answers.
    key: String,
    /// The path of the question or the repeat, as [`crate::Fill`] has it.
    pub(super) path: String,
    /// Where it stands in the form: items, and positions of the instances between them.
    pub(super) order: Vec<usize>,
    pub(super) taken: Taken,
}

/// What an answer is for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Taken {
    /// A question.
    Answer(Option<Answer>),
    /// A repeat: how many instances it is to have.
    Instances(usize),
}

impl Given {
    /// It was not taken.
    pub(super) fn unused(&self, why: Why) -> Unused {
        let path = &self.path;
        let detail = match (why, &self.taken) {
            (Why::NoInstance, Taken::Instances(many)) => format!(
                "The form does not ask for {many} of \"{path}\" after these answers. Give as many as it asks for."
            ),
            (Why::NoInstance, _) => format!(
                "There is no \"{path}\" after these answers: the repeat has fewer instances."
            ),
            (Why::NotRelevant, _) => format!(
                "\"{path}\" is not asked after these answers. Change what its condition looks at, or take the answer out."
            ),
            _ => format!(
                "\"{path}\" takes no answer: it is computed, a note, or can only be read. Take the answer out."
            ),
        };
        Unused { answer: self.key.clone(), why, detail }
    }
}

/// Where names are looked up: the form, a group or an instance of a repeat.
struct Scope {
    /// The items inside.
    items: Range<usize>,
    /// The repeat whose instance it is in.
    repeat: Option<usize>,
    /// The path of that instance.
    instance: String,
    /// Where its object stands among the answers.
    key: String,
    order: Vec<usize>,
}

/// Reads an object of answers: what fits the form, and what does not.
pub(super) fn read(
    definition: &Arc<Definition>,
    answers: &Map<String, Value>,
) -> (Vec<Given>, Vec<Unused>) {
    let mut reader = Reader { definition, given: Vec::new(), unused: Vec::new() };
    let all = 0..definition.items.len();
    let scope = Scope {
        items: all,
        repeat: None,
        instance: String::new(),
        key: String::new(),
        order: Vec::new(),
    };
    reader.object(&scope, answers);
    (reader.given, reader.unused)
}

struct Reader<'a> {
    definition: &'a Definition,
    given: Vec<Given>,
    unused: Vec<Unused>,
}

impl Reader<'_> {
    fn object(&mut self, scope: &Scope, answers: &Map<String, Value>) {
        // A map's order depends on a feature of serde_json that any crate may switch on.
        let mut answers: Vec<(&String, &Value)> = answers.iter().collect();
        answers.sort_unstable_by_key(|(name, _)| *name);
        for (name, value) in answers {
            self.entry(scope, name, value);
        }
    }

    fn refuse(&mut self, key: String, why: Why, detail: String) {
        self.unused.push(Unused { answer: key, why, detail });
    }

    /// One name with its value; the name may be a path, `household[2]/age`.
    fn entry(&mut self, scope: &Scope, name: &str, value: &Value) {
        let key =
            if scope.key.is_empty() { name.to_owned() } else { format!("{}/{name}", scope.key) };
        let (head, rest) = match name.split_once('/') {
            Some((head, rest)) => (head, Some(rest)),
            None => (name, None),
        };
        let (head, position) = match head.strip_suffix(']').and_then(|head| head.split_once('[')) {
            Some((head, digits)) => (head, Some(digits.parse::<usize>().unwrap_or_default())),
            None => (head, None),
        };
        let at = match self.found(scope, head) {
            Ok(at) => at,
            Err(detail) => return self.refuse(key, Why::Unknown, detail),
        };
        let item = &self.definition.items[at];
        match (&item.kind, position) {
            (Kind::Repeat, Some(position)) if (1..=ANSWERS).contains(&position) => {
                let inner = self.instance(scope, at, position, &key);
                match (rest, value) {
                    (Some(rest), value) => {
                        // The rest of the key is written behind it, not the whole key again.
                        let written = key.strip_suffix(rest).unwrap_or(&key).trim_end_matches('/');
                        let inner = Scope { key: written.to_owned(), ..inner };
                        self.entry(&inner, rest, value);
                    }
                    (None, Value::Object(fields)) => self.object(&inner, fields),
                    _ => self.refuse(key, Why::Malformed, wants_objects(item)),
                }
            }
            (Kind::Repeat, None) if rest.is_none() => self.repeat(scope, at, &key, value),
            (Kind::Group, None) => {
                let inner = Scope {
                    items: at + 1..item.end,
                    repeat: scope.repeat,
                    instance: scope.instance.clone(),
                    key: key.clone(),
                    order: scope.order.clone(),
                };
                match (rest, value) {
                    (Some(rest), value) => {
                        let written = key.strip_suffix(rest).unwrap_or(&key).trim_end_matches('/');
                        let inner = Scope { key: written.to_owned(), ..inner };
                        self.entry(&inner, rest, value);
                    }
                    (None, Value::Object(fields)) => self.object(&inner, fields),
                    _ => {
                        let name = &item.name;
                        let detail = format!(
                            "\"{name}\" is a group. Write an object of its answers: {{\"{name}\": {{…}}}}."
                        );
                        self.refuse(key, Why::Malformed, detail);
                    }
                }
            }
            (Kind::Group | Kind::Repeat, _) => {
                let name = &item.name;
                let detail = format!(
                    "\"{head}\" is not written like this. Instances count from 1: {name}[1]/…"
                );
                self.refuse(key, Why::Malformed, detail);
            }
            (_, Some(_)) | (_, None) if position.is_some() || rest.is_some() => {
                let detail = format!("\"{}\" is a question and holds no others.", item.name);
                self.refuse(key, Why::Unknown, detail);
            }
            (kind, _) => match answer(kind, value) {
                Ok(answer) => {
                    let path = self.path(scope, at);
                    let mut order = scope.order.clone();
                    order.push(at);
                    self.given.push(Given { key, path, order, taken: Taken::Answer(answer) });
                }
                Err(wants) => {
                    let detail =
                        format!("The answer to \"{}\" has another form. {wants}", item.name);
                    self.refuse(key, Why::Malformed, detail);
                }
            },
        }
    }

    /// The answers to a repeat: a list with an object for each instance, or how many there are.
    fn repeat(&mut self, scope: &Scope, at: usize, key: &str, value: &Value) {
        let item = &self.definition.items[at];
        let counted = match value {
            Value::Array(instances) => Some(instances.len()),
            Value::Number(number) => number.as_u64().and_then(|many| usize::try_from(many).ok()),
            // As a stored record has it.
            Value::String(text) => text.parse().ok(),
            _ => None,
        };
        let Some(many) = counted.filter(|many| *many <= ANSWERS) else {
            return self.refuse(key.to_owned(), Why::Malformed, wants_objects(item));
        };
        let mut order = scope.order.clone();
        order.push(at);
        let (key_of, path) = (key.to_owned(), self.path(scope, at));
        self.given.push(Given { key: key_of, path, order, taken: Taken::Instances(many) });
        for (index, instance) in value.as_array().into_iter().flatten().enumerate() {
            let key = format!("{key}[{}]", index + 1);
            let inner = self.instance(scope, at, index + 1, &key);
            match instance {
                Value::Object(fields) => self.object(&inner, fields),
                Value::Null => {}
                _ => self.refuse(key, Why::Malformed, wants_objects(item)),
            }
        }
    }

    fn instance(&self, scope: &Scope, at: usize, position: usize, key: &str) -> Scope {
        let mut order = scope.order.clone();
        order.extend([at, position]);
        Scope {
            items: at + 1..self.definition.items[at].end,
            repeat: Some(at),
            instance: format!("{}[{position}]", self.path(scope, at)),
            key: key.to_owned(),
            order,
        }
    }

    /// The path of an item directly inside the repeat of a scope.
    fn path(&self, scope: &Scope, at: usize) -> String {
        let item = &self.definition.items[at];
        let Some(repeat) = scope.repeat else { return item.path.clone() };
        let local = item.path.get(self.definition.items[repeat].path.len() + 1..);
        format!("{}/{}", scope.instance, local.unwrap_or(&item.name))
    }

    /// The item that a name means in a scope: groups may be written or left out, repeats may not.
    fn found(&self, scope: &Scope, name: &str) -> Result<usize, String> {
        let items = &self.definition.items;
        let own = |at: &usize| items[*at].repeat == scope.repeat;
        let called = |at: &usize| items[*at].name == name;
        let found: Vec<usize> = scope.items.clone().filter(|at| own(at) && called(at)).collect();
        match found[..] {
            [at] => return Ok(at),
            [first, ..] => {
                // One that stands in the group itself is nearer than those in groups inside.
                let direct = |at: &&usize| items[**at].parent == self.group_of(scope);
                if let Some(at) = found.iter().find(direct) {
                    return Ok(*at);
                }
                let group = items[first].parent.map_or("", |group| items[group].name.as_str());
                return Err(format!(
                    "Several questions are called \"{name}\". Write it inside its group: {{\"{group}\": {{\"{name}\": …}}}}."
                ));
            }
            [] => {}
        }
        let elsewhere = scope.items.clone().find(called).and_then(|at| items[at].repeat);
        if let Some(repeat) = elsewhere {
            let repeat = &items[repeat].name;
            return Err(format!(
                "\"{name}\" stands in the repeat \"{repeat}\". Write a list: {{\"{repeat}\": [{{\"{name}\": …}}]}}."
            ));
        }
        let folded = |name: &str| name.replace(['-', '_', ' ', '.'], "").to_lowercase();
        let near =
            scope.items.clone().filter(own).find(|at| folded(&items[*at].name) == folded(name));
        Err(match near {
            Some(at) => {
                format!("The form has no question \"{name}\". Did you mean \"{}\"?", items[at].name)
            }
            None => format!(
                "The form has no question \"{name}\" here. Write the name of one that it has."
            ),
        })
    }

    /// The group or repeat that a scope is the inside of.
    fn group_of(&self, scope: &Scope) -> Option<usize> {
        scope.items.start.checked_sub(1)
    }
}

fn wants_objects(item: &Item) -> String {
    let name = &item.name;
    format!(
        "\"{name}\" is a repeat. Write a list with an object for each instance: {{\"{name}\": [{{…}}, {{…}}]}}."
    )
}

/// A value as the answer to a question of that kind.
fn answer(kind: &Kind, value: &Value) -> Result<Option<Answer>, &'static str> {
    let many = matches!(kind, Kind::SelectMultiple(_) | Kind::Rank(_));
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(true) if *kind == Kind::Acknowledge => Some("OK".to_owned()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Number(number) => Some(match number.as_f64() {
            Some(float) if number.is_f64() => number::write(float),
            _ => number.to_string(),
        }),
        _ => None,
    };
    match value {
        Value::Null => Ok(None),
        Value::Bool(false) if *kind == Kind::Acknowledge => Ok(None),
        Value::Object(fields) => match fields.iter().next() {
            Some((key, Value::Bool(true))) if key == "declined" => Ok(Some(Answer::Declined)),
            _ => serde_json::from_value(value.clone())
                .map(Some)
                .map_err(|_| "Write a text, a number, a list of names or {\"declined\": true}."),
        },
        Value::Array(names) if many => {
            let names: Option<Vec<String>> = names.iter().map(text).collect();
            Ok(Some(Answer::Many(names.ok_or("Write a list of the names of choices.")?)))
        }
        Value::Array(_) => Err("Write one text or number: it takes one answer."),
        _ => {
            let text = text(value).unwrap_or_default();
            Ok(Some(if many {
                Answer::Many(text.split_whitespace().map(str::to_owned).collect())
            } else {
                Answer::One(text)
            }))
        }
    }
}
