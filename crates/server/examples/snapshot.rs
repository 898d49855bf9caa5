//! How large a snapshot is and how long it takes to make.
//!
//! ```text
//! cargo run --profile server -p server --example snapshot -- [--listings 10000] [--content content]
//! ```
//!
//! The listings are invented, as long and as varied as real ones; or the content of a directory is
//! taken. Prints one JSON object: bytes as they are, with gzip and with brotli, beside the pages of changes
//! that tell the same.

use std::{error::Error, fs, path::PathBuf, time::Instant};

use brotli::enc::BrotliEncoderParams;
use clap::Parser;
use model::{Hash, segment::decode, snapshot::Manifest, wire::Changes};
use serde_json::json;
use server::{
    Store,
    import::{SourceFile, import_content},
    published::Published,
};

#[derive(Debug, Parser)]
struct Args {
    /// How many listings.
    #[arg(long, default_value_t = 10_000)]
    listings: usize,
    /// A directory with content, in place of listings.
    #[arg(long)]
    content: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let data = tempfile::TempDir::new()?;
    let store = Store::open(data.path()).await?;
    import_content(&store, files(&args)?).await?;

    let started = Instant::now();
    let snapshot = store.snapshot().await?;
    let cut = started.elapsed();
    let published = Published::of(store.clone());
    published.refresh().await?;
    let made = started.elapsed() - cut;

    let manifest = published.manifest().await?.ok_or("no manifest")?;
    let listed = Manifest::from_json(&serde_json::from_slice(&manifest.plain()?)?)?;
    let (mut gzip, mut brotli) = (0, manifest.brotli().map_or(0, |bytes| bytes.len()));
    let mut reading = 0.0;
    for part in &listed.segments {
        let form = published.segment(part.hash).ok_or("no segment")?;
        gzip += form.gzip().len();
        brotli += form.brotli().map_or(0, |bytes| bytes.len());
        let text = String::from_utf8(form.plain()?)?;
        let started = Instant::now();
        let sound = Hash::of(text.as_bytes()) == part.hash && decode(&text).is_ok();
        reading += started.elapsed().as_secs_f64();
        if !sound {
            return Err("a segment is not what its name says".into());
        }
    }
    let (mut pages, mut pages_bytes, mut pages_brotli) = (0, 0, 0);
    let mut cursor = None;
    loop {
        let page = store.changes(cursor.as_deref(), 500).await?;
        let more = page.more;
        cursor = Some(page.cursor.clone());
        let page = Changes {
            records: page.records,
            cursor: page.cursor,
            more,
            fresh: page.fresh,
            epoch: page.epoch,
        };
        let bytes = serde_json::to_vec(&page)?;
        let mut packed = Vec::new();
        let params = BrotliEncoderParams { quality: 4, ..Default::default() };
        brotli::BrotliCompress(&mut bytes.as_slice(), &mut packed, &params)?;
        pages += 1;
        pages_bytes += bytes.len();
        pages_brotli += packed.len();
        if !more {
            break;
        }
    }
    let report = json!({
        "records": listed.records,
        "segments": listed.segments.len(),
        "largest_segment": listed.segments.iter().map(|part| part.bytes).max(),
        "bytes": listed.bytes(),
        "gzip_bytes": gzip,
        "brotli_bytes_with_manifest": brotli,
        "manifest_brotli_bytes": manifest.brotli().map(|bytes| bytes.len()),
        "read_and_cut_ms": cut.as_millis(),
        "read_cut_and_compress_ms": made.as_millis(),
        "hash_and_decode_ms": (reading * 1_000.0).round(),
        "pages": pages,
        "pages_bytes": pages_bytes,
        "pages_brotli_4_bytes": pages_brotli,
    });
    println!("{report}");
    assert_eq!(snapshot.manifest, listed, "the same each time");
    store.close().await;
    Ok(())
}

fn files(args: &Args) -> Result<Vec<SourceFile>, Box<dyn Error>> {
    let Some(directory) = &args.content else { return Ok(invented(args.listings)) };
    let mut files = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let name =
            path.file_name().and_then(|name| name.to_str()).ok_or("a name that is no text")?;
        files.push(SourceFile { name: name.to_owned(), text: fs::read_to_string(&path)? });
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(files)
}

fn invented(count: usize) -> Vec<SourceFile> {
    let listings = search::corpus::listings(count, 1);
    let mut kinds: Vec<&str> = listings.iter().flat_map(|it| it.categories.clone()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let id = |name: &str| {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        name.chars().map(plain).collect::<String>()
    };
    let categories: Vec<_> =
        kinds.iter().map(|name| json!({"id": id(name), "name": {"en": name}})).collect();
    let listings: Vec<_> = listings
        .iter()
        .enumerate()
        .map(|(number, it)| {
            json!({
                "id": format!("listing-{number}"), "title": {"en": it.title},
                "summary": {"en": it.summary}, "description": {"en": it.description},
                "categories": it.categories.iter().map(|name| id(name)).collect::<Vec<_>>(),
                "address": [it.address], "phones": [{"number": it.phone}], "cost": "free",
                "languages": ["en"],
            })
        })
        .collect();
    let file = |name: &str, records: Vec<serde_json::Value>| SourceFile {
        name: name.to_owned(),
        text: serde_json::Value::from(records).to_string(),
    };
    vec![file("category.json", categories), file("listing.json", listings)]
}
