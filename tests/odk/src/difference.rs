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

const NESTED: &str = "a repeat within a repeat begins with one instance in ours, always, as XLSForm says of repeats; in \
     ODK's engine with one in the first instance around it and with none in those that are added, which ODK holds for a \
     fault (getodk/collect#4059). What counts and joins them follows";

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
        what: &[What::Notation],
        at: At::Item(|item, _| item.calculation.is_some()),
        reason: "small numbers ODK's engine writes with an exponent, 1.25e-7, which XPath 1.0 does not have",
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
        reason: NESTED,
    },
    Difference {
        what: &[What::Instances, What::Presence, What::Value, What::Record],
        at: At::Paths(
            "repeats",
            &[
                "person/pet",
                "person/pet/pet_name",
                "person/pet/pet_age",
                "person/pet/place",
                "person/pet/first_pet",
                "person/pet/same",
                "person/pets",
                "person/pet_years",
                "person/pet_names",
                "all_pets",
                "pet_count",
            ],
        ),
        reason: NESTED,
    },
    Difference {
        what: &[What::Value, What::Record, What::Label],
        at: At::Paths("repeats", &["years", "oldest", "youngest", "sum_points", "sum_up"]),
        reason: "sum(), min() and max() leave out what is not relevant, and the sum of nothing is 0, as in ODK Collect \
                 (JavaRosa) and XPath 1.0; in ODK's engine an answer that is not relevant is no number, and neither is \
                 the sum",
    },
    Difference {
        what: &[What::Value, What::Record],
        at: At::Paths("choices", &["ages"]),
        reason: "the sum of nothing is 0, as XPath 1.0 has it; ODK's engine gives nothing",
    },
    Difference {
        what: &[What::Instances, What::Presence, What::Value, What::Record],
        at: At::Paths("repeats", &["round", "round/points", "round/so_far", "round/round_at"]),
        reason: "where the number of a repeat is emptied ODK's engine leaves the instances that there are, and what \
                 was in those that a smaller number took away is lost; ours has none without a number, and gives back \
                 what was answered when the number grows again",
    },
    Difference {
        what: &[What::Heading],
        at: At::Item(|item, found| item.repeat.is_some() && found.theirs.ends_with('1')),
        reason: "the label of a repeat that names an answer of its own instance: ODK's engine shows that of the first \
                 instance over all of them",
    },
    Difference {
        what: &[What::Value],
        at: At::Paths("choices", &["place_name"]),
        reason: "pyxform puts spaces around a label with an answer in it, and ODK's engine keeps them in \
                 jr:choice-name()",
    },
    Difference {
        what: &[What::Label, What::Hint, What::Message, What::ChoiceLabels, What::Heading],
        at: At::Item(|_, found| found.theirs == "-"),
        reason: "words that a language of the form does not have: pyxform writes a hyphen in their place, ours shows \
                 those of the form's own language",
    },
    Difference {
        what: &[What::Label, What::ChoiceLabels],
        at: At::Item(|item, found| {
            let own = found.what == What::ChoiceLabels || found.ours == item.name;
            own && found.theirs.is_empty()
        }),
        reason: "a question or a choice without any words: ours shows its name, so that nobody has an empty line to \
                 answer",
    },
    Difference {
        what: &[What::Media],
        at: At::Item(|item, _| item.name == "text_image_audio_video_test"),
        reason: "columns without a language beside columns in English: for pyxform a language of its own, \"default\"; \
                 in ours they are English, for which the column that says so goes first",
    },
    Difference {
        what: &[What::Label],
        at: At::Item(|item, _| item.name == "uri_deviceid_test_output"),
        reason: "it names the metadata `uri:deviceid`, which ODK's engine does not know",
    },
    Difference {
        what: &[What::Media],
        at: At::Item(|_, found| found.theirs.trim().is_empty()),
        reason: "a picture that only another language has: ours shows that of the form's own language",
    },
    Difference {
        what: &[What::Value, What::Record],
        at: At::Paths(
            "dates",
            &["ar2", "ar13", "ar14", "ar17", "ar18", "ddt1", "ddt3", "ddt5", "ddt7"],
        ),
        reason: "as a number a date counts whole days since 1970, as in ODK Collect; in ODK's engine it counts to the \
                 local midnight in UTC, 20778.9166 two hours ahead of it, and number() cuts that off: one day less",
    },
    Difference {
        what: &[What::Value, What::Record],
        at: At::Paths("dates", &["ar11", "date4"]),
        reason: "date() of a moment is its day; ODK's engine keeps the time",
    },
    Difference {
        what: &[What::Value, What::Record],
        at: At::Paths("dates", &["dtm2", "dtm3"]),
        reason: "date-time() of a date, or of whole days, is its beginning where the form is filled in; ODK's engine \
                 leaves a date as it is, and takes whole days as UTC",
    },
    Difference {
        what: &[What::Value, What::Record, What::Hint],
        at: At::Item(|_, found| found.theirs.ends_with("Invalid Date")),
        reason: "no date comes to nothing in ours, and to the words \"Invalid Date\" in ODK's engine",
    },
    Difference {
        what: &[What::Value, What::Record],
        at: At::Paths("dates", &["fd4", "fd6", "ft7"]),
        reason: "Sunday has no name in format-date() of ODK's engine",
    },
    Difference {
        what: &[What::Value, What::Record],
        at: At::Paths("dates", &["fd8"]),
        reason: "2026-1-5 is a date for date() of both, and for format-date() of ours alone",
    },
    Difference {
        what: &[What::Value, What::Record],
        at: At::Paths("numbers", &["i6", "num1", "num3"]),
        reason: "1e3 is a number for ODK's engine and none for XPath 1.0",
    },
    Difference {
        what: &[What::Value, What::Record],
        at: At::Paths("places", &["dist3"]),
        reason: "calculated from a geotrace that ends where it began, which ODK's engine drops",
    },
    Difference {
        what: &[What::Value, What::Record],
        at: At::Paths("words", &["b1", "b4"]),
        reason: "boolean() of a question that is not answered is false, as where it stands alone as a condition; in \
                 ODK's engine it is true, for there is a node",
    },
    Difference {
        what: &[What::Value, What::Record],
        at: At::Paths("words", &["after"]),
        reason: "substring-after() of ODK's engine goes on one character behind where the part begins, not behind its \
                 end",
    },
    Difference {
        what: &[What::Value, What::Record],
        at: At::Paths("words", &["sub6"]),
        reason: "substring() with a negative length is empty in XPath 1.0; ODK's engine goes backwards",
    },
    Difference {
        what: &[What::Value, What::Record],
        at: At::Paths("words", &["sub1", "sub2"]),
        reason: "substr() from an empty place is from the beginning; in ODK's engine it is empty",
    },
    Difference {
        what: &[What::Value, What::Record],
        at: At::Paths("words", &["str4"]),
        reason: "string() of what is no number is \"NaN\" in XPath 1.0; ODK's engine gives nothing",
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
