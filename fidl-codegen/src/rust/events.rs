//! Events: how a server sends them, and how a client takes them.

use proc_macro2::TokenStream;
use quote::quote;

use super::client::{Payload, payload};
use super::protocols::{Interface, ordinal};
use super::server::request_payload;
use super::text::{docs, only_docs};
use super::types::Form;
use super::{Context, names};
use crate::ir::{Method, Openness};

pub(super) fn emit(cx: Context<'_>, protocol: &Interface<'_>) -> TokenStream {
    let sender = sender(cx, protocol);
    let receiver = receiver(cx, protocol);
    quote! { #sender #receiver }
}

/// The server's side: a trait with a function per event.
fn sender(cx: Context<'_>, protocol: &Interface<'_>) -> TokenStream {
    if protocol.events.is_empty() {
        return quote! {};
    }
    let declared = protocol.events.iter().map(|event| {
        let signature = send_signature(cx, event);
        let docs = docs(&event.element, &format!("Sends `{}`.", event.element.name));
        quote! {
            #docs
            #[doc = ""]
            #[doc = " # Errors"]
            #[doc = ""]
            #[doc = " Why the event was not sent; see [`EventError`](::fidl::server::EventError)."]
            #signature;
        }
    });
    let sent = protocol.events.iter().map(|event| send(cx, event));
    quote! {
        #[doc = " Sending the protocol's events, on a [`Connection`]."]
        pub trait Events {
            #(#declared)*
        }
        impl Events for Connection<'_> {
            #(#sent)*
        }
    }
}

/// The client's side: a handler, and how it gets an event. A protocol that is not closed may have events of a newer server.
fn receiver(cx: Context<'_>, protocol: &Interface<'_>) -> TokenStream {
    let tolerant = protocol.openness != Openness::Closed;
    if protocol.events.is_empty() && !tolerant {
        return quote! {};
    }
    let marker = &protocol.marker;
    let handlers = protocol.events.iter().map(|event| handler(cx, event));
    let unknown = tolerant.then(|| {
        quote! {
            #[doc = " Takes a flexible event that this schema does not know, from a newer server. Its handles are closed."]
            fn unknown_event(&mut self, ordinal: u64) {
                let _ = ordinal;
            }
        }
    });
    let give = give(cx, protocol);
    let payload = |event: &&Method| request_payload(event).is_some();
    let event = if protocol.events.iter().any(payload) { quote!(mut event) } else { quote!(event) };
    quote! {
        #[doc = " What a client does with the protocol's events."]
        pub trait EventHandler {
            #(#handlers)*
            #unknown
        }
        impl<const N: usize, const E: usize> Client<'_, N, E> {
            #[doc = " Waits for an event and gives it to `handler`."]
            #[doc = ""]
            #[doc = " # Errors"]
            #[doc = ""]
            #[doc = " Why the connection has ended."]
            pub async fn handle_event(&self, handler: &mut impl EventHandler) -> Result<(), ::fidl::ClientError> {
                let event = self.0.next_event().await?;
                give(event, handler)
            }
        }
        impl<const N: usize, const E: usize> BlockingClient<N, E> {
            #[doc = " Waits for an event until `deadline` and gives it to `handler`."]
            #[doc = ""]
            #[doc = " # Errors"]
            #[doc = ""]
            #[doc = " `TimedOut`, or why the connection has ended."]
            pub fn handle_event(
                &self,
                handler: &mut impl EventHandler,
                deadline: ::fidl::kernel::Instant,
            ) -> Result<(), ::fidl::ClientError> {
                let event = self.0.next_event(deadline)?;
                give(event, handler)
            }
        }
        fn give<const N: usize, const E: usize>(
            #event: ::fidl::client::EventMessage<'_, #marker, N, E>,
            handler: &mut impl EventHandler,
        ) -> Result<(), ::fidl::ClientError> {
            #give
            Ok(())
        }
    }
}

fn send_signature(cx: Context<'_>, event: &Method) -> TokenStream {
    let name = names::ident(&names::event(&event.element.name));
    let Payload { generics, parameters, .. } = payload(cx, request_payload(event));
    quote! { fn #name #generics(self #parameters) -> Result<(), ::fidl::server::EventError> }
}

fn send(cx: Context<'_>, event: &Method) -> TokenStream {
    let signature = send_signature(cx, event);
    let (ordinal, flexible) = (ordinal(event), !event.strict);
    let Payload { binding, wire, .. } = payload(cx, request_payload(event));
    let send = match wire {
        Some(wire) => quote!(self.send_event::<#wire>(#ordinal, #flexible, payload)),
        None => quote!(self.send_empty_event(#ordinal, #flexible)),
    };
    quote! { #signature { #binding #send } }
}

fn handler(cx: Context<'_>, event: &Method) -> TokenStream {
    let docs = only_docs(&event.element, &format!("Takes `{}`.", event.element.name));
    let name = names::ident(&names::event(&event.element.name));
    match request_payload(event) {
        Some(payload) => {
            let view = cx.view_path(payload, quote!('_));
            quote! { #docs fn #name(&mut self, event: #view); }
        }
        None => quote! { #docs fn #name(&mut self); },
    }
}

/// Gives an event to the function of its ordinal.
fn give(cx: Context<'_>, protocol: &Interface<'_>) -> TokenStream {
    let arms = |events: &[&Method]| {
        let arms = events.iter().map(|event| {
            let (ordinal, given) = (ordinal(event), give_one(cx, event));
            quote! { #ordinal => { #given } }
        });
        quote! { #(#arms)* }
    };
    match (protocol.openness, &protocol.events[..]) {
        // The last one stands for whatever ordinal is left: a client keeps no event that its closed protocol does not have.
        (Openness::Closed, [only]) => give_one(cx, only),
        (Openness::Closed, [others @ .., last]) => {
            let (others, last) = (arms(others), give_one(cx, last));
            quote! { match event.ordinal() { #others _ => { #last } } }
        }
        (_, []) => quote! { handler.unknown_event(event.ordinal()); },
        (_, all) => {
            let all = arms(all);
            quote! { match event.ordinal() { #all unknown => handler.unknown_event(unknown), } }
        }
    }
}

fn give_one(cx: Context<'_>, event: &Method) -> TokenStream {
    let name = names::ident(&names::event(&event.element.name));
    match request_payload(event) {
        Some(payload) => {
            let wire = cx.path(payload, Form::Wire);
            quote! { handler.#name(event.decode::<#wire>()?.view()); }
        }
        None => quote! { event.decode_empty()?; handler.#name(); },
    }
}
