//! The hosts of a database: a primary that takes writes, and standbys one of which becomes
//! the primary when the first fails.

use std::{str::FromStr, time::Duration};

use sqlx::{ConnectOptions as _, Row as _, postgres::PgConnectOptions};

use super::Conn;
use crate::store::StoreError;

/// A host that does not let us in by then is passed over.
const CONNECT_TIME: Duration = Duration::from_secs(5);

/// The hosts of a URL, in its order.
#[derive(Debug)]
pub(super) struct Hosts {
    all: Vec<PgConnectOptions>,
}

impl Hosts {
    /// Reads `postgres://user:password@one:5432,two:5432/database?…`.
    ///
    /// # Errors
    /// [`StoreError::NotSetUp`] if it is no such URL. The text does not repeat the URL, which
    /// holds a password.
    pub(super) fn parse(url: &str) -> Result<Self, StoreError> {
        let all = each_host(url)
            .ok_or_else(|| "it does not start with postgres://".to_owned())
            .and_then(|urls| {
                urls.iter()
                    .map(|url| PgConnectOptions::from_str(url).map_err(|error| error.to_string()))
                    .collect::<Result<Vec<_>, _>>()
            })
            .map_err(|why| {
                StoreError::NotSetUp(format!(
                    "the database's URL cannot be read: {why}; write it as \
                     postgres://USER:PASSWORD@HOST:5432/DATABASE"
                ))
            })?;
        let all = all.into_iter().map(|options| options.application_name("together")).collect();
        Ok(Self { all })
    }

    /// Connects to the host that is the primary, and tells how.
    ///
    /// # Errors
    /// Why the last of them would not do, if none does.
    pub(super) async fn connect(&self) -> Result<(Conn, PgConnectOptions), StoreError> {
        let mut why = StoreError::Unavailable("the URL names no host".to_owned());
        for options in &self.all {
            let connecting = async {
                let mut conn = options.connect().await?;
                only_primary(&mut conn).await?;
                Ok::<_, sqlx::Error>(conn)
            };
            match tokio::time::timeout(CONNECT_TIME, connecting).await {
                Ok(Ok(conn)) => return Ok((conn, options.clone())),
                Ok(Err(error)) => why = error.into(),
                Err(_) => why = StoreError::Unavailable("no answer from the database".to_owned()),
            }
            tracing::info!(%why, "a host of the database was passed over");
        }
        Err(why)
    }
}

/// Makes sure that a connection leads to a host that takes writes, and that a commit which it
/// confirms is one that lasts.
///
/// # Errors
/// Why it will not do.
pub(super) async fn only_primary(conn: &mut Conn) -> Result<(), sqlx::Error> {
    // The time limit of statements is set to none, since one that strikes while a commit
    // waits for its standby makes PostgreSQL confirm what the standby does not have.
    let row = sqlx::query(
        "SELECT pg_is_in_recovery(), current_setting('fsync'),
                set_config('statement_timeout', '0', false),
                CASE WHEN current_setting('synchronous_commit') IN ('off', 'local')
                     THEN set_config('synchronous_commit', 'on', false) END",
    )
    .fetch_one(conn)
    .await?;
    if row.try_get(0)? {
        return Err(sqlx::Error::Io(std::io::Error::other("the host is a standby")));
    }
    if row.try_get::<&str, _>(1)? != "on" {
        return Err(sqlx::Error::Configuration(
            "fsync is off, so it may lose what it confirmed; turn it on".into(),
        ));
    }
    Ok(())
}

/// A URL for each host: sqlx reads only one.
fn each_host(url: &str) -> Option<Vec<String>> {
    let (scheme, rest) = url.split_once("://")?;
    if !matches!(scheme, "postgres" | "postgresql") {
        return None;
    }
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let (user, hosts) = authority.split_at(authority.rfind('@').map_or(0, |at| at + 1));
    // libpq's word for what is always done here; sqlx does not know it.
    let path = match path.split_once('?') {
        Some((path, query)) => {
            let kept = query.split('&').filter(|pair| !pair.starts_with("target_session_attrs="));
            format!("{path}?{}", kept.collect::<Vec<_>>().join("&"))
        }
        None => path.to_owned(),
    };
    Some(hosts.split(',').map(|host| format!("{scheme}://{user}{host}{path}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_with_several_hosts_is_one_for_each() {
        let urls = |url| each_host(url).unwrap_or_default();
        assert_eq!(
            urls("postgres://u:p%40@a:1,b:2/d?target_session_attrs=read-write&sslmode=require"),
            ["postgres://u:p%40@a:1/d?sslmode=require", "postgres://u:p%40@b:2/d?sslmode=require"]
        );
        assert_eq!(urls("postgresql://a/d"), ["postgresql://a/d"]);
        assert_eq!(urls("postgres:///d?host=/run/x"), ["postgres:///d?host=/run/x"]);
        assert_eq!(urls("mysql://a/d"), Vec::<String>::new());
    }

    #[test]
    fn a_faulty_url_is_refused_without_repeating_its_password() {
        for url in ["mysql://u:secret@a/d", "postgres://u:secret@a:port/d", "secret"] {
            let told = Hosts::parse(url).map(|_| ()).unwrap_err().to_string();
            assert!(told.contains("postgres://USER") && !told.contains("secret"), "{told}");
        }
    }
}
