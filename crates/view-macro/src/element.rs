//! Elements, texts and expressions.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use rstml::node::{KeyedAttribute, Node, NodeAttribute, NodeElement};

use crate::{
    Fault, component,
    shape::{ATTRIBUTE, CLASS, CLOSE, ELEMENT, EVENT, PROPERTY, SLOT, SVG, Shape, TEXT, VALUE},
};

/// The elements of SVG that the app draws with.
const SVG_NAMES: [&str; 7] = ["svg", "path", "circle", "rect", "line", "g", "polyline"];

/// Adds a node and what is in it.
pub fn node<C: rstml::node::CustomNode>(node: &Node<C>, shape: &mut Shape) -> Result<(), Fault> {
    match node {
        Node::Element(element) if component::is_component(element.name()) => {
            let drawn = component::expand(element)?;
            shape.slot(SLOT, "", quote! { ::app::view::Part::into_slot(#drawn) });
        }
        Node::Element(element) => self::element(element, shape)?,
        Node::Fragment(fragment) => {
            for child in fragment.children() {
                self::node(child, shape)?;
            }
        }
        Node::Text(text) => shape.mark(TEXT, &text.value_string()),
        Node::Block(block) => {
            let value = unbraced(block);
            shape.slot(SLOT, "", quote! { ::app::view::Part::into_slot(#value) });
        }
        Node::Comment(_) => {}
        Node::Doctype(_) | Node::RawText(_) | Node::Custom(_) => {
            return Err(Fault::at(node, "write texts in quotes and the rest as elements"));
        }
    }
    Ok(())
}

fn element<C: rstml::node::CustomNode>(
    element: &NodeElement<C>,
    shape: &mut Shape,
) -> Result<(), Fault> {
    let name = element.name().to_string();
    shape.mark(if SVG_NAMES.contains(&name.as_str()) { SVG } else { ELEMENT }, &name);
    for attribute in element.attributes() {
        let NodeAttribute::Attribute(attribute) = attribute else {
            return Err(Fault::at(attribute, "an attribute is a name, or a name and its value"));
        };
        self::attribute(attribute, shape)?;
    }
    for child in element.children() {
        node(child, shape)?;
    }
    shape.mark(CLOSE, "");
    Ok(())
}

fn attribute(attribute: &KeyedAttribute, shape: &mut Shape) -> Result<(), Fault> {
    let name = attribute.key.to_string();
    let (kind, rest) = match name.split_once(':') {
        Some((kind, rest)) => (kind, rest),
        None => ("", name.as_str()),
    };
    let Some(value) = attribute.value() else {
        shape.mark(ATTRIBUTE, rest);
        shape.mark(VALUE, "");
        return Ok(());
    };
    let part = quote! { ::app::view::Part::into_slot(#value) };
    match kind {
        "" => match attribute.value_literal_string() {
            Some(text) => {
                shape.mark(ATTRIBUTE, rest);
                shape.mark(VALUE, &text);
            }
            None => shape.slot(ATTRIBUTE, rest, part),
        },
        "class" => shape.slot(CLASS, rest, part),
        "prop" => shape.slot(PROPERTY, rest, part),
        "on" => {
            let event = event_type(rest);
            shape.slot(EVENT, rest, quote! { ::app::view::on::<#event>(#value) });
        }
        _ => {
            return Err(Fault::at(
                &attribute.key,
                "of the prefixes there are only class:, prop: and on:",
            ));
        }
    }
    Ok(())
}

/// A block that is one expression, without its braces.
fn unbraced(block: &impl ToTokens) -> TokenStream {
    let tokens = block.to_token_stream();
    let group = match tokens.clone().into_iter().next() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => group,
        _ => return tokens,
    };
    let statements = group.stream().into_iter().any(|token| match token {
        TokenTree::Punct(mark) => mark.as_char() == ';',
        TokenTree::Ident(word) => word == "let",
        TokenTree::Group(_) | TokenTree::Literal(_) => false,
    });
    if statements { tokens } else { group.stream() }
}

/// The type of an event by its name, as far as handlers care.
fn event_type(name: &str) -> TokenStream {
    match name {
        "click" => quote! { ::web_sys::MouseEvent },
        "submit" => quote! { ::web_sys::SubmitEvent },
        "keydown" => quote! { ::web_sys::KeyboardEvent },
        _ => quote! { ::web_sys::Event },
    }
}
