//! The catalogue's record: one published thing, as it is stored and as it travels.

use serde::{Deserialize, Serialize, de::Error as _};
use serde_json::{Map, Value};

use crate::limits::KEY_CHARS;

/// The readable identifier of a catalogue record: 1 to 64 of `a-z 0-9 . -`, since it is
/// printed in addresses on posters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Key(String);

impl Key {
    /// Checks and takes `text`; `None` if it is empty, too long or has another character.
    pub fn parse(text: &str) -> Option<Self> {
        let good = (1..=KEY_CHARS).contains(&text.len())
            && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.'));
        good.then(|| Self(text.to_owned()))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::borrow::Borrow<str> for Key {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            D::Error::custom("a key has 1 to 64 characters of a-z, 0-9, dot and hyphen")
        })
    }
}

/// The collections of the catalogue. A tablet that meets a collection it does not know keeps
/// its records unseen, so an older app survives a newer server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Collection {
    /// The borough's own name, languages and thanks; one record, `site`.
    Site,
    /// A primary-care-network area.
    Area,
    /// An electoral ward.
    Ward,
    /// A library or hub.
    Venue,
    /// What an event or feedback is about.
    Theme,
    /// A kind of support.
    Category,
    /// Something that is on, once or again and again.
    Event,
    /// A support service.
    Listing,
    /// A survey: its state and which version is current.
    Survey,
    /// One published, immutable version of a survey.
    SurveyVersion,
}

impl Collection {
    /// Every collection, referenced ones before those that refer to them.
    pub const ALL: [Self; 10] = [
        Self::Site,
        Self::Area,
        Self::Ward,
        Self::Venue,
        Self::Theme,
        Self::Category,
        Self::Event,
        Self::Listing,
        Self::SurveyVersion,
        Self::Survey,
    ];

    /// The name on the wire and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Area => "area",
            Self::Ward => "ward",
            Self::Venue => "venue",
            Self::Theme => "theme",
            Self::Category => "category",
            Self::Event => "event",
            Self::Listing => "listing",
            Self::Survey => "survey",
            Self::SurveyVersion => "survey_version",
        }
    }

    /// The collection of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|collection| collection.name() == name)
    }
}

/// One catalogue record. `fields` keeps what this version of the program does not know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Which collection, by name: a newer server may send one this app does not know.
    pub collection: String,
    /// Unique in its collection.
    pub id: Key,
    /// 1 for a new record, one more with each edit.
    pub rev: u64,
    /// The place of the last edit in the scope's order; larger is later.
    pub seq: u64,
    /// A tombstone: the record is gone and `fields` is empty.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// The content.
    #[serde(default)]
    pub fields: Map<String, Value>,
}

impl Record {
    /// The collection, if this program knows it.
    pub fn known_collection(&self) -> Option<Collection> {
        Collection::parse(&self.collection)
    }
}
