//! Versions, and which of them are selected.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The platform of libraries that say nothing about versions.
pub const UNVERSIONED: &str = "unversioned";

/// A version of a platform: a number from 1 to 2^31 - 1, or one of three words. Versions are ordered: numbers,
/// then [`NEXT`](Self::NEXT), [`HEAD`](Self::HEAD), [`LEGACY`](Self::LEGACY).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Version(u32);

impl Version {
    /// The version that is next to get a number.
    pub const NEXT: Self = Self(0xffd0_0000);
    /// The newest state.
    pub const HEAD: Self = Self(0xffe0_0000);
    /// The newest state with all that was ever removed. It can be selected, but not be written in a schema.
    pub const LEGACY: Self = Self(0xfff0_0000);

    const LARGEST_NUMBER: u32 = (1 << 31) - 1;

    /// The version of a number, if there is one.
    #[must_use]
    pub fn new(number: u32) -> Option<Self> {
        (1..=Self::LARGEST_NUMBER).contains(&number).then_some(Self(number))
    }

    /// The version that a number stands for in a schema: its own, or one of the words.
    #[must_use]
    pub fn of_number(number: u32) -> Option<Self> {
        [Self::NEXT, Self::HEAD].into_iter().find(|version| version.0 == number).or(Self::new(number))
    }

    /// The value that stands for the version in the IR.
    #[must_use]
    pub fn value(self) -> u32 {
        self.0
    }

    /// The version that a word stands for in a schema.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        match word {
            "NEXT" => Some(Self::NEXT),
            "HEAD" => Some(Self::HEAD),
            _ => None,
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NEXT => f.write_str("NEXT"),
            Self::HEAD => f.write_str("HEAD"),
            Self::LEGACY => f.write_str("LEGACY"),
            Self(number) => number.fmt(f),
        }
    }
}

impl FromStr for Version {
    type Err = BadSelection;

    fn from_str(text: &str) -> Result<Self, BadSelection> {
        if text == "LEGACY" {
            return Ok(Self::LEGACY);
        }
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = || text.parse().ok().filter(|_| digits).and_then(Self::of_number);
        Self::of_word(text).or_else(number).ok_or_else(|| BadSelection::Version(text.to_owned()))
    }
}

/// Whether a text can be the name of a platform.
pub(super) fn is_platform_name(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// The versions at which the libraries of each platform are compiled.
///
/// An empty selection stands for [`Version::HEAD`] of every platform.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    platforms: BTreeMap<String, Vec<Version>>,
}

impl Selection {
    /// Selects versions of a platform, in ascending order. The last one is the one that is compiled; what was
    /// removed, without replacement, since one of the others is kept.
    ///
    /// # Errors
    ///
    /// If this is no name of a platform, if the platform has its versions already, or if the versions are none
    /// or not in order.
    pub fn select(&mut self, platform: &str, versions: Vec<Version>) -> Result<(), BadSelection> {
        if !is_platform_name(platform) || platform == UNVERSIONED {
            return Err(BadSelection::Platform(platform.to_owned()));
        }
        if versions.is_empty() || !versions.is_sorted_by(|left, right| left < right) {
            return Err(BadSelection::Order(platform.to_owned()));
        }
        match self.platforms.insert(platform.to_owned(), versions) {
            Some(_) => Err(BadSelection::Twice(platform.to_owned())),
            None => Ok(()),
        }
    }

    /// Selects what a text like `fuchsia:20` or `fuchsia:20,21,NEXT,HEAD` says.
    ///
    /// # Errors
    ///
    /// As with [`select`](Self::select), or if the text has another form.
    pub fn select_text(&mut self, text: &str) -> Result<(), BadSelection> {
        let (platform, versions) = text.split_once(':').ok_or_else(|| BadSelection::Form(text.to_owned()))?;
        let versions = versions.split(',').map(str::parse).collect::<Result<_, _>>()?;
        self.select(platform, versions)
    }

    /// Whether nothing was selected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.platforms.is_empty()
    }

    /// What is selected of a platform.
    #[must_use]
    pub fn of(&self, platform: &str) -> Option<&[Version]> {
        self.platforms.get(platform).map(Vec::as_slice)
    }

    /// All that is selected, in the order of the platforms' names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[Version])> {
        self.platforms.iter().map(|(platform, versions)| (platform.as_str(), versions.as_slice()))
    }
}

/// Why a text selects no versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadSelection {
    /// It is not `platform:version,…`.
    Form(String),
    /// This is no name of a platform.
    Platform(String),
    /// This is no version.
    Version(String),
    /// The versions of this platform do not ascend.
    Order(String),
    /// This platform has its versions already.
    Twice(String),
}

impl fmt::Display for BadSelection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(text) => write!(f, "`{text}` is not `platform:version`"),
            Self::Platform(name) => write!(f, "`{name}` is not the name of a platform"),
            Self::Version(text) => {
                write!(f, "`{text}` is not a version: a number from 1 to {}, ", Version::LARGEST_NUMBER)?;
                f.write_str("`NEXT`, `HEAD` or `LEGACY`")
            }
            Self::Order(platform) => write!(f, "the versions of `{platform}` do not ascend"),
            Self::Twice(platform) => write!(f, "the versions of `{platform}` are given twice"),
        }
    }
}

impl std::error::Error for BadSelection {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_shown() {
        for text in ["1", "20", "2147483647", "NEXT", "HEAD", "LEGACY"] {
            assert_eq!(text.parse::<Version>().map(|version| version.to_string()).as_deref(), Ok(text));
        }
        for (text, version) in [("4291821568", Version::NEXT), ("4292870144", Version::HEAD)] {
            assert_eq!(text.parse(), Ok(version));
        }
        for text in ["", "0", "-1", "+1", "2147483648", "4293918720", "head", "1.0", " 1"] {
            assert_eq!(text.parse::<Version>(), Err(BadSelection::Version(text.to_owned())));
        }
    }

    #[test]
    fn versions_are_ordered() {
        let texts = ["1", "2", "2147483647", "NEXT", "HEAD", "LEGACY"];
        let versions: Vec<Version> = texts.iter().map(|text| text.parse().unwrap()).collect();
        assert!(versions.is_sorted_by(|left, right| left < right));
        assert_eq!(Version::HEAD.value(), 4_292_870_144);
        assert_eq!(Version::NEXT.value(), 4_291_821_568);
        assert_eq!(Version::LEGACY.value(), 4_293_918_720);
    }

    #[test]
    fn selections_are_read() {
        let mut selection = Selection::default();
        assert!(selection.is_empty());
        selection.select_text("fuchsia:20,NEXT,HEAD").unwrap();
        selection.select_text("a2:7").unwrap();
        let shown = |versions: &[Version]| versions.iter().map(Version::to_string).collect::<Vec<_>>();
        let all: Vec<_> = selection.iter().map(|(name, versions)| (name, shown(versions))).collect();
        assert_eq!(all, [("a2", shown(&[Version(7)])), ("fuchsia", vec_of(["20", "NEXT", "HEAD"]))]);
    }

    fn vec_of<const N: usize>(texts: [&str; N]) -> Vec<String> {
        texts.map(str::to_owned).to_vec()
    }

    #[test]
    fn bad_selections_are_refused() {
        let cases = [
            ("fuchsia", BadSelection::Form("fuchsia".to_owned())),
            ("Fuchsia:1", BadSelection::Platform("Fuchsia".to_owned())),
            (":1", BadSelection::Platform(String::new())),
            ("unversioned:HEAD", BadSelection::Platform("unversioned".to_owned())),
            ("a:", BadSelection::Version(String::new())),
            ("a:2,1", BadSelection::Order("a".to_owned())),
            ("a:1,1", BadSelection::Order("a".to_owned())),
            ("b:1", BadSelection::Twice("b".to_owned())),
        ];
        for (text, error) in cases {
            let mut selection = Selection::default();
            selection.select_text("b:1").unwrap();
            assert_eq!(selection.select_text(text), Err(error), "{text}");
        }
    }
}
