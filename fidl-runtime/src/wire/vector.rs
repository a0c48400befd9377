//! Vectors, and runs of objects.

use core::fmt;
use core::marker::PhantomData;

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::encode::{Encode, EncodeRef, Encoder, zeroed_at_once};
use super::error::{DecodeError, EncodeError, EncodeRule};
use super::path::within_index;
use super::pointer::Counted;
use super::validate::{Decoder, Wire};
use super::view::Object;

/// `vector<T>:BOUND`, 16 bytes.
#[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(transparent)]
pub struct Vector<T, const BOUND: u32>(Counted, PhantomData<T>);

/// `vector<T>:<BOUND, optional>`, 16 bytes.
#[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(transparent)]
pub struct OptVector<T, const BOUND: u32>(Counted, PhantomData<T>);

// SAFETY: `Ok` is returned only behind `walk`, which claims and validates as many elements as the count says, and has
// put their offset over the marker; `view` follows just that offset and count.
#[allow(unsafe_code)]
unsafe impl<T: Wire, const BOUND: u32> Wire for Vector<T, BOUND> {
    const PLAIN: bool = false;
    type View<'f> = T::Many<'f>;
    type Many<'f> = Elements<'f, Self>;

    fn validate(&mut self, at: u32, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        let count = self.0.resolve(at, decoder.position(), BOUND)?;
        walk::<T>(count, at, decoder)
    }

    fn restore(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        restore_elements::<T>(&mut self.0, decoder)
    }

    fn view<'f>(object: Object<'f, Self>) -> T::Many<'f> {
        // A required vector is present; of none, 0 elements lie anywhere.
        let (offset, count) = object.wire().0.target().unwrap_or((0, 0));
        // SAFETY: the walk claimed `count` elements there.
        T::many(unsafe { object.follow_many(offset, count) })
    }

    fn many<'f>(objects: Object<'f, [Self]>) -> Elements<'f, Self> {
        Elements(objects)
    }
}

// SAFETY: as for `Vector`.
#[allow(unsafe_code)]
unsafe impl<T: Wire, const BOUND: u32> Wire for OptVector<T, BOUND> {
    const PLAIN: bool = false;
    type View<'f> = Option<T::Many<'f>>;
    type Many<'f> = Elements<'f, Self>;

    fn validate(&mut self, at: u32, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        match self.0.resolve_optional(at, decoder.position(), BOUND)? {
            Some(count) => walk::<T>(count, at, decoder),
            None => Ok(()),
        }
    }

    fn restore(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        restore_elements::<T>(&mut self.0, decoder)
    }

    fn view<'f>(object: Object<'f, Self>) -> Option<T::Many<'f>> {
        let (offset, count) = object.wire().0.target()?;
        // SAFETY: the walk claimed `count` elements there.
        Some(T::many(unsafe { object.follow_many(offset, count) }))
    }

    fn many<'f>(objects: Object<'f, [Self]>) -> Elements<'f, Self> {
        Elements(objects)
    }
}

/// Claims and validates the elements.
fn walk<T: Wire>(count: u32, at: u32, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
    decoder.deeper(at, |decoder| {
        let (elements, start) = decoder.claim_many::<T>(count)?;
        validate_run(elements, start, decoder)
    })
}

/// Puts the marker back, and those of the elements.
fn restore_elements<T: Wire>(vector: &mut Counted, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
    let Some(count) = vector.restore() else { return Ok(()) };
    let (elements, _) = decoder.claim_many::<T>(count)?;
    decoder.deeper(decoder.position(), |decoder| restore_run(elements, decoder))
}

#[inline]
fn restore_run<T: Wire>(run: &mut [T], decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
    if T::PLAIN || T::FLAT {
        return Ok(());
    }
    run.iter_mut().try_for_each(|element| element.restore(decoder))
}

/// What is suspicious about any of several objects.
#[inline]
fn suspicion<T: Wire>(run: &[T]) -> u64 {
    if T::PLAIN { 0 } else { run.iter().fold(0, |all, object| all | object.suspicion()) }
}

/// Validates objects that lie behind one another from `start`.
fn validate_run<T: Wire>(run: &mut [T], start: u32, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
    if T::PLAIN || T::FLAT && suspicion(run) == 0 {
        return Ok(());
    }
    let mut at = start;
    for element in run {
        within_index!(element.validate(at, decoder), index_of::<T>(at - start))?;
        at += size_of::<T>() as u32;
    }
    Ok(())
}

/// The index of an element so many bytes behind the first.
#[cfg(debug_assertions)]
fn index_of<T>(bytes: u32) -> u32 {
    bytes.checked_div(size_of::<T>() as u32).unwrap_or(0)
}

// SAFETY: `Ok` only if each element was validated; its parts are its elements.
#[allow(unsafe_code)]
unsafe impl<T: Wire, const N: usize> Wire for [T; N] {
    const PLAIN: bool = T::PLAIN;
    const FLAT: bool = T::FLAT;
    type View<'f> = T::Many<'f>;
    type Many<'f> = Elements<'f, Self>;

    #[inline]
    fn misfit(&self) -> u64 {
        suspicion(self)
    }

    #[inline]
    fn validate_rest(&mut self, at: u32, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        if T::FLAT { Ok(()) } else { self.validate(at, decoder) }
    }

    fn validate(&mut self, at: u32, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        validate_run(self, at, decoder)
    }

    #[inline]
    fn restore(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        restore_run(self, decoder)
    }

    fn view<'f>(object: Object<'f, Self>) -> T::Many<'f> {
        // SAFETY: the elements are what was validated.
        T::many(unsafe { object.part(object.wire().as_slice()) })
    }

    fn many<'f>(objects: Object<'f, [Self]>) -> Elements<'f, Self> {
        Elements(objects)
    }
}

/// The elements of a vector or array, in place.
pub struct Elements<'f, T>(pub(super) Object<'f, [T]>);

impl<'f, T: Wire> Elements<'f, T> {
    /// The elements of a run of validated objects.
    pub fn new(objects: Object<'f, [T]>) -> Self {
        Self(objects)
    }

    /// How many there are.
    pub fn len(self) -> usize {
        self.0.wire().len()
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.0.wire().is_empty()
    }

    /// Element `index`, if there is one.
    pub fn get(self, index: usize) -> Option<T::View<'f>> {
        self.0.wire().get(index).map(|wire| self.element(wire))
    }

    /// All elements, in order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = T::View<'f>> + Clone {
        self.0.wire().iter().map(move |wire| self.element(wire))
    }

    #[allow(unsafe_code)]
    fn element(self, wire: &'f T) -> T::View<'f> {
        // SAFETY: an element of what was validated.
        T::view(unsafe { self.0.part(wire) })
    }
}

impl<T> Clone for Elements<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Elements<'_, T> {}

impl<'f, T: Wire<View<'f>: fmt::Debug>> fmt::Debug for Elements<'f, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<T, const BOUND: u32> Vector<T, BOUND> {
    /// Count and marker, to be filled.
    pub(super) fn counted(&mut self) -> &mut Counted {
        &mut self.0
    }
}

impl<T, const BOUND: u32> OptVector<T, BOUND> {
    /// Count and marker, to be filled.
    pub(super) fn counted(&mut self) -> &mut Counted {
        &mut self.0
    }
}

/// Announces `count` elements in `out` and claims them; if they are not `zeroed`, the caller writes all their bytes.
pub(super) fn announce<'b, T: Wire>(
    out: &mut Counted,
    count: usize,
    bound: u32,
    zeroed: bool,
    encoder: &mut Encoder<'b>,
) -> Result<&'b mut [T], EncodeError> {
    let count = u32::try_from(count)
        .ok()
        .filter(|count| *count <= bound)
        .ok_or(EncodeError::new(EncodeRule::Bound))?;
    *out = Counted::announcing(count);
    encoder.claim_run(count, zeroed)
}

impl<X: EncodeRef<T>, T: Wire, const BOUND: u32> EncodeRef<Vector<T, BOUND>> for [X] {
    fn encode_ref(&self, out: &mut Vector<T, BOUND>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        let elements = announce(&mut out.0, self.len(), BOUND, zeroed_at_once::<T>(), encoder)?;
        encoder.deeper(|encoder| X::encode_run(self, elements, encoder))
    }
}

impl<X: EncodeRef<T>, T: Wire, const BOUND: u32> EncodeRef<OptVector<T, BOUND>> for Option<&[X]> {
    fn encode_ref(
        &self,
        out: &mut OptVector<T, BOUND>,
        encoder: &mut Encoder<'_>,
    ) -> Result<(), EncodeError> {
        let Some(values) = self else { return Ok(()) };
        let elements = announce(&mut out.0, values.len(), BOUND, zeroed_at_once::<T>(), encoder)?;
        encoder.deeper(|encoder| X::encode_run(values, elements, encoder))
    }
}

impl<X: EncodeRef<T>, T: Wire, const N: usize> EncodeRef<[T; N]> for [X; N] {
    fn encode_ref(&self, out: &mut [T; N], encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        X::encode_run(self, out, encoder)
    }
}

impl<X: EncodeRef<T>, T: Wire, const BOUND: u32> Encode<OptVector<T, BOUND>> for Option<&[X]> {
    fn encode(self, out: &mut OptVector<T, BOUND>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.encode_ref(out, encoder)
    }
}

impl<X: EncodeRef<T>, T: Wire, const BOUND: u32, const N: usize> EncodeRef<Vector<T, BOUND>>
    for arrayvec::ArrayVec<X, N>
{
    fn encode_ref(&self, out: &mut Vector<T, BOUND>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.as_slice().encode_ref(out, encoder)
    }
}

impl<X: EncodeRef<T>, T: Wire, const BOUND: u32, const N: usize> EncodeRef<OptVector<T, BOUND>>
    for Option<arrayvec::ArrayVec<X, N>>
{
    fn encode_ref(
        &self,
        out: &mut OptVector<T, BOUND>,
        encoder: &mut Encoder<'_>,
    ) -> Result<(), EncodeError> {
        self.as_deref().encode_ref(out, encoder)
    }
}

impl<X: Encode<T>, T: Wire, const BOUND: u32, const N: usize> Encode<Vector<T, BOUND>>
    for arrayvec::ArrayVec<X, N>
{
    fn encode(self, out: &mut Vector<T, BOUND>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        let elements = announce(&mut out.0, self.len(), BOUND, true, encoder)?;
        encoder.deeper(|encoder| encode_each(self, elements, encoder))
    }
}

impl<X: Encode<T>, T: Wire, const BOUND: u32, const N: usize> Encode<OptVector<T, BOUND>>
    for Option<arrayvec::ArrayVec<X, N>>
{
    fn encode(self, out: &mut OptVector<T, BOUND>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        let Some(values) = self else { return Ok(()) };
        let elements = announce(&mut out.0, values.len(), BOUND, true, encoder)?;
        encoder.deeper(|encoder| encode_each(values, elements, encoder))
    }
}

impl<X: Encode<T>, T: Wire, const N: usize> Encode<[T; N]> for [X; N] {
    fn encode(self, out: &mut [T; N], encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encode_each(self, out, encoder)
    }
}

fn encode_each<X: Encode<T>, T: Wire>(
    values: impl IntoIterator<Item = X>,
    out: &mut [T],
    encoder: &mut Encoder<'_>,
) -> Result<(), EncodeError> {
    #[allow(unused_variables, reason = "where errors have no paths")]
    values
        .into_iter()
        .zip(out)
        .enumerate()
        .try_for_each(|(index, (value, out))| within_index!(value.encode(out, encoder), index as u32))
}
