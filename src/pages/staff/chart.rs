//! Charts as SVG: pure text, with their styles in it, so that the same drawing stands on the page, in a file and in a
//! picture.

use super::{
    bars::{Bar, told},
    sheet::{Chart, Head, INK, Sheet, WIDTH, wrapped},
};
use crate::locale::{key, tf};

const LABELS: u32 = 300;
/// How many letters stand beside a bar.
const LETTERS: usize = 33;
/// From light to dark, each told from its neighbour also without colour.
const SHADES: [u32; 6] = [0x0b_3c5d, 0x32_8cc1, 0x9c_c5e0, 0xd9_b310, 0xa4_660b, 0x5a_3d1a];
/// What more steps than that are shaded between: dark at both ends, so that the middle of a scale is seen.
const RANGE: [u32; 7] =
    [0x0b_3c5d, 0x32_8cc1, 0xa9_cfe6, 0xf3_ecd2, 0xe3_bf3a, 0xa4_660b, 0x4a_3014];
const GREY: &str = "#b1b4b6";
/// What a letter takes of a line, in pixels, in the widest of the fonts that a browser may have.
const LETTER: u32 = 10;
/// How high columns are that stand alone, and those of groups below each other, in pixels.
const HIGH: [u32; 2] = [200, 80];

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
    let mut sheet = Sheet::new(&Head::default());
    add_figure(&mut sheet, Some(figure));
    sheet.finish()
}

/// A bar for each row.
pub fn bars(head: &Head, rows: &[Bar], figure: Option<&Figure>) -> Chart {
    let mut sheet = Sheet::new(head);
    for bar in rows {
        row(&mut sheet, &bar.label, bar, None);
    }
    add_figure(&mut sheet, figure);
    sheet.finish()
}

/// For each choice a bar of each group: for several choices of one person, whose shares are no parts of a whole.
pub fn clustered(head: &Head, names: &[String], groups: &[(String, Vec<Bar>)]) -> Chart {
    let mut sheet = Sheet::new(head);
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

/// One bar a line, stacked of its rows' shares; what is hidden is a dashed frame at its end, so the rows are no scale where
/// any is. Each line has a name.
pub fn stacked(
    head: &Head,
    steps: &Steps,
    lines: &[(String, Vec<Bar>)],
    figure: Option<&Figure>,
) -> Chart {
    let mut sheet = Sheet::new(head);
    let shades = shades(steps.names.len());
    for (name, bars) in lines {
        sheet.paragraph(0, 84, false, name);
        stack(&mut sheet, steps, &shades, bars);
    }
    let is_seen = |at: usize| {
        let mut bars = lines.iter().filter_map(|(_, bars)| bars.get(at));
        bars.any(|bar| bar.percent.is_some_and(|percent| percent > 0))
    };
    let seen = steps.names.iter().zip(&shades).enumerate();
    let seen = seen.filter(|(at, _)| is_seen(*at)).map(|(_, (name, shade))| (name, *shade));
    legend(&mut sheet, &seen.collect::<Vec<_>>());
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
    if bars.iter().any(|bar| bar.count.is_none()) && x < WIDTH {
        hidden_frame(sheet, (x, y), (WIDTH - x - 1, 33));
        let words = told(None);
        if WIDTH - x > LETTER * words.chars().count() as u32 {
            sheet.text((x + (WIDTH - x) / 2, y + 22), "middle", INK, &words);
        }
    }
    sheet.y = y + if steps.signs.is_empty() { 44 } else { 64 };
}

/// Stands where a number is not told.
fn hidden_frame(sheet: &mut Sheet, place: (u32, u32), size: (u32, u32)) {
    let frame = format!("fill=\"#ffffff\" stroke=\"{GREY}\" stroke-dasharray=\"4 3\"");
    sheet.rect(place, size, &frame);
}

/// What the shades stand for, in as many columns as there is room for.
fn legend(sheet: &mut Sheet, seen: &[(&String, u32)]) {
    let longest = seen.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).max(1);
    let columns = (WIDTH as usize / (34 + 9 * longest)).clamp(1, 4);
    let rows = seen.len().div_ceil(columns).max(1);
    let top = sheet.y + 4;
    let mut lowest = top;
    for (column, part) in (0..).zip(seen.chunks(rows)) {
        let x = column * (WIDTH / columns as u32);
        sheet.y = top;
        for (name, shade) in part {
            let frame = format!("fill=\"#{shade:06x}\" stroke=\"{GREY}\"");
            sheet.rect((x, sheet.y), (18, 18), &frame);
            sheet.paragraph(x + 26, 80, false, name);
            sheet.y += 4;
        }
        lowest = lowest.max(sheet.y);
    }
    sheet.y = lowest;
}

/// Columns beside each other: numbers, months, the steps of a scale. Each line of them has a name, and all are drawn to one
/// measure. Below them stands `under`.
pub fn columns(
    head: &Head,
    lines: &[(String, Vec<Bar>)],
    under: &str,
    figure: Option<&Figure>,
) -> Chart {
    let mut sheet = Sheet::new(head);
    let all = || lines.iter().flat_map(|(_, bars)| bars);
    let most = all().filter_map(|bar| bar.percent).max().unwrap_or(0).max(1);
    let high = HIGH[usize::from(lines.len() > 1)];
    for (name, bars) in lines {
        sheet.paragraph(0, 84, true, name);
        line_of_columns(&mut sheet, bars, (high, most), lines.len() > 1);
    }
    sheet.paragraph(0, 84, false, under);
    let longest = lines.iter().map(|(_, bars)| bars.len()).max().unwrap_or(0);
    if all().any(|bar| bar.count.is_none()) && !is_named(longest) {
        sheet.y += 4;
        let y = sheet.y;
        hidden_frame(&mut sheet, (0, y), (18, 18));
        sheet.paragraph(26, 80, false, &told(None));
    }
    add_figure(&mut sheet, figure);
    sheet.finish()
}

fn step_of(columns: usize) -> u32 {
    WIDTH / u32::try_from(columns).unwrap_or(WIDTH).max(1)
}

/// Whether there is room for a word at the place of what is hidden among so many columns.
fn is_named(columns: usize) -> bool {
    step_of(columns) > LETTER * told(None).chars().count() as u32
}

/// Columns of at most `high` pixels, which stands for `most` percent; with their share or their number above them, and with
/// both where there is room.
fn line_of_columns(sheet: &mut Sheet, bars: &[Bar], (high, most): (u32, u64), is_share: bool) {
    let step = step_of(bars.len());
    let width = step.saturating_sub(2).max(1);
    let floor = sheet.y + high + 20;
    let mut lowest = floor;
    let words = bars.iter().flat_map(|bar| bar.label.split_whitespace());
    let longest = words.map(|word| word.chars().count()).max().unwrap_or(0) as u32;
    // As many labels as there is room for, like the numbers along a ruler.
    let every = (longest * LETTER).div_ceil(step.max(1)).clamp(1, 4);
    let letters = (every * step / LETTER).max(1) as usize;
    for (at, bar) in (0..).zip(bars) {
        let (x, middle) = (at * step + 1, at * step + step / 2);
        if bar.count.is_none() {
            hidden_frame(sheet, (x, floor - 24), (width, 24));
            if is_named(bars.len()) {
                sheet.text((middle, floor - 7), "middle", INK, &told(None));
            }
        } else if let Some(percent) = bar.percent {
            let height = (u64::from(high) * percent / most) as u32;
            let colour = format!("fill=\"#{:06x}\"", SHADES[0]);
            sheet.rect((x, floor - height), (width, height), &colour);
            // The columns of several groups are as high as their shares, so a number alone would mislead.
            let words = match is_share {
                _ if step > LETTER * "100% (1000)".len() as u32 => share(bar),
                true => percent_words(percent),
                false => told(bar.count),
            };
            sheet.text((middle, floor - height - 6), "middle", INK, &words);
        }
        if at % every == 0 {
            for (line, words) in (1..).zip(wrapped(&bar.label, letters)) {
                let half = words.chars().count() as u32 * LETTER / 2;
                let middle = middle.max(half).min(WIDTH.saturating_sub(half));
                sheet.text((middle, floor + 20 * line), "middle", INK, &words);
                lowest = lowest.max(floor + 20 * line);
            }
        }
    }
    let ink = format!("stroke=\"{INK}\" stroke-width=\"1\"");
    sheet.line((0, floor), (WIDTH, floor), &ink);
    sheet.y = lowest + 14;
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
        let head = Head { title: evil.to_owned(), notes: names.clone() };
        let charts = [
            bars(&head, one, Some(&figure)),
            columns(&head, &lines, evil, Some(&figure)),
            clustered(&head, &names, &lines),
            stacked(&head, &steps, &lines, Some(&figure)),
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
    fn the_legend_names_the_colours_of_the_bar_alone() {
        let bar = |count: Option<u64>, percent| Bar { label: String::new(), count, percent };
        let bars = vec![bar(Some(30), Some(60)), bar(Some(0), Some(0)), bar(None, None)];
        let names = ["Often", "Seldom", "Never"].map(str::to_owned).to_vec();
        let steps = Steps { names, signs: Vec::new() };
        let chart = stacked(&Head::default(), &steps, &[(String::new(), bars)], None);
        assert!(chart.svg.contains(">Often<"));
        assert!(!chart.svg.contains(">Seldom<") && !chart.svg.contains(">Never<"));
    }

    #[test]
    fn many_steps_have_a_shade_each() {
        for count in 1..=21 {
            let shades: std::collections::BTreeSet<u32> = shades(count).into_iter().collect();
            assert_eq!(shades.len(), count);
        }
    }
}
