//! The diagnostics of all versions in one list.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::diagnostics::{Code, Diagnostic, code};
use crate::source::Span;
use crate::versions::{Availabilities, Version};

/// What was found at each version of each platform.
#[derive(Default)]
pub(super) struct Findings {
    platforms: BTreeMap<String, Platform>,
}

#[derive(Default)]
struct Platform {
    /// How often the platform was looked at, the selected version included.
    runs: usize,
    /// Where the interval begins that has the selected version, if there is one.
    selected_at: Option<Version>,
    /// At a version, and whether that is the selected one.
    found: Vec<(Option<Version>, bool, Diagnostic)>,
}

impl Findings {
    /// Enters what was found at one version of a platform.
    pub(super) fn add(&mut self, platform: &str, version: Version, found: impl Iterator<Item = Diagnostic>) {
        let platform = self.platforms.entry(platform.to_owned()).or_default();
        platform.runs += 1;
        platform.found.extend(found.map(|diagnostic| (Some(version), false, diagnostic)));
    }

    /// Says where the interval of a platform begins that has the selected version.
    pub(super) fn selected_at(&mut self, platform: &str, version: Option<Version>) {
        self.platforms.entry(platform.to_owned()).or_default().selected_at = version;
    }

    /// Enters something that was found at the selected version of a platform.
    pub(super) fn add_selected(&mut self, platform: &str, diagnostic: Diagnostic) {
        let platform = self.platforms.entry(platform.to_owned()).or_default();
        let version = platform.selected_at;
        platform.found.push((version, true, diagnostic));
    }

    /// All that was found, each once.
    pub(super) fn merged(self, known: &[&Availabilities]) -> Vec<Diagnostic> {
        let mut merged = Vec::new();
        for (name, platform) in self.platforms {
            platform.merge(&name, known, &mut merged);
        }
        merged
    }
}

impl Platform {
    fn merge(mut self, name: &str, known: &[&Availabilities], merged: &mut Vec<Diagnostic>) {
        // The analysis of the selected versions is one more.
        let runs = self.runs + 1;
        self.found.sort_by_key(|(version, ..)| *version);
        let mut unused: HashMap<Span, usize> = HashMap::new();
        for (.., diagnostic) in &self.found {
            if diagnostic.code == code::UNUSED_IMPORT {
                *unused.entry(diagnostic.span).or_default() += 1;
            }
        }
        let is_used = |diagnostic: &Diagnostic| {
            diagnostic.code == code::UNUSED_IMPORT && unused.get(&diagnostic.span) != Some(&runs)
        };
        self.found.retain(|(.., diagnostic)| !is_used(diagnostic));
        let selected: HashSet<Key> =
            self.found.iter().filter(|found| found.1).map(|found| key(&found.2)).collect();
        let mut seen = HashSet::new();
        for (version, is_selected, diagnostic) in self.found {
            let key = key(&diagnostic);
            let collides = is_collision(diagnostic.code);
            // Of equal ones that of the selected version is taken, except that collisions tell since when.
            if !collides && !is_selected && selected.contains(&key) || !seen.insert(key) {
                continue;
            }
            let diagnostic = match version {
                Some(version) if collides => overlapping(diagnostic, version, known),
                Some(version) if !is_selected => elsewhere(diagnostic, version, name),
                _ => diagnostic,
            };
            merged.push(diagnostic);
        }
    }
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
