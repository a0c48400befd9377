//! What a server or client must know of a protocol.

use super::frame::FrameStorage;

/// Which unknown flexible interactions a protocol tolerates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Openness {
    /// None.
    Closed,
    /// One-way methods and events.
    Ajar,
    /// One-way methods, events and two-way methods.
    Open,
}

/// Whether a method is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MethodKind {
    /// No reply.
    OneWay,
    /// One reply.
    TwoWay,
}

/// A method that a client may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Method {
    /// The method's ordinal.
    pub ordinal: u64,
    /// The method's name as the schema writes it.
    pub name: &'static str,
    /// Whether it is answered.
    pub kind: MethodKind,
    /// Whether it is flexible.
    pub flexible: bool,
}

impl Method {
    /// A one-way method that every peer must know.
    pub const fn strict_one_way(ordinal: u64, name: &'static str) -> Self {
        Self { ordinal, name, kind: MethodKind::OneWay, flexible: false }
    }

    /// A one-way method that a peer need not know.
    pub const fn flexible_one_way(ordinal: u64, name: &'static str) -> Self {
        Self { ordinal, name, kind: MethodKind::OneWay, flexible: true }
    }

    /// A two-way method that every peer must know.
    pub const fn strict_two_way(ordinal: u64, name: &'static str) -> Self {
        Self { ordinal, name, kind: MethodKind::TwoWay, flexible: false }
    }

    /// A two-way method that a peer need not know.
    pub const fn flexible_two_way(ordinal: u64, name: &'static str) -> Self {
        Self { ordinal, name, kind: MethodKind::TwoWay, flexible: true }
    }
}

/// A protocol, as its schema describes it.
pub trait Protocol: 'static {
    /// The name, such as `example.echo/Echo`.
    const NAME: &'static str;

    /// Which unknown interactions it tolerates.
    const OPENNESS: Openness;

    /// The methods that a client may call, by ascending ordinal.
    const METHODS: &'static [Method];

    /// The ordinals of the events that a server may send, ascending.
    const EVENTS: &'static [u64];

    /// Whether some request has a table or a flexible union in it, so that a newer client's may be larger than
    /// [`RequestFrame`](Self::RequestFrame).
    const EXTENSIBLE_REQUESTS: bool = false;

    /// Whether some response or event has a table or a flexible union in it, so that a newer server's may be larger than
    /// [`ServerMessageFrame`](Self::ServerMessageFrame).
    const EXTENSIBLE_SERVER_MESSAGES: bool = false;

    /// Holds the largest request.
    type RequestFrame: FrameStorage;

    /// Holds the largest response.
    type ResponseFrame: FrameStorage;

    /// Holds the largest event.
    type EventFrame: FrameStorage;

    /// Holds the largest message that a server sends: response or event.
    type ServerMessageFrame: FrameStorage;
}

/// The index of the method with `ordinal`.
pub(crate) fn find_method(methods: &[Method], ordinal: u64) -> Option<usize> {
    methods.binary_search_by_key(&ordinal, |method| method.ordinal).ok()
}

/// A flexible method that the protocol does not have, from a newer client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownMethod {
    /// The method's ordinal.
    pub ordinal: u64,
    /// Whether the client expects an answer; it has been sent 'unknown method' then.
    pub kind: MethodKind,
}
