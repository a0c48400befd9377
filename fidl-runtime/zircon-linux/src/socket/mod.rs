//! Sockets: two bounded flows of bytes, or of datagrams, one in each direction.
//!
//! The flow that an end reads from is kept with that end. Its bytes lie in the blocks that channels use for large
//! messages. A socket that another process holds too is a [`Pipe`].

mod sharing;
mod stream;

use core::mem::{self, MaybeUninit};

use crate::abi::types::*;
use crate::channel::Message;
use crate::handle_table::{self, Handle};
use crate::object::{self, Body, End};
use crate::pipe::Pipe;
use crate::pool::Queue;
use crate::signals;
use crate::starved;
use crate::tables::tables;

use stream::Stream;

/// What waits to be read at one end.
#[derive(Default)]
struct Inbox {
    bytes: u32,
    stream: Stream,
    datagrams: Queue<Message>,
    /// READ_THRESHOLD is asserted from this many bytes on; 0 is never.
    read_threshold: u32,
    /// The peer's WRITE_THRESHOLD is asserted while there is room for this many bytes; 0 is never.
    write_threshold: u32,
    /// The peer may not write.
    disabled: bool,
}

/// The bytes that may wait at one end.
fn capacity() -> u32 {
    tables().capacity.socket_bytes as u32
}

impl Inbox {
    fn room(&self) -> u32 {
        capacity() - self.bytes
    }
}

/// The body of a socket. Each inbox belongs to the end of the same number.
#[derive(Default)]
pub(crate) struct Socket {
    datagrams: bool,
    inboxes: [Inbox; 2],
}

/// Signals that are asserted if a condition holds.
fn asserted(condition: bool, signals: zx_signals_t) -> zx_signals_t {
    if condition { signals } else { 0 }
}

/// Makes exactly these of the signals in `all` asserted.
fn assert_of(end: &mut End, all: zx_signals_t, asserted: zx_signals_t) {
    signals::update(end, all & !asserted, asserted);
}

impl Socket {
    /// Makes the reader's signals follow its inbox.
    fn tell_reader(&self, ends: &mut [End; 2], reader: usize) {
        let inbox = &self.inboxes[reader];
        let readable = asserted(inbox.bytes > 0, ZX_SOCKET_READABLE);
        let enough = inbox.read_threshold > 0 && inbox.bytes >= inbox.read_threshold;
        let found = readable | asserted(enough, ZX_SOCKET_READ_THRESHOLD);
        assert_of(&mut ends[reader], ZX_SOCKET_READABLE | ZX_SOCKET_READ_THRESHOLD, found);
    }

    /// Makes a writer's signals follow the room in its peer's inbox. `among` are those that may change.
    fn tell_writer(&self, ends: &mut [End; 2], writer: usize, among: zx_signals_t) {
        let inbox = &self.inboxes[1 - writer];
        let may_write = ends[1 - writer].handles > 0 && !inbox.disabled;
        let writable = asserted(may_write && inbox.room() > 0, ZX_SOCKET_WRITABLE);
        let roomy = may_write && inbox.write_threshold > 0 && inbox.room() >= inbox.write_threshold;
        let found = writable | asserted(roomy, ZX_SOCKET_WRITE_THRESHOLD);
        assert_of(&mut ends[writer], among, found & among);
    }

    /// Asserts WRITABLE again at an end that found memory full, if its peer's inbox has room.
    pub(crate) fn let_write(&mut self, ends: &mut [End; 2], writer: usize) {
        if ends[writer].handles > 0 {
            self.tell_writer(ends, writer, ZX_SOCKET_WRITABLE);
        }
    }

    /// The last handle to an end is gone.
    pub(crate) fn close(&mut self, peer: &mut End, end: usize) {
        let unread = mem::take(&mut self.inboxes[end]);
        self.inboxes[end].disabled = unread.disabled;
        signals::update(peer, ZX_SOCKET_WRITABLE | ZX_SOCKET_WRITE_THRESHOLD, ZX_SOCKET_PEER_CLOSED);
    }

    fn write(
        &mut self,
        ends: &mut [End; 2],
        writer: usize,
        object: u32,
        bytes: &[u8],
    ) -> Result<usize, zx_status_t> {
        if ends[1 - writer].handles == 0 {
            return Err(ZX_ERR_PEER_CLOSED);
        }
        if self.inboxes[1 - writer].disabled {
            return Err(ZX_ERR_BAD_STATE);
        }
        if bytes.is_empty() {
            return Ok(0);
        }
        let size = u32::try_from(bytes.len()).map_err(|_| ZX_ERR_INVALID_ARGS)?;
        if self.datagrams && size > capacity() {
            return Err(ZX_ERR_OUT_OF_RANGE);
        }
        let mut written = self.append(1 - writer, bytes);
        if written == Err(ZX_ERR_NO_MEMORY) {
            starved::announce(object);
            // Memory given back before the announcement was seen by the giver is found now; after it, the giver acts.
            written = self.append(1 - writer, bytes);
        }
        self.tell_reader(ends, 1 - writer);
        self.tell_writer(ends, writer, ZX_SOCKET_WRITE_THRESHOLD);
        if self.inboxes[1 - writer].room() == 0 || written == Err(ZX_ERR_NO_MEMORY) {
            signals::update(&mut ends[writer], ZX_SOCKET_WRITABLE, 0);
        }
        written.map_err(|_| ZX_ERR_SHOULD_WAIT)
    }

    /// Puts bytes into an inbox: of a stream as many as fit, of a datagram all or none. `ZX_ERR_NO_MEMORY` if it is
    /// memory that is missing and not room.
    fn append(&mut self, reader: usize, bytes: &[u8]) -> Result<usize, zx_status_t> {
        let inbox = &mut self.inboxes[reader];
        let room = inbox.room() as usize;
        if room == 0 || self.datagrams && bytes.len() > room {
            return Err(ZX_ERR_SHOULD_WAIT);
        }
        let count = if self.datagrams {
            let datagram = Message::of_pieces(bytes.len() as u32, core::iter::once(bytes));
            inbox.datagrams.push(datagram.ok_or(ZX_ERR_NO_MEMORY)?);
            bytes.len()
        } else {
            inbox.stream.append(&bytes[..bytes.len().min(room)])
        };
        inbox.bytes += count as u32;
        if count == 0 { Err(ZX_ERR_NO_MEMORY) } else { Ok(count) }
    }

    fn read(
        &mut self,
        ends: &mut [End; 2],
        reader: usize,
        places: &mut [MaybeUninit<u8>],
        peek: bool,
    ) -> Result<usize, zx_status_t> {
        let inbox = &mut self.inboxes[reader];
        if inbox.bytes == 0 {
            return Err(match ends[1 - reader].handles {
                0 => ZX_ERR_PEER_CLOSED,
                _ if inbox.disabled => ZX_ERR_BAD_STATE,
                _ => ZX_ERR_SHOULD_WAIT,
            });
        }
        if places.is_empty() {
            return Ok(0);
        }
        let count =
            if self.datagrams { inbox.read_datagram(places, peek) } else { inbox.read_stream(places, peek) };
        if !peek {
            self.tell_reader(ends, reader);
            self.tell_writer(ends, 1 - reader, ZX_SOCKET_WRITABLE | ZX_SOCKET_WRITE_THRESHOLD);
        }
        Ok(count)
    }

    /// Enables or disables the writes of an end.
    fn dispose(&mut self, ends: &mut [End; 2], writer: usize, disabled: bool) {
        self.inboxes[1 - writer].disabled = disabled;
        if ends[writer].handles > 0 {
            let state = ZX_SOCKET_WRITE_DISABLED;
            assert_of(&mut ends[writer], state, asserted(disabled, state));
            self.tell_writer(ends, writer, ZX_SOCKET_WRITABLE | ZX_SOCKET_WRITE_THRESHOLD);
        }
        let state = ZX_SOCKET_PEER_WRITE_DISABLED;
        assert_of(&mut ends[1 - writer], state, asserted(disabled, state));
    }

    /// Enables or disables the writes of an end and of its peer; 0 leaves them as they are.
    fn set_disposition(
        &mut self,
        ends: &mut [End; 2],
        end: usize,
        own: u32,
        peers: u32,
    ) -> Result<(), zx_status_t> {
        let changes = [(end, own), (1 - end, peers)];
        let changes = changes.map(|(end, wanted)| (end, if ends[end].handles > 0 { wanted } else { 0 }));
        if !changes.iter().all(|(end, wanted)| self.allows(*end, *wanted)) {
            return Err(ZX_ERR_BAD_STATE);
        }
        for (end, wanted) in changes.into_iter().filter(|(_, wanted)| *wanted != 0) {
            self.dispose(ends, end, wanted == ZX_SOCKET_DISPOSITION_WRITE_DISABLED);
        }
        Ok(())
    }

    /// Whether the disposition of an end may become this one.
    fn allows(&self, writer: usize, disposition: u32) -> bool {
        let inbox = &self.inboxes[1 - writer];
        disposition != ZX_SOCKET_DISPOSITION_WRITE_ENABLED || !inbox.disabled || inbox.bytes == 0
    }

    fn set_threshold(
        &mut self,
        ends: &mut [End; 2],
        end: usize,
        property: u32,
        bytes: u64,
    ) -> Result<(), zx_status_t> {
        let bytes =
            u32::try_from(bytes).ok().filter(|bytes| *bytes <= capacity()).ok_or(ZX_ERR_INVALID_ARGS)?;
        if property == ZX_PROP_SOCKET_RX_THRESHOLD {
            self.inboxes[end].read_threshold = bytes;
            self.tell_reader(ends, end);
        } else {
            if ends[1 - end].handles == 0 {
                return Err(ZX_ERR_PEER_CLOSED);
            }
            self.inboxes[1 - end].write_threshold = bytes;
            self.tell_writer(ends, end, ZX_SOCKET_WRITE_THRESHOLD);
        }
        Ok(())
    }

    /// What `ZX_INFO_SOCKET` tells of an end.
    pub(crate) fn info(&self, ends: &[End; 2], end: usize) -> zx_info_socket_t {
        let (inbox, peers) = (&self.inboxes[end], &self.inboxes[1 - end]);
        let alive = ends[1 - end].handles > 0;
        let first = inbox.datagrams.peek().map_or(0, |datagram| datagram.bytes);
        zx_info_socket_t {
            options: if self.datagrams { ZX_SOCKET_DATAGRAM } else { ZX_SOCKET_STREAM },
            rx_buf_max: capacity() as usize,
            rx_buf_size: inbox.bytes as usize,
            rx_buf_available: if self.datagrams { first } else { inbox.bytes } as usize,
            tx_buf_max: if alive { capacity() as usize } else { 0 },
            tx_buf_size: if alive { peers.bytes as usize } else { 0 },
            ..zx_info_socket_t::default()
        }
    }

    fn threshold(&self, end: usize, property: u32) -> u64 {
        u64::from(match property {
            ZX_PROP_SOCKET_RX_THRESHOLD => self.inboxes[end].read_threshold,
            _ => self.inboxes[1 - end].write_threshold,
        })
    }
}

impl Inbox {
    fn read_stream(&mut self, places: &mut [MaybeUninit<u8>], peek: bool) -> usize {
        let count = places.len().min(self.bytes as usize);
        if peek {
            self.stream.peek(&mut places[..count]);
        } else {
            self.bytes -= count as u32;
            self.stream.take(&mut places[..count], self.bytes as usize);
        }
        count
    }

    /// What does not fit is lost, unless only looked at.
    fn read_datagram(&mut self, places: &mut [MaybeUninit<u8>], peek: bool) -> usize {
        let Some(first) = self.datagrams.peek() else { return 0 };
        let count = first.copy_start(places);
        if !peek {
            self.bytes -= first.bytes;
            drop(self.datagrams.pop());
        }
        count
    }
}

/// Makes a socket.
pub(crate) fn create(options: u32) -> Result<[zx_handle_t; 2], zx_status_t> {
    if options & !ZX_SOCKET_DATAGRAM != 0 {
        return Err(ZX_ERR_INVALID_ARGS);
    }
    let body = Body::Socket(Socket { datagrams: options & ZX_SOCKET_DATAGRAM != 0, ..Socket::default() });
    object::create_open(body, ZX_SOCKET_WRITABLE, ZX_OBJ_TYPE_SOCKET, ZX_DEFAULT_SOCKET_RIGHTS)
}

/// What a socket's body is.
enum Either<'a> {
    Within(&'a mut Socket),
    Between(&'a mut Pipe),
}

/// Locks a socket and calls `work` with its body and its ends.
fn with<R>(
    handle: Handle,
    work: impl FnOnce(Either<'_>, &mut [End; 2]) -> Result<R, zx_status_t>,
) -> Result<R, zx_status_t> {
    let mut object = handle.lock()?;
    let object = &mut *object;
    match &mut object.body {
        Body::Socket(socket) => work(Either::Within(socket), &mut object.ends),
        Body::Pipe(pipe) => work(Either::Between(pipe), &mut object.ends),
        _ => Err(ZX_ERR_BAD_HANDLE),
    }
}

fn look(socket: zx_handle_t, rights: zx_rights_t) -> Result<Handle, zx_status_t> {
    handle_table::look(socket)?.check(ZX_OBJ_TYPE_SOCKET, rights)
}

/// Writes bytes, or one datagram. Returns how many bytes.
pub(crate) fn write(socket: zx_handle_t, bytes: &[u8]) -> Result<usize, zx_status_t> {
    let handle = look(socket, ZX_RIGHT_WRITE)?;
    with(handle, |socket, ends| match socket {
        Either::Within(socket) => socket.write(ends, handle.end, handle.object, bytes),
        Either::Between(pipe) => pipe.write(ends, handle.end, bytes),
    })
}

/// Reads bytes, or one datagram. Returns how many bytes.
pub(crate) fn read(
    socket: zx_handle_t,
    places: &mut [MaybeUninit<u8>],
    peek: bool,
) -> Result<usize, zx_status_t> {
    let handle = look(socket, ZX_RIGHT_READ)?;
    let count = with(handle, |socket, ends| match socket {
        Either::Within(socket) => socket.read(ends, handle.end, places, peek),
        Either::Between(pipe) => pipe.read(ends, handle.end, places, peek),
    })?;
    starved::relieve();
    Ok(count)
}

/// Enables or disables the writes of both ends; 0 leaves an end as it is.
pub(crate) fn set_disposition(socket: zx_handle_t, own: u32, peers: u32) -> Result<(), zx_status_t> {
    if own.max(peers) > ZX_SOCKET_DISPOSITION_WRITE_ENABLED {
        return Err(ZX_ERR_INVALID_ARGS);
    }
    let handle = look(socket, ZX_RIGHT_MANAGE_SOCKET)?;
    with(handle, |socket, ends| match socket {
        Either::Within(socket) => socket.set_disposition(ends, handle.end, own, peers),
        Either::Between(pipe) => pipe.set_disposition(ends, handle.end, own, peers),
    })
}

/// A threshold of an end.
pub(crate) fn threshold(handle: Handle, property: u32) -> Result<u64, zx_status_t> {
    with(handle, |socket, _| match socket {
        Either::Within(socket) => Ok(socket.threshold(handle.end, property)),
        Either::Between(pipe) => Ok(pipe.threshold(handle.end, property)),
    })
}

/// Sets a threshold.
pub(crate) fn set_threshold(handle: Handle, property: u32, bytes: u64) -> Result<(), zx_status_t> {
    with(handle, |socket, ends| match socket {
        Either::Within(socket) => socket.set_threshold(ends, handle.end, property, bytes),
        Either::Between(pipe) => pipe.set_threshold(ends, handle.end, property, bytes),
    })
}
