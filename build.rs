//! Makes the keys of `locales/en.json` constants, so that a missing key does not compile. Each
//! holds its English text, the fallback; the linker leaves out those that a program does not use.

use std::{collections::BTreeMap, env, error::Error, fmt::Write as _, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=locales/en.json");
    let text = fs::read_to_string("locales/en.json")?;
    let entries: BTreeMap<String, String> = serde_json::from_str(&text)
        .map_err(|error| format!("locales/en.json: {error}. Every entry is text."))?;
    let mut keys = String::new();
    for (name, text) in &entries {
        let constant = name.to_uppercase();
        writeln!(keys, "/// `{text}`\npub const {constant}: Key = Key({name:?}, {text:?});")?;
        let Some(noun) = name.strip_suffix("_other") else { continue };
        // The forms that English has; other languages bring theirs in their files.
        let one = entries.get(&format!("{noun}_one")).unwrap_or(text);
        let constant = noun.to_uppercase();
        writeln!(
            keys,
            "/// `{text}`, by number.\n\
             pub const {constant}: Plural = Plural {{ noun: {noun:?}, one: {one:?}, other: {text:?} }};"
        )?;
    }
    let module = format!("use super::{{Key, Plural}};\n{keys}");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("locale.rs"), module)?;
    Ok(())
}
