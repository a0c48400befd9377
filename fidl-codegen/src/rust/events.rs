//! Events: how a server sends them, and how a client takes them.

use proc_macro2::TokenStream;
use quote::quote;

use super::client::{Payload, payload};
use super::protocols::{Interface, ordinal};
use super::server::request_payload;
use super::text::docs;
use super::{Context, names};
use crate::ir::Method;

pub(super) fn emit(cx: Context<'_>, protocol: &Interface<'_>) -> TokenStream {
    if protocol.events.is_empty() {
        return quote! {};
    }
    let marker = &protocol.marker;
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
    let handlers = protocol.events.iter().map(|event| handler(cx, event));
    let give = give(cx, protocol);
    let payload = |event: &&Method| request_payload(event).is_some();
    let event = if protocol.events.iter().any(payload) { quote!(mut event) } else { quote!(event) };
    quote! {
        #[doc = " Sending the protocol's events, on a [`Connection`]."]
        pub trait Events {
            #(#declared)*
        }
        impl Events for Connection<'_> {
            #(#sent)*
        }

        #[doc = " What a client does with the protocol's events."]
        pub trait EventHandler {
            #(#handlers)*
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
    let name = names::ident(&names::method(&event.element.name));
    let Payload { generics, parameters, .. } = payload(cx, request_payload(event));
    quote! { fn #name #generics(self #parameters) -> Result<(), ::fidl::server::EventError> }
}

fn send(cx: Context<'_>, event: &Method) -> TokenStream {
    let signature = send_signature(cx, event);
    let (ordinal, flexible) = (ordinal(event), !event.strict);
    let send = match payload(cx, request_payload(event)).value {
        Some((wire, value)) => quote!(self.send_event::<#wire>(#ordinal, #flexible, #value)),
        None => quote!(self.send_empty_event(#ordinal, #flexible)),
    };
    quote! { #signature { #send } }
}

fn handler(cx: Context<'_>, event: &Method) -> TokenStream {
    let docs = docs(&event.element, &format!("Takes `{}`.", event.element.name));
    let name = names::ident(&names::method(&event.element.name));
    match request_payload(event) {
        Some(payload) => {
            let view = cx.path(payload, "View");
            quote! { #docs fn #name(&mut self, event: #view<'_>); }
        }
        None => quote! { #docs fn #name(&mut self); },
    }
}

/// Gives an event to the function of its ordinal. The last one stands for whatever ordinal is left: a client keeps no
/// event that its protocol does not have.
fn give(cx: Context<'_>, protocol: &Interface<'_>) -> TokenStream {
    let (last, others) = protocol.events.split_last().expect("a protocol without events has no handler");
    let (last, others_given) = (give_one(cx, last), others.iter().map(|event| give_one(cx, event)));
    let ordinals = others.iter().map(|event| ordinal(event));
    match others {
        [] => last,
        _ => quote! { match event.ordinal() { #(#ordinals => { #others_given })* _ => { #last } } },
    }
}

fn give_one(cx: Context<'_>, event: &Method) -> TokenStream {
    let name = names::ident(&names::method(&event.element.name));
    match request_payload(event) {
        Some(payload) => {
            let wire = cx.path(payload, "Wire");
            quote! { handler.#name(event.decode::<#wire>()?.view()); }
        }
        None => quote! { event.decode_empty()?; handler.#name(); },
    }
}
