//! A library and its declarations.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::parts::{Attribute, Constant, FieldShape, Location, Shape, Type, Written};
use super::text::Entries;
use crate::ir::DeclKind;

/// The file's top level.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Library {
    pub(super) name: String,
    #[serde(default = "unversioned")]
    pub(super) platform: String,
    #[serde(default)]
    pub(super) available: BTreeMap<String, Vec<String>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) maybe_attributes: Vec<Attribute>,
    #[serde(default)]
    pub(super) experiments: Vec<String>,
    #[serde(default)]
    pub(super) library_dependencies: Vec<Dependency>,
    #[serde(default)]
    pub(super) bits_declarations: Vec<Bits>,
    #[serde(default)]
    pub(super) const_declarations: Vec<Const>,
    #[serde(default)]
    pub(super) enum_declarations: Vec<Enum>,
    #[serde(default)]
    pub(super) experimental_resource_declarations: Vec<Resource>,
    #[serde(default)]
    pub(super) protocol_declarations: Vec<Protocol>,
    #[serde(default)]
    pub(super) service_declarations: Vec<Service>,
    #[serde(default)]
    pub(super) struct_declarations: Vec<Struct>,
    #[serde(default)]
    pub(super) external_struct_declarations: Vec<Struct>,
    #[serde(default)]
    pub(super) table_declarations: Vec<Table>,
    #[serde(default)]
    pub(super) union_declarations: Vec<Union>,
    /// Written only where types for C are turned on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) overlay_declarations: Option<Vec<Overlay>>,
    #[serde(default)]
    pub(super) alias_declarations: Vec<Alias>,
    #[serde(default)]
    pub(super) new_type_declarations: Vec<NewType>,
    pub(super) declaration_order: Vec<String>,
    pub(super) declarations: Entries<Kind>,
}

fn unversioned() -> String {
    "unversioned".to_owned()
}

/// A library that this one needs, with all its declarations.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Dependency {
    pub(super) name: String,
    pub(super) declarations: Entries<Declaration>,
}

/// What is said of a declaration of another library.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Declaration {
    pub(super) kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resource: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) type_shape_v2: Option<Shape>,
}

/// The kinds of declarations, in the order in which they are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Bits,
    Const,
    Enum,
    ExperimentalResource,
    Protocol,
    Service,
    Struct,
    Table,
    Union,
    Overlay,
    Alias,
    NewType,
}

impl From<&DeclKind> for Kind {
    fn from(kind: &DeclKind) -> Self {
        match kind {
            DeclKind::Const(_) => Self::Const,
            DeclKind::Alias(_) => Self::Alias,
            DeclKind::Bits(_) => Self::Bits,
            DeclKind::Enum(_) => Self::Enum,
            DeclKind::Struct(_) => Self::Struct,
            DeclKind::Table(_) => Self::Table,
            DeclKind::Union(_) => Self::Union,
            DeclKind::Overlay(_) => Self::Overlay,
            DeclKind::NewType(_) => Self::NewType,
            DeclKind::Protocol(_) => Self::Protocol,
            DeclKind::Service(_) => Self::Service,
            DeclKind::Resource(_) => Self::ExperimentalResource,
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Bits {
    pub(super) name: String,
    pub(super) naming_context: Vec<String>,
    pub(super) location: Location,
    #[serde(default)]
    pub(super) deprecated: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) maybe_attributes: Vec<Attribute>,
    pub(super) r#type: Type,
    /// All members or-ed together, as decimal text.
    pub(super) mask: String,
    pub(super) members: Vec<ValueMember>,
    pub(super) strict: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Enum {
    pub(super) name: String,
    pub(super) naming_context: Vec<String>,
    pub(super) location: Location,
    #[serde(default)]
    pub(super) deprecated: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) maybe_attributes: Vec<Attribute>,
    /// The name of the integer type.
    pub(super) r#type: String,
    pub(super) members: Vec<ValueMember>,
    pub(super) strict: bool,
    /// Given if flexible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) maybe_unknown_value: Option<i128>,
}

/// A member of bits or of an enum.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ValueMember {
    pub(super) name: String,
    pub(super) location: Location,
    #[serde(default)]
    pub(super) deprecated: bool,
    pub(super) value: Constant,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) maybe_attributes: Vec<Attribute>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Const {
    pub(super) name: String,
    pub(super) location: Location,
    #[serde(default)]
    pub(super) deprecated: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) maybe_attributes: Vec<Attribute>,
    pub(super) r#type: Type,
    pub(super) value: Constant,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Resource {
    pub(super) name: String,
    pub(super) location: Location,
    #[serde(default)]
    pub(super) deprecated: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) maybe_attributes: Vec<Attribute>,
    pub(super) r#type: Type,
    pub(super) properties: Vec<Property>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Property {
    pub(super) name: String,
    pub(super) location: Location,
    #[serde(default)]
    pub(super) deprecated: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) maybe_attributes: Vec<Attribute>,
    pub(super) r#type: Type,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Protocol {
    pub(super) name: String,
    pub(super) location: Location,
    #[serde(default)]
    pub(super) deprecated: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) maybe_attributes: Vec<Attribute>,
    pub(super) openness: Openness,
    pub(super) composed_protocols: Vec<Composed>,
    /// Those of composed protocols come first.
    pub(super) methods: Vec<Method>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) implementation_locations: Option<Implementations>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Openness {
    Closed,
    Ajar,
    Open,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Composed {
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) maybe_attributes: Vec<Attribute>,
    pub(super) location: Location,
    #[serde(default)]
    pub(super) deprecated: bool,
}

/// Where clients and servers of a protocol may be.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Implementations {
    pub(super) client: Vec<String>,
    pub(super) server: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Method {
    pub(super) kind: MethodKind,
    pub(super) ordinal: u64,
    pub(super) name: String,
    pub(super) strict: bool,
    pub(super) location: Location,
    #[serde(default)]
    pub(super) deprecated: bool,
    pub(super) has_request: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) maybe_attributes: Vec<Attribute>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) maybe_request_payload: Option<Type>,
    pub(super) has_response: bool,
    /// The result union, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) maybe_response_payload: Option<Type>,
    pub(super) is_composed: bool,
    pub(super) has_error: bool,
    /// Given exactly where there is a result union.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) maybe_response_success_type: Option<Type>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) maybe_response_err_type: Option<Type>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum MethodKind {
    OneWay,
    TwoWay,
    Event,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Service {
    pub(super) name: String,
    pub(super) location: Location,
    #[serde(default)]
    pub(super) deprecated: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) maybe_attributes: Vec<Attribute>,
    pub(super) members: Vec<ServiceMember>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ServiceMember {
    pub(super) r#type: Type,
    pub(super) name: String,
    pub(super) location: Location,
    #[serde(default)]
    pub(super) deprecated: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) maybe_attributes: Vec<Attribute>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Struct {
    pub(super) name: String,
    pub(super) naming_context: Vec<String>,
    pub(super) location: Location,
    #[serde(default)]
    pub(super) deprecated: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) maybe_attributes: Vec<Attribute>,
    pub(super) members: Vec<StructMember>,
    pub(super) resource: bool,
    #[serde(default)]
    pub(super) is_empty_success_struct: bool,
    pub(super) type_shape_v2: Shape,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct StructMember {
    pub(super) r#type: Type,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) experimental_maybe_from_alias: Option<Written>,
    pub(super) name: String,
    pub(super) location: Location,
    #[serde(default)]
    pub(super) deprecated: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) maybe_attributes: Vec<Attribute>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) maybe_default_value: Option<Constant>,
    pub(super) field_shape_v2: FieldShape,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) naming_context: Vec<String>,
    pub(super) location: Location,
    #[serde(default)]
    pub(super) deprecated: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) maybe_attributes: Vec<Attribute>,
    pub(super) members: Vec<TableMember>,
    /// Never.
    #[serde(default)]
    pub(super) strict: bool,
    pub(super) resource: bool,
    pub(super) type_shape_v2: Shape,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct TableMember {
    pub(super) ordinal: u32,
    pub(super) r#type: Type,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) experimental_maybe_from_alias: Option<Written>,
    pub(super) name: String,
    pub(super) location: Location,
    #[serde(default)]
    pub(super) deprecated: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) maybe_attributes: Vec<Attribute>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Union {
    pub(super) name: String,
    pub(super) naming_context: Vec<String>,
    pub(super) location: Location,
    #[serde(default)]
    pub(super) deprecated: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) maybe_attributes: Vec<Attribute>,
    pub(super) members: Vec<UnionMember>,
    pub(super) strict: bool,
    pub(super) resource: bool,
    #[serde(default)]
    pub(super) is_result: bool,
    pub(super) type_shape_v2: Shape,
}

/// A member of a union or an overlay.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct UnionMember {
    pub(super) ordinal: u32,
    pub(super) name: String,
    pub(super) r#type: Type,
    pub(super) location: Location,
    #[serde(default)]
    pub(super) deprecated: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) maybe_attributes: Vec<Attribute>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Overlay {
    pub(super) name: String,
    pub(super) naming_context: Vec<String>,
    pub(super) location: Location,
    #[serde(default)]
    pub(super) deprecated: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) maybe_attributes: Vec<Attribute>,
    pub(super) members: Vec<UnionMember>,
    /// Always.
    pub(super) strict: bool,
    /// Never.
    pub(super) resource: bool,
    pub(super) type_shape_v2: Shape,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Alias {
    pub(super) name: String,
    pub(super) location: Location,
    #[serde(default)]
    pub(super) deprecated: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) maybe_attributes: Vec<Attribute>,
    pub(super) partial_type_ctor: Written,
    pub(super) r#type: Type,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct NewType {
    pub(super) name: String,
    pub(super) location: Location,
    #[serde(default)]
    pub(super) deprecated: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) maybe_attributes: Vec<Attribute>,
    pub(super) r#type: Type,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) experimental_maybe_from_alias: Option<Written>,
}
