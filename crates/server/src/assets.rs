//! The app's files, in memory, with their compressed forms.

use std::{
    collections::{BTreeMap, HashMap},
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use model::Hash;

/// Where the app comes from.
#[derive(Debug, Clone)]
pub enum Source {
    /// A directory with what Trunk built.
    Directory(PathBuf),
    /// The files inside this binary.
    #[cfg(feature = "embed")]
    Embedded,
    /// Nowhere: the API alone is served.
    Nothing,
}

/// Every file of the app by its path, without a leading slash.
#[derive(Debug, Default)]
pub struct Assets {
    files: HashMap<String, Asset>,
}

/// One file.
#[derive(Debug)]
pub struct Asset {
    /// As it is.
    pub bytes: Bytes,
    /// Compressed with brotli: from the build, or set a little after the start. Empty for
    /// what compression does not make smaller.
    brotli: OnceLock<Option<Bytes>>,
    /// The beginning of the SHA-256 of `bytes`, in hexadecimal digits.
    pub tag: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its name changes with its content.
    pub immutable: bool,
}

#[cfg(feature = "embed")]
#[derive(rust_embed::RustEmbed)]
#[folder = "../../target/dist/app"]
struct EmbeddedApp;

/// Brotli's quality when a file was not compressed by the build: 11 costs tens of seconds
/// for the wasm, 9 one, and gives nearly as much.
const QUALITY: i32 = 9;
/// Smaller files gain nothing.
const WORTH_COMPRESSING: usize = 512;

impl Assets {
    /// Reads every file of `source`.
    ///
    /// # Errors
    /// If the directory cannot be read or has no `index.html`.
    pub fn load(source: &Source) -> io::Result<Self> {
        let mut raw = BTreeMap::new();
        match source {
            Source::Directory(root) => {
                read_directory(root, root, &mut raw)?;
                if !raw.contains_key("index.html") {
                    let detail = format!(
                        "{} has no index.html; build the app into it first",
                        root.display()
                    );
                    return Err(io::Error::new(io::ErrorKind::NotFound, detail));
                }
            }
            #[cfg(feature = "embed")]
            Source::Embedded => {
                for name in EmbeddedApp::iter() {
                    if let Some(file) = EmbeddedApp::get(&name) {
                        raw.insert(name.to_string(), Bytes::from(file.data.into_owned()));
                    }
                }
            }
            Source::Nothing => {}
        }
        let mut compressed: HashMap<String, Bytes> = HashMap::new();
        let names: Vec<String> = raw.keys().cloned().collect();
        for name in names {
            if let Some(plain) = name.strip_suffix(".br")
                && raw.contains_key(plain)
                && let Some(bytes) = raw.remove(&name)
            {
                compressed.insert(plain.to_owned(), bytes);
            }
        }
        let files = raw.into_iter().map(|(name, bytes)| {
            let brotli = match compressed.remove(&name) {
                Some(bytes) => OnceLock::from(Some(bytes)),
                None => OnceLock::new(),
            };
            let mut tag = Hash::of(&bytes).to_string();
            tag.truncate(32);
            let media_type = media_type(&name);
            let immutable = is_hashed(&name);
            (name, Asset { bytes, brotli, tag, media_type, immutable })
        });
        Ok(Self { files: files.collect() })
    }

    /// The file at `path`, without a leading slash.
    pub fn get(&self, path: &str) -> Option<&Asset> {
        self.files.get(path)
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is no app.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Compresses what the build has not, off the threads that serve. Until a file is done it
    /// is served as it is.
    pub fn compress_in_background(self: &Arc<Self>) -> tokio::task::JoinHandle<()> {
        let assets = Arc::clone(self);
        tokio::task::spawn_blocking(move || {
            for (name, asset) in &assets.files {
                asset.brotli.get_or_init(|| {
                    compress(asset)
                        .inspect_err(|error| tracing::warn!(%error, name, "not compressed"))
                        .ok()
                        .flatten()
                });
            }
        })
    }
}

impl Asset {
    /// The compressed form, if there is one by now.
    pub fn brotli(&self) -> Option<&Bytes> {
        self.brotli.get().and_then(Option::as_ref)
    }
}

fn compress(asset: &Asset) -> io::Result<Option<Bytes>> {
    let text = ["text/", "application/json", "application/wasm", "image/svg", "application/man"];
    if asset.bytes.len() < WORTH_COMPRESSING
        || !text.iter().any(|kind| asset.media_type.starts_with(kind))
    {
        return Ok(None);
    }
    let mut out = Vec::with_capacity(asset.bytes.len() / 3);
    let params = brotli::enc::BrotliEncoderParams { quality: QUALITY, ..Default::default() };
    brotli::BrotliCompress(&mut asset.bytes.as_ref(), &mut out, &params)?;
    Ok((out.len() < asset.bytes.len()).then(|| Bytes::from(out)))
}

fn read_directory(
    root: &Path,
    directory: &Path,
    files: &mut BTreeMap<String, Bytes>,
) -> io::Result<()> {
    let name_it = |error: io::Error| {
        io::Error::new(error.kind(), format!("{}: {error}", directory.display()))
    };
    for entry in fs::read_dir(directory).map_err(name_it)? {
        let path = entry.map_err(name_it)?.path();
        if path.is_dir() {
            read_directory(root, &path, files)?;
        } else if let Ok(inside) = path.strip_prefix(root) {
            let parts: Vec<_> = inside.iter().filter_map(|part| part.to_str()).collect();
            files.insert(parts.join("/"), Bytes::from(fs::read(&path).map_err(name_it)?));
        }
    }
    Ok(())
}

/// Whether the name holds a hash of the content as Trunk writes it: `-` and 16 hexadecimal
/// digits before the extension, for wasm before `_bg`.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    let stem = stem.strip_suffix("_bg").unwrap_or(stem);
    stem.rsplit_once('-').is_some_and(|(_, hash)| {
        hash.len() == 16 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// The extensions that a build of the app may hold, with their media types.
const MEDIA_TYPES: [(&str, &str); 19] = [
    ("html", "text/html; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("mjs", "text/javascript; charset=utf-8"),
    ("wasm", "application/wasm"),
    ("css", "text/css; charset=utf-8"),
    ("json", "application/json"),
    ("map", "application/json"),
    ("webmanifest", "application/manifest+json"),
    ("txt", "text/plain; charset=utf-8"),
    ("xml", "text/xml; charset=utf-8"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("webp", "image/webp"),
    ("ico", "image/vnd.microsoft.icon"),
    ("woff2", "font/woff2"),
    ("woff", "font/woff"),
    ("pdf", "application/pdf"),
    ("br", "application/octet-stream"),
];

fn media_type(path: &str) -> &'static str {
    extension(path).unwrap_or("application/octet-stream")
}

/// The media type of a path that has an extension of ours. A record's id may hold a dot
/// too, so not every dot makes a file.
pub fn extension(path: &str) -> Option<&'static str> {
    let (_, extension) = path.rsplit('/').next()?.rsplit_once('.')?;
    MEDIA_TYPES.iter().find(|(known, _)| *known == extension).map(|(_, media_type)| *media_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_never_change() {
        assert!(is_hashed("app-0123456789abcdef.js"));
        assert!(is_hashed("app-0123456789abcdef_bg.wasm"));
        assert!(!is_hashed("index.html"));
        assert!(!is_hashed("sw.js"));
        assert!(!is_hashed("app-0123.js"));
        assert!(!is_hashed("snippets/app-0123456789abcdef/inline0.js"));
    }

    #[test]
    fn an_id_with_a_dot_is_no_file() {
        assert!(extension("surveys/living-together.1").is_none());
        assert!(extension("app-0123456789abcdef.js").is_some());
    }
}
