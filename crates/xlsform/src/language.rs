//! The languages of a form: `label::Polski (pl)` is Polish, `pl`.

/// Usual names of languages, in English and in themselves, lower case, and their tags (BCP 47).
const NAMES: [(&str, &[&str]); 61] = [
    ("am", &["amharic", "አማርኛ"]),
    ("ar", &["arabic", "العربية", "عربي"]),
    ("az", &["azerbaijani", "azərbaycanca"]),
    ("bg", &["bulgarian", "български"]),
    ("bn", &["bengali", "bangla", "বাংলা"]),
    ("bs", &["bosnian", "bosanski"]),
    ("cs", &["czech", "čeština"]),
    ("cy", &["welsh", "cymraeg"]),
    ("da", &["danish", "dansk"]),
    ("de", &["german", "deutsch"]),
    ("el", &["greek", "ελληνικά"]),
    ("en", &["english"]),
    ("es", &["spanish", "español", "castellano"]),
    ("et", &["estonian", "eesti"]),
    ("fa", &["persian", "farsi", "فارسی"]),
    ("fi", &["finnish", "suomi"]),
    ("fr", &["french", "français", "francais"]),
    ("ga", &["irish", "gaeilge"]),
    ("gd", &["scottish gaelic", "gàidhlig"]),
    ("gu", &["gujarati", "ગુજરાતી"]),
    ("ha", &["hausa"]),
    ("he", &["hebrew", "עברית"]),
    ("hi", &["hindi", "हिन्दी"]),
    ("hr", &["croatian", "hrvatski"]),
    ("ht", &["haitian creole", "kreyòl ayisyen"]),
    ("hu", &["hungarian", "magyar"]),
    ("hy", &["armenian", "հայերեն"]),
    ("id", &["indonesian", "bahasa indonesia"]),
    ("ig", &["igbo"]),
    ("it", &["italian", "italiano"]),
    ("ja", &["japanese", "日本語"]),
    ("ka", &["georgian", "ქართული"]),
    ("ku", &["kurdish", "kurdî"]),
    ("lt", &["lithuanian", "lietuvių"]),
    ("lv", &["latvian", "latviešu"]),
    ("mk", &["macedonian", "македонски"]),
    ("my", &["burmese", "myanmar"]),
    ("ne", &["nepali", "नेपाली"]),
    ("nl", &["dutch", "nederlands"]),
    ("no", &["norwegian", "norsk"]),
    ("om", &["oromo", "oromiffa", "oromoo"]),
    ("pa", &["punjabi", "panjabi", "ਪੰਜਾਬੀ"]),
    ("pl", &["polish", "polski"]),
    ("ps", &["pashto", "پښتو"]),
    ("pt", &["portuguese", "português", "portugues"]),
    ("ro", &["romanian", "română", "romana", "moldovan"]),
    ("ru", &["russian", "русский"]),
    ("sk", &["slovak", "slovenčina"]),
    ("so", &["somali", "soomaali"]),
    ("sq", &["albanian", "shqip"]),
    ("sr", &["serbian", "српски", "srpski"]),
    ("sv", &["swedish", "svenska"]),
    ("sw", &["swahili", "kiswahili"]),
    ("ta", &["tamil", "தமிழ்"]),
    ("ti", &["tigrinya", "tigirigna", "ትግርኛ"]),
    ("tl", &["tagalog", "filipino"]),
    ("tr", &["turkish", "türkçe"]),
    ("uk", &["ukrainian", "українська"]),
    ("ur", &["urdu", "اردو"]),
    ("yo", &["yoruba", "yorùbá"]),
    ("zh", &["chinese", "mandarin", "中文"]),
];

/// A language as a heading names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Language {
    /// Its tag.
    pub(crate) tag: String,
    /// Its name without the tag; empty if the heading gives the tag alone.
    pub(crate) name: String,
}

/// Reads `Polski (pl)`, `pl`, `Polski` or anything else.
pub(crate) fn read(heading: &str) -> Language {
    let heading = heading.trim();
    if let Some((name, tag)) = heading.strip_suffix(')').and_then(|rest| rest.rsplit_once('('))
        && is_tag(tag.trim())
    {
        return Language { tag: canonical(tag.trim()), name: name.trim().to_owned() };
    }
    let lower = heading.to_lowercase();
    if let Some((tag, _)) = NAMES.iter().find(|(_, names)| names.contains(&lower.as_str())) {
        return Language { tag: (*tag).to_owned(), name: heading.to_owned() };
    }
    // A tag alone: two or three letters, perhaps with a region.
    if is_tag(heading)
        && heading.split('-').next().is_some_and(|first| (2..=3).contains(&first.len()))
    {
        return Language { tag: canonical(heading), name: String::new() };
    }
    Language { tag: slug(&lower), name: heading.to_owned() }
}

/// Letters, then parts of letters and digits, joined by hyphens (RFC 5646 2.1, not the registry).
fn is_tag(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let private = first.eq_ignore_ascii_case("x") && text.len() > 2;
    (private || (2..=8).contains(&first.len()))
        && first.chars().all(|c| c.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric())
        })
}

/// The language in lower case, a region in upper case.
fn canonical(tag: &str) -> String {
    let mut parts = tag.split('-');
    let mut written = parts.next().unwrap_or_default().to_ascii_lowercase();
    // Behind an x nothing is a region.
    let mut private = written == "x";
    for part in parts {
        written.push('-');
        private |= part.eq_ignore_ascii_case("x");
        match part.len() {
            2 if !private => written.push_str(&part.to_ascii_uppercase()),
            _ => written.push_str(&part.to_ascii_lowercase()),
        }
    }
    written
}

/// A tag for private use (RFC 5646 2.2.7) made of a name that nobody knows.
fn slug(name: &str) -> String {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
    if letters.is_empty() { "und".to_owned() } else { format!("x-{letters}") }
}
