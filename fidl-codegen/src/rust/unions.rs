//! Unions: value, owned value, wire form and view.

use std::fmt::Write;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::facts::Names;
use super::members::{builder, close, encode_macro, member_doc_text, member_docs, value_type};
use super::text::{Module, doc_text, docs};
use super::types::one_line;
use super::{Context, names};
use crate::ir::{DeclId, Element, Union};

pub(super) fn emit(cx: Context<'_>, id: DeclId, layout: &Union, module: &mut Module) {
    let decl = cx.schema.decl(id);
    let names = cx.names(id);
    let borrows = cx.facts.borrows(id);
    let about = format!("The union `{}`.", decl.element.name);
    let docs = docs(&decl.element, &about);
    let from_view = !borrows && !layout.resource;
    let form = Form { cx, id, layout, name: &names.value, unknown: from_view && !layout.strict };
    module.items(form.value(&docs));
    module.text(form.encode(names, borrows));
    if borrows && cx.can_be_owned(id) {
        let form = Form { name: &names.owned, unknown: !layout.strict, ..form };
        module.items(form.owned(&docs, names));
        module.text(form.encode(names, false));
    } else if from_view {
        module.items(form.conversion(names));
    }
    module.text(wire(cx, id, layout, names, &about));
}

/// A value's or owned value's enum.
#[derive(Clone, Copy)]
struct Form<'a> {
    cx: Context<'a>,
    id: DeclId,
    layout: &'a Union,
    name: &'a Ident,
    /// Whether it is made of views, so that it has a variant for members that the schema does not know.
    unknown: bool,
}

impl Form<'_> {
    /// The value to be sent.
    fn value(&self, docs: &TokenStream) -> TokenStream {
        let (name, lifetime) = (self.name, self.cx.lifetime_of(self.id));
        let variants = self.layout.members.iter().map(|member| {
            let (docs, variant) = (member_docs(&member.element), variant(&member.element, self.layout));
            let ty = self.cx.value(&member.ty);
            quote! { #docs #variant(#ty), }
        });
        let unknown = self.unknown_variant();
        let derives =
            if self.layout.resource { quote!(Debug) } else { quote!(Clone, Copy, Debug, PartialEq) };
        let view_only = self.cx.view_only(self.id);
        quote! {
            #docs
            #view_only
            #[derive(#derives)]
            pub enum #name #lifetime { #(#variants)* #unknown }
        }
    }

    /// The value to be kept.
    fn owned(&self, docs: &TokenStream, names: &Names) -> TokenStream {
        let name = self.name;
        let variants = self.layout.members.iter().map(|member| {
            let (docs, variant) = (member_docs(&member.element), variant(&member.element, self.layout));
            let ty = self.cx.owned(&member.ty, self.cx.stated(self.id, Some(&member.element)));
            quote! { #docs #variant(#ty), }
        });
        let (unknown, from_view) = (self.unknown_variant(), self.conversion(names));
        quote! {
            #docs
            #[doc = ""]
            #[doc = " With a fixed capacity of its own: it borrows nothing."]
            #[derive(Clone, Debug, PartialEq)]
            pub enum #name { #(#variants)* #unknown }
            #from_view
        }
    }

    fn unknown_variant(&self) -> Option<TokenStream> {
        self.unknown.then(|| {
            quote! {
                #[doc = " The ordinal of a member that this schema does not know, from a newer peer. Cannot be sent."]
                Unknown(u64),
            }
        })
    }

    fn conversion(&self, names: &Names) -> TokenStream {
        let (name, view) = (self.name, &names.view);
        let known = self.layout.members.iter().map(|member| {
            let variant = variant(&member.element, self.layout);
            let value = self.cx.own_member(&member.element, &member.ty, quote!(value));
            (quote!(#view::#variant(value)), quote!(Self::#variant(#value)))
        });
        let unknown =
            self.unknown.then(|| (quote!(#view::Unknown(unknown)), quote!(Self::Unknown(unknown.ordinal()))));
        let (patterns, values): (Vec<_>, Vec<_>) = known.chain(unknown).unzip();
        let body = match (&patterns[..], &values[..]) {
            ([pattern], [value]) if !self.cx.is_fallible(self.id) => quote! { let #pattern = view; #value },
            _ => quote! { match view { #(#patterns => #values,)* } },
        };
        self.cx.conversion(self.id, name, quote!(view), body)
    }

    /// The declaration of how a value becomes its wire form.
    fn encode(&self, names: &Names, borrows: bool) -> String {
        let lifetime = if borrows { "<'_>" } else { "" };
        let members = self.layout.members.iter().map(|member| {
            let by_reference = self.layout.resource && !self.cx.schema.is_resource(&member.ty);
            let word = if by_reference { "ref " } else { "" };
            format!("{} {word}{}", member.ordinal, variant(&member.element, self.layout))
        });
        let members: Vec<String> = members.collect();
        let resource = if self.layout.resource { "resource " } else { "" };
        let head = format!("{resource}{}{lifetime} => {}", self.name, names.wire);
        encode_macro("encode_union", &head, &members, if self.unknown { "; Unknown" } else { "" })
    }
}

/// The variant of a member.
fn variant(member: &Element, layout: &Union) -> Ident {
    names::ident(&names::variant(&member.name, !layout.strict))
}

/// The wire form and the view.
fn wire(cx: Context<'_>, id: DeclId, layout: &Union, names: &Names, about: &str) -> String {
    let decl = cx.schema.decl(id);
    let mut text = "::fidl::wire_union! {\n".to_owned();
    text += &doc_text(&decl.element, about, "    ");
    let strictness = if layout.strict { "strict" } else { "flexible" };
    let lifetime = if cx.facts.view_borrows(id) { "<'f>" } else { "" };
    let _ = writeln!(
        text,
        "    pub {strictness} union {}, {}{lifetime}{} {{",
        names.wire,
        names.view,
        builder(cx, id)
    );
    for member in &layout.members {
        text += &member_doc_text(&member.element);
        let (wire, view) = (one_line(&cx.wire(&member.ty)), one_line(&cx.view(&member.ty)));
        let variant = variant(&member.element, layout);
        let _ = writeln!(text, "        {} {variant}: {wire} => {view},", member.ordinal);
    }
    close(&mut text);
    value_type(&mut text, layout.resource, &names.wire);
    text
}
