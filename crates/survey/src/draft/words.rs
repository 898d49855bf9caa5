//! The texts of a draft in its languages, and what is missing in each.

use serde_json::{Map, Value};

use super::{
    Draft, Path, Refusal,
    reference::{parts, referred_name},
    tree::text,
};

/// The first of the characters that stand for answers in words whose marks are taken away: no form has them (Unicode, private use).
const ANSWER: u32 = 0xe000;
/// Characters of a question's words that stand in those of another one.
const SHORT: usize = 40;

/// What a text belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The form.
    Form,
    /// A question or a group.
    Item(Path),
    /// A choice of a list.
    Choice {
        /// The list's name.
        list: String,
        /// The choice's name.
        choice: String,
    },
}

/// One text in its languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// What it belongs to.
    pub place: Place,
    /// As what: `label`, `hint` …
    pub field: String,
    /// The words by language.
    pub text: Vec<(String, String)>,
}

impl Words {
    /// The words in a language; empty if there are none.
    pub fn own(&self, language: &str) -> &str {
        let found = self.text.iter().find(|(tag, _)| tag == language);
        found.map(|(_, words)| words.as_str()).unwrap_or_default()
    }
}

/// The fields of items that are read by people, in the order in which they are read.
pub(super) const READ: [&str; 7] = [
    "label",
    "hint",
    "guidance_hint",
    "constraint_message",
    "required_message",
    "low_label",
    "high_label",
];

impl Draft {
    /// Every text that is there, in the order of the form; the choices of a list after the first question with it.
    pub fn words(&self) -> Vec<Words> {
        let mut found = Vec::new();
        let mut read = |place: &Place, fields: &Map<String, Value>, names: &[&str]| {
            for name in names {
                let Some(text) = fields.get(*name).and_then(Value::as_object) else { continue };
                let words = |(tag, words): (&String, &Value)| {
                    Some((tag.clone(), words.as_str()?.to_owned()))
                };
                let text = text.iter().filter_map(words).collect();
                found.push(Words { place: place.clone(), field: (*name).to_owned(), text });
            }
        };
        read(&Place::Form, &self.form, &["title"]);
        let mut seen: Vec<&str> = Vec::new();
        let entries = self.entries();
        for entry in &entries {
            let Some(item) = self.item(&entry.path) else { continue };
            read(&Place::Item(entry.path.clone()), item, &READ);
            let list = item.get("list").and_then(Value::as_str).unwrap_or_default();
            if seen.contains(&list) {
                continue;
            }
            seen.push(list);
            for choice in self.choices(list) {
                let name = text(choice, "name").to_owned();
                let place = Place::Choice { list: list.to_owned(), choice: name };
                if let Some(fields) = choice.as_object() {
                    read(&place, fields, &["label"]);
                }
            }
        }
        found
    }

    /// The texts that have words in the form's own language and none in `language`.
    pub fn untranslated(&self, language: &str) -> Vec<Words> {
        let own = self.language();
        let missing = |words: &Words| {
            !words.own(own).trim().is_empty() && words.own(language).trim().is_empty()
        };
        self.words().into_iter().filter(missing).collect()
    }

    /// The text of a place; empty words in every language if there is none.
    pub fn text(&self, place: &Place, field: &str, language: &str) -> String {
        let fields = match place {
            Place::Form => Some(&self.form),
            Place::Item(path) => self.item(path),
            Place::Choice { list, choice } => {
                let choices = self.choices(list).iter();
                choices.filter_map(Value::as_object).find(|it| is_called(it, choice))
            }
        };
        let words = fields.and_then(|fields| fields.get(field)?.get(language)?.as_str());
        words.unwrap_or_default().to_owned()
    }

    /// Sets the words of a text in one language; without words the language is taken out.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if there is no such place or language, [`Refusal::Unknown`] if the words pipe in the
    /// answer of a question that is not there.
    pub fn set_words(
        &mut self,
        place: &Place,
        field: &str,
        language: &str,
        words: &str,
    ) -> Result<(), Refusal> {
        if !self.languages().contains(&language) {
            return Err(Refusal::Missing(language.to_owned()));
        }
        self.known(&Value::String(words.to_owned()))?;
        self.write(place, field, language, words).ok_or_else(|| {
            Refusal::Missing(match place {
                Place::Form => field.to_owned(),
                Place::Item(path) => path.to_string(),
                Place::Choice { choice, .. } => choice.clone(),
            })
        })
    }

    pub(super) fn write(
        &mut self,
        place: &Place,
        field: &str,
        language: &str,
        words: &str,
    ) -> Option<()> {
        let fields = match place {
            Place::Form => &mut self.form,
            Place::Item(path) => self.item_mut(path)?,
            Place::Choice { list, choice } => {
                let choices = self.form.get_mut("lists")?.get_mut(list)?.as_array_mut()?;
                let mut choices = choices.iter_mut().filter_map(Value::as_object_mut);
                choices.find(|it| is_called(it, choice))?
            }
        };
        let text = fields.entry(field).or_insert_with(|| Value::Object(Map::new()));
        if !text.is_object() {
            *text = Value::Object(Map::new());
        }
        let texts = text.as_object_mut()?;
        if words.trim().is_empty() {
            texts.remove(language);
        } else {
            texts.insert(language.to_owned(), Value::String(words.trim().to_owned()));
        }
        if texts.is_empty() {
            fields.remove(field);
        }
        Some(())
    }

    /// What a question, a group or a choice is called where it is listed: its words in the form's own language as
    /// [`Draft::readable`] gives them, else its name.
    pub fn title(&self, place: &Place) -> String {
        let name = match place {
            Place::Form => None,
            Place::Item(path) => path.name(),
            Place::Choice { choice, .. } => Some(choice.as_str()),
        };
        let words = self.text(place, "label", self.language());
        if words.trim().is_empty() {
            return name.unwrap_or("–").to_owned();
        }
        self.readable(&words)
    }

    /// Words for who writes the form: without their marks, and where an answer will stand in them, the question in brackets that it
    /// is the answer to. That is a question's own words where they are short, and else its name.
    pub fn readable(&self, words: &str) -> String {
        let mut asked = Vec::new();
        let mut said = String::new();
        for (before, inside) in parts(words) {
            said.push_str(before);
            let Some(inside) = inside else { continue };
            // What stands for it keeps its place while the words around it lose their marks.
            let mark = u32::try_from(asked.len()).ok().and_then(|at| char::from_u32(ANSWER + at));
            said.extend(mark);
            asked.push(self.asked(referred_name(inside)));
        }
        let mut readable = String::new();
        for character in crate::plain(&said).chars() {
            let at = u32::from(character).checked_sub(ANSWER).map(|at| at as usize);
            match at.and_then(|at| asked.get(at)) {
                Some(question) => readable.push_str(&format!("[{question}]")),
                None => readable.push(character),
            }
        }
        readable
    }

    /// The question of that name in a few words.
    fn asked(&self, name: &str) -> String {
        let label = self
            .find(name)
            .map(|path| crate::plain(&self.text(&Place::Item(path), "label", self.language())));
        let short = |label: &String| {
            let letters = label.chars().count();
            (1..=SHORT).contains(&letters) && !label.contains("${")
        };
        label.filter(short).unwrap_or_else(|| name.to_owned())
    }

    /// What a pointer of a problem leads to, and the field there: `/items/0/items/2/relevant`, `/lists/yes/1/label`.
    pub fn place_of(&self, pointer: &str) -> (Place, String) {
        let mut parts = pointer.split('/').skip(1).peekable();
        let first = |rest: Option<&str>| rest.unwrap_or_default().to_owned();
        match parts.peek().copied() {
            Some("items") => {
                let mut path = Path::root();
                let mut item = None;
                while parts.peek() == Some(&"items") {
                    parts.next();
                    let at = parts.next().and_then(|index| index.parse::<usize>().ok());
                    let found = at.and_then(|at| self.items(&path)?.get(at));
                    let Some(found) = found else { break };
                    path = path.child(text(found, "name"));
                    item = Some(Place::Item(path.clone()));
                }
                (item.unwrap_or(Place::Form), first(parts.next()))
            }
            Some("lists") => {
                parts.next();
                let list = first(parts.next());
                let at = parts.next().and_then(|index| index.parse::<usize>().ok());
                let choice = at.and_then(|at| self.choices(&list).get(at));
                let choice = choice.map(|it| text(it, "name").to_owned()).unwrap_or_default();
                (Place::Choice { list, choice }, first(parts.next()))
            }
            field => (Place::Form, first(field)),
        }
    }
}

fn is_called(fields: &Map<String, Value>, name: &str) -> bool {
    fields.get("name").and_then(Value::as_str) == Some(name)
}
