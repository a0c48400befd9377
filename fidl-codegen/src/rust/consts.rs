//! Constants.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::text::{Module, docs};
use super::types::Form;
use super::{Context, names};
use crate::ir::{Const, DeclId, DeclKind, Primitive, TypeKind, Value};

pub(super) fn emit(cx: Context<'_>, id: DeclId, constant: &Const, module: &mut Module) {
    let decl = cx.schema.decl(id);
    let docs = docs(&decl.element, &format!("The constant `{}`.", decl.element.name));
    let name = &cx.names(id).value;
    let ty = match &constant.ty.kind {
        TypeKind::String { .. } => quote!(&str),
        _ => cx.value(&constant.ty),
    };
    let value = value(cx, &constant.ty.kind, &constant.value.value);
    module.items(quote! { #docs pub const #name: #ty = #value; });
}

/// The value of a constant of this type.
pub(super) fn value(cx: Context<'_>, ty: &TypeKind, value: &Value) -> TokenStream {
    match (value, ty) {
        (Value::Bool(value), _) => quote!(#value),
        (Value::String(text), _) => quote!(#text),
        (Value::Float(value), TypeKind::Primitive(Primitive::Float32)) => {
            float(Literal::f32_unsuffixed(*value as f32), *value)
        }
        (Value::Float(value), _) => float(Literal::f64_unsuffixed(*value), *value),
        (Value::Integer(value), TypeKind::Named(id)) => named(cx, *id, *value),
        (Value::Integer(value), _) => integer(*value),
    }
}

fn float(literal: Literal, value: f64) -> TokenStream {
    if value.is_sign_negative() {
        let text = literal.to_string();
        let positive: TokenStream = text.trim_start_matches('-').parse().expect("a number is a token");
        return quote!(-#positive);
    }
    quote!(#literal)
}

/// An integer literal without a suffix.
pub(super) fn integer(value: i128) -> TokenStream {
    let magnitude = Literal::u128_unsuffixed(value.unsigned_abs());
    if value < 0 { quote!(-#magnitude) } else { quote!(#magnitude) }
}

/// A value of an enum or of bits.
fn named(cx: Context<'_>, id: DeclId, value: i128) -> TokenStream {
    let path = cx.path(id, Form::Value);
    let raw = integer(value);
    match &cx.schema.decl(id).kind {
        DeclKind::Enum(layout) => match layout.members.iter().find(|member| member.value == value) {
            Some(member) => {
                let variant = names::ident(&names::camel(&member.element.name));
                quote!(#path::#variant)
            }
            None => quote!(#path::from_raw(#raw)),
        },
        _ => quote!(#path::from_bits_retain(#raw)),
    }
}
