//! One question where it stands on the screen: its words now, its choices now, what is wrong with its answer.

use std::{borrow::Cow, sync::Arc};

use model::{Problem, Text, submission::Answer};

use crate::{
    Condition, Item, Kind, Media,
    expression::shuffled,
    reference::Piped,
    scope::{Offered, Spot},
    tree::{NodeId, Part, ROOT, Tree, text_of},
};

/// A question or a note of somebody's filling, as it is at this moment.
#[derive(Clone, Copy)]
pub struct Field<'a> {
    pub(crate) tree: &'a Tree,
    pub(crate) node: NodeId,
}

/// A choice as it is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What is stored.
    pub name: String,
    /// What is read, in the language asked for.
    pub label: String,
    /// The file of a picture beside it, empty without one.
    pub image: String,
    /// The file of a sound, empty without one.
    pub audio: String,
    /// The file of a film, empty without one.
    pub video: String,
}

/// A heading over a question: a group, or an instance of a repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// The path of the group or the instance.
    pub path: String,
    /// Its words; an instance may have none of its own.
    pub label: String,
    /// Of an instance, which one it is, from 1.
    pub position: Option<usize>,
}

impl<'a> Field<'a> {
    /// A picture, sound or film that the form brings along, as an address; none where it was too large, or is missing.
    pub fn file(&self, name: &str) -> Option<&'a Arc<str>> {
        self.tree.definition.files.get(name)
    }

    /// Its path, the key of its answer: `age`, `household[2]/age`.
    pub fn path(&self) -> String {
        self.tree.path(self.node)
    }

    /// What the definition says of it.
    pub fn item(&self) -> &'a Item {
        self.tree.item(self.node)
    }

    /// What kind of answer it takes.
    pub fn kind(&self) -> &'a Kind {
        &self.item().kind
    }

    /// What is answered, computed or given by default; also while it is not relevant.
    pub fn answer(&self) -> Option<&'a Answer> {
        self.tree.nodes[self.node].answer.as_ref()
    }

    /// What a response would hold of it now: [`Field::answer`] without choices that are no longer offered.
    pub fn standing(&self) -> Option<Cow<'a, Answer>> {
        self.tree.standing(self.node)
    }

    /// What others see of it: empty while it is not relevant, or where the choice is no longer offered.
    pub fn value(&self) -> &'a str {
        &self.tree.nodes[self.node].value
    }

    /// Whether it is asked with these answers.
    pub fn is_relevant(&self) -> bool {
        self.tree.nodes[self.node].relevant
    }

    /// Whether it needs an answer.
    pub fn is_required(&self) -> bool {
        self.tree.fulfils(&self.item().required, self.node)
    }

    /// Whether its answer can only be read.
    pub fn is_read_only(&self) -> bool {
        self.tree.fulfils(&self.item().read_only, self.node)
    }

    /// The question in `language`, with what was answered before in its place. Its name where the form gives it no
    /// words, help or picture at all, unless it only shows the words of choices (`label`).
    pub fn label(&self, language: &str) -> String {
        let item = self.item();
        let words = self.tree.words(&item.label, self.node, language);
        let silent = words.is_empty() && item.hint.is_empty() && item.media == Media::default();
        let asks = *self.kind() != Kind::Note && !item.looks("label");
        if silent && asks { item.name.clone() } else { words }
    }

    /// Help with answering, in `language`; empty without any.
    pub fn hint(&self, language: &str) -> String {
        self.tree.words(&self.item().hint, self.node, language)
    }

    /// Longer help, in `language`; empty without any.
    pub fn guidance(&self, language: &str) -> String {
        self.tree.words(&self.item().guidance, self.node, language)
    }

    /// The file of the picture in `language`, empty without one.
    pub fn image(&self, language: &str) -> &'a str {
        self.tree.definition.text(&self.item().media.image, language)
    }

    /// The file of the sound in `language`, empty without one.
    pub fn audio(&self, language: &str) -> &'a str {
        self.tree.definition.text(&self.item().media.audio, language)
    }

    /// The file of the film in `language`, empty without one.
    pub fn video(&self, language: &str) -> &'a str {
        self.tree.definition.text(&self.item().media.video, language)
    }

    /// The choices that are offered now, in the order they are shown: filtered, and shuffled where the form says so.
    pub fn choices(&self, language: &str) -> Vec<Offer> {
        let definition = &self.tree.definition;
        let words = |text: &Text| definition.text(text, language).to_owned();
        let list: &[_] = match self.kind().choices() {
            Some(crate::Choices::List(list)) => list,
            _ => &[],
        };
        let mut offers: Vec<Offer> = Vec::new();
        for offered in self.tree.offered(self.node) {
            offers.extend(match offered {
                Offered::Choice(at) => list.get(at).map(|choice| {
                    let label = self.tree.words(&choice.label, self.node, language);
                    let label = if label.is_empty() { choice.name.clone() } else { label };
                    Offer {
                        name: choice.name.clone(),
                        label,
                        image: words(&choice.media.image),
                        audio: words(&choice.media.audio),
                        video: words(&choice.media.video),
                    }
                }),
                Offered::Answer(node) => {
                    let text = self.tree.nodes[node].value.clone();
                    let (image, audio, video) = Default::default();
                    Some(Offer { name: text.clone(), label: text, image, audio, video })
                }
            });
        }
        let parameters = &self.item().parameters;
        if parameters.get("randomize").is_some_and(|it| it.eq_ignore_ascii_case("true")) {
            let order: Vec<usize> = (0..offers.len()).collect();
            let seed = self.tree.shuffle_seed(self.node);
            let draw = self.tree.nodes[self.node].item as u64;
            let order = shuffled(&order, seed.as_deref(), &self.tree.environment(draw));
            offers = order.into_iter().filter_map(|at| offers.get(at).cloned()).collect();
        }
        offers
    }

    /// An answer in words of `language`, for "check your answers"; empty if it is declined or none.
    pub fn answer_words(&self, language: &str) -> String {
        let label = |name: &str| {
            let choices = self.kind().choices();
            let choice = choices.and_then(|it| it.iter().find(|choice| choice.name == name));
            let words = choice.map(|it| self.tree.words(&it.label, self.node, language));
            words.filter(|words| !words.is_empty()).unwrap_or_else(|| name.to_owned())
        };
        match self.standing().as_deref() {
            Some(Answer::One(value)) if self.kind().choices().is_some() => label(value),
            Some(Answer::Many(values)) => {
                values.iter().map(|name| label(name)).collect::<Vec<_>>().join("; ")
            }
            answer => text_of(answer),
        }
    }

    /// The groups and instances around it, the outermost first.
    pub fn headings(&self, language: &str) -> Vec<Heading> {
        let mut headings = Vec::new();
        let mut node = self.tree.nodes[self.node].parent;
        while node != ROOT {
            let own = &self.tree.nodes[node];
            if own.part != Part::Series {
                headings.push(Heading {
                    path: self.tree.path(node),
                    label: self.tree.words(&self.tree.item(node).label, node, language),
                    position: self.tree.position(node),
                });
            }
            node = own.parent;
        }
        headings.reverse();
        headings
    }

    /// What is wrong with its answer; nothing while it is not relevant. The pointers start at the response.
    pub fn problems(&self) -> Vec<Problem> {
        self.tree.problems_at(self.node, false)
    }

    /// The form's own words for a problem, in `language`; empty where it has none.
    pub fn message(&self, problem: &Problem, language: &str) -> String {
        let item = self.item();
        let text = match problem.code {
            model::ProblemCode::Required => &item.required_message,
            model::ProblemCode::OutOfRange => &item.constraint_message,
            _ => return String::new(),
        };
        self.tree.words(text, self.node, language)
    }
}

impl Tree {
    pub(crate) fn fulfils(&self, condition: &Condition, node: NodeId) -> bool {
        match condition {
            Condition::Never => false,
            Condition::Always => true,
            Condition::When(expression) => self.holds_at(expression, node),
        }
    }

    /// A text in a language, with the values it names in their places.
    pub(crate) fn words(&self, text: &Text, node: NodeId, language: &str) -> String {
        let words = self.definition.text(text, language);
        if !words.contains("${") {
            return words.to_owned();
        }
        let mut said = String::with_capacity(words.len());
        for piece in Piped::pieces(words) {
            match piece {
                Piped::Words(words) => said.push_str(words),
                Piped::Name(name) => {
                    use crate::expression::Tree as _;
                    let found = self.named(name, Some(Spot::Node(node)));
                    let relevant = found.into_iter().find(|spot| self.is_relevant(*spot));
                    said.extend(relevant.map(|spot| self.text(spot).into_owned()));
                }
            }
        }
        said
    }

    /// The seed by which a question's choices are shuffled; without one it is left to this filling's chance.
    fn shuffle_seed(&self, node: NodeId) -> Option<String> {
        let seed = self.item(node).parameters.get("seed")?.trim();
        let piped = self.words(&Text::english(seed), node, model::text::FALLBACK);
        (!seed.is_empty()).then_some(piped)
    }
}
