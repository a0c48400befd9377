//! The rules for the shape of each type.

use crate::ir::{Overlay, Primitive, Struct, Table, Type, TypeKind, TypeShape, Union};

/// The shape of a type, where `table` has the shapes of all declarations that it names.
pub(super) fn shape(ty: &Type, table: &[TypeShape]) -> TypeShape {
    match &ty.kind {
        TypeKind::Primitive(kind) => primitive(*kind),
        TypeKind::String { bound, .. } => string(*bound),
        TypeKind::Array { element, count } => array(shape(element, table), *count),
        TypeKind::Vector { element, bound, .. } => vector(shape(element, table), *bound),
        TypeKind::Handle { .. } | TypeKind::Endpoint { .. } => HANDLE,
        TypeKind::Box(id) => boxed(table[id.0 as usize]),
        TypeKind::Named(id) | TypeKind::OptionalUnion(id) => table[id.0 as usize],
        TypeKind::StringArray { count } => {
            TypeShape { inline_size: *count, alignment: 1, ..TypeShape::default() }
        }
        TypeKind::Pointer(inner) => boxed(shape(inner, table)),
        TypeKind::FrameworkError => primitive(Primitive::Int32),
    }
}

/// A handle or an end of a channel: a presence marker inline.
const HANDLE: TypeShape = TypeShape {
    inline_size: 4,
    alignment: 4,
    depth: 0,
    max_out_of_line: 0,
    max_handles: 1,
    has_padding: false,
    has_flexible_envelope: false,
};

/// Rounds up to eight; `u32::MAX` stays.
pub(super) fn up8(size: u32) -> u32 {
    size.checked_next_multiple_of(8).unwrap_or(u32::MAX)
}

pub(super) fn primitive(kind: Primitive) -> TypeShape {
    TypeShape { inline_size: kind.size(), alignment: kind.size(), ..TypeShape::default() }
}

fn string(bound: Option<u32>) -> TypeShape {
    TypeShape {
        inline_size: 16,
        alignment: 8,
        depth: 1,
        max_out_of_line: up8(bound.unwrap_or(u32::MAX)),
        has_padding: true,
        ..TypeShape::default()
    }
}

fn array(element: TypeShape, count: u32) -> TypeShape {
    TypeShape {
        inline_size: element.inline_size.saturating_mul(count),
        max_out_of_line: element.max_out_of_line.saturating_mul(count),
        max_handles: element.max_handles.saturating_mul(count),
        ..element
    }
}

fn vector(element: TypeShape, bound: Option<u32>) -> TypeShape {
    let count = bound.unwrap_or(u32::MAX);
    let inline = element.inline_size.saturating_mul(count);
    let out_of_line = element.max_out_of_line.saturating_mul(count);
    TypeShape {
        inline_size: 16,
        alignment: 8,
        depth: element.depth.saturating_add(1),
        max_out_of_line: up8(inline.saturating_add(out_of_line)),
        max_handles: element.max_handles.saturating_mul(count),
        has_padding: element.has_padding || !element.inline_size.is_multiple_of(8),
        has_flexible_envelope: element.has_flexible_envelope,
    }
}

fn boxed(inner: TypeShape) -> TypeShape {
    TypeShape {
        inline_size: 8,
        alignment: 8,
        depth: inner.depth.saturating_add(1),
        max_out_of_line: up8(inner.inline_size).saturating_add(inner.max_out_of_line),
        has_padding: inner.has_padding || !inner.inline_size.is_multiple_of(8),
        ..inner
    }
}

/// The shape of a struct whose inline part is `inline`, so that its members have offsets and paddings.
pub(super) fn struct_shape(layout: &Struct, inline: TypeShape, table: &[TypeShape]) -> TypeShape {
    let mut whole =
        TypeShape { inline_size: inline.inline_size, alignment: inline.alignment, ..TypeShape::default() };
    for member in &layout.members {
        let shape = shape(&member.ty, table);
        whole.depth = whole.depth.max(shape.depth);
        whole.max_out_of_line = whole.max_out_of_line.saturating_add(shape.max_out_of_line);
        whole.max_handles = whole.max_handles.saturating_add(shape.max_handles);
        whole.has_padding |= shape.has_padding || member.padding > 0;
        whole.has_flexible_envelope |= shape.has_flexible_envelope;
    }
    whole
}

/// What an envelope adds: the bytes out of line, and whether there is padding.
pub(super) fn envelope(payload: TypeShape) -> (u32, bool) {
    let size = payload.inline_size;
    if size <= 4 {
        (payload.max_out_of_line, payload.has_padding || size != 4)
    } else {
        let out_of_line = up8(size).saturating_add(payload.max_out_of_line);
        (out_of_line, payload.has_padding || !size.is_multiple_of(8))
    }
}

/// What tables and unions take inline.
pub(super) const ENVELOPES: TypeShape = TypeShape {
    inline_size: 16,
    alignment: 8,
    depth: 0,
    max_out_of_line: 0,
    max_handles: 0,
    has_padding: false,
    has_flexible_envelope: false,
};

/// The shape of a union, whether it may be absent or not.
pub(super) fn union_shape(layout: &Union, table: &[TypeShape]) -> TypeShape {
    let mut whole = TypeShape { has_flexible_envelope: !layout.strict, ..ENVELOPES };
    for member in &layout.members {
        let member = shape(&member.ty, table);
        let (out_of_line, padding) = envelope(member);
        whole.depth = whole.depth.max(member.depth.saturating_add(1));
        whole.max_out_of_line = whole.max_out_of_line.max(out_of_line);
        whole.max_handles = whole.max_handles.max(member.max_handles);
        whole.has_padding |= padding;
        whole.has_flexible_envelope |= member.has_flexible_envelope;
    }
    whole
}

/// The shape of a table.
pub(super) fn table_shape(layout: &Table, table: &[TypeShape]) -> TypeShape {
    let highest = layout.members.last().map_or(0, |member| member.ordinal);
    let mut whole = TypeShape {
        depth: 1,
        max_out_of_line: highest.saturating_mul(8),
        has_flexible_envelope: true,
        ..ENVELOPES
    };
    for member in &layout.members {
        let member = shape(&member.ty, table);
        let (out_of_line, padding) = envelope(member);
        whole.depth = whole.depth.max(member.depth.saturating_add(2));
        whole.max_out_of_line = whole.max_out_of_line.saturating_add(out_of_line);
        whole.max_handles = whole.max_handles.saturating_add(member.max_handles);
        whole.has_padding |= padding;
    }
    whole
}

/// The shape of an overlay: the ordinal in 8 bytes, and the largest member behind it.
pub(super) fn overlay_shape(layout: &Overlay, table: &[TypeShape]) -> TypeShape {
    let members: Vec<TypeShape> = layout.members.iter().map(|member| shape(&member.ty, table)).collect();
    let largest = members.iter().map(|member| member.inline_size).max().unwrap_or(0);
    let mut whole = TypeShape {
        inline_size: up8(largest).saturating_add(8),
        alignment: 8,
        has_padding: members.iter().any(|member| up8(member.inline_size) != up8(largest)),
        ..TypeShape::default()
    };
    for member in members {
        whole.depth = whole.depth.max(member.depth);
        whole.max_out_of_line = whole.max_out_of_line.max(member.max_out_of_line);
        whole.max_handles = whole.max_handles.max(member.max_handles);
        whole.has_padding |= member.has_padding || !member.inline_size.is_multiple_of(8);
        whole.has_flexible_envelope |= member.has_flexible_envelope;
    }
    whole
}
