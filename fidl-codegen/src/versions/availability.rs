//! From when to when an element exists, and what is inherited.

use std::fmt;

use super::version::Version;

/// From when to when an element exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Availability {
    /// The first version that has it.
    pub added: Version,
    /// The first version in which it is deprecated; before the end.
    pub deprecated: Option<Version>,
    /// The first version that has it no longer.
    pub ended: Option<Version>,
    /// Whether it ends because something takes its place.
    pub replaced: bool,
}

/// What is written about an element; what is missing is inherited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) added: Option<Version>,
    pub(super) deprecated: Option<Version>,
    pub(super) ended: Option<Version>,
    pub(super) replaced: bool,
}

/// What of an element lies outside its parent's availability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outside {
    AddedBefore(Version),
    AddedAfterEnd(Version),
    DeprecatedBefore(Version),
    DeprecatedAfter(Version),
    DeprecatedAfterEnd(Version),
    EndedBefore(Version),
    EndedAfter(Version),
}

impl Availability {
    /// Of libraries that say nothing about versions.
    pub const UNVERSIONED: Self =
        Self { added: Version::HEAD, deprecated: None, ended: None, replaced: false };

    /// Whether the element exists in a version.
    #[must_use]
    pub fn at(&self, version: Version) -> bool {
        self.added <= version && self.ended.is_none_or(|ended| version < ended)
    }

    /// Whether the element is deprecated in a version in which it exists, or was when it was removed.
    #[must_use]
    pub fn deprecated_at(&self, version: Version) -> bool {
        self.deprecated.is_some_and(|deprecated| deprecated <= version)
    }

    /// The versions at which something changes.
    pub fn points(&self) -> impl Iterator<Item = Version> + use<> {
        [Some(self.added), self.deprecated, self.ended].into_iter().flatten()
    }

    /// Whether there is a version in which both exist.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.at(other.added) || other.at(self.added)
    }

    /// From when to when both exist, if there is a version in which they do.
    pub(super) fn meet(&self, other: &Self) -> Option<Self> {
        let ended = [self.ended, other.ended].into_iter().flatten().min();
        let both = Self { added: self.added.max(other.added), ended, ..*self };
        both.at(both.added).then_some(both)
    }

    /// The availability of a child of which this much is written.
    pub(super) fn inherited(&self, written: Written) -> Self {
        let added = written.added.unwrap_or(self.added);
        let (ended, replaced) = match written.ended {
            Some(ended) => (Some(ended), written.replaced),
            None => (self.ended, self.replaced),
        };
        let deprecated = written.deprecated.or(self.deprecated).map(|deprecated| deprecated.max(added));
        let deprecated = deprecated.filter(|deprecated| ended.is_none_or(|ended| *deprecated < ended));
        Self { added, deprecated, ended, replaced }
    }

    /// What is written about a child that does not fit in here.
    pub(super) fn misfits(&self, written: Written) -> impl Iterator<Item = Outside> + use<> {
        let is_over = |version: &Version| self.ended.is_some_and(|ended| ended <= *version);
        let added = written.added.and_then(|added| match added {
            added if added < self.added => Some(Outside::AddedBefore(self.added)),
            added if is_over(&added) => self.ended.map(Outside::AddedAfterEnd),
            _ => None,
        });
        let deprecated = written.deprecated.and_then(|deprecated| match deprecated {
            deprecated if deprecated < self.added => Some(Outside::DeprecatedBefore(self.added)),
            deprecated if is_over(&deprecated) => self.ended.map(Outside::DeprecatedAfterEnd),
            deprecated => {
                let parents = self.deprecated.filter(|parents| *parents < deprecated);
                parents.map(Outside::DeprecatedAfter)
            }
        });
        let ended = written.ended.and_then(|ended| match ended {
            ended if ended <= self.added => Some(Outside::EndedBefore(self.added)),
            ended => self.ended.filter(|parents| *parents < ended).map(Outside::EndedAfter),
        });
        [added, deprecated, ended].into_iter().flatten()
    }
}

/// As `from version 2 on`, or `from version 2 until 5`, in which 5 does not count.
impl fmt::Display for Availability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "from version {} ", self.added)?;
        match self.ended {
            Some(ended) => write!(f, "until {ended}"),
            None => f.write_str("on"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(number: u32) -> Version {
        Version::new(number).unwrap()
    }

    /// Added, deprecated, ended; 0 stands for nothing.
    fn of(added: u32, deprecated: u32, ended: u32) -> Availability {
        let (deprecated, ended) = (Version::new(deprecated), Version::new(ended));
        Availability { added: version(added), deprecated, ended, replaced: false }
    }

    fn written(added: u32, deprecated: u32, ended: u32) -> Written {
        let [added, deprecated, ended] = [added, deprecated, ended].map(Version::new);
        Written { added, deprecated, ended, replaced: false }
    }

    #[test]
    fn ends_are_excluded() {
        let element = of(2, 3, 5);
        let exists: Vec<bool> = (1..=6).map(|number| element.at(version(number))).collect();
        assert_eq!(exists, [false, true, true, true, false, false]);
        assert!(!element.deprecated_at(version(2)));
        assert!(element.deprecated_at(version(3)));
        assert!(of(2, 0, 0).at(Version::HEAD));
    }

    #[test]
    fn overlaps_are_symmetric() {
        for (left, right, overlap) in
            [((1, 3), (3, 0), false), ((1, 4), (3, 0), true), ((1, 0), (5, 6), true), ((2, 3), (1, 9), true)]
        {
            let (left, right) = (of(left.0, 0, left.1), of(right.0, 0, right.1));
            assert_eq!((left.overlaps(&right), right.overlaps(&left)), (overlap, overlap));
        }
    }

    #[test]
    fn what_is_missing_is_inherited() {
        let parent = of(2, 5, 8);
        assert_eq!(parent.inherited(written(0, 0, 0)), parent);
        assert_eq!(parent.inherited(written(3, 4, 6)), of(3, 4, 6));
        assert_eq!(parent.inherited(written(3, 0, 0)), of(3, 5, 8));
        assert_eq!(parent.inherited(written(0, 0, 5)), of(2, 0, 5), "it ends before it is deprecated");
        assert_eq!(parent.inherited(written(6, 0, 0)), of(6, 6, 8), "it is deprecated from the start");
    }

    #[test]
    fn whether_it_is_replaced_is_inherited_with_the_end() {
        let parent = Availability { replaced: true, ..of(1, 0, 8) };
        assert!(parent.inherited(written(2, 0, 0)).replaced);
        assert!(!parent.inherited(written(2, 0, 5)).replaced);
    }

    #[test]
    fn children_stay_within_their_parents() {
        let misfits = |added, deprecated, ended| {
            of(2, 5, 8).misfits(written(added, deprecated, ended)).collect::<Vec<_>>()
        };
        assert_eq!(misfits(2, 5, 8), []);
        assert_eq!(misfits(1, 0, 0), [Outside::AddedBefore(version(2))]);
        assert_eq!(misfits(8, 0, 0), [Outside::AddedAfterEnd(version(8))]);
        assert_eq!(misfits(0, 1, 0), [Outside::DeprecatedBefore(version(2))]);
        assert_eq!(misfits(0, 6, 0), [Outside::DeprecatedAfter(version(5))]);
        assert_eq!(misfits(0, 8, 0), [Outside::DeprecatedAfterEnd(version(8))]);
        assert_eq!(misfits(0, 0, 2), [Outside::EndedBefore(version(2))]);
        assert_eq!(misfits(0, 0, 9), [Outside::EndedAfter(version(8))]);
        assert_eq!(misfits(1, 9, 9).len(), 3);
    }
}
