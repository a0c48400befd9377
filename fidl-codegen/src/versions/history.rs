//! The names that a library has at any version.

use std::collections::HashMap;

use super::availability::Availability;
use super::collect::Availabilities;
use crate::syntax::{Decl, DeclKind, File, Head, Name};

/// When a library has declarations and members of a name. A name that is missing at one version may be there at
/// others.
#[derive(Debug, Default)]
pub struct History {
    decls: HashMap<String, Vec<Availability>>,
    /// By declaration and member.
    members: HashMap<String, HashMap<String, Vec<Availability>>>,
}

impl History {
    /// When declarations of a name exist; nothing if they never do.
    #[must_use]
    pub fn decl(&self, name: &str) -> &[Availability] {
        self.decls.get(name).map_or(&[], Vec::as_slice)
    }

    /// When a declaration has members of a name; nothing if it never does.
    #[must_use]
    pub fn member(&self, decl: &str, name: &str) -> &[Availability] {
        self.members.get(decl).and_then(|members| members.get(name)).map_or(&[], Vec::as_slice)
    }

    /// Of a library that was read in full.
    #[must_use]
    pub fn of(files: &[File], known: &Availabilities) -> Self {
        let mut history = Self::default();
        for file in files {
            for decl in &file.decls {
                enter(&mut history.decls, &decl.name, known);
                history.members(file, decl, known);
            }
        }
        history
    }

    /// The members of bits and enums, which alone can be named.
    fn members(&mut self, file: &File, decl: &Decl, known: &Availabilities) {
        let DeclKind::Type(ctor) = decl.kind else { return };
        let Head::Layout(layout) = file[ctor].head else { return };
        if !file[layout].class.has_values() {
            return;
        }
        let members = self.members.entry(decl.name.text.clone()).or_default();
        file[layout].members.iter().for_each(|member| enter(members, &member.name, known));
    }
}

fn enter(names: &mut HashMap<String, Vec<Availability>>, name: &Name, known: &Availabilities) {
    if let Some(availability) = known.of(name.span) {
        names.entry(name.text.clone()).or_default().push(availability);
    }
}
