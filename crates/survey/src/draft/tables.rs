//! The tables of a form: which ones it names, which ones it has, and which questions choose from their rows.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Draft, EXPRESSIONS, Fields, Path, Refusal, doubt::each_item, tree::text};
use crate::{Expression, expression::Origin};

/// What a file with a table is called behind its name.
const ENDING: &str = ".csv";
/// The columns that a question chooses from, and what they are called unless its parameters say otherwise (XLSForm:
/// `select_one_from_file` with `value` and `label`).
pub const COLUMNS: [(&str, &str); 2] = [("value", "name"), ("label", "label")];

/// What there is of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableShape {
    /// The names of its columns.
    pub columns: Vec<String>,
    /// How many rows it has below them.
    pub rows: usize,
}

impl TableShape {
    fn of(table: &Value) -> Self {
        let all = |field: &str| table.get(field).and_then(Value::as_array);
        let columns = all("columns").into_iter().flatten().filter_map(Value::as_str);
        Self {
            columns: columns.map(str::to_owned).collect(),
            rows: all("rows").map_or(0, Vec::len),
        }
    }
}

/// A column that a question chooses from and that its table does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AbsentColumn {
    /// The question's file, as a JSON Pointer of the form (RFC 6901).
    pub pointer: String,
    /// The table, by its name.
    pub table: String,
    /// What it does not have.
    pub column: String,
    /// What it has instead.
    pub columns: Vec<String>,
}

impl AbsentColumn {
    /// Whether its columns are one that was to be several: the file has semicolons or tabs between its cells.
    pub fn is_unsplit(&self) -> bool {
        matches!(self.columns.as_slice(), [only] if only.contains([';', '\t']))
    }

    /// What is wrong, and what to do. In English, as all that is said of a workbook.
    pub fn told(&self) -> (String, &'static str) {
        let Self { table, column, columns, .. } = self;
        let columns = columns.join(", ");
        let what = format!("The table {table} has no column \"{column}\". Its columns: {columns}.");
        let remedy = if self.is_unsplit() {
            "Save it with commas between its columns."
        } else {
            "Name its columns in parameters, such as: value=id label=title."
        };
        (what, remedy)
    }
}

/// The columns that questions choose from and that their tables, which have rows, lack: nobody would be given a choice. One of
/// each question, for what is put right first often is all there was.
pub fn absent_columns(form: &Fields) -> Vec<AbsentColumn> {
    let mut absent = Vec::new();
    each_item(form, &mut |pointer, item| {
        let name = name_of_file(text(item, "file"));
        let table = form.get("tables").and_then(|tables| tables.get(name));
        let (Some(table), Some(item)) = (table, item.as_object()) else { return };
        let shape = TableShape::of(table);
        let wanted = COLUMNS.into_iter().map(|(parameter, usual)| chosen(item, parameter, usual));
        let mut lacking = wanted.filter(|wanted| !shape.columns.iter().any(|own| own == wanted));
        if let Some(column) = lacking.next().filter(|_| shape.rows > 0) {
            absent.push(AbsentColumn {
                pointer: format!("{pointer}/file"),
                table: name.to_owned(),
                column: column.to_owned(),
                columns: shape.columns,
            });
        }
    });
    absent
}

/// A table's name: that of its file without the ending.
pub(super) fn name_of_file(file: &str) -> &str {
    file.rsplit_once('.').map_or(file, |(name, _)| name)
}

/// What a question's column is called.
pub(super) fn chosen<'a>(item: &'a Fields, parameter: &str, usual: &'a str) -> &'a str {
    let chosen = item.get("parameters").and_then(|all| all.get(parameter)?.as_str());
    chosen.unwrap_or(usual)
}

impl Draft {
    /// The tables that the form names or has, by name; without a shape is the one that it only names.
    pub fn tables(&self) -> BTreeMap<String, Option<TableShape>> {
        let mut tables: BTreeMap<_, _> =
            self.named_tables().into_iter().map(|name| (name, None)).collect();
        let had = self.form.get("tables").and_then(Value::as_object);
        for (name, table) in had.into_iter().flatten() {
            tables.insert(name.clone(), Some(TableShape::of(table)));
        }
        tables
    }

    /// What questions choose from, and what expressions look things up in.
    fn named_tables(&self) -> Vec<String> {
        let mut names = Vec::new();
        for (entry, fields) in self.listed() {
            names.extend(self.table_of(&entry.path).map(str::to_owned));
            let sources = EXPRESSIONS.iter().filter_map(|field| fields.get(*field)?.as_str());
            // What is no expression yet is a fault of its own.
            let read = sources.filter_map(|source| Expression::parse(source).ok());
            for reference in read.flat_map(|expression| expression.references()) {
                match reference.origin {
                    Origin::Table(name) => names.push(name),
                    Origin::Instance(name) if !self.lists().contains(&name.as_str()) => {
                        names.push(name);
                    }
                    _ => {}
                }
            }
        }
        names
    }

    /// The table whose rows a question chooses from, if it does.
    pub fn table_of(&self, path: &Path) -> Option<&str> {
        let file = self.field(path, "file");
        let list = self.field(path, "list");
        (list.is_empty() && !file.is_empty()).then(|| name_of_file(file))
    }

    /// Gives the form a table, `{columns, rows}`, in the place of the one of that name. Whether it has room is said when
    /// the definition is read.
    pub fn attach_table(&mut self, name: &str, table: Value) {
        let tables = self.form.entry("tables").or_insert_with(|| Value::Object(Map::new()));
        if let Some(tables) = tables.as_object_mut() {
            tables.insert(name.to_owned(), table);
        }
    }

    /// Takes a table away. What names it goes on naming it.
    pub fn detach_table(&mut self, name: &str) {
        if let Some(tables) = self.form.get_mut("tables").and_then(Value::as_object_mut) {
            tables.remove(name);
            if tables.is_empty() {
                self.form.remove("tables");
            }
        }
    }

    /// Lets a question choose from the rows of a table: what is stored comes from its column `name`, what is read from
    /// `label`; where it has none, from the first column and the second.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if there is no such table, or no question of choices.
    pub fn use_table(&mut self, path: &Path, name: &str) -> Result<(), Refusal> {
        let missing = |what: &str| Refusal::Missing(what.to_owned());
        let shape = self.tables().remove(name).flatten().ok_or_else(|| missing(name))?;
        if self.field(path, "list").is_empty() && self.table_of(path).is_none() {
            return Err(missing(&path.to_string()));
        }
        let list = self.field(path, "list").to_owned();
        if let Some(item) = self.item_mut(path) {
            item.remove("list");
            item.insert("file".to_owned(), json!(format!("{name}{ENDING}")));
        }
        self.drop_orphan(&list);
        for (at, (parameter, usual)) in COLUMNS.into_iter().enumerate() {
            let fitting = shape.columns.iter().find(|own| *own == usual);
            let column = fitting.or(shape.columns.get(at)).or(shape.columns.first());
            self.use_column(path, parameter, column.map_or(usual, String::as_str));
        }
        Ok(())
    }

    /// Which column of its table a question stores (`value`), or shows (`label`).
    pub fn column_of(&self, path: &Path, parameter: &str) -> &str {
        let usual = COLUMNS.into_iter().find(|(own, _)| *own == parameter);
        let usual = usual.map_or("", |(_, usual)| usual);
        self.item(path).map_or(usual, |item| chosen(item, parameter, usual))
    }

    /// See [`absent_columns`].
    pub fn absent_columns(&self) -> Vec<AbsentColumn> {
        absent_columns(&self.form)
    }

    /// Lets it be another column. The usual name is not written down.
    pub fn use_column(&mut self, path: &Path, parameter: &str, column: &str) {
        let usual = COLUMNS.contains(&(parameter, column));
        self.set_parameter(path, parameter, (!usual).then(|| json!(column)));
    }
}
