//! Handles and protocol endpoints. A handle is a number here; what it stands for is the kernel's affair.

use core::fmt;
use core::marker::PhantomData;
use core::num::NonZeroU32;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::encode::{Encode, Encoder};
use super::error::{DecodeError, EncodeError, EncodeRule, Rule};
use super::scalar::U32;
use super::validate::{Decoder, Wire};
use super::vector::Elements;
use super::view::Object;

/// 'Whatever rights it has' (`ZX_RIGHT_SAME_RIGHTS`).
pub const SAME_RIGHTS: u32 = 0x8000_0000;

/// The marker of a present handle.
const PRESENT: u32 = u32::MAX;

/// One handle of a message: the handle itself until it is taken, its object type, and its rights.
///
/// For a received message, type and rights are what the kernel reported; for one to be sent, what the schema asks for. A slot
/// that is dropped with its handle does not close it; frames do.
#[derive(Debug, Default)]
pub struct HandleSlot {
    pub(crate) handle: AtomicU32,
    pub(crate) object_type: AtomicU32,
    pub(crate) rights: AtomicU32,
    /// The rights that the schema does not name: taking the handle takes them away, sending it on does not.
    pub(crate) excess: AtomicU32,
    /// Whether the handle belongs to the slot. A number that somebody made up does not, and is never closed or sent.
    owned: AtomicBool,
    /// Whether it came with data that the schema does not know.
    unknown: AtomicBool,
}

impl HandleSlot {
    /// A slot without a handle.
    pub const fn empty() -> Self {
        Self::new(0, 0, 0)
    }

    /// A slot with a number that stands for a handle, of the given object type (`ZX_OBJ_TYPE_…`) and rights
    /// (`ZX_RIGHT_…`). The handle stays whose it is.
    pub const fn new(handle: u32, object_type: u32, rights: u32) -> Self {
        Self {
            handle: AtomicU32::new(handle),
            object_type: AtomicU32::new(object_type),
            rights: AtomicU32::new(rights),
            excess: AtomicU32::new(0),
            owned: AtomicBool::new(false),
            unknown: AtomicBool::new(false),
        }
    }

    /// A slot with a handle that belongs to it, to be sent as the given object type and with the given rights.
    pub fn holding(handle: impl IntoRawHandle, object_type: u32, rights: u32) -> Self {
        let slot = Self::empty();
        slot.put(handle.into_raw_handle(), object_type, rights);
        slot
    }

    /// The number; 0 if it has been taken. The handle stays where it is.
    pub fn number(&self) -> u32 {
        self.handle.load(Relaxed)
    }

    /// The object type (`ZX_OBJ_TYPE_…`): the handle's own, or for one to be sent the one that the receiver wants.
    pub fn object_type(&self) -> u32 {
        self.object_type.load(Relaxed)
    }

    /// The rights (`ZX_RIGHT_…`): for one to be sent those that the receiver wants; for one that came those that it has, of
    /// which whoever takes it gets the ones that the schema names.
    pub fn rights(&self) -> u32 {
        self.rights.load(Relaxed)
    }

    /// Takes the number out; `None` if it has been taken.
    pub fn take(&self) -> Option<NonZeroU32> {
        self.owned.store(false, Relaxed);
        NonZeroU32::new(self.handle.swap(0, Relaxed))
    }

    /// Whether the walk found the handle in data that the schema does not know, where no view leads to it. Frames close such
    /// handles as soon as the message is validated.
    pub fn is_unknown(&self) -> bool {
        self.unknown.load(Relaxed)
    }

    /// Says that no view leads to the handle.
    pub(super) fn set_unknown(&self) {
        self.unknown.store(true, Relaxed);
    }

    /// Undoes what the walk has noted.
    #[cfg(feature = "kernel")]
    pub(crate) fn forget_walk(&self) {
        self.excess.store(0, Relaxed);
        self.unknown.store(false, Relaxed);
    }

    /// Makes a handle the slot's.
    pub(crate) fn put(&self, handle: u32, object_type: u32, rights: u32) {
        self.object_type.store(object_type, Relaxed);
        self.rights.store(rights, Relaxed);
        self.excess.store(0, Relaxed);
        self.unknown.store(false, Relaxed);
        self.owned.store(true, Relaxed);
        self.handle.store(handle, Relaxed);
    }

    /// Takes the handle out, if it belongs to the slot.
    #[cfg(feature = "kernel")]
    pub(crate) fn take_owned(&self) -> Option<NonZeroU32> {
        // The exchange lets one caller alone have the handle.
        let handle = NonZeroU32::new(self.handle.swap(0, Relaxed))?;
        self.owned.swap(false, Relaxed).then_some(handle)
    }

    /// The handle, if it belongs to the slot; else 0.
    #[cfg(feature = "kernel")]
    pub(crate) fn owned(&self) -> u32 {
        if self.owned.load(Relaxed) { self.handle.load(Relaxed) } else { 0 }
    }

    /// Checks type and rights against the schema, and notes what the handle has beyond them: whoever takes it out reduces it.
    fn expect(&self, at: u32, object_type: u32, rights: u32) -> Result<(), DecodeError> {
        let actual = self.object_type.load(Relaxed);
        if object_type != 0 && actual != 0 && actual != object_type {
            return Err(DecodeError::new(Rule::HandleType, at));
        }
        if rights == SAME_RIGHTS {
            return Ok(());
        }
        let actual = self.rights.load(Relaxed);
        if actual & rights != rights {
            return Err(DecodeError::new(Rule::HandleRights, at));
        }
        self.excess.store(actual & !rights, Relaxed);
        Ok(())
    }
}

/// 4 bytes: before the walk a presence marker, behind it the handle's number in the table plus one, or 0 for none.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(transparent)]
struct Marker(U32);

impl Marker {
    /// Resolves the marker; `false` if there is no handle.
    fn resolve(
        &mut self,
        at: u32,
        object_type: u32,
        rights: u32,
        decoder: &mut Decoder<'_>,
    ) -> Result<bool, DecodeError> {
        match self.0.get() {
            0 => return Ok(false),
            PRESENT => {}
            _ => return Err(DecodeError::new(Rule::Presence, at)),
        }
        let (index, slot) = decoder.take_handle(at)?;
        slot.expect(at, object_type, rights)?;
        self.0 = U32::new(index + 1);
        Ok(true)
    }

    fn require(
        &mut self,
        at: u32,
        object_type: u32,
        rights: u32,
        decoder: &mut Decoder<'_>,
    ) -> Result<(), DecodeError> {
        match self.resolve(at, object_type, rights, decoder)? {
            true => Ok(()),
            false => Err(DecodeError::new(Rule::Absent, at)),
        }
    }

    fn slot<'f, T>(self, object: Object<'f, T>) -> Option<&'f HandleSlot> {
        object.handle(self.0.get().checked_sub(1)?)
    }
}

/// A handle in a validated message.
#[derive(Clone, Copy, Default)]
pub struct HandleView<'f> {
    slot: Option<&'f HandleSlot>,
}

impl<'f> HandleView<'f> {
    /// The handle in a slot.
    #[cfg(feature = "kernel")]
    pub(crate) fn of(slot: &'f HandleSlot) -> Self {
        Self { slot: Some(slot) }
    }

    /// Whether the message has a handle here (also behind its taking).
    pub fn is_present(self) -> bool {
        self.slot.is_some()
    }

    /// Where the handle lies.
    pub fn slot(self) -> Option<&'f HandleSlot> {
        self.slot
    }
}

impl fmt::Debug for HandleView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let handle = self.slot.map_or(0, |slot| slot.handle.load(Relaxed));
        write!(f, "Handle({handle:#x})")
    }
}

/// A protocol endpoint in a validated message; `E` is the type of the end.
pub struct EndpointView<'f, E> {
    handle: HandleView<'f>,
    marker: PhantomData<fn() -> E>,
}

impl<'f, E> EndpointView<'f, E> {
    /// The endpoint's channel handle.
    pub fn handle(self) -> HandleView<'f> {
        self.handle
    }
}

impl<E> Clone for EndpointView<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for EndpointView<'_, E> {}

impl<E> fmt::Debug for EndpointView<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.handle.fmt(f)
    }
}

/// The object type of channels (`ZX_OBJ_TYPE_CHANNEL`).
const CHANNEL: u32 = 4;

/// The rights that a channel is made with (`ZX_DEFAULT_CHANNEL_RIGHTS`).
const CHANNEL_RIGHTS: u32 = 0xf00e;

/// The four kinds of handle positions. `TYPE` 0 is any type, `RIGHTS` may be [`SAME_RIGHTS`].
macro_rules! positions {
    ($($(#[$meta:meta])* $name:ident [$($generics:tt)*] [$($arguments:tt)*] $type:expr, $rights:expr,
       $marker:ty, $check:ident, $view:ty, $make:expr;)*) => { $(
        $(#[$meta])*
        #[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
        #[repr(transparent)]
        pub struct $name<$($generics)*>(Marker, PhantomData<$marker>);

        // SAFETY: what is read from a marker is an index that the handle table checks again.
        #[allow(unsafe_code)]
        unsafe impl<$($generics)*> Wire for $name<$($arguments)*> {
            const PLAIN: bool = false;
            type View<'f> = $view;
            type Many<'f> = Elements<'f, Self>;

            fn validate(&mut self, at: u32, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
                self.0.$check(at, $type, $rights, decoder).map(|_| ())
            }

            fn restore(&mut self, _: &mut Decoder<'_>) -> Result<(), DecodeError> {
                if self.0.0.get() != 0 {
                    self.0.0 = U32::new(PRESENT);
                }
                Ok(())
            }

            fn view<'f>(object: Object<'f, Self>) -> $view {
                $make(HandleView { slot: object.wire().0.slot(object) })
            }

            fn many<'f>(objects: Object<'f, [Self]>) -> Elements<'f, Self> {
                Elements(objects)
            }
        }
    )* };
}

positions! {
    /// A handle, 4 bytes.
    Handle [const TYPE: u32, const RIGHTS: u32] [TYPE, RIGHTS] TYPE, RIGHTS,
        (), require, HandleView<'f>, |handle| handle;
    /// An optional handle, 4 bytes.
    OptHandle [const TYPE: u32, const RIGHTS: u32] [TYPE, RIGHTS] TYPE, RIGHTS,
        (), resolve, HandleView<'f>, |handle| handle;
    /// `client_end:P` or `server_end:P`, 4 bytes; `E` is the type of the end.
    Endpoint [E: 'static] [E] CHANNEL, CHANNEL_RIGHTS,
        fn() -> E, require, EndpointView<'f, E>, |handle| EndpointView { handle, marker: PhantomData };
    /// `client_end:<P, optional>` or `server_end:<P, optional>`, 4 bytes; `E` is the type of the end.
    OptEndpoint [E: 'static] [E] CHANNEL, CHANNEL_RIGHTS,
        fn() -> E, resolve, EndpointView<'f, E>, |handle| EndpointView { handle, marker: PhantomData };
}

/// A handle on its way into a message: one of the kernel's typed handles, or a protocol endpoint.
///
/// Not to be implemented outside this crate, so that nobody can give away a handle that is not theirs.
pub trait IntoRawHandle: Sealed {
    /// The handle's number, which now belongs to the caller; 0 for none.
    fn into_raw_handle(self) -> u32;

    /// Closes a handle that found no place in its message.
    fn close_raw_handle(handle: u32);
}

/// Keeps [`IntoRawHandle`] in this crate.
pub trait Sealed {}

impl Marker {
    /// Writes a handle and its marker.
    fn fill<H: IntoRawHandle>(
        &mut self,
        handle: H,
        object_type: u32,
        rights: u32,
        encoder: &mut Encoder<'_>,
    ) -> Result<(), EncodeError> {
        let raw = handle.into_raw_handle();
        if raw == 0 {
            return Err(EncodeError::new(EncodeRule::InvalidHandle));
        }
        encoder.push_handle(raw, object_type, rights).inspect_err(|_| H::close_raw_handle(raw))?;
        self.0 = U32::new(PRESENT);
        Ok(())
    }
}

impl<const TYPE: u32, const RIGHTS: u32> Handle<TYPE, RIGHTS> {
    /// Puts a handle here.
    ///
    /// # Errors
    ///
    /// [`EncodeRule::InvalidHandle`], [`EncodeRule::TooManyHandles`]; the handle is then closed.
    pub fn fill(&mut self, handle: impl IntoRawHandle, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.0.fill(handle, TYPE, RIGHTS, encoder)
    }
}

impl<E: IntoRawHandle> Endpoint<E> {
    /// Puts an endpoint here.
    ///
    /// # Errors
    ///
    /// [`EncodeRule::InvalidHandle`], [`EncodeRule::TooManyHandles`]; the handle is then closed.
    pub fn fill(&mut self, end: E, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.0.fill(end, CHANNEL, CHANNEL_RIGHTS, encoder)
    }
}

impl<H: IntoRawHandle, const TYPE: u32, const RIGHTS: u32> Encode<OptHandle<TYPE, RIGHTS>> for Option<H> {
    fn encode(self, out: &mut OptHandle<TYPE, RIGHTS>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.map_or(Ok(()), |handle| out.0.fill(handle, TYPE, RIGHTS, encoder))
    }
}

impl<E: IntoRawHandle> Encode<OptEndpoint<E>> for Option<E> {
    fn encode(self, out: &mut OptEndpoint<E>, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.map_or(Ok(()), |end| out.0.fill(end, CHANNEL, CHANNEL_RIGHTS, encoder))
    }
}
