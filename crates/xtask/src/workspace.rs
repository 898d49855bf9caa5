//! Where things are, and which packages are for which target.

use anyhow::{Context, Result};
use std::env;
use std::path::{Path, PathBuf};

/// The repository on disk.
pub struct Workspace {
    /// The folder that holds the root `Cargo.toml`.
    pub root: PathBuf,
    /// Cargo's target folder: `CARGO_TARGET_DIR`, or `target` in the root.
    pub target: PathBuf,
}

/// The root package: the app, made for the browser.
pub const APP: &str = "communities-together";

/// The package that measures in the browser, made for it too.
pub const BENCH: &str = "bench";

/// The package with the journeys through a real browser and a real server; it needs both built first.
pub const E2E: &str = "e2e";

/// The package that kills processes and cuts connections; it needs both built first, too.
pub const FAULTS: &str = "faults";

/// The runner of the wasm tests: it drives browsers.
pub const ENGINES: &str = "engines";
/// The package that loads the built server.
pub const LOAD: &str = "load";

/// The package that compares our survey engine with ODK's.
pub const ODK: &str = "odk";

/// Our survey engine alone, made for the browser to be measured.
pub const SURVEYS: &str = "surveys";

/// The package that measures our sync beside others'.
pub const PEERS: &str = "peers";

/// The target triple of everything that runs in the browser.
pub const WASM: &str = "wasm32-unknown-unknown";

impl Workspace {
    /// Finds the repository this tool was compiled from.
    ///
    /// # Errors
    /// When the folder has been moved since the tool was compiled; `cargo xtask` compiles it anew then.
    pub fn locate() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .nth(2)
            .context("crates/xtask does not lie two folders below the repository's root")?
            .to_path_buf();
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(dir) => root.join(dir),
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// The folder of tools installed for this repository alone.
    pub fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// The built app, as the server serves it.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The server's binary as `server::build` leaves it.
    pub fn server_binary(&self) -> PathBuf {
        self.target.join("server").join(format!("together{}", env::consts::EXE_SUFFIX))
    }

    /// Whether the repository has the tests' package of this name yet.
    pub fn has_test_package(&self, name: &str) -> bool {
        self.root.join("tests").join(name).join("Cargo.toml").is_file()
    }
}
