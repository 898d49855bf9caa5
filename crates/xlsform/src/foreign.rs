//! Functions that forms of other programs call and XLSForm's expressions here do not have, and what to write instead.
//!
//! Source: SurveyCTO's documentation, "Using expressions in your forms: a reference for all operators and functions".

/// What is of a tablet's telephone, or of a program that is not here.
const NOTHING: &str = "Nothing here knows it. Take the calculation out.";
/// What ranks and sorts.
const NO_ORDER: &str = "Nothing here puts values in an order. Take the calculation out.";

/// Names, in order, and remedies.
const FOREIGN: [(&str, &str); 29] = [
    ("choice-label", "Write the value first: jr:choice-name(${town}, '${town}')."),
    ("collect-is-phone-app", NOTHING),
    ("collectanswersprovider", NOTHING),
    ("count-if", "Put the condition in square brackets: count(${person}[age >= 18])."),
    ("count-items", "Use count-selected(). It counts words with spaces between them."),
    ("de-duplicate", NO_ORDER),
    ("distance-between", "Write distance(${here}, ${there})."),
    ("empty", "Write ${question} = ''."),
    ("format-number", "Leave it away: numbers are shown as they are."),
    ("geo-scatter", NOTHING),
    ("hash", "Write digest(${question}, 'SHA-256')."),
    ("item-at", "Use selected-at(). It picks from words with spaces between them."),
    ("item-index", NO_ORDER),
    ("item-present", "Use selected(). It looks among words with spaces between them."),
    ("join-if", "Put the condition in square brackets: join(', ', ${person}[age >= 18]/name)."),
    ("linebreak", "Begin a new line in the label where it is shown."),
    ("lower", "Write lower-case()."),
    ("max-if", "Put the condition in square brackets: max(${person}[age >= 18]/age)."),
    ("min-if", "Put the condition in square brackets: min(${person}[age >= 18]/age)."),
    ("phone-call-duration", NOTHING),
    ("phone-call-log", NOTHING),
    ("plug-in-metadata", NOTHING),
    ("rank-index", NO_ORDER),
    ("rank-index-if", NO_ORDER),
    ("relevant", "Write ${question} != ''."),
    ("sum-if", "Put the condition in square brackets: sum(${person}[age >= 18]/age)."),
    ("upper", "Write upper-case()."),
    ("username", "Add a row of the type username, and write its name."),
    ("version", "Take it out: the version is stored with each answer."),
];

/// What to write instead of a function.
pub(crate) fn remedy(function: &str) -> Option<&'static str> {
    FOREIGN.iter().find(|(name, _)| *name == function).map(|(_, remedy)| *remedy)
}
