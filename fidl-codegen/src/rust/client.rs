//! The client's side of a protocol.

use proc_macro2::TokenStream;
use quote::quote;

use super::protocols::{Interface, ordinal};
use super::server::{from_module, request_payload, response};
use super::text::docs;
use super::{Context, names};
use crate::ir::{DeclId, Method, Response};

pub(super) fn emit(cx: Context<'_>, protocol: &Interface<'_>) -> TokenStream {
    let marker = &protocol.marker;
    let calls = protocol.methods.iter().map(|method| call(cx, marker, method, Side::Async));
    let blocking_calls = protocol.methods.iter().map(|method| call(cx, marker, method, Side::Blocking));
    quote! {
        #[doc = " Everything a client needs: room for `N` calls in flight and `E` waiting events. A static."]
        pub type Storage<const N: usize, const E: usize> = ::fidl::client::Storage<#marker, N, E>;

        #[doc = " An asynchronous client."]
        #[derive(Debug)]
        pub struct Client<'r, const N: usize, const E: usize>(::fidl::client::Client<'r, #marker, N, E>);
        impl<'r, const N: usize, const E: usize> Client<'r, N, E> {
            #[doc = " A client for the other end of `channel`, on a reactor."]
            #[doc = ""]
            #[doc = " # Errors"]
            #[doc = ""]
            #[doc = " `ALREADY_BOUND` if a client uses the storage, `NO_RESOURCES` if the reactor has no place."]
            pub fn new(
                reactor: &'r ::fidl::Reactor<'_>,
                storage: &'static Storage<N, E>,
                channel: impl Into<::fidl::kernel::Channel>,
            ) -> Result<Self, ::fidl::kernel::Status> {
                ::fidl::client::Client::new(reactor, storage, channel).map(Self)
            }
            #[doc = " The client without its methods: counters, and why the connection ended."]
            pub fn inner(&self) -> &::fidl::client::Client<'r, #marker, N, E> {
                &self.0
            }
            #(#calls)*
        }

        #[doc = " A client that blocks its thread while it waits."]
        #[derive(Debug)]
        pub struct BlockingClient<const N: usize, const E: usize>(::fidl::client::BlockingClient<#marker, N, E>);
        impl<const N: usize, const E: usize> BlockingClient<N, E> {
            #[doc = " A client for the other end of `channel`."]
            #[doc = ""]
            #[doc = " # Errors"]
            #[doc = ""]
            #[doc = " `ALREADY_BOUND` if a client uses the storage."]
            pub fn new(
                storage: &'static Storage<N, E>,
                channel: impl Into<::fidl::kernel::Channel>,
            ) -> Result<Self, ::fidl::kernel::Status> {
                ::fidl::client::BlockingClient::new(storage, channel).map(Self)
            }
            #[doc = " The client without its methods: counters, and why the connection ended."]
            pub fn inner(&self) -> &::fidl::client::BlockingClient<#marker, N, E> {
                &self.0
            }
            #(#blocking_calls)*
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Async,
    Blocking,
}

/// What a call's parameters and payload look like.
pub(super) struct Payload {
    /// `, name: Type` for each parameter.
    pub(super) parameters: TokenStream,
    /// The wire type and the value; `None` without a payload.
    pub(super) value: Option<(TokenStream, TokenStream)>,
}

/// A payload whose struct was written in place is passed member by member, a named one as a whole.
pub(super) fn payload(cx: Context<'_>, id: Option<DeclId>) -> Payload {
    let Some(id) = id else { return Payload { parameters: quote!(), value: None } };
    let wire = from_module(cx.path(id, "Wire"));
    let (value, lifetime) = (from_module(cx.path(id, "")), cx.lifetime_of(id));
    let decl = cx.schema.decl(id);
    let layout = cx.schema.as_struct(id);
    match layout.filter(|_| decl.anonymous) {
        None => {
            Payload { parameters: quote!(, payload: #value #lifetime), value: Some((wire, quote!(payload))) }
        }
        Some(layout) => {
            let names: Vec<_> = layout
                .members
                .iter()
                .map(|member| names::ident(&names::snake(&member.element.name)))
                .collect();
            let types = layout.members.iter().map(|member| seen_from_module(cx.value(&member.ty)));
            Payload {
                parameters: quote!(#(, #names: #types)*),
                value: Some((wire, quote!(#value { #(#names),* }))),
            }
        }
    }
}

/// A type of the library's module, seen from a protocol's: each path that starts with a type of that module gets
/// `super::` in front.
fn seen_from_module(ty: TokenStream) -> TokenStream {
    use proc_macro2::TokenTree;
    let mut seen = TokenStream::new();
    let mut behind_colon = false;
    for tree in ty {
        match tree {
            TokenTree::Group(group) => {
                let inner = seen_from_module(group.stream());
                seen.extend([TokenTree::Group(proc_macro2::Group::new(group.delimiter(), inner))]);
                behind_colon = false;
            }
            TokenTree::Ident(name) => {
                let text = name.to_string();
                let known = behind_colon || is_known(&text);
                seen.extend(if known { quote!(#name) } else { quote!(super::#name) });
                behind_colon = false;
            }
            TokenTree::Punct(punct) => {
                behind_colon = matches!(punct.as_char(), ':' | '\'');
                seen.extend([TokenTree::Punct(punct)]);
            }
            literal => seen.extend([literal]),
        }
    }
    seen
}

/// Whether a name means the same in every module.
fn is_known(name: &str) -> bool {
    const KNOWN: &[&str] = &[
        "bool", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64", "str", "Option", "super",
    ];
    KNOWN.contains(&name)
}

fn call(cx: Context<'_>, marker: &proc_macro2::Ident, method: &Method, side: Side) -> TokenStream {
    let docs = docs(&method.element, &format!("Calls `{}`.", method.element.name));
    let name = names::ident(&names::method(&method.element.name));
    let (ordinal, flexible) = (ordinal(method), !method.strict);
    let payload = payload(cx, request_payload(method));
    let parameters = &payload.parameters;
    let deadline = (side == Side::Blocking).then(|| quote!(, deadline));
    let deadline_parameter = (side == Side::Blocking).then(|| quote!(, deadline: ::fidl::kernel::Instant));
    let errors = quote! {
        #[doc = ""]
        #[doc = " # Errors"]
        #[doc = ""]
        #[doc = " Why the call failed; see [`ClientError`](::fidl::ClientError)."]
    };
    let Some(response) = response(method) else {
        let send = match &payload.value {
            Some((wire, value)) => quote!(self.0.send::<#wire>(#ordinal, #flexible, #value #deadline)),
            None => quote!(self.0.send_empty(#ordinal, #flexible #deadline)),
        };
        let lifetime = if uses_lifetime(parameters) { quote!(<'a>) } else { quote!() };
        return quote! {
            #docs
            #errors
            pub fn #name #lifetime(&self #parameters #deadline_parameter) -> Result<(), ::fidl::ClientError> {
                #send
            }
        };
    };
    let (body, output, finish) = outcome(cx, marker, response, flexible);
    let call = match &payload.value {
        Some((wire, value)) => quote!(self.0.call::<#wire, #body>(#ordinal, #flexible, #value #deadline)),
        None => quote!(self.0.call_empty::<#body>(#ordinal, #flexible #deadline)),
    };
    let result = quote!(Result<#output, ::fidl::ClientError>);
    match side {
        Side::Async => quote! {
            #docs
            #errors
            pub async fn #name<'a>(&'a self #parameters) -> #result {
                let response = #call.await?;
                #finish
            }
        },
        Side::Blocking => quote! {
            #docs
            #errors
            pub fn #name<'a>(&'a self #parameters #deadline_parameter) -> #result {
                let response = #call?;
                #finish
            }
        },
    }
}

fn uses_lifetime(tokens: &TokenStream) -> bool {
    tokens.to_string().contains("'a")
}

/// How a response travels, what a caller gets, and how that is made of the response.
fn outcome(
    cx: Context<'_>,
    marker: &proc_macro2::Ident,
    response: &Response,
    flexible: bool,
) -> (TokenStream, TokenStream, TokenStream) {
    let Some(payload) = response.payload else {
        let body = if flexible {
            quote!(::fidl::client::Flexible<::fidl::wire::EmptyStruct>)
        } else {
            quote!(::fidl::client::Empty)
        };
        return (body, quote!(()), quote!(drop(response); Ok(())));
    };
    let wire = from_module(cx.path(payload, "Wire"));
    let body = if flexible {
        quote!(::fidl::client::Flexible<#wire>)
    } else {
        quote!(::fidl::client::Strict<#wire>)
    };
    let by_value = !cx.borrows_decl(payload) && !cx.is_resource_struct(payload);
    if by_value {
        let value = from_module(cx.path(payload, ""));
        return (body, value, quote!(Ok(response.view().into())));
    }
    let output = quote!(::fidl::client::Response<'a, #marker, #body, N, E>);
    (body, output, quote!(Ok(response)))
}
