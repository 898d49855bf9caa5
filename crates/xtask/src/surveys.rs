//! What `cargo xtask bench surveys` measures: our survey engine alone, built as the app is, and ODK's, minified.

use crate::app;
use crate::npm::{self, Packages};
use crate::shell;
use crate::workspace::{ODK, SURVEYS, WASM, Workspace};
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;

/// Builds both into `tests/surveys/www/pkg`, with the bytes of each in `bytes.json`, and returns the page's folder. The app
/// must be built already: its program of surveys is weighed too.
///
/// # Errors
/// When a build or npm fails.
pub fn build(workspace: &Workspace) -> Result<PathBuf> {
    let engine = workspace.root.join("tests").join(ODK).join("engine");
    npm::ensure(workspace, &engine, Packages::All)?;
    let page = workspace.root.join("tests").join(SURVEYS).join("www");
    let out = page.join("pkg");
    fs::create_dir_all(&out).with_context(|| format!("making {}", out.display()))?;
    // In a folder of its own: with the standard library built along, nothing of other builds can be used again.
    let target = workspace.target.join(SURVEYS);
    let mut cargo =
        shell::cargo(workspace, ["build", "--release", "--target", WASM, "-p", SURVEYS])?;
    cargo.arg("--target-dir").arg(&target);
    app::shrink(&mut cargo);
    shell::run("Building our survey engine alone", &mut cargo)?;
    let built = target.join(WASM).join("release").join(format!("{SURVEYS}.wasm"));
    let mut bindgen = shell::command(workspace, "wasm-bindgen")?;
    bindgen.args(["--target", "web", "--no-typescript", "--out-name", "ours", "--out-dir"]);
    shell::run_silently("Writing its bindings", bindgen.arg(&out).arg(built))?;
    // The app's own step would take away what only the page calls, and that is the engine.
    let wasm = out.join("ours_bg.wasm");
    let mut optimise = shell::command(workspace, "wasm-opt")?;
    optimise.arg("-Oz").arg(&wasm).arg("--output").arg(&wasm);
    shell::run_silently("Optimising it", &mut optimise)?;
    let mut node = shell::command(workspace, "node")?;
    node.args(["--input-type=module", "--eval", include_str!("surveys.mjs"), "--"]);
    node.arg(engine.join("node_modules/@getodk/xforms-engine/dist/index.js"));
    node.arg(&out).arg(workspace.dist());
    shell::run("Minifying ODK's engine and weighing both", &mut node)?;
    Ok(page)
}
