//! What messages cost: how large each gets at most, and what makes it that large.
//!
//! ```
//! use fidl_codegen::{Source, budget::budget, compile, ir::LibraryId};
//!
//! let text = "library logs; protocol Log { Write(struct { text string; }); };";
//! let schema = compile(&[vec![Source::new("logs.fidl", text)]])?.schema;
//! let budget = budget(&schema, LibraryId(0));
//! let write = &budget.protocols[0].messages[0];
//! assert_eq!(write.size.max_bytes, 65_536);
//! assert_eq!(write.causes[0].to_string(), "text: a string without a bound");
//! # Ok::<(), fidl_codegen::diagnostics::Report>(())
//! ```

mod causes;
mod table;

pub use causes::{Cause, Reason};

use crate::ir::{
    DeclId, DeclKind, LibraryId, MessageSize, Method, MethodKind, Openness, Schema, Type, TypeKind, TypeShape,
};
use crate::layout::HEADER;

/// What the messages of a library's protocols cost. As text it is a table for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The library's name.
    pub library: String,
    /// Its protocols by name.
    pub protocols: Vec<ProtocolBudget>,
}

/// What the messages of a protocol cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtocolBudget {
    /// The protocol's name.
    pub name: String,
    /// Which messages of a newer peer, unknown here, may come: they may have any size.
    pub openness: Openness,
    /// The messages of all methods and events, composed ones too, in their order.
    pub messages: Vec<MessageBudget>,
}

/// What one message costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageBudget {
    /// The name of the method or event.
    pub method: String,
    /// What the message is to it.
    pub role: Role,
    /// How large it gets.
    pub size: MessageSize,
    /// The bytes that a value can have that the schema allows, header included; `u32::MAX` is without bound. More than
    /// a channel takes cannot be sent.
    pub allowed_bytes: u32,
    /// What makes the message larger than a channel takes; the first few.
    pub causes: Vec<Cause>,
}

/// What a message is to its method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// From the client.
    Request,
    /// The server's answer.
    Response,
    /// From the server, without being asked.
    Event,
}

impl Role {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
            Self::Event => "event",
        }
    }
}

/// What the messages of a library's protocols cost.
///
/// # Panics
///
/// If `library` is not an id of this schema.
#[must_use]
pub fn budget(schema: &Schema, library: LibraryId) -> Budget {
    let library = schema.library(library);
    let mut protocols: Vec<ProtocolBudget> =
        library.decls.iter().filter_map(|id| protocol(schema, *id)).collect();
    protocols.sort_by(|left, right| left.name.cmp(&right.name));
    Budget { library: library.name.clone(), protocols }
}

fn protocol(schema: &Schema, id: DeclId) -> Option<ProtocolBudget> {
    let protocol = schema.as_protocol(id)?;
    let methods = protocol.methods.iter().map(|id| schema.method(*id));
    Some(ProtocolBudget {
        name: schema.decl(id).element.name.clone(),
        openness: protocol.openness,
        messages: methods.flat_map(|method| messages(schema, method)).collect(),
    })
}

fn messages(schema: &Schema, method: &Method) -> Vec<MessageBudget> {
    let of = |role, payload: Option<DeclId>, size| message(schema, method, role, payload, None, size);
    match &method.kind {
        MethodKind::OneWay { request } => vec![of(Role::Request, request.payload, request.size)],
        MethodKind::Event { message } => vec![of(Role::Event, message.payload, message.size)],
        MethodKind::TwoWay { request, response } => {
            let error = response.result.as_ref().and_then(|result| result.error.as_ref());
            let mut answer = message(schema, method, Role::Response, response.payload, error, response.size);
            if let Some(result) = &response.result {
                answer.allowed_bytes = allowed(Some(shape(schema, result.union)));
            }
            vec![of(Role::Request, request.payload, request.size), answer]
        }
    }
}

/// A message with a payload, or with an error instead.
fn message(
    schema: &Schema,
    method: &Method,
    role: Role,
    payload: Option<DeclId>,
    error: Option<&Type>,
    size: MessageSize,
) -> MessageBudget {
    let shape = payload.map(|id| shape(schema, id));
    let mut causes = Vec::new();
    if !size.bounded {
        let payload =
            payload.zip(shape).map(|(id, shape)| Type { kind: TypeKind::Named(id), shape, alias: None });
        payload.iter().for_each(|ty| causes::find(schema, ty, "", &mut causes));
        error.into_iter().for_each(|ty| causes::find(schema, ty, "err", &mut causes));
    }
    let method = method.element.name.clone();
    MessageBudget { method, role, size, allowed_bytes: allowed(shape), causes }
}

fn allowed(body: Option<TypeShape>) -> u32 {
    let body = body.unwrap_or_default();
    let inline = body.inline_size.checked_next_multiple_of(8).unwrap_or(u32::MAX);
    HEADER.saturating_add(inline).saturating_add(body.max_out_of_line)
}

/// The shape of a payload or of a result union.
fn shape(schema: &Schema, id: DeclId) -> TypeShape {
    match &schema.decl(id).kind {
        DeclKind::Struct(layout) => layout.shape,
        DeclKind::Table(layout) => layout.shape,
        DeclKind::Union(layout) => layout.shape,
        _ => TypeShape::default(),
    }
}
