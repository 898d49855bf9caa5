//! A step between Trunk and [`crate::precache`]: each program's script and wasm, the style sheet and our own scripts
//! become as small as they can be.

use crate::shell;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// Shrinks every program in `dist/`: `NAME.js` with its `NAME_bg.wasm`.
///
/// # Errors
/// When there is none, when the script is not as wasm-bindgen wrote it, or when Node or wasm-opt fail.
pub fn run(workspace: &Workspace, dist: &Path) -> Result<()> {
    programs(workspace, dist)?;
    let mut tidy = shell::command(workspace, "node")?;
    tidy.args(["--input-type=module", "--eval", include_str!("tidy.mjs"), "--"]).arg(dist);
    shell::run_silently("Tidying the rest", &mut tidy).map(drop)
}

/// As [`run`], without the style sheet and our own scripts.
///
/// # Errors
/// As [`run`].
fn programs(workspace: &Workspace, folder: &Path) -> Result<()> {
    let programs = found(folder)?;
    if programs.is_empty() {
        bail!("{} holds no program: none was built", folder.display());
    }
    let mut node = shell::command(workspace, "node")?;
    node.args(["--input-type=module", "--eval", include_str!("shrink.mjs"), "--"]);
    node.args(programs.iter().flatten());
    shell::run_silently("Shrinking the scripts", &mut node)?;
    for [_, wasm] in &programs {
        let mut optimise = shell::command(workspace, "wasm-opt")?;
        // The first kibibyte of memory is the far end of the stack, where nothing lies: offsets fold into instructions.
        // And -Oz gives fewer bytes, but more of them once they are compressed.
        let how = ["-O2", "--shrink-level=1", "--low-memory-unused"];
        optimise.args(how).args(["--strip-producers", "--strip-target-features"]).arg(wasm);
        optimise.arg("--output").arg(wasm);
        shell::run_silently(&format!("Optimising {}", wasm.display()), &mut optimise)?;
    }
    Ok(())
}

fn found(dist: &Path) -> Result<Vec<[PathBuf; 2]>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dist).with_context(|| format!("listing {}", dist.display()))? {
        let wasm = entry?.path();
        let name = wasm.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if let Some(stem) = name.strip_suffix("_bg.wasm") {
            found.push([wasm.with_file_name(format!("{stem}.js")), wasm]);
        }
    }
    found.sort();
    Ok(found)
}
