//! The lists of choices of a draft.

use serde_json::{Value, json};

use super::{
    Draft, Fields, Path, Refusal,
    reference::references,
    tree::{own_texts, text},
    unique,
};

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

    /// Lets a question choose from a list that is there; with none, from a copy of its own.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if there is no such question or list.
    pub fn use_list(&mut self, path: &Path, list: Option<&str>) -> Result<(), Refusal> {
        let before = self.field(path, "list").to_owned();
        if before.is_empty() {
            return Err(Refusal::Missing(path.to_string()));
        }
        let list = match list {
            Some(list) if self.has_list(list) => list.to_owned(),
            Some(list) => return Err(Refusal::Missing(list.to_owned())),
            None if self.list_users(&before).len() < 2 => return Ok(()),
            None => {
                let copy = Value::from(self.choices(&before));
                self.new_list(path.name().unwrap_or_default(), copy)
            }
        };
        if let Some(item) = self.item_mut(path) {
            item.insert("list".to_owned(), Value::String(list));
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

    /// The items that name the choice in an expression about a question of this list.
    fn choice_users(&self, list: &str, name: &str) -> Vec<Path> {
        let asked = self.list_users(list);
        let asked: Vec<_> = asked.iter().filter_map(Path::name).collect();
        let names = |text: &str| {
            let said = [format!("'{name}'"), format!("\"{name}\"")];
            said.iter().any(|said| text.contains(said))
                && references(text).any(|name| asked.contains(&name))
        };
        let uses = |path: &Path| {
            let mut found = false;
            if let Some(item) = self.item(path) {
                own_texts(item, &mut |text| found |= names(text));
            }
            found
        };
        self.entries().into_iter().map(|entry| entry.path).filter(uses).collect()
    }
}
