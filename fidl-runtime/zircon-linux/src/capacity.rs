//! Every capacity of the crate, in one place.
//!
//! The tables are made by the first call of the process, and keep their size. Before it a program may choose sizes of
//! its own with [`Capacity::install`]; an environment variable of the name that stands with each field has the last
//! word. What is not a number in the field's range is not taken, and a line on the standard error stream says so.
//!
//! ```
//! use zircon_linux::Capacity;
//!
//! Capacity::new().handles(200_000).channel_messages(64).install().expect("before the first call");
//! assert_eq!(zircon_linux::capacity().handles, 200_000);
//! ```
//!
//! The tables lie in one reservation of address space; a page of it costs memory only when it is first used. So large
//! capacities are cheap. Under Miri, which charges for reserved bytes, the tables are small.

use core::ffi::CStr;
use core::ops::RangeInclusive;

use crate::abi::types::*;
use crate::sys;
use crate::tables;

/// Defines the capacities: field, default (and default under Miri), range, and environment variable.
macro_rules! capacities {
    ($($(#[$attribute:meta])* $field:ident: $default:literal, $miri:literal, $range:expr, $variable:literal;)*) => {
        /// The capacities that can be chosen. See [the module](self).
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Capacity {
            $(
                $(#[$attribute])*
                ///
                #[doc = concat!("Default ", stringify!($default), ". Environment variable `", $variable, "`.")]
                pub $field: usize,
            )*
        }

        impl Capacity {
            /// The defaults.
            pub const fn new() -> Capacity {
                Capacity { $($field: if cfg!(miri) { $miri } else { $default },)* }
            }

            $(
                $(#[$attribute])*
                pub const fn $field(mut self, number: usize) -> Capacity {
                    self.$field = number;
                    self
                }
            )*

            /// Passes if each number is in its range.
            fn is_possible(&self) -> bool {
                true $(&& RangeInclusive::contains(&$range, &self.$field))*
            }

            /// With what the environment says.
            pub(crate) fn with_environment(mut self) -> Capacity {
                $(read_variable(concat_cstr!($variable), $range, &mut self.$field);)*
                self
            }
        }
    };
}

/// A C string from a literal.
macro_rules! concat_cstr {
    ($text:literal) => {
        match CStr::from_bytes_with_nul(concat!($text, "\0").as_bytes()) {
            Ok(name) => name,
            Err(_) => c"",
        }
    };
}

/// The free lists of tables hold indices in 20 bits.
const SLOTS: RangeInclusive<usize> = 1..=(1 << 20) - 1;

capacities! {
    /// Handles that may be open at once, those in unread messages included. At most 262,143: a handle's number holds
    /// its index in 18 bits.
    handles: 131_072, 256, 1..=(1 << 18) - 1, "ZIRCON_LINUX_HANDLES";
    /// Objects that may exist at once. The two ends of a pair share one; a thread that sleeps in a blocking wait on
    /// objects takes one. At most 1,048,575, like all tables that follow.
    objects: 131_072, 96, SLOTS, "ZIRCON_LINUX_OBJECTS";
    /// Asynchronous waits and user packets, pending or queued, of all ports together. A thread that sleeps in a blocking
    /// wait takes one for each object.
    waits: 327_680, 160, SLOTS, "ZIRCON_LINUX_WAITS";
    /// Messages that wait in channels within the process, and datagrams in sockets, of all of them together.
    messages: 131_072, 96, SLOTS, "ZIRCON_LINUX_MESSAGES";
    /// Blocks of 252 bytes, for what does not fit a message's slot (100 bytes), and for the bytes in sockets.
    blocks: 262_144, 96, SLOTS, "ZIRCON_LINUX_BLOCKS";
    /// Ports that have slept or watch a descriptor, and threads inside a blocking wait on objects.
    parks: 4096, 16, SLOTS, "ZIRCON_LINUX_PARKS";
    /// Threads inside `zx_channel_call` on channels within the process.
    calls: 4096, 8, SLOTS, "ZIRCON_LINUX_CALLS";
    /// Listening paths open at once.
    listeners: 256, 2, SLOTS, "ZIRCON_LINUX_LISTENERS";
    /// Rings of fifos. Each fifo takes two.
    fifo_rings: 4096, 8, SLOTS, "ZIRCON_LINUX_FIFO_RINGS";
    /// Names given to objects.
    names: 4096, 8, SLOTS, "ZIRCON_LINUX_NAMES";
    /// Parts of memory objects that are mapped.
    mappings: 4096, 8, SLOTS, "ZIRCON_LINUX_MAPPINGS";
    /// User packets waiting in one port.
    user_packets_per_port: 4096, 32, SLOTS, "ZIRCON_LINUX_USER_PACKETS_PER_PORT";
    /// Messages waiting in one direction of one channel within the process. A write beyond gives
    /// `ZX_ERR_SHOULD_WAIT`.
    channel_messages: 3500, 16, SLOTS, "ZIRCON_LINUX_CHANNEL_MESSAGES";
    /// Bytes waiting in one direction of one channel within the process. A write is refused while less than a message
    /// of the largest size, 65,536 bytes, would fit.
    channel_bytes: 1_048_576, 1_048_576, 65_536..=1 << 30, "ZIRCON_LINUX_CHANNEL_BYTES";
    /// Descriptors of the memory of idle channel ends that lie in the file table of an io_uring instead of the process's
    /// own, as far as the limit of descriptors allows at the time of the first. 0 for no io_uring.
    shelved_descriptors: 65_536, 0, 0..=1 << 20, "ZIRCON_LINUX_SHELVED_DESCRIPTORS";
    /// Bytes waiting in one direction of one socket. One that goes to another process keeps what its maker has chosen, and
    /// cannot go if that is more than [`RING_BYTES_MAX`] allows.
    socket_bytes: 262_144, 4096, 1..=1 << 30, "ZIRCON_LINUX_SOCKET_BYTES";
}

impl Capacity {
    /// Makes these the capacities of the process.
    ///
    /// # Errors
    ///
    /// `ZX_ERR_OUT_OF_RANGE` if a number is out of its range, and `ZX_ERR_BAD_STATE` after the first call of the
    /// process or after another use of this function.
    pub fn install(self) -> Result<(), zx_status_t> {
        if self.is_possible() { tables::choose(self) } else { Err(ZX_ERR_OUT_OF_RANGE) }
    }
}

impl Default for Capacity {
    fn default() -> Capacity {
        Capacity::new()
    }
}

/// Takes a number from the environment, if it is there and in its range.
fn read_variable(name: &CStr, range: RangeInclusive<usize>, place: &mut usize) {
    let Some(value) = sys::environment(name) else { return };
    let number = value.to_str().ok().and_then(|text| text.parse().ok());
    match number.filter(|number| range.contains(number)) {
        Some(number) => *place = number,
        None => sys::complain(&[b"zircon-linux: not a possible capacity: ", name.to_bytes(), b"\n"]),
    }
}

/// Bytes of a message that lie in its own slot; the rest goes to blocks.
pub const MESSAGE_INLINE_BYTES: usize = 100;

/// Bytes of one block.
pub const BLOCK_BYTES: usize = 252;

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

/// Channels between processes that a thread looks at while it spins or yields. The peers of others ring for each message
/// that finds the port waiting, which costs a little more.
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

/// How often a thread with nothing to do yields its processor to others before it sleeps, unless its port was told
/// otherwise. Twice is enough for a peer that has to ask another. Yielding is given up while it does not pay.
pub const YIELDS: u32 = 2;

/// If others had the processor for longer than this, in nanoseconds, then they do not answer but compute, and no thread of
/// the port yields for [`YIELD_REST`] times as long. A thread whose deadline is nearer than that does not yield.
pub const YIELD_NANOS: i64 = 100_000;

/// For so many times as long as a yield took that took too long, there is none: so all of them together cost one part in so
/// many of the time at most.
pub const YIELD_REST: i64 = 8;

/// A thread that finds its port's queue empty has looked for descriptor events no longer than this ago, in nanoseconds,
/// or does so now.
pub const LOOK_NANOS: i64 = 50_000;
