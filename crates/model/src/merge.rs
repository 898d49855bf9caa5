//! How an edit meets what others did meanwhile: per field, against the revision it started
//! from. The server's value stays where both changed a field; the loser's value is returned,
//! to be kept and shown to its author.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A stored record with the revision at which each field last changed. A field that was
/// removed keeps its revision, so that an edit from before the removal still collides.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stored {
    /// The record's revision; 0 means it does not exist yet.
    pub rev: u64,
    /// Whether it was deleted.
    pub deleted: bool,
    /// The content.
    pub fields: Map<String, Value>,
    /// For each field that ever was, the revision that last changed it.
    pub field_revs: BTreeMap<String, u64>,
}

/// What an author wants changed. `null` removes a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Set these fields.
    Fields(Map<String, Value>),
    /// Delete the record.
    Delete,
}

/// A field that two people changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Collision {
    /// Its name.
    pub field: String,
    /// What the server keeps.
    pub theirs: Value,
    /// What this author wrote.
    pub yours: Value,
}

/// What came of an edit.
#[derive(Debug, Clone, PartialEq)]
pub enum Merged {
    /// The new state, and the fields where this author lost. With every field lost, or
    /// nothing different, `stored` is as it was and no revision is used.
    Done {
        /// What to store.
        stored: Stored,
        /// Where the server's value stayed.
        collisions: Vec<Collision>,
    },
    /// The record was deleted, or never was: nothing is created from an edit.
    Gone,
    /// A record of that id exists already, and this edit means to create it.
    Exists,
    /// The base is newer than the record: the author's copy comes from another history.
    FromTheFuture,
}

/// Merges `change`, made on revision `base_rev` (0 to create), into `current`.
///
/// A deletion of something that changed since `base_rev` collides on the fields that changed
/// and is not carried out: whoever edited it meanwhile wanted it to live.
pub fn merge(current: &Stored, base_rev: u64, change: &Change) -> Merged {
    if current.rev == 0 {
        return match (base_rev, change) {
            (0, Change::Fields(fields)) => Merged::Done {
                stored: Stored {
                    rev: 1,
                    deleted: false,
                    field_revs: fields.keys().map(|name| (name.clone(), 1)).collect(),
                    fields: fields.clone(),
                },
                collisions: Vec::new(),
            },
            _ => Merged::Gone,
        };
    }
    if current.deleted {
        return if base_rev == 0 { Merged::Exists } else { Merged::Gone };
    }
    if base_rev == 0 {
        return Merged::Exists;
    }
    if base_rev > current.rev {
        return Merged::FromTheFuture;
    }
    match change {
        Change::Fields(fields) => merge_fields(current, base_rev, fields),
        Change::Delete => delete(current, base_rev),
    }
}

fn merge_fields(current: &Stored, base_rev: u64, fields: &Map<String, Value>) -> Merged {
    let mut stored = current.clone();
    let mut collisions = Vec::new();
    let next = current.rev + 1;
    for (name, yours) in fields {
        let theirs = current.fields.get(name).unwrap_or(&Value::Null);
        if theirs == yours {
            continue;
        }
        if current.field_revs.get(name).is_some_and(|rev| *rev > base_rev) {
            collisions.push(Collision {
                field: name.clone(),
                theirs: theirs.clone(),
                yours: yours.clone(),
            });
            continue;
        }
        if yours.is_null() {
            stored.fields.remove(name);
        } else {
            stored.fields.insert(name.clone(), yours.clone());
        }
        stored.field_revs.insert(name.clone(), next);
        stored.rev = next;
    }
    Merged::Done { stored, collisions }
}

fn delete(current: &Stored, base_rev: u64) -> Merged {
    let collisions: Vec<_> = current
        .field_revs
        .iter()
        .filter(|(_, rev)| **rev > base_rev)
        .map(|(name, _)| Collision {
            field: name.clone(),
            theirs: current.fields.get(name).cloned().unwrap_or(Value::Null),
            yours: Value::Null,
        })
        .collect();
    let mut stored = current.clone();
    if collisions.is_empty() {
        stored.rev += 1;
        stored.deleted = true;
        stored.fields.clear();
        stored.field_revs.clear();
    }
    Merged::Done { stored, collisions }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn fields(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    fn created(value: Value) -> Stored {
        match merge(&Stored::default(), 0, &Change::Fields(fields(value))) {
            Merged::Done { stored, .. } => stored,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn two_editors_of_different_fields_both_win() {
        let start = created(json!({"title": "Knit", "day": "Mon"}));
        let Merged::Done { stored: first, .. } =
            merge(&start, 1, &Change::Fields(fields(json!({"title": "Knit and Natter"}))))
        else {
            panic!()
        };
        let Merged::Done { stored, collisions } =
            merge(&first, 1, &Change::Fields(fields(json!({"day": "Tue"}))))
        else {
            panic!()
        };
        assert_eq!(stored.fields, fields(json!({"title": "Knit and Natter", "day": "Tue"})));
        assert_eq!(collisions, []);
        assert_eq!(stored.rev, 3);
    }

    #[test]
    fn the_second_editor_of_one_field_is_told_both_values() {
        let start = created(json!({"title": "Knit"}));
        let Merged::Done { stored: first, .. } =
            merge(&start, 1, &Change::Fields(fields(json!({"title": "Natter"}))))
        else {
            panic!()
        };
        let Merged::Done { stored, collisions } =
            merge(&first, 1, &Change::Fields(fields(json!({"title": "Purl"}))))
        else {
            panic!()
        };
        assert_eq!(stored, first);
        assert_eq!(
            collisions,
            [Collision { field: "title".into(), theirs: json!("Natter"), yours: json!("Purl") }]
        );
    }

    #[test]
    fn an_edit_never_revives_the_dead() {
        let start = created(json!({"title": "Knit"}));
        let Merged::Done { stored: dead, .. } = merge(&start, 1, &Change::Delete) else { panic!() };
        assert!(dead.deleted);
        let edit = Change::Fields(fields(json!({"title": "Purl"})));
        assert_eq!(merge(&dead, 1, &edit), Merged::Gone);
        assert_eq!(merge(&dead, 0, &edit), Merged::Exists);
    }

    #[test]
    fn a_deletion_yields_to_an_edit_it_did_not_see() {
        let start = created(json!({"title": "Knit", "day": "Mon"}));
        let Merged::Done { stored: edited, .. } =
            merge(&start, 1, &Change::Fields(fields(json!({"day": "Tue"}))))
        else {
            panic!()
        };
        let Merged::Done { stored, collisions } = merge(&edited, 1, &Change::Delete) else {
            panic!()
        };
        assert_eq!(stored, edited);
        assert_eq!(collisions[0].field, "day");
    }

    fn some_fields() -> impl Strategy<Value = Map<String, Value>> {
        prop::collection::hash_map("[abc]", (0..3i64).prop_map(Value::from), 1..4)
            .prop_map(|map| map.into_iter().collect())
    }

    proptest! {
        /// Whatever edits arrive on whatever bases: each value an author sent is either what
        /// the server holds afterwards or is handed back; revisions never go back.
        #[test]
        fn no_value_vanishes(edits in prop::collection::vec((some_fields(), 0..5u64), 1..12)) {
            let mut stored = created(json!({"a": 0}));
            for (fields, age) in edits {
                let base = stored.rev.saturating_sub(age).max(1);
                let before = stored.clone();
                let Merged::Done { stored: after, collisions } =
                    merge(&stored, base, &Change::Fields(fields.clone()))
                else {
                    return Err(TestCaseError::fail("a live record merges"));
                };
                for (name, yours) in &fields {
                    let kept = after.fields.get(name) == Some(yours);
                    let handed_back =
                        collisions.iter().any(|c| &c.field == name && &c.yours == yours);
                    prop_assert!(kept || handed_back, "{name} vanished");
                    if handed_back {
                        prop_assert_eq!(after.fields.get(name), before.fields.get(name));
                    }
                }
                prop_assert!(after.rev >= before.rev && after.rev <= before.rev + 1);
                stored = after;
            }
        }
    }
}
