//! Marks the references of a tree that was cut down: which are left, and what refers.

use std::collections::HashSet;

use super::collect::Availabilities;
use super::target::{Presence, Target};
use crate::source::Span;
use crate::syntax::{
    Attribute, ConstantId, CtorId, Decl, DeclKind, File, Head, LayoutId, Literal, PathId, Property, Protocol,
    ProtocolMember, Referrer,
};

/// Marks every reference that nothing left in the tree makes as absent, those of deprecated elements as such,
/// and enters the deprecated elements.
pub(super) fn mark(file: &mut File, known: &Availabilities, target: &Target) {
    let mut marker = Marker {
        file,
        known,
        target,
        referrers: vec![Referrer::Absent; file.paths.len()],
        deprecated: HashSet::new(),
    };
    file.decls.iter().for_each(|decl| marker.decl(decl));
    let Marker { referrers, deprecated, .. } = marker;
    for (path, referrer) in file.paths.iter_mut().zip(referrers) {
        path.referrer = referrer;
    }
    file.deprecated = deprecated;
}

struct Marker<'a> {
    file: &'a File,
    known: &'a Availabilities,
    target: &'a Target,
    /// One for each path of the file.
    referrers: Vec<Referrer>,
    deprecated: HashSet<Span>,
}

impl Marker<'_> {
    fn decl(&mut self, decl: &Decl) {
        let referrer = self.element(decl.name.span, &decl.attributes, Referrer::Present);
        match &decl.kind {
            DeclKind::Const(constant) => {
                self.ctor(constant.ctor, referrer);
                self.constant(constant.value, referrer);
            }
            DeclKind::Type(ctor) | DeclKind::Alias(ctor) => self.ctor(*ctor, referrer),
            DeclKind::Resource(resource) => {
                self.ctor(resource.subtype, referrer);
                self.properties(&resource.properties, referrer);
            }
            DeclKind::Service(service) => self.properties(&service.members, referrer),
            DeclKind::Protocol(protocol) => self.protocol(protocol, referrer),
            DeclKind::Broken => {}
        }
    }

    /// Whether an element is deprecated; what it says no more about stands in `parent`.
    fn element(&mut self, span: Span, attributes: &[Attribute], parent: Referrer) -> Referrer {
        let known = self.known.of(span);
        let deprecated = known.is_some_and(|availability| availability.deprecated_at(self.target.version));
        let referrer = match known.map(|availability| self.target.presence(&availability)) {
            None => parent,
            Some(Presence::Present) if !deprecated => Referrer::Present,
            // What was removed is older than the deprecations since then.
            Some(_) => Referrer::Deprecated,
        };
        if deprecated {
            self.deprecated.insert(span);
        }
        self.attributes(attributes, referrer);
        referrer
    }

    /// The names of versions refer to nothing.
    fn attributes(&mut self, attributes: &[Attribute], referrer: Referrer) {
        for attribute in attributes.iter().filter(|attribute| attribute.name.text != "available") {
            attribute.arguments.iter().for_each(|argument| self.constant(argument.value, referrer));
        }
    }

    fn properties(&mut self, properties: &[Property], parent: Referrer) {
        for property in properties {
            let referrer = self.element(property.name.span, &property.attributes, parent);
            self.ctor(property.ctor, referrer);
        }
    }

    fn protocol(&mut self, protocol: &Protocol, parent: Referrer) {
        for member in &protocol.members {
            match member {
                ProtocolMember::Compose { attributes, path } => {
                    let referrer = self.element(self.file[*path].span, attributes, parent);
                    self.path(*path, referrer);
                }
                ProtocolMember::Method(method) => {
                    let referrer = self.element(method.name.span, &method.attributes, parent);
                    for payload in [&method.request, &method.response].into_iter().flatten() {
                        payload.ctor.into_iter().for_each(|ctor| self.ctor(ctor, referrer));
                    }
                    method.error.into_iter().for_each(|(_, ctor)| self.ctor(ctor, referrer));
                }
            }
        }
    }

    fn ctor(&mut self, id: CtorId, referrer: Referrer) {
        let file = self.file;
        let ctor = &file[id];
        self.attributes(&ctor.attributes, referrer);
        match ctor.head {
            Head::Path(path) => self.path(path, referrer),
            Head::Layout(layout) => self.layout(layout, referrer),
        }
        for parameter in ctor.parameters.iter().flat_map(|parameters| &parameters.items) {
            parameter.ctor.into_iter().for_each(|ctor| self.ctor(ctor, referrer));
            parameter.constant.into_iter().for_each(|constant| self.constant(constant, referrer));
        }
        for constraint in ctor.constraints.iter().flat_map(|constraints| &constraints.items) {
            self.constant(*constraint, referrer);
        }
    }

    fn layout(&mut self, id: LayoutId, parent: Referrer) {
        let file = self.file;
        let layout = &file[id];
        let caret = Span { end: layout.class_span.end, ..layout.span };
        let anonymous = self.known.of(caret);
        if anonymous.is_some_and(|availability| availability.deprecated_at(self.target.version)) {
            self.deprecated.insert(layout.span);
        }
        layout.subtype.into_iter().for_each(|ctor| self.ctor(ctor, parent));
        for member in &layout.members {
            let referrer = self.element(member.name.span, &member.attributes, parent);
            member.ctor.into_iter().for_each(|ctor| self.ctor(ctor, referrer));
            member.value.into_iter().for_each(|value| self.constant(value, referrer));
        }
    }

    fn constant(&mut self, id: ConstantId, referrer: Referrer) {
        match &self.file[id].kind {
            Literal::Path(path) => self.path(*path, referrer),
            Literal::Or(operands) => operands.iter().for_each(|operand| self.constant(*operand, referrer)),
            Literal::Number | Literal::String | Literal::Bool(_) => {}
        }
    }

    fn path(&mut self, path: PathId, referrer: Referrer) {
        self.referrers[path.0 as usize] = referrer;
    }
}
