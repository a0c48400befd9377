//! What the compiler declares for the answers of methods that are flexible or have an error type.

use super::declare::{Entry, is_strict};
use super::known::{Cx, location};
use super::{protocols, types};
use crate::diagnostics::{Diagnostic, code};
use crate::ir::{
    DeclId, DeclKind, Element, Experiment, OrdinalMember, Primitive, Struct, Type, TypeKind, TypeShape, Union,
};
use crate::syntax::{CtorId, Method};

/// The struct of an answer that carries nothing.
pub(super) fn empty_success() -> Struct {
    Struct {
        resource: false,
        recursive: false,
        empty_success: true,
        members: Vec::new(),
        shape: TypeShape::default(),
    }
}

/// The union `response`, `err`, `framework_err`. `None` has been reported, here or at the types it needs.
pub(super) fn compile(
    cx: Cx<'_>,
    entry: &Entry<'_>,
    method: &Method,
    out: &mut Vec<Diagnostic>,
) -> Option<DeclKind> {
    // Their place is in no file; where the schema is written down, such members are counted through.
    let at = location(cx.sources, entry.span);
    let success = success(cx, method, out)?;
    let deprecated = cx.file.deprecated.contains(&method.name.span);
    let member = |ordinal, name: &str, ty| {
        let (name, attributes) = (name.to_owned(), Vec::new());
        OrdinalMember { ordinal, element: Element { name, attributes, location: at, deprecated }, ty }
    };
    let mut members = vec![member(1, "response", types::plain(TypeKind::Named(success)))];
    if let Some((_, ctor)) = method.error {
        members.push(member(2, "err", error(cx, ctor, out)?));
    }
    if !is_strict(method) {
        members.push(member(3, "framework_err", types::plain(TypeKind::FrameworkError)));
    }
    Some(DeclKind::Union(Union {
        strict: true,
        resource: false,
        recursive: false,
        result: true,
        members,
        shape: TypeShape::default(),
    }))
}

/// What the answer carries if all went well.
fn success(cx: Cx<'_>, method: &Method, out: &mut Vec<Diagnostic>) -> Option<DeclId> {
    match cx.declared.results.get(&method.name.span)?.empty_success {
        Some(id) => cx.known.ready(id).map(|_| id),
        None => protocols::payload(cx, method.response.as_ref()?, out)?,
    }
}

fn error(cx: Cx<'_>, ctor: CtorId, out: &mut Vec<Diagnostic>) -> Option<Type> {
    let ty = types::resolve(cx, ctor, out)?;
    let fits = |primitive| matches!(primitive, Primitive::Int32 | Primitive::Uint32);
    let sound = match &ty.kind {
        TypeKind::Primitive(primitive) => fits(*primitive),
        TypeKind::Named(id) => {
            matches!(cx.known.ready(*id), Some(DeclKind::Enum(layout)) if fits(layout.underlying))
        }
        _ => false,
    };
    if sound || cx.known.schema.experiments.contains(&Experiment::AllowArbitraryErrorTypes) {
        return Some(ty);
    }
    let diagnostic = Diagnostic::new(code::ERROR_TYPE, cx.file[ctor].span, "not this type");
    out.push(diagnostic.help("errors are `int32`, `uint32`, or an enum over one of them"));
    None
}
