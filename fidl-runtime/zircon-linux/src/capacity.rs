//! Every capacity of the crate, in one place.
//!
//! The tables are reserved once, as address space; a page of them costs memory only when it is first used. So large
//! capacities are cheap. Under Miri, which charges for reserved bytes, the tables are small.

/// Handles that may be open at once, those in unread messages included.
pub const HANDLES: usize = if cfg!(miri) { 256 } else { 131_072 };

/// Kernel objects that may exist at once. The two ends of a pair share one; a thread that sleeps in a blocking wait on
/// objects takes one.
pub const OBJECTS: usize = if cfg!(miri) { 96 } else { 131_072 };

/// Asynchronous waits and user packets, pending or queued, of all ports together. A thread that sleeps in a blocking
/// wait takes one for each object.
pub const WAITS: usize = if cfg!(miri) { 160 } else { 262_144 + 65_536 };

/// User packets waiting in one port.
pub const USER_PACKETS_PER_PORT: u32 = if cfg!(miri) { 32 } else { 4096 };

/// Messages waiting in channels within the process, of all channels together.
pub const MESSAGES: usize = if cfg!(miri) { 96 } else { 131_072 };

/// Bytes of a message that lie in its own slot; the rest goes to blocks.
pub const MESSAGE_INLINE_BYTES: usize = 100;

/// Blocks for the bytes that do not fit a message's slot.
pub const BLOCKS: usize = if cfg!(miri) { 96 } else { 262_144 };

/// Bytes of one block.
pub const BLOCK_BYTES: usize = 252;

/// Messages waiting in one direction of one channel within the process. A write beyond gives `ZX_ERR_SHOULD_WAIT`.
pub const CHANNEL_MESSAGES: u32 = if cfg!(miri) { 16 } else { 3500 };

/// Bytes waiting in one direction of one channel within the process. A write is refused while less than a message of
/// the largest size would fit.
pub const CHANNEL_BYTES: u32 = 1 << 20;

/// Ports that have slept or watch a descriptor, and threads inside a blocking wait on objects.
pub const PARKS: usize = if cfg!(miri) { 16 } else { 4096 };

/// Listening paths open at once.
pub const LISTENERS: usize = if cfg!(miri) { 2 } else { 256 };

/// The send buffer asked for each socket, for packets with handles. Linux doubles the figure and counts its own
/// overhead against it.
pub const SOCKET_SEND_BYTES: usize = 256 * 1024;

/// Bytes of each of the two rings of a channel between processes, unless its maker says otherwise: room for one message
/// of the largest size and as much again. A page takes memory when it is first used.
pub const RING_BYTES: u32 = 128 * 1024;

/// The smallest ring. A message, with its 8 bytes of framing, must fit the ring.
pub const RING_BYTES_MIN: u32 = 4096;

/// The largest ring.
pub const RING_BYTES_MAX: u32 = 1 << 24;

/// Channels between processes that a port watches closely, so that their peers can wake it in the fastest way. Others
/// work too, a little slower.
pub const HOT_LINKS: usize = 64;

/// Connections that may wait to be accepted by one listener (the system may cap it).
pub const LISTEN_BACKLOG: i32 = 4096;

/// A port whose queue is never empty still asks for descriptor events after this many packets taken.
pub const PACKETS_BETWEEN_POLLS: u32 = 64;

/// Descriptor events taken in one go.
pub const EVENTS_PER_POLL: usize = 64;

/// The longest time that a thread with nothing to do looks at the rings of its port's channels before it sleeps, in
/// nanoseconds, unless its port was told otherwise. Spinning is given up while it does not pay.
pub const SPIN_NANOS: u32 = 10_000;

/// The longest time that a thread sleeps on futexes before it sleeps in its epoll set, in nanoseconds.
pub const NAP_NANOS: i64 = 200_000;

// A handle value holds the index in 18 bits; the free lists hold indices in 20.
const _: () = assert!(HANDLES < 1 << 18);
const _: () = assert!(OBJECTS < 1 << 20 && WAITS < 1 << 20 && MESSAGES < 1 << 20 && BLOCKS < 1 << 20);
