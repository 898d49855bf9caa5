//! The command line tools from crates.io, at the exact versions that builds and tests need.

use crate::shell;
use crate::workspace::Workspace;
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

/// A tool that `cargo install` brings.
pub struct Tool {
    /// The binary's name, which is what is looked for on PATH.
    pub binary: &'static str,
    package: &'static str,
    version: &'static str,
    /// Whether the package builds with its own lock file only, or without it only.
    locked: bool,
}

/// Builds the app: wasm, page, assets.
pub const TRUNK: Tool =
    Tool { binary: "trunk", package: "trunk", version: "0.21.14", locked: true };

/// Writes the JavaScript between browser and wasm. Its version must be the `wasm-bindgen` of Cargo.lock; and its lock
/// file names a dependency that no longer compiles, so it is resolved anew.
pub const WASM_BINDGEN: Tool =
    Tool { binary: "wasm-bindgen", package: "wasm-bindgen-cli", version: "0.2.130", locked: false };

/// Drives Firefox.
pub const GECKODRIVER: Tool =
    Tool { binary: "geckodriver", package: "geckodriver", version: "0.37.1", locked: true };

/// Builds the fuzz targets; needed where there is a nightly compiler only.
pub const CARGO_FUZZ: Tool =
    Tool { binary: "cargo-fuzz", package: "cargo-fuzz", version: "0.13.2", locked: true };

impl Tool {
    /// Installs the tool below the target folder, unless this very version is there or on PATH.
    ///
    /// # Errors
    /// When `cargo install` fails.
    pub fn ensure(&self, workspace: &Workspace) -> Result<()> {
        if self.find(workspace).is_some() {
            return Ok(());
        }
        let what = format!("Installing {} {} (some minutes, once)", self.package, self.version);
        let mut install = shell::cargo(
            workspace,
            ["install", self.package, "--version", self.version, "--debug", "--root"],
        )?;
        install.arg(workspace.tools());
        if self.locked {
            install.arg("--locked");
        }
        // Line tables nobody reads would be half of what is compiled and linked.
        install.env("CARGO_PROFILE_DEV_DEBUG", "0").env_remove("CARGO_TARGET_DIR");
        shell::run(&what, &mut install).map(drop)
    }

    /// The binary of this very version.
    pub fn find(&self, workspace: &Workspace) -> Option<PathBuf> {
        let own = workspace.tools().join("bin").join(self.binary);
        [own, PathBuf::from(self.binary)].into_iter().find(|path| {
            shell::output(Command::new(path).arg("--version"))
                .is_some_and(|text| text.split_whitespace().nth(1) == Some(self.version))
        })
    }
}
