//! Components: functions with `#[component]`, called with their properties.

use proc_macro2::TokenStream;
use quote::quote;
use rstml::node::{CustomNode, NodeAttribute, NodeElement, NodeName};

use crate::{Fault, element, shape::Shape};

/// Whether a name is that of a component: its last part starts with a capital letter.
pub fn is_component(name: &NodeName) -> bool {
    let NodeName::Path(path) = name else { return false };
    path.path
        .segments
        .last()
        .is_some_and(|last| last.ident.to_string().starts_with(char::is_uppercase))
}

/// The call of a component, which gives a view.
pub fn expand<C: CustomNode>(node: &NodeElement<C>) -> Result<TokenStream, Fault> {
    let name = node.name();
    let mut properties = Vec::new();
    for attribute in node.attributes() {
        let NodeAttribute::Attribute(attribute) = attribute else {
            return Err(Fault::at(attribute, "a property is a name, or a name and its value"));
        };
        let key = &attribute.key;
        properties.push(match attribute.value() {
            Some(value) => quote! { .#key(#value) },
            None => quote! { .#key(#key) },
        });
    }
    if !node.children().is_empty() {
        let mut shape = Shape::default();
        for child in node.children() {
            element::node(child, &mut shape)?;
        }
        let Shape { text, slots } = shape;
        properties.push(quote! {
            .children(::std::boxed::Box::new(move || {
                ::app::view::draw(#text, ::std::boxed::Box::new([#(#slots),*]))
            }))
        });
    }
    Ok(quote! {
        ::leptos::component::component_view(
            &#name,
            ::leptos::component::component_props_builder(&#name) #(#properties)* .build(),
        )
    })
}
