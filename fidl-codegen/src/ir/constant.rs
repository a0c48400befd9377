//! Constants: the value, and the text that gave it.

use super::DeclId;

/// An evaluated constant.
#[derive(Clone, Debug, PartialEq)]
pub struct Constant {
    /// The value, already converted to the type that its context asks for.
    pub value: Value,
    /// The source text.
    pub expression: String,
    /// How it was written.
    pub form: ConstantForm,
}

/// The value of a constant. Its type stands beside it in the tree.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Of `bool`.
    Bool(bool),
    /// Of an integer type, or of bits or an enum over one. Within that type's range.
    Integer(i128),
    /// Of `float32`, rounded to it, or of `float64`.
    Float(f64),
    /// Of `string`, with escapes replaced.
    String(String),
}

/// How a constant was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConstantForm {
    /// A literal.
    Literal(LiteralKind),
    /// A reference to a constant or a member.
    Reference(ConstantTarget),
    /// A chain of `|`.
    Or,
}

/// The kinds of literals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiteralKind {
    /// `"text"`, and doc comments.
    String,
    /// `12`, `-0x1f`, `1.5`.
    Numeric,
    /// `true` and `false`.
    Bool,
}

/// What a constant refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConstantTarget {
    /// A `const` declaration.
    Const(DeclId),
    /// A member of bits or of an enum: the declaration, and the index in its members.
    Member(DeclId, u32),
    /// The builtin `MAX`.
    Max,
    /// The version `NEXT`.
    Next,
    /// The version `HEAD`.
    Head,
}
