//! Third stage: an order of the declarations in which each comes after all that it needs.
//!
//! What is needed: attribute arguments, underlying types, members' types, constants, composed protocols,
//! payloads. What a box or an endpoint names is not needed, which is why these break cycles.

use super::declare::{Body, Declared, Entry};
use super::known::{Class, Known};
use super::resolve::{Builtin, Resolved, Target};
use crate::diagnostics::{Diagnostic, code};
use crate::ir::DeclId;
use crate::syntax::{
    Attribute, ConstantId, Ctor, CtorId, File, Head, LayoutClass, Literal, Method, ProtocolMember,
};

/// The order of a library's declarations; cycles are reported.
pub(super) fn order(
    known: &Known,
    declared: &Declared<'_>,
    resolved: &Resolved,
    files: &[File],
    out: &mut Vec<Diagnostic>,
) -> Vec<DeclId> {
    let needs: Vec<Vec<usize>> = declared
        .entries
        .iter()
        .map(|entry| {
            let mut walk = Walk { known, declared, resolved, files, file: entry.file, needs: Vec::new() };
            walk.entry(entry);
            walk.needs
        })
        .collect();
    let mut roots: Vec<usize> = (0..declared.entries.len()).collect();
    roots.sort_by_key(|index| &declared.entries[*index].name);
    let (order, cycles) = depth_first(&needs, &roots);
    report(declared, &cycles, out);
    order.into_iter().map(|index| DeclId(declared.first + index as u32)).collect()
}

/// So many cycles are looked for.
const MOST_CYCLES: usize = 100;

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    New,
    Open,
    Done,
}

/// Visits the nodes depth first, without recursion, and gives the order in which they were left and the
/// cycles found.
fn depth_first(needs: &[Vec<usize>], roots: &[usize]) -> (Vec<usize>, Vec<Vec<usize>>) {
    let mut marks = vec![Mark::New; needs.len()];
    let (mut order, mut cycles) = (Vec::new(), Vec::new());
    for &root in roots {
        // A node on the way from the root, and how many of its needs have been looked at.
        let mut way: Vec<(usize, usize)> = Vec::new();
        if marks[root] == Mark::New {
            marks[root] = Mark::Open;
            way.push((root, 0));
        }
        while let Some((node, next)) = way.last_mut() {
            let Some(&need) = needs[*node].get(*next) else {
                marks[*node] = Mark::Done;
                order.push(*node);
                way.pop();
                continue;
            };
            *next += 1;
            match marks[need] {
                Mark::New => {
                    marks[need] = Mark::Open;
                    way.push((need, 0));
                }
                Mark::Open if cycles.len() < MOST_CYCLES => {
                    let start = way.iter().position(|(node, _)| *node == need).unwrap_or(0);
                    cycles.push(way[start..].iter().map(|(node, _)| *node).collect());
                }
                Mark::Open | Mark::Done => {}
            }
        }
    }
    (order, cycles)
}

/// One diagnostic for each cycle that shares no declaration with one reported before.
fn report(declared: &Declared<'_>, cycles: &[Vec<usize>], out: &mut Vec<Diagnostic>) {
    const MOST_STEPS: usize = 8;
    let mut reported = vec![false; declared.entries.len()];
    for cycle in cycles {
        if cycle.iter().any(|index| reported[*index]) {
            continue;
        }
        for index in cycle {
            reported[*index] = true;
        }
        let name = |index: usize| &declared.entries[cycle[index % cycle.len()]].name;
        let first = &declared.entries[cycle[0]];
        let label = format!("`{}` needs `{}`", name(0), name(1));
        let mut diagnostic = Diagnostic::new(code::CYCLE, first.caret, label);
        for (index, place) in cycle.iter().enumerate().take(MOST_STEPS).skip(1) {
            let text = format!("`{}` needs `{}`", name(index), name(index + 1));
            diagnostic = diagnostic.place(declared.entries[*place].caret, text);
        }
        let is_struct = |index: &usize| {
            declared.entries[*index].class(declared.files) == Class::Layout(LayoutClass::Struct)
        };
        out.push(match cycle.iter().any(is_struct) {
            true => diagnostic.help("a `box` can break the cycle"),
            false => diagnostic,
        });
    }
}

/// Collects what one declaration needs.
struct Walk<'a> {
    known: &'a Known,
    declared: &'a Declared<'a>,
    resolved: &'a Resolved,
    files: &'a [File],
    file: usize,
    needs: Vec<usize>,
}

impl Walk<'_> {
    fn entry(&mut self, entry: &Entry<'_>) {
        self.attributes(entry.attributes);
        match entry.body {
            Body::Const(constant) => {
                self.ctor(constant.ctor);
                self.constant(constant.value);
            }
            Body::Alias(ctor) => self.ctor(ctor),
            Body::Layout(id) => {
                let layout = &self.files[self.file][id];
                layout.subtype.into_iter().for_each(|ctor| self.ctor(ctor));
                for member in &layout.members {
                    self.attributes(&member.attributes);
                    member.ctor.into_iter().for_each(|ctor| self.ctor(ctor));
                    member.value.into_iter().for_each(|value| self.constant(value));
                }
            }
            Body::Resource(resource) => {
                self.ctor(resource.subtype);
                for property in &resource.properties {
                    self.attributes(&property.attributes);
                    self.ctor(property.ctor);
                }
            }
            Body::Protocol(protocol) => {
                protocol.members.iter().for_each(|member| self.protocol_member(member))
            }
            Body::NewType(ctor) => self.ctor(ctor),
            Body::Service(service) => {
                for member in &service.members {
                    self.attributes(&member.attributes);
                    self.ctor(member.ctor);
                }
            }
            Body::Result(method) => self.result(method),
            Body::EmptySuccess(_) | Body::Broken => {}
        }
    }

    fn protocol_member(&mut self, member: &ProtocolMember) {
        match member {
            ProtocolMember::Compose { attributes, path } => {
                self.attributes(attributes);
                self.target(self.resolved.target(self.file, *path));
            }
            ProtocolMember::Method(method) => self.method(method),
        }
    }

    fn method(&mut self, method: &Method) {
        self.attributes(&method.attributes);
        for payload in [&method.request, &method.response].into_iter().flatten() {
            payload.ctor.into_iter().for_each(|ctor| self.ctor(ctor));
        }
        method.error.into_iter().for_each(|(_, ctor)| self.ctor(ctor));
        let result = self.declared.results.get(&method.name.span);
        self.target(result.map(|result| Target::Decl(result.union)));
    }

    /// A result union needs what the answer of its method carries.
    fn result(&mut self, method: &Method) {
        match method.response.as_ref().and_then(|response| response.ctor) {
            Some(ctor) => self.ctor(ctor),
            None => {
                let result = self.declared.results.get(&method.name.span);
                self.target(result.and_then(|result| result.empty_success).map(Target::Decl));
            }
        }
        method.error.into_iter().for_each(|(_, ctor)| self.ctor(ctor));
    }

    fn attributes(&mut self, attributes: &[Attribute]) {
        for argument in attributes.iter().flat_map(|attribute| &attribute.arguments) {
            self.constant(argument.value);
        }
    }

    fn ctor(&mut self, id: CtorId) {
        let ctor = &self.files[self.file][id];
        self.attributes(&ctor.attributes);
        let builtin = match ctor.head {
            Head::Layout(layout) => {
                let id = self.declared.layouts.get(&(self.file, layout)).copied();
                self.target(id.map(Target::Decl));
                None
            }
            Head::Path(path) => {
                let target = self.resolved.target(self.file, path);
                if !self.is_optional_union(ctor, target) {
                    self.type_target(target);
                }
                match target {
                    Some(Target::Builtin(builtin)) => Some(builtin),
                    _ => None,
                }
            }
        };
        let boxed = builtin == Some(Builtin::Box);
        let endpoint = matches!(builtin, Some(Builtin::ClientEnd | Builtin::ServerEnd));
        let parameters = ctor.parameters.iter().flat_map(|parameters| &parameters.items);
        for parameter in parameters.filter(|_| !boxed) {
            match (parameter.ctor, parameter.constant) {
                (Some(ctor), _) => self.ctor(ctor),
                (None, Some(constant)) => self.constant(constant),
                (None, None) => {}
            }
        }
        if !endpoint {
            for constraint in ctor.constraints.iter().flat_map(|constraints| &constraints.items) {
                self.constant(*constraint);
            }
        }
    }

    /// An optional union may come later, like what is in a box.
    fn is_optional_union(&self, ctor: &Ctor, target: Option<Target>) -> bool {
        let Some(Target::Decl(id)) = target else { return false };
        let mut constraints = ctor.constraints.iter().flat_map(|constraints| &constraints.items);
        self.known.class(id) == Class::Layout(LayoutClass::Union)
            && constraints.any(|item| match self.files[self.file][*item].kind {
                Literal::Path(path) => {
                    self.resolved.target(self.file, path) == Some(Target::Builtin(Builtin::Optional))
                }
                _ => false,
            })
    }

    fn constant(&mut self, id: ConstantId) {
        match &self.files[self.file][id].kind {
            Literal::Path(path) => {
                let target = self.resolved.target(self.file, *path);
                self.type_target(target);
            }
            Literal::Or(operands) => operands.iter().for_each(|operand| self.constant(*operand)),
            Literal::Number | Literal::String | Literal::Bool(_) => {}
        }
    }

    /// What a type or constraint refers to. A protocol is only spoken of there.
    fn type_target(&mut self, target: Option<Target>) {
        let is_protocol = matches!(target, Some(Target::Decl(id)) if self.known.class(id) == Class::Protocol);
        if !is_protocol {
            self.target(target);
        }
    }

    fn target(&mut self, target: Option<Target>) {
        if let Some(Target::Decl(id) | Target::Member(id, _)) = target
            && self.declared.entry(id).is_some()
        {
            self.needs.push((id.0 - self.declared.first) as usize);
        }
    }
}
