//! The functions by name, how many arguments they take and what they mean.

use super::{date, lists, math, words};

/// A function of the language.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) name: &'static str,
    /// The fewest arguments and the most.
    pub(super) arity: (u8, u8),
    pub(super) meaning: Meaning,
}

/// What a function does, by what it needs: the less, the fewer bytes it takes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Meaning {
    /// Only a number.
    Number(fn(f64) -> f64),
    /// Two numbers.
    Numbers(fn(f64, f64) -> f64),
    /// The texts of its arguments.
    Texts(fn(&[String]) -> Simple),
    /// The data, the clock, chance, or not all of its arguments: the evaluator does it.
    Own(Own),
}

/// What a function gives that knows no nodes.
pub(super) enum Simple {
    Text(String),
    Number(f64),
    Truth(bool),
}

/// The functions that the evaluator does itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Own {
    Area,
    Boolean,
    Checklist,
    ChoiceName,
    Coalesce,
    Concat,
    Count,
    CountNonEmpty,
    Date,
    DecimalDateTime,
    Digest,
    Distance,
    Duration,
    FormatDate,
    If,
    IndexedRepeat,
    Itext,
    Join,
    Last,
    Max,
    Min,
    Name,
    NormalizeSpace,
    Not,
    Now,
    Number,
    Once,
    Position,
    Property,
    PullData,
    Random,
    Randomize,
    Regex,
    Round,
    String,
    Sum,
    Today,
    Uuid,
    WeightedChecklist,
}

/// Two functions are the same if they have the same name.
impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// Any number of arguments.
const ANY: u8 = u8::MAX;

const fn own(name: &'static str, least: u8, most: u8, own: Own) -> Function {
    Function { name, arity: (least, most), meaning: Meaning::Own(own) }
}

const fn number(name: &'static str, of: fn(f64) -> f64) -> Function {
    Function { name, arity: (1, 1), meaning: Meaning::Number(of) }
}

const fn numbers(name: &'static str, of: fn(f64, f64) -> f64) -> Function {
    Function { name, arity: (2, 2), meaning: Meaning::Numbers(of) }
}

const fn texts(name: &'static str, least: u8, most: u8, of: fn(&[String]) -> Simple) -> Function {
    Function { name, arity: (least, most), meaning: Meaning::Texts(of) }
}

/// ODK XForms 1.0.0, "XPath Functions", and those of XPath 1.0, section 4, that pyxform lets through. `instance()` and
/// `current()` are read as the start of a path.
static FUNCTIONS: &[Function] = &[
    number("abs", f64::abs),
    number("acos", libm::acos),
    own("area", 1, 1, Own::Area),
    number("asin", libm::asin),
    number("atan", libm::atan),
    numbers("atan2", libm::atan2),
    texts("base64-decode", 1, 1, words::base64_decode),
    own("boolean", 1, 1, Own::Boolean),
    texts("boolean-from-string", 1, 1, words::boolean_from_string),
    number("ceiling", libm::ceil),
    own("checklist", 2, ANY, Own::Checklist),
    own("choice-name", 2, 2, Own::ChoiceName),
    own("coalesce", 1, ANY, Own::Coalesce),
    own("concat", 0, ANY, Own::Concat),
    texts("contains", 2, 2, words::contains),
    number("cos", libm::cos),
    own("count", 1, 1, Own::Count),
    own("count-non-empty", 1, 1, Own::CountNonEmpty),
    texts("count-selected", 1, 1, lists::count_selected),
    own("date", 1, 1, Own::Date),
    own("date-time", 1, 1, Own::Date),
    own("decimal-date-time", 1, 1, Own::DecimalDateTime),
    texts("decimal-time", 1, 1, date::decimal_time),
    // SurveyCTO's: which device it was is nothing that surveys here record.
    texts("device-info", 0, 0, words::nothing),
    own("digest", 2, 3, Own::Digest),
    own("distance", 1, ANY, Own::Distance),
    // SurveyCTO's.
    own("duration", 0, 0, Own::Duration),
    texts("ends-with", 2, 2, words::ends_with),
    number("exp", libm::exp),
    number("exp10", math::exp10),
    texts("false", 0, 0, words::no),
    number("floor", libm::floor),
    own("format-date", 2, 2, Own::FormatDate),
    own("format-date-time", 2, 2, Own::FormatDate),
    texts("geofence", 2, 2, super::geo::geofence),
    own("if", 3, 3, Own::If),
    // Without an argument it is SurveyCTO's.
    own("index", 0, 1, Own::Position),
    own("indexed-repeat", 3, 7, Own::IndexedRepeat),
    number("int", libm::trunc),
    own("join", 1, ANY, Own::Join),
    own("jr:choice-name", 2, 2, Own::ChoiceName),
    own("jr:itext", 1, 1, Own::Itext),
    own("last", 0, 0, Own::Last),
    own("local-name", 0, 1, Own::Name),
    number("log", libm::log),
    number("log10", libm::log10),
    texts("lower-case", 1, 1, words::lower_case),
    own("max", 1, ANY, Own::Max),
    own("min", 1, ANY, Own::Min),
    own("name", 0, 1, Own::Name),
    own("normalize-space", 0, 1, Own::NormalizeSpace),
    own("not", 1, 1, Own::Not),
    own("now", 0, 0, Own::Now),
    own("number", 0, 1, Own::Number),
    own("once", 1, 1, Own::Once),
    texts("pi", 0, 0, math::pi),
    own("position", 0, 1, Own::Position),
    numbers("pow", libm::pow),
    own("property", 1, 1, Own::Property),
    own("pulldata", 4, 4, Own::PullData),
    own("random", 0, 0, Own::Random),
    own("randomize", 1, 2, Own::Randomize),
    own("regex", 2, 2, Own::Regex),
    own("round", 1, 2, Own::Round),
    texts("selected", 2, 2, lists::selected),
    texts("selected-at", 2, 2, lists::selected_at),
    number("sin", libm::sin),
    number("sqrt", libm::sqrt),
    texts("starts-with", 2, 2, words::starts_with),
    own("string", 0, 1, Own::String),
    texts("string-length", 1, 1, words::string_length),
    texts("substr", 2, 3, words::substr),
    texts("substring", 2, 3, words::substring),
    texts("substring-after", 2, 2, words::substring_after),
    texts("substring-before", 2, 2, words::substring_before),
    own("sum", 1, 1, Own::Sum),
    number("tan", libm::tan),
    own("today", 0, 0, Own::Today),
    texts("translate", 3, 3, words::translate),
    texts("true", 0, 0, words::yes),
    texts("upper-case", 1, 1, words::upper_case),
    own("uuid", 0, 1, Own::Uuid),
    own("weighted-checklist", 2, ANY, Own::WeightedChecklist),
];

impl Function {
    /// The function of that name.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        let at = FUNCTIONS.binary_search_by(|function| function.name.cmp(name)).ok()?;
        FUNCTIONS.get(at)
    }

    /// What to do about a function that does not exist.
    pub(super) fn remedy(name: &str) -> String {
        let folded = |name: &str| name.replace(['-', '_'], "").to_ascii_lowercase();
        let near = FUNCTIONS.iter().find(|function| folded(function.name) == folded(name));
        near.map_or_else(
            || "Check how it is spelled.".to_owned(),
            |function| format!("Write “{}”.", function.name),
        )
    }

    /// Whether it may give something else although nothing that was answered changed.
    pub(super) fn is_volatile(&self) -> bool {
        matches!(
            self.meaning,
            Meaning::Own(Own::Now | Own::Today | Own::Random | Own::Uuid | Own::Duration)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::FUNCTIONS;

    #[test]
    fn the_table_is_in_order() {
        assert!(FUNCTIONS.is_sorted_by(|a, b| a.name < b.name));
    }
}
