//! Types.

use super::error::{At, ErrorKind};
use super::{Reader, Result, empty_decl};
use crate::ir::{
    self, DeclId, DeclKind, EndpointRole, HandleSubtype, LibraryId, Primitive, RIGHTS_SAME, TypeKind,
    TypeShape, Value, WrittenName,
};
use crate::json::document::Kind;
use crate::json::parts::{self, Constant, Role, Type, Written};
use crate::sema::names::is_identifier;

/// So deep may a type nest.
const DEEPEST: usize = 64;

/// The kinds of declarations that types name.
const TYPES: &[Kind] =
    &[Kind::Bits, Kind::Enum, Kind::Struct, Kind::Table, Kind::Union, Kind::Overlay, Kind::NewType];

impl Reader {
    /// A type, with how it was written if by an alias.
    pub(super) fn ty(&mut self, at: &At<'_>, form: &Type, alias: Option<&Written>) -> Result<ir::Type> {
        self.nested(at, form, alias, 0)
    }

    /// A type in a place that knows no aliases.
    pub(super) fn plain(&mut self, at: &At<'_>, form: &Type) -> Result<ir::Type> {
        self.nested(at, form, None, 0)
    }

    fn nested(
        &mut self,
        at: &At<'_>,
        form: &Type,
        alias: Option<&Written>,
        depth: usize,
    ) -> Result<ir::Type> {
        if depth > DEEPEST {
            return Err(at.error(ErrorKind::Form(format!("a type nests more than {DEEPEST} levels"))));
        }
        let alias = match alias {
            Some(written) => Some(Box::new(self.written(at, written)?)),
            None => None,
        };
        Ok(ir::Type { kind: self.type_kind(at, form, depth)?, shape: TypeShape::default(), alias })
    }

    fn type_kind(&mut self, at: &At<'_>, form: &Type, depth: usize) -> Result<TypeKind> {
        let optional = form.nullable.unwrap_or(false);
        Ok(match form.kind_v2 {
            parts::TypeKind::Array => {
                let count = count(at, form)?;
                TypeKind::Array { element: self.element_type(at, form, depth)?, count }
            }
            parts::TypeKind::Vector => {
                let element = self.element_type(at, form, depth)?;
                TypeKind::Vector { element, bound: bound(form), optional }
            }
            parts::TypeKind::String => TypeKind::String { bound: bound(form), optional },
            parts::TypeKind::StringArray => TypeKind::StringArray { count: count(at, form)? },
            parts::TypeKind::Handle => self.handle(at, form, optional)?,
            parts::TypeKind::Endpoint => self.endpoint(at, form, optional)?,
            parts::TypeKind::Primitive => TypeKind::Primitive(self.primitive(at, form)?),
            parts::TypeKind::Internal => {
                return Err(at
                    .key("kind_v2")
                    .value("internal", "allowed here, only as the last member of a result union"));
            }
            parts::TypeKind::Identifier => self.identifier(at, form, optional)?,
            parts::TypeKind::ExperimentalPointer => {
                let inner = form.pointee_type.as_ref().ok_or_else(|| at.missing("pointee_type"))?;
                let inner = self.nested(&at.key("pointee_type"), inner, None, depth + 1)?;
                TypeKind::Pointer(Box::new(inner))
            }
        })
    }

    fn element_type(&mut self, at: &At<'_>, form: &Type, depth: usize) -> Result<Box<ir::Type>> {
        let element = form.element_type.as_ref().ok_or_else(|| at.missing("element_type"))?;
        let alias = form.experimental_maybe_from_alias.as_ref();
        Ok(Box::new(self.nested(&at.key("element_type"), element, alias, depth + 1)?))
    }

    /// A bool or number.
    pub(super) fn primitive(&self, at: &At<'_>, form: &Type) -> Result<Primitive> {
        let name = form.subtype.as_deref().ok_or_else(|| at.missing("subtype"))?;
        primitive(&at.key("subtype"), name)
    }

    fn identifier(&self, at: &At<'_>, form: &Type, optional: bool) -> Result<TypeKind> {
        let name = form.identifier.as_deref().ok_or_else(|| at.missing("identifier"))?;
        let at_name = at.key("identifier");
        if !optional {
            return Ok(TypeKind::Named(self.ready_of_kind(&at_name, name, TYPES, "a type")?));
        }
        let wanted = "a struct or a union, which alone can be absent";
        let id = self.of_kind(&at_name, name, &[Kind::Struct, Kind::Union], wanted)?;
        Ok(match self.kind(id) {
            Kind::Struct => TypeKind::Box(id),
            _ => TypeKind::OptionalUnion(id),
        })
    }

    fn handle(&mut self, at: &At<'_>, form: &Type, optional: bool) -> Result<TypeKind> {
        let name = form.resource_identifier.as_deref().ok_or_else(|| at.missing("resource_identifier"))?;
        let resource = self.resource_named(&at.key("resource_identifier"), name)?;
        let value = form.obj_type.ok_or_else(|| at.missing("obj_type"))?;
        let subtype = HandleSubtype { value, name: self.object_name(resource, value) };
        Ok(TypeKind::Handle { resource, subtype, rights: form.rights.unwrap_or(RIGHTS_SAME), optional })
    }

    /// A resource definition. Some documents leave them out that others refer to; then one is made up, since all
    /// that matters of a handle stands where it is used.
    fn resource_named(&mut self, at: &At<'_>, name: &str) -> Result<DeclId> {
        let own = self.schema.libraries.last().map_or("", |library| &library.name);
        let (library, short) = name.split_once('/').unwrap_or_default();
        let place = self.library_named(library).filter(|_| library != own && is_identifier(short));
        match place {
            Some(library) if !self.names.contains_key(name) => {
                Ok(self.make_up_resource(library, name, short))
            }
            _ => {
                let kinds = &[Kind::ExperimentalResource];
                self.ready_of_kind(at, name, kinds, "a resource definition")
            }
        }
    }

    fn make_up_resource(&mut self, library: LibraryId, name: &str, short: &str) -> DeclId {
        let id = self.enter(name, empty_decl(library, short, None), Kind::ExperimentalResource);
        let (underlying, properties) = (Primitive::Uint32, Vec::new());
        let decl = &mut self.schema.decls[id.0 as usize];
        decl.kind = DeclKind::Resource(ir::ResourceDefinition { underlying, properties });
        self.ready[id.0 as usize] = true;
        id
    }

    /// What a resource definition calls a kind of object. Any object is not named.
    fn object_name(&self, resource: DeclId, value: u32) -> Option<String> {
        let DeclKind::Resource(resource) = &self.schema.decl(resource).kind else { return None };
        let subtype = resource.properties.iter().find(|property| property.element.name == "subtype")?;
        let TypeKind::Named(id) = subtype.ty.kind else { return None };
        let DeclKind::Enum(layout) = &self.schema.decl(id).kind else { return None };
        let member = layout.members.iter().find(|member| member.value == i128::from(value))?;
        (value != 0).then(|| member.element.name.clone())
    }

    fn endpoint(&self, at: &At<'_>, form: &Type, optional: bool) -> Result<TypeKind> {
        let role = match form.role.ok_or_else(|| at.missing("role"))? {
            Role::Client => EndpointRole::Client,
            Role::Server => EndpointRole::Server,
        };
        let name = form.protocol.as_deref().ok_or_else(|| at.missing("protocol"))?;
        let protocol = self.of_kind(&at.key("protocol"), name, &[Kind::Protocol], "a protocol")?;
        Ok(TypeKind::Endpoint { role, protocol, optional })
    }

    /// How a type was written.
    pub(super) fn written(&mut self, at: &At<'_>, form: &Written) -> Result<ir::Written> {
        let name = match form.name.contains('/') {
            true => WrittenName::Decl(self.named(at, &form.name)?),
            false if is_identifier(&form.name) => WrittenName::Builtin(form.name.clone()),
            false => return Err(at.error(ErrorKind::Name(form.name.clone()))),
        };
        let mut arguments = Vec::new();
        for argument in &form.args {
            arguments.push(self.written(at, argument)?);
        }
        Ok(ir::Written {
            name,
            arguments,
            optional: form.nullable,
            size: self.uint32(at, form.maybe_size.as_ref())?,
            rights: self.uint32(at, form.handle_rights.as_ref())?,
        })
    }

    fn uint32(&mut self, at: &At<'_>, form: Option<&Constant>) -> Result<Option<ir::Constant>> {
        let ty = TypeKind::Primitive(Primitive::Uint32);
        form.map(|form| self.constant(at, form, &ty)).transpose()
    }

    /// The bool or number that a named type is on the wire, or is itself; of a string `None`.
    pub(super) fn underlying(&self, ty: &TypeKind) -> Option<Primitive> {
        match ty {
            TypeKind::Primitive(primitive) => Some(*primitive),
            TypeKind::Named(id) => match &self.schema.decl(*id).kind {
                DeclKind::Bits(layout) => Some(layout.underlying),
                DeclKind::Enum(layout) => Some(layout.underlying),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether a value is one of a type's. Only strict enums have less than their number type.
    pub(super) fn is_member(&self, ty: &TypeKind, value: &Value) -> bool {
        let (TypeKind::Named(id), Value::Integer(value)) = (ty, value) else { return true };
        match &self.schema.decl(*id).kind {
            DeclKind::Enum(layout) if layout.strict => {
                layout.members.iter().any(|member| member.value == *value)
            }
            _ => true,
        }
    }
}

/// The primitive of this name.
pub(super) fn primitive(at: &At<'_>, name: &str) -> Result<Primitive> {
    let found = Primitive::ALL.into_iter().find(|primitive| primitive.name() == name);
    found.ok_or_else(|| at.value(name, "a primitive type"))
}

/// The bound of a string or vector. The largest one stands for none.
fn bound(form: &Type) -> Option<u32> {
    form.maybe_element_count.filter(|count| *count != u32::MAX)
}

fn count(at: &At<'_>, form: &Type) -> Result<u32> {
    match form.element_count {
        None => Err(at.missing("element_count")),
        Some(0) => Err(at.key("element_count").value(0, "a count; arrays have at least one element")),
        Some(count) => Ok(count),
    }
}
