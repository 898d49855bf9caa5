//! Where in the workbook each part of a definition came from, and what the engine that will ask the questions says of
//! them.

use std::collections::BTreeMap;

use model::{Problem, ProblemCode};
use serde_json::{Map, Value};
use survey::{Definition, Expression, ExpressionError};

use crate::{
    Place, Severity,
    choices::{Lists, ROW},
    doubt,
    finding::Findings,
    foreign,
    header::{Column, Table},
    languages::Languages,
};

/// Before the name of a field: the column in which it really stands.
pub(crate) const COLUMN: &str = "\0column ";

/// The sheets that a definition is read from.
pub(crate) struct Tables<'a> {
    pub(crate) survey: &'a Table<'a>,
    pub(crate) choices: &'a Table<'a>,
    pub(crate) external: &'a Table<'a>,
    pub(crate) languages: &'a Languages,
}

#[derive(Debug, Clone, Copy)]
enum SheetOf {
    Survey,
    Choices,
    External,
}

/// Where an item or a choice stands.
struct Origin {
    sheet: SheetOf,
    row: u32,
    /// Fields that stand in another column than their own.
    columns: BTreeMap<String, String>,
}

/// Where items and choices stand, by JSON Pointer (RFC 6901).
#[derive(Default)]
pub(crate) struct Origins(BTreeMap<String, Origin>);

impl Origins {
    /// Notes the rows down before they are taken out of the definition.
    pub(crate) fn of(
        items: &[Map<String, Value>],
        lists: &Lists,
        external: &[(String, Value)],
    ) -> Self {
        let mut origins = Self::default();
        for (index, item) in items.iter().enumerate() {
            origins.item(item, format!("/items/{index}"));
        }
        for (name, choices) in lists {
            let outside = external.iter().any(|(own, _)| own == name);
            let sheet = if outside { SheetOf::External } else { SheetOf::Choices };
            for (index, choice) in choices.iter().enumerate() {
                origins.put(choice, format!("/lists/{name}/{index}"), sheet);
            }
        }
        origins
    }

    fn item(&mut self, item: &Map<String, Value>, pointer: String) {
        let inner = item.get("items").and_then(Value::as_array).into_iter().flatten();
        for (index, inner) in inner.filter_map(Value::as_object).enumerate() {
            self.item(inner, format!("{pointer}/items/{index}"));
        }
        self.put(item, pointer, SheetOf::Survey);
    }

    fn put(&mut self, part: &Map<String, Value>, pointer: String, sheet: SheetOf) {
        let row = part.get(ROW).and_then(Value::as_u64).and_then(|row| u32::try_from(row).ok());
        let Some(row) = row else { return };
        let column = |(key, column): (&String, &Value)| {
            Some((key.strip_prefix(COLUMN)?.to_owned(), column.as_str()?.to_owned()))
        };
        let columns = part.iter().filter_map(column).collect();
        self.0.insert(pointer, Origin { sheet, row, columns });
    }

    /// The cell that a pointer leads to, as far as one is known.
    fn place(&self, pointer: &str, tables: &Tables<'_>) -> Place {
        let mut part = pointer;
        loop {
            if let Some(origin) = self.0.get(part) {
                let rest = pointer[part.len()..].trim_start_matches('/');
                let table = match origin.sheet {
                    SheetOf::Survey => tables.survey,
                    SheetOf::Choices => tables.choices,
                    SheetOf::External => tables.external,
                };
                let column = column(origin, rest, table, tables.languages);
                return Place::cell(&table.sheet.name, origin.row, column.map(|it| it.index));
            }
            match part.rsplit_once('/') {
                Some((before, _)) => part = before,
                None => return Place::default(),
            }
        }
    }
}

/// The column of a field: `relevant`, `label/pl`, `columns/ward`.
fn column<'a>(
    origin: &Origin,
    rest: &str,
    table: &'a Table<'a>,
    languages: &Languages,
) -> Option<&'a Column> {
    let (field, inner) = rest.split_once('/').unwrap_or((rest, ""));
    let key = match field {
        "columns" => inner,
        // The type names the list, the file and the group.
        "list" | "file" | "items" | "choices" => "type",
        field => origin.columns.get(field).map_or(field, String::as_str),
    };
    let own = || table.columns.iter().rev().filter(|column| column.key == key);
    let spoken = own().find(|column| column.language.is_some() && languages.tag(column) == inner);
    let silent = || own().find(|column| column.language.is_none());
    spoken.or_else(silent).or_else(|| own().next())
}

/// Lets the engine read a definition, and tells what it does not understand, each at its cell.
pub(crate) fn check(
    definition: &Value,
    origins: &Origins,
    tables: &Tables<'_>,
    findings: &mut Findings,
) {
    let problems = match Definition::read(definition) {
        Err(problems) => problems,
        Ok(read) => {
            for doubt in doubt::doubts(&read, definition) {
                let place = origins.place(&doubt.pointer, tables);
                let tell = match doubt.severity {
                    Severity::Error => Findings::error,
                    Severity::Warning => Findings::warning,
                    Severity::Note => Findings::note,
                };
                tell(findings, doubt.code, place, doubt.what, doubt.remedy);
            }
            return;
        }
    };
    for problem in problems {
        let place = origins.place(&problem.pointer, tables);
        // What was said of a cell already need not be said in other words, nor what was said of a list's choices.
        let choices =
            problem.pointer.ends_with("/choices") && findings.has_error("choice_with_space");
        if choices || findings.has_error_at(&place) {
            continue;
        }
        let (code, what, mut remedy) = words(&problem);
        let source = definition.pointer(&problem.pointer).and_then(Value::as_str);
        if let Some(source) = source.filter(|_| code == "bad_expression") {
            let known = match Expression::parse(source) {
                Err(ExpressionError::Function { name, .. }) => {
                    foreign::remedy(&name).map(str::to_owned)
                }
                Err(ExpressionError::Expected { .. }) => foreign::sign(source),
                _ => None,
            };
            remedy = known.unwrap_or(remedy);
        }
        findings.error(code, place, what, remedy);
    }
}

/// What kind of finding a problem is, what it says and what to do.
fn words(problem: &Problem) -> (&'static str, String, String) {
    let expression = problem.pointer.rsplit('/').next().is_some_and(|field| {
        [
            "relevant",
            "constraint",
            "calculation",
            "choice_filter",
            "repeat_count",
            "default",
            "required",
            "read_only",
        ]
        .contains(&field)
    });
    let (code, usual) = match problem.code {
        ProblemCode::Conflict => ("cycle", "Take one reference out of the circle."),
        ProblemCode::Malformed if expression => ("bad_expression", "Write it again."),
        ProblemCode::Unknown if expression => {
            ("bad_reference", "Use the name of a question of this form.")
        }
        ProblemCode::Unknown => ("bad_reference", "Use a name that the form has."),
        ProblemCode::TooMany | ProblemCode::TooLong => {
            ("too_much", "Shorten it, or split the form.")
        }
        _ => ("not_accepted", "Change this cell, or take the row out."),
    };
    // A problem says what is wrong and what to do, one after the other. A piece of the form that it shows may have
    // sentences of its own.
    let outside = |end: &usize| {
        let said = &problem.detail[..*end];
        said.matches('“').count() == said.matches('”').count()
    };
    if problem.code == ProblemCode::TooLong && !problem.detail.contains("too long") {
        return (
            code,
            "The text is too long, or names what is.".to_owned(),
            problem.detail.clone(),
        );
    }
    match problem.detail.match_indices(". ").map(|(end, _)| end).find(outside) {
        Some(end) => {
            let (what, remedy) = problem.detail.split_at(end + 1);
            (code, what.to_owned(), remedy.trim_start().to_owned())
        }
        None => (code, problem.detail.clone(), usual.to_owned()),
    }
}
