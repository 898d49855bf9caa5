//! The heading row of a sheet: which column is what, in every spelling that pyxform knows.

use std::collections::BTreeMap;

use crate::{
    Place, Sheet,
    finding::Findings,
    words::{spaced, straight},
};

/// Empty columns in a row after which the sheet is taken to have ended, as pyxform does.
const EMPTY_COLUMNS: u32 = 20;
/// Empty rows in a row after which the sheet is taken to have ended, as pyxform does.
const EMPTY_ROWS: u32 = 60;

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    /// From 0.
    pub(crate) index: u32,
    /// As it is written.
    pub(crate) heading: String,
    /// Its name in a definition, or as it is written if XLSForm has none.
    pub(crate) key: String,
    /// XLSForm has a name for it.
    pub(crate) known: bool,
    /// The language that the heading names.
    pub(crate) language: Option<String>,
}

/// A sheet under its heading row.
pub(crate) struct Table<'a> {
    pub(crate) sheet: &'a Sheet,
    pub(crate) columns: Vec<Column>,
    /// The rows under the heading that are read.
    pub(crate) rows: Vec<u32>,
}

/// Which sheet a heading stands on: the same word can mean two things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Survey,
    Choices,
    Settings,
}

impl<'a> Table<'a> {
    /// Reads the headings.
    pub(crate) fn read(sheet: &'a Sheet, kind: Kind, findings: &mut Findings) -> Self {
        let headings = headings(sheet, findings);
        let double = headings.iter().any(|(_, heading)| heading.contains("::"));
        let mut columns: Vec<Column> = Vec::new();
        let mut seen: BTreeMap<Vec<String>, String> = BTreeMap::new();
        for (index, heading) in headings {
            let (tokens, recognised) = tokens(&heading, double, kind);
            if let Some(other) = seen.get(&tokens) {
                let what =
                    format!("The columns \"{other}\" and \"{heading}\" are the same column.");
                let place = Place::cell(&sheet.name, 1, index);
                // pyxform lets the later one win if it is spelt as XLSForm spells it.
                if recognised == heading || kind == Kind::Settings {
                    let remedy = "The second one is read. Delete the other.";
                    findings.warning("duplicate_column", place, what, remedy);
                } else {
                    let remedy = "Rename or delete one of them.";
                    findings.error("duplicate_column", place, what, remedy);
                    continue;
                }
            }
            seen.insert(tokens.clone(), heading.clone());
            let (key, known, language) = meaning(&tokens, &heading, kind);
            columns.push(Column { index, heading, key, known, language });
        }
        Self { sheet, columns, rows: rows(sheet, findings) }
    }

    /// The column of that name; the last one, which wins, if there are several.
    pub(crate) fn column(&self, key: &str) -> Option<&Column> {
        self.columns.iter().rev().find(|column| column.key == key)
    }

    /// The cells of a row that stand under a heading.
    pub(crate) fn cells(&self, row: u32) -> impl Iterator<Item = (&Column, &str)> {
        self.sheet.row(row).filter_map(|(index, text)| {
            let at = self.columns.binary_search_by_key(&index, |column| column.index).ok()?;
            Some((self.columns.get(at)?, text))
        })
    }
}

fn headings(sheet: &Sheet, findings: &mut Findings) -> Vec<(u32, String)> {
    let mut headings: Vec<(u32, String)> = Vec::new();
    let mut next = 0;
    for (index, text) in sheet.row(1) {
        if index - next > EMPTY_COLUMNS {
            let what = format!("More than {EMPTY_COLUMNS} empty columns stand before this one.");
            let remedy = "It is not read. Move it next to the others.";
            findings.warning("after_gap", Place::cell(&sheet.name, 1, index), what, remedy);
            break;
        }
        next = index + 1;
        let heading = spaced(&straight(text));
        if let Some((_, other)) = headings.iter().find(|(_, other)| *other == heading) {
            let what = format!("There are two columns \"{other}\".");
            let remedy = "Rename or delete one of them.";
            let place = Place::cell(&sheet.name, 1, index);
            findings.error("duplicate_column", place, what, remedy);
            continue;
        }
        headings.push((index, heading));
    }
    headings
}

fn rows(sheet: &Sheet, findings: &mut Findings) -> Vec<u32> {
    let mut rows = sheet.rows();
    rows.retain(|&row| row > 1);
    let mut before = 1;
    let gap = rows.iter().position(|&row| {
        let far = row - before > EMPTY_ROWS + 1;
        before = row;
        far
    });
    if let Some(at) = gap {
        let row = rows.get(at).copied().unwrap_or_default();
        let what = format!("More than {EMPTY_ROWS} empty rows stand before this one.");
        let remedy = "Rows from here on are not read. Delete the empty rows.";
        findings.warning("after_gap", Place::row(&sheet.name, row), what, remedy);
        rows.truncate(at);
    }
    rows
}

fn snake(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join("_").to_lowercase()
}

/// Splits a heading as pyxform does; the second value is what its first part is known as.
fn tokens(heading: &str, double: bool, kind: Kind) -> (Vec<String>, String) {
    let whole = snake(heading);
    for word in [heading, whole.as_str()] {
        if own(word, kind) && alias(word, kind).is_none() {
            return (vec![word.to_owned()], word.to_owned());
        }
    }
    let delimiter = if double { "::" } else { ":" };
    let mut tokens: Vec<String> =
        heading.split(delimiter).map(|token| token.trim().to_owned()).collect();
    if let Some(at) = tokens.iter().position(|token| token == "jr").filter(|_| !double)
        && at + 1 < tokens.len()
    {
        let name = tokens.remove(at + 1);
        tokens[at] = format!("jr:{name}");
    }
    let first = tokens.first().map(|token| snake(token)).unwrap_or_default();
    if let Some(alias) = alias(&first, kind) {
        tokens.splice(0..1, alias.iter().map(|&token| token.to_owned()));
        (tokens, String::new())
    } else if own(&first, kind) {
        tokens[0].clone_from(&first);
        (tokens, first)
    } else {
        (tokens, heading.to_owned())
    }
}

/// Whether a word is a column's name as it stands.
fn own(word: &str, kind: Kind) -> bool {
    match kind {
        Kind::Survey => [
            "type",
            "name",
            "label",
            "hint",
            "guidance_hint",
            "default",
            "trigger",
            "choice_filter",
            "parameters",
            "bind",
            "control",
            "media",
            "instance",
            "disabled",
            "intent",
            "may_decline",
            "low_label",
            "high_label",
        ]
        .contains(&word),
        Kind::Choices => ["name", "label", "media"].contains(&word),
        Kind::Settings => SETTINGS.contains(&word),
    }
}

/// Columns of the settings sheet, by XLSForm's names.
const SETTINGS: [&str; 26] = [
    "title",
    "id_string",
    "name",
    "version",
    "style",
    "default_language",
    "instance_name",
    "allow_choice_duplicates",
    "clean_text_values",
    "add_none_option",
    "omit_instanceID",
    "public_key",
    "submission_url",
    "auto_send",
    "auto_delete",
    "client_editable",
    "instance_xmlns",
    "namespaces",
    "sms_keyword",
    "sms_separator",
    "sms_allow_media",
    "sms_date_format",
    "sms_datetime_format",
    "sms_response",
    "delimiter",
    "prefix",
];

fn alias(word: &str, kind: Kind) -> Option<&'static [&'static str]> {
    Some(match (kind, word) {
        (Kind::Settings, "form_title" | "set_form_title") => &["title"],
        (Kind::Settings, "form_id" | "set_form_id") => &["id_string"],
        (Kind::Settings, _) => return None,
        (_, "caption") => &["label"],
        (_, "image") => &["media", "image"],
        (_, "big-image") => &["media", "big-image"],
        (_, "audio") => &["media", "audio"],
        (_, "video") => &["media", "video"],
        (Kind::Choices, "list_name") => &["list name"],
        // Older handbooks call it so.
        (Kind::Choices, "value" | "choice_name" | "choice_value") => &["name"],
        (Kind::Choices, _) => return None,
        (_, "read_only" | "readonly") => &["bind", "readonly"],
        (_, "relevant" | "relevance") => &["bind", "relevant"],
        (_, "required") => &["bind", "required"],
        (_, "constraint") => &["bind", "constraint"],
        (_, "constraint_message" | "constraining_message") => &["bind", "jr:constraintMsg"],
        (_, "required_message" | "requiredmsg") => &["bind", "jr:requiredMsg"],
        (_, "noapperrorstring" | "no_app_error_string") => &["bind", "jr:noAppErrorString"],
        (_, "calculation" | "calculate") => &["bind", "calculate"],
        (_, "save_to") => &["bind", "entities:saveto"],
        (_, "command") => &["type"],
        (_, "tag" | "value") => &["name"],
        (_, "appearance") => &["control", "appearance"],
        (_, "count" | "repeat_count" | "jr:count") => &["control", "jr:count"],
        (_, "autoplay") => &["control", "autoplay"],
        (_, "rows") => &["control", "rows"],
        (_, "body") => &["control"],
        _ => return None,
    })
}

/// The name of a column in a definition, whether XLSForm knows it, and its language.
fn meaning(tokens: &[String], heading: &str, kind: Kind) -> (String, bool, Option<String>) {
    let words: Vec<&str> = tokens.iter().map(String::as_str).collect();
    let second = words.get(1).map(|word| word.to_lowercase()).unwrap_or_default();
    let (key, rest) = match (kind, words.as_slice()) {
        (Kind::Settings, [word]) if own(word, kind) => (*word, &[][..]),
        (Kind::Settings, _) => return (heading.to_owned(), false, None),
        (_, ["media", _, rest @ ..]) => match second.as_str() {
            "image" => ("image", rest),
            "audio" => ("audio", rest),
            "video" => ("video", rest),
            "big-image" => ("big-image", rest),
            _ => return (heading.to_owned(), false, None),
        },
        (Kind::Choices, ["list name"]) => ("list name", &[][..]),
        (Kind::Choices, ["name"]) => ("name", &[][..]),
        (_, ["label", rest @ ..]) => ("label", rest),
        (Kind::Choices, _) => return (heading.to_owned(), false, None),
        (_, ["hint", rest @ ..]) => ("hint", rest),
        (_, ["guidance_hint", rest @ ..]) => ("guidance_hint", rest),
        (_, ["low_label", rest @ ..]) => ("low_label", rest),
        (_, ["high_label", rest @ ..]) => ("high_label", rest),
        (_, ["bind", _, rest @ ..]) => match second.as_str() {
            "relevant" => ("relevant", rest),
            "constraint" => ("constraint", rest),
            "calculate" => ("calculation", rest),
            "required" => ("required", rest),
            "readonly" => ("read_only", rest),
            "jr:constraintmsg" => ("constraint_message", rest),
            "jr:requiredmsg" => ("required_message", rest),
            _ => return (heading.to_owned(), false, None),
        },
        (_, ["control", _, rest @ ..]) => match second.as_str() {
            "appearance" => ("appearance", rest),
            "jr:count" => ("repeat_count", rest),
            "rows" => ("rows", rest),
            _ => return (heading.to_owned(), false, None),
        },
        (
            _,
            [
                word @ ("type" | "name" | "default" | "trigger" | "choice_filter" | "parameters"
                | "disabled" | "may_decline"),
            ],
        ) => (*word, &[][..]),
        _ => return (heading.to_owned(), false, None),
    };
    let language = match rest {
        [] | ["default" | ""] => None,
        parts => Some(parts.join("::")),
    };
    (key.to_owned(), true, language)
}
