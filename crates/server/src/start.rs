//! From a configuration to a running server: what a first start does, and how it ends.

use std::{
    fs::{File, TryLockError},
    future::Future,
    io::{self, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use model::time::Millis;

use crate::{
    App, Store, StoreError,
    assets::Assets,
    auth::{PasswordError, hash_password, readable_password},
    clock::{NoChance, now},
    config::Config,
    durations,
    import::{self, ImportError},
    listen::{self, Patience},
    router,
    store::{Imported, tombstones::TOMBSTONE_MILLIS},
};

/// The account that a first start makes.
pub const ADMIN: &str = "admin";
/// The variable with its password.
pub const ADMIN_PASSWORD: &str = "TOGETHER_ADMIN_PASSWORD";

/// How often old deletions are looked for: they are counted in days.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is taken or not ours.
    #[error("cannot listen on {address}: {error}; choose another address with --listen")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        error: io::Error,
    },
    /// Another server works on the same data.
    #[error("{} is used by a running server; stop that one, or choose another directory", .0.display())]
    InUse(PathBuf),
    /// The data directory cannot be used.
    #[error("{}: {error}; check that the directory can be written", path.display())]
    Data {
        /// Which file or directory.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The app cannot be read.
    #[error("the app cannot be read: {0}")]
    App(io::Error),
    /// The content for the empty database is faulty.
    #[error("the content cannot be loaded: {0}")]
    Content(#[from] ImportError),
    /// The password for `admin` cannot be used.
    #[error("the password of {ADMIN} cannot be set: {0}")]
    Password(#[from] PasswordError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No random numbers.
    #[error(transparent)]
    NoChance(#[from] NoChance),
}

/// The right to work on a data directory as its only server; given up when dropped or when
/// the process ends in whatever way.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

impl DataLock {
    /// Takes the lock, making the directory if there is none.
    ///
    /// # Errors
    /// [`StartError::InUse`] if another process has it.
    pub fn take(data: &Path) -> Result<Self, StartError> {
        let path = data.join("together.lock");
        let failed = |error| StartError::Data { path: path.clone(), error };
        std::fs::create_dir_all(data).map_err(failed)?;
        let file = File::options().create(true).append(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StartError::InUse(data.to_owned())),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

/// How to sign in, as far as it may be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInHint {
    /// There were accounts already.
    AsBefore,
    /// `admin` was made with the password from the environment.
    FromEnvironment,
    /// `admin` was made with this password, which is nowhere else.
    Made(String),
}

/// Loads the content into an empty database and makes the first account.
///
/// # Errors
/// If the content is faulty, the password cannot be used, or the database failed.
pub async fn first_steps(
    store: &Store,
    config: &Config,
) -> Result<(Option<Imported>, SignInHint), StartError> {
    let mut loaded = None;
    if store.is_empty().await? {
        let files = config.content_files()?;
        if !files.is_empty() {
            loaded = Some(import::import_content(store, files).await?);
        }
    }
    if !store.accounts().await?.is_empty() {
        return Ok((loaded, SignInHint::AsBefore));
    }
    let (password, hint) = match config.admin_password.clone() {
        Some(password) => (password, SignInHint::FromEnvironment),
        None => {
            let password = readable_password()?;
            (password.clone(), SignInHint::Made(password))
        }
    };
    let hash = hash_password(password).await?;
    let made = store.add_account(ADMIN.to_owned(), hash, now()).await?;
    Ok((loaded, if made { hint } else { SignInHint::AsBefore }))
}

/// Serves until `stop` resolves: opens everything, says where it is, and closes the database
/// at the end.
///
/// # Errors
/// If it cannot start.
pub async fn run(config: &Config, stop: impl Future<Output = ()>) -> Result<(), StartError> {
    let listen_error = |error| StartError::Listen { address: config.listen, error };
    let listener = listen::bind(config.listen).map_err(listen_error)?;
    let address = listener.local_addr().map_err(listen_error)?;
    let assets = Arc::new(Assets::load(&config.app_source()).map_err(StartError::App)?);
    let lock = config.database.lock()?;
    let store = config.database.open().await?;
    let (loaded, hint) = first_steps(&store, config).await?;

    let compressing = assets.compress_in_background();
    let app = App::new(store.clone(), Arc::clone(&assets));
    let publishing = tokio::spawn(Arc::clone(&app.published).keep());
    let router = router(app);
    let sweeping = tokio::spawn(sweep(store.clone()));
    let measuring = tokio::spawn(durations::keep(store.clone()));
    // Before it says where it is: who is told so may rely on it.
    let epoch = store.epoch().await?;
    say_where(address, loaded, &hint, assets.is_empty());
    tracing::info!(%address, files = assets.len(), epoch, "serving");
    listen::serve(listener, router, Patience::of_this_process(), stop).await;
    compressing.abort();
    sweeping.abort();
    measuring.abort();
    publishing.abort();
    store.close().await;
    drop(lock);
    tracing::info!("stopped");
    Ok(())
}

/// Forgets old deletions once a day, from the start on. On PostgreSQL each server does; the
/// second finds nothing left to forget.
async fn sweep(store: Store) {
    let mut days = tokio::time::interval(DAY);
    loop {
        days.tick().await;
        match store.expire_tombstones(Millis(now().0.saturating_sub(TOMBSTONE_MILLIS))).await {
            Ok(0) => {}
            Ok(forgotten) => tracing::info!(forgotten, "old deletions were forgotten"),
            Err(error) => tracing::warn!(%error, "old deletions stay until tomorrow"),
        }
    }
}

/// Nobody may be reading: a closed standard output is no reason to stop serving.
fn say_where(address: SocketAddr, loaded: Option<Imported>, hint: &SignInHint, bare: bool) {
    let mut lines = Vec::new();
    if let Some(loaded) = loaded {
        let created = loaded.created;
        lines.push(format!("The database was empty: {created} records of content were loaded."));
    }
    lines.push(format!("Communities Together is at http://{address}"));
    let staff = format!("Staff sign in at http://{address}/staff");
    match hint {
        SignInHint::AsBefore => lines.push(staff),
        SignInHint::FromEnvironment => {
            lines.push(format!("{staff} as {ADMIN} with the password in {ADMIN_PASSWORD}."));
        }
        SignInHint::Made(password) => {
            lines.push(format!("{staff} as {ADMIN} with the password {password}"));
            lines.push("Keep this password: it is not shown again.".to_owned());
        }
    }
    if bare {
        lines.push("There is no app in this server: name a build of it with --app.".to_owned());
    }
    let _ = writeln!(io::stdout(), "{}", lines.join("\n"));
}
