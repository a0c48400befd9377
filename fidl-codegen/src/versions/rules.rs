//! Rules between an element that ends and those that begin where it ends.

use std::borrow::Cow;
use std::collections::HashMap;

use super::availability::Availability;
use super::version::Version;
use crate::diagnostics::{Diagnostic, code};
use crate::source::Span;

/// An element among those that may take its place.
#[derive(Clone)]
pub(super) struct Item<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) span: Span,
    pub(super) availability: Availability,
    /// Given if its end is written at the element itself.
    pub(super) end: Option<End>,
    pub(super) abi: Option<Abi>,
    /// Whether what is written about it could be read.
    pub(super) sound: bool,
}

/// `removed=` or `replaced=`.
#[derive(Clone)]
pub(super) struct End {
    pub(super) version: Version,
    /// The argument.
    pub(super) span: Span,
    pub(super) replaced: bool,
    /// The other name of what takes its place, and the argument that says so.
    pub(super) renamed: Option<(String, Span)>,
}

/// What stands for an element on the wire, as far as it can be seen without evaluating constants.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Abi {
    Ordinal(u32),
    Value(i128),
    Selector(String),
}

impl Abi {
    fn describe(&self) -> String {
        match self {
            Self::Ordinal(ordinal) => format!("the ordinal {ordinal}"),
            Self::Value(value) => format!("the value {value}"),
            Self::Selector(selector) => format!("the ordinal of `{selector}`"),
        }
    }
}

/// The elements of one scope, to look up.
struct Scope<'s, 'a> {
    /// By name and begin.
    begins: HashMap<(&'s str, Version), &'s Item<'a>>,
    /// By name, in the order of their begins.
    named: HashMap<&'s str, Vec<&'s Item<'a>>>,
    /// By what stands for them on the wire, and begin.
    abi: HashMap<(&'s Abi, Version), &'s Item<'a>>,
}

/// Judges the ends of the elements of one scope. Where not all of the scope could be read, a replacement may
/// be among the rest.
pub(super) fn check(items: &[Item<'_>], complete: bool, out: &mut Vec<Diagnostic>) {
    let mut scope = Scope { begins: HashMap::new(), named: HashMap::new(), abi: HashMap::new() };
    for item in items {
        let (name, added) = (&*item.name, item.availability.added);
        scope.begins.entry((name, added)).or_insert(item);
        scope.named.entry(name).or_default().push(item);
        if let Some(abi) = &item.abi {
            scope.abi.entry((abi, added)).or_insert(item);
        }
    }
    scope.named.values_mut().for_each(|items| items.sort_by_key(|item| item.availability.added));
    for item in items {
        match &item.end {
            Some(end) if end.replaced => scope.replaced(item, end, complete, out),
            Some(end) => scope.removed(item, end, out),
            None => {}
        }
    }
}

impl<'s, 'a> Scope<'s, 'a> {
    fn removed(&self, item: &Item<'a>, end: &End, out: &mut Vec<Diagnostic>) {
        let version = end.version;
        let found = match &end.renamed {
            None => self.begins.get(&(&*item.name, version)).map(|other| {
                let label = format!("another `{}` is added at {version}", other.name);
                (*other, Diagnostic::new(code::REMOVED_BUT_REPLACED, end.span, label))
            }),
            Some((name, span)) => self.at(name, version).map(|other| {
                let label = format!("there is a `{name}` at {version}");
                (other, Diagnostic::new(code::RENAMED_EXISTS, *span, label))
            }),
        };
        if let Some((other, diagnostic)) = found {
            let diagnostic = diagnostic.place(other.span, "this one");
            return out.push(match other.availability.added == version {
                true => diagnostic.help(format!("write `replaced={version}`")),
                false => diagnostic,
            });
        }
        let Some(abi) = &item.abi else { return };
        if let Some(other) = self.abi.get(&(abi, version)) {
            let label = format!("`{}`, added at {version}, has {}", other.name, abi.describe());
            let diagnostic = Diagnostic::new(code::ABI_REUSED, end.span, label);
            out.push(diagnostic.place(other.span, "added here").help(format!(
                "write `replaced={version}, renamed=\"{}\"` if it takes the place of this one",
                other.name
            )));
        }
    }

    fn replaced(&self, item: &Item<'a>, end: &End, complete: bool, out: &mut Vec<Diagnostic>) {
        let version = end.version;
        let name = end.renamed.as_ref().map_or(&*item.name, |(name, _)| name);
        let Some(other) = self.begins.get(&(name, version)) else {
            let (code, span) = match &end.renamed {
                None => (code::REPLACEMENT_MISSING, end.span),
                Some((_, span)) => (code::RENAMED_MISSING, *span),
            };
            if complete {
                let label = format!("no `{name}` is added at {version}");
                let help = format!("write `removed={version}` if nothing takes its place");
                out.push(Diagnostic::new(code, span, label).help(help));
            }
            return;
        };
        if let (Some(old), Some(new)) = (&item.abi, &other.abi)
            && old != new
        {
            let label = format!("this has {}, the replacement {}", old.describe(), new.describe());
            let diagnostic = Diagnostic::new(code::ABI_CHANGED, end.span, label);
            out.push(diagnostic.place(other.span, "the replacement"));
        }
    }

    /// An element of this name that exists in a version: the one that was added last until then.
    fn at(&self, name: &str, version: Version) -> Option<&'s Item<'a>> {
        let named = self.named.get(name)?;
        let until = named.partition_point(|item| item.availability.added <= version);
        let last = named[..until].last()?;
        last.availability.at(version).then_some(*last)
    }
}
