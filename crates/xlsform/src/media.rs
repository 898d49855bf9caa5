//! Pictures, sounds and films beside a form: files in an archive or a directory, `data:` addresses in a definition.
//!
//! A definition holds those that its media columns name, as many as have room in [`FILES_CHARS`]: they come to each tablet
//! with the questions. What kind a file is says its beginning, for names lie; only what has no beginning of its own goes
//! by its ending.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use model::limits::FILES_CHARS;
use serde_json::{Map, Value};

use crate::{Place, finding::Findings, header::Table, words::quoted};

/// Bytes of a file that is kept: what has as much as all files of a form may have has no room beside anything.
pub const FILE_BYTES: usize = FILES_CHARS / 4 * 3;
/// Names of files that a finding tells.
const NAMES: usize = 5;

/// Files by name, without folders. One of more than [`FILE_BYTES`] has none of its bytes.
pub type Media = BTreeMap<String, Option<Vec<u8>>>;

/// Endings, and what such a file is.
const ENDINGS: [(&str, &str); 20] = [
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("avif", "image/avif"),
    ("bmp", "image/bmp"),
    ("svg", "image/svg+xml"),
    ("mp3", "audio/mpeg"),
    ("m4a", "audio/mp4"),
    ("aac", "audio/aac"),
    ("wav", "audio/wav"),
    ("ogg", "audio/ogg"),
    ("oga", "audio/ogg"),
    ("opus", "audio/ogg"),
    ("flac", "audio/flac"),
    ("mp4", "video/mp4"),
    ("m4v", "video/mp4"),
    ("webm", "video/webm"),
    ("mov", "video/quicktime"),
];

fn by_ending(name: &str) -> Option<&'static str> {
    let ending = name.rsplit_once('.')?.1.to_lowercase();
    ENDINGS.iter().find(|(known, _)| *known == ending).map(|(_, kind)| *kind)
}

/// Whether a file of that name is a picture, a sound or a film.
pub(crate) fn is_media(name: &str) -> bool {
    by_ending(name).is_some()
}

/// What a file is: by its beginning, else by its ending.
fn media_type(name: &str, bytes: &[u8]) -> Option<&'static str> {
    let begins = |start: &[u8]| bytes.starts_with(start);
    let inside = |at: usize, word: &[u8]| bytes.get(at..at + word.len()) == Some(word);
    let riff = |word| begins(b"RIFF") && inside(8, word);
    let known = [
        (begins(b"\x89PNG\r\n\x1a\n"), "image/png"),
        (begins(b"\xff\xd8\xff"), "image/jpeg"),
        (begins(b"GIF87a") || begins(b"GIF89a"), "image/gif"),
        (riff(b"WEBP"), "image/webp"),
        (riff(b"WAVE"), "audio/wav"),
        (begins(b"ID3"), "audio/mpeg"),
        (begins(b"fLaC"), "audio/flac"),
    ];
    known.iter().find(|(is, _)| *is).map(|(_, kind)| *kind).or_else(|| by_ending(name))
}

/// The files that the media columns name, as a definition holds them.
pub(crate) fn files<'a>(
    cells: impl Iterator<Item = (Place, &'a str)>,
    media: &Media,
    findings: &mut Findings,
) -> Map<String, Value> {
    let mut files = Map::new();
    let (mut missing, mut large) = (Told::default(), Told::default());
    let mut room = FILES_CHARS;
    for (place, name) in cells {
        if files.contains_key(name) {
            continue;
        }
        let Some(bytes) = media.get(name) else {
            missing.tell(name, place);
            continue;
        };
        let address = bytes.as_ref().and_then(|bytes| {
            let kind = media_type(name, bytes)?;
            Some(format!("data:{kind};base64,{}", STANDARD.encode(bytes)))
        });
        match address.filter(|address| address.len() <= room) {
            Some(address) => {
                room -= address.len();
                files.insert(name.to_owned(), address.into());
            }
            // A smaller one behind it may still have room.
            None => large.tell(name, place),
        }
    }
    if let Some((what, place)) = missing.said("Pictures, sounds or films that are not there") {
        let remedy = "Add them in the survey's editor, or pack form and files as .zip.";
        findings.warning("missing_media", place, what, remedy);
    }
    if let Some((what, place)) = large.said("Pictures, sounds or films without room") {
        let remedy = format!(
            "Make them smaller. All files of a form have room for {} KB.",
            FILE_BYTES / 1_024
        );
        findings.warning("large_media", place, what, remedy);
    }
    let mut unused = Told::default();
    for name in media.keys().filter(|name| !files.contains_key(*name) && !large.has(name)) {
        unused.tell(name, Place::default());
    }
    if let Some((what, place)) = unused.said("Files that no question or choice names") {
        let remedy = "Write their names into a column image, audio or video, or take them out.";
        findings.note("unused_media", place, what, remedy);
    }
    files
}

/// The cells of a sheet that name a picture, a sound or a film.
pub(crate) fn cells<'a>(table: &'a Table<'a>) -> impl Iterator<Item = (u32, Place, &'a str)> {
    table.rows.iter().flat_map(move |&row| {
        let named = table.cells(row).filter(|(column, _)| {
            column.known && ["image", "audio", "video"].contains(&column.key.as_str())
        });
        named.map(move |(column, text)| {
            (row, Place::cell(&table.sheet.name, row, column.index), text)
        })
    })
}

/// Names that one finding tells, and where the first of them stands.
#[derive(Default)]
struct Told {
    names: Vec<String>,
    place: Place,
}

impl Told {
    fn has(&self, name: &str) -> bool {
        self.names.iter().any(|own| own == name)
    }

    fn tell(&mut self, name: &str, place: Place) {
        if self.has(name) {
            return;
        }
        if self.names.is_empty() {
            self.place = place;
        }
        self.names.push(name.to_owned());
    }

    /// `Files that are too large (7): a.mp4, b.mp4 …`.
    fn said(&self, what: &str) -> Option<(String, Place)> {
        let many = self.names.len();
        let some: Vec<String> = self.names.iter().take(NAMES).map(|name| quoted(name)).collect();
        let more = if many > NAMES { " …" } else { "." };
        (many > 0)
            .then(|| (format!("{what} ({many}): {}{more}", some.join(", ")), self.place.clone()))
    }
}

/// The files of a definition as they lie beside a workbook: names and bytes. What is no `data:` address in base64 is left
/// out.
pub(crate) fn decoded(definition: &Value) -> Vec<(String, Vec<u8>)> {
    let files = definition.get("files").and_then(Value::as_object).into_iter().flatten();
    let file = |(name, address): (&String, &Value)| {
        let (_, data) = address.as_str()?.strip_prefix("data:")?.split_once(";base64,")?;
        Some((beside(name), STANDARD.decode(data).ok()?))
    };
    files.filter_map(file).collect()
}

/// A name under which a file may be written into a folder: whatever a definition says, it leads nowhere else.
pub(crate) fn beside(name: &str) -> String {
    let plain = name.replace(['/', '\\', ':', '\0'], "_");
    if plain.chars().all(|letter| letter == '.') { "_".to_owned() } else { plain }
}
