//! The screens of the builder, and their addresses.

use model::Key;
use survey::draft::Path;

use crate::router;

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Screen {
    /// All questions.
    Contents,
    /// Title, summary, minutes, whether it asks who people are.
    About,
    /// A new item at the end of a group.
    Add(Path),
    /// One question or group.
    Item(Path),
    /// A condition of an item.
    Condition(Path, Decides),
    /// The choices of a question.
    Choices(Path),
    /// The languages.
    Languages,
    /// The words in one language.
    Translate(String),
    /// As a resident sees it.
    Preview,
    /// What is wrong or missing, and out.
    Publish,
}

/// What a condition decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decides {
    /// When the item is asked.
    Asked,
    /// When it must be answered.
    Needed,
    /// Which answers are good.
    Good,
}

impl Decides {
    /// The field of the item, in XLSForm's words.
    pub fn field(self) -> &'static str {
        match self {
            Self::Asked => "relevant",
            Self::Needed => "required",
            Self::Good => "constraint",
        }
    }
}

impl Screen {
    /// The screen that the address names; tracked.
    pub fn now() -> Self {
        let at = router::query("at").unwrap_or_default();
        let path = Path::parse(&at);
        match router::query("do").unwrap_or_default().as_str() {
            "about" => Self::About,
            "add" => Self::Add(path),
            "item" => Self::Item(path),
            "condition" => Self::Condition(path, Decides::Asked),
            "required" => Self::Condition(path, Decides::Needed),
            "constraint" => Self::Condition(path, Decides::Good),
            "choices" => Self::Choices(path),
            "languages" => Self::Languages,
            "translate" => Self::Translate(at),
            "preview" => Self::Preview,
            "publish" => Self::Publish,
            _ => Self::Contents,
        }
    }

    /// Its address.
    pub fn address(&self, survey: &Key) -> String {
        let (name, at) = match self {
            Self::Contents => return format!("/staff/surveys/{survey}/edit"),
            Self::About => ("about", String::new()),
            Self::Add(path) => ("add", path.to_string()),
            Self::Item(path) => ("item", path.to_string()),
            Self::Condition(path, decides) => {
                let name = match decides {
                    Decides::Asked => "condition",
                    Decides::Needed => "required",
                    Decides::Good => "constraint",
                };
                (name, path.to_string())
            }
            Self::Choices(path) => ("choices", path.to_string()),
            Self::Languages => ("languages", String::new()),
            Self::Translate(tag) => ("translate", tag.clone()),
            Self::Preview => ("preview", String::new()),
            Self::Publish => ("publish", String::new()),
        };
        let at = String::from(js_sys::encode_uri_component(&at));
        format!("/staff/surveys/{survey}/edit?do={name}&at={at}")
    }

    /// Goes there.
    pub fn show(&self, survey: &Key) {
        router::go(&self.address(survey));
    }
}
