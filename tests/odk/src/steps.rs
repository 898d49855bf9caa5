//! One way through a form, written down for a page that measures.

use std::sync::Arc;

use anyhow::{Result, ensure};
use model::{submission::Answer, time::Millis};
use serde::Serialize;
use survey::{Context, Fill, Kind};

use crate::{
    answer::{Chance, Edges, good},
    form::{Form, Place},
    walk::{NOW, TODAY},
};

/// Answers that come back to an earlier question, once all are given.
const CHANGES: usize = 60;

/// An answer, and what stands on the screen with it.
#[derive(Debug, Serialize)]
pub struct Step {
    path: String,
    /// In ODK's engine, from the root.
    reference: String,
    /// The names of several choices with spaces between.
    value: String,
    many: bool,
    page: Vec<Shown>,
}

/// A question on the screen.
#[derive(Debug, Clone, Serialize)]
pub struct Shown {
    path: String,
    reference: String,
}

/// The references of the first page's questions, and the answers of one way through the form.
///
/// # Errors
/// When our engine does not take an answer.
pub fn of(form: &Form) -> Result<(Vec<String>, Vec<Step>)> {
    let context = Context { now: Millis(NOW), ..Context::default() };
    let mut fill = Fill::start(Arc::clone(&form.definition), context);
    let mut chance = Chance::new(3);
    let edges = Edges::of(&form.definition, TODAY);
    let first = fill.fields().iter().map(survey::Field::path).collect::<Vec<_>>();
    let all = form.places(&fill);
    let first = all.iter().filter(|it| first.contains(&it.path)).map(reference).collect();
    let mut steps = Vec::new();
    let mut answer = |fill: &mut Fill, chance: &mut Chance, place: &Place| -> Result<()> {
        let Some(field) = fill.field(&place.path) else { return Ok(()) };
        if !field.is_relevant() || !field.kind().is_asked() {
            return Ok(());
        }
        let many = matches!(field.kind(), Kind::SelectMultiple(_));
        let offered: Vec<String> = field.choices("").into_iter().map(|it| it.name).collect();
        let Some(answer) = good(&field.kind().clone(), &offered, &edges, chance) else {
            return Ok(());
        };
        let value = match &answer {
            Answer::One(text) => text.clone(),
            Answer::Many(names) => names.join(" "),
            _ => return Ok(()),
        };
        ensure!(fill.set(&place.path, Some(answer)), "{} takes no answer", place.path);
        let page = on_page(form, fill, place);
        steps.push(Step {
            path: place.path.clone(),
            reference: reference(place),
            value,
            many,
            page,
        });
        Ok(())
    };
    for place in &all {
        answer(&mut fill, &mut chance, place)?;
    }
    for _ in 0..CHANGES {
        if let Some(place) = chance.pick(&all) {
            answer(&mut fill, &mut chance, place)?;
        }
    }
    Ok((first, steps))
}

fn reference(place: &Place) -> String {
    format!("/data/{}", place.reference)
}

/// The questions that stand on the screen with one: those of its group where that is a page, else itself.
fn on_page(form: &Form, fill: &Fill, place: &Place) -> Vec<Shown> {
    let items = &form.definition.items;
    let group = items[place.item].parent.filter(|group| items[*group].looks("field-list"));
    let places = form.places(fill);
    let with = places.iter().filter(|other| match group {
        Some(group) => items[other.item].parent == Some(group) && items[other.item].kind.is_shown(),
        None => other.path == place.path,
    });
    with.map(|it| Shown { path: it.path.clone(), reference: reference(it) }).collect()
}
