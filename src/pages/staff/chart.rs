//! Charts as SVG: pure text, with their styles in it, so that the same drawing stands on the page, in a file and in a
//! picture.

use crate::{
    components::bars::{Bar, told},
    locale::{key, tf},
};

/// The width of every chart, in pixels.
pub const WIDTH: u32 = 760;
const LINE: u32 = 34;
const TOP: u32 = 64;
const LABELS: u32 = 300;
/// From light to dark, each told from its neighbour also without colour; after six they begin anew.
const SHADES: [&str; 6] = ["#0b3c5d", "#328cc1", "#9cc5e0", "#d9b310", "#a4660b", "#5a3d1a"];
const INK: &str = "#0b0c0c";
const GREY: &str = "#b1b4b6";

/// A chart and its height.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// The whole SVG document.
    pub svg: String,
    /// In pixels.
    pub height: u32,
}

/// A vertical line at a share, and what it stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// In percent.
    pub percent: f64,
    /// In words.
    pub words: String,
}

fn escaped(text: &str) -> String {
    let escape = |c: char| match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        // XML 1.0 allows no other control characters.
        c if c.is_control() => " ".to_owned(),
        c => c.to_string(),
    };
    text.chars().map(escape).collect()
}

/// At most `most` characters.
fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

fn text(x: u32, y: u32, anchor: &str, weight: &str, words: &str) -> String {
    format!(
        "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" font-weight=\"{weight}\" fill=\"{INK}\">{}</text>",
        escaped(words)
    )
}

fn document(title: &str, base: &str, body: &str, height: u32) -> Chart {
    let head = if title.is_empty() {
        String::new()
    } else {
        text(0, 20, "start", "700", &short(title, 84)) + &text(0, 44, "start", "400", base)
    };
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" font-family=\"Arial, Helvetica, sans-serif\" font-size=\"15\" role=\"img\" \
         aria-label=\"{}\"><rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>{head}{body}</svg>",
        escaped(title)
    );
    Chart { svg, height }
}

fn share(bar: &Bar) -> String {
    match bar.percent {
        Some(percent) => {
            let share = tf(key::STAFF_PERCENT, &[("n", &percent.to_string())]);
            // A sum of several rows has a share alone, and nothing of it is hidden.
            bar.count.map_or_else(|| share.clone(), |count| format!("{share} ({count})"))
        }
        None => told(bar.count),
    }
}

/// A bar for each row, with a line for an earlier figure.
pub fn bars(title: &str, base: &str, rows: &[Bar], mark: Option<&Mark>) -> Chart {
    let room = WIDTH - LABELS - 120;
    let across = |percent: f64| LABELS + (f64::from(room) * percent / 100.0) as u32;
    let mut body = String::new();
    // Below a heading of the page it has none of its own.
    let top = if title.is_empty() { 8 } else { TOP };
    let mut y = top;
    for bar in rows {
        body += &text(0, y + 20, "start", "400", &short(&bar.label, 38));
        if let Some(percent) = bar.percent {
            let end = across(percent as f64);
            let width = end - LABELS;
            body += &format!(
                "<rect x=\"{LABELS}\" y=\"{}\" width=\"{width}\" height=\"22\" fill=\"{}\"/>",
                y + 4,
                SHADES[0]
            );
            body += &text(end + 8, y + 20, "start", "400", &share(bar));
        } else {
            body += &text(LABELS, y + 20, "start", "400", &share(bar));
        }
        y += LINE;
    }
    if let Some(mark) = mark {
        let x = across(mark.percent);
        body += &format!(
            "<line x1=\"{x}\" y1=\"{top}\" x2=\"{x}\" y2=\"{y}\" stroke=\"#d4351c\" stroke-width=\"3\" \
             stroke-dasharray=\"6 4\"/>"
        );
        y += 24;
        body += &text(0, y - 4, "start", "700", &mark.words);
    }
    document(title, base, &body, y + 12)
}

/// One bar a line, stacked of its rows' shares; what is hidden is hatched in grey. Each line has a name and a base.
pub fn stacked(title: &str, base: &str, names: &[String], lines: &[(String, Vec<Bar>)]) -> Chart {
    let mut body = String::new();
    let mut y = TOP;
    for (name, bars) in lines {
        if !name.is_empty() {
            body += &text(0, y + 14, "start", "400", &short(name, 84));
            y += 20;
        }
        let mut x = 0;
        for (at, bar) in bars.iter().enumerate() {
            let width = (u64::from(WIDTH) * bar.percent.unwrap_or(0) / 100) as u32;
            let width = width.min(WIDTH - x);
            if width == 0 {
                continue;
            }
            let shade = at % SHADES.len();
            body += &format!(
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"34\" fill=\"{}\" stroke=\"#ffffff\"/>",
                SHADES[shade]
            );
            if width >= 44 {
                let ink = if matches!(shade, 0 | 4 | 5) { "#ffffff" } else { INK };
                let share = tf(key::STAFF_PERCENT, &[("n", &bar.percent.unwrap_or(0).to_string())]);
                body += &format!(
                    "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" fill=\"{ink}\">{share}</text>",
                    x + width / 2,
                    y + 22
                );
            }
            x += width;
        }
        if bars.iter().any(|bar| bar.percent.is_none()) && x < WIDTH {
            body += &format!(
                "<rect x=\"{x}\" y=\"{}\" width=\"{}\" height=\"33\" fill=\"#ffffff\" stroke=\"{GREY}\" \
                 stroke-dasharray=\"4 3\"/>",
                y,
                WIDTH - x - 1
            );
        }
        y += 44;
    }
    for (at, name) in names.iter().enumerate() {
        let shade = SHADES[at % SHADES.len()];
        body += &format!("<rect x=\"0\" y=\"{y}\" width=\"18\" height=\"18\" fill=\"{shade}\"/>");
        body += &text(26, y + 15, "start", "400", &short(name, 80));
        y += 24;
    }
    document(title, base, &body, y + 8)
}

/// Columns beside each other: numbers, months.
pub fn columns(title: &str, base: &str, rows: &[Bar]) -> Chart {
    const HIGH: u32 = 200;
    let count = u32::try_from(rows.len()).unwrap_or(1).max(1);
    let step = WIDTH / count;
    let most = rows.iter().filter_map(|bar| bar.percent).max().unwrap_or(0).max(1);
    let mut body = String::new();
    let floor = TOP + HIGH + 20;
    for (at, bar) in (0..).zip(rows) {
        let middle = at * step + step / 2;
        if let Some(percent) = bar.percent {
            let high = (u64::from(HIGH) * percent / most) as u32;
            body += &format!(
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{high}\" fill=\"{}\"/>",
                at * step + 1,
                floor - high,
                step.saturating_sub(2).max(1),
                SHADES[0]
            );
            body += &text(middle, floor - high - 6, "middle", "400", &told(bar.count));
        } else if step >= 44 {
            body += &text(middle, floor - 6, "middle", "400", &told(None));
        }
        if step >= 44 {
            let most = (step / 8) as usize;
            body += &text(middle, floor + 20, "middle", "400", &short(&bar.label, most.max(2)));
        }
    }
    body += &format!(
        "<line x1=\"0\" y1=\"{floor}\" x2=\"{WIDTH}\" y2=\"{floor}\" stroke=\"{INK}\" stroke-width=\"1\"/>"
    );
    document(title, base, &body, floor + 34)
}

#[cfg(test)]
mod tests {
    // They run where the program runs: in a browser.
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn what_people_wrote_is_no_markup() {
        let evil = "<script>alert(1)</script> & \"more\"\u{0}";
        let bar = Bar { label: evil.to_owned(), count: Some(12), percent: Some(100) };
        let charts = [
            bars(evil, evil, std::slice::from_ref(&bar), None),
            columns(evil, evil, std::slice::from_ref(&bar)),
            stacked(evil, evil, &[evil.to_owned()], &[(evil.to_owned(), vec![bar])]),
        ];
        for chart in charts {
            assert!(
                !chart.svg.contains("<script") && !chart.svg.contains('\u{0}'),
                "{}",
                chart.svg
            );
        }
    }
}
