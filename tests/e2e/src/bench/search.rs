//! Building the search index and searching it, beside MiniSearch and Fuse.js in the same page.

use anyhow::Result;

use super::{Report, page};

/// The 95th percentile of a search may take so many milliseconds.
const SEARCH_MS: f64 = 8.0;

/// Measures.
///
/// # Errors
/// If the page cannot be run.
pub async fn measure(report: &mut Report) -> Result<()> {
    let found = page::run("search").await?;
    let number = |engine: &str, name: &str| found[engine][name].as_f64().unwrap_or(f64::NAN);
    report.line("Listings searched", found["listings"].to_string());
    for engine in ["together", "minisearch", "minisearch_folding", "fuse"] {
        report.line(
            format!("{engine}: index built"),
            format!("{:.1} ms", number(engine, "build_ms")),
        );
        report.line(
            format!("{engine}: search p50"),
            format!("{:.2} ms", number(engine, "search_p50_ms")),
        );
        report.line(
            format!("{engine}: search p95"),
            format!("{:.2} ms", number(engine, "search_p95_ms")),
        );
        let share = 100.0 * number(engine, "found_in_first_ten");
        report.line(format!("{engine}: found in the first ten"), format!("{share:.0} %"));
    }
    report.budget("search_p95", number("together", "search_p95_ms"), SEARCH_MS, "ms");
    let theirs = number("minisearch", "build_ms");
    report.budget("index_beside_minisearch", number("together", "build_ms"), theirs, "ms");
    report.part("search", found);
    Ok(())
}
