//! The lists of choices of a draft.

use std::ops::Range;

use serde_json::{Value, json};

use super::{
    Draft, EXPRESSIONS, Fields, Path, Refusal,
    literal::{self, Subject, literals},
    reference::references,
    tables::COLUMNS,
    tree::text,
    unique,
};

/// What a new name of a choice has changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Renamed {
    /// The items whose expressions name the choice, and name it as it is called now.
    pub followed: Vec<Path>,
    /// The items that write the old name in an expression about such a question, but not so that it must mean the
    /// choice: they are as they were.
    pub unsure: Vec<Path>,
}

impl Draft {
    /// The names of the lists, in order.
    pub fn lists(&self) -> Vec<&str> {
        let lists = self.form.get("lists").and_then(Value::as_object);
        lists.into_iter().flatten().map(|(name, _)| name.as_str()).collect()
    }

    /// The choices of a list; none if there is no such list.
    pub fn choices(&self, list: &str) -> &[Value] {
        let choices = self.form.get("lists").and_then(|lists| lists.get(list)?.as_array());
        choices.map(Vec::as_slice).unwrap_or_default()
    }

    /// The questions whose choices are those of a list.
    pub fn list_users(&self, list: &str) -> Vec<Path> {
        let paths = self.entries().into_iter().map(|entry| entry.path);
        paths.filter(|path| !list.is_empty() && self.field(path, "list") == list).collect()
    }

    fn lists_mut(&mut self) -> &mut Value {
        let lists = self.form.entry("lists").or_insert_with(|| json!({}));
        if !lists.is_object() {
            *lists = json!({});
        }
        lists
    }

    fn choices_mut(&mut self, list: &str) -> Option<&mut Vec<Value>> {
        self.form.get_mut("lists")?.get_mut(list)?.as_array_mut()
    }

    fn has_list(&self, list: &str) -> bool {
        self.lists().contains(&list)
    }

    /// Puts a list of that name there, or one of a name like it, and gives the name.
    fn new_list(&mut self, name: &str, choices: Value) -> String {
        let name = unique(name, &|name| self.has_list(name));
        if let Some(lists) = self.lists_mut().as_object_mut() {
            lists.insert(name.clone(), choices);
        }
        name
    }

    /// Makes sure that a question of choices names a list that is there: the one of the same choices, or its own.
    pub(super) fn settle_list(&mut self, fields: &mut Fields, name: &str, inline: Option<Value>) {
        let named = fields.get("list").and_then(Value::as_str).unwrap_or_default();
        // A question may take its choices from the answers of a repeat: `${name}`.
        if !named.is_empty() && (self.has_list(named) || named.starts_with("${")) {
            return;
        }
        let choices = inline.filter(Value::is_array).unwrap_or_else(|| json!([]));
        let same = |list: &&str| choices != json!([]) && Value::from(self.choices(list)) == choices;
        let same = self.lists().into_iter().find(same).map(str::to_owned);
        let named = if named.is_empty() { name.to_owned() } else { named.to_owned() };
        let list = same.unwrap_or_else(|| self.new_list(&named, choices));
        fields.insert("list".to_owned(), Value::String(list));
    }

    /// Takes a list away that no question uses any more.
    pub(super) fn drop_orphan(&mut self, list: &str) {
        if self.list_users(list).is_empty()
            && let Some(lists) = self.form.get_mut("lists").and_then(Value::as_object_mut)
        {
            lists.remove(list);
            if lists.is_empty() {
                self.form.remove("lists");
            }
        }
    }

    /// Lets a question choose from a list that is there; with none, from a copy of its own. What chose from a table has
    /// no choices to copy.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if there is no such question or list.
    pub fn use_list(&mut self, path: &Path, list: Option<&str>) -> Result<(), Refusal> {
        let before = self.field(path, "list").to_owned();
        if before.is_empty() && self.table_of(path).is_none() {
            return Err(Refusal::Missing(path.to_string()));
        }
        let list = match list {
            Some(list) if self.has_list(list) => list.to_owned(),
            Some(list) => return Err(Refusal::Missing(list.to_owned())),
            None if self.list_users(&before).len() == 1 => return Ok(()),
            None => {
                let copy = Value::from(self.choices(&before));
                self.new_list(path.name().unwrap_or_default(), copy)
            }
        };
        if let Some(item) = self.item_mut(path) {
            item.insert("list".to_owned(), Value::String(list));
            item.remove("file");
        }
        for (parameter, _) in COLUMNS {
            self.set_parameter(path, parameter, None);
        }
        self.drop_orphan(&before);
        Ok(())
    }

    /// Adds a choice at the end of a list and gives its name, made of the words.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if there is no such list, [`Refusal::Unknown`] as [`Draft::set_words`] gives it.
    pub fn add_choice(&mut self, list: &str, words: &str) -> Result<String, Refusal> {
        self.known(&json!(words))?;
        let language = self.language().to_owned();
        let missing = Refusal::Missing(list.to_owned());
        let Some(choices) = self.choices_mut(list) else { return Err(missing) };
        let taken = |name: &str| choices.iter().any(|choice| text(choice, "name") == name);
        let name = unique(if words.trim().is_empty() { "choice" } else { words }, &taken);
        choices.push(json!({ "name": name, "label": { language: words.trim() } }));
        Ok(name)
    }

    /// Moves a choice one place up or down; at the end it stays.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if there is no such choice.
    pub fn shift_choice(&mut self, list: &str, name: &str, up: bool) -> Result<(), Refusal> {
        let missing = Refusal::Missing(name.to_owned());
        let Some(choices) = self.choices_mut(list) else { return Err(missing) };
        let at = choices.iter().position(|choice| text(choice, "name") == name);
        let Some(at) = at else { return Err(missing) };
        let to = if up { at.checked_sub(1) } else { Some(at + 1).filter(|to| *to < choices.len()) };
        if let Some(to) = to {
            choices.swap(at, to);
        }
        Ok(())
    }

    /// Removes a choice from its list.
    ///
    /// # Errors
    /// [`Refusal::InUse`] if a condition asks for it.
    pub fn remove_choice(&mut self, list: &str, name: &str) -> Result<(), Refusal> {
        let by = self.choice_users(list, name);
        if !by.is_empty() {
            return Err(Refusal::InUse { name: name.to_owned(), by });
        }
        let missing = Refusal::Missing(name.to_owned());
        let Some(choices) = self.choices_mut(list) else { return Err(missing) };
        let Some(at) = choices.iter().position(|choice| text(choice, "name") == name) else {
            return Err(missing);
        };
        choices.remove(at);
        Ok(())
    }

    /// Stores a choice under another name, in every question of its list. What compares with it follows: expressions,
    /// answers that questions start with, and the columns of choices that belong to it.
    ///
    /// # Errors
    /// [`Refusal::BadChoice`], [`Refusal::Taken`] within the list, [`Refusal::Missing`] if there is no such choice.
    pub fn rename_choice(&mut self, list: &str, old: &str, name: &str) -> Result<Renamed, Refusal> {
        let choices = self.choices(list);
        if !choices.iter().any(|choice| text(choice, "name") == old) {
            return Err(Refusal::Missing(old.to_owned()));
        }
        if old == name {
            return Ok(Renamed::default());
        }
        if !is_choice_name(name) {
            return Err(Refusal::BadChoice);
        }
        if choices.iter().any(|choice| text(choice, "name") == name) {
            return Err(Refusal::Taken(name.to_owned()));
        }
        let mut renamed = Renamed::default();
        let mut columns: Vec<(String, String)> = Vec::new();
        for entry in self.entries() {
            let Some(item) = self.item(&entry.path) else { continue };
            let mut changed: Vec<(&str, String)> = Vec::new();
            for field in EXPRESSIONS {
                let source = item.get(field).and_then(Value::as_str).unwrap_or_default();
                let mention = self.mention(list, old, item, field);
                if mention.unsure {
                    renamed.unsure.push(entry.path.clone());
                }
                if !mention.sure.is_empty() || mention.plain {
                    changed.push((field, mention.with(source, old, name)));
                }
            }
            for (column, question) in literal::cascades(text_of(item, "choice_filter")) {
                if self.is_of(&question, list) {
                    columns.push((text_of(item, "list").to_owned(), column));
                }
            }
            if let Some(item) = self.item_mut(&entry.path).filter(|_| !changed.is_empty()) {
                for (field, source) in changed {
                    item.insert(field.to_owned(), Value::String(source));
                }
                renamed.followed.push(entry.path);
            }
        }
        for (other, column) in columns {
            for choice in self.choices_mut(&other).into_iter().flatten() {
                let value = choice.get_mut("columns").and_then(|it| it.get_mut(&column));
                if let Some(value) = value.filter(|it| it.as_str() == Some(old)) {
                    *value = json!(name);
                }
            }
        }
        for choice in self.choices_mut(list).into_iter().flatten() {
            if text(choice, "name") == old {
                choice["name"] = json!(name);
            }
        }
        renamed.followed.dedup();
        renamed.unsure.dedup();
        Ok(renamed)
    }

    /// The question that decides which choices of a question are offered, and the column of the choices that says to
    /// which of its choices each belongs. Any other filter is an expression and no more.
    pub fn belonging(&self, path: &Path) -> Option<(String, Path)> {
        let (column, question) = literal::cascade(self.field(path, "choice_filter"))?;
        let by = self.find(&question)?;
        (!self.field(&by, "list").is_empty()).then_some((column, by))
    }

    /// What a choice says in one of its further columns; empty if nothing.
    pub fn column(&self, list: &str, choice: &str, column: &str) -> String {
        let choice = self.choices(list).iter().find(|it| text(it, "name") == choice);
        let value = choice.and_then(|it| it.get("columns")?.get(column));
        value
            .map(|it| it.as_str().map_or_else(|| it.to_string(), str::to_owned))
            .unwrap_or_default()
    }

    /// Sets one of the further columns of a choice; empty, it is taken out.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if there is no such choice.
    pub fn set_column(
        &mut self,
        list: &str,
        choice: &str,
        column: &str,
        value: &str,
    ) -> Result<(), Refusal> {
        let missing = Refusal::Missing(choice.to_owned());
        let choices = self.choices_mut(list).into_iter().flatten();
        let fields = choices.filter_map(Value::as_object_mut);
        let found = fields.into_iter().find(|it| text_of(it, "name") == choice);
        let Some(fields) = found else { return Err(missing) };
        let columns = fields.entry("columns").or_insert_with(|| json!({}));
        if !columns.is_object() {
            *columns = json!({});
        }
        if let Some(columns) = columns.as_object_mut() {
            if value.is_empty() {
                columns.remove(column);
            } else {
                columns.insert(column.to_owned(), json!(value));
            }
            if columns.is_empty() {
                fields.remove("columns");
            }
        }
        Ok(())
    }

    /// Whether a question of that name chooses from the list.
    fn is_of(&self, question: &str, list: &str) -> bool {
        self.find(question).is_some_and(|path| self.field(&path, "list") == list)
    }

    /// Where the field of an item names a choice of the list.
    fn mention(&self, list: &str, name: &str, item: &Fields, field: &str) -> Mention {
        let source = text_of(item, field);
        let own = text_of(item, "list") == list;
        let mut found = Mention::default();
        if field == "default" && own && !source.contains(['\'', '"', '$', '(']) {
            // An answer that is written down: one name, or several.
            found.plain = source.split_whitespace().any(|it| it == name);
            return found;
        }
        let about =
            || own && source.contains('.') || references(source).any(|name| self.is_of(name, list));
        for literal in literals(source).into_iter().filter(|it| it.text == name) {
            match literal.subject {
                Subject::Question(asked) if self.is_of(&asked, list) => {
                    found.sure.push(literal.range);
                }
                Subject::Own if own => found.sure.push(literal.range),
                Subject::Column(column) if own && column == "name" => {
                    found.sure.push(literal.range);
                }
                Subject::Other => found.unsure |= about(),
                Subject::Question(_) | Subject::Own | Subject::Column(_) => {}
            }
        }
        found
    }

    /// The items that name the choice in an expression about a question of this list.
    fn choice_users(&self, list: &str, name: &str) -> Vec<Path> {
        let uses = |path: &Path| {
            let Some(item) = self.item(path) else { return false };
            EXPRESSIONS.iter().any(|field| {
                let mention = self.mention(list, name, item, field);
                mention.plain || mention.unsure || !mention.sure.is_empty()
            })
        };
        self.entries().into_iter().map(|entry| entry.path).filter(uses).collect()
    }
}

/// Where an expression names a choice.
#[derive(Debug, Default)]
struct Mention {
    /// The literals that can mean nothing else.
    sure: Vec<Range<usize>>,
    /// There is a literal that may mean it.
    unsure: bool,
    /// It is no expression: the names stand there as they are.
    plain: bool,
}

impl Mention {
    fn with(&self, source: &str, old: &str, name: &str) -> String {
        if self.plain {
            let names = source.split_whitespace().map(|it| if it == old { name } else { it });
            return names.collect::<Vec<_>>().join(" ");
        }
        let mut written = source.to_owned();
        for range in self.sure.iter().rev() {
            written.replace_range(range.clone(), &format!("'{name}'"));
        }
        written
    }
}

/// Whether a choice can be stored so: answers of several choices are joined with spaces, and expressions put names
/// in quotation marks.
fn is_choice_name(name: &str) -> bool {
    !name.is_empty()
        && !name.contains(|c: char| c.is_whitespace() || c.is_control() || "'\"".contains(c))
        && name.chars().count() <= model::limits::LINE_CHARS
}

fn text_of<'a>(fields: &'a Fields, field: &str) -> &'a str {
    fields.get(field).and_then(Value::as_str).unwrap_or_default()
}
