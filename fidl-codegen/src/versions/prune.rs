//! Cuts the trees of a library down to one version.

use std::collections::{HashMap, HashSet};

use super::availability::Availability;
use super::collect::Availabilities;
use super::mark::mark;
use super::target::{Presence, Target};
use crate::source::Span;
use crate::syntax::{DeclKind, File, Modifier, Name, ProtocolMember, canonical};

/// Copies the trees of a library without what does not exist.
#[must_use]
pub fn prune(files: &[File], known: &Availabilities, target: &Target) -> Vec<File> {
    let cutter = Cutter { known, target };
    let mut files = files.to_vec();
    let shadowed = cutter.shadowed(files.iter().flat_map(|file| &file.decls).map(|decl| &decl.name));
    for file in &mut files {
        file.decls.retain(|decl| cutter.exists(decl.name.span, &shadowed));
        cutter.file(file);
        mark(file, known, target);
    }
    files
}

struct Cutter<'a> {
    known: &'a Availabilities,
    target: &'a Target,
}

impl Cutter<'_> {
    /// Whether the element named here is there; what is not known belongs to something that is.
    fn exists(&self, span: Span, shadowed: &HashSet<Span>) -> bool {
        self.presence(span) != Presence::Absent && !shadowed.contains(&span)
    }

    fn presence(&self, span: Span) -> Presence {
        self.known.of(span).map_or(Presence::Present, |availability| self.target.presence(&availability))
    }

    /// Of elements with one name, those before which a newer one has precedence. There are such only where
    /// removed elements are kept.
    fn shadowed<'n>(&self, names: impl Iterator<Item = &'n Name>) -> HashSet<Span> {
        let mut shadowed = HashSet::new();
        if !self.target.keeps_removed() {
            return shadowed;
        }
        let mut newest: HashMap<String, (Availability, Span)> = HashMap::new();
        for name in names {
            let Some(availability) = self.known.of(name.span) else { continue };
            if self.presence(name.span) == Presence::Absent {
                continue;
            }
            let newer = newest.entry(canonical(&name.text)).or_insert((availability, name.span));
            if newer.0.overlaps(&availability) {
                // The same element, or names that collide, which is reported.
                continue;
            }
            if newer.0.added < availability.added {
                shadowed.insert(newer.1);
                *newer = (availability, name.span);
            } else {
                shadowed.insert(name.span);
            }
        }
        shadowed
    }

    /// Cuts what stands inside declarations.
    fn file(&self, file: &mut File) {
        for layout in &mut file.layouts {
            let shadowed = self.shadowed(layout.members.iter().map(|member| &member.name));
            layout.members.retain(|member| self.exists(member.name.span, &shadowed));
            self.modifiers(&mut layout.modifiers);
        }
        let paths = &file.paths;
        for decl in &mut file.decls {
            match &mut decl.kind {
                DeclKind::Resource(resource) => {
                    let shadowed = self.shadowed(resource.properties.iter().map(|property| &property.name));
                    resource.properties.retain(|property| self.exists(property.name.span, &shadowed));
                }
                DeclKind::Service(service) => {
                    let shadowed = self.shadowed(service.members.iter().map(|member| &member.name));
                    service.members.retain(|member| self.exists(member.name.span, &shadowed));
                }
                DeclKind::Protocol(protocol) => {
                    self.modifiers(&mut protocol.modifiers);
                    self.protocol_members(&mut protocol.members, |path| paths[path.0 as usize].span);
                }
                DeclKind::Const(_) | DeclKind::Type(_) | DeclKind::Alias(_) | DeclKind::Broken => {}
            }
        }
    }

    fn protocol_members(
        &self,
        members: &mut Vec<ProtocolMember>,
        span_of: impl Fn(crate::syntax::PathId) -> Span,
    ) {
        let names = members.iter().filter_map(|member| match member {
            ProtocolMember::Method(method) => Some(&method.name),
            ProtocolMember::Compose { .. } => None,
        });
        let shadowed = self.shadowed(names);
        members.retain_mut(|member| match member {
            ProtocolMember::Compose { path, .. } => self.exists(span_of(*path), &shadowed),
            ProtocolMember::Method(method) => {
                self.modifiers(&mut method.modifiers);
                self.exists(method.name.span, &shadowed)
            }
        });
    }

    /// Of an element that is kept although it was removed, the modifiers count that it had at the end.
    fn modifiers(&self, modifiers: &mut Vec<Modifier>) {
        modifiers.retain(|modifier| {
            let Some(times) = self.known.modifiers.get(&modifier.span) else { return true };
            let over = times.availability.ended.is_some_and(|ended| ended <= self.target.version);
            times.availability.at(self.target.version) || times.to_the_end && over
        });
    }
}
