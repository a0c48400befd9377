//! Declarations other than protocols. Each function gives the form of a declaration of its kind, and `None` for
//! one of another.

use super::{Writer, types};
use crate::ir::{self, Constant, DeclId, DeclKind, Element, OrdinalMember};
use crate::json::document::{
    Alias, Bits, Const, Enum, NewType, Overlay, Property, Resource, Service, ServiceMember, Struct,
    StructMember, Table, TableMember, Union, UnionMember, ValueMember,
};
use crate::json::parts::{FieldShape, Location};

impl Writer<'_> {
    pub(super) fn bits(&self, id: DeclId) -> Option<Bits> {
        let decl = self.schema.decl(id);
        let DeclKind::Bits(layout) = &decl.kind else { return None };
        let members = layout.members.iter();
        Some(Bits {
            name: self.schema.full_name(id),
            naming_context: decl.naming_context.clone(),
            location: self.location(decl.element.location),
            deprecated: decl.element.deprecated,
            maybe_attributes: self.attributes(&decl.element.attributes),
            r#type: types::number(layout.underlying),
            mask: layout.mask.to_string(),
            members: members.map(|member| self.value_member(&member.element, &member.constant)).collect(),
            strict: layout.strict,
        })
    }

    pub(super) fn enum_(&self, id: DeclId) -> Option<Enum> {
        let decl = self.schema.decl(id);
        let DeclKind::Enum(layout) = &decl.kind else { return None };
        let members = layout.members.iter();
        Some(Enum {
            name: self.schema.full_name(id),
            naming_context: decl.naming_context.clone(),
            location: self.location(decl.element.location),
            deprecated: decl.element.deprecated,
            maybe_attributes: self.attributes(&decl.element.attributes),
            r#type: layout.underlying.name().to_owned(),
            members: members.map(|member| self.value_member(&member.element, &member.constant)).collect(),
            strict: layout.strict,
            maybe_unknown_value: layout.unknown_value,
        })
    }

    fn value_member(&self, element: &Element, constant: &Constant) -> ValueMember {
        ValueMember {
            name: element.name.clone(),
            location: self.location(element.location),
            deprecated: element.deprecated,
            value: self.constant(constant),
            maybe_attributes: self.attributes(&element.attributes),
        }
    }

    pub(super) fn const_(&self, id: DeclId) -> Option<Const> {
        let decl = self.schema.decl(id);
        let DeclKind::Const(constant) = &decl.kind else { return None };
        Some(Const {
            name: self.schema.full_name(id),
            location: self.location(decl.element.location),
            deprecated: decl.element.deprecated,
            maybe_attributes: self.attributes(&decl.element.attributes),
            r#type: self.ty(&constant.ty),
            value: self.constant(&constant.value),
        })
    }

    pub(super) fn resource(&self, id: DeclId) -> Option<Resource> {
        let decl = self.schema.decl(id);
        let DeclKind::Resource(resource) = &decl.kind else { return None };
        Some(Resource {
            name: self.schema.full_name(id),
            location: self.location(decl.element.location),
            deprecated: decl.element.deprecated,
            maybe_attributes: self.attributes(&decl.element.attributes),
            r#type: types::number(resource.underlying),
            properties: resource.properties.iter().map(|property| self.property(property)).collect(),
        })
    }

    fn property(&self, property: &ir::ResourceProperty) -> Property {
        Property {
            name: property.element.name.clone(),
            location: self.location(property.element.location),
            deprecated: property.element.deprecated,
            maybe_attributes: self.attributes(&property.element.attributes),
            r#type: self.ty(&property.ty),
        }
    }

    pub(super) fn service(&self, id: DeclId) -> Option<Service> {
        let decl = self.schema.decl(id);
        let DeclKind::Service(service) = &decl.kind else { return None };
        Some(Service {
            name: self.schema.full_name(id),
            location: self.location(decl.element.location),
            deprecated: decl.element.deprecated,
            maybe_attributes: self.attributes(&decl.element.attributes),
            members: service.members.iter().map(|member| self.service_member(member)).collect(),
        })
    }

    fn service_member(&self, member: &ir::ServiceMember) -> ServiceMember {
        ServiceMember {
            r#type: self.ty(&member.ty),
            name: member.element.name.clone(),
            location: self.location(member.element.location),
            deprecated: member.element.deprecated,
            maybe_attributes: self.attributes(&member.element.attributes),
        }
    }

    pub(super) fn struct_(&self, id: DeclId) -> Option<Struct> {
        let decl = self.schema.decl(id);
        let DeclKind::Struct(layout) = &decl.kind else { return None };
        Some(Struct {
            name: self.schema.full_name(id),
            naming_context: decl.naming_context.clone(),
            location: self.location(decl.element.location),
            deprecated: decl.element.deprecated,
            maybe_attributes: self.attributes(&decl.element.attributes),
            members: layout.members.iter().map(|member| self.struct_member(member)).collect(),
            resource: layout.resource,
            is_empty_success_struct: layout.empty_success,
            type_shape_v2: layout.shape.into(),
        })
    }

    fn struct_member(&self, member: &ir::StructMember) -> StructMember {
        StructMember {
            r#type: self.ty(&member.ty),
            experimental_maybe_from_alias: self.alias_of(&member.ty),
            name: member.element.name.clone(),
            location: self.location(member.element.location),
            deprecated: member.element.deprecated,
            maybe_attributes: self.attributes(&member.element.attributes),
            maybe_default_value: member.default.as_ref().map(|value| self.constant(value)),
            field_shape_v2: FieldShape { offset: member.offset, padding: member.padding },
        }
    }

    pub(super) fn table(&self, id: DeclId) -> Option<Table> {
        let decl = self.schema.decl(id);
        let DeclKind::Table(layout) = &decl.kind else { return None };
        Some(Table {
            name: self.schema.full_name(id),
            naming_context: decl.naming_context.clone(),
            location: self.location(decl.element.location),
            deprecated: decl.element.deprecated,
            maybe_attributes: self.attributes(&decl.element.attributes),
            members: layout.members.iter().map(|member| self.table_member(member)).collect(),
            strict: false,
            resource: layout.resource,
            type_shape_v2: layout.shape.into(),
        })
    }

    fn table_member(&self, member: &OrdinalMember) -> TableMember {
        TableMember {
            ordinal: member.ordinal,
            r#type: self.ty(&member.ty),
            experimental_maybe_from_alias: self.alias_of(&member.ty),
            name: member.element.name.clone(),
            location: self.location(member.element.location),
            deprecated: member.element.deprecated,
            maybe_attributes: self.attributes(&member.element.attributes),
        }
    }

    pub(super) fn union(&self, id: DeclId) -> Option<Union> {
        let decl = self.schema.decl(id);
        let DeclKind::Union(layout) = &decl.kind else { return None };
        let members = layout.members.iter();
        Some(Union {
            name: self.schema.full_name(id),
            naming_context: decl.naming_context.clone(),
            location: self.location(decl.element.location),
            deprecated: decl.element.deprecated,
            maybe_attributes: self.attributes(&decl.element.attributes),
            members: members
                .map(|member| self.union_member(member, self.made_up(id, layout.result, member)))
                .collect(),
            strict: layout.strict,
            resource: layout.resource,
            is_result: layout.result,
            type_shape_v2: layout.shape.into(),
        })
    }

    /// The place of a member that the compiler made: in a file of such names, each on a line of its own.
    fn made_up(&self, union: DeclId, result: bool, member: &OrdinalMember) -> Location {
        match self.lines.get(&union).filter(|_| result) {
            Some(line) => Location {
                filename: "generated".to_owned(),
                line: line.saturating_add(member.ordinal.saturating_sub(1)),
                column: 1,
                length: member.element.name.len() as u32,
            },
            None => self.location(member.element.location),
        }
    }

    fn union_member(&self, member: &OrdinalMember, location: Location) -> UnionMember {
        UnionMember {
            ordinal: member.ordinal,
            name: member.element.name.clone(),
            r#type: self.ty(&member.ty),
            location,
            deprecated: member.element.deprecated,
            maybe_attributes: self.attributes(&member.element.attributes),
        }
    }

    pub(super) fn overlay(&self, id: DeclId) -> Option<Overlay> {
        let decl = self.schema.decl(id);
        let DeclKind::Overlay(layout) = &decl.kind else { return None };
        let members = layout.members.iter();
        Some(Overlay {
            name: self.schema.full_name(id),
            naming_context: decl.naming_context.clone(),
            location: self.location(decl.element.location),
            deprecated: decl.element.deprecated,
            maybe_attributes: self.attributes(&decl.element.attributes),
            members: members
                .map(|member| self.union_member(member, self.location(member.element.location)))
                .collect(),
            strict: true,
            resource: false,
            type_shape_v2: layout.shape.into(),
        })
    }

    pub(super) fn alias(&self, id: DeclId) -> Option<Alias> {
        let decl = self.schema.decl(id);
        let DeclKind::Alias(alias) = &decl.kind else { return None };
        Some(Alias {
            name: self.schema.full_name(id),
            location: self.location(decl.element.location),
            deprecated: decl.element.deprecated,
            maybe_attributes: self.attributes(&decl.element.attributes),
            partial_type_ctor: self.written(&alias.written),
            r#type: self.ty(&alias.target),
        })
    }

    pub(super) fn new_type(&self, id: DeclId) -> Option<NewType> {
        let decl = self.schema.decl(id);
        let DeclKind::NewType(new) = &decl.kind else { return None };
        Some(NewType {
            name: self.schema.full_name(id),
            location: self.location(decl.element.location),
            deprecated: decl.element.deprecated,
            maybe_attributes: self.attributes(&decl.element.attributes),
            r#type: self.ty(&new.target),
            experimental_maybe_from_alias: self.alias_of(&new.target),
        })
    }
}
