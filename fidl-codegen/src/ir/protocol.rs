//! Protocols, their methods, and the messages of these.

use super::{Attribute, DeclId, Element, Location, MethodId, Type};

/// A protocol.
#[derive(Clone, Debug, PartialEq)]
pub struct Protocol {
    /// Which unknown flexible interactions it tolerates.
    pub openness: Openness,
    /// Over what it is spoken.
    pub transport: Transport,
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

/// Over what a protocol is spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Transport {
    /// Zircon channels.
    #[default]
    Channel,
    /// Channels of the driver framework.
    Driver,
    /// Function tables of the older driver framework.
    Banjo,
    /// System calls.
    Syscall,
}

impl Transport {
    /// Every transport.
    pub const ALL: [Self; 4] = [Self::Channel, Self::Driver, Self::Banjo, Self::Syscall];

    /// The name in `@transport`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Channel => "Channel",
            Self::Driver => "Driver",
            Self::Banjo => "Banjo",
            Self::Syscall => "Syscall",
        }
    }

    /// The transport of this name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|transport| transport.name() == name)
    }
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
    /// The struct, table or union in the body; `None` is a message that ends with its header.
    pub payload: Option<DeclId>,
    /// How large it gets.
    pub size: MessageSize,
}

/// The answer to a two-way method.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// The struct, table or union that a successful answer carries; `None` if nothing is written.
    pub payload: Option<DeclId>,
    /// The union that the body is, for flexible methods and those with an error type; else the body is the
    /// payload itself.
    pub result: Option<ResultUnion>,
    /// How large it gets.
    pub size: MessageSize,
}

/// The strict union around the answer of a method that is flexible or has an error type.
/// Its members are 1 `response`, 2 `err` and 3 `framework_err`.
#[derive(Clone, Debug, PartialEq)]
pub struct ResultUnion {
    /// The union, which the compiler declares as `Protocol_Method_Result`.
    pub union: DeclId,
    /// The type of member 1: the payload, or an empty struct that the compiler declares as
    /// `Protocol_Method_Response`.
    pub success: DeclId,
    /// The type of member 2, for methods with an error type.
    pub error: Option<Type>,
    /// Whether member 3 exists: the method is flexible.
    pub framework_error: bool,
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
