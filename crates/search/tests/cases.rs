//! What people really type, against a small directory.

use search::{Document, Index};

/// Title, summary, the rest.
const LISTINGS: [[&str; 3]; 14] = [
    [
        "Samaritans",
        "Someone to talk to, day and night.",
        "Call 116 123 from any phone, for free. You do not have to be suicidal.",
    ],
    [
        "Shelter",
        "Free housing advice for people who may lose their home.",
        "Help with eviction, rent arrears and landlords. Helpline 0808 800 4444.",
    ],
    [
        "Tilbury Library",
        "Books, computers and a warm place to sit.",
        "Civic Square, Tilbury RM18 8AD. Knit and Natter every Tuesday.",
    ],
    [
        "Tilbury Fort Walks",
        "Gentle walks along the river.",
        "Meets at the fort. For people who have a library card, there is free tea.",
    ],
    [
        "Grays Central Library",
        "Books, computers, study space.",
        "Orsett Road, Grays RM17 5DX. The Internet Club meets here.",
    ],
    [
        "Klub Polski w Łodzi i Grays",
        "Polish club: spotkania, książki, żurek.",
        "Founded by families from Łódź. Zapraszamy!",
    ],
    [
        "Asociația Română",
        "Sprijin pentru familii: școală, sănătate și locuințe.",
        "Împreună în Thurrock.",
    ],
    ["Thurrock Foodbank", "Emergency food for people in crisis.", "Bring a voucher from your GP."],
    [
        "Citizens Advice",
        "Benefits, debt, immigration and consumer advice.",
        "Drop-in on Mondays; the citizen's first call is free.",
    ],
    [
        "Age UK Essex",
        "Company and practical help for older people.",
        "Befriending, handyperson repairs and a food bank referral.",
    ],
    [
        "Lietuvių bendruomenė",
        "Lithuanian community: šeimos, žaidimai, ąžuolas.",
        "Kviečiame visus.",
    ],
    ["Mind", "Mental health information and support.", "Counselling for anxiety and depression."],
    [
        "Baby Rhyme Time",
        "Songs and rhymes for babies and toddlers.",
        "Swimming afterwards in the pool next door. No booking.",
    ],
    [
        "Women's Refuge",
        "A safe house for women and children.",
        "Domestic abuse helpline, 24 hours.",
    ],
];

fn index() -> Index {
    Index::build(LISTINGS.iter().map(|[title, summary, rest]| Document {
        fields: vec![(4.0, *title), (2.0, *summary), (1.0, *rest)],
    }))
}

fn titles(query: &str) -> Vec<&'static str> {
    let hits = index().search(query, 5);
    hits.iter().map(|hit| LISTINGS[hit.document as usize][0]).collect()
}

/// The first answer to `query` must be `title`.
#[track_caller]
fn first(query: &str, title: &str) {
    let found = titles(query);
    assert_eq!(found.first(), Some(&title), "\"{query}\" found {found:?}");
}

#[test]
fn typing_errors_are_forgiven() {
    first("samaritens", "Samaritans");
    first("smaaritans", "Samaritans");
    first("sheltr", "Shelter");
    first("tilbry libary", "Tilbury Library");
    first("counciling anxeity", "Mind");
    first("citizns advise", "Citizens Advice");
    first("reffuge", "Women's Refuge");
}

#[test]
fn diacritics_are_optional_both_ways() {
    first("łódź", "Klub Polski w Łodzi i Grays");
    first("lodz", "Klub Polski w Łodzi i Grays");
    first("LODZ", "Klub Polski w Łodzi i Grays");
    first("ksiazki", "Klub Polski w Łodzi i Grays");
    first("scoala sanatate", "Asociația Română");
    first("asociaţia", "Asociația Română");
    first("lietuviu azuolas", "Lietuvių bendruomenė");
    first("Šhęltèr", "Shelter");
}

#[test]
fn numbers_are_found_with_and_without_gaps() {
    first("116 123", "Samaritans");
    first("116123", "Samaritans");
    first("1161", "Samaritans");
    first("08088004444", "Shelter");
    first("0808 8004444", "Shelter");
    first("0808 800", "Shelter");
    first("rm188ad", "Tilbury Library");
    first("RM18 8AD", "Tilbury Library");
    assert!(titles("116 124").iter().all(|title| *title != "Shelter"));
}

#[test]
fn a_wrong_digit_is_another_number() {
    assert_eq!(titles("116124"), [""; 0]);
}

#[test]
fn words_apart_and_together() {
    first("food bank", "Thurrock Foodbank");
    assert!(titles("foodbank").contains(&"Thurrock Foodbank"));
    first("dropin", "Citizens Advice");
    first("drop in", "Citizens Advice");
    first("rhymetime", "Baby Rhyme Time");
    first("womens refuge", "Women's Refuge");
    first("citizen’s", "Citizens Advice");
}

#[test]
fn other_forms_of_a_word() {
    for query in ["libraries", "libaries", "libary"] {
        assert_eq!(titles(query), titles("library"), "{query}");
    }
    first("benefit", "Citizens Advice");
    first("swim", "Baby Rhyme Time");
    first("house", "Women's Refuge");
    assert!(titles("house").contains(&"Shelter"), "housing");
}

#[test]
fn a_word_being_typed_finds_what_it_may_become() {
    for end in 3..="samaritans".len() {
        first(&"samaritans"[..end], "Samaritans");
    }
    first("samrit", "Samaritans");
    first("tilbury li", "Tilbury Library");
    first("grays lib", "Grays Central Library");
}

#[test]
fn sentences_are_understood() {
    first("i need help with my rent", "Shelter");
    first("where can I get food", "Thurrock Foodbank");
    first("someone to talk to", "Samaritans");
}

#[test]
fn every_word_counts_while_some_document_has_all() {
    assert_eq!(titles("tilbury books"), ["Tilbury Library"]);
    assert_eq!(titles("library grays"), ["Grays Central Library"]);
    // Nothing has all three; those with two come before those with one.
    let found = titles("tilbury library zebra");
    assert_eq!(found[..2], ["Tilbury Library", "Tilbury Fort Walks"]);
    assert_eq!(found[2], "Grays Central Library");
}

#[test]
fn titles_outweigh_the_rest() {
    let found = titles("library");
    assert_eq!(found.last(), Some(&"Tilbury Fort Walks"));
    assert_eq!(found.len(), 3);
}

#[test]
fn nothing_is_found_by_nothing() {
    for query in ["", "  ", "-", "!?", "\u{301}", "qqqq", "zzzz xxxx"] {
        assert_eq!(titles(query), [""; 0], "{query:?}");
    }
    assert!(index().search("library", 0).is_empty());
    assert!(Index::build([]).search("library", 5).is_empty());
    assert_eq!(Index::build([]).len(), 0);
}

#[test]
fn synonyms_find_one_another() {
    let groups = [["GP", "doctor", "surgery"], ["pram", "pushchair", "buggy"]];
    let index = index().with_synonyms(groups);
    let found = index.search("doctor", 5);
    assert_eq!(LISTINGS[found[0].document as usize][0], "Thurrock Foodbank");
    assert!(titles("doctor").is_empty());
}

#[test]
fn a_rare_misspelling_in_the_catalogue_hides_nothing() {
    let mut documents = vec![Document { fields: vec![(4.0, "Wheelchiars")] }];
    documents.resize(50, Document { fields: vec![(4.0, "Wheelchairs")] });
    let index = Index::build(documents);
    assert_eq!(index.search("wheelchiars", 100).len(), 50);
    assert_eq!(index.search("wheelchiars", 1)[0].document, 0);
    assert_eq!(index.search("wheelchairs", 100)[0].document, 1);
}
