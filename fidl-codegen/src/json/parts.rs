//! What declarations are made of: names, places, types, constants.

use serde::{Deserialize, Serialize};

use super::text::Text;

/// A place. `column` and `length` count bytes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Location {
    pub(super) filename: String,
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) length: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Attribute {
    pub(super) name: String,
    pub(super) arguments: Vec<Argument>,
    pub(super) location: Location,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Argument {
    pub(super) name: String,
    /// `string`, `bool`, or `uint32` for versions.
    pub(super) r#type: String,
    pub(super) value: Constant,
    pub(super) location: Location,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Constant {
    pub(super) kind: ConstantKind,
    /// The evaluated value as text.
    pub(super) value: Text,
    /// The source text.
    pub(super) expression: String,
    /// What is referred to, for [`ConstantKind::Identifier`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) identifier: Option<String>,
    /// Given for [`ConstantKind::Literal`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) literal: Option<Literal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ConstantKind {
    Literal,
    Identifier,
    BinaryOperator,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Literal {
    pub(super) kind: LiteralKind,
    pub(super) value: Text,
    pub(super) expression: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum LiteralKind {
    String,
    Numeric,
    Bool,
}

/// A type. Which keys are there depends on the kind; no two kinds have theirs in different orders.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Type {
    pub(super) kind_v2: TypeKind,
    /// Of `array` and `vector`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) element_type: Option<Box<Type>>,
    /// How the type of the elements was written, if by an alias.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) experimental_maybe_from_alias: Option<Written>,
    /// Of `array` and `string_array`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) element_count: Option<u32>,
    /// Of `experimental_pointer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pointee_type: Option<Box<Type>>,
    /// Of `string` and `vector`, if bounded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) maybe_element_count: Option<u32>,
    /// Of `handle`: the number of the kind of object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) obj_type: Option<u32>,
    /// Of `handle` (the name of the kind of object), `primitive` and `internal`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) subtype: Option<String>,
    /// Of `handle`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rights: Option<u32>,
    /// Of `endpoint`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) role: Option<Role>,
    /// Of `identifier`: the name of the declaration in full.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) identifier: Option<String>,
    /// Of `endpoint`: the name of the protocol in full.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) protocol: Option<String>,
    /// Of all that can be absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) nullable: Option<bool>,
    /// Of `handle`: the name of the resource definition in full.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resource_identifier: Option<String>,
    /// Of `endpoint`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) protocol_transport: Option<String>,
    #[serde(default)]
    pub(super) type_shape_v2: Shape,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum TypeKind {
    Array,
    StringArray,
    Vector,
    String,
    Handle,
    Endpoint,
    Primitive,
    Internal,
    Identifier,
    ExperimentalPointer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Role {
    Client,
    Server,
}

/// A type as it was written.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Written {
    /// The plain name of a type of the language, or a declaration's in full.
    pub(super) name: String,
    pub(super) args: Vec<Written>,
    pub(super) nullable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) maybe_size: Option<Constant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) handle_rights: Option<Constant>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Shape {
    pub(super) inline_size: u32,
    pub(super) alignment: u32,
    pub(super) depth: u32,
    pub(super) max_handles: u32,
    pub(super) max_out_of_line: u32,
    pub(super) has_padding: bool,
    pub(super) has_flexible_envelope: bool,
}

/// Where a member of a struct lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FieldShape {
    pub(super) offset: u32,
    pub(super) padding: u32,
}
