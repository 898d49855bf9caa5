//! The sheet `survey`: rows to items, groups in groups.

use std::collections::BTreeSet;

use model::limits::JSON_DEPTH;
use serde_json::{Map, Value};

use crate::{
    Place,
    choices::{Lists, ROW},
    expand,
    finding::Findings,
    header::Table,
    kind::{self, Control, Kind},
    languages::Languages,
    line::Line,
    origin::COLUMN,
    reference,
    table::Format,
    words::{is_name, meant, quoted},
};

/// Items of a form, generated ones too. Loops in loops would multiply without an end.
const ITEMS: usize = 5_000;
/// Groups in groups; each is two levels of JSON, and half of them are left for what is around.
const DEPTH: usize = JSON_DEPTH / 4 - 1;

/// What the rows are read with.
pub(crate) struct Rows<'a> {
    pub(crate) table: &'a Table<'a>,
    pub(crate) languages: &'a Languages,
    pub(crate) lists: &'a mut Lists,
    pub(crate) external: &'a Lists,
    /// The name of the form's root, which no repeat may have.
    pub(crate) root: &'a str,
    /// Runs of spaces in cells become one.
    pub(crate) clean: bool,
    pub(crate) findings: &'a mut Findings,
    pub(crate) read: Read,
}

/// What was read beside the items.
#[derive(Default)]
pub(crate) struct Read {
    /// Rows that are part of the form.
    pub(crate) used: BTreeSet<u32>,
    /// Settings that stand on the survey sheet, by XLSForm's names.
    pub(crate) settings: Vec<(&'static str, String)>,
    /// Lists of the sheet external_choices that questions pick from.
    pub(crate) external: BTreeSet<String>,
    /// Files that questions pick from: name and row.
    pub(crate) files: Vec<(String, u32)>,
    repeats: BTreeSet<String>,
    items: usize,
    pub(crate) too_many: bool,
}

/// A group that is open.
struct Frame {
    control: Option<Control>,
    row: u32,
    item: Map<String, Value>,
    items: Vec<Map<String, Value>>,
    names: BTreeSet<String>,
    lower: BTreeSet<String>,
    /// The list that a loop goes over.
    list: Option<String>,
}

impl Frame {
    fn new(control: Option<Control>, row: u32, item: Map<String, Value>) -> Self {
        let names = BTreeSet::from(["meta".to_owned()]);
        let (items, lower) = (Vec::new(), BTreeSet::new());
        Self { control, row, item, items, names, lower, list: None }
    }

    fn name(&self) -> &str {
        self.item.get("name").and_then(Value::as_str).unwrap_or_default()
    }
}

/// The state of a table of selects under one heading (`table-list`).
enum TableList {
    No,
    Begun,
    Of(String),
}

/// The groups that are open, innermost last, and the table that is.
struct Open {
    frames: Vec<Frame>,
    table_list: TableList,
}

impl Open {
    fn innermost(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::new(None, 1, Map::new()));
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }
}

/// A spreadsheet's day is one with a time: at midnight, or with a space in the middle.
fn date_of_spreadsheet(kind: &str, item: &mut Map<String, Value>) {
    let Some((date, time)) =
        item.get("default").and_then(Value::as_str).and_then(|it| it.split_once(' '))
    else {
        return;
    };
    if model::time::parse_date(date).is_none() || model::time::parse_time(time).is_none() {
        return;
    }
    let written = match kind {
        "date" if time == "00:00:00" => date.to_owned(),
        "dateTime" => format!("{date}T{time}"),
        _ => return,
    };
    item.insert("default".to_owned(), written.into());
}

impl Rows<'_> {
    /// Reads all rows to the items of a definition.
    pub(crate) fn items(&mut self) -> Vec<Map<String, Value>> {
        let table = self.table;
        if table.column("type").is_none() {
            let what = "The sheet has no column \"type\".";
            let remedy = "Write headings into row 1: type, name, label. The questions come below.";
            self.findings.error("missing_column", Place::row(self.sheet(), 1), what, remedy);
            return Vec::new();
        }
        self.say_unknown_columns();
        let mut open =
            Open { frames: vec![Frame::new(None, 1, Map::new())], table_list: TableList::No };
        for &row in &table.rows {
            let line = Line::read(table, row, self.languages, self.clean);
            self.row(line, &mut open);
            if self.read.too_many {
                break;
            }
        }
        while open.frames.len() > 1 {
            let Some(frame) = open.frames.pop() else { break };
            let control = frame.control.map_or("group", Control::name);
            let what = format!("The {control} {} is begun and never ended.", quoted(frame.name()));
            let remedy = format!("Add a row \"end {control}\" after its last question.");
            let place = self.cell(frame.row, "type");
            if !self.read.too_many {
                self.findings.error("unmatched_begin", place, what, remedy);
            }
        }
        open.frames.pop().map(|root| root.items).unwrap_or_default()
    }

    fn sheet(&self) -> &str {
        &self.table.sheet.name
    }

    fn cell(&self, row: u32, key: &str) -> Place {
        Place::cell(self.sheet(), row, self.table.column(key).map(|column| column.index))
    }

    fn row(&mut self, line: Line, open: &mut Open) {
        let row = line.row;
        if let Some(disabled) = line.plain("disabled")
            && crate::words::truth(disabled) == Some(true)
        {
            let what = "The row is disabled and left out.";
            let remedy = "Nothing needs to be done.";
            self.findings.note("disabled_row", self.cell(row, "disabled"), what, remedy);
            return;
        }
        let Some(written) = line.plain("type").map(str::to_owned) else {
            if line.plain("name").is_some() || line.texts.contains_key("label") {
                let what = "The row has a name or a label and no type.";
                let remedy = "Give it a type, such as text, or clear the row.";
                self.findings.error("missing_type", self.cell(row, "type"), what, remedy);
            } else if !line.is_empty() {
                let what = "The row has no type, name or label. It is taken as a comment.";
                let remedy = "Nothing needs to be done.";
                self.findings.note("comment_row", Place::row(self.sheet(), row), what, remedy);
            }
            return;
        };
        let Some(kind) = self.kind(row, &written) else { return };
        self.read.used.insert(row);
        match kind {
            Kind::End(control) => self.end(row, control, open),
            Kind::Begin(control, list) => self.begin(&line, control, list, open),
            Kind::Setting(key) => {
                let text = line.plain("name").unwrap_or_default().to_owned();
                let what = format!("The row is read as the setting {key}.");
                let remedy = "Write it on the sheet settings: other programs refuse the form.";
                self.findings.warning("type_spelling", self.cell(row, "type"), what, remedy);
                self.read.settings.push((key, text));
            }
            Kind::ExternalFile(ending) => {
                let name = line.plain("name").unwrap_or_default();
                let name = name.strip_suffix(ending).unwrap_or(name);
                self.read.files.push((format!("{name}{ending}"), row));
            }
            Kind::Plain(plain) => self.plain(&line, plain, open),
            Kind::Select { .. } => self.select(&line, kind, open),
        }
    }

    fn kind(&mut self, row: u32, written: &str) -> Option<Kind> {
        if let Some(kind) = kind::read(written) {
            return Some(kind);
        }
        let place = self.cell(row, "type");
        if let Some((spelling, kind)) = kind::lenient(written) {
            let what = format!("The type {} is read as \"{spelling}\".", quoted(written));
            let remedy = format!("Write \"{spelling}\": other programs refuse the form.");
            self.findings.warning("type_spelling", place, what, remedy);
            return Some(kind);
        }
        let what = format!("There is no type {}.", quoted(written));
        let first = written.split_whitespace().next().unwrap_or_default();
        let remedy = match (written, first) {
            ("calculate_here", _) => {
                "It is SurveyCTO's alone. Make it calculate, or delete the row.".to_owned()
            }
            ("caseid" | "comments" | "text audit" | "sensor_statistic", _) => {
                "It is SurveyCTO's alone. Delete the row, or make it a text.".to_owned()
            }
            (_, "select_one" | "select_multiple" | "rank" | "select") => {
                "Write the list's name after it, without spaces: select_one yes_no.".to_owned()
            }
            _ => {
                match meant(written, kind::spellings()).or_else(|| meant(first, kind::spellings()))
                {
                    Some(spelling) => format!("Did you mean \"{spelling}\"?"),
                    None => "Use one of XLSForm's types, such as text, integer or select_one."
                        .to_owned(),
                }
            }
        };
        self.findings.error("unknown_type", place, what, remedy);
        None
    }

    /// The name of a row, if it has a good one; what is wrong with it is told.
    fn name(&mut self, line: &Line, kind: &str, frame: &mut Frame) -> Option<String> {
        let place = self.cell(line.row, "name");
        let name = match line.plain("name") {
            Some(name) => name.to_owned(),
            None if kind == "note" => format!("generated_note_name_{}", line.row),
            None if self.table.column("name").is_none() => {
                let place = Place::row(self.sheet(), 1);
                if !self.findings.has_error_at(&place) {
                    let what = "The sheet has no column \"name\".";
                    let remedy = "Write it into row 1: it names the columns of the answers.";
                    self.findings.error("missing_column", place, what, remedy);
                }
                return None;
            }
            None => {
                let what = "The row has no name.";
                let remedy = "Give it one: the column of its answers. Use letters and digits.";
                self.findings.error("missing_name", place, what, remedy);
                return None;
            }
        };
        if !is_name(&name) {
            let what = format!("{} cannot be a name.", quoted(&name));
            let remedy = "Begin with a letter. Use letters, digits, hyphens and underscores.";
            self.findings.error("bad_name", place, what, remedy);
            return None;
        }
        self.enter(&name, frame, place).then_some(name)
    }

    /// Takes a name into a group.
    fn enter(&mut self, name: &str, frame: &mut Frame, place: Place) -> bool {
        if name == "meta" {
            let what = "The name \"meta\" is taken: each form has a group of that name.";
            self.findings.error("reserved_name", place, what, "Choose another name.");
            return false;
        }
        if !frame.names.insert(name.to_owned()) {
            let what = format!("{} stands twice in the same group.", quoted(name));
            let remedy = "Rename one of them.";
            self.findings.error("duplicate_name", place, what, remedy);
            return false;
        }
        if !frame.lower.insert(name.to_lowercase()) {
            let what = format!("{} differs from another name by capitals alone.", quoted(name));
            let remedy = "Rename one of them: some programs take them for the same.";
            self.findings.warning("similar_name", place, what, remedy);
        }
        true
    }

    fn push(&mut self, frame: &mut Frame, mut item: Map<String, Value>, row: u32) {
        self.read.items += 1;
        if self.read.items > ITEMS {
            if !self.read.too_many {
                let what = format!("The form has more than {ITEMS} questions and groups.");
                let remedy = "Split it into several forms. Loops in loops multiply quickly.";
                self.findings.error("too_many", Place::row(self.sheet(), row), what, remedy);
            }
            self.read.too_many = true;
            return;
        }
        item.insert(ROW.to_owned(), row.into());
        frame.items.push(item);
    }

    fn begin(&mut self, line: &Line, control: Control, list: Option<String>, open: &mut Open) {
        let row = line.row;
        if open.frames.len() > DEPTH {
            let what = format!("Groups stand more than {DEPTH} deep in each other.");
            let remedy = "Take some of them out.";
            self.findings.error("too_deep", self.cell(row, "type"), what, remedy);
            self.read.too_many = true;
            return;
        }
        let mut item = line.fields(self.table, self.findings);
        let mut frame = Frame::new(Some(control), row, Map::new());
        let name = self.name(line, "group", open.innermost());
        if control == Control::Repeat {
            self.repeat(line, name.as_deref(), &mut item, open);
        }
        item.insert("type".to_owned(), control.name().into());
        item.insert("name".to_owned(), name.unwrap_or_default().into());
        if control == Control::Loop {
            frame.list = self.loop_list(row, list);
        }
        self.table_list(line, &mut item, &mut frame, open);
        frame.item = item;
        open.frames.push(frame);
    }

    fn repeat(
        &mut self,
        line: &Line,
        name: Option<&str>,
        item: &mut Map<String, Value>,
        open: &mut Open,
    ) {
        let row = line.row;
        let Some(name) = name else { return };
        let place = self.cell(row, "name");
        if name == self.root {
            let what = format!("A repeat cannot be called {}, like the form itself.", quoted(name));
            self.findings.error("reserved_name", place.clone(), what, "Choose another name.");
        }
        if !self.read.repeats.insert(name.to_owned()) {
            let what = format!("There are two repeats called {}.", quoted(name));
            let remedy = "Rename one: repeats become files of their own, named after them.";
            self.findings.error("duplicate_name", place.clone(), what, remedy);
        }
        if !item.contains_key("label") {
            let what = format!("The repeat {} has no label.", quoted(name));
            let remedy = "Give it one: it stands above each round.";
            self.findings.note("repeat_without_label", self.cell(row, "label"), what, remedy);
        }
        let count = item.get("repeat_count").and_then(Value::as_str).map(str::to_owned);
        if let Some(count) = count.filter(|count| reference::only(count).is_none()) {
            // As pyxform does, so that exports have the same columns.
            let counter = format!("{name}_count");
            item.insert("repeat_count".to_owned(), format!("${{{counter}}}").into());
            let mut calculate = Map::new();
            calculate.insert("type".to_owned(), "calculate".into());
            calculate.insert("name".to_owned(), counter.as_str().into());
            calculate.insert("calculation".to_owned(), count.into());
            calculate.insert("read_only".to_owned(), true.into());
            calculate.insert(format!("{COLUMN}calculation"), "repeat_count".into());
            if self.enter(&counter, open.innermost(), place) {
                self.push(open.innermost(), calculate, row);
            }
        }
    }

    fn loop_list(&mut self, row: u32, list: Option<String>) -> Option<String> {
        let place = self.cell(row, "type");
        let Some(list) = list else {
            let what = "The loop does not say over which list.";
            let remedy = "Write: begin loop over LIST.";
            self.findings.error("loop_without_list", place, what, remedy);
            return None;
        };
        if !self.lists.contains_key(&list) {
            self.no_such_list(&list, place, "choices");
            return None;
        }
        Some(list)
    }

    /// A table of selects is, as with pyxform, a page with a note, a row of labels and the selects.
    fn table_list(
        &mut self,
        line: &Line,
        item: &mut Map<String, Value>,
        frame: &mut Frame,
        open: &mut Open,
    ) {
        let appearance = item.get("appearance").and_then(Value::as_str).unwrap_or_default();
        if !appearance.split_whitespace().any(|word| word == "table-list") {
            return;
        }
        let others = appearance.split_whitespace().filter(|word| *word != "table-list");
        let appearance: Vec<&str> = std::iter::once("field-list").chain(others).collect();
        let appearance = appearance.join(" ");
        item.insert("appearance".to_owned(), appearance.into());
        open.table_list = TableList::Begun;
        let mut note = Map::new();
        for key in ["label", "hint"] {
            note.extend(item.remove(key).map(|text| (key.to_owned(), text)));
        }
        if !note.is_empty() {
            let name = format!("generated_table_list_label_{}", line.row);
            frame.names.insert(name.clone());
            note.insert("type".to_owned(), "note".into());
            note.insert("name".to_owned(), name.into());
            self.push(frame, note, line.row);
        }
    }

    fn end(&mut self, row: u32, control: Control, open: &mut Open) {
        open.table_list = TableList::No;
        let name = control.name();
        let inner = open.frames.last().and_then(|frame| frame.control);
        if inner != Some(control) {
            let place = self.cell(row, "type");
            let what = match (inner, open.frames.last()) {
                (Some(inner), Some(frame)) => format!(
                    "The row ends a {name}, but the {} {} of row {} is open.",
                    inner.name(),
                    quoted(frame.name()),
                    frame.row
                ),
                _ => format!("The row ends a {name}, and none is open."),
            };
            let remedy = format!("Delete the row, or add the \"begin {name}\" that it ends.");
            self.findings.error("unmatched_end", place, what, remedy);
            // The rows that follow are read as if the inner ones were ended.
            let Some(at) = open.frames.iter().rposition(|frame| frame.control == Some(control))
            else {
                return;
            };
            open.frames.truncate(at + 1);
        }
        let Some(frame) = open.frames.pop() else { return };
        let Frame { mut item, items, row, list, .. } = frame;
        let items = match (control, list) {
            (Control::Loop, Some(list)) => {
                item.insert("type".to_owned(), "group".into());
                self.looped(row, &list, &items)
            }
            _ => items,
        };
        item.insert("items".to_owned(), items.into_iter().map(Value::Object).collect());
        self.push(open.innermost(), item, row);
    }

    fn looped(
        &mut self,
        row: u32,
        list: &str,
        items: &[Map<String, Value>],
    ) -> Vec<Map<String, Value>> {
        let choices = self.lists.get(list).cloned().unwrap_or_default();
        let each = items.iter().map(expand::size).sum::<usize>() + 1;
        if self.read.items + each * choices.len() > ITEMS {
            self.read.items = ITEMS;
            return Vec::new();
        }
        self.read.items += each * choices.len();
        for choice in &choices {
            let name = choice.get("name").and_then(Value::as_str).unwrap_or_default();
            if !is_name(name) {
                let place = self.cell(row, "type");
                let what = format!("The loop makes a group called {}.", quoted(name));
                let remedy = "Give the choices of its list names with letters and digits.";
                self.findings.error("bad_name", place, what, remedy);
            }
        }
        let mut groups = expand::looped(items, &choices);
        // They stand where the loop does, not where the choice is.
        groups.iter_mut().for_each(|group| {
            group.insert(ROW.to_owned(), row.into());
        });
        groups
    }

    fn plain(&mut self, line: &Line, plain: kind::Plain, open: &mut Open) {
        let row = line.row;
        let mut item = line.fields(self.table, self.findings);
        if let Some(lacks) = plain.lacks {
            let what = format!(
                "{} is only partly known here.",
                quoted(line.plain("type").unwrap_or_default())
            );
            let remedy = format!("{lacks} Nothing needs to be done.");
            self.findings.warning("partly_known", self.cell(row, "type"), what, remedy);
        }
        let name = if plain.name == "audit" {
            if let Some(other) = line.plain("name").filter(|name| *name != "audit") {
                let what = format!("An audit cannot be called {}.", quoted(other));
                let remedy = "Leave its name empty: ODK calls it audit.";
                self.findings.error("bad_name", self.cell(row, "name"), what, remedy);
            }
            Some("audit".to_owned())
        } else {
            self.name(line, plain.name, open.innermost())
        };
        let Some(name) = name else { return };
        if let Some(constraint) = plain.constraint.filter(|_| !item.contains_key("constraint")) {
            item.insert("constraint".to_owned(), constraint.into());
        }
        if let Some(hint) = plain.hint.filter(|_| !item.contains_key("hint")) {
            crate::choices::put(&mut item, "hint", self.languages.own(), hint.into());
        }
        let begins = || {
            let default = item.get("default").and_then(Value::as_str).unwrap_or_default();
            survey::is_computed_default(default)
        };
        if plain.name == "calculate" && !item.contains_key("calculation") && !begins() {
            let what = format!("{} calculates nothing.", quoted(&name));
            let remedy = "Write an expression into the column calculation.";
            self.findings.error("missing_calculation", self.cell(row, "calculation"), what, remedy);
        }
        date_of_spreadsheet(plain.name, &mut item);
        let silent = ["calculate", "hidden", "audit", "start-geopoint", "background-audio"];
        let noted = ["start", "end", "today", "deviceid", "phonenumber", "username", "email"];
        if !silent.contains(&plain.name) && !noted.contains(&plain.name) {
            self.say_unlabelled(&item, &name, row);
        }
        self.parameters(line, plain.name, None, &mut item);
        item.insert("type".to_owned(), plain.name.into());
        item.insert("name".to_owned(), name.into());
        self.push(open.innermost(), item, row);
    }

    /// pyxform: "has no label or hint". What is computed may be without.
    fn say_unlabelled(&mut self, item: &Map<String, Value>, name: &str, row: u32) {
        let words = ["label", "hint", "image", "audio", "video", "calculation", "trigger"];
        if !words.iter().any(|key| item.contains_key(*key)) {
            let what = format!("The question {} has no label and no hint.", quoted(name));
            let remedy = "Write what is asked. Until then its name is shown.";
            self.findings.warning("missing_label", self.cell(row, "label"), what, remedy);
        }
    }

    fn parameters(
        &mut self,
        line: &Line,
        kind: &str,
        from: Option<Format>,
        item: &mut Map<String, Value>,
    ) {
        let place = self.cell(line.row, "parameters");
        let pairs = crate::parameters::read(line.plain("parameters").unwrap_or_default());
        let mut pairs = match pairs {
            Ok(pairs) => pairs,
            Err(part) => {
                let what = format!("{} is no parameter.", quoted(&part));
                let remedy = "Write name=value, such as start=0 end=10.";
                self.findings.error("bad_parameter", place, what, remedy);
                return;
            }
        };
        if let Some(rows) = line.plain("rows").filter(|_| kind == "text") {
            pairs.push(("rows".to_owned(), rows.to_owned()));
        }
        if let Some(known) = crate::parameters::known(kind, from.is_some()) {
            for (key, _) in pairs.iter().filter(|(key, _)| !known.contains(&key.as_str())) {
                let what = format!("Questions of type {kind} have no parameter {}.", quoted(key));
                let remedy = format!("It may have: {}.", known.join(", "));
                self.findings.error("bad_parameter", place.clone(), what, remedy);
            }
        } else if !pairs.is_empty() {
            let what = format!("Questions of type {kind} have no parameters; they are left out.");
            self.findings.note("unused_column", place, what, "Nothing needs to be done.");
            return;
        }
        for what in crate::parameters::faults(kind, &pairs) {
            let remedy = "Change it, or take it out.";
            self.findings.error("bad_parameter", place.clone(), what, remedy);
        }
        // The file is called a CSV file from here on, whose usual columns are others (pyxform: `…_REF_VALUE_GEOJSON`).
        if from == Some(Format::GeoJson) {
            for (key, column) in [("value", "id"), ("label", "title")] {
                if !pairs.iter().any(|(given, _)| given == key) {
                    pairs.push((key.to_owned(), column.to_owned()));
                }
            }
        }
        if kind == "range" {
            self.range(&place, &mut pairs, line.plain("appearance").unwrap_or_default());
        }
        if let Some((_, seed)) = pairs.iter().find(|(key, _)| key == "seed") {
            let randomizes = pairs.iter().any(|(key, _)| key == "randomize");
            if !randomizes || (reference::only(seed).is_none() && seed.parse::<f64>().is_err()) {
                let what = "A seed needs randomize=true and is a number or one ${question}.";
                let remedy = "Write: randomize=true seed=${question}.";
                self.findings.error("bad_parameter", place.clone(), what, remedy);
            }
        }
        if !pairs.is_empty() {
            item.insert("parameters".to_owned(), crate::parameters::fields(&pairs).into());
        }
    }

    /// pyxform 4.5, `validators/pyxform/question_types/range.py`.
    fn range(&mut self, place: &Place, pairs: &mut Vec<(String, String)>, appearance: &str) {
        for (key, usual) in [("start", "1"), ("end", "10"), ("step", "1")] {
            if !pairs.iter().any(|(given, _)| given == key) {
                pairs.push((key.to_owned(), usual.to_owned()));
            }
        }
        let mut faults: Vec<(String, &str)> = Vec::new();
        let example = "Write a scale as start=0 end=10 step=1.";
        let mut number = |key: &str| {
            let (_, text) = pairs.iter().find(|(given, _)| given == key)?;
            let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
            if number.is_none() {
                faults.push((format!("{key}={text} is no number."), example));
            }
            number
        };
        let (start, end, step) = (number("start"), number("end"), number("step"));
        let (interval, placeholder) = (number("tick_interval"), number("placeholder"));
        let (Some(start), Some(end), Some(step)) = (start, end, step) else {
            return self.say_parameters(place, faults);
        };
        let width = (end - start).abs();
        // Tenths are no whole numbers of bits.
        let even = |distance: f64, step: f64| {
            let steps = distance / step;
            (steps - steps.round()).abs() < 1e-6
        };
        let within = |value: f64| (start.min(end)..=start.max(end)).contains(&value);
        if step == 0.0 || step > width {
            faults.push(("The scale's step is zero or larger than the scale.".to_owned(), example));
            return self.say_parameters(place, faults);
        }
        if let Some(interval) = interval {
            if interval == 0.0 || interval > width {
                let what = "tick_interval is zero or larger than the scale.";
                faults.push((what.to_owned(), "Write a multiple of step."));
            } else if !even(interval, step) {
                let what = "tick_interval is no multiple of step.";
                faults.push((what.to_owned(), "Write a multiple of step."));
            }
        }
        if placeholder.is_some_and(|at| !within(at) || !even(at - start, step)) {
            let what = "The placeholder is no step of the scale.";
            faults.push((what.to_owned(), "Write a value that can be picked."));
        }
        let ticks = ["tick_interval", "placeholder", "tick_labelset"];
        let plain = !appearance.is_empty()
            && !appearance.contains("vertical")
            && !appearance.contains("no-ticks");
        if let Some((key, _)) = pairs.iter().find(|(key, _)| plain && ticks.contains(&key.as_str()))
        {
            let what = format!("{key} does not go with the appearance {}.", quoted(appearance));
            faults.push((what, "Use vertical or no-ticks, or take one of both out."));
        }
        if let Some((_, list)) = pairs.iter().find(|(key, _)| key == "tick_labelset") {
            // Names of lists keep their capitals, which the column does not.
            let list = list.clone();
            let Some(found) = self.lists.keys().find(|name| name.to_lowercase() == list).cloned()
            else {
                self.no_such_list(&list, place.clone(), "choices");
                return self.say_parameters(place, faults);
            };
            let names = self.lists.get(&found).into_iter().flatten();
            let names: Vec<&str> =
                names.filter_map(|choice| choice.get("name").and_then(Value::as_str)).collect();
            for name in &names {
                let what = match name.parse::<f64>().ok().filter(|value| value.is_finite()) {
                    None => format!("The choice {} of tick_labelset is no number.", quoted(name)),
                    Some(value) if !within(value) => {
                        format!(
                            "The choice {} of tick_labelset is outside the scale.",
                            quoted(name)
                        )
                    }
                    Some(value)
                        if interval.is_some_and(|it| it != 0.0 && !even(value - start, it)) =>
                    {
                        format!(
                            "The choice {} of tick_labelset is no tick by tick_interval.",
                            quoted(name)
                        )
                    }
                    Some(value) if !even(value - start, step) => {
                        format!(
                            "The choice {} of tick_labelset is no step of the scale.",
                            quoted(name)
                        )
                    }
                    Some(value)
                        if appearance.contains("no-ticks") && value != start && value != end =>
                    {
                        "With no-ticks only both ends of the scale have labels.".to_owned()
                    }
                    Some(_) => continue,
                };
                faults.push((what, "Name steps of the scale in that list."));
                break;
            }
            pairs.retain(|(key, _)| key != "tick_labelset");
            pairs.push(("tick_labelset".to_owned(), found));
        }
        self.say_parameters(place, faults);
    }

    fn say_parameters(&mut self, place: &Place, faults: Vec<(String, &str)>) {
        for (what, remedy) in faults {
            self.findings.error("bad_parameter", place.clone(), what, remedy);
        }
    }

    fn no_such_list(&mut self, list: &str, place: Place, sheet: &str) {
        let lists = if sheet == "choices" { &*self.lists } else { self.external };
        let what = format!("There is no list {} on the sheet {sheet}.", quoted(list));
        let remedy = match meant(list, lists.keys().map(String::as_str)) {
            Some(other) => format!("Did you mean \"{other}\"?"),
            None if lists.is_empty() => {
                format!("Add a sheet {sheet} with the columns list_name, name and label.")
            }
            None => format!("Add its choices to the sheet {sheet}."),
        };
        self.findings.error("missing_list", place, what, remedy);
    }

    fn select(&mut self, line: &Line, kind: Kind, open: &mut Open) {
        let Kind::Select { kind, list, external, or_other, from_file } = kind else { return };
        let row = line.row;
        let place = self.cell(row, "type");
        let mut item = line.fields(self.table, self.findings);
        let Some(name) = self.name(line, kind, open.innermost()) else { return };
        let format = Format::of(&list).filter(|_| !self.lists.contains_key(&list));
        if from_file && format.is_none() {
            let what = format!("{} is no file that choices can come from.", quoted(&list));
            let remedy =
                "Name a CSV, XML or GeoJSON file, such as: select_one_from_file places.csv.";
            self.findings.error("bad_file", place, what, remedy);
            return;
        }
        if format.is_some() {
            self.read.files.push((list.clone(), row));
            // Whatever the file was, what goes out again beside the form is CSV.
            let name = list.rsplit_once('.').map_or(list.as_str(), |(name, _)| name);
            item.insert("file".to_owned(), format!("{name}.csv").into());
        } else if external {
            if !self.external.contains_key(&list) {
                return self.no_such_list(&list, place, "external_choices");
            }
            self.read.external.insert(list.clone());
            item.insert("list".to_owned(), list.as_str().into());
        } else if reference::only(&list).is_none() && !self.lists.contains_key(&list) {
            return self.no_such_list(&list, place, "choices");
        } else {
            item.insert("list".to_owned(), list.as_str().into());
        }
        if external {
            // Where the choices stand makes no difference to who answers.
            item.insert("\0external".to_owned(), true.into());
        }
        if kind != "select_one" && format.is_none() && !external {
            self.names_without_spaces(&list);
        }
        self.parameters(line, kind, format, &mut item);
        let appearance = item.get("appearance").and_then(Value::as_str).unwrap_or_default();
        if appearance.contains("search(") {
            let what = "search() in the appearance is not known here; all choices are shown.";
            let remedy = "Use select_one_from_file and a choice_filter.";
            self.findings.warning("partly_known", self.cell(row, "appearance"), what, remedy);
        }
        if !matches!(open.table_list, TableList::No) && item.contains_key("choice_filter") {
            let what = "In a table-list a question cannot have a choice_filter.";
            let remedy = "Take the filter out, or the appearance table-list.";
            self.findings.error("mixed_table_list", self.cell(row, "choice_filter"), what, remedy);
        }
        self.say_unlabelled(&item, &name, row);
        if let TableList::Begun = open.table_list {
            open.table_list = TableList::Of(list.clone());
            let mut header = Map::new();
            let label = format!("reserved_name_for_field_list_labels_{row}");
            header.insert("type".to_owned(), kind.into());
            header.insert("name".to_owned(), label.as_str().into());
            header.insert("list".to_owned(), list.as_str().into());
            header.insert("appearance".to_owned(), "label".into());
            let frame = open.innermost();
            frame.names.insert(label);
            self.push(frame, header, row);
        }
        if let TableList::Of(first) = &open.table_list {
            if *first != list {
                let what =
                    format!("A table-list has the lists {} and {}.", quoted(first), quoted(&list));
                let remedy = "Use one list for all its questions.";
                self.findings.error("mixed_table_list", place.clone(), what, remedy);
            }
            item.insert("appearance".to_owned(), "list-nolabel".into());
        }
        item.insert("type".to_owned(), kind.into());
        item.insert("name".to_owned(), name.as_str().into());
        let filtered = item.contains_key("choice_filter");
        self.push(open.innermost(), item, row);
        if or_other {
            self.or_other(row, &name, &list, filtered, open);
        }
    }

    /// Picked names are joined with spaces, in expressions and in exports.
    fn names_without_spaces(&mut self, list: &str) {
        let spaced = self.lists.get(list).into_iter().flatten().find_map(|choice| {
            let name = choice.get("name").and_then(Value::as_str)?;
            let row = choice.get(ROW).and_then(Value::as_u64)?;
            name.contains(' ').then(|| (name.to_owned(), u32::try_from(row).unwrap_or_default()))
        });
        if let Some((name, row)) = spaced {
            let what = format!("The choice {} of {} has a space.", quoted(&name), quoted(list));
            let remedy = "Several can be picked and are joined with spaces. Use an underscore.";
            self.findings.error("choice_with_space", Place::row("choices", row), what, remedy);
        }
    }

    /// "or specify other" adds a choice and a question for words, as pyxform does.
    fn or_other(&mut self, row: u32, name: &str, list: &str, filtered: bool, open: &mut Open) {
        let place = self.cell(row, "type");
        if filtered {
            let what = "A select with or_other cannot have a choice_filter.";
            let remedy = "Write the choice \"other\" and a text question instead of or_other.";
            self.findings.error("filtered_or_other", place, what, remedy);
            return;
        }
        let Some(choices) = self.lists.get_mut(list) else {
            let what = "or_other needs a list on the sheet choices.";
            let remedy = "Write the choice \"other\" and a text question instead of or_other.";
            self.findings.error("filtered_or_other", place, what, remedy);
            return;
        };
        if !choices.iter().any(|choice| choice.get("name").and_then(Value::as_str) == Some("other"))
        {
            choices.push(expand::other(choices, self.languages.own()));
        }
        if self.languages.tags.len() > 1 {
            let what = "or_other adds words that are not translated.";
            let remedy = "Write the choice \"other\" and a text question instead of or_other.";
            self.findings.warning("untranslated_or_other", place.clone(), what, remedy);
        }
        let other = format!("{name}_other");
        let mut item = Map::new();
        item.insert("type".to_owned(), "text".into());
        item.insert("name".to_owned(), other.as_str().into());
        crate::choices::put(&mut item, "label", self.languages.own(), "Specify other.".into());
        // A reference follows where the question or the choice is called otherwise; the path that pyxform writes would not.
        item.insert("relevant".to_owned(), format!("selected(${{{name}}}, 'other')").into());
        if self.enter(&other, open.innermost(), place) {
            self.push(open.innermost(), item, row);
        }
    }

    fn say_unknown_columns(&mut self) {
        let table = self.table;
        for column in table.columns.iter().filter(|column| !column.known) {
            let place = Place::cell(&table.sheet.name, 1, column.index);
            let what = format!("The column {} is left out.", quoted(&column.heading));
            let known = ["label", "hint", "relevant", "required", "constraint", "calculation"];
            // Where one heading has two colons, one colon is no longer read (pyxform's `sheet_headers.py`).
            if let Some((first, rest)) = column.heading.split_once(':')
                && known.contains(&first.trim().to_lowercase().as_str())
                && !rest.starts_with(':')
            {
                let what = format!("The column {} is left out.", quoted(&column.heading));
                let remedy = format!("Write two colons, as in other columns: {first}::{rest}.");
                self.findings.warning("unused_column", place, what, remedy);
                continue;
            }
            let remedy = match meant(&column.heading, known) {
                Some(other) => format!("Did you mean \"{other}\"?"),
                None => "Nothing needs to be done: it means nothing here.".to_owned(),
            };
            self.findings.note("unused_column", place, what, remedy);
        }
    }
}
