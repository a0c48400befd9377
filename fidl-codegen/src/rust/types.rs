//! What a FIDL type is in Rust: on the wire, as a view, as a value, and owned.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::{Context, names};
use crate::ir::{DeclId, DeclKind, EndpointRole, Primitive, Type, TypeKind};

/// The most bytes that an owned type may have.
const MAX_OWNED_BYTES: u32 = 65_536;

/// The most handles of a message, and so of a vector of handles.
const MAX_HANDLES: u32 = 64;

/// The names of a declaration's forms.
pub(super) struct Names {
    pub(super) value: Ident,
    pub(super) owned: Ident,
    pub(super) view: Ident,
    pub(super) wire: Ident,
}

impl Context<'_> {
    /// The names of a declaration's forms.
    pub(super) fn names(self, id: DeclId) -> Names {
        let form = |suffix| self.name(id, suffix);
        Names { value: form(""), owned: form("Owned"), view: form("View"), wire: form("Wire") }
    }

    /// The name of a declaration's form. Where another declaration has that name already, it gets an underscore.
    fn name(self, id: DeclId, suffix: &str) -> Ident {
        let decl = self.schema.decl(id);
        let name = names::form(&decl.element.name, suffix);
        let declared = |other: &DeclId| {
            let other = self.schema.decl(*other);
            let has_type = matches!(other.kind, DeclKind::Bits(_) | DeclKind::Enum(_) | DeclKind::Struct(_));
            has_type && names::camel(&other.element.name) == name
        };
        let taken = !suffix.is_empty() && self.schema.library(decl.library).decls.iter().any(declared);
        names::ident(&if taken { name + "_" } else { name })
    }

    /// The path of a declaration's form.
    pub(super) fn path(self, id: DeclId, suffix: &str) -> TokenStream {
        let (module, name) = (self.module_of(id), self.name(id, suffix));
        quote! { #module #name }
    }

    /// The path of a protocol's marker type.
    pub(super) fn protocol(self, id: DeclId) -> TokenStream {
        let name = &self.schema.decl(id).element.name;
        let (module, marker) = (names::ident(&names::protocol_module(name)), self.marker(id));
        let library = self.module_of(id);
        quote! { #library #module::#marker }
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

    /// The type on the wire.
    pub(super) fn wire(self, ty: &Type) -> TokenStream {
        match &ty.kind {
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
            TypeKind::Vector { element, bound, optional } => {
                let (element, bound) = (self.wire(element), bound_tokens(*bound));
                if *optional {
                    quote!(::fidl::wire::OptVector<#element, #bound>)
                } else {
                    quote!(::fidl::wire::Vector<#element, #bound>)
                }
            }
            TypeKind::Handle { subtype, rights, optional, .. } => {
                let (subtype, rights) = (Literal::u32_unsuffixed(subtype.value), hexadecimal(*rights));
                if *optional {
                    quote!(::fidl::wire::OptHandle<#subtype, #rights>)
                } else {
                    quote!(::fidl::wire::Handle<#subtype, #rights>)
                }
            }
            TypeKind::Endpoint { role, protocol, optional } => {
                let end = self.end(*role, *protocol);
                if *optional {
                    quote!(::fidl::wire::OptEndpoint<#end>)
                } else {
                    quote!(::fidl::wire::Endpoint<#end>)
                }
            }
            TypeKind::Box(id) => {
                let content = self.path(*id, "Wire");
                quote!(::fidl::wire::Boxed<#content>)
            }
            TypeKind::Named(id) => self.path(*id, "Wire"),
            _ => quote!(()),
        }
    }

    /// What an accessor of a view returns.
    pub(super) fn view(self, ty: &Type) -> TokenStream {
        match &ty.kind {
            TypeKind::Primitive(primitive) => native(*primitive),
            TypeKind::String { optional, .. } => optionally(*optional, quote!(&'f str)),
            TypeKind::Array { element, .. } => self.view_of_many(element),
            TypeKind::Vector { element, optional, .. } => optionally(*optional, self.view_of_many(element)),
            TypeKind::Handle { .. } => quote!(::fidl::wire::HandleView<'f>),
            TypeKind::Endpoint { role, protocol, .. } => {
                let end = self.end(*role, *protocol);
                quote!(::fidl::wire::EndpointView<'f, #end>)
            }
            TypeKind::Box(id) => {
                let view = self.path(*id, "View");
                quote!(Option<#view<'f>>)
            }
            TypeKind::Named(id) if self.schema.as_struct(*id).is_some() => {
                let view = self.path(*id, "View");
                quote!(#view<'f>)
            }
            TypeKind::Named(id) => self.path(*id, ""),
            _ => quote!(()),
        }
    }

    fn view_of_many(self, element: &Type) -> TokenStream {
        if let Some(number) = slice_element(element) {
            return quote!(&'f [#number]);
        }
        let element = self.wire(element);
        quote!(::fidl::wire::Elements<'f, #element>)
    }

    /// The type of a value to be sent. `lifetime` is that of what it borrows.
    pub(super) fn value(self, ty: &Type) -> TokenStream {
        match &ty.kind {
            TypeKind::Primitive(primitive) => native(*primitive),
            TypeKind::String { optional, .. } => optionally(*optional, quote!(&'a str)),
            TypeKind::Array { element, count } => {
                let (element, count) = (self.value(element), Literal::u32_unsuffixed(*count));
                quote!([#element; #count])
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
            TypeKind::Handle { subtype, optional, .. } => {
                let object = object_type(subtype.value);
                optionally(*optional, quote!(::fidl::kernel::#object))
            }
            TypeKind::Endpoint { role, protocol, optional } => {
                optionally(*optional, self.end(*role, *protocol))
            }
            TypeKind::Box(id) => {
                let (path, lifetime) = (self.path(*id, ""), self.lifetime_of(*id));
                match self.schema.as_struct(*id) {
                    Some(layout) if layout.resource && layout.recursive => {
                        quote!(&'a mut Option<#path #lifetime>)
                    }
                    Some(layout) if layout.resource => quote!(Option<#path #lifetime>),
                    _ => quote!(Option<&'a #path #lifetime>),
                }
            }
            TypeKind::Named(id) => {
                let (path, lifetime) = (self.path(*id, ""), self.lifetime_of(*id));
                quote!(#path #lifetime)
            }
            _ => quote!(()),
        }
    }

    /// The type of a value that is kept. Only for types that [`can_be_owned`](Self::can_be_owned).
    pub(super) fn owned(self, ty: &Type) -> TokenStream {
        match &ty.kind {
            TypeKind::String { bound, optional } => {
                let bound = Literal::u32_unsuffixed(bound.unwrap_or(0));
                optionally(*optional, quote!(::fidl::generated::String<#bound>))
            }
            TypeKind::Array { element, count } => {
                let (element, count) = (self.owned(element), Literal::u32_unsuffixed(*count));
                quote!([#element; #count])
            }
            TypeKind::Vector { element, bound, optional } => {
                let (element, bound) = (self.owned(element), Literal::u32_unsuffixed(bound.unwrap_or(0)));
                optionally(*optional, quote!(::fidl::generated::ArrayVec<#element, #bound>))
            }
            TypeKind::Box(id) => {
                let path = self.owned_path(*id);
                quote!(Option<#path>)
            }
            TypeKind::Named(id) => self.owned_path(*id),
            _ => self.value(ty),
        }
    }

    fn owned_path(self, id: DeclId) -> TokenStream {
        self.path(id, if self.borrows_decl(id) { "Owned" } else { "" })
    }

    /// The expression that makes an owned value of a view's. Conversions are called by the trait's name, since members
    /// of a schema may be called like its functions.
    pub(super) fn own(self, ty: &Type, view: TokenStream) -> TokenStream {
        match &ty.kind {
            TypeKind::String { optional: false, .. } => quote!(::fidl::generated::string(#view)),
            TypeKind::String { optional: true, .. } => quote!(#view.map(::fidl::generated::string)),
            TypeKind::Array { element, .. } => {
                let items = self.own_items(element, view);
                quote!(::fidl::generated::array(#items))
            }
            TypeKind::Vector { element, optional: false, .. } => {
                let items = self.own_items(element, view);
                quote!(::fidl::generated::vector(#items))
            }
            TypeKind::Vector { element, optional: true, .. } => {
                let items = self.own_items(element, quote!(items));
                quote!(#view.map(|items| ::fidl::generated::vector(#items)))
            }
            TypeKind::Box(_) => quote!(#view.map(From::from)),
            TypeKind::Named(id) if self.schema.as_struct(*id).is_some() => quote!(From::from(#view)),
            _ => view,
        }
    }

    fn own_items(self, element: &Type, view: TokenStream) -> TokenStream {
        if slice_element(element).is_some() {
            return quote!(#view.iter().copied());
        }
        match &element.kind {
            TypeKind::Named(id) if self.schema.as_struct(*id).is_some() => {
                quote!(#view.iter().map(From::from))
            }
            TypeKind::Primitive(_) | TypeKind::Named(_) => quote!(#view.iter()),
            TypeKind::String { optional: false, .. } => quote!(#view.iter().map(::fidl::generated::string)),
            _ => {
                let item = self.own(element, quote!(item));
                quote!(#view.iter().map(|item| #item))
            }
        }
    }

    /// Whether a value of this type borrows.
    pub(super) fn borrows(self, ty: &Type) -> bool {
        match &ty.kind {
            TypeKind::Primitive(_) | TypeKind::Handle { .. } | TypeKind::Endpoint { .. } => false,
            TypeKind::String { .. } => true,
            TypeKind::Array { element, .. } => self.borrows(element),
            TypeKind::Vector { element, .. } => !self.schema.is_resource(element) || self.borrows(element),
            TypeKind::Box(id) => !self.is_resource_struct(*id) || self.borrows_decl(*id),
            TypeKind::Named(id) => self.borrows_decl(*id),
            _ => false,
        }
    }

    /// Whether a value of this declaration borrows.
    pub(super) fn borrows_decl(self, id: DeclId) -> bool {
        match &self.schema.decl(id).kind {
            // A recursive struct contains itself behind a box, which is borrowed.
            DeclKind::Struct(layout) if layout.recursive => true,
            DeclKind::Struct(layout) => layout.members.iter().any(|member| self.borrows(&member.ty)),
            _ => false,
        }
    }

    /// `<'a>` for a declaration whose values borrow.
    pub(super) fn lifetime_of(self, id: DeclId) -> TokenStream {
        if self.borrows_decl(id) { quote!(<'a>) } else { quote!() }
    }

    pub(super) fn is_resource_struct(self, id: DeclId) -> bool {
        self.schema.as_struct(id).is_some_and(|layout| layout.resource)
    }

    /// Whether there is an owned form: everything is bounded, and there are no handles.
    pub(super) fn can_be_owned(self, id: DeclId) -> bool {
        let decl = self.schema.decl(id);
        let DeclKind::Struct(layout) = &decl.kind else { return true };
        let size = layout.shape.max_out_of_line.saturating_add(layout.shape.inline_size);
        let payload = decl.anonymous && self.is_payload(id);
        !payload && !layout.resource && !layout.recursive && size <= MAX_OWNED_BYTES
    }

    /// Whether a struct is the payload of a method.
    fn is_payload(self, id: DeclId) -> bool {
        let protocols = self.schema.decls.iter().filter_map(|decl| match &decl.kind {
            DeclKind::Protocol(protocol) => Some(protocol),
            _ => None,
        });
        let mut methods = protocols.flat_map(|protocol| &protocol.own_methods);
        methods.any(|method| method.payloads().contains(&Some(id)))
    }

    fn end(self, role: EndpointRole, protocol: DeclId) -> TokenStream {
        let protocol = self.protocol(protocol);
        match role {
            EndpointRole::Client => quote!(::fidl::kernel::ClientEnd<#protocol>),
            EndpointRole::Server => quote!(::fidl::kernel::ServerEnd<#protocol>),
        }
    }
}

/// A set of bits is best read in hexadecimal.
fn hexadecimal(bits: u32) -> TokenStream {
    format!("{bits:#x}").parse().expect("a number is a token")
}

fn optionally(optional: bool, ty: TokenStream) -> TokenStream {
    if optional { quote!(Option<#ty>) } else { ty }
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

/// The number type, if a run of the type can be seen as a slice.
fn slice_element(ty: &Type) -> Option<TokenStream> {
    match &ty.kind {
        TypeKind::Primitive(Primitive::Bool) => None,
        TypeKind::Primitive(primitive) => Some(native(*primitive)),
        _ => None,
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
