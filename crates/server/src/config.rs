//! What the server is started with, and whether it can work with that.

use std::{
    fmt,
    net::{SocketAddr, TcpListener},
    path::PathBuf,
};

use crate::{
    assets::{Assets, Source},
    import::{self, ImportError, SourceFile},
    start::{DataLock, StartError},
    store::{Store, StoreError},
};

/// The address that is listened on unless told.
pub const LISTEN: &str = "127.0.0.1:8080";
/// The directory of the database unless told.
pub const DATA: &str = "data";
/// The directory of the content unless told, if it exists.
const CONTENT: &str = "content";

/// Where the database is.
#[derive(Clone)]
pub enum Location {
    /// SQLite, in this directory.
    Directory(PathBuf),
    /// PostgreSQL, at this URL. It holds a password.
    Postgres(String),
}

impl Location {
    /// Opens the database and brings its tables up to date.
    ///
    /// # Errors
    /// See [`Store::open`] and [`Store::connect`].
    pub async fn open(&self) -> Result<Store, StoreError> {
        match self {
            Self::Directory(data) => Store::open(data).await,
            Self::Postgres(url) => Store::connect(url).await,
        }
    }

    /// Takes the right to serve from it. On PostgreSQL many servers may.
    ///
    /// # Errors
    /// [`StartError::InUse`] if another server has the directory.
    pub fn lock(&self) -> Result<Option<DataLock>, StartError> {
        match self {
            Self::Directory(data) => DataLock::take(data).map(Some),
            Self::Postgres(_) => Ok(None),
        }
    }
}

impl fmt::Display for Location {
    /// Without the URL, which holds a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory(data) => data.display().fmt(f),
            Self::Postgres(_) => f.write_str("PostgreSQL"),
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Location({self})")
    }
}

/// What `together serve` works with.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where the database is.
    pub database: Location,
    /// A build of the app, if not the one inside the binary.
    pub app: Option<PathBuf>,
    /// Content for an empty database, if not what is inside the binary.
    pub content: Option<PathBuf>,
    /// The password for `admin` at the first start.
    pub admin_password: Option<String>,
}

#[cfg(feature = "embed")]
#[derive(rust_embed::RustEmbed)]
#[folder = "../../content"]
struct EmbeddedContent;

impl Config {
    /// Where the app comes from.
    pub fn app_source(&self) -> Source {
        match &self.app {
            Some(directory) => Source::Directory(directory.clone()),
            #[cfg(feature = "embed")]
            None => Source::Embedded,
            #[cfg(not(feature = "embed"))]
            None => Source::Nothing,
        }
    }

    /// The content for an empty database; no files if there is none.
    ///
    /// # Errors
    /// If a directory was named or stands there, and cannot be read.
    pub fn content_files(&self) -> Result<Vec<SourceFile>, ImportError> {
        if let Some(directory) = &self.content {
            return import::read_files(directory);
        }
        #[cfg(feature = "embed")]
        {
            Ok(EmbeddedContent::iter()
                .filter(|name| name.ends_with(".json"))
                .filter_map(|name| {
                    let file = EmbeddedContent::get(&name)?;
                    let text = String::from_utf8(file.data.into_owned()).ok()?;
                    Some(SourceFile { name: format!("{CONTENT}/{name}"), text })
                })
                .collect())
        }
        #[cfg(not(feature = "embed"))]
        {
            let directory = PathBuf::from(CONTENT);
            if directory.is_dir() { import::read_files(&directory) } else { Ok(Vec::new()) }
        }
    }

    /// Tries everything that `serve` will need, changes nothing that exists, and gives one
    /// line for each: what was found, or what is wrong and what to do.
    pub async fn check(&self) -> Vec<Result<String, String>> {
        let listen = TcpListener::bind(self.listen)
            .map(|_| format!("listen: {} is free", self.listen))
            .map_err(|error| format!("listen: {}: {error}; choose another", self.listen));
        let data = self.check_database().await.map_err(|error| format!("data: {error}"));
        let app = match Assets::load(&self.app_source()) {
            Ok(assets) if assets.is_empty() => {
                Ok("app: none; the API alone is served. Name a build with --app".to_owned())
            }
            Ok(assets) => Ok(format!("app: {} files", assets.len())),
            Err(error) => Err(format!("app: {error}")),
        };
        let content = self
            .content_files()
            .and_then(import::check_content)
            .map(|records| format!("content: {records} records"))
            .map_err(|error| format!("content: {error}"));
        vec![listen, data, app, content]
    }

    async fn check_database(&self) -> Result<String, StartError> {
        let _lock = self.database.lock()?;
        let store = self.database.open().await?;
        let census = store.census().await;
        store.close().await;
        let census = census?;
        let records: u64 = census.records.values().sum();
        let submissions: u64 = census.submissions.values().sum();
        let place = &self.database;
        Ok(format!("data: {place} has {records} records and {submissions} submissions"))
    }
}
