//! Filling in a survey: one question a page, forward and back, until it is whole.

use model::{
    Key, Named, Problem,
    submission::{Answer, Response},
};

use crate::{
    Definition, Kind, Question, ValidResponse,
    check::{Answers, answer_problems},
};

/// Somebody's answers so far and the page they are on.
///
/// **Invariant:** going back never loses an answer. Answers to questions that are not
/// relevant any more are kept aside while filling, so that changing one's mind twice brings
/// them back, and are left out of the finished response.
#[derive(Debug, Clone)]
pub struct Fill {
    definition: Definition,
    answers: Named<Answer>,
    /// The name of the question on the screen; `None` once all are answered ("check your
    /// answers").
    at: Option<String>,
    /// The names of the questions that have been on the screen.
    seen: Vec<String>,
    /// Somebody came back to change an answer, and wants to be on "check your answers" again.
    changing: bool,
}

/// How far somebody is: "Question 3 of about 12".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// From 1.
    pub number: usize,
    /// How many questions these answers lead to; it may change with the next answer.
    pub about: usize,
}

impl Fill {
    /// Starts at the first question.
    pub fn start(definition: Definition) -> Self {
        let answers = Named::default();
        let mut fill = Self { definition, answers, at: None, seen: Vec::new(), changing: false };
        fill.show(fill.relevant().first().map(|question| question.name.clone()));
        fill
    }

    fn show(&mut self, at: Option<String>) {
        self.changing &= at.is_some();
        self.seen.extend(at.clone().filter(|name| !self.seen.contains(name)));
        self.at = at;
    }

    fn relevant(&self) -> Vec<&Question> {
        let scope = Answers { definition: &self.definition, answers: &self.answers, current: None };
        scope
            .relevant_questions()
            .into_iter()
            .filter_map(|question| self.definition.question(&question.name))
            .collect()
    }

    /// The answers to questions that these answers lead to: what the finished response holds, and
    /// what a constraint may look at.
    fn relevant_answers(&self, answers: &Named<Answer>) -> Named<Answer> {
        let scope = Answers { definition: &self.definition, answers, current: None };
        let asked = scope.relevant_questions().into_iter();
        asked
            .filter_map(|question| {
                Some((question.name.clone(), answers.get(&question.name)?.clone()))
            })
            .collect()
    }

    /// The question on the screen; `None` means: check your answers.
    pub fn question(&self) -> Option<&Question> {
        self.definition.question(self.at.as_deref()?)
    }

    /// The answer given to a question, relevant or not.
    pub fn answer(&self, name: &str) -> Option<&Answer> {
        self.answers.get(name)
    }

    /// Where the question on the screen stands among those to be asked. A note is no question: it
    /// counts as part of the next one.
    pub fn progress(&self) -> Progress {
        let relevant = self.relevant();
        let asks = |question: &&&Question| question.kind != Kind::Note;
        let about = relevant.iter().filter(asks).count();
        let here = relevant.iter().position(|question| Some(&question.name) == self.at.as_ref());
        let before = here.map(|here| relevant.iter().take(here).filter(asks).count());
        Progress { number: before.map_or(about, |before| before + 1).min(about), about }
    }

    /// Takes the answer to the question on the screen and goes to the next one, or to
    /// "check your answers". `None` skips. Who came back to change this answer is asked only what it
    /// brings up, and not everything behind it once more.
    ///
    /// # Errors
    /// What is wrong with the answer; the question stays on the screen.
    pub fn next(&mut self, answer: Option<Answer>) -> Result<(), Vec<Problem>> {
        let Some(question) = self.question().cloned() else { return Ok(()) };
        let mut answers = self.answers.clone();
        match &answer {
            Some(answer) => answers.set(question.name.clone(), answer.clone()),
            None => answers.remove(&question.name),
        };
        let problems = answer_problems(
            &self.definition,
            &question,
            answer.as_ref(),
            &self.relevant_answers(&answers),
        );
        if !problems.is_empty() {
            return Err(problems);
        }
        self.answers = answers;
        let relevant = self.relevant();
        let here = relevant.iter().position(|other| other.name == question.name);
        let mut after = relevant.into_iter().skip(here.map_or(usize::MAX, |here| here + 1));
        let next = after.find(|other| !self.changing || !self.seen.contains(&other.name));
        let next = next.map(|other| other.name.clone());
        if next.is_none() && self.changing {
            self.go_to_check();
        } else {
            self.show(next);
        }
        Ok(())
    }

    /// Goes back one question; false if this is the first one.
    pub fn back(&mut self) -> bool {
        let relevant = self.relevant();
        let here = relevant
            .iter()
            .position(|question| Some(&question.name) == self.at.as_ref())
            .unwrap_or(relevant.len());
        let Some(before) = here.checked_sub(1).and_then(|index| relevant.get(index)) else {
            return false;
        };
        let before = before.name.clone();
        self.show(Some(before));
        true
    }

    /// Goes to a question to change its answer; ignored if it is not to be asked.
    pub fn go_to(&mut self, name: &str) {
        if self.relevant().iter().any(|question| question.name == name) {
            self.changing |= self.at.is_none();
            self.show(Some(name.to_owned()));
        }
    }

    /// Goes on to "check your answers", or to the first question that still needs an answer.
    pub fn go_to_check(&mut self) {
        let answers = self.relevant_answers(&self.answers);
        let open = self.relevant().into_iter().find(|question| {
            let answer = answers.get(&question.name);
            !answer_problems(&self.definition, question, answer, &answers).is_empty()
        });
        let open = open.map(|question| question.name.clone());
        self.show(open);
    }

    /// The questions asked and what was answered, for "check your answers". Notes are left
    /// out.
    pub fn summary(&self) -> Vec<(&Question, Option<&Answer>)> {
        self.relevant()
            .into_iter()
            .filter(|question| question.kind != Kind::Note)
            .map(|question| (question, self.answers.get(&question.name)))
            .collect()
    }

    /// The finished response, without answers to questions that are not relevant.
    ///
    /// # Errors
    /// What is still wrong or missing.
    pub fn finish(
        &self,
        survey: Key,
        version: u32,
        seconds: Option<u32>,
    ) -> Result<ValidResponse, Vec<Problem>> {
        let answers = self.relevant_answers(&self.answers);
        ValidResponse::check(
            &self.definition,
            Response { survey, version, answers, seconds, partial: false },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn definition() -> Definition {
        let yes_no = json!([
            {"name": "yes", "label": {"en": "Yes"}},
            {"name": "no", "label": {"en": "No"}},
        ]);
        Definition::read(&json!({
            "languages": ["en"],
            "items": [
                {"name": "online", "type": "select_one", "label": {"en": "Online?"},
                 "required": true, "choices": yes_no},
                {"name": "offline", "type": "group", "relevant": "${online} = 'no'", "items": [
                    {"name": "why", "type": "select_multiple", "label": {"en": "Why?"},
                     "choices": [{"name": "cost", "label": {"en": "Cost"}},
                                 {"name": "skills", "label": {"en": "Skills"}}]},
                    {"name": "help", "type": "text", "label": {"en": "What helps?"},
                     "relevant": "selected(${why}, 'skills')"},
                ]},
                {"name": "age", "type": "integer", "label": {"en": "Age?"}, "may_decline": true,
                 "constraint": ". >= 16",
                 "constraint_message": {"en": "You must be 16."}},
            ],
        }))
        .unwrap()
    }

    fn one(value: &str) -> Option<Answer> {
        Some(Answer::One(value.into()))
    }

    fn at(fill: &Fill) -> &str {
        fill.question().map_or("check", |question| &question.name)
    }

    #[test]
    fn an_answer_decides_what_is_asked_next_and_what_is_kept() {
        let mut fill = Fill::start(definition());
        fill.next(one("no")).unwrap();
        assert_eq!(at(&fill), "why");
        fill.next(Some(Answer::Many(vec!["skills".into()]))).unwrap();
        fill.next(one("A friend")).unwrap();
        assert_eq!((at(&fill), fill.progress()), ("age", Progress { number: 4, about: 4 }));
        assert!(fill.next(one("15")).unwrap_err()[0].detail.contains("16"));
        fill.next(Some(Answer::Declined)).unwrap();
        assert_eq!(at(&fill), "check");

        fill.go_to("online");
        fill.next(one("yes")).unwrap();
        assert_eq!(at(&fill), "check", "what stays as it was is not asked again");
        let response = fill.finish(Key::parse("s").unwrap(), 1, None).unwrap().into_inner();
        assert_eq!(
            response.answers.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            ["age", "online"]
        );

        fill.go_to("online");
        fill.next(one("no")).unwrap();
        assert_eq!(fill.answer("help"), Some(&Answer::One("A friend".into())));
    }

    /// Who changes an answer is asked what that brings up, all of it and nothing else.
    #[test]
    fn a_change_leads_back_to_the_check() {
        let mut fill = Fill::start(definition());
        fill.next(one("yes")).unwrap();
        fill.next(one("40")).unwrap();
        assert_eq!(at(&fill), "check");
        fill.go_to("online");
        fill.next(one("no")).unwrap();
        assert_eq!(at(&fill), "why");
        fill.next(Some(Answer::Many(vec!["skills".into()]))).unwrap();
        assert_eq!(at(&fill), "help");
        fill.next(None).unwrap();
        assert_eq!(at(&fill), "check");
        fill.go_to("why");
        assert!(fill.back());
        assert_eq!(at(&fill), "online");
        fill.next(one("yes")).unwrap();
        assert_eq!(at(&fill), "check");
    }

    /// A constraint looks at what is asked now, not at an answer kept aside: else somebody could
    /// stand before "check your answers" with nothing left to mend and no way to save.
    #[test]
    fn an_answer_kept_aside_binds_nobody() {
        let definition = Definition::read(&json!({"languages": ["en"], "items": [
            {"name": "many", "type": "text", "label": {"en": "Many?"}},
            {"name": "least", "type": "integer", "label": {"en": "Least?"},
             "relevant": "${many} = 'yes'"},
            {"name": "most", "type": "integer", "label": {"en": "Most?"},
             "constraint": "${least} = '' or . > ${least}"},
        ]}))
        .unwrap();
        let mut fill = Fill::start(definition);
        fill.next(one("yes")).unwrap();
        fill.next(one("5")).unwrap();
        assert!(fill.next(one("4")).is_err());
        fill.go_to("many");
        fill.next(one("no")).unwrap();
        fill.next(one("4")).unwrap();
        assert_eq!(at(&fill), "check");
        fill.finish(Key::parse("s").unwrap(), 1, None).unwrap();
    }

    #[test]
    fn the_server_refuses_what_the_tablet_would_not_make() {
        let key = Key::parse("s").unwrap();
        let check = |answers: &[(&str, Answer)]| {
            let answers = answers.iter().map(|(n, a)| ((*n).to_owned(), a.clone())).collect();
            definition()
                .check(&Response {
                    survey: key.clone(),
                    version: 1,
                    answers,
                    seconds: None,
                    partial: false,
                })
                .into_iter()
                .map(|problem| problem.pointer)
                .collect::<Vec<_>>()
        };
        let yes = ("online", Answer::One("yes".into()));
        assert_eq!(check(std::slice::from_ref(&yes)), Vec::<String>::new());
        assert_eq!(check(&[]), ["/answers/online"]);
        assert_eq!(check(&[yes.clone(), ("help", Answer::One("x".into()))]), ["/answers/help"]);
        assert_eq!(check(&[yes.clone(), ("age", Answer::One("old".into()))]), ["/answers/age"]);
        assert_eq!(check(&[("online", Answer::Declined)]), ["/answers/online"]);
        assert_eq!(check(&[yes, ("nobody", Answer::Declined)]), ["/answers/nobody"]);
    }

    #[derive(Debug, Clone)]
    enum Step {
        Next(Option<Answer>),
        Back,
        GoTo(&'static str),
    }

    fn step() -> impl Strategy<Value = Step> {
        let answer = prop_oneof![
            Just(None),
            Just(Some(Answer::Declined)),
            prop::sample::select(vec!["yes", "no", "40", "words"])
                .prop_map(|value| Some(Answer::One(value.into()))),
            prop::sample::subsequence(vec!["cost", "skills"], 1..=2).prop_map(|values| {
                Some(Answer::Many(values.into_iter().map(str::to_owned).collect()))
            }),
        ];
        prop_oneof![
            6 => answer.prop_map(Step::Next),
            2 => Just(Step::Back),
            1 => prop::sample::select(vec!["online", "why", "help", "age"]).prop_map(Step::GoTo),
        ]
    }

    proptest! {
        /// However somebody wanders through the survey: the page shown is one to be asked,
        /// going back loses no answer, and what the tablet finishes the server accepts.
        #[test]
        fn wandering_keeps_the_promises(steps in prop::collection::vec(step(), 0..40)) {
            let mut fill = Fill::start(definition());
            for step in steps {
                let before = fill.answers.clone();
                match step {
                    Step::Next(answer) => {
                        if fill.next(answer).is_err() {
                            prop_assert_eq!(&fill.answers, &before);
                        }
                    }
                    Step::Back => {
                        fill.back();
                        prop_assert_eq!(&fill.answers, &before);
                    }
                    Step::GoTo(name) => fill.go_to(name),
                }
                if let Some(question) = fill.question() {
                    prop_assert!(fill.relevant().iter().any(|q| q.name == question.name));
                }
                if let Ok(valid) = fill.finish(Key::parse("s").unwrap(), 1, None) {
                    prop_assert_eq!(definition().check(&valid.into_inner()), vec![]);
                }
            }
        }
    }
}
