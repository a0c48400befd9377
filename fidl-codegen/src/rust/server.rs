//! The server's side of a protocol: a trait with a method per method, and the dispatch to it.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::client::body;
use super::protocols::Interface;
use super::text::{only_docs, summary};
use super::types::Form;
use super::{Context, names};
use crate::ir::{DeclId, Method, MethodKind, Openness, Response, Type};

pub(super) fn emit(cx: Context<'_>, protocol: &Interface<'_>) -> TokenStream {
    let marker = &protocol.marker;
    let aliases = protocol.methods.iter().map(|method| aliases(cx, protocol, method));
    let handlers = protocol.methods.iter().map(|method| handler(cx, protocol, method));
    let hooks = hooks(protocol);
    let serve = serve(cx, protocol);
    quote! {
        #[doc = " A connection to a client: a token that owns nothing."]
        pub type Connection<'s> = ::fidl::server::Connection<'s, #marker>;
        #(#aliases)*
        #[doc = " What a server of the protocol does. Requests of one connection are begun in the order of their arrival."]
        pub trait Server {
            #(#handlers)*
            #hooks
        }
        #serve
    }
}

/// The types of a method's request and response.
fn aliases(cx: Context<'_>, protocol: &Interface<'_>, method: &Method) -> TokenStream {
    let marker = &protocol.marker;
    let name = &method.element.name;
    let request = alias(method, "Request");
    let view = request_payload(method).map_or(quote!(()), |payload| cx.view_path(payload, quote!('f)));
    let about = format!(" A request of `{name}`.");
    let payload = response(method).and_then(|response| response.payload).map(|payload| {
        let (alias, about) = (alias(method, "Response"), format!(" The response of `{name}`."));
        let (value, lifetime) = (cx.path(payload, Form::Value), cx.lifetime_of(payload));
        quote! {
            #[doc = #about]
            pub type #alias #lifetime = #value #lifetime;
        }
    });
    let responder = response(method).filter(|response| is_written(cx, response)).map(|response| {
        let (alias, about) = (alias(method, "Responder"), format!(" Where `{name}` is answered."));
        let body = body(cx, response, !method.strict);
        quote! {
            #[doc = #about]
            pub type #alias<'a> = ::fidl::server::Responder<'a, #body>;
        }
    });
    quote! {
        #[doc = #about]
        pub type #request<'f> = ::fidl::server::Request<'f, #view, #marker>;
        #payload
        #responder
    }
}

/// The name of a type that belongs to a method.
pub(super) fn alias(method: &Method, suffix: &str) -> proc_macro2::Ident {
    names::ident(&names::form(&method.element.name, suffix))
}

pub(super) fn request_payload(method: &Method) -> Option<DeclId> {
    match &method.kind {
        MethodKind::OneWay { request } | MethodKind::TwoWay { request, .. } => request.payload,
        MethodKind::Event { message } => message.payload,
    }
}

pub(super) fn response(method: &Method) -> Option<&Response> {
    match &method.kind {
        MethodKind::TwoWay { response, .. } => Some(response),
        _ => None,
    }
}

/// Whether a handler writes its answer where it is to lie, for it may be large or borrow; else it returns it.
fn is_written(cx: Context<'_>, response: &Response) -> bool {
    response.payload.is_some_and(|payload| cx.is_large(payload))
        || error(response).is_some_and(|error| cx.borrows(error))
}

/// The error type of a method that has one.
pub(super) fn error(response: &Response) -> Option<&Type> {
    response.result.as_ref()?.error.as_ref()
}

fn handler(cx: Context<'_>, protocol: &Interface<'_>, method: &Method) -> TokenStream {
    let otherwise = format!("Handles `{}`.", method.element.name);
    let docs = match protocol.declares(method) {
        true => only_docs(&method.element, &otherwise),
        false => summary(&method.element, &otherwise, "the protocol that declares it"),
    };
    let (name, request) = (names::ident(&names::method(&method.element.name)), alias(method, "Request"));
    if response(method).is_some_and(|response| is_written(cx, response)) {
        let responder = alias(method, "Responder");
        return quote! {
            #docs
            fn #name<'a>(
                &'a self,
                request: #request<'a>,
                responder: #responder<'a>,
            ) -> impl Future<Output = ::fidl::server::Sent>;
        };
    }
    let output = output(cx, method);
    quote! {
        #docs
        fn #name<'a>(&'a self, request: #request<'a>) -> impl Future<Output = #output>;
    }
}

/// What a handler returns.
fn output(cx: Context<'_>, method: &Method) -> TokenStream {
    let Some(response) = response(method) else { return quote!(()) };
    let success = match response.payload {
        Some(_) => {
            let response = alias(method, "Response");
            quote!(#response)
        }
        None => quote!(()),
    };
    match error(response) {
        Some(error) => {
            let error = cx.value(error);
            quote!(Result<#success, #error>)
        }
        None => success,
    }
}

fn hooks(protocol: &Interface<'_>) -> TokenStream {
    let unknown = (protocol.openness != Openness::Closed).then(|| {
        quote! {
            #[doc = " A flexible method came that this schema does not know, from a newer client. Its handles are closed, and"]
            #[doc = " if it was two-way it has been answered."]
            fn unknown_method(&self, connection: Connection<'_>, method: ::fidl::UnknownMethod) {
                let _ = (connection, method);
            }
        }
    });
    quote! {
        #[doc = " A client has connected."]
        fn connection_opened(&self, connection: Connection<'_>) {
            let _ = connection;
        }
        #[doc = " A connection has ended, and why."]
        fn connection_closed(&self, connection: ::fidl::server::ConnectionId, reason: &::fidl::server::CloseReason) {
            let _ = (connection, reason);
        }
        #unknown
    }
}

/// The binding of the protocol to a server.
fn serve(cx: Context<'_>, protocol: &Interface<'_>) -> TokenStream {
    let marker = &protocol.marker;
    let arms = protocol.methods_by_ordinal().into_iter().enumerate().map(|(index, method)| {
        let (index, arm) = (Literal::usize_unsuffixed(index), arm(cx, method));
        quote! { #index => { #arm } }
    });
    let unknown = (protocol.openness != Openness::Closed).then(|| {
        quote! {
            fn unknown_method(server: &S, connection: Connection<'_>, method: ::fidl::UnknownMethod) {
                server.unknown_method(connection, method);
            }
        }
    });
    let handlers = protocol.methods.iter().map(|method| {
        let (text, name) = (&method.element.name, names::ident(&names::method(&method.element.name)));
        quote!(::fidl::server::Handler::of(#text, <S as Server>::#name))
    });
    let server = if protocol.methods.is_empty() { quote!(_server) } else { quote!(server) };
    let decodes = protocol.methods.iter().any(|method| request_payload(method).is_some());
    let request = if decodes { quote!(mut request) } else { quote!(request) };
    let writes = |method: &&Method| response(method).is_some_and(|response| is_written(cx, response));
    let reply = if protocol.methods.iter().any(writes) { quote!(mut reply) } else { quote!(reply) };
    let dispatch = match protocol.methods.as_slice() {
        [] => quote! {
            let (_, reply) = call.split();
            reply.done()
        },
        _ => quote! {
            let method = call.method();
            let (#request, #reply) = call.split();
            match method {
                #(#arms)*
                _ => reply.done(),
            }
        },
    };
    quote! {
        #[doc = " Serves the protocol with a server of type `S`; see [`fidl::service!`](::fidl::service)."]
        #[derive(Debug)]
        pub struct Serve<S>(::core::marker::PhantomData<fn() -> S>);
        impl<S: Server + 'static> ::fidl::server::Binding for Serve<S> {
            type Protocol = #marker;
            type Server = S;
            const HANDLERS: &'static [::fidl::server::Handler] = &[#(#handlers),*];
            async fn dispatch<'s>(#server: &'s S, call: ::fidl::server::Call<'s, #marker>) -> ::fidl::server::Outcome<'s> {
                #dispatch
            }
            fn connected(server: &S, connection: Connection<'_>) {
                server.connection_opened(connection);
            }
            fn closed(server: &S, connection: ::fidl::server::ConnectionId, reason: &::fidl::server::CloseReason) {
                server.connection_closed(connection, reason);
            }
            #unknown
        }
    }
}

/// Decodes, handles and answers one method.
fn arm(cx: Context<'_>, method: &Method) -> TokenStream {
    let name = names::ident(&names::method(&method.element.name));
    let (decode, view) = match request_payload(method) {
        Some(payload) => {
            let wire = cx.path(payload, Form::Wire);
            let decode = quote! {
                let body = match request.decode::<#wire>() {
                    Ok(body) => body,
                    Err(error) => return reply.refuse(error),
                };
            };
            (decode, quote!(body.view()))
        }
        None => {
            let decode = quote! {
                if let Err(error) = request.decode_empty() {
                    return reply.refuse(error);
                }
            };
            (decode, quote!(()))
        }
    };
    let request = quote!(::fidl::server::Request::new(#view, reply.connection()));
    let call = quote!(server.#name(#request).await);
    let answer = match response(method) {
        None => quote! { #call; reply.done() },
        Some(response) if is_written(cx, response) => quote! {
            let request = #request;
            let ::fidl::server::Sent { .. } = server.#name(request, reply.responder()).await;
            reply.finish()
        },
        Some(response) => answer(cx, response, &call),
    };
    quote! { #decode #answer }
}

fn answer(cx: Context<'_>, response: &Response, call: &TokenStream) -> TokenStream {
    let wire = response.payload.map(|payload| cx.path(payload, Form::Wire));
    match (wire, error(response)) {
        (None, None) => quote! { #call; reply.send_empty() },
        (Some(wire), None) => quote! { let response = #call; reply.send::<#wire>(response) },
        (wire, Some(error)) => {
            let (wire, error) = (wire.unwrap_or(quote!(::fidl::wire::EmptyStruct)), cx.wire(error));
            quote! { let response = #call; reply.send_result::<#wire, #error>(response) }
        }
    }
}
