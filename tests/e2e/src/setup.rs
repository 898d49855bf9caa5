//! Where the built parts are.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// The paths a run needs, all from the environment that `cargo xtask test e2e` sets.
pub struct Setup {
    /// The server: `TOGETHER_BIN`.
    pub server: PathBuf,
    /// The built app, a folder: `TOGETHER_APP`.
    pub app: PathBuf,
    /// The content that ships, a folder: `TOGETHER_CONTENT`.
    pub content: PathBuf,
    /// Chromium: `CHROMIUM`, or `chromium` on the path.
    pub chromium: PathBuf,
    /// Its driver: `CHROMEDRIVER`, or `chromedriver` on the path.
    pub driver: PathBuf,
}

impl Setup {
    /// Reads the environment.
    ///
    /// # Errors
    /// If a path is missing; the message says which command sets it.
    pub fn read() -> Result<Self> {
        Self::with_app(built("TOGETHER_APP")?)
    }

    /// As [`Setup::read`], with `app` in place of the built one.
    ///
    /// # Errors
    /// As [`Setup::read`].
    pub fn with_app(app: PathBuf) -> Result<Self> {
        let tool = |name: &str, otherwise: &str| {
            env::var_os(name).map_or_else(|| PathBuf::from(otherwise), PathBuf::from)
        };
        Ok(Self {
            server: built("TOGETHER_BIN")?,
            app,
            content: built("TOGETHER_CONTENT")?,
            chromium: tool("CHROMIUM", "/usr/bin/chromium"),
            driver: tool("CHROMEDRIVER", "chromedriver"),
        })
    }
}

/// The path in the environment variable of this name.
///
/// # Errors
/// As [`Setup::read`].
pub fn built(name: &str) -> Result<PathBuf> {
    let path = env::var_os(name)
        .with_context(|| format!("{name} is not set: run `cargo xtask test e2e`"))?;
    let path = PathBuf::from(path);
    path.canonicalize().with_context(|| format!("{name} names {}", path.display()))
}

/// A path below the repository's root.
pub fn in_repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}
