//! The browsers' engines that the wasm tests run in: finding or installing each with the program that drives it.

use crate::apt;
use crate::setup::{self, on_path};
use crate::shell;
use crate::tool::GECKODRIVER;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use clap::ValueEnum;
use std::path::PathBuf;
use std::process::Command;

/// An engine, as `--engines` names it.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// Of Chrome, Edge and Android.
    Chromium,
    /// Gecko.
    Firefox,
    /// WebKitGTK, the nearest to Safari that runs here.
    Webkit,
    /// Each of them.
    All,
}

/// The variable that says where a program is, for the tests' runner.
pub type Place = (&'static str, PathBuf);

impl Engine {
    /// The engines meant, each once and in one order.
    pub fn meant(names: &[Self]) -> Vec<Self> {
        let engines = [Self::Chromium, Self::Firefox, Self::Webkit];
        engines.into_iter().filter(|it| names.contains(it) || names.contains(&Self::All)).collect()
    }

    /// Its name on the command line.
    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Finds or installs its programs.
    ///
    /// # Errors
    /// When something is missing and cannot be installed; the message says what to install.
    pub fn ensure(self, workspace: &Workspace) -> Result<Vec<Place>> {
        match self {
            Self::Chromium => {
                let browser = setup::browser(workspace)?;
                Ok(vec![("CHROMIUM", browser.chromium), ("CHROMEDRIVER", browser.driver)])
            }
            Self::Firefox => firefox(workspace),
            Self::Webkit => webkit(workspace),
            Self::All => Ok(Vec::new()),
        }
    }
}

fn firefox(workspace: &Workspace) -> Result<Vec<Place>> {
    const BY_HAND: &str = "Firefox is missing: install it (Debian: apt-get install firefox-esr), or name it in FIREFOX";
    let find = || setup::named("FIREFOX", &["firefox-esr", "firefox"]);
    if find().is_none() {
        apt::install(workspace, "Firefox", &["firefox-esr"], BY_HAND)?;
    }
    let driver = match setup::named("GECKODRIVER", &["geckodriver"]) {
        Some(driver) => driver,
        // Debian has none.
        None => {
            GECKODRIVER.ensure(workspace)?;
            GECKODRIVER.find(workspace).context("geckodriver was installed and does not run")?
        }
    };
    Ok(vec![("FIREFOX", find().context(BY_HAND)?), ("GECKODRIVER", driver)])
}

fn webkit(workspace: &Workspace) -> Result<Vec<Place>> {
    const BY_HAND: &str = "WebKit for tests is missing: install it \
        (Debian: apt-get install webkit2gtk-driver gir1.2-webkit2-4.1 python3-gi xvfb)";
    let find = || {
        let window = "import gi; gi.require_version('WebKit2', '4.1'); \
            gi.require_version('Gtk', '3.0'); from gi.repository import Gtk, WebKit2";
        // As tests/engines/webkit.py names it: the system's own, which alone has what the system installs.
        shell::output(Command::new("/usr/bin/python3").args(["-c", window]))?;
        let driver = setup::named("WEBKITDRIVER", &["WebKitWebDriver"])?;
        Some(vec![("WEBKITDRIVER", driver), ("XVFB", on_path("Xvfb")?)])
    };
    if let Some(places) = find() {
        return Ok(places);
    }
    let packages = ["webkit2gtk-driver", "gir1.2-webkit2-4.1", "python3-gi", "xvfb"];
    apt::install(workspace, "WebKit, its driver and a display", &packages, BY_HAND)?;
    find().context(BY_HAND)
}
