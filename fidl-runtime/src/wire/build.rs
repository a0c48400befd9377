//! Builders: messages written member by member and element by element, without a value of the whole.
//!
//! A builder holds what its setters were given, mostly references and iterators, and writes it into the message when it is
//! encoded, in the order that the format prescribes. So what a server answers with need not be put together first, and of
//! large things there is never more than one element on the stack:
//!
//! ```text
//! responder.send(ListResponseBuilder::EMPTY.entries(fidl::each(files.iter().map(|file| {
//!     EntryBuilder::EMPTY.name(file.name()).size(file.len())
//! }))))
//! ```
//!
//! A struct's members are set in their order, all of them; a table's by ascending ordinal, those that there are. Anything
//! else does not compile. The declarations of [`wire_struct!`](crate::wire_struct), [`wire_table!`](crate::wire_table) and
//! [`wire_union!`](crate::wire_union) make the builders of their types.

use core::fmt;

use super::encode::{Encode, Encoder};
use super::error::{EncodeError, EncodeRule};
use super::path::within_index;
use super::table::MemberPlaces;
use super::validate::Wire;
use super::vector::{OptVector, Vector, announce};

/// The elements of a vector or array, one by one as an iterator has them.
///
/// ```
/// use fidl::wire::{self, Encode};
///
/// let mut message = wire::Aligned([0; 64]);
/// let mut encoder = wire::Encoder::new(&mut message.0, 0, &[]);
/// let squares = encoder.claim::<wire::Vector<wire::U32, 8>>()?;
/// fidl::each((1..4_u32).map(|number| number * number)).encode(squares, &mut encoder)?;
/// let length = encoder.finish().bytes;
///
/// let body = wire::validate::<wire::Vector<wire::U32, 8>>(&mut message.0[..length], 0, &[])?;
/// assert_eq!(body.view(), [1, 4, 9]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn each<I: IntoIterator<IntoIter: ExactSizeIterator>>(items: I) -> Each<I::IntoIter> {
    Each(items.into_iter())
}

/// The elements of a vector or array. Made by [`each`].
///
/// Encoding fails with [`EncodeRule::Count`] if the iterator has another number of items than it says, or an array another
/// number of elements.
#[derive(Clone, Copy, Debug)]
pub struct Each<I>(I);

impl<I: ExactSizeIterator> Each<I> {
    fn write<T: Wire>(self, out: &mut [T], encoder: &mut Encoder<'_>) -> Result<(), EncodeError>
    where
        I::Item: Encode<T>,
    {
        let Self(mut items) = self;
        #[allow(unused_variables, reason = "where errors have no paths")]
        for (index, place) in out.iter_mut().enumerate() {
            let item = items.next().ok_or(EncodeError::new(EncodeRule::Count))?;
            within_index!(item.encode(place, encoder), index as u32)?;
        }
        items.next().map_or(Ok(()), |_| Err(EncodeError::new(EncodeRule::Count)))
    }
}

impl<I: ExactSizeIterator<Item: Encode<T>>, T: Wire, const BOUND: u32> Encode<Vector<T, BOUND>> for Each<I> {
    fn encode(self, out: &mut Vector<T, BOUND>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        let elements = announce(out.counted(), self.0.len(), BOUND, true, encoder)?;
        encoder.deeper(|encoder| self.write(elements, encoder))
    }
}

impl<I: ExactSizeIterator<Item: Encode<T>>, T: Wire, const BOUND: u32> Encode<OptVector<T, BOUND>>
    for Each<I>
{
    fn encode(self, out: &mut OptVector<T, BOUND>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        let elements = announce(out.counted(), self.0.len(), BOUND, true, encoder)?;
        encoder.deeper(|encoder| self.write(elements, encoder))
    }
}

impl<I: ExactSizeIterator<Item: Encode<T>>, T: Wire, const BOUND: u32> Encode<OptVector<T, BOUND>>
    for Option<Each<I>>
{
    fn encode(self, out: &mut OptVector<T, BOUND>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.map_or(Ok(()), |each| each.encode(out, encoder))
    }
}

impl<I: ExactSizeIterator<Item: Encode<T>>, T: Wire, const N: usize> Encode<[T; N]> for Each<I> {
    fn encode(self, out: &mut [T; N], encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.write(out, encoder)
    }
}

/// Something that encodes as a function does.
#[derive(Clone, Copy)]
pub struct EncodeWith<F>(F);

/// Something that encodes as `write` does. What builders of unions are made of.
pub fn encode_with<W: Wire, F>(write: F) -> EncodeWith<F>
where
    F: FnOnce(&mut W, &mut Encoder<'_>) -> Result<(), EncodeError>,
{
    EncodeWith(write)
}

impl<W: Wire, F> Encode<W> for EncodeWith<F>
where
    F: FnOnce(&mut W, &mut Encoder<'_>) -> Result<(), EncodeError>,
{
    fn encode(self, out: &mut W, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        (self.0)(out, encoder)
    }
}

impl<F> fmt::Debug for EncodeWith<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EncodeWith(..)")
    }
}

/// The first members of the struct `W`, as its builder keeps them.
pub trait FirstMembers<W> {
    /// Writes them.
    ///
    /// # Errors
    ///
    /// The first rule that one of them breaks.
    fn write(self, out: &mut W, encoder: &mut Encoder<'_>) -> Result<(), EncodeError>;
}

/// The members of a table that have been set, as its builder keeps them.
pub trait SetMembers {
    /// The highest of their ordinals, which all envelopes are counted up to.
    fn highest(&self) -> u32;

    /// Writes them.
    ///
    /// # Errors
    ///
    /// The first rule that one of them breaks.
    fn write(self, places: &mut MemberPlaces<'_>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError>;
}

/// No member yet.
#[derive(Clone, Copy, Debug)]
pub struct NoMembers;

impl<W> FirstMembers<W> for NoMembers {
    fn write(self, _: &mut W, _: &mut Encoder<'_>) -> Result<(), EncodeError> {
        Ok(())
    }
}

impl<W, F> FirstMembers<W> for F
where
    F: FnOnce(&mut W, &mut Encoder<'_>) -> Result<(), EncodeError>,
{
    fn write(self, out: &mut W, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self(out, encoder)
    }
}

impl SetMembers for NoMembers {
    fn highest(&self) -> u32 {
        0
    }

    fn write(self, _: &mut MemberPlaces<'_>, _: &mut Encoder<'_>) -> Result<(), EncodeError> {
        Ok(())
    }
}

/// Members of a table, written by a function.
#[derive(Clone, Copy)]
pub struct MembersUpTo<F> {
    highest: u32,
    write: F,
}

/// Members up to the ordinal `highest`, written by a function.
#[doc(hidden)]
pub fn members_up_to<F>(highest: u32, write: F) -> MembersUpTo<F>
where
    F: FnOnce(&mut MemberPlaces<'_>, &mut Encoder<'_>) -> Result<(), EncodeError>,
{
    MembersUpTo { highest, write }
}

impl<F> SetMembers for MembersUpTo<F>
where
    F: FnOnce(&mut MemberPlaces<'_>, &mut Encoder<'_>) -> Result<(), EncodeError>,
{
    fn highest(&self) -> u32 {
        self.highest
    }

    fn write(self, places: &mut MemberPlaces<'_>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        (self.write)(places, encoder)
    }
}

impl<F> fmt::Debug for MembersUpTo<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MembersUpTo({})", self.highest)
    }
}

/// The number of members in front of the one at `offset`: `(offset, whether it is a member)` of each field.
#[doc(hidden)]
pub const fn members_before(fields: &[(usize, bool)], offset: usize) -> usize {
    let (mut count, mut index) = (0, 0);
    while index < fields.len() {
        if fields[index].0 < offset && fields[index].1 {
            count += 1;
        }
        index += 1;
    }
    count
}
