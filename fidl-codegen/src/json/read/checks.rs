//! What can be judged only when all of a library is there.

use super::error::{At, ErrorKind};
use super::forms::Form;
use super::{Reader, Result};
use crate::ir::{DeclId, DeclKind, Element, Method, MethodKind, Type};
use crate::json::document::Struct;
use crate::layout;

/// The largest inline size of a struct.
const LARGEST_STRUCT: u32 = 65_535;

impl Reader {
    /// Compares sizes with those that were computed, and sees that value types hold no handles and that nothing names
    /// what was made for a method.
    pub(super) fn check(&self, at: &At<'_>, id: DeclId, form: &Form<'_>) -> Result<()> {
        if let Form::Struct(form) = form {
            self.check_struct(at, id, form)?;
        }
        if let Some(made) = self.named_types(id).into_iter().find(|named| self.is_made(*named)) {
            return Err(at.kind(&self.schema.full_name(made), "a type that may be named here"));
        }
        let members: Vec<(&Element, &Type)> = match &self.schema.decl(id).kind {
            DeclKind::Struct(layout) if !layout.resource => {
                layout.members.iter().map(|member| (&member.element, &member.ty)).collect()
            }
            DeclKind::Table(layout) if !layout.resource => {
                layout.members.iter().map(|member| (&member.element, &member.ty)).collect()
            }
            DeclKind::Union(layout) if !layout.resource => {
                layout.members.iter().map(|member| (&member.element, &member.ty)).collect()
            }
            _ => return Ok(()),
        };
        match members.into_iter().find(|(_, ty)| self.schema.is_resource(ty)) {
            Some((element, _)) => Err(at.error(ErrorKind::Resource(element.name.clone()))),
            None => Ok(()),
        }
    }

    /// The declared types that a declaration names.
    fn named_types(&self, id: DeclId) -> Vec<DeclId> {
        match &self.schema.decl(id).kind {
            DeclKind::Alias(alias) => layout::named(&alias.target).into_iter().collect(),
            DeclKind::Protocol(protocol) => protocol.own_methods.iter().flat_map(payloads).collect(),
            // Methods name the parts of theirs.
            DeclKind::Union(union) if union.result => Vec::new(),
            kind => layout::member_types(kind).into_iter().filter_map(layout::named).collect(),
        }
    }

    /// Whether a type was made for the answer of a method, which alone names it.
    fn is_made(&self, id: DeclId) -> bool {
        match &self.schema.decl(id).kind {
            DeclKind::Struct(layout) => layout.empty_success,
            DeclKind::Union(layout) => layout.result,
            _ => false,
        }
    }

    fn check_struct(&self, at: &At<'_>, id: DeclId, form: &Struct) -> Result<()> {
        let Some(layout) = self.schema.as_struct(id) else { return Ok(()) };
        let at_shape = at.key("type_shape_v2");
        let size = layout.shape.inline_size;
        agree(&at_shape.key("inline_size"), form.type_shape_v2.inline_size, size)?;
        if size > LARGEST_STRUCT {
            return Err(at_shape.key("inline_size").value(size, "at most 65535"));
        }
        let at_members = at.key("members");
        for (index, (form, member)) in form.members.iter().zip(&layout.members).enumerate() {
            let at = at_members.item(index);
            agree(&at.key("field_shape_v2").key("offset"), form.field_shape_v2.offset, member.offset)?;
        }
        Ok(())
    }
}

/// The types that the messages of a method carry.
fn payloads(method: &Method) -> Vec<DeclId> {
    match &method.kind {
        MethodKind::OneWay { request: message } | MethodKind::Event { message } => {
            message.payload.into_iter().collect()
        }
        MethodKind::TwoWay { request, response } => {
            let error = response.result.as_ref().and_then(|result| result.error.as_ref());
            let error = error.and_then(layout::named);
            [request.payload, response.payload, error].into_iter().flatten().collect()
        }
    }
}

fn agree(at: &At<'_>, found: u32, computed: u32) -> Result<()> {
    if found == computed { Ok(()) } else { Err(at.error(ErrorKind::Layout { found, computed })) }
}
