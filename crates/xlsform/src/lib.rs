//! XLSForm workbooks: in, with everything that is wrong told cell by cell, and out again.
//!
//! XLSForm is the language in which ODK, KoboToolbox and SurveyCTO write surveys. What a sheet
//! means is what pyxform, the reference converter, makes of it; where we read something with more
//! leniency, a finding says so. A definition comes out whole or not at all.
//!
//! **Invariant:** whatever the bytes, reading ends in bounded time and memory and never panics.

mod about;
mod archive;
mod attached;
mod book;
mod bundle;
mod choices;
mod compound;
mod doubt;
mod expand;
mod export;
mod files;
mod finding;
mod foreign;
mod header;
mod identity;
mod import;
mod kind;
mod language;
mod languages;
mod line;
mod media;
mod origin;
mod parameters;
mod reference;
mod rows;
mod settings;
mod table;
mod words;
mod workbook;

pub use about::About;
pub use attached::{Attached, Tables, read_directory};
pub use book::{Book, Sheet};
pub use export::{ExportError, export, export_archive, export_book, export_files};
pub use files::{File, import_files, read_tables};
pub use finding::{Finding, Place, Severity};
pub use identity::{Published, identified};
pub use import::{Import, Options, import, import_book};
pub use media::{FILE_BYTES, Media};
pub use table::Table;
pub use workbook::{WORKBOOK_BYTES, read as read_workbook};
