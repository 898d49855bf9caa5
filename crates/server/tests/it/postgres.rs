//! One PostgreSQL for all tests of this program; each test gets a database of its own in it.

use std::{
    collections::HashMap,
    env,
    path::{Path, PathBuf},
    sync::{LazyLock, Mutex},
};

use pg::TestPostgres;

/// Ends with this process: a static is never dropped, but the server watches for that.
static SERVER: LazyLock<Option<TestPostgres>> = LazyLock::new(TestPostgres::start_or_skip);

/// The URL of a new database, or `None` where PostgreSQL is not installed; a line says so.
pub fn database() -> Option<String> {
    SERVER.as_ref().map(|server| server.url(&server.new_database().unwrap()))
}

/// With this variable set to `postgres`, every test of the routes runs on PostgreSQL.
const DATABASE: &str = "TOGETHER_TEST_DATABASE";

static PLACES: LazyLock<Mutex<HashMap<PathBuf, String>>> = LazyLock::new(Mutex::default);

/// Whether the tests of the routes are to run on PostgreSQL.
pub fn is_asked_for() -> bool {
    env::var(DATABASE).is_ok_and(|name| name == "postgres")
}

/// The URL of the database that stands for a data directory, if PostgreSQL was asked for: the
/// same one each time, as after a restart.
pub fn in_place_of(data: &Path) -> Option<String> {
    if !is_asked_for() {
        return None;
    }
    let mut places = PLACES.lock().unwrap();
    let url = places.entry(data.to_owned()).or_insert_with(|| database().expect("PostgreSQL"));
    Some(url.clone())
}
