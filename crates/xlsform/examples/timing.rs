//! How long a form takes, natively: `cargo run --release -p xlsform --example timing FORM.xlsx`. Medians of many.
#![allow(clippy::unwrap_used, reason = "for developers")]

use std::{env, fs, hint::black_box, sync::Arc, time::Instant};

use model::{submission::Answer, time::Millis};
use survey::{Context, Definition, Fill, Kind};
use xlsform::{Options, import};

fn median(mut micros: Vec<f64>) -> (f64, f64, f64) {
    micros.sort_by(f64::total_cmp);
    let at = |part: f64| micros[((micros.len() - 1) as f64 * part) as usize];
    (at(0.5), at(0.95), at(1.0))
}

fn timed<T>(runs: usize, mut run: impl FnMut() -> T) -> (f64, f64, f64) {
    let time = |_| {
        let start = Instant::now();
        black_box(run());
        start.elapsed().as_secs_f64() * 1e6
    };
    median((0..runs).map(time).collect())
}

fn main() {
    for path in env::args().skip(1) {
        let value = import(&fs::read(&path).unwrap(), &Options::default()).definition.unwrap();
        let definition = Arc::new(Definition::read_published(&value).unwrap());
        let context = || Context { now: Millis(1_795_379_880_000), ..Context::default() };
        println!("{path}: {} items; microseconds, median / p95 / most", definition.items.len());
        println!("  read:  {:.0?}", timed(50, || Definition::read_published(&value)));
        println!("  start: {:.0?}", timed(50, || Fill::start(Arc::clone(&definition), context())));
        let fill = Fill::start(Arc::clone(&definition), context());
        println!(
            "  page:  {:.0?}",
            timed(200, || {
                let labels: Vec<_> =
                    fill.fields().iter().map(|it| (it.label("en"), it.choices("en"))).collect();
                (labels, fill.progress())
            })
        );
        let mut times = Vec::new();
        for item in &definition.items {
            let answers: Vec<Answer> = match &item.kind {
                Kind::SelectOne(choices) => {
                    choices.iter().take(3).map(|it| Answer::One(it.name.clone())).collect()
                }
                Kind::Integer => ["1", "2", "40"].map(|it| Answer::One(it.into())).to_vec(),
                _ => continue,
            };
            let mut fill = fill.clone();
            for answer in answers {
                let start = Instant::now();
                black_box(fill.set(&item.path, Some(answer)));
                times.push(start.elapsed().as_secs_f64() * 1e6);
            }
        }
        if !times.is_empty() {
            println!("  answer ({} of them): {:.0?}", times.len(), median(times));
        }
    }
}
