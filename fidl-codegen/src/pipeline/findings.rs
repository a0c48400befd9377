//! The diagnostics of all versions in one list.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use crate::diagnostics::{Code, Diagnostic, Severity, code};
use crate::source::Span;
use crate::versions::{Availabilities, Version};

/// What was found at the versions of each platform; what is found at several of them is kept once.
#[derive(Default)]
pub(super) struct Findings {
    platforms: BTreeMap<String, Platform>,
}

#[derive(Default)]
struct Platform {
    /// How often the platform was looked at, without the selected versions.
    runs: usize,
    /// At how many of them there were errors.
    failures: usize,
    /// Whether there are versions that were not looked at.
    stopped: bool,
    /// Where the interval begins that has the selected version, if there is one.
    selected_at: Option<Version>,
    /// How often each import was not used.
    unused: HashMap<Span, usize>,
    found: Vec<Found>,
    /// The place of each in that list.
    places: HashMap<Key, usize>,
}

struct Found {
    /// The first version, if there are any.
    version: Option<Version>,
    /// Whether it is so at the selected version.
    selected: bool,
    diagnostic: Diagnostic,
}

/// What makes two diagnostics the same. Of collisions that is the place alone: an element is reported once.
type Key = (u16, Span, String);

fn key(diagnostic: &Diagnostic) -> Key {
    match is_collision(diagnostic.code) {
        true => (code::NAME_TWICE.number, diagnostic.span, String::new()),
        false => (diagnostic.code.number, diagnostic.span, diagnostic.label.clone()),
    }
}

fn is_collision(code: Code) -> bool {
    [code::NAME_TWICE, code::CANONICAL_NAME_TWICE].contains(&code)
}

impl Findings {
    fn platform(&mut self, name: &str) -> &mut Platform {
        self.platforms.entry(name.to_owned()).or_default()
    }

    /// Enters what was found at one version of a platform, after those before it.
    pub(super) fn add(&mut self, platform: &str, version: Version, found: Vec<Diagnostic>) {
        let platform = self.platform(platform);
        let counts = |it: &Diagnostic| it.code.severity == Severity::Error && it.code != code::UNUSED_IMPORT;
        platform.runs += 1;
        platform.failures += usize::from(found.iter().any(counts));
        found.into_iter().for_each(|diagnostic| platform.add(Some(version), false, diagnostic));
    }

    /// Says where the interval of a platform begins that has the selected version.
    pub(super) fn selected_at(&mut self, platform: &str, version: Option<Version>) {
        self.platform(platform).selected_at = version;
    }

    /// Enters something that was found at the selected version of a platform, after all others.
    pub(super) fn add_selected(&mut self, platform: &str, diagnostic: Diagnostic) {
        let platform = self.platform(platform);
        platform.add(platform.selected_at, true, diagnostic);
    }

    /// Says that the rest of a platform's versions is not looked at.
    pub(super) fn stop(&mut self, platform: &str) {
        self.platform(platform).stopped = true;
    }

    /// At how many versions of a platform there were errors.
    pub(super) fn failures(&self, platform: &str) -> usize {
        self.platforms.get(platform).map_or(0, |platform| platform.failures)
    }

    /// All that was found, platform after platform.
    pub(super) fn merged(self, known: &[&Availabilities]) -> Vec<Diagnostic> {
        let merged = self.platforms.into_iter().flat_map(|(name, platform)| platform.merged(name, known));
        merged.collect()
    }
}

impl Platform {
    fn add(&mut self, version: Option<Version>, selected: bool, diagnostic: Diagnostic) {
        if diagnostic.code == code::UNUSED_IMPORT {
            *self.unused.entry(diagnostic.span).or_default() += 1;
        }
        match self.places.entry(key(&diagnostic)) {
            Entry::Vacant(entry) => {
                entry.insert(self.found.len());
                self.found.push(Found { version, selected, diagnostic });
            }
            // What is said of the selected version is what the reader expects to see, except that names
            // collide with what they collide with first.
            Entry::Occupied(entry) if selected => {
                let found = &mut self.found[*entry.get()];
                found.selected = true;
                if !is_collision(diagnostic.code) || version < found.version {
                    found.diagnostic = diagnostic;
                }
                found.version = found.version.min(version);
            }
            Entry::Occupied(_) => {}
        }
    }

    fn merged(self, name: String, known: &[&Availabilities]) -> impl Iterator<Item = Diagnostic> {
        // The analysis of the selected versions is one more.
        let (runs, unused, stopped) = (self.runs + 1, self.unused, self.stopped);
        let is_used = move |it: &Diagnostic| {
            let used = || stopped || unused.get(&it.span).is_some_and(|count| *count < runs);
            it.code == code::UNUSED_IMPORT && used()
        };
        let found = self.found.into_iter().filter(move |found| !is_used(&found.diagnostic));
        found.map(move |Found { version, selected, diagnostic }| match version {
            Some(version) if is_collision(diagnostic.code) => overlapping(diagnostic, version, known),
            Some(version) if !selected => elsewhere(diagnostic, version, &name),
            _ => diagnostic,
        })
    }
}

/// Two names that collide are the same in all versions or overlap in some.
fn overlapping(mut diagnostic: Diagnostic, version: Version, known: &[&Availabilities]) -> Diagnostic {
    let find = |span: Span| known.iter().find_map(|known| known.of(span));
    let other = diagnostic.places.first().and_then(|(span, _)| find(*span));
    let differ = match (find(diagnostic.span), other) {
        (Some(one), Some(other)) => (one.added, one.ended) != (other.added, other.ended),
        _ => false,
    };
    if differ {
        let same = diagnostic.code == code::NAME_TWICE;
        diagnostic.code = if same { code::NAME_OVERLAP } else { code::CANONICAL_NAME_OVERLAP };
        diagnostic.label = format!("{}; both exist from version {version} on", diagnostic.label);
    }
    diagnostic
}

/// Something that is not so at the selected version.
fn elsewhere(mut diagnostic: Diagnostic, version: Version, platform: &str) -> Diagnostic {
    diagnostic.label = format!("{} (at version {version} of `{platform}`)", diagnostic.label);
    diagnostic
}
