//! Types of values to be kept, and how they are made of views.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{Form, optionally};
use crate::ir::{DeclId, DeclKind, Type, TypeKind};
use crate::rust::Context;

/// The most bytes that an owned type may have.
const MAX_OWNED_BYTES: u32 = 65_536;

impl Context<'_> {
    /// Whether there is an owned form: everything is bounded, and there are no handles.
    pub(in crate::rust) fn can_be_owned(self, id: DeclId) -> bool {
        let decl = self.schema.decl(id);
        let shape = match &decl.kind {
            DeclKind::Struct(layout) => layout.shape,
            DeclKind::Table(layout) => layout.shape,
            DeclKind::Union(layout) => layout.shape,
            DeclKind::NewType(new) => new.target.shape,
            _ => return true,
        };
        // What contains itself is without bound.
        let size = shape.max_out_of_line.saturating_add(shape.inline_size);
        let payload = decl.anonymous && self.facts.is_payload(id);
        !payload && !self.is_resource(id) && size <= MAX_OWNED_BYTES
    }

    /// The type of a value that is kept. Only for types that [`can_be_owned`](Self::can_be_owned).
    pub(in crate::rust) fn owned(self, ty: &Type) -> TokenStream {
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
            TypeKind::Box(id) | TypeKind::OptionalUnion(id) => {
                let path = self.owned_path(*id);
                quote!(Option<#path>)
            }
            TypeKind::Named(id) => self.owned_path(*id),
            _ => self.value(ty),
        }
    }

    fn owned_path(self, id: DeclId) -> TokenStream {
        self.path(id, if self.facts.borrows(id) { Form::Owned } else { Form::Value })
    }

    /// The expression that makes an owned value of a view's. Conversions are called by the trait's name, since members
    /// of a schema may be called like its functions.
    pub(in crate::rust) fn own(self, ty: &Type, view: TokenStream) -> TokenStream {
        match &ty.kind {
            TypeKind::String { optional: true, .. } => quote!(#view.map(::fidl::generated::string)),
            TypeKind::Array { element, .. } => {
                let items = self.own_items(element, view);
                quote!(::fidl::generated::array(#items))
            }
            TypeKind::StringArray { .. } => quote!(::fidl::generated::array(#view.iter().copied())),
            TypeKind::Vector { element, optional: false, .. } => {
                let items = self.own_items(element, view);
                quote!(::fidl::generated::vector(#items))
            }
            TypeKind::Vector { element, optional: true, .. } => {
                let items = self.own_items(element, quote!(items));
                quote!(#view.map(|items| ::fidl::generated::vector(#items)))
            }
            TypeKind::Box(_) | TypeKind::OptionalUnion(_) => quote!(#view.map(From::from)),
            TypeKind::Named(_) => match self.owning(ty) {
                Some(owning) => quote!(#owning(#view)),
                None => view,
            },
            TypeKind::String { optional: false, .. } => quote!(::fidl::generated::string(#view)),
            _ => view,
        }
    }

    /// The function that makes an owned value of a view's; `None` if that is the same.
    pub(in crate::rust) fn owning(self, ty: &Type) -> Option<TokenStream> {
        match &ty.kind {
            TypeKind::Primitive(_) => None,
            TypeKind::String { optional: false, .. } => Some(quote!(::fidl::generated::string)),
            TypeKind::Named(id) if self.has_view(*id) => Some(quote!(From::from)),
            TypeKind::Named(id) if matches!(self.schema.decl(*id).kind, DeclKind::NewType(_)) => {
                let path = self.owned_path(*id);
                Some(quote!(#path::from_view))
            }
            TypeKind::Named(_) => None,
            _ => Some(self.owning_closure(ty)),
        }
    }

    fn owning_closure(self, ty: &Type) -> TokenStream {
        let many = matches!(ty.kind, TypeKind::Array { .. } | TypeKind::Vector { optional: false, .. });
        let name = if many { quote!(items) } else { quote!(item) };
        let owned = self.own(ty, name.clone());
        quote!(|#name| #owned)
    }

    fn own_items(self, element: &Type, view: TokenStream) -> TokenStream {
        let copied = self.slice_element(element).map(|_| quote!(.copied()));
        let owning = self.owning(element).map(|owning| quote!(.map(#owning)));
        quote!(#view.iter() #copied #owning)
    }
}
