//! Sizes: the shapes of types, the offsets of members, the largest messages.
//!
//! Sizes and counts saturate at `u32::MAX`, which means: without bound. Three passes go over the declarations
//! of a library: inline sizes in dependency order; depth and everything out of line along the graph that
//! boxes make, where declarations that contain themselves form groups (`graph`); then the results are written
//! into the tree (`messages` for those of methods).

mod graph;
mod messages;
mod shapes;

pub(crate) use messages::HEADER;
pub use messages::{MOST_BYTES, MOST_HANDLES};

pub(crate) use graph::{member_types, named};

use crate::ir::{
    Bits, Decl, DeclId, DeclKind, Enum, Overlay, Schema, Struct, Table, Type, TypeKind, TypeShape, Union,
};
use shapes::{ENVELOPES, overlay_shape, primitive, shape, struct_shape, table_shape, union_shape};

/// Fills in all shapes, offsets and message sizes of the declarations in `order`, each of which comes after
/// those it contains by value. Those of other declarations must be filled in already.
pub fn lay_out(schema: &mut Schema, order: &[DeclId]) {
    let mut table: Vec<TypeShape> = schema.decls.iter().map(known_shape).collect();
    for &id in order {
        table[id.0 as usize] = match &mut schema.decls[id.0 as usize].kind {
            DeclKind::Struct(layout) => place_members(layout, &table),
            DeclKind::Overlay(layout) => overlay_shape(layout, &table),
            DeclKind::NewType(new) => shape(&new.target, &table),
            _ => continue,
        };
    }
    let recursive = reach(schema, order, &mut table);
    for &id in order {
        fill(&mut schema.decls[id.0 as usize], id, &table);
    }
    for id in recursive {
        match &mut schema.decls[id.0 as usize].kind {
            DeclKind::Struct(layout) => layout.recursive = true,
            DeclKind::Table(layout) => layout.recursive = true,
            DeclKind::Union(layout) => layout.recursive = true,
            _ => {}
        }
    }
}

/// The shape of a declared type, as far as it is known before anything is laid out.
fn known_shape(decl: &Decl) -> TypeShape {
    match &decl.kind {
        DeclKind::Struct(layout) => layout.shape,
        DeclKind::Table(Table { shape, .. }) | DeclKind::Union(Union { shape, .. }) => {
            TypeShape { inline_size: ENVELOPES.inline_size, alignment: ENVELOPES.alignment, ..*shape }
        }
        DeclKind::Overlay(layout) => layout.shape,
        DeclKind::NewType(new) => new.target.shape,
        DeclKind::Bits(Bits { underlying, .. }) | DeclKind::Enum(Enum { underlying, .. }) => {
            primitive(*underlying)
        }
        DeclKind::Const(_)
        | DeclKind::Alias(_)
        | DeclKind::Protocol(_)
        | DeclKind::Service(_)
        | DeclKind::Resource(_) => TypeShape::default(),
    }
}

/// Gives the members of a struct their offsets and paddings, and the struct its inline size and alignment.
fn place_members(layout: &mut Struct, table: &[TypeShape]) -> TypeShape {
    let mut end = 0_u64;
    let mut alignment = 1;
    for index in 0..layout.members.len() {
        let shape = shape(&layout.members[index].ty, table);
        let offset = end.next_multiple_of(u64::from(shape.alignment.max(1)));
        if let Some(before) = index.checked_sub(1) {
            layout.members[before].padding = saturated(offset - end);
        }
        layout.members[index].offset = saturated(offset);
        end = offset + u64::from(shape.inline_size);
        alignment = alignment.max(shape.alignment);
    }
    let size = end.max(1).next_multiple_of(u64::from(alignment));
    if let Some(last) = layout.members.last_mut() {
        last.padding = saturated(size - end);
    }
    TypeShape { inline_size: saturated(size), alignment, ..TypeShape::default() }
}

fn saturated(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// Completes the shapes of types: depth, and what is out of line. Gives those that contain themselves.
fn reach(schema: &Schema, order: &[DeclId], table: &mut [TypeShape]) -> Vec<DeclId> {
    let mut recursive = Vec::new();
    for group in graph::groups(schema, order) {
        if group.recursive {
            complete_recursive(schema, &group.members, table);
            recursive.extend(group.members);
        } else {
            for id in group.members {
                if let Some(shape) = whole_shape(schema, id, table) {
                    table[id.0 as usize] = shape;
                }
            }
        }
    }
    recursive
}

/// The shape of a declared type, where those of what it holds are known; `None` for other declarations.
fn whole_shape(schema: &Schema, id: DeclId, table: &[TypeShape]) -> Option<TypeShape> {
    Some(match &schema.decl(id).kind {
        DeclKind::Struct(layout) => struct_shape(layout, table[id.0 as usize], table),
        DeclKind::Table(layout) => table_shape(layout, table),
        DeclKind::Union(layout) => union_shape(layout, table),
        DeclKind::Overlay(layout) => overlay_shape(layout, table),
        DeclKind::NewType(new) => shape(&new.target, table),
        _ => return None,
    })
}

/// Types that contain one another: without bound in depth and size, and in handles if any of them holds
/// one.
fn complete_recursive(schema: &Schema, group: &[DeclId], table: &mut [TypeShape]) {
    for id in group {
        let own = &mut table[id.0 as usize];
        (own.depth, own.max_out_of_line) = (u32::MAX, u32::MAX);
    }
    let shapes: Vec<TypeShape> = group.iter().filter_map(|id| whole_shape(schema, *id, table)).collect();
    let handles = if shapes.iter().any(|shape| shape.max_handles > 0) { u32::MAX } else { 0 };
    let padding = shapes.iter().any(|shape| shape.has_padding);
    let flexible = shapes.iter().any(|shape| shape.has_flexible_envelope);
    for id in group {
        let own = &mut table[id.0 as usize];
        own.max_handles = handles;
        own.has_padding = padding;
        own.has_flexible_envelope = flexible;
    }
}

/// Writes shapes into a declaration.
fn fill(decl: &mut Decl, id: DeclId, table: &[TypeShape]) {
    match &mut decl.kind {
        DeclKind::Const(constant) => fill_type(&mut constant.ty, table),
        DeclKind::Alias(alias) => fill_type(&mut alias.target, table),
        DeclKind::Struct(layout) => {
            layout.shape = table[id.0 as usize];
            layout.members.iter_mut().for_each(|member| fill_type(&mut member.ty, table));
        }
        DeclKind::Table(Table { members, shape, .. })
        | DeclKind::Union(Union { members, shape, .. })
        | DeclKind::Overlay(Overlay { members, shape }) => {
            *shape = table[id.0 as usize];
            members.iter_mut().for_each(|member| fill_type(&mut member.ty, table));
        }
        DeclKind::NewType(new) => fill_type(&mut new.target, table),
        DeclKind::Service(service) => {
            service.members.iter_mut().for_each(|member| fill_type(&mut member.ty, table));
        }
        DeclKind::Resource(resource) => {
            resource.properties.iter_mut().for_each(|property| fill_type(&mut property.ty, table));
        }
        DeclKind::Protocol(protocol) => {
            protocol.own_methods.iter_mut().for_each(|method| messages::fill(method, table));
        }
        DeclKind::Bits(_) | DeclKind::Enum(_) => {}
    }
}

fn fill_type(ty: &mut Type, table: &[TypeShape]) {
    ty.shape = shape(ty, table);
    if let TypeKind::Array { element, .. } | TypeKind::Vector { element, .. } | TypeKind::Pointer(element) =
        &mut ty.kind
    {
        fill_type(element, table);
    }
}
