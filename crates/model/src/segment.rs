//! A segment of the snapshot: records in columns.
//!
//! ```text
//! [run, …]              a run is records of one collection, one after the other
//! run    = [collection, ids, revisions, places, deleted, columns]
//! places = the first as it is, then by how much each is larger than the one before
//! column = [name, rows, values]
//! rows   = "1001": the rows that have the field (or are deleted); "" means every row, and for `deleted` none
//! ```
//!
//! The names of fields stand once and not in each record: a segment is a fifth smaller than the same
//! records on a page of changes. A field that is missing and one that is `null` stay different, and
//! fields nobody here knows are columns like others.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{Key, Record, canonical::bytes_of};

/// A manifest or segment in a form that this program does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the snapshot cannot be read; fetch the catalogue page by page instead")]
pub struct Malformed;

/// The segment's text: the same records give the same bytes on every server.
pub fn encode(records: Vec<Record>) -> Vec<u8> {
    let mut runs = Vec::new();
    let mut records = records.into_iter().peekable();
    while let Some(first) = records.next() {
        let collection = first.collection.clone();
        let mut run = vec![first];
        while let Some(next) = records.next_if(|next| next.collection == collection) {
            run.push(next);
        }
        runs.push(encode_run(collection, run));
    }
    bytes_of(&Value::Array(runs))
}

fn encode_run(collection: String, records: Vec<Record>) -> Value {
    let (mut ids, mut revs, mut places) = (Vec::new(), Vec::new(), Vec::new());
    let mut columns: BTreeMap<String, (Vec<usize>, Vec<Value>)> = BTreeMap::new();
    let deleted: Vec<_> = (0..records.len()).filter(|row| records[*row].deleted).collect();
    let (count, mut last) = (records.len(), 0);
    for (row, record) in records.into_iter().enumerate() {
        ids.push(Value::from(record.id.as_str()));
        revs.push(Value::from(record.rev));
        // Any two numbers differ by some number modulo 2^64, so nothing is ever lost.
        places.push(Value::from(record.seq.wrapping_sub(last)));
        last = record.seq;
        for (name, value) in record.fields {
            let (rows, values) = columns.entry(name).or_default();
            rows.push(row);
            values.push(value);
        }
    }
    let column = |(name, (rows, values)): (String, (Vec<usize>, Vec<Value>))| {
        let rows = if rows.len() == count { String::new() } else { marks(&rows, count) };
        Value::Array(vec![Value::from(name), Value::from(rows), Value::Array(values)])
    };
    let deleted = if deleted.is_empty() { String::new() } else { marks(&deleted, count) };
    Value::Array(vec![
        Value::from(collection),
        Value::Array(ids),
        Value::Array(revs),
        Value::Array(places),
        Value::from(deleted),
        Value::Array(columns.into_iter().map(column).collect()),
    ])
}

/// `1` for each of `rows` (ascending) and `0` for the others of `count`.
fn marks(rows: &[usize], count: usize) -> String {
    let mark = |row| if rows.binary_search(&row).is_ok() { '1' } else { '0' };
    (0..count).map(mark).collect()
}

/// The records of a segment's text, as they were.
///
/// # Errors
/// [`Malformed`] for anything that [`encode`] does not write.
pub fn decode(text: &str) -> Result<Vec<Record>, Malformed> {
    let runs = serde_json::from_str(text).ok().and_then(list).ok_or(Malformed)?;
    let mut records = Vec::new();
    for run in runs {
        decode_run(run, &mut records).ok_or(Malformed)?;
    }
    Ok(records)
}

fn decode_run(run: Value, records: &mut Vec<Record>) -> Option<()> {
    let [collection, ids, revs, places, deleted, columns]: [Value; 6] =
        list(run)?.try_into().ok()?;
    let (collection, deleted) = (collection.as_str()?, deleted.as_str()?);
    let (ids, revs, places) = (list(ids)?, list(revs)?, list(places)?);
    let count = ids.len();
    if revs.len() != count || places.len() != count {
        return None;
    }
    let deleted = if deleted.is_empty() { vec![false; count] } else { rows(deleted, count)? };
    let (first, mut seq) = (records.len(), 0_u64);
    for (((id, rev), place), deleted) in ids.iter().zip(revs).zip(places).zip(deleted) {
        seq = seq.wrapping_add(place.as_u64()?);
        records.push(Record {
            collection: collection.to_owned(),
            id: Key::parse(id.as_str()?)?,
            rev: rev.as_u64()?,
            seq,
            deleted,
            fields: Map::new(),
        });
    }
    for column in list(columns)? {
        let [name, marked, values]: [Value; 3] = list(column)?.try_into().ok()?;
        let (name, marked) = (name.as_str()?, marked.as_str()?);
        let marked = if marked.is_empty() { vec![true; count] } else { rows(marked, count)? };
        let mut values = list(values)?.into_iter();
        for (record, has) in records[first..].iter_mut().zip(marked) {
            if has {
                record.fields.insert(name.to_owned(), values.next()?);
            }
        }
        if values.next().is_some() {
            return None;
        }
    }
    Some(())
}

fn list(value: Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(items) => Some(items),
        _ => None,
    }
}

fn rows(marks: &str, count: usize) -> Option<Vec<bool>> {
    let good = marks.len() == count && marks.bytes().all(|mark| matches!(mark, b'0' | b'1'));
    good.then(|| marks.bytes().map(|mark| mark == b'1').collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::snapshot::tests::any_record;

    fn text(records: Vec<Record>) -> String {
        String::from_utf8(encode(records)).unwrap()
    }

    #[test]
    fn names_stand_once_and_null_is_not_missing() {
        let record = |id: &str, seq, fields: Value| Record {
            collection: "listing".to_owned(),
            id: Key::parse(id).unwrap(),
            rev: 1,
            seq,
            deleted: false,
            fields: fields.as_object().unwrap().clone(),
        };
        let records = vec![
            record("a", 7, json!({"title": "A", "note": null})),
            record("b", 9, json!({"title": "B"})),
        ];
        let text = text(records.clone());
        assert_eq!(
            text,
            r#"[["listing",["a","b"],[1,1],[7,2],"",[["note","10",[null]],["title","",["A","B"]]]]]"#
        );
        assert_eq!(decode(&text), Ok(records));
    }

    #[test]
    fn what_is_no_segment_is_refused() {
        for bad in [
            "",
            "<html>",
            "{}",
            "[1]",
            r#"[["c",["a"],[1],[1],"",[],0]]"#,
            r#"[["c",["a"],[1],[],"",[]]]"#,
            r#"[["c",["A a"],[1],[1],"",[]]]"#,
            r#"[["c",["a"],[-1],[1],"",[]]]"#,
            r#"[["c",["a"],[1],[1],"00",[]]]"#,
            r#"[["c",["a"],[1],[1],"",[["n","2",[1]]]]]"#,
            r#"[["c",["a"],[1],[1],"",[["n","1",[]]]]]"#,
            r#"[["c",["a"],[1],[1],"",[["n","0",[1]]]]]"#,
            r#"[["c",["a"],[1],[1],"",[["n","",[1,2]]]]]"#,
        ] {
            assert_eq!(decode(bad), Err(Malformed), "{bad}");
        }
        assert_eq!(decode("[]"), Ok(Vec::new()));
    }

    proptest! {
        #[test]
        fn any_records_come_back_as_they_were(records in prop::collection::vec(any_record(), 0..20)) {
            prop_assert_eq!(decode(&text(records.clone())), Ok(records));
        }

        /// A cut or changed text is refused or means something else; it never panics.
        #[test]
        fn no_text_panics(
            records in prop::collection::vec(any_record(), 0..5),
            at in any::<prop::sample::Index>(),
            byte in any::<char>(),
        ) {
            let whole: Vec<char> = text(records).chars().collect();
            let at = at.index(whole.len());
            let cut: String = whole[..at].iter().collect();
            prop_assert_eq!(decode(&cut), Err(Malformed));
            let mut changed = whole;
            changed[at] = byte;
            let _ = decode(&changed.into_iter().collect::<String>());
        }
    }
}
