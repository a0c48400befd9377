//! Declarations other than protocols.

use super::{Constant, Element, Primitive, Type, TypeShape, Written};

/// `const NAME type = value;`
#[derive(Clone, Debug, PartialEq)]
pub struct Const {
    /// The type: a primitive, a string, bits or an enum.
    pub ty: Type,
    /// The value, converted to the type.
    pub value: Constant,
}

/// `alias Name = type;`
#[derive(Clone, Debug, PartialEq)]
pub struct Alias {
    /// What it stands for.
    pub target: Type,
    /// How that was written.
    pub written: Written,
}

/// `type Name = type;`: a type of its own with the form of another.
#[derive(Clone, Debug, PartialEq)]
pub struct NewType {
    /// The type whose form it has.
    pub target: Type,
}

/// A set of flags.
#[derive(Clone, Debug, PartialEq)]
pub struct Bits {
    /// The unsigned integer type on the wire.
    pub underlying: Primitive,
    /// Whether a value with undeclared bits is refused.
    pub strict: bool,
    /// All members or-ed together.
    pub mask: u64,
    /// The members in source order.
    pub members: Vec<BitsMember>,
}

/// One flag.
#[derive(Clone, Debug, PartialEq)]
pub struct BitsMember {
    /// Name, attributes, place.
    pub element: Element,
    /// A power of two.
    pub value: u64,
    /// The value as it was written.
    pub constant: Constant,
}

/// An enumeration.
#[derive(Clone, Debug, PartialEq)]
pub struct Enum {
    /// The integer type on the wire.
    pub underlying: Primitive,
    /// Whether a value that is not a member is refused.
    pub strict: bool,
    /// For flexible enums the value that stands for unknown ones: that of the member marked `@unknown`, else
    /// the largest of the underlying type.
    pub unknown_value: Option<i128>,
    /// The members in source order.
    pub members: Vec<EnumMember>,
}

/// One value of an enumeration.
#[derive(Clone, Debug, PartialEq)]
pub struct EnumMember {
    /// Name, attributes, place.
    pub element: Element,
    /// The value, within the underlying type's range.
    pub value: i128,
    /// Whether it is marked `@unknown`.
    pub unknown: bool,
    /// The value as it was written.
    pub constant: Constant,
}

/// A struct.
#[derive(Clone, Debug, PartialEq)]
pub struct Struct {
    /// Whether it is declared `resource`, so that it may hold handles.
    pub resource: bool,
    /// Whether it contains itself, through boxes, optional unions or vectors.
    pub recursive: bool,
    /// Whether the compiler made it, for the success of a method that answers with nothing.
    pub empty_success: bool,
    /// The members in source order. A struct without any takes one byte.
    pub members: Vec<StructMember>,
    /// Size and reach of the whole.
    pub shape: TypeShape,
}

/// One member of a struct.
#[derive(Clone, Debug, PartialEq)]
pub struct StructMember {
    /// Name, attributes, place.
    pub element: Element,
    /// Its type.
    pub ty: Type,
    /// The value that it has where none is given.
    pub default: Option<Constant>,
    /// Where it begins, in bytes from the struct's begin.
    pub offset: u32,
    /// The bytes of padding between its end and the next member or the struct's end.
    pub padding: u32,
}

/// A table.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Whether it is declared `resource`, so that it may hold handles.
    pub resource: bool,
    /// Whether it contains itself.
    pub recursive: bool,
    /// The members by ordinal.
    pub members: Vec<OrdinalMember>,
    /// Size and reach of the whole.
    pub shape: TypeShape,
}

/// A union.
#[derive(Clone, Debug, PartialEq)]
pub struct Union {
    /// Whether a member that is not declared is refused.
    pub strict: bool,
    /// Whether it is declared `resource`, so that it may hold handles.
    pub resource: bool,
    /// Whether it contains itself.
    pub recursive: bool,
    /// Whether the compiler made it, to carry the answer of a method: `response`, `err`, `framework_err`.
    pub result: bool,
    /// The members by ordinal.
    pub members: Vec<OrdinalMember>,
    /// Size and reach of the whole.
    pub shape: TypeShape,
}

/// A union for C: the ordinal, and the member inline behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlay {
    /// The members by ordinal.
    pub members: Vec<OrdinalMember>,
    /// Size and reach of the whole.
    pub shape: TypeShape,
}

/// One member of a table, a union or an overlay.
#[derive(Clone, Debug, PartialEq)]
pub struct OrdinalMember {
    /// Its number; at least 1.
    pub ordinal: u32,
    /// Name, attributes, place.
    pub element: Element,
    /// Its type.
    pub ty: Type,
}

/// A service: protocols that are served together.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// The members in source order.
    pub members: Vec<ServiceMember>,
}

/// One member of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceMember {
    /// Name, attributes, place.
    pub element: Element,
    /// Its type, the client's end of a protocol.
    pub ty: Type,
}

/// A kind of handle: `resource_definition Name : uint32 { … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceDefinition {
    /// The type on the wire; always `uint32`.
    pub underlying: Primitive,
    /// The properties in source order; `subtype` is among them.
    pub properties: Vec<ResourceProperty>,
}

/// One property of a resource definition.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceProperty {
    /// Name, attributes, place.
    pub element: Element,
    /// Its type.
    pub ty: Type,
}
