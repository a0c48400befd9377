//! The static that holds everything a protocol's server needs, and the running service.

use core::cell::{Cell, OnceCell, RefCell};
use core::fmt;
use core::pin::Pin;
use core::sync::atomic::Ordering::Relaxed;

use super::accept::Accepting;
use super::binding::{Binding, Call};
use super::capacity::Capacity;
use super::connection::{Peer, Shared};
use super::counters::Counters;
use super::observed::Observed;
use super::place::{Dispatch, ServerPlace};
use super::report::SizeReport;
use super::room::Room;
use super::tables::{CallFrames, Tables};
use crate::kernel::{Channel, Instant, Listener, Port, PortPacket, ServerEnd, Status};
use crate::message::{LargeFrame, Protocol};
use crate::reactor::{Attachment, Consumer, Delivered, PacketKey, Reactor};
use crate::task::Arena;

/// Everything that one protocol's server needs: `C` connections, `N` requests in flight, `L` large frames, and `SIZE` bytes
/// for the handlers' futures. `POLICY` is the rest of its capacity. Declared with [`service!`](crate::service), as a static.
pub struct Service<
    B: Binding,
    const C: usize,
    const N: usize,
    const L: usize,
    const SIZE: usize,
    const POLICY: u128,
> {
    server: ServerPlace<B::Server>,
    room: Room<B::Protocol, C, N, L, SIZE>,
}

impl<B: Binding, const C: usize, const N: usize, const L: usize, const SIZE: usize, const POLICY: u128>
    Service<B, C, N, L, SIZE, POLICY>
{
    /// A service that has not been started. All zeros: it takes no room in the program's file.
    #[allow(clippy::new_without_default, reason = "a service lies in a static, never on a stack")]
    pub const fn new() -> Self {
        const { Capacity::unpacked(C, N, L, POLICY).check() };
        Self { server: ServerPlace::new(), room: Room::new() }
    }

    /// How many bytes the service occupies: all it will ever need.
    pub const fn bytes(&self) -> usize {
        size_of::<Self>()
    }

    /// What of these bytes is for what.
    pub const fn size_report(&self) -> SizeReport {
        self.room.size_report(size_of::<Self>())
    }

    /// Starts the service with a server. Once per static.
    ///
    /// # Errors
    ///
    /// `ALREADY_EXISTS` if it was started before, `NO_RESOURCES` if no lane is free.
    pub fn start(
        &'static self,
        server: B::Server,
    ) -> Result<Running<B, impl Dispatch<B::Server, B::Protocol> + use<B, C, N, L, SIZE, POLICY>, C, N>, Status>
    {
        let server = self.server.put(server).ok_or(Status::ALREADY_EXISTS)?;
        self.room.start(server, B::dispatch, Capacity::unpacked(C, N, L, POLICY))
    }
}

impl<B: Binding, const C: usize, const N: usize, const L: usize, const SIZE: usize, const POLICY: u128>
    fmt::Debug for Service<B, C, N, L, SIZE, POLICY>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Service({C} connections, {N} in flight, {} bytes)", self.bytes())
    }
}

/// A service that was started. It serves while it is attached to a reactor.
///
/// A handler's panic ends the connection of its request, with [`CloseReason::Panicked`](super::CloseReason::Panicked); all
/// others go on. With `panic = "abort"` it ends the process.
pub struct Running<B: Binding, D: Dispatch<B::Server, B::Protocol>, const C: usize, const N: usize> {
    pub(super) capacity: Capacity,
    pub(super) server: &'static B::Server,
    pub(super) shared: &'static Shared<B::Protocol, [Peer; C]>,
    pub(super) frames: &'static [CallFrames<B::Protocol>; N],
    pub(super) spare: &'static <B::Protocol as Protocol>::RequestFrame,
    pub(super) large: &'static [LargeFrame],
    pub(super) dispatch: D,
    pub(super) engine: RefCell<Engine<D::Future, C, N>>,
    pub(super) attachment: OnceCell<Attachment>,
    pub(super) counters: Cell<Counters>,
    /// Bytes of requests that were read.
    pub(super) bytes_read: Cell<u64>,
    /// The last turn ended with a panic.
    pub(super) unwound: Cell<bool>,
}

/// Marks that a panic has left a turn, or what is done with a packet. The next turn, which the reactor gives then, clears
/// up.
pub(super) struct MarkUnwind<'a>(pub(super) &'a Cell<bool>);

impl Drop for MarkUnwind<'_> {
    fn drop(&mut self) {
        self.0.set(true);
    }
}

/// What a turn changes.
pub(super) struct Engine<F: 'static, const C: usize, const N: usize> {
    pub(super) arena: Pin<&'static mut Arena<F, N>>,
    pub(super) tables: &'static mut Tables<C, N>,
    pub(super) accepting: Accepting,
}

impl<B: Binding, D: Dispatch<B::Server, B::Protocol>, const C: usize, const N: usize> Running<B, D, C, N> {
    /// Accepts connections from `listener` on `reactor`.
    ///
    /// # Errors
    ///
    /// `ALREADY_BOUND` if the service has a listener, or was on another reactor before; `NO_RESOURCES` if the reactor has no
    /// place; `BAD_STATE` from within a handler.
    pub fn listen<'env>(&'env self, reactor: &Reactor<'env>, listener: Listener) -> Result<(), Status> {
        self.attach(reactor)?;
        let mut engine = self.engine.try_borrow_mut().map_err(|_| Status::BAD_STATE)?;
        engine.accepting.begin(listener.into_channel())?;
        self.wake();
        Ok(())
    }

    /// Serves one connection on `reactor`.
    ///
    /// # Errors
    ///
    /// `NO_RESOURCES` if all connections are in use or the reactor has no place; `ALREADY_BOUND` if the service was on another
    /// reactor before; `BAD_STATE` from within a handler. The channel is closed then.
    pub fn serve<'env>(
        &'env self,
        reactor: &Reactor<'env>,
        server_end: ServerEnd<B::Protocol>,
    ) -> Result<(), Status> {
        self.attach(reactor)?;
        let mut engine = self.engine.try_borrow_mut().map_err(|_| Status::BAD_STATE)?;
        self.connect(engine.tables, server_end.into_channel()).map_err(|_: Channel| Status::NO_RESOURCES)?;
        self.wake();
        Ok(())
    }

    /// The server.
    pub fn server(&self) -> &'static B::Server {
        self.server
    }

    /// How often what happened.
    pub fn counters(&self) -> Counters {
        self.counters.get()
    }

    pub(super) fn count(&self, change: impl FnOnce(&mut Counters)) {
        let mut counters = self.counters.get();
        change(&mut counters);
        self.counters.set(counters);
    }

    /// Begins a call.
    pub(super) fn begin(&self, call: Call<'static, B::Protocol>) -> D::Future {
        self.dispatch.begin(self.server, call)
    }

    /// The key of packets for a connection, or with [`LISTENER`] for the listener.
    pub(super) fn key(&self, kind: u8, generation: u32, slot: usize) -> u64 {
        let consumer = self.attachment.get().map_or(u8::MAX, |attachment| attachment.consumer);
        PacketKey::new(kind, consumer, generation, slot as u32).word()
    }

    fn attach<'env>(&'env self, reactor: &Reactor<'env>) -> Result<(), Status> {
        if let Some(attachment) = self.attachment.get() {
            return if reactor.has(attachment) { Ok(()) } else { Err(Status::ALREADY_BOUND) };
        }
        let attachment = reactor.attach(self).ok_or(Status::NO_RESOURCES)?;
        // A handler that wants something of the service marks the consumer.
        self.shared.service.register(&attachment.waker);
        self.attachment.set(attachment).map_err(|_| Status::BAD_STATE)
    }

    fn wake(&self) {
        if let Some(attachment) = self.attachment.get() {
            attachment.waker.wake_by_ref();
        }
    }
}

/// The kinds of packets.
pub(super) const CONNECTION: u8 = 1;
pub(super) const LISTENER: u8 = 2;

impl<B: Binding, D: Dispatch<B::Server, B::Protocol>, const C: usize, const N: usize> Consumer
    for Running<B, D, C, N>
{
    fn packet(&self, _: &Port, key: PacketKey, packet: &PortPacket) -> Delivered {
        let mut engine = self.engine.borrow_mut();
        let guard = MarkUnwind(&self.unwound);
        let current = match key.kind() {
            CONNECTION => Observed::of(packet)
                .is_some_and(|observed| self.observed(engine.tables, key.slot(), key.generation(), observed)),
            LISTENER => {
                engine.accepting.fired();
                true
            }
            _ => false,
        };
        core::mem::forget(guard);
        if current { Delivered::Turn } else { Delivered::Stale }
    }

    fn turn(&self, port: &Port) -> bool {
        let Some(attachment) = self.attachment.get() else { return false };
        let mut engine = self.engine.borrow_mut();
        if self.unwound.take() {
            self.recover(&mut engine);
        }
        let guard = MarkUnwind(&self.unwound);
        let more = self.run_turn(&mut engine, port, attachment);
        core::mem::forget(guard);
        more
    }

    fn waits(&self) -> usize {
        // Readable, writable and closed of each connection, and the listener.
        3 * C + 1
    }

    fn simulate(&self, seed: u32) {
        self.engine.borrow_mut().arena.as_mut().set_random(seed);
    }

    fn leave(&self, port: &Port) {
        // Not from inside a turn, behind a panic in it: the engine is free then, too.
        let Ok(engine) = self.engine.try_borrow() else { return };
        let listener = [(engine.accepting.handle(), LISTENER, 0, 0)];
        let connections = (0..C).map(|index| {
            let generation = self.shared.peers[index].generation.load(Relaxed);
            (engine.tables.entries[index].handle(), CONNECTION, generation, index)
        });
        for (handle, kind, generation, slot) in connections.chain(listener).filter(|wait| wait.0 != 0) {
            // That there was none is no matter.
            let _ = port.cancel(handle, self.key(kind, generation, slot));
        }
    }

    fn deadline(&self) -> Instant {
        let engine = self.engine.borrow();
        let tables = &engine.tables;
        let patience =
            tables.patience_ends(self.capacity.patience).min(tables.stuck_ends(self.capacity.patience));
        patience.min(engine.accepting.deadline())
    }
}

impl<B: Binding, D: Dispatch<B::Server, B::Protocol>, const C: usize, const N: usize> fmt::Debug
    for Running<B, D, C, N>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Running({:?})", self.counters())
    }
}
