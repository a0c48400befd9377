//! Types of values to be kept, and how they are made of views.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::{Form, optionally};
use crate::ir::{DeclId, DeclKind, Element, Type, TypeKind};
use crate::rust::Context;
use crate::rust::owned::Ownership;

/// The bound of strings and vectors that have none in the schema, where one is stated.
type Stated = Option<u32>;

impl Context<'_> {
    /// Whether there is an owned form: everything is bounded, and there are no handles.
    pub(in crate::rust) fn can_be_owned(self, id: DeclId) -> bool {
        matches!(self.facts.ownership(id), Ownership::Owned { .. })
    }

    /// Whether making an owned value of a view may fail.
    pub(in crate::rust) fn is_fallible(self, id: DeclId) -> bool {
        matches!(self.facts.ownership(id), Ownership::Owned { fallible: true, .. })
    }

    /// The bound for what has none in a declaration's member, or in the declaration.
    pub(in crate::rust) fn stated(self, id: DeclId, member: Option<&Element>) -> Stated {
        self.bounds.of(self.schema, id, member)
    }

    /// The type of a value that is kept. Only for types that [`can_be_owned`](Self::can_be_owned).
    pub(in crate::rust) fn owned(self, ty: &Type, stated: Stated) -> TokenStream {
        match &ty.kind {
            TypeKind::String { bound, optional } => {
                let bound = Literal::u32_unsuffixed(bound.or(stated).unwrap_or(0));
                optionally(*optional, quote!(::fidl::generated::String<#bound>))
            }
            TypeKind::Array { element, count } => {
                let (element, count) = (self.owned(element, stated), Literal::u32_unsuffixed(*count));
                quote!([#element; #count])
            }
            TypeKind::Vector { element, bound, optional } => {
                let bound = Literal::u32_unsuffixed(bound.or(stated).unwrap_or(0));
                let element = self.owned(element, stated);
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

    /// The same where it may fail: a result.
    pub(in crate::rust) fn try_own(self, ty: &Type, view: TokenStream) -> TokenStream {
        if !self.may_fail(ty) {
            let value = self.own(ty, view);
            return quote!(Ok(#value));
        }
        match &ty.kind {
            TypeKind::String { optional: true, .. } => {
                quote!(#view.map(::fidl::generated::try_string).transpose())
            }
            TypeKind::String { optional: false, .. } => quote!(::fidl::generated::try_string(#view)),
            TypeKind::Array { element, .. } => {
                let items = self.try_own_items(element, view);
                quote!(::fidl::generated::try_array(#items))
            }
            TypeKind::Vector { element, optional: false, .. } => {
                let items = self.try_own_items(element, view);
                quote!(::fidl::generated::try_vector(#items))
            }
            TypeKind::Vector { element, optional: true, .. } => {
                let items = self.try_own_items(element, quote!(items));
                quote!(#view.map(|items| ::fidl::generated::try_vector(#items)).transpose())
            }
            TypeKind::Box(_) | TypeKind::OptionalUnion(_) => quote!(#view.map(TryFrom::try_from).transpose()),
            TypeKind::Named(id) if matches!(self.schema.decl(*id).kind, DeclKind::NewType(_)) => {
                let path = self.owned_path(*id);
                quote!(#path::try_from_view(#view))
            }
            _ => quote!(TryFrom::try_from(#view)),
        }
    }

    /// The expression for a declaration's member, which may leave its function with an error.
    pub(in crate::rust) fn own_member(self, member: &Element, ty: &Type, view: TokenStream) -> TokenStream {
        if !self.may_fail(ty) {
            return self.own(ty, view);
        }
        let (name, result) = (&member.name, self.try_own(ty, view));
        quote!(::fidl::generated::member(#name, #result)?)
    }

    /// The conversion of a view into an owned value, which is `body`.
    pub(in crate::rust) fn conversion(
        self,
        id: DeclId,
        name: &Ident,
        argument: TokenStream,
        body: TokenStream,
    ) -> TokenStream {
        let view = self.view_path(id, quote!('_));
        if self.is_fallible(id) {
            return quote! {
                impl TryFrom<#view> for #name {
                    type Error = ::fidl::generated::TooLong;

                    fn try_from(#argument: #view) -> Result<Self, Self::Error> {
                        Ok(#body)
                    }
                }
            };
        }
        quote! {
            impl From<#view> for #name {
                fn from(#argument: #view) -> Self {
                    #body
                }
            }
        }
    }

    /// What the documentation of a type says that has values to be sent and views, and no owned form.
    pub(in crate::rust) fn view_only(self, id: DeclId) -> TokenStream {
        match self.facts.ownership(id) {
            Ownership::ViewOnly(why) if self.facts.borrows(id) => {
                let text = format!(" Has no owned form: {why}.");
                quote! {
                    #[doc = ""]
                    #[doc = #text]
                }
            }
            _ => quote!(),
        }
    }

    /// Whether making an owned value of this type may fail: something in it has no bound in the schema.
    pub(in crate::rust) fn may_fail(self, ty: &Type) -> bool {
        match &ty.kind {
            TypeKind::String { bound, .. } => bound.is_none(),
            TypeKind::Vector { element, bound, .. } => bound.is_none() || self.may_fail(element),
            TypeKind::Array { element, .. } => self.may_fail(element),
            TypeKind::Named(id) | TypeKind::Box(id) | TypeKind::OptionalUnion(id) => self.is_fallible(*id),
            _ => false,
        }
    }

    /// The function that makes an owned value of a view's, or an error.
    pub(in crate::rust) fn try_owning(self, ty: &Type) -> TokenStream {
        match &ty.kind {
            _ if !self.may_fail(ty) && self.owning(ty).is_none() => quote!(Ok),
            TypeKind::String { optional: false, .. } if self.may_fail(ty) => {
                quote!(::fidl::generated::try_string)
            }
            TypeKind::Named(id) if self.may_fail(ty) && self.has_view(*id) => quote!(TryFrom::try_from),
            TypeKind::Named(id) if self.may_fail(ty) => {
                let path = self.owned_path(*id);
                quote!(#path::try_from_view)
            }
            _ => {
                let item = self.try_own(ty, quote!(item));
                quote!(|item| #item)
            }
        }
    }

    fn try_own_items(self, element: &Type, view: TokenStream) -> TokenStream {
        let copied = self.slice_element(element).map(|_| quote!(.copied()));
        let owning = self.try_owning(element);
        quote!(#view.iter() #copied .map(#owning))
    }

    fn own_items(self, element: &Type, view: TokenStream) -> TokenStream {
        let copied = self.slice_element(element).map(|_| quote!(.copied()));
        let owning = self.owning(element).map(|owning| quote!(.map(#owning)));
        quote!(#view.iter() #copied #owning)
    }
}
