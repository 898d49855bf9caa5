//! What an expression refers to, for the dependency graph.

use super::{
    function::{Meaning, Own},
    term::{Axis, Path, Start, Term},
};

/// A path of an expression, without its predicates, to be walked over a definition: every question that may lie at
/// its end is read, and that it exists matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Where it starts.
    pub origin: Origin,
    /// The steps from there.
    pub hops: Vec<Hop>,
}

/// Where a reference starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// `/`: above the form; the first hop is to the form itself (`data`).
    Root,
    /// The node that is looked at: the question the expression belongs to, or a choice if it is a choice filter.
    Context,
    /// `current()`: the question, in a choice filter too.
    Current,
    /// `${name}`, as it is seen from the question.
    Named(String),
    /// `${name}`, every instance of it whatever the question's own repeat is: in `indexed-repeat`.
    Every(String),
    /// `instance('list')`: nothing that is answered.
    Instance(String),
    /// `pulldata('table', …)`: nothing that is answered, but the table must be there.
    Table(String),
}

/// One step of a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hop {
    /// To the nodes of that name below.
    Child(String),
    /// To all nodes below (`*`).
    Children,
    /// To the node around (`..`).
    Parent,
    /// To anything in the same form: `//`, and the rarer axes.
    Anywhere,
}

/// Collects what `term` refers to; relative paths start at `base`.
pub(super) fn collect(term: &Term, base: &Reference, found: &mut Vec<Reference>) {
    match term {
        Term::Path(path) => walk(path, base, found),
        Term::Call(function, arguments) => {
            let own = match function.meaning {
                Meaning::Own(own) => Some(own),
                _ => None,
            };
            if let (Some(Own::PullData), Some(Term::Text(table))) = (own, arguments.first()) {
                found.push(Reference { origin: Origin::Table(table.clone()), hops: Vec::new() });
            }
            for (index, argument) in arguments.iter().enumerate() {
                let before = found.len();
                collect(argument, base, found);
                // The numbers (3rd, 5th and 7th argument) are seen from the question.
                if own == Some(Own::IndexedRepeat) && (index == 0 || index % 2 == 1) {
                    found[before..].iter_mut().for_each(widen);
                }
            }
        }
        _ => term.parts().into_iter().for_each(|part| collect(part, base, found)),
    }
}

fn widen(reference: &mut Reference) {
    if let Origin::Named(name) = &mut reference.origin {
        reference.origin = Origin::Every(std::mem::take(name));
    }
}

fn walk(path: &Path, base: &Reference, found: &mut Vec<Reference>) {
    let start = |origin| Reference { origin, hops: Vec::new() };
    let mut here = match &path.start {
        Start::Root => start(Origin::Root),
        Start::Context => base.clone(),
        Start::Current => start(Origin::Current),
        Start::Named(name) => start(Origin::Named(name.clone())),
        Start::Instance(id) => start(Origin::Instance(id.clone())),
        Start::Term(term) => {
            // What the term gives is among what it refers to, all of which may be where the steps start.
            let before = found.len();
            collect(term, base, found);
            if !path.steps.is_empty() {
                let ends: Vec<Reference> = found[before..].to_vec();
                for mut end in ends {
                    path.filters.iter().for_each(|filter| collect(filter, &end, found));
                    follow(path, &mut end, found);
                    found.push(end);
                }
            }
            return;
        }
    };
    path.filters.iter().for_each(|filter| collect(filter, &here, found));
    follow(path, &mut here, found);
    found.push(here);
}

fn follow(path: &Path, here: &mut Reference, found: &mut Vec<Reference>) {
    for step in &path.steps {
        match (step.axis, &step.name) {
            (Axis::Child, Some(name)) => here.hops.push(Hop::Child(name.clone())),
            (Axis::Child, None) => here.hops.push(Hop::Children),
            (Axis::Parent, _) => here.hops.push(Hop::Parent),
            (Axis::Own, _) => {}
            _ => here.hops.push(Hop::Anywhere),
        }
        step.predicates.iter().for_each(|predicate| collect(predicate, here, found));
    }
}
