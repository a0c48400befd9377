//! Type constructors to types.

use super::constants::{Expected, evaluate};
use super::constraints::{self, constrain};
use super::declare::Body;
use super::known::{Class, Cx};
use super::resolve::{Builtin, Target};
use crate::diagnostics::{Diagnostic, code};
use crate::ir::{
    Constant, DeclId, DeclKind, EndpointRole, Experiment, HandleSubtype, Primitive, RIGHTS_SAME, Type,
    TypeKind, TypeShape, Value, Written, WrittenName,
};
use crate::syntax::{ConstantId, Ctor, CtorId, Head, LayoutClass, Parameter};

/// So deep may a type nest once aliases are replaced.
const DEEPEST: usize = 64;

/// A type that has no shape yet and was not written through an alias.
pub(super) fn plain(kind: TypeKind) -> Type {
    Type { kind, shape: TypeShape::default(), alias: None }
}

/// The type that a constructor makes. `None` has been reported, here or at the declaration that it needs.
pub(super) fn resolve(cx: Cx<'_>, id: CtorId, out: &mut Vec<Diagnostic>) -> Option<Type> {
    let ctor = &cx.file[id];
    let ty = match ctor.head {
        Head::Layout(layout) => {
            let id = cx.declared.layouts.get(&(cx.file_index, layout)).copied()?;
            cx.known.ready(id)?;
            no_parameters(ctor, out)?;
            plain(TypeKind::Named(id))
        }
        Head::Path(path) => match cx.resolved.target(cx.file_index, path)? {
            Target::Builtin(builtin) => {
                return of_builtin(cx, ctor, builtin, out).and_then(|ty| bounded(ctor, ty, out));
            }
            Target::Decl(id) => of_decl(cx, ctor, id, out)?,
            Target::Member(..) => {
                out.push(expected_type(ctor, "this is a member, not a type"));
                return None;
            }
        },
    };
    let ty = constrain(cx, ty, ctor.constraints.as_ref(), out)?;
    bounded(ctor, ty, out)
}

fn expected_type(ctor: &Ctor, label: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code::EXPECTED_TYPE, ctor.span, label)
}

fn bounded(ctor: &Ctor, ty: Type, out: &mut Vec<Diagnostic>) -> Option<Type> {
    let (mut depth, mut inner) = (0, &ty);
    while let TypeKind::Array { element, .. }
    | TypeKind::Vector { element, .. }
    | TypeKind::Pointer(element) = &inner.kind
    {
        depth += 1;
        inner = element;
    }
    if depth <= DEEPEST {
        return Some(ty);
    }
    let label = format!("with aliases replaced this nests more than {DEEPEST} levels");
    out.push(Diagnostic::new(code::TOO_DEEP, ctor.span, label));
    None
}

fn of_decl(cx: Cx<'_>, ctor: &Ctor, id: DeclId, out: &mut Vec<Diagnostic>) -> Option<Type> {
    let class = cx.known.class(id);
    match class {
        Class::Protocol => {
            let name = cx.sources.text(ctor.span);
            let diagnostic = expected_type(ctor, "this is a protocol");
            out.push(
                diagnostic.help(format!("an end of a channel is `client_end:{name}` or `server_end:{name}`")),
            );
            None
        }
        Class::Const => {
            out.push(expected_type(ctor, "this is a constant"));
            None
        }
        Class::Service => {
            out.push(expected_type(ctor, "this is a service"));
            None
        }
        Class::Broken => None,
        // What may be absent may come later, so that types can contain themselves.
        Class::Layout(LayoutClass::Union) if constraints::has_optional(cx, ctor.constraints.as_ref()) => {
            no_parameters(ctor, out)?;
            Some(plain(TypeKind::Named(id)))
        }
        Class::Alias | Class::Layout(_) | Class::Resource | Class::NewType => {
            let kind = cx.known.ready(id)?;
            no_parameters(ctor, out)?;
            Some(match kind {
                DeclKind::Alias(alias) => Type { alias: Some(used(id)), ..alias.target.clone() },
                DeclKind::Resource(_) => plain(handle(id)),
                _ => plain(TypeKind::Named(id)),
            })
        }
    }
}

/// An alias that is named, without anything added.
fn used(alias: DeclId) -> Box<Written> {
    Box::new(simple(WrittenName::Decl(alias)))
}

fn simple(name: WrittenName) -> Written {
    Written { name, arguments: Vec::new(), optional: false, size: None, rights: None }
}

/// How a type was written, for one that a constructor made.
pub(super) fn written(cx: Cx<'_>, id: CtorId, ty: &Type) -> Written {
    let count = |parameter: usize| {
        let parameters = cx.file[id].parameters.as_ref()?;
        evaluate_size(cx, parameters.items.get(parameter)?.constant?)
    };
    let base = as_plain(ty);
    match &ty.kind {
        _ if ty.alias.is_some() => base,
        TypeKind::Array { .. } => Written { size: count(1), ..base },
        TypeKind::StringArray { .. } => Written { size: count(0), ..base },
        TypeKind::String { bound: Some(_), .. } | TypeKind::Vector { bound: Some(_), .. } => {
            let constraints = cx.file[id].constraints.as_ref();
            let size = constraints.and_then(|given| evaluate_size(cx, *given.items.first()?));
            Written { size, ..base }
        }
        TypeKind::Handle { resource, .. } => {
            let constraints = cx.file[id].constraints.as_ref();
            let rights =
                constraints.and_then(|given| constraints::rights_given(cx, &ty.kind, *resource, given));
            Written { rights, ..base }
        }
        _ => base,
    }
}

fn evaluate_size(cx: Cx<'_>, constant: ConstantId) -> Option<Constant> {
    evaluate(cx, constant, Expected::Primitive(Primitive::Uint32), &mut Vec::new())
}

/// A type as its kind alone would be written.
fn as_plain(ty: &Type) -> Written {
    if let Some(alias) = &ty.alias {
        return (**alias).clone();
    }
    let builtin = |name: &str| simple(WrittenName::Builtin(name.to_owned()));
    let of = |name: &str, inner: &Type| Written { arguments: vec![as_plain(inner)], ..builtin(name) };
    match &ty.kind {
        TypeKind::Primitive(primitive) => builtin(primitive.name()),
        TypeKind::String { optional, .. } => Written { optional: *optional, ..builtin("string") },
        TypeKind::Array { element, .. } => of("array", element),
        TypeKind::Vector { element, optional, .. } => {
            Written { optional: *optional, ..of("vector", element) }
        }
        TypeKind::Handle { resource, optional, .. } => {
            Written { optional: *optional, ..simple(WrittenName::Decl(*resource)) }
        }
        // Ends and boxes go by the words of an older form of the language.
        TypeKind::Endpoint { role: EndpointRole::Client, protocol, optional } => {
            Written { optional: *optional, ..simple(WrittenName::Decl(*protocol)) }
        }
        TypeKind::Endpoint { role: EndpointRole::Server, protocol, optional } => Written {
            arguments: vec![simple(WrittenName::Decl(*protocol))],
            optional: *optional,
            ..builtin("request")
        },
        TypeKind::Box(id) => Written {
            arguments: vec![simple(WrittenName::Decl(*id))],
            optional: true,
            ..simple(WrittenName::Decl(*id))
        },
        TypeKind::Named(id) => simple(WrittenName::Decl(*id)),
        TypeKind::OptionalUnion(id) => Written { optional: true, ..simple(WrittenName::Decl(*id)) },
        TypeKind::StringArray { .. } => builtin("string_array"),
        TypeKind::Pointer(inner) => of("experimental_pointer", inner),
        TypeKind::FrameworkError => builtin("framework_err"),
    }
}

/// A handle of any object with the rights that it has.
fn handle(resource: DeclId) -> TypeKind {
    let subtype = HandleSubtype { value: 0, name: None };
    TypeKind::Handle { resource, subtype, rights: RIGHTS_SAME, optional: false }
}

fn of_builtin(cx: Cx<'_>, ctor: &Ctor, builtin: Builtin, out: &mut Vec<Diagnostic>) -> Option<Type> {
    let kind = match builtin {
        Builtin::Primitive(primitive) if primitive.is_experimental() => {
            experimental(cx, ctor, out)?;
            scalar(ctor, TypeKind::Primitive(primitive), out)?
        }
        Builtin::StringArray => {
            experimental(cx, ctor, out)?;
            string_array(cx, ctor, out)?
        }
        Builtin::Pointer => {
            experimental(cx, ctor, out)?;
            pointer(cx, ctor, out)?
        }
        Builtin::Primitive(primitive) => scalar(ctor, TypeKind::Primitive(primitive), out)?,
        Builtin::Byte => scalar(ctor, TypeKind::Primitive(Primitive::Uint8), out)?,
        Builtin::String => scalar(ctor, TypeKind::String { bound: None, optional: false }, out)?,
        Builtin::Bytes => scalar(ctor, vector_of(plain(TypeKind::Primitive(Primitive::Uint8))), out)?,
        Builtin::Vector => vector(cx, ctor, out)?,
        Builtin::Array => array(cx, ctor, out)?,
        Builtin::Box => boxed(cx, ctor, out)?,
        Builtin::ClientEnd => return endpoint(cx, ctor, EndpointRole::Client, out),
        Builtin::ServerEnd => return endpoint(cx, ctor, EndpointRole::Server, out),
        Builtin::Optional | Builtin::Max | Builtin::Version => {
            out.push(expected_type(ctor, "this is not a type"));
            return None;
        }
    };
    constrain(cx, plain(kind), ctor.constraints.as_ref(), out)
}

fn vector_of(element: Type) -> TypeKind {
    TypeKind::Vector { element: Box::new(element), bound: None, optional: false }
}

fn scalar(ctor: &Ctor, kind: TypeKind, out: &mut Vec<Diagnostic>) -> Option<TypeKind> {
    no_parameters(ctor, out)?;
    Some(kind)
}

fn no_parameters(ctor: &Ctor, out: &mut Vec<Diagnostic>) -> Option<()> {
    let Some(parameters) = &ctor.parameters else { return Some(()) };
    out.push(Diagnostic::new(code::PARAMETER_COUNT, parameters.span, "this type takes none"));
    None
}

fn parameters<'a, const N: usize>(
    ctor: &'a Ctor,
    wanted: &str,
    out: &mut Vec<Diagnostic>,
) -> Option<&'a [Parameter; N]> {
    let given = ctor.parameters.as_ref();
    let found = given.and_then(|parameters| parameters.items.as_slice().try_into().ok());
    if found.is_none() {
        let span = given.map_or(ctor.span, |parameters| parameters.span);
        out.push(Diagnostic::new(code::PARAMETER_COUNT, span, format!("write it as `{wanted}`")));
    }
    found
}

fn type_parameter(cx: Cx<'_>, parameter: &Parameter, out: &mut Vec<Diagnostic>) -> Option<Type> {
    match parameter.ctor {
        Some(ctor) => resolve(cx, ctor, out),
        None => {
            out.push(Diagnostic::new(code::EXPECTED_TYPE, parameter.span, "this is a value"));
            None
        }
    }
}

fn vector(cx: Cx<'_>, ctor: &Ctor, out: &mut Vec<Diagnostic>) -> Option<TypeKind> {
    let [element] = parameters(ctor, "vector<Type>", out)?;
    type_parameter(cx, element, out).map(vector_of)
}

/// Types for C must be turned on.
fn experimental(cx: Cx<'_>, ctor: &Ctor, out: &mut Vec<Diagnostic>) -> Option<()> {
    if cx.known.schema.experiments.contains(&Experiment::ZxCTypes) {
        return Some(());
    }
    let diagnostic = Diagnostic::new(code::EXPERIMENTAL_TYPE, ctor.span, "this is a type for C");
    out.push(diagnostic.help("turn it on with `--experimental zx_c_types`"));
    None
}

fn pointer(cx: Cx<'_>, ctor: &Ctor, out: &mut Vec<Diagnostic>) -> Option<TypeKind> {
    let [inner] = parameters(ctor, "experimental_pointer<Type>", out)?;
    type_parameter(cx, inner, out).map(|inner| TypeKind::Pointer(Box::new(inner)))
}

fn string_array(cx: Cx<'_>, ctor: &Ctor, out: &mut Vec<Diagnostic>) -> Option<TypeKind> {
    let [count] = parameters(ctor, "string_array<COUNT>", out)?;
    Some(TypeKind::StringArray { count: self::count(cx, count, out)? })
}

fn array(cx: Cx<'_>, ctor: &Ctor, out: &mut Vec<Diagnostic>) -> Option<TypeKind> {
    let [element, count] = parameters(ctor, "array<Type, COUNT>", out)?;
    let element = type_parameter(cx, element, out);
    let count = self::count(cx, count, out)?;
    Some(TypeKind::Array { element: Box::new(element?), count })
}

/// The count of an array.
fn count(cx: Cx<'_>, count: &Parameter, out: &mut Vec<Diagnostic>) -> Option<u32> {
    let Some(constant) = count.constant else {
        out.push(Diagnostic::new(code::TYPE_FOR_VALUE, count.span, "this is a type"));
        return None;
    };
    let value = evaluate(cx, constant, Expected::Primitive(Primitive::Uint32), out)?;
    let Value::Integer(value) = value.value else { return None };
    if value == 0 {
        out.push(Diagnostic::new(code::EMPTY_ARRAY, count.span, "this is 0"));
        return None;
    }
    u32::try_from(value).ok()
}

fn boxed(cx: Cx<'_>, ctor: &Ctor, out: &mut Vec<Diagnostic>) -> Option<TypeKind> {
    let [parameter] = parameters(ctor, "box<Struct>", out)?;
    let Some(inner) = parameter.ctor else {
        out.push(Diagnostic::new(code::EXPECTED_TYPE, parameter.span, "this is a value"));
        return None;
    };
    let inner = &cx.file[inner];
    no_parameters_in_box(cx, inner, parameter, out)?;
    match boxed_target(cx, inner.head)? {
        Boxed::Struct(id) => {
            if let Some(constraints) = &inner.constraints {
                let label = "a struct takes no constraints";
                out.push(Diagnostic::new(code::TOO_MANY_CONSTRAINTS, constraints.span, label));
                return None;
            }
            Some(TypeKind::Box(id))
        }
        Boxed::Optional => {
            let label = "add the constraint `optional` to it instead";
            out.push(Diagnostic::new(code::BOX_OF_OPTIONAL, parameter.span, label));
            None
        }
        Boxed::Other => {
            out.push(Diagnostic::new(code::BOX_OF_OTHER, parameter.span, "this is not a struct"));
            None
        }
    }
}

/// `box<vector<T>>` is wrong, but its parameters may be wrong by themselves; only the box is reported.
fn no_parameters_in_box(
    cx: Cx<'_>,
    inner: &Ctor,
    parameter: &Parameter,
    out: &mut Vec<Diagnostic>,
) -> Option<()> {
    let takes = match inner.head {
        Head::Path(path) => matches!(
            cx.resolved.target(cx.file_index, path),
            Some(Target::Builtin(Builtin::Vector | Builtin::Array | Builtin::Box))
        ),
        Head::Layout(_) => false,
    };
    match &inner.parameters {
        Some(_) if !takes => no_parameters(inner, out),
        None if takes => {
            out.push(Diagnostic::new(code::PARAMETER_COUNT, parameter.span, "this type takes parameters"));
            None
        }
        _ => Some(()),
    }
}

/// What a box is asked to hold.
enum Boxed {
    Struct(DeclId),
    Optional,
    Other,
}

/// What stands in a box. It need not be compiled yet, so aliases are followed by their syntax.
fn boxed_target(cx: Cx<'_>, head: Head) -> Option<Boxed> {
    let mut target = match head {
        Head::Layout(layout) => Target::Decl(cx.declared.layouts.get(&(cx.file_index, layout)).copied()?),
        Head::Path(path) => cx.resolved.target(cx.file_index, path)?,
    };
    for _ in 0..=cx.declared.entries.len() {
        let id = match target {
            Target::Decl(id) => id,
            Target::Builtin(
                Builtin::String | Builtin::Vector | Builtin::Bytes | Builtin::ClientEnd | Builtin::ServerEnd,
            ) => return Some(Boxed::Optional),
            Target::Builtin(_) | Target::Member(..) => return Some(Boxed::Other),
        };
        match cx.known.class(id) {
            Class::Layout(LayoutClass::Struct) => return Some(Boxed::Struct(id)),
            Class::Layout(LayoutClass::Union) | Class::Resource => return Some(Boxed::Optional),
            Class::Alias => match next_target(cx, id)? {
                Ok(next) => target = next,
                Err(found) => return Some(found),
            },
            Class::Broken => return None,
            _ => return Some(Boxed::Other),
        }
    }
    None
}

/// One step along an alias: to the target of one of this library, or to the end for one of another.
fn next_target(cx: Cx<'_>, id: DeclId) -> Option<Result<Target, Boxed>> {
    if let Some(entry) = cx.declared.entry(id) {
        let Body::Alias(ctor) = entry.body else { return None };
        let file = &cx.declared.files[entry.file];
        return match file[ctor].head {
            Head::Path(path) => cx.resolved.target(entry.file, path).map(Ok),
            Head::Layout(layout) => {
                let id = cx.declared.layouts.get(&(entry.file, layout)).copied()?;
                Some(Ok(Target::Decl(id)))
            }
        };
    }
    let DeclKind::Alias(alias) = cx.known.ready(id)? else { return None };
    Some(match &alias.target.kind {
        TypeKind::Named(id) => Ok(Target::Decl(*id)),
        TypeKind::String { .. } | TypeKind::Vector { .. } => Err(Boxed::Optional),
        TypeKind::Handle { .. } | TypeKind::Endpoint { .. } => Err(Boxed::Optional),
        TypeKind::OptionalUnion(_) => Err(Boxed::Optional),
        _ => Err(Boxed::Other),
    })
}

fn endpoint(cx: Cx<'_>, ctor: &Ctor, role: EndpointRole, out: &mut Vec<Diagnostic>) -> Option<Type> {
    no_parameters(ctor, out)?;
    let Some(constraints) = &ctor.constraints else {
        let label = format!("write it as `{}:Protocol`", cx.sources.text(ctor.span));
        out.push(Diagnostic::new(code::PROTOCOL_MISSING, ctor.span, label));
        return None;
    };
    let protocol = constraints::protocol(cx, constraints, out)?;
    let ty = plain(TypeKind::Endpoint { role, protocol, optional: false });
    constraints::constrain_rest(cx, ty, constraints, 1, out)
}
