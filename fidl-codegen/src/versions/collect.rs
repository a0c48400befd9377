//! Finds the availability of every element of a library, each inherited from what it stands in.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::attribute::{Available, Place, Texts, find, integer};
use super::availability::{Availability, Outside};
use super::composed::{self, Compose};
use super::modifiers;
use super::rules::{self, Abi, End, Item};
use super::version::{UNVERSIONED, Version};
use crate::diagnostics::{Diagnostic, code, has_errors};
use crate::source::{SourceMap, Span};
use crate::syntax::{
    Attribute, CtorId, Decl, DeclKind, File, Head, LayoutClass, LayoutId, LibraryDecl, Literal, Member,
    Method, Modifier, ModifierKind, Name, Property, Protocol, ProtocolMember, unescape, upper_camel,
};

/// The availability of everything in a library.
#[derive(Debug)]
pub struct Availabilities {
    /// The platform whose versions count.
    pub platform: String,
    /// Where the library says so: its `@available`. `None` if it says nothing about versions.
    pub declared: Option<Span>,
    /// By the place of the name; of an anonymous layout, what diagnostics point at; of `compose`, the protocol.
    pub(super) elements: HashMap<Span, Availability>,
    /// Only modifiers about which something is written.
    pub(super) modifiers: HashMap<Span, modifiers::Times>,
}

impl Availabilities {
    /// The availability of what stands at a place, if it is known.
    #[must_use]
    pub fn of(&self, span: Span) -> Option<Availability> {
        self.elements.get(&span).copied()
    }

    /// The versions at which something begins, ends or is deprecated, in any order.
    pub fn points(&self) -> impl Iterator<Item = Version> {
        let modifiers = self.modifiers.values().map(|times| &times.availability);
        self.elements.values().chain(modifiers).flat_map(Availability::points)
    }
}

/// Reads the availability of a library's elements, and judges it.
#[must_use]
pub fn collect(sources: &SourceMap, files: &[File], out: &mut Vec<Diagnostic>) -> Availabilities {
    let before = out.len();
    let declared = files.iter().find_map(|file| {
        let library = file.library.as_ref()?;
        Some((file, library, find(&library.attributes)?))
    });
    let (platform, whole) = match declared {
        Some((file, library, attribute)) => self::library(Texts { sources, file }, library, attribute, out),
        None => (UNVERSIONED.to_owned(), Availability::UNVERSIONED),
    };
    let sound = !has_errors(&out[before..]);
    let declared = declared.map(|(.., attribute)| attribute.span);
    let found = Availabilities { platform, declared, elements: HashMap::new(), modifiers: HashMap::new() };
    let mut collector = Collector {
        texts: Texts { sources, file: &files[0] },
        library: files.iter().find_map(|file| file.library.as_ref()).map_or("", |library| &library.name),
        versioned: declared.is_some(),
        // Where something could not be read, the attribute may be among that.
        complete: !files.iter().any(|file| file.broken),
        found,
        scopes: Vec::new(),
        anonymous: Vec::new(),
        protocols: Vec::new(),
        out,
    };
    let mut scope = Vec::new();
    for file in files {
        collector.texts.file = file;
        scope.extend(file.decls.iter().map(|decl| collector.decl(decl, whole)));
    }
    scope.append(&mut collector.anonymous);
    collector.scope(scope, true);
    for (methods, all) in composed::scopes(std::mem::take(&mut collector.protocols)) {
        collector.scope(methods, all);
    }
    let Collector { found, scopes, complete, .. } = collector;
    if sound {
        let mut findings = Vec::new();
        scopes.iter().for_each(|(scope, all)| rules::check(scope, complete && *all, &mut findings));
        // What a method lacks, it lacks wherever it is composed.
        let mut seen = HashSet::new();
        findings.retain(|it: &Diagnostic| seen.insert((it.code.number, it.span)));
        out.extend(findings);
    }
    found
}

/// The platform and availability of a library that has `@available`.
fn library(
    texts: Texts<'_>,
    library: &LibraryDecl,
    attribute: &Attribute,
    out: &mut Vec<Diagnostic>,
) -> (String, Availability) {
    let available = Available::read(texts, attribute.span, &attribute.arguments, out);
    available.check(Place::Library, &library.name, out);
    let platform = available.platform(&library.name, out);
    // Where the begin is missing, nothing inside the library shall seem to be too early.
    let first = Version::new(1).unwrap_or(Version::HEAD);
    let root = Availability { added: first, deprecated: None, ended: None, replaced: false };
    (platform, root.inherited(available.written()))
}

struct Collector<'a, 'o> {
    texts: Texts<'a>,
    library: &'a str,
    versioned: bool,
    complete: bool,
    found: Availabilities,
    /// Elements that may take each other's place, where all could be read, and whether they are all.
    scopes: Vec<(Vec<Item<'a>>, bool)>,
    /// The layouts written in place, which are in one scope with the declarations.
    anonymous: Vec<Item<'a>>,
    protocols: Vec<composed::Protocol<'a>>,
    out: &'o mut Vec<Diagnostic>,
}

impl<'a> Collector<'a, '_> {
    fn scope(&mut self, scope: Vec<Item<'a>>, all: bool) {
        if scope.iter().any(|item| item.end.is_some()) && scope.iter().all(|item| item.sound) {
            self.scopes.push((scope, all));
        }
    }

    /// In a library without versions no element needs an entry.
    fn enter(&mut self, span: Span, availability: Availability) {
        if self.versioned {
            self.found.elements.insert(span, availability);
        }
    }

    fn decl(&mut self, decl: &'a Decl, library: Availability) -> Item<'a> {
        let item = self.element(Place::Whole, &decl.name, &decl.attributes, library);
        let own = item.availability;
        let name = || upper_camel(&decl.name.text);
        match &decl.kind {
            DeclKind::Const(constant) => self.ctor(constant.ctor, own, &name),
            DeclKind::Alias(ctor) => self.ctor(*ctor, own, &name),
            DeclKind::Type(ctor) => match self.texts.file[*ctor].head {
                Head::Layout(layout) => self.layout(layout, own),
                Head::Path(_) => self.ctor(*ctor, own, &name),
            },
            DeclKind::Resource(resource) => self.properties(&resource.properties, own),
            DeclKind::Service(service) => self.properties(&service.members, own),
            DeclKind::Protocol(protocol) => self.protocol(protocol, &decl.name, own),
            DeclKind::Broken => {}
        }
        item
    }

    /// Reads what is written about a named element.
    fn element(
        &mut self,
        place: Place,
        name: &'a Name,
        attributes: &'a [Attribute],
        parent: Availability,
    ) -> Item<'a> {
        let before = self.out.len();
        let (availability, end) = self.read(place, &name.text, attributes, parent);
        let sound = !has_errors(&self.out[before..]);
        self.enter(name.span, availability);
        Item { name: Cow::Borrowed(&name.text), span: name.span, availability, end, abi: None, sound }
    }

    fn read(
        &mut self,
        place: Place,
        name: &str,
        attributes: &'a [Attribute],
        parent: Availability,
    ) -> (Availability, Option<End>) {
        let Some(attribute) = find(attributes) else { return (parent, None) };
        if !self.versioned {
            self.library_silent(attribute.span);
            return (parent, None);
        }
        if attribute.arguments.is_empty() {
            let label = "say `added=`, `deprecated=`, `removed=` or `replaced=`";
            self.out.push(Diagnostic::new(code::BARE_AVAILABLE, attribute.span, label));
            return (parent, None);
        }
        let before = self.out.len();
        let available = Available::read(self.texts, attribute.span, &attribute.arguments, self.out);
        available.check(place, name, self.out);
        if has_errors(&self.out[before..]) {
            return (parent, None);
        }
        let own = self.fit(&available, parent);
        let point = available.end().and_then(|point| Some((point.version?, point.span)));
        let end = point.map(|(version, span)| End {
            version,
            span,
            replaced: available.replaced.is_some(),
            renamed: available.renamed,
        });
        (own, end)
    }

    fn library_silent(&mut self, span: Span) {
        if self.complete {
            let label = format!("the declaration of library `{}` has no `@available`", self.library);
            self.out.push(Diagnostic::new(code::LIBRARY_NOT_AVAILABLE, span, label));
        }
    }

    /// The availability within the parent's; what does not fit is reported and taken from the parent.
    fn fit(&mut self, available: &Available, parent: Availability) -> Availability {
        let mut written = available.written();
        let misfits: Vec<Outside> = parent.misfits(written).collect();
        for misfit in misfits {
            let (point, label) = match misfit {
                Outside::AddedBefore(version) => {
                    (available.added, format!("what it stands in is added at {version}"))
                }
                Outside::DeprecatedBefore(version) => {
                    (available.deprecated, format!("what it stands in is added at {version}"))
                }
                Outside::EndedBefore(version) => {
                    (available.end(), format!("what it stands in is added at {version}"))
                }
                Outside::DeprecatedAfter(version) => {
                    (available.deprecated, format!("what it stands in is deprecated at {version}"))
                }
                Outside::AddedAfterEnd(version) => {
                    (available.added, format!("what it stands in ends at {version}"))
                }
                Outside::DeprecatedAfterEnd(version) => {
                    (available.deprecated, format!("what it stands in ends at {version}"))
                }
                Outside::EndedAfter(version) => {
                    (available.end(), format!("what it stands in ends at {version}"))
                }
            };
            match misfit {
                Outside::AddedBefore(_) | Outside::AddedAfterEnd(_) => written.added = None,
                Outside::EndedBefore(_) | Outside::EndedAfter(_) => written.ended = None,
                _ => written.deprecated = None,
            }
            let span = point.map_or(available.span, |point| point.span);
            self.out.push(Diagnostic::new(code::OUTSIDE_PARENT, span, label));
        }
        parent.inherited(written)
    }

    /// The layouts within a type, which inherit from what they stand in and are named after it.
    fn ctor(&mut self, ctor: CtorId, parent: Availability, name: &dyn Fn() -> String) {
        let file = self.texts.file;
        let ctor = &file[ctor];
        if let Head::Layout(id) = ctor.head {
            let layout = &file[id];
            let caret = Span { end: layout.class_span.end, ..layout.span };
            self.enter(caret, parent);
            if self.versioned {
                let name = Cow::Owned(self.generated_name(&ctor.attributes).unwrap_or_else(name));
                let (end, abi) = (None, None);
                self.anonymous.push(Item { name, span: caret, availability: parent, end, abi, sound: true });
            }
            self.layout(id, parent);
        }
        for parameter in ctor.parameters.iter().flat_map(|parameters| &parameters.items) {
            if let Some(ctor) = parameter.ctor {
                self.ctor(ctor, parent, name);
            }
        }
    }

    /// The name that a layout is given in place of the one that follows from where it stands.
    fn generated_name(&self, attributes: &[Attribute]) -> Option<String> {
        let attribute = attributes.iter().find(|attribute| attribute.name.text == "generated_name")?;
        let constant = &self.texts.file[attribute.arguments.first()?.value];
        let text = matches!(constant.kind, Literal::String).then(|| self.texts.sources.text(constant.span));
        text.map(unescape)
    }

    fn layout(&mut self, id: LayoutId, parent: Availability) {
        let layout = &self.texts.file[id];
        self.modifiers(&layout.modifiers, parent);
        let members = layout.members.iter();
        let scope = members.map(|member| self.member(member, layout.class, parent)).collect();
        self.scope(scope, true);
    }

    fn member(&mut self, member: &'a Member, class: LayoutClass, parent: Availability) -> Item<'a> {
        let mut item = self.element(Place::Member, &member.name, &member.attributes, parent);
        if let Some(ctor) = member.ctor {
            self.ctor(ctor, item.availability, &|| upper_camel(&member.name.text));
        }
        item.abi = match (member.ordinal, member.value) {
            (Some((ordinal, _)), _) => Some(Abi::Ordinal(ordinal)),
            (None, Some(value)) if class.has_values() => {
                integer(self.texts.sources.text(self.texts.file[value].span)).map(Abi::Value)
            }
            _ => None,
        };
        item
    }

    fn properties(&mut self, properties: &'a [Property], parent: Availability) {
        let mut scope = Vec::new();
        for property in properties {
            let item = self.element(Place::Member, &property.name, &property.attributes, parent);
            self.ctor(property.ctor, item.availability, &|| upper_camel(&property.name.text));
            scope.push(item);
        }
        self.scope(scope, true);
    }

    fn protocol(&mut self, protocol: &'a Protocol, name: &'a Name, parent: Availability) {
        self.modifiers(&protocol.modifiers, parent);
        let (mut methods, mut composes) = (Vec::new(), Vec::new());
        for member in &protocol.members {
            match member {
                ProtocolMember::Compose { attributes, path } => {
                    let (availability, end) = self.read(Place::Whole, "", attributes, parent);
                    let path = &self.texts.file[*path];
                    self.enter(path.span, availability);
                    let own = path.text().rsplit_once('.').is_none_or(|(library, _)| library == self.library);
                    let name = path.parts.last().filter(|_| own).map(|part| part.text.as_str());
                    composes.push(Compose { name, availability, end });
                }
                ProtocolMember::Method(method) => methods.push(self.method(method, name, parent)),
            }
        }
        if self.versioned {
            let (name, availability) = (name.text.as_str(), parent);
            self.protocols.push(composed::Protocol { name, availability, methods, composes });
        }
    }

    fn method(&mut self, method: &'a Method, protocol: &Name, parent: Availability) -> Item<'a> {
        let mut item = self.element(Place::Member, &method.name, &method.attributes, parent);
        let own = item.availability;
        self.modifiers(&method.modifiers, own);
        modifiers::strictness(method, own, &self.found.modifiers, self.out);
        let camel = || upper_camel(&protocol.text) + &upper_camel(&method.name.text);
        let written = || format!("{}_{}", protocol.text, method.name.text);
        let strict = method.modifiers.iter().any(|modifier| modifier.kind == ModifierKind::Strict);
        let result = method.error.is_some() || !strict;
        for (payload, word) in [(&method.request, "Request"), (&method.response, "Response")] {
            let Some(payload) = payload else { continue };
            // The compiler's own declarations for the answer are placed here.
            self.enter(payload.span, own);
            let name = || match (&method.request, word) {
                (Some(_), "Response") if result => written() + "_Response",
                (Some(_), word) => camel() + word,
                (None, _) => camel() + "Request",
            };
            payload.ctor.into_iter().for_each(|ctor| self.ctor(ctor, own, &name));
        }
        method.error.into_iter().for_each(|(_, ctor)| self.ctor(ctor, own, &|| written() + "_Error"));
        item.abi = self.selector(method, protocol).map(Abi::Selector);
        item
    }

    /// The text whose hash is a method's ordinal; `None` if it is not written out.
    fn selector(&self, method: &Method, protocol: &Name) -> Option<String> {
        let attribute = method.attributes.iter().find(|attribute| attribute.name.text == "selector");
        let argument = attribute.and_then(|attribute| attribute.arguments.first());
        let name = match argument.map(|argument| &self.texts.file[argument.value]) {
            Some(constant) if matches!(constant.kind, Literal::String) => {
                unescape(self.texts.sources.text(constant.span))
            }
            Some(_) => return None,
            None => method.name.text.clone(),
        };
        let full = name.contains('/');
        Some(if full { name } else { format!("{}/{}.{name}", self.library, protocol.text) })
    }

    fn modifiers(&mut self, modifiers: &'a [Modifier], owner: Availability) {
        for modifier in modifiers {
            let Some(written) = &modifier.availability else { continue };
            if !self.versioned {
                self.library_silent(modifier.span.to(written.span));
                continue;
            }
            let before = self.out.len();
            modifiers::arguments(&written.arguments, self.out);
            let span = modifier.span.to(written.span);
            let available = Available::read(self.texts, span, &written.arguments, self.out);
            available.check_order(self.out);
            let own = match has_errors(&self.out[before..]) {
                true => owner,
                false => self.fit(&available, owner),
            };
            let times = modifiers::Times { availability: own, to_the_end: own.ended == owner.ended };
            self.found.modifiers.insert(modifier.span, times);
        }
        modifiers::overlaps(modifiers, owner, &self.found.modifiers, self.out);
    }
}
