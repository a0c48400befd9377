//! Types and constants.

use super::Writer;
use crate::ir::{
    self, Constant, ConstantForm, ConstantTarget, DeclId, DeclKind, EndpointRole, HandleSubtype, Primitive,
    TypeShape, Value, WrittenName,
};
use crate::json::handles;
use crate::json::parts::{self, ConstantKind, Literal, LiteralKind, Role, Shape, Type, TypeKind, Written};
use crate::json::text::{Text, float};

impl Writer<'_> {
    pub(super) fn ty(&self, ty: &ir::Type) -> Type {
        match &ty.kind {
            ir::TypeKind::Primitive(primitive) => self::primitive(*primitive, ty.shape),
            ir::TypeKind::FrameworkError => {
                Type { subtype: Some("framework_error".to_owned()), ..blank(TypeKind::Internal, ty.shape) }
            }
            ir::TypeKind::String { bound, optional } => Type {
                maybe_element_count: *bound,
                nullable: Some(*optional),
                ..blank(TypeKind::String, ty.shape)
            },
            ir::TypeKind::StringArray { count } => {
                Type { element_count: Some(*count), ..blank(TypeKind::StringArray, ty.shape) }
            }
            ir::TypeKind::Array { element, count } => {
                Type { element_count: Some(*count), ..self.of_elements(TypeKind::Array, element, ty.shape) }
            }
            ir::TypeKind::Vector { element, bound, optional } => Type {
                maybe_element_count: *bound,
                nullable: Some(*optional),
                ..self.of_elements(TypeKind::Vector, element, ty.shape)
            },
            ir::TypeKind::Handle { resource, subtype, rights, optional } => Type {
                rights: Some(*rights),
                nullable: Some(*optional),
                resource_identifier: Some(self.schema.full_name(*resource)),
                ..self::handle(subtype, ty.shape)
            },
            ir::TypeKind::Endpoint { role, protocol, optional } => {
                self.endpoint(*role, *protocol, *optional, ty.shape)
            }
            ir::TypeKind::Named(id) => self.identifier(*id, false, ty.shape),
            ir::TypeKind::Box(id) | ir::TypeKind::OptionalUnion(id) => self.identifier(*id, true, ty.shape),
            ir::TypeKind::Pointer(inner) => Type {
                pointee_type: Some(Box::new(self.ty(inner))),
                ..blank(TypeKind::ExperimentalPointer, ty.shape)
            },
        }
    }

    fn of_elements(&self, kind: TypeKind, element: &ir::Type, shape: TypeShape) -> Type {
        Type {
            element_type: Some(Box::new(self.ty(element))),
            experimental_maybe_from_alias: self.alias_of(element),
            ..blank(kind, shape)
        }
    }

    fn endpoint(&self, role: EndpointRole, protocol: DeclId, optional: bool, shape: TypeShape) -> Type {
        let transport = self.schema.as_protocol(protocol).map(|protocol| protocol.transport);
        let role = match role {
            EndpointRole::Client => Role::Client,
            EndpointRole::Server => Role::Server,
        };
        Type {
            role: Some(role),
            protocol: Some(self.schema.full_name(protocol)),
            nullable: Some(optional),
            protocol_transport: Some(transport.unwrap_or_default().name().to_owned()),
            ..blank(TypeKind::Endpoint, shape)
        }
    }

    /// The type that names a declaration.
    pub(super) fn identifier(&self, id: DeclId, nullable: bool, shape: TypeShape) -> Type {
        Type {
            identifier: Some(self.schema.full_name(id)),
            nullable: Some(nullable),
            ..blank(TypeKind::Identifier, shape)
        }
    }

    /// How a type was written, if by an alias.
    pub(super) fn alias_of(&self, ty: &ir::Type) -> Option<Written> {
        ty.alias.as_ref().map(|written| self.written(written))
    }

    pub(super) fn written(&self, written: &ir::Written) -> Written {
        let name = match &written.name {
            WrittenName::Decl(id) => self.schema.full_name(*id),
            WrittenName::Builtin(name) => name.clone(),
        };
        Written {
            name,
            args: written.arguments.iter().map(|argument| self.written(argument)).collect(),
            nullable: written.optional,
            maybe_size: written.size.as_ref().map(|size| self.constant(size)),
            handle_rights: written.rights.as_ref().map(|rights| self.constant(rights)),
        }
    }

    pub(super) fn constant(&self, constant: &Constant) -> parts::Constant {
        let expression = constant.expression.clone();
        let value = self.value(constant);
        let (kind, identifier, literal) = match constant.form {
            ConstantForm::Literal(kind) => {
                let literal = Literal {
                    kind: literal_kind(kind),
                    value: value.clone(),
                    expression: expression.clone(),
                };
                (ConstantKind::Literal, None, Some(literal))
            }
            ConstantForm::Reference(target) => (ConstantKind::Identifier, Some(self.target(target)), None),
            ConstantForm::Or => (ConstantKind::BinaryOperator, None, None),
        };
        parts::Constant { kind, value, expression, identifier, literal }
    }

    fn value(&self, constant: &Constant) -> Text {
        match &constant.value {
            Value::Bool(value) => Text::plain(value.to_string()),
            Value::Integer(value) => Text::plain(value.to_string()),
            Value::Float(value) => Text::plain(float(*value)),
            Value::String(text) => match self.literal_of(constant) {
                Some(literal) => Text::of_literal(text.clone(), literal),
                None => Text::plain(text.clone()),
            },
        }
    }

    /// The literal that a constant has its value from, along references.
    fn literal_of<'a>(&'a self, mut constant: &'a Constant) -> Option<&'a str> {
        // No chain is longer than there are declarations.
        for _ in 0..=self.schema.decls.len() {
            constant = match constant.form {
                ConstantForm::Literal(_) => return Some(&constant.expression),
                ConstantForm::Reference(ConstantTarget::Const(id)) => match &self.schema.decl(id).kind {
                    DeclKind::Const(referred) => &referred.value,
                    _ => return None,
                },
                ConstantForm::Reference(_) | ConstantForm::Or => return None,
            };
        }
        None
    }

    fn target(&self, target: ConstantTarget) -> String {
        match target {
            ConstantTarget::Const(id) => self.schema.full_name(id),
            ConstantTarget::Max => "fidl/MAX".to_owned(),
            ConstantTarget::Next => "fidl/NEXT".to_owned(),
            ConstantTarget::Head => "fidl/HEAD".to_owned(),
            ConstantTarget::Member(id, index) => {
                format!("{}.{}", self.schema.full_name(id), self.member_name(id, index))
            }
        }
    }

    fn member_name(&self, id: DeclId, index: u32) -> &str {
        let element = match &self.schema.decl(id).kind {
            DeclKind::Bits(layout) => layout.members.get(index as usize).map(|member| &member.element),
            DeclKind::Enum(layout) => layout.members.get(index as usize).map(|member| &member.element),
            _ => None,
        };
        element.map_or("", |element| &element.name)
    }
}

fn literal_kind(kind: ir::LiteralKind) -> LiteralKind {
    match kind {
        ir::LiteralKind::String => LiteralKind::String,
        ir::LiteralKind::Numeric => LiteralKind::Numeric,
        ir::LiteralKind::Bool => LiteralKind::Bool,
    }
}

/// A bool or number.
pub(super) fn primitive(primitive: Primitive, shape: TypeShape) -> Type {
    Type { subtype: Some(primitive.name().to_owned()), ..blank(TypeKind::Primitive, shape) }
}

/// A bool or number by itself.
pub(super) fn number(primitive: Primitive) -> Type {
    let size = primitive.size();
    self::primitive(primitive, TypeShape { inline_size: size, alignment: size, ..TypeShape::default() })
}

fn handle(subtype: &HandleSubtype, shape: TypeShape) -> Type {
    Type {
        obj_type: Some(subtype.value),
        subtype: Some(handles::name(subtype.value).to_owned()),
        ..blank(TypeKind::Handle, shape)
    }
}

/// A type with none of the keys that depend on its kind.
fn blank(kind: TypeKind, shape: TypeShape) -> Type {
    Type {
        kind_v2: kind,
        element_type: None,
        experimental_maybe_from_alias: None,
        element_count: None,
        pointee_type: None,
        maybe_element_count: None,
        obj_type: None,
        subtype: None,
        rights: None,
        role: None,
        identifier: None,
        protocol: None,
        nullable: None,
        resource_identifier: None,
        protocol_transport: None,
        type_shape_v2: shape.into(),
    }
}

impl From<TypeShape> for Shape {
    fn from(shape: TypeShape) -> Self {
        Self {
            inline_size: shape.inline_size,
            alignment: shape.alignment,
            depth: shape.depth,
            max_handles: shape.max_handles,
            max_out_of_line: shape.max_out_of_line,
            has_padding: shape.has_padding,
            has_flexible_envelope: shape.has_flexible_envelope,
        }
    }
}
