//! Pictures of the pages, for people to look at.
//!
//! They go to the folder that `TOGETHER_SHOTS` names, else to `target/shots`.
//! `TOGETHER_SHOTS=docs/screenshots cargo xtask test e2e` renews those in the documents.

use std::{env, path::PathBuf};

use anyhow::{Context, Result};

use crate::{Browser, setup::in_repository};

/// The widths they are taken at, in CSS pixels: a telephone, a tablet held upright, a desk.
pub const WIDTHS: [u32; 3] = [390, 820, 1_920];

/// Takes a picture of what is on the screen.
///
/// # Errors
/// If it cannot be taken or written.
pub async fn take(browser: &Browser, name: &str, width: u32) -> Result<()> {
    let folder = env::var_os("TOGETHER_SHOTS").map_or_else(
        || in_repository("target/shots"),
        |folder| in_repository("").join(PathBuf::from(folder)),
    );
    std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    browser.picture(folder.join(format!("{name}-{width}.png"))).await
}
