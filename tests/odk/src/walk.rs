//! One way through a form, in both engines at once.

use std::sync::Arc;

use anyhow::{Result, bail};
use model::{submission::Answer, time::Millis};
use survey::{Context, Fill};

use crate::{
    answer::{Chance, Edges, bad, given, good},
    compare::Comparison,
    engine::{Engine, OFFSET},
    form::{Form, Place},
    record, words,
};

/// When every form is filled in: 22 November 2026, 23:58 on the wall, two minutes before the day changes there and
/// two hours after UTC's evening.
pub const NOW: i64 = 1_795_384_680_000;
/// That day.
pub const TODAY: &str = "2026-11-22";
const DEVICE: &str = "tablet:1";
/// After so many changes everything is read in every language.
const READ: usize = 10;
/// Instances that are added to a repeat at most.
const INSTANCES: usize = 3;

/// Answers the questions of a form in their order, then goes back and forth and changes `changes` of them.
///
/// # Errors
/// When ODK's engine fails.
pub fn walk(
    form: &Form,
    engine: &mut Engine,
    comparison: &mut Comparison<'_>,
    seed: u64,
    changes: usize,
) -> Result<()> {
    let context = Context {
        now: Millis(NOW),
        offset: OFFSET,
        seed,
        device: DEVICE.to_owned(),
        ..Context::default()
    };
    let fill = Fill::start(Arc::clone(&form.definition), context);
    engine.begin(NOW, DEVICE)?;
    let edges = Edges::of(&form.definition, TODAY);
    let mut walk = Walk { form, engine, comparison, fill, edges, chance: Chance::new(seed) };
    walk.comparison.state(&walk.fill, walk.engine);
    walk.read()?;
    let mut done = 0;
    // What an answer brings up comes after it, so the next one is looked for each time.
    while let Some(place) = walk.places().into_iter().nth(done) {
        done += 1;
        // One in eight is left out.
        if walk.chance.below(8) > 0 {
            walk.answer(&place)?;
        }
    }
    walk.read()?;
    for change in 0..changes {
        let places = walk.places();
        if let Some(place) = walk.chance.pick(&places).cloned() {
            walk.answer(&place)?;
        }
        if change % READ == READ - 1 {
            walk.read()?;
        }
    }
    walk.finish()
}

struct Walk<'a, 'c, 'f> {
    form: &'a Form,
    engine: &'a mut Engine,
    comparison: &'c mut Comparison<'f>,
    fill: Fill,
    edges: Edges,
    chance: Chance,
}

impl Walk<'_, '_, '_> {
    /// The questions that somebody could answer now, and the repeats.
    fn places(&self) -> Vec<Place> {
        let mut places = self.form.places(&self.fill);
        places.retain(|place| {
            let item = &self.form.definition.items[place.item];
            match self.fill.field(&place.path) {
                Some(field) => field.is_relevant() && item.kind.is_asked() && !field.is_read_only(),
                None => item.repeat_count.is_none(),
            }
        });
        // Both have to ask it.
        places.retain(|it| self.engine.nodes.get(&it.reference).is_some_and(|it| it.relevant));
        places
    }

    fn answer(&mut self, place: &Place) -> Result<()> {
        let Some(field) = self.fill.field(&place.path) else {
            return self.instances(place);
        };
        let kind = field.kind().clone();
        let before = field.answer().cloned();
        let offered: Vec<String> = field.choices("").into_iter().map(|it| it.name).collect();
        match self.chance.below(12) {
            0 => self.set(place, None)?,
            1 => {
                let Some(answer) = bad(&kind, &offered, &mut self.chance) else { return Ok(()) };
                self.fill.set(&place.path, Some(answer.clone()));
                // An error of the engine is its way to refuse.
                let _ = self.engine.set(&place.reference, &given(Some(&answer)))?;
                self.comparison.bad(place, &self.fill, self.engine, &answer);
                // Whatever became of it, it is put right before anything else is compared.
                let before = before.filter(|_| self.chance.below(2) == 0);
                self.set(place, before)?;
            }
            _ => {
                let answer = good(&kind, &offered, &self.edges, &mut self.chance);
                self.set(place, answer)?;
            }
        }
        self.comparison.state(&self.fill, self.engine);
        Ok(())
    }

    fn set(&mut self, place: &Place, answer: Option<Answer>) -> Result<()> {
        let reply = self.engine.set(&place.reference, &given(answer.as_ref()))?;
        if let Err(error) = reply {
            bail!("{}: ODK's engine does not take {answer:?}: {error}", place.reference);
        }
        if !self.fill.set(&place.path, answer.clone()) {
            bail!("{}: our engine does not take {answer:?}", place.path);
        }
        Ok(())
    }

    fn instances(&mut self, place: &Place) -> Result<()> {
        let Some(count) = self.engine.nodes.get(&place.reference).and_then(|it| it.count) else {
            return Ok(());
        };
        if count > 0 && (count >= INSTANCES || self.chance.below(3) == 0) {
            let position = self.chance.below(count) + 1;
            self.engine.remove(&place.reference, position)?;
            self.fill.remove(&format!("{}[{position}]", place.path));
        } else {
            self.engine.add(&place.reference)?;
            self.fill.add(&place.path);
        }
        self.comparison.state(&self.fill, self.engine);
        Ok(())
    }

    /// Reads everything in every language, and goes back to the one that was spoken.
    fn read(&mut self) -> Result<()> {
        let definition = Arc::clone(&self.form.definition);
        let own = definition.languages.first().map_or("", String::as_str);
        let headings = self.engine.languages.clone();
        let mut spoken = None;
        for heading in &headings {
            let Some(tag) = words::tag(&definition, heading) else {
                bail!("the form has no language {heading:?}");
            };
            if headings.len() > 1 {
                self.engine.speak(heading)?;
                self.fill.set_language(tag);
                self.comparison.state(&self.fill, self.engine);
            }
            if tag == own {
                spoken = Some(heading);
            }
            let theirs = self.engine.words()?;
            self.comparison.words(&self.fill, &theirs, tag);
        }
        if let Some(spoken) = spoken.filter(|_| headings.len() > 1) {
            self.engine.speak(spoken)?;
            self.fill.set_language(own);
        }
        Ok(())
    }

    fn finish(self) -> Result<()> {
        let record = record::values(&self.engine.finish()?)?;
        self.comparison.record(&self.fill, &record);
        Ok(())
    }
}
