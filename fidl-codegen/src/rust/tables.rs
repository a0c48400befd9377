//! Tables: value with setters, owned value, wire form and view.

use std::fmt::Write;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::facts::Names;
use super::members::{builder, close, encode_macro, field, member_doc_text, member_docs, value_type};
use super::text::{Module, deprecated, doc_text, docs};
use super::types::one_line;
use super::{Context, names};
use crate::ir::{DeclId, Table};

pub(super) fn emit(cx: Context<'_>, id: DeclId, layout: &Table, module: &mut Module) {
    let decl = cx.schema.decl(id);
    let names = cx.names(id);
    let borrows = cx.facts.borrows(id);
    let about = format!("The table `{}`.", decl.element.name);
    module.items(value(cx, id, layout, &names.value, &about));
    module.text(encode(cx, layout, &names.value, &names.wire, borrows));
    if borrows && cx.can_be_owned(id) {
        module.items(owned(cx, id, layout, names, &about));
        module.text(encode(cx, layout, &names.owned, &names.wire, false));
    } else if !borrows && !layout.resource {
        module.items(from_view(cx, id, layout, &names.value));
    }
    module.text(wire(cx, id, layout, names, &about));
}

/// The value to be sent, and a function per member that sets it.
fn value(cx: Context<'_>, id: DeclId, layout: &Table, name: &Ident, about: &str) -> TokenStream {
    let (docs, view_only) = (docs(&cx.schema.decl(id).element, about), cx.view_only(id));
    let lifetime = cx.lifetime_of(id);
    let fields = layout.members.iter().map(|member| {
        let (docs, name, ty) = (member_docs(&member.element), field(&member.element), cx.value(&member.ty));
        quote! { #docs pub #name: Option<#ty>, }
    });
    let derives =
        if layout.resource { quote!(Debug, Default) } else { quote!(Clone, Copy, Debug, Default, PartialEq) };
    let absent = layout.members.iter().map(|member| field(&member.element));
    let setters = setters(cx, layout);
    // The linter takes it for a constructor in the style of another language.
    let allow = (name == "New").then(|| quote!(#[allow(clippy::self_named_constructors)]));
    quote! {
        #docs
        #view_only
        #[derive(#derives)]
        pub struct #name #lifetime { #(#fields)* }
        impl #lifetime #name #lifetime {
            #[doc = " A table without members."]
            #allow
            pub const fn new() -> Self {
                Self { #(#absent: None),* }
            }
            #setters
        }
    }
}

/// What may hold a handle drops the one that it had, which no constant can do.
fn setters(cx: Context<'_>, layout: &Table) -> TokenStream {
    let constant = if layout.resource { quote!() } else { quote!(const) };
    let setters = layout.members.iter().map(|member| {
        let about = format!(" Sets `{}`.", member.element.name);
        let (field, ty) = (field(&member.element), cx.value(&member.ty));
        let setter = names::ident(&names::setter(&member.element.name));
        let deprecated = deprecated(&member.element);
        quote! {
            #[doc = #about]
            #deprecated
            pub #constant fn #setter(mut self, value: #ty) -> Self {
                self.#field = Some(value);
                self
            }
        }
    });
    quote! { #(#setters)* }
}

/// The declaration of how a value becomes its wire form.
fn encode(cx: Context<'_>, layout: &Table, name: &Ident, wire: &Ident, borrows: bool) -> String {
    let lifetime = if borrows { "<'_>" } else { "" };
    let members = layout.members.iter().map(|member| {
        let by_reference = layout.resource && !cx.schema.is_resource(&member.ty);
        let word = if by_reference { "ref " } else { "" };
        format!("{} {word}{}", member.ordinal, field(&member.element))
    });
    let members: Vec<String> = members.collect();
    let resource = if layout.resource { "resource " } else { "" };
    encode_macro("encode_table", &format!("{resource}{name}{lifetime} => {wire}"), &members, "")
}

/// The value to be kept.
fn owned(cx: Context<'_>, id: DeclId, layout: &Table, names: &Names, about: &str) -> TokenStream {
    let name = &names.owned;
    let docs = docs(&cx.schema.decl(id).element, about);
    let fields = layout.members.iter().map(|member| {
        let (docs, name, ty) = (
            member_docs(&member.element),
            field(&member.element),
            cx.owned(&member.ty, cx.stated(id, Some(&member.element))),
        );
        quote! { #docs pub #name: Option<#ty>, }
    });
    let from_view = from_view(cx, id, layout, name);
    quote! {
        #docs
        #[doc = ""]
        #[doc = " With a fixed capacity of its own: it borrows nothing."]
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct #name { #(#fields)* }
        #from_view
    }
}

fn from_view(cx: Context<'_>, id: DeclId, layout: &Table, name: &Ident) -> TokenStream {
    let fields = layout.members.iter().map(|member| {
        let name = field(&member.element);
        if cx.may_fail(&member.ty) {
            let (text, owning) = (&member.element.name, cx.try_owning(&member.ty));
            let result = quote!(view.#name().map(#owning).transpose());
            return quote! { #name: ::fidl::generated::member(#text, #result)? };
        }
        let owning = cx.owning(&member.ty).map(|owning| quote!(.map(#owning)));
        quote! { #name: view.#name() #owning }
    });
    let argument = if layout.members.is_empty() { quote!(_) } else { quote!(view) };
    cx.conversion(id, name, argument, quote!(Self { #(#fields),* }))
}

/// The wire form and the view.
fn wire(cx: Context<'_>, id: DeclId, layout: &Table, names: &Names, about: &str) -> String {
    let decl = cx.schema.decl(id);
    let mut text = "::fidl::wire_table! {\n".to_owned();
    text += &doc_text(&decl.element, about, "    ");
    let _ = writeln!(text, "    pub table {}, {}<'f>{} {{", names.wire, names.view, builder(cx, id));
    for member in &layout.members {
        text += &member_doc_text(&member.element);
        let (wire, view) = (one_line(&cx.wire(&member.ty)), one_line(&cx.view(&member.ty)));
        let _ = writeln!(text, "        {} {}: {wire} => {view},", member.ordinal, field(&member.element));
    }
    close(&mut text);
    value_type(&mut text, layout.resource, &names.wire);
    text
}
