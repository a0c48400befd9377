//! Types on the wire and in views.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{Form, native, optionally, wire_primitive};
use crate::ir::{HandleSubtype, RIGHTS_SAME, Type, TypeKind};
use crate::rust::Context;

impl Context<'_> {
    /// The type on the wire.
    pub(in crate::rust) fn wire(self, ty: &Type) -> TokenStream {
        match &self.form_of(ty).kind {
            TypeKind::Primitive(primitive) => wire_primitive(*primitive),
            TypeKind::String { bound, optional } => {
                let bound = bound_tokens(*bound);
                if *optional {
                    quote!(::fidl::wire::OptStr<#bound>)
                } else {
                    quote!(::fidl::wire::Str<#bound>)
                }
            }
            TypeKind::Array { element, count } => {
                let (element, count) = (self.wire(element), Literal::u32_unsuffixed(*count));
                quote!([#element; #count])
            }
            TypeKind::StringArray { count } => {
                let count = Literal::u32_unsuffixed(*count);
                quote!([u8; #count])
            }
            TypeKind::Vector { element, bound, optional } => {
                let (element, bound) = (self.wire(element), bound_tokens(*bound));
                if *optional {
                    quote!(::fidl::wire::OptVector<#element, #bound>)
                } else {
                    quote!(::fidl::wire::Vector<#element, #bound>)
                }
            }
            TypeKind::Handle { resource, subtype, rights, optional } if self.is_kernels(*resource) => {
                wire_handle(subtype, *rights, *optional)
            }
            TypeKind::Handle { optional, .. } => any_handle(*optional),
            TypeKind::Endpoint { role, protocol, optional } => match (self.end(*role, *protocol), optional) {
                (None, optional) => any_handle(*optional),
                (Some(end), true) => quote!(::fidl::wire::OptEndpoint<#end>),
                (Some(end), false) => quote!(::fidl::wire::Endpoint<#end>),
            },
            TypeKind::Box(id) => {
                let content = self.path(*id, Form::Wire);
                quote!(::fidl::wire::Boxed<#content>)
            }
            TypeKind::OptionalUnion(id) => {
                let content = self.path(*id, Form::Wire);
                quote!(::fidl::wire::OptUnion<#content>)
            }
            TypeKind::Named(id) => self.path(*id, Form::Wire),
            TypeKind::FrameworkError => quote!(::fidl::wire::I32),
            // Types with pointers are left out.
            TypeKind::Pointer(_) => quote!(::fidl::wire::U64),
        }
    }

    /// What an accessor of a view returns.
    pub(in crate::rust) fn view(self, ty: &Type) -> TokenStream {
        match &self.form_of(ty).kind {
            TypeKind::Primitive(primitive) => native(*primitive),
            TypeKind::String { optional, .. } => optionally(*optional, quote!(&'f str)),
            TypeKind::Array { element, .. } => self.view_of_many(element),
            TypeKind::StringArray { .. } => quote!(&'f [u8]),
            TypeKind::Vector { element, optional, .. } => optionally(*optional, self.view_of_many(element)),
            TypeKind::Handle { .. } => quote!(::fidl::wire::HandleView<'f>),
            TypeKind::Endpoint { role, protocol, .. } => match self.end(*role, *protocol) {
                Some(end) => quote!(::fidl::wire::EndpointView<'f, #end>),
                None => quote!(::fidl::wire::HandleView<'f>),
            },
            TypeKind::Box(id) | TypeKind::OptionalUnion(id) => {
                let view = self.view_path(*id, quote!('f));
                quote!(Option<#view>)
            }
            TypeKind::Named(id) if self.has_view(*id) => self.view_path(*id, quote!('f)),
            TypeKind::Named(id) => self.path(*id, Form::Value),
            TypeKind::FrameworkError => quote!(i32),
            TypeKind::Pointer(_) => quote!(u64),
        }
    }

    fn view_of_many(self, element: &Type) -> TokenStream {
        if let Some(number) = self.slice_element(element) {
            return quote!(&'f [#number]);
        }
        let element = self.wire(element);
        quote!(::fidl::wire::Elements<'f, #element>)
    }
}

fn wire_handle(subtype: &HandleSubtype, rights: u32, optional: bool) -> TokenStream {
    let (subtype, rights) = (Literal::u32_unsuffixed(subtype.value), hexadecimal(rights));
    if optional {
        quote!(::fidl::wire::OptHandle<#subtype, #rights>)
    } else {
        quote!(::fidl::wire::Handle<#subtype, #rights>)
    }
}

/// A handle whose kind the kernel does not know: one of another transport.
fn any_handle(optional: bool) -> TokenStream {
    wire_handle(&HandleSubtype { value: 0, name: None }, RIGHTS_SAME, optional)
}

/// A set of bits is best read in hexadecimal.
fn hexadecimal(bits: u32) -> TokenStream {
    format!("{bits:#x}").parse().expect("a number is a token")
}

fn bound_tokens(bound: Option<u32>) -> TokenStream {
    match bound {
        Some(bound) => {
            let bound = Literal::u32_unsuffixed(bound);
            quote!(#bound)
        }
        None => quote!({ ::fidl::limits::UNBOUNDED }),
    }
}
