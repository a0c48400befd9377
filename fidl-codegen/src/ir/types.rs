//! Types and their shapes.

use super::{Constant, DeclId};

/// The rights value that means: the rights the handle has already.
pub const RIGHTS_SAME: u32 = 0x8000_0000;

/// A type as used by a member, an element, a constant or an alias.
#[derive(Clone, Debug, PartialEq)]
pub struct Type {
    /// What it is, with aliases replaced.
    pub kind: TypeKind,
    /// Its size and what it reaches.
    pub shape: TypeShape,
    /// Given if it was written by the name of an alias: how.
    pub alias: Option<Box<Written>>,
}

/// A type as it was written, before aliases were replaced.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// What is named.
    pub name: WrittenName,
    /// The types among its parameters.
    pub arguments: Vec<Written>,
    /// Whether `optional` is written.
    pub optional: bool,
    /// The bound or count that is written.
    pub size: Option<Constant>,
    /// The rights of a handle that are written.
    pub rights: Option<Constant>,
}

impl Written {
    /// The alias that is named, if it is one.
    #[must_use]
    pub fn alias(&self) -> Option<DeclId> {
        match self.name {
            WrittenName::Decl(id) => Some(id),
            WrittenName::Builtin(_) => None,
        }
    }
}

/// What a written type names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WrittenName {
    /// A declaration; a layout in place is named like one.
    Decl(DeclId),
    /// A type of the language, as `vector`.
    Builtin(String),
}

/// The kinds of types.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeKind {
    /// A bool or number.
    Primitive(Primitive),
    /// `string:<bound, optional>`.
    String {
        /// The largest number of bytes; `None` is unbounded.
        bound: Option<u32>,
        /// Whether it may be absent.
        optional: bool,
    },
    /// `array<element, count>`.
    Array {
        /// The type of the elements.
        element: Box<Type>,
        /// How many there are; at least 1.
        count: u32,
    },
    /// `vector<element>:<bound, optional>`.
    Vector {
        /// The type of the elements.
        element: Box<Type>,
        /// The largest number of elements; `None` is unbounded.
        bound: Option<u32>,
        /// Whether it may be absent.
        optional: bool,
    },
    /// A handle, made by a resource definition.
    Handle {
        /// The resource definition.
        resource: DeclId,
        /// The kind of object.
        subtype: HandleSubtype,
        /// The rights it must have; [`RIGHTS_SAME`] if none are named.
        rights: u32,
        /// Whether it may be absent.
        optional: bool,
    },
    /// `client_end:P` or `server_end:P`.
    Endpoint {
        /// Which end.
        role: EndpointRole,
        /// The protocol spoken.
        protocol: DeclId,
        /// Whether it may be absent.
        optional: bool,
    },
    /// `box<S>`: a struct out of line that may be absent.
    Box(DeclId),
    /// A bits, enum, struct, table, union, overlay or new type, by value.
    Named(DeclId),
    /// A union that may be absent.
    OptionalUnion(DeclId),
    /// `string_array<N>`: so many bytes of text, inline.
    StringArray {
        /// How many bytes; at least 1.
        count: u32,
    },
    /// `experimental_pointer<T>`: an address, for C.
    Pointer(Box<Type>),
    /// What a framework answers in place of a method: 'unknown method'. A 32-bit number.
    FrameworkError,
}

/// The builtin types of fixed size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is named as in the language")]
pub enum Primitive {
    Bool,
    Int8,
    Int16,
    Int32,
    Int64,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Float32,
    Float64,
    Uchar,
    Usize64,
    Uintptr64,
}

impl Primitive {
    /// Every primitive.
    pub const ALL: [Self; 14] = [
        Self::Bool,
        Self::Int8,
        Self::Int16,
        Self::Int32,
        Self::Int64,
        Self::Uint8,
        Self::Uint16,
        Self::Uint32,
        Self::Uint64,
        Self::Float32,
        Self::Float64,
        Self::Uchar,
        Self::Usize64,
        Self::Uintptr64,
    ];

    /// The name in the language.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int8 => "int8",
            Self::Int16 => "int16",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::Uint8 => "uint8",
            Self::Uint16 => "uint16",
            Self::Uint32 => "uint32",
            Self::Uint64 => "uint64",
            Self::Float32 => "float32",
            Self::Float64 => "float64",
            Self::Uchar => "uchar",
            Self::Usize64 => "usize64",
            Self::Uintptr64 => "uintptr64",
        }
    }

    /// Size in bytes, which is also the alignment.
    #[must_use]
    pub const fn size(self) -> u32 {
        match self {
            Self::Bool | Self::Int8 | Self::Uint8 | Self::Uchar => 1,
            Self::Int16 | Self::Uint16 => 2,
            Self::Int32 | Self::Uint32 | Self::Float32 => 4,
            Self::Int64 | Self::Uint64 | Self::Float64 | Self::Usize64 | Self::Uintptr64 => 8,
        }
    }

    /// The smallest and the largest value, for integers.
    #[must_use]
    pub const fn range(self) -> Option<(i128, i128)> {
        let bits = self.size() * 8;
        match self {
            Self::Bool | Self::Float32 | Self::Float64 => None,
            Self::Int8 | Self::Int16 | Self::Int32 | Self::Int64 => {
                Some((-(1 << (bits - 1)), (1 << (bits - 1)) - 1))
            }
            Self::Uint8
            | Self::Uint16
            | Self::Uint32
            | Self::Uint64
            | Self::Uchar
            | Self::Usize64
            | Self::Uintptr64 => Some((0, (1 << bits) - 1)),
        }
    }

    /// Whether this is an integer type.
    #[must_use]
    pub const fn is_integer(self) -> bool {
        self.range().is_some()
    }

    /// Whether this stands for a type of C, so that it needs the experiment `zx_c_types`.
    #[must_use]
    pub const fn is_experimental(self) -> bool {
        matches!(self, Self::Uchar | Self::Usize64 | Self::Uintptr64)
    }

    /// Whether this is an unsigned integer type that bits may have.
    #[must_use]
    pub const fn is_unsigned(self) -> bool {
        matches!(self, Self::Uint8 | Self::Uint16 | Self::Uint32 | Self::Uint64)
    }
}

/// The kind of object that a handle must refer to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandleSubtype {
    /// The value in the resource definition's `subtype` enum; 0 is any object.
    pub value: u32,
    /// The member's name in that enum, where one was written.
    pub name: Option<String>,
}

/// Which end of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndpointRole {
    /// `client_end`.
    Client,
    /// `server_end`.
    Server,
}

/// What a type takes up on the wire, inline and out of line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TypeShape {
    /// Bytes inline, padding included.
    pub inline_size: u32,
    /// Alignment of the inline part.
    pub alignment: u32,
    /// How many out-of-line steps deep it goes; `u32::MAX` is without bound.
    pub depth: u32,
    /// The most bytes out of line, padding included; `u32::MAX` is without bound.
    pub max_out_of_line: u32,
    /// The most handles; `u32::MAX` is without bound.
    pub max_handles: u32,
    /// Whether any padding can occur, inline or out of line.
    pub has_padding: bool,
    /// Whether a table or a flexible union is reached, so that a newer peer may send more than is described
    /// here.
    pub has_flexible_envelope: bool,
}
