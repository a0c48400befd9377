//! Services: the names by which their members are found.

use quote::quote;

use super::text::{Module, docs};
use super::{Context, names};
use crate::ir::{DeclId, Service, TypeKind};

pub(super) fn emit(cx: Context<'_>, id: DeclId, service: &Service, module: &mut Module) {
    let decl = cx.schema.decl(id);
    let docs = docs(&decl.element, &format!("The service `{}`.", decl.element.name));
    let name = &cx.names(id).value;
    let full = format!("{}.{}", cx.schema.library(decl.library).name, decl.element.name);
    let members: Vec<_> = service
        .members
        .iter()
        .filter_map(|member| match &member.ty.kind {
            TypeKind::Endpoint { protocol, .. } => Some((member, *protocol)),
            _ => None,
        })
        .collect();
    let constants = members.iter().map(|(member, protocol)| {
        let path = cx.protocol_module(*protocol).to_string().replace(' ', "");
        let about = format!("The member `{}`, a client end of [`{path}`].", member.element.name);
        let docs = super::text::docs(&member.element, &about);
        let (name, value) =
            (names::ident(&names::service_member(&member.element.name)), &member.element.name);
        quote! {
            #docs
            pub const #name: &'static str = #value;
        }
    });
    let pairs = members.iter().map(|(member, protocol)| {
        let (name, protocol) = (&member.element.name, cx.schema.full_name(*protocol));
        quote!((#name, #protocol))
    });
    module.items(quote! {
        #docs
        #[doc = ""]
        #[doc = " A member of an instance has the path `NAME/instance/member` among the services of a component."]
        #[derive(Clone, Copy, Debug)]
        pub enum #name {}
        impl #name {
            #[doc = " The name of the service."]
            pub const NAME: &'static str = #full;
            #(#constants)*
            #[doc = " The members, each with the protocol that it speaks."]
            pub const MEMBERS: &'static [(&'static str, &'static str)] = &[#(#pairs),*];
        }
    });
}
