//! Which types have an owned form, and with which capacities.

use std::collections::BTreeMap;
use std::{fmt, mem};

use crate::ir::{DeclId, DeclKind, Element, Schema, Type, TypeKind, Value};
use crate::layout::{member_types, named};

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

/// A bound that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadBound {
    /// A text that is none.
    Text(String),
    /// There is no such declaration or member.
    NoMember(String),
    /// A member or new type without a string or vector that has no bound.
    NothingToBound(String),
    /// Something whose attribute says no number.
    NoNumber(String),
    /// Something on which the attribute says nothing.
    Place(String),
}

impl fmt::Display for BadBound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => {
                write!(f, "`{text}` is neither a number nor of the form `library/Type.member=number`")
            }
            Self::NoMember(name) => write!(f, "there is no `{name}`, which is to have a bound"),
            Self::NothingToBound(name) => {
                write!(f, "`{name}` is to have a bound, and has no string or vector without one")
            }
            Self::NoNumber(name) => {
                write!(f, "`@owned_bound` of `{name}` says no number; write it as `@owned_bound(\"16\")`")
            }
            Self::Place(name) => write!(
                f,
                "`@owned_bound` says nothing on `{name}`; it stands on new types and members of structs, tables and unions"
            ),
        }
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
        let bad = || BadBound::Text(text.to_owned());
        match text.split_once('=') {
            None => self.all = Some(text.parse().map_err(|_| bad())?),
            Some((member, bound)) if member.contains('/') => {
                self.members.insert(member.to_owned(), bound.parse().map_err(|_| bad())?);
            }
            Some(_) => return Err(bad()),
        }
        Ok(())
    }

    /// Checks that there is what is to have a bound, and that it has none; in the schema's attributes, too.
    ///
    /// # Errors
    ///
    /// The first bound that cannot be.
    pub fn check(&self, schema: &Schema) -> Result<(), BadBound> {
        let mut types = BTreeMap::new();
        for library in &schema.libraries {
            for id in &library.decls {
                let decl = schema.decl(*id);
                let name = format!("{}/{}", library.name, decl.element.name);
                for (element, ty) in members(&decl.kind) {
                    let name = format!("{name}.{}", element.name);
                    check_attribute(element, Some(ty), &name)?;
                    types.insert(name, ty);
                }
                let target = match &decl.kind {
                    DeclKind::NewType(new) => Some(&new.target),
                    _ => None,
                };
                check_attribute(&decl.element, target, &name)?;
                types.extend(target.map(|target| (name, target)));
            }
        }
        self.members.keys().try_for_each(|name| match types.get(name) {
            None => Err(BadBound::NoMember(name.clone())),
            Some(ty) if !has_unbounded(ty) => Err(BadBound::NothingToBound(name.clone())),
            Some(_) => Ok(()),
        })
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

/// Checks the attribute of a member or new type, or of something without a type, if it has one.
fn check_attribute(element: &Element, ty: Option<&Type>, name: &str) -> Result<(), BadBound> {
    if element.attribute(ATTRIBUTE).is_none() {
        return Ok(());
    }
    match (ty, attribute(element)) {
        (None, _) => Err(BadBound::Place(name.to_owned())),
        (Some(_), None) => Err(BadBound::NoNumber(name.to_owned())),
        (Some(ty), _) if !has_unbounded(ty) => Err(BadBound::NothingToBound(name.to_owned())),
        _ => Ok(()),
    }
}

/// Whether a type has a string or vector without a bound, apart from those of the declaration that it may name.
fn has_unbounded(ty: &Type) -> bool {
    match &ty.kind {
        TypeKind::String { bound, .. } => bound.is_none(),
        TypeKind::Vector { element, bound, .. } => bound.is_none() || has_unbounded(element),
        TypeKind::Array { element, .. } => has_unbounded(element),
        _ => false,
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
    let count = schema.decls.len();
    let mut search = Search { schema, bounds, begun: vec![false; count], found: vec![None; count] };
    (0..count).for_each(|index| search.from(DeclId(index as u32)));
    (0..count).map(|index| search.of(DeclId(index as u32))).collect()
}

struct Search<'a> {
    schema: &'a Schema,
    bounds: &'a OwnedBounds,
    /// Whether a declaration has been met.
    begun: Vec<bool>,
    found: Vec<Option<Ownership>>,
}

/// How large something is, and whether making it may fail.
type Size = Result<(u64, bool), String>;

impl Search<'_> {
    /// Decides on a declaration, behind all those that it holds. With the stack of calls made explicit: declarations may hold
    /// one another in a chain as long as the schema.
    fn from(&mut self, root: DeclId) {
        let mut way = Vec::from_iter(self.begin(root));
        while let Some((id, held)) = way.last_mut() {
            let id = *id;
            if let Some(next) = held.pop() {
                way.extend(self.begin(next));
                continue;
            }
            way.pop();
            self.found[id.0 as usize] = Some(match self.size(id) {
                Ok((bytes, _)) if bytes > MAX_OWNED_BYTES => {
                    Ownership::ViewOnly(format!("it would take up to {bytes} bytes"))
                }
                Ok((bytes, fallible)) => Ownership::Owned { bytes, fallible },
                Err(why) => Ownership::ViewOnly(why),
            });
        }
    }

    /// A declaration that has not been met, and those that it holds.
    fn begin(&mut self, id: DeclId) -> Option<(DeclId, Vec<DeclId>)> {
        let kind = &self.schema.decl(id).kind;
        let met = mem::replace(&mut self.begun[id.0 as usize], true) || is_recursive(kind);
        (!met).then(|| (id, member_types(kind).into_iter().filter_map(named).collect()))
    }

    /// What has been decided. On what holds itself nothing has.
    fn of(&self, id: DeclId) -> Ownership {
        let found = &self.found[id.0 as usize];
        found.clone().unwrap_or_else(|| Ownership::ViewOnly("it holds itself".to_owned()))
    }

    fn size(&self, id: DeclId) -> Size {
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

    fn ty(&self, ty: &Type, stated: Option<u32>) -> Size {
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
            TypeKind::Named(id) | TypeKind::Box(id) | TypeKind::OptionalUnion(id) => match self.of(*id) {
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

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;
    use crate::{Source, compile};

    fn schema(text: impl Into<Vec<u8>>) -> Schema {
        compile(&[vec![Source::new("input.fidl", text)]]).expect("a schema").schema
    }

    /// What is wrong with the attributes of a type, and with the bound of its member `a`.
    #[track_caller]
    fn refuses(ty: &str, expected: &str) {
        let schema = schema(format!("library x;\n{ty}"));
        let error = OwnedBounds::default().check(&schema).expect_err("an attribute that cannot be");
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn attributes_that_say_nothing_are_told() {
        let number = "`@owned_bound` of `x/T.a` says no number; write it as `@owned_bound(\"16\")`";
        refuses("type T = struct { @owned_bound a string; };", number);
        refuses("type T = struct { @owned_bound(\"many\") a string; };", number);
        refuses("type T = table { @owned_bound(\"-1\") 1: a string; };", number);
        refuses("type T = union { @owned_bound(\"4294967296\") 1: a string; };", number);
        let bounded = "`x/T.a` is to have a bound, and has no string or vector without one";
        refuses("type T = struct { @owned_bound(\"4\") a string:8; };", bounded);
        refuses("type T = struct { @owned_bound(\"4\") a array<vector<uint8>:3, 2>; };", bounded);
        refuses("type T = struct { @owned_bound(\"4\") a uint32; };", bounded);
        let place = "`@owned_bound` says nothing on `x/T`; it stands on new types and members of structs, tables and unions";
        refuses("@owned_bound(\"4\")\ntype T = struct { a string; };", place);
        refuses("@owned_bound(\"4\")\nprotocol T {};", place);
    }

    #[test]
    fn bounds_of_what_has_none_to_get_are_told() {
        let schema = schema("library x;\ntype T = struct { a string:8; b vector<vector<string:2>:3>; };");
        let check = |bound: &str| {
            let mut bounds = OwnedBounds::default();
            bounds.set(bound).expect("a bound");
            bounds.check(&schema)
        };
        assert_eq!(check("x/T.a=4"), Err(BadBound::NothingToBound("x/T.a".to_owned())));
        assert_eq!(check("x/T=4"), Err(BadBound::NoMember("x/T".to_owned())));
        assert_eq!((check("x/T.b=4"), check("4")), (Ok(()), Ok(())));
    }

    /// A chain of more than a hundred used to end in types without owned form, which one hung on the order.
    #[test]
    fn chains_of_any_length_are_owned() {
        const LENGTH: usize = 20_000;
        let mut text = "library x;\n".to_owned();
        for index in 0..LENGTH {
            let _ = writeln!(text, "type T{index} = table {{ 1: next T{}; }};", index + 1);
        }
        let _ = writeln!(text, "type T{LENGTH} = struct {{ a string:4; }};");
        let schema = schema(text);
        let found = ownership(&schema, &OwnedBounds::default());
        let owned = found.iter().filter(|found| matches!(found, Ownership::Owned { .. })).count();
        let too_large = found
            .iter()
            .filter(|found| matches!(found, Ownership::ViewOnly(why) if why.starts_with("it would take")))
            .count();
        // Each takes 8 bytes more than what it holds. Whoever holds the first that is too large has none either.
        assert_eq!((owned, too_large), ((MAX_OWNED_BYTES as usize - 20) / 8 + 1, 1));
    }
}
