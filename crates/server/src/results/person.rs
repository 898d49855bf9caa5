//! Who answered: what results are narrowed and compared by.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use model::{
    Collection, Key, Text,
    catalogue::{Area, Venue, Ward, view},
    submission::{Answer, Response, Submission},
};

use crate::{
    Store, StoreError,
    asked::{Question, Sort},
};

/// What people have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dimension {
    /// Where the tablet stood.
    Venue,
    /// The ward they say they live in.
    Ward,
    /// The area they say they live in. Not that of the venue: then a venue's figures could be had by subtracting those of
    /// the area's other venues.
    Area,
    /// The language of the screen.
    Language,
    /// The version they answered.
    Version,
    /// Whether they went to the end: `no` or `yes`.
    Partial,
    /// The day, by the tablet's clock: `before`, `within` or `after` the days that are asked for.
    Days,
    /// Their answer to the question at a path.
    Answer(String),
}

impl Dimension {
    /// What `?by=` calls it: a name with an `@`, or the path of a question.
    pub fn parse(text: &str) -> Self {
        match text {
            "@venue" => Self::Venue,
            "@ward" => Self::Ward,
            "@area" => Self::Area,
            "@language" => Self::Language,
            "@version" => Self::Version,
            path => Self::Answer(path.to_owned()),
        }
    }
}

/// Where people live, as far as the survey asks.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// The question that asks for the ward, and the ward of each of its choices.
    pub ward: Option<(String, BTreeMap<String, Key>)>,
    /// The question that asks for the area, and the area of each of its choices.
    pub area: Option<(String, BTreeMap<String, Key>)>,
    /// The names of wards, areas and venues.
    pub names: BTreeMap<(Dimension, String), Text>,
}

impl Places {
    /// Reads the catalogue, and looks which of `questions` asks where people live: the first whose choices are, half of
    /// them or more, the names or ids of wards (of areas).
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn read(store: &Store, questions: &[Question]) -> Result<Self, StoreError> {
        let mut places = Self::default();
        let mut wards = Vec::new();
        for record in store.records(Collection::Ward).await? {
            if let Ok(Ward { name, code }) = view(&record.fields) {
                wards.push((record.id.clone(), vec![name.get("en").to_owned(), code]));
                places.names.insert((Dimension::Ward, record.id.to_string()), name);
            }
        }
        let mut areas = Vec::new();
        for record in store.records(Collection::Area).await? {
            if let Ok(Area { name }) = view(&record.fields) {
                areas.push((record.id.clone(), vec![name.get("en").to_owned()]));
                places.names.insert((Dimension::Area, record.id.to_string()), name);
            }
        }
        for record in store.records(Collection::Venue).await? {
            if let Ok(venue) = view::<Venue>(&record.fields) {
                places.names.insert((Dimension::Venue, record.id.to_string()), venue.name);
            }
        }
        places.ward = asks_for(&wards, questions);
        places.area = asks_for(&areas, questions);
        Ok(places)
    }
}

/// An id and a choice are the same place however they are written: "Tilbury and Chadwell", `tilbury_and_chadwell`.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn asks_for(
    places: &[(Key, Vec<String>)],
    questions: &[Question],
) -> Option<(String, BTreeMap<String, Key>)> {
    let of = |name: &str| {
        let name = plain(name);
        let same = |(id, names): &&(Key, Vec<String>)| {
            plain(id.as_str()) == name || names.iter().any(|own| plain(own) == name)
        };
        places.iter().find(same).map(|(id, _)| id.clone())
    };
    questions.iter().filter(|it| it.sort == Sort::One && it.repeat.is_none()).find_map(|question| {
        let known = question.offers.iter().filter_map(|offer| {
            let id = of(&offer.name).or_else(|| of(offer.label.get("en")))?;
            Some((offer.name.clone(), id))
        });
        let known: BTreeMap<_, _> = known.collect();
        let enough = known.len() >= 2 && known.len() * 2 >= question.offers.len();
        enough.then(|| (question.path.clone(), known))
    })
}

/// One person's response.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// What stands around it.
    pub submission: &'a Submission,
    /// The response.
    pub response: &'a Response,
}

impl Person<'_> {
    /// The day in London.
    pub fn day(&self) -> NaiveDate {
        self.submission.made_at.london_date()
    }

    /// What the person has in a dimension; empty if that is not known.
    pub fn value(
        &self,
        dimension: &Dimension,
        places: &Places,
        days: (Option<NaiveDate>, Option<NaiveDate>),
    ) -> String {
        let key = |key: Option<&Key>| key.map(Key::to_string).unwrap_or_default();
        let lives = |(path, known): &(String, BTreeMap<String, Key>)| {
            known.get(&self.answer(path)).map(Key::to_string)
        };
        match dimension {
            Dimension::Venue => key(self.submission.venue.as_ref()),
            Dimension::Ward => places.ward.as_ref().and_then(lives).unwrap_or_default(),
            Dimension::Area => places.area.as_ref().and_then(lives).unwrap_or_default(),
            Dimension::Language => self.submission.language.clone(),
            Dimension::Version => self.response.version.to_string(),
            Dimension::Partial => if self.response.partial { "yes" } else { "no" }.to_owned(),
            Dimension::Days => {
                let day = self.day();
                if days.0.is_some_and(|from| day < from) {
                    "before".to_owned()
                } else if days.1.is_some_and(|to| day > to) {
                    "after".to_owned()
                } else {
                    "within".to_owned()
                }
            }
            Dimension::Answer(path) => self.answer(path),
        }
    }

    fn answer(&self, path: &str) -> String {
        match self.response.answers.get(path) {
            Some(Answer::One(value)) => value.clone(),
            _ => String::new(),
        }
    }
}
