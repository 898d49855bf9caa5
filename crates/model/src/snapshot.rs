//! The snapshot: the whole live catalogue in segments, for a tablet that starts from nothing.
//!
//! A segment is named by its hash, so a download that broke off goes on where it stopped, even
//! after the snapshot has moved on: what did not change keeps its name.

use serde_json::{Value, json};

use crate::{Hash, Record, segment::Malformed};

/// A segment is not closed below this many bytes of content. Together with [`ANCHORS`] it makes
/// segments of about 128 KiB: at 400 kbit/s the compressed form takes less than half a second, so a
/// line that drops every few seconds still gets segments through. Smaller ones compress worse, and
/// the heads of their answers would be a twentieth of the download.
const LEAST: usize = 64 * 1024;
/// A segment is closed at the first record that brings it to this many bytes, whatever it is;
/// it may be larger than this by one record.
const MOST: usize = 192 * 1024;
/// One record in so many is an anchor, after which a segment may end. Cut by size alone, one
/// edit would shift every cut behind it; cut at anchors, the segments behind it stay as they are.
const ANCHORS: u64 = 64;

/// What a snapshot consists of: the answer to `GET /api/v1/snapshot`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The history it belongs to.
    pub epoch: String,
    /// Where `GET /api/v1/changes` goes on from it.
    pub cursor: String,
    /// How many records there are in all segments.
    pub records: u64,
    /// Its segments, in order.
    pub segments: Vec<Part>,
}

/// One segment, as the manifest names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The SHA-256 of its bytes, uncompressed: its address, `GET /api/v1/snapshot/{hash}`.
    pub hash: Hash,
    /// How many bytes it has, uncompressed.
    pub bytes: u64,
    /// How many records it holds.
    pub records: u64,
}

impl Manifest {
    /// The bytes of all segments, uncompressed.
    pub fn bytes(&self) -> u64 {
        self.segments.iter().fold(0, |sum, part| sum.saturating_add(part.bytes))
    }

    /// The manifest as it travels.
    pub fn to_json(&self) -> Value {
        let part = |part: &Part| json!({"hash": part.hash.to_string(), "bytes": part.bytes, "records": part.records});
        json!({
            "epoch": self.epoch,
            "cursor": self.cursor,
            "records": self.records,
            "segments": self.segments.iter().map(part).collect::<Vec<_>>(),
        })
    }

    /// Reads [`Manifest::to_json`]; what else a newer server says in it is passed over. By hand, since a
    /// derived reader is several times as much code in the app.
    ///
    /// # Errors
    /// [`Malformed`] if something is missing or of another kind.
    pub fn from_json(value: &Value) -> Result<Self, Malformed> {
        let read = || {
            let segments = value.get("segments")?.as_array()?.iter().map(Part::from_json);
            Some(Self {
                epoch: value.get("epoch")?.as_str()?.to_owned(),
                cursor: value.get("cursor")?.as_str()?.to_owned(),
                records: value.get("records")?.as_u64()?,
                segments: segments.collect::<Option<_>>()?,
            })
        };
        read().ok_or(Malformed)
    }
}

impl Part {
    fn from_json(value: &Value) -> Option<Self> {
        Some(Self {
            hash: Hash::parse(value.get("hash")?.as_str()?)?,
            bytes: value.get("bytes")?.as_u64()?,
            records: value.get("records")?.as_u64()?,
        })
    }
}

/// How large segments become, in bytes of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// A segment with so much ends at the next anchor.
    pub least: usize,
    /// A segment with so much ends, wherever it is.
    pub most: usize,
}

impl Default for Size {
    /// What every server uses: one that cut elsewhere would name other segments.
    fn default() -> Self {
        Self { least: LEAST, most: MOST }
    }
}

/// Cuts records into segments, in the order they come. Where it cuts depends on the records
/// alone, so every server makes the same segments of the same catalogue.
#[derive(Debug, Default)]
pub struct Cutter {
    size: Size,
    records: Vec<Record>,
    bytes: usize,
}

impl Cutter {
    /// One that makes segments of another size, so that a few records are several.
    pub fn of(size: Size) -> Self {
        Self { size, ..Self::default() }
    }

    /// Takes the next record, and gives a segment if one is full.
    pub fn push(&mut self, record: Record) -> Option<Vec<Record>> {
        self.bytes += size_of(&record);
        let anchor = is_anchor(&record);
        self.records.push(record);
        let full = self.bytes >= self.size.most || (anchor && self.bytes >= self.size.least);
        if full { self.rest() } else { None }
    }

    /// The last segment, unless nothing is left for it.
    pub fn rest(&mut self) -> Option<Vec<Record>> {
        self.bytes = 0;
        let records = std::mem::take(&mut self.records);
        (!records.is_empty()).then_some(records)
    }
}

/// About the bytes of a record in a segment, where names of fields do not count.
fn size_of(record: &Record) -> usize {
    let text = |value: &Value| crate::json::text(value).unwrap_or_default().len() + 1;
    record.id.as_str().len() + 8 + record.fields.values().map(text).sum::<usize>()
}

/// Decided by the name alone, so an edit neither makes nor unmakes an anchor.
fn is_anchor(record: &Record) -> bool {
    let name = format!("{}/{}", record.collection, record.id);
    let [first, second, ..] = Hash::of(name.as_bytes()).0;
    u64::from(u16::from_be_bytes([first, second])).is_multiple_of(ANCHORS)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use serde_json::Map;

    use super::*;
    use crate::{Key, segment::encode};

    /// Any value a field may have. Of fractions only those that JSON reads back exactly.
    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (-1_000_000_000i32..1_000_000_000)
                .prop_map(|whole| Value::from(f64::from(whole) / 8.0)),
            ".{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::hash_map(".{0,6}", inner, 0..5)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    /// Any record, of collections and with fields that nobody knows, some of them often.
    pub(crate) fn any_record() -> impl Strategy<Value = Record> {
        let name = prop_oneof!["[abc]", ".{0,8}"];
        let collection =
            prop_oneof![Just("listing".to_owned()), Just("event".to_owned()), ".{0,6}"];
        let fields = prop::collection::hash_map(name, any_value(), 0..6);
        (collection, "[a-z0-9.-]{1,64}", any::<u64>(), any::<u64>(), any::<bool>(), fields)
            .prop_map(|(collection, id, rev, seq, deleted, fields)| Record {
                collection,
                id: Key::parse(&id).unwrap(),
                rev,
                seq,
                deleted,
                fields: fields.into_iter().collect::<Map<_, _>>(),
            })
    }

    fn listing(number: u32, length: usize) -> Record {
        let fields =
            json!({"title": {"en": format!("Listing {number}")}, "text": "x".repeat(length)});
        Record {
            collection: "listing".to_owned(),
            id: Key::parse(&format!("listing-{number}")).unwrap(),
            rev: 1,
            seq: u64::from(number),
            deleted: false,
            fields: fields.as_object().unwrap().clone(),
        }
    }

    fn cut(records: impl IntoIterator<Item = Record>) -> Vec<Vec<Record>> {
        let mut cutter = Cutter::default();
        let mut segments: Vec<_> =
            records.into_iter().filter_map(|record| cutter.push(record)).collect();
        segments.extend(cutter.rest());
        segments
    }

    fn names(records: impl IntoIterator<Item = Record>) -> BTreeSet<Hash> {
        cut(records).into_iter().map(|segment| Hash::of(&encode(segment))).collect()
    }

    #[test]
    fn a_manifest_reads_back_and_nothing_less_does() {
        let part = Part { hash: Hash::of(b"x"), bytes: 65_000, records: 60 };
        let manifest = Manifest {
            epoch: "e".to_owned(),
            cursor: "c".to_owned(),
            records: 120,
            segments: vec![part, part],
        };
        let mut value = manifest.to_json();
        value["new"] = json!(1);
        assert_eq!(Manifest::from_json(&value), Ok(manifest.clone()));
        assert_eq!(manifest.bytes(), 130_000);
        for field in ["epoch", "cursor", "records", "segments"] {
            let mut less = value.clone();
            less.as_object_mut().unwrap().remove(field);
            assert_eq!(Manifest::from_json(&less), Err(Malformed), "{field}");
        }
        value["segments"][1]["hash"] = json!("short");
        assert_eq!(Manifest::from_json(&value), Err(Malformed));
    }

    #[test]
    fn segments_are_of_about_128_kib() {
        let segments = cut((0..2_000).map(|number| listing(number, 900)));
        let sizes: Vec<_> = segments.into_iter().map(|segment| encode(segment).len()).collect();
        let mean = sizes.iter().sum::<usize>() / sizes.len();
        assert!((96 * 1024..160 * 1024).contains(&mean), "{mean}: {sizes:?}");
        assert!(sizes.iter().all(|size| *size < MOST + 4 * 1024), "{sizes:?}");
    }

    #[test]
    fn an_edit_renames_few_segments() {
        let before = names((0..1_500).map(|number| listing(number, 700)));
        let mut renamed = 0;
        for edited in (0..1_500).step_by(101) {
            // The edited record gets the last place, and other bytes.
            let rest = (0..1_500).filter(|number| *number != edited);
            let after = rest.map(|number| listing(number, 700));
            let after = names(after.chain([Record { seq: 1_501, rev: 2, ..listing(edited, 800) }]));
            renamed += after.difference(&before).count();
        }
        let (edits, segments) = (15, before.len());
        assert!(renamed <= 4 * edits, "{renamed} in {edits} edits of {segments}");
    }

    proptest! {
        #[test]
        fn cutting_loses_nothing(records in prop::collection::vec(any_record(), 0..40)) {
            let whole: Vec<_> = cut(records.clone()).concat();
            prop_assert_eq!(whole, records);
        }
    }
}
