//! A form as people have it in a folder: the workbook and, beside it, the files that belong to it.

use std::convert::Infallible;

use crate::{
    Finding, Import, Options, Place, Severity,
    attached::{Reading, Tables},
    import::import,
    table::Format,
    words::quoted,
    workbook::broken,
};

/// A file by its name, and its bytes.
pub type File = (String, Vec<u8>);

/// Reads a form from files that were chosen together: one workbook, or one `.zip` with it, and CSV tables, pictures, sounds
/// and films. A file that is none of these is told and left out; without a workbook, or with two, nothing is read.
pub fn import_files(files: &[File], options: &Options) -> Import {
    let (forms, beside): (Vec<&File>, Vec<&File>) =
        files.iter().partition(|(name, _)| ends(name, &["xlsx", "xls", "xlsm", "zip", "ods"]));
    let form = match (forms.as_slice(), beside.as_slice()) {
        ([form], _) => *form,
        // What it is says its content; who gives one file means the form.
        ([], [only]) if Format::of(&only.0).is_none() => return import(&only.1, options),
        ([], _) => {
            return Import::refused(vec![*broken(
                "not_a_workbook",
                "There is no workbook among the files.",
                "Choose the workbook (.xlsx) together with its tables.",
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
    let (reading, left) = read_beside(beside);
    let mut options = options.clone();
    options.attached.tables.extend(reading.attached.tables);
    options.attached.media.extend(reading.attached.media);
    options.attached.unread.extend(reading.attached.unread);
    let mut import = import(&form.1, &options);
    if !reading.faults.is_empty() {
        import.definition = None;
        import.findings.splice(0..0, reading.faults);
    }
    import.findings.extend(left);
    import.findings.sort_by_key(|finding| finding.severity);
    import
}

/// Reads tables that come by themselves, for a form that is there already. A file that is no table, or a broken one, is
/// told; the others are read.
pub fn read_tables(files: &[File]) -> (Tables, Vec<Finding>) {
    let (reading, left) = read_beside(files);
    let media = reading.attached.media.keys().map(|name| left_out(name));
    (reading.attached.tables, reading.faults.into_iter().chain(media).chain(left).collect())
}

/// Reads what lies beside a form; what does not belong there is told.
fn read_beside<'a>(files: impl IntoIterator<Item = &'a File>) -> (Reading, Vec<Finding>) {
    let mut reading = Reading::default();
    let mut left = Vec::new();
    for (name, bytes) in files {
        if Reading::wants(name) {
            let most = |most: usize| Ok::<_, Infallible>(bytes[..bytes.len().min(most)].to_vec());
            if let Ok(false) = reading.take(name, most) {
                break;
            }
        } else {
            left.push(left_out(name));
        }
    }
    (reading, left)
}

fn left_out(name: &str) -> Finding {
    Finding::new(
        Severity::Warning,
        "left_out",
        Place::default(),
        format!("{} is left out: it is no table, picture, sound or film.", quoted(name)),
        "Save tables as CSV, and pictures as JPEG or PNG.",
    )
}

/// Whether a file's name ends like that.
fn ends(name: &str, endings: &[&str]) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    ending.is_some_and(|ending| endings.contains(&ending.as_str()))
}
