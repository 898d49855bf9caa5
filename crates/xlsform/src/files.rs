//! A form as people have it in a folder: the workbook and, beside it, the files that belong to it.

use crate::{
    Finding, Import, Options, Place, Severity, attached::Table, import::import, words::quoted,
    workbook::broken,
};

/// A file by its name, and its bytes.
pub type File = (String, Vec<u8>);

/// Reads a form from files that were chosen together: one workbook, or one `.zip` with it, and CSV tables. A file that
/// is neither is told and left out; without a workbook, or with two, nothing is read.
pub fn import_files(files: &[File], options: &Options) -> Import {
    let (forms, beside): (Vec<&File>, Vec<&File>) =
        files.iter().partition(|(name, _)| ends(name, &["xlsx", "xls", "xlsm", "zip", "ods"]));
    let form = match (forms.as_slice(), beside.as_slice()) {
        ([form], _) => *form,
        // What it is says its content; who gives one file means the form.
        ([], [only]) if !ends(&only.0, &["csv"]) => return import(&only.1, options),
        ([], _) => {
            return Import::refused(vec![*broken(
                "not_a_workbook",
                "There is no workbook among the files.",
                "Choose the workbook (.xlsx) together with its CSV files.",
            )]);
        }
        ([first, second, ..], _) => {
            return Import::refused(vec![*broken(
                "not_a_workbook",
                format!("These are two forms: {} and {}.", quoted(&first.0), quoted(&second.0)),
                "Choose one of them, with the CSV files that belong to it.",
            )]);
        }
    };
    let mut options = options.clone();
    let (mut faults, mut left) = (Vec::new(), Vec::new());
    for (name, bytes) in beside {
        if !ends(name, &["csv"]) {
            left.push(Finding::new(
                Severity::Warning,
                "left_out",
                Place::default(),
                format!(
                    "{} is left out: only CSV files can be read beside a workbook.",
                    quoted(name)
                ),
                "Add pictures, sounds and films in the draft. Save tables as CSV.",
            ));
            continue;
        }
        match Table::read(name, bytes) {
            Ok(table) => {
                let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
                options.tables.insert(stem.to_owned(), table);
            }
            Err(fault) => faults.push(*fault),
        }
    }
    let mut import = import(&form.1, &options);
    if !faults.is_empty() {
        import.definition = None;
        import.findings.splice(0..0, faults);
    }
    import.findings.extend(left);
    import.findings.sort_by_key(|finding| finding.severity);
    import
}

/// Whether a file's name ends like that.
fn ends(name: &str, endings: &[&str]) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    ending.is_some_and(|ending| endings.contains(&ending.as_str()))
}
