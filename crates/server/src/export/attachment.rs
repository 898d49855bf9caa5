//! The pictures, recordings and other files that people gave: what they are called in an export, and their bytes.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use model::submission::{Answer, Response};

use crate::store::StoredSubmission;

/// Where they lie in an archive, as in ODK Central's (central-backend's `lib/data/attachments.js`).
const FOLDER: &str = "media";
/// Characters of a person's own name for a file that are kept: its end, which has the ending. File systems allow 255 bytes,
/// and a character has up to four.
const NAME: usize = 50;

/// The files of one response.
#[derive(Debug, Default)]
pub struct Attachments<'a> {
    /// What each is called, by the path of the question.
    names: BTreeMap<&'a str, String>,
    /// Their answers in the same order.
    data: Vec<&'a str>,
}

impl<'a> Attachments<'a> {
    /// Names the files of a response so that no two of a survey have one name: the place of the response in the server's
    /// order stands before it (`_id` in KoboToolbox' layout), and then a number where a person gave two of one name. ODK's
    /// own clients put the time into a name for that; a tablet's camera calls every picture `image.jpg`.
    pub fn of(stored: &StoredSubmission, response: &'a Response) -> Self {
        let mut found = Self::default();
        let mut taken = BTreeSet::new();
        for (path, answer) in response.answers.iter() {
            let Answer::File { name, data, .. } = answer else { continue };
            let own = safe(name);
            let mut name = format!("{}-{own}", stored.seq);
            let mut number = 2;
            // Capitals tell no names apart on Windows and macOS.
            while !taken.insert(name.to_lowercase()) {
                name = format!("{}-{number}-{own}", stored.seq);
                number += 1;
            }
            found.names.insert(path, name);
            found.data.push(data);
        }
        found
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.data.len()
    }

    /// What the file of the question at `path` is called.
    pub fn name(&self, path: &str) -> Option<&str> {
        self.names.get(path).map(String::as_str)
    }

    /// Each file's place in an archive and its bytes; `None` where what was sent is no base64.
    pub fn files(&self) -> impl Iterator<Item = (String, Option<Vec<u8>>)> {
        let place = |name: &String| format!("{FOLDER}/{name}");
        let bytes = |data: &&str| BASE64_STANDARD.decode(data).ok();
        self.names.values().map(place).zip(self.data.iter().map(bytes))
    }
}

/// A name that every file system takes and that leads out of no folder.
fn safe(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let end = letters[letters.len().saturating_sub(NAME)..].iter();
    let allowed = |c: char| !c.is_control() && !"/\\:*?\"<>|".contains(c);
    let name: String = end.map(|c| if allowed(*c) { *c } else { '_' }).collect();
    let name = name.trim_end_matches(['.', ' ']);
    if name.is_empty() { "file".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use model::{SubmissionId, time::Millis};
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_told_apart_and_lead_out_of_no_folder() {
        let file =
            |name: &str| json!({"file": {"name": name, "media_type": "image/png", "data": "AA=="}});
        let response: Response = serde_json::from_value(json!({
            "survey": "parks", "version": 1, "answers": {
                "a": file("image.jpg"), "b": file("IMAGE.jpg"), "c": file("2-image.jpg"), "d": {"one": "no file"},
                "e": file("../../etc/passwd"), "f": file("C:\\a.png. "), "g": file("  ."),
                "h[2]/i": file(&format!("{}.png", "ą".repeat(200))),
            },
        }))
        .unwrap();
        let id = SubmissionId::new(Millis(0), [1; 10]);
        let stored = StoredSubmission { id, seq: 7, received_at: Millis(0), bytes: Vec::new() };
        let files = Attachments::of(&stored, &response);
        let names: Vec<_> = files.files().map(|(name, _)| name).collect();
        assert_eq!(
            names[..6],
            [
                "media/7-image.jpg",
                "media/7-2-IMAGE.jpg",
                "media/7-2-2-image.jpg",
                "media/7-.._.._etc_passwd",
                "media/7-C__a.png",
                "media/7-file",
            ]
        );
        assert!(names[6].ends_with("ą.png") && names[6].len() < 255, "{}", names[6]);
        assert_eq!(files.name("c"), Some("7-2-2-image.jpg"));
        assert_eq!((files.name("d"), files.count()), (None, 7));
    }
}
