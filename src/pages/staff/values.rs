//! Fields of records and their values in words, for people who compare two of them.

use model::{
    Collection, Key, Text,
    catalogue::{Opening, Phone, Weekday},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::repeat::{Pattern, Repeat};
use crate::{
    locale::{self, key, t, tf, tn},
    pages::resident::support::cost_key,
    store::catalogue::CatalogueView,
    wall,
};

/// What a field of an event or a listing is called on the screen. A field of a newer server
/// has its own name.
pub fn field_name(field: &str) -> String {
    t(match field {
        "title" => key::STAFF_FIELD_TITLE,
        "summary" => key::STAFF_FIELD_SUMMARY,
        "description" => key::STAFF_FIELD_DESCRIPTION,
        "venue" => key::STAFF_FIELD_VENUE,
        "place" => key::STAFF_FIELD_PLACE,
        "themes" => key::STAFF_FIELD_THEMES,
        "start" => key::STAFF_FIELD_START,
        "time" => key::STAFF_FIELD_TIME,
        "end_date" => key::STAFF_FIELD_END_DATE,
        "minutes" => key::STAFF_FIELD_MINUTES,
        "anonymous" => key::STAFF_MAKE_ANONYMOUS,
        "all_day" => key::STAFF_FIELD_ALL_DAY,
        "rule" => key::STAFF_FIELD_RULE,
        "until" => key::STAFF_FIELD_UNTIL,
        "except" => key::STAFF_FIELD_EXCEPT,
        "cost" => key::STAFF_FIELD_COST,
        "booking" => key::STAFF_FIELD_BOOKING,
        "example" => key::STAFF_FIELD_EXAMPLE,
        "cancelled" => key::STAFF_FIELD_CANCELLED,
        "categories" => key::STAFF_FIELD_CATEGORIES,
        "areas" => key::STAFF_FIELD_AREAS,
        "languages" => key::STAFF_FIELD_LANGUAGES,
        "phones" => key::STAFF_FIELD_PHONES,
        "email" => key::STAFF_FIELD_EMAIL,
        "website" => key::STAFF_FIELD_WEBSITE,
        "address" => key::STAFF_FIELD_ADDRESS,
        "hours" => key::STAFF_FIELD_HOURS,
        "always_open" => key::STAFF_FIELD_ALWAYS_OPEN,
        "hours_note" => key::STAFF_FIELD_HOURS_NOTE,
        "checked" => key::STAFF_FIELD_CHECKED,
        other => return other.to_owned(),
    })
}

/// What a stored field is called where its value is shown: the form has other fields for times.
pub fn stored_name(field: &str) -> String {
    match field {
        "start" => t(key::STAFF_FIELD_BEGINNING),
        "minutes" => t(key::STAFF_FIELD_LENGTH),
        other => field_name(other),
    }
}

/// A value of `field` in words. What has an unexpected form is shown as it is stored.
pub fn value_words(catalogue: &CatalogueView, field: &str, value: &Value) -> String {
    let words = match value {
        Value::Null => Some(t(key::STAFF_VALUE_NOTHING)),
        Value::Bool(yes) => Some(t(if *yes { key::STAFF_YES } else { key::STAFF_NO })),
        Value::Array(items) if items.is_empty() => Some(t(key::STAFF_VALUE_NOTHING)),
        _ => typed_words(catalogue, field, value),
    };
    words.unwrap_or_else(|| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    })
}

fn typed_words(catalogue: &CatalogueView, field: &str, value: &Value) -> Option<String> {
    let name = |collection: Collection, id: &Key| {
        let name = catalogue.name(collection, id);
        name.map_or_else(|| id.to_string(), |name| locale::content(&name))
    };
    let names = |collection: Collection| {
        let ids: Vec<Key> = read(value)?;
        Some(ids.iter().map(|id| name(collection, id)).collect::<Vec<_>>().join(", "))
    };
    match field {
        "venue" => Some(name(Collection::Venue, &read(value)?)),
        "themes" => names(Collection::Theme),
        "categories" => names(Collection::Category),
        "areas" => names(Collection::Area),
        "languages" => {
            let tags: Vec<String> = read(value)?;
            Some(tags.iter().map(|tag| language_name(tag)).collect::<Vec<_>>().join(", "))
        }
        "start" => Some(wall::moment(read(value)?)),
        "minutes" => Some(tn(key::STAFF_MINUTES, read(value)?)),
        "rule" => Some(rule_words(&read::<String>(value)?)),
        "except" => {
            let days: Vec<chrono::NaiveDate> = read(value)?;
            Some(days.into_iter().map(wall::day_of_year).collect::<Vec<_>>().join(", "))
        }
        "checked" => Some(wall::day_of_year(read(value)?)),
        "cost" if value.is_string() => Some(t(cost_key(read(value)?))),
        "phones" => {
            let phones: Vec<Phone> = read(value)?;
            let words = |phone: &Phone| {
                format!("{} {}", phone.number, text_words(&phone.note)).trim_end().to_owned()
            };
            Some(phones.iter().map(words).collect::<Vec<_>>().join(", "))
        }
        "hours" => {
            let hours: Vec<Opening> = read(value)?;
            Some(hours.iter().map(opening_words).collect::<Vec<_>>().join(", "))
        }
        "address" => Some(read::<Vec<String>>(value)?.join(", ")),
        _ => Some(text_words(&read(value)?)),
    }
}

fn read<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(value).ok()
}

/// Every language of a text, since a translation may be what differs.
fn text_words(text: &Text) -> String {
    let line = |(tag, words): (&str, &str)| match tag {
        "en" => words.to_owned(),
        tag => format!("{}: {words}", language_name(tag)),
    };
    text.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn opening_words(opening: &Opening) -> String {
    let words = format!("{} {}", wall::weekday(opening.day), wall::span(opening.from, opening.to));
    if opening.unstaffed { format!("{words} {}", t(key::HOURS_UNSTAFFED)) } else { words }
}

/// A pattern in words.
pub fn pattern_words(pattern: Pattern) -> String {
    t(match pattern {
        Pattern::Never => key::STAFF_REPEAT_NEVER,
        Pattern::Weekly => key::STAFF_REPEAT_WEEKLY,
        Pattern::Fortnightly => key::STAFF_REPEAT_FORTNIGHTLY,
        Pattern::Monthly => key::STAFF_REPEAT_MONTHLY,
        Pattern::Yearly => key::STAFF_REPEAT_YEARLY,
        Pattern::Other => key::STAFF_REPEAT_OTHER,
    })
}

/// "The third", "the last".
pub fn nth_words(nth: i32) -> String {
    t(match nth {
        1 => key::STAFF_NTH_FIRST,
        2 => key::STAFF_NTH_SECOND,
        3 => key::STAFF_NTH_THIRD,
        4 => key::STAFF_NTH_FOURTH,
        _ => key::STAFF_NTH_LAST,
    })
}

/// A stored rule in words, as far as the picker knows it.
fn rule_words(rule: &str) -> String {
    // Which day the event starts on is not known here; a yearly rule is shown as it is.
    let repeat = Repeat::read(Some(rule), chrono::NaiveDate::default());
    let days =
        |days: &[Weekday]| days.iter().copied().map(wall::weekday).collect::<Vec<_>>().join(", ");
    let words = match repeat.pattern {
        Pattern::Weekly | Pattern::Fortnightly => {
            format!("{}: {}", pattern_words(repeat.pattern), days(&repeat.days))
        }
        Pattern::Monthly => format!(
            "{}: {} {}",
            pattern_words(repeat.pattern),
            nth_words(repeat.nth),
            wall::weekday(repeat.nth_day)
        ),
        _ => return rule.to_owned(),
    };
    match repeat.until.parse() {
        Ok(until) => {
            tf(key::STAFF_REPEATS_UNTIL, &[("what", &words), ("day", &wall::day_of_year(until))])
        }
        Err(_) => words,
    }
}

/// A language's name in the language on the screen; its tag where the browser knows none.
/// Browsers do not know British Sign Language.
pub fn language_name(tag: &str) -> String {
    if tag == "bfi" {
        return t(key::STAFF_SIGN_LANGUAGE);
    }
    locale::name_of(tag, locale::language()).unwrap_or_else(|| tag.to_owned())
}
