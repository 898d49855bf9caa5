//! Where the two engines differ, and why. `docs/odk-differences.md` says the same in words for people.

use survey::{Condition, Definition, Item, Kind};

use crate::compare::{Finding, What};

/// A difference that there is to be: one that never shows is taken out of the table.
pub struct Difference {
    /// What differs.
    pub what: &'static [What],
    /// Where.
    pub at: At,
    /// Why, and which of the two the specification is with.
    pub reason: &'static str,
}

/// Where a difference shows.
pub enum At {
    /// At these questions of one form.
    Paths(&'static str, &'static [&'static str]),
    /// At every question that the test holds for.
    Item(fn(&Item, &Finding) -> bool),
}

impl Difference {
    /// Whether it is what was found.
    pub fn explains(&self, found: &Finding, definition: &Definition) -> bool {
        let item = found.item.and_then(|item| definition.items.get(item));
        self.what.contains(&found.what)
            && match self.at {
                At::Paths(form, paths) => form == found.form && paths.contains(&&*found.path),
                At::Item(holds) => item.is_some_and(|item| holds(item, found)),
            }
    }
}

/// A form that ODK's engine cannot read.
pub struct Unread {
    /// How its name begins.
    pub form: &'static str,
    /// How what the engine says begins.
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

/// What the pattern of `regex()` may leave around what it finds.
fn by_part(item: &Item) -> bool {
    item.constraint.as_ref().is_some_and(|constraint| constraint.source().contains("regex("))
}

/// Every difference.
pub const DIFFERENCES: &[Difference] = &[
    Difference {
        what: &[What::Notation],
        at: At::Item(|item, _| {
            let numbers = [Kind::Decimal, Kind::Geopoint, Kind::Geoshape];
            numbers.contains(&item.kind) || matches!(item.kind, Kind::Range(_))
        }),
        reason: "ODK's engine writes the numbers of decimals and places with a point always, 12.0; ours as they were \
                 typed, 12. They are the same numbers",
    },
    Difference {
        what: &[What::Type],
        at: At::Item(|_, found| found.ours.starts_with("refused: ") && (found.theirs == "none")),
        reason: "what is no answer of its kind (words for a number, a day that does not exist, a choice that is not \
                 offered) ODK's engine drops without a word; ours keeps it on the screen and says what is wrong",
    },
    Difference {
        what: &[What::Type],
        at: At::Item(|item, found| {
            item.kind == Kind::Integer
                && found.ours == "refused: 1.5"
                && found.theirs == "taken as 1"
        }),
        reason: "a fraction as a whole number ODK's engine cuts off without a word; ours says that it is none",
    },
    Difference {
        what: &[What::Type],
        at: At::Item(|item, found| {
            item.kind == Kind::Integer && found.ours == "refused: 1500000000"
        }),
        reason: "ours takes whole numbers of at most nine digits, as ODK Collect does; ODK's engine up to 2147483647",
    },
    Difference {
        what: &[What::Violation],
        at: At::Item(|item, found| {
            by_part(item) && found.ours.starts_with("constraint of") && found.theirs == "good"
        }),
        reason: "regex() in ours must match the whole text, as in ODK Collect; in ODK's engine a part is enough",
    },
    Difference {
        what: &[What::Violation],
        at: At::Item(|item, found| {
            let closed = !item.kind.is_asked() || item.read_only != Condition::Never;
            closed && found.ours == "good of \"\"" && found.theirs == "required"
        }),
        reason: "a required question that can only be read, or a note: nobody can answer it, so ours lets it be empty; \
                 ODK's engine would never take the form",
    },
    Difference {
        what: &[What::Value, What::Violation, What::Record, What::Type],
        at: At::Item(|item, found| {
            matches!(item.kind, Kind::SelectOne(_)) && found.node == "input"
        }),
        reason: "select_one_external: ODK's engine does not read `query` and takes any text; ours offers the choices \
                 of the external_choices sheet, filtered",
    },
    Difference {
        what: &[What::Value, What::Record],
        at: At::Item(|item, found| {
            item.kind == Kind::Geoshape && found.node == "input" && found.theirs.is_empty()
        }),
        reason: "a geotrace that ends where it began ODK's engine takes for a geoshape and drops; ours keeps it",
    },
    Difference {
        what: &[What::Value, What::Record],
        at: At::Paths("onadata__select_one_choices_test", &["lcsi", "caricop", "fs", "cari"]),
        reason: "lcsi is a select that is calculated, and what it comes to, 1, is missing in its list. ODK's engine \
                 drops it; ours keeps what was calculated, as the specification's calculate says. The others are \
                 calculated from it",
    },
    Difference {
        what: &[What::Instances, What::Presence],
        at: At::Paths(
            "onadata__nested_repeats",
            &["kids_details/kids_immunization", "kids_details/kids_immunization/immunization_info"],
        ),
        reason: "a repeat within a repeat begins with one instance in ours, always; in ODK's engine with one in the \
                 first instance around it and with none in those that are added",
    },
    Difference {
        what: &[What::Value, What::Record],
        at: At::Paths("pyxform__attribute_columns_test", &["uri_deviceid"]),
        reason: "ODK's engine does not know the metadata `uri:deviceid`",
    },
    Difference {
        what: &[What::Value, What::Record],
        at: At::Paths("pyxform__xlsform_spec_test", &["uri_deviceid"]),
        reason: "ODK's engine does not know the metadata `uri:deviceid`",
    },
];
