//! What `@available` and the availability of a modifier say.

use super::availability::Written;
use super::version::{UNVERSIONED, Version, is_platform_name};
use crate::diagnostics::{Diagnostic, code};
use crate::source::{SourceMap, Span};
use crate::syntax::{Argument, Attribute, Constant, File, Literal, unescape};

/// What an `@available` stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Library,
    /// A declaration or `compose`.
    Whole,
    /// A member of something, a method among them.
    Member,
}

/// A file with the texts of all.
#[derive(Clone, Copy)]
pub(super) struct Texts<'a> {
    pub(super) sources: &'a SourceMap,
    pub(super) file: &'a File,
}

/// An argument whose value is a version. The version is missing if what is written is none.
#[derive(Clone, Copy)]
pub(super) struct Point {
    pub(super) version: Option<Version>,
    pub(super) span: Span,
}

/// The arguments.
pub(super) struct Available {
    /// The whole.
    pub(super) span: Span,
    pub(super) added: Option<Point>,
    pub(super) deprecated: Option<Point>,
    pub(super) removed: Option<Point>,
    pub(super) replaced: Option<Point>,
    /// The name, and the argument.
    pub(super) renamed: Option<(String, Span)>,
    /// The argument, the value's place, and the value.
    platform: Option<(Span, Span, String)>,
    note: bool,
}

/// The `@available` among the attributes of an element.
pub(super) fn find(attributes: &[Attribute]) -> Option<&Attribute> {
    attributes.iter().find(|attribute| attribute.name.text == "available")
}

impl Available {
    /// Reads arguments. Those that there are not, or that are given twice, are left to those who judge the
    /// arguments of all attributes.
    pub(super) fn read(
        texts: Texts<'_>,
        span: Span,
        arguments: &[Argument],
        out: &mut Vec<Diagnostic>,
    ) -> Self {
        let named = |wanted: &str| {
            let name = |argument: &&Argument| argument.name.as_ref().is_some_and(|name| name.text == wanted);
            arguments.iter().find(name)
        };
        let mut point = |wanted| named(wanted).map(|argument| point(texts, argument, out));
        let (added, deprecated) = (point("added"), point("deprecated"));
        let (removed, replaced) = (point("removed"), point("replaced"));
        let mut text = |wanted| named(wanted).and_then(|argument| string(texts, argument, out));
        let (renamed, platform, _) = (text("renamed"), text("platform"), text("note"));
        Self {
            span,
            added,
            deprecated,
            removed,
            replaced,
            renamed: renamed.map(|(argument, _, text)| (text, argument)),
            platform,
            note: named("note").is_some(),
        }
    }

    /// The end, whichever of the two words gives it.
    pub(super) fn end(&self) -> Option<Point> {
        self.removed.or(self.replaced)
    }

    /// What is left without what is no version.
    pub(super) fn written(&self) -> Written {
        let version = |point: Option<Point>| point.and_then(|point| point.version);
        Written {
            added: version(self.added),
            deprecated: version(self.deprecated),
            ended: version(self.end()),
            replaced: self.removed.is_none() && self.replaced.is_some(),
        }
    }

    /// The rules that need no look at anything else.
    pub(super) fn check(&self, place: Place, name: &str, out: &mut Vec<Diagnostic>) {
        let ends = self.end().is_some();
        if self.removed.is_some() && self.replaced.is_some() {
            let label = "an element that ends is either `removed` or `replaced`";
            out.push(Diagnostic::new(code::REMOVED_AND_REPLACED, self.span, label));
        } else {
            self.check_order(out);
        }
        if self.note && self.deprecated.is_none() && !ends {
            let label = "nothing here is `deprecated`, `removed` or `replaced`";
            out.push(Diagnostic::new(code::NOTE_ALONE, self.span, label));
        }
        self.check_renamed(place, name, ends, out);
        match place {
            Place::Library => self.check_library(out),
            Place::Whole | Place::Member => {
                if let Some((argument, ..)) = self.platform {
                    let label = "all of a library belongs to one platform";
                    out.push(Diagnostic::new(code::PLATFORM_PLACE, argument, label));
                }
            }
        }
    }

    fn check_library(&self, out: &mut Vec<Diagnostic>) {
        if self.added.is_none() {
            out.push(Diagnostic::new(code::LIBRARY_NOT_ADDED, self.span, "`added=` is missing"));
        }
        if let Some(point) = self.replaced {
            let diagnostic = Diagnostic::new(code::LIBRARY_REPLACED, point.span, "nothing takes its place");
            out.push(diagnostic.help("write `removed=`"));
        }
    }

    /// Reports points that are not in order.
    pub(super) fn check_order(&self, out: &mut Vec<Diagnostic>) {
        let end = if self.removed.is_some() { "removed" } else { "replaced" };
        let Written { added, deprecated, ended, .. } = self.written();
        let label = match (added, deprecated, ended) {
            (Some(added), Some(deprecated), _) if deprecated < added => {
                format!("it is deprecated at {deprecated}, before it is added at {added}")
            }
            (_, Some(deprecated), Some(ended)) if ended <= deprecated => {
                format!("it is {end} at {ended}, not after it is deprecated at {deprecated}")
            }
            (Some(added), _, Some(ended)) if ended <= added => {
                format!("it is {end} at {ended}, not after it is added at {added}")
            }
            _ => return,
        };
        out.push(Diagnostic::new(code::VERSION_ORDER, self.span, label));
    }

    fn check_renamed(&self, place: Place, name: &str, ends: bool, out: &mut Vec<Diagnostic>) {
        let Some((renamed, span)) = &self.renamed else { return };
        let (code, label) = if place != Place::Member {
            (code::RENAMED_PLACE, "this is not a member".to_owned())
        } else if !ends {
            (code::RENAMED_ALONE, "say when, with `replaced=` or `removed=`".to_owned())
        } else if renamed == name {
            (code::RENAMED_TO_ITSELF, format!("`{name}` is the name that it has"))
        } else {
            return;
        };
        out.push(Diagnostic::new(code, *span, label));
    }

    /// The platform that a library belongs to.
    pub(super) fn platform(&self, library: &str, out: &mut Vec<Diagnostic>) -> String {
        let first = library.split('.').next().unwrap_or_default();
        let (value, text) = match &self.platform {
            Some((_, value, text)) => (*value, text.as_str()),
            None => (self.span, first),
        };
        if text == UNVERSIONED {
            let label = format!("`{UNVERSIONED}` is for libraries without `@available`");
            out.push(Diagnostic::new(code::RESERVED_PLATFORM, self.span, label));
        } else if self.platform.is_some() && !is_platform_name(text) {
            let label = "a platform's name has small letters and digits, and a letter first";
            out.push(Diagnostic::new(code::BAD_PLATFORM, value, label));
        }
        text.to_owned()
    }
}

/// The value of an argument that must be a version.
fn point(texts: Texts<'_>, argument: &Argument, out: &mut Vec<Diagnostic>) -> Point {
    let constant = &texts.file[argument.value];
    let version = written_version(texts.sources, texts.file, constant);
    if version.is_none() {
        let text = texts.sources.text(constant.span);
        let (code, span, label) = match constant.kind {
            Literal::Or(_) => (code::ARGUMENT_NOT_LITERAL, constant.span, "this is an expression".to_owned()),
            Literal::Path(_) => (code::BAD_VERSION, argument.span, format!("`{text}` is not a version")),
            _ => (code::BAD_VERSION, constant.span, format!("`{text}` is not a version")),
        };
        let diagnostic = Diagnostic::new(code, span, label);
        out.push(diagnostic.help("a version is a number from 1 to 2147483647, or `NEXT`, or `HEAD`"));
    }
    Point { version, span: argument.span }
}

/// The version that a constant of a file stands for, if it is one.
#[must_use]
pub fn written_version(sources: &SourceMap, file: &File, constant: &Constant) -> Option<Version> {
    match &constant.kind {
        Literal::Number => Version::of_number(u32::try_from(integer(sources.text(constant.span))?).ok()?),
        Literal::Path(path) => match file[*path].parts.as_slice() {
            [word] => Version::of_word(&word.text),
            _ => None,
        },
        _ => None,
    }
}

/// The value of an integer literal.
pub(super) fn integer(text: &str) -> Option<i128> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = match (lower.strip_prefix("0x"), lower.strip_prefix("0b")) {
        (Some(digits), _) => (16, digits),
        (None, Some(digits)) => (2, digits),
        (None, None) => (10, lower.as_str()),
    };
    if !digits.starts_with(|letter: char| letter.is_digit(radix)) {
        return None;
    }
    let value = i128::from_str_radix(digits, radix).ok()?;
    Some(if negative { -value } else { value })
}

/// The value of an argument that must be a string, with the places of both. Whether it is one is judged with
/// the arguments of all attributes.
fn string(texts: Texts<'_>, argument: &Argument, out: &mut Vec<Diagnostic>) -> Option<(Span, Span, String)> {
    let constant = &texts.file[argument.value];
    match constant.kind {
        Literal::String => Some((argument.span, constant.span, unescape(texts.sources.text(constant.span)))),
        Literal::Path(_) | Literal::Or(_) => {
            let label = "this is not a literal";
            out.push(Diagnostic::new(code::ARGUMENT_NOT_LITERAL, constant.span, label));
            None
        }
        Literal::Number | Literal::Bool(_) => None,
    }
}
