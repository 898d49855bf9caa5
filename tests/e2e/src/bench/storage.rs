//! Storing captures one by one, beside plain JavaScript in the same page.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{
    Report, page,
    report::{median, round},
};

/// Ours may take so many times as long.
const RATIO: f64 = 1.3;

/// Measures.
///
/// # Errors
/// If the page cannot be run.
pub async fn measure(report: &mut Report) -> Result<()> {
    let found = page::run("storage").await?;
    let times = |name: &str| -> Result<Vec<f64>> {
        let times = found[name].as_array().context("the page gives no times")?;
        Ok(times.iter().filter_map(Value::as_f64).collect())
    };
    let (ours, plain) = (times("together_ms")?, times("plain_ms")?);
    let (our_median, plain_median) = (median(ours), median(plain));
    let ratio = round(our_median / plain_median);
    report.line("Captures stored, each durably", found["captures"].to_string());
    report.line("together", format!("{our_median:.0} ms"));
    report.line("plain JavaScript", format!("{plain_median:.0} ms"));
    report.line("ratio", format!("{ratio:.2}"));
    report.budget("storage_ratio", ratio, RATIO, "times");
    let mut part = found.clone();
    part["together_median_ms"] = json!(round(our_median));
    part["plain_median_ms"] = json!(round(plain_median));
    part["ratio"] = json!(ratio);
    report.part("storage", part);
    Ok(())
}
