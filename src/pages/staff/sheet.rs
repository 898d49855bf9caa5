//! What charts are drawn on: an SVG document that grows downwards.

/// The width of what is drawn, in pixels.
pub const WIDTH: u32 = 760;
/// What stays white on both sides of it, in pixels: a picture in a report has no edge of its own.
const MARGIN: u32 = 16;
/// The colour of words and lines.
pub const INK: &str = "#0b0c0c";
/// From one line of words to the next, in pixels.
const LEADING: u32 = 20;
/// A text of more lines is cut off.
const LINES: usize = 3;
/// The same for what stands under the title: names of groups may be many.
const NOTE_LINES: usize = 12;

/// What stands above a chart that is a file of its own. Below a heading of the page a chart has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// What was asked; also read aloud in the chart's place.
    pub title: String,
    /// What the chart rests on and whom it shows, a line or more each.
    pub notes: Vec<String>,
}

/// A chart and its size.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chart {
    /// The whole SVG document.
    pub svg: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// A chart while it is drawn.
#[derive(Debug)]
pub struct Sheet {
    title: String,
    body: String,
    /// Where the next part begins, in pixels from the top.
    pub y: u32,
}

impl Sheet {
    /// An empty sheet with a heading and what stands under it.
    pub fn new(head: &Head) -> Self {
        let mut sheet = Self { title: escaped(&head.title), body: String::new(), y: 12 };
        if !head.title.is_empty() {
            sheet.paragraph(0, 84, true, &head.title);
            for note in &head.notes {
                sheet.lines(0, false, &lines(note, 90, NOTE_LINES));
            }
            sheet.y += 12;
        }
        sheet
    }

    /// One line of words; `anchor` is which part of them stands at `x`: `start`, `middle`, `end`.
    pub fn text(&mut self, (x, y): (u32, u32), anchor: &str, ink: &str, words: &str) {
        self.body += &format!(
            "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" fill=\"{ink}\">{}</text>",
            escaped(words)
        );
    }

    /// Words in lines of at most `most` characters, below what is there.
    pub fn paragraph(&mut self, x: u32, most: usize, bold: bool, words: &str) {
        self.lines(x, bold, &wrapped(words, most));
    }

    fn lines(&mut self, x: u32, bold: bool, lines: &[String]) {
        let weight = if bold { "700" } else { "400" };
        for line in lines {
            self.body += &format!(
                "<text x=\"{x}\" y=\"{}\" font-weight=\"{weight}\" fill=\"{INK}\">{}</text>",
                self.y + 15,
                escaped(line)
            );
            self.y += LEADING;
        }
    }

    /// A rectangle; `more` is its other attributes.
    pub fn rect(&mut self, (x, y): (u32, u32), (width, height): (u32, u32), more: &str) {
        self.body +=
            &format!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" {more}/>");
    }

    /// A line; `more` is its other attributes.
    pub fn line(&mut self, from: (u32, u32), to: (u32, u32), more: &str) {
        let ((x1, y1), (x2, y2)) = (from, to);
        self.body += &format!("<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" {more}/>");
    }

    /// The chart.
    pub fn finish(self) -> Chart {
        let Self { title, body, y } = self;
        let (width, height) = (WIDTH + 2 * MARGIN, y + 12);
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-{MARGIN} 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" font-family=\"Arial, Helvetica, sans-serif\" font-size=\"15\" role=\"img\" \
             aria-label=\"{title}\"><rect x=\"-{MARGIN}\" width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>{body}</svg>"
        );
        Chart { svg, width, height }
    }
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

/// At most `most` characters, of at least one.
pub fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// Lines of at most `most` characters, parted between words.
pub fn wrapped(text: &str, most: usize) -> Vec<String> {
    lines(text, most, LINES)
}

fn lines(text: &str, most: usize, limit: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let is_full = lines.len() == limit;
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= most => {
                *line = format!("{line} {word}");
            }
            Some(line) if is_full => {
                // Too long for a line on purpose, so that it is cut off with a sign.
                *line = format!("{line} {word}");
                break;
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.into_iter().map(|line| short(&line, most)).collect()
}
