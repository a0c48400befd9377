//! What a FIDL type is in Rust: paths and names here, the forms of types in the modules below.

mod owned;
mod value;
mod wire;

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::quote;

use super::facts::{Names, type_has_no_form};
use super::{Context, names};
use crate::ir::{DeclId, DeclKind, EndpointRole, Primitive, Transport, Type, TypeKind};
use crate::layout::named;

/// The forms of a declared type.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// To be sent.
    Value,
    /// To be kept.
    Owned,
    /// To be read in a message.
    View,
    /// The bytes of a message.
    Wire,
}

impl<'a> Context<'a> {
    /// The names of a declared type's forms.
    pub(super) fn names(self, id: DeclId) -> &'a Names {
        self.facts.names(id).expect("a type has a name")
    }

    /// The path of a declared type's form.
    pub(super) fn path(self, id: DeclId, form: Form) -> TokenStream {
        let (module, names) = (self.module_of(id), self.names(id));
        let name = match form {
            Form::Value => &names.value,
            Form::Owned => &names.owned,
            Form::View => &names.view,
            Form::Wire => &names.wire,
        };
        quote! { #module #name }
    }

    /// The view of a struct, table or union, with its lifetime if it has one.
    pub(super) fn view_path(self, id: DeclId, lifetime: TokenStream) -> TokenStream {
        let path = self.path(id, Form::View);
        if self.facts.view_borrows(id) { quote!(#path<#lifetime>) } else { path }
    }

    /// The path of a protocol's marker type.
    pub(super) fn protocol(self, id: DeclId) -> TokenStream {
        let (module, marker) = (self.protocol_module(id), self.marker(id));
        quote! { #module::#marker }
    }

    /// The path of a protocol's module.
    pub(super) fn protocol_module(self, id: DeclId) -> TokenStream {
        let module = names::ident(&names::protocol_module(&self.schema.decl(id).element.name));
        let library = self.module_of(id);
        quote! { #library #module }
    }

    /// The path of a declaration's library, up to the colons; empty where paths are seen from.
    fn module_of(self, id: DeclId) -> TokenStream {
        let library = self.schema.decl(id).library;
        let outwards = if self.inside_protocol { quote!(super::) } else { quote!() };
        if library == self.library {
            return outwards;
        }
        let library = self.schema.library(library);
        if library.builtin {
            return quote!(::fidl::zx::);
        }
        let module = names::ident(&names::library_module(&library.name));
        quote! { #outwards super::#module:: }
    }

    /// What a type has the form of: where it is a new type, what that stands for, else the type itself. New types of new
    /// types may go as deep as a schema is long.
    fn form_of<'t>(self, mut ty: &'t Type) -> &'t Type
    where
        'a: 't,
    {
        while let TypeKind::Named(id) = &ty.kind
            && let DeclKind::NewType(new) = &self.schema.decl(*id).kind
        {
            ty = &new.target;
        }
        ty
    }

    /// Whether a declaration is a struct, table or union, so that it has a view of its own.
    fn has_view(self, id: DeclId) -> bool {
        let kind = &self.schema.decl(id).kind;
        matches!(kind, DeclKind::Struct(_) | DeclKind::Table(_) | DeclKind::Union(_))
    }

    /// Whether values of a declared type may hold handles.
    pub(super) fn is_resource(self, id: DeclId) -> bool {
        match &self.schema.decl(id).kind {
            DeclKind::Struct(layout) => layout.resource,
            DeclKind::Table(layout) => layout.resource,
            DeclKind::Union(layout) => layout.resource,
            DeclKind::NewType(new) => self.schema.is_resource(&new.target),
            _ => false,
        }
    }

    /// Whether there is nothing in Rust for a type.
    pub(super) fn has_no_form(self, ty: &Type) -> bool {
        type_has_no_form(ty) || named(ty).is_some_and(|id| self.facts.has_no_form(id))
    }

    /// An end of a channel. Where the protocol goes over another transport, this is a handle and nothing more is known.
    fn end(self, role: EndpointRole, protocol: DeclId) -> Option<TokenStream> {
        let transport = self.schema.as_protocol(protocol).map_or(Transport::Channel, |it| it.transport);
        if transport != Transport::Channel {
            return None;
        }
        let protocol = self.protocol(protocol);
        Some(match role {
            EndpointRole::Client => quote!(::fidl::kernel::ClientEnd<#protocol>),
            EndpointRole::Server => quote!(::fidl::kernel::ServerEnd<#protocol>),
        })
    }

    /// Whether handles of this resource definition are those of the kernel: it alone gives its handles rights.
    fn is_kernels(self, resource: DeclId) -> bool {
        match &self.schema.decl(resource).kind {
            DeclKind::Resource(resource) => resource.properties.iter().any(|it| it.element.name == "rights"),
            _ => false,
        }
    }

    /// The number type, if a run of the type can be seen as a slice.
    fn slice_element(self, ty: &Type) -> Option<TokenStream> {
        match &self.form_of(ty).kind {
            TypeKind::Primitive(Primitive::Bool) => None,
            TypeKind::Primitive(primitive) => Some(native(*primitive)),
            _ => None,
        }
    }
}

fn optionally(optional: bool, ty: TokenStream) -> TokenStream {
    if optional { quote!(Option<#ty>) } else { ty }
}

/// Rust's own type for a primitive.
pub(super) fn native(primitive: Primitive) -> TokenStream {
    let name = match primitive {
        Primitive::Bool => "bool",
        Primitive::Int8 => "i8",
        Primitive::Int16 => "i16",
        Primitive::Int32 => "i32",
        Primitive::Int64 => "i64",
        Primitive::Uint8 => "u8",
        Primitive::Uint16 => "u16",
        Primitive::Uint32 => "u32",
        Primitive::Uint64 => "u64",
        Primitive::Float32 => "f32",
        Primitive::Float64 => "f64",
        Primitive::Uchar => "u8",
        Primitive::Usize64 | Primitive::Uintptr64 => "u64",
    };
    let name = names::ident(name);
    quote!(#name)
}

/// The wire type of a primitive.
pub(super) fn wire_primitive(primitive: Primitive) -> TokenStream {
    match primitive {
        Primitive::Uint8 | Primitive::Uchar => quote!(u8),
        Primitive::Int8 => quote!(i8),
        Primitive::Bool => quote!(::fidl::wire::Bool),
        Primitive::Int16 => quote!(::fidl::wire::I16),
        Primitive::Int32 => quote!(::fidl::wire::I32),
        Primitive::Int64 => quote!(::fidl::wire::I64),
        Primitive::Uint16 => quote!(::fidl::wire::U16),
        Primitive::Uint32 => quote!(::fidl::wire::U32),
        Primitive::Uint64 | Primitive::Usize64 | Primitive::Uintptr64 => quote!(::fidl::wire::U64),
        Primitive::Float32 => quote!(::fidl::wire::F32),
        Primitive::Float64 => quote!(::fidl::wire::F64),
    }
}

/// Tokens as they would be written on one line.
pub(super) fn one_line(tokens: &TokenStream) -> String {
    let file = syn::parse2(quote!(type T = #tokens;)).expect("the back end makes types");
    let text = prettyplease::unparse(&file);
    let text = text.trim().trim_start_matches("type T = ").trim_end_matches(';');
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace("< ", "<").replace(", >", ">")
}

/// Types as in the signature of a function that returns nothing of what they borrow: `&'a` is `&`, `<'a>` is `<'_>`.
pub(super) fn without_lifetime(types: TokenStream) -> TokenStream {
    let mut trees = types.into_iter().peekable();
    let mut out = TokenStream::new();
    let mut behind_reference = false;
    while let Some(tree) = trees.next() {
        let is_lifetime = matches!(&tree, TokenTree::Punct(punct) if punct.as_char() == '\'');
        match tree {
            TokenTree::Group(group) => {
                let inner = without_lifetime(group.stream());
                out.extend([TokenTree::Group(Group::new(group.delimiter(), inner))]);
            }
            _ if is_lifetime => {
                trees.next();
                out.extend(if behind_reference { quote!() } else { quote!('_) });
            }
            ref tree => {
                behind_reference = matches!(tree, TokenTree::Punct(punct) if punct.as_char() == '&');
                out.extend([tree.clone()]);
            }
        }
    }
    out
}
