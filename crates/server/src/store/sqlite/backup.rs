//! Backing up while serving, and bringing a backup back.

use std::{fs, io, path::Path};

use sqlx::{Connection, SqliteConnection, SqlitePool, sqlite::SqliteConnectOptions};

use super::FILE;
use crate::store::StoreError;

/// Writes a copy of everything to `file`, which must not exist. The copy carries no epoch
/// and no sessions, so even one that is put back by hand starts a new history.
///
/// # Errors
/// [`StoreError::Unavailable`] if the file exists or cannot be written.
pub(super) async fn copy(readers: &SqlitePool, file: &Path) -> Result<(), StoreError> {
    let unwritable = |why: String| StoreError::Unavailable(format!("{}: {why}", file.display()));
    if file.exists() {
        return Err(unwritable("there is a file of that name; choose another".to_owned()));
    }
    // Under another name until it is finished: a file that still carries this history must
    // never stand where somebody could take it for a backup.
    let part = file.with_extension("part");
    if part.exists() {
        fs::remove_file(&part).map_err(|error| unwritable(error.to_string()))?;
    }
    let name = part.to_str().ok_or_else(|| unwritable("the name is not UTF-8".to_owned()))?;
    let mut reader = readers.acquire().await?;
    sqlx::query("VACUUM INTO ?1").bind(name).execute(&mut *reader).await?;
    let mut copy = open_as_it_is(&part).await?;
    forget_history(&mut copy).await?;
    copy.close().await?;
    fs::File::open(&part)
        .and_then(|written| written.sync_all())
        .and_then(|()| fs::rename(&part, file))
        .map_err(|error| unwritable(error.to_string()))
}

/// Puts the backup `file` into the directory `data` under a new epoch. Nothing may have
/// the directory open. With `force` a database that is there is moved aside, not deleted.
/// Gives the name it was moved to.
///
/// # Errors
/// [`StoreError::Unusable`] if `file` is no sound database, [`StoreError::Unavailable`]
/// if there is a database already or the files cannot be written.
pub(in crate::store) async fn restore(
    file: &Path,
    data: &Path,
    force: bool,
) -> Result<Option<String>, StoreError> {
    let failed = |what: &Path| {
        let what = what.display().to_string();
        move |error: io::Error| StoreError::Unavailable(format!("{what}: {error}"))
    };
    fs::create_dir_all(data).map_err(failed(data))?;
    let (place, staged) = (data.join(FILE), data.join(format!("{FILE}.restoring")));
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    if fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        return Err(StoreError::Unusable(format!(
            "{} has a log beside it that belongs to it; open it once with together migrate",
            file.display()
        )));
    }
    if place.exists() && !force {
        return Err(StoreError::Unavailable(format!(
            "{} exists; add --force to move it aside",
            place.display()
        )));
    }
    fs::copy(file, &staged).map_err(failed(file))?;
    let sound = make_ready(&staged).await;
    if let Err(error) = sound {
        let _ = fs::remove_file(&staged);
        return Err(error);
    }
    let aside = if is_there(data) { Some(move_aside(data).map_err(failed(data))?) } else { None };
    fs::rename(&staged, &place).map_err(failed(&place))?;
    fs::File::open(data).and_then(|dir| dir.sync_all()).map_err(failed(data))?;
    Ok(aside)
}

async fn make_ready(file: &Path) -> Result<(), StoreError> {
    let mut conn = open_as_it_is(file).await?;
    let verdict: String =
        sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&mut conn).await?;
    if verdict != "ok" {
        return Err(StoreError::Unusable(format!("{}: {verdict}", file.display())));
    }
    forget_history(&mut conn)
        .await
        .map_err(|error| StoreError::Unusable(format!("{}: {error}", file.display())))?;
    conn.close().await?;
    fs::File::open(file)
        .and_then(|written| written.sync_all())
        .map_err(|error| StoreError::Unavailable(error.to_string()))
}

async fn open_as_it_is(file: &Path) -> Result<SqliteConnection, StoreError> {
    // A rollback journal: the copy stays one file, and no log is left beside it.
    let options = SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Delete);
    Ok(SqliteConnection::connect_with(&options).await?)
}

async fn forget_history(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query("UPDATE meta SET value = '' WHERE key = 'epoch'").execute(&mut *conn).await?;
    sqlx::query("DELETE FROM sessions").execute(conn).await?;
    Ok(())
}

/// The log, its index, and the database itself.
const SUFFIXES: [&str; 3] = ["-wal", "-shm", ""];

fn is_there(data: &Path) -> bool {
    SUFFIXES.iter().any(|suffix| data.join(format!("{FILE}{suffix}")).exists())
}

/// Moves the database with its log out of the way, under the first free name.
fn move_aside(data: &Path) -> io::Result<String> {
    let free = (1..)
        .map(|number| format!("{FILE}.replaced-{number}"))
        .find(|name| !data.join(name).exists())
        .unwrap_or_default();
    // The database last: after a crash between two of these it is still seen to be there.
    for suffix in SUFFIXES {
        let from = data.join(format!("{FILE}{suffix}"));
        if from.exists() {
            fs::rename(from, data.join(format!("{free}{suffix}")))?;
        }
    }
    Ok(free)
}
