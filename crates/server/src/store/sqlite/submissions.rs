//! The capture plane in SQLite: storing what came, and reading it for staff.

use model::{SubmissionId, time::Millis};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{Store, corrupt, signed, take_places, unsigned};
use crate::store::{Arrival, Filter, Placed, Slice, StoreError, StoredSubmission};

/// The order of submissions.
const SCOPE: &str = "capture";

impl Store {
    /// Stores `arrivals` in one transaction and says where each stands, in their order. What
    /// is stored already, with the same bytes, keeps its place.
    ///
    /// # Errors
    /// If the transaction was not committed; then nothing is stored.
    pub async fn receive(
        &self,
        arrivals: Vec<Arrival>,
        now: Millis,
    ) -> Result<Vec<Placed>, StoreError> {
        if arrivals.is_empty() {
            return Ok(Vec::new());
        }
        self.writer
            .run(move |conn| {
                Box::pin(async move {
                    // A place is taken for each and left empty where it turns out not to be
                    // needed: places order, they do not count.
                    let count = u64::try_from(arrivals.len()).unwrap_or(u64::MAX);
                    let first = take_places(conn, SCOPE, count).await?;
                    let mut placed = Vec::with_capacity(arrivals.len());
                    for (seq, arrival) in (first..).zip(&arrivals) {
                        placed.push(place(conn, seq, arrival, now).await?);
                    }
                    Ok(placed)
                })
            })
            .await
    }

    /// The submissions that `filter` means, at most `limit` of `slice`.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn submissions(
        &self,
        filter: &Filter,
        slice: Slice,
        limit: u32,
    ) -> Result<Vec<StoredSubmission>, StoreError> {
        let (sql, bound) = match slice {
            Slice::Before(seq) => (NEWEST_FIRST, seq.map_or(i64::MAX, signed)),
            Slice::After(seq) => (OLDEST_FIRST, signed(seq)),
        };
        let rows = sqlx::query(sql)
            .bind(filter.kind)
            .bind(&filter.survey)
            .bind(&filter.venue)
            .bind(filter.from.map(|from| from.0))
            .bind(filter.until.map(|until| until.0))
            .bind(&filter.theme)
            .bind(bound)
            .bind(limit)
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(stored).collect()
    }

    /// How many submissions `filter` means.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn count(&self, filter: &Filter) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar(COUNT)
            .bind(filter.kind)
            .bind(&filter.survey)
            .bind(&filter.venue)
            .bind(filter.from.map(|from| from.0))
            .bind(filter.until.map(|until| until.0))
            .bind(&filter.theme)
            .fetch_one(&self.readers)
            .await?;
        Ok(unsigned(count))
    }
}

/// Puts one arrival at `seq`, unless its id is taken: the constraint decides, not a look
/// beforehand.
async fn place(
    conn: &mut SqliteConnection,
    seq: u64,
    arrival: &Arrival,
    now: Millis,
) -> Result<Placed, StoreError> {
    let (id, hash) = (arrival.sealed.id.to_string(), arrival.sealed.hash.to_string());
    let inserted = sqlx::query(
        "INSERT INTO submissions
             (seq, id, hash, kind, survey, venue, made_at, received_at, bytes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(signed(seq))
    .bind(&id)
    .bind(&hash)
    .bind(arrival.kind)
    .bind(arrival.survey.as_ref().map(|survey| survey.as_str()))
    .bind(arrival.venue.as_ref().map(|venue| venue.as_str()))
    .bind(arrival.made_at.0)
    .bind(now.0)
    .bind(&arrival.sealed.bytes)
    .execute(&mut *conn)
    .await?
    .rows_affected();
    if inserted == 1 {
        for theme in &arrival.themes {
            sqlx::query(
                "INSERT INTO submission_themes (theme, seq) VALUES (?1, ?2)
                 ON CONFLICT DO NOTHING",
            )
            .bind(theme.as_str())
            .bind(signed(seq))
            .execute(&mut *conn)
            .await?;
        }
        return Ok(Placed::At(seq));
    }

    let there = sqlx::query("SELECT seq, hash FROM submissions WHERE id = ?1")
        .bind(&id)
        .fetch_one(&mut *conn)
        .await?;
    if there.try_get::<&str, _>("hash")? == hash {
        return Ok(Placed::At(unsigned(there.try_get("seq")?)));
    }
    sqlx::query(
        "INSERT INTO rivals (id, hash, received_at, bytes) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (id, hash) DO NOTHING",
    )
    .bind(&id)
    .bind(&hash)
    .bind(now.0)
    .bind(&arrival.sealed.bytes)
    .execute(conn)
    .await?;
    Ok(Placed::Rival)
}

fn stored(row: &SqliteRow) -> Result<StoredSubmission, StoreError> {
    let id: &str = row.try_get("id")?;
    Ok(StoredSubmission {
        seq: unsigned(row.try_get("seq")?),
        id: SubmissionId::parse(id).ok_or_else(|| corrupt("submissions", "an id"))?,
        received_at: Millis(row.try_get("received_at")?),
        bytes: row.try_get("bytes")?,
    })
}

/// The filter, once for the three statements below. A literal, since sqlx takes SQL that is
/// known when the program is built and nothing else.
macro_rules! filtered {
    ($columns:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM submissions s WHERE kind = ?1
               AND (?2 IS NULL OR survey = ?2)
               AND (?3 IS NULL OR venue = ?3)
               AND (?4 IS NULL OR made_at >= ?4)
               AND (?5 IS NULL OR made_at < ?5)
               AND (?6 IS NULL OR EXISTS
                    (SELECT 1 FROM submission_themes t WHERE t.theme = ?6 AND t.seq = s.seq)) ",
            $rest
        )
    };
}

const NEWEST_FIRST: &str =
    filtered!("seq, id, received_at, bytes", "AND seq < ?7 ORDER BY seq DESC LIMIT ?8");
const OLDEST_FIRST: &str =
    filtered!("seq, id, received_at, bytes", "AND seq > ?7 ORDER BY seq LIMIT ?8");
const COUNT: &str = filtered!("count(*)", "");
