//! The items of a draft: found, added, moved, renamed, removed, changed.

use serde_json::{Value, json};

use super::{
    Draft, Fields, Path, Refusal, is_answered, is_group, is_name,
    reference::{self, references},
    takes_choices, unique,
};

/// One item as it stands in the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where.
    pub path: Path,
    /// Its type, in XLSForm's words.
    pub kind: String,
    /// Its place among its siblings, from 0.
    pub place: usize,
    /// How many siblings there are, itself counted.
    pub of: usize,
}

/// Fields that have commands of their own.
const STRUCTURE: [&str; 6] = ["name", "type", "items", "list", "choices", "label"];
/// Fields that make no sense for what nobody answers.
const OF_ANSWERS: [&str; 7] = [
    "required",
    "required_message",
    "constraint",
    "constraint_message",
    "may_decline",
    "low_label",
    "high_label",
];

impl Draft {
    /// Every item, groups before what they hold.
    pub fn entries(&self) -> Vec<Entry> {
        self.listed().into_iter().map(|(entry, _)| entry).collect()
    }

    /// Every item with its fields, groups before what they hold.
    pub fn listed(&self) -> Vec<(Entry, &Fields)> {
        fn walk<'a>(items: &'a [Value], around: &Path, found: &mut Vec<(Entry, &'a Fields)>) {
            for (place, item) in items.iter().enumerate() {
                let Some(fields) = item.as_object() else { continue };
                let path = around.child(text(item, "name"));
                let kind = text(item, "type").to_owned();
                found.push((Entry { path: path.clone(), kind, place, of: items.len() }, fields));
                walk(inner(item), &path, found);
            }
        }
        let mut found = Vec::new();
        walk(self.items(&Path::root()).unwrap_or_default(), &Path::root(), &mut found);
        found
    }

    /// The items of a group.
    pub fn items(&self, group: &Path) -> Option<&[Value]> {
        let mut items = self.form.get("items")?.as_array()?;
        for name in group.names() {
            let item = items.iter().find(|item| text(item, "name") == name)?;
            items = item.get("items")?.as_array()?;
        }
        Some(items)
    }

    /// The fields of an item.
    pub fn item(&self, path: &Path) -> Option<&Fields> {
        let items = self.items(&path.parent()?)?;
        items.iter().find(|item| Some(text(item, "name")) == path.name())?.as_object()
    }

    /// A field of an item that is a text; empty if it is not there, or of another form.
    pub fn field(&self, path: &Path, field: &str) -> &str {
        let value = self.item(path).and_then(|item| item.get(field));
        value.and_then(Value::as_str).unwrap_or_default()
    }

    /// The first item of that name, wherever it stands.
    pub fn find(&self, name: &str) -> Option<Path> {
        self.entries().into_iter().map(|entry| entry.path).find(|path| path.name() == Some(name))
    }

    pub(super) fn items_mut(&mut self, group: &Path) -> Option<&mut Vec<Value>> {
        let mut items = self.form.get_mut("items")?.as_array_mut()?;
        for name in group.names() {
            let item = items.iter_mut().find(|item| text(item, "name") == name)?;
            items = item.get_mut("items")?.as_array_mut()?;
        }
        Some(items)
    }

    pub(super) fn item_mut(&mut self, path: &Path) -> Option<&mut Fields> {
        let items = self.items_mut(&path.parent()?)?;
        items.iter_mut().find(|item| Some(text(item, "name")) == path.name())?.as_object_mut()
    }

    fn existing(&mut self, path: &Path) -> Result<&mut Fields, Refusal> {
        let missing = Refusal::Missing(path.to_string());
        self.item_mut(path).ok_or(missing)
    }

    /// Adds an item at the end of a group, named after its words in the form's own language.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if there is no such group, [`Refusal::Unknown`] as [`Draft::set_words`] gives it.
    pub fn add(&mut self, kind: &str, group: &Path, words: &str) -> Result<Path, Refusal> {
        self.known(&json!(words))?;
        let name = unique(if words.trim().is_empty() { kind } else { words }, &|name| {
            self.find(name).is_some()
        });
        if self.items(group).is_none() {
            return Err(Refusal::Missing(group.to_string()));
        }
        let mut fields = Fields::new();
        fields.insert("type".to_owned(), json!(kind));
        fields.insert("name".to_owned(), json!(name));
        if !words.trim().is_empty() {
            fields.insert("label".to_owned(), json!({ self.language(): words.trim() }));
        }
        self.fit(&mut fields, kind, &name);
        if let Some(items) = self.items_mut(group) {
            items.push(Value::Object(fields));
        }
        Ok(group.child(&name))
    }

    /// Gives an item what its type needs, and takes away what it cannot have.
    fn fit(&mut self, fields: &mut Fields, kind: &str, name: &str) {
        if is_group(kind) {
            fields.entry("items").or_insert_with(|| json!([]));
        }
        if takes_choices(kind) {
            // One that chooses from a table goes on choosing from it.
            if !fields.contains_key("file") {
                self.settle_list(fields, name, None);
            }
        } else {
            fields.remove("list");
            fields.remove("choice_filter");
            fields.remove("file");
        }
        if kind == "range" {
            let steps = || json!({"start": 1, "end": 5, "step": 1});
            fields.entry("parameters").or_insert_with(steps);
        }
        if !is_answered(kind) {
            OF_ANSWERS.iter().for_each(|field| {
                fields.remove(*field);
            });
        }
    }

    /// Moves an item one place up or down among its siblings; at the end it stays.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if there is no such item.
    pub fn shift(&mut self, path: &Path, up: bool) -> Result<(), Refusal> {
        let missing = Refusal::Missing(path.to_string());
        let items = path.parent().and_then(|group| self.items_mut(&group));
        let Some(items) = items else { return Err(missing) };
        let at = items.iter().position(|item| Some(text(item, "name")) == path.name());
        let Some(at) = at else { return Err(missing) };
        let to = if up { at.checked_sub(1) } else { Some(at + 1).filter(|to| *to < items.len()) };
        if let Some(to) = to {
            items.swap(at, to);
        }
        Ok(())
    }

    /// Moves an item behind the sibling of that name; with none, before them all.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if there is no such item or sibling.
    pub fn put_after(&mut self, path: &Path, sibling: Option<&str>) -> Result<(), Refusal> {
        let around = path.parent().unwrap_or_default();
        let items = self.items(&around).unwrap_or_default();
        let at = |name: &str| items.iter().position(|item| text(item, "name") == name);
        let missing = |name: &str| Refusal::Missing(name.to_owned());
        let name = path.name().unwrap_or_default();
        let from = at(name).ok_or_else(|| missing(name))?;
        let behind = match sibling {
            Some(sibling) if sibling != name => at(sibling).ok_or_else(|| missing(sibling))? + 1,
            Some(_) => return Ok(()),
            None => 0,
        };
        if let Some(items) = self.items_mut(&around) {
            let item = items.remove(from);
            items.insert(if from < behind { behind - 1 } else { behind }, item);
        }
        Ok(())
    }

    /// Moves an item to the end of another group.
    ///
    /// # Errors
    /// [`Refusal::Senseless`] into itself, [`Refusal::Taken`] if the group has one of its name.
    pub fn put_into(&mut self, path: &Path, group: &Path) -> Result<Path, Refusal> {
        let Some(name) = path.name() else { return Err(Refusal::Senseless) };
        if self.item(path).is_none() {
            return Err(Refusal::Missing(path.to_string()));
        }
        let Some(items) = self.items(group) else {
            return Err(Refusal::Missing(group.to_string()));
        };
        if group.is_in(path) {
            return Err(Refusal::Senseless);
        }
        if path.parent().as_ref() == Some(group) {
            return Ok(path.clone());
        }
        if items.iter().any(|item| text(item, "name") == name) {
            return Err(Refusal::Taken(name.to_owned()));
        }
        if let Some(item) = self.cut(path)
            && let Some(items) = self.items_mut(group)
        {
            items.push(item);
        }
        Ok(group.child(name))
    }

    fn cut(&mut self, path: &Path) -> Option<Value> {
        let items = self.items_mut(&path.parent()?)?;
        let at = items.iter().position(|item| Some(text(item, "name")) == path.name())?;
        Some(items.remove(at))
    }

    /// Removes an item with all it holds, and the lists that nothing else uses.
    ///
    /// # Errors
    /// [`Refusal::InUse`] if others refer to it, or to something in it.
    pub fn remove(&mut self, path: &Path) -> Result<(), Refusal> {
        if self.item(path).is_none() {
            return Err(Refusal::Missing(path.to_string()));
        }
        let entries = self.entries();
        let (gone, stay): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|entry| entry.path.is_in(path));
        for entry in &gone {
            let Some(name) = entry.path.name() else { continue };
            if stay.iter().any(|other| other.path.name() == Some(name)) {
                continue;
            }
            let by: Vec<_> = self
                .users(name)
                .into_iter()
                .filter(|user| user.as_ref().is_none_or(|user| !user.is_in(path)))
                .map(Option::unwrap_or_default)
                .collect();
            if !by.is_empty() {
                return Err(Refusal::InUse { name: name.to_owned(), by });
            }
        }
        let lists: Vec<_> =
            gone.iter().map(|entry| self.field(&entry.path, "list").to_owned()).collect();
        self.cut(path);
        lists.iter().for_each(|list| self.drop_orphan(list));
        Ok(())
    }

    /// The items that refer to that name; `None` stands for the form and its lists.
    pub fn users(&self, name: &str) -> Vec<Option<Path>> {
        let refers = |fields: &Fields| {
            let mut found = false;
            own_texts(fields, &mut |text| found |= references(text).any(|it| it == name));
            found
        };
        let paths = self.entries().into_iter().map(|entry| entry.path);
        let users = paths.filter(|path| self.item(path).is_some_and(refers)).map(Some);
        users.chain(refers(&self.form).then_some(None)).collect()
    }

    /// Names an item otherwise, and with it every reference to it.
    ///
    /// # Errors
    /// [`Refusal::BadName`], or [`Refusal::Taken`] if any item is called so.
    pub fn rename(&mut self, path: &Path, name: &str) -> Result<Path, Refusal> {
        let old = path.name().filter(|_| self.item(path).is_some());
        let Some(old) = old else { return Err(Refusal::Missing(path.to_string())) };
        let renamed = path.parent().unwrap_or_default().child(name);
        if old == name {
            return Ok(renamed);
        }
        if !is_name(name) {
            return Err(Refusal::BadName);
        }
        if self.find(name).is_some() {
            return Err(Refusal::Taken(name.to_owned()));
        }
        let only = self.entries().iter().filter(|it| it.path.name() == Some(old)).count() == 1;
        self.existing(path)?.insert("name".to_owned(), json!(name));
        if only {
            // Where two groups have a question of that name, a reference cannot mean this one alone.
            self.form.values_mut().for_each(|value| reference::rename(value, old, name));
        }
        Ok(renamed)
    }

    /// Makes a question one of another type. What the type cannot have goes away.
    ///
    /// # Errors
    /// [`Refusal::Senseless`] if one of the two types holds items and the other takes an answer.
    pub fn set_kind(&mut self, path: &Path, kind: &str) -> Result<(), Refusal> {
        let before = self.field(path, "type").to_owned();
        let groups = (is_group(&before), is_group(kind));
        let mut fields = self.existing(path)?.clone();
        if groups.0 != groups.1 {
            return Err(Refusal::Senseless);
        }
        let list = self.field(path, "list").to_owned();
        fields.insert("type".to_owned(), json!(kind));
        if before == "range" && kind != "range" {
            fields.remove("parameters");
        }
        self.fit(&mut fields, kind, path.name().unwrap_or_default());
        *self.existing(path)? = fields;
        self.drop_orphan(&list);
        Ok(())
    }

    /// Sets a field of an item, or takes it away.
    ///
    /// # Errors
    /// [`Refusal::Unknown`] if it refers to a question that is not there; [`Refusal::Senseless`] for a field that
    /// has a command of its own.
    pub fn set(&mut self, path: &Path, field: &str, value: Option<Value>) -> Result<(), Refusal> {
        if STRUCTURE.contains(&field) {
            return Err(Refusal::Senseless);
        }
        if let Some(value) = &value {
            self.known(value)?;
        }
        let fields = self.existing(path)?;
        match value {
            Some(value) => fields.insert(field.to_owned(), value),
            None => fields.remove(field),
        };
        Ok(())
    }

    /// Sets one of XLSForm's parameters of an item, or takes it away.
    pub fn set_parameter(&mut self, path: &Path, name: &str, value: Option<Value>) {
        let Some(item) = self.item_mut(path) else { return };
        let parameters = item.get("parameters").and_then(Value::as_object);
        let mut parameters = parameters.cloned().unwrap_or_default();
        match value {
            Some(value) => parameters.insert(name.to_owned(), value),
            None => parameters.remove(name),
        };
        if parameters.is_empty() {
            item.remove("parameters");
        } else {
            item.insert("parameters".to_owned(), Value::Object(parameters));
        }
    }

    /// Whether each reference in a value leads to an item.
    pub(super) fn known(&self, value: &Value) -> Result<(), Refusal> {
        let mut unknown = None;
        reference::texts(value, &mut |text| {
            let lost = references(text).find(|name| self.find(name).is_none());
            unknown = unknown.take().or(lost.map(str::to_owned));
        });
        unknown.map_or(Ok(()), |name| Err(Refusal::Unknown(name)))
    }
}

/// Every text of an item or of the form, but not those of the items it holds.
pub(super) fn own_texts<'a>(fields: &'a Fields, visit: &mut impl FnMut(&'a str)) {
    let own = fields.iter().filter(|(name, _)| *name != "items");
    own.for_each(|(_, value)| reference::texts(value, visit));
}

/// A field of a value that is a text.
pub(super) fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

pub(super) fn inner(item: &Value) -> &[Value] {
    item.get("items").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}
