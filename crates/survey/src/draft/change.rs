//! What differs between a published version and what is to be published, as results will see it: they find an answer
//! by its column, and count a choice by its stored name.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Draft, EXPRESSIONS, Path, Place, is_group,
    reference::blanked,
    tree::{Entry, text},
    words::READ,
};

/// One thing that changes with the next version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A question that was not asked before.
    Added(Path),
    /// A question that is asked no more, by its words or, without any, its name.
    Removed(String),
    /// The same question under another name or in another repeat: results count it as another question.
    Renamed {
        /// Where it stands now.
        path: Path,
        /// What its column was called.
        before: String,
        /// What it is called now.
        now: String,
    },
    /// Other words for the same.
    Reworded(Path),
    /// Another type.
    Retyped(Path),
    /// Other choices, by their words.
    Choices {
        /// The question.
        path: Path,
        /// Those that are new.
        added: Vec<String>,
        /// Those that are offered no more.
        removed: Vec<String>,
        /// Those that are stored under another name: before and now.
        renamed: Vec<(String, String)>,
    },
    /// When it is asked, or what a good answer is.
    Rules(Path),
    /// A table that is there before and now has other rows or columns, by its name.
    Table(String),
}

/// Fields that decide, beside [`EXPRESSIONS`], when a question is asked and what it takes.
const SETTINGS: [&str; 3] = ["may_decline", "parameters", "trigger"];

/// What changes from `before` to `now`, in the order of `now`; what is gone comes last.
pub fn changes(before: &Draft, now: &Draft) -> Vec<Change> {
    let columns = |draft: &Draft| -> BTreeMap<String, Entry> {
        draft.entries().into_iter().map(|entry| (draft.results_path(&entry.path), entry)).collect()
    };
    let (old, new) = (columns(before), columns(now));
    let mut gone: Vec<(String, Entry)> = before
        .entries()
        .into_iter()
        .map(|entry| (before.results_path(&entry.path), entry))
        .collect();
    gone.retain(|(column, _)| !new.contains_key(column));
    let mut found = Vec::new();
    for entry in now.entries() {
        let own = now.results_path(&entry.path);
        if let Some(was) = old.get(&own) {
            compare(before, was, now, &entry, &mut found);
            continue;
        }
        if is_group(&entry.kind) {
            continue;
        }
        // The same words and the same type: the question is there under another name.
        // What they refer to may have got another name as well, so that references count alike.
        let words = blanked(&label(now, &entry), |name| before.find(name).is_none());
        let same = |was: &Entry| {
            let known = || blanked(&label(before, was), |name| now.find(name).is_none());
            was.kind == entry.kind && !words.is_empty() && known() == words
        };
        match gone.iter().position(|(_, was)| same(was)) {
            Some(at) => {
                let (column, was) = gone.remove(at);
                let path = entry.path.clone();
                found.push(Change::Renamed { path, before: column, now: own });
                compare(before, &was, now, &entry, &mut found);
            }
            None => found.push(Change::Added(entry.path)),
        }
    }
    let gone = gone.iter().filter(|(_, was)| !is_group(&was.kind));
    found
        .extend(gone.map(|(_, was)| Change::Removed(before.title(&Place::Item(was.path.clone())))));
    let rows = |draft: &Draft, name: &str| draft.form.get("tables")?.get(name).cloned();
    let differs = |name: &String| {
        rows(before, name).is_some_and(|was| rows(now, name).is_some_and(|is| is != was))
    };
    found.extend(now.tables().into_keys().filter(differs).map(Change::Table));
    found.dedup();
    found
}

/// An item that is there before and now.
fn compare(before: &Draft, was: &Entry, now: &Draft, is: &Entry, found: &mut Vec<Change>) {
    let field = |draft: &Draft, path: &Path, field: &str| -> Value {
        draft.item(path).and_then(|item| item.get(field).cloned()).unwrap_or(Value::Null)
    };
    let differs = |name: &str| field(before, &was.path, name) != field(now, &is.path, name);
    if was.kind != is.kind {
        found.push(Change::Retyped(is.path.clone()));
    }
    if READ.into_iter().any(differs) {
        found.push(Change::Reworded(is.path.clone()));
    }
    found.extend(choices(before, was, now, is));
    if EXPRESSIONS.into_iter().chain(SETTINGS).any(differs) {
        found.push(Change::Rules(is.path.clone()));
    }
}

fn choices(before: &Draft, was: &Entry, now: &Draft, is: &Entry) -> Option<Change> {
    let listed = |draft: &Draft, path: &Path| -> Vec<(String, String)> {
        if draft.table_of(path).is_some() {
            // Thousands of rows are told by the name of their file.
            let file = draft.field(path, "file").to_owned();
            return vec![(file.clone(), file)];
        }
        let list = draft.field(path, "list").to_owned();
        let words = |choice: &Value| {
            let name = text(choice, "name").to_owned();
            let place = Place::Choice { list: list.clone(), choice: name.clone() };
            let words = draft.text(&place, "label", draft.language());
            let words = if words.is_empty() { name.clone() } else { words };
            (name, words)
        };
        draft.choices(&list).iter().map(words).collect()
    };
    let (old, new) = (listed(before, &was.path), listed(now, &is.path));
    let lacks = |all: &[(String, String)], name: &str| all.iter().all(|(known, _)| known != name);
    let mut removed: Vec<_> = old.iter().filter(|(name, _)| lacks(&new, name)).collect();
    let mut added = Vec::new();
    let mut renamed = Vec::new();
    for (name, words) in new.iter().filter(|(name, _)| lacks(&old, name)) {
        match removed.iter().position(|(_, known)| known == words) {
            Some(at) => renamed.push((removed.remove(at).0.clone(), name.clone())),
            None => added.push(words.clone()),
        }
    }
    let removed: Vec<_> = removed.into_iter().map(|(_, words)| words.clone()).collect();
    // Other words for a choice of the same name are words.
    let reworded = new
        .iter()
        .any(|(name, words)| old.iter().any(|(known, before)| known == name && before != words));
    if added.is_empty() && removed.is_empty() && renamed.is_empty() {
        return reworded.then(|| Change::Reworded(is.path.clone()));
    }
    Some(Change::Choices { path: is.path.clone(), added, removed, renamed })
}

impl Draft {
    /// What results and exports call the column of an item: its name, in the repeats around it.
    pub fn results_path(&self, path: &Path) -> String {
        let mut around = Path::root();
        let mut column = String::new();
        for name in path.names() {
            around = around.child(name);
            if around == *path || self.field(&around, "type") == "repeat" {
                column.push_str(if column.is_empty() { "" } else { "/" });
                column.push_str(name);
            }
        }
        column
    }
}

fn label(draft: &Draft, entry: &Entry) -> String {
    draft.text(&Place::Item(entry.path.clone()), "label", draft.language())
}
