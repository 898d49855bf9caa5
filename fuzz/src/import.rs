//! Files for `together import`: content as JSON and CSV, and what tablets export.

use model::time::Millis;
use server::{
    Store,
    export::content_files,
    import::{
        Fault, ImportError, SourceFile, check_content, import_content, import_outbox, is_outbox,
    },
    intake::Intake,
};

use crate::server::{Server, wait};

/// What stands before a file's name, on a line by itself.
const MARK: &str = "--- ";

/// Takes `data` as files, each under its name.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let files = files_of(&text);
    for file in files.iter().filter(|file| is_outbox(file)) {
        outbox(file);
    }
    alone(&files);
    beside_others(&files);
}

fn files_of(text: &str) -> Vec<SourceFile> {
    let mut files: Vec<SourceFile> = Vec::new();
    for line in text.split_inclusive('\n') {
        match (line.strip_prefix(MARK), files.last_mut()) {
            (Some(name), _) => {
                files.push(SourceFile { name: name.trim().to_owned(), text: String::new() });
            }
            (None, Some(file)) => file.text.push_str(line),
            (None, None) => {
                files.push(SourceFile { name: "event.json".to_owned(), text: line.to_owned() });
            }
        }
    }
    files
}

/// Into an empty database: checking and importing agree, and what came in goes out and comes in
/// elsewhere as the same.
fn alone(files: &[SourceFile]) {
    let store = Store::memory();
    let checked = check_content(files.to_vec());
    let outcome = wait(import_content(&store, files.to_vec()));
    match (checked, outcome) {
        (Ok(records), Ok(imported)) => assert_eq!(imported.created, records as u64),
        (Err(ImportError::Faults(_)), Err(error)) => {
            faults(files, error);
            assert!(wait(store.is_empty()).unwrap(), "with errors nothing comes in");
            return;
        }
        (checked, outcome) => panic!("{checked:?} and {outcome:?}"),
    }
    let content = content(&store);
    let elsewhere = Store::memory();
    let carried = content.iter().cloned().map(|(name, text)| SourceFile { name, text }).collect();
    wait(import_content(&elsewhere, carried)).unwrap();
    assert_eq!(self::content(&elsewhere), content, "carried to another server");
}

/// Beside records that are there: all or nothing, and a second time nothing more.
fn beside_others(files: &[SourceFile]) {
    let server = Server::new();
    let before = (wait(server.store.head()).unwrap(), content(&server.store));
    match wait(import_content(&server.store, files.to_vec())) {
        Ok(_) => {
            let after = wait(server.store.head()).unwrap();
            let again = wait(import_content(&server.store, files.to_vec())).unwrap();
            assert_eq!((again.created, again.changed), (0, 0), "imported twice");
            assert_eq!(wait(server.store.head()).unwrap(), after);
        }
        Err(error) => {
            faults(files, error);
            let after = (wait(server.store.head()).unwrap(), content(&server.store));
            assert_eq!(after, before, "with errors nothing comes in");
        }
    }
}

fn content(store: &Store) -> Vec<(String, String)> {
    wait(content_files(store)).unwrap()
}

/// Each fault is in one of the files, on a line that it has.
fn faults(files: &[SourceFile], error: ImportError) {
    let ImportError::Faults(faults) = error else { panic!("{error}") };
    assert!(!faults.is_empty());
    faults.iter().for_each(|fault| stands(files, fault));
}

fn stands(files: &[SourceFile], fault: &Fault) {
    assert!(!fault.detail.is_empty());
    let lines = |file: &SourceFile| file.text.split('\n').count();
    let here =
        |file: &SourceFile| file.name == fault.file && (1..=lines(file)).contains(&fault.line);
    assert!(files.iter().any(here), "{fault}");
}

/// An export of a tablet: the good records come in, the others are told, twice does no harm.
fn outbox(file: &SourceFile) {
    let server = Server::new();
    let intake = Intake::new(server.store.clone());
    let import = || wait(import_outbox(&intake, file, Millis(1)));
    let stored = || wait(server.store.census()).unwrap().submissions.values().sum::<u64>();
    match import() {
        Ok(report) => {
            assert!(stored() <= report.received);
            report.refused.iter().for_each(|fault| stands(std::slice::from_ref(file), fault));
            let again = import().unwrap();
            assert_eq!((again.received, &again.refused), (report.received, &report.refused));
        }
        Err(error) => {
            faults(std::slice::from_ref(file), error);
            assert_eq!(stored(), 0);
        }
    }
}
