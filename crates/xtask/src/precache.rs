//! The last step of a build: the service worker learns the build's files, and each gets its brotli twin.

use crate::shell;
use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The service worker's file, and what in its source is replaced.
const WORKER: &str = "sw.js";
const BUILD_MARK: &str = "\"%BUILD%\"";
const FILES_MARK: &str = "[\"%FILES%\"]";
const REST_MARK: &str = "[\"%REST%\"]";

/// Files that compress; pictures other than SVG are compressed already.
const TEXT: [&str; 7] = ["css", "html", "js", "json", "svg", "wasm", "webmanifest"];

/// Writes the list of every file of the release build in `dist` into its service worker, with one build id, and
/// compresses the files. Without this step the worker passes everything on to the network.
///
/// # Errors
/// When the worker lacks its marks, or when reading, writing or compressing fails.
pub fn run(dist: &Path) -> Result<()> {
    let worker = dist.join(WORKER);
    let source =
        fs::read_to_string(&worker).with_context(|| format!("reading {}", worker.display()))?;
    name_by_content(dist)?;
    let mut paths = Vec::new();
    list(dist, &mut paths)?;
    paths.retain(|path| *path != worker);
    paths.sort();
    let kept = paths.iter().filter(|path| !is_left_out(path));
    let files = kept.map(|path| Entry::of(dist, path)).collect::<Result<Vec<_>>>()?;
    let build = build_id(&source, &files);
    write_worker(&worker, &fill(&source, &build, &files)?)?;
    paths.push(worker);
    compress(&paths)?;
    let total: usize = files.iter().map(|file| file.length).sum();
    eprintln!("▸ build {build}: {} files, {} kB before compression", files.len(), total / 1000);
    Ok(())
}

/// Whether the service worker need not keep a file: the program for staff is loaded where staff sign in; pictures
/// are for the system, which fetches them itself when somebody installs the app.
fn is_left_out(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.starts_with("staff") || name.ends_with(".png")
}

/// Whether a first visit does not wait for a file: the program that asks surveys.
fn may_come_later(file: &Entry) -> bool {
    file.path.starts_with("/survey")
}

/// Gives the app's script, wasm and style sheet names by the hash of what they hold now. Trunk names them by what they
/// held before wasm-bindgen and [`crate::shrink`] worked on them, so another version of those would ship other bytes
/// under a name that browsers keep for ever.
fn name_by_content(staging: &Path) -> Result<()> {
    let page = staging.join("index.html");
    let mut html =
        fs::read_to_string(&page).with_context(|| format!("reading {}", page.display()))?;
    for entry in fs::read_dir(staging)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let Some((stem, old)) = hashed_stem(name) else { continue };
        if !html.contains(name) {
            bail!("index.html does not name {name}");
        }
        let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
        let new = format!("{stem}{}{}", hex(&Sha256::digest(&bytes)), &name[stem.len() + old..]);
        html = html.replace(name, &new);
        fs::rename(&path, staging.join(&new)).with_context(|| format!("renaming {name}"))?;
    }
    fs::write(&page, html).with_context(|| format!("writing {}", page.display()))
}

/// For `app-0123456789abcdef.js` or `app-0123456789abcdef_bg.wasm`: `app-`, and how long the hash is.
fn hashed_stem(name: &str) -> Option<(&str, usize)> {
    let rest = ["_bg.wasm", ".js", ".css"].into_iter().find_map(|end| name.strip_suffix(end))?;
    let (stem, hash) = rest.split_at(rest.rfind('-')? + 1);
    (hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit())).then_some((stem, hash.len()))
}

/// The first 8 bytes of a hash as 16 digits.
fn hex(hash: &[u8]) -> String {
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// One file of the build.
struct Entry {
    /// Its address, from `/`.
    path: String,
    /// Its subresource integrity: `sha256-` and the hash in base64.
    integrity: String,
    /// Its length in bytes.
    length: usize,
}

impl Entry {
    fn of(staging: &Path, file: &Path) -> Result<Self> {
        let bytes = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
        let below = file.strip_prefix(staging)?;
        let parts = below
            .iter()
            .map(|part| part.to_str().filter(|part| !part.contains(['"', '\\'])))
            .collect::<Option<Vec<_>>>()
            .with_context(|| format!("{} cannot be an address: rename it", file.display()))?;
        Ok(Self {
            path: format!("/{}", parts.join("/")),
            integrity: format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(&bytes))),
            length: bytes.len(),
        })
    }
}

/// 16 hexadecimal digits over the worker's source and every file's address and content: equal only for equal builds.
fn build_id(source: &str, files: &[Entry]) -> String {
    let mut hash = Sha256::new();
    hash.update(source);
    for file in files {
        hash.update([0]);
        hash.update(&file.path);
        hash.update([0]);
        hash.update(&file.integrity);
    }
    hex(&hash.finalize())
}

fn fill(source: &str, build: &str, files: &[Entry]) -> Result<String> {
    for mark in [BUILD_MARK, FILES_MARK, REST_MARK] {
        if source.matches(mark).count() != 1 {
            bail!("{WORKER} must hold {mark} exactly once, for the build's own value");
        }
    }
    let list = |later: bool| {
        let files = files.iter().filter(|file| may_come_later(file) == later);
        let entries = files.map(|file| format!("[\"{}\",\"{}\"]", file.path, file.integrity));
        format!("[{}]", entries.collect::<Vec<_>>().join(",\n"))
    };
    Ok(source
        .replace(BUILD_MARK, &format!("\"{build}\""))
        .replace(FILES_MARK, &list(false))
        .replace(REST_MARK, &list(true)))
}

fn write_worker(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("listing {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            list(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn compress(paths: &[PathBuf]) -> Result<()> {
    let text = paths.iter().filter(|path| {
        path.extension().and_then(|end| end.to_str()).is_some_and(|end| TEXT.contains(&end))
    });
    let mut node = Command::new("node");
    node.args(["--input-type=module", "--eval", include_str!("brotli.mjs"), "--"]).args(text);
    shell::run_silently("Compressing the build", &mut node).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str =
        "const BUILD = \"%BUILD%\";\nconst FILES = [\"%FILES%\"];\nconst REST = [\"%REST%\"];\n";

    fn entry(path: &str, content: &str) -> Entry {
        Entry { path: path.into(), integrity: content.into(), length: 1 }
    }

    #[test]
    fn the_build_id_tells_contents_and_names_apart() {
        let id = |files: &[Entry]| build_id(SOURCE, files);
        let one = id(&[entry("/a.js", "x"), entry("/b.js", "y")]);
        assert_eq!(one.len(), 16);
        assert_eq!(one, id(&[entry("/a.js", "x"), entry("/b.js", "y")]));
        assert_ne!(one, id(&[entry("/a.js", "x"), entry("/b.js", "z")]));
        assert_ne!(one, id(&[entry("/a.js", "x"), entry("/c.js", "y")]));
        assert_ne!(one, build_id("other", &[entry("/a.js", "x"), entry("/b.js", "y")]));
    }

    #[test]
    fn the_worker_is_filled_and_a_worker_without_marks_refused() {
        let files = [entry("/a.js", "sha256-x"), entry("/survey.js", "sha256-y")];
        assert_eq!(
            fill(SOURCE, "abc", &files).unwrap(),
            "const BUILD = \"abc\";\nconst FILES = [[\"/a.js\",\"sha256-x\"]];\n\
             const REST = [[\"/survey.js\",\"sha256-y\"]];\n"
        );
        assert!(fill("const BUILD = 1;", "abc", &[]).is_err());
    }

    #[test]
    fn only_hashed_files_are_named_anew() {
        assert_eq!(hashed_stem("my-app-0123456789abcdef.js"), Some(("my-app-", 16)));
        assert_eq!(hashed_stem("my-app-0123456789abcdef_bg.wasm"), Some(("my-app-", 16)));
        assert_eq!(hashed_stem("boot.js"), None);
        assert_eq!(hashed_stem("app-notahash.js"), None);
        assert_eq!(hashed_stem("app-0123456789abcdef.css"), Some(("app-", 16)));
        assert_eq!(hashed_stem("icon-0123456789abcdef.svg"), None);
    }

    #[test]
    fn the_shipped_worker_has_its_marks() {
        assert!(fill(include_str!("../../../public/sw.js"), "abc", &[]).is_ok());
    }
}
