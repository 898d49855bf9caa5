//! Charts as SVG: pure text, with their styles in it, so that the same drawing stands on the page, in a file and in a
//! picture.

use super::sheet::{Chart, INK, Sheet, WIDTH, short, wrapped};
use crate::{
    components::bars::{Bar, told},
    locale::{key, tf},
};

const LABELS: u32 = 300;
/// How many letters stand beside a bar.
const LETTERS: usize = 33;
/// From light to dark, each told from its neighbour also without colour.
const SHADES: [u32; 6] = [0x0b_3c5d, 0x32_8cc1, 0x9c_c5e0, 0xd9_b310, 0xa4_660b, 0x5a_3d1a];
/// What more steps than that are shaded between: dark at both ends, so that the middle of a scale is seen.
const RANGE: [u32; 7] =
    [0x0b_3c5d, 0x32_8cc1, 0xa9_cfe6, 0xf3_ecd2, 0xe3_bf3a, 0xa4_660b, 0x4a_3014];
const GREY: &str = "#b1b4b6";

/// A figure from elsewhere, and the share of now beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What it was, in percent.
    pub percent: f64,
    /// What it was and where that is from.
    pub words: String,
    /// What it is now; the label says which answers.
    pub now: Bar,
}

/// The steps of a scale, or choices of which each person has one.
#[derive(Debug, Default)]
pub struct Steps {
    /// What they are called.
    pub names: Vec<String>,
    /// What stands under their parts of a bar where there is room; none for words.
    pub signs: Vec<String>,
}

/// A colour for each of `count` steps, as a number of 24 bits.
fn shades(count: usize) -> Vec<u32> {
    if count <= SHADES.len() {
        return SHADES[..count].to_vec();
    }
    let mixed = |at: usize| {
        let place = at * (RANGE.len() - 1);
        let (low, rest) = (place / (count - 1), place % (count - 1));
        let high = (low + 1).min(RANGE.len() - 1);
        let part = |shift: u32| {
            let of = |colour: u32| (colour >> shift & 0xff) as usize;
            (of(RANGE[low]) * (count - 1 - rest) + of(RANGE[high]) * rest) / (count - 1)
        };
        [16, 8, 0].iter().fold(0, |colour, shift| colour | (part(*shift) as u32) << shift)
    };
    (0..count).map(mixed).collect()
}

/// White or black, whichever is read better on this colour.
fn ink_on(colour: u32) -> &'static str {
    let of = |shift: u32| colour >> shift & 0xff;
    // The weights of ITU-R BT.601, in thousandths.
    if of(16) * 299 + of(8) * 587 + of(0) * 114 < 135_000 { "#ffffff" } else { INK }
}

fn share(bar: &Bar) -> String {
    match bar.percent {
        Some(percent) => {
            let share = percent_words(percent);
            // A sum of several rows has a share alone, and nothing of it is hidden.
            bar.count.map_or_else(|| share.clone(), |count| format!("{share} ({count})"))
        }
        None => told(bar.count),
    }
}

fn percent_words(percent: u64) -> String {
    tf(key::STAFF_PERCENT, &[("n", &percent.to_string())])
}

fn across(percent: f64) -> u32 {
    LABELS + (f64::from(WIDTH - LABELS - 120) * percent / 100.0) as u32
}

/// A bar with its name to the left and its share to the right of it, and of `mark` where there is one.
fn row(sheet: &mut Sheet, name: &str, bar: &Bar, mark: Option<u32>) {
    let top = sheet.y;
    sheet.paragraph(0, LETTERS, false, name);
    let end = bar.percent.map_or(LABELS, |percent| across(percent as f64));
    sheet.rect((LABELS, top), (end - LABELS, 20), &format!("fill=\"#{:06x}\"", SHADES[0]));
    // Beside the mark, if they would stand on each other.
    let beside = mark.filter(|mark| (end..end + 60).contains(mark)).unwrap_or(end);
    sheet.text((beside + 8, top + 15), "start", INK, &share(bar));
    sheet.y = sheet.y.max(top + 20) + 10;
}

/// The share of now with a line where it was.
fn add_figure(sheet: &mut Sheet, figure: Option<&Figure>) {
    let Some(figure) = figure else { return };
    sheet.y += 16;
    let (top, x) = (sheet.y, across(figure.percent));
    row(sheet, &figure.now.label, &figure.now, Some(x));
    let dashed = "stroke=\"#d4351c\" stroke-width=\"3\" stroke-dasharray=\"6 4\"";
    sheet.line((x, top - 4), (x, sheet.y), dashed);
    sheet.paragraph(0, 84, true, &figure.words);
}

/// The share of now beside an earlier figure, alone.
pub fn figure(figure: &Figure) -> Chart {
    let mut sheet = Sheet::new("", "");
    add_figure(&mut sheet, Some(figure));
    sheet.finish()
}

/// A bar for each row.
pub fn bars(title: &str, base: &str, rows: &[Bar], figure: Option<&Figure>) -> Chart {
    let mut sheet = Sheet::new(title, base);
    for bar in rows {
        row(&mut sheet, &bar.label, bar, None);
    }
    add_figure(&mut sheet, figure);
    sheet.finish()
}

/// For each choice a bar of each group: for several choices of one person, whose shares are no parts of a whole.
pub fn clustered(
    title: &str,
    base: &str,
    names: &[String],
    groups: &[(String, Vec<Bar>)],
) -> Chart {
    let mut sheet = Sheet::new(title, base);
    for (at, name) in names.iter().enumerate() {
        sheet.paragraph(0, 84, true, name);
        sheet.y += 4;
        for (group, bars) in groups {
            if let Some(bar) = bars.get(at) {
                row(&mut sheet, group, bar, None);
            }
        }
        sheet.y += 6;
    }
    sheet.finish()
}

/// One bar a line, stacked of its rows' shares; what is hidden is a dashed frame. Each line has a name.
pub fn stacked(
    title: &str,
    base: &str,
    steps: &Steps,
    lines: &[(String, Vec<Bar>)],
    figure: Option<&Figure>,
) -> Chart {
    let mut sheet = Sheet::new(title, base);
    let shades = shades(steps.names.len());
    for (name, bars) in lines {
        sheet.paragraph(0, 84, false, name);
        stack(&mut sheet, steps, &shades, bars);
    }
    legend(&mut sheet, steps, &shades);
    add_figure(&mut sheet, figure);
    sheet.finish()
}

fn stack(sheet: &mut Sheet, steps: &Steps, shades: &[u32], bars: &[Bar]) {
    let y = sheet.y + 2;
    let mut x = 0;
    for (at, (bar, shade)) in bars.iter().zip(shades).enumerate() {
        let width = (u64::from(WIDTH) * bar.percent.unwrap_or(0) / 100) as u32;
        let width = width.min(WIDTH - x);
        if width == 0 {
            continue;
        }
        sheet.rect((x, y), (width, 34), &format!("fill=\"#{shade:06x}\" stroke=\"#ffffff\""));
        let middle = x + width / 2;
        if width >= 36 {
            let words = percent_words(bar.percent.unwrap_or(0));
            sheet.text((middle, y + 22), "middle", ink_on(*shade), &words);
        }
        if let Some(sign) = steps.signs.get(at).filter(|_| width >= 18) {
            sheet.text((middle, y + 52), "middle", INK, sign);
        }
        x += width;
    }
    if bars.iter().any(|bar| bar.percent.is_none()) && x < WIDTH {
        let frame = format!("fill=\"#ffffff\" stroke=\"{GREY}\" stroke-dasharray=\"4 3\"");
        sheet.rect((x, y), (WIDTH - x - 1, 33), &frame);
        let words = told(None);
        // About eight pixels a letter.
        if WIDTH - x > 8 * words.chars().count() as u32 + 12 {
            sheet.text((x + (WIDTH - x) / 2, y + 22), "middle", INK, &words);
        }
    }
    sheet.y = y + if steps.signs.is_empty() { 44 } else { 64 };
}

/// What the shades stand for, in as many columns as there is room for.
fn legend(sheet: &mut Sheet, steps: &Steps, shades: &[u32]) {
    let longest = steps.names.iter().map(|name| name.chars().count()).max().unwrap_or(0).max(1);
    let columns = (WIDTH as usize / (34 + 9 * longest)).clamp(1, 4) as u32;
    let rows = steps.names.len().div_ceil(columns as usize).max(1);
    let top = sheet.y + 4;
    let mut lowest = top;
    for (column, part) in (0..).zip(steps.names.chunks(rows)) {
        let x = column * (WIDTH / columns);
        sheet.y = top;
        for (at, name) in part.iter().enumerate() {
            let shade = shades.get(column as usize * rows + at).copied().unwrap_or_default();
            let frame = format!("fill=\"#{shade:06x}\" stroke=\"{GREY}\"");
            sheet.rect((x, sheet.y), (18, 18), &frame);
            sheet.paragraph(x + 26, 80, false, name);
            sheet.y += 4;
        }
        lowest = lowest.max(sheet.y);
    }
    sheet.y = lowest;
}

/// Columns beside each other: numbers, months.
pub fn columns(title: &str, base: &str, rows: &[Bar], figure: Option<&Figure>) -> Chart {
    const HIGH: u32 = 200;
    let mut sheet = Sheet::new(title, base);
    let count = u32::try_from(rows.len()).unwrap_or(1).max(1);
    let step = WIDTH / count;
    let most = rows.iter().filter_map(|bar| bar.percent).max().unwrap_or(0).max(1);
    let floor = sheet.y + HIGH + 20;
    let mut lowest = floor;
    for (at, bar) in (0..).zip(rows) {
        let middle = at * step + step / 2;
        if let Some(percent) = bar.percent {
            let high = (u64::from(HIGH) * percent / most) as u32;
            let size = (step.saturating_sub(2).max(1), high);
            let colour = format!("fill=\"#{:06x}\"", SHADES[0]);
            sheet.rect((at * step + 1, floor - high), size, &colour);
            sheet.text((middle, floor - high - 6), "middle", INK, &told(bar.count));
        } else if step >= 44 {
            let words = short(&told(None), (step / 8) as usize);
            sheet.text((middle, floor - 6), "middle", INK, &words);
        }
        if step >= 44 {
            let letters = ((step / 8) as usize).max(2);
            for (line, words) in (1..).zip(wrapped(&bar.label, letters)) {
                sheet.text((middle, floor + 20 * line), "middle", INK, &words);
                lowest = lowest.max(floor + 20 * line);
            }
        }
    }
    let ink = format!("stroke=\"{INK}\" stroke-width=\"1\"");
    sheet.line((0, floor), (WIDTH, floor), &ink);
    sheet.y = lowest + 14;
    add_figure(&mut sheet, figure);
    sheet.finish()
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
        let one = std::slice::from_ref(&bar);
        let figure = Figure { percent: 54.0, words: evil.to_owned(), now: bar.clone() };
        let names = vec![evil.to_owned()];
        let lines = [(evil.to_owned(), vec![bar.clone()])];
        let steps = Steps { names: names.clone(), signs: names.clone() };
        let charts = [
            bars(evil, evil, one, Some(&figure)),
            columns(evil, evil, one, Some(&figure)),
            clustered(evil, evil, &names, &lines),
            stacked(evil, evil, &steps, &lines, Some(&figure)),
        ];
        for chart in charts {
            assert!(
                !chart.svg.contains("<script") && !chart.svg.contains('\u{0}'),
                "{}",
                chart.svg
            );
        }
    }

    #[test]
    fn many_steps_have_a_shade_each() {
        for count in 1..=21 {
            let shades: std::collections::BTreeSet<u32> = shades(count).into_iter().collect();
            assert_eq!(shades.len(), count);
        }
    }
}
