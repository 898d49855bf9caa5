//! A member of staff at a tablet: opens a record, changes it, and sends the edit until it is
//! answered, as the staff pages do.

use model::{
    Key, json,
    wire::{Edit, Edits, EditsAnswer},
};
use serde_json::{Map, Value, json};
use sync::{Catalogue as _, SyncError, answer};

use crate::{
    gateway::{Gateway, read_cursor},
    ledger::{Seen, epoch_number},
    network::Ask,
    shadow::EDITED,
    storage::Storage,
    turn::Wait,
};

/// What somebody does with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Changes one or two fields.
    Change,
    /// Takes a field away; the name cannot be.
    Remove,
    /// Deletes it.
    Delete,
    /// Makes a new one, under an id that may be taken.
    Create,
}

/// How long somebody waits before they press the button again, in milliseconds.
const PATIENCE: i64 = 5_000;

/// Does `deed` to a record and sends it until there is an answer. `pick` chooses record and
/// fields.
pub async fn edit(storage: Storage, gateway: Gateway, deed: Deed, pick: u32) {
    let Some(edit) = write(&storage, &gateway, deed, pick).await else { return };
    let world = &gateway.world;
    world.note(format_args!(
        "staff at tablet {} edit {} on rev {}: {}{}",
        gateway.profile.number,
        edit.id,
        edit.base_rev,
        Value::Object(edit.fields.clone()),
        if edit.delete { " delete" } else { "" }
    ));
    let Ok(body) = json::write(&Edits { edits: vec![edit] }) else { return };
    loop {
        let answer = gateway.ask(Ask::Edits(body.clone().into_bytes())).await;
        let wait = match answer.and_then(|text| answer::read::<EditsAnswer>(&text)) {
            Ok(answer) if !answer.results.is_empty() => return,
            Err(SyncError::RetryAfter(asked)) => i64::try_from(asked).unwrap_or(PATIENCE),
            _ => PATIENCE,
        };
        gateway.turns.wait(Wait::Until(world.time.get() + wait)).await;
    }
}

async fn write(storage: &Storage, gateway: &Gateway, deed: Deed, pick: u32) -> Option<Edit> {
    let records = storage.records().await.ok()?;
    // Without a turn between the two, so that both are of one moment.
    let cursor = storage.profile.catalogue.inspect(|state| state.cursor.clone());
    let epoch = cursor.as_deref().and_then(read_cursor).and_then(|(it, _)| epoch_number(&it));
    let themes: Vec<_> = records.iter().filter(|it| it.collection == EDITED.name()).collect();
    let number = gateway.draw();
    let mut fields = Map::new();
    let value = |what: &str| json!(format!("{what} {}", &number.to_string()[..8]));
    let mut seen = Seen { epoch: epoch?, seq: 0, fields: Map::new() };
    let (id, base_rev) = if deed == Deed::Create {
        fields.insert("name".to_owned(), json!({"en": format!("New {pick}")}));
        fields.insert("a".to_owned(), value("a"));
        (Key::parse(&format!("theme-{}", pick % 9))?, 0)
    } else {
        let theme = themes.get(pick as usize % themes.len().max(1))?;
        seen.seq = theme.seq;
        seen.fields = theme.fields.clone();
        (theme.id.clone(), theme.rev)
    };
    gateway.world.ledger.borrow_mut().author(number, seen);
    let field = ["name", "a", "b"][(pick >> 8) as usize % 3];
    match deed {
        Deed::Change => {
            let name = json!({"en": format!("Name {}", &number.to_string()[..8])});
            fields.insert(field.to_owned(), if field == "name" { name } else { value(field) });
            if pick >> 16 & 1 == 1 {
                fields.insert("a".to_owned(), value("a"));
            }
        }
        Deed::Remove => drop(fields.insert(field.to_owned(), Value::Null)),
        Deed::Delete | Deed::Create => {}
    }
    Some(Edit {
        edit: number,
        collection: EDITED.name().to_owned(),
        id,
        base_rev,
        fields,
        delete: deed == Deed::Delete,
    })
}
