//! Counters for whoever watches the server, in Prometheus' text format.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// What has happened since the start of the program.
#[derive(Debug, Default)]
pub struct Metrics {
    pushes: AtomicU64,
    received: AtomicU64,
    refused: AtomicU64,
    requests: Mutex<BTreeMap<(String, String, u16), Histogram>>,
}

/// Upper bounds in seconds, from a cached asset to a slow disk's commit and the time limit.
const BOUNDS: [f64; 9] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0];

#[derive(Debug, Default)]
struct Histogram {
    buckets: [u64; BOUNDS.len()],
    count: u64,
    seconds: f64,
}

impl Metrics {
    /// Counts a push with what became of its records.
    pub fn push(&self, received: u64, refused: u64) {
        self.pushes.fetch_add(1, Ordering::Relaxed);
        self.received.fetch_add(received, Ordering::Relaxed);
        self.refused.fetch_add(refused, Ordering::Relaxed);
    }

    /// Counts a request by the pattern of its route, never by its address: there must be few.
    pub fn request(&self, method: &str, route: &str, status: u16, took: Duration) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (method.to_owned(), route.to_owned(), status);
        let histogram = requests.entry(key).or_default();
        let seconds = took.as_secs_f64();
        histogram.count += 1;
        histogram.seconds += seconds;
        for (bucket, bound) in histogram.buckets.iter_mut().zip(BOUNDS) {
            *bucket += u64::from(seconds <= bound);
        }
    }

    /// Everything, in the text format 0.0.4.
    pub fn render(&self) -> String {
        let mut text = String::new();
        for (name, help, counter) in [
            ("together_pushes_total", "Pushes that were answered.", &self.pushes),
            ("together_records_received_total", "Submissions acknowledged.", &self.received),
            ("together_records_refused_total", "Submissions refused.", &self.refused),
        ] {
            let value = counter.load(Ordering::Relaxed);
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} counter\n{name} {value}");
        }
        let name = "together_request_seconds";
        let _ = writeln!(text, "# HELP {name} Time to the head of the answer.");
        let _ = writeln!(text, "# TYPE {name} histogram");
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        for ((method, route, status), histogram) in requests.iter() {
            let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
            for (bucket, bound) in histogram.buckets.iter().zip(BOUNDS) {
                let _ = writeln!(text, "{name}_bucket{{{labels},le=\"{bound}\"}} {bucket}");
            }
            let Histogram { count, seconds, .. } = histogram;
            let _ = writeln!(text, "{name}_bucket{{{labels},le=\"+Inf\"}} {count}");
            let _ = writeln!(text, "{name}_sum{{{labels}}} {seconds}");
            let _ = writeln!(text, "{name}_count{{{labels}}} {count}");
        }
        text
    }
}
