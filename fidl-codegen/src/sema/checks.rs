//! Last stage: rules that need the whole library with its sizes.

use super::declare::{Declared, Entry};
use super::known::Known;
use super::transports;
use crate::diagnostics::{Diagnostic, code};
use crate::ir::{Alias, DeclId, DeclKind, Element, NewType, Overlay, Struct, Table, Type, TypeKind, Union};
use crate::syntax::{File, LayoutClass};

/// The largest inline size of a struct.
const LARGEST_STRUCT: u32 = 65_535;

/// Checks sizes, resourceness and transports.
pub(super) fn check(known: &mut Known, files: &[File], declared: &Declared<'_>, out: &mut Vec<Diagnostic>) {
    for id in declared.ids() {
        make_resource(known, id);
    }
    for (entry, id) in declared.entries.iter().zip(declared.ids()) {
        match known.ready(id) {
            Some(DeclKind::Struct(layout)) => {
                check_sizes(entry, layout, out);
                if !layout.resource {
                    let members = layout.members.iter().map(|member| (&member.element, &member.ty));
                    resource_members(known, files, entry, members, out);
                }
            }
            Some(DeclKind::Table(Table { resource: false, members, .. }))
            | Some(DeclKind::Union(Union { resource: false, members, .. }))
            | Some(DeclKind::Overlay(Overlay { members, .. })) => {
                if members.iter().any(|member| overflows(&member.ty)) {
                    out.push(overflow(entry));
                }
                let members = members.iter().map(|member| (&member.element, &member.ty));
                resource_members(known, files, entry, members, out);
            }
            Some(DeclKind::Alias(Alias { target, .. }) | DeclKind::NewType(NewType { target }))
                if overflows(target) =>
            {
                out.push(overflow(entry));
            }
            Some(DeclKind::Service(service)) => transports::check_service(known, entry, service, out),
            _ => {}
        }
    }
    transports::check(known, declared, out);
}

/// A result union holds handles if one of its members does.
fn make_resource(known: &mut Known, id: DeclId) {
    let DeclKind::Union(union) = &known.schema.decl(id).kind else { return };
    if union.result
        && union.members.iter().any(|member| known.schema.is_resource(&member.ty))
        && let DeclKind::Union(union) = &mut known.decl_mut(id).kind
    {
        union.resource = true;
    }
}

fn check_sizes(entry: &Entry<'_>, layout: &Struct, out: &mut Vec<Diagnostic>) {
    if layout.members.iter().any(|member| overflows(&member.ty)) {
        out.push(overflow(entry));
    } else if layout.shape.inline_size > LARGEST_STRUCT {
        let label = format!("this has {} bytes", layout.shape.inline_size);
        let diagnostic = Diagnostic::new(code::TOO_LARGE, entry.caret, label);
        out.push(diagnostic.help("use vectors or boxes for what is large"));
    }
}

fn overflow(entry: &Entry<'_>) -> Diagnostic {
    Diagnostic::new(code::SIZE_OVERFLOW, entry.caret, "it holds an array that is too large")
}

/// Whether a type holds an array whose size does not fit.
fn overflows(ty: &Type) -> bool {
    match &ty.kind {
        TypeKind::Array { element, .. } => ty.shape.inline_size == u32::MAX || overflows(element),
        TypeKind::Vector { element, .. } | TypeKind::Pointer(element) => overflows(element),
        _ => false,
    }
}

fn resource_members<'m>(
    known: &Known,
    files: &[File],
    entry: &Entry<'_>,
    mut members: impl Iterator<Item = (&'m Element, &'m Type)>,
    out: &mut Vec<Diagnostic>,
) {
    let Some((culprit, _)) = members.find(|(_, ty)| known.schema.is_resource(ty)) else { return };
    let super::declare::Body::Layout(id) = entry.body else { return };
    let layout = &files[entry.file][id];
    let name = &culprit.name;
    let overlay = layout.class == LayoutClass::Overlay;
    let code = if overlay { code::OVERLAY_HOLDS_RESOURCE } else { code::VALUE_WITH_RESOURCE };
    let label = format!("`{}` is a value type, but its member `{name}` is not", entry.name);
    let mut diagnostic = Diagnostic::new(code, entry.caret, label);
    if let Some(member) = layout.members.iter().find(|member| member.name.text == *name) {
        diagnostic = diagnostic.place(member.name.span, "this holds handles");
    }
    if !overlay {
        diagnostic = diagnostic.help(format!("write `resource {}`", layout.class.word()));
    }
    out.push(diagnostic);
}
