//! Values held against their types: behind this, what is generated of them compiles.

use fidl_codegen::ir::{
    Bits, DeclId, DeclKind, Enum, OrdinalMember, Primitive, Schema, Struct, Table, Type, TypeKind, Union,
    Value as Constant,
};

use crate::gidl::{Fault, Key, Place, Record, Restriction, Unknown, Value, ValueKind};
use crate::schemas::layout_named;

/// A value of a type that is known.
#[derive(Clone, Debug)]
pub(crate) enum Typed {
    Bool(bool),
    Integer(i128),
    Float32(u32),
    Float64(u64),
    Text(String),
    /// Elements, each with how often it comes.
    List(Vec<(Typed, usize)>),
    Enum(i128),
    Bits(i128),
    /// A value for each member.
    Struct(DeclId, Vec<Typed>),
    /// The members that are there, by their index, and those that the schema does not know.
    Table(DeclId, Vec<(usize, Typed)>, Vec<(u64, Option<Unknown>)>),
    Union(DeclId, usize, Box<Typed>),
    UnknownUnion(u64, Option<Unknown>),
    /// A union without a member where there must be one.
    UnsetUnion,
    NewType(Box<Typed>),
    Absent,
    Handle(usize, Option<Restriction>),
    /// No handle where there must be one.
    NoHandle,
}

/// Why there is no typed value.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The case is wrong.
    Fault(Fault),
    /// No schema has a type of this name.
    NoSuchType(String),
    /// There is no such value in Rust, whatever its form.
    NotInRust(String),
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

type Result<T> = std::result::Result<T, Refused>;

/// The value of a case.
pub(crate) fn root(schema: &Schema, value: &Value) -> Result<(DeclId, Typed)> {
    let ValueKind::Record(record) = &value.kind else {
        return Err(value.fault("the value of a case is a struct, table or union").into());
    };
    let id = layout_named(schema, &record.name).ok_or_else(|| Refused::NoSuchType(record.name.clone()))?;
    Ok((id, Checker { schema }.layout(value.place, record, id)?))
}

/// The name of the first type in a value that no schema has.
pub(crate) fn unknown_type(schema: &Schema, value: &Value) -> Option<String> {
    match &value.kind {
        ValueKind::Record(record) if layout_named(schema, &record.name).is_none() => {
            Some(record.name.clone())
        }
        ValueKind::Record(record) => record.fields.iter().find_map(|(_, key)| match key {
            Key::Known(_, value) => unknown_type(schema, value),
            Key::Unknown(..) => None,
        }),
        ValueKind::List(items) => items.iter().find_map(|(value, _)| unknown_type(schema, value)),
        _ => None,
    }
}

#[derive(Clone, Copy)]
struct Checker<'a> {
    schema: &'a Schema,
}

impl Checker<'_> {
    fn value(self, value: &Value, ty: &Type) -> Result<Typed> {
        if matches!(value.kind, ValueKind::Null) {
            return null(value.place, ty);
        }
        match &ty.kind {
            TypeKind::Primitive(primitive) => Ok(primitive_value(value, *primitive)?),
            TypeKind::String { .. } => text(value),
            TypeKind::StringArray { count } => string_array(value, *count as usize),
            TypeKind::Array { element, count } => {
                let items = self.list(value, element)?;
                let length: usize = items.iter().map(|(_, times)| times).sum();
                if length == *count as usize {
                    Ok(Typed::List(items))
                } else {
                    Err(value.fault(format!("{length} elements in an array of {count}")).into())
                }
            }
            TypeKind::Vector { element, .. } => Ok(Typed::List(self.list(value, element)?)),
            TypeKind::Handle { .. } | TypeKind::Endpoint { .. } => match &value.kind {
                ValueKind::Handle(index) => Ok(Typed::Handle(*index, None)),
                ValueKind::Restricted(index, restriction) => Ok(Typed::Handle(*index, Some(*restriction))),
                _ => Err(value.fault("expected a handle").into()),
            },
            TypeKind::Box(id) | TypeKind::OptionalUnion(id) | TypeKind::Named(id) => self.named(value, *id),
            TypeKind::Pointer(_) | TypeKind::FrameworkError => {
                Err(value.fault("there are no values of this type").into())
            }
        }
    }

    fn named(self, value: &Value, id: DeclId) -> Result<Typed> {
        match (&self.schema.decl(id).kind, &value.kind) {
            (DeclKind::Enum(layout), _) => Ok(Typed::Enum(enum_number(value, layout)?)),
            (DeclKind::Bits(layout), _) => Ok(Typed::Bits(bits_number(value, layout)?)),
            (DeclKind::NewType(new), _) => Ok(Typed::NewType(Box::new(self.value(value, &new.target)?))),
            (DeclKind::Overlay(_), _) => Err(Refused::NotInRust("overlays are for C alone".to_owned())),
            (_, ValueKind::Record(record)) => self.record(value.place, record, id),
            _ => Err(value.fault(format!("expected `{}`", self.schema.decl(id).element.name)).into()),
        }
    }

    fn record(self, place: Place, record: &Record, id: DeclId) -> Result<Typed> {
        let found = layout_named(self.schema, &record.name);
        match found.ok_or_else(|| Refused::NoSuchType(record.name.clone()))? {
            found if found == id => self.layout(place, record, id),
            _ => {
                let expected = &self.schema.decl(id).element.name;
                Err(Fault::new(place, format!("expected `{expected}`, found `{}`", record.name)).into())
            }
        }
    }

    fn layout(self, place: Place, record: &Record, id: DeclId) -> Result<Typed> {
        match &self.schema.decl(id).kind {
            DeclKind::Struct(layout) => self.structure(place, record, id, layout),
            DeclKind::Table(layout) => self.table(record, id, layout),
            DeclKind::Union(layout) => self.union(place, record, id, layout),
            _ => Err(Fault::new(place, "expected a struct, table or union").into()),
        }
    }

    fn structure(self, place: Place, record: &Record, id: DeclId, layout: &Struct) -> Result<Typed> {
        let known = |name: &str| layout.members.iter().any(|member| member.element.name == name);
        for (place, key) in &record.fields {
            if !matches!(key, Key::Known(name, _) if known(name)) {
                return Err(Fault::new(*place, format!("`{}` has no such member", record.name)).into());
            }
        }
        let members = layout.members.iter().map(|member| {
            let given = record.fields.iter().find_map(|(_, key)| match key {
                Key::Known(name, value) if *name == member.element.name => Some(value),
                _ => None,
            });
            match (given, &member.default) {
                (Some(value), _) => self.value(value, &member.ty),
                (None, Some(default)) => self.constant(place, &default.value, &member.ty),
                (None, None) => null(place, &member.ty)
                    .map_err(|_| Fault::new(place, format!("`{}` is missing", member.element.name)).into()),
            }
        });
        Ok(Typed::Struct(id, members.collect::<Result<_>>()?))
    }

    /// What a member of a struct is where nothing is given.
    fn constant(self, place: Place, constant: &Constant, ty: &Type) -> Result<Typed> {
        let kind = match constant {
            Constant::Bool(value) => ValueKind::Bool(*value),
            Constant::Integer(value) => ValueKind::Integer(*value),
            Constant::Float(value) => ValueKind::Float(*value),
            Constant::String(value) => ValueKind::Text(value.clone().into_bytes()),
        };
        self.value(&Value { place, kind }, ty)
    }

    fn table(self, record: &Record, id: DeclId, layout: &Table) -> Result<Typed> {
        let (mut members, mut unknown) = (Vec::new(), Vec::new());
        for (place, key) in &record.fields {
            match key {
                // A member that is not there may be said to be null.
                Key::Known(_, Value { kind: ValueKind::Null, .. }) => {}
                Key::Known(name, value) => {
                    let index = member(*place, &layout.members, name, record)?;
                    members.push((index, self.value(value, &layout.members[index].ty)?));
                }
                Key::Unknown(ordinal, content) => unknown.push((*ordinal, content.clone())),
            }
        }
        members.sort_by_key(|(index, _)| *index);
        Ok(Typed::Table(id, members, unknown))
    }

    fn union(self, place: Place, record: &Record, id: DeclId, layout: &Union) -> Result<Typed> {
        match &record.fields[..] {
            [] => Ok(Typed::UnsetUnion),
            [(_, Key::Unknown(ordinal, content))] => Ok(Typed::UnknownUnion(*ordinal, content.clone())),
            [(place, Key::Known(name, value))] => {
                let index = member(*place, &layout.members, name, record)?;
                let value = self.value(value, &layout.members[index].ty)?;
                Ok(Typed::Union(id, index, Box::new(value)))
            }
            _ => Err(Fault::new(place, "a union has one member").into()),
        }
    }

    fn list(self, value: &Value, element: &Type) -> Result<Vec<(Typed, usize)>> {
        match &value.kind {
            ValueKind::List(items) => {
                items.iter().map(|(item, times)| Ok((self.value(item, element)?, *times))).collect()
            }
            _ => Err(value.fault("expected a list").into()),
        }
    }
}

fn member(
    place: Place,
    members: &[OrdinalMember],
    name: &str,
    record: &Record,
) -> std::result::Result<usize, Fault> {
    let index = members.iter().position(|member| member.element.name == name);
    index.ok_or_else(|| Fault::new(place, format!("`{}` has no member `{name}`", record.name)))
}

/// The absence of a value.
fn null(place: Place, ty: &Type) -> Result<Typed> {
    match &ty.kind {
        TypeKind::String { optional: true, .. }
        | TypeKind::Vector { optional: true, .. }
        | TypeKind::Handle { optional: true, .. }
        | TypeKind::Endpoint { optional: true, .. }
        | TypeKind::Box(_)
        | TypeKind::OptionalUnion(_) => Ok(Typed::Absent),
        TypeKind::Handle { .. } | TypeKind::Endpoint { .. } => Ok(Typed::NoHandle),
        _ => Err(Refused::NotInRust(format!(
            "the value at {}:{} is null, which Rust's type for it cannot be",
            place.line, place.column
        ))),
    }
}

fn primitive_value(value: &Value, primitive: Primitive) -> std::result::Result<Typed, Fault> {
    match (primitive, &value.kind) {
        (Primitive::Bool, ValueKind::Bool(it)) => Ok(Typed::Bool(*it)),
        (Primitive::Float32, ValueKind::RawFloat(bits)) => match u32::try_from(*bits) {
            Ok(bits) => Ok(Typed::Float32(bits)),
            Err(_) => Err(value.fault("these bits are too many for a `float32`")),
        },
        (Primitive::Float64, ValueKind::RawFloat(bits)) => Ok(Typed::Float64(*bits)),
        (Primitive::Float32, ValueKind::Float(it)) => Ok(Typed::Float32((*it as f32).to_bits())),
        (Primitive::Float64, ValueKind::Float(it)) => Ok(Typed::Float64(it.to_bits())),
        (Primitive::Float32, ValueKind::Integer(it)) => Ok(Typed::Float32((*it as f32).to_bits())),
        (Primitive::Float64, ValueKind::Integer(it)) => Ok(Typed::Float64((*it as f64).to_bits())),
        (_, ValueKind::Integer(it)) if primitive.is_integer() => {
            integer(value, *it, primitive).map(Typed::Integer)
        }
        _ => Err(value.fault(format!("expected a `{}`", primitive.name()))),
    }
}

/// An integer within the range of its type.
fn integer(value: &Value, number: i128, primitive: Primitive) -> std::result::Result<i128, Fault> {
    let (least, most) = primitive.range().unwrap_or((0, 0));
    if (least..=most).contains(&number) {
        Ok(number)
    } else {
        Err(value.fault(format!("{number} is not a `{}`", primitive.name())))
    }
}

fn enum_number(value: &Value, layout: &Enum) -> std::result::Result<i128, Fault> {
    match &value.kind {
        ValueKind::Integer(number) => integer(value, *number, layout.underlying),
        ValueKind::Names(names) => match &names[..] {
            [name] => {
                let member = layout.members.iter().find(|member| member.element.name == *name);
                let member = member.ok_or_else(|| value.fault(format!("the enum has no member `{name}`")))?;
                Ok(member.value)
            }
            _ => Err(value.fault("an enum has one value")),
        },
        _ => Err(value.fault("expected a value of an enum")),
    }
}

fn bits_number(value: &Value, layout: &Bits) -> std::result::Result<i128, Fault> {
    match &value.kind {
        ValueKind::Integer(number) => integer(value, *number, layout.underlying),
        ValueKind::Names(names) => names.iter().try_fold(0, |bits, name| {
            let member = layout.members.iter().find(|member| member.element.name == *name);
            let member = member.ok_or_else(|| value.fault(format!("the bits have no member `{name}`")))?;
            Ok(bits | i128::from(member.value))
        }),
        _ => Err(value.fault("expected a value of bits")),
    }
}

fn text(value: &Value) -> Result<Typed> {
    let ValueKind::Text(bytes) = &value.kind else { return Err(value.fault("expected a string").into()) };
    match String::from_utf8(bytes.clone()) {
        Ok(text) => Ok(Typed::Text(text)),
        Err(_) => Err(Refused::NotInRust(format!(
            "the string at {}:{} is not UTF-8, which Rust's strings always are",
            value.place.line, value.place.column
        ))),
    }
}

/// Text in a fixed number of bytes, with zeros behind it.
fn string_array(value: &Value, count: usize) -> Result<Typed> {
    let ValueKind::Text(bytes) = &value.kind else { return Err(value.fault("expected a string").into()) };
    if bytes.len() > count {
        return Err(value.fault(format!("{} bytes in an array of {count}", bytes.len())).into());
    }
    let mut items: Vec<_> = bytes.iter().map(|byte| (Typed::Integer(i128::from(*byte)), 1)).collect();
    if bytes.len() < count {
        items.push((Typed::Integer(0), count - bytes.len()));
    }
    Ok(Typed::List(items))
}
