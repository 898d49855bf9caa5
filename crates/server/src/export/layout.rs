//! Whose names the columns of an export have, so that scripts written for another server read ours.

use model::{
    Key,
    submission::{Response, Submission},
    time::Millis,
};

use crate::{
    asked::{Group, Question},
    store::StoredSubmission,
};

/// How the columns are called, and what stands around the questions. Our own columns come last in each, with an
/// underscore before them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Layout {
    /// KoboToolbox' (formpack's `reporting/export.py`): a question by its path, then `_id`, `_uuid`, `_submission_time` and
    /// so on; `_index` counts the rows of a table, `_parent_table_name` and `_parent_index` name the row around one.
    #[default]
    Kobo,
    /// ODK Central's (central-backend's `lib/data/briefcase.js`): `SubmissionDate`, then a question with all groups around it,
    /// `group-question`; `KEY` is the submission, or `uuid:…/group/repeat[2]`, and `PARENT_KEY` the row around it.
    Odk,
}

/// Our own columns of the table of people.
const OWN: [&str; 6] = ["_reference", "_made_at", "_venue", "_language", "_seconds", "_partial"];

/// What a row is about.
pub struct Subject<'a> {
    /// As it was stored.
    pub stored: &'a StoredSubmission,
    /// What was sent.
    pub submission: &'a Submission,
    /// What was answered.
    pub response: &'a Response,
    /// How many files were given.
    pub files: usize,
    /// The place of the row in its table, from 1.
    pub index: u64,
    /// Which instance of each repeat it is, outer ones first; none for a person.
    pub positions: &'a [u32],
    /// The groups and repeats around what the row's table asks.
    pub around: &'a [Group],
    /// The table of the row around it.
    pub parent: &'a str,
    /// The place of that row in its table.
    pub parent_index: Option<u64>,
}

impl Layout {
    /// The layout of that name: `kobo` or `odk`.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "kobo" => Some(Self::Kobo),
            "odk" => Some(Self::Odk),
            _ => None,
        }
    }

    /// The column of a question in the table of the repeat at the path `repeat`.
    pub fn column(self, question: &Question, repeat: &str) -> String {
        match self {
            Self::Kobo => {
                let own = question.path.strip_prefix(repeat).filter(|_| !repeat.is_empty());
                own.map_or(question.path.as_str(), |it| it.trim_start_matches('/')).to_owned()
            }
            Self::Odk => {
                let inside = question.around.rsplit(|group| group.repeats).next();
                let groups = inside.unwrap_or_default().iter().map(|group| group.name.as_str());
                let name = question.path.rsplit('/').next();
                groups.chain(name).collect::<Vec<_>>().join("-")
            }
        }
    }

    /// The columns that the parts of a place have of their own, and whether they stand in place of the whole one.
    pub fn parts(self, column: &str) -> ([String; 4], bool) {
        match self {
            Self::Kobo => {
                let (groups, name) = match column.rfind('/') {
                    Some(at) => column.split_at(at + 1),
                    None => ("", column),
                };
                let part = |part| format!("{groups}_{name}_{part}");
                (["latitude", "longitude", "altitude", "precision"].map(part), false)
            }
            Self::Odk => {
                let part = |part| format!("{column}-{part}");
                (["Latitude", "Longitude", "Altitude", "Accuracy"].map(part), true)
            }
        }
    }

    /// The columns before the questions.
    pub fn before(self, people: bool) -> &'static [&'static str] {
        match (self, people) {
            (Self::Odk, true) => &["SubmissionDate"],
            _ => &[],
        }
    }

    /// The columns behind the questions.
    pub fn behind(self, people: bool) -> Vec<&'static str> {
        let (theirs, own): (&[&str], &[&str]) = match (self, people) {
            (Self::Kobo, true) => (
                &[
                    "_id",
                    "_uuid",
                    "_submission_time",
                    "_validation_status",
                    "_notes",
                    "_status",
                    "_submitted_by",
                    "__version__",
                    "_tags",
                    "_index",
                ],
                &OWN,
            ),
            (Self::Kobo, false) => (
                &[
                    "_index",
                    "_parent_table_name",
                    "_parent_index",
                    "_submission__id",
                    "_submission__uuid",
                    "_submission__submission_time",
                ],
                &[],
            ),
            (Self::Odk, true) => (
                &[
                    "meta-instanceID",
                    "KEY",
                    "SubmitterID",
                    "SubmitterName",
                    "AttachmentsPresent",
                    "AttachmentsExpected",
                    "Status",
                    "ReviewState",
                    "DeviceID",
                    "Edits",
                    "FormVersion",
                ],
                &OWN,
            ),
            (Self::Odk, false) => (&["PARENT_KEY", "KEY"], &[]),
        };
        theirs.iter().chain(own).copied().collect()
    }

    /// The cells before the answers of a row.
    pub fn cells_before(self, subject: &Subject<'_>) -> Vec<String> {
        match self {
            Self::Odk if subject.positions.is_empty() => {
                vec![utc(subject.stored.received_at, chrono::SecondsFormat::Millis) + "Z"]
            }
            _ => Vec::new(),
        }
    }

    /// The cells behind the answers of a row.
    pub fn cells_behind(self, subject: &Subject<'_>) -> Vec<String> {
        let Subject { stored, submission, response, index, positions, .. } = *subject;
        let id = stored.seq.to_string();
        let uuid = stored.id.to_string();
        let received = utc(stored.received_at, chrono::SecondsFormat::Secs);
        let none = String::new;
        let own = || {
            [
                stored.id.reference(),
                utc(submission.made_at, chrono::SecondsFormat::Secs),
                submission.venue.as_ref().map(Key::to_string).unwrap_or_default(),
                submission.language.clone(),
                response.seconds.map(|it| it.to_string()).unwrap_or_default(),
                u8::from(response.partial).to_string(),
            ]
        };
        match (self, positions) {
            (Self::Kobo, []) => {
                let status = "submitted_via_web".to_owned();
                let (version, index) = (response.version.to_string(), index.to_string());
                let theirs =
                    [id, uuid, received, none(), none(), status, none(), version, none(), index];
                theirs.into_iter().chain(own()).collect()
            }
            (Self::Kobo, _) => {
                let parent = subject.parent_index.map(|it| it.to_string()).unwrap_or_default();
                vec![index.to_string(), subject.parent.to_owned(), parent, id, uuid, received]
            }
            (Self::Odk, []) => {
                let (files, key) = (subject.files.to_string(), key(&uuid, &[], &[]));
                let version = response.version.to_string();
                let theirs = [key.clone(), key, none(), none(), files.clone(), files]
                    .into_iter()
                    .chain([none(), none(), none(), "0".to_owned(), version]);
                theirs.chain(own()).collect()
            }
            (Self::Odk, [outer @ .., _]) => {
                let around = subject.around;
                let innermost = around.iter().rposition(|group| group.repeats).unwrap_or(0);
                vec![key(&uuid, &around[..innermost], outer), key(&uuid, around, positions)]
            }
        }
    }
}

/// `uuid:…/group/repeat[2]`: the way to an instance; groups inside of the innermost repeat are not on it.
fn key(uuid: &str, around: &[Group], positions: &[u32]) -> String {
    let mut key = format!("uuid:{uuid}");
    let mut way = around.iter();
    for position in positions {
        for group in way.by_ref() {
            key.push('/');
            key.push_str(&group.name);
            if group.repeats {
                key.push_str(&format!("[{position}]"));
                break;
            }
        }
    }
    key
}

/// ISO 8601 in UTC without a zone, as Kobo writes it.
fn utc(at: Millis, form: chrono::SecondsFormat) -> String {
    at.utc().to_rfc3339_opts(form, true).trim_end_matches('Z').to_owned()
}
