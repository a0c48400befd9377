//! Versions: which elements exist when, and what of the trees is left at one version.
//!
//! A library that says `@available` belongs to a platform, whose versions are numbers and the words `NEXT` and
//! `HEAD`. Every element of it, modifiers among them, exists from one version until another. [`collect`] finds
//! out from when to when, and judges what is written about that; [`prune`] gives the trees as they are at one
//! version. What comes after sees one version at a time and nothing of this.
//!
//! - `version`: versions, and the [`Selection`] of those that are compiled.
//! - `availability`: begin, deprecation and end of an element, and what of that is inherited.
//! - `attribute`, `collect`: from the trees to availabilities. `rules`, `modifiers`: what must hold among them;
//!   `composed` gives the methods of protocols for that.
//! - `history`: which names there are at other versions.
//! - `target`, `prune`, `mark`: from the trees to those of one version.

mod attribute;
mod availability;
mod collect;
mod composed;
mod history;
mod mark;
mod modifiers;
mod prune;
mod rules;
mod target;
mod version;

pub use attribute::written_version;
pub use availability::Availability;
pub use collect::{Availabilities, collect};
pub use history::History;
pub use prune::prune;
pub use target::Target;
pub use version::{BadSelection, Selection, UNVERSIONED, Version};
