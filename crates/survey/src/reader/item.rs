//! The items of a form: questions, notes, groups and repeats, each with what it asks and when.

use model::{ProblemCode, limits::QUESTIONS};
use serde_json::Value;

use super::{GROUP_DEPTH, Place, Reader, Unreadable, field::too_long, initial::is_computed};
use crate::{
    Condition, Expression, FileKind, Initial, Item, Kind, Media, Metadata, Scale, reference::Piped,
};

/// Steps on one scale; a longer one is a number to write.
const SCALE_STEPS: usize = 1_001;

impl<const CHECKED: bool> Reader<CHECKED> {
    /// Reads the items of a group.
    pub(super) fn read_items(
        &mut self,
        place: Place<'_>,
        parent: Option<usize>,
        depth: usize,
    ) -> Result<(), Unreadable> {
        if depth > GROUP_DEPTH {
            let detail = "Put groups at most eight levels deep.";
            self.add(place.pointer, "/items", ProblemCode::TooLong, detail);
            return Err(Unreadable);
        }
        let first = self.items.len();
        for (index, value) in self.list(place, "items").iter().enumerate() {
            let pointer = &format!("{}/items/{index}", place.pointer);
            if CHECKED && self.items.len() == QUESTIONS {
                let detail =
                    format!("Ask at most {QUESTIONS} questions, notes and groups counted.");
                // Once: the others are not looked at.
                if self.problems.last().is_none_or(|last| last.code != ProblemCode::TooMany) {
                    self.add(pointer, "", ProblemCode::TooMany, detail);
                }
                break;
            }
            let Some(fields) = value.as_object() else {
                self.add(pointer, "", ProblemCode::Malformed, "An item is an object.");
                if CHECKED {
                    continue;
                }
                return Err(Unreadable);
            };
            let at = Place { fields, pointer };
            // With the problems in the list, reading goes on to find the others.
            match self.item(at, parent) {
                Ok(true) => {
                    let own = self.items.len() - 1;
                    let read = self.read_items(at, Some(own), depth + 1);
                    self.items[own].end = self.items.len();
                    if !CHECKED {
                        read?;
                    }
                }
                Err(Unreadable) if !CHECKED => return Err(Unreadable),
                _ => {}
            }
        }
        if CHECKED {
            self.twice(first, parent);
        }
        Ok(())
    }

    /// Says which names stand twice in one group.
    fn twice(&mut self, first: usize, parent: Option<usize>) {
        let mut own: Vec<usize> =
            (first..self.items.len()).filter(|at| self.items[*at].parent == parent).collect();
        own.sort_by(|a, b| self.items[*a].name.cmp(&self.items[*b].name));
        for pair in own.windows(2) {
            let name = &self.items[pair[1]].name;
            if *name == self.items[pair[0]].name {
                let detail = format!("\"{name}\" is used twice. Rename one of them.");
                let pointer = self.pointer_of(pair[1]);
                self.add(&pointer, "/name", ProblemCode::Duplicate, detail);
            }
        }
    }

    /// Reads one item without what it holds; whether it can hold something.
    fn item(&mut self, place: Place<'_>, parent: Option<usize>) -> Result<bool, Unreadable> {
        let Place { pointer, fields } = place;
        let name = self.own_name(place);
        if CHECKED {
            let good_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
                && name.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c));
            if !good_name || too_long(&name) {
                let detail =
                    "Start a name with a letter and use letters, digits, hyphen, underscore.";
                self.add(pointer, "/name", ProblemCode::Malformed, detail);
            }
        }
        let label = self.text(place, "label");
        let relevant = self.expression(place, "relevant")?;
        let (kind, from_repeat) = match self.kind(place) {
            Some(kind) => kind,
            None => return Err(Unreadable),
        };
        if CHECKED && !kind.is_group() && fields.contains_key("label") && label.is_empty() {
            let at = format!("/label/{}", model::text::FALLBACK);
            self.add(pointer, &at, ProblemCode::Required, "Give the text in some language.");
        }
        if CHECKED {
            self.problems.extend(label.problems_of_length(&format!("{pointer}/label")));
        }
        // Of a note it binds nobody; forms in use say it all the same.
        let required = self.condition(place, "required")?;
        let at = self.items.len();
        let item = Item {
            name,
            path: String::new(),
            label,
            hint: self.text(place, "hint"),
            guidance: self.text(place, "guidance_hint"),
            media: self.media(place),
            required,
            required_message: self.text(place, "required_message"),
            read_only: self.condition(place, "read_only")?,
            relevant,
            constraint: self.expression(place, "constraint")?,
            constraint_message: self.text(place, "constraint_message"),
            calculation: self.expression(place, "calculation")?,
            default: self.initial(place, &kind)?,
            triggers: Vec::new(),
            choice_filter: self.expression(place, "choice_filter")?,
            repeat_count: self.expression(place, "repeat_count")?,
            may_decline: self.flag(place, "may_decline"),
            appearance: self.words(place, "appearance").to_owned(),
            parameters: self.strings(place, "parameters"),
            parent,
            repeat: None,
            end: at + 1,
            kind,
        };
        let triggers = Piped::names(self.words(place, "trigger"));
        if !triggers.is_empty() {
            self.triggers.push((at, triggers.into_iter().map(str::to_owned).collect()));
        }
        self.from_repeat.extend(from_repeat.map(|name| (at, name)));
        let holds = item.kind.is_group();
        self.items.push(item);
        self.pointers.push(if CHECKED { pointer.to_owned() } else { String::new() });
        Ok(holds)
    }

    /// The type of an item, and the question in a repeat that its choices come from.
    fn kind(&mut self, place: Place<'_>) -> Option<(Kind, Option<String>)> {
        let kind = match self.words(place, "type") {
            "select_one" | "select_one_external" | "select_one_from_file" => {
                let (choices, question) = self.choices_of(place)?;
                return Some((Kind::SelectOne(choices), question));
            }
            "select_multiple" | "select_multiple_from_file" => {
                let (choices, question) = self.choices_of(place)?;
                return Some((Kind::SelectMultiple(choices), question));
            }
            "rank" => {
                let (choices, question) = self.choices_of(place)?;
                return Some((Kind::Rank(choices), question));
            }
            "group" => Kind::Group,
            "repeat" => Kind::Repeat,
            "note" => Kind::Note,
            "range" => Kind::Range(self.scale(place)?),
            "integer" => Kind::Integer,
            "decimal" => Kind::Decimal,
            "text" => Kind::Text,
            "date" => Kind::Date,
            "time" => Kind::Time,
            "dateTime" => Kind::DateTime,
            "acknowledge" => Kind::Acknowledge,
            "calculate" | "hidden" => Kind::Hidden,
            "start" => Kind::Metadata(Metadata::Start),
            "end" => Kind::Metadata(Metadata::End),
            "today" => Kind::Metadata(Metadata::Today),
            "deviceid" => Kind::Metadata(Metadata::DeviceId),
            "username" => Kind::Metadata(Metadata::Username),
            "email" => Kind::Metadata(Metadata::Email),
            "phonenumber" => Kind::Metadata(Metadata::PhoneNumber),
            "audit" | "start-geopoint" | "background-audio" | "background-geopoint" => {
                Kind::Metadata(Metadata::Nothing)
            }
            "barcode" => Kind::Barcode,
            "geopoint" => Kind::Geopoint,
            "geotrace" | "geoshape" => Kind::Geoshape,
            "image" => Kind::File(FileKind::Image),
            "audio" => Kind::File(FileKind::Audio),
            "video" => Kind::File(FileKind::Video),
            "file" => Kind::File(FileKind::Any),
            other => {
                if CHECKED {
                    let detail =
                        format!("\"{other}\" is not a type of question that surveys know.");
                    self.add(place.pointer, "/type", ProblemCode::Unknown, detail);
                }
                return None;
            }
        };
        Some((kind, None))
    }

    fn scale(&mut self, place: Place<'_>) -> Option<Scale> {
        let parameters = self.strings(place, "parameters");
        // XLSForm's own scale, where the form says nothing (pyxform's defaults).
        let number = |name, usual| {
            parameters.get(name).map_or(Some(usual), |text| crate::number::parse(text.trim()))
        };
        let (low, high) = (self.text(place, "low_label"), self.text(place, "high_label"));
        let read = || {
            let (start, end) = (number("start", 1.0)?, number("end", 10.0)?);
            let scale = Scale { start, end, step: number("step", 1.0)?.abs(), low, high };
            (scale.step >= 1e-6 && scale.start != scale.end && scale.len() <= SCALE_STEPS)
                .then_some(scale)
        };
        let scale = read();
        if scale.is_none() {
            let detail = format!("Let the scale have 2 to {SCALE_STEPS} steps.");
            self.add(place.pointer, "/parameters", ProblemCode::OutOfRange, detail);
        }
        scale
    }

    /// The value an item starts with.
    fn initial(&mut self, place: Place<'_>, kind: &Kind) -> Result<Option<Initial>, Unreadable> {
        let source = self.plain(place, "default");
        if source.is_empty() || !is_computed(&source, kind) {
            return Ok((!source.is_empty()).then_some(Initial::Written(source)));
        }
        Ok(self.parsed(place, "default", &source)?.map(Initial::Computed))
    }

    /// `true`, `false`, or an expression.
    fn condition(&mut self, place: Place<'_>, field: &str) -> Result<Condition, Unreadable> {
        match place.fields.get(field) {
            None | Some(Value::Null | Value::Bool(false)) => Ok(Condition::Never),
            Some(Value::Bool(true)) => Ok(Condition::Always),
            Some(Value::String(source)) => {
                // As pyxform reads yes and no.
                Ok(match source.trim() {
                    "" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "false()" => {
                        Condition::Never
                    }
                    "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "true()" => {
                        Condition::Always
                    }
                    source => {
                        self.parsed(place, field, source)?.map_or(Condition::Never, Condition::When)
                    }
                })
            }
            Some(_) => {
                let detail = "Write this as true, false or a condition.";
                self.add(place.pointer, &format!("/{field}"), ProblemCode::Malformed, detail);
                Ok(Condition::Never)
            }
        }
    }

    /// The expression of a field, if there is one.
    fn expression(
        &mut self,
        place: Place<'_>,
        field: &str,
    ) -> Result<Option<Expression>, Unreadable> {
        let source = self.plain(place, field);
        if source.trim().is_empty() {
            return Ok(None);
        }
        self.parsed(place, field, &source)
    }

    fn parsed(
        &mut self,
        place: Place<'_>,
        field: &str,
        source: &str,
    ) -> Result<Option<Expression>, Unreadable> {
        match Expression::parse(source) {
            Ok(expression) => Ok(Some(expression)),
            Err(error) => {
                if CHECKED {
                    let at = format!("/{field}");
                    self.add(place.pointer, &at, ProblemCode::Malformed, error.to_string());
                    return Ok(None);
                }
                Err(Unreadable)
            }
        }
    }

    pub(super) fn media(&mut self, place: Place<'_>) -> Media {
        Media {
            image: self.text(place, "image"),
            audio: self.text(place, "audio"),
            video: self.text(place, "video"),
        }
    }
}

/// Gives each item its path and its innermost repeat.
pub(super) fn name_paths(items: &mut [Item]) {
    for at in 0..items.len() {
        items[at].repeat = items[at].parent.and_then(|parent| match items[parent].kind {
            Kind::Repeat => Some(parent),
            _ => items[parent].repeat,
        });
    }
    let mut names: Vec<(Option<usize>, String)> =
        items.iter().map(|item| (item.repeat, item.name.clone())).collect();
    names.sort_unstable();
    for at in 0..items.len() {
        let item = &items[at];
        let own = |other: &(Option<usize>, String)| {
            (other.0, other.1.as_str()).cmp(&(item.repeat, item.name.as_str()))
        };
        let first = names.partition_point(|other| own(other).is_lt());
        let unique = names.get(first + 1).is_none_or(|other| own(other).is_ne());
        let mut path = item.name.clone();
        let mut around = item.parent;
        if !unique {
            while let Some(group) = around.filter(|group| Some(*group) != item.repeat) {
                path = format!("{}/{path}", items[group].name);
                around = items[group].parent;
            }
        }
        if let Some(repeat) = item.repeat {
            path = format!("{}/{path}", items[repeat].path);
        }
        items[at].path = path;
    }
}
