//! Which languages a form has, and which of them a column without one belongs to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::{
    Place,
    finding::Findings,
    header::{Column, Table},
    language::{self, Language},
};

/// Columns with words for people.
pub(crate) const TEXTS: [&str; 10] = [
    "label",
    "hint",
    "guidance_hint",
    "constraint_message",
    "required_message",
    "image",
    "audio",
    "video",
    "low_label",
    "high_label",
];

/// The languages of a form.
#[derive(Debug)]
pub(crate) struct Languages {
    /// Tags, the form's own first.
    pub(crate) tags: Vec<String>,
    /// Names by tag, for those that have one.
    pub(crate) names: BTreeMap<String, String>,
    /// The tag of each name that a heading has.
    by_heading: BTreeMap<String, String>,
}

impl Languages {
    /// Finds the languages of the sheets. `usual` is the tag of a form that names none.
    pub(crate) fn of(
        tables: &[&Table<'_>],
        default: Option<(&str, Place)>,
        usual: &str,
        findings: &mut Findings,
    ) -> Self {
        let mut found =
            Self { tags: Vec::new(), names: BTreeMap::new(), by_heading: BTreeMap::new() };
        // Two languages of one column are two languages, whatever their tags would be.
        let mut taken: BTreeSet<(usize, String, String)> = BTreeSet::new();
        let mut bare: Vec<(usize, String)> = Vec::new();
        for (sheet, table) in tables.iter().enumerate() {
            let texts = table.columns.iter().filter(|column| TEXTS.contains(&column.key.as_str()));
            for column in texts {
                let Some(heading) = &column.language else {
                    bare.push((sheet, column.key.clone()));
                    continue;
                };
                let mut language = language::read(heading);
                let known = found.by_heading.get(heading);
                if let Some(tag) = known {
                    language.tag.clone_from(tag);
                }
                let mut number = 2;
                while taken.contains(&(sheet, column.key.clone(), language.tag.clone())) {
                    language.tag = format!("{}-x-{number}", language::read(heading).tag);
                    number += 1;
                }
                taken.insert((sheet, column.key.clone(), language.tag.clone()));
                if known.is_none() {
                    found.enter(heading, language, &table.sheet.name, column, findings);
                }
            }
        }
        // A column without a language is in the first one that it stands beside least: "hint"
        // beside "label::English" is English, "label" beside "label::French" is not French.
        let beside = |tag: &String, key: Option<&str>| {
            let columns = bare.iter().filter(|(_, name)| key.is_none_or(|key| key == name));
            columns
                .filter(|(sheet, name)| taken.contains(&(*sheet, name.clone(), tag.clone())))
                .count()
        };
        let likely = found
            .tags
            .iter()
            .filter(|tag| beside(tag, Some("label")) == 0)
            .min_by_key(|tag| beside(tag, None))
            .cloned();
        found.choose_own(default, usual, !bare.is_empty(), likely, findings);
        found
    }

    fn enter(
        &mut self,
        heading: &str,
        language: Language,
        sheet: &str,
        column: &Column,
        findings: &mut Findings,
    ) {
        let place = || Place::cell(sheet, 1, column.index);
        if self.tags.contains(&language.tag) {
            let what = format!("\"{heading}\" is read as {}, like another column.", language.tag);
            let remedy = "Write a language in the same way everywhere.";
            findings.warning("language_spelling", place(), what, remedy);
        } else {
            if language.tag.starts_with("x-") || language.tag == "und" {
                let what = format!("No language is known by the name \"{heading}\".");
                let remedy = "Write its tag behind the name, such as: Polski (pl).";
                findings.warning("language_unknown", place(), what, remedy);
            }
            self.tags.push(language.tag.clone());
            if !language.name.is_empty() {
                self.names.insert(language.tag.clone(), language.name);
            }
        }
        self.by_heading.insert(heading.to_owned(), language.tag);
    }

    fn choose_own(
        &mut self,
        default: Option<(&str, Place)>,
        usual: &str,
        bare: bool,
        likely: Option<String>,
        findings: &mut Findings,
    ) {
        let own = match default {
            Some((heading, place)) => {
                let language = language::read(heading);
                let tag = self.by_heading.get(heading).cloned().unwrap_or(language.tag);
                if !self.tags.contains(&tag) {
                    if !bare && let Some(first) = self.tags.first().cloned() {
                        let what = format!("No column is in the language \"{heading}\".");
                        let remedy = format!("The form opens in {first}. Change default_language.");
                        findings.warning("language_unused", place, what, remedy);
                        return;
                    }
                    if !language.name.is_empty() {
                        self.names.insert(tag.clone(), language.name);
                    }
                }
                tag
            }
            None if !bare && !self.tags.is_empty() => return,
            None if likely.is_some() => likely.unwrap_or_default(),
            None => {
                let mut tag = usual.to_owned();
                let mut number = 2;
                while self.tags.contains(&tag) {
                    tag = format!("{usual}-x-{number}");
                    number += 1;
                }
                let what = format!("The form does not say its language. It is taken as {tag}.");
                let remedy =
                    "If it is another, write it as default_language on the settings sheet.";
                findings.note("language_assumed", Place::default(), what, remedy);
                tag
            }
        };
        self.tags.retain(|tag| *tag != own);
        self.tags.insert(0, own);
    }

    /// The tag of a column's language.
    pub(crate) fn tag(&self, column: &Column) -> &str {
        let named = column.language.as_ref().and_then(|heading| self.by_heading.get(heading));
        named.map_or_else(|| self.own(), String::as_str)
    }

    /// The form's own language.
    pub(crate) fn own(&self) -> &str {
        self.tags.first().map(String::as_str).unwrap_or_default()
    }

    /// `languages` and `language_names` of a definition.
    pub(crate) fn write(&self, definition: &mut Map<String, Value>) {
        definition.insert("languages".to_owned(), self.tags.clone().into());
        let names: Map<String, Value> =
            self.names.iter().map(|(tag, name)| (tag.clone(), name.as_str().into())).collect();
        if !names.is_empty() {
            definition.insert("language_names".to_owned(), names.into());
        }
    }
}
