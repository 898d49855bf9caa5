//! The sheet `settings`: the form's title, name, version and language.

use std::collections::BTreeMap;

use crate::{
    Place,
    finding::Findings,
    header::Table,
    words::{quoted, straight, truth},
};

/// Settings that a definition keeps, by XLSForm's names; the form's own two are written otherwise.
pub(crate) const KEPT: [&str; 8] = [
    "form_id",
    "version",
    "style",
    "instance_name",
    "allow_choice_duplicates",
    "clean_text_values",
    "name",
    "omit_instanceID",
];

/// The settings of a form.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    /// What a definition keeps.
    pub(crate) kept: BTreeMap<String, String>,
    /// `form_title`.
    pub(crate) title: Option<String>,
    /// `default_language` and where it stands.
    pub(crate) language: Option<(String, Place)>,
    /// Where each setting stands.
    pub(crate) places: BTreeMap<String, Place>,
}

impl Settings {
    /// Reads the first row under the headings.
    pub(crate) fn read(table: &Table<'_>, findings: &mut Findings) -> Self {
        let mut settings = Self::default();
        let sheet = table.sheet.name.as_str();
        let Some((&row, others)) = table.rows.split_first() else { return settings };
        if let Some(&other) = others.first() {
            let what = "Only the first row of settings is read.";
            let remedy = "Delete the rows below it.";
            findings.note("more_settings", Place::row(sheet, other), what, remedy);
        }
        for (column, text) in table.cells(row) {
            let place = Place::cell(sheet, row, column.index);
            let text = straight(text);
            let key = if column.key == "id_string" { "form_id" } else { column.key.as_str() };
            match key {
                "title" => settings.title = Some(text),
                "default_language" => settings.language = Some((text, place.clone())),
                // "form_id" wins where a form has both, as with pyxform.
                "form_id" if column.heading == "id_string" && settings.kept.contains_key(key) => {}
                // As the engine reads it, whatever the spreadsheet made of it.
                "allow_choice_duplicates" if truth(&text) == Some(true) => {
                    settings.kept.insert(key.to_owned(), "yes".to_owned());
                }
                key if KEPT.contains(&key) => {
                    settings.kept.insert(key.to_owned(), text);
                }
                "public_key" => {
                    let what = "Answers are not encrypted with this key.";
                    let remedy = "They are stored on this server alone. Delete the setting.";
                    findings.warning("unused_setting", place.clone(), what, remedy);
                }
                "submission_url" => {
                    let what = "Answers come to this server, not to that address.";
                    let remedy = "Nothing needs to be done.";
                    findings.note("unused_setting", place.clone(), what, remedy);
                }
                "add_none_option" if text.eq_ignore_ascii_case("false") || text == "no" => {}
                "add_none_option" => {
                    let what = "No choice \"none\" is added by itself.";
                    let remedy = "Write it into each list that needs it.";
                    findings.warning("unused_setting", place.clone(), what, remedy);
                }
                _ => {
                    let what = format!("The setting {} is left out.", quoted(&column.heading));
                    let remedy = "Nothing needs to be done: it means nothing here.";
                    findings.note("unused_setting", place.clone(), what, remedy);
                }
            }
            settings.places.insert(key.to_owned(), place);
        }
        settings
    }

    /// Whether a setting says yes, or what it is when it says nothing.
    pub(crate) fn says(&self, key: &str, otherwise: bool) -> bool {
        self.kept.get(key).and_then(|text| truth(text)).unwrap_or(otherwise)
    }
}
