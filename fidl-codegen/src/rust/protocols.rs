//! Protocols: the module of each, with its marker type, sizes and ordinals.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::text::{Module, docs};
use super::{Context, client, events, names, server};
use crate::ir::{Decl, DeclId, Method, MethodKind, Openness, Protocol};

/// Bytes of a message's header.
const HEADER: u32 = 16;

pub(super) fn emit(cx: Context<'_>, id: DeclId, protocol: &Protocol, module: &mut Module) {
    let cx = cx.inside_protocol();
    let decl = cx.schema.decl(id);
    let protocol = Interface::of(cx, id, protocol);
    let docs = docs(&decl.element, &format!("The protocol `{}`.", decl.element.name));
    let name = names::ident(&names::protocol_module(&decl.element.name));
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

impl Context<'_> {
    /// The name of a protocol's marker type, in its module.
    pub(super) fn marker(self, id: DeclId) -> Ident {
        let methods = self.schema.as_protocol(id).map_or(&[][..], |protocol| &protocol.methods);
        let methods = methods.iter().map(|method| &self.schema.method(*method).element.name);
        let aliases =
            methods.flat_map(|name| ["Request", "Response"].map(|suffix| names::form(name, suffix)));
        names::ident(&names::protocol_type(&self.schema.decl(id).element.name, aliases))
    }
}

/// A protocol with its methods in the order in which they were declared.
pub(super) struct Interface<'a> {
    pub(super) marker: Ident,
    pub(super) openness: Openness,
    /// What a client may call.
    pub(super) methods: Vec<&'a Method>,
    /// What a server may send unasked.
    pub(super) events: Vec<&'a Method>,
}

impl<'a> Interface<'a> {
    fn of(cx: Context<'a>, id: DeclId, protocol: &Protocol) -> Self {
        let all = protocol.methods.iter().map(|id| cx.schema.method(*id));
        let (events, methods) = all.partition(|method| matches!(method.kind, MethodKind::Event { .. }));
        Self { marker: cx.marker(id), openness: protocol.openness, methods, events }
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

    fn frames(&self) -> TokenStream {
        let request = Self::largest(self.methods.iter().filter_map(|method| request_size(method)));
        // Room for the answer that a method is unknown, which an open protocol may have to give.
        let unknown = (self.openness == Openness::Open).then_some((32, 0));
        let responses = || self.methods.iter().filter_map(|method| response_size(method)).chain(unknown);
        let events = || self.events.iter().filter_map(|method| event_size(method));
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

fn request_size(method: &Method) -> Option<(u32, u32)> {
    match &method.kind {
        MethodKind::OneWay { request } | MethodKind::TwoWay { request, .. } => {
            Some((request.size.max_bytes, request.size.max_handles))
        }
        MethodKind::Event { .. } => None,
    }
}

fn response_size(method: &Method) -> Option<(u32, u32)> {
    match &method.kind {
        MethodKind::TwoWay { response, .. } => Some((response.size.max_bytes, response.size.max_handles)),
        _ => None,
    }
}

fn event_size(method: &Method) -> Option<(u32, u32)> {
    match &method.kind {
        MethodKind::Event { message } => Some((message.size.max_bytes, message.size.max_handles)),
        _ => None,
    }
}

/// The marker type and what it says of the protocol.
fn marker(cx: Context<'_>, decl: &Decl, protocol: &Interface<'_>) -> TokenStream {
    let marker = &protocol.marker;
    let full = format!("{}/{}", cx.schema.library(decl.library).name, decl.element.name);
    let about = format!(" The protocol `{full}`, as a type.");
    let openness = names::ident(match protocol.openness {
        Openness::Closed => "Closed",
        Openness::Ajar => "Ajar",
        Openness::Open => "Open",
    });
    let methods = protocol.methods_by_ordinal().into_iter().map(|method| {
        let (ordinal, name) = (ordinal(method), &method.element.name);
        let kind = match method.kind {
            MethodKind::OneWay { .. } => quote!(OneWay),
            _ => quote!(TwoWay),
        };
        let flexible = !method.strict;
        quote! {
            ::fidl::Method {
                ordinal: #ordinal,
                name: #name,
                kind: ::fidl::MethodKind::#kind,
                flexible: #flexible,
            }
        }
    });
    let events = by_ordinal(&protocol.events).into_iter().map(ordinal);
    let frames = protocol.frames();
    quote! {
        #[doc = #about]
        #[derive(Clone, Copy, Debug)]
        pub enum #marker {}
        impl ::fidl::Protocol for #marker {
            const NAME: &'static str = #full;
            const OPENNESS: ::fidl::Openness = ::fidl::Openness::#openness;
            const METHODS: &'static [::fidl::Method] = &[#(#methods),*];
            const EVENTS: &'static [u64] = &[#(#events),*];
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

fn one_size(method: &Method, (bytes, handles): (u32, u32), word: &str, suffix: &str) -> TokenStream {
    let name = names::ident(&format!("{}_{suffix}_MAX_BYTES", names::screaming(&method.element.name)));
    let handles = match handles {
        0 => String::new(),
        1 => ", with at most 1 handle".to_owned(),
        count => format!(", with at most {count} handles"),
    };
    let about = format!(
        " The size of the largest {word} of `{}` in bytes, header included{handles}.",
        method.element.name
    );
    let bytes = Literal::u32_unsuffixed(bytes);
    quote! {
        #[doc = #about]
        pub const #name: usize = #bytes;
    }
}

/// The ordinal as a hexadecimal literal.
pub(super) fn ordinal(method: &Method) -> TokenStream {
    format!("{:#018x}", method.ordinal).parse().expect("a number is a token")
}
