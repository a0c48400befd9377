//! Structs: value, owned value, wire form and view.

use std::fmt::Write;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::facts::Names;
use super::members::{builder, encode_macro, field, member_doc_text, member_docs, value_type};
use super::text::{Module, doc_text, docs};
use super::types::one_line;
use super::{Context, consts, names};
use crate::ir::{DeclId, Struct, TypeKind};

pub(super) fn emit(cx: Context<'_>, id: DeclId, layout: &Struct, module: &mut Module) {
    let decl = cx.schema.decl(id);
    let names = cx.names(id);
    let borrows = cx.facts.borrows(id);
    let about = format!("The struct `{}`.", decl.element.name);
    module.items(value(cx, id, layout, &names.value, &about));
    module.items(defaults(cx, layout, &names.value, borrows));
    module.text(encode(cx, layout, &names.value, &names.wire, borrows));
    if borrows && cx.can_be_owned(id) {
        module.items(owned(cx, id, layout, names, &about));
        module.text(encode(cx, layout, &names.owned, &names.wire, false));
    } else if !borrows && !layout.resource {
        module.items(from_view(cx, id, layout, &names.value));
    }
    module.text(wire(cx, id, layout, names, &about));
}

/// The value to be sent.
fn value(cx: Context<'_>, id: DeclId, layout: &Struct, name: &Ident, about: &str) -> TokenStream {
    let (docs, view_only) = (docs(&cx.schema.decl(id).element, about), cx.view_only(id));
    let lifetime = cx.lifetime_of(id);
    let fields = layout.members.iter().map(|member| {
        let (docs, name, ty) = (member_docs(&member.element), field(&member.element), cx.value(&member.ty));
        quote! { #docs pub #name: #ty, }
    });
    let derives = if layout.resource { quote!(Debug) } else { quote!(Clone, Copy, Debug, PartialEq) };
    quote! {
        #docs
        #view_only
        #[derive(#derives)]
        pub struct #name #lifetime { #(#fields)* }
    }
}

/// The declaration of how a value becomes its wire form.
///
/// A value without handles is encoded from references; one that may have handles gives them to the message.
fn encode(cx: Context<'_>, layout: &Struct, name: &Ident, wire: &Ident, borrows: bool) -> String {
    let lifetime = if borrows { "<'_>" } else { "" };
    let fields = layout.members.iter().map(|member| match cx.schema.is_resource(&member.ty) {
        false if layout.resource => format!("ref {}", field(&member.element)),
        _ => field(&member.element).to_string(),
    });
    let fields: Vec<String> = fields.collect();
    let resource = if layout.resource { "resource " } else { "" };
    encode_macro("encode_struct", &format!("{resource}{name}{lifetime} => {wire}"), &fields, "")
}

/// If all members have defaults, the struct has one. If only some have, these are constants of the struct.
fn defaults(cx: Context<'_>, layout: &Struct, name: &Ident, borrows: bool) -> TokenStream {
    let given = layout.members.iter().filter_map(|member| {
        let default = member.default.as_ref()?;
        Some((member, consts::value(cx, &member.ty.kind, &default.value)))
    });
    let given: Vec<_> = given.collect();
    if given.is_empty() {
        return quote! {};
    }
    let lifetime = if borrows { quote!(<'_>) } else { quote!() };
    if given.len() == layout.members.len() {
        let fields = given.iter().map(|(member, value)| {
            let field = field(&member.element);
            quote!(#field: #value)
        });
        return quote! {
            impl ::core::default::Default for #name #lifetime {
                fn default() -> Self {
                    Self { #(#fields),* }
                }
            }
        };
    }
    let constants = given.iter().map(|(member, value)| {
        let about = format!(" The default of `{}`.", member.element.name);
        let name = names::ident(&format!("DEFAULT_{}", names::screaming(&member.element.name)));
        let ty = match member.ty.kind {
            TypeKind::String { .. } => quote!(&'static str),
            _ => cx.value(&member.ty),
        };
        quote! {
            #[doc = #about]
            pub const #name: #ty = #value;
        }
    });
    quote! { impl #name #lifetime { #(#constants)* } }
}

/// The value to be kept.
fn owned(cx: Context<'_>, id: DeclId, layout: &Struct, names: &Names, about: &str) -> TokenStream {
    let name = &names.owned;
    let docs = docs(&cx.schema.decl(id).element, about);
    let fields = layout.members.iter().map(|member| {
        let (docs, name, ty) = (
            member_docs(&member.element),
            field(&member.element),
            cx.owned(&member.ty, cx.stated(id, Some(&member.element))),
        );
        quote! { #docs pub #name: #ty, }
    });
    let from_view = from_view(cx, id, layout, name);
    quote! {
        #docs
        #[doc = ""]
        #[doc = " With a fixed capacity of its own: it borrows nothing."]
        #[derive(Clone, Debug, PartialEq)]
        pub struct #name { #(#fields)* }
        #from_view
    }
}

fn from_view(cx: Context<'_>, id: DeclId, layout: &Struct, name: &Ident) -> TokenStream {
    let fields = layout.members.iter().map(|member| {
        let name = field(&member.element);
        let value = cx.own_member(&member.element, &member.ty, quote!(view.#name()));
        quote! { #name: #value }
    });
    let argument = if layout.members.is_empty() { quote!(_) } else { quote!(view) };
    cx.conversion(id, name, argument, quote!(Self { #(#fields),* }))
}

/// The wire form and the view.
fn wire(cx: Context<'_>, id: DeclId, layout: &Struct, names: &Names, about: &str) -> String {
    let decl = cx.schema.decl(id);
    let mut text = "::fidl::wire_struct! {\n".to_owned();
    text += &doc_text(&decl.element, about, "    ");
    let _ = writeln!(
        text,
        "    pub struct {}, {}<'f>{}, {} {{",
        names.wire,
        names.view,
        builder(cx, id),
        layout.shape.inline_size
    );
    for (index, member) in layout.members.iter().enumerate() {
        text += &member_doc_text(&member.element);
        let (wire, view) = (one_line(&cx.wire(&member.ty)), one_line(&cx.view(&member.ty)));
        let _ = writeln!(text, "        {} {}: {wire} => {view},", member.offset, field(&member.element));
        if member.padding > 0 {
            let end = member.offset + member.ty.shape.inline_size;
            let _ = writeln!(text, "        /// Padding.");
            let _ =
                writeln!(text, "        {end} _padding_{index}: ::fidl::wire::Padding<{}>,", member.padding);
        }
    }
    if layout.members.is_empty() {
        let _ = writeln!(text, "        /// The one byte of a struct without members.");
        let _ = writeln!(text, "        0 empty: ::fidl::wire::EmptyStruct,");
    }
    text += "    }\n}\n";
    value_type(&mut text, layout.resource, &names.wire);
    text
}
