//! Submissions go in together: one way to the database for a push, however many it brings.

use std::collections::BTreeSet;

use model::time::Millis;

use super::{Conn, sql::signed};
use crate::store::{Arrival, StoreError};

/// See [`crate::store::tx::Submissions::insert_submissions`].
pub(super) async fn insert_submissions(
    conn: &mut Conn,
    first: u64,
    arrivals: &[Arrival],
    now: Millis,
) -> Result<Vec<bool>, StoreError> {
    let places: Vec<i64> = (first..).take(arrivals.len()).map(signed).collect();
    let texts = |read: fn(&Arrival) -> String| arrivals.iter().map(read).collect::<Vec<_>>();
    let keys = |read: fn(&Arrival) -> Option<&str>| arrivals.iter().map(read).collect::<Vec<_>>();
    let (themes, themed): (Vec<&str>, Vec<i64>) = places
        .iter()
        .zip(arrivals)
        .flat_map(|(seq, arrival)| arrival.themes.iter().map(|theme| (theme.as_str(), *seq)))
        .unzip();
    let inserted: Vec<i64> = sqlx::query_scalar(
        "WITH arrived AS (
             INSERT INTO submissions
                 (seq, id, hash, kind, survey, venue, made_at, received_at, bytes)
             SELECT seq, id, hash, kind, survey, venue, made_at, $8, bytes
             FROM UNNEST($1::BIGINT[], $2::TEXT[], $3::TEXT[], $4::TEXT[], $5::TEXT[],
                         $6::TEXT[], $7::BIGINT[], $9::BYTEA[])
                 AS one (seq, id, hash, kind, survey, venue, made_at, bytes)
             ON CONFLICT (id) DO NOTHING
             RETURNING seq
         ), about AS (
             INSERT INTO submission_themes (theme, seq)
             SELECT theme, seq FROM UNNEST($10::TEXT[], $11::BIGINT[]) AS one (theme, seq)
             WHERE seq IN (SELECT seq FROM arrived)
             ON CONFLICT DO NOTHING
         )
         SELECT seq FROM arrived",
    )
    .bind(&places)
    .bind(texts(|arrival| arrival.sealed.id.to_string()))
    .bind(texts(|arrival| arrival.sealed.hash.to_string()))
    .bind(texts(|arrival| arrival.kind.to_owned()))
    .bind(keys(|arrival| arrival.survey.as_ref().map(|survey| survey.as_str())))
    .bind(keys(|arrival| arrival.venue.as_ref().map(|venue| venue.as_str())))
    .bind(arrivals.iter().map(|arrival| arrival.made_at.0).collect::<Vec<_>>())
    .bind(now.0)
    .bind(arrivals.iter().map(|arrival| arrival.sealed.bytes.as_slice()).collect::<Vec<_>>())
    .bind(themes)
    .bind(themed)
    .fetch_all(conn)
    .await?;
    let inserted: BTreeSet<i64> = inserted.into_iter().collect();
    Ok(places.iter().map(|seq| inserted.contains(seq)).collect())
}
