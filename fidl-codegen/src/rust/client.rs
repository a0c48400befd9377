//! The client's side of a protocol.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;

use super::protocols::{Interface, ordinal};
use super::server::{alias, error, request_payload, response};
use super::text::{deprecated, summary};
use super::types::{Form, without_lifetime};
use super::{Context, names};
use crate::ir::{DeclId, Method, Response};

pub(super) fn emit(cx: Context<'_>, protocol: &Interface<'_>) -> TokenStream {
    let marker = &protocol.marker;
    let calls = protocol.methods.iter().map(|method| call(cx, method, Side::Async));
    let blocking_calls = protocol.methods.iter().map(|method| call(cx, method, Side::Blocking));
    let replies = protocol.methods.iter().map(|method| reply(cx, marker, method));
    quote! {
        #(#replies)*
        #[doc = " Everything a client needs: room for `N` calls in flight and `E` waiting events. A static."]
        pub type Storage<const N: usize, const E: usize> = ::fidl::client::Storage<#marker, N, E>;

        #[doc = " An asynchronous client. A call fails as [`ClientError`](::fidl::ClientError) says."]
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

        #[doc = " A client that blocks its thread while it waits. A call fails as [`ClientError`](::fidl::ClientError) says."]
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
#[derive(Default)]
pub(super) struct Payload {
    /// `<'a>`, where the parameters need it.
    pub(super) generics: TokenStream,
    /// `, name: Type` for each parameter.
    pub(super) parameters: TokenStream,
    /// The statement that makes `payload` of the parameters, where they are not the payload itself.
    pub(super) binding: TokenStream,
    /// The wire type; `None` without a payload.
    pub(super) wire: Option<TokenStream>,
}

/// So many members are passed one by one; a function with more parameters is better called with a struct.
const MAX_PARAMETERS: usize = 5;

/// A payload whose struct was written in place is passed member by member; a named or large one, and a table or union, as
/// a whole.
pub(super) fn payload(cx: Context<'_>, id: Option<DeclId>) -> Payload {
    let Some(id) = id else { return Payload::default() };
    let (wire, value, lifetime) = (cx.path(id, Form::Wire), cx.path(id, Form::Value), cx.lifetime_of(id));
    let layout = cx.schema.as_struct(id).filter(|layout| layout.members.len() <= MAX_PARAMETERS);
    match layout.filter(|_| cx.schema.decl(id).anonymous) {
        None => Payload::new(quote!(, payload: #value #lifetime), wire, quote!()),
        Some(layout) => {
            let (types, fields): (Vec<_>, Vec<_>) = layout
                .members
                .iter()
                .map(|member| {
                    let name = &member.element.name;
                    let field = names::ident(&names::snake(name));
                    let parameter = names::ident(&names::parameter(name));
                    let ty = cx.value(&member.ty);
                    let field = if field == parameter { quote!(#field) } else { quote!(#field: #parameter) };
                    (quote!(, #parameter: #ty), field)
                })
                .unzip();
            Payload::new(quote!(#(#types)*), wire, quote!(let payload = #value { #(#fields),* };))
        }
    }
}

impl Payload {
    fn new(parameters: TokenStream, wire: TokenStream, binding: TokenStream) -> Self {
        let (generics, parameters) = match has_mut(parameters.clone()) {
            // Such a reference cannot be shortened.
            true => (quote!(<'a>), parameters),
            false => (quote!(), without_lifetime(parameters)),
        };
        Self { generics, parameters, binding, wire: Some(wire) }
    }
}

fn has_mut(types: TokenStream) -> bool {
    types.into_iter().any(|tree| match tree {
        TokenTree::Group(group) => has_mut(group.stream()),
        TokenTree::Ident(name) => name == "mut",
        _ => false,
    })
}

fn call(cx: Context<'_>, method: &Method, side: Side) -> TokenStream {
    let otherwise = format!("Calls `{}`.", method.element.name);
    let see = format!("[`Server::{}`]", names::method(&method.element.name));
    let (docs, deprecated) = (summary(&method.element, &otherwise, &see), deprecated(&method.element));
    let name = names::ident(&names::method(&method.element.name));
    let (ordinal, flexible) = (ordinal(method), !method.strict);
    let payload = payload(cx, request_payload(method));
    let (generics, parameters, binding) = (&payload.generics, &payload.parameters, &payload.binding);
    let deadline = (side == Side::Blocking).then(|| quote!(, deadline));
    let deadline_parameter = (side == Side::Blocking).then(|| quote!(, deadline: ::fidl::kernel::Instant));
    let Some(response) = response(method) else {
        let send = match &payload.wire {
            Some(wire) => quote!(self.0.send::<#wire>(#ordinal, #flexible, payload #deadline)),
            None => quote!(self.0.send_empty(#ordinal, #flexible #deadline)),
        };
        return quote! {
            #docs
            #deprecated
            pub fn #name #generics(&self #parameters #deadline_parameter) -> Result<(), ::fidl::ClientError> {
                #binding
                #send
            }
        };
    };
    let outcome = outcome(cx, method, response);
    let (body, output) = (&outcome.body, &outcome.output);
    let call = match &payload.wire {
        Some(wire) => quote!(self.0.call::<#wire, #body>(#ordinal, #flexible, payload #deadline)),
        None => quote!(self.0.call_empty::<#body>(#ordinal, #flexible #deadline)),
    };
    let (async_word, wait) = match side {
        Side::Async => (quote!(async), quote!(.await)),
        Side::Blocking => (quote!(), quote!()),
    };
    let content = match outcome.finish {
        Finish::Response => quote! { #call #wait },
        Finish::Nothing => quote! { #call #wait.map(drop) },
        Finish::Value(value) => quote! { let response = #call #wait?; Ok(#value) },
    };
    let answered = error(response).map(|_| {
        quote! {
            #[doc = ""]
            #[doc = " The inner result is what the server answers."]
        }
    });
    quote! {
        #docs
        #answered
        #deprecated
        pub #async_word fn #name #generics(
            &self #parameters #deadline_parameter
        ) -> Result<#output, ::fidl::ClientError> {
            #binding
            #content
        }
    }
}

/// What becomes of a response.
struct Outcome {
    /// The runtime's type for how it travels.
    body: TokenStream,
    /// What a caller gets.
    output: TokenStream,
    finish: Finish,
}

/// What is made of a response.
enum Finish {
    /// It is handed on as it is.
    Response,
    /// It carries nothing.
    Nothing,
    /// A value.
    Value(TokenStream),
}

fn outcome(cx: Context<'_>, method: &Method, response: &Response) -> Outcome {
    if !is_by_value(cx, response) {
        let reply = alias(method, "Reply");
        return Outcome { body: quote!(_), output: quote!(#reply<'_, N, E>), finish: Finish::Response };
    }
    let body = body(cx, response, !method.strict);
    let value = response.payload.map_or(quote!(()), |payload| cx.path(payload, Form::Value));
    let Some(error) = error(response) else {
        let finish = match response.payload {
            Some(_) => Finish::Value(quote!(From::from(response.view()))),
            None => Finish::Nothing,
        };
        return Outcome { body, output: value, finish };
    };
    let owned = response.payload.map(|_| quote!(.map(From::from)));
    let owned_error = cx.owning(error).map(|owning| quote!(.map_err(#owning)));
    let error = cx.value(error);
    let finish = Finish::Value(quote!(response.view() #owned #owned_error));
    Outcome { body, output: quote!(Result<#value, #error>), finish }
}

/// Whether a caller gets a value of the response's own; else it stays in its frame.
fn is_by_value(cx: Context<'_>, response: &Response) -> bool {
    let payload = response.payload.is_none_or(|id| !cx.facts.borrows(id) && !cx.is_resource(id));
    payload && error(response).is_none_or(|error| !cx.borrows(error) && !cx.schema.is_resource(error))
}

/// The type of a response that stays in its frame.
fn reply(cx: Context<'_>, marker: &Ident, method: &Method) -> TokenStream {
    let Some(response) = response(method).filter(|response| !is_by_value(cx, response)) else {
        return quote! {};
    };
    let (name, body) = (alias(method, "Reply"), body(cx, response, !method.strict));
    let about = format!(" The answer to `{}`, in the frame that it came in.", method.element.name);
    quote! {
        #[doc = #about]
        pub type #name<'c, const N: usize, const E: usize> = ::fidl::client::Response<'c, #marker, #body, N, E>;
    }
}

/// The runtime's type for the body of a response.
pub(super) fn body(cx: Context<'_>, response: &Response, flexible: bool) -> TokenStream {
    let wire = response.payload.map(|payload| cx.path(payload, Form::Wire));
    let content = wire.clone().unwrap_or(quote!(::fidl::wire::EmptyStruct));
    match (error(response).map(|error| cx.wire(error)), flexible) {
        (Some(error), true) => quote!(::fidl::client::FlexibleError<#content, #error>),
        (Some(error), false) => quote!(::fidl::client::StrictError<#content, #error>),
        (None, true) => quote!(::fidl::client::Flexible<#content>),
        (None, false) if wire.is_none() => quote!(::fidl::client::Empty),
        (None, false) => quote!(::fidl::client::Strict<#content>),
    }
}
