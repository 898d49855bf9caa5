//! What the form of this test means, worked out by hand from what somebody answered: without expressions, graph or tree,
//! so that whatever the engine forgets to compute again stands out.

use std::collections::BTreeMap;

use model::{Named, submission::Answer};

/// The wards, and the places with the ward each is offered in.
pub const WARDS: [&str; 2] = ["a", "b"];
pub const PLACES: [(&str, &str); 4] = [("yes", "a"), ("no", "a"), ("3", "b"), ("x", "b")];

/// The words of a choice; each language has its own.
pub fn label(name: &str, language: &str) -> String {
    format!("{name} in {language}")
}

/// What follows from chance, the clock or the order in which things were answered: it is not worked out here.
pub fn is_known(path: &str) -> bool {
    !["start", "dice", "noted"].contains(&path)
}

/// Whether an answer breaks the one constraint of the form: fewer than five, if it is a number at all.
pub fn is_wrong(given: &Named<Answer>, path: &str) -> bool {
    let Some(Answer::One(many)) = given.get(path).filter(|_| path == "many") else { return false };
    number(many) >= 5.0
}

/// The record: everything that is relevant and answered, by its path.
pub fn record(given: &Named<Answer>, language: &str) -> BTreeMap<String, Answer> {
    let mut record = Record { given, answers: BTreeMap::new() };
    record.fill(language);
    record.answers
}

struct Record<'a> {
    given: &'a Named<Answer>,
    answers: BTreeMap<String, Answer>,
}

impl Record<'_> {
    fn fill(&mut self, language: &str) {
        let ward = self.asked("ward");
        self.asked("who");
        self.asked("many");
        let offered = |name: &str| PLACES.iter().any(|(own, of)| *own == name && *of == ward);

        let place = self.text("place");
        let place = if offered(&place) { place } else { String::new() };
        // What was not said stays not said, whatever is offered.
        if self.given.get("place") == Some(&Answer::Declined) || !place.is_empty() {
            self.asked("place");
        }
        if !place.is_empty() {
            self.kept("places", offered);
        }
        if WARDS.contains(&ward.as_str()) {
            self.computed("label", label(&ward, language));
        }
        if ward == "b" && language == "pl" {
            self.asked("tongue");
        }

        let mut children = 0;
        if place != "x" {
            children = number(&self.text("many")).max(0.0) as usize;
            self.computed("child", children.to_string());
        }
        let mut so_far = 0.0;
        for at in 1..=children {
            let child = format!("child[{at}]");
            let age = self.asked(&format!("{child}/age"));
            if number(&age) > 2.0 {
                self.asked(&format!("{child}/name"));
            }
            so_far += if age.is_empty() { 0.0 } else { number(&age) };
            self.counted(&format!("{child}/so_far"), so_far);
            // What is not a number is no value, and `coalesce()` begins anew.
            so_far = if so_far.is_nan() { 0.0 } else { so_far };
        }

        let jobs = number(&self.text("job")) as usize;
        self.computed("job", jobs.to_string());
        let mut total = 0.0;
        for at in 1..=jobs {
            let job = format!("job[{at}]");
            self.asked(&format!("{job}/name"));
            let pays = number(&self.text(&format!("{job}/pay"))) as usize;
            self.computed(&format!("{job}/pay"), pays.to_string());
            let sums = (1..=pays).map(|pay| number(&self.asked(&format!("{job}/pay[{pay}]/sum"))));
            // Not `sum()`, which gives -0 of nothing.
            let earned = sums.fold(0.0, |all, sum| all + sum);
            self.counted(&format!("{job}/earned"), earned);
            self.computed(&format!("{job}/all"), jobs.to_string());
            total += earned;
        }
        total += children as f64;
        self.counted("total", total);
        if total > 5.0 {
            self.asked("why");
            self.asked("order");
        }
    }

    /// A question that is relevant: what was answered is in the record. As expressions see it.
    fn asked(&mut self, path: &str) -> String {
        if let Some(answer) = self.given.get(path) {
            self.answers.insert(path.to_owned(), answer.clone());
        }
        self.text(path)
    }

    /// Of what was picked, what is offered.
    fn kept(&mut self, path: &str, offered: impl Fn(&str) -> bool) {
        let answer = match self.given.get(path) {
            Some(Answer::Many(names)) => {
                let names: Vec<_> = names.iter().filter(|name| offered(name)).cloned().collect();
                (!names.is_empty()).then_some(Answer::Many(names))
            }
            Some(Answer::One(name)) => offered(name).then(|| Answer::One(name.clone())),
            other => other.cloned(),
        };
        answer.into_iter().for_each(|answer| {
            self.answers.insert(path.to_owned(), answer);
        });
    }

    /// A number that is none is not answered.
    fn counted(&mut self, path: &str, number: f64) {
        if !number.is_nan() {
            self.computed(path, number.to_string());
        }
    }

    fn computed(&mut self, path: &str, text: String) {
        self.answers.insert(path.to_owned(), Answer::One(text));
    }

    fn text(&self, path: &str) -> String {
        match self.given.get(path) {
            Some(Answer::One(text)) => text.clone(),
            Some(Answer::Many(names)) => names.join(" "),
            _ => String::new(),
        }
    }
}

/// XPath's `number()` of what this test answers: no text of words is a number, nor is none.
fn number(text: &str) -> f64 {
    text.trim().parse().unwrap_or(f64::NAN)
}
