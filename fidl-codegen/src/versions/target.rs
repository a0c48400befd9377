//! What of a platform is looked at: one version, perhaps with what was removed before.

use super::availability::Availability;
use super::version::Version;

/// A version of a platform, with the removed elements that are kept in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The version.
    pub version: Version,
    kept: Kept,
}

/// Which removed elements are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kept {
    None,
    /// Those that existed in one of these versions.
    Of(Vec<Version>),
    All,
}

/// Whether an element is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    Absent,
    /// It is removed, but kept.
    Legacy,
    Present,
}

impl Target {
    /// A version by itself.
    #[must_use]
    pub fn at(version: Version) -> Self {
        Self { version, kept: Kept::None }
    }

    /// What versions stand for that are selected together, in ascending order: the last one, with what was
    /// removed since the others. [`Version::LEGACY`] is the newest state with all that was ever removed.
    #[must_use]
    pub fn of(versions: &[Version]) -> Self {
        match versions {
            [] => Self::at(Version::HEAD),
            [.., Version::LEGACY] => Self { version: Version::HEAD, kept: Kept::All },
            [only] => Self::at(*only),
            [earlier @ .., last] => Self { version: *last, kept: Kept::Of(earlier.to_vec()) },
        }
    }

    /// Whether elements of other versions are there, too.
    #[must_use]
    pub fn keeps_removed(&self) -> bool {
        self.kept != Kept::None
    }

    pub(super) fn presence(&self, availability: &Availability) -> Presence {
        if availability.at(self.version) {
            return Presence::Present;
        }
        let removed = !availability.replaced && availability.ended.is_some_and(|ended| ended <= self.version);
        let kept = match &self.kept {
            Kept::None => false,
            Kept::Of(versions) => {
                let next = versions.partition_point(|version| *version < availability.added);
                versions.get(next).is_some_and(|version| availability.at(*version))
            }
            Kept::All => true,
        };
        if removed && kept { Presence::Legacy } else { Presence::Absent }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions(numbers: &[u32]) -> Vec<Version> {
        numbers.iter().map(|number| Version::new(*number).unwrap()).collect()
    }

    fn presence(target: &Target, added: u32, ended: u32, replaced: bool) -> Presence {
        let (added, ended) = (Version::new(added).unwrap(), Version::new(ended));
        target.presence(&Availability { added, deprecated: None, ended, replaced })
    }

    #[test]
    fn one_version_keeps_nothing() {
        let target = Target::of(&versions(&[5]));
        assert!(!target.keeps_removed());
        assert_eq!(presence(&target, 5, 6, true), Presence::Present);
        assert_eq!(presence(&target, 6, 0, false), Presence::Absent);
        assert_eq!(presence(&target, 1, 5, false), Presence::Absent);
    }

    #[test]
    fn what_was_removed_since_a_listed_version_is_kept() {
        let target = Target::of(&versions(&[2, 4, 8]));
        assert_eq!(presence(&target, 1, 3, false), Presence::Legacy);
        assert_eq!(presence(&target, 4, 5, false), Presence::Legacy);
        assert_eq!(presence(&target, 3, 4, false), Presence::Absent, "it was in no listed version");
        assert_eq!(presence(&target, 1, 3, true), Presence::Absent, "something took its place");
        assert_eq!(presence(&target, 9, 0, false), Presence::Absent, "it is yet to come");
    }

    #[test]
    fn legacy_keeps_all_that_was_removed() {
        let target = Target::of(&[Version::LEGACY]);
        assert_eq!(target.version, Version::HEAD);
        assert_eq!(presence(&target, 3, 4, false), Presence::Legacy);
        assert_eq!(presence(&target, 3, 4, true), Presence::Absent);
    }
}
