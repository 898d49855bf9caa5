//! A definition as an XForm, for what [`crate::generate`] makes: groups and questions, no repeats, one language.
//!
//! It writes what pyxform writes for the same sheet (ODK XForms 1.0.0): a node and a bind for each item, controls below
//! groups, lists as secondary instances.

use std::fmt::Write;

use survey::{Choices, Condition, Definition, Expression, Item, Kind};

/// The XForm of a definition.
pub fn write(definition: &Definition) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\"?>\n<h:html xmlns=\"http://www.w3.org/2002/xforms\" \
         xmlns:h=\"http://www.w3.org/1999/xhtml\" xmlns:jr=\"http://openrosa.org/javarosa\" \
         xmlns:orx=\"http://openrosa.org/xforms\" xmlns:odk=\"http://www.opendatakit.org/xforms\">",
    );
    let title = escape(words(definition, &definition.title));
    let _ = write!(xml, "<h:head><h:title>{title}</h:title><model odk:xforms-version=\"1.0.0\">");
    xml.push_str("<instance><data id=\"form\" version=\"1\">");
    nodes(definition, 0..definition.items.len(), &mut xml);
    xml.push_str("<meta><instanceID/></meta></data></instance>");
    for (name, list) in definition.lists.iter() {
        let _ = write!(xml, "<instance id=\"{name}\"><root>");
        for choice in list.iter() {
            let label = escape(words(definition, &choice.label));
            let _ = write!(xml, "<item><name>{}</name><label>{label}</label>", choice.name);
            for (column, text) in choice.columns.iter() {
                let _ = write!(xml, "<{column}>{}</{column}>", escape(text));
            }
            xml.push_str("</item>");
        }
        xml.push_str("</root></instance>");
    }
    for at in 0..definition.items.len() {
        bind(definition, at, &mut xml);
    }
    xml.push_str(
        "<bind nodeset=\"/data/meta/instanceID\" type=\"string\" readonly=\"true()\" jr:preload=\"uid\"/>\
         </model></h:head><h:body>",
    );
    controls(definition, 0..definition.items.len(), &mut xml);
    xml.push_str("</h:body></h:html>");
    xml
}

/// The way to an item from the root: `/data/g1/q12`.
fn way(definition: &Definition, at: usize) -> String {
    let item = &definition.items[at];
    let above = item.parent.map_or_else(|| "/data".to_owned(), |parent| way(definition, parent));
    format!("{above}/{}", item.name)
}

fn words<'a>(definition: &'a Definition, text: &'a model::Text) -> &'a str {
    definition.text(text, "")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A text with `${name}` written by `reference`.
fn with_names(definition: &Definition, text: &str, reference: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let found = definition.items.iter().position(|item| item.name == name);
        let way = found.map_or_else(|| name.to_owned(), |at| way(definition, at));
        let _ = write!(out, "{}{}", escape(before), reference(&way));
        rest = after;
    }
    out + &escape(rest)
}

fn expression(definition: &Definition, expression: &Expression) -> String {
    with_names(definition, expression.source(), |way| format!(" {way} "))
}

/// Calls `each` with every item directly in the range, and the range that it holds.
fn each(
    definition: &Definition,
    range: std::ops::Range<usize>,
    mut each: impl FnMut(usize, &Item, std::ops::Range<usize>),
) {
    let mut at = range.start;
    while at < range.end {
        let item = &definition.items[at];
        each(at, item, at + 1..item.end);
        at = item.end;
    }
}

fn nodes(definition: &Definition, range: std::ops::Range<usize>, xml: &mut String) {
    each(definition, range, |_, item, inside| {
        let _ = write!(xml, "<{}>", item.name);
        nodes(definition, inside, xml);
        let _ = write!(xml, "</{}>", item.name);
    });
}

fn bind(definition: &Definition, at: usize, xml: &mut String) {
    let item = &definition.items[at];
    let _ = write!(xml, "<bind nodeset=\"{}\"", way(definition, at));
    let kind = match item.kind {
        Kind::Group => None,
        Kind::Integer => Some("int"),
        Kind::Decimal => Some("decimal"),
        Kind::Date => Some("date"),
        _ => Some("string"),
    };
    if let Some(kind) = kind {
        let _ = write!(xml, " type=\"{kind}\"");
    }
    if item.kind == Kind::Note {
        xml.push_str(" readonly=\"true()\"");
    }
    let own = [
        ("relevant", &item.relevant),
        ("constraint", &item.constraint),
        ("calculate", &item.calculation),
    ];
    for (name, own) in own {
        if let Some(own) = own {
            let _ = write!(xml, " {name}=\"{}\"", expression(definition, own));
        }
    }
    match &item.required {
        Condition::Never => {}
        Condition::Always => xml.push_str(" required=\"true()\""),
        Condition::When(when) => {
            let _ = write!(xml, " required=\"{}\"", expression(definition, when));
        }
    }
    let message = words(definition, &item.constraint_message);
    if !message.is_empty() {
        let _ = write!(xml, " jr:constraintMsg=\"{}\"", escape(message));
    }
    xml.push_str("/>");
}

fn controls(definition: &Definition, range: std::ops::Range<usize>, xml: &mut String) {
    each(definition, range, |at, item, inside| {
        let way = way(definition, at);
        let label = with_names(definition, words(definition, &item.label), |way| {
            format!("<output value=\"{way}\"/>")
        });
        if item.kind == Kind::Group {
            let look = if item.appearance.is_empty() {
                String::new()
            } else {
                format!(" appearance=\"{}\"", item.appearance)
            };
            let _ = write!(xml, "<group ref=\"{way}\"{look}><label>{label}</label>");
            controls(definition, inside, xml);
            xml.push_str("</group>");
            return;
        }
        if !item.kind.is_shown() {
            return;
        }
        let tag = match item.kind {
            Kind::SelectOne(_) => "select1",
            Kind::SelectMultiple(_) => "select",
            _ => "input",
        };
        let _ = write!(xml, "<{tag} ref=\"{way}\"><label>{label}</label>");
        let hint = words(definition, &item.hint);
        if !hint.is_empty() {
            let _ = write!(xml, "<hint>{}</hint>", escape(hint));
        }
        if let Some(Choices::List(list)) = item.kind.choices() {
            let name = definition.lists.iter().find(|(_, own)| *own == list);
            let name = name.map_or("", |(name, _)| name);
            let filter = item
                .choice_filter
                .as_ref()
                .map_or_else(String::new, |filter| format!("[{}]", expression(definition, filter)));
            let _ = write!(
                xml,
                "<itemset nodeset=\"instance('{name}')/root/item{filter}\">\
                 <value ref=\"name\"/><label ref=\"label\"/></itemset>"
            );
        }
        let _ = write!(xml, "</{tag}>");
    });
}
