//! Constants.

use super::error::At;
use super::{Reader, Result};
use crate::ir::{
    self, AttributeArgument, ConstantForm, ConstantTarget, DeclKind, LiteralKind, Primitive, TypeKind, Value,
};
use crate::json::document::Kind;
use crate::json::parts::{self, Argument, Constant, ConstantKind};

impl Reader {
    /// An argument of an attribute.
    pub(super) fn argument(&mut self, at: &At<'_>, form: &Argument) -> Result<AttributeArgument> {
        let ty = match form.r#type.as_str() {
            "string" => TypeKind::String { bound: None, optional: false },
            name => TypeKind::Primitive(super::types::primitive(&at.key("type"), name)?),
        };
        Ok(AttributeArgument {
            name: form.name.clone(),
            value: self.constant(&at.key("value"), &form.value, &ty)?,
            location: self.location(&form.location),
        })
    }

    /// A constant of a type.
    pub(super) fn constant(&mut self, at: &At<'_>, form: &Constant, ty: &TypeKind) -> Result<ir::Constant> {
        let value = self.value(at, form, ty)?;
        Ok(ir::Constant { value, expression: form.expression.clone(), form: self.constant_form(at, form)? })
    }

    fn value(&self, at: &At<'_>, form: &Constant, ty: &TypeKind) -> Result<Value> {
        let text = form.value.value.as_str();
        let at_value = at.key("value");
        if let TypeKind::String { .. } = ty {
            return Ok(Value::String(text.to_owned()));
        }
        let Some(primitive) = self.underlying(ty) else {
            return Err(at.value(text, "possible: there are no constants of this type"));
        };
        let value = match primitive {
            Primitive::Bool => text.parse().ok().map(Value::Bool),
            Primitive::Float32 | Primitive::Float64 => self.float(form, primitive).map(Value::Float),
            _ => integer(text, primitive).map(Value::Integer),
        };
        let value = value.filter(|value| self.is_member(ty, value));
        value.ok_or_else(|| {
            at_value.value(text, format!("a value of the type, which is a `{}`", primitive.name()))
        })
    }

    /// A number with a fraction. The text of its value is cut to a few digits, so that it is the last resort.
    fn float(&self, form: &Constant, primitive: Primitive) -> Option<f64> {
        let literal = form.literal.as_ref().and_then(|literal| number(&literal.expression));
        let value =
            literal.or_else(|| self.referred_float(form)).or_else(|| form.value.value.parse().ok())?;
        let value = if primitive == Primitive::Float32 { f64::from(value as f32) } else { value };
        value.is_finite().then_some(value)
    }

    fn referred_float(&self, form: &Constant) -> Option<f64> {
        let id = self.names.get(form.identifier.as_deref()?)?;
        let DeclKind::Const(constant) = &self.schema.decl(*id).kind else { return None };
        match constant.value.value {
            Value::Float(value) => Some(value),
            Value::Integer(value) => Some(value as f64),
            Value::Bool(_) | Value::String(_) => None,
        }
    }

    fn constant_form(&self, at: &At<'_>, form: &Constant) -> Result<ConstantForm> {
        Ok(match form.kind {
            ConstantKind::BinaryOperator => ConstantForm::Or,
            ConstantKind::Literal => {
                let literal = form.literal.as_ref().ok_or_else(|| at.missing("literal"))?;
                ConstantForm::Literal(match literal.kind {
                    parts::LiteralKind::String => LiteralKind::String,
                    parts::LiteralKind::Numeric => LiteralKind::Numeric,
                    parts::LiteralKind::Bool => LiteralKind::Bool,
                })
            }
            ConstantKind::Identifier => {
                let name = form.identifier.as_deref().ok_or_else(|| at.missing("identifier"))?;
                ConstantForm::Reference(self.target(&at.key("identifier"), name)?)
            }
        })
    }

    /// What a constant refers to: a constant, or a member of bits or of an enum.
    fn target(&self, at: &At<'_>, name: &str) -> Result<ConstantTarget> {
        match name {
            "fidl/MAX" => return Ok(ConstantTarget::Max),
            "fidl/NEXT" => return Ok(ConstantTarget::Next),
            "fidl/HEAD" => return Ok(ConstantTarget::Head),
            _ => {}
        }
        let own = name.find('/').map_or(0, |slash| slash + 1);
        let Some(dot) = name[own..].find('.') else {
            let id = self.of_kind(at, name, &[Kind::Const], "a constant")?;
            return Ok(ConstantTarget::Const(id));
        };
        let (decl, member) = (&name[..own + dot], &name[own + dot + 1..]);
        let id = self.ready_of_kind(at, decl, &[Kind::Bits, Kind::Enum], "bits or an enum")?;
        let index = match &self.schema.decl(id).kind {
            DeclKind::Bits(layout) => layout.members.iter().position(|it| it.element.name == member),
            DeclKind::Enum(layout) => layout.members.iter().position(|it| it.element.name == member),
            _ => None,
        };
        let index = index.ok_or_else(|| at.unknown(name))?;
        Ok(ConstantTarget::Member(id, index as u32))
    }
}

/// A number literal of the language, of which only those without a fraction have other forms than Rust's.
fn number(text: &str) -> Option<f64> {
    let lower = text.to_ascii_lowercase();
    let (negative, digits) = match lower.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, lower.as_str()),
    };
    let (radix, digits) = match (digits.strip_prefix("0x"), digits.strip_prefix("0b")) {
        (Some(digits), _) => (16, digits),
        (None, Some(digits)) => (2, digits),
        (None, None) => (10, digits),
    };
    match i128::from_str_radix(digits, radix) {
        Ok(value) => Some(if negative { -value } else { value } as f64),
        Err(_) => text.parse().ok(),
    }
}

/// A number in the range of a type.
pub(super) fn integer(text: &str, primitive: Primitive) -> Option<i128> {
    let (low, high) = primitive.range()?;
    text.parse().ok().filter(|value| (low..=high).contains(value))
}
