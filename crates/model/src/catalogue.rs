//! The typed views of catalogue records, and when their content is valid.
//!
//! A view reads what it knows and ignores the rest; the record itself keeps every field.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{
    Collection, Key, Problem, ProblemCode, Record, Text,
    limits::{
        ADDRESS_LINES, EVENT_MINUTES, EXCEPTIONS, LANGUAGES, LINE_CHARS, OPENINGS, PHONES,
        RECORD_BYTES, RECORD_FIELDS, REFERENCES, THANKS, THEMES,
    },
    recurrence::Rule,
    results::{BASELINE, Baseline},
    time::{wall, wall_list, wall_option},
};

/// The borough that runs this copy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Site {
    /// What the product is called here.
    pub name: Text,
    /// The place it serves: "Thurrock".
    pub place: Text,
    /// What a person is told before their words are kept.
    pub consent: Text,
    /// Whom the data comes from and under which licence.
    #[serde(default)]
    pub thanks: Vec<Text>,
}

/// A primary-care-network area.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Area {
    /// "Tilbury and Chadwell".
    pub name: Text,
}

/// An electoral ward.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ward {
    /// "Chadwell St Mary".
    pub name: Text,
    /// The code of the Office for National Statistics: "E05016307".
    pub code: String,
}

/// A theme of events and feedback.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Theme {
    /// "Health and wellbeing".
    pub name: Text,
}

/// A kind of support.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Category {
    /// "Money and debt".
    pub name: Text,
}

/// When something is open on one day of the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Which day.
    pub day: Weekday,
    /// Wall time of opening.
    #[serde(with = "wall")]
    pub from: NaiveTime,
    /// Wall time of closing, later than `from`.
    #[serde(with = "wall")]
    pub to: NaiveTime,
    /// Open, but nobody of the staff is there (a library's self-service hours).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unstaffed: bool,
}

/// A day of the week, Monday first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the days need no explanation")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// Monday to Sunday.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// The weekday of a date.
    pub fn of(date: NaiveDate) -> Self {
        use chrono::Datelike;
        Self::ALL[date.weekday().num_days_from_monday() as usize]
    }
}

/// A library or hub.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Venue {
    /// "Grays Central Library".
    pub name: Text,
    /// Postal address, a line each.
    pub address: Vec<String>,
    /// "RM17 5DX".
    pub postcode: String,
    /// The primary-care-network area it lies in.
    pub area: Key,
    /// When it is open.
    #[serde(default)]
    pub hours: Vec<Opening>,
    /// For questions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// What else is under the same roof.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub note: Text,
}

/// Something that is on, once or again and again. Times are wall times at the venue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// "Knit and Natter".
    pub title: Text,
    /// What happens there and for whom.
    pub summary: Text,
    /// Where; an event elsewhere has `None` and says where in `place`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub venue: Option<Key>,
    /// Where, when it is not at a venue of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What it is about.
    #[serde(default)]
    pub themes: Vec<Key>,
    /// First (or only) start, wall time.
    #[serde(with = "wall")]
    pub start: NaiveDateTime,
    /// How long, in minutes, 1 to 20160 (a fortnight).
    pub minutes: u32,
    /// A day's observance without a clock time: `start` counts by its date alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all_day: bool,
    /// How it recurs: the value of an RRULE (RFC 5545, 3.3.10), in the subset of [`Rule`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Days on which it does not take place, although the rule says so.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "wall_list")]
    pub except: Vec<NaiveDate>,
    /// Free unless said otherwise: "£2 for materials".
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub cost: Text,
    /// How to book; empty means: just come.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub booking: Text,
    /// The day and time are an example, not announced by anyone; the page says so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub example: bool,
    /// It was to take place and will not; it stays listed so that nobody comes in vain.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cancelled: bool,
}

/// What a service costs its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cost {
    /// Nothing.
    Free,
    /// Some of it, or for some people.
    SomeFree,
    /// It costs money.
    Paid,
}

impl Cost {
    /// Every cost, cheapest first.
    pub const ALL: [Self; 3] = [Self::Free, Self::SomeFree, Self::Paid];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::SomeFree => "some_free",
            Self::Paid => "paid",
        }
    }
}

/// One telephone number of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phone {
    /// As people dial it: "116 123".
    pub number: String,
    /// Who answers, or what the call costs.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub note: Text,
}

/// A support service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Listing {
    /// "Samaritans".
    pub title: Text,
    /// One sentence: what it does for whom.
    pub summary: Text,
    /// The rest, in plain words.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub description: Text,
    /// At least one kind of support.
    pub categories: Vec<Key>,
    /// Where it serves people; empty means everywhere.
    #[serde(default)]
    pub areas: Vec<Key>,
    /// What it costs.
    pub cost: Cost,
    /// Languages it speaks, BCP 47.
    #[serde(default)]
    pub languages: Vec<String>,
    /// Numbers to call.
    #[serde(default)]
    pub phones: Vec<Phone>,
    /// Where to write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// Where to go, a line each; empty if it is by phone or online only.
    #[serde(default)]
    pub address: Vec<String>,
    /// When somebody is there.
    #[serde(default)]
    pub hours: Vec<Opening>,
    /// Day and night, every day; `hours` is empty then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub always_open: bool,
    /// What the hours do not say.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub hours_note: Text,
    /// When a member of staff last made sure that all this is true; `None`: not yet.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wall_option")]
    pub checked: Option<NaiveDate>,
}

/// Whether a survey takes answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SurveyState {
    /// It takes answers.
    Open,
    /// It does not any more.
    Closed,
}

/// A survey as people choose it. Its questions are in the [`SurveyVersion`] it points to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Survey {
    /// "Living together in Thurrock".
    pub title: Text,
    /// Why we ask and what will come of it.
    pub summary: Text,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// Whether it takes answers.
    pub state: SurveyState,
    /// The version that is asked now.
    pub version: u32,
    /// What came of earlier answers: "You said, we did".
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub outcome: Text,
    /// Staff have made sure that no question asks who somebody is. Only then people are told so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub anonymous: bool,
    /// How long it took people. The server writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<Measured>,
}

impl Survey {
    /// How many minutes its version took people, once enough of them have filled it.
    pub fn measured_minutes(&self) -> Option<u32> {
        let measured = self.measured.as_ref()?;
        (measured.version == self.version).then_some(measured.minutes)
    }
}

/// The median of what a survey took the people who went to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// Which version they filled.
    pub version: u32,
    /// In whole minutes, 1 or more.
    pub minutes: u32,
}

/// One published version of a survey; never changes after publication.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SurveyVersion {
    /// Which survey.
    pub survey: Key,
    /// From 1.
    pub version: u32,
    /// The questions, in the language of the `survey` crate.
    pub definition: Value,
}

/// The record id of a survey's version: `living-together.1`.
pub fn survey_version_key(survey: &Key, version: u32) -> Option<Key> {
    Key::parse(&format!("{survey}.{version}"))
}

/// Reads a record as one of the views above.
///
/// # Errors
/// One problem with the pointer `/` and serde's words about what does not fit.
pub fn view<T: DeserializeOwned>(fields: &Map<String, Value>) -> Result<T, Problem> {
    T::deserialize(&Value::Object(fields.clone()))
        .map_err(|error| Problem::new("", ProblemCode::Malformed, format!("{error}.")))
}

/// What a record may refer to.
pub trait References {
    /// Whether the collection has a live record of that id.
    fn has(&self, collection: Collection, id: &str) -> bool;
}

impl References for BTreeSet<(Collection, String)> {
    fn has(&self, collection: Collection, id: &str) -> bool {
        self.contains(&(collection, id.to_owned()))
    }
}

impl References for [Record] {
    fn has(&self, collection: Collection, id: &str) -> bool {
        self.iter().any(|record| {
            !record.deleted && record.id.as_str() == id && record.collection == collection.name()
        })
    }
}

/// Everything wrong with the content of a record, or nothing. The survey crate checks the
/// definition inside a survey version; this checks what surrounds it.
pub fn problems(
    collection: Collection,
    id: &Key,
    fields: &Map<String, Value>,
    references: &impl References,
) -> Vec<Problem> {
    let size = serde_json::to_vec(fields).map_or(usize::MAX, |bytes| bytes.len());
    if size > RECORD_BYTES {
        return vec![Problem::new(
            "",
            ProblemCode::TooLong,
            format!("The record has {size} bytes. Keep it below {RECORD_BYTES}."),
        )];
    }
    if fields.len() > RECORD_FIELDS {
        let detail = format!("The record has {} fields. Keep to {RECORD_FIELDS}.", fields.len());
        return vec![Problem::new("", ProblemCode::TooMany, detail)];
    }
    let mut check = Check { references, problems: Vec::new() };
    let outcome = match collection {
        Collection::Site => view::<Site>(fields).map(|site| {
            check.text("/name", &site.name);
            check.text("/place", &site.place);
            check.text("/consent", &site.consent);
            check.few("/thanks", &site.thanks, THANKS);
            let thanks = site.thanks.iter().enumerate();
            thanks.for_each(|(at, text)| check.optional_text(&format!("/thanks/{at}"), text));
        }),
        Collection::Area => view::<Area>(fields).map(|area| check.text("/name", &area.name)),
        Collection::Ward => view::<Ward>(fields).map(|ward| {
            check.text("/name", &ward.name);
            check.line("/code", &ward.code);
        }),
        Collection::Theme => view::<Theme>(fields).map(|theme| check.text("/name", &theme.name)),
        Collection::Category => {
            view::<Category>(fields).map(|category| check.text("/name", &category.name))
        }
        Collection::Venue => view::<Venue>(fields).map(|venue| check.venue(&venue)),
        Collection::Event => view::<Event>(fields).map(|event| check.event(&event)),
        Collection::Listing => view::<Listing>(fields).map(|listing| check.listing(&listing)),
        Collection::Survey => view::<Survey>(fields).map(|survey| {
            check.survey(id, &survey);
            let baselines = fields.iter().filter(|(name, _)| name.starts_with(BASELINE));
            baselines.for_each(|(name, value)| check.baseline(name, value));
        }),
        Collection::SurveyVersion => view::<SurveyVersion>(fields).map(|version| {
            if survey_version_key(&version.survey, version.version).as_ref() != Some(id) {
                check.add(
                    "/version",
                    ProblemCode::Conflict,
                    format!("The id must be {}.{}.", version.survey, version.version),
                );
            }
        }),
    };
    if let Err(problem) = outcome {
        check.problems.push(problem);
    }
    check.problems
}

struct Check<'a, R> {
    references: &'a R,
    problems: Vec<Problem>,
}

impl<R: References> Check<'_, R> {
    fn add(&mut self, pointer: &str, code: ProblemCode, detail: impl Into<String>) {
        self.problems.push(Problem::new(pointer, code, detail));
    }

    fn text(&mut self, pointer: &str, text: &Text) {
        self.problems.extend(text.problems(pointer));
    }

    fn line(&mut self, pointer: &str, line: &str) {
        if line.chars().count() > LINE_CHARS {
            self.add(
                pointer,
                ProblemCode::TooLong,
                format!("Use at most {LINE_CHARS} characters."),
            );
        }
    }

    fn optional_text(&mut self, pointer: &str, text: &Text) {
        self.problems.extend(text.problems_of_length(pointer));
    }

    /// Whether there are no more than `most`; what is too long a list is not looked into.
    fn few<T>(&mut self, pointer: &str, items: &[T], most: usize) -> bool {
        let few = items.len() <= most;
        if !few {
            self.add(pointer, ProblemCode::TooMany, format!("Give at most {most} of these."));
        }
        few
    }

    fn lines(&mut self, pointer: &str, lines: &[String], most: usize) {
        if self.few(pointer, lines, most) {
            for (at, line) in lines.iter().enumerate() {
                self.line(&format!("{pointer}/{at}"), line);
            }
        }
    }

    fn refers(&mut self, pointer: &str, collection: Collection, id: &Key) {
        if !self.references.has(collection, id.as_str()) {
            let name = collection.name();
            self.add(
                pointer,
                ProblemCode::Unknown,
                format!("There is no {name} \"{id}\". Add it first, or choose another."),
            );
        }
    }

    fn all_refer(&mut self, pointer: &str, collection: Collection, ids: &[Key], most: usize) {
        if !self.few(pointer, ids, most) {
            return;
        }
        for (index, id) in ids.iter().enumerate() {
            self.refers(&format!("{pointer}/{index}"), collection, id);
        }
    }

    fn hours(&mut self, hours: &[Opening]) {
        if !self.few("/hours", hours, OPENINGS) {
            return;
        }
        for (index, opening) in hours.iter().enumerate() {
            if opening.to <= opening.from {
                self.add(
                    &format!("/hours/{index}/to"),
                    ProblemCode::OutOfRange,
                    "Closing must be later than opening.",
                );
            }
        }
    }

    fn web_address(&mut self, pointer: &str, address: Option<&String>) {
        let Some(address) = address else { return };
        self.line(pointer, address);
        // Other schemes (javascript:) would run when somebody presses the link.
        if !(address.starts_with("https://") || address.starts_with("http://")) {
            self.add(pointer, ProblemCode::Malformed, "Start the address with https://");
        }
    }

    fn email(&mut self, pointer: &str, email: Option<&String>) {
        let Some(email) = email else { return };
        self.line(pointer, email);
        if !is_email(email) {
            self.add(pointer, ProblemCode::Malformed, "Write an e-mail address: name@example.org");
        }
    }

    fn venue(&mut self, venue: &Venue) {
        self.text("/name", &venue.name);
        self.lines("/address", &venue.address, ADDRESS_LINES);
        self.line("/postcode", &venue.postcode);
        self.refers("/area", Collection::Area, &venue.area);
        self.hours(&venue.hours);
        self.email("/email", venue.email.as_ref());
        self.web_address("/website", venue.website.as_ref());
        self.optional_text("/note", &venue.note);
    }

    fn event(&mut self, event: &Event) {
        self.text("/title", &event.title);
        self.text("/summary", &event.summary);
        self.optional_text("/cost", &event.cost);
        self.optional_text("/booking", &event.booking);
        self.line("/place", event.place.as_deref().unwrap_or_default());
        match (&event.venue, &event.place) {
            (Some(venue), _) => self.refers("/venue", Collection::Venue, venue),
            (None, Some(place)) if !place.trim().is_empty() => {}
            (None, _) => self.add("/venue", ProblemCode::Required, "Say where it takes place."),
        }
        self.all_refer("/themes", Collection::Theme, &event.themes, THEMES);
        self.few("/except", &event.except, EXCEPTIONS);
        if !(1..=EVENT_MINUTES).contains(&event.minutes) {
            self.add("/minutes", ProblemCode::OutOfRange, "Give 1 minute to 14 days.");
        }
        // A tablet goes through the parts of a rule for each day that it shows.
        self.line("/rule", event.rule.as_deref().unwrap_or_default());
        if let Some(Err(error)) = event.rule.as_deref().map(Rule::parse) {
            self.add("/rule", ProblemCode::Malformed, error.to_string());
        }
    }

    fn listing(&mut self, listing: &Listing) {
        self.text("/title", &listing.title);
        self.text("/summary", &listing.summary);
        self.optional_text("/description", &listing.description);
        self.optional_text("/hours_note", &listing.hours_note);
        if listing.categories.is_empty() {
            self.add("/categories", ProblemCode::Required, "Choose at least one kind of support.");
        }
        self.all_refer("/categories", Collection::Category, &listing.categories, REFERENCES);
        self.all_refer("/areas", Collection::Area, &listing.areas, REFERENCES);
        self.lines("/languages", &listing.languages, LANGUAGES);
        self.lines("/address", &listing.address, ADDRESS_LINES);
        self.few("/phones", &listing.phones, PHONES);
        for (index, phone) in listing.phones.iter().take(PHONES).enumerate() {
            self.optional_text(&format!("/phones/{index}/note"), &phone.note);
            let pointer = format!("/phones/{index}/number");
            self.line(&pointer, &phone.number);
            if !phone.number.chars().any(|c| c.is_ascii_digit()) {
                self.add(&pointer, ProblemCode::Malformed, "Write a telephone number.");
            }
        }
        self.email("/email", listing.email.as_ref());
        self.web_address("/website", listing.website.as_ref());
        self.hours(&listing.hours);
    }

    fn baseline(&mut self, name: &str, value: &Value) {
        let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        match Baseline::deserialize(value) {
            Ok(baseline) => {
                self.line(&format!("{pointer}/source"), &baseline.source);
                if baseline.source.trim().is_empty() {
                    let detail = "Say where the figure comes from.";
                    self.add(&format!("{pointer}/source"), ProblemCode::Required, detail);
                }
                if !(0.0..=100.0).contains(&baseline.percent) {
                    let detail = "Give a percentage from 0 to 100.";
                    self.add(&format!("{pointer}/percent"), ProblemCode::OutOfRange, detail);
                }
                self.lines(&format!("{pointer}/values"), &baseline.values, REFERENCES);
            }
            Err(error) => self.add(&pointer, ProblemCode::Malformed, format!("{error}.")),
        }
    }

    fn survey(&mut self, id: &Key, survey: &Survey) {
        self.text("/title", &survey.title);
        self.text("/summary", &survey.summary);
        self.optional_text("/outcome", &survey.outcome);
        match survey_version_key(id, survey.version) {
            Some(version) => self.refers("/version", Collection::SurveyVersion, &version),
            None => self.add("/version", ProblemCode::TooLong, "Give the survey a shorter id."),
        }
    }
}

/// Whether `text` has the shape of an e-mail address: one `@` between something and a
/// dotted name, no white space. Only a letter sent proves more.
pub fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    !name.is_empty()
        && !host.contains('@')
        && !text.contains(char::is_whitespace)
        && host.split('.').count() >= 2
        && host.split('.').all(|label| !label.is_empty())
}
