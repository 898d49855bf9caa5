//! Several runs of the same, and their medians: as a table, or as one JSON object.

use std::{collections::BTreeMap, fmt::Write as _};

use serde_json::{Map, Value, json};

/// The measurements of several runs, in the order in which they were first noted.
#[derive(Debug, Default)]
pub struct Report {
    what: Vec<String>,
    rows: BTreeMap<String, Vec<(&'static str, Vec<f64>)>>,
    budgets: Vec<Budget>,
}

#[derive(Debug)]
struct Budget {
    name: String,
    value: f64,
    bound: f64,
    met: bool,
}

impl Report {
    /// Notes a measurement of one run.
    pub fn note(&mut self, what: &str, name: &'static str, value: f64) {
        if !self.rows.contains_key(what) {
            self.what.push(what.to_owned());
        }
        let row = self.rows.entry(what.to_owned()).or_default();
        match row.iter_mut().find(|(its, _)| *its == name) {
            Some((_, values)) => values.push(value),
            None => row.push((name, vec![value])),
        }
    }

    /// The median of what was noted; not a number if nothing was.
    pub fn median(&self, what: &str, name: &str) -> f64 {
        let row = self.rows.get(what).and_then(|row| row.iter().find(|(its, _)| *its == name));
        row.map_or(f64::NAN, |(_, values)| median(values))
    }

    /// Compares the median with the least that it must be.
    pub fn at_least(&mut self, name: &str, what: &str, measure: &str, bound: f64) {
        let value = self.median(what, measure);
        self.budgets.push(Budget { name: name.to_owned(), value, bound, met: value >= bound });
    }

    /// Compares the median with the most that it may be.
    pub fn at_most(&mut self, name: &str, what: &str, measure: &str, bound: f64) {
        let value = self.median(what, measure);
        self.budgets.push(Budget { name: name.to_owned(), value, bound, met: value <= bound });
    }

    /// Medians, the values of every run, and the budgets.
    pub fn json(&self) -> Value {
        let mut all = Map::new();
        for (what, row) in &self.rows {
            let measures = row.iter().map(|(name, values)| {
                let runs: Vec<f64> = values.iter().copied().map(round).collect();
                ((*name).to_owned(), json!({ "median": round(median(values)), "runs": runs }))
            });
            all.insert(what.clone(), Value::Object(measures.collect()));
        }
        let budgets = self.budgets.iter().map(|Budget { name, value, bound, met }| {
            let budget = json!({ "value": round(*value), "budget": bound, "met": met });
            (name.clone(), budget)
        });
        all.insert("budgets".to_owned(), Value::Object(budgets.collect()));
        Value::Object(all)
    }

    /// The medians as a table for Markdown.
    pub fn table(&self) -> String {
        let mut table = String::new();
        for what in &self.what {
            let row = self.rows.get(what).into_iter().flatten();
            let measures = row.map(|(name, values)| format!("{name} {}", round(median(values))));
            let _ = writeln!(table, "| {what} | {} |", measures.collect::<Vec<_>>().join(" | "));
        }
        for Budget { name, value, bound, met } in &self.budgets {
            let met = if *met { "met" } else { "NOT MET" };
            let _ = writeln!(table, "{name}: {} (budget {bound}): {met}", round(*value));
        }
        table
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// To one digit after the point.
fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
