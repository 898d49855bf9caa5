//! What a form says that can be read and was hardly meant: names in expressions that stand for nothing, functions that
//! can never come to anything, defaults that are no answer.
//!
//! pyxform sees none of it. JavaRosa refuses most when it loads the form (its `XPathConditional` and `FormDef`: "is not a
//! valid question or value"), and ODK Validate, which evaluates every expression once, refuses the rest.

use std::borrow::Cow;

use serde_json::{Map, Value};
use survey::{
    Choices, Condition, Definition, Expression, Initial, Item, Kind, draft,
    expression::{Environment, EvaluationError, Hop, Origin, Reference, Tree},
    number,
};

use crate::{Severity, words::quoted};

/// Something to doubt, at a JSON Pointer.
pub(crate) struct Doubt {
    pub(crate) pointer: String,
    pub(crate) code: &'static str,
    /// An error where the form cannot work with it.
    pub(crate) severity: Severity,
    pub(crate) what: String,
    pub(crate) remedy: String,
}

/// Everything to doubt in a definition that was read from `value`.
pub(crate) fn doubts(definition: &Definition, value: &Value) -> Vec<Doubt> {
    let mut pointers = Vec::new();
    point(value, "", &mut pointers);
    let mut found = Vec::new();
    if let Some(form) = value.as_object() {
        found.extend(of_form(form));
    }
    for (at, (item, pointer)) in definition.items.iter().zip(&pointers).enumerate() {
        for (field, expression) in expressions(item) {
            let pointer = format!("{pointer}/{field}");
            let mut doubts = stray(definition, at, field, expression);
            doubts.extend(never(expression));
            // One finding a cell: what is put right first often is all there was.
            let doubt = doubts.into_iter().next();
            found.extend(doubt.map(|(code, is_error, what, remedy)| Doubt {
                pointer,
                code,
                severity: if is_error { Severity::Error } else { Severity::Warning },
                what,
                remedy,
            }));
        }
        if let Some(Initial::Written(text)) = &item.default
            && let Some(remedy) = misfit(&item.kind, text)
        {
            found.push(Doubt {
                pointer: format!("{pointer}/default"),
                code: "bad_default",
                severity: Severity::Warning,
                what: format!("The default {} is no answer to this question.", quoted(text)),
                remedy: remedy.to_owned(),
            });
        }
    }
    found
}

/// What whoever writes a form here is told of it too: tables without the columns that questions choose from, and what was hardly meant.
fn of_form(form: &Map<String, Value>) -> impl Iterator<Item = Doubt> {
    let absent = draft::absent_columns(form).into_iter().map(|absent| {
        let (what, remedy) = absent.told();
        Doubt {
            pointer: absent.pointer,
            code: "missing_column",
            severity: Severity::Error,
            what,
            remedy: remedy.to_owned(),
        }
    });
    let mut all = draft::doubts(form);
    // Many forms of the field leave it out throughout, and mean it so: one finding tells of all.
    let is_usual = |doubt: &draft::Doubt| doubt.about == draft::Doubted::Speechless;
    let usual = all.iter().filter(|doubt| is_usual(doubt)).count();
    let mut told = false;
    all.retain(|doubt| !is_usual(doubt) || !std::mem::replace(&mut told, true));
    let doubted = all.into_iter().map(move |doubt| {
        let (code, mut what, remedy) = doubt.about.told();
        let is_usual = is_usual(&doubt);
        if is_usual && usual > 1 {
            what.push_str(&format!(" So it is at {usual} questions, from here on."));
        }
        let severity = if is_usual { Severity::Note } else { Severity::Warning };
        Doubt { pointer: doubt.pointer, code, severity, what, remedy: remedy.to_owned() }
    });
    absent.chain(doubted)
}

/// The pointers of the items, each before those that it holds, as the definition has them.
fn point(value: &Value, pointer: &str, pointers: &mut Vec<String>) {
    for (index, item) in
        value.get("items").and_then(Value::as_array).into_iter().flatten().enumerate()
    {
        let own = format!("{pointer}/items/{index}");
        pointers.push(own.clone());
        point(item, &own, pointers);
    }
}

fn expressions(item: &Item) -> impl Iterator<Item = (&'static str, &Expression)> {
    fn when(condition: &Condition) -> Option<&Expression> {
        match condition {
            Condition::When(expression) => Some(expression),
            _ => None,
        }
    }
    let default = match &item.default {
        Some(Initial::Computed(expression)) => Some(expression),
        _ => None,
    };
    [
        ("relevant", item.relevant.as_ref()),
        ("constraint", item.constraint.as_ref()),
        ("calculation", item.calculation.as_ref()),
        ("choice_filter", item.choice_filter.as_ref()),
        ("repeat_count", item.repeat_count.as_ref()),
        ("required", when(&item.required)),
        ("read_only", when(&item.read_only)),
        ("default", default),
    ]
    .into_iter()
    .filter_map(|(field, expression)| Some((field, expression?)))
}

type Told = (&'static str, bool, String, String);

/// A place of a form that a path can lead to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spot {
    Above,
    Form,
    Item(usize),
}

/// Names of an expression that lead nowhere.
fn stray(definition: &Definition, at: usize, field: &str, expression: &Expression) -> Vec<Told> {
    let references = expression.references();
    references.iter().filter_map(|it| astray(definition, at, field, it)).collect()
}

fn astray(definition: &Definition, at: usize, field: &str, reference: &Reference) -> Option<Told> {
    let choices = definition.items[at].kind.choices().filter(|_| field == "choice_filter");
    let spots = match (&reference.origin, choices) {
        (Origin::Table(id) | Origin::Instance(id), _) => {
            return unlisted(definition, id, reference);
        }
        (Origin::Context, Some(Choices::List(list))) => {
            let [Hop::Child(name)] = reference.hops.as_slice() else { return None };
            let columns = list.iter().flat_map(|choice| choice.columns.iter()).map(|(own, _)| own);
            return no_column(name, columns, list.is_empty());
        }
        // The filter looks at what was answered in the repeat.
        (Origin::Context, Some(Choices::Repeat(question))) => vec![Spot::Item(*question)],
        (Origin::Context | Origin::Current, _) => vec![Spot::Item(at)],
        (Origin::Root, _) => vec![Spot::Above],
        (Origin::Named(name) | Origin::Every(name), _) => {
            let named =
                |(index, item): (usize, &Item)| (item.name == *name).then_some(Spot::Item(index));
            definition.items.iter().enumerate().filter_map(named).collect()
        }
    };
    let name = lost(definition, spots, &reference.hops)?;
    let bare = reference.origin == Origin::Context && reference.hops.len() == 1;
    let remedy = if bare && name == "null" {
        "Write '' for an empty answer.".to_owned()
    } else if bare && name == "self" {
        "Write . for the question's own answer.".to_owned()
    } else if definition.items.iter().any(|item| item.name == *name) {
        format!("Write ${{{name}}} for that question.")
    } else if bare {
        format!("Write '{name}' if it is a text, or ${{name}} for a question.")
    } else {
        "Write ${name} for a question.".to_owned()
    };
    let what = format!("{} in the expression is no question there.", quoted(name));
    Some(("stray_name", false, what, remedy))
}

/// The first name on the way that nothing has.
fn lost<'a>(definition: &Definition, mut spots: Vec<Spot>, hops: &'a [Hop]) -> Option<&'a str> {
    let above = |spot: &Spot| match spot {
        Spot::Above => None,
        Spot::Form => Some(Spot::Above),
        Spot::Item(at) => Some(definition.items[*at].parent.map_or(Spot::Form, Spot::Item)),
    };
    for hop in hops {
        spots = match hop {
            Hop::Anywhere | Hop::Children => return None,
            Hop::Parent => spots.iter().filter_map(above).collect(),
            // The form's own name, and what each record has beside the answers.
            Hop::Child(name) if name == "data" && spots.contains(&Spot::Above) => vec![Spot::Form],
            Hop::Child(name) if name == "meta" && spots.contains(&Spot::Form) => return None,
            Hop::Child(name) => {
                let mut below: Vec<Spot> = Vec::new();
                for (index, item) in definition.items.iter().enumerate() {
                    let around = item.parent.map_or(Spot::Form, Spot::Item);
                    if item.name == *name && spots.contains(&around) {
                        below.push(Spot::Item(index));
                    }
                }
                if below.is_empty() {
                    return Some(name);
                }
                below
            }
        };
    }
    None
}

/// A list or table that is not there, or a column that it does not have.
fn unlisted(definition: &Definition, id: &str, reference: &Reference) -> Option<Told> {
    let file = id.strip_suffix(".csv").unwrap_or(id);
    let column = match reference.hops.as_slice() {
        [Hop::Child(_), Hop::Child(_), Hop::Child(column)] => Some(column),
        _ => None,
    };
    if let Some(table) = definition.tables.get(file) {
        let columns = table.columns.iter().map(String::as_str);
        return no_column(column?, columns, table.columns.is_empty());
    }
    if let Some(list) = definition.lists.get(id) {
        let columns = list.iter().flat_map(|choice| choice.columns.iter()).map(|(own, _)| own);
        return no_column(column?, columns, list.is_empty());
    }
    let what =
        format!("There is no list {}, and no file {}.", quoted(id), quoted(&format!("{file}.csv")));
    let remedy = "Choose the file together with the form, or add the list to the choices.";
    Some(("missing_file", false, what, remedy.to_owned()))
}

fn no_column<'a>(
    name: &str,
    columns: impl Iterator<Item = &'a str>,
    is_empty: bool,
) -> Option<Told> {
    let mut known = vec!["name", "label", "itextId"];
    known.extend(columns);
    if is_empty || known.contains(&name) {
        return None;
    }
    let remedy = match crate::words::meant(name, known) {
        Some(other) => format!("Did you mean {other}?"),
        None => format!("Add a column {}, or write ${{name}} for a question.", quoted(name)),
    };
    Some(("stray_name", false, format!("The choices have no column {}.", quoted(name)), remedy))
}

/// Why an expression comes to nothing whatever is answered: values of another type than a function takes.
fn never(expression: &Expression) -> Option<Told> {
    let environment = Environment::new(model::time::Millis(0), 0, 0);
    match expression.evaluate(&Blank, Some(()), &environment) {
        Err(EvaluationError::Nodes(name)) => {
            let name = if name.len() > 1 { format!("{name}()") } else { name.to_owned() };
            let what = format!("{name} takes questions, and was given something else.");
            let remedy = "Write ${name} there.";
            Some(("bad_expression", true, what, remedy.to_owned()))
        }
        Err(EvaluationError::Digest(word)) => {
            let what = format!("digest() does not know {} here.", quoted(&word));
            let remedy = "Use 'SHA-256' with 'base64' or 'hex'.";
            Some(("bad_expression", true, what, remedy.to_owned()))
        }
        _ => None,
    }
}

/// A form in which every name stands for one question without an answer.
struct Blank;

impl Tree for Blank {
    type Node = Option<()>;

    fn root(&self) -> Self::Node {
        None
    }

    fn parent(&self, _: Self::Node) -> Option<Self::Node> {
        None
    }

    fn children(&self, _: Self::Node) -> Vec<Self::Node> {
        Vec::new()
    }

    fn name(&self, _: Self::Node) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn text(&self, _: Self::Node) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn named(&self, _: &str, _: Option<Self::Node>) -> Vec<Self::Node> {
        vec![Some(())]
    }

    fn instance(&self, _: &str) -> Option<Self::Node> {
        Some(None)
    }

    fn choice_label(&self, _: Self::Node, _: &str) -> Option<String> {
        None
    }
}

/// What to write instead of a default that is no answer of that kind.
fn misfit(kind: &Kind, text: &str) -> Option<&'static str> {
    let picks = |choices: &Choices, names: &[&str]| {
        let list: Vec<&str> = choices.iter().map(|choice| choice.name.as_str()).collect();
        list.is_empty() || names.iter().all(|name| list.contains(name))
    };
    let (fits, remedy) = match kind {
        Kind::Integer => (text.parse::<i64>().is_ok(), "Write a whole number, such as 5."),
        Kind::Decimal | Kind::Range(_) => {
            (number::parse(text).is_some(), "Write a number, such as 2.5.")
        }
        Kind::Date => {
            (model::time::parse_date(text).is_some(), "Write a date as 2026-11-29, or today().")
        }
        Kind::Time => {
            let clock = text.get(..5).unwrap_or_default();
            (model::time::parse_time(clock).is_some(), "Write a time as 14:30.")
        }
        Kind::DateTime => {
            let good = text.split_once('T').is_some_and(|(date, time)| {
                let clock = time.get(..5).unwrap_or_default();
                model::time::parse_date(date).is_some() && model::time::parse_time(clock).is_some()
            });
            (good, "Write it as 2026-11-29T14:30:00, or now().")
        }
        Kind::SelectOne(choices) => {
            (picks(choices, &[text]), "Write the name of one of its choices.")
        }
        Kind::SelectMultiple(choices) | Kind::Rank(choices) => {
            let remedy = "Write names of its choices with spaces between them.";
            (picks(choices, &text.split_whitespace().collect::<Vec<_>>()), remedy)
        }
        _ => return None,
    };
    (!fits).then_some(remedy)
}
