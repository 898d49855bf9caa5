//! What a survey asks: the definition inside a published version.

use std::sync::Arc;

use model::{Named, Text};

use crate::{Expression, graph::Graph};

/// A survey's questions, read and ready to be filled in. [`Definition::read`] checks what staff
/// made or imported; [`Definition::read_published`] reads what was checked before.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// The languages it is written in, short BCP 47 tags; the first one is its own and stands in
    /// where a translation is missing.
    pub languages: Vec<String>,
    /// What a language calls itself, by its tag, where the form says so: `pl` → "Polski".
    pub language_names: Named<String>,
    /// What the form is called; the survey's own title comes before it.
    pub title: Text,
    /// The settings sheet, by XLSForm's names: `form_id`, `version`, `style` …
    pub settings: Named<String>,
    /// Everything it asks, in order: a group or a repeat stands directly before what it holds.
    pub items: Vec<Item>,
    /// The lists of choices by name.
    pub lists: Named<Arc<[Choice]>>,
    /// The attached tables by name, for `pulldata()` and the selects from a file.
    pub tables: Named<Table>,
    /// The pictures, sounds and films that the form brings along, by the names its media columns give them: each a
    /// `data:` address. One that is too large for a tablet without a network is not among them.
    pub files: Named<Arc<str>>,
    /// What must be computed again when something changes.
    pub(crate) graph: Graph,
}

/// One row of the form: a question, a note, a value that nobody sees, a group or a repeat.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Unique within its group; expressions refer to it as `${name}`.
    pub name: String,
    /// Its place and its column in exports, without positions: `age`, `household/age`. Its name, where that is unique
    /// within its innermost repeat, else with its groups in front; before that its repeats.
    pub path: String,
    /// What kind of answer it takes.
    pub kind: Kind,
    /// The question itself, or the heading of a group. It may hold `${name}` (piped text).
    pub label: Text,
    /// Help with answering.
    pub hint: Text,
    /// Longer help, shown on request.
    pub guidance: Text,
    /// Pictures, sound and films beside the label.
    pub media: Media,
    /// Whether it can be skipped.
    pub required: Condition,
    /// What to say to somebody who skips it.
    pub required_message: Text,
    /// Whether its answer can only be read.
    pub read_only: Condition,
    /// When it is asked; always, if there is none.
    pub relevant: Option<Expression>,
    /// What a good answer fulfils; `.` is the answer.
    pub constraint: Option<Expression>,
    /// What to say when it does not.
    pub constraint_message: Text,
    /// What its value is computed from.
    pub calculation: Option<Expression>,
    /// The value it starts with.
    pub default: Option<Initial>,
    /// The items (indices into [`Definition::items`]) whose change computes `calculation`, which
    /// then is not computed at any other time. Empty for an ordinary calculation.
    pub triggers: Vec<usize>,
    /// Which choices are offered; the choice's columns are at hand by their names.
    pub choice_filter: Option<Expression>,
    /// How many instances a repeat has; without it people add as many as they need.
    pub repeat_count: Option<Expression>,
    /// "Prefer not to say" is offered.
    pub may_decline: bool,
    /// How it looks, in XLSForm's words: `likert`, `multiline`, `field-list` …
    pub appearance: String,
    /// XLSForm's parameters, as written: `randomize`, `seed`, `value` …
    pub parameters: Named<String>,
    /// The group or repeat around it.
    pub parent: Option<usize>,
    /// The innermost repeat around it.
    pub repeat: Option<usize>,
    /// One past the last item it holds; its own index plus one for a question.
    pub end: usize,
}

/// Pictures, sound and films that stand beside a text: names of files, by language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Media {
    /// A picture.
    pub image: Text,
    /// Something to hear.
    pub audio: Text,
    /// A film.
    pub video: Text,
}

impl Media {
    /// Whether there is none of them in any language.
    pub fn is_empty(&self) -> bool {
        self.image.is_empty() && self.audio.is_empty() && self.video.is_empty()
    }
}

/// Something that holds always, never or under a condition.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Condition {
    /// It does not hold.
    #[default]
    Never,
    /// It holds.
    Always,
    /// It holds when the expression does.
    When(Expression),
}

/// The value that an answer starts with.
#[derive(Debug, Clone, PartialEq)]
pub enum Initial {
    /// As it is written.
    Written(String),
    /// Computed when the form, or the repeat's instance, begins.
    Computed(Expression),
}

/// The kinds of item, by XLSForm's names.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Items that belong together and share a condition.
    Group,
    /// Items that are asked once for each of several things.
    Repeat,
    /// Text to read; takes no answer.
    Note,
    /// One of the choices.
    SelectOne(Choices),
    /// Any of the choices.
    SelectMultiple(Choices),
    /// All the choices, in an order.
    Rank(Choices),
    /// A step on a scale.
    Range(Scale),
    /// A whole number.
    Integer,
    /// A number, perhaps with a fraction.
    Decimal,
    /// Words.
    Text,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A day with a time.
    DateTime,
    /// Something to agree to; the answer is `OK`.
    Acknowledge,
    /// A value that nobody sees: `calculate` and `hidden`.
    Hidden,
    /// Something about this filling, not asked of anybody.
    Metadata(Metadata),
    /// What a barcode says; written where there is no reader.
    Barcode,
    /// A place: latitude, longitude, altitude and accuracy, separated by spaces.
    Geopoint,
    /// Places in a row, or around an area, separated by semicolons.
    Geoshape,
    /// A picture, sound, film or any other file.
    File(FileKind),
}

/// What a survey notes by itself (XLSForm's metadata types).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metadata {
    /// When the filling began.
    Start,
    /// When it ended.
    End,
    /// The day on which it began.
    Today,
    /// The tablet.
    DeviceId,
    /// Who holds it: the user's name.
    Username,
    /// The user's e-mail address.
    Email,
    /// The telephone's number.
    PhoneNumber,
    /// What this app does not record: audit, background audio, the place at the start.
    Nothing,
}

/// What a file question takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A picture.
    Image,
    /// A recording.
    Audio,
    /// A film.
    Video,
    /// Any file.
    Any,
}

/// Where a question's choices come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Choices {
    /// A list of the form, shared by the questions that use it.
    List(Arc<[Choice]>),
    /// The values of a question inside a repeat (its index in [`Definition::items`]).
    Repeat(usize),
}

impl Choices {
    /// The choices that the form writes down; those from a repeat are known only while it is filled in.
    pub fn iter(&self) -> impl Iterator<Item = &Choice> {
        match self {
            Self::List(list) => list.iter(),
            Self::Repeat(_) => [].iter(),
        }
    }
}

/// One choice of a select question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// What is stored.
    pub name: String,
    /// What is read.
    pub label: Text,
    /// Pictures, sound and films beside it.
    pub media: Media,
    /// Its further columns, which choice filters compare.
    pub columns: Named<String>,
}

/// An attached table of text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows; a missing cell is empty.
    pub rows: Vec<Vec<String>>,
}

/// The steps of a range question: from `start` to `end`, `step` apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    /// The first value.
    pub start: f64,
    /// The last value that may be reached.
    pub end: f64,
    /// The distance, above 0.
    pub step: f64,
    /// What the first value means.
    pub low: Text,
    /// What the last value means.
    pub high: Text,
}

impl Scale {
    /// How many values it has.
    pub fn len(&self) -> usize {
        // A little is added, for 0.3 is not quite three times 0.1.
        (((self.end - self.start).abs() / self.step + 1e-6) as usize).saturating_add(1)
    }

    /// Whether it has no value; it always has one.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Every value of the scale, as it is stored.
    pub fn values(&self) -> impl Iterator<Item = String> + use<> {
        let (start, step) = (self.start, self.step.copysign(self.end - self.start));
        (0..self.len()).map(move |n| {
            // Six places behind the point; what lies behind them is rounding.
            let value = ((start + step * n as f64) * 1e6).round() / 1e6;
            crate::number::write(value)
        })
    }
}

impl Kind {
    /// Whether it holds other items.
    pub fn is_group(&self) -> bool {
        matches!(self, Self::Group | Self::Repeat)
    }

    /// Whether somebody is asked: neither a group, a note nor a value that nobody sees.
    pub fn is_asked(&self) -> bool {
        !matches!(self, Self::Group | Self::Repeat | Self::Note | Self::Hidden | Self::Metadata(_))
    }

    /// Whether it appears on a screen.
    pub fn is_shown(&self) -> bool {
        *self == Self::Note || self.is_asked()
    }

    /// The choices of a select or rank question.
    pub fn choices(&self) -> Option<&Choices> {
        match self {
            Self::SelectOne(choices) | Self::SelectMultiple(choices) | Self::Rank(choices) => {
                Some(choices)
            }
            _ => None,
        }
    }
}

impl Item {
    /// Whether one of the words of its appearance is `word`.
    pub fn looks(&self, word: &str) -> bool {
        self.appearance.split_whitespace().any(|own| own == word)
    }
}

impl Definition {
    /// Every question and note in order, also those that nobody sees; no groups and repeats.
    pub fn questions(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| !item.kind.is_group())
    }

    /// The item at a path without positions: `age`, `household/age`.
    pub fn item(&self, path: &str) -> Option<&Item> {
        self.items.get(self.index_of(path)?)
    }

    /// Its index.
    pub(crate) fn index_of(&self, path: &str) -> Option<usize> {
        let order = &self.graph.by_path;
        let path_of = |index: &usize| self.items[*index].path.as_str();
        let found = order.binary_search_by(|index| path_of(index).cmp(path)).ok()?;
        order.get(found).copied()
    }

    /// Whether what a group holds stands on one page. Instances that come and go are on pages of their own.
    pub(crate) fn is_page(&self, index: usize) -> bool {
        let item = &self.items[index];
        let inside = || self.items[index + 1..item.end].iter();
        item.kind.is_group()
            && (item.looks("field-list") || item.looks("table-list"))
            && inside().all(|item| item.kind != Kind::Repeat)
    }

    /// Puts the names in order, so that [`Definition::named`] finds them.
    pub(crate) fn sort_names(&mut self) {
        let items = &self.items;
        let names = &mut self.graph.by_name;
        *names = (0..items.len()).collect();
        names.sort_by(|a, b| items[*a].name.cmp(&items[*b].name));
    }

    /// The items directly inside one, or at the top.
    pub(crate) fn children(&self, of: Option<usize>) -> impl Iterator<Item = usize> + '_ {
        let (mut at, end) = match of {
            Some(index) => (index + 1, self.items[index].end),
            None => (0, self.items.len()),
        };
        std::iter::from_fn(move || {
            let here = at;
            (here < end).then(|| {
                at = self.items[here].end;
                here
            })
        })
    }

    /// A text in a language, else in the form's own, else in any.
    pub fn text<'a>(&self, text: &'a Text, language: &str) -> &'a str {
        let own = |language: &str| text.own(language).filter(|words| !words.trim().is_empty());
        own(language).or_else(|| own(self.languages.first()?)).unwrap_or_else(|| text.get(language))
    }
}
