//! Protocols: methods, their payloads and ordinals, and what composing takes in.

use std::collections::{HashMap, HashSet};

use super::attributes::{Place, Values, compile as attributes};
use super::declare::{Body, Entry, ResultDecls, is_strict};
use super::decls::element;
use super::known::{Class, Cx, location};
use super::names::{canonical, is_identifier, is_library_name};
use super::resolve::Target;
use super::{no_resource, types};
use crate::diagnostics::{Diagnostic, code, nearest};
use crate::ir::{
    self, Compose, DeclId, DeclKind, Discoverable, Element, Message, MessageSize, Method, MethodId,
    MethodKind, Openness, Protocol, Response, ResultUnion, Struct, Transport, TypeKind, Value,
};
use crate::ordinal::ordinal;
use crate::source::Span;
use crate::syntax::{self, Attribute, CtorId, Head, LayoutClass, ModifierKind, Payload, ProtocolMember};

/// So many methods may all protocols of a run have together, composed ones counted where they are composed.
const MOST_METHODS: usize = 1_000_000;

/// The content of a protocol.
pub(super) fn compile(
    cx: Cx<'_>,
    entry: &Entry<'_>,
    id: DeclId,
    given: &[ir::Attribute],
    protocol: &syntax::Protocol,
    out: &mut Vec<Diagnostic>,
) -> Option<Protocol> {
    let openness = openness(protocol);
    let discoverable = discoverable(cx, entry, given, out);
    let transport = transport(entry, given, out);
    no_resource::check(cx, entry, given, protocol, out);
    let composes = composes(cx, protocol, openness, out);
    let mut own_methods = Vec::new();
    let mut spans = Vec::new();
    for member in &protocol.members {
        let ProtocolMember::Method(written) = member else { continue };
        check_openness(entry, openness, written, out);
        own_methods.push(method(cx, entry, written, out));
        spans.push(written.name.span);
    }
    let own_methods: Vec<Method> = own_methods.into_iter().collect::<Option<_>>()?;
    let composes: Vec<(Compose, Span)> = composes.into_iter().collect::<Option<_>>()?;
    let listed = list(cx, entry, id, &composes, &spans, out)?;
    collisions(cx, id, &listed, &own_methods, out);
    Some(Protocol {
        openness,
        transport: transport?,
        discoverable,
        composes: composes.into_iter().map(|(compose, _)| compose).collect(),
        methods: listed.into_iter().map(|listed| listed.method).collect(),
        own_methods,
    })
}

fn openness(protocol: &syntax::Protocol) -> Openness {
    let given = |kind| protocol.modifiers.iter().any(|modifier| modifier.kind == kind);
    if given(ModifierKind::Closed) {
        Openness::Closed
    } else if given(ModifierKind::Ajar) {
        Openness::Ajar
    } else {
        Openness::Open
    }
}

fn word(openness: Openness) -> &'static str {
    match openness {
        Openness::Closed => "closed",
        Openness::Ajar => "ajar",
        Openness::Open => "open",
    }
}

/// The text of an attribute's argument.
fn argument<'a>(given: &'a [ir::Attribute], attribute: &str, name: &str) -> Option<&'a str> {
    let attribute = given.iter().find(|given| given.name == attribute)?;
    let argument = attribute.arguments.iter().find(|argument| argument.name == name)?;
    match &argument.value.value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// Where an attribute's argument stands.
fn argument_span(attributes: &[Attribute], attribute: &str, name: &str) -> Option<Span> {
    let attribute = attributes.iter().find(|given| given.name.text == attribute)?;
    let named = |argument: &&syntax::Argument| {
        argument.name.as_ref().map_or("value", |name| name.text.as_str()) == name
    };
    attribute.arguments.iter().find(named).map(|argument| argument.span)
}

fn discoverable(
    cx: Cx<'_>,
    entry: &Entry<'_>,
    given: &[ir::Attribute],
    out: &mut Vec<Diagnostic>,
) -> Option<Discoverable> {
    given.iter().find(|attribute| attribute.name == "discoverable")?;
    let library = &cx.known.schema.library(cx.library).name;
    let client = locations(entry, given, "client", out);
    let server = locations(entry, given, "server", out);
    let name = argument(given, "discoverable", "name");
    let sound = name.is_none_or(is_discoverable_name);
    if let (false, Some(span)) = (sound, argument_span(entry.attributes, "discoverable", "name")) {
        out.push(Diagnostic::new(code::BAD_DISCOVERABLE_NAME, span, "write it as `library.name.Protocol`"));
    }
    let name = name.map_or_else(|| format!("{library}.{}", entry.name), str::to_owned);
    Some(Discoverable { name, client, server })
}

fn is_discoverable_name(name: &str) -> bool {
    let parts = name.rsplit_once('.');
    parts.is_some_and(|(library, protocol)| is_library_name(library) && is_identifier(protocol))
}

/// The locations that an argument of `@discoverable` lists.
fn locations(
    entry: &Entry<'_>,
    given: &[ir::Attribute],
    name: &str,
    out: &mut Vec<Diagnostic>,
) -> Option<Vec<String>> {
    let text = argument(given, "discoverable", name)?;
    let list: Vec<&str> = text.split(',').map(str::trim).filter(|location| !location.is_empty()).collect();
    let sound = list.iter().all(|location| matches!(*location, "platform" | "external"));
    if let (false, Some(span)) = (sound, argument_span(entry.attributes, "discoverable", name)) {
        let label = "the locations are `platform` and `external`, with a comma between them";
        out.push(Diagnostic::new(code::BAD_LOCATIONS, span, label));
    }
    Some(list.into_iter().map(str::to_owned).collect())
}

/// Over what the protocol is spoken. `None` has been reported.
fn transport(entry: &Entry<'_>, given: &[ir::Attribute], out: &mut Vec<Diagnostic>) -> Option<Transport> {
    let Some(name) = argument(given, "transport", "value") else { return Some(Transport::Channel) };
    let transport = Transport::of(name);
    let attribute = entry.attributes.iter().find(|attribute| attribute.name.text == "transport");
    if let (None, Some(attribute)) = (transport, attribute) {
        let label = format!("`{name}` is none");
        let diagnostic = Diagnostic::new(code::UNKNOWN_TRANSPORT, attribute.span, label);
        let known = Transport::ALL.map(Transport::name);
        out.push(match nearest(name, known) {
            Some(near) => diagnostic.did_you_mean(Some(near)),
            None => diagnostic.help("there are `Channel`, `Driver`, `Banjo` and `Syscall`"),
        });
    }
    transport
}

/// The protocols that are composed, each with the place where it is named; `None` has been reported.
fn composes(
    cx: Cx<'_>,
    protocol: &syntax::Protocol,
    openness: Openness,
    out: &mut Vec<Diagnostic>,
) -> Vec<Option<(Compose, Span)>> {
    let mut composes = Vec::new();
    for member in &protocol.members {
        let ProtocolMember::Compose { attributes: list, path } = member else { continue };
        let attributes = attributes(Values::Declaration(cx), list, Place::Compose, out);
        let span = cx.file[*path].span;
        let protocol = compose(cx, *path, span, openness, out);
        let location = location(cx.sources, span);
        let deprecated = cx.file.deprecated.contains(&span);
        let compose = protocol.map(|protocol| Compose { protocol, attributes, location, deprecated });
        composes.push(compose.map(|compose| (compose, span)));
    }
    composes
}

/// The protocol that a `compose` names.
fn compose(
    cx: Cx<'_>,
    path: syntax::PathId,
    span: Span,
    openness: Openness,
    out: &mut Vec<Diagnostic>,
) -> Option<DeclId> {
    let protocol = match cx.resolved.target(cx.file_index, path)? {
        Target::Decl(id) if cx.known.class(id) == Class::Protocol => id,
        Target::Decl(id) if cx.known.class(id) == Class::Broken => return None,
        _ => {
            out.push(Diagnostic::new(code::COMPOSE_NOT_PROTOCOL, span, "this is not a protocol"));
            return None;
        }
    };
    cx.known.ready(protocol)?;
    let composed = cx.known.schema.as_protocol(protocol)?;
    if composed.openness > openness {
        let label = format!("this one is {}", word(composed.openness));
        let diagnostic = Diagnostic::new(code::COMPOSE_MORE_OPEN, span, label);
        let symbol = cx.known.symbol(protocol);
        out.push(
            diagnostic
                .place(symbol.span, "declared here")
                .help(format!("make the composing protocol {}", word(composed.openness))),
        );
    }
    Some(protocol)
}

/// What flexible methods and events ask of their protocol.
fn check_openness(entry: &Entry<'_>, openness: Openness, method: &syntax::Method, out: &mut Vec<Diagnostic>) {
    if is_strict(method) {
        return;
    }
    let two_way = method.request.is_some() && method.response.is_some();
    let (code, help) = match (openness, two_way) {
        (Openness::Open, _) | (Openness::Ajar, false) => return,
        (_, true) => (code::FLEXIBLE_TWO_WAY, "make the protocol `open`, or the method `strict`"),
        (_, false) => (code::FLEXIBLE_IN_CLOSED, "make the protocol `ajar`, or this `strict`"),
    };
    let default =
        if method.modifiers.is_empty() { "flexible, since it does not say `strict`" } else { "flexible" };
    let label = format!("`{}` is {default}", method.name.text);
    let place = format!("`{}` is {}", entry.name, word(openness));
    out.push(Diagnostic::new(code, method.name.span, label).place(entry.caret, place).help(help));
}

fn method(
    cx: Cx<'_>,
    entry: &Entry<'_>,
    written: &syntax::Method,
    out: &mut Vec<Diagnostic>,
) -> Option<Method> {
    let element = element(cx, &written.name, &written.attributes, Place::Method, out);
    let selector = selector(cx, entry, written, &element, out);
    let request = written.request.as_ref().map(|request| payload(cx, request, out));
    let result = cx.declared.results.get(&written.name.span);
    let message = |payload| Message { payload, size: MessageSize::default() };
    let kind = match (request, &written.response, result) {
        (Some(request), None, _) => MethodKind::OneWay { request: message(request?) },
        (None, response, _) => MethodKind::Event { message: message(payload(cx, response.as_ref()?, out)?) },
        (Some(request), Some(response), None) => {
            let payload = payload(cx, response, out);
            let response = Response { payload: payload?, result: None, size: MessageSize::default() };
            MethodKind::TwoWay { request: message(request?), response }
        }
        (Some(request), Some(_), Some(result)) => {
            MethodKind::TwoWay { request: message(request?), response: in_result(cx, *result)? }
        }
    };
    let selector = selector?;
    let ordinal = ordinal(&selector);
    Some(Method { element, ordinal, selector, strict: is_strict(written), kind })
}

/// An answer that travels in a union. `None` was reported when that was compiled.
fn in_result(cx: Cx<'_>, result: ResultDecls) -> Option<Response> {
    let DeclKind::Union(union) = cx.known.ready(result.union)? else { return None };
    let of = |ordinal: u32| union.members.iter().find(|member| member.ordinal == ordinal);
    let TypeKind::Named(success) = of(1)?.ty.kind else { return None };
    let payload = result.empty_success.is_none().then_some(success);
    let error = of(2).map(|member| member.ty.clone());
    let result = ResultUnion { union: result.union, success, error, framework_error: of(3).is_some() };
    Some(Response { payload, result: Some(result), size: MessageSize::default() })
}

/// The text whose hash is the ordinal: the method's name in full, or what `@selector` says.
fn selector(
    cx: Cx<'_>,
    entry: &Entry<'_>,
    written: &syntax::Method,
    element: &Element,
    out: &mut Vec<Diagnostic>,
) -> Option<String> {
    let library = &cx.known.schema.library(cx.library).name;
    let given = argument(&element.attributes, "selector", "value");
    if library == "fuchsia.io" && !given.is_some_and(|text| text.contains('/')) {
        let label = "its wire format is frozen, so its methods must not get new ordinals";
        let diagnostic = Diagnostic::new(code::SELECTOR_NEEDED, written.name.span, label);
        out.push(diagnostic.help("write `@selector(\"library/Protocol.Method\")`"));
        return None;
    }
    let Some(text) = given else {
        return Some(format!("{library}/{}.{}", entry.name, written.name.text));
    };
    if is_identifier(text) {
        return Some(format!("{library}/{}.{text}", entry.name));
    }
    if is_full_selector(text) {
        return Some(text.to_owned());
    }
    let span = argument_span(&written.attributes, "selector", "value").unwrap_or(written.name.span);
    let label = "write it as `Method` or `library.name/Protocol.Method`";
    out.push(Diagnostic::new(code::BAD_SELECTOR, span, label));
    None
}

fn is_full_selector(text: &str) -> bool {
    let Some((library, rest)) = text.split_once('/') else { return false };
    let Some((protocol, method)) = rest.split_once('.') else { return false };
    is_library_name(library) && is_identifier(protocol) && is_identifier(method)
}

/// What stands between parentheses; the outer `None` has been reported.
pub(super) fn payload(cx: Cx<'_>, payload: &Payload, out: &mut Vec<Diagnostic>) -> Option<Option<DeclId>> {
    let Some(ctor) = payload.ctor else { return Some(None) };
    if let Some(class) = wrong_class(cx, ctor) {
        let label = format!("this is {}", class.describe());
        out.push(Diagnostic::new(code::PAYLOAD_KIND, cx.file[ctor].span, label));
        return None;
    }
    let ty = types::resolve(cx, ctor, out)?;
    let span = cx.file[ctor].span;
    let TypeKind::Named(id) = ty.kind else {
        let diagnostic = Diagnostic::new(code::PAYLOAD_TYPE, span, "this is none of them");
        out.push(diagnostic.help("wrap it: `struct { value …; }`"));
        return None;
    };
    match cx.known.class(id) {
        Class::Layout(LayoutClass::Struct | LayoutClass::Table | LayoutClass::Union) => {}
        class => {
            let diagnostic =
                Diagnostic::new(code::PAYLOAD_KIND, span, format!("this is {}", class.describe()));
            out.push(diagnostic.help("wrap it: `struct { value …; }`"));
            return None;
        }
    }
    if let Some(DeclKind::Struct(layout)) = cx.known.ready(id) {
        check_struct(cx, layout, id, span, out)?;
    }
    Some(Some(id))
}

/// What is asked of structs that are payloads.
fn check_struct(
    cx: Cx<'_>,
    layout: &Struct,
    id: DeclId,
    span: Span,
    out: &mut Vec<Diagnostic>,
) -> Option<()> {
    // Members whose types are unsound are missing in the layout.
    if cx.known.symbol(id).members.is_empty() && cx.complete {
        let diagnostic = Diagnostic::new(code::EMPTY_PAYLOAD, span, "this struct has no members");
        out.push(diagnostic.help("leave the parentheses empty"));
        return None;
    }
    if let Some(member) = layout.members.iter().find(|member| member.default.is_some()) {
        let name = &member.element.name;
        let written = member_span(cx, id, name);
        let label = format!("`{name}` has one");
        let diagnostic = Diagnostic::new(code::DEFAULT_IN_PAYLOAD, written.unwrap_or(span), label);
        out.push(diagnostic.place(span, "the payload"));
        return None;
    }
    Some(())
}

/// Where the name of a member stands, for a layout of this library.
fn member_span(cx: Cx<'_>, id: DeclId, name: &str) -> Option<Span> {
    let entry = cx.declared.entry(id)?;
    let Body::Layout(layout) = entry.body else { return None };
    let members = &cx.declared.files[entry.file][layout].members;
    members.iter().find(|member| member.name.text == name).map(|member| member.name.span)
}

/// The kind of a declaration that is not even a type.
fn wrong_class(cx: Cx<'_>, ctor: CtorId) -> Option<Class> {
    let Head::Path(path) = cx.file[ctor].head else { return None };
    match cx.resolved.target(cx.file_index, path)? {
        Target::Decl(id) => {
            let class = cx.known.class(id);
            matches!(class, Class::Const | Class::Protocol | Class::Service).then_some(class)
        }
        _ => None,
    }
}

/// A method in the expanded list of a protocol.
struct Listed {
    method: MethodId,
    /// Where it comes in: its own name, or the protocol that is composed.
    span: Span,
}

/// All methods of a protocol: those of the composed ones, each once, then its own.
fn list(
    cx: Cx<'_>,
    entry: &Entry<'_>,
    id: DeclId,
    composes: &[(Compose, Span)],
    spans: &[Span],
    out: &mut Vec<Diagnostic>,
) -> Option<Vec<Listed>> {
    let mut seen = HashSet::new();
    let mut listed = Vec::new();
    for (compose, span) in composes {
        let composed = cx.known.schema.as_protocol(compose.protocol)?;
        let new = composed.methods.iter().filter(|method| seen.insert(**method));
        listed.extend(new.map(|method| Listed { method: *method, span: *span }));
    }
    let own = spans.iter().enumerate();
    listed.extend(own.map(|(index, span)| {
        let method = MethodId { protocol: id, index: index as u32 };
        Listed { method, span: *span }
    }));
    if cx.known.methods + listed.len() > MOST_METHODS {
        let label = format!("with this one there are more than {MOST_METHODS}");
        out.push(Diagnostic::new(code::TOO_MANY_METHODS, entry.caret, label));
        return None;
    }
    Some(listed)
}

/// Reports names and ordinals that occur twice. What collides within one composed protocol was reported
/// there.
fn collisions(cx: Cx<'_>, id: DeclId, listed: &[Listed], own: &[Method], out: &mut Vec<Diagnostic>) {
    let mut names: HashMap<String, (&str, Span, bool)> = HashMap::new();
    let mut ordinals: HashMap<u64, (&Method, Span)> = HashMap::new();
    for Listed { method, span } in listed {
        let is_own = method.protocol == id;
        let method = if is_own { &own[method.index as usize] } else { cx.known.schema.method(*method) };
        let name = method.element.name.as_str();
        let first = *names.entry(canonical(name)).or_insert((name, *span, is_own));
        if first.1 != *span {
            let mut diagnostic = super::declare::name_twice(name, *span, (first.0, first.1));
            if !first.2 {
                diagnostic.places = vec![(first.1, format!("`{}` comes in here", first.0))];
            }
            out.push(diagnostic);
            continue;
        }
        let (first, first_span) = *ordinals.entry(method.ordinal).or_insert((method, *span));
        if first_span != *span {
            let label = format!("`{}` hashes to {:#x}", method.selector, method.ordinal);
            let place = format!("so does `{}`", first.selector);
            let diagnostic = Diagnostic::new(code::ORDINAL_TWICE, *span, label).place(first_span, place);
            out.push(diagnostic.help("give one of them another `@selector`"));
        }
    }
}
