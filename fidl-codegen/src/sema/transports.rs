//! What each transport carries.

use std::collections::HashMap;

use super::declare::{Body, Declared, Entry};
use super::known::Known;
use super::services::protocol_of;
use crate::diagnostics::{Diagnostic, code};
use crate::ir::{DeclId, DeclKind, Schema, Service, ServiceMember, Transport, Type, TypeKind};
use crate::layout::member_types;
use crate::source::Span;
use crate::syntax::ProtocolMember;

/// What a type holds that a transport does not carry.
#[derive(Clone, Copy)]
enum Stranger {
    /// A handle of this resource definition.
    Handle(DeclId),
    /// An end of this protocol.
    End(DeclId),
}

/// Reports methods whose messages hold what their protocol's transport does not carry.
pub(super) fn check(known: &Known, declared: &Declared<'_>, out: &mut Vec<Diagnostic>) {
    let mut strangers: HashMap<Transport, Vec<Option<Stranger>>> = HashMap::new();
    for (entry, id) in declared.entries.iter().zip(declared.ids()) {
        let Some(DeclKind::Protocol(protocol)) = known.ready(id) else { continue };
        let table = strangers
            .entry(protocol.transport)
            .or_insert_with(|| find_strangers(&known.schema, protocol.transport));
        for method in &protocol.own_methods {
            let payloads = method.payloads().into_iter().flatten();
            if let Some(stranger) = payloads.filter_map(|payload| table[payload.0 as usize]).next() {
                let span = method_span(entry, &method.element.name);
                out.push(diagnostic(known, protocol.transport, stranger, span));
            }
        }
    }
}

fn method_span(entry: &Entry<'_>, name: &str) -> Span {
    let Body::Protocol(protocol) = entry.body else { return entry.caret };
    let methods = protocol.members.iter().filter_map(|member| match member {
        ProtocolMember::Method(method) => Some(&method.name),
        ProtocolMember::Compose { .. } => None,
    });
    methods.into_iter().find(|written| written.text == name).map_or(entry.caret, |name| name.span)
}

fn diagnostic(known: &Known, transport: Transport, stranger: Stranger, span: Span) -> Diagnostic {
    let name = transport.name();
    match stranger {
        Stranger::Handle(id) => {
            let label = format!("a message of this holds `{}`", known.schema.full_name(id));
            let help = format!("the transport `{name}` carries handles of {}", carried_handles(transport));
            Diagnostic::new(code::HANDLE_TRANSPORT, span, label).help(help)
        }
        Stranger::End(id) => {
            let label = format!("a message of this holds an end of `{}`", known.schema.full_name(id));
            let other = known.schema.as_protocol(id).map_or(Transport::Channel, |it| it.transport).name();
            let help = format!("the transport `{name}` does not carry ends of the transport `{other}`");
            Diagnostic::new(code::ENDPOINT_TRANSPORT, span, label).help(help)
        }
    }
}

fn carried_handles(transport: Transport) -> &'static str {
    match transport {
        Transport::Driver => "`zx` and `fdf`",
        Transport::Channel | Transport::Banjo | Transport::Syscall => "`zx`",
    }
}

/// The handles of the driver framework are no kernel objects, so that only its own transport carries them.
fn carries_handle(schema: &Schema, transport: Transport, resource: DeclId) -> bool {
    transport == Transport::Driver || schema.library(schema.decl(resource).library).name != "fdf"
}

fn carries_end(transport: Transport, of: Transport) -> bool {
    match transport {
        Transport::Channel | Transport::Syscall => of == Transport::Channel,
        Transport::Driver => matches!(of, Transport::Channel | Transport::Driver),
        Transport::Banjo => matches!(of, Transport::Channel | Transport::Banjo),
    }
}

/// For each declaration what it holds, at any depth, that the transport does not carry.
fn find_strangers(schema: &Schema, transport: Transport) -> Vec<Option<Stranger>> {
    let mut found = vec![None; schema.decls.len()];
    let mut holders: Vec<Vec<usize>> = vec![Vec::new(); schema.decls.len()];
    let mut left = Vec::new();
    for (index, decl) in schema.decls.iter().enumerate() {
        for ty in member_types(&decl.kind) {
            match leaf(ty) {
                Leaf::Decl(id) => holders[id.0 as usize].push(index),
                Leaf::Handle(id) if !carries_handle(schema, transport, id) => {
                    found[index] = Some(Stranger::Handle(id));
                }
                Leaf::End(id) => {
                    let of = schema.as_protocol(id).map_or(Transport::Channel, |it| it.transport);
                    if !carries_end(transport, of) {
                        found[index] = Some(Stranger::End(id));
                    }
                }
                Leaf::Handle(_) | Leaf::Other => {}
            }
        }
        if found[index].is_some() {
            left.push(index);
        }
    }
    while let Some(index) = left.pop() {
        for holder in std::mem::take(&mut holders[index]) {
            if found[holder].is_none() {
                found[holder] = found[index];
                left.push(holder);
            }
        }
    }
    found
}

enum Leaf {
    Decl(DeclId),
    Handle(DeclId),
    End(DeclId),
    Other,
}

fn leaf(ty: &Type) -> Leaf {
    match &ty.kind {
        TypeKind::Array { element, .. } | TypeKind::Vector { element, .. } | TypeKind::Pointer(element) => {
            leaf(element)
        }
        TypeKind::Box(id) | TypeKind::Named(id) | TypeKind::OptionalUnion(id) => Leaf::Decl(*id),
        TypeKind::Handle { resource, .. } => Leaf::Handle(*resource),
        TypeKind::Endpoint { protocol, .. } => Leaf::End(*protocol),
        _ => Leaf::Other,
    }
}

/// The members of a service must all go over one transport.
pub(super) fn check_service(known: &Known, entry: &Entry<'_>, service: &Service, out: &mut Vec<Diagnostic>) {
    let Body::Service(written) = entry.body else { return };
    let transport = |member: &ServiceMember| {
        let protocol = known.schema.as_protocol(protocol_of(&member.ty)?)?;
        Some(protocol.transport)
    };
    let mut members = service.members.iter().map(transport).zip(&written.members);
    let Some((Some(first), first_written)) = members.next() else { return };
    let other = members.find_map(|(other, written)| Some((other.filter(|other| *other != first)?, written)));
    let Some((other, other_written)) = other else { return };
    let label = format!("this goes over `{}`", other.name());
    let place = format!("this one goes over `{}`", first.name());
    let diagnostic = Diagnostic::new(code::SERVICE_TRANSPORTS, other_written.name.span, label);
    out.push(diagnostic.place(first_written.name.span, place));
}
