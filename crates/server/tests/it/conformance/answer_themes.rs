//! What answers are about: each theme by itself, so that two people who sort do not undo each other's work.

use std::collections::{BTreeMap, BTreeSet};

use ::server::Store;
use model::{Hash, wire::ThemesPatch};

use super::{NOW, deletion, edit, key, make};

pub async fn themes_are_given_and_taken_one_by_one(store: &Store) {
    make(store, &["health", "parks", "buses"]).await;
    let (one, other) = (Hash::of(b"one"), Hash::of(b"other"));
    let sort = async |survey: &str, answer: Hash, give: &[&str], take: &[&str]| {
        let keys = |ids: &[&str]| ids.iter().map(|id| key(id)).collect();
        let patch = ThemesPatch { answer, give: keys(give), take: keys(take) };
        let sorted = store.sort_answer("ana".to_owned(), key(survey), patch, NOW).await.unwrap();
        sorted.map(|it| it.themes.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    assert_eq!(sort("living", one, &["parks", "buses"], &[]).await.unwrap(), ["buses", "parks"]);
    // Somebody else, who has not seen that.
    assert_eq!(sort("living", one, &["health"], &[]).await.unwrap(), ["buses", "health", "parks"]);
    assert_eq!(
        sort("living", one, &["health"], &["parks"]).await.unwrap(),
        ["buses", "health"],
        "once more is once"
    );
    assert_eq!(sort("living", other, &["parks"], &["parks"]).await.unwrap(), [""; 0]);
    assert_eq!(sort("other", one, &["parks"], &[]).await.unwrap(), ["parks"]);
    // A theme that is none leaves everything as it was.
    let problem = sort("living", other, &["parks", "nothing"], &[]).await.unwrap_err();
    assert_eq!(problem.pointer, "/give");
    edit(store, deletion(1, "buses", 1)).await;
    assert_eq!(sort("living", one, &[], &["buses"]).await.unwrap(), ["health"]);
    let all = store.answer_themes(&key("living")).await.unwrap();
    assert_eq!(all, BTreeMap::from([(one, BTreeSet::from([key("health")]))]));
}
