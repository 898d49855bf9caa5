//! Makes the keys of `locales/en.json` constants, so that a missing key does not compile. Each
//! holds its English text, the fallback; the linker leaves out those that a program does not use.

use std::{collections::BTreeMap, env, error::Error, fmt::Write as _, fs, path::Path};

use sha2::{Digest as _, Sha256};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=locales/en.json");
    let text = fs::read_to_string("locales/en.json")?;
    let entries: BTreeMap<String, String> = serde_json::from_str(&text)
        .map_err(|error| format!("locales/en.json: {error}. Every entry is text."))?;
    // The other languages are lists in this order (locales/pack.mjs). Their plural forms stand at `_other`, and staff's
    // pages are in English.
    let order: Vec<&String> = entries
        .keys()
        .filter(|name| !name.starts_with("staff") && plural(&entries, name, "_one").is_none())
        .collect();
    let place = |name: &String| order.binary_search(&name).unwrap_or(usize::from(u16::MAX));
    let joined = order.iter().map(|name| name.as_str()).collect::<Vec<_>>().join("\n");
    let digest = Sha256::digest(joined.as_bytes());
    let mut keys = format!(
        "/// Which keys the places of a packed language belong to.\n\
         pub const ORDER: &str = \"{:02x}{:02x}{:02x}{:02x}\";\n",
        digest[0], digest[1], digest[2], digest[3]
    );
    for (name, text) in &entries {
        let constant = name.to_uppercase();
        let place = place(name);
        writeln!(keys, "/// `{text}`\npub const {constant}: Key = Key({place}, {text:?});")?;
        let Some(noun) = plural(&entries, name, "_other") else { continue };
        let one = entries.get(&format!("{noun}_one")).unwrap_or(text);
        let constant = noun.to_uppercase();
        writeln!(
            keys,
            "/// `{text}`, by number.\n\
             pub const {constant}: Plural = Plural {{ place: {place}, one: {one:?}, other: {text:?} }};"
        )?;
    }
    let module = format!("use super::{{Key, Plural}};\n{keys}");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("locale.rs"), module)?;
    Ok(())
}

/// The noun of a key that is its form for one number or for others.
fn plural<'a>(entries: &BTreeMap<String, String>, name: &'a str, form: &str) -> Option<&'a str> {
    let noun = name.strip_suffix(form)?;
    entries.contains_key(&format!("{noun}_other")).then_some(noun)
}
