//! The finished record, as a tree of values.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use roxmltree::{Document, Node};

/// What a record holds by reference, from below the form; every repeat has a position. Nodes that are empty are there too.
pub fn values(xml: &str) -> Result<BTreeMap<String, String>> {
    let document = Document::parse(xml).context("reading ODK's record")?;
    let mut values = BTreeMap::new();
    collect(document.root_element(), "", &mut values);
    Ok(values)
}

fn collect(node: Node<'_, '_>, path: &str, values: &mut BTreeMap<String, String>) {
    let children = || node.children().filter(Node::is_element);
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for child in children() {
        let name = child.tag_name().name();
        let position = seen.entry(name).or_default();
        *position += 1;
        let path = format!("{path}{name}[{position}]");
        if child.children().any(|inner| inner.is_element()) {
            collect(child, &format!("{path}/"), values);
        } else {
            values.insert(path, child.text().unwrap_or_default().to_owned());
        }
    }
}

/// A reference with a position at each step: `kids/kid[2]/name` as `kids[1]/kid[2]/name[1]`.
pub fn positioned(reference: &str) -> String {
    let steps = reference
        .split('/')
        .map(|step| if step.ends_with(']') { step.to_owned() } else { format!("{step}[1]") });
    steps.collect::<Vec<_>>().join("/")
}
