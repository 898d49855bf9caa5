//! Functions and signs that other programs have and XLSForm's expressions do not, and what to write instead.
//!
//! Source: SurveyCTO's documentation, "Using expressions in your forms: a reference for all operators and functions".

/// What is of a tablet's telephone, or of a program that is not here.
const NOTHING: &str = "Nothing here knows it. Take the calculation out.";
/// What ranks and sorts.
const NO_ORDER: &str = "Nothing here puts values in an order. Take the calculation out.";

/// Names, in order, and remedies.
const FOREIGN: [(&str, &str); 29] = [
    ("choice-label", "Write the value first: jr:choice-name(${town}, '${town}')."),
    ("collect-is-phone-app", NOTHING),
    ("collectanswersprovider", NOTHING),
    ("count-if", "Put the condition in square brackets: count(${person}[age >= 18])."),
    ("count-items", "Use count-selected(). It counts words with spaces between them."),
    ("de-duplicate", NO_ORDER),
    ("distance-between", "Write distance(${here}, ${there})."),
    ("empty", "Write ${question} = ''."),
    ("format-number", "Leave it away: numbers are shown as they are."),
    ("geo-scatter", NOTHING),
    ("hash", "Write digest(${question}, 'SHA-256')."),
    ("item-at", "Use selected-at(). It picks from words with spaces between them."),
    ("item-index", NO_ORDER),
    ("item-present", "Use selected(). It looks among words with spaces between them."),
    ("join-if", "Put the condition in square brackets: join(', ', ${person}[age >= 18]/name)."),
    ("linebreak", "Begin a new line in the label where it is shown."),
    ("lower", "Write lower-case()."),
    ("max-if", "Put the condition in square brackets: max(${person}[age >= 18]/age)."),
    ("min-if", "Put the condition in square brackets: min(${person}[age >= 18]/age)."),
    ("phone-call-duration", NOTHING),
    ("phone-call-log", NOTHING),
    ("plug-in-metadata", NOTHING),
    ("rank-index", NO_ORDER),
    ("rank-index-if", NO_ORDER),
    ("relevant", "Write ${question} != ''."),
    ("sum-if", "Put the condition in square brackets: sum(${person}[age >= 18]/age)."),
    ("upper", "Write upper-case()."),
    ("username", "Add a row of the type username, and write its name."),
    ("version", "Take it out: the version is stored with each answer."),
];

/// What to write instead of a function.
pub(crate) fn remedy(function: &str) -> Option<&'static str> {
    FOREIGN.iter().find(|(name, _)| *name == function).map(|(_, remedy)| *remedy)
}

/// Signs of spreadsheets, of programming languages and of XML, and how XPath 1.0 writes them.
const SIGNS: [(&str, &str); 15] = [
    ("==", "="),
    ("<>", "!="),
    ("&&", "and"),
    ("||", "or"),
    ("\u{2260}", "!="),
    ("\u{2264}", "<="),
    ("\u{2265}", ">="),
    ("\u{d7}", "*"),
    ("\u{f7}", "div"),
    ("%", "mod"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&amp;", "and"),
    ("&quot;", "'"),
    ("&apos;", "'"),
];

/// What to write instead of the first sign in an expression that only other languages have.
pub(crate) fn sign(source: &str) -> Option<String> {
    let mut quote = None;
    let mut before = ' ';
    for (at, letter) in source.char_indices() {
        let rest = &source[at..];
        match quote {
            Some(open) => {
                if letter == open {
                    quote = None;
                }
                before = letter;
                continue;
            }
            None if "'\"".contains(letter) => quote = Some(letter),
            None => {}
        }
        if let Some((_, ours)) = SIGNS.iter().find(|(theirs, _)| rest.starts_with(theirs)) {
            return Some(format!("Write {ours} instead."));
        }
        let next = rest[letter.len_utf8()..].trim_start();
        match letter {
            '/' if before.is_whitespace()
                && next.starts_with(|c: char| c.is_ascii_digit() || c == '$') =>
            {
                return Some("Write div to divide.".to_owned());
            }
            '{' if before != '$' => {
                let name = next.split('}').next().unwrap_or_default().trim();
                return Some(format!("Write ${{{name}}} for a question."));
            }
            '$' if next.starts_with(|c: char| c.is_alphabetic()) => {
                let end = next.find(|c: char| !c.is_alphanumeric() && c != '_');
                return Some(format!(
                    "Write ${{{}}} for a question.",
                    &next[..end.unwrap_or(next.len())]
                ));
            }
            _ if letter.is_alphabetic()
                && !before.is_alphanumeric()
                && !"_-.{:".contains(before) =>
            {
                let end = rest.find(|c: char| !c.is_alphanumeric() && !"_-.".contains(c));
                let word = &rest[..end.unwrap_or(rest.len())];
                let after = rest[word.len()..].trim_start();
                match word.to_lowercase().as_str() {
                    lower @ ("and" | "or" | "div" | "mod") if lower != word => {
                        return Some(format!("Write {lower} in small letters."));
                    }
                    "not" if !after.starts_with('(') => {
                        return Some("Write not(…) around what must not hold.".to_owned());
                    }
                    "is" => return Some("Write = instead.".to_owned()),
                    _ => {}
                }
            }
            _ => {}
        }
        before = letter;
    }
    None
}
