//! The databases as each version of the app has made and filled them, written down once and never changed: a tablet
//! that was in a cupboard for a year comes back with one of them.

use indexed_db_futures::{
    Build, BuildPrimitive,
    database::{Database, VersionChangeEvent},
    error::Error,
    transaction::TransactionMode,
};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;

/// One version of one database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Released {
    /// What it is for: `outbox` or `catalogue`.
    pub kind: &'static str,
    /// Its version.
    pub version: u8,
    stores: &'static [&'static str],
    rows: &'static [Row],
}

/// A store, a key and a value: a text, and bytes beside it if the value is a pair.
type Row = (&'static str, &'static str, Value);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    Text(&'static str),
    Pair(&'static str, Option<&'static str>),
}

use Value::{Pair, Text};

/// Every one there is, the oldest of its kind first.
pub const RELEASED: [Released; 3] = [OUTBOX_1, CATALOGUE_1, CATALOGUE_2];

/// The entry that waits in every outbox here, and its bytes.
pub const WAITING: (&str, &str) = ("018bcfe5-6800-7101-8101-010101010101", r#"{"words":"one"}"#);
/// The entry that was refused.
pub const REFUSED: (&str, &str) = ("018bcfe5-6801-7202-8202-020202020202", r#"{"words":"two"}"#);
/// What was received, with and without its bytes.
pub const RECEIVED: [&str; 2] =
    ["018bcfe5-6802-7303-8303-030303030303", "018bcfe5-6803-7404-8404-040404040404"];

const OUTBOX_1: Released = Released {
    kind: "outbox",
    version: 1,
    stores: &["entries", "receipts", "meta"],
    rows: &[
        (
            "entries",
            WAITING.0,
            Pair(
                r#"{"hash":"0d04d3455945bc771255ee53ed0fcd3bf885b7e2a5f47de5273b77281d1da320","saved_at":1700000000000,"state":"waiting"}"#,
                Some(WAITING.1),
            ),
        ),
        (
            "entries",
            REFUSED.0,
            Pair(
                r#"{"hash":"1100ae69be86ea1f116970e46f0df2ffa6287f067741d2580fcf9aa5df84fedd","saved_at":1700000000001,"state":"refused","problems":[{"pointer":"/words","code":"too_long","detail":"Too long."}]}"#,
                Some(REFUSED.1),
            ),
        ),
        (
            "receipts",
            RECEIVED[0],
            Pair(
                r#"{"ack":{"id":"018bcfe5-6802-7303-8303-030303030303","hash":"9839cd0e4a6e8a4923d4d7e449c60142cfeb5cc2816f8fda6110d532638588ab","seq":7,"epoch":"e"},"received_at":1700000000002}"#,
                Some(r#"{"words":"three"}"#),
            ),
        ),
        (
            "receipts",
            RECEIVED[1],
            Pair(
                r#"{"ack":{"id":"018bcfe5-6803-7404-8404-040404040404","hash":"01881adc5be090484a3d7b3e0b1715cbb36678db39bb85277740e8e07c3033de","seq":8,"epoch":"e"},"received_at":1700000000003}"#,
                None,
            ),
        ),
        ("meta", "epoch", Text("e")),
        ("meta", "room", Text("")),
    ],
};

const RECORD: &str = r#"{"collection":"event","id":"a","rev":1,"seq":1,"deleted":false,"fields":{"title":{"en":"a"}}}"#;

const CATALOGUE_1: Released = Released {
    kind: "catalogue",
    version: 1,
    stores: &["records", "meta"],
    rows: &[
        ("records", "event/a", Text(RECORD)),
        ("meta", "cursor", Text("one")),
        ("meta", "venue", Text("grays-central-library")),
    ],
};

const CATALOGUE_2: Released = Released {
    kind: "catalogue",
    version: 2,
    stores: &["records", "meta", "segments"],
    rows: &[
        (
            "segments",
            "9462001c3b5ed95f1c97d6f744d0854cc323adcfa6e3d3189726c89c53f4c13a",
            Text(r#"[["event",["a"],[1],[1],"",[["title","",[{"en":"a"}]]]]]"#),
        ),
        ("meta", "base", Text("9462001c3b5ed95f1c97d6f744d0854cc323adcfa6e3d3189726c89c53f4c13a")),
        ("meta", "cursor", Text("one")),
        ("meta", "venue", Text("grays-central-library")),
    ],
};

impl Released {
    /// The version of this kind and number.
    pub fn of(kind: &str, version: u8) -> Self {
        let found = RELEASED.into_iter().find(|it| it.kind == kind && it.version == version);
        found.unwrap()
    }

    /// Whether there is a newer one.
    pub fn is_old(self) -> bool {
        RELEASED.iter().any(|it| it.kind == self.kind && it.version > self.version)
    }

    /// Makes it under `name` as that app did, and leaves the connection open.
    pub async fn make(self, name: &str) -> Database {
        let database = Database::open(name)
            .with_version(self.version)
            .with_on_upgrade_needed(move |_: VersionChangeEvent, database: Database| {
                for store in self.stores {
                    database.create_object_store(store).build()?;
                }
                Ok::<_, Error>(())
            })
            .build()
            .unwrap()
            .await
            .unwrap();
        let stores: Vec<_> = self.stores.to_vec();
        let transaction =
            database.transaction(stores).with_mode(TransactionMode::Readwrite).build().unwrap();
        for (store, key, value) in self.rows {
            let store = transaction.object_store(store).unwrap();
            let put = store.put(value.stored()).with_key((*key).to_owned());
            put.primitive().unwrap().await.unwrap();
        }
        transaction.commit().await.unwrap();
        database
    }
}

impl Value {
    fn stored(self) -> JsValue {
        match self {
            Text(text) => JsValue::from_str(text),
            Pair(envelope, bytes) => {
                let bytes =
                    bytes.map_or(JsValue::NULL, |text| Uint8Array::from(text.as_bytes()).into());
                Array::of2(&JsValue::from_str(envelope), &bytes).into()
            }
        }
    }
}
