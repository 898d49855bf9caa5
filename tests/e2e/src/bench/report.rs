//! What was measured, as a table or as one JSON object.

use std::fmt::Write;

use serde_json::{Map, Value, json};

/// The results of all that was measured.
#[derive(Debug, Default)]
pub struct Report {
    parts: Map<String, Value>,
    budgets: Map<String, Value>,
    lines: Vec<(String, String)>,
}

impl Report {
    /// Adds a part with everything that was measured for it.
    pub fn part(&mut self, name: &str, value: Value) {
        self.parts.insert(name.to_owned(), value);
    }

    /// Adds a line for people.
    pub fn line(&mut self, what: impl Into<String>, value: impl Into<String>) {
        self.lines.push((what.into(), value.into()));
    }

    /// Compares a value with the most it may be.
    pub fn budget(&mut self, name: &str, value: f64, most: f64, unit: &str) {
        let met = value <= most;
        let entry = json!({ "value": value, "budget": most, "unit": unit, "met": met });
        self.budgets.insert(name.to_owned(), entry);
    }

    /// All as one object: a member for each part, and `budgets`.
    pub fn json(mut self) -> Value {
        self.parts.insert("budgets".to_owned(), Value::Object(self.budgets));
        Value::Object(self.parts)
    }

    /// All as a table.
    pub fn table(&self) -> String {
        let mut table = String::new();
        let width = self.lines.iter().map(|(what, _)| what.chars().count()).max().unwrap_or(0);
        for (what, value) in &self.lines {
            let _ = writeln!(table, "{what:width$}  {value:>16}");
        }
        let _ = writeln!(table, "\nBudgets");
        for (name, entry) in &self.budgets {
            let met = if entry["met"] == true { "met" } else { "NOT MET" };
            let unit = entry["unit"].as_str().unwrap_or_default();
            let (value, most) = (&entry["value"], &entry["budget"]);
            let _ = writeln!(table, "{name:30}  {value:>12} of {most} {unit}  {met}");
        }
        table
    }
}

/// The middle one of several measurements.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// To three digits after the point.
pub fn round(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}
