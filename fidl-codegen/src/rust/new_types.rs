//! New types and aliases.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::Context;
use super::text::{Module, docs};
use super::types::{one_line, without_lifetime};
use crate::ir::{Alias, DeclId, NewType, Type};

/// A type around another: on the wire and in views it is that other.
pub(super) fn emit(cx: Context<'_>, id: DeclId, new: &NewType, module: &mut Module) {
    let decl = cx.schema.decl(id);
    let names = cx.names(id);
    let borrows = cx.facts.borrows(id);
    let docs = docs(&decl.element, &format!("The new type `{}`.", decl.element.name));
    let (name, lifetime, ty) = (&names.value, cx.lifetime_of(id), cx.value(&new.target));
    let derives = if cx.is_resource(id) { quote!(Debug) } else { quote!(Clone, Copy, Debug, PartialEq) };
    let view_only = cx.view_only(id);
    module.items(quote! {
        #docs
        #view_only
        #[derive(#derives)]
        pub struct #name #lifetime(pub #ty);
    });
    module.text(encode(cx, id, &new.target, name, borrows));
    if !borrows && !cx.is_resource(id) {
        module.items(from_view(cx, id, &new.target, name));
    } else if borrows && cx.can_be_owned(id) {
        let (name, ty) = (&names.owned, cx.owned(&new.target, cx.stated(id, None)));
        module.items(quote! {
            #docs
            #[doc = ""]
            #[doc = " With a fixed capacity of its own: it borrows nothing."]
            #[derive(Clone, Debug, PartialEq)]
            pub struct #name(pub #ty);
        });
        module.text(encode(cx, id, &new.target, name, false));
        module.items(from_view(cx, id, &new.target, name));
    }
}

/// What a view gives has been validated. No conversion for everybody, who may have too long a text or too short a slice.
fn from_view(cx: Context<'_>, id: DeclId, target: &Type, name: &Ident) -> TokenStream {
    let view = without_lifetime(cx.view(target));
    if cx.is_fallible(id) {
        let result = cx.try_own(target, quote!(view));
        return quote! {
            impl #name {
                #[doc(hidden)]
                pub fn try_from_view(view: #view) -> Result<Self, ::fidl::generated::TooLong> {
                    #result.map(Self)
                }
            }
        };
    }
    let value = cx.own(target, quote!(view));
    quote! {
        impl #name {
            #[doc(hidden)]
            pub fn from_view(view: #view) -> Self {
                Self(#value)
            }
        }
    }
}

/// The declaration that a value encodes as what is in it.
fn encode(cx: Context<'_>, id: DeclId, target: &Type, name: &Ident, borrows: bool) -> String {
    let resource = if cx.is_resource(id) { "resource " } else { "" };
    let lifetime = if borrows { "<'_>" } else { "" };
    format!("::fidl::encode_new_type! {{ {resource}{name}{lifetime} => {} }}\n", one_line(&cx.wire(target)))
}

/// Another name for a type of values.
pub(super) fn emit_alias(cx: Context<'_>, id: DeclId, alias: &Alias, module: &mut Module) {
    let element = &cx.schema.decl(id).element;
    let docs = docs(element, &format!("The alias `{}`.", element.name));
    let (name, ty) = (&cx.names(id).value, cx.value(&alias.target));
    let lifetime: TokenStream = if cx.borrows(&alias.target) { quote!(<'a>) } else { quote!() };
    module.items(quote! {
        #docs
        pub type #name #lifetime = #ty;
    });
}
