//! What makes a message larger than a channel takes.

use std::fmt;

use crate::ir::{DeclId, DeclKind, Element, Schema, Type, TypeKind};
use crate::layout::{MOST_BYTES, MOST_HANDLES};

/// So many causes are named for a message.
const MOST_CAUSES: usize = 8;

/// So deep is looked for causes.
const DEEPEST: usize = 64;

/// One cause: a member, and what about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The way to the member from the payload: `entries[].name`; `err` is the error of a method.
    pub path: String,
    /// What about it.
    pub reason: Reason,
}

/// What about a member makes a message large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It is a string of any length.
    String,
    /// It is a vector of any length.
    Vector,
    /// It holds itself.
    Recursive,
    /// It lies so deep that its members are not looked into.
    Deep,
    /// It is bounded, but may take so many bytes out of line.
    Bytes(u32),
    /// It is bounded, but may hold so many handles.
    Handles(u32),
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.reason)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String => f.write_str("a string without a bound"),
            Self::Vector => f.write_str("a vector without a bound"),
            Self::Recursive => f.write_str("it holds itself"),
            Self::Deep => f.write_str("it is large, and lies too deep to say why"),
            Self::Bytes(bytes) => write!(f, "up to {} bytes", super::table::grouped(*bytes)),
            Self::Handles(handles) => write!(f, "up to {} handles", super::table::grouped(*handles)),
        }
    }
}

/// Adds what makes a type too large for a message.
pub(super) fn find(schema: &Schema, ty: &Type, path: &str, causes: &mut Vec<Cause>) {
    Search { schema, causes, way: Vec::new() }.within(ty, path);
}

struct Search<'a> {
    schema: &'a Schema,
    causes: &'a mut Vec<Cause>,
    /// The declarations that the way leads through.
    way: Vec<DeclId>,
}

impl Search<'_> {
    /// Looks into a type that may be too large. Every step leads to a cause, so that the search ends soon.
    fn within(&mut self, ty: &Type, path: &str) {
        if self.causes.len() >= MOST_CAUSES || !is_large(ty) {
            return;
        }
        match &ty.kind {
            TypeKind::String { bound: None, .. } => self.push(path, Reason::String),
            TypeKind::Vector { element, bound: None, .. } => {
                self.push(path, Reason::Vector);
                self.within(element, &format!("{path}[]"));
            }
            TypeKind::Vector { element, .. } | TypeKind::Array { element, .. } => match is_large(element) {
                true => self.within(element, &format!("{path}[]")),
                false => self.push_bounded(ty, path),
            },
            TypeKind::Named(id) | TypeKind::Box(id) | TypeKind::OptionalUnion(id) => {
                self.within_decl(*id, ty, path);
            }
            _ => self.push_bounded(ty, path),
        }
    }

    fn within_decl(&mut self, id: DeclId, ty: &Type, path: &str) {
        if self.way.contains(&id) {
            return self.push(path, Reason::Recursive);
        }
        if self.way.len() >= DEEPEST {
            return self.push(path, Reason::Deep);
        }
        let schema = self.schema;
        let members: Vec<(&Element, &Type)> = match &schema.decl(id).kind {
            DeclKind::Struct(layout) => layout.members.iter().map(|it| (&it.element, &it.ty)).collect(),
            DeclKind::Table(layout) => layout.members.iter().map(|it| (&it.element, &it.ty)).collect(),
            DeclKind::Union(layout) => layout.members.iter().map(|it| (&it.element, &it.ty)).collect(),
            DeclKind::NewType(new) => return self.within(&new.target, path),
            _ => return,
        };
        let before = self.causes.len();
        self.way.push(id);
        for (element, member) in members {
            let dot = if path.is_empty() { "" } else { "." };
            self.within(member, &format!("{path}{dot}{}", element.name));
        }
        self.way.pop();
        if self.causes.len() == before {
            // No member by itself is too large, but all of them together are.
            self.push_bounded(ty, path);
        }
    }

    fn push_bounded(&mut self, ty: &Type, path: &str) {
        let (bytes, handles) = (bytes(ty), ty.shape.max_handles);
        self.push(path, if bytes > MOST_BYTES { Reason::Bytes(bytes) } else { Reason::Handles(handles) });
    }

    fn push(&mut self, path: &str, reason: Reason) {
        if self.causes.len() < MOST_CAUSES {
            let path = if path.is_empty() { "payload" } else { path };
            self.causes.push(Cause { path: path.to_owned(), reason });
        }
    }
}

/// Whether a value of the type alone can be more than a channel takes in a message.
fn is_large(ty: &Type) -> bool {
    bytes(ty) > MOST_BYTES || ty.shape.max_handles > MOST_HANDLES
}

fn bytes(ty: &Type) -> u32 {
    ty.shape.inline_size.saturating_add(ty.shape.max_out_of_line)
}
