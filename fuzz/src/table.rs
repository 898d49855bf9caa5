//! Tables that lie beside a form, which staff upload: CSV, XML and GeoJSON.

use xlsform::read_tables;

/// Takes `data` as a file: its name is the first line.
pub fn run(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (name, text) = data.split_at(end);
    let name = String::from_utf8_lossy(name).into_owned();
    let (tables, findings) = read_tables(&[(name, text.get(1..).unwrap_or_default().to_vec())]);
    // A file is a table, or it is told what is wrong with it.
    assert_eq!(tables.len() + findings.len(), 1, "{findings:#?}");
    for table in tables.values() {
        assert!(table.rows.iter().all(|row| row.len() == table.columns.len()));
    }
    assert!(findings.iter().all(|found| !found.remedy.is_empty() && !found.what.is_empty()));
}
