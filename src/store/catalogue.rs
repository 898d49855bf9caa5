//! The published content.
//!
//! Records stay as they came and are read into their types where a page needs one: a tablet with
//! 10,000 listings shows 30 of them.

use std::sync::{Arc, OnceLock};

use chrono::{Days, NaiveDate, NaiveDateTime};
use model::{
    Collection, Key, Record, Text,
    catalogue::{
        Cost, Event, Listing, Site, Survey, SurveyVersion, Venue, survey_version_key, view,
    },
    recurrence::occurrences,
};
use search::{Document, Index};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use survey::Definition;

use crate::locale::compare;

/// What the catalogue holds at one moment. Cheap to clone.
#[derive(Clone, Default)]
pub struct CatalogueView {
    content: Arc<Content>,
}

#[derive(Default)]
struct Content {
    /// In the order of their collections and ids.
    records: Vec<(Collection, Arc<Record>)>,
    /// Built at the first search, since most people never search.
    index: OnceLock<(Vec<Key>, Index)>,
}

/// One time an event takes place.
#[derive(Debug, Clone)]
pub struct Occurrence {
    /// Its start, wall time.
    pub start: NaiveDateTime,
    /// Which event.
    pub id: Key,
    /// The event.
    pub event: Arc<Event>,
}

/// What a list of events or listings is narrowed to; empty means everything.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Events at this venue.
    pub venue: Option<Key>,
    /// What serves this area.
    pub area: Option<Key>,
    /// Events of this theme.
    pub theme: Option<Key>,
    /// Listings of this kind.
    pub category: Option<Key>,
    /// Listings that cost this much.
    pub cost: Option<Cost>,
    /// Listings that speak this language.
    pub language: Option<String>,
}

impl Filter {
    /// How many of its parts are chosen.
    pub fn count(&self) -> usize {
        let keys = [&self.venue, &self.area, &self.theme, &self.category];
        keys.into_iter().flatten().count()
            + usize::from(self.cost.is_some())
            + usize::from(self.language.is_some())
    }

    /// Whether a listing fits, told from its fields as they are stored.
    fn fits_listing(&self, record: &Record) -> bool {
        let list = |name: &str| record.fields.get(name).and_then(Value::as_array);
        let holds = |name: &str, wanted: Option<&str>, empty_is_all: bool| {
            wanted.is_none_or(|wanted| {
                let items = list(name).map(Vec::as_slice).unwrap_or_default();
                items.iter().any(|item| item == wanted) || (empty_is_all && items.is_empty())
            })
        };
        let cost = |wanted: Cost| record.fields.get("cost").is_some_and(|it| it == wanted.name());
        holds("categories", self.category.as_ref().map(Key::as_str), false)
            && holds("areas", self.area.as_ref().map(Key::as_str), true)
            && holds("languages", self.language.as_deref(), false)
            && self.cost.is_none_or(cost)
    }
}

impl CatalogueView {
    /// Takes the records. Those of a collection that this app does not know are left out: a
    /// newer server may publish what it cannot show yet.
    pub fn new(records: Vec<Record>) -> Self {
        let known = |record: Record| Some((record.known_collection()?, Arc::new(record)));
        let mut records: Vec<_> = records.into_iter().filter_map(known).collect();
        records.sort_by(|(one, a), (other, b)| (one, &a.id).cmp(&(other, &b.id)));
        Self { content: Arc::new(Content { records, index: OnceLock::new() }) }
    }

    /// Whether nothing has been fetched yet.
    pub fn is_empty(&self) -> bool {
        self.content.records.is_empty()
    }

    /// The records of a collection with their ids, ascending.
    pub fn records(&self, collection: Collection) -> impl Iterator<Item = (&Key, &Arc<Record>)> {
        let records = &self.content.records;
        let start = records.partition_point(|(of, _)| *of < collection);
        let of_kind = records[start..].iter().take_while(move |(of, _)| *of == collection);
        of_kind.map(|(_, record)| (&record.id, record))
    }

    /// The record of that id as it is stored; its revision is the base of an edit.
    pub fn record(&self, collection: Collection, id: &Key) -> Option<&Arc<Record>> {
        let records = &self.content.records;
        let at = records.binary_search_by(|(of, record)| (of, &record.id).cmp(&(&collection, id)));
        records.get(at.ok()?).map(|(_, record)| record)
    }

    /// The record of that id as its type; none if it is not there or does not fit.
    pub fn read<T: DeserializeOwned>(&self, collection: Collection, id: &Key) -> Option<T> {
        view(&self.record(collection, id)?.fields).ok()
    }

    /// The borough's own record.
    pub fn site(&self) -> Option<Site> {
        let (_, record) = self.records(Collection::Site).next()?;
        view(&record.fields).ok()
    }

    /// The name of an area, a venue, a theme or a kind of support.
    pub fn name(&self, collection: Collection, id: &Key) -> Option<Text> {
        text_of(self.record(collection, id)?, "name")
    }

    /// The names of a collection with their ids.
    pub fn names(&self, collection: Collection) -> Vec<(Key, Text)> {
        let named =
            |(id, record): (&Key, &Arc<Record>)| Some((id.clone(), text_of(record, "name")?));
        self.records(collection).filter_map(named).collect()
    }

    /// The venue of that id.
    pub fn venue(&self, id: &Key) -> Option<Venue> {
        self.read(Collection::Venue, id)
    }

    /// The event of that id.
    pub fn event(&self, id: &Key) -> Option<Event> {
        self.read(Collection::Event, id)
    }

    /// The listing of that id.
    pub fn listing(&self, id: &Key) -> Option<Listing> {
        self.read(Collection::Listing, id)
    }

    /// The survey of that id.
    pub fn survey(&self, id: &Key) -> Option<Survey> {
        self.read(Collection::Survey, id)
    }

    /// Every survey with its id.
    pub fn surveys(&self) -> Vec<(Key, Survey)> {
        let ids = self.records(Collection::Survey).map(|(id, _)| id);
        ids.filter_map(|id| Some((id.clone(), self.survey(id)?))).collect()
    }

    /// The questions of a survey's version, if they are here and can be read.
    pub fn definition(&self, survey: &Key, version: u32) -> Option<Definition> {
        let id = survey_version_key(survey, version)?;
        let stored: SurveyVersion = self.read(Collection::SurveyVersion, &id)?;
        Definition::read_published(&stored.definition)
    }

    /// The questions of a survey's version as they are stored, to be changed.
    pub fn stored_definition(&self, survey: &Key, version: u32) -> Option<Value> {
        let id = survey_version_key(survey, version)?;
        self.record(Collection::SurveyVersion, &id)?.fields.get("definition").cloned()
    }

    /// The number of a survey's next version: no other was ever published under it.
    pub fn next_version(&self, survey: &Key) -> u32 {
        let versions = self.records(Collection::SurveyVersion).filter_map(|(_, record)| {
            let stored: SurveyVersion = view(&record.fields).ok()?;
            (stored.survey == *survey).then_some(stored.version)
        });
        versions.max().unwrap_or(0) + 1
    }

    /// Where an event takes place, in words.
    pub fn place(&self, event: &Event, language: &str) -> String {
        let venue = event.venue.as_ref().and_then(|id| self.name(Collection::Venue, id));
        match (venue, &event.place) {
            (Some(name), _) => name.get(language).to_owned(),
            (None, Some(place)) => place.clone(),
            (None, None) => String::new(),
        }
    }

    /// What takes place on the `days` days from `from`, in order of time. An event of several
    /// days that began before `from` and is still going on stands at `from`.
    pub fn occurrences(&self, filter: &Filter, from: NaiveDate, days: u64) -> Vec<Occurrence> {
        let to = from + Days::new(days.saturating_sub(1));
        let mut found = Vec::new();
        for (id, record) in self.records(Collection::Event) {
            let Ok(event) = view::<Event>(&record.fields) else { continue };
            if !self.event_fits(&event, filter) {
                continue;
            }
            let event = Arc::new(event);
            let length = Days::new(u64::from(event.minutes.saturating_sub(1) / (24 * 60)));
            for start in occurrences(&event, from - length, to) {
                found.push(Occurrence { start, id: id.clone(), event: Arc::clone(&event) });
            }
        }
        found.sort_by(|a, b| {
            let order = |one: &Occurrence| (one.start.date().max(from), !one.event.all_day);
            order(a).cmp(&order(b)).then(a.start.cmp(&b.start)).then(a.id.cmp(&b.id))
        });
        found
    }

    fn event_fits(&self, event: &Event, filter: &Filter) -> bool {
        let venue = event.venue.as_ref();
        let area = |wanted: &Key| {
            // What is on everywhere is on in every area.
            venue.and_then(|id| self.venue(id)).is_none_or(|venue| &venue.area == wanted)
        };
        filter.venue.as_ref().is_none_or(|wanted| venue.is_none_or(|id| id == wanted))
            && filter.area.as_ref().is_none_or(area)
            && filter.theme.as_ref().is_none_or(|wanted| event.themes.contains(wanted))
    }

    /// The ids of the listings that fit the filter: in alphabetical order, or, with a query, the
    /// best match first.
    pub fn find(&self, query: &str, filter: &Filter, language: &str) -> Vec<Key> {
        let fits = |id: &&Key| {
            self.record(Collection::Listing, id).is_some_and(|record| filter.fits_listing(record))
        };
        if query.trim().is_empty() {
            let titled = |(id, record): (&Key, &Arc<Record>)| {
                let title = text_of(record, "title")?.get(language).to_owned();
                filter.fits_listing(record).then(|| (title, id.clone()))
            };
            let mut found: Vec<(String, Key)> =
                self.records(Collection::Listing).filter_map(titled).collect();
            // A stable sort: two of the same title stay in the order of their ids.
            found.sort_by(|(one, _), (other, _)| compare(one, other));
            return found.into_iter().map(|(_, id)| id).collect();
        }
        let (ids, index) = self.index();
        index
            .search(query, ids.len())
            .into_iter()
            .filter_map(|hit| ids.get(hit.document as usize))
            .filter(fits)
            .cloned()
            .collect()
    }

    fn index(&self) -> &(Vec<Key>, Index) {
        self.content.index.get_or_init(|| {
            let (ids, texts): (Vec<_>, Vec<_>) = self
                .records(Collection::Listing)
                .map(|(id, record)| (id.clone(), self.words(record)))
                .unzip();
            let documents = texts.iter().map(|texts| {
                let weights = [4.0, 2.0, 2.0, 1.0, 1.0];
                Document {
                    fields: weights.into_iter().zip(texts.iter().map(String::as_str)).collect(),
                }
            });
            (ids, Index::build(documents))
        })
    }

    /// What a listing is found by: title, summary, kinds, description, and where to turn.
    fn words(&self, record: &Record) -> [String; 5] {
        let words = |name: &str| {
            let mut words = String::new();
            record.fields.get(name).iter().for_each(|value| gather(value, &mut words));
            words
        };
        let mut kinds = String::new();
        for id in record.fields.get("categories").and_then(Value::as_array).into_iter().flatten() {
            let name = id.as_str().and_then(Key::parse);
            let name = name.and_then(|id| self.name(Collection::Category, &id));
            name.iter().flat_map(Text::all).for_each(|name| {
                kinds.push_str(name);
                kinds.push(' ');
            });
        }
        let contact = words("address") + &words("phones");
        [words("title"), words("summary"), kinds, words("description"), contact]
    }
}

/// Every text within a value, whatever its language, with spaces between.
fn gather(value: &Value, words: &mut String) {
    match value {
        Value::String(text) => {
            words.push_str(text);
            words.push(' ');
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, words)),
        Value::Object(fields) => fields.values().for_each(|field| gather(field, words)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn text_of(record: &Record, field: &str) -> Option<Text> {
    Text::deserialize(record.fields.get(field)?).ok()
}
