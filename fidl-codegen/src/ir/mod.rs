//! The resolved schema as plain data: what the compiler's front end found out and all that a back end may
//! see.
//!
//! Everything refers to everything else by index: a [`DeclId`] is a place in [`Schema::decls`], a
//! [`LibraryId`] one in [`Schema::libraries`]. Names are resolved, constants evaluated, aliases replaced by
//! their targets, anonymous layouts named, sizes and ordinals computed. Nothing here needs the source text.
//!
//! Guarantees of a `Schema` that [`crate::compile`] returns:
//! - Each id is in range, and the declaration it names is of the kind its context asks for (a box names a
//!   struct, an endpoint a protocol, a payload a struct, table or union).
//! - [`Library::decls`] lists a declaration after all that it contains by value, so a reader that goes along
//!   it has seen what it needs. What a box or an endpoint names may come later.
//! - Every shape, offset, message size and ordinal is filled in, and the rules of the language hold.

use std::collections::BTreeSet;

mod constant;
mod layouts;
mod protocol;
mod types;

pub use constant::{Constant, ConstantForm, ConstantTarget, LiteralKind, Value};
pub use layouts::{
    Alias, Bits, BitsMember, Const, Enum, EnumMember, NewType, OrdinalMember, Overlay, ResourceDefinition,
    ResourceProperty, Service, ServiceMember, Struct, StructMember, Table, Union,
};
pub use protocol::{
    Compose, Discoverable, Message, MessageSize, Method, MethodKind, Openness, Protocol, Response,
    ResultUnion, Transport,
};
pub use types::{
    EndpointRole, HandleSubtype, Primitive, RIGHTS_SAME, Type, TypeKind, TypeShape, Written, WrittenName,
};

/// A part of the language that must be turned on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Experiment {
    /// Methods may have error types of any kind.
    AllowArbitraryErrorTypes,
    /// `type A = B;` declares a type of its own.
    AllowNewTypes,
    /// The attribute `@no_resource`.
    NoResourceAttribute,
    /// A second file for searching code. It is only recorded.
    OutputIndexJson,
    /// Types for C: overlays, pointers, arrays of characters.
    ZxCTypes,
}

impl Experiment {
    /// Every experiment, by name.
    pub const ALL: [Self; 5] = [
        Self::AllowArbitraryErrorTypes,
        Self::AllowNewTypes,
        Self::NoResourceAttribute,
        Self::OutputIndexJson,
        Self::ZxCTypes,
    ];

    /// The name on the command line and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AllowArbitraryErrorTypes => "allow_arbitrary_error_types",
            Self::AllowNewTypes => "allow_new_types",
            Self::NoResourceAttribute => "no_resource_attribute",
            Self::OutputIndexJson => "output_index_json",
            Self::ZxCTypes => "zx_c_types",
        }
    }

    /// The experiment of this name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|experiment| experiment.name() == name)
    }
}

/// A library's place in [`Schema::libraries`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LibraryId(pub u32);

/// A declaration's place in [`Schema::decls`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeclId(pub u32);

/// All libraries of one run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {
    /// The source files, by the path that was given for each. [`Location::file`] is an index into them.
    pub files: Vec<String>,
    /// The experiments that are turned on.
    pub experiments: BTreeSet<Experiment>,
    /// The libraries; each comes after those that it imports, and the one that is compiled comes last.
    pub libraries: Vec<Library>,
    /// The declarations of all libraries, in no order that means anything; see [`Library::decls`].
    pub decls: Vec<Decl>,
    /// The versions that were selected of each platform, as text, in the order of the platforms' names.
    pub available: Vec<(String, Vec<String>)>,
}

impl Schema {
    /// The library that the run was for: the last one.
    ///
    /// # Panics
    ///
    /// If the schema has no library. A compiled schema has at least one.
    #[must_use]
    pub fn target(&self) -> &Library {
        self.libraries.last().expect("a compiled schema has at least one library")
    }

    /// The declaration with this id.
    #[must_use]
    pub fn decl(&self, id: DeclId) -> &Decl {
        &self.decls[id.0 as usize]
    }

    /// The library with this id.
    #[must_use]
    pub fn library(&self, id: LibraryId) -> &Library {
        &self.libraries[id.0 as usize]
    }

    /// A declaration's name in full: `library.name/Declaration`.
    #[must_use]
    pub fn full_name(&self, id: DeclId) -> String {
        let decl = self.decl(id);
        format!("{}/{}", self.library(decl.library).name, decl.element.name)
    }

    /// The struct with this id, if it is one.
    #[must_use]
    pub fn as_struct(&self, id: DeclId) -> Option<&Struct> {
        match &self.decl(id).kind {
            DeclKind::Struct(layout) => Some(layout),
            _ => None,
        }
    }

    /// The protocol with this id, if it is one.
    #[must_use]
    pub fn as_protocol(&self, id: DeclId) -> Option<&Protocol> {
        match &self.decl(id).kind {
            DeclKind::Protocol(protocol) => Some(protocol),
            _ => None,
        }
    }

    /// The method that an entry of [`Protocol::methods`] stands for.
    ///
    /// # Panics
    ///
    /// If `reference` comes from another schema.
    #[must_use]
    pub fn method(&self, reference: MethodId) -> &Method {
        let protocol = self.as_protocol(reference.protocol).expect("a method's id names a protocol");
        &protocol.own_methods[reference.index as usize]
    }

    /// Whether values of this type may hold handles: the type is a handle, an endpoint or a resource layout,
    /// or is made of one.
    #[must_use]
    pub fn is_resource(&self, ty: &Type) -> bool {
        // A loop, since new types of new types may go as deep as a schema is long.
        let mut ty = ty;
        loop {
            ty = match &ty.kind {
                TypeKind::Primitive(_)
                | TypeKind::String { .. }
                | TypeKind::StringArray { .. }
                | TypeKind::FrameworkError => return false,
                TypeKind::Handle { .. } | TypeKind::Endpoint { .. } => return true,
                TypeKind::Array { element, .. } | TypeKind::Vector { element, .. } => element,
                TypeKind::Pointer(inner) => inner,
                TypeKind::Box(id) | TypeKind::Named(id) | TypeKind::OptionalUnion(id) => {
                    match &self.decl(*id).kind {
                        DeclKind::Struct(layout) => return layout.resource,
                        DeclKind::Table(layout) => return layout.resource,
                        DeclKind::Union(layout) => return layout.resource,
                        DeclKind::NewType(new) => &new.target,
                        _ => return false,
                    }
                }
            };
        }
    }
}

/// A method's place: the protocol that declares it and the index in that protocol's
/// [`Protocol::own_methods`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MethodId {
    /// The protocol that declares the method.
    pub protocol: DeclId,
    /// The index in [`Protocol::own_methods`] of that protocol.
    pub index: u32,
}

/// One library.
#[derive(Clone, Debug, PartialEq)]
pub struct Library {
    /// The dotted name, as `fuchsia.io`.
    pub name: String,
    /// The platform whose versions count for it; `unversioned` if none does.
    pub platform: String,
    /// The attributes of the library declarations of all its files, in file order.
    pub attributes: Vec<Attribute>,
    /// The libraries that its files import, each once, in the order of their ids.
    pub imports: Vec<LibraryId>,
    /// Its declarations, each after those that it contains by value.
    pub decls: Vec<DeclId>,
    /// Whether this is the small library `zx` that the compiler supplies where none was given.
    pub builtin: bool,
}

/// What every named element has: declarations, members and methods alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    /// The name, as written or as generated.
    pub name: String,
    /// The attributes in source order, the doc comment (as attribute `doc`) among them, and first.
    pub attributes: Vec<Attribute>,
    /// Where the name stands; for an anonymous layout, where the layout stands.
    pub location: Location,
    /// Whether it is deprecated in the selected version.
    pub deprecated: bool,
}

impl Element {
    /// The text of the doc comment: each line as it stood after the slashes, leading blank included.
    #[must_use]
    pub fn doc(&self) -> Option<&str> {
        let attribute = self.attribute("doc")?;
        match &attribute.arguments.first()?.value.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The attribute of this name, which stands as in the source, without `@`.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}

/// A place in a source file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Location {
    /// Index into [`Schema::files`].
    pub file: u32,
    /// The line, counted from 1.
    pub line: u32,
    /// The column in bytes, counted from 1.
    pub column: u32,
    /// The length in bytes.
    pub length: u32,
}

/// `@name`, `@name(value)` or `@name(argument=value, …)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// The name, without `@`.
    pub name: String,
    /// The arguments in source order.
    pub arguments: Vec<AttributeArgument>,
    /// From `@` to the end of the arguments.
    pub location: Location,
}

/// One argument of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct AttributeArgument {
    /// The name; `value` for an argument without one.
    pub name: String,
    /// The value: a string or a bool; for a version of `@available` its number, of type `uint32`.
    pub value: Constant,
    /// The whole argument.
    pub location: Location,
}

/// One declaration.
#[derive(Clone, Debug, PartialEq)]
pub struct Decl {
    /// The library that it belongs to.
    pub library: LibraryId,
    /// Name, attributes, place.
    pub element: Element,
    /// The names from the outside in: `["Foo"]` for a declaration of its own, `["Protocol", "Method",
    /// "Request"]` for the request of a method, the outer names and the member's for a layout inside a
    /// member.
    pub naming_context: Vec<String>,
    /// Whether the layout was written in place, so that its name is generated.
    pub anonymous: bool,
    /// What it declares.
    pub kind: DeclKind,
}

/// The kinds of declarations.
#[derive(Clone, Debug, PartialEq)]
pub enum DeclKind {
    /// `const`.
    Const(Const),
    /// `alias`. Uses of it show its target.
    Alias(Alias),
    /// `bits`.
    Bits(Bits),
    /// `enum`.
    Enum(Enum),
    /// `struct`.
    Struct(Struct),
    /// `table`.
    Table(Table),
    /// `union`.
    Union(Union),
    /// `overlay`.
    Overlay(Overlay),
    /// `type Name = Other`.
    NewType(NewType),
    /// `protocol`.
    Protocol(Protocol),
    /// `service`.
    Service(Service),
    /// `resource_definition`.
    Resource(ResourceDefinition),
}
