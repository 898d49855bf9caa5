//! The capture plane in SQL.

use async_trait::async_trait;
use model::{Hash, Key, SubmissionId, submission::Sealed, time::Millis};
use sqlx::Row as _;

use super::{
    super::{Row, insert_submissions},
    SqlTx, signed, unsigned,
};
use crate::store::{Arrival, Filter, Slice, StoreError, StoredSubmission, tx::Submissions};

#[async_trait]
impl Submissions for SqlTx<'_> {
    async fn insert_submissions(
        &mut self,
        first: u64,
        arrivals: &[Arrival],
        now: Millis,
    ) -> Result<Vec<bool>, StoreError> {
        insert_submissions(self.conn, first, arrivals, now).await
    }

    async fn submission_at(&mut self, id: SubmissionId) -> Result<Option<(u64, Hash)>, StoreError> {
        let row = sqlx::query("SELECT seq, hash FROM submissions WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&mut *self.conn)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let hash = Hash::parse(row.try_get("hash")?)
            .ok_or_else(|| StoreError::corrupt("submissions", "a hash"))?;
        Ok(Some((unsigned(row.try_get("seq")?), hash)))
    }

    async fn insert_rival(&mut self, sealed: &Sealed, now: Millis) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO rivals (id, hash, received_at, bytes) VALUES ($1, $2, $3, $4)
             ON CONFLICT (id, hash) DO NOTHING",
        )
        .bind(sealed.id.to_string())
        .bind(sealed.hash.to_string())
        .bind(now.0)
        .bind(&sealed.bytes)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    async fn submissions(
        &mut self,
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
            .bind(i64::from(limit))
            .fetch_all(&mut *self.conn)
            .await?;
        rows.iter().map(stored).collect()
    }

    async fn count_submissions(&mut self, filter: &Filter) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar(COUNT)
            .bind(filter.kind)
            .bind(&filter.survey)
            .bind(&filter.venue)
            .bind(filter.from.map(|from| from.0))
            .bind(filter.until.map(|until| until.0))
            .bind(&filter.theme)
            .fetch_one(&mut *self.conn)
            .await?;
        Ok(unsigned(count))
    }

    async fn extent(&mut self, survey: &Key) -> Result<(u64, u64), StoreError> {
        let row = sqlx::query(EXTENT).bind(survey.as_str()).fetch_one(&mut *self.conn).await?;
        Ok((unsigned(row.try_get("latest")?), unsigned(row.try_get("count")?)))
    }
}

fn stored(row: &Row) -> Result<StoredSubmission, StoreError> {
    let id: &str = row.try_get("id")?;
    Ok(StoredSubmission {
        seq: unsigned(row.try_get("seq")?),
        id: SubmissionId::parse(id).ok_or_else(|| StoreError::corrupt("submissions", "an id"))?,
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
            " FROM submissions s WHERE kind = $1
               AND ($2 IS NULL OR survey = $2)
               AND ($3 IS NULL OR venue = $3)
               AND ($4 IS NULL OR made_at >= $4)
               AND ($5 IS NULL OR made_at < $5)
               AND ($6 IS NULL OR EXISTS
                    (SELECT 1 FROM submission_themes t WHERE t.theme = $6 AND t.seq = s.seq)) ",
            $rest
        )
    };
}

const NEWEST_FIRST: &str =
    filtered!("seq, id, received_at, bytes", "AND seq < $7 ORDER BY seq DESC LIMIT $8");
const OLDEST_FIRST: &str =
    filtered!("seq, id, received_at, bytes", "AND seq > $7 ORDER BY seq LIMIT $8");
const COUNT: &str = filtered!("count(*)", "");
/// Every column of it stands in the index `submissions_by_kind`, so that no row is fetched.
const EXTENT: &str = "SELECT COALESCE(max(seq), 0) AS latest, count(*) AS count FROM submissions
     WHERE kind = 'response' AND survey = $1";
