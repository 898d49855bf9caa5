//! Folding: what a reader takes for the same letter becomes the same letter.
//!
//! Latin letters lose their case and their diacritics (also those that Unicode does not
//! decompose: ł, đ, ø, ß, æ), Greek and Cyrillic ones their case and their accents. Other
//! scripts stay as they are. Own tables, because those of a Unicode crate cost ten times
//! this whole crate's bytes on a tablet's first visit.

/// What one character is to the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Folded {
    /// Part of a word.
    Letter(char),
    /// A ligature: two letters of a word.
    Pair(&'static str),
    /// Inside a word, but not written: a combining accent, an apostrophe.
    Nothing,
    /// Between words.
    Gap,
}

/// U+00C0 to U+024F, a byte each: the letter, `.` for one to be kept as it is, or a capital
/// that stands for two letters (see [`pair`]).
const LATIN: &[u8; 400] = b"\
aaaaaaAceeeeiiiidnooooo.ouuuuyTSaaaaaaAceeeeiiiidnooooo.ouuuuyTy\
aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiIIjjkkklllllll\
lllnnnnnnnnnooooooOOrrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs\
bbbb..occdddd.eeeffgg.iikkllmnnooo..ppr..s.ttttuuuvyyzzz........\
....ZZZLLLNNNaaiioouuuuuuuuuueaaaaAAggggkkoooozzjZZZgg..nnaaAAoo\
aaaaeeeeiiiioooorrrruuuussttyyhhnduuzzaaeeooooooooyylntj..acclts\
z..buveejjqqrryy";

/// U+1E00 to U+1EFF, likewise: Vietnamese and others.
const LATIN_ADDITIONAL: &[u8; 256] = b"\
aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm\
mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv\
wwwwwwwwwwxxxxyyzzzzzzhtwy.sssSdaaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee\
eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyyllvvyy";

/// Folds one character.
pub(crate) fn fold(c: char) -> Folded {
    let code = c as u32;
    match code {
        0x27 | 0x2019 | 0x2bc | 0xad | 0x200b..=0x200d | 0x2060 | 0xfeff => Folded::Nothing,
        0..0x80 if c.is_ascii_alphanumeric() => Folded::Letter(c.to_ascii_lowercase()),
        // Punctuation and signs of Latin-1, × and ÷; ª and º are read as letters.
        0..0xaa | 0xab..0xba | 0xbb..0xc0 | 0xd7 | 0xf7 => Folded::Gap,
        0xaa => Folded::Letter('a'),
        0xba => Folded::Letter('o'),
        0xc0..0x250 => latin(c, LATIN.get(code as usize - 0xc0)),
        0x1e00..0x1f00 => latin(c, LATIN_ADDITIONAL.get(code as usize - 0x1e00)),
        0x300..0x370 => Folded::Nothing,
        0x370..0x530 => Folded::Letter(greek_or_cyrillic(c)),
        // General punctuation, currency, arrows, mathematics, boxes, dingbats; CJK and Arabic
        // punctuation; emoji.
        0x2000..0x2c00 | 0x3000..0x3005 | 0x3008..0x3021 => Folded::Gap,
        0x60c | 0x61b | 0x61f | 0x66a..0x66e | 0x6d4 | 0x964 | 0x965 => Folded::Gap,
        0xff00..0xff10 | 0xff1a..0xff21 | 0xfe00..0xfe70 | 0x1f000..0x20000 => Folded::Gap,
        _ => Folded::Letter(c),
    }
}

/// The words of a text, folded, with one space between them: for looking whether a short text has some words in it.
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match fold(c) {
            Folded::Letter(c) => out.push(c),
            Folded::Pair(two) => out.push_str(two),
            Folded::Nothing => {}
            Folded::Gap if out.is_empty() || out.ends_with(' ') => {}
            Folded::Gap => out.push(' '),
        }
    }
    if out.ends_with(' ') {
        out.pop();
    }
    out
}

fn latin(c: char, entry: Option<&u8>) -> Folded {
    match entry {
        Some(b'.') | None => Folded::Letter(c),
        Some(letter) if letter.is_ascii_lowercase() => Folded::Letter(char::from(*letter)),
        Some(sign) => Folded::Pair(pair(*sign)),
    }
}

fn pair(sign: u8) -> &'static str {
    match sign {
        b'A' => "ae",
        b'O' => "oe",
        b'S' => "ss",
        b'T' => "th",
        b'I' => "ij",
        b'L' => "lj",
        b'N' => "nj",
        _ => "dz",
    }
}

fn greek_or_cyrillic(c: char) -> char {
    let moved = |by: i32| {
        u32::try_from(c as i32 + by).ok().and_then(char::from_u32).map_or(c, greek_or_cyrillic)
    };
    match c {
        'ά' | 'Ά' => 'α',
        'έ' | 'Έ' => 'ε',
        'ή' | 'Ή' => 'η',
        'ί' | 'Ί' | 'ϊ' | 'ΐ' => 'ι',
        'ό' | 'Ό' => 'ο',
        'ύ' | 'Ύ' | 'ϋ' | 'ΰ' => 'υ',
        'ώ' | 'Ώ' => 'ω',
        'ς' => 'σ',
        'ё' | 'ѐ' => 'е',
        'й' | 'ѝ' => 'и',
        'ї' => 'і',
        'ў' => 'у',
        'Ґ' => 'ґ',
        'Α'..='Ϋ' | 'А'..='Я' => moved(32),
        'Ѐ'..='Џ' => moved(80),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_the_languages_spoken_here() {
        assert_eq!(folded("Łódź ŻÓŁW gęś ćma ńś"), "lodz zolw ges cma ns");
        assert_eq!(folded("Ștefan ȚĂRĂ Şţ âî"), "stefan tara st ai");
        assert_eq!(folded("ąčęėįšųūž ĄČĘĖĮŠŲŪŽ"), "aceeisuuz aceeisuuz");
        assert_eq!(folded("Straße Ærø Đorđe Þór œuvre"), "strasse aero dorde thor oeuvre");
        assert_eq!(folded("Nguyễn Đặng Ơn"), "nguyen dang on");
        assert_eq!(folded("Україна ЁЖ Ґанок Йод"), "украіна еж ґанок иод");
        assert_eq!(folded("Ελληνικά ΟΔΟΣ ς"), "ελληνικα οδοσ σ");
    }

    #[test]
    fn composed_and_decomposed_are_one() {
        assert_eq!(folded("e\u{301}t\u{e9}"), "ete");
        assert_eq!(folded("s\u{326}"), folded("ș"));
        assert_eq!(folded("и\u{306}"), folded("й"));
    }

    #[test]
    fn what_is_no_letter() {
        assert_eq!(folded("it’s citizen's co\u{ad}op"), "its citizens coop");
        assert_eq!(folded("a–b…c£d×e😀f"), "a b c d e f");
        assert_eq!(folded("সাহায্য مساعدة"), "সাহায্য مساعدة");
    }
}
