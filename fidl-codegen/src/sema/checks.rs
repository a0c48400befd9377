//! Last stage: rules that need the whole library with its sizes.

use super::declare::{Declared, Entry};
use super::known::Known;
use crate::diagnostics::{Diagnostic, code};
use crate::ir::{DeclKind, Struct, Type, TypeKind};
use crate::syntax::File;

/// The largest inline size of a struct.
const LARGEST_STRUCT: u32 = 65_535;

/// Checks sizes and resourceness.
pub(super) fn check(known: &Known, files: &[File], declared: &Declared<'_>, out: &mut Vec<Diagnostic>) {
    for (entry, id) in declared.entries.iter().zip(declared.ids()) {
        match known.ready(id) {
            Some(DeclKind::Struct(layout)) => check_struct(known, files, entry, layout, out),
            Some(DeclKind::Alias(alias)) if overflows(&alias.target) => out.push(overflow(entry)),
            _ => {}
        }
    }
}

fn check_struct(
    known: &Known,
    files: &[File],
    entry: &Entry<'_>,
    layout: &Struct,
    out: &mut Vec<Diagnostic>,
) {
    if layout.members.iter().any(|member| overflows(&member.ty)) {
        out.push(overflow(entry));
    } else if layout.shape.inline_size > LARGEST_STRUCT {
        let label = format!("this has {} bytes", layout.shape.inline_size);
        let diagnostic = Diagnostic::new(code::TOO_LARGE, entry.caret, label);
        out.push(diagnostic.help("use vectors or boxes for what is large"));
    }
    if !layout.resource {
        resource_members(known, files, entry, layout, out);
    }
}

fn overflow(entry: &Entry<'_>) -> Diagnostic {
    Diagnostic::new(code::SIZE_OVERFLOW, entry.caret, "it holds an array that is too large")
}

/// Whether a type holds an array whose size does not fit.
fn overflows(ty: &Type) -> bool {
    match &ty.kind {
        TypeKind::Array { element, .. } => ty.shape.inline_size == u32::MAX || overflows(element),
        TypeKind::Vector { element, .. } => overflows(element),
        _ => false,
    }
}

fn resource_members(
    known: &Known,
    files: &[File],
    entry: &Entry<'_>,
    layout: &Struct,
    out: &mut Vec<Diagnostic>,
) {
    let culprit = layout.members.iter().find(|member| known.schema.is_resource(&member.ty));
    let Some(culprit) = culprit else { return };
    let name = &culprit.element.name;
    let label = format!("`{}` is a value type, but its member `{name}` is not", entry.name);
    let mut diagnostic = Diagnostic::new(code::VALUE_WITH_RESOURCE, entry.caret, label);
    if let super::declare::Body::Layout(id) = entry.body {
        let member = files[entry.file][id].members.iter().find(|member| member.name.text == *name);
        if let Some(member) = member {
            diagnostic = diagnostic.place(member.name.span, "this holds handles");
        }
    }
    out.push(diagnostic.help("write `resource struct`"));
}
