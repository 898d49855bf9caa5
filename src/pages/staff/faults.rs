//! Problems of a record as faults of its form.

use model::{Problem, ProblemCode};

use super::values::field_name;
use crate::{
    components::field::{Fault, words_for},
    locale::{key, t, tf},
};

/// A problem as a fault of the form: the field's id, its name and what is wrong.
pub fn fault_for(problem: &Problem) -> Fault {
    let field = field_of(&problem.pointer);
    let words = match field.as_str() {
        // The rule's own check names the part that is wrong.
        "rule" => problem.detail.clone(),
        "minutes" => t(key::STAFF_END_WRONG),
        _ if problem.code == ProblemCode::Required => t(key::STAFF_REQUIRED),
        _ => words_for(problem.code),
    };
    fault(&field, &words)
}

/// "Summary: Answer this question", for the field of that id.
pub fn fault(field: &str, words: &str) -> Fault {
    let name = field_name(field.split('-').next().unwrap_or_default());
    let words = tf(key::STAFF_FAULT, &[("field", &name), ("fault", words)]);
    Fault { field: field.to_owned(), words }
}

/// The id of the form's field for a pointer: `/fields/hours/0/to` → `hours-0-to`,
/// `/title/en` → `title`, `/themes/2` → `themes`.
fn field_of(pointer: &str) -> String {
    let path = pointer.strip_prefix("/fields").unwrap_or(pointer);
    let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [] => "title".to_owned(),
        [list @ ("hours" | "phones"), rest @ ..] if !rest.is_empty() => {
            format!("{list}-{}", rest.join("-"))
        }
        [first, ..] => (*first).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    // They run where the program runs: in a browser.
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn a_pointer_leads_to_its_field() {
        for (pointer, field) in [
            ("/fields/title/en", "title"),
            ("/hours/0/to", "hours-0-to"),
            ("/phones/1/number", "phones-1-number"),
            ("/themes/2", "themes"),
            ("", "title"),
        ] {
            assert_eq!(field_of(pointer), field);
        }
    }
}
