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

/// Threads inside `zx_channel_call` on channels within the process.
pub const CALLS: usize = if cfg!(miri) { 8 } else { 4096 };

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

/// Buffers for messages from other processes that were larger than the reader's buffer.
pub const SPILLS: usize = if cfg!(miri) { 1 } else { 64 };

/// Buffers for messages to other processes that are written in more than 63 pieces; used only during the call.
pub const GATHERS: usize = if cfg!(miri) { 1 } else { 16 };

/// Rings of fifos. Each fifo takes two.
pub const FIFO_RINGS: usize = if cfg!(miri) { 8 } else { 4096 };

/// Bytes waiting in one direction of one socket within the process.
pub const SOCKET_BYTES: u32 = if cfg!(miri) { 4096 } else { 1 << 18 };

/// Names given to objects.
pub const NAMES: usize = if cfg!(miri) { 8 } else { 4096 };

/// Parts of memory objects that are mapped.
pub const MAPPINGS: usize = if cfg!(miri) { 8 } else { 4096 };

/// Listening paths open at once.
pub const LISTENERS: usize = if cfg!(miri) { 2 } else { 256 };

/// The send buffer asked for each socket. Linux doubles the figure and counts its own overhead against it.
pub const SOCKET_SEND_BYTES: usize = 256 * 1024;

/// Connections that may wait to be accepted by one listener (the system may cap it).
pub const LISTEN_BACKLOG: i32 = 4096;

/// A port whose queue is never empty still asks for descriptor events after this many packets taken.
pub const PACKETS_BETWEEN_POLLS: u32 = 64;

/// Descriptor events taken in one go.
pub const EVENTS_PER_POLL: usize = 64;

// A handle value holds the index in 18 bits; the free lists hold indices in 20.
const _: () = assert!(HANDLES < 1 << 18);
const _: () = assert!(OBJECTS < 1 << 20 && WAITS < 1 << 20 && MESSAGES < 1 << 20 && BLOCKS < 1 << 20);
