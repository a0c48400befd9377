//! Services.

use super::attributes::Place;
use super::declare::member_collisions;
use super::decls::element;
use super::known::Cx;
use super::types;
use crate::diagnostics::{Diagnostic, code};
use crate::ir::{DeclId, DeclKind, EndpointRole, Service, ServiceMember, Type, TypeKind};
use crate::syntax::{self, Property};

/// The members of a service. What these name need not be compiled yet.
pub(super) fn compile(cx: Cx<'_>, service: &syntax::Service, out: &mut Vec<Diagnostic>) -> Option<DeclKind> {
    let names = service.members.iter().map(|member| (member.name.text.as_str(), member.name.span));
    member_collisions(names, out);
    let members: Vec<Option<ServiceMember>> =
        service.members.iter().map(|written| member(cx, written, out)).collect();
    let members: Vec<ServiceMember> = members.into_iter().collect::<Option<_>>()?;
    Some(DeclKind::Service(Service { members }))
}

fn member(cx: Cx<'_>, written: &Property, out: &mut Vec<Diagnostic>) -> Option<ServiceMember> {
    let element = element(cx, &written.name, &written.attributes, Place::ServiceMember, out);
    let ty = types::resolve(cx, written.ctor, out)?;
    let span = written.name.span;
    match ty.kind {
        TypeKind::Endpoint { role: EndpointRole::Client, optional: false, .. } => {
            Some(ServiceMember { element, ty })
        }
        TypeKind::Endpoint { role: EndpointRole::Client, optional: true, .. } => {
            let diagnostic = Diagnostic::new(code::OPTIONAL_SERVICE_MEMBER, span, "its type is optional");
            out.push(diagnostic.help("leave out `optional`"));
            None
        }
        _ => {
            let diagnostic = Diagnostic::new(code::SERVICE_MEMBER, span, "its type is no client end");
            out.push(diagnostic.help("write `client_end:Protocol`"));
            None
        }
    }
}

/// The protocol of a service's member.
pub(super) fn protocol_of(ty: &Type) -> Option<DeclId> {
    match ty.kind {
        TypeKind::Endpoint { protocol, .. } => Some(protocol),
        _ => None,
    }
}
