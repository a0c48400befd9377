//! The tree: what was written.

use std::collections::HashSet;

use crate::source::Span;

/// One file.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// Its index in the source map.
    pub source: u32,
    /// The library declaration, where there is a readable one.
    pub library: Option<LibraryDecl>,
    /// The imports.
    pub usings: Vec<Using>,
    /// The declarations.
    pub decls: Vec<Decl>,
    /// All type constructors, at any depth.
    pub ctors: Vec<Ctor>,
    /// All constant expressions, at any depth.
    pub constants: Vec<Constant>,
    /// All layouts, at any depth.
    pub layouts: Vec<Layout>,
    /// All references to declarations.
    pub paths: Vec<Path>,
    /// Whether something could not be read, so that names may be missing here.
    pub broken: bool,
    /// In a tree cut down to one version: the elements that are deprecated there, by the place of their name,
    /// of the whole layout for anonymous ones, and of the protocol for `compose`.
    pub deprecated: HashSet<Span>,
}

macro_rules! ids {
    ($($name:ident $list:ident $node:ident $text:literal)*) => {$(
        #[doc = $text]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name(pub u32);

        impl std::ops::Index<$name> for File {
            type Output = $node;

            fn index(&self, id: $name) -> &$node {
                &self.$list[id.0 as usize]
            }
        }
    )*};
}

ids! {
    CtorId ctors Ctor "A place in [`File::ctors`]."
    ConstantId constants Constant "A place in [`File::constants`]."
    LayoutId layouts Layout "A place in [`File::layouts`]."
    PathId paths Path "A place in [`File::paths`]."
}

/// An identifier.
#[derive(Clone, Debug)]
pub struct Name {
    /// The letters.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A dotted name that refers to something.
#[derive(Clone, Debug)]
pub struct Path {
    /// The parts; at least one.
    pub parts: Vec<Name>,
    /// From the first part to the last.
    pub span: Span,
    /// What it stands for in its place.
    pub role: PathRole,
    /// What refers.
    pub referrer: Referrer,
}

impl Path {
    /// The parts with dots between them.
    #[must_use]
    pub fn text(&self) -> String {
        dotted(&self.parts)
    }
}

/// What a reference stands for in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathRole {
    /// A type, or a constant among type parameters.
    Type,
    /// A value.
    Value,
    /// A constraint, which may be looked up in the enum of a handle's subtypes.
    Constraint,
    /// A composed protocol.
    Protocol,
}

/// The state of what refers, in the version to which the tree was cut down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Referrer {
    /// It is not there, so the reference has no meaning and needs none.
    Absent,
    /// It is there.
    Present,
    /// It is there and deprecated, or was removed, so that it may refer to what is deprecated.
    Deprecated,
}

/// Names with dots between them.
#[must_use]
pub(super) fn dotted(parts: &[Name]) -> String {
    parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(".")
}

/// Attributes of one element.
pub type Attributes = Vec<Attribute>;

/// `@name(…)` or a doc comment, which is the attribute `doc`.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// The name, without `@`.
    pub name: Name,
    /// Given for a doc comment: its text.
    pub doc: Option<String>,
    /// The arguments.
    pub arguments: Vec<Argument>,
    /// From `@` to the end of the arguments.
    pub span: Span,
}

/// One argument of an attribute.
#[derive(Clone, Debug)]
pub struct Argument {
    /// The name, if one is given.
    pub name: Option<Name>,
    /// The value.
    pub value: ConstantId,
    /// The whole argument.
    pub span: Span,
}

/// `library a.b;`
#[derive(Clone, Debug)]
pub struct LibraryDecl {
    /// What stands before it.
    pub attributes: Attributes,
    /// The dotted name.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
}

/// `using a.b as c;`
#[derive(Clone, Debug)]
pub struct Using {
    /// The library's name.
    pub library: String,
    /// Where that stands.
    pub span: Span,
    /// The name by which this file calls it.
    pub alias: Option<Name>,
}

/// A declaration.
#[derive(Clone, Debug)]
pub struct Decl {
    /// What stands before it.
    pub attributes: Attributes,
    /// Its name.
    pub name: Name,
    /// What it declares.
    pub kind: DeclKind,
}

/// The kinds of declarations.
#[derive(Clone, Debug)]
pub enum DeclKind {
    /// `const`.
    Const(Const),
    /// `type Name = ctor`: a layout of this name, or a new type.
    Type(CtorId),
    /// `alias`.
    Alias(CtorId),
    /// `resource_definition`.
    Resource(Resource),
    /// `protocol`.
    Protocol(Protocol),
    /// `service`.
    Service(Service),
    /// It could not be read, but it has a name.
    Broken,
}

/// The rest of `const NAME type = value`.
#[derive(Clone, Debug)]
pub struct Const {
    /// The type.
    pub ctor: CtorId,
    /// The value.
    pub value: ConstantId,
}

/// The rest of `resource_definition`.
#[derive(Clone, Debug)]
pub struct Resource {
    /// The underlying type.
    pub subtype: CtorId,
    /// The properties.
    pub properties: Vec<Property>,
}

/// A property of a resource definition, or a member of a service.
#[derive(Clone, Debug)]
pub struct Property {
    /// What stands before it.
    pub attributes: Attributes,
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ctor: CtorId,
}

/// The rest of `service`.
#[derive(Clone, Debug)]
pub struct Service {
    /// The members.
    pub members: Vec<Property>,
}

/// The rest of `protocol`.
#[derive(Clone, Debug)]
pub struct Protocol {
    /// `open`, `ajar`, `closed`.
    pub modifiers: Vec<Modifier>,
    /// What stands in its body.
    pub members: Vec<ProtocolMember>,
}

/// An item in the body of a protocol.
#[derive(Clone, Debug)]
pub enum ProtocolMember {
    /// `compose`.
    Compose {
        /// What stands before it.
        attributes: Attributes,
        /// The protocol.
        path: PathId,
    },
    /// A method or event.
    Method(Method),
}

/// A method or event.
#[derive(Clone, Debug)]
pub struct Method {
    /// What stands before it.
    pub attributes: Attributes,
    /// `strict`, `flexible`.
    pub modifiers: Vec<Modifier>,
    /// Its name.
    pub name: Name,
    /// The parameters of the request; `None` for events.
    pub request: Option<Payload>,
    /// The parameters of the response or event.
    pub response: Option<Payload>,
    /// The error type, with the place of the word `error`.
    pub error: Option<(Span, CtorId)>,
}

/// `( … )`.
#[derive(Clone, Debug)]
pub struct Payload {
    /// The type between the parentheses.
    pub ctor: Option<CtorId>,
    /// The parentheses.
    pub span: Span,
}

/// A modifier.
#[derive(Clone, Debug)]
pub struct Modifier {
    /// Which one.
    pub kind: ModifierKind,
    /// Where it stands, without its availability.
    pub span: Span,
    /// `(added=…, removed=…)`.
    pub availability: Option<ModifierAvailability>,
}

/// When a modifier counts.
#[derive(Clone, Debug)]
pub struct ModifierAvailability {
    /// What stands between the parentheses; at least one.
    pub arguments: Vec<Argument>,
    /// From the opening parenthesis to the closing one.
    pub span: Span,
}

/// The modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is named as in the language")]
pub enum ModifierKind {
    Strict,
    Flexible,
    Resource,
    Open,
    Ajar,
    Closed,
}

impl ModifierKind {
    /// Modifiers of one group exclude each other.
    #[must_use]
    pub fn group(self) -> u32 {
        match self {
            Self::Strict | Self::Flexible => 0,
            Self::Resource => 1,
            Self::Open | Self::Ajar | Self::Closed => 2,
        }
    }

    /// The word in the language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Flexible => "flexible",
            Self::Resource => "resource",
            Self::Open => "open",
            Self::Ajar => "ajar",
            Self::Closed => "closed",
        }
    }

    /// The modifier that a word stands for.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        [Self::Strict, Self::Flexible, Self::Resource, Self::Open, Self::Ajar, Self::Closed]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// A layout, written in place.
#[derive(Clone, Debug)]
pub struct Layout {
    /// `strict`, `flexible`, `resource`.
    pub modifiers: Vec<Modifier>,
    /// `bits`, `enum`, and so on.
    pub class: LayoutClass,
    /// Where that word stands.
    pub class_span: Span,
    /// What stands behind the colon.
    pub subtype: Option<CtorId>,
    /// The members.
    pub members: Vec<Member>,
    /// From the first modifier to the closing brace.
    pub span: Span,
}

/// The classes of layouts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is named as in the language")]
pub enum LayoutClass {
    Bits,
    Enum,
    Struct,
    Table,
    Union,
    Overlay,
}

impl LayoutClass {
    /// Every class.
    pub const ALL: [Self; 6] =
        [Self::Bits, Self::Enum, Self::Struct, Self::Table, Self::Union, Self::Overlay];

    /// The word in the language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Bits => "bits",
            Self::Enum => "enum",
            Self::Struct => "struct",
            Self::Table => "table",
            Self::Union => "union",
            Self::Overlay => "overlay",
        }
    }

    /// The class that a word stands for.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.word() == word)
    }

    /// Whether members are values rather than typed fields.
    #[must_use]
    pub fn has_values(self) -> bool {
        matches!(self, Self::Bits | Self::Enum)
    }

    /// Whether members are numbered.
    #[must_use]
    pub fn has_ordinals(self) -> bool {
        matches!(self, Self::Table | Self::Union | Self::Overlay)
    }
}

/// A member of a layout.
#[derive(Clone, Debug)]
pub struct Member {
    /// What stands before it.
    pub attributes: Attributes,
    /// The number before the colon.
    pub ordinal: Option<(u32, Span)>,
    /// Its name.
    pub name: Name,
    /// Its type; `None` in bits and enums.
    pub ctor: Option<CtorId>,
    /// Its value, or its default.
    pub value: Option<ConstantId>,
}

/// A type constructor.
#[derive(Clone, Debug)]
pub struct Ctor {
    /// The attributes of a layout in place.
    pub attributes: Attributes,
    /// What is constructed.
    pub head: Head,
    /// What stands between `<` and `>`.
    pub parameters: Option<Parameters>,
    /// What stands behind the colon.
    pub constraints: Option<Constraints>,
    /// The whole.
    pub span: Span,
}

/// What a type constructor begins with.
#[derive(Clone, Copy, Debug)]
pub enum Head {
    /// The name of a type.
    Path(PathId),
    /// A layout in place.
    Layout(LayoutId),
}

/// The parameters of a type.
#[derive(Clone, Debug)]
pub struct Parameters {
    /// The parameters; at least one.
    pub items: Vec<Parameter>,
    /// From `<` to `>`.
    pub span: Span,
}

/// A parameter: a type, a constant, or a name that could be either.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// How it reads as a type.
    pub ctor: Option<CtorId>,
    /// How it reads as a constant.
    pub constant: Option<ConstantId>,
    /// Where it stands.
    pub span: Span,
}

/// The constraints of a type.
#[derive(Clone, Debug)]
pub struct Constraints {
    /// The constraints; at least one.
    pub items: Vec<ConstantId>,
    /// From the first to the last, or from `<` to `>`.
    pub span: Span,
}

/// A constant expression.
#[derive(Clone, Debug)]
pub struct Constant {
    /// What it is.
    pub kind: Literal,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of constant expressions. Texts are taken from the source by the expression's span.
#[derive(Clone, Debug)]
pub enum Literal {
    /// A number.
    Number,
    /// A string.
    String,
    /// `true` or `false`.
    Bool(bool),
    /// A reference.
    Path(PathId),
    /// Operands with `|` between them; at least two.
    Or(Vec<ConstantId>),
}
