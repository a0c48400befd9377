//! Messages on their way: values into frames, bytes and handles over a channel into frames.

use fidl::generated::ArrayVec;
use fidl::kernel::{self, AsHandleRef, Channel, Handle};
use fidl::limits::{HEADER_BYTES, MAX_MESSAGE_BYTES, MAX_MESSAGE_HANDLES, UNBOUNDED};
use fidl::message::{Frame, FrameStorage, Header, Lease};
use fidl::wire::{self, DecodeError, Encode, HandleSlot, IntoRawHandle, Wire};

use crate::errors::Refusal;
use crate::kernel::basic;
use crate::tree::Tree;

/// The most handles of a case.
pub(crate) const MAX_HANDLES: usize = 1024;

/// Frames with room for more than a channel carries, since the format has no such limit.
type LargeFrame = Frame<{ (1 << 20) + HEADER_BYTES }, MAX_HANDLES>;

static OUTGOING: LargeFrame = Frame::EMPTY;
static INCOMING: LargeFrame = Frame::EMPTY;

/// Any header.
const HEADER: Header = Header::new(0, 1, false);

/// What a value became: the bytes behind the header, and the handles.
#[derive(Debug)]
pub(crate) struct Encoded {
    pub(crate) bytes: Vec<u8>,
    pub(crate) handles: Vec<Slot>,
}

/// A handle that goes with a value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    /// The number of its object, if it is a handle.
    pub(crate) koid: Option<u64>,
    /// The type that the receiver wants.
    pub(crate) object_type: u32,
    /// The rights that the receiver wants.
    pub(crate) rights: u32,
}

impl Slot {
    fn new(slot: &HandleSlot) -> Self {
        let koid = basic(slot.number()).ok().map(|basic| basic.koid);
        Self { koid, object_type: slot.object_type(), rights: slot.rights() }
    }
}

/// Encodes a value into a frame with something else in it.
pub(crate) fn encode<W: Wire>(value: impl Encode<W>) -> Result<Encoded, Refusal> {
    let mut lease = OUTGOING.lease().expect("nobody else encodes");
    soil(&mut lease);
    lease.encode::<W>(HEADER, value)?;
    let bytes = lease.message().get(HEADER_BYTES..).unwrap_or_default().to_vec();
    Ok(Encoded { bytes, handles: lease.slots().iter().map(Slot::new).collect() })
}

/// Fills the frame with bytes that are not zero, which padding must not let through.
fn soil(lease: &mut Lease<'_>) {
    let dirt = [0xa5_u8; MAX_MESSAGE_BYTES];
    let dirt: &[u8] = &dirt;
    lease.encode::<wire::Vector<u8, UNBOUNDED>>(HEADER, dirt).expect("there is room");
}

/// What a message said.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) tree: Tree,
    /// The same of its owned form, where there is one, and what that encodes as.
    pub(crate) owned: Option<(Tree, Result<Encoded, Refusal>)>,
}

/// Bytes behind a header, and handles.
pub(crate) struct Message {
    bytes: Vec<u8>,
    slots: Vec<HandleSlot>,
    /// Whether a channel carries it.
    sendable: bool,
}

impl Message {
    pub(crate) fn new(body: &[u8], slots: Vec<HandleSlot>, genuine: bool) -> Self {
        let mut bytes = vec![0; HEADER_BYTES];
        bytes.extend(body);
        let sendable = genuine && bytes.len() <= MAX_MESSAGE_BYTES && slots.len() <= MAX_MESSAGE_HANDLES;
        Self { bytes, slots, sendable }
    }

    /// Decodes the message as a `W` and gives its view to `look`. Behind that no handle is open but those that were taken.
    pub(crate) fn decode<W: Wire, R>(self, look: impl FnOnce(W::View<'_>) -> R) -> Result<R, DecodeError> {
        if !self.sendable {
            return self.decode_in_place::<W, R>(look);
        }
        let mut lease = INCOMING.lease().expect("nobody else decodes");
        let (near, far) = Channel::create().expect("the kernel has a channel");
        kernel::write(near.raw_handle(), &self.bytes, &self.slots).expect("the channel takes the message");
        lease.read(far.raw_handle()).expect("the message is there");
        let found = look(lease.decode::<W>()?.view());
        let kept = lease.slots().iter().any(|slot| slot.is_unknown() && slot.number() != 0);
        assert!(!kept, "a handle of unknown data outlives decoding");
        Ok(found)
    }

    /// The same for what no channel carries: a handle that is only said to be of its type, or too much. What a frame does
    /// with handles is done here.
    fn decode_in_place<W: Wire, R>(mut self, look: impl FnOnce(W::View<'_>) -> R) -> Result<R, DecodeError> {
        let mut aligned = vec![0_u64; self.bytes.len().div_ceil(8)];
        let place = wire::zerocopy::IntoBytes::as_mut_bytes(&mut aligned[..]);
        let bytes = place.get_mut(..self.bytes.len()).unwrap_or_default();
        bytes.copy_from_slice(&self.bytes);
        let slots = std::mem::take(&mut self.slots);
        let result = wire::validate::<W>(bytes, HEADER_BYTES, &slots).map(|body| {
            close(slots.iter().filter(|slot| slot.is_unknown()));
            look(body.view())
        });
        close(slots.iter());
        result
    }
}

/// Closes the handles that are left in slots.
fn close<'a>(slots: impl Iterator<Item = &'a HandleSlot>) {
    for number in slots.filter_map(HandleSlot::take) {
        Channel::close_raw_handle(number.get());
    }
}

/// Uses both frames again, whatever was left in them.
pub(crate) fn reuse_frames() {
    for frame in [&INCOMING, &OUTGOING] {
        frame.lease().expect("nobody uses it").clear();
    }
}

/// No handle.
#[allow(dead_code, reason = "for some cases")]
pub(crate) fn no_handle<T: From<Handle>>() -> T {
    T::from(Handle::invalid())
}

/// As many items as there is room for.
#[allow(dead_code, reason = "for some cases")]
pub(crate) fn list<T, const N: usize>(items: impl IntoIterator<Item = T>) -> Result<ArrayVec<T, N>, Refusal> {
    let mut list = ArrayVec::new();
    items.into_iter().try_for_each(|item| list.try_push(item)).map_err(|_| Refusal::Full)?;
    Ok(list)
}

/// What each item becomes.
#[allow(dead_code, reason = "for some cases")]
pub(crate) fn each<T, R>(
    items: impl Iterator<Item = T>,
    make: impl FnMut(T) -> Result<R, Refusal>,
) -> Result<Vec<R>, Refusal> {
    items.map(make).collect()
}

/// Items that are never freed.
#[allow(dead_code, reason = "for some cases")]
pub(crate) fn leaked<'a, T: 'a>(items: Vec<T>) -> &'a [T] {
    items.leak()
}
