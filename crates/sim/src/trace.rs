//! What happened, line by line: every line goes into a hash, and is kept only if somebody is
//! going to read it.

use std::fmt::{self, Write as _};

/// The 64-bit FNV-1a hash: not against forgery, only to see that two runs were the same.
#[derive(Debug, Clone, Copy)]
struct Fnv(u64);

impl fmt::Write for Fnv {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Ok(())
    }
}

/// The record of one run.
#[derive(Debug)]
pub struct Trace {
    hash: Fnv,
    lines: Option<Vec<String>>,
}

impl Trace {
    /// An empty trace; one that keeps its lines if told.
    pub fn new(keep: bool) -> Self {
        Self { hash: Fnv(0xcbf2_9ce4_8422_2325), lines: keep.then(Vec::new) }
    }

    /// Notes one event at a time of the simulation.
    pub fn note(&mut self, at: i64, event: fmt::Arguments<'_>) {
        // Neither a hash nor a string can refuse to be written to.
        let _ = writeln!(self.hash, "{at} {event}");
        if let Some(lines) = &mut self.lines {
            lines.push(format!("{:>12.3} s  {event}", at as f64 / 1_000.0));
        }
    }

    /// The hash of everything noted so far.
    pub fn hash(&self) -> u64 {
        self.hash.0
    }

    /// The lines, if they were kept.
    pub fn into_lines(self) -> Vec<String> {
        self.lines.unwrap_or_default()
    }
}
