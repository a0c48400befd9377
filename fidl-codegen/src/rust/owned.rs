//! Which types have an owned form, and with which capacities.

use std::collections::BTreeMap;
use std::fmt;

use crate::ir::{DeclId, DeclKind, Element, Schema, Type, TypeKind, Value};

/// The most bytes that an owned type may have.
const MAX_OWNED_BYTES: u64 = 65_536;

/// The attribute that states the bound of a member's owned form.
const ATTRIBUTE: &str = "owned_bound";

/// The bounds that owned types have where the schema has none: how many bytes a string keeps, and how many elements a vector.
///
/// What is longer cannot be made into an owned value, and its conversion says so. A member's own bound comes from here, or
/// from its attribute `@owned_bound("16")`, and applies to all strings and vectors of its type that have none.
///
/// ```
/// let mut bounds = fidl_codegen::rust::OwnedBounds::default();
/// bounds.set("64")?;                               // wherever the schema has none
/// bounds.set("example.store/Thing.parts=8")?;      // of one member
/// # Ok::<(), fidl_codegen::rust::BadBound>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnedBounds {
    all: Option<u32>,
    members: BTreeMap<String, u32>,
}

/// A text that is no bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadBound(String);

impl fmt::Display for BadBound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is neither a number nor of the form `library/Type.member=number`", self.0)
    }
}

impl std::error::Error for BadBound {}

impl OwnedBounds {
    /// Sets a bound: `N` wherever there is none, `library/Type.member=N` of one member, or of a new type without `.member`.
    ///
    /// # Errors
    ///
    /// If the text is neither.
    pub fn set(&mut self, text: &str) -> Result<(), BadBound> {
        let bad = || BadBound(text.to_owned());
        match text.split_once('=') {
            None => self.all = Some(text.parse().map_err(|_| bad())?),
            Some((member, bound)) if member.contains('/') => {
                self.members.insert(member.to_owned(), bound.parse().map_err(|_| bad())?);
            }
            Some(_) => return Err(bad()),
        }
        Ok(())
    }

    /// A name that has a bound and is no member of the schema's.
    #[must_use]
    pub fn unknown(&self, schema: &Schema) -> Option<&str> {
        let names = |(library, id): (&str, DeclId)| {
            let decl = schema.decl(id);
            let name = format!("{library}/{}", decl.element.name);
            let members: Vec<String> =
                members(&decl.kind).map(|(element, _)| format!("{name}.{}", element.name)).collect();
            members.into_iter().chain([name])
        };
        let all = schema.libraries.iter();
        let ids = all.flat_map(|library| library.decls.iter().map(|id| (library.name.as_str(), *id)));
        let known: Vec<String> = ids.flat_map(names).collect();
        self.members.keys().find(|name| !known.contains(name)).map(String::as_str)
    }

    /// The bound of a declaration's member, or of the declaration.
    pub(super) fn of(&self, schema: &Schema, id: DeclId, member: Option<&Element>) -> Option<u32> {
        let element = member.unwrap_or(&schema.decl(id).element);
        let name = match member {
            Some(member) => format!("{}.{}", schema.full_name(id), member.name),
            None => schema.full_name(id),
        };
        let stated = self.members.get(&name).copied();
        stated.or_else(|| attribute(element)).or(self.all)
    }
}

/// What the attribute of a member says.
fn attribute(element: &Element) -> Option<u32> {
    match &element.attribute(ATTRIBUTE)?.arguments.first()?.value.value {
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// Whether a declaration has an owned form.
#[derive(Clone, Debug)]
pub(super) enum Ownership {
    /// Of so many bytes at most. Where a bound is not the schema's, making one may fail.
    Owned { bytes: u64, fallible: bool },
    /// None, and why.
    ViewOnly(String),
}

/// Whether the declarations of a schema have an owned form.
pub(super) fn ownership(schema: &Schema, bounds: &OwnedBounds) -> Vec<Ownership> {
    let mut search = Search { schema, bounds, found: vec![None; schema.decls.len()], depth: 0 };
    (0..schema.decls.len()).map(|index| search.decl(DeclId(index as u32))).collect()
}

struct Search<'a> {
    schema: &'a Schema,
    bounds: &'a OwnedBounds,
    found: Vec<Option<Ownership>>,
    /// How many declarations are being looked at, each because the one before holds it.
    depth: usize,
}

/// So deep declarations may hold one another; a chain of them may be as long as a schema.
const MAX_DEPTH: usize = 100;

/// How large something is, and whether making it may fail.
type Size = Result<(u64, bool), String>;

impl Search<'_> {
    fn decl(&mut self, id: DeclId) -> Ownership {
        if let Some(found) = &self.found[id.0 as usize] {
            return found.clone();
        }
        if self.depth == MAX_DEPTH || is_recursive(&self.schema.decl(id).kind) {
            let why = if self.depth == MAX_DEPTH { "it is nested too deeply" } else { "it holds itself" };
            return Ownership::ViewOnly(why.to_owned());
        }
        self.depth += 1;
        let size = self.size(id);
        self.depth -= 1;
        let found = match size {
            Ok((bytes, _)) if bytes > MAX_OWNED_BYTES => {
                Ownership::ViewOnly(format!("it would take up to {bytes} bytes"))
            }
            Ok((bytes, fallible)) => Ownership::Owned { bytes, fallible },
            Err(why) => Ownership::ViewOnly(why),
        };
        self.found[id.0 as usize] = Some(found.clone());
        found
    }

    fn size(&mut self, id: DeclId) -> Size {
        let kind = &self.schema.decl(id).kind;
        let resource = match kind {
            DeclKind::NewType(new) => self.schema.is_resource(&new.target),
            _ => is_resource(kind),
        };
        if resource {
            return Err("it may hold handles".to_owned());
        }
        if let DeclKind::NewType(new) = kind {
            let stated = self.bounds.of(self.schema, id, None);
            return self.ty(&new.target, stated).map_err(|what| format!("it is {what}"));
        }
        if let DeclKind::Bits(_) | DeclKind::Enum(_) = kind {
            return Ok((8, false));
        }
        members(kind).try_fold((8_u64, false), |(bytes, fallible), (element, ty)| {
            let stated = self.bounds.of(self.schema, id, Some(element));
            let (more, may_fail) =
                self.ty(ty, stated).map_err(|what| format!("`{}` is {what}", element.name))?;
            Ok((bytes.saturating_add(more), fallible || may_fail))
        })
    }

    fn ty(&mut self, ty: &Type, stated: Option<u32>) -> Size {
        match &ty.kind {
            TypeKind::String { bound, .. } => {
                let count = bound.or(stated).ok_or("a string without a bound")?;
                Ok((u64::from(count).saturating_add(8), bound.is_none()))
            }
            TypeKind::Vector { element, bound, .. } => {
                let count = bound.or(stated).ok_or("a vector without a bound")?;
                let (bytes, fallible) = self.ty(element, stated)?;
                Ok((bytes.saturating_mul(u64::from(count)).saturating_add(8), fallible || bound.is_none()))
            }
            TypeKind::Array { element, count } => {
                let (bytes, fallible) = self.ty(element, stated)?;
                Ok((bytes.saturating_mul(u64::from(*count)), fallible))
            }
            TypeKind::Named(id) | TypeKind::Box(id) | TypeKind::OptionalUnion(id) => match self.decl(*id) {
                Ownership::Owned { bytes, fallible } => Ok((bytes, fallible)),
                Ownership::ViewOnly(_) => {
                    Err(format!("of type `{}`, which has none", self.schema.decl(*id).element.name))
                }
            },
            _ => Ok((u64::from(ty.shape.inline_size), false)),
        }
    }
}

/// The members of a struct, table or union.
fn members(kind: &DeclKind) -> Box<dyn Iterator<Item = (&Element, &Type)> + '_> {
    match kind {
        DeclKind::Struct(layout) => {
            Box::new(layout.members.iter().map(|member| (&member.element, &member.ty)))
        }
        DeclKind::Table(layout) => {
            Box::new(layout.members.iter().map(|member| (&member.element, &member.ty)))
        }
        DeclKind::Union(layout) => {
            Box::new(layout.members.iter().map(|member| (&member.element, &member.ty)))
        }
        _ => Box::new(std::iter::empty()),
    }
}

fn is_resource(kind: &DeclKind) -> bool {
    match kind {
        DeclKind::Struct(layout) => layout.resource,
        DeclKind::Table(layout) => layout.resource,
        DeclKind::Union(layout) => layout.resource,
        _ => false,
    }
}

fn is_recursive(kind: &DeclKind) -> bool {
    match kind {
        DeclKind::Struct(layout) => layout.recursive,
        DeclKind::Table(layout) => layout.recursive,
        DeclKind::Union(layout) => layout.recursive,
        _ => false,
    }
}
