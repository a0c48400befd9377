//! Constants: evaluation, and conversion to the type that is expected.

use super::constraints::unknown_name;
use super::known::{Class, Cx};
use super::resolve::{Builtin, Target, suggests};
use crate::diagnostics::{Diagnostic, code};
use crate::ir::{
    Constant, ConstantForm, ConstantTarget, DeclId, DeclKind, LiteralKind, Primitive, Type, TypeKind, Value,
};
use crate::source::Span;
use crate::syntax::{ConstantId, LayoutClass, Literal, unescape};

/// The type that a constant must have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Expected {
    Primitive(Primitive),
    String { bound: Option<u32> },
    Bits(DeclId, Primitive),
    Enum(DeclId),
}

impl Expected {
    /// What constants of a type must be; `None` if there are none.
    pub(super) fn of(cx: Cx<'_>, ty: &Type) -> Option<Self> {
        match &ty.kind {
            TypeKind::Primitive(primitive) => Some(Self::Primitive(*primitive)),
            TypeKind::String { bound, optional: false } => Some(Self::String { bound: *bound }),
            TypeKind::Named(id) => match cx.known.ready(*id)? {
                DeclKind::Bits(bits) => Some(Self::Bits(*id, bits.underlying)),
                DeclKind::Enum(_) => Some(Self::Enum(*id)),
                _ => None,
            },
            _ => None,
        }
    }

    fn describe(self, cx: Cx<'_>) -> String {
        match self {
            Self::Primitive(primitive) => match primitive.range() {
                Some((low, high)) => format!("`{}`, which goes from {low} to {high}", primitive.name()),
                None => format!("`{}`", primitive.name()),
            },
            Self::String { bound: None } => "`string`".to_owned(),
            Self::String { bound: Some(bound) } => format!("`string:{bound}`"),
            Self::Bits(id, _) | Self::Enum(id) => format!("`{}`", cx.known.shown_name(id, cx.library)),
        }
    }
}

/// Evaluates a constant against the type that is expected. `None` has been reported.
pub(super) fn evaluate(
    cx: Cx<'_>,
    id: ConstantId,
    expected: Expected,
    out: &mut Vec<Diagnostic>,
) -> Option<Constant> {
    let constant = &cx.file[id];
    let text = cx.sources.text(constant.span);
    let (value, form) = match &constant.kind {
        Literal::Number => (number(cx, text, constant.span, expected, out)?, LiteralKind::Numeric.into()),
        Literal::String => (string(cx, text, constant.span, expected, out)?, LiteralKind::String.into()),
        Literal::Bool(value) => {
            if expected != Expected::Primitive(Primitive::Bool) {
                out.push(cannot_convert(cx, &format!("`{value}`"), constant.span, expected));
                return None;
            }
            (Value::Bool(*value), LiteralKind::Bool.into())
        }
        Literal::Path(path) => reference(cx, *path, constant.span, expected, out)?,
        Literal::Or(operands) => (or(cx, operands, constant.span, expected, out)?, ConstantForm::Or),
    };
    Some(Constant { value, expression: text.to_owned(), form })
}

impl From<LiteralKind> for ConstantForm {
    fn from(kind: LiteralKind) -> Self {
        Self::Literal(kind)
    }
}

/// A number as it is written.
pub(super) enum Number {
    Integer(i128),
    Float(f64),
    /// An integer beyond all types.
    Huge,
    Malformed,
}

/// Reads a number literal.
pub(super) fn parse_number(text: &str) -> Number {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = match (lower.strip_prefix("0x"), lower.strip_prefix("0b")) {
        (Some(digits), _) => (16, digits),
        (None, Some(digits)) => (2, digits),
        (None, None) => (10, lower.as_str()),
    };
    if !digits.is_empty() && digits.chars().all(|letter| letter.is_digit(radix)) {
        return match i128::from_str_radix(digits, radix) {
            Ok(value) => Number::Integer(if negative { -value } else { value }),
            Err(_) => Number::Huge,
        };
    }
    match text.parse() {
        Ok(value) if radix == 10 && is_fraction(digits) => Number::Float(value),
        _ => Number::Malformed,
    }
}

/// Whether digits have a point among them, or an exponent behind them, or both.
fn is_fraction(digits: &str) -> bool {
    let decimal = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (base, exponent) = digits.split_once('e').unwrap_or((digits, "0"));
    let (whole, fraction) = base.split_once('.').unwrap_or((base, "0"));
    decimal(whole) && decimal(fraction) && decimal(exponent.strip_prefix('-').unwrap_or(exponent))
}

fn number(
    cx: Cx<'_>,
    text: &str,
    span: Span,
    expected: Expected,
    out: &mut Vec<Diagnostic>,
) -> Option<Value> {
    let parsed = parse_number(text);
    let value = match (expected, &parsed) {
        (_, Number::Malformed) => {
            out.push(Diagnostic::new(code::NUMBER_RANGE, span, format!("`{text}` is not a number")));
            return None;
        }
        (Expected::Primitive(Primitive::Bool) | Expected::String { .. } | Expected::Enum(_), _) => {
            out.push(cannot_convert(cx, "a number", span, expected));
            return None;
        }
        (Expected::Bits(..), Number::Integer(0)) => return Some(Value::Integer(0)),
        (Expected::Bits(..), _) => {
            let diagnostic = cannot_convert(cx, "a number other than 0", span, expected);
            out.push(diagnostic.help("name members, with `|` between them"));
            return None;
        }
        (Expected::Primitive(primitive), parsed) => fit(parsed, text, primitive),
    };
    if value.is_none() {
        let label = format!("`{text}` is not a value of {}", expected.describe(cx));
        out.push(Diagnostic::new(code::NUMBER_RANGE, span, label));
    }
    value
}

/// A number as a value of a type, if it is one.
fn fit(number: &Number, text: &str, primitive: Primitive) -> Option<Value> {
    match (primitive, number) {
        (Primitive::Float32 | Primitive::Float64, _) => float(text, number, primitive).map(Value::Float),
        (_, Number::Integer(value)) => integer(*value, primitive),
        _ => None,
    }
}

fn integer(value: i128, primitive: Primitive) -> Option<Value> {
    let (low, high) = primitive.range()?;
    (low..=high).contains(&value).then_some(Value::Integer(value))
}

fn float(text: &str, number: &Number, primitive: Primitive) -> Option<f64> {
    let value = match number {
        Number::Integer(value) => *value as f64,
        Number::Float(value) => *value,
        Number::Huge => text.parse().ok()?,
        Number::Malformed => return None,
    };
    narrow(value, primitive)
}

/// A float rounded to its type, if that keeps it finite.
fn narrow(value: f64, primitive: Primitive) -> Option<f64> {
    let value = if primitive == Primitive::Float32 { f64::from(value as f32) } else { value };
    value.is_finite().then_some(value)
}

fn string(
    cx: Cx<'_>,
    text: &str,
    span: Span,
    expected: Expected,
    out: &mut Vec<Diagnostic>,
) -> Option<Value> {
    let value = unescape(text);
    match expected {
        Expected::String { bound } if bound.is_none_or(|bound| value.len() <= bound as usize) => {
            Some(Value::String(value))
        }
        Expected::String { .. } => {
            let found = format!("a string of {} bytes", value.len());
            out.push(cannot_convert(cx, &found, span, expected));
            None
        }
        _ => {
            out.push(cannot_convert(cx, "a string", span, expected));
            None
        }
    }
}

fn cannot_convert(cx: Cx<'_>, found: &str, span: Span, expected: Expected) -> Diagnostic {
    let label = format!("{found} is not a value of {}", expected.describe(cx));
    Diagnostic::new(code::CANNOT_CONVERT, span, label)
}

/// What a reference gives: its value, the type that it has, and what it names.
pub(super) struct Referred {
    pub(super) value: Value,
    pub(super) ty: TypeKind,
    pub(super) target: ConstantTarget,
}

/// The value that a reference names. `None` has been reported.
pub(super) fn refer(
    cx: Cx<'_>,
    path: crate::syntax::PathId,
    span: Span,
    out: &mut Vec<Diagnostic>,
) -> Option<Referred> {
    let Some(target) = cx.resolved.target(cx.file_index, path) else {
        out.extend(unknown_name(cx, path, std::iter::empty(), suggests(out)));
        return None;
    };
    match target {
        Target::Builtin(Builtin::Max) => Some(Referred {
            value: Value::Integer(u32::MAX.into()),
            ty: TypeKind::Primitive(Primitive::Uint32),
            target: ConstantTarget::Max,
        }),
        Target::Builtin(_) => {
            let label = format!("`{}` is not a value", cx.sources.text(span));
            out.push(Diagnostic::new(code::TYPE_FOR_VALUE, span, label));
            None
        }
        Target::Decl(id) if cx.known.class(id) == Class::Const => match cx.known.ready(id)? {
            DeclKind::Const(constant) => Some(Referred {
                value: constant.value.value.clone(),
                ty: constant.ty.kind.clone(),
                target: ConstantTarget::Const(id),
            }),
            _ => None,
        },
        Target::Decl(id) => {
            if cx.known.class(id) != Class::Broken {
                let label = format!("`{}` is {}", cx.sources.text(span), cx.known.class(id).describe());
                let diagnostic = Diagnostic::new(code::TYPE_FOR_VALUE, span, label);
                out.push(diagnostic.help(help_with_members(cx, id)));
            }
            None
        }
        Target::Member(id, index) => member(cx, id, index),
    }
}

fn help_with_members(cx: Cx<'_>, id: DeclId) -> String {
    let symbol = cx.known.symbol(id);
    match (symbol.class, symbol.members.first()) {
        (Class::Layout(LayoutClass::Bits | LayoutClass::Enum), Some(member)) => {
            format!("name a member, as `{}.{member}`", cx.known.shown_name(id, cx.library))
        }
        _ => "name a constant or a member of an enum or bits".to_owned(),
    }
}

fn member(cx: Cx<'_>, id: DeclId, index: u32) -> Option<Referred> {
    let value = match cx.known.ready(id)? {
        DeclKind::Bits(bits) => i128::from(bits.members.get(index as usize)?.value),
        DeclKind::Enum(layout) => layout.members.get(index as usize)?.value,
        _ => return None,
    };
    let target = ConstantTarget::Member(id, index);
    Some(Referred { value: Value::Integer(value), ty: TypeKind::Named(id), target })
}

fn reference(
    cx: Cx<'_>,
    path: crate::syntax::PathId,
    span: Span,
    expected: Expected,
    out: &mut Vec<Diagnostic>,
) -> Option<(Value, ConstantForm)> {
    let referred = refer(cx, path, span, out)?;
    let form = ConstantForm::Reference(referred.target);
    match convert(&referred, expected) {
        Some(value) => Some((value, form)),
        None => {
            out.push(not_converted(cx, &referred, span, expected));
            None
        }
    }
}

fn convert(referred: &Referred, expected: Expected) -> Option<Value> {
    match (expected, &referred.ty, &referred.value) {
        (Expected::Bits(id, _) | Expected::Enum(id), TypeKind::Named(of), value) if id == *of => {
            Some(value.clone())
        }
        (Expected::Bits(..) | Expected::Enum(_), ..) => None,
        (Expected::String { bound }, TypeKind::String { bound: of, .. }, value) => {
            let fits = of.unwrap_or(u32::MAX) <= bound.unwrap_or(u32::MAX);
            fits.then(|| value.clone())
        }
        (Expected::Primitive(Primitive::Bool), _, Value::Bool(value)) => Some(Value::Bool(*value)),
        (Expected::Primitive(primitive @ (Primitive::Float32 | Primitive::Float64)), _, value) => match value
        {
            Value::Float(value) => narrow(*value, primitive).map(Value::Float),
            Value::Integer(value) => narrow(*value as f64, primitive).map(Value::Float),
            _ => None,
        },
        (Expected::Primitive(primitive), _, Value::Integer(value)) => integer(*value, primitive),
        (Expected::Primitive(primitive), _, Value::Float(value)) if value.fract() == 0.0 => {
            integer(*value as i128, primitive)
        }
        _ => None,
    }
}

fn not_converted(cx: Cx<'_>, referred: &Referred, span: Span, expected: Expected) -> Diagnostic {
    let text = cx.sources.text(span);
    let wants_named = matches!(expected, Expected::Bits(..) | Expected::Enum(_));
    let code = if wants_named { code::OTHER_TYPES_CONSTANT } else { code::CANNOT_CONVERT };
    let shown = match (&referred.value, &referred.ty) {
        (_, TypeKind::String { bound: Some(bound), .. }) => format!("`{text}`, of type `string:{bound}`,"),
        (_, TypeKind::String { bound: None, .. }) => format!("`{text}`, of type `string`,"),
        (Value::Integer(value), _) => format!("`{text}`, which is {value},"),
        _ => format!("`{text}`"),
    };
    Diagnostic::new(code, span, format!("{shown} is not a value of {}", expected.describe(cx)))
}

/// A chain of `|`, whose operands must all be of the expected type.
fn or(
    cx: Cx<'_>,
    operands: &[ConstantId],
    span: Span,
    expected: Expected,
    out: &mut Vec<Diagnostic>,
) -> Option<Value> {
    let combines = match expected {
        Expected::Primitive(primitive) => primitive.is_integer(),
        Expected::Bits(..) => true,
        Expected::String { .. } | Expected::Enum(_) => false,
    };
    if !combines {
        let label = format!("a value of {} is expected here", expected.describe(cx));
        out.push(Diagnostic::new(code::OR_ON_WRONG_TYPE, span, label));
        return None;
    }
    let values: Vec<_> = operands.iter().map(|operand| evaluate(cx, *operand, expected, out)).collect();
    let mut whole = 0;
    for value in values {
        match value?.value {
            Value::Integer(value) => whole |= value,
            _ => return None,
        }
    }
    Some(Value::Integer(whole))
}
