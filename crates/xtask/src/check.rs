//! What must hold before tests run: formatting, lints and documentation, with warnings denied.

use crate::setup;
use crate::shell;
use crate::workspace::{APP, BENCH, WASM, Workspace};
use anyhow::Result;

/// Checks both halves, each for the target it is made for.
///
/// # Errors
/// When a check fails; cargo has said where.
pub fn run(workspace: &Workspace) -> Result<()> {
    setup::wasm_target(workspace)?;
    let native = ["--workspace", "--exclude", APP, "--exclude", BENCH];
    let mut wasm = vec!["--target", WASM, "-p", APP];
    if workspace.has_test_package(BENCH) {
        wasm.extend(["-p", BENCH]);
    }
    let deny = ["--", "-D", "warnings"];
    let cargo = |words: &[&[&str]]| shell::cargo(workspace, words.concat());

    shell::run("Formatting", &mut cargo(&[&["fmt", "--all", "--check"]])?)?;
    let lint = ["clippy", "--locked", "--all-targets"];
    shell::run("Lints, native", &mut cargo(&[&lint, &native, &deny])?)?;
    shell::run("Lints, browser", &mut cargo(&[&lint, &wasm, &deny])?)?;
    // The fuzz targets are a workspace of their own, which nothing else here builds. Nothing is linked,
    // so any path stands for libFuzzer: this check needs neither a nightly compiler nor C++.
    let fuzz = ["clippy", "--locked", "--manifest-path", "fuzz/Cargo.toml", "--target-dir"];
    let mut lints = cargo(&[&fuzz])?;
    lints.arg(&workspace.target).args(["--lib", "--bins"]).args(deny);
    shell::run("Lints, fuzz", lints.env("CUSTOM_LIBFUZZER_PATH", "none/libfuzzer.a"))?;
    let doc = ["doc", "--locked", "--no-deps"];
    let mut docs = cargo(&[&doc, &native])?;
    shell::run("Documentation, native", docs.env("RUSTDOCFLAGS", "-D warnings"))?;
    let mut docs = cargo(&[&doc, &wasm])?;
    shell::run("Documentation, browser", docs.env("RUSTDOCFLAGS", "-D warnings"))?;
    Ok(())
}
