//! What a test asks of the XForm that pyxform made: a small reader, no engine.

use std::collections::BTreeMap;

use roxmltree::{Document, Node};

/// Texts by id and form.
type Texts = BTreeMap<(String, String), String>;

/// An XForm's parts.
pub struct XForm {
    pub title: String,
    pub root: String,
    /// Every node of the record but its metadata, in order.
    pub paths: Vec<String>,
    binds: BTreeMap<String, BTreeMap<String, String>>,
    /// Controls by the node they write to: tag, attributes, inner labels and item sets.
    controls: BTreeMap<String, Vec<Control>>,
    /// Texts by language, id and form.
    itext: Vec<(String, Texts)>,
    pub lists: BTreeMap<String, Vec<BTreeMap<String, String>>>,
}

struct Control {
    tag: String,
    attributes: BTreeMap<String, String>,
    /// Words inside: `label` and `hint`.
    inner: BTreeMap<String, String>,
    nodeset: Option<String>,
}

fn attributes(node: Node<'_, '_>) -> BTreeMap<String, String> {
    let name = |attribute: &roxmltree::Attribute<'_, '_>| match attribute.namespace() {
        Some("http://openrosa.org/javarosa") => format!("jr:{}", attribute.name()),
        _ => attribute.name().to_owned(),
    };
    node.attributes().map(|attribute| (name(&attribute), attribute.value().to_owned())).collect()
}

/// Words with `<output value="…"/>` written as `${…}`.
fn inner_words(node: Node<'_, '_>) -> String {
    node.children()
        .map(|child| {
            if child.is_text() {
                child.text().unwrap_or_default().to_owned()
            } else if child.has_tag_name(("http://www.w3.org/2002/xforms", "output")) {
                format!("${{{}}}", child.attribute("value").unwrap_or_default())
            } else {
                String::new()
            }
        })
        .collect()
}

fn children<'a, 'i>(node: Node<'a, 'i>, tag: &str) -> Vec<Node<'a, 'i>> {
    node.children().filter(|child| child.tag_name().name() == tag && child.is_element()).collect()
}

impl XForm {
    pub fn read(xml: &str) -> Self {
        let document = Document::parse(xml).unwrap();
        let find = |tag: &str| document.descendants().find(|node| node.tag_name().name() == tag);
        let model = find("model").unwrap();
        let instances = children(model, "instance");
        let record = instances[0].children().find(Node::is_element).unwrap();
        let mut form = Self {
            title: find("title").and_then(|node| node.text()).unwrap_or_default().to_owned(),
            root: record.tag_name().name().to_owned(),
            paths: Vec::new(),
            binds: BTreeMap::new(),
            controls: BTreeMap::new(),
            itext: Vec::new(),
            lists: BTreeMap::new(),
        };
        form.record(record, &format!("/{}", form.root));
        for bind in children(model, "bind") {
            let attributes = attributes(bind);
            form.binds.insert(attributes["nodeset"].clone(), attributes);
        }
        for translation in document.descendants().filter(|n| n.tag_name().name() == "translation") {
            let mut texts = BTreeMap::new();
            for text in children(translation, "text") {
                for value in children(text, "value") {
                    let id = text.attribute("id").unwrap().to_owned();
                    let kind = value.attribute("form").unwrap_or_default().to_owned();
                    texts.insert((id, kind), inner_words(value));
                }
            }
            form.itext.push((translation.attribute("lang").unwrap().to_owned(), texts));
        }
        for instance in &instances[1..] {
            let Some(root) = children(*instance, "root").pop() else { continue };
            let items = children(root, "item").into_iter().map(|item| {
                let columns = item.children().filter(Node::is_element);
                columns.map(|c| (c.tag_name().name().to_owned(), inner_words(c))).collect()
            });
            form.lists.insert(instance.attribute("id").unwrap().to_owned(), items.collect());
        }
        for node in find("body").unwrap().descendants().filter(Node::is_element) {
            let Some(at) = node.attribute("ref").or_else(|| node.attribute("nodeset")) else {
                continue;
            };
            if ["label", "hint", "value", "itemset", "setvalue"].contains(&node.tag_name().name()) {
                continue;
            }
            let inner = ["label", "hint"].into_iter().filter_map(|tag| {
                let node = children(node, tag).pop()?;
                let words = match node.attribute("ref") {
                    Some(id) => id.to_owned(),
                    None => inner_words(node),
                };
                Some((tag.to_owned(), words))
            });
            let control = Control {
                tag: node.tag_name().name().to_owned(),
                attributes: attributes(node),
                inner: inner.collect(),
                nodeset: children(node, "itemset")
                    .pop()
                    .and_then(|set| set.attribute("nodeset"))
                    .map(str::to_owned),
            };
            form.controls.entry(at.to_owned()).or_default().push(control);
        }
        form
    }

    fn record(&mut self, node: Node<'_, '_>, path: &str) {
        for child in node.children().filter(Node::is_element) {
            let name = child.tag_name().name();
            let path = format!("{path}/{name}");
            // The template of a repeat comes first, then its first instance.
            if name != "meta" && !self.paths.contains(&path) {
                self.paths.push(path.clone());
                self.record(child, &path);
            }
        }
    }

    pub fn bind(&self, path: &str, attribute: &str) -> &str {
        self.binds.get(path).and_then(|bind| bind.get(attribute)).map_or("", String::as_str)
    }

    /// Whether a person sees the node.
    pub fn is_shown(&self, path: &str) -> bool {
        self.controls.contains_key(path)
    }

    fn control(&self, path: &str, tag: &str) -> Option<&Control> {
        self.controls.get(path)?.iter().find(|control| control.tag == tag)
    }

    /// The types of ours that a node can be.
    pub fn kind(&self, path: &str) -> Vec<&'static str> {
        if self.control(path, "repeat").is_some() {
            return vec!["repeat"];
        }
        let prefix = format!("{path}/");
        if self.control(path, "group").is_some()
            || self.paths.iter().any(|other| other.starts_with(&prefix))
        {
            return vec!["group"];
        }
        let kind = self.bind(path, "type");
        match (self.bind(path, "jr:preloadParams"), kind) {
            ("start", _) => return vec!["start"],
            ("end", _) => return vec!["end"],
            ("today", _) => return vec!["today"],
            ("deviceid" | "uri:deviceid", _) => return vec!["deviceid"],
            ("username", _) => return vec!["username"],
            ("email", _) => return vec!["email"],
            ("phonenumber", _) => return vec!["phonenumber"],
            ("simserial" | "subscriberid", _) => return vec!["hidden"],
            _ => {}
        }
        let controls = self.controls.get(path).map(Vec::as_slice).unwrap_or_default();
        let Some(control) = controls.first() else {
            // Neither shown nor asked: a calculation, or a question that only calculates.
            return vec![
                "calculate",
                "hidden",
                "text",
                "integer",
                "decimal",
                "date",
                "note",
                "dateTime",
            ];
        };
        match (control.tag.as_str(), kind) {
            ("input", _) if control.attributes.contains_key("query") => vec!["select_one"],
            ("input", "string") if self.bind(path, "readonly") == "true()" => vec!["note", "text"],
            ("input", "string") => vec!["text"],
            ("input", "int") => vec!["integer"],
            ("input", "decimal") => vec!["decimal"],
            ("input", "date") => vec!["date"],
            ("input", "time") => vec!["time"],
            ("input", "dateTime") => vec!["dateTime"],
            ("input", "geopoint") => vec!["geopoint"],
            ("input", "geotrace") => vec!["geotrace"],
            ("input", "geoshape") => vec!["geoshape"],
            ("input", "barcode") => vec!["barcode"],
            ("select1", _) => vec!["select_one"],
            ("select", _) => vec!["select_multiple"],
            ("rank", _) => vec!["rank"],
            ("range", _) => vec!["range"],
            ("trigger", _) => vec!["acknowledge"],
            ("upload", _) => match control.attributes["mediatype"].as_str() {
                "image/*" => vec!["image"],
                "audio/*" => vec!["audio"],
                "video/*" => vec!["video"],
                _ => vec!["file"],
            },
            _ => vec![],
        }
    }

    /// The texts of an id, by language.
    pub fn itext(&self, id: &str, form: &str) -> Vec<(String, String)> {
        let key = (id.to_owned(), form.to_owned());
        self.itext
            .iter()
            .filter_map(|(language, texts)| Some((language.clone(), texts.get(&key)?.clone())))
            .map(|(language, text)| {
                let text = text.strip_prefix("jr://").and_then(|rest| rest.split_once('/'));
                let whole = || {
                    let texts = self.itext.iter().find(|(other, _)| *other == language);
                    texts.and_then(|(_, texts)| texts.get(&key)).cloned().unwrap_or_default()
                };
                let text = text.map(|(_, file)| file.to_owned()).unwrap_or_else(whole);
                (language, text)
            })
            .collect()
    }

    /// What stands at a node: `label`, `hint`, `jr:constraintMsg` …, by language.
    pub fn text(&self, path: &str, what: &str, form: &str) -> Vec<(String, String)> {
        if let Some(message) = what.strip_prefix("jr:").map(|_| self.bind(path, what)) {
            if message.starts_with("jr:itext(") {
                return self.itext(&format!("{path}:{what}"), form);
            }
            let all = (!message.is_empty()).then(|| ("default".to_owned(), message.to_owned()));
            return all.into_iter().collect();
        }
        let texts = self.itext(&format!("{path}:{what}"), form);
        if !texts.is_empty() || !form.is_empty() {
            return texts;
        }
        let controls = self.controls.get(path).map(Vec::as_slice).unwrap_or_default();
        let found = controls.iter().find_map(|control| control.inner.get(what));
        let found = found.filter(|text| !text.is_empty() && !text.starts_with("jr:itext("));
        found.map(|text| ("default".to_owned(), text.clone())).into_iter().collect()
    }

    /// The list of a select, its filter, and whether its choices are shuffled.
    pub fn itemset(&self, path: &str) -> Option<(String, String, bool)> {
        let control = self.controls.get(path)?.first()?;
        let nodeset = control.nodeset.as_ref().or_else(|| control.attributes.get("query"))?;
        let randomized = nodeset.starts_with("randomize(");
        let inner = nodeset.strip_prefix("randomize(").unwrap_or(nodeset);
        let after = inner.strip_prefix("instance('")?;
        let (list, rest) = after.split_once("')/root/item")?;
        let filter = match rest.strip_prefix('[') {
            Some(rest) => rest[..rest.rfind(']')?].to_owned(),
            None => String::new(),
        };
        Some((list.to_owned(), filter, randomized))
    }
}

/// An expression with every way to a question written from the root and without spaces outside
/// literals, so that `${age}`, `../age` and `/data/age` are the same.
pub fn normal(expression: &str, at: &str, names: &BTreeMap<&str, &str>) -> String {
    let mut out = String::new();
    let mut rest = expression;
    while let Some(next) = rest.chars().next() {
        if next == '\'' || next == '"' {
            let end = rest[1..].find(next).map_or(rest.len(), |at| at + 2);
            out.push_str(&rest[..end]);
            rest = &rest[end..];
        } else if let Some(after) = rest.strip_prefix("${") {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            out.push_str(names.get(name).copied().unwrap_or(name));
            rest = after;
        } else if rest.starts_with("../") || rest.starts_with("current()/../") {
            rest = rest.strip_prefix("current()/").unwrap_or(rest);
            let mut node = at;
            while let Some(after) = rest.strip_prefix("../") {
                node = node.rsplit_once('/').map_or("", |(above, _)| above);
                rest = after;
            }
            out.push_str(node);
            out.push('/');
        } else {
            if !next.is_whitespace() {
                out.push(next);
            }
            rest = &rest[next.len_utf8()..];
        }
    }
    out
}

/// Words with the ways in their references written alike.
pub fn plain(words: &str, at: &str, names: &BTreeMap<&str, &str>) -> String {
    let mut out = String::new();
    let mut rest = words;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let (inner, after) = after.split_once('}').unwrap_or((after, ""));
        out.push_str("${");
        match names.get(inner) {
            Some(path) => out.push_str(path),
            None => out.push_str(&normal(inner.trim(), at, names)),
        }
        out.push('}');
        rest = after;
    }
    out.push_str(rest);
    // Around what it inserts pyxform puts spaces of its own.
    out.trim().to_owned()
}
