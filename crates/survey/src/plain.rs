//! Words of a form without the marks that XLSForm allows in them.

/// A label, a hint or a message as plain text: XLSForm's Markdown (`**strong**`, `# Heading`, `[words](address)`) and its
/// HTML (`<span style="…">`, `<br>`, `&lt;`) become what they say. Anything else stays as it is, a single `*`, `_` and `<`
/// too, for they stand in names and sums.
///
/// Source: "Styling prompts" of the XLSForm documentation.
pub fn plain(words: &str) -> String {
    if !words.contains(['*', '#', '<', '[', '&', '_']) {
        return words.to_owned();
    }
    let mut said = String::with_capacity(words.len());
    let mut rest = words;
    while let Some(first) = rest.chars().next() {
        let at_start = said.is_empty() || said.ends_with('\n');
        let hashes = rest.bytes().take_while(|byte| *byte == b'#').count();
        if at_start && (1..=6).contains(&hashes) && rest[hashes..].starts_with(' ') {
            rest = rest[hashes..].trim_start_matches(' ');
        } else if let Some(after) = rest.strip_prefix("**").or_else(|| rest.strip_prefix("__")) {
            rest = after;
        } else if let Some((shown, after)) = tag(rest).or_else(|| entity(rest)) {
            said.push_str(shown);
            rest = after;
        } else if let Some((name, address, after)) = link(rest) {
            said.push_str(name);
            if name != address {
                said.push_str(" (");
                said.push_str(address);
                said.push(')');
            }
            rest = after;
        } else {
            said.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    said
}

/// An HTML tag at the beginning: what it shows, and what follows.
fn tag(rest: &str) -> Option<(&'static str, &str)> {
    let inside = rest.strip_prefix('<')?;
    let name = inside.strip_prefix('/').unwrap_or(inside);
    let end = name.find(|letter: char| !letter.is_ascii_alphanumeric())?;
    let (name, _) = name.split_at(end);
    let shown = match name.to_ascii_lowercase().as_str() {
        "br" | "p" | "div" | "li" => "\n",
        "span" | "b" | "i" | "u" | "em" | "strong" | "font" | "small" | "big" | "sub" | "sup"
        | "center" | "ul" | "ol" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "a" => "",
        _ => return None,
    };
    let close = inside.find('>')?;
    // A closing tag ends a line that its opening one began.
    let shown = if inside.starts_with('/') { "" } else { shown };
    Some((shown, &inside[close + 1..]))
}

fn entity(rest: &str) -> Option<(&'static str, &str)> {
    const ENTITIES: [(&str, &str); 6] = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
        ("&nbsp;", "\u{a0}"),
        ("&quot;", "\""),
        ("&#39;", "'"),
    ];
    ENTITIES.iter().find_map(|(code, shown)| Some((*shown, rest.strip_prefix(code)?)))
}

/// `[words](address)` at the beginning: words, address, and what follows.
fn link(rest: &str) -> Option<(&str, &str, &str)> {
    let (name, after) = rest.strip_prefix('[')?.split_once(']')?;
    let (address, after) = after.strip_prefix('(')?.split_once(')')?;
    (!name.is_empty() && !address.contains(char::is_whitespace)).then_some((name, address, after))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn marks_become_what_they_say() {
        for (written, read) in [
            ("How **old** are you?", "How old are you?"),
            ("## About you", "About you"),
            ("One<br>two<br/>three", "One\ntwo\nthree"),
            ("<span style=\"color:red\">Stop</span> now", "Stop now"),
            ("See [our page](https://example.org/a)", "See our page (https://example.org/a)"),
            ("2 < 3 & 4 > 3", "2 < 3 & 4 > 3"),
            ("a_b * c [sic]", "a_b * c [sic]"),
            ("&lt;none&gt; #1", "<none> #1"),
            ("", ""),
        ] {
            assert_eq!(plain(written), read, "{written:?}");
        }
    }

    proptest! {
        /// Nothing panics and nothing is made up: letters and digits outside tags and addresses are all still there.
        #[test]
        fn words_without_marks_stay_as_they_are(words in "[\\p{L}\\p{N} .,?!'*_<>-]{0,60}") {
            prop_assume!(!words.contains("**") && !words.contains("__") && tag_free(&words));
            prop_assert_eq!(plain(&words), words);
        }

        #[test]
        fn any_text_is_read(words in ".{0,80}") {
            let _ = plain(&words);
        }
    }

    fn tag_free(words: &str) -> bool {
        words.match_indices('<').all(|(at, _)| tag(&words[at..]).is_none())
    }
}
