//! Numbers that the protocol fixes.

/// The most bytes in one channel message, header included (`ZX_CHANNEL_MAX_MSG_BYTES`).
pub const MAX_MESSAGE_BYTES: usize = 65_536;

/// The most handles in one channel message (`ZX_CHANNEL_MAX_MSG_HANDLES`).
pub const MAX_MESSAGE_HANDLES: usize = 64;

/// How many indirections may be followed from a message's primary object (FIDL wire format, recursion depth).
pub const MAX_DEPTH: u32 = 32;

/// Every object of a message starts at a multiple of this many bytes, and is padded with zeros to the next one.
pub const OBJECT_ALIGNMENT: usize = 8;

/// Bytes of the header in front of every transactional message.
pub const HEADER_BYTES: usize = 16;

/// Bytes of the metadata in front of every persisted value.
pub const METADATA_BYTES: usize = 8;

/// The only wire format there is, in headers and metadata (`magic_number`).
pub const MAGIC_NUMBER: u8 = 1;

/// 'The body is in wire format version 2' in the first byte of the at-rest flags.
pub const AT_REST_V2: u8 = 0x02;

/// The bound of a string or vector that has none.
pub const UNBOUNDED: u32 = u32::MAX;

/// `bytes` rounded up to [`OBJECT_ALIGNMENT`]; if there is no such number, more than any object has.
pub const fn padded(bytes: usize) -> usize {
    bytes.saturating_add(OBJECT_ALIGNMENT - 1) & !(OBJECT_ALIGNMENT - 1)
}
