//! The content of each declaration, protocols excepted.

use std::collections::HashSet;

use super::error::{At, ErrorKind};
use super::forms::Form;
use super::types::primitive;
use super::{Reader, Result, names};
use crate::ir::{
    self, BitsMember, DeclId, DeclKind, Element, EndpointRole, EnumMember, OrdinalMember, Primitive,
    ResourceProperty, ServiceMember, StructMember, TypeKind, TypeShape, Value,
};
use crate::json::document::{
    Alias, Bits, Const, Enum, NewType, Overlay, Resource, Service, Struct, Table, Union, UnionMember,
    ValueMember,
};
use crate::json::parts;

/// The largest ordinal of a table.
const LARGEST_TABLE_ORDINAL: u32 = 64;

/// Reads the element that a form describes; its name is given where that stands in full.
macro_rules! element {
    ($reader:expr, $at:expr, $form:expr) => {
        element!($reader, $at, $form, &$form.name)
    };
    ($reader:expr, $at:expr, $form:expr, $name:expr) => {
        $reader.element($at, $name, &$form.location, $form.deprecated, &$form.maybe_attributes)
    };
}
pub(super) use element;

impl Reader {
    /// Fills in a declaration.
    pub(super) fn compile(&mut self, at: &At<'_>, id: DeclId, form: &Form<'_>) -> Result<()> {
        let name = self.schema.decl(id).element.name.clone();
        let (element, kind) = match form {
            Form::Bits(form) => (element!(self, at, form, &name)?, self.bits(at, form)?),
            Form::Const(form) => (element!(self, at, form, &name)?, self.const_(at, form)?),
            Form::Enum(form) => (element!(self, at, form, &name)?, self.enum_(at, form)?),
            Form::Resource(form) => (element!(self, at, form, &name)?, self.resource(at, form)?),
            Form::Service(form) => (element!(self, at, form, &name)?, self.service(at, form)?),
            Form::Struct(form) => (element!(self, at, form, &name)?, self.struct_(at, form)?),
            Form::Table(form) => (element!(self, at, form, &name)?, self.table(at, form)?),
            Form::Union(form) => (element!(self, at, form, &name)?, self.union(at, form)?),
            Form::Overlay(form) => (element!(self, at, form, &name)?, self.overlay(at, form)?),
            Form::Alias(form) => (element!(self, at, form, &name)?, self.alias(at, form)?),
            Form::NewType(form) => (element!(self, at, form, &name)?, self.new_type(at, form)?),
            Form::Protocol(form) => {
                let element = element!(self, at, form, &name)?;
                let protocol = self.protocol(at, id, &element, form)?;
                (element, DeclKind::Protocol(protocol))
            }
        };
        let decl = &mut self.schema.decls[id.0 as usize];
        (decl.element, decl.kind) = (element, kind);
        self.ready[id.0 as usize] = true;
        Ok(())
    }

    fn bits(&mut self, at: &At<'_>, form: &Bits) -> Result<DeclKind> {
        let underlying = self.primitive(&at.key("type"), &form.r#type)?;
        if !underlying.is_unsigned() {
            return Err(at.key("type").value(underlying.name(), "an unsigned integer type"));
        }
        let mut members = Vec::new();
        for (element, value, constant) in self.values(&at.key("members"), &form.members, underlying)? {
            let value = u64::try_from(value).unwrap_or_default();
            if !value.is_power_of_two() {
                return Err(at.key("members").value(value, "a power of two"));
            }
            members.push(BitsMember { element, value, constant });
        }
        let mask = members.iter().fold(0, |mask, member| mask | member.value);
        Ok(DeclKind::Bits(ir::Bits { underlying, strict: form.strict, mask, members }))
    }

    fn enum_(&mut self, at: &At<'_>, form: &Enum) -> Result<DeclKind> {
        let underlying = primitive(&at.key("type"), &form.r#type)?;
        let Some((low, high)) = underlying.range() else {
            return Err(at.key("type").value(underlying.name(), "an integer type"));
        };
        let values = self.values(&at.key("members"), &form.members, underlying)?;
        let members = values.into_iter().map(|(element, value, constant)| {
            let unknown = element.attribute("unknown").is_some();
            EnumMember { element, value, unknown, constant }
        });
        let members: Vec<EnumMember> = members.collect();
        if form.strict && members.is_empty() {
            return Err(at.key("members").value("[]", "enough for a strict enum"));
        }
        let unknown_value = match (form.strict, form.maybe_unknown_value) {
            (true, _) => None,
            (false, None) => return Err(at.missing("maybe_unknown_value")),
            (false, Some(value)) if (low..=high).contains(&value) => Some(value),
            (false, Some(value)) => {
                return Err(at.key("maybe_unknown_value").value(value, "a value of the type"));
            }
        };
        Ok(DeclKind::Enum(ir::Enum { underlying, strict: form.strict, unknown_value, members }))
    }

    /// The members of bits or of an enum.
    fn values(
        &mut self,
        at: &At<'_>,
        forms: &[ValueMember],
        underlying: Primitive,
    ) -> Result<Vec<(Element, i128, ir::Constant)>> {
        names::members(at, forms.iter().map(|form| form.name.as_str()))?;
        let mut seen = HashSet::new();
        let mut values = Vec::new();
        for (index, form) in forms.iter().enumerate() {
            let at = at.item(index);
            let element = element!(self, &at, form)?;
            let constant = self.constant(&at.key("value"), &form.value, &TypeKind::Primitive(underlying))?;
            let Value::Integer(value) = constant.value else {
                return Err(at.key("value").value(&form.value.value.value, "an integer"));
            };
            if !seen.insert(value) {
                return Err(at.key("value").twice(&value.to_string()));
            }
            values.push((element, value, constant));
        }
        Ok(values)
    }

    fn const_(&mut self, at: &At<'_>, form: &Const) -> Result<DeclKind> {
        let ty = self.plain(&at.key("type"), &form.r#type)?;
        let value = self.constant(&at.key("value"), &form.value, &ty.kind)?;
        Ok(DeclKind::Const(ir::Const { ty, value }))
    }

    fn resource(&mut self, at: &At<'_>, form: &Resource) -> Result<DeclKind> {
        let at_members = at.key("properties");
        names::members(&at_members, form.properties.iter().map(|property| property.name.as_str()))?;
        let mut properties = Vec::new();
        for (index, form) in form.properties.iter().enumerate() {
            let at = at_members.item(index);
            let element = element!(self, &at, form)?;
            properties.push(ResourceProperty { element, ty: self.plain(&at.key("type"), &form.r#type)? });
        }
        Ok(DeclKind::Resource(ir::ResourceDefinition { underlying: Primitive::Uint32, properties }))
    }

    fn service(&mut self, at: &At<'_>, form: &Service) -> Result<DeclKind> {
        let at_members = at.key("members");
        names::members(&at_members, form.members.iter().map(|member| member.name.as_str()))?;
        let mut members = Vec::new();
        for (index, form) in form.members.iter().enumerate() {
            let at = at_members.item(index);
            let element = element!(self, &at, form)?;
            let ty = self.plain(&at.key("type"), &form.r#type)?;
            let TypeKind::Endpoint { role: EndpointRole::Client, optional: false, .. } = ty.kind else {
                return Err(at.key("type").kind(&form.name, "the client's end of a protocol"));
            };
            members.push(ServiceMember { element, ty });
        }
        Ok(DeclKind::Service(ir::Service { members }))
    }

    fn struct_(&mut self, at: &At<'_>, form: &Struct) -> Result<DeclKind> {
        let at_members = at.key("members");
        names::members(&at_members, form.members.iter().map(|member| member.name.as_str()))?;
        let mut members = Vec::new();
        for (index, form) in form.members.iter().enumerate() {
            let at = at_members.item(index);
            let element = element!(self, &at, form)?;
            let alias = form.experimental_maybe_from_alias.as_ref();
            let ty = self.ty(&at.key("type"), &form.r#type, alias)?;
            let default = form.maybe_default_value.as_ref();
            let at_default = at.key("maybe_default_value");
            let default = default.map(|form| self.constant(&at_default, form, &ty.kind)).transpose()?;
            members.push(StructMember { element, ty, default, offset: 0, padding: 0 });
        }
        if form.is_empty_success_struct && !members.is_empty() {
            return Err(at.key("is_empty_success_struct").value(true, "so, since there are members"));
        }
        Ok(DeclKind::Struct(ir::Struct {
            resource: form.resource,
            recursive: false,
            empty_success: form.is_empty_success_struct,
            members,
            shape: TypeShape::default(),
        }))
    }

    fn table(&mut self, at: &At<'_>, form: &Table) -> Result<DeclKind> {
        let at_members = at.key("members");
        names::members(&at_members, form.members.iter().map(|member| member.name.as_str()))?;
        let mut members = Vec::new();
        for (index, form) in form.members.iter().enumerate() {
            let at = at_members.item(index);
            if form.ordinal > LARGEST_TABLE_ORDINAL {
                return Err(at.key("ordinal").value(form.ordinal, "at most 64"));
            }
            let element = element!(self, &at, form)?;
            let alias = form.experimental_maybe_from_alias.as_ref();
            let ty = self.ty(&at.key("type"), &form.r#type, alias)?;
            members.push(never_absent(&at, OrdinalMember { ordinal: form.ordinal, element, ty })?);
        }
        Ok(DeclKind::Table(ir::Table {
            resource: form.resource,
            recursive: false,
            members: by_ordinal(&at_members, members)?,
            shape: TypeShape::default(),
        }))
    }

    fn union(&mut self, at: &At<'_>, form: &Union) -> Result<DeclKind> {
        let kind = if form.is_result { Members::Result } else { Members::Plain };
        let members = self.union_members(&at.key("members"), &form.members, kind)?;
        if form.strict && members.is_empty() {
            return Err(at.key("members").value("[]", "enough for a strict union"));
        }
        Ok(DeclKind::Union(ir::Union {
            strict: form.strict,
            resource: form.resource,
            recursive: false,
            result: form.is_result,
            members,
            shape: TypeShape::default(),
        }))
    }

    fn overlay(&mut self, at: &At<'_>, form: &Overlay) -> Result<DeclKind> {
        let members = self.union_members(&at.key("members"), &form.members, Members::Overlay)?;
        Ok(DeclKind::Overlay(ir::Overlay { members, shape: TypeShape::default() }))
    }

    fn union_members(
        &mut self,
        at: &At<'_>,
        forms: &[UnionMember],
        kind: Members,
    ) -> Result<Vec<OrdinalMember>> {
        names::members(at, forms.iter().map(|member| member.name.as_str()))?;
        let mut members = Vec::new();
        for (index, form) in forms.iter().enumerate() {
            let at = at.item(index);
            let element = element!(self, &at, form)?;
            let ty = match form.r#type.kind_v2 {
                parts::TypeKind::Internal if kind == Members::Result && form.ordinal == 3 => {
                    ir::Type { kind: TypeKind::FrameworkError, shape: TypeShape::default(), alias: None }
                }
                _ => self.plain(&at.key("type"), &form.r#type)?,
            };
            let member = OrdinalMember { ordinal: form.ordinal, element, ty };
            members.push(if kind == Members::Plain { never_absent(&at, member)? } else { member });
        }
        by_ordinal(at, members)
    }

    fn alias(&mut self, at: &At<'_>, form: &Alias) -> Result<DeclKind> {
        let target = self.plain(&at.key("type"), &form.r#type)?;
        let written = self.written(&at.key("partial_type_ctor"), &form.partial_type_ctor)?;
        let target = match written.alias() {
            // What is written there names the alias behind the alias.
            Some(id) if matches!(self.schema.decl(id).kind, DeclKind::Alias(_)) => {
                ir::Type { alias: Some(Box::new(written.clone())), ..target }
            }
            _ => target,
        };
        Ok(DeclKind::Alias(ir::Alias { target, written }))
    }

    fn new_type(&mut self, at: &At<'_>, form: &NewType) -> Result<DeclKind> {
        let alias = form.experimental_maybe_from_alias.as_ref();
        Ok(DeclKind::NewType(ir::NewType { target: self.ty(&at.key("type"), &form.r#type, alias)? }))
    }
}

/// Of what the members are that only one of has a value.
#[derive(Clone, Copy, PartialEq)]
enum Members {
    /// A union.
    Plain,
    /// A union that the compiler made, of any type that a method can have for its errors.
    Result,
    /// An overlay, in which any type may stand.
    Overlay,
}

/// Members of tables and unions can be absent anyway, and are not of types that can.
fn never_absent(at: &At<'_>, member: OrdinalMember) -> Result<OrdinalMember> {
    match member.ty.kind {
        TypeKind::Box(_)
        | TypeKind::OptionalUnion(_)
        | TypeKind::String { optional: true, .. }
        | TypeKind::Vector { optional: true, .. }
        | TypeKind::Handle { optional: true, .. }
        | TypeKind::Endpoint { optional: true, .. } => {
            Err(at.key("type").key("nullable").value(true, "possible for a member with an ordinal"))
        }
        _ => Ok(member),
    }
}

/// Members in the order of their ordinals, which begin at 1 and differ.
fn by_ordinal(at: &At<'_>, mut members: Vec<OrdinalMember>) -> Result<Vec<OrdinalMember>> {
    members.sort_by_key(|member| member.ordinal);
    if members.first().is_some_and(|member| member.ordinal == 0) {
        return Err(at.value(0, "an ordinal"));
    }
    match members.windows(2).find(|pair| pair[0].ordinal == pair[1].ordinal) {
        Some(pair) => Err(at.error(ErrorKind::Twice(pair[1].ordinal.to_string()))),
        None => Ok(members),
    }
}
