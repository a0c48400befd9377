//! Forms of names, and what names stand for.

use std::collections::HashSet;

use super::error::{At, ErrorKind};
use super::{Reader, Result};
use crate::ir::DeclId;
use crate::json::document::Kind;
use crate::sema::names::{is_identifier, is_library_name};
use crate::syntax::canonical;

/// A library's name must be legal.
pub(super) fn library(at: &At<'_>, name: &str) -> Result<()> {
    if is_library_name(name) { Ok(()) } else { Err(at.error(ErrorKind::Name(name.to_owned()))) }
}

/// The last part of the name in full of a declaration of `library`.
pub(super) fn in_library<'n>(at: &At<'_>, library: &str, name: &'n str) -> Result<&'n str> {
    let own = name.split_once('/').filter(|(prefix, _)| *prefix == library).map(|(_, own)| own);
    own.filter(|own| is_identifier(own)).ok_or_else(|| at.error(ErrorKind::Name(name.to_owned())))
}

/// The names of the members of one declaration must be legal, and differ by more than style.
pub(super) fn members<'n>(at: &At<'_>, names: impl Iterator<Item = &'n str>) -> Result<()> {
    let mut seen = HashSet::new();
    for (index, name) in names.enumerate() {
        let at = at.item(index);
        let at = at.key("name");
        if !is_identifier(name) {
            return Err(at.error(ErrorKind::Name(name.to_owned())));
        }
        if !seen.insert(canonical(name)) {
            return Err(at.twice(name));
        }
    }
    Ok(())
}

impl Reader {
    /// What a name in full stands for.
    pub(super) fn named(&self, at: &At<'_>, name: &str) -> Result<DeclId> {
        self.names.get(name).copied().ok_or_else(|| at.unknown(name))
    }

    /// The declaration of one of some kinds that a name in full stands for.
    pub(super) fn of_kind(
        &self,
        at: &At<'_>,
        name: &str,
        kinds: &[Kind],
        wanted: &'static str,
    ) -> Result<DeclId> {
        let id = self.named(at, name)?;
        if kinds.contains(&self.kind(id)) { Ok(id) } else { Err(at.kind(name, wanted)) }
    }

    /// Like [`of_kind`](Self::of_kind), for what must come first.
    pub(super) fn ready_of_kind(
        &self,
        at: &At<'_>,
        name: &str,
        kinds: &[Kind],
        wanted: &'static str,
    ) -> Result<DeclId> {
        let id = self.of_kind(at, name, kinds, wanted)?;
        match self.ready[id.0 as usize] {
            true => Ok(id),
            false => Err(at.error(ErrorKind::Early(name.to_owned()))),
        }
    }

    pub(super) fn kind(&self, id: DeclId) -> Kind {
        self.kinds[id.0 as usize]
    }
}
