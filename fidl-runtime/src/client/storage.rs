//! The static that holds everything a client needs.

use core::cell::RefCell;
use core::fmt;
use core::mem;
use core::task::Waker;

use super::channel::Counters;
use super::error::ClientError;
use super::receive::Core;
use crate::kernel::Channel;
use crate::message::{FrameStorage, LargeFrame, Lease, Protocol};
use crate::storage::{Claim, Claimed, FreeSlots, Links, List};

/// Everything that a client of one protocol needs: room for `N` calls in flight and `E` events that wait to be taken.
///
/// A static, used by one client at a time.
pub struct Storage<P: Protocol, const N: usize, const E: usize> {
    frames: Frames<P, N, E>,
    core: Claim<RefCell<Core<P, N, E>>>,
}

/// The frames of a client.
pub(super) struct Frames<P: Protocol, const N: usize, const E: usize> {
    /// Requests are encoded here.
    pub(super) request: P::RequestFrame,
    replies: [P::ServerMessageFrame; N],
    events: [P::ServerMessageFrame; E],
    landing: P::ServerMessageFrame,
    /// For a message larger than any that the schema describes, one at a time.
    pub(super) large: LargeFrame,
}

impl<P: Protocol, const N: usize, const E: usize> Frames<P, N, E> {
    /// Takes frame `index`, counted over replies, events and the landing frame, if it is free.
    pub(super) fn take(&'static self, index: usize) -> Option<Held> {
        let frame = self.replies.get(index).or_else(|| self.events.get(index.wrapping_sub(N)));
        Some(Held::new(index, frame.unwrap_or(&self.landing).lease()?, false))
    }
}

/// A leased frame and its number.
pub(super) struct Held {
    pub(super) index: usize,
    pub(super) lease: Lease<'static>,
    /// 1 if it is the large frame that is leased, and the one with this number is free. A bool would lend its spare values to
    /// `Option`, of which `None` must be all zeros: storage takes no room in a program's file.
    large: u8,
}

impl Held {
    pub(super) fn new(index: usize, lease: Lease<'static>, is_large: bool) -> Self {
        Self { index, lease, large: u8::from(is_large) }
    }

    pub(super) fn is_large(&self) -> bool {
        self.large != 0
    }
}

/// Where a call stands; the module's picture has the arrows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Free,
    Sending,
    Waiting,
    Abandoned,
    Done,
}

pub(super) struct Slot {
    pub(super) state: State,
    /// Counts the calls that this slot has served; part of the transaction id.
    pub(super) generation: u32,
    pub(super) ordinal: u64,
    pub(super) waker: Option<Waker>,
    /// The call is in the list of those to be woken.
    pub(super) to_wake: bool,
    /// The slot's frame; `None` while its response is out.
    pub(super) frame: Option<Held>,
}

/// Whether and why the connection has ended. Not an `Option`, whose `None` is not all zeros: a static of zeros takes no room
/// in the program's file.
#[derive(Clone, Copy)]
struct End {
    is: bool,
    error: ClientError,
}

impl End {
    const NOT_YET: Self = Self { is: false, error: ClientError::UnknownMethod };
}

/// `N` calls and `E` events.
pub(super) struct Tables<const N: usize, const E: usize> {
    pub(super) slots: [Slot; N],
    pub(super) free: FreeSlots<N>,
    /// Calls that wait to be sent, oldest first.
    pub(super) links: Links<N>,
    pub(super) sending: List,
    /// Calls whose response has come, and whose wakers are to be woken. None of them waits to be sent.
    pub(super) to_wake: List,
    /// The oldest of those that wait to be sent is to be woken.
    pub(super) wake_sender: bool,
    /// Who waits for an event is to be woken.
    pub(super) wake_events: bool,
    /// How many slots, the last ones, are still to be woken because the connection has ended.
    pub(super) to_tell_end: usize,
    /// The frames of events; `None` while an event is out.
    pub(super) events: [Option<Held>; E],
    pub(super) free_events: FreeSlots<E>,
    pub(super) event_links: Links<E>,
    /// Events that wait to be taken, oldest first.
    pub(super) waiting_events: List,
    pub(super) event_waker: Option<Waker>,
    /// Somebody takes events; else they are dropped.
    pub(super) listening: bool,
    /// The frame that the next message is read into.
    pub(super) landing: Option<Held>,
    /// The landing frame holds an event for which there is no room; nothing is read meanwhile.
    pub(super) holding: bool,
    /// The next message needs the large frame, which is in use; nothing is read meanwhile.
    pub(super) needs_large: bool,
    pub(super) readable_armed: bool,
    pub(super) writable_armed: bool,
    /// Nothing can be written before the channel is writable.
    pub(super) blocked: bool,
    /// Why the connection has ended.
    ended: End,
}

impl<const N: usize, const E: usize> Tables<N, E> {
    const fn new() -> Self {
        const FREE: Slot =
            Slot { state: State::Free, generation: 0, ordinal: 0, waker: None, to_wake: false, frame: None };
        Self {
            slots: [const { FREE }; N],
            free: FreeSlots::new(),
            links: Links::new(),
            sending: List::new(),
            to_wake: List::new(),
            wake_sender: false,
            wake_events: false,
            to_tell_end: 0,
            events: [const { None }; E],
            free_events: FreeSlots::new(),
            event_links: Links::new(),
            waiting_events: List::new(),
            event_waker: None,
            listening: false,
            landing: None,
            holding: false,
            needs_large: false,
            readable_armed: false,
            writable_armed: false,
            blocked: false,
            ended: End::NOT_YET,
        }
    }

    /// Why the connection has ended, if it has.
    pub(super) fn ended(&self) -> Option<ClientError> {
        self.ended.is.then_some(self.ended.error)
    }

    /// Says why the connection has ended.
    pub(super) fn set_ended(&mut self, error: ClientError) {
        self.ended = End { is: true, error };
    }

    /// Makes the tables those of a new client. Slots keep their generations.
    pub(super) fn reset<P: Protocol>(&mut self, frames: &'static Frames<P, N, E>) -> Option<()> {
        for (index, slot) in self.slots.iter_mut().enumerate() {
            (slot.state, slot.waker, slot.to_wake) = (State::Free, None, false);
            slot.frame = Some(frames.take(index)?);
        }
        for (index, event) in self.events.iter_mut().enumerate() {
            *event = Some(frames.take(N + index)?);
        }
        self.landing = Some(frames.take(N + E)?);
        self.free = FreeSlots::new();
        self.sending = List::new();
        self.to_wake = List::new();
        (self.wake_sender, self.wake_events, self.to_tell_end) = (false, false, 0);
        self.free_events = FreeSlots::new();
        self.waiting_events = List::new();
        self.event_waker = None;
        (self.listening, self.holding, self.blocked, self.needs_large) = (false, false, false, false);
        (self.readable_armed, self.writable_armed, self.ended) = (false, false, End::NOT_YET);
        Some(())
    }

    /// Says that the call of a slot, whose response has come, is to be woken.
    pub(super) fn wake_call(&mut self, index: usize) {
        let Some(slot) = self.slots.get_mut(index) else { return };
        if slot.waker.is_some() && !slot.to_wake {
            slot.to_wake = true;
            self.links.push_back(&mut self.to_wake, index);
        }
    }

    /// Takes a slot's waker out, to be dropped where nothing is borrowed; the call is woken no more.
    pub(super) fn take_waker(&mut self, index: usize) -> Option<Waker> {
        let slot = self.slots.get_mut(index)?;
        let waker = slot.waker.take();
        if mem::take(&mut slot.to_wake) {
            self.links.remove(&mut self.to_wake, index);
        }
        waker
    }

    /// A waker that is to be woken, if one is left.
    pub(super) fn next_to_wake(&mut self) -> Option<Waker> {
        while let Some(index) = self.to_wake.front() {
            if let Some(waker) = self.take_waker(index) {
                return Some(waker);
            }
        }
        if mem::take(&mut self.wake_sender)
            && let Some(waker) = self.sending.front().and_then(|index| self.take_waker(index))
        {
            return Some(waker);
        }
        if mem::take(&mut self.wake_events)
            && let Some(waker) = self.event_waker.take()
        {
            return Some(waker);
        }
        while self.to_tell_end > 0 {
            let index = N - self.to_tell_end;
            self.to_tell_end -= 1;
            if let Some(waker) = self.take_waker(index) {
                return Some(waker);
            }
        }
        None
    }

    /// Gives all frames back.
    pub(super) fn release(&mut self) {
        self.slots.iter_mut().for_each(|slot| slot.frame = None);
        self.events.iter_mut().for_each(|event| *event = None);
        self.landing = None;
    }
}

impl<P: Protocol, const N: usize, const E: usize> Storage<P, N, E> {
    /// Storage that no client uses.
    pub const fn new() -> Self {
        const { assert!(N > 0 && N <= super::channel::MAX_CALLS, "a client has room for 1 to 65,536 calls") };
        Self {
            frames: Frames {
                request: P::RequestFrame::EMPTY,
                replies: [const { P::ServerMessageFrame::EMPTY }; N],
                events: [const { P::ServerMessageFrame::EMPTY }; E],
                landing: P::ServerMessageFrame::EMPTY,
                large: LargeFrame::EMPTY,
            },
            core: Claim::new(RefCell::new(Core {
                frames: None,
                channel: None,
                attachment: None,
                counters: Counters::NONE,
                tables: Tables::new(),
            })),
        }
    }

    /// How many bytes the storage occupies: all that the client will ever need.
    pub const fn bytes(&self) -> usize {
        size_of::<Self>()
    }

    /// The state of a new connection; `None` if a client uses the storage.
    pub(super) fn take(&'static self, channel: Channel) -> Option<Claimed<RefCell<Core<P, N, E>>>> {
        let core = self.core.claim()?;
        core.borrow_mut().bind(&self.frames, channel)?;
        Some(core)
    }
}

impl<P: Protocol, const N: usize, const E: usize> Default for Storage<P, N, E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<P: Protocol, const N: usize, const E: usize> fmt::Debug for Storage<P, N, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Storage({N} calls, {E} events, {} bytes)", self.bytes())
    }
}
