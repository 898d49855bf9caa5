//! `view!` with the markup of Leptos, for `src/view` of the app.
//!
//! Leptos gives every piece of markup a type of its own, and the compiler writes the code to build, update and drop
//! each of them: half of the app's bytes. Here the markup becomes a *shape*, a constant string that one function
//! reads, and a list of *slots* for what is not constant.

mod component;
mod element;
mod shape;

use proc_macro::TokenStream;
use quote::quote;
use shape::Shape;

/// Draws markup: elements, `{expressions}` and `<Components/>`, as `leptos::view!` has them, with `class:name`,
/// `prop:name` and `on:event`. Gives an `app::view::View`.
#[proc_macro]
pub fn view(tokens: TokenStream) -> TokenStream {
    let nodes = match rstml::parse2(tokens.into()) {
        Ok(nodes) => nodes,
        Err(error) => return error.to_compile_error().into(),
    };
    expand(&nodes).unwrap_or_else(|error| error.into_compile_error()).into()
}

fn expand(nodes: &[rstml::node::Node]) -> Result<proc_macro2::TokenStream, Fault> {
    if let [rstml::node::Node::Element(element)] = nodes
        && component::is_component(element.name())
    {
        return component::expand(element);
    }
    let mut shape = Shape::default();
    for node in nodes {
        element::node(node, &mut shape)?;
    }
    let Shape { text, slots } = shape;
    Ok(quote! { ::app::view::draw(#text, ::std::boxed::Box::new([#(#slots),*])) })
}

/// What is wrong with the markup, and where.
struct Fault {
    span: proc_macro2::Span,
    words: String,
}

impl Fault {
    fn at(node: &impl quote::ToTokens, words: &str) -> Self {
        let first = node.to_token_stream().into_iter().next();
        let span = first.map_or_else(proc_macro2::Span::call_site, |token| token.span());
        Self { span, words: words.to_owned() }
    }

    fn into_compile_error(self) -> proc_macro2::TokenStream {
        let Self { span, words } = self;
        quote::quote_spanned! { span => ::std::compile_error!(#words) }
    }
}
