//! The published content, read into its types.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use chrono::{Days, NaiveDate, NaiveDateTime};
use model::{
    Collection, Key, Record, Text,
    catalogue::{
        Area, Category, Event, Listing, Site, Survey, SurveyVersion, Theme, Venue,
        survey_version_key, view,
    },
    recurrence::occurrences,
};
use search::{Document, Index};
use serde::de::DeserializeOwned;
use survey::Definition;

/// Records of one collection by id.
type Table<T> = BTreeMap<Key, T>;

/// What the catalogue holds at one moment. Cheap to clone.
#[derive(Clone, Default)]
pub struct CatalogueView {
    tables: Arc<Tables>,
}

#[derive(Default)]
struct Tables {
    revs: BTreeMap<(Collection, Key), u64>,
    site: Option<Site>,
    areas: Table<Area>,
    venues: Table<Venue>,
    themes: Table<Theme>,
    categories: Table<Category>,
    events: Table<Event>,
    listings: Table<Listing>,
    surveys: Table<Survey>,
    versions: Table<SurveyVersion>,
    /// Built at the first search, since most people never search.
    index: OnceLock<(Vec<Key>, Index)>,
}

/// One time an event takes place.
#[derive(Debug, Clone, PartialEq)]
pub struct Occurrence {
    /// Its start, wall time.
    pub start: NaiveDateTime,
    /// Which event.
    pub id: Key,
    /// The event.
    pub event: Event,
}

/// What a list of events or listings is narrowed to; empty means everything.
#[derive(Debug, Clone, Default, PartialEq)]
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
    pub cost: Option<model::catalogue::Cost>,
    /// Listings that speak this language.
    pub language: Option<String>,
}

impl Filter {
    /// How many of its parts are chosen.
    pub fn count(&self) -> usize {
        [
            self.venue.is_some(),
            self.area.is_some(),
            self.theme.is_some(),
            self.category.is_some(),
            self.cost.is_some(),
            self.language.is_some(),
        ]
        .into_iter()
        .filter(|chosen| *chosen)
        .count()
    }
}

impl CatalogueView {
    /// Reads the records. One that does not fit its type is left out: a newer server may
    /// publish what this app cannot show yet.
    pub fn new(records: Vec<Record>) -> Self {
        let mut tables = Tables::default();
        for record in records {
            let Some(collection) = record.known_collection() else { continue };
            tables.revs.insert((collection, record.id.clone()), record.rev);
            match collection {
                Collection::Site => tables.site = view(&record.fields).ok(),
                Collection::Area => insert(&mut tables.areas, record),
                Collection::Venue => insert(&mut tables.venues, record),
                Collection::Theme => insert(&mut tables.themes, record),
                Collection::Category => insert(&mut tables.categories, record),
                Collection::Event => insert(&mut tables.events, record),
                Collection::Listing => insert(&mut tables.listings, record),
                Collection::Survey => insert(&mut tables.surveys, record),
                Collection::SurveyVersion => insert(&mut tables.versions, record),
                // No page shows wards yet; surveys and results will.
                Collection::Ward => {}
            }
        }
        Self { tables: Arc::new(tables) }
    }

    /// Whether nothing has been fetched yet.
    pub fn is_empty(&self) -> bool {
        self.tables.revs.is_empty()
    }

    /// The revision of a record, the base of an edit.
    pub fn rev(&self, collection: Collection, id: &Key) -> Option<u64> {
        self.tables.revs.get(&(collection, id.clone())).copied()
    }

    /// The borough's own record.
    pub fn site(&self) -> Option<&Site> {
        self.tables.site.as_ref()
    }

    /// The areas with their ids.
    pub fn areas(&self) -> &Table<Area> {
        &self.tables.areas
    }

    /// The venues.
    pub fn venues(&self) -> &Table<Venue> {
        &self.tables.venues
    }

    /// The themes.
    pub fn themes(&self) -> &Table<Theme> {
        &self.tables.themes
    }

    /// The kinds of support.
    pub fn categories(&self) -> &Table<Category> {
        &self.tables.categories
    }

    /// The events.
    pub fn events(&self) -> &Table<Event> {
        &self.tables.events
    }

    /// The listings.
    pub fn listings(&self) -> &Table<Listing> {
        &self.tables.listings
    }

    /// The surveys.
    pub fn surveys(&self) -> &Table<Survey> {
        &self.tables.surveys
    }

    /// The questions of a survey's version, if they are here and can be read.
    pub fn definition(&self, survey: &Key, version: u32) -> Option<Definition> {
        let stored = self.tables.versions.get(&survey_version_key(survey, version)?)?;
        Definition::read(&stored.definition).ok()
    }

    /// Where an event takes place, in words.
    pub fn place(&self, event: &Event, language: &str) -> String {
        let venue = event.venue.as_ref().and_then(|id| self.tables.venues.get(id));
        match (venue, &event.place) {
            (Some(venue), _) => venue.name.get(language).to_owned(),
            (None, Some(place)) => place.clone(),
            (None, None) => String::new(),
        }
    }

    /// What takes place on the `days` days from `from`, in order of time. An event of several
    /// days that began before `from` and is still going on stands at `from`.
    pub fn occurrences(&self, filter: &Filter, from: NaiveDate, days: u64) -> Vec<Occurrence> {
        let to = from + Days::new(days.saturating_sub(1));
        let mut found = Vec::new();
        for (id, event) in &self.tables.events {
            if !self.event_fits(event, filter) {
                continue;
            }
            let length = Days::new(u64::from(event.minutes.saturating_sub(1) / (24 * 60)));
            for start in occurrences(event, from - length, to) {
                let id = id.clone();
                found.push(Occurrence { start, id, event: event.clone() });
            }
        }
        found.sort_by(|a, b| {
            let order = |one: &Occurrence| (one.start.date().max(from), !one.event.all_day);
            order(a).cmp(&order(b)).then(a.start.cmp(&b.start)).then(a.id.cmp(&b.id))
        });
        found
    }

    fn event_fits(&self, event: &Event, filter: &Filter) -> bool {
        let fits = |wanted: &Option<Key>, has: &dyn Fn(&Key) -> bool| {
            wanted.as_ref().is_none_or(has)
        };
        let area = |wanted: &Key| {
            let venue = event.venue.as_ref().and_then(|id| self.tables.venues.get(id));
            // What is on everywhere is on in every area.
            venue.is_none_or(|venue| &venue.area == wanted)
        };
        fits(&filter.venue, &|wanted| event.venue.as_ref().is_none_or(|venue| venue == wanted))
            && fits(&filter.area, &area)
            && fits(&filter.theme, &|wanted| event.themes.contains(wanted))
    }

    /// The listings that fit the filter: in alphabetical order, or, with a query, the best
    /// match first.
    pub fn find(&self, query: &str, filter: &Filter, language: &str) -> Vec<(Key, Listing)> {
        let fits = |listing: &Listing| {
            filter.category.as_ref().is_none_or(|wanted| listing.categories.contains(wanted))
                && filter
                    .area
                    .as_ref()
                    .is_none_or(|wanted| listing.areas.is_empty() || listing.areas.contains(wanted))
                && filter.cost.is_none_or(|wanted| listing.cost == wanted)
                && filter
                    .language
                    .as_ref()
                    .is_none_or(|wanted| listing.languages.contains(wanted))
        };
        let found = |id: &Key| {
            let listing = self.tables.listings.get(id).filter(|listing| fits(listing))?;
            Some((id.clone(), listing.clone()))
        };
        if query.trim().is_empty() {
            let mut all: Vec<_> = self.tables.listings.keys().filter_map(found).collect();
            all.sort_by_key(|(_, listing)| listing.title.get(language).to_lowercase());
            return all;
        }
        let (ids, index) = self.index();
        index
            .search(query, ids.len())
            .into_iter()
            .filter_map(|hit| found(ids.get(hit.document as usize)?))
            .collect()
    }

    fn index(&self) -> &(Vec<Key>, Index) {
        self.tables.index.get_or_init(|| {
            let all = |text: &Text| text.all().collect::<Vec<_>>().join(" ");
            let texts: Vec<_> = self
                .tables
                .listings
                .values()
                .map(|listing| {
                    let categories = listing.categories.iter();
                    let categories =
                        categories.filter_map(|id| self.tables.categories.get(id));
                    let categories: Vec<_> = categories.map(|it| all(&it.name)).collect();
                    let phones: Vec<_> =
                        listing.phones.iter().map(|phone| phone.number.as_str()).collect();
                    [
                        all(&listing.title),
                        all(&listing.summary),
                        categories.join(" "),
                        all(&listing.description),
                        format!("{} {}", listing.address.join(" "), phones.join(" ")),
                    ]
                })
                .collect();
            let documents = texts.iter().map(|texts| {
                let weights = [4.0, 2.0, 2.0, 1.0, 1.0];
                let fields = weights.into_iter().zip(texts.iter().map(String::as_str)).collect();
                Document { fields }
            });
            (self.tables.listings.keys().cloned().collect(), Index::build(documents))
        })
    }
}

fn insert<T: DeserializeOwned>(table: &mut Table<T>, record: Record) {
    if let Ok(read) = view(&record.fields) {
        table.insert(record.id, read);
    }
}
