//! axe-core, which finds faults of accessibility.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::{Browser, setup::in_repository};

/// Levels A and AA of WCAG 2.0, 2.1 and 2.2.
const RULES: [&str; 5] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/// Checks the page on the screen.
///
/// # Errors
/// If it has a fault; each is named with the elements that have it.
pub async fn check(browser: &Browser, page: &str) -> Result<()> {
    let loaded = browser.run("return typeof window.axe", &[]).await?;
    if loaded != "object" {
        let file = in_repository("node_modules/axe-core/axe.min.js");
        let source = std::fs::read_to_string(&file).with_context(|| {
            format!("{} is missing: run `cargo xtask setup --tests`", file.display())
        })?;
        browser.run(&source, &[]).await?;
    }
    let options = json!({
        "runOnly": { "type": "tag", "values": RULES },
        "resultTypes": ["violations"],
    });
    let script = "const { violations } = await axe.run(document, args[0]);
        return violations.map(({ id, help, nodes }) =>
            ({ id, help, nodes: nodes.map((it) => it.target.join(' ') + '  ' + it.html.slice(0, 200)) }))";
    let faults = browser.run_async(script, &[options]).await?;
    let faults = faults.as_array().cloned().unwrap_or_default();
    if faults.is_empty() {
        return Ok(());
    }
    let lines = |fault: &Value| {
        let nodes = fault["nodes"].as_array().cloned().unwrap_or_default();
        let nodes: Vec<_> =
            nodes.iter().filter_map(Value::as_str).map(|it| format!("    {it}")).collect();
        format!("{}: {}\n{}", fault["id"], fault["help"], nodes.join("\n"))
    };
    bail!("axe finds on {page}:\n{}", faults.iter().map(lines).collect::<Vec<_>>().join("\n"))
}
