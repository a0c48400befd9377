//! Players: nested structs, boxes, optional texts.

use super::{Rest, Shape, bool, u8, u16, u32, u64, zero};
use crate::model;
use crate::sink::Sink;

/// Sizes of inline parts.
const PLAYER: usize = 264;
const ENTITY: usize = 128;
const ITEM: usize = 24;

impl Shape for model::Players<'static> {
    #[inline(always)]
    fn read<S: Sink>(message: &[u8], sink: &mut S) -> Option<()> {
        let (root, mut rest) = Rest::behind::<16>(message)?;
        let players = rest.vector::<PLAYER>(root, 0, 32)?;
        sink.number(players.len() as u64);
        players.iter().try_for_each(|each| player(each, &mut rest, sink))?;
        rest.end()
    }
}

fn player<S: Sink>(player: &[u8; PLAYER], rest: &mut Rest<'_>, sink: &mut S) -> Option<()> {
    for at in [0, 1] {
        sink.number(u8(player, at).filter(|game| *game < 4)?);
    }
    zero(u64(player, 0)? >> 16)?;
    sink.number(u64(player, 8)?);
    sink.bytes(rest.text(player, 16, 32)?);
    sink.number(u32(player, 32)?);
    zero(u32(player, 36)?)?;
    item(player.get(40..)?.first_chunk()?, rest, sink)?;
    maybe_text(player, 64, rest, sink)?;
    (0..3).try_for_each(|index| u64(player, 80 + 8 * index).map(|number| sink.number(number)))?;
    sink.number(bool(player, 104)?);
    zero(u8(player, 105)?)?;
    sink.number(u16(player, 106)?);
    (0..7).try_for_each(|index| u32(player, 108 + 4 * index).map(|number| signed(index, number, sink)))?;
    for (at, bound) in [(136, 40), (152, 32)] {
        let items = rest.vector::<ITEM>(player, at, bound)?;
        sink.number(items.len() as u64);
        items.iter().try_for_each(|each| item(each, rest, sink))?;
    }
    (0..2).try_for_each(|index| u32(player, 168 + 4 * index).map(|number| sink.number(number)))?;
    bools(player, 176, 5, sink)?;
    zero(u64(player, 176)? >> 40)?;
    if maybe(player, 184, sink)? {
        doubles(rest.bytes(24)?, 0, sink)?;
    }
    if maybe(player, 192, sink)? {
        let vehicle = rest.bytes(16 + ENTITY)?;
        (0..4).try_for_each(|index| u32(vehicle, 4 * index).map(|number| sink.number(number)))?;
        entity(vehicle.get(16..)?.first_chunk()?, rest, sink)?;
    }
    for at in [200, 208] {
        if maybe(player, at, sink)? {
            entity(rest.bytes(ENTITY)?.first_chunk()?, rest, sink)?;
        }
    }
    sink.number(bool(player, 216)?);
    zero(u64(player, 216)? >> 8)?;
    recipe_book(player.get(224..)?.first_chunk()?, rest, sink)
}

/// The last two of a player's seven numbers are signed.
#[inline(always)]
fn signed<S: Sink>(index: usize, number: u64, sink: &mut S) {
    sink.number(if index < 5 { number } else { number as i32 as u64 });
}

#[inline(always)]
fn item<S: Sink>(item: &[u8; ITEM], rest: &mut Rest<'_>, sink: &mut S) -> Option<()> {
    sink.number(u8(item, 0)? as i8 as u64);
    sink.number(u8(item, 1)?);
    zero(u64(item, 0)? >> 16)?;
    sink.bytes(rest.text(item, 8, 32)?);
    Some(())
}

fn entity<S: Sink>(entity: &[u8; ENTITY], rest: &mut Rest<'_>, sink: &mut S) -> Option<()> {
    sink.bytes(rest.text(entity, 0, 32)?);
    doubles(entity, 16, sink)?;
    doubles(entity, 40, sink)?;
    (0..3).try_for_each(|index| u32(entity, 64 + 4 * index).map(|number| sink.number(number)))?;
    sink.number(u16(entity, 76)?);
    sink.number(u16(entity, 78)?);
    bools(entity, 80, 3, sink)?;
    zero(u8(entity, 83)?)?;
    sink.number(u32(entity, 84)? as i32 as u64);
    (0..4).try_for_each(|index| u32(entity, 88 + 4 * index).map(|number| sink.number(number)))?;
    maybe_text(entity, 104, rest, sink)?;
    bools(entity, 120, 3, sink)?;
    zero(u64(entity, 120)? >> 24)
}

fn recipe_book<S: Sink>(book: &[u8; 40], rest: &mut Rest<'_>, sink: &mut S) -> Option<()> {
    for at in [0, 16] {
        let recipes = rest.vector::<16>(book, at, 32)?;
        sink.number(recipes.len() as u64);
        recipes.iter().try_for_each(|recipe| rest.text(recipe, 0, 32).map(|text| sink.bytes(text)))?;
    }
    bools(book, 32, 8, sink)
}

#[inline(always)]
fn doubles<S: Sink>(object: &[u8], at: usize, sink: &mut S) -> Option<()> {
    (0..3).try_for_each(|index| u64(object, at + 8 * index).map(|number| sink.number(number)))
}

#[inline(always)]
fn bools<S: Sink>(object: &[u8], at: usize, count: usize, sink: &mut S) -> Option<()> {
    (at..at + count).try_for_each(|at| bool(object, at).map(|number| sink.number(number)))
}

/// Whether a box is present.
#[inline(always)]
fn maybe<S: Sink>(object: &[u8], at: usize, sink: &mut S) -> Option<bool> {
    let marker = u64(object, at)?;
    sink.number(u64::from(marker != 0));
    match marker {
        0 => Some(false),
        u64::MAX => Some(true),
        _ => None,
    }
}

/// A text that may be absent.
#[inline(always)]
fn maybe_text<S: Sink>(object: &[u8], at: usize, rest: &mut Rest<'_>, sink: &mut S) -> Option<()> {
    if maybe(object, at + 8, sink)? {
        sink.bytes(rest.text(object, at, 32)?);
        return Some(());
    }
    zero(u64(object, at)?)
}
