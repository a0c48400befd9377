//! Fourth stage: the content of each declaration, protocols excepted.

use super::attributes::{Place, Values, compile as attributes};
use super::constants::{Expected, evaluate};
use super::declare::{Body, Entry, member_collisions};
use super::known::{Cx, location};
use super::{ordinals, protocols, results, services, types};
use crate::diagnostics::{Diagnostic, code};
use crate::ir::{
    Alias, Attribute, Bits, BitsMember, Const, Constant, DeclId, DeclKind, Element, Enum, EnumMember,
    Experiment, NewType, Primitive, ResourceDefinition, ResourceProperty, Struct, StructMember, Type,
    TypeKind, TypeShape, Value,
};
use crate::syntax::{
    ConstantId, CtorId, Layout, LayoutClass, Member, ModifierKind, Name, Property, Resource,
};

/// The content of a declaration, or `None` where something was reported that its users need not hear of
/// again.
pub(super) fn compile(
    cx: Cx<'_>,
    entry: &Entry<'_>,
    id: DeclId,
    given: &[Attribute],
    out: &mut Vec<Diagnostic>,
) -> Option<DeclKind> {
    match entry.body {
        Body::Const(constant) => const_(cx, constant, out),
        Body::Alias(ctor) => alias(cx, ctor, out),
        Body::NewType(ctor) => new_type(cx, entry, ctor, out),
        Body::Layout(id) => layout(cx, entry, &cx.file[id], out),
        Body::Resource(definition) => resource(cx, entry, definition, out),
        Body::Protocol(protocol) => {
            protocols::compile(cx, entry, id, given, protocol, out).map(DeclKind::Protocol)
        }
        Body::Service(service) => services::compile(cx, service, out),
        Body::Result(method) => results::compile(cx, entry, method, out),
        Body::EmptySuccess(_) => Some(DeclKind::Struct(results::empty_success())),
        Body::Broken => None,
    }
}

/// What attributes stand on that stand on a declaration.
pub(super) fn place(cx: Cx<'_>, entry: &Entry<'_>) -> Place {
    match entry.body {
        Body::Const(_) => Place::Const,
        Body::Alias(_) => Place::Alias,
        Body::Layout(id) => Place::Layout(cx.file[id].class, entry.anonymous),
        Body::Resource(_) => Place::Resource,
        Body::Protocol(_) => Place::Protocol,
        Body::NewType(_) => Place::NewType,
        Body::Service(_) => Place::Service,
        Body::Result(_) | Body::EmptySuccess(_) | Body::Broken => Place::Other,
    }
}

/// Name, attributes and place of a member.
pub(super) fn element(
    cx: Cx<'_>,
    name: &Name,
    list: &[crate::syntax::Attribute],
    place: Place,
    out: &mut Vec<Diagnostic>,
) -> Element {
    let attributes = attributes(Values::Declaration(cx), list, place, out);
    let deprecated = cx.file.deprecated.contains(&name.span);
    Element { name: name.text.clone(), attributes, location: location(cx.sources, name.span), deprecated }
}

fn const_(cx: Cx<'_>, constant: &crate::syntax::Const, out: &mut Vec<Diagnostic>) -> Option<DeclKind> {
    let ty = types::resolve(cx, constant.ctor, out)?;
    let Some(expected) = Expected::of(cx, &ty) else {
        let diagnostic =
            Diagnostic::new(code::NOT_A_CONSTANT_TYPE, cx.file[constant.ctor].span, "no constants of this");
        out.push(diagnostic.help("constants are bools, numbers, strings, bits and enums"));
        return None;
    };
    let value = evaluate(cx, constant.value, expected, out)?;
    Some(DeclKind::Const(Const { ty, value }))
}

fn alias(cx: Cx<'_>, ctor: CtorId, out: &mut Vec<Diagnostic>) -> Option<DeclKind> {
    let target = types::resolve(cx, ctor, out)?;
    let written = types::written(cx, ctor, &target);
    Some(DeclKind::Alias(Alias { target, written }))
}

fn new_type(cx: Cx<'_>, entry: &Entry<'_>, ctor: CtorId, out: &mut Vec<Diagnostic>) -> Option<DeclKind> {
    if !cx.known.schema.experiments.contains(&Experiment::AllowNewTypes) {
        let diagnostic =
            Diagnostic::new(code::NEW_TYPE, entry.caret, "write `alias` for another name of the type");
        out.push(diagnostic.help("or turn new types on with `--experimental allow_new_types`"));
        return None;
    }
    Some(DeclKind::NewType(NewType { target: types::resolve(cx, ctor, out)? }))
}

fn layout(cx: Cx<'_>, entry: &Entry<'_>, layout: &Layout, out: &mut Vec<Diagnostic>) -> Option<DeclKind> {
    member_collisions(layout.members.iter().map(|member| (member.name.text.as_str(), member.name.span)), out);
    match layout.class {
        LayoutClass::Bits => bits(cx, entry, layout, out),
        LayoutClass::Enum => enum_(cx, entry, layout, out),
        LayoutClass::Struct => struct_(cx, entry, layout, out),
        LayoutClass::Table => ordinals::table(cx, layout, out),
        LayoutClass::Union => ordinals::union(cx, entry, layout, out),
        LayoutClass::Overlay => ordinals::overlay(cx, entry, layout, out),
    }
}

pub(super) fn has(layout: &Layout, kind: ModifierKind) -> bool {
    layout.modifiers.iter().any(|modifier| modifier.kind == kind)
}

/// The underlying type of bits and enums; `uint32` if none is written.
fn underlying(cx: Cx<'_>, subtype: Option<CtorId>, out: &mut Vec<Diagnostic>) -> Option<TypeKind> {
    match subtype {
        None => Some(TypeKind::Primitive(Primitive::Uint32)),
        Some(ctor) => types::resolve(cx, ctor, out).map(|ty| ty.kind),
    }
}

pub(super) fn strict_needs_members(
    cx: Cx<'_>,
    entry: &Entry<'_>,
    layout: &Layout,
    out: &mut Vec<Diagnostic>,
) {
    if has(layout, ModifierKind::Strict) && layout.members.is_empty() && cx.complete {
        let label = format!("this {} has none", layout.class.word());
        out.push(Diagnostic::new(code::STRICT_WITHOUT_MEMBERS, entry.caret, label));
    }
}

fn bits(cx: Cx<'_>, entry: &Entry<'_>, layout: &Layout, out: &mut Vec<Diagnostic>) -> Option<DeclKind> {
    strict_needs_members(cx, entry, layout, out);
    let underlying = match underlying(cx, layout.subtype, out)? {
        TypeKind::Primitive(primitive) if primitive.is_unsigned() => primitive,
        _ => {
            let label = "`uint8`, `uint16`, `uint32` and `uint64` are possible";
            out.push(Diagnostic::new(code::BITS_TYPE, entry.caret, label));
            return None;
        }
    };
    let members: Vec<Option<BitsMember>> =
        layout.members.iter().map(|member| bits_member(cx, member, underlying, out)).collect();
    let members: Vec<BitsMember> = members.into_iter().collect::<Option<_>>()?;
    let values = members.iter().map(|member| i128::from(member.value));
    values_twice(values, &layout.members, out)?;
    let mask = members.iter().fold(0, |mask, member| mask | member.value);
    let strict = has(layout, ModifierKind::Strict);
    Some(DeclKind::Bits(Bits { underlying, strict, mask, members }))
}

fn bits_member(
    cx: Cx<'_>,
    member: &Member,
    underlying: Primitive,
    out: &mut Vec<Diagnostic>,
) -> Option<BitsMember> {
    let element = element(cx, &member.name, &member.attributes, Place::Member(LayoutClass::Bits), out);
    let constant = evaluate(cx, member.value?, Expected::Primitive(underlying), out)?;
    let Value::Integer(value) = constant.value else { return None };
    let value = u64::try_from(value).ok()?;
    if !value.is_power_of_two() {
        let label = format!("this is {value}, not 1, 2, 4, 8, …");
        out.push(Diagnostic::new(code::NOT_A_POWER_OF_TWO, member.name.span, label));
        return None;
    }
    Some(BitsMember { element, value, constant })
}

/// Reports values that occur twice; `None` if there are any.
fn values_twice(
    values: impl Iterator<Item = i128>,
    members: &[Member],
    out: &mut Vec<Diagnostic>,
) -> Option<()> {
    let mut seen = std::collections::HashMap::new();
    let mut sound = Some(());
    for (value, member) in values.zip(members) {
        let first: &Name = seen.entry(value).or_insert(&member.name);
        if first.span != member.name.span {
            let label = format!("this is {value}, like `{}`", first.text);
            let diagnostic = Diagnostic::new(code::VALUE_TWICE, member.name.span, label);
            out.push(diagnostic.place(first.span, "first used here"));
            sound = None;
        }
    }
    sound
}

fn enum_(cx: Cx<'_>, entry: &Entry<'_>, layout: &Layout, out: &mut Vec<Diagnostic>) -> Option<DeclKind> {
    strict_needs_members(cx, entry, layout, out);
    let underlying = match underlying(cx, layout.subtype, out)? {
        TypeKind::Primitive(primitive) if primitive.is_integer() => primitive,
        _ => {
            out.push(Diagnostic::new(code::ENUM_TYPE, entry.caret, "`int8` to `uint64` are possible"));
            return None;
        }
    };
    let members: Vec<Option<EnumMember>> =
        layout.members.iter().map(|member| enum_member(cx, member, underlying, out)).collect();
    let members: Vec<EnumMember> = members.into_iter().collect::<Option<_>>()?;
    values_twice(members.iter().map(|member| member.value), &layout.members, out)?;
    let strict = has(layout, ModifierKind::Strict);
    let unknown_value = unknown_value(layout, &members, underlying, strict, out)?;
    Some(DeclKind::Enum(Enum { underlying, strict, unknown_value, members }))
}

fn enum_member(
    cx: Cx<'_>,
    member: &Member,
    underlying: Primitive,
    out: &mut Vec<Diagnostic>,
) -> Option<EnumMember> {
    let element = element(cx, &member.name, &member.attributes, Place::Member(LayoutClass::Enum), out);
    let constant = evaluate(cx, member.value?, Expected::Primitive(underlying), out)?;
    let Value::Integer(value) = constant.value else { return None };
    let unknown = element.attribute("unknown").is_some();
    Some(EnumMember { element, value, unknown, constant })
}

/// The value that stands for unknown ones; the outer `None` is an error.
fn unknown_value(
    layout: &Layout,
    members: &[EnumMember],
    underlying: Primitive,
    strict: bool,
    out: &mut Vec<Diagnostic>,
) -> Option<Option<i128>> {
    let written = |index: usize| layout.members[index].name.span;
    let marked: Vec<usize> = (0..members.len()).filter(|index| members[*index].unknown).collect();
    if let (true, Some(first)) = (strict, marked.first()) {
        let label = "leave `@unknown` out, or make the enum flexible";
        out.push(Diagnostic::new(code::UNKNOWN_IN_STRICT, written(*first), label));
        return None;
    }
    if let [first, second, ..] = marked[..] {
        let diagnostic = Diagnostic::new(code::UNKNOWN_TWICE, written(second), "this is the second");
        out.push(diagnostic.place(written(first), "this is the first"));
        return None;
    }
    if strict {
        return Some(None);
    }
    if let [only] = marked[..] {
        return Some(Some(members[only].value));
    }
    let (_, maximum) = underlying.range()?;
    if let Some(index) = members.iter().position(|member| member.value == maximum) {
        let label = format!("this is {maximum}, the largest value of `{}`", underlying.name());
        let diagnostic = Diagnostic::new(code::MAXIMUM_IS_UNKNOWN, written(index), label);
        out.push(diagnostic.help("mark the member that stands for unknown values with `@unknown`"));
        return None;
    }
    Some(Some(maximum))
}

fn struct_(cx: Cx<'_>, entry: &Entry<'_>, layout: &Layout, out: &mut Vec<Diagnostic>) -> Option<DeclKind> {
    let members: Vec<Option<StructMember>> =
        layout.members.iter().map(|member| struct_member(cx, entry, member, out)).collect();
    Some(DeclKind::Struct(Struct {
        resource: has(layout, ModifierKind::Resource),
        recursive: false,
        empty_success: false,
        members: members.into_iter().flatten().collect(),
        shape: TypeShape::default(),
    }))
}

fn struct_member(
    cx: Cx<'_>,
    entry: &Entry<'_>,
    member: &Member,
    out: &mut Vec<Diagnostic>,
) -> Option<StructMember> {
    let element = element(cx, &member.name, &member.attributes, Place::Member(LayoutClass::Struct), out);
    let ty = types::resolve(cx, member.ctor?, out)?;
    let default = match member.value {
        Some(value) => Some(default(cx, entry, member, value, &ty, out)?),
        None => None,
    };
    Some(StructMember { element, ty, default, offset: 0, padding: 0 })
}

/// The value that a member of a struct has where none is given.
fn default(
    cx: Cx<'_>,
    entry: &Entry<'_>,
    member: &Member,
    value: ConstantId,
    ty: &Type,
    out: &mut Vec<Diagnostic>,
) -> Option<Constant> {
    let Some(expected) = Expected::of(cx, ty) else {
        let label = format!("`{}` has a default, but is of a type without constants", member.name.text);
        let diagnostic = Diagnostic::new(code::DEFAULT_TYPE, entry.caret, label);
        out.push(diagnostic.place(cx.file[value].span, "leave this out"));
        return None;
    };
    evaluate(cx, value, expected, out)
}

fn resource(
    cx: Cx<'_>,
    entry: &Entry<'_>,
    definition: &Resource,
    out: &mut Vec<Diagnostic>,
) -> Option<DeclKind> {
    let names =
        definition.properties.iter().map(|property| (property.name.text.as_str(), property.name.span));
    member_collisions(names, out);
    let underlying = underlying(cx, Some(definition.subtype), out)?;
    if underlying != TypeKind::Primitive(Primitive::Uint32) {
        out.push(Diagnostic::new(code::RESOURCE_TYPE, entry.caret, "write `: uint32`"));
        return None;
    }
    let properties: Vec<Option<ResourceProperty>> =
        definition.properties.iter().map(|property| self::property(cx, property, out)).collect();
    let properties: Vec<ResourceProperty> = properties.into_iter().collect::<Option<_>>()?;
    if properties.is_empty() {
        return None;
    }
    check_subtype(cx, entry, definition, &properties, out)?;
    check_rights(cx, definition, &properties, out)?;
    Some(DeclKind::Resource(ResourceDefinition { underlying: Primitive::Uint32, properties }))
}

fn property(cx: Cx<'_>, property: &Property, out: &mut Vec<Diagnostic>) -> Option<ResourceProperty> {
    let element = element(cx, &property.name, &property.attributes, Place::Property, out);
    Some(ResourceProperty { element, ty: types::resolve(cx, property.ctor, out)? })
}

fn check_subtype(
    cx: Cx<'_>,
    entry: &Entry<'_>,
    definition: &Resource,
    properties: &[ResourceProperty],
    out: &mut Vec<Diagnostic>,
) -> Option<()> {
    let Some(index) = properties.iter().position(|property| property.element.name == "subtype") else {
        out.push(Diagnostic::new(code::NO_SUBTYPE, entry.caret, "add `subtype` with an enum as its type"));
        return None;
    };
    let is_enum = match properties[index].ty.kind {
        TypeKind::Named(id) => matches!(cx.known.ready(id), Some(DeclKind::Enum(_))),
        _ => false,
    };
    if !is_enum {
        let span = definition.properties[index].name.span;
        out.push(Diagnostic::new(code::SUBTYPE_PROPERTY, span, "its type is no enum"));
    }
    is_enum.then_some(())
}

fn check_rights(
    cx: Cx<'_>,
    definition: &Resource,
    properties: &[ResourceProperty],
    out: &mut Vec<Diagnostic>,
) -> Option<()> {
    let Some(index) = properties.iter().position(|property| property.element.name == "rights") else {
        return Some(());
    };
    let fits = match properties[index].ty.kind {
        TypeKind::Primitive(Primitive::Uint32) => true,
        TypeKind::Named(id) => {
            matches!(cx.known.ready(id), Some(DeclKind::Bits(bits)) if bits.underlying == Primitive::Uint32)
        }
        _ => false,
    };
    if !fits {
        let span = definition.properties[index].name.span;
        out.push(Diagnostic::new(code::RIGHTS_PROPERTY, span, "its type is neither"));
    }
    fits.then_some(())
}
