//! Tables that lie beside a form, in the three formats that a form can name: CSV, XML and GeoJSON (XLSForm:
//! `select_one_from_file`). A definition has them all as columns and rows.

use std::collections::BTreeMap;

use roxmltree::{Document, Node, ParsingOptions};
use serde_json::{Map, Value, json};

use crate::{Finding, workbook::broken};

/// Rows of one table.
const ROWS: usize = 50_000;
/// Columns of one table: the rows are filled up to them.
const COLUMNS: usize = 1_000;

/// How a file writes a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Text with commas between its cells, and headings in its first row.
    Csv,
    /// A root with an element for each row, and in that one for each cell, as ODK's external instances have it.
    Xml,
    /// A `FeatureCollection` (RFC 7946): a feature is a row.
    GeoJson,
}

impl Format {
    /// The format of a file by the ending of its name; none if it is no table.
    pub(crate) fn of(file: &str) -> Option<Self> {
        let (_, ending) = file.rsplit_once('.')?;
        let formats = [("csv", Self::Csv), ("xml", Self::Xml), ("geojson", Self::GeoJson)];
        formats.into_iter().find(|(own, _)| ending.eq_ignore_ascii_case(own)).map(|(_, it)| it)
    }

    /// How a file of this format is made good.
    fn remedy(self) -> &'static str {
        match self {
            Self::Csv => "Save it as CSV in UTF-8, with headings in its first row.",
            Self::Xml => "Write it as <root><item><name>…</name><label>…</label></item></root>.",
            Self::GeoJson => "Save it as GeoJSON: a FeatureCollection of points, lines or areas.",
        }
    }
}

/// One table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Its headings.
    pub columns: Vec<String>,
    /// Its rows, each as long as the headings.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// Reads a file; what the ending of its name says no format of is CSV. Short rows are filled up, what is beyond the
    /// headings of a CSV file is left out.
    ///
    /// # Errors
    /// If it is not in its format and in UTF-8, or has too many rows or columns.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, Box<Finding>> {
        let format = Format::of(name).unwrap_or(Format::Csv);
        let fault = |what: String| broken("bad_file", format!("{name}: {what}"), format.remedy());
        if std::str::from_utf8(bytes).is_err() {
            let remedy = match format {
                Format::Csv => "Save it as CSV UTF-8.",
                Format::Xml | Format::GeoJson => "Save it in UTF-8.",
            };
            return Err(broken("bad_file", format!("{name}: it is not in UTF-8."), remedy));
        }
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        match format {
            Format::Csv => Self::of_csv(bytes),
            Format::Xml => Self::of_xml(bytes),
            Format::GeoJson => Self::of_geojson(bytes),
        }
        .map_err(fault)
    }

    fn of_csv(bytes: &[u8]) -> Result<Self, String> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
        let headings = reader.headers().map_err(|error| error.to_string())?;
        let columns: Vec<String> = headings.iter().map(|text| text.trim().to_owned()).collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| error.to_string())?;
            let mut row: Vec<String> = record.iter().map(|text| text.trim().to_owned()).collect();
            row.resize(columns.len(), String::new());
            rows.push(row);
            if rows.len() > ROWS {
                return Err(too_many_rows());
            }
        }
        Ok(Self { columns, rows })
    }

    fn of_xml(bytes: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
        // Without a document type there are no entities to grow.
        let options = ParsingOptions { nodes_limit: 4_000_000, ..ParsingOptions::default() };
        let document =
            Document::parse_with_options(text, options).map_err(|error| error.to_string())?;
        let words = |cell: Node<'_, '_>| {
            let texts = cell.descendants().filter_map(|it| it.is_text().then(|| it.text())?);
            texts.collect::<String>().trim().to_owned()
        };
        let items = document.root_element().children().filter(Node::is_element);
        Self::of_cells(items.map(|item| {
            let cells = item.children().filter(Node::is_element);
            cells.map(|cell| (cell.tag_name().name().to_owned(), words(cell))).collect()
        }))
    }

    /// A feature's properties are cells, its `id` stands in for theirs, and its geometry is the cell `geometry`, as ODK Web
    /// Forms has it (`GeoJSONExternalSecondaryInstance.ts`).
    fn of_geojson(bytes: &[u8]) -> Result<Self, String> {
        let collection: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        let features = collection.get("features").and_then(Value::as_array);
        let features = features.ok_or("there are no features in it.")?;
        let mut rows = Vec::new();
        for (at, feature) in features.iter().enumerate() {
            let geometry = feature.get("geometry").and_then(places);
            let geometry = geometry
                .ok_or_else(|| format!("feature {} is no point, line or simple area.", at + 1))?;
            let mut cells = vec![("geometry".to_owned(), geometry)];
            let properties = feature.get("properties").and_then(Value::as_object);
            let id = feature.get("id").or_else(|| properties?.get("id"));
            cells.extend(id.map(|id| ("id".to_owned(), plain(id))));
            let others =
                properties.into_iter().flat_map(Map::iter).filter(|(name, _)| *name != "id");
            // In the order of their names: that of the file is not kept by who reads JSON.
            let others: BTreeMap<&String, &Value> = others.collect();
            cells.extend(others.into_iter().map(|(name, value)| (name.clone(), plain(value))));
            rows.push(cells);
        }
        Self::of_cells(rows.into_iter())
    }

    /// Rows of named cells as a table: a column for each name, in the order in which they come. Of two cells of a name the
    /// first counts.
    fn of_cells(items: impl Iterator<Item = Vec<(String, String)>>) -> Result<Self, String> {
        let mut table = Self::default();
        for cells in items {
            let mut row = vec![None; table.columns.len()];
            for (name, words) in cells {
                let at = table.columns.iter().position(|own| *own == name);
                let at = at.unwrap_or_else(|| {
                    table.columns.push(name);
                    row.push(None);
                    row.len() - 1
                });
                row[at].get_or_insert(words);
            }
            table.rows.push(row.into_iter().map(Option::unwrap_or_default).collect());
            if table.rows.len() > ROWS {
                return Err(too_many_rows());
            }
            if table.columns.len() > COLUMNS {
                return Err(format!("it has more than {COLUMNS} columns."));
            }
        }
        let columns = table.columns.len();
        table.rows.iter_mut().for_each(|row| row.resize(columns, String::new()));
        Ok(table)
    }

    /// As a definition holds it.
    pub fn value(&self) -> Value {
        json!({"columns": self.columns, "rows": self.rows})
    }
}

fn too_many_rows() -> String {
    format!("it has more than {ROWS} rows.")
}

/// A property in words. Text is not put into quotation marks.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// A geometry as ODK writes places: `latitude longitude altitude accuracy`, with semicolons between them.
fn places(geometry: &Value) -> Option<String> {
    let coordinates = geometry.get("coordinates")?.as_array()?;
    let place = |place: &Value| {
        let [longitude, latitude] = place.as_array()?.get(..2)? else { return None };
        (longitude.is_number() && latitude.is_number())
            .then(|| format!("{latitude} {longitude} 0 0"))
    };
    let line = |line: &[Value]| {
        let places: Option<Vec<String>> = line.iter().map(place).collect();
        places.map(|places| places.join("; "))
    };
    match (geometry.get("type")?.as_str()?, coordinates.as_slice()) {
        ("Point", _) => place(geometry.get("coordinates")?),
        ("LineString", coordinates) => line(coordinates),
        ("Polygon", []) => Some(String::new()),
        ("Polygon", [ring]) => line(ring.as_array()?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str, text: &str) -> Result<Table, String> {
        Table::read(file, text.as_bytes())
            .map_err(|fault| format!("{} {}", fault.what, fault.remedy))
    }

    #[test]
    fn three_formats_come_to_the_same_table() {
        let csv =
            read("towns.csv", "\u{feff}name,label,county\ng,\"Grays, Essex\",e\nt , Tilbury\n")
                .unwrap();
        let xml = "<?xml version=\"1.0\"?><root><item><name>g</name><label>Grays<!-- ! -->, <b>Essex</b></label>\
            <county>e</county></item>\n<item><name> t </name><label>Tilbury</label><name>again</name></item></root>";
        assert_eq!(read("towns.XML", xml).unwrap(), csv);
        assert_eq!(csv.rows, [["g", "Grays, Essex", "e"], ["t", "Tilbury", ""]]);
        let geo = r#"{"type": "FeatureCollection", "features": [
            {"type": "Feature", "id": 7, "geometry": {"type": "Point", "coordinates": [0.325, 51.48]},
             "properties": {"id": "old", "title": "Grays", "beds": 12, "open": true, "was": null}},
            {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[[0, 1], [2, 3], [0, 1]]]},
             "properties": {"id": "t", "title": "Tilbury"}}]}"#;
        let geo = read("towns.geojson", geo).unwrap();
        assert_eq!(geo.columns, ["geometry", "id", "beds", "open", "title", "was"]);
        assert_eq!(geo.rows[0], ["51.48 0.325 0 0", "7", "12", "true", "Grays", ""]);
        assert_eq!(geo.rows[1], ["1 0 0 0; 3 2 0 0; 1 0 0 0", "t", "", "", "Tilbury", ""]);
    }

    #[test]
    fn a_broken_table_says_what_it_should_be() {
        let deep = format!("{}x{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
        assert_eq!(
            read("a.xml", &deep).unwrap().rows,
            [["x"]],
            "however deep a cell's words stand"
        );
        let wide: String = (0..2_000).map(|n| format!("<c{n}>x</c{n}>")).collect();
        for (file, text, what) in [
            ("a.xml", "<root><item>", "a.xml: "),
            ("a.xml", "<!DOCTYPE a [<!ENTITY b \"c\">]><root>&b;</root>", "a.xml: "),
            ("a.xml", &format!("<root><item>{wide}</item></root>"), "more than 1000 columns"),
            ("a.geojson", "{}", "there are no features in it. Save it as GeoJSON"),
            ("a.geojson", "[", "a.geojson: "),
            (
                "a.geojson",
                r#"{"features": [{"geometry": {"type": "Point", "coordinates": ["x"]}}]}"#,
                "feature 1",
            ),
            ("a.geojson", r#"{"features": [7]}"#, "feature 1 is no point"),
        ] {
            let told = read(file, text).unwrap_err();
            assert!(told.contains(what), "{told}");
        }
    }
}
