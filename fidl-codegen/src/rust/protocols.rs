//! Protocols: the module of each, with its marker type, sizes and ordinals.

use std::collections::HashSet;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::text::{Module, docs};
use super::{Context, client, events, left_out, names, server};
use crate::ir::{Decl, DeclId, MessageSize, Method, MethodKind, Openness, Protocol, Transport};

/// Bytes of a message's header.
const HEADER: u32 = 16;

pub(super) fn emit(cx: Context<'_>, id: DeclId, protocol: &Protocol, module: &mut Module) {
    let cx = cx.inside_protocol();
    let decl = cx.schema.decl(id);
    let transport = protocol.transport;
    let protocol = Interface::of(cx, id, protocol);
    for method in &protocol.formless {
        module.text(left_out(&format!("{}.{}", decl.element.name, method.element.name)));
    }
    let docs = docs(&decl.element, &format!("The protocol `{}`.", decl.element.name));
    let name = names::ident(&names::protocol_module(&decl.element.name));
    if transport != Transport::Channel {
        let content = elsewhere(cx, decl, &protocol, transport);
        module.items(quote! { #docs #content });
        return;
    }
    let marker = marker(cx, decl, &protocol);
    let sizes = sizes(&protocol);
    let server = server::emit(cx, &protocol);
    let client = client::emit(cx, &protocol);
    let events = events::emit(cx, &protocol);
    module.items(quote! {
        #docs
        pub mod #name {
            #marker
            #sizes
            #server
            #client
            #events
        }
    });
}

/// A protocol that is not spoken over channels: what is known of it without its transport.
fn elsewhere(cx: Context<'_>, decl: &Decl, protocol: &Interface<'_>, transport: Transport) -> TokenStream {
    let name = names::ident(&names::protocol_module(&decl.element.name));
    let about = format!(
        " Spoken over the transport `{}`, for which there is no server and no client here.",
        transport.name()
    );
    let full = full_name(cx, decl);
    let ordinals = protocol.methods.iter().chain(&protocol.events).map(|method| {
        let about = format!(" The ordinal of `{}`.", method.element.name);
        let name = names::ident(&format!("{}_ORDINAL", names::screaming(&method.element.name)));
        let ordinal = ordinal(method);
        quote! {
            #[doc = #about]
            pub const #name: u64 = #ordinal;
        }
    });
    quote! {
        #[doc = ""]
        #[doc = #about]
        pub mod #name {
            #[doc = " The name of the protocol."]
            pub const NAME: &str = #full;
            #(#ordinals)*
        }
    }
}

impl Context<'_> {
    /// The name of a protocol's marker type, in its module.
    pub(super) fn marker(self, id: DeclId) -> Ident {
        let methods = self.schema.as_protocol(id).map_or(&[][..], |protocol| &protocol.methods);
        let methods = methods.iter().map(|method| &self.schema.method(*method).element.name);
        let aliases =
            methods.flat_map(|name| ["Request", "Response", "Reply"].map(|suffix| names::form(name, suffix)));
        names::ident(&names::protocol_type(&self.schema.decl(id).element.name, aliases))
    }
}

/// A protocol with its methods in the order in which they were declared.
pub(super) struct Interface<'a> {
    pub(super) marker: Ident,
    pub(super) openness: Openness,
    /// What a client may call.
    pub(super) methods: Vec<&'a Method>,
    /// The ordinals of those that are declared by the protocol itself rather than by one that it composes.
    own: HashSet<u64>,
    /// What a server may send unasked.
    pub(super) events: Vec<&'a Method>,
    /// Methods and events for whose messages there is nothing in Rust, so that they are left out.
    formless: Vec<&'a Method>,
}

impl<'a> Interface<'a> {
    fn of(cx: Context<'a>, id: DeclId, protocol: &Protocol) -> Self {
        let own = protocol.own_methods.iter().map(|method| method.ordinal).collect();
        let all = protocol.methods.iter().map(|id| cx.schema.method(*id));
        let (formless, all): (Vec<_>, Vec<_>) = all.partition(|method| has_no_form(cx, method));
        let (events, methods) =
            all.into_iter().partition(|method| matches!(method.kind, MethodKind::Event { .. }));
        Self { marker: cx.marker(id), openness: protocol.openness, methods, own, events, formless }
    }

    /// Whether a method is declared by the protocol itself.
    pub(super) fn declares(&self, method: &Method) -> bool {
        self.own.contains(&method.ordinal)
    }

    /// The methods in the order of the runtime's table, by ordinal.
    pub(super) fn methods_by_ordinal(&self) -> Vec<&'a Method> {
        by_ordinal(&self.methods)
    }

    /// The largest of some messages, in bytes and handles.
    fn largest(sizes: impl Iterator<Item = (u32, u32)>) -> TokenStream {
        let (bytes, handles) =
            sizes.fold((HEADER, 0), |largest, size| (largest.0.max(size.0), largest.1.max(size.1)));
        let (bytes, handles) = (Literal::u32_unsuffixed(bytes), Literal::u32_unsuffixed(handles));
        quote!(::fidl::message::Frame<#bytes, #handles>)
    }

    /// Says so if a newer peer may send more than the schema describes.
    fn extensible(&self) -> TokenStream {
        let of = |size: Option<&MessageSize>| size.is_some_and(|size| size.extensible);
        let request = self.methods.iter().any(|method| of(request_size(method)));
        let answer = self.methods.iter().any(|method| of(response_size(method)))
            || self.events.iter().any(|event| of(event_size(event)));
        let request = request.then(|| {
            quote!(
                const EXTENSIBLE_REQUESTS: bool = true;
            )
        });
        let answer = answer.then(|| {
            quote!(
                const EXTENSIBLE_SERVER_MESSAGES: bool = true;
            )
        });
        quote! { #request #answer }
    }

    fn frames(&self) -> TokenStream {
        let request = Self::largest(self.methods.iter().filter_map(|method| bounds(request_size(method))));
        // Room for the answer that a method is unknown, which an open protocol may have to give.
        let unknown = (self.openness == Openness::Open).then_some((32, 0));
        let responses =
            || self.methods.iter().filter_map(|method| bounds(response_size(method))).chain(unknown);
        let events = || self.events.iter().filter_map(|method| bounds(event_size(method)));
        let epitaph = (24, 0);
        let response = Self::largest(responses());
        let event = Self::largest(events());
        let any = Self::largest(responses().chain(events()).chain([epitaph]));
        quote! {
            type RequestFrame = #request;
            type ResponseFrame = #response;
            type EventFrame = #event;
            type ServerMessageFrame = #any;
        }
    }
}

fn by_ordinal<'a>(methods: &[&'a Method]) -> Vec<&'a Method> {
    let mut sorted = methods.to_vec();
    sorted.sort_by_key(|method| method.ordinal);
    sorted
}

/// Whether there is nothing in Rust for a message of the method.
fn has_no_form(cx: Context<'_>, method: &Method) -> bool {
    let error = match &method.kind {
        MethodKind::TwoWay { response, .. } => {
            response.result.as_ref().and_then(|result| result.error.as_ref())
        }
        _ => None,
    };
    method.payloads().into_iter().flatten().any(|id| cx.facts.has_no_form(id))
        || error.is_some_and(|error| cx.has_no_form(error))
}

/// Bytes and handles.
fn bounds(size: Option<&MessageSize>) -> Option<(u32, u32)> {
    size.map(|size| (size.max_bytes, size.max_handles))
}

fn request_size(method: &Method) -> Option<&MessageSize> {
    match &method.kind {
        MethodKind::OneWay { request } | MethodKind::TwoWay { request, .. } => Some(&request.size),
        MethodKind::Event { .. } => None,
    }
}

fn response_size(method: &Method) -> Option<&MessageSize> {
    match &method.kind {
        MethodKind::TwoWay { response, .. } => Some(&response.size),
        _ => None,
    }
}

fn event_size(method: &Method) -> Option<&MessageSize> {
    match &method.kind {
        MethodKind::Event { message } => Some(&message.size),
        _ => None,
    }
}

fn full_name(cx: Context<'_>, decl: &Decl) -> String {
    format!("{}/{}", cx.schema.library(decl.library).name, decl.element.name)
}

/// The marker type and what it says of the protocol.
fn marker(cx: Context<'_>, decl: &Decl, protocol: &Interface<'_>) -> TokenStream {
    let marker = &protocol.marker;
    let full = full_name(cx, decl);
    let about = format!(" The protocol `{full}`, as a type.");
    let openness = names::ident(match protocol.openness {
        Openness::Closed => "Closed",
        Openness::Ajar => "Ajar",
        Openness::Open => "Open",
    });
    let methods = protocol.methods_by_ordinal().into_iter().map(|method| {
        let (ordinal, name) = (ordinal(method), &method.element.name);
        let kind = names::ident(match (&method.kind, method.strict) {
            (MethodKind::OneWay { .. }, true) => "strict_one_way",
            (MethodKind::OneWay { .. }, false) => "flexible_one_way",
            (_, true) => "strict_two_way",
            (_, false) => "flexible_two_way",
        });
        quote!(::fidl::Method::#kind(#ordinal, #name))
    });
    let events = by_ordinal(&protocol.events).into_iter().map(ordinal);
    let frames = protocol.frames();
    let extensible = protocol.extensible();
    quote! {
        #[doc = #about]
        #[derive(Clone, Copy, Debug)]
        pub enum #marker {}
        impl ::fidl::Protocol for #marker {
            const NAME: &'static str = #full;
            const OPENNESS: ::fidl::Openness = ::fidl::Openness::#openness;
            const METHODS: &'static [::fidl::Method] = &[#(#methods),*];
            const EVENTS: &'static [u64] = &[#(#events),*];
            #extensible
            #frames
        }
    }
}

/// The largest size of each message.
fn sizes(protocol: &Interface<'_>) -> TokenStream {
    let all = protocol.methods.iter().chain(&protocol.events);
    let sizes = all.flat_map(|method| {
        let request = request_size(method).map(|size| (size, "request", "REQUEST"));
        let response = response_size(method).map(|size| (size, "response", "RESPONSE"));
        let event = event_size(method).map(|size| (size, "event", "EVENT"));
        [request, response, event]
            .into_iter()
            .flatten()
            .map(|(size, word, suffix)| one_size(method, size, word, suffix))
    });
    quote! { #(#sizes)* }
}

fn one_size(method: &Method, size: &MessageSize, word: &str, suffix: &str) -> TokenStream {
    let name = names::ident(&format!("{}_{suffix}_MAX_BYTES", names::screaming(&method.element.name)));
    let handles = match size.max_handles {
        0 => String::new(),
        1 => ", with at most 1 handle".to_owned(),
        count => format!(", with at most {count} handles"),
    };
    let newer = if size.extensible { " A newer peer may send more." } else { "" };
    let about = format!(
        " The size of the largest {word} of `{}` in bytes, header included{handles}.{newer}",
        method.element.name
    );
    let bytes = Literal::u32_unsuffixed(size.max_bytes);
    quote! {
        #[doc = #about]
        pub const #name: usize = #bytes;
    }
}

/// The ordinal as a hexadecimal literal.
pub(super) fn ordinal(method: &Method) -> TokenStream {
    format!("{:#018x}", method.ordinal).parse().expect("a number is a token")
}
