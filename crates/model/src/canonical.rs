//! The canonical bytes of a record and their hash.
//!
//! Canonical means: UTF-8 JSON, no white space, object keys sorted by code point, strings and
//! numbers as `serde_json` writes them. It is the sorting and spacing of RFC 8785 without its
//! layout of floating point. The server has `serde_json`'s feature `float_roundtrip`, so that a fraction that
//! was written is read there as the same one, however often. The app has not: what it sends holds whole
//! numbers and strings only, and what is added to that should keep to it, or may be read as its neighbour
//! past the 15th digit.

use serde::{Deserialize, Serialize, de::Error as _};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::limits::JSON_DEPTH;

/// SHA-256 of a record's canonical bytes; on the wire 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The hash of `bytes`, which should be canonical.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Reads 64 hexadecimal digits.
    pub fn parse(hex: &str) -> Option<Self> {
        let digits = hex.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut out = [0; 32];
        for (byte, pair) in out.iter_mut().zip(digits.chunks_exact(2)) {
            let high = char::from(pair[0]).to_digit(16)?;
            let low = char::from(pair[1]).to_digit(16)?;
            *byte = u8::try_from(high * 16 + low).ok()?;
        }
        Some(Self(out))
    }
}

impl std::fmt::Display for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl Serialize for Hash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("a hash has 64 hexadecimal digits"))
    }
}

/// The canonical bytes of `value`. Sorting happens here and not in `serde_json`'s map, whose
/// order depends on a feature any dependency may switch on.
pub fn bytes_of(value: &Value) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Object(map) => {
            let mut fields: Vec<_> = map.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            out.push(b'{');
            for (index, (name, field)) in fields.into_iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write(&Value::String(name.clone()), out);
                out.push(b':');
                write(field, out);
            }
            out.push(b'}');
        }
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write(item, out);
            }
            out.push(b']');
        }
        // Writing to memory and a scalar's JSON never fail.
        scalar => out.extend(crate::json::text(scalar).unwrap_or_default().bytes()),
    }
}

/// How deep the arrays and objects of `value` are nested; a scalar has depth 0.
/// Stops counting once past [`JSON_DEPTH`].
pub fn depth_of(value: &Value) -> usize {
    fn walk(value: &Value, level: usize) -> usize {
        if level > JSON_DEPTH {
            return level;
        }
        match value {
            Value::Object(map) => {
                map.values().map(|inner| walk(inner, level + 1)).max().unwrap_or(level + 1)
            }
            Value::Array(items) => {
                items.iter().map(|inner| walk(inner, level + 1)).max().unwrap_or(level + 1)
            }
            _ => level,
        }
    }
    walk(value, 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_and_space_is_gone() {
        let value = json!({"b": [1, {"z": null, "a": "é\n"}], "a": true});
        assert_eq!(
            String::from_utf8(bytes_of(&value)).unwrap(),
            r#"{"a":true,"b":[1,{"a":"é\n","z":null}]}"#
        );
    }

    #[test]
    fn a_hash_is_the_published_sha_256() {
        // FIPS 180-2, appendix B.1.
        assert_eq!(
            Hash::of(b"abc").to_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::hash_map(".{0,6}", inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        /// Whatever spacing a proxy gave the record, its canonical bytes come out the same.
        #[test]
        fn respacing_changes_nothing(value in any_json()) {
            let once = bytes_of(&value);
            let respaced: Value =
                serde_json::from_str(&serde_json::to_string_pretty(&value).unwrap()).unwrap();
            prop_assert_eq!(&bytes_of(&respaced), &once);
            let again: Value = serde_json::from_slice(&once).unwrap();
            prop_assert_eq!(bytes_of(&again), once);
        }

        #[test]
        fn a_hash_reads_back(bytes in any::<[u8; 32]>()) {
            prop_assert_eq!(Hash::parse(&Hash(bytes).to_string()), Some(Hash(bytes)));
        }
    }
}
