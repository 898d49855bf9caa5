//! Light English stemming: enough for "libraries" to find "library" and "housing" to find
//! "house", and no more. Surface words stay the terms; two terms with the same stem are near.

/// A number equal for words of equal stem; nearly always different otherwise.
pub(crate) fn stem(word: &str) -> u32 {
    let (kept, ending) = parts(word);
    // FNV-1a: short, and good enough for some ten thousand words.
    (kept.bytes().chain(ending.bytes()))
        .fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The stem in letters.
pub(crate) fn stem_letters(word: &str) -> String {
    let (kept, ending) = parts(word);
    [kept, ending].concat()
}

fn parts(word: &str) -> (&str, &'static str) {
    if !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return (word, "");
    }
    let (kept, ending) = stripped(word.as_bytes());
    (word.get(..kept.len()).unwrap_or(word), ending)
}

/// What is left of the word and what replaces the rest.
fn stripped(word: &[u8]) -> (&[u8], &'static str) {
    let word = match word {
        [rest @ .., b'i', b'e', b's'] if rest.len() >= 3 => return (rest, "y"),
        [rest @ .., b'i', b'e', b'd'] if rest.len() >= 3 => return (rest, "y"),
        [rest @ .., b'e', b's'] if rest.len() >= 3 && hisses(rest) => rest,
        [rest @ .., b's']
            if rest.len() >= 3 && !matches!(rest.last(), Some(b's' | b'u' | b'i')) =>
        {
            rest
        }
        _ => word,
    };
    let word = match word {
        [rest @ .., b'i', b'n', b'g'] | [rest @ .., b'e', b'd'] if is_stem(rest) => {
            // "swimm" is "swim", but "call" is "call" and "add" is "add".
            match rest {
                [shorter @ .., last, same]
                    if shorter.len() >= 2
                        && last == same
                        && !matches!(same, b'l' | b's' | b'z') =>
                {
                    &rest[..rest.len() - 1]
                }
                _ => rest,
            }
        }
        _ => word,
    };
    match word {
        [rest @ .., b'e'] if rest.len() >= 4 => (rest, ""),
        _ => (word, ""),
    }
}

fn hisses(rest: &[u8]) -> bool {
    matches!(rest, [.., b's' | b'x' | b'z'] | [.., b'c' | b's', b'h'])
}

/// Whether what an ending leaves behind is long enough and can be spoken.
fn is_stem(rest: &[u8]) -> bool {
    let long = rest.len() >= 4 || matches!(rest, [.., last, same] if last == same);
    long && rest.iter().any(|byte| matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families() {
        for family in [
            &["library", "libraries"][..],
            &["class", "classes"],
            &["box", "boxes"],
            &["swim", "swims", "swimming"],
            &["house", "houses", "housing", "housed"],
            &["carer", "carers"],
            &["worry", "worries", "worried"],
            &["call", "calling", "called"],
        ] {
            for word in family {
                assert_eq!(stem(word), stem(family[0]), "{word}");
            }
        }
        for (one, other) in [
            ("car", "care"),
            ("bus", "bu"),
            ("sing", "s"),
            ("king", "k"),
            ("news", "newt"),
            ("bed", "b"),
        ] {
            assert_ne!(stem(one), stem(other), "{one} {other}");
        }
    }
}
