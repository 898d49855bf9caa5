//! Files that belong to a form: tables to pick from and to look things up in (`pulldata`), pictures, sounds and films.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, Read as _},
    path::Path,
};

use crate::{
    Finding,
    media::{self, FILE_BYTES, Media},
    table::{Format, Table},
    workbook::broken,
};

/// Bytes of all tables of a form together.
pub const TABLE_BYTES: usize = 8 * 1024 * 1024;
/// Tables by name, without the ending.
pub type Tables = BTreeMap<String, Table>;

/// What lies beside a form.
#[derive(Debug, Clone, Default)]
pub struct Attached {
    /// Tables.
    pub tables: Tables,
    /// Pictures, sounds and films.
    pub media: Media,
    /// The names, without the ending, of tables that are there and cannot be read: what is wrong with them is told already.
    pub unread: BTreeSet<String>,
}

/// Files as they are read, held against the limits.
#[derive(Default)]
pub(crate) struct Reading {
    pub(crate) attached: Attached,
    /// What is wrong with a file.
    pub(crate) faults: Vec<Finding>,
    bytes_of_tables: usize,
}

impl Reading {
    /// Whether a file of that name is one to read.
    pub(crate) fn wants(file: &str) -> bool {
        Format::of(file).is_some() || media::is_media(file)
    }

    /// Takes a file. `bytes` gives at most as many as are asked for. False once there is too much.
    ///
    /// # Errors
    /// Of `bytes`.
    pub(crate) fn take<E>(
        &mut self,
        file: &str,
        bytes: impl FnOnce(usize) -> Result<Vec<u8>, E>,
    ) -> Result<bool, E> {
        if Format::of(file).is_none() {
            let bytes = bytes(FILE_BYTES + 1)?;
            let kept = (bytes.len() <= FILE_BYTES).then_some(bytes);
            self.attached.media.insert(file.to_owned(), kept);
            return Ok(true);
        }
        let bytes = bytes(TABLE_BYTES + 1)?;
        self.bytes_of_tables += bytes.len();
        if self.bytes_of_tables > TABLE_BYTES {
            let what =
                format!("{file}: the tables have more than {} MiB.", TABLE_BYTES / 1024 / 1024);
            let remedy = "Take out columns and rows that the form does not need.";
            self.faults.push(*broken("too_large", what, remedy));
            return Ok(false);
        }
        let name = file.rsplit_once('.').map_or(file, |(name, _)| name);
        match Table::read(file, &bytes) {
            Ok(_) if self.attached.tables.contains_key(name) => {
                let what = format!("There are two tables called {name}.");
                self.faults.push(*broken("bad_file", what, "Leave one of the files out."));
            }
            Ok(table) => {
                self.attached.tables.insert(name.to_owned(), table);
            }
            Err(fault) => {
                self.attached.unread.insert(name.to_owned());
                self.faults.push(*fault);
            }
        }
        Ok(true)
    }
}

/// Reads the tables, pictures, sounds and films of a directory; none is there if the directory is not.
///
/// # Errors
/// Of the file system. What is wrong with a file is a finding beside the others.
pub fn read_directory(directory: &Path) -> io::Result<(Attached, Vec<Finding>)> {
    let mut reading = Reading::default();
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok((reading.attached, reading.faults));
        }
        Err(error) => return Err(error),
    };
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let Some(name) = name.filter(|name| Reading::wants(name) && path.is_file()) else {
            continue;
        };
        let bytes = |most: usize| {
            let mut bytes = Vec::new();
            fs::File::open(&path)?.take(most as u64).read_to_end(&mut bytes)?;
            Ok::<_, io::Error>(bytes)
        };
        if !reading.take(name, bytes)? {
            break;
        }
    }
    Ok((reading.attached, reading.faults))
}
