//! What can be judged only with sizes.

use super::error::{At, ErrorKind};
use super::forms::Form;
use super::{Reader, Result};
use crate::ir::{DeclId, DeclKind, Element, Type};
use crate::json::document::Struct;

/// The largest inline size of a struct.
const LARGEST_STRUCT: u32 = 65_535;

impl Reader {
    /// Compares sizes with those that were computed, and sees that value types hold no handles.
    pub(super) fn check(&self, at: &At<'_>, id: DeclId, form: &Form<'_>) -> Result<()> {
        if let Form::Struct(form) = form {
            self.check_struct(at, id, form)?;
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

fn agree(at: &At<'_>, found: u32, computed: u32) -> Result<()> {
    if found == computed { Ok(()) } else { Err(at.error(ErrorKind::Layout { found, computed })) }
}
