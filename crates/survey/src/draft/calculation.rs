//! Calculations as people pick them: what is made of which answers. Each is written as an expression, and an
//! expression of this form is read back; any other stays an expression.

use super::{Draft, Path, is_answered, reference::references};

/// What is made of which answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calculation {
    /// What is made of them.
    pub make: Make,
    /// The names of the questions, in their order; as many as [`Make::takes`] says.
    pub of: Vec<String>,
}

/// What is made of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Make {
    /// The answer as it is.
    Same,
    /// All of them together. One that is not given counts as 0.
    Sum,
    /// The first without the second. One that is not given counts as 0.
    Difference,
    /// How many of them are given.
    Answered,
    /// How many choices are picked.
    Picked,
    /// How many times a repeat was filled in.
    Times,
}

impl Make {
    /// Everything that can be picked.
    pub const ALL: [Self; 6] =
        [Self::Same, Self::Sum, Self::Difference, Self::Answered, Self::Picked, Self::Times];

    /// A name for lists to choose from.
    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Sum => "sum",
            Self::Difference => "difference",
            Self::Answered => "answered",
            Self::Picked => "picked",
            Self::Times => "times",
        }
    }

    /// How many questions it takes: at least, and at most.
    pub fn takes(self) -> (usize, usize) {
        match self {
            Self::Same | Self::Picked | Self::Times => (1, 1),
            Self::Difference => (2, 2),
            Self::Sum | Self::Answered => (1, usize::MAX),
        }
    }

    /// Whether it can be made of a question of this type.
    pub fn fits(self, kind: &str) -> bool {
        const SENT: [&str; 4] = ["image", "audio", "video", "file"];
        match self {
            Self::Same => (is_answered(kind) || kind == "calculate") && !SENT.contains(&kind),
            Self::Sum | Self::Difference => {
                matches!(kind, "integer" | "decimal" | "range" | "calculate")
            }
            Self::Answered => is_answered(kind),
            Self::Picked => kind == "select_multiple",
            Self::Times => kind == "repeat",
        }
    }
}

impl Calculation {
    /// As an expression; empty while it has too few questions or too many.
    pub fn write(&self) -> String {
        let (least, most) = self.make.takes();
        if self.of.len() < least || self.of.len() > most {
            return String::new();
        }
        let joined = |by: &str, term: &dyn Fn(&str) -> String| {
            self.of.iter().map(|name| term(name)).collect::<Vec<_>>().join(by)
        };
        let number = |name: &str| format!("coalesce(${{{name}}}, 0)");
        match self.make {
            Make::Same => joined("", &|name| format!("${{{name}}}")),
            Make::Sum => joined(" + ", &number),
            Make::Difference => joined(" - ", &number),
            Make::Answered => joined(" + ", &|name| format!("if(${{{name}}} != '', 1, 0)")),
            Make::Picked => joined("", &|name| format!("count-selected(${{{name}}})")),
            Make::Times => joined("", &|name| format!("count(${{{name}}})")),
        }
    }

    /// Reads an expression; none if it is of another form. Where spaces stand does not matter.
    pub fn parse(expression: &str) -> Option<Self> {
        let bare = |text: &str| text.replace(char::is_whitespace, "");
        let of: Vec<_> = references(expression).map(str::to_owned).collect();
        let expression = bare(expression);
        let made = Make::ALL.into_iter().map(|make| Self { make, of: of.clone() });
        made.into_iter().find(|made| !expression.is_empty() && bare(&made.write()) == expression)
    }
}

impl Draft {
    /// The questions that a calculation can be made of in this way: those that have one answer where it stands.
    pub fn made_of(&self, own: &Path, make: Make) -> Vec<Path> {
        let repeats = |path: &Path| -> Vec<Path> {
            let mut around = Vec::new();
            let mut at = path.parent();
            while let Some(path) = at {
                at = path.parent();
                if self.field(&path, "type") == "repeat" {
                    around.push(path);
                }
            }
            around.reverse();
            around
        };
        let here = repeats(own);
        let entries = self.entries().into_iter();
        let fitting = entries.filter(|entry| {
            let around = !own.is_in(&entry.path);
            around && make.fits(&entry.kind) && here.starts_with(&repeats(&entry.path))
        });
        fitting.map(|entry| entry.path).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::Expression;

    #[test]
    fn what_people_write_by_hand_is_read_where_it_means_the_same() {
        let read = |expression: &str| Calculation::parse(expression).map(|it| (it.make, it.of));
        let of = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        assert_eq!(read(" ${ a } "), Some((Make::Same, of(&["a"]))));
        assert_eq!(read("coalesce(${a},0)+coalesce( ${b}, 0)"), Some((Make::Sum, of(&["a", "b"]))));
        assert_eq!(read("count( ${pet} )"), Some((Make::Times, of(&["pet"]))));
        // Without an answer this comes to no number: it is not the sum that is picked.
        for other in
            ["", " ", "${a} + ${b}", "coalesce(${a}, 1)", "1", "${a} ${b}", "count(${a}) + 1"]
        {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn only_what_has_one_answer_there_is_offered() {
        let draft = Draft::read(&json!({"languages": ["en"], "items": [
            {"type": "integer", "name": "adults"},
            {"type": "text", "name": "street"},
            {"type": "repeat", "name": "pet", "items": [
                {"type": "integer", "name": "age"},
                {"type": "calculate", "name": "inside"},
            ]},
            {"type": "group", "name": "home", "items": [{"type": "calculate", "name": "people"}]},
        ]}))
        .unwrap();
        let offered = |own: &str, make: Make| -> Vec<String> {
            let paths = draft.made_of(&Path::parse(own), make);
            paths.iter().map(|path| path.name().unwrap().to_owned()).collect()
        };
        assert_eq!(offered("home/people", Make::Sum), ["adults"]);
        assert_eq!(offered("home/people", Make::Times), ["pet"]);
        assert_eq!(offered("home/people", Make::Answered), ["adults", "street"]);
        assert_eq!(offered("pet/inside", Make::Sum), ["adults", "age", "people"]);
        assert_eq!(offered("pet/inside", Make::Times), [""; 0]);
    }

    proptest! {
        /// What was picked is what is read back, and an expression that surveys can read.
        #[test]
        fn a_calculation_is_read_back(
            make in prop::sample::select(Make::ALL.to_vec()),
            names in prop::collection::vec("[a-z][a-z0-9_.-]{0,6}", 2..5),
        ) {
            let (_, most) = make.takes();
            let of: Vec<_> = names.into_iter().take(most).collect();
            let made = Calculation { make, of };
            let written = made.write();
            prop_assert!(Expression::parse(&written).is_ok(), "{}", written);
            prop_assert_eq!(Calculation::parse(&written), Some(made), "{}", written);
        }
    }
}
