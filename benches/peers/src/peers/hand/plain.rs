//! Messages without texts: bytes, plain structs and tables of numbers.

use super::{Rest, Shape, bool, u8, u16, u32, u64, zero};
use crate::model;
use crate::sink::Sink;

impl Shape for model::Blob<'static> {
    #[inline(always)]
    fn read<S: Sink>(message: &[u8], sink: &mut S) -> Option<()> {
        let (root, mut rest) = Rest::behind::<16>(message)?;
        sink.bytes(rest.vector::<1>(root, 0, 4096)?.as_flattened());
        rest.end()
    }
}

impl Shape for model::Reading {
    #[inline(always)]
    fn read<S: Sink>(message: &[u8], sink: &mut S) -> Option<()> {
        let (root, rest) = Rest::behind::<32>(message)?;
        (0..3).try_for_each(|index| u64(root, 8 * index).map(|number| sink.number(number)))?;
        sink.number(u16(root, 24)?);
        sink.number(bool(root, 26)?);
        zero(u64(root, 24)? >> 24)?;
        rest.end()
    }
}

impl Shape for model::Pairs {
    #[inline(always)]
    fn read<S: Sink>(message: &[u8], sink: &mut S) -> Option<()> {
        let (root, mut rest) = Rest::behind::<16>(message)?;
        let pairs = rest.vector::<16>(root, 0, 256)?;
        sink.number(pairs.len() as u64);
        // Like ours, it hands out nothing before everything has been checked.
        let mut padding = 0;
        for pair in pairs {
            padding |= u64(pair, 0)? >> 8;
        }
        zero(padding)?;
        rest.end()?;
        for pair in pairs {
            sink.number(u8(pair, 0)?);
            sink.number(u64(pair, 8)?);
        }
        Some(())
    }
}

impl Shape for model::Mesh {
    #[inline(always)]
    fn read<S: Sink>(message: &[u8], sink: &mut S) -> Option<()> {
        let (root, mut rest) = Rest::behind::<16>(message)?;
        let triangles = rest.vector::<48>(root, 0, 1024)?;
        sink.number(triangles.len() as u64);
        for triangle in triangles {
            (0..12).try_for_each(|index| u32(triangle, 4 * index).map(|number| sink.number(number)))?;
        }
        rest.end()
    }
}

/// A table of numbers of one byte, whose members all lie in their envelopes; none is unknown.
#[inline(always)]
fn table<const MEMBERS: usize, S: Sink>(message: &[u8], sink: &mut S) -> Option<()> {
    let (root, mut rest) = Rest::behind::<16>(message)?;
    let envelopes = rest.vector::<8>(root, 0, MEMBERS)?;
    for envelope in envelopes {
        let bits = u64::from_le_bytes(*envelope);
        sink.number(u64::from(bits != 0));
        if bits != 0 {
            // Padding, no handles, and the flag that says that the value is here.
            zero((bits >> 8) ^ (1 << 40))?;
            sink.number(bits & 0xff);
        }
    }
    (envelopes.len()..MEMBERS).for_each(|_| sink.number(0));
    rest.end()
}

macro_rules! tables {
    ($($name:ident $members:literal;)*) => { $(
        impl Shape for model::$name {
            #[inline(always)]
            fn read<S: Sink>(message: &[u8], sink: &mut S) -> Option<()> {
                table::<$members, S>(message, sink)
            }
        }
    )* };
}
tables! { Table1 1; Table16 16; Table63 63; }
