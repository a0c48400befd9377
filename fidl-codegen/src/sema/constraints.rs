//! Constraints on types: sizes, `optional`, protocols, kinds and rights of handles.
//!
//! A type knows some aspects that can be constrained, in a fixed order. The constraints given are read in
//! their order, each as the next aspect that it can be; aspects may be passed over.

use super::constants::{Expected, Referred, evaluate, refer};
use super::known::{Class, Cx};
use super::resolve::{Builtin, Target, not_always, suggests};
use crate::diagnostics::{Diagnostic, code, nearest};
use crate::ir::{Constant, DeclId, DeclKind, HandleSubtype, Primitive, RIGHTS_SAME, Type, TypeKind, Value};
use crate::source::Span;
use crate::syntax::{ConstantId, Constraints, LayoutClass, Literal, Path, PathId, PathRole};

/// What can be constrained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Aspect {
    Size,
    Subtype,
    Rights,
    Protocol,
    Optional,
}

/// Applies constraints to a type. `None` has been reported.
pub(super) fn constrain(
    cx: Cx<'_>,
    ty: Type,
    constraints: Option<&Constraints>,
    out: &mut Vec<Diagnostic>,
) -> Option<Type> {
    match constraints {
        Some(constraints) => constrain_rest(cx, ty, constraints, 0, out),
        None => Some(ty),
    }
}

/// Applies the constraints from the one at `first` on; with those before it the aspects before are used up.
pub(super) fn constrain_rest(
    cx: Cx<'_>,
    mut ty: Type,
    constraints: &Constraints,
    first: usize,
    out: &mut Vec<Diagnostic>,
) -> Option<Type> {
    let aspects = &aspects_of(cx, &ty.kind)[first..];
    let items = &constraints.items[first..];
    if items.len() > aspects.len() {
        out.push(too_many(cx, &ty, constraints, aspects.len()));
        return None;
    }
    let mut left = aspects;
    for &item in items {
        let span = cx.file[item].span;
        let Some(at) = left.iter().position(|aspect| reads_as(cx, &ty, *aspect, item)) else {
            out.push(no_aspect(cx, &ty, item, span, suggests(out))?);
            return None;
        };
        ty = apply(cx, ty, left[at], item, out)?;
        left = &left[at + 1..];
    }
    Some(ty)
}

/// The aspects of a type in the order in which they are given.
fn aspects(kind: &TypeKind) -> &'static [Aspect] {
    match kind {
        TypeKind::String { .. } | TypeKind::Vector { .. } => &[Aspect::Size, Aspect::Optional],
        TypeKind::Handle { .. } => &[Aspect::Subtype, Aspect::Rights, Aspect::Optional],
        TypeKind::Endpoint { .. } => &[Aspect::Protocol, Aspect::Optional],
        _ => &[],
    }
}

/// The aspects of a type, of which unions by value have one too.
fn aspects_of(cx: Cx<'_>, kind: &TypeKind) -> &'static [Aspect] {
    match kind {
        TypeKind::Named(id) | TypeKind::OptionalUnion(id)
            if cx.known.class(*id) == Class::Layout(LayoutClass::Union) =>
        {
            &[Aspect::Optional]
        }
        kind => aspects(kind),
    }
}

/// Whether `optional` is among the constraints.
pub(super) fn has_optional(cx: Cx<'_>, constraints: Option<&Constraints>) -> bool {
    constraints.is_some_and(|constraints| constraints.items.iter().any(|item| is_optional(cx, *item)))
}

/// More constraints than aspects; where `optional` is among them, that is what is wrong.
fn too_many(cx: Cx<'_>, ty: &Type, constraints: &Constraints, allowed: usize) -> Diagnostic {
    if let TypeKind::Named(id) = ty.kind
        && cx.known.class(id) == Class::NewType
    {
        let diagnostic =
            Diagnostic::new(code::CONSTRAINED_NEW_TYPE, constraints.span, "this type has a name of its own");
        return diagnostic.place(cx.known.symbol(id).span, "constrain it where it is declared");
    }
    let optional = constraints.items.iter().find(|item| is_optional(cx, **item));
    if let (0, Some(item)) = (allowed, optional) {
        let span = cx.file[*item].span;
        return match &ty.kind {
            TypeKind::Box(_) => Diagnostic::new(code::OPTIONAL_BOX, span, "a box may always be absent"),
            TypeKind::Named(id) if cx.known.schema.as_struct(*id).is_some() => {
                Diagnostic::new(code::OPTIONAL_STRUCT, span, "not on a struct")
                    .help(format!("write `box<{}>`", cx.known.shown_name(*id, cx.library)))
            }
            _ => Diagnostic::new(code::CANNOT_BE_OPTIONAL, span, "not on this type"),
        };
    }
    let label = match allowed {
        0 => "this type takes none".to_owned(),
        allowed => format!("this type takes at most {allowed}"),
    };
    Diagnostic::new(code::TOO_MANY_CONSTRAINTS, constraints.span, label)
}

/// A constraint that is none of the aspects left. `None` if it names something that was reported elsewhere.
fn no_aspect(cx: Cx<'_>, ty: &Type, item: ConstantId, span: Span, suggest: bool) -> Option<Diagnostic> {
    let text = cx.sources.text(span);
    if let Literal::Path(path) = cx.file[item].kind
        && cx.resolved.target(cx.file_index, path).is_none()
    {
        let of = subtypes(cx, &ty.kind);
        if let Some(diagnostic) = of.and_then(|id| kind_at_other_versions(cx, &cx.file[path], id)) {
            return Some(diagnostic);
        }
        let subtypes = of.map_or(&[][..], |id| &cx.known.symbol(id).members);
        return unknown_name(cx, path, subtypes.iter().map(String::as_str).chain(["optional"]), suggest);
    }
    let takes = aspects_of(cx, &ty.kind).iter().map(|aspect| match aspect {
        Aspect::Size => "a size",
        Aspect::Subtype => "a kind of object",
        Aspect::Rights => "rights",
        Aspect::Protocol => "a protocol",
        Aspect::Optional => "`optional`",
    });
    let takes = takes.collect::<Vec<_>>().join(", then ");
    Some(
        Diagnostic::new(code::CONSTRAINT_KIND, span, format!("`{text}` is none of them"))
            .help(format!("this type takes {takes}, each of them once or not at all")),
    )
}

/// The bare name of a kind of object that there is at other versions.
fn kind_at_other_versions(cx: Cx<'_>, path: &Path, subtypes: DeclId) -> Option<Diagnostic> {
    let [name] = path.parts.as_slice() else { return None };
    if cx.known.symbol(subtypes).member(&name.text).is_some() {
        return None;
    }
    let decl = cx.known.schema.decl(subtypes);
    let times = cx.known.histories[decl.library.0 as usize].member(&decl.element.name, &name.text);
    not_always(cx.known, cx.library, path, decl.library, times)
}

/// A name that was left to be looked up here. `None` if it was reported, or may be among what could not be
/// read.
pub(super) fn unknown_name<'a>(
    cx: Cx<'a>,
    path: PathId,
    also: impl Iterator<Item = &'a str>,
    suggest: bool,
) -> Option<Diagnostic> {
    let [name] = cx.file[path].parts.as_slice() else { return None };
    if !cx.complete || cx.file[path].role != PathRole::Constraint {
        return None;
    }
    let times = cx.known.histories[cx.library.0 as usize].decl(&name.text);
    if let Some(diagnostic) = not_always(cx.known, cx.library, &cx.file[path], cx.library, times) {
        return Some(diagnostic);
    }
    let own = cx.known.names[cx.library.0 as usize].keys().map(String::as_str);
    let label = format!("there is no `{}`", name.text);
    let diagnostic = Diagnostic::new(code::UNKNOWN_NAME, name.span, label);
    Some(match suggest {
        true => diagnostic.did_you_mean(nearest(&name.text, own.chain(also))),
        false => diagnostic,
    })
}

fn is_optional(cx: Cx<'_>, item: ConstantId) -> bool {
    target(cx, item) == Some(Target::Builtin(Builtin::Optional))
}

fn target(cx: Cx<'_>, item: ConstantId) -> Option<Target> {
    match cx.file[item].kind {
        Literal::Path(path) => cx.resolved.target(cx.file_index, path),
        _ => None,
    }
}

/// Whether a constraint can be read as an aspect.
fn reads_as(cx: Cx<'_>, ty: &Type, aspect: Aspect, item: ConstantId) -> bool {
    let value = match &cx.file[item].kind {
        Literal::Number | Literal::Or(_) => true,
        Literal::String | Literal::Bool(_) => false,
        Literal::Path(_) => match target(cx, item) {
            Some(Target::Decl(id)) => matches!(cx.known.class(id), Class::Const | Class::Broken),
            Some(Target::Member(..) | Target::Builtin(Builtin::Max)) => true,
            Some(Target::Builtin(_)) | None => false,
        },
    };
    match aspect {
        Aspect::Size | Aspect::Rights => value,
        Aspect::Subtype => subtype(cx, &ty.kind, item).is_some(),
        Aspect::Protocol => {
            matches!(target(cx, item), Some(Target::Decl(id)) if cx.known.class(id) == Class::Protocol)
        }
        Aspect::Optional => is_optional(cx, item),
    }
}

/// Applies one constraint as one aspect.
fn apply(
    cx: Cx<'_>,
    mut ty: Type,
    aspect: Aspect,
    item: ConstantId,
    out: &mut Vec<Diagnostic>,
) -> Option<Type> {
    let mut written = ty.alias.as_mut();
    let given = match (aspect, &mut ty.kind) {
        (Aspect::Size, TypeKind::String { bound, .. } | TypeKind::Vector { bound, .. }) => {
            let free = bound.is_none();
            let size = uint32(cx, item, out)?;
            *bound = unless_max(&size);
            written.iter_mut().for_each(|written| written.size = Some(size.clone()));
            (!free).then_some(code::BOUND_TWICE)
        }
        (Aspect::Subtype, kind) => {
            let found = subtype(cx, kind, item)?;
            let TypeKind::Handle { subtype, .. } = kind else { return None };
            let free = subtype.value == 0;
            *subtype = found;
            (!free).then_some(code::HANDLE_TWICE)
        }
        (Aspect::Rights, TypeKind::Handle { resource, rights, .. }) => {
            let free = *rights == RIGHTS_SAME;
            let constant = self::rights(cx, *resource, item, out)?;
            let Value::Integer(value) = constant.value else { return None };
            *rights = u32::try_from(value).ok()?;
            written.iter_mut().for_each(|written| written.rights = Some(constant.clone()));
            (!free).then_some(code::HANDLE_TWICE)
        }
        (Aspect::Optional, kind) => {
            written.iter_mut().for_each(|written| written.optional = true);
            make_optional(kind).then_some(code::OPTIONAL_TWICE)
        }
        _ => Some(code::BOUND_TWICE),
    };
    match given {
        None => Some(ty),
        Some(code) => {
            let label = "the type as it is named here has one already";
            out.push(Diagnostic::new(code, cx.file[item].span, label));
            None
        }
    }
}

/// Lets a type be absent; whether it could be already.
fn make_optional(kind: &mut TypeKind) -> bool {
    match kind {
        TypeKind::String { optional, .. }
        | TypeKind::Vector { optional, .. }
        | TypeKind::Handle { optional, .. }
        | TypeKind::Endpoint { optional, .. } => std::mem::replace(optional, true),
        TypeKind::Named(id) => {
            *kind = TypeKind::OptionalUnion(*id);
            false
        }
        _ => true,
    }
}

/// A size. `None` has been reported.
fn uint32(cx: Cx<'_>, item: ConstantId, out: &mut Vec<Diagnostic>) -> Option<Constant> {
    evaluate(cx, item, Expected::Primitive(Primitive::Uint32), out)
}

/// A size as a bound; the largest one stands for none.
fn unless_max(size: &Constant) -> Option<u32> {
    match size.value {
        Value::Integer(value) => u32::try_from(value).ok().filter(|value| *value != u32::MAX),
        _ => None,
    }
}

/// The enum of the kinds of objects that a handle type can name.
fn subtypes(cx: Cx<'_>, kind: &TypeKind) -> Option<DeclId> {
    let TypeKind::Handle { resource, .. } = kind else { return None };
    match property(cx, *resource, "subtype")? {
        TypeKind::Named(id) => Some(*id),
        _ => None,
    }
}

fn property<'a>(cx: Cx<'a>, resource: DeclId, name: &str) -> Option<&'a TypeKind> {
    let DeclKind::Resource(resource) = cx.known.ready(resource)? else { return None };
    let property = resource.properties.iter().find(|property| property.element.name == name)?;
    Some(&property.ty.kind)
}

/// The kind of object that a constraint names: by the bare name of a member, or by a reference to one.
fn subtype(cx: Cx<'_>, kind: &TypeKind, item: ConstantId) -> Option<HandleSubtype> {
    let id = subtypes(cx, kind)?;
    let Literal::Path(path) = cx.file[item].kind else { return None };
    let DeclKind::Enum(layout) = cx.known.ready(id)? else { return None };
    let bare = match cx.file[path].parts.as_slice() {
        [name] => cx.known.symbol(id).member(&name.text),
        _ => None,
    };
    let referred = match target(cx, item) {
        Some(Target::Member(of, index)) if of == id => Some(index),
        _ => None,
    };
    let member = layout.members.get(bare.or(referred)? as usize)?;
    Some(HandleSubtype { value: u32::try_from(member.value).ok()?, name: Some(member.element.name.clone()) })
}

/// Rights, as a value of the resource's own type for them.
fn rights(cx: Cx<'_>, resource: DeclId, item: ConstantId, out: &mut Vec<Diagnostic>) -> Option<Constant> {
    let expected = match property(cx, resource, "rights") {
        Some(TypeKind::Named(id)) => Expected::Bits(*id, Primitive::Uint32),
        _ => Expected::Primitive(Primitive::Uint32),
    };
    let expected = if is_number(cx, item, out) { Expected::Primitive(Primitive::Uint32) } else { expected };
    evaluate(cx, item, expected, out)
}

/// The rights among the constraints of a handle, which are known to be sound.
pub(super) fn rights_given(
    cx: Cx<'_>,
    kind: &TypeKind,
    resource: DeclId,
    constraints: &Constraints,
) -> Option<Constant> {
    let other = |item: ConstantId| subtype(cx, kind, item).is_some() || is_optional(cx, item);
    let item = constraints.items.iter().find(|item| !other(**item))?;
    rights(cx, resource, *item, &mut Vec::new())
}

/// Whether rights are given as a plain number.
fn is_number(cx: Cx<'_>, item: ConstantId, out: &mut Vec<Diagnostic>) -> bool {
    match &cx.file[item].kind {
        Literal::Number => true,
        Literal::Path(path) => {
            let span = cx.file[item].span;
            matches!(refer(cx, *path, span, out), Some(Referred { ty: TypeKind::Primitive(_), .. }))
        }
        _ => false,
    }
}

/// The protocol that the first constraint of an endpoint must name.
pub(super) fn protocol(cx: Cx<'_>, constraints: &Constraints, out: &mut Vec<Diagnostic>) -> Option<DeclId> {
    let item = *constraints.items.first()?;
    let span = cx.file[item].span;
    match (target(cx, item), &cx.file[item].kind) {
        (Some(Target::Decl(id)), _) if cx.known.class(id) == Class::Protocol => Some(id),
        (Some(Target::Decl(id)), _) if cx.known.class(id) == Class::Broken => None,
        (Some(Target::Builtin(Builtin::Optional)), _) => {
            out.push(Diagnostic::new(code::PROTOCOL_MISSING, span, "name the protocol before this"));
            None
        }
        (None, Literal::Path(path)) => {
            out.extend(unknown_name(cx, *path, std::iter::empty(), suggests(out)));
            None
        }
        _ => {
            out.push(Diagnostic::new(code::NOT_A_PROTOCOL, span, "this is not a protocol"));
            None
        }
    }
}
