//! Attributes: which there are, where they may stand, what arguments they take.
//!
//! An attribute that the language does not know is one of the user's own: it may stand anywhere and is kept.

use std::collections::HashMap;

use super::constants::refer;
use super::known::{Cx, location};
use super::names::canonical;
use crate::diagnostics::{Diagnostic, code, has_errors, nearest_within};
use crate::ir::{self, Constant, ConstantForm, ConstantTarget, LiteralKind, Value};
use crate::source::{SourceMap, Span};
use crate::syntax::{Argument, Attribute, ConstantId, File, LayoutClass, Literal, unescape};
use crate::versions::{Version, written_version};

/// What an attribute stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Library,
    Const,
    Alias,
    /// A layout, and whether it is anonymous.
    Layout(LayoutClass, bool),
    Protocol,
    Resource,
    Member(LayoutClass),
    Method,
    Compose,
    Property,
    NewType,
    Service,
    ServiceMember,
    Other,
}

/// An attribute that the language knows.
struct Official {
    name: &'static str,
    /// The arguments, all strings.
    arguments: &'static [&'static str],
    /// Whether the arguments are needed; else each may be left out.
    required: bool,
    place: fn(Place) -> bool,
}

const OFFICIAL: &[Official] = &[
    Official {
        name: "available",
        arguments: &["platform", "added", "deprecated", "removed", "replaced", "renamed", "note"],
        required: false,
        place: |place| !matches!(place, Place::Layout(_, true)),
    },
    Official {
        name: "discoverable",
        arguments: &["name", "client", "server"],
        required: false,
        place: |place| place == Place::Protocol,
    },
    Official { name: "doc", arguments: &["value"], required: true, place: |_| true },
    Official {
        name: "generated_name",
        arguments: &["value"],
        required: true,
        place: |place| matches!(place, Place::Layout(_, true)),
    },
    Official {
        name: "no_resource",
        arguments: &[],
        required: false,
        place: |place| place == Place::Protocol,
    },
    Official {
        name: "selector",
        arguments: &["value"],
        required: true,
        place: |place| place == Place::Method,
    },
    Official {
        name: "sensitive",
        arguments: &[],
        required: false,
        place: |place| match place {
            Place::Layout(class, _) | Place::Member(class) => !class.has_values(),
            Place::NewType => true,
            _ => false,
        },
    },
    Official {
        name: "serializable",
        arguments: &["read", "write"],
        required: false,
        place: |place| match place {
            Place::Layout(class, _) => {
                matches!(class, LayoutClass::Struct | LayoutClass::Table | LayoutClass::Union)
            }
            _ => false,
        },
    },
    Official {
        name: "transport",
        arguments: &["value"],
        required: true,
        place: |place| place == Place::Protocol,
    },
    Official {
        name: "unknown",
        arguments: &[],
        required: false,
        place: |place| place == Place::Member(LayoutClass::Enum),
    },
];

/// Attributes that were known once.
const OUT_OF_USE: [&str; 2] = ["transitional", "example_deprecated_attribute"];

/// Where constants in attributes are looked up: in a declaration's surroundings, or nowhere, on the library.
#[derive(Clone, Copy)]
pub(super) enum Values<'a> {
    Declaration(Cx<'a>),
    Library(&'a SourceMap, &'a File),
}

impl<'a> Values<'a> {
    fn file(self) -> &'a File {
        match self {
            Values::Declaration(cx) => cx.file,
            Values::Library(_, file) => file,
        }
    }

    fn sources(self) -> &'a SourceMap {
        match self {
            Values::Declaration(cx) => cx.sources,
            Values::Library(sources, _) => sources,
        }
    }
}

/// The attributes of one element, checked and evaluated.
pub(super) fn compile(
    values: Values<'_>,
    attributes: &[Attribute],
    place: Place,
    out: &mut Vec<Diagnostic>,
) -> Vec<ir::Attribute> {
    twice(attributes, out);
    attributes.iter().filter_map(|attribute| one(values, attribute, place, out)).collect()
}

/// Reports attributes given twice.
pub(super) fn twice<'a>(attributes: impl IntoIterator<Item = &'a Attribute>, out: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<String, &Attribute> = HashMap::new();
    for attribute in attributes {
        let name = &attribute.name;
        let first = *seen.entry(canonical(&name.text)).or_insert(attribute);
        if first.span == attribute.span {
            continue;
        }
        let code = if first.name.text == name.text {
            code::ATTRIBUTE_TWICE
        } else {
            code::CANONICAL_ATTRIBUTE_TWICE
        };
        let label = format!("`@{}` is given again", name.text);
        out.push(Diagnostic::new(code, name.span, label).place(first.span, "first given here"));
    }
}

fn one(
    values: Values<'_>,
    attribute: &Attribute,
    place: Place,
    out: &mut Vec<Diagnostic>,
) -> Option<ir::Attribute> {
    let name = attribute.name.text.as_str();
    let before = out.len();
    if let Some(text) = &attribute.doc {
        return Some(doc(values.sources(), attribute, text));
    }
    let official = OFFICIAL.iter().find(|official| official.name == name);
    match official {
        Some(official) => check_official(official, attribute, place, out),
        None => check_own(attribute, out),
    }
    arguments_twice(attribute, out);
    if has_errors(&out[before..]) {
        return None;
    }
    let literal = matches!(name, "available" | "generated_name");
    let arguments = attribute.arguments.iter();
    let arguments = arguments
        .filter_map(|argument| match version_argument(values, attribute, argument) {
            Some(version) => Some(version),
            None => evaluate(values, attribute, argument, official.is_some(), literal, out),
        })
        .collect();
    let location = location(values.sources(), attribute.span);
    Some(ir::Attribute { name: name.to_owned(), arguments, location })
}

/// A doc comment is the attribute `doc` with its text.
fn doc(sources: &SourceMap, attribute: &Attribute, text: &str) -> ir::Attribute {
    let location = location(sources, attribute.span);
    let value = Constant {
        value: Value::String(text.to_owned()),
        expression: sources.text(attribute.span).to_owned(),
        form: ConstantForm::Literal(LiteralKind::String),
    };
    let argument = ir::AttributeArgument { name: "value".to_owned(), value, location };
    ir::Attribute { name: "doc".to_owned(), arguments: vec![argument], location }
}

fn check_official(official: &Official, attribute: &Attribute, place: Place, out: &mut Vec<Diagnostic>) {
    let span = attribute.span;
    if !(official.place)(place) {
        let label = format!("`@{}` says nothing here", official.name);
        return out.push(Diagnostic::new(code::ATTRIBUTE_PLACE, span, label));
    }
    if official.arguments.is_empty() && !attribute.arguments.is_empty() {
        let label = format!("`@{}` stands alone", official.name);
        return out.push(Diagnostic::new(code::ARGUMENTS_NOT_ALLOWED, span, label));
    }
    if official.required && attribute.arguments.is_empty() {
        let label = format!("write it as `@{}(\"…\")`", official.name);
        return out.push(Diagnostic::new(code::ARGUMENT_MISSING, span, label));
    }
    for argument in &attribute.arguments {
        check_argument(official, argument, span, out);
    }
}

fn check_argument(official: &Official, argument: &Argument, span: Span, out: &mut Vec<Diagnostic>) {
    let known = official.arguments.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match (&argument.name, official.arguments) {
        (Some(name), ["value"]) => {
            let label = format!("leave out `{}=`", name.text);
            out.push(Diagnostic::new(code::ARGUMENT_NAMED, span, label));
        }
        (Some(name), arguments) if !arguments.contains(&name.text.as_str()) => {
            let diagnostic =
                Diagnostic::new(code::ARGUMENT_UNKNOWN, span, format!("there is no `{}`", name.text));
            out.push(diagnostic.help(format!("known are {known}")));
        }
        (None, [_, _, ..]) => {
            out.push(Diagnostic::new(code::ARGUMENT_UNNAMED, span, format!("known are {known}")));
        }
        _ => {}
    }
}

fn check_own(attribute: &Attribute, out: &mut Vec<Diagnostic>) {
    let name = attribute.name.text.as_str();
    if OUT_OF_USE.contains(&name) {
        let label = format!("leave `@{name}` out");
        return out.push(Diagnostic::new(code::ATTRIBUTE_DEPRECATED, attribute.span, label));
    }
    let official = OFFICIAL.iter().map(|official| official.name);
    if let Some(near) = nearest_within(name, 1, official) {
        let label = format!("taken for an attribute of your own; `@{near}` is one of the language's");
        out.push(Diagnostic::new(code::ATTRIBUTE_MISTYPED, attribute.name.span, label));
    }
}

fn arguments_twice(attribute: &Attribute, out: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<String, &Argument> = HashMap::new();
    for argument in &attribute.arguments {
        let Some(name) = &argument.name else { continue };
        let first = *seen.entry(canonical(&name.text)).or_insert(argument);
        if first.span == argument.span {
            continue;
        }
        let same = first.name.as_ref().is_some_and(|first| first.text == name.text);
        let code = if same { code::ARGUMENT_TWICE } else { code::CANONICAL_ARGUMENT_TWICE };
        let label = format!("`{}` is given again", name.text);
        out.push(Diagnostic::new(code, attribute.span, label));
    }
}

/// An argument of `@available` that is a version. Versions are numbers in the IR.
fn version_argument(
    values: Values<'_>,
    attribute: &Attribute,
    argument: &Argument,
) -> Option<ir::AttributeArgument> {
    let name = argument.name.as_ref().filter(|_| attribute.name.text == "available")?;
    if !matches!(name.text.as_str(), "added" | "deprecated" | "removed" | "replaced") {
        return None;
    }
    let constant = &values.file()[argument.value];
    let version = written_version(values.sources(), values.file(), constant)?;
    let form = match (&constant.kind, version) {
        (Literal::Path(_), Version::NEXT) => ConstantForm::Reference(ConstantTarget::Next),
        (Literal::Path(_), _) => ConstantForm::Reference(ConstantTarget::Head),
        _ => LiteralKind::Numeric.into(),
    };
    let expression = values.sources().text(constant.span).to_owned();
    let value = Constant { value: Value::Integer(version.value().into()), expression, form };
    let location = location(values.sources(), argument.span);
    Some(ir::AttributeArgument { name: name.text.clone(), value, location })
}

fn evaluate(
    values: Values<'_>,
    attribute: &Attribute,
    argument: &Argument,
    official: bool,
    literal: bool,
    out: &mut Vec<Diagnostic>,
) -> Option<ir::AttributeArgument> {
    let constant = &values.file()[argument.value];
    let text = values.sources().text(constant.span);
    let (value, form) = match &constant.kind {
        Literal::String => (Value::String(unescape(text)), LiteralKind::String.into()),
        Literal::Bool(value) if !official => (Value::Bool(*value), LiteralKind::Bool.into()),
        Literal::Number if !official => {
            let label = format!("`{text}` is a number");
            out.push(Diagnostic::new(code::NUMBER_IN_ATTRIBUTE, attribute.span, label));
            return None;
        }
        Literal::Path(_) => reference(values, argument.value, official, literal, out)?,
        _ => {
            let label = format!("`{text}` is not a string");
            out.push(Diagnostic::new(code::CANNOT_CONVERT, constant.span, label));
            return None;
        }
    };
    let name = argument.name.as_ref().map_or("value", |name| name.text.as_str()).to_owned();
    let value = Constant { value, expression: text.to_owned(), form };
    Some(ir::AttributeArgument { name, value, location: location(values.sources(), argument.span) })
}

/// The value of a constant that an argument names.
fn reference(
    values: Values<'_>,
    id: ConstantId,
    official: bool,
    literal: bool,
    out: &mut Vec<Diagnostic>,
) -> Option<(Value, ConstantForm)> {
    let constant = &values.file()[id];
    let Literal::Path(path) = constant.kind else { return None };
    let cx = match values {
        Values::Declaration(cx) if !literal => cx,
        Values::Declaration(_) => {
            out.push(Diagnostic::new(code::ARGUMENT_NOT_LITERAL, constant.span, "this is a reference"));
            return None;
        }
        Values::Library(..) => {
            out.push(Diagnostic::new(code::REFERENCE_ON_LIBRARY, constant.span, "this is a reference"));
            return None;
        }
    };
    let referred = refer(cx, path, constant.span, out)?;
    let fits = match referred.value {
        Value::String(_) => true,
        Value::Bool(_) => !official,
        _ => false,
    };
    if !fits {
        let wanted = if official { "a string" } else { "a string or a bool" };
        out.push(Diagnostic::new(code::CANNOT_CONVERT, constant.span, format!("this is not {wanted}")));
        return None;
    }
    Some((referred.value, ConstantForm::Reference(referred.target)))
}
