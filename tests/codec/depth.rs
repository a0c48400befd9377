//! How deep objects may be nested: 32 indirections from the primary object.

use fidl::wire::zerocopy::IntoBytes;
use fidl::wire::{EncodeError, EncodeRule, Rule, Wire, restore, validate};

use super::codec::{decode, encode, touch};
use super::layouts::*;
use super::refused;

/// A table in a table, `count` times: two indirections each, its envelopes and their content.
fn with_tables<R>(count: usize, innermost: Tables<'_>, then: impl FnOnce(Tables<'_>) -> R) -> R {
    fn nest<R>(count: usize, inner: Tables<'_>, then: &mut dyn FnMut(Tables<'_>) -> R) -> R {
        match count {
            0 => then(inner),
            _ => nest(count - 1, Tables { next: Some(&inner), ..Tables::default() }, then),
        }
    }
    let mut then = Some(then);
    nest(count, innermost, &mut |tables| then.take().expect("once")(tables))
}

fn tables(count: usize, innermost: Tables<'_>) -> Result<Vec<u8>, EncodeError> {
    with_tables(count, innermost, |tables| encode::<TablesWire>(&tables)).map(|message| message.bytes)
}

/// Whether a message decodes.
fn decodes<W: Wire>(message: &[u8]) -> Result<(), Rule>
where
    for<'f> W::View<'f>: std::fmt::Debug,
{
    decode::<W, _>(message, &[], |view| touch(view)).map_err(|error| error.rule)
}

#[test]
fn tables_in_tables() {
    // An empty one has nothing out of line.
    let deepest = tables(16, Tables::default()).unwrap();
    assert_eq!(decodes::<TablesWire>(&deepest), Ok(()));
    assert_eq!(tables(17, Tables::default()), Err(EncodeError::new(EncodeRule::Depth)));
    // A number in its envelope is one indirection behind the envelopes.
    let number = Tables { number: Some(1), ..Tables::default() };
    assert_eq!(decodes::<TablesWire>(&tables(15, number).unwrap()), Ok(()));
    assert_eq!(tables(16, number), Err(EncodeError::new(EncodeRule::Depth)));
    // The text of a string is one more.
    let text = Tables { text: Some("a"), ..Tables::default() };
    assert_eq!(decodes::<TablesWire>(&tables(14, text).unwrap()), Ok(()));
    assert_eq!(tables(15, text), Err(EncodeError::new(EncodeRule::Depth)));
}

/// The bytes of tables in one another, of which the innermost has these envelopes.
fn nested(count: usize, inner: &[u8]) -> Vec<u8> {
    let mut message = inner.to_vec();
    for _ in 0..count {
        let size = message.len() as u32;
        let mut outer = Vec::new();
        outer.extend(1_u64.to_le_bytes());
        outer.extend([0xff; 8]);
        outer.extend(size.to_le_bytes());
        outer.extend([0; 4]);
        outer.extend(message);
        message = outer;
    }
    message
}

#[test]
fn tables_that_are_nested_too_deeply() {
    let empty = super::bytes("#0 P");
    assert_eq!(decodes::<TablesWire>(&nested(16, &empty)), Ok(()));
    assert_eq!(decodes::<TablesWire>(&nested(17, &empty)), Err(Rule::Depth));
    let number = super::bytes("#2 P · Z · 01000000 0000 0100");
    assert_eq!(decodes::<TablesWire>(&nested(15, &number)), Ok(()));
    assert_eq!(decodes::<TablesWire>(&nested(16, &number)), Err(Rule::Depth));
    let text = super::bytes("#3 P · Z Z · 18000000 0000 0000 · #1 P · 61 00000000000000");
    assert_eq!(decodes::<TablesWire>(&nested(14, &text)), Ok(()));
    assert_eq!(decodes::<TablesWire>(&nested(15, &text)), Err(Rule::Depth));
    // An unknown member counts by its envelope alone, whatever is in it.
    for unknown in ["#4 P · Z Z Z · 08000000 0000 0000 · P", "#4 P · Z Z Z · 01000000 0000 0100"] {
        let unknown = super::bytes(unknown);
        assert_eq!(decodes::<TablesWire>(&nested(15, &unknown)), Ok(()));
        assert_eq!(decodes::<TablesWire>(&nested(16, &unknown)), Err(Rule::Depth));
    }
    assert_eq!(decodes::<TablesWire>(&nested(1000, &empty)), Err(Rule::Depth));
}

/// A union in a struct in a union: one indirection each.
fn links(count: usize, inner: Unions<'_>) -> Result<Vec<u8>, EncodeError> {
    match count {
        0 => encode::<UnionsWire>(&inner).map(|message| message.bytes),
        _ => links(count - 1, Unions::Link(Link { next: Some(&inner) })),
    }
}

/// A union in a vector in a union: two indirections each.
fn lists(count: usize, inner: Unions<'_>) -> Result<Vec<u8>, EncodeError> {
    match count {
        0 => encode::<UnionsWire>(&inner).map(|message| message.bytes),
        _ => lists(count - 1, Unions::List(&[inner])),
    }
}

#[test]
fn unions_in_unions() {
    assert_eq!(decodes::<UnionsWire>(&links(31, Unions::Number(1)).unwrap()), Ok(()));
    assert_eq!(links(32, Unions::Number(1)), Err(EncodeError::new(EncodeRule::Depth)));
    let end = Unions::Link(Link { next: None });
    assert_eq!(decodes::<UnionsWire>(&links(31, end).unwrap()), Ok(()));
    assert_eq!(links(32, end), Err(EncodeError::new(EncodeRule::Depth)));
    assert_eq!(decodes::<UnionsWire>(&lists(15, end).unwrap()), Ok(()));
    assert_eq!(lists(16, end), Err(EncodeError::new(EncodeRule::Depth)));
}

#[test]
fn unions_that_are_nested_too_deeply() {
    // One more link around the deepest there may be.
    let deepest = links(31, Unions::Number(1)).unwrap();
    let mut message = Vec::new();
    message.extend(2_u64.to_le_bytes());
    message.extend((deepest.len() as u64).to_le_bytes());
    message.extend(deepest);
    assert_eq!(decodes::<UnionsWire>(&message), Err(Rule::Depth));
    // What is in an unknown member is not followed.
    message[0] = 9;
    assert_eq!(decodes::<UnionsWire>(&message), Ok(()));
    refused::<UnionsWire>("#2 · 10000000 0000 0000 · Z #1", &[], Rule::UnionOrdinal, 16);
}

#[test]
fn restoring_goes_no_deeper_than_the_walk() {
    let deepest = links(31, Unions::Number(1)).unwrap();
    let words = deepest.as_chunks().0.iter().map(|word| u64::from_ne_bytes(*word));
    let mut message: Vec<u64> = words.collect();
    validate::<UnionsWire>(message.as_mut_bytes(), 0, &[]).unwrap();
    assert_ne!(message.as_bytes(), deepest);
    restore::<UnionsWire>(message.as_mut_bytes(), 0);
    assert_eq!(message.as_bytes(), deepest);
    // A million links, which the walk has not seen, used to overflow the stack.
    let mut links = vec![2_u64; 1 << 21];
    restore::<UnionsWire>(links.as_mut_bytes(), 0);
}
