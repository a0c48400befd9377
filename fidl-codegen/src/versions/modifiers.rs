//! Modifiers that count in some versions only.

use std::collections::HashMap;

use super::availability::Availability;
use crate::diagnostics::{Diagnostic, code};
use crate::source::Span;
use crate::syntax::{Argument, Method, Modifier, ModifierKind};

/// When a modifier counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    pub(super) availability: Availability,
    /// Whether it counts until its element ends.
    pub(super) to_the_end: bool,
}

/// Reports what can be said of elements, but not of modifiers.
pub(super) fn arguments(arguments: &[Argument], out: &mut Vec<Diagnostic>) {
    let mut seen: Vec<&str> = Vec::new();
    for argument in arguments {
        let Some(name) = &argument.name else { continue };
        if !matches!(name.text.as_str(), "added" | "removed") {
            let label = format!("`{}` says nothing about a modifier", name.text);
            out.push(Diagnostic::new(code::MODIFIER_ARGUMENT, argument.span, label));
        } else if seen.contains(&name.text.as_str()) {
            let label = format!("`{}` is given again", name.text);
            out.push(Diagnostic::new(code::ARGUMENT_TWICE, argument.span, label));
        } else {
            seen.push(&name.text);
        }
    }
}

fn times(modifier: &Modifier, owner: Availability, known: &HashMap<Span, Times>) -> Availability {
    known.get(&modifier.span).map_or(owner, |times| times.availability)
}

/// Reports modifiers of one group that count in the same version. Those that count in all were judged where
/// they were read.
pub(super) fn overlaps(
    modifiers: &[Modifier],
    owner: Availability,
    known: &HashMap<Span, Times>,
    out: &mut Vec<Diagnostic>,
) {
    if modifiers.iter().all(|modifier| modifier.availability.is_none()) {
        return;
    }
    for group in 0..3 {
        let of_group = modifiers.iter().filter(|modifier| modifier.kind.group() == group);
        let mut sorted: Vec<(Availability, &Modifier)> =
            of_group.map(|modifier| (times(modifier, owner, known), modifier)).collect();
        sorted.sort_by_key(|(availability, _)| availability.added);
        // The one that lasts longest of those looked at.
        let mut lasting: Option<(Availability, &Modifier)> = None;
        for (availability, modifier) in sorted {
            if let Some((other, earlier)) = lasting
                && other.at(availability.added)
            {
                report(earlier, modifier, availability, out);
            }
            lasting = match lasting {
                Some((other, _)) if lasts_longer(&other, &availability) => lasting,
                _ => Some((availability, modifier)),
            };
        }
    }
}

fn lasts_longer(left: &Availability, right: &Availability) -> bool {
    match (left.ended, right.ended) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(left), Some(right)) => left >= right,
    }
}

fn report(one: &Modifier, other: &Modifier, since: Availability, out: &mut Vec<Diagnostic>) {
    if one.availability.is_none() && other.availability.is_none() {
        return;
    }
    let (first, second) = if one.span.start < other.span.start { (one, other) } else { (other, one) };
    let code = if first.kind == second.kind { code::MODIFIER_TWICE } else { code::MODIFIER_CONFLICT };
    let label = format!("`{}` counts too from version {} on", first.kind.word(), since.added);
    out.push(Diagnostic::new(code, second.span, label).place(first.span, "here"));
}

/// Reports a two-way method without error type that is strict in some versions and flexible in others: the
/// form of its answer would change.
pub(super) fn strictness(
    method: &Method,
    own: Availability,
    known: &HashMap<Span, Times>,
    out: &mut Vec<Diagnostic>,
) {
    if method.request.is_none() || method.response.is_none() || method.error.is_some() {
        return;
    }
    let strict = method.modifiers.iter().filter(|modifier| modifier.kind == ModifierKind::Strict);
    let mut sorted: Vec<Availability> = strict.map(|modifier| times(modifier, own, known)).collect();
    sorted.sort_by_key(|availability| availability.added);
    let mut reached = Some(own.added);
    for availability in &sorted {
        reached = match reached {
            Some(version) if availability.at(version) => availability.ended,
            other => other,
        };
    }
    let always = reached.is_none() || own.ended.is_some() && reached >= own.ended;
    let changing = method.modifiers.iter().find(|modifier| modifier.availability.is_some());
    if let (false, false, Some(modifier)) = (always, sorted.is_empty(), changing) {
        let label = format!("`{}` answers, and has no `error`", method.name.text);
        let diagnostic = Diagnostic::new(code::STRICTNESS_CHANGES, modifier.span, label);
        out.push(diagnostic.help("add another method, and remove this one"));
    }
}
