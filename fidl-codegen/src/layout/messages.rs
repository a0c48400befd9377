//! The sizes of messages.

use super::shapes::{primitive, shape, strict_union, up8};
use crate::ir::{
    DeclId, Message, MessageSize, Method, MethodKind, Primitive, Response, ResultUnion, TypeShape,
};

/// The header of a message.
const HEADER: u32 = 16;

/// The most bytes that a channel takes in one message.
const MOST_BYTES: u32 = 65_536;

/// The most handles that a channel takes in one message.
const MOST_HANDLES: u32 = 64;

/// The struct without members.
const EMPTY_STRUCT: TypeShape = TypeShape {
    inline_size: 1,
    alignment: 1,
    depth: 0,
    max_out_of_line: 0,
    max_handles: 0,
    has_padding: false,
    has_flexible_envelope: false,
};

/// Writes the sizes of a method's messages.
pub(super) fn fill(method: &mut Method, table: &[TypeShape]) {
    match &mut method.kind {
        MethodKind::OneWay { request: message } | MethodKind::Event { message } => {
            fill_message(message, table)
        }
        MethodKind::TwoWay { request, response } => {
            fill_message(request, table);
            fill_response(response, table);
        }
    }
}

fn fill_message(message: &mut Message, table: &[TypeShape]) {
    message.size = size(payload_shape(message.payload, table));
}

fn payload_shape(payload: Option<DeclId>, table: &[TypeShape]) -> Option<TypeShape> {
    payload.map(|id| table[id.0 as usize])
}

fn fill_response(response: &mut Response, table: &[TypeShape]) {
    let payload = payload_shape(response.payload, table);
    response.size = match &mut response.result {
        None => size(payload),
        Some(result) => {
            result.shape = result_shape(payload, result, table);
            size(Some(result.shape))
        }
    };
}

fn result_shape(payload: Option<TypeShape>, result: &mut ResultUnion, table: &[TypeShape]) -> TypeShape {
    let mut members = vec![payload.unwrap_or(EMPTY_STRUCT)];
    if let Some(error) = &mut result.error {
        error.shape = shape(error, table);
        members.push(error.shape);
    }
    if result.framework_error {
        members.push(primitive(Primitive::Int32));
    }
    strict_union(&members)
}

/// The size of a message with this body.
fn size(body: Option<TypeShape>) -> MessageSize {
    let body = body.unwrap_or_default();
    let bytes = HEADER.saturating_add(up8(body.inline_size)).saturating_add(body.max_out_of_line);
    MessageSize {
        max_bytes: bytes.min(MOST_BYTES),
        max_handles: body.max_handles.min(MOST_HANDLES),
        bounded: bytes <= MOST_BYTES && body.max_handles <= MOST_HANDLES,
        extensible: body.has_flexible_envelope,
    }
}
