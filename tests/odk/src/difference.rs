//! Where the two engines differ, and why. `docs/odk-differences.md` says the same in words for people.

use survey::{Definition, Item, Kind};

use crate::compare::{Finding, What};

/// A difference that there is to be: one that never shows is taken out of the table.
pub struct Difference {
    /// What differs.
    pub what: What,
    /// Where.
    pub at: At,
    /// Why, and which of the two the specification is with.
    pub reason: &'static str,
}

/// Where a difference shows.
pub enum At {
    /// At one question of one form: `form: path`.
    Path(&'static str, &'static str),
    /// At every question that the test holds for.
    Item(fn(&Item) -> bool),
}

impl Difference {
    /// Whether it is what was found.
    pub fn explains(&self, found: &Finding, definition: &Definition) -> bool {
        let item = found.item.and_then(|item| definition.items.get(item));
        self.what == found.what
            && match self.at {
                At::Path(form, path) => form == found.form && path == found.path,
                At::Item(holds) => item.is_some_and(holds),
            }
    }
}

/// A form that ODK's engine cannot read.
pub struct Unread {
    /// Its name, or how its name begins.
    pub form: &'static str,
    /// What the engine says.
    pub says: &'static str,
    /// Why.
    pub reason: &'static str,
}

/// The forms that are not compared.
pub const UNREAD: &[Unread] = &[Unread {
    form: "SurveyCTO-Templates__",
    says: "Function 'device-info' is not defined.",
    reason: "written for SurveyCTO, with functions of its own; ODK Validate refuses them too",
}];

/// Every difference.
pub const DIFFERENCES: &[Difference] = &[Difference {
    what: What::Notation,
    at: At::Item(|item| matches!(item.kind, Kind::Decimal | Kind::Range(_))),
    reason: "ODK's engine writes a decimal with a point always, 12.0; ours as it was typed, 12. The number is the same",
}];
