//! Submissions go in several at a time: each statement is a way to SQLite's thread and back, which
//! takes longer than what is done there.

use std::{collections::BTreeSet, sync::LazyLock};

use model::time::Millis;
use sqlx::{AssertSqlSafe, Row as _, SqlSafeStr, SqlStr};

use super::{
    Conn,
    sql::{signed, unsigned},
};
use crate::store::{Arrival, StoreError};

/// Rows of one statement: 20 records of a morning are two statements, a full batch is seven; more
/// saves little.
const ROWS: usize = 16;
/// Parameters of one row.
const COLUMNS: usize = 8;

/// For [`ROWS`] rows, and for the one of a small push and each of a remainder. No others, since
/// each keeps a prepared statement.
static MANY: LazyLock<SqlStr> = LazyLock::new(|| insert(ROWS));
static ONE: LazyLock<SqlStr> = LazyLock::new(|| insert(1));

/// The statement for so many rows. `?1` is the time; it is the same for all.
fn insert(rows: usize) -> SqlStr {
    let row = |number: usize| {
        let [seq, id, hash, kind, survey, venue, made_at, bytes] =
            std::array::from_fn::<usize, COLUMNS, _>(|at| number * COLUMNS + at + 2);
        format!("(?{seq}, ?{id}, ?{hash}, ?{kind}, ?{survey}, ?{venue}, ?{made_at}, ?1, ?{bytes})")
    };
    let rows = (0..rows).map(row).collect::<Vec<_>>().join(", ");
    // Made of numbers alone: nothing that came from outside is in it.
    AssertSqlSafe(format!(
        "INSERT INTO submissions
             (seq, id, hash, kind, survey, venue, made_at, received_at, bytes)
         VALUES {rows} ON CONFLICT (id) DO NOTHING RETURNING seq"
    ))
    .into_sql_str()
}

/// See [`crate::store::tx::Submissions::insert_submissions`].
pub(super) async fn insert_submissions(
    conn: &mut Conn,
    first: u64,
    arrivals: &[Arrival],
    now: Millis,
) -> Result<Vec<bool>, StoreError> {
    let placed: Vec<(u64, &Arrival)> = (first..).zip(arrivals).collect();
    let (many, rest) = placed.as_chunks::<ROWS>();
    let mut inserted = BTreeSet::new();
    for rows in many {
        insert_rows(conn, MANY.clone(), rows, now, &mut inserted).await?;
    }
    for row in rest.chunks(1) {
        insert_rows(conn, ONE.clone(), row, now, &mut inserted).await?;
    }
    insert_themes(conn, &placed, &inserted).await?;
    Ok(placed.iter().map(|(seq, _)| inserted.contains(seq)).collect())
}

async fn insert_rows(
    conn: &mut Conn,
    statement: SqlStr,
    rows: &[(u64, &Arrival)],
    now: Millis,
    inserted: &mut BTreeSet<u64>,
) -> Result<(), StoreError> {
    let mut query = sqlx::query(statement).bind(now.0);
    for (seq, arrival) in rows {
        query = query
            .bind(signed(*seq))
            .bind(arrival.sealed.id.to_string())
            .bind(arrival.sealed.hash.to_string())
            .bind(arrival.kind)
            .bind(arrival.survey.as_ref().map(|survey| survey.as_str()))
            .bind(arrival.venue.as_ref().map(|venue| venue.as_str()))
            .bind(arrival.made_at.0)
            .bind(arrival.sealed.bytes.as_slice());
    }
    for row in query.fetch_all(&mut *conn).await? {
        inserted.insert(unsigned(row.try_get(0)?));
    }
    Ok(())
}

/// The themes of those that are new, all in one statement.
async fn insert_themes(
    conn: &mut Conn,
    placed: &[(u64, &Arrival)],
    inserted: &BTreeSet<u64>,
) -> Result<(), StoreError> {
    let themes: Vec<(&str, i64)> = placed
        .iter()
        .filter(|(seq, _)| inserted.contains(seq))
        .flat_map(|(seq, arrival)| {
            arrival.themes.iter().map(|theme| (theme.as_str(), signed(*seq)))
        })
        .collect();
    if themes.is_empty() {
        return Ok(());
    }
    let themes =
        serde_json::to_string(&themes).map_err(|error| StoreError::Statement(error.to_string()))?;
    sqlx::query(
        "INSERT INTO submission_themes (theme, seq)
         SELECT value ->> 0, value ->> 1 FROM json_each(?1) WHERE true
         ON CONFLICT DO NOTHING",
    )
    .bind(themes)
    .execute(conn)
    .await?;
    Ok(())
}
