//! Values as Rust expressions of the generated types.

use fidl_codegen::ir::{DeclId, DeclKind, Enum, Primitive, Schema, Struct, Table, Type, TypeKind, Union};
use fidl_codegen::rust::Spelling;

use crate::expected::bytes;
use crate::typed::Typed;

/// Why a value has no expression: Rust's types do not let anybody say it. The text is a check of that, of type `bool`.
pub(crate) struct Impossible(pub(crate) String);

/// Which of its forms a value is built in.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Value,
    Owned,
}

/// The expression of a value; `h` are its handles, and it may return early.
///
/// A value that its own form cannot say, because a union in it is unknown, is built in its owned form.
pub(crate) fn expression(
    schema: &Schema,
    spelling: &Spelling<'_>,
    id: DeclId,
    value: &Typed,
) -> Result<String, Impossible> {
    let builder = Builder { schema, spelling, form: Form::Value };
    match builder.named(id, value) {
        Err(_) if has_unknown_union(value) && spelling.owned(id).is_some() => {
            Builder { form: Form::Owned, ..builder }.named(id, value)
        }
        result => result,
    }
}

fn has_unknown_union(value: &Typed) -> bool {
    match value {
        Typed::UnknownUnion(..) => true,
        Typed::List(items) => items.iter().any(|(item, _)| has_unknown_union(item)),
        Typed::Struct(_, members) => members.iter().any(has_unknown_union),
        Typed::Table(_, members, _) => members.iter().any(|(_, member)| has_unknown_union(member)),
        Typed::Union(_, _, value) | Typed::NewType(value) => has_unknown_union(value),
        _ => false,
    }
}

#[derive(Clone, Copy)]
struct Builder<'a> {
    schema: &'a Schema,
    spelling: &'a Spelling<'a>,
    form: Form,
}

type Built = Result<String, Impossible>;

impl Builder<'_> {
    fn value(self, ty: &Type, value: &Typed) -> Built {
        Ok(match (&ty.kind, value) {
            (TypeKind::Handle { optional, .. } | TypeKind::Endpoint { optional, .. }, _) => {
                handle(*optional, value)
            }
            (TypeKind::Box(id) | TypeKind::OptionalUnion(id), _) => self.optional(ty, *id, value)?,
            (_, Typed::Absent) => "None".to_owned(),
            (TypeKind::String { optional, .. }, Typed::Text(text)) => some(*optional, self.text(text)),
            (TypeKind::Vector { element, optional, .. }, Typed::List(items)) => {
                some(*optional, self.vector(ty, element, items)?)
            }
            (TypeKind::Array { element, .. }, Typed::List(items)) => {
                let (list, is_bytes) = self.list(element, items)?;
                if is_bytes { format!("*{list}") } else { list }
            }
            (TypeKind::StringArray { .. }, Typed::List(items)) => {
                format!("*{}", byte_list(items).unwrap_or_default())
            }
            (TypeKind::Named(id), _) => self.named(*id, value)?,
            _ => number(value),
        })
    }

    fn text(self, text: &str) -> String {
        if self.form == Form::Owned {
            format!("::fidl::generated::string({text:?})")
        } else {
            format!("{text:?}")
        }
    }

    fn vector(self, ty: &Type, element: &Type, items: &[(Typed, usize)]) -> Built {
        let (list, is_bytes) = self.list(element, items)?;
        Ok(if self.schema.is_resource(ty) {
            format!("list({list})?")
        } else if self.form == Form::Owned {
            let list = if is_bytes { format!("*{list}") } else { list };
            format!("::fidl::generated::vector({list})")
        } else if is_bytes {
            list
        } else {
            format!("&{list}")
        })
    }

    /// An array, or a byte string.
    fn list(self, element: &Type, items: &[(Typed, usize)]) -> Result<(String, bool), Impossible> {
        if matches!(element.kind, TypeKind::Primitive(Primitive::Uint8 | Primitive::Uchar)) {
            return Ok((byte_list(items).unwrap_or_default(), true));
        }
        if let [(item, times @ 2..)] = items
            && self.form == Form::Value
            && !self.schema.is_resource(element)
        {
            return Ok((format!("[{}; {times}]", self.value(element, item)?), false));
        }
        let mut list = Vec::new();
        for (item, times) in items {
            let item = self.value(element, item)?;
            list.extend(std::iter::repeat_n(item, *times));
        }
        Ok((format!("[{}]", list.join(", ")), false))
    }

    /// What a box or an optional union holds, which the generated types hold in different ways.
    fn optional(self, ty: &Type, id: DeclId, value: &Typed) -> Built {
        let (resource, recursive) = (self.schema.is_resource(ty), is_recursive(self.schema, id));
        let content = match value {
            Typed::Absent => None,
            value => Some(self.named(id, value)?),
        };
        let borrowed = matches!(ty.kind, TypeKind::Box(_)) || recursive;
        Ok(match content {
            None if resource && recursive => "&mut None".to_owned(),
            None => "None".to_owned(),
            Some(content) if resource && recursive => format!("&mut Some({content})"),
            Some(content) if !resource && borrowed && self.form == Form::Value => format!("Some(&{content})"),
            Some(content) => format!("Some({content})"),
        })
    }

    fn named(self, id: DeclId, value: &Typed) -> Built {
        match (&self.schema.decl(id).kind, value) {
            (DeclKind::Enum(layout), Typed::Enum(number)) => self.enum_value(id, layout, *number),
            (DeclKind::Bits(_), Typed::Bits(bits)) => {
                Ok(format!("{}::from_bits_retain({bits})", self.spelling.value(id)))
            }
            (DeclKind::NewType(new), Typed::NewType(value)) => {
                Ok(format!("{}({})", self.path(id), self.value(&new.target, value)?))
            }
            (DeclKind::Struct(layout), Typed::Struct(_, members)) => self.structure(id, layout, members),
            (DeclKind::Table(layout), Typed::Table(_, members, _)) => self.table(id, layout, members),
            (DeclKind::Union(layout), _) => self.union(id, layout, value),
            _ => unreachable!("the value was held against its type"),
        }
    }

    fn path(self, id: DeclId) -> String {
        let owned = if self.form == Form::Owned { self.spelling.owned(id) } else { None };
        owned.unwrap_or_else(|| self.spelling.value(id))
    }

    fn enum_value(self, id: DeclId, layout: &Enum, number: i128) -> Built {
        let value = format!("{}::from_raw({number})", self.spelling.value(id));
        if !layout.strict {
            return Ok(value);
        }
        if layout.members.iter().any(|member| member.value == number) {
            return Ok(format!("{value}.expect(\"a member of the enum\")"));
        }
        Err(Impossible(format!("{value}.is_none()")))
    }

    fn structure(self, id: DeclId, layout: &Struct, members: &[Typed]) -> Built {
        let mut fields = Vec::new();
        for (member, value) in layout.members.iter().zip(members) {
            let value = self.value(&member.ty, value)?;
            fields.push(format!("{}: {value}", self.spelling.field(&member.element)));
        }
        Ok(format!("{} {{ {} }}", self.path(id), fields.join(", ")))
    }

    fn table(self, id: DeclId, layout: &Table, members: &[(usize, Typed)]) -> Built {
        let mut fields = Vec::new();
        for (index, member) in layout.members.iter().enumerate() {
            let value = match members.iter().find(|(given, _)| *given == index) {
                Some((_, value)) => some(true, self.value(&member.ty, value)?),
                None => "None".to_owned(),
            };
            fields.push(format!("{}: {value}", self.spelling.field(&member.element)));
        }
        Ok(format!("{} {{ {} }}", self.path(id), fields.join(", ")))
    }

    fn union(self, id: DeclId, layout: &Union, value: &Typed) -> Built {
        let path = self.path(id);
        match value {
            Typed::Union(_, index, value) => {
                let member = &layout.members[*index];
                let variant = self.spelling.variant(layout, &member.element);
                Ok(format!("{path}::{variant}({})", self.value(&member.ty, value)?))
            }
            Typed::UnknownUnion(ordinal, _) if self.can_be_unknown(id, layout) => {
                Ok(format!("{path}::Unknown({ordinal})"))
            }
            _ => Err(self.has_known_members_only(id, layout)),
        }
    }

    fn can_be_unknown(self, id: DeclId, layout: &Union) -> bool {
        let owned = self.form == Form::Owned && self.spelling.owned(id).is_some();
        !layout.strict && (owned || self.spelling.can_be_unknown(id, layout))
    }

    /// A function that compiles only if the union has no variants but those of its members.
    fn has_known_members_only(self, id: DeclId, layout: &Union) -> Impossible {
        let path = self.spelling.value(id);
        let arms = layout
            .members
            .iter()
            .map(|member| format!("{path}::{}(_) => true,", self.spelling.variant(layout, &member.element)));
        let unknown =
            self.spelling.can_be_unknown(id, layout).then(|| format!("{path}::Unknown(_) => true,"));
        let arms: String = arms.chain(unknown).collect();
        let lifetime = if self.spelling.borrows(id) { "<'_>" } else { "" };
        Impossible(format!(
            "{{ let known = |it: {path}{lifetime}| match it {{ {arms} }}; let _ = known; true }}"
        ))
    }
}

/// A list of bytes.
fn byte_list(items: &[(Typed, usize)]) -> Option<String> {
    let byte = |item: &Typed| match item {
        Typed::Integer(byte) => u8::try_from(*byte).ok(),
        _ => None,
    };
    let mut list = Vec::new();
    for (item, times) in items {
        list.extend(vec![byte(item)?; *times]);
    }
    Some(bytes(&list))
}

fn some(optional: bool, value: String) -> String {
    if optional { format!("Some({value})") } else { value }
}

fn handle(optional: bool, value: &Typed) -> String {
    match value {
        Typed::Handle(index, _) => some(optional, format!("h.take({index})")),
        Typed::NoHandle => "no_handle()".to_owned(),
        _ => "None".to_owned(),
    }
}

fn number(value: &Typed) -> String {
    match value {
        Typed::Bool(it) => it.to_string(),
        Typed::Integer(it) => it.to_string(),
        Typed::Float32(bits) => format!("f32::from_bits({bits:#x})"),
        Typed::Float64(bits) => format!("f64::from_bits({bits:#x})"),
        _ => unreachable!("the value was held against its type"),
    }
}

fn is_recursive(schema: &Schema, id: DeclId) -> bool {
    match &schema.decl(id).kind {
        DeclKind::Struct(layout) => layout.recursive,
        DeclKind::Table(layout) => layout.recursive,
        DeclKind::Union(layout) => layout.recursive,
        _ => false,
    }
}
