//! The cursor of the catalogue plane: how far a tablet has read. Opaque to the tablet, which
//! stores and returns it; only the server reads inside.

use serde::{Deserialize, Serialize};

/// The catalogue's wire schema. A cursor of another schema means "fetch again".
pub const SCHEMA: u32 = 1;

/// What stands in a cursor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The history the position belongs to; a restored server starts a new one.
    pub epoch: String,
    /// Whose changes: `public` for what every tablet gets.
    pub scope: String,
    /// [`SCHEMA`] when it was made.
    pub schema: u32,
    /// Every change up to and with this one has been read.
    pub seq: u64,
    /// The server's last `seq` when the fetch from the start began that led here. What was deleted before then was
    /// never read, so that forgetting those deletions leaves the fetch whole.
    pub began: u64,
}

/// Why a cursor cannot be continued from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Stale {
    /// It was not made by this program.
    #[error("the cursor cannot be read")]
    Unreadable,
    /// It belongs to another history: the server was restored from a backup.
    #[error("the cursor is from another epoch")]
    OtherEpoch,
    /// It belongs to another scope.
    #[error("the cursor is for another scope")]
    OtherScope,
    /// It was made for another wire schema.
    #[error("the cursor is from another version")]
    OtherSchema,
    /// It is ahead of the server.
    #[error("the cursor is from the future")]
    Future,
    /// Deletions older than the tombstone floor are no longer known.
    #[error("the cursor is too old")]
    BelowFloor,
}

impl Cursor {
    /// The opaque text: one JSON array. It is not secret, only not to be relied on.
    pub fn encode(&self) -> String {
        serde_json::json!([self.epoch, self.scope, self.schema, self.seq, self.began]).to_string()
    }

    /// Reads [`Cursor::encode`]'s text and checks that the server, at `epoch` and `head`
    /// (its last seq) with deletions known above `floor`, can continue from it.
    ///
    /// # Errors
    /// Why not; the remedy is always to fetch again from the start.
    pub fn continue_from(
        text: &str,
        epoch: &str,
        scope: &str,
        head: u64,
        floor: u64,
    ) -> Result<Self, Stale> {
        let (its_epoch, its_scope, schema, seq, began): (String, String, u32, u64, u64) =
            serde_json::from_str(text).map_err(|_| Stale::Unreadable)?;
        if its_epoch != epoch {
            return Err(Stale::OtherEpoch);
        }
        if its_scope != scope {
            return Err(Stale::OtherScope);
        }
        if schema != SCHEMA {
            return Err(Stale::OtherSchema);
        }
        // A beginning ahead of the server would lift the cursor over every floor to come.
        if seq.max(began) > head {
            return Err(Stale::Future);
        }
        if seq.max(began) < floor {
            return Err(Stale::BelowFloor);
        }
        Ok(Self { epoch: its_epoch, scope: its_scope, schema, seq, began })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_continues_only_in_its_own_history() {
        let (epoch, scope) = ("e1".to_owned(), "public".to_owned());
        let cursor = Cursor { epoch, scope, schema: SCHEMA, seq: 5, began: 5 };
        let text = cursor.encode();
        let at =
            |epoch, scope, head, floor| Cursor::continue_from(&text, epoch, scope, head, floor);
        assert_eq!(at("e1", "public", 5, 0), Ok(cursor.clone()));
        assert_eq!(at("e2", "public", 9, 0), Err(Stale::OtherEpoch));
        assert_eq!(at("e1", "staff", 9, 0), Err(Stale::OtherScope));
        assert_eq!(at("e1", "public", 4, 0), Err(Stale::Future));
        assert_eq!(at("e1", "public", 9, 6), Err(Stale::BelowFloor));
        assert_eq!(Cursor::continue_from("<html>", "e1", "public", 9, 0), Err(Stale::Unreadable));
        let ahead = Cursor { seq: 0, began: 10, ..cursor.clone() }.encode();
        assert_eq!(Cursor::continue_from(&ahead, "e1", "public", 9, 0), Err(Stale::Future));
        let half_way = Cursor { seq: 2, ..cursor.clone() }.encode();
        let on =
            |floor| Cursor::continue_from(&half_way, "e1", "public", 9, floor).map(|it| it.seq);
        assert_eq!((on(5), on(6)), (Ok(2), Err(Stale::BelowFloor)));
        let old = Cursor { schema: SCHEMA + 1, ..cursor }.encode();
        assert_eq!(Cursor::continue_from(&old, "e1", "public", 9, 0), Err(Stale::OtherSchema));
    }
}
