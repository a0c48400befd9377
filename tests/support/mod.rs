//! What several tests use: a peer that speaks bytes, and handlers that wait until they are told.
#![allow(dead_code, reason = "each test uses its part")]

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};
use std::time::Duration;

use fidl::kernel::{self, AsHandleRef, Channel, Instant, ReadError, Status};
use fidl::message::Header;
use fidl::wire::{HandleSlot, IntoRawHandle};
use fidl::{Protocol, Reactor};

/// The header byte of flexible interactions.
pub(crate) const FLEXIBLE: u8 = 0x80;

/// The header byte of strict interactions.
pub(crate) const STRICT: u8 = 0;

/// The ordinal of a method by its name.
pub(crate) fn ordinal<P: Protocol>(name: &str) -> u64 {
    P::METHODS.iter().find(|method| method.name == name).expect("the protocol has the method").ordinal
}

/// A message: 16 bytes of header as a sender must write them, then `body`.
pub(crate) fn message(txid: u32, flags: u8, ordinal: u64, body: &[u8]) -> Vec<u8> {
    let mut bytes = txid.to_le_bytes().to_vec();
    bytes.extend([2, 0, flags, 1]);
    bytes.extend(ordinal.to_le_bytes());
    bytes.extend(body);
    bytes
}

/// A body of one `uint32`.
pub(crate) fn number(value: u32) -> [u8; 8] {
    let [a, b, c, d] = value.to_le_bytes();
    [a, b, c, d, 0, 0, 0, 0]
}

/// A body of one string or vector of bytes.
pub(crate) fn data(bytes: &[u8]) -> Vec<u8> {
    let mut body = (bytes.len() as u64).to_le_bytes().to_vec();
    body.extend([0xff; 8]);
    body.extend(bytes);
    body.resize(body.len().next_multiple_of(8), 0);
    body
}

/// Changes one byte.
pub(crate) fn with_byte(mut message: Vec<u8>, index: usize, value: u8) -> Vec<u8> {
    message[index] = value;
    message
}

/// A message of 24 bytes that ends a connection.
pub(crate) fn epitaph(status: i32) -> Vec<u8> {
    message(0, STRICT, u64::MAX, &number(status as u32))
}

/// One end of a channel, spoken to in bytes.
#[derive(Debug)]
pub(crate) struct Peer(pub(crate) Channel);

impl Peer {
    pub(crate) fn send(&self, message: &[u8]) {
        self.try_send(message).expect("the channel takes the message");
    }

    pub(crate) fn try_send(&self, message: &[u8]) -> Result<(), Status> {
        kernel::write(self.0.raw_handle(), message, &[])
    }

    pub(crate) fn send_with(&self, message: &[u8], handles: Vec<Channel>) {
        self.try_send_with(message, handles).expect("the channel takes the message");
    }

    pub(crate) fn try_send_with(&self, message: &[u8], handles: Vec<Channel>) -> Result<(), Status> {
        let slots: Vec<_> =
            handles.into_iter().map(|handle| HandleSlot::holding(handle, 0, SAME_RIGHTS)).collect();
        let sent = kernel::write(self.0.raw_handle(), message, &slots);
        close_all(&slots);
        sent
    }

    pub(crate) fn receive(&self) -> Result<Vec<u8>, ReadError> {
        let mut bytes = vec![0; 65_536];
        let slots = [const { HandleSlot::empty() }; 64];
        let read = kernel::read(self.0.raw_handle(), &mut bytes, &slots)?;
        close_all(&slots);
        bytes.truncate(read.bytes);
        Ok(bytes)
    }

    /// All messages that are there.
    pub(crate) fn receive_all(&self) -> Vec<Vec<u8>> {
        std::iter::from_fn(|| self.receive().ok()).collect()
    }

    /// The next message's header.
    pub(crate) fn header(&self) -> Header {
        Header::parse(&self.receive().expect("a message is there")).expect("its header is right")
    }

    pub(crate) fn is_closed(&self) -> bool {
        is_closed(&self.0)
    }
}

const SAME_RIGHTS: u32 = 0x8000_0000;

/// Closes the handles that are left in the slots.
fn close_all(slots: &[HandleSlot]) {
    for raw in slots.iter().filter_map(HandleSlot::take) {
        Channel::close_raw_handle(raw.get());
    }
}

/// Whether the other end of a channel is closed.
pub(crate) fn is_closed(channel: &Channel) -> bool {
    let signals = fidl::kernel::Signals::CHANNEL_PEER_CLOSED;
    kernel::wait_one(channel.raw_handle(), signals, Instant::INFINITE_PAST).is_ok()
}

/// Two ends of a channel of no protocol.
pub(crate) fn channel() -> (Channel, Channel) {
    Channel::create().expect("the kernel has a channel")
}

/// Runs the reactor until nothing happens any more. Nothing that it runs may panic.
pub(crate) fn settle(reactor: &Reactor<'_>) {
    settle_whatever_panics(reactor);
    assert_eq!(reactor.counters().panics, 0);
}

/// Runs the reactor until nothing happens any more.
pub(crate) fn settle_whatever_panics(reactor: &Reactor<'_>) {
    let mut idle = 0;
    while idle < 3 {
        let before = reactor.counters();
        reactor.crank(Instant::INFINITE_PAST).expect("the port works");
        let after = reactor.counters();
        let quiet = (before.packets, before.turns) == (after.packets, after.turns);
        idle = if quiet { idle + 1 } else { 0 };
    }
}

/// Where handlers wait until it is opened, first come first served.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    came: Cell<usize>,
    may_pass: Cell<usize>,
    wakers: RefCell<Vec<Waker>>,
}

impl Gate {
    /// Waits for its turn to pass.
    pub(crate) async fn pass(&self) {
        let turn = self.came.replace(self.came.get() + 1);
        poll_fn(|cx| {
            if turn < self.may_pass.get() {
                return Poll::Ready(());
            }
            self.wakers.borrow_mut().push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Lets `count` more pass.
    pub(crate) fn open(&self, count: usize) {
        self.may_pass.set(self.may_pass.get().saturating_add(count));
        self.wakers.take().into_iter().for_each(Waker::wake);
    }
}

/// Counts when it is dropped.
#[derive(Debug)]
pub(crate) struct CountDrop<'c>(pub(crate) &'c Cell<usize>);

impl Drop for CountDrop<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

/// Waits a moment until a message is there.
pub(crate) fn readable(channel: &Channel) -> Result<(), Status> {
    let signals = fidl::kernel::Signals::CHANNEL_READABLE;
    kernel::wait_one(channel.raw_handle(), signals, Instant::after(Duration::from_secs(1))).map(drop)
}

/// Runs the reactor until something is so; panics after a long time.
pub(crate) fn run_until(reactor: &Reactor<'_>, what: &str, mut is_so: impl FnMut() -> bool) {
    let give_up = Instant::after(Duration::from_secs(30));
    while !is_so() {
        assert!(Instant::now() < give_up, "never came: {what}");
        reactor.crank(Instant::after(Duration::from_millis(5))).expect("the port works");
    }
}

/// Runs the reactor for a while.
pub(crate) fn run_for(reactor: &Reactor<'_>, duration: Duration) {
    let end = Instant::after(duration);
    while Instant::now() < end {
        reactor.crank(end).expect("the port works");
    }
}
