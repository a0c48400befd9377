//! The sizes of messages.

use super::shapes::{shape, up8};
use crate::ir::{DeclId, Message, MessageSize, Method, MethodKind, Response, ResultUnion, TypeShape};

/// The header of a message.
pub(crate) const HEADER: u32 = 16;

/// The most bytes that a channel takes in one message.
pub const MOST_BYTES: u32 = 65_536;

/// The most handles that a channel takes in one message.
pub const MOST_HANDLES: u32 = 64;

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
    if let Some(ResultUnion { error: Some(error), .. }) = &mut response.result {
        error.shape = shape(error, table);
    }
    let body = match &response.result {
        Some(result) => Some(result.union),
        None => response.payload,
    };
    response.size = size(payload_shape(body, table));
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
