//! Layouts whose members are numbered: tables, unions, overlays.

use std::collections::HashMap;

use super::attributes::Place;
use super::declare::Entry;
use super::decls::{element, has, strict_needs_members};
use super::known::Cx;
use super::types;
use crate::diagnostics::{Code, Diagnostic, code};
use crate::ir::{DeclKind, Experiment, OrdinalMember, Overlay, Table, Type, TypeKind, TypeShape, Union};
use crate::source::Span;
use crate::syntax::{Layout, LayoutClass, Member, ModifierKind};

/// The largest ordinal of a table, which is also the place of the member that must be a table itself.
const LAST_OF_TABLE: u32 = 64;

pub(super) fn table(cx: Cx<'_>, layout: &Layout, out: &mut Vec<Diagnostic>) -> Option<DeclKind> {
    let members = members(cx, layout, out);
    Some(DeclKind::Table(Table {
        resource: has(layout, ModifierKind::Resource),
        recursive: false,
        members: members?,
        shape: TypeShape::default(),
    }))
}

pub(super) fn union(
    cx: Cx<'_>,
    entry: &Entry<'_>,
    layout: &Layout,
    out: &mut Vec<Diagnostic>,
) -> Option<DeclKind> {
    strict_needs_members(cx, entry, layout, out);
    Some(DeclKind::Union(Union {
        strict: has(layout, ModifierKind::Strict),
        resource: has(layout, ModifierKind::Resource),
        recursive: false,
        result: false,
        members: members(cx, layout, out)?,
        shape: TypeShape::default(),
    }))
}

pub(super) fn overlay(
    cx: Cx<'_>,
    entry: &Entry<'_>,
    layout: &Layout,
    out: &mut Vec<Diagnostic>,
) -> Option<DeclKind> {
    if !cx.known.schema.experiments.contains(&Experiment::ZxCTypes) {
        let diagnostic = Diagnostic::new(code::EXPERIMENTAL_TYPE, layout.class_span, "an overlay is for C");
        out.push(diagnostic.help("turn it on with `--experimental zx_c_types`, or declare a union"));
        return None;
    }
    if !has(layout, ModifierKind::Strict) {
        let diagnostic = Diagnostic::new(code::OVERLAY_NOT_STRICT, entry.caret, "this one is not");
        out.push(diagnostic.help("write `strict overlay`"));
    }
    if has(layout, ModifierKind::Resource) {
        out.push(Diagnostic::new(code::OVERLAY_RESOURCE, entry.caret, "this one is a resource"));
    }
    Some(DeclKind::Overlay(Overlay { members: members(cx, layout, out)?, shape: TypeShape::default() }))
}

/// The members by ordinal. `None` has been reported.
fn members(cx: Cx<'_>, layout: &Layout, out: &mut Vec<Diagnostic>) -> Option<Vec<OrdinalMember>> {
    ordinals_twice(layout, out);
    let members: Vec<Option<OrdinalMember>> =
        layout.members.iter().map(|written| member(cx, layout, written, out)).collect();
    let mut members: Vec<OrdinalMember> = members.into_iter().collect::<Option<_>>()?;
    members.sort_by_key(|member| member.ordinal);
    if layout.class == LayoutClass::Table {
        last_is_table(cx, layout, &members, out);
    }
    Some(members)
}

fn ordinals_twice(layout: &Layout, out: &mut Vec<Diagnostic>) {
    let code = match layout.class {
        LayoutClass::Table => code::TABLE_ORDINAL_TWICE,
        _ => code::UNION_ORDINAL_TWICE,
    };
    let mut seen: HashMap<u32, &Member> = HashMap::new();
    for member in &layout.members {
        // An ordinal of bad form was reported, and reads as 0.
        let Some((ordinal, span)) = member.ordinal.filter(|(ordinal, _)| *ordinal != 0) else { continue };
        let first = *seen.entry(ordinal).or_insert(member);
        if first.name.span != member.name.span {
            let label = format!("`{}` has {ordinal} already", first.name.text);
            let place = first.ordinal.map_or(first.name.span, |(_, span)| span);
            let next = free_ordinal(layout);
            let diagnostic = Diagnostic::new(code, span, label).place(place, "first used here");
            out.push(diagnostic.help(format!("the next one that is free is {next}")));
        }
    }
}

/// The number behind the largest one in use.
fn free_ordinal(layout: &Layout) -> u64 {
    let used = layout.members.iter().filter_map(|member| member.ordinal);
    used.map(|(ordinal, _)| u64::from(ordinal)).max().unwrap_or(0) + 1
}

fn member(cx: Cx<'_>, layout: &Layout, written: &Member, out: &mut Vec<Diagnostic>) -> Option<OrdinalMember> {
    let element = element(cx, &written.name, &written.attributes, Place::Member(layout.class), out);
    let (ordinal, span) = written.ordinal?;
    let ty = types::resolve(cx, written.ctor?, out);
    if layout.class == LayoutClass::Table && ordinal > LAST_OF_TABLE {
        let label = format!("this is beyond {LAST_OF_TABLE}");
        let diagnostic = Diagnostic::new(code::TABLE_ORDINAL_RANGE, span, label);
        out.push(diagnostic.help("let the last member be a table with more members"));
        return None;
    }
    let ty = ty?;
    if layout.class != LayoutClass::Overlay && is_optional(&ty) {
        out.push(optional_member(layout.class, written.name.span));
        return None;
    }
    Some(OrdinalMember { ordinal, element, ty })
}

fn is_optional(ty: &Type) -> bool {
    match ty.kind {
        TypeKind::String { optional, .. }
        | TypeKind::Vector { optional, .. }
        | TypeKind::Handle { optional, .. }
        | TypeKind::Endpoint { optional, .. } => optional,
        TypeKind::Box(_) | TypeKind::OptionalUnion(_) => true,
        _ => false,
    }
}

fn optional_member(class: LayoutClass, span: Span) -> Diagnostic {
    let (code, help): (Code, _) = match class {
        LayoutClass::Table => {
            (code::OPTIONAL_TABLE_MEMBER, "members of a table may always be absent; leave out `optional`")
        }
        _ => (code::OPTIONAL_UNION_MEMBER, "add a member of an empty struct for what is absent"),
    };
    Diagnostic::new(code, span, "its type is optional").help(help)
}

/// The 64th member is the last chance to go on, so it must be a table.
fn last_is_table(cx: Cx<'_>, layout: &Layout, members: &[OrdinalMember], out: &mut Vec<Diagnostic>) {
    let Some(last) = members.get(LAST_OF_TABLE as usize - 1) else { return };
    let is_table = match last.ty.kind {
        TypeKind::Named(id) => cx.known.class(id) == super::known::Class::Layout(LayoutClass::Table),
        _ => false,
    };
    if is_table {
        return;
    }
    let written = layout.members.iter().find(|member| member.ordinal.is_some_and(|it| it.0 == last.ordinal));
    if let Some(written) = written {
        let label = "nothing could be added to the table any more";
        let diagnostic = Diagnostic::new(code::LAST_NOT_TABLE, written.name.span, label);
        out.push(diagnostic.help("make it a table, which holds the members to come"));
    }
}
