//! Protocols. Methods that are composed are found in the protocols that declare them; what a document says of
//! them again is only compared.

use std::collections::HashSet;

use super::decls::element;
use super::error::{At, ErrorKind};
use super::{Reader, Result, names};
use crate::ir::{
    self, Compose, DeclId, DeclKind, Discoverable, Element, Message, MessageSize, MethodId, Response,
    ResultUnion, Transport, TypeKind, Value,
};
use crate::json::document::{Composed, Kind, Method, MethodKind, Openness, Protocol};
use crate::json::parts::Type;
use crate::sema::names::is_identifier;

/// The kinds of declarations that a message can carry.
const PAYLOADS: &[Kind] = &[Kind::Struct, Kind::Table, Kind::Union];

impl Reader {
    pub(super) fn protocol(
        &mut self,
        at: &At<'_>,
        id: DeclId,
        element: &Element,
        form: &Protocol,
    ) -> Result<ir::Protocol> {
        let composes = self.composes(&at.key("composed_protocols"), &form.composed_protocols)?;
        let at_methods = at.key("methods");
        names::members(&at_methods, form.methods.iter().map(|method| method.name.as_str()))?;
        let mut own_methods = Vec::new();
        for (index, method) in form.methods.iter().enumerate().filter(|(_, method)| !method.is_composed) {
            own_methods.push(self.method(&at_methods.item(index), id, method)?);
        }
        Ok(ir::Protocol {
            openness: match form.openness {
                Openness::Closed => ir::Openness::Closed,
                Openness::Ajar => ir::Openness::Ajar,
                Openness::Open => ir::Openness::Open,
            },
            transport: transport(at, element)?,
            discoverable: self.discoverable(id, element),
            methods: self.listed(&at_methods, id, &composes, &own_methods, &form.methods)?,
            composes,
            own_methods,
        })
    }

    fn composes(&mut self, at: &At<'_>, forms: &[Composed]) -> Result<Vec<Compose>> {
        let mut composes = Vec::new();
        for (index, form) in forms.iter().enumerate() {
            let at = at.item(index);
            composes.push(Compose {
                protocol: self.ready_of_kind(&at.key("name"), &form.name, &[Kind::Protocol], "a protocol")?,
                attributes: self.attributes(&at.key("maybe_attributes"), &form.maybe_attributes)?,
                location: self.location(&form.location),
                deprecated: form.deprecated,
            });
        }
        Ok(composes)
    }

    /// All methods of a protocol, which must be those that the document lists.
    fn listed(
        &self,
        at: &At<'_>,
        id: DeclId,
        composes: &[Compose],
        own: &[ir::Method],
        forms: &[Method],
    ) -> Result<Vec<MethodId>> {
        let (mut protocols, mut methods, mut listed) = (HashSet::new(), HashSet::new(), Vec::new());
        for compose in composes.iter().filter(|compose| protocols.insert(compose.protocol)) {
            let composed = self.schema.as_protocol(compose.protocol);
            let composed = composed.into_iter().flat_map(|protocol| &protocol.methods);
            listed.extend(composed.filter(|method| methods.insert(**method)));
        }
        let ordinals = listed.iter().map(|method| self.schema.method(*method).ordinal);
        let ordinals = ordinals.chain(own.iter().map(|method| method.ordinal));
        if !ordinals.eq(forms.iter().map(|form| form.ordinal)) {
            return Err(at.error(ErrorKind::Methods));
        }
        let mut seen = HashSet::new();
        if let Some(twice) = forms.iter().position(|form| !seen.insert(form.ordinal)) {
            return Err(at.item(twice).key("ordinal").twice(&forms[twice].ordinal.to_string()));
        }
        listed.extend((0..own.len() as u32).map(|index| MethodId { protocol: id, index }));
        Ok(listed)
    }

    fn method(&mut self, at: &At<'_>, protocol: DeclId, form: &Method) -> Result<ir::Method> {
        let element = element!(self, at, form)?;
        if form.ordinal == 0 || form.ordinal >> 63 != 0 {
            return Err(at.key("ordinal").value(form.ordinal, "an ordinal of 63 bits"));
        }
        let request = self.payload(&at.key("maybe_request_payload"), form.maybe_request_payload.as_ref())?;
        let kind = match form.kind {
            MethodKind::OneWay => ir::MethodKind::OneWay { request: message(request) },
            MethodKind::Event => {
                let at = at.key("maybe_response_payload");
                let payload = self.payload(&at, form.maybe_response_payload.as_ref())?;
                ir::MethodKind::Event { message: message(payload) }
            }
            MethodKind::TwoWay => {
                ir::MethodKind::TwoWay { request: message(request), response: self.response(at, form)? }
            }
        };
        let selector = self.selector(protocol, &element);
        Ok(ir::Method { element, ordinal: form.ordinal, selector, strict: form.strict, kind })
    }

    fn payload(&self, at: &At<'_>, form: Option<&Type>) -> Result<Option<DeclId>> {
        let Some(form) = form else { return Ok(None) };
        let name = form.identifier.as_deref().ok_or_else(|| at.missing("identifier"))?;
        let wanted = "a struct, table or union";
        let id = self.ready_of_kind(&at.key("identifier"), name, PAYLOADS, wanted)?;
        match form.nullable {
            Some(true) => Err(at.key("nullable").value(true, "possible for a payload")),
            _ => Ok(Some(id)),
        }
    }

    fn response(&self, at: &At<'_>, form: &Method) -> Result<Response> {
        let at_payload = at.key("maybe_response_payload");
        let payload = self.payload(&at_payload, form.maybe_response_payload.as_ref())?;
        let at_success = at.key("maybe_response_success_type");
        let Some(success) = self.payload(&at_success, form.maybe_response_success_type.as_ref())? else {
            return Ok(Response { payload, result: None, size: MessageSize::default() });
        };
        let union = payload.ok_or_else(|| at.missing("maybe_response_payload"))?;
        let result = self.result(&at_payload, union, success)?;
        let empty = self.schema.as_struct(success).is_some_and(|layout| layout.empty_success);
        let payload = (!empty).then_some(success);
        Ok(Response { payload, result: Some(result), size: MessageSize::default() })
    }

    /// The union around an answer, which must be made for one.
    fn result(&self, at: &At<'_>, id: DeclId, success: DeclId) -> Result<ResultUnion> {
        let name = &self.schema.decl(id).element.name;
        let wrong = || at.kind(name, "a result union with this success type");
        let DeclKind::Union(union) = &self.schema.decl(id).kind else { return Err(wrong()) };
        let of = |ordinal: u32| union.members.iter().find(|member| member.ordinal == ordinal);
        let fits = of(1).is_some_and(|member| member.ty.kind == TypeKind::Named(success));
        let framework = of(3).map(|member| &member.ty.kind);
        let framework_fits = framework.is_none_or(|kind| *kind == TypeKind::FrameworkError);
        let last = union.members.last().is_some_and(|member| member.ordinal <= 3);
        if !(union.result && union.strict && fits && framework_fits && last) {
            return Err(wrong());
        }
        let error = of(2).map(|member| member.ty.clone());
        Ok(ResultUnion { union: id, success, error, framework_error: framework.is_some() })
    }

    fn discoverable(&self, id: DeclId, element: &Element) -> Option<Discoverable> {
        element.attribute("discoverable")?;
        let locations = |name| {
            let list = argument(element, "discoverable", name)?.split(',').map(str::trim);
            Some(list.filter(|location| !location.is_empty()).map(str::to_owned).collect())
        };
        let library = &self.schema.library(self.schema.decl(id).library).name;
        let name = argument(element, "discoverable", "name").map(str::to_owned);
        Some(Discoverable {
            name: name.unwrap_or_else(|| format!("{library}.{}", element.name)),
            client: locations("client"),
            server: locations("server"),
        })
    }

    /// The text from which the ordinal was made.
    fn selector(&self, protocol: DeclId, method: &Element) -> String {
        let given = argument(method, "selector", "value");
        match given {
            Some(text) if !is_identifier(text) => text.to_owned(),
            given => {
                format!("{}.{}", self.schema.full_name(protocol), given.unwrap_or(&method.name))
            }
        }
    }
}

fn message(payload: Option<DeclId>) -> Message {
    Message { payload, size: MessageSize::default() }
}

fn transport(at: &At<'_>, element: &Element) -> Result<Transport> {
    let Some(name) = argument(element, "transport", "value") else { return Ok(Transport::Channel) };
    Transport::of(name).ok_or_else(|| at.key("maybe_attributes").value(name, "a transport"))
}

/// The text of an attribute's argument.
fn argument<'e>(element: &'e Element, attribute: &str, name: &str) -> Option<&'e str> {
    let attribute = element.attribute(attribute)?;
    let argument = attribute.arguments.iter().find(|argument| argument.name == name)?;
    match &argument.value.value {
        Value::String(text) => Some(text),
        _ => None,
    }
}
