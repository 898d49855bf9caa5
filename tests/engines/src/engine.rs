//! The engines: which programs drive them, and what they are told at the start.

use std::{env, ffi::OsString, net::SocketAddr, path::Path};

use anyhow::{Result, bail};
use e2e::setup::in_repository;
use serde_json::{Value, json};
use tokio::process::Command;

/// What makes pages out of what a server sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Blink, of Chrome, Edge and Android.
    Chromium,
    /// Gecko.
    Firefox,
    /// WebKitGTK: the nearest to Safari, and to every browser on an iPad, that runs here.
    Webkit,
}

impl Engine {
    const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::Webkit];

    /// Its name in `ENGINES`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::Webkit => "webkit",
        }
    }

    /// The engine of this name.
    ///
    /// # Errors
    /// If there is none.
    pub fn named(name: &str) -> Result<Self> {
        match Self::ALL.into_iter().find(|engine| engine.name() == name) {
            Some(engine) => Ok(engine),
            None => bail!("there is no engine {name}: choose of chromium, firefox and webkit"),
        }
    }

    /// Whether it draws only where there is a display.
    pub fn needs_display(self) -> bool {
        self == Self::Webkit
    }

    /// The program that drives it, listening on `address` of this machine.
    pub fn driver(self, address: SocketAddr) -> Command {
        let mut driver = Command::new(match self {
            Self::Chromium => program("CHROMEDRIVER", "chromedriver"),
            Self::Firefox => program("GECKODRIVER", "geckodriver"),
            Self::Webkit => program("WEBKITDRIVER", "WebKitWebDriver"),
        });
        driver.arg(format!("--port={}", address.port()));
        if self == Self::Firefox {
            driver.args(["--log", "error"]);
        }
        if self == Self::Webkit {
            // WebKitGTK 2.50.6 computes something wrong about once in seven runs of the tests, when a page is busy while
            // its wasm is compiled: a hash that is none, an access out of bounds. Interpreted it did not. What is
            // tested here is its databases, not its compilers.
            driver.envs([
                ("JSC_useConcurrentJIT", "0"),
                ("JSC_useBBQJIT", "0"),
                ("JSC_useOMGJIT", "0"),
            ]);
        }
        driver
    }

    /// What the driver is asked for. Databases lie in `scratch`, in files as on people's machines.
    pub fn capabilities(self, scratch: &Path) -> Value {
        match self {
            Self::Chromium => json!({
                "browserName": "chrome",
                "goog:chromeOptions": {
                    "binary": program("CHROMIUM", "chromium").to_string_lossy(),
                    "args": [
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--disable-dev-shm-usage",
                        format!("--user-data-dir={}", scratch.join("profile").display()),
                    ],
                },
            }),
            Self::Firefox => json!({
                "browserName": "firefox",
                "moz:firefoxOptions": {
                    "binary": program("FIREFOX", "firefox-esr").to_string_lossy(),
                    "args": ["-headless"],
                },
            }),
            Self::Webkit => json!({
                "webkitgtk:browserOptions": {
                    "binary": in_repository("tests/engines/webkit.py"),
                    "args": [scratch.join("profile")],
                },
            }),
        }
    }
}

/// The program that the variable names, or the one of this name on PATH.
pub fn program(variable: &str, name: &str) -> OsString {
    env::var_os(variable).unwrap_or_else(|| name.into())
}
