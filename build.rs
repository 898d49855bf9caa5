//! Makes the keys of `locales/en.json` constants, so that a missing key does not compile, and
//! embeds the English texts as the fallback.

use std::{collections::BTreeMap, env, error::Error, fmt::Write as _, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=locales/en.json");
    let text = fs::read_to_string("locales/en.json")?;
    let entries: BTreeMap<String, String> = serde_json::from_str(&text)
        .map_err(|error| format!("locales/en.json: {error}. Every entry is text."))?;
    let mut keys = String::new();
    let mut english = String::new();
    for (index, (name, text)) in entries.iter().enumerate() {
        writeln!(english, "    ({name:?}, {text:?}),")?;
        let constant = name.to_uppercase();
        writeln!(keys, "/// {text:?}\npub const {constant}: Key = Key({index});")?;
        if let Some(noun) = name.strip_suffix("_other") {
            let constant = noun.to_uppercase();
            writeln!(
                keys,
                "/// {text:?}, by number.\npub const {constant}: Plural = Plural({noun:?});"
            )?;
        }
    }
    let module = format!(
        "/// Every key, as constants.\npub mod key {{\nuse super::{{Key, Plural}};\n{keys}}}\n\
         /// The English texts, ordered by key.\nstatic ENGLISH: &[(&str, &str)] = &[\n{english}];\n"
    );
    fs::write(Path::new(&env::var("OUT_DIR")?).join("locale.rs"), module)?;
    Ok(())
}
