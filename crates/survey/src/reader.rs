//! Reading a definition from its JSON form, with or without saying what is wrong with it.

use std::sync::Arc;

use model::{
    Named, Problem, ProblemCode, Text,
    limits::{CHOICES, FILES_CHARS, JSON_DEPTH, LANGUAGES, LINE_CHARS, QUESTIONS, TABLE_CELLS},
};
use serde::Deserialize as _;
use serde_json::{Map, Value};

use crate::{
    Choice, Choices, Condition, Definition, Expression, FileKind, Initial, Item, Kind, Media,
    Metadata, Scale, Table,
    graph::Graph,
    reference::{Piped, unresolved},
};

/// Steps on one scale; a longer one is a number to write.
const SCALE_STEPS: usize = 1_001;
/// Groups in groups: each level is two of [`JSON_DEPTH`], and half of it is left for what stands
/// around the definition.
const GROUP_DEPTH: usize = JSON_DEPTH / 4;

impl Definition {
    /// Reads and checks a definition.
    ///
    /// # Errors
    /// Everything that is wrong, each with a pointer to its item.
    pub fn read(value: &Value) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader::<true>::default();
        let definition = reader.definition(value);
        definition.filter(|_| reader.problems.is_empty()).ok_or(reader.problems)
    }

    /// Reads a definition that the server has checked and published. It leaves out the checks and their words, which
    /// every tablet would have to load; `None` if it has a form that this app does not know.
    pub fn read_published(value: &Value) -> Option<Self> {
        Reader::<false>::default().definition(value)
    }
}

fn too_long(name: &str) -> bool {
    name.chars().count() > LINE_CHARS
}

/// What has come while a definition is read: `CHECKED` says whether anybody wants to know what is wrong.
#[derive(Default)]
struct Reader<const CHECKED: bool> {
    items: Vec<Item>,
    /// Of each item, where it stands.
    pointers: Vec<String>,
    /// Of each item, the names in its `trigger`.
    triggers: Vec<(usize, Vec<String>)>,
    /// Of items whose choices come from a repeat, the question there.
    from_repeat: Vec<(usize, String)>,
    lists: Named<Arc<[Choice]>>,
    tables: Named<Table>,
    problems: Vec<Problem>,
}

/// An object of the definition and where it stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    fields: &'a Map<String, Value>,
    pointer: &'a str,
}

/// The expression cannot be read, and nobody wants to know why.
struct Unreadable;

impl<const CHECKED: bool> Reader<CHECKED> {
    fn add(&mut self, pointer: &str, name: &str, code: ProblemCode, detail: impl Into<String>) {
        if CHECKED {
            self.problems.push(Problem::new(format!("{pointer}{name}"), code, detail));
        }
    }

    fn definition(&mut self, value: &Value) -> Option<Definition> {
        let Some(fields) = value.as_object() else {
            self.add("", "", ProblemCode::Malformed, "A definition is an object.");
            return None;
        };
        let place = Place { fields, pointer: "" };
        let languages = self.list(place, "languages");
        let languages: Vec<_> =
            languages.iter().filter_map(|tag| tag.as_str().map(str::to_owned)).collect();
        if CHECKED && (languages.len() > LANGUAGES || languages.iter().any(|tag| too_long(tag))) {
            let detail = format!("Name at most {LANGUAGES} languages, each by its short tag.");
            self.add("", "/languages", ProblemCode::TooMany, detail);
        }
        if CHECKED && languages.is_empty() {
            self.add("", "/languages", ProblemCode::Required, "Name at least one language.");
        }
        if CHECKED && !fields.contains_key("items") {
            self.add("", "/items", ProblemCode::Required, "Give the questions.");
        }
        self.read_tables(place);
        self.read_lists(place);
        let files = self.read_files(place);
        let language_names = self.strings(place, "language_names");
        let settings = self.strings(place, "settings");
        let title = self.text(place, "title");
        self.read_items(place, None, 1).ok()?;
        name_paths(&mut self.items);
        let mut definition = Definition {
            languages,
            language_names,
            title,
            settings,
            items: std::mem::take(&mut self.items),
            lists: std::mem::take(&mut self.lists),
            tables: std::mem::take(&mut self.tables),
            files,
            graph: Graph::default(),
        };
        self.resolve(&mut definition)?;
        let mut told = Vec::new();
        definition.connect(CHECKED.then_some(&mut told));
        if CHECKED {
            self.resolved(&definition);
            let pointers = &self.pointers;
            let located = |(item, problem): (usize, Problem)| problem.under(&pointers[item]);
            self.problems.extend(told.into_iter().map(located));
        }
        Some(definition)
    }

    /// Finds the items that triggers and lists from repeats name.
    fn resolve(&mut self, definition: &mut Definition) -> Option<()> {
        // The names must be in order before one is looked for.
        definition.sort_names();
        for (item, names) in std::mem::take(&mut self.triggers) {
            for name in names {
                match definition.named(&name, item)[..] {
                    [trigger] => definition.items[item].triggers.push(trigger),
                    _ => {
                        let pointer = self.pointer_of(item);
                        self.add(&pointer, "/trigger", ProblemCode::Unknown, no_question(&name));
                    }
                }
            }
        }
        for (item, name) in std::mem::take(&mut self.from_repeat) {
            let found = definition.named(&name, item);
            let inside = |other: &usize| definition.items[*other].repeat.is_some();
            let question = found.first().copied().filter(inside);
            if question.is_none() {
                let pointer = self.pointer_of(item);
                let detail = format!("No question \"{name}\" stands in a repeat.");
                self.add(&pointer, "/list", ProblemCode::Unknown, detail);
                if !CHECKED {
                    return None;
                }
            }
            let choices = Choices::Repeat(question.unwrap_or(item));
            let kind = &mut definition.items[item].kind;
            *kind = match kind {
                Kind::SelectMultiple(_) => Kind::SelectMultiple(choices),
                Kind::Rank(_) => Kind::Rank(choices),
                _ => Kind::SelectOne(choices),
            };
        }
        Some(())
    }

    fn pointer_of(&self, item: usize) -> String {
        self.pointers.get(item).cloned().unwrap_or_default()
    }

    /// Says which names of expressions and labels mean nothing, or more than one thing.
    fn resolved(&mut self, definition: &Definition) {
        for (at, item) in definition.items.iter().enumerate() {
            let condition = |condition: &'_ Condition| match condition {
                Condition::When(expression) => Some(expression.clone()),
                _ => None,
            };
            let computed = match &item.default {
                Some(Initial::Computed(expression)) => Some(expression.clone()),
                _ => None,
            };
            let own = [
                ("relevant", item.relevant.clone()),
                ("constraint", item.constraint.clone()),
                ("calculation", item.calculation.clone()),
                ("choice_filter", item.choice_filter.clone()),
                ("repeat_count", item.repeat_count.clone()),
                ("required", condition(&item.required)),
                ("read_only", condition(&item.read_only)),
                ("default", computed),
            ];
            let pointer = self.pointer_of(at);
            for (field, expression) in own {
                let Some(expression) = expression else { continue };
                for detail in unresolved(definition, &expression, at) {
                    self.add(&pointer, &format!("/{field}"), ProblemCode::Unknown, detail);
                }
            }
            for (field, text) in [("label", &item.label), ("hint", &item.hint)] {
                for (language, words) in text.iter() {
                    for name in Piped::names(words) {
                        if definition.named(name, at).is_empty() {
                            let field = format!("/{field}/{language}");
                            self.add(&pointer, &field, ProblemCode::Unknown, no_question(name));
                        }
                    }
                }
            }
        }
    }

    fn read_tables(&mut self, place: Place<'_>) {
        let Some(tables) = self.object(place, "tables") else { return };
        for (name, value) in tables {
            let pointer = &format!("/tables/{name}");
            let Some(fields) = value.as_object() else {
                self.add(pointer, "", ProblemCode::Malformed, "A table is an object.");
                continue;
            };
            let at = Place { fields, pointer };
            let cells = |row: &Value| -> Vec<String> {
                row.as_array().into_iter().flatten().map(plain).collect()
            };
            let columns = self.list(at, "columns").iter().map(plain).collect();
            let rows: Vec<_> = self.list(at, "rows").iter().map(cells).collect();
            if CHECKED && rows.iter().map(Vec::len).sum::<usize>() > TABLE_CELLS {
                let detail = format!("A table has at most {TABLE_CELLS} cells.");
                self.add(pointer, "", ProblemCode::TooMany, detail);
            }
            self.tables.set(name.clone(), Table { columns, rows });
        }
    }

    fn read_files(&mut self, place: Place<'_>) -> Named<Arc<str>> {
        let mut files = Named::default();
        let mut room = FILES_CHARS;
        for (name, value) in self.object(place, "files").into_iter().flatten() {
            let pointer = &format!("/files/{name}");
            let address = value.as_str().filter(|it| is_shown(it));
            let Some(address) = address else {
                let detail = "Give a picture, a sound or a film as a data: address in base64.";
                self.add(pointer, "", ProblemCode::Malformed, detail);
                continue;
            };
            let left = room.checked_sub(address.len());
            if CHECKED && left.is_none() {
                let detail = format!(
                    "All files together have at most {} KB. Leave this one out.",
                    FILES_CHARS / 1_024
                );
                self.add(pointer, "", ProblemCode::TooLong, detail);
            }
            room = left.unwrap_or(0);
            files.set(name.clone(), Arc::from(address));
        }
        files
    }

    fn read_lists(&mut self, place: Place<'_>) {
        let repeated = |fields: &Map<String, Value>| {
            let settings = fields.get("settings").and_then(Value::as_object);
            let allowed = settings.and_then(|it| it.get("allow_choice_duplicates"));
            allowed.is_some_and(|it| ["yes", "true", "true()"].contains(&plain(it).as_str()))
        };
        let repeated = repeated(place.fields);
        let Some(lists) = self.object(place, "lists") else { return };
        for (name, value) in lists {
            let pointer = &format!("/lists/{name}");
            let Some(given) = value.as_array() else {
                self.add(pointer, "", ProblemCode::Malformed, "Write this as a list.");
                continue;
            };
            let choices = self.choices(given, pointer, repeated);
            self.lists.set(name.clone(), choices.into());
        }
    }

    /// Reads the items of a group.
    fn read_items(
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

    /// The choices of a question: inline, of a list, of a table, or of a repeat.
    fn choices_of(&mut self, place: Place<'_>) -> Option<(Choices, Option<String>)> {
        let Place { pointer, fields } = place;
        let none = Choices::List(Vec::new().into());
        let list = self.words(place, "list");
        if let [question] = Piped::names(list)[..] {
            return Some((none, Some(question.to_owned())));
        }
        if !list.is_empty() {
            let found = self.lists.get(list).cloned();
            if found.is_none() {
                let detail = format!("There is no list of choices \"{list}\".");
                self.add(pointer, "/list", ProblemCode::Unknown, detail);
            }
            let choices = found.map(Choices::List).or(CHECKED.then_some(none))?;
            self.picked_by_words(place, &choices);
            return Some((choices, None));
        }
        let file = self.words(place, "file");
        if !file.is_empty() {
            let name = file.rsplit_once('.').map_or(file, |(name, _)| name);
            let parameters = self.strings(place, "parameters");
            let column = |key: &str, usual| parameters.get(key).map_or(usual, String::as_str);
            // A form may be made before its table is attached: then nothing can be chosen yet.
            let choices = self
                .tables
                .get(name)
                .map(|table| table.choices(column("value", "name"), column("label", "label")))
                .unwrap_or_default();
            return Some((Choices::List(choices.into()), None));
        }
        let given = self.list(place, "choices");
        if CHECKED && given.is_empty() && !fields.contains_key("list") {
            self.add(pointer, "/choices", ProblemCode::Required, "Give some choices.");
        }
        let choices = self.choices(given, &format!("{pointer}/choices"), false);
        let choices = Choices::List(choices.into());
        self.picked_by_words(place, &choices);
        Some((choices, None))
    }

    /// Several picked names are joined with spaces in expressions and exports.
    fn picked_by_words(&mut self, place: Place<'_>, choices: &Choices) {
        if CHECKED && place.fields.get("type").and_then(Value::as_str) != Some("select_one") {
            let spaced = choices.iter().find(|it| it.name.contains(char::is_whitespace));
            if let Some(choice) = spaced {
                let detail = format!("Give the choice \"{}\" a name without spaces.", choice.name);
                self.add(place.pointer, "/choices", ProblemCode::Malformed, detail);
            }
        }
    }

    fn choices(&mut self, given: &[Value], pointer: &str, repeated: bool) -> Vec<Choice> {
        let mut choices: Vec<Choice> = Vec::with_capacity(given.len());
        if CHECKED && given.len() > CHOICES {
            let detail = format!("Give at most {CHOICES} choices.");
            self.add(pointer, "", ProblemCode::TooMany, detail);
            return choices;
        }
        for (index, value) in given.iter().enumerate() {
            let pointer = &if CHECKED { format!("{pointer}/{index}") } else { String::new() };
            let Some(fields) = value.as_object() else {
                self.add(pointer, "", ProblemCode::Malformed, "A choice is an object.");
                continue;
            };
            let at = Place { fields, pointer };
            let choice = Choice {
                name: self.own_name(at),
                label: self.text(at, "label"),
                media: self.media(at),
                columns: self.strings(at, "columns"),
            };
            if CHECKED {
                // A longer one could be picked, and the answer would be refused.
                if too_long(&choice.name) || choice.name.trim().is_empty() {
                    let detail = "Give the choice a short name.";
                    self.add(pointer, "/name", ProblemCode::Malformed, detail);
                }
                if fields.contains_key("label") && choice.label.is_empty() {
                    self.problems.extend(choice.label.problems(&format!("{pointer}/label")));
                }
                self.problems.extend(choice.label.problems_of_length(&format!("{pointer}/label")));
            }
            choices.push(choice);
        }
        if CHECKED && !repeated {
            let mut order: Vec<usize> = (0..choices.len()).collect();
            order.sort_by(|a, b| choices[*a].name.cmp(&choices[*b].name));
            for pair in order.windows(2).filter(|at| choices[at[0]].name == choices[at[1]].name) {
                let detail = format!("The choice \"{}\" stands here twice.", choices[pair[1]].name);
                let at = format!("{pointer}/{}/name", pair[1]);
                self.add(&at, "", ProblemCode::Duplicate, detail);
            }
        }
        choices
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

    fn media(&mut self, place: Place<'_>) -> Media {
        Media {
            image: self.text(place, "image"),
            audio: self.text(place, "audio"),
            video: self.text(place, "video"),
        }
    }

    fn own_name(&mut self, place: Place<'_>) -> String {
        self.plain(place, "name")
    }

    fn words<'a>(&mut self, place: Place<'a>, field: &str) -> &'a str {
        self.field(place, field, Value::as_str, "Write this as text.").unwrap_or_default()
    }

    /// A text that may be written as a number or a truth.
    fn plain(&mut self, place: Place<'_>, field: &str) -> String {
        let read = |value: &Value| (!value.is_object() && !value.is_array()).then(|| plain(value));
        self.field(place, field, read, "Write this as text.").unwrap_or_default()
    }

    fn flag(&mut self, place: Place<'_>, field: &str) -> bool {
        self.field(place, field, Value::as_bool, "Write this as true or false.").unwrap_or_default()
    }

    fn list<'a>(&mut self, place: Place<'a>, field: &str) -> &'a [Value] {
        let list = self.field(place, field, Value::as_array, "Write this as a list.");
        list.map(Vec::as_slice).unwrap_or_default()
    }

    fn object<'a>(&mut self, place: Place<'a>, field: &str) -> Option<&'a Map<String, Value>> {
        self.field(place, field, Value::as_object, "Write this as an object.")
    }

    /// An object of texts, numbers and truths.
    fn strings(&mut self, place: Place<'_>, field: &str) -> Named<String> {
        let object = self.object(place, field).into_iter().flatten();
        object.map(|(name, value)| (name.clone(), plain(value))).collect()
    }

    fn text(&mut self, place: Place<'_>, field: &str) -> Text {
        let read = |value| Text::deserialize(value).ok();
        let detail = "Write a text for each language, such as {\"en\": \"Libraries\"}.";
        self.field(place, field, read, detail).unwrap_or_default()
    }

    /// A field's value, if it is there and as `read` wants it.
    fn field<'a, T>(
        &mut self,
        place: Place<'a>,
        field: &str,
        read: impl Fn(&'a Value) -> Option<T>,
        detail: &str,
    ) -> Option<T> {
        let value = place.fields.get(field).filter(|value| !value.is_null())?;
        let found = read(value);
        if CHECKED && found.is_none() {
            self.add(place.pointer, &format!("/{field}"), ProblemCode::Malformed, detail);
        }
        found
    }
}

fn no_question(name: &str) -> String {
    format!("There is no question \"{name}\".")
}

/// A text, number or truth as text.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(truth) => truth.to_string(),
        // As an expression would write it. The whole numbers of JSON beyond 2^53 are no names that anybody gives.
        Value::Number(number) => number.as_f64().map(crate::number::write).unwrap_or_default(),
        Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
    }
}

impl Table {
    /// Its rows as choices: one column is stored, one is read, the others are at hand in filters.
    fn choices(&self, value: &str, label: &str) -> Vec<Choice> {
        let column = |name: &str| self.columns.iter().position(|own| own == name);
        let Some(value) = column(value) else { return Vec::new() };
        let label = column(label).unwrap_or(value);
        let choice = |row: &Vec<String>| {
            let cell = |at: usize| row.get(at).cloned().unwrap_or_default();
            let columns = self.columns.iter().enumerate();
            Choice {
                name: cell(value),
                label: Text::english(cell(label)),
                columns: columns.map(|(at, name)| (name.clone(), cell(at))).collect(),
                ..Choice::default()
            }
        };
        self.rows.iter().map(choice).collect()
    }
}

/// What follows a date at the beginning of a text.
fn date_end(text: &str) -> Option<&str> {
    let (date, after) = text.split_at_checked(10)?;
    let good = date.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    good.then_some(after)
}

/// Whether a default is computed, as pyxform decides it: it holds a reference, a call or an operator, and is no date
/// or place with a hyphen.
fn is_computed(source: &str, kind: &Kind) -> bool {
    if !Piped::names(source).is_empty() {
        return true;
    }
    let hyphens =
        matches!(kind, Kind::Date | Kind::DateTime | Kind::Time | Kind::Geopoint | Kind::Geoshape);
    if matches!(kind, Kind::File(_)) {
        return false;
    }
    let mut rest = source;
    let mut words = false;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = date_end(rest).filter(|_| !words) {
            // Its hyphens take nothing away, whatever the type of the question.
            rest = after;
            continue;
        }
        match c {
            '\'' | '"' => {
                // A quoted text is no operator, and alone it is a text.
                let inner = &rest[1..];
                rest = inner.find(c).map_or("", |end| &inner[end + 1..]);
                words = false;
                continue;
            }
            '(' if words => return true,
            '*' | '+' | '|' => return true,
            '-' if hyphens => return false,
            '-' if !words => return !is_number(source.trim()),
            c if c.is_whitespace() => {
                words = false;
                let operator = [" div ", " mod "].iter().any(|it| rest.starts_with(it));
                if operator {
                    return true;
                }
            }
            c => {
                words = c.is_alphanumeric() && (words || c.is_alphabetic())
                    || "-_:.".contains(c) && words
            }
        }
        rest = &rest[c.len_utf8()..];
    }
    false
}

/// Whether a text is a number and no sum, with an exponent or without: published forms may have either.
fn is_number(text: &str) -> bool {
    let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    crate::number::parse(number).is_some() && exponent.parse::<i32>().is_ok()
}

/// Whether an address holds something that a page may show beside a question, and nothing that it loads or runs.
fn is_shown(address: &str) -> bool {
    let media = ["data:image/", "data:audio/", "data:video/"];
    let base64 = |(head, data): (&str, &str)| {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
        head.ends_with(";base64") && data.bytes().all(known)
    };
    media.iter().any(|kind| address.starts_with(kind))
        && address.split_once(',').is_some_and(base64)
}

/// Whether the default of a value that nobody sees is an expression, and no text as it stands.
pub fn is_computed_default(source: &str) -> bool {
    is_computed(source, &Kind::Hidden)
}

/// Gives each item its path and its innermost repeat.
fn name_paths(items: &mut [Item]) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_negative_number_is_no_computed_default() {
        for (source, computed) in [
            ("-5", false),
            ("-0.25", false),
            ("-1e5", false),
            ("-2.5E-3", false),
            ("5-3", true),
            ("-5-3", true),
            ("-5e", true),
            ("- -5", true),
        ] {
            assert_eq!(is_computed(source, &Kind::Decimal), computed, "{source}");
        }
    }
}
