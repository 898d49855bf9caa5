//! Another build of the app, made from the one that is tested.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

/// What the other build's page is called, so that one can tell which one is shown.
pub const TITLE: &str = "The next build";
const OLD_TITLE: &str = "<title>Communities Together</title>";

/// Copies the build in `app` into `to`, with another title in its page and a service worker of
/// another build, as the next release would have.
///
/// # Errors
/// If the build is not as `cargo xtask app` leaves it.
pub fn next_of(app: &Path, to: &Path) -> Result<()> {
    copy(app, to)?;
    let page = to.join("index.html");
    let old = fs::read_to_string(&page)?;
    let new = old.replace(OLD_TITLE, &format!("<title>{TITLE}</title>"));
    ensure!(old != new, "index.html has another title than expected");
    fs::write(&page, &new)?;

    let worker = to.join("sw.js");
    let source = fs::read_to_string(&worker)?;
    let (before, after) = (integrity(&old), integrity(&new));
    ensure!(source.contains(&before), "sw.js does not list index.html");
    let build = source.split("const BUILD=\"").nth(1).and_then(|rest| rest.split('"').next());
    let Some(build) = build.filter(|build| build.len() == 16) else {
        bail!("sw.js names no build")
    };
    let next = source.replace(&before, &after).replace(build, "0123456789abcdef");
    fs::write(&worker, next)?;
    // Their compressed twins are those of the old build.
    for path in [page, worker] {
        let twin = format!("{}.br", path.display());
        fs::remove_file(&twin).with_context(|| format!("removing {twin}"))?;
    }
    Ok(())
}

fn integrity(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
