//! `@no_resource`: a protocol that can never carry handles.

use super::declare::Entry;
use super::known::Cx;
use super::resolve::Target;
use crate::diagnostics::{Diagnostic, code};
use crate::ir::{Attribute, DeclId, Experiment};
use crate::syntax::{CtorId, Head, ModifierKind, Protocol, ProtocolMember};

/// Checks a protocol, if it is marked.
pub(super) fn check(
    cx: Cx<'_>,
    entry: &Entry<'_>,
    given: &[Attribute],
    protocol: &Protocol,
    out: &mut Vec<Diagnostic>,
) {
    if !given.iter().any(|attribute| attribute.name == "no_resource") {
        return;
    }
    if !cx.known.schema.experiments.contains(&Experiment::NoResourceAttribute) {
        let written = entry.attributes.iter().find(|attribute| attribute.name.text == "no_resource");
        let span = written.map_or(entry.caret, |attribute| attribute.span);
        let diagnostic = Diagnostic::new(code::NO_RESOURCE_OFF, span, "it is off");
        out.push(diagnostic.help("turn it on with `--experimental no_resource_attribute`"));
        return;
    }
    for member in &protocol.members {
        match member {
            ProtocolMember::Compose { path, .. } => {
                if let Some(Target::Decl(id)) = cx.resolved.target(cx.file_index, *path)
                    && !is_marked(cx, id)
                {
                    let label = "this one is not marked `@no_resource`";
                    let place = cx.known.symbol(id).span;
                    let diagnostic = Diagnostic::new(code::COMPOSE_RESOURCE, cx.file[*path].span, label);
                    out.push(diagnostic.place(place, "declared here"));
                }
            }
            ProtocolMember::Method(method) => {
                let payloads = [&method.request, &method.response].into_iter().flatten();
                payloads.filter_map(|payload| payload.ctor).for_each(|ctor| check_layouts(cx, ctor, out));
            }
        }
    }
}

fn is_marked(cx: Cx<'_>, id: DeclId) -> bool {
    cx.known.schema.decl(id).element.attribute("no_resource").is_some()
}

/// Reports the layouts in place that are declared `resource`.
fn check_layouts(cx: Cx<'_>, ctor: CtorId, out: &mut Vec<Diagnostic>) {
    let mut left = vec![ctor];
    while let Some(ctor) = left.pop() {
        let ctor = &cx.file[ctor];
        if let Head::Layout(layout) = ctor.head {
            let layout = &cx.file[layout];
            for modifier in layout.modifiers.iter().filter(|it| it.kind == ModifierKind::Resource) {
                let label = "it could carry handles";
                out.push(Diagnostic::new(code::RESOURCE_UNDER_NO_RESOURCE, modifier.span, label));
            }
            left.extend(layout.members.iter().filter_map(|member| member.ctor));
        }
        let parameters = ctor.parameters.iter().flat_map(|parameters| &parameters.items);
        left.extend(parameters.filter_map(|parameter| parameter.ctor));
    }
}
