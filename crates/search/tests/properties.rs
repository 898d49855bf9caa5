//! What holds for any documents and any query.

use proptest::{char::range, collection::vec, prelude::*, sample::Index as Choice};
use search::{
    Document, Index, QUERY_WORDS,
    corpus::{GeneratedListing, listings},
};

fn index(texts: &[String]) -> Index {
    Index::build(texts.iter().map(|text| Document { fields: vec![(1.0, text.as_str())] }))
}

fn finds(index: &Index, query: &str, document: usize) -> bool {
    index.search(query, usize::MAX).iter().any(|hit| hit.document as usize == document)
}

/// Words that stand apart from each other far enough that an error does not lead to more
/// than a few others.
fn texts() -> impl Strategy<Value = Vec<String>> {
    vec(vec("[a-z]{4,12}", 1..8).prop_map(|words| words.join(" ")), 1..12)
}

#[derive(Debug, Clone, Copy)]
enum Slip {
    LeaveOut,
    Double,
    Replace(char),
    Insert(char),
    Swap,
}

fn slip() -> impl Strategy<Value = Slip> {
    prop_oneof![
        Just(Slip::LeaveOut),
        Just(Slip::Double),
        range('a', 'z').prop_map(Slip::Replace),
        range('a', 'z').prop_map(Slip::Insert),
        Just(Slip::Swap),
    ]
}

fn slipped(word: &str, slip: Slip, at: Choice) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = at.index(letters.len());
    match slip {
        Slip::LeaveOut => {
            letters.remove(at);
        }
        Slip::Double => letters.insert(at, letters[at]),
        Slip::Replace(c) => letters[at] = c,
        Slip::Insert(c) => letters.insert(at, c),
        Slip::Swap => letters.swap(at, at.saturating_sub(1)),
    }
    letters.into_iter().collect()
}

proptest! {
    #[test]
    fn each_of_its_words_finds_a_document(texts in texts(), document: Choice, word: Choice) {
        let document = document.index(texts.len());
        let words: Vec<&str> = texts[document].split(' ').collect();
        let index = index(&texts);
        prop_assert!(finds(&index, words[word.index(words.len())], document));
        prop_assert!(finds(&index, &words[..words.len().min(QUERY_WORDS)].join(" "), document));
    }

    /// A slip in a word of five letters or more leaves at least four, of which one may be wrong.
    #[test]
    fn one_typing_error_is_forgiven(
        texts in texts(), document: Choice, word: Choice, slip in slip(), at: Choice,
    ) {
        let document = document.index(texts.len());
        let words: Vec<&str> = texts[document].split(' ').collect();
        let word = words[word.index(words.len())];
        prop_assume!(word.len() >= 5);
        let typed = slipped(word, slip, at);
        prop_assert!(finds(&index(&texts), &typed, document), "{typed} for {word}");
    }

    /// One in each half of the word: errors that overlap may be more than they look.
    #[test]
    fn two_errors_are_forgiven_in_long_words(
        texts in vec("[a-z]{10,20}", 1..12), document: Choice, slips in [slip(), slip()],
        at: [Choice; 2],
    ) {
        let document = document.index(texts.len());
        let (start, end) = texts[document].split_at(texts[document].len() / 2);
        let typed = slipped(start, slips[0], at[0]) + &slipped(end, slips[1], at[1]);
        prop_assert!(finds(&index(&texts), &typed, document), "{typed} for {start}{end}");
    }

    #[test]
    fn diacritics_do_not_matter(word in "[aącćeęilłnńoósśzźżșțăâîėšųūž]{4,10}") {
        let plain: String = word
            .chars()
            .map(|c| match c {
                'ą' | 'ă' | 'â' => 'a',
                'ć' => 'c',
                'ę' | 'ė' => 'e',
                'î' => 'i',
                'ł' => 'l',
                'ń' => 'n',
                'ó' => 'o',
                'ś' | 'ș' | 'š' => 's',
                'ț' => 't',
                'ų' | 'ū' => 'u',
                'ź' | 'ż' | 'ž' => 'z',
                other => other,
            })
            .collect();
        prop_assert!(finds(&index(std::slice::from_ref(&word)), &plain, 0));
        prop_assert!(finds(&index(std::slice::from_ref(&plain)), &word, 0));
        prop_assert!(finds(&index(&[plain]), &word.to_uppercase(), 0));
    }

    /// The word itself, even once in the longest text, comes before one like it in a title.
    #[test]
    fn the_word_itself_comes_before_one_like_it(
        word in "[abcf-hj-mo-rt-z]{5,12}", slip in slip(), at: Choice, noise in vec("[a-z]{3,9}", 0..60),
    ) {
        let like = slipped(&word, slip, at);
        prop_assume!(like != word && !noise.contains(&word) && !noise.contains(&like));
        // Other forms of a word ("loans") are not errors; hence no "s" or "e" in it either.
        prop_assume!(!like.starts_with(&word));
        let long = format!("{} {word}", noise.join(" "));
        let index = Index::build([
            Document { fields: vec![(4.0, like.as_str())] },
            Document { fields: vec![(1.0, long.as_str())] },
        ]);
        prop_assert_eq!(index.search(&word, 1)[0].document, 1);
    }

    #[test]
    fn nothing_panics(texts in vec(".{0,200}", 0..8), query in ".{0,300}", limit in 0usize..20) {
        let index = index(&texts);
        let hits = index.search(&query, limit);
        prop_assert!(hits.len() <= limit.min(texts.len()));
        prop_assert!(hits.iter().all(|hit| hit.score > 0.0 && hit.score.is_finite()));
        prop_assert!(hits.windows(2).all(|pair| pair[0].document != pair[1].document));
        for text in &texts {
            index.search(text, limit);
        }
    }

    #[test]
    fn a_limit_only_cuts(texts in vec("[ab]{4} [cd]{4} [ef]{4}", 1..30), query in "[ab]{4} [cd]{3}") {
        let index = index(&texts);
        let all = index.search(&query, usize::MAX);
        for limit in 0..all.len() {
            prop_assert_eq!(&index.search(&query, limit), &all[..limit]);
        }
    }

    #[test]
    fn noise_does_not_hide_a_document(noise in vec(".{0,80}", 0..20), at: Choice) {
        let mut texts = noise;
        let at = at.index(texts.len() + 1);
        texts.insert(at, "Gęsia Wólka wheelchairs".to_owned());
        let index = index(&texts);
        prop_assert!(finds(&index, "gesia wolka", at));
        prop_assert!(finds(&index, "wheelchiars", at));
    }
}

#[test]
fn the_generator_is_what_it_says() {
    let all = listings(2_000, 7);
    assert_eq!(all[..50], listings(50, 7));
    assert_ne!(all[..50], listings(50, 8));
    let words = |listing: &GeneratedListing| {
        listing.texts().iter().map(|text| text.split_whitespace().count()).sum::<usize>()
    };
    let lengths: Vec<usize> = all.iter().map(words).collect();
    let average = lengths.iter().sum::<usize>() / all.len();
    assert!((60..=120).contains(&average), "{average} words on average");
    let mut distinct: Vec<String> = all
        .iter()
        .flat_map(|listing| listing.texts())
        .flat_map(|text| text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>())
        .filter(|word| word.chars().all(char::is_alphabetic))
        .collect();
    distinct.sort_unstable();
    distinct.dedup();
    assert!(distinct.len() > 4_000, "{} distinct words", distinct.len());
}

/// A page pasted into the search box costs no more than a few words.
#[test]
fn hostile_queries_are_cut_short() {
    let all = listings(500, 1);
    let texts: Vec<_> = all.iter().map(GeneratedListing::texts).collect();
    let index = Index::build(texts.iter().map(|texts| Document {
        fields:
            GeneratedListing::WEIGHTS.into_iter().zip(texts.iter().map(String::as_str)).collect(),
    }));
    let words: Vec<&str> = texts[0][3].split_whitespace().collect();
    let short = words[..QUERY_WORDS].join(" ");
    assert!(!index.search(&short, 10).is_empty());
    for query in
        ["a ".repeat(100_000), "a".repeat(1_000_000), "ß".repeat(100_000), "1 ".repeat(999)]
    {
        index.search(&query, 10);
    }
}
