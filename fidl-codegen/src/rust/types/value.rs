//! Types of values to be sent.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{Form, native, optionally};
use crate::ir::{DeclId, DeclKind, Type, TypeKind};
use crate::layout::{member_types, named};
use crate::rust::Context;
use crate::rust::facts::type_borrows;

/// The most handles of a message, and so of a vector of handles.
const MAX_HANDLES: u32 = 64;

/// The most bytes of a value that is returned; a larger one is written where it is to lie.
const MAX_RETURNED_BYTES: u32 = 512;

impl Context<'_> {
    /// The type of a value to be sent. The lifetime of what it borrows is `'a`.
    pub(in crate::rust) fn value(self, ty: &Type) -> TokenStream {
        match &ty.kind {
            TypeKind::Primitive(primitive) => native(*primitive),
            TypeKind::String { optional, .. } => optionally(*optional, quote!(&'a str)),
            TypeKind::Array { element, count } => {
                let (element, count) = (self.value(element), Literal::u32_unsuffixed(*count));
                quote!([#element; #count])
            }
            TypeKind::StringArray { count } => {
                let count = Literal::u32_unsuffixed(*count);
                quote!([u8; #count])
            }
            TypeKind::Vector { element, bound, optional } if self.schema.is_resource(element) => {
                let capacity = match bound {
                    Some(bound) if element.shape.max_handles == 0 => *bound,
                    _ => bound.unwrap_or(MAX_HANDLES).min(MAX_HANDLES),
                };
                let capacity = Literal::u32_unsuffixed(capacity);
                let element = self.value(element);
                optionally(*optional, quote!(::fidl::generated::ArrayVec<#element, #capacity>))
            }
            TypeKind::Vector { element, optional, .. } => {
                let element = self.value(element);
                optionally(*optional, quote!(&'a [#element]))
            }
            TypeKind::Handle { resource, subtype, optional, .. } => {
                let object = object_type(if self.is_kernels(*resource) { subtype.value } else { 0 });
                optionally(*optional, quote!(::fidl::kernel::#object))
            }
            TypeKind::Endpoint { role, protocol, optional } => {
                let end = self.end(*role, *protocol).unwrap_or(quote!(::fidl::kernel::Handle));
                optionally(*optional, end)
            }
            TypeKind::Box(id) if !self.is_resource(*id) => {
                let value = self.value_path(*id);
                quote!(Option<&'a #value>)
            }
            TypeKind::Box(id) | TypeKind::OptionalUnion(id) => {
                let value = self.value_path(*id);
                match (self.is_recursive(*id), self.is_resource(*id)) {
                    (false, _) => quote!(Option<#value>),
                    (true, false) => quote!(Option<&'a #value>),
                    (true, true) => quote!(&'a mut Option<#value>),
                }
            }
            TypeKind::Named(id) => self.value_path(*id),
            TypeKind::FrameworkError => quote!(i32),
            // Types with pointers are left out.
            TypeKind::Pointer(_) => quote!(u64),
        }
    }

    fn value_path(self, id: DeclId) -> TokenStream {
        let (path, lifetime) = (self.path(id, Form::Value), self.lifetime_of(id));
        quote!(#path #lifetime)
    }

    /// Whether a value of this type borrows.
    pub(in crate::rust) fn borrows(self, ty: &Type) -> bool {
        type_borrows(self.schema, ty) || named(ty).is_some_and(|id| self.facts.borrows(id))
    }

    /// Whether values of a declaration are better written into a message than put together: they borrow, or are large.
    pub(in crate::rust) fn is_large(self, id: DeclId) -> bool {
        self.facts.borrows(id) || self.value_bytes(id) > MAX_RETURNED_BYTES
    }

    /// About how many bytes a value of a declaration has.
    fn value_bytes(self, id: DeclId) -> u32 {
        match &self.schema.decl(id).kind {
            DeclKind::Table(layout) => {
                layout.members.iter().map(|member| member.ty.shape.inline_size).fold(0, u32::saturating_add)
            }
            kind => member_types(kind).iter().map(|ty| ty.shape.inline_size).fold(0, u32::saturating_add),
        }
    }

    /// `<'a>` for a declaration whose values borrow.
    pub(in crate::rust) fn lifetime_of(self, id: DeclId) -> TokenStream {
        if self.facts.borrows(id) { quote!(<'a>) } else { quote!() }
    }

    fn is_recursive(self, id: DeclId) -> bool {
        match &self.schema.decl(id).kind {
            DeclKind::Struct(layout) => layout.recursive,
            DeclKind::Table(layout) => layout.recursive,
            DeclKind::Union(layout) => layout.recursive,
            _ => false,
        }
    }
}

/// The kernel object's type, as far as there is one.
fn object_type(subtype: u32) -> TokenStream {
    match subtype {
        4 => quote!(Channel),
        5 => quote!(Event),
        14 => quote!(Socket),
        16 => quote!(EventPair),
        _ => quote!(Handle),
    }
}
