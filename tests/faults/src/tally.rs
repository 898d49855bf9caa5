//! What a run has done, for its closing line.

use std::{
    env,
    fs::File,
    io::{self, Write},
};

/// The file that gathers the lines of all tests; `cargo xtask test faults` names it and prints
/// the closing line from it.
const FILE: &str = "FAULTS_TALLY";

/// Tells what one test did, on the terminal, past the capturing of tests.
pub fn tell(line: &str) {
    let _ = writeln!(io::stderr(), "▸ {line}");
}

/// Counts for the closing line: so many of what the name says, in the plural.
pub fn count(number: u64, name: &str) {
    note(&format!("{number}\t{name}"));
}

/// Tells that something could not be tested here, and what is missing.
pub fn skipped(what: &str, why: impl std::fmt::Display) {
    tell(&format!("skipped {what}: {why}"));
    note(&format!("skipped\t{what}: {why}"));
}

fn note(line: &str) {
    let Some(path) = env::var_os(FILE) else { return };
    // The closing line only repeats what was said before: its absence fails no test.
    if let Ok(mut file) = File::options().create(true).append(true).open(path) {
        let _ = writeln!(file, "{line}");
    }
}
