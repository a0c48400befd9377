//! Protocols and methods.

use super::Writer;
use crate::ir::{self, DeclId, DeclKind, MethodId, Response, TypeShape};
use crate::json::document::{Composed, Implementations, Method, MethodKind, Openness, Protocol};
use crate::json::parts::Type;

impl Writer<'_> {
    pub(super) fn protocol(&self, id: DeclId) -> Option<Protocol> {
        let decl = self.schema.decl(id);
        let DeclKind::Protocol(protocol) = &decl.kind else { return None };
        Some(Protocol {
            name: self.schema.full_name(id),
            location: self.location(decl.element.location),
            deprecated: decl.element.deprecated,
            maybe_attributes: self.attributes(&decl.element.attributes),
            openness: match protocol.openness {
                ir::Openness::Closed => Openness::Closed,
                ir::Openness::Ajar => Openness::Ajar,
                ir::Openness::Open => Openness::Open,
            },
            composed_protocols: protocol.composes.iter().map(|compose| self.composed(compose)).collect(),
            methods: protocol.methods.iter().map(|method| self.method(id, *method)).collect(),
            implementation_locations: protocol.discoverable.as_ref().and_then(implementations),
        })
    }

    fn composed(&self, compose: &ir::Compose) -> Composed {
        Composed {
            name: self.schema.full_name(compose.protocol),
            maybe_attributes: self.attributes(&compose.attributes),
            location: self.location(compose.location),
            deprecated: compose.deprecated,
        }
    }

    /// A method as `protocol` has it, be it composed or its own.
    fn method(&self, protocol: DeclId, id: MethodId) -> Method {
        let method = self.schema.method(id);
        let messages = self.messages(&method.kind);
        Method {
            kind: messages.kind,
            ordinal: method.ordinal,
            name: method.element.name.clone(),
            strict: method.strict,
            location: self.location(method.element.location),
            deprecated: method.element.deprecated,
            has_request: messages.kind != MethodKind::Event,
            maybe_attributes: self.attributes(&method.element.attributes),
            maybe_request_payload: messages.request,
            has_response: messages.kind != MethodKind::OneWay,
            maybe_response_payload: messages.response,
            is_composed: id.protocol != protocol,
            has_error: messages.error.is_some(),
            maybe_response_success_type: messages.success,
            maybe_response_err_type: messages.error,
        }
    }

    fn messages(&self, kind: &ir::MethodKind) -> Messages {
        let payload = |payload: Option<DeclId>| payload.map(|id| self.payload(id));
        match kind {
            ir::MethodKind::OneWay { request } => {
                Messages { request: payload(request.payload), ..Messages::none(MethodKind::OneWay) }
            }
            ir::MethodKind::Event { message } => {
                Messages { response: payload(message.payload), ..Messages::none(MethodKind::Event) }
            }
            ir::MethodKind::TwoWay { request, response } => {
                Messages { request: payload(request.payload), ..self.response(response) }
            }
        }
    }

    fn response(&self, response: &Response) -> Messages {
        let none = Messages::none(MethodKind::TwoWay);
        match &response.result {
            None => Messages { response: response.payload.map(|id| self.payload(id)), ..none },
            Some(result) => Messages {
                response: Some(self.payload(result.union)),
                success: Some(self.payload(result.success)),
                error: result.error.as_ref().map(|error| self.ty(error)),
                ..none
            },
        }
    }

    fn payload(&self, id: DeclId) -> Type {
        let shape = match &self.schema.decl(id).kind {
            DeclKind::Struct(layout) => layout.shape,
            DeclKind::Table(layout) => layout.shape,
            DeclKind::Union(layout) => layout.shape,
            _ => TypeShape::default(),
        };
        self.identifier(id, false, shape)
    }
}

/// What depends on who sends what.
struct Messages {
    kind: MethodKind,
    request: Option<Type>,
    response: Option<Type>,
    success: Option<Type>,
    error: Option<Type>,
}

impl Messages {
    fn none(kind: MethodKind) -> Self {
        Self { kind, request: None, response: None, success: None, error: None }
    }
}

/// Where clients and servers may be, if that is said of either; the other may then be anywhere.
fn implementations(discoverable: &ir::Discoverable) -> Option<Implementations> {
    if discoverable.client.is_none() && discoverable.server.is_none() {
        return None;
    }
    let anywhere = || vec!["platform".to_owned(), "external".to_owned()];
    let locations = |given: &Option<Vec<String>>| given.clone().unwrap_or_else(anywhere);
    Some(Implementations { client: locations(&discoverable.client), server: locations(&discoverable.server) })
}
