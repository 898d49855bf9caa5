//! The catalogue as the files it came from, to edit by hand or to carry to another server.

use model::Collection;
use serde_json::{Map, Value};

use crate::{Store, StoreError};

/// One file a collection, `event.json` and so on, with its JSON; empty collections have none.
///
/// # Errors
/// If the database cannot be read.
pub async fn content_files(store: &Store) -> Result<Vec<(String, String)>, StoreError> {
    let mut files = Vec::new();
    for collection in Collection::ALL {
        let records: Vec<Value> = store
            .records(collection)
            .await?
            .into_iter()
            .map(|record| {
                let mut fields =
                    Map::from_iter([("id".to_owned(), Value::String(record.id.to_string()))]);
                fields.extend(record.fields);
                Value::Object(fields)
            })
            .collect();
        if !records.is_empty() {
            let json = serde_json::to_string_pretty(&records)
                .map_err(|error| StoreError::Statement(error.to_string()))?;
            files.push((format!("{}.json", collection.name()), json + "\n"));
        }
    }
    Ok(files)
}
