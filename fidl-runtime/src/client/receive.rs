//! The state of one connection: what is sent, what has come.

use core::cell::RefCell;
use core::task::Waker;

use super::channel::Counters;
use super::error::ClientError;
use super::storage::{Frames, Held, State, Tables};
use crate::kernel::{self, AsHandleRef, Channel, Port, PortPacket, ReadError, Signals, Status};
use crate::message::{EPITAPH_ORDINAL, FrameStorage, Header, Lease, Openness, Protocol};
use crate::reactor::{Attachment, PacketKey};
use crate::wire::{DecodeError, EncodeError, I32, Rule};

/// How many messages one turn reads.
const MESSAGES_PER_TURN: usize = 64;

/// The kind of a client's packets.
const CLIENT: u8 = 3;

/// One connection.
pub(super) struct Core<P: Protocol, const N: usize, const E: usize> {
    /// Where the frames lie; `None` while no client uses the storage.
    pub(super) frames: Option<&'static Frames<P, N, E>>,
    pub(super) channel: Option<Channel>,
    pub(super) attachment: Option<Attachment>,
    pub(super) counters: Counters,
    pub(super) tables: Tables<N, E>,
}

impl<P: Protocol, const N: usize, const E: usize> Core<P, N, E> {
    pub(super) fn tables(&self) -> &Tables<N, E> {
        &self.tables
    }

    /// The channel's handle; 0 if the connection has ended.
    pub(super) fn handle(&self) -> u32 {
        self.channel.as_ref().map_or(0, AsHandleRef::raw_handle)
    }

    /// Makes this the state of a new connection.
    pub(super) fn bind(&mut self, frames: &'static Frames<P, N, E>, channel: Channel) -> Option<()> {
        self.tables.reset(frames)?;
        self.frames = Some(frames);
        self.channel = Some(channel);
        self.counters = Counters::default();
        Some(())
    }

    /// Closes the channel and gives all frames back.
    pub(super) fn release(&mut self) {
        self.channel = None;
        self.frames = None;
        self.tables.release();
    }

    /// The frame that requests are encoded in, if nobody uses it.
    pub(super) fn request_frame(&self) -> Option<Lease<'static>> {
        self.frames?.request.lease()
    }

    /// Writes a request; `Ok(false)` if the channel is full.
    pub(super) fn write(&mut self, lease: &Lease<'static>) -> Result<bool, ClientError> {
        match lease.write(self.handle()) {
            // That the server has closed its end is told by the read path, behind what it had sent.
            Ok(()) | Err(Status::PEER_CLOSED) => {
                self.counters.requests += 1;
                Ok(true)
            }
            Err(Status::SHOULD_WAIT) => {
                self.counters.blocked += 1;
                self.tables.blocked = true;
                // The next turn arms the wait.
                self.wake();
                Ok(false)
            }
            Err(status) => {
                self.end(ClientError::Write(status));
                Err(ClientError::Write(status))
            }
        }
    }

    pub(super) fn send_one_way(
        &mut self,
        encode: impl FnOnce(&mut Lease<'static>) -> Result<(), EncodeError>,
    ) -> Result<(), ClientError> {
        if let Some(error) = self.tables.ended() {
            return Err(error);
        }
        if self.tables.blocked || !self.tables.sending.is_empty() {
            return Err(ClientError::Full);
        }
        let mut lease = self.request_frame().ok_or(ClientError::Full)?;
        encode(&mut lease)?;
        if self.write(&lease)? { Ok(()) } else { Err(ClientError::Full) }
    }

    /// Lets the call that has waited for longest try to send.
    pub(super) fn wake_sender(&mut self) {
        self.tables.wake_sender = true;
    }

    /// Frees a slot whose frame is where it belongs, and whose waker has been taken.
    pub(super) fn free(&mut self, slot: usize) {
        self.tables.slots[slot].state = State::Free;
        self.tables.free.give(slot);
    }

    /// Puts a frame back into its slot, behind the end of the response that used it, and frees the slot.
    pub(super) fn give_back(&mut self, slot: usize, frame: usize) {
        self.tables.slots[slot].frame = self.frames.and_then(|frames| frames.take(frame));
        self.free(slot);
        self.go_on_with_large();
    }

    /// Empties a frame; the large one is given back in exchange for the one whose number it has.
    pub(super) fn emptied(&mut self, mut held: Held) -> Option<Held> {
        if !held.is_large() {
            held.lease.clear();
            return Some(held);
        }
        let index = held.index;
        drop(held);
        self.go_on_with_large();
        self.frames?.take(index)
    }

    /// Reading goes on if it waits for the large frame, and that is free.
    fn go_on_with_large(&mut self) {
        if self.tables.needs_large && self.frames.is_some_and(|frames| frames.large.lease().is_some()) {
            self.tables.needs_large = false;
            self.wake();
        }
    }

    pub(super) fn packet(&mut self, key: PacketKey, packet: &PortPacket) -> bool {
        let Some(attachment) = &self.attachment else { return false };
        if key.kind() != CLIENT || key.generation() != attachment.generation {
            return false;
        }
        let trigger = packet.payload[0] as u32;
        if trigger & Signals::CHANNEL_WRITABLE.bits() != 0 {
            self.tables.writable_armed = false;
            self.tables.blocked = false;
            self.wake_sender();
        } else {
            self.tables.readable_armed = false;
        }
        true
    }

    /// Reads what has come, up to a bound; returns whether there may be more.
    pub(super) fn turn(&mut self, port: &Port) -> bool {
        if self.tables.ended().is_some() {
            return false;
        }
        if self.tables.blocked && !self.tables.writable_armed {
            self.tables.writable_armed = self.arm(port, Signals::CHANNEL_WRITABLE);
        }
        if self.tables.readable_armed {
            return false;
        }
        for _ in 0..MESSAGES_PER_TURN {
            match self.receive() {
                Received::Message => {}
                Received::Nothing => {
                    self.tables.readable_armed = self.arm(port, Signals::CHANNEL_READABLE);
                    return false;
                }
                Received::Stop => return false,
            }
        }
        true
    }

    /// Takes the waits back that the port has, by which no packet comes any more.
    pub(super) fn leave(&mut self, port: &Port) {
        if let Some(key) = self.key() {
            // That there was none is no matter.
            let _ = port.cancel(self.handle(), key);
        }
    }

    fn key(&self) -> Option<u64> {
        let attachment = self.attachment.as_ref()?;
        Some(PacketKey::new(CLIENT, attachment.consumer, attachment.generation, 0).word())
    }

    fn arm(&mut self, port: &Port, signals: Signals) -> bool {
        let Some(key) = self.key() else { return false };
        match kernel::wait_async(self.handle(), port, key, signals | Signals::CHANNEL_PEER_CLOSED) {
            Ok(()) => true,
            Err(status) => {
                self.end(ClientError::Read(status));
                false
            }
        }
    }

    /// Reads one message and gives it to whom it is for.
    pub(super) fn receive(&mut self) -> Received {
        if self.tables.ended().is_some() || self.tables.holding || self.tables.needs_large {
            return Received::Stop;
        }
        let channel = self.handle();
        let Some(landing) = &mut self.tables.landing else { return Received::Stop };
        let result = match landing.lease.read(channel) {
            Ok(()) => self.deliver(),
            Err(ReadError::Empty) => return Received::Nothing,
            Err(ReadError::TooSmall(_)) => self.receive_large(channel),
            Err(ReadError::PeerClosed) => Err(ClientError::Closed(Status::PEER_CLOSED)),
            Err(ReadError::Status(status)) => Err(ClientError::Read(status)),
        };
        match result {
            Ok(()) if self.tables.holding || self.tables.needs_large => Received::Stop,
            Ok(()) => Received::Message,
            Err(error) => {
                self.end(error);
                Received::Stop
            }
        }
    }

    /// Gives the message in the landing frame to whom it is for.
    fn deliver(&mut self) -> Result<(), ClientError> {
        let Some(landing) = &mut self.tables.landing else { return Ok(()) };
        let header = landing.lease.header()?;
        match (header.txid(), header.ordinal()) {
            (0, EPITAPH_ORDINAL) => Err(epitaph(&mut landing.lease)),
            (0, ordinal) if P::EVENTS.binary_search(&ordinal).is_ok() => {
                self.deliver_event();
                Ok(())
            }
            (0, _) => self.unknown_event(header),
            _ => self.deliver_response(header),
        }
    }

    fn deliver_response(&mut self, header: Header) -> Result<(), ClientError> {
        let index = slot_of(header.txid());
        let unexpected = ClientError::UnexpectedMessage { ordinal: header.ordinal() };
        let slot = self.tables.slots.get_mut(index).ok_or(unexpected)?;
        let expected = matches!(slot.state, State::Waiting | State::Abandoned);
        if !expected || txid(index, slot.generation) != header.txid() {
            return Err(unexpected);
        }
        if slot.ordinal != header.ordinal() {
            return Err(ClientError::Decode(DecodeError::new(Rule::ResponseOrdinal, 8)));
        }
        if slot.state == State::Abandoned {
            self.counters.abandoned += 1;
            if let Some(landing) = &mut self.tables.landing {
                landing.lease.clear();
            }
            self.free(index);
            return Ok(());
        }
        core::mem::swap(&mut slot.frame, &mut self.tables.landing);
        slot.state = State::Done;
        self.tables.wake_call(index);
        self.counters.responses += 1;
        Ok(())
    }

    /// Moves the event in the landing frame to those that wait; or holds it there, if there is no room.
    pub(super) fn deliver_event(&mut self) {
        let tables = &mut self.tables;
        if !tables.listening {
            self.counters.dropped_events += 1;
            if let Some(landing) = &mut tables.landing {
                landing.lease.clear();
            }
            return;
        }
        let Some(event) = tables.free_events.take() else {
            tables.holding = true;
            return;
        };
        tables.holding = false;
        core::mem::swap(&mut tables.events[event], &mut tables.landing);
        tables.event_links.push_back(&mut tables.waiting_events, event);
        self.counters.events += 1;
        tables.wake_events = true;
    }

    /// An event frame is free again: the held event moves there, and reading goes on.
    pub(super) fn event_done(&mut self, event: usize, held: Held) {
        self.tables.events[event] = self.emptied(held);
        self.tables.free_events.give(event);
        if self.tables.holding {
            self.deliver_event();
            self.wake();
        }
    }

    /// A message larger than any that the schema describes is a newer server's: an event that the schema does not know, or
    /// something with members that it does not know. The latter stays in the large frame until it is dropped.
    fn receive_large(&mut self, channel: u32) -> Result<(), ClientError> {
        let too_large = ClientError::Decode(DecodeError::new(
            Rule::TrailingBytes,
            <P::ServerMessageFrame as FrameStorage>::BYTES as u32,
        ));
        let frames = self.frames.ok_or(too_large)?;
        let Some(mut large) = frames.large.lease() else {
            self.tables.needs_large = true;
            return Ok(());
        };
        match large.read(channel) {
            Ok(()) => {}
            Err(ReadError::Status(status)) => return Err(ClientError::Read(status)),
            Err(_) => return Err(too_large),
        }
        let header = large.header()?;
        let known = header.txid() != 0 || P::EVENTS.binary_search(&header.ordinal()).is_ok();
        match (known, header.ordinal()) {
            (true, _) if P::EXTENSIBLE_SERVER_MESSAGES => self.deliver_large(large),
            (true, _) | (false, EPITAPH_ORDINAL) => Err(too_large),
            (false, _) => {
                drop(large);
                self.unknown_event(header)
            }
        }
    }

    /// Gives a message in the large frame to whom it is for, in place of the landing frame.
    fn deliver_large(&mut self, large: Lease<'static>) -> Result<(), ClientError> {
        let Some(landing) = self.tables.landing.take() else { return Ok(()) };
        self.tables.landing = Some(Held::new(landing.index, large, true));
        drop(landing);
        let result = self.deliver();
        // Nobody wanted it; else another frame is here now.
        if self.tables.landing.as_ref().is_some_and(Held::is_large) && !self.tables.holding {
            let landing = self.tables.landing.take();
            self.tables.landing = landing.and_then(|landing| self.emptied(landing));
        }
        result
    }

    /// An event that the protocol does not have. Of one that is tolerated only the header is kept.
    fn unknown_event(&mut self, header: Header) -> Result<(), ClientError> {
        if P::OPENNESS == Openness::Closed || !header.is_flexible() {
            return Err(ClientError::UnexpectedMessage { ordinal: header.ordinal() });
        }
        self.counters.unknown_events += 1;
        let Some(landing) = &mut self.tables.landing else { return Ok(()) };
        landing.lease.encode_empty(header)?;
        if self.tables.listening {
            self.deliver_event();
        }
        Ok(())
    }

    /// Ends the connection: all calls fail with `error`, and so do later ones.
    pub(super) fn end(&mut self, error: ClientError) {
        if self.tables.ended().is_some() {
            return;
        }
        self.tables.set_ended(error);
        self.channel = None;
        // The message that ended it lies here; one that is held is an event that had come before.
        if !self.tables.holding
            && let Some(landing) = &mut self.tables.landing
        {
            landing.lease.clear();
        }
        (self.tables.to_tell_end, self.tables.wake_events) = (N, true);
    }

    /// Asks for a turn.
    pub(super) fn wake(&self) {
        if let Some(attachment) = &self.attachment {
            attachment.waker.wake_by_ref();
        }
    }
}

/// What reading brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Received {
    /// A message, which has been delivered.
    Message,
    /// No message is there.
    Nothing,
    /// Nothing can be read: the connection has ended, or an event waits for room.
    Stop,
}

/// Changes the state of a connection, then wakes whom that concerns. Wakers are foreign code, which may use the client: they
/// are cloned, woken and dropped only while the state is not borrowed.
pub(super) fn change<P: Protocol, const N: usize, const E: usize, T>(
    core: &RefCell<Core<P, N, E>>,
    change: impl FnOnce(&mut Core<P, N, E>) -> T,
) -> T {
    let mut borrowed = core.borrow_mut();
    let result = change(&mut borrowed);
    let mut waker = borrowed.tables.next_to_wake();
    drop(borrowed);
    while let Some(next) = waker {
        next.wake();
        waker = next_to_wake(core);
    }
    result
}

fn next_to_wake<P: Protocol, const N: usize, const E: usize>(core: &RefCell<Core<P, N, E>>) -> Option<Waker> {
    core.borrow_mut().tables.next_to_wake()
}

/// The status that an epitaph tells.
fn epitaph(lease: &mut Lease<'static>) -> ClientError {
    match lease.decode::<I32>() {
        Ok(body) => ClientError::Closed(Status::from_raw(body.view())),
        Err(error) => ClientError::Decode(error),
    }
}

/// The transaction id of a slot's present call: 16 bits of slot, 15 of generation, never 0, and the top bit clear, which is
/// the kernel's.
pub(super) fn txid(slot: usize, generation: u32) -> u32 {
    (generation % GENERATIONS + 1) << 16 | slot as u32
}

/// Generations before a slot's transaction ids come again.
const GENERATIONS: u32 = (1 << 15) - 1;

fn slot_of(txid: u32) -> usize {
    (txid & 0xffff) as usize
}
