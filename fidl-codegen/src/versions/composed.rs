//! The methods of protocols, those that they compose among them, as elements that may take each other's place.

use std::collections::{HashMap, HashSet};

use super::availability::Availability;
use super::rules::{End, Item};
use super::version::Version;

/// So many composed methods of a library are looked at.
const MOST_METHODS: usize = 100_000;

/// A protocol, with what is written in it alone.
pub(super) struct Protocol<'a> {
    pub(super) name: &'a str,
    pub(super) availability: Availability,
    pub(super) methods: Vec<Item<'a>>,
    pub(super) composes: Vec<Compose<'a>>,
}

/// `compose`.
pub(super) struct Compose<'a> {
    /// The protocol, if it is one of this library.
    pub(super) name: Option<&'a str>,
    pub(super) availability: Availability,
    /// Given if its end is written at it.
    pub(super) end: Option<End>,
}

/// The methods of each protocol, and whether they are all.
pub(super) fn scopes(protocols: Vec<Protocol<'_>>) -> Vec<(Vec<Item<'_>>, bool)> {
    let mut named: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, protocol) in protocols.iter().enumerate() {
        named.entry(protocol.name).or_default().push(index);
    }
    let mut left = MOST_METHODS;
    let composed: Vec<(Vec<Item<'_>>, bool)> =
        (0..protocols.len()).map(|index| composed(&protocols, &named, index, &mut left)).collect();
    let all = protocols.into_iter().zip(composed);
    all.map(|(protocol, (composed, complete))| {
        (protocol.methods.into_iter().chain(composed).collect(), complete)
    })
    .collect()
}

/// What a protocol composes, directly or not, and whether that is all of it.
fn composed<'a>(
    protocols: &[Protocol<'a>],
    named: &HashMap<&str, Vec<usize>>,
    root: usize,
    left: &mut usize,
) -> (Vec<Item<'a>>, bool) {
    let (mut items, mut complete) = (Vec::new(), true);
    let mut seen: HashSet<(usize, Version, Option<Version>)> = HashSet::new();
    let mut open = vec![(root, protocols[root].availability, None)];
    while let Some((index, within, end)) = open.pop() {
        for compose in &protocols[index].composes {
            let Some(name) = compose.name else {
                complete = false;
                continue;
            };
            let Some(within) = within.meet(&compose.availability) else { continue };
            let end: Option<&End> = if index == root { compose.end.as_ref() } else { end };
            for &target in named.get(name).into_iter().flatten() {
                let Some(within) = within.meet(&protocols[target].availability) else { continue };
                if !seen.insert((target, within.added, within.ended)) {
                    continue;
                }
                let methods = &protocols[target].methods;
                let Some(rest) = left.checked_sub(1 + methods.len()) else { return (Vec::new(), false) };
                *left = rest;
                items.extend(methods.iter().filter_map(|method| item(method, &within, end)));
                open.push((target, within, end));
            }
        }
    }
    (items, complete)
}

/// A method as one of a protocol that composes it. It ends where it is removed itself, or where it is composed no
/// longer.
fn item<'a>(method: &Item<'a>, within: &Availability, end: Option<&End>) -> Option<Item<'a>> {
    let availability = within.meet(&method.availability)?;
    let own = method.end.as_ref().filter(|end| !end.replaced);
    let end = end.into_iter().chain(own).find(|end| availability.ended == Some(end.version));
    Some(Item { availability, end: end.cloned(), ..method.clone() })
}
