//! Protocols, their methods, and the messages of these.

use super::{Attribute, DeclId, Element, Location, MethodId, Type, TypeShape};

/// A protocol.
#[derive(Clone, Debug, PartialEq)]
pub struct Protocol {
    /// Which unknown flexible interactions it tolerates.
    pub openness: Openness,
    /// Given if the protocol is marked `@discoverable`.
    pub discoverable: Option<Discoverable>,
    /// The protocols named in `compose`, in source order.
    pub composes: Vec<Compose>,
    /// The methods and events declared here, in source order.
    pub own_methods: Vec<Method>,
    /// All methods and events: those of the composed protocols, depth first, each protocol once, then the own
    /// ones. See [`Schema::method`](super::Schema::method).
    pub methods: Vec<MethodId>,
}

/// Which unknown flexible interactions a protocol tolerates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Openness {
    /// None.
    Closed,
    /// One-way methods and events.
    Ajar,
    /// One-way methods, events and two-way methods.
    Open,
}

/// What `@discoverable` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discoverable {
    /// The name by which the protocol is found: `library.name.Protocol` or the one given.
    pub name: String,
    /// Where clients may be, if that is said: `platform`, `external`.
    pub client: Option<Vec<String>>,
    /// Where servers may be, if that is said: `platform`, `external`.
    pub server: Option<Vec<String>>,
}

/// One `compose`.
#[derive(Clone, Debug, PartialEq)]
pub struct Compose {
    /// The protocol whose methods are taken in.
    pub protocol: DeclId,
    /// What stands before it.
    pub attributes: Vec<Attribute>,
    /// Where it is named.
    pub location: Location,
    /// Whether composing it is deprecated in the selected version.
    pub deprecated: bool,
}

/// A method or event.
#[derive(Clone, Debug, PartialEq)]
pub struct Method {
    /// Name, attributes, place.
    pub element: Element,
    /// The number on the wire. Composing does not change it.
    pub ordinal: u64,
    /// The text that was hashed to give the ordinal.
    pub selector: String,
    /// Whether a peer that does not know the method must end the connection.
    pub strict: bool,
    /// Who sends what.
    pub kind: MethodKind,
}

impl Method {
    /// The payloads of request (or event) and response, as far as there are any.
    #[must_use]
    pub fn payloads(&self) -> [Option<DeclId>; 2] {
        match &self.kind {
            MethodKind::OneWay { request } => [request.payload, None],
            MethodKind::TwoWay { request, response } => [request.payload, response.payload],
            MethodKind::Event { message } => [message.payload, None],
        }
    }
}

/// Who sends what.
#[derive(Clone, Debug, PartialEq)]
pub enum MethodKind {
    /// The client sends and expects nothing.
    OneWay {
        /// The request.
        request: Message,
    },
    /// The client sends and the server answers.
    TwoWay {
        /// The request.
        request: Message,
        /// The answer.
        response: Response,
    },
    /// The server sends without being asked.
    Event {
        /// What it sends.
        message: Message,
    },
}

/// A message whose body is the payload itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The struct in the body; `None` is a message that ends with its header.
    pub payload: Option<DeclId>,
    /// How large it gets.
    pub size: MessageSize,
}

/// The answer to a two-way method.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// The struct that a successful answer carries. `None`: nothing, which is a body-less message without a
    /// result union, and the empty struct, inlined, within one.
    pub payload: Option<DeclId>,
    /// The union that the body is, for flexible methods; else the body is the payload itself.
    pub result: Option<ResultUnion>,
    /// How large it gets.
    pub size: MessageSize,
}

/// The strict union that stands around the answer of a flexible method.
/// Its members are 1 `response`, 2 `err` and 3 `framework_err`.
#[derive(Clone, Debug, PartialEq)]
pub struct ResultUnion {
    /// The generated name of the union: `Protocol_Method_Result`.
    pub name: String,
    /// The generated name of the empty struct in member 1, where the answer carries no payload:
    /// `Protocol_Method_Response`.
    pub empty_success: Option<String>,
    /// The type of member 2, for methods with an error type.
    pub error: Option<Type>,
    /// Whether member 3 exists: the method is flexible.
    pub framework_error: bool,
    /// Size and reach of the union.
    pub shape: TypeShape,
}

/// How large a message gets, header included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MessageSize {
    /// The most bytes: header, body and everything out of line. At most 65,536, the limit of a channel.
    pub max_bytes: u32,
    /// The most handles. At most 64, the limit of a channel.
    pub max_handles: u32,
    /// Whether the schema itself keeps the message within both limits. If not, a value can be described that
    /// no channel takes.
    pub bounded: bool,
    /// Whether a newer peer may legally send more than this: a table or a flexible union is reached.
    pub extensible: bool,
}
