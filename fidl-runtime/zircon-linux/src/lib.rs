//! Zircon's IPC objects and system calls on Linux.
//!
//! The crate defines the calls of Zircon's vDSO that IPC needs as `extern "C"` symbols, in today's ABI and with
//! the documented semantics: handles and rights, signals, waits, ports, channels, sockets, fifos, events, event pairs,
//! timers, memory objects, and clocks. Code that declares those symbols, by hand or through `fuchsia-zircon`, runs on Linux unchanged. It must
//! name this crate once, so that the linker has it:
//!
//! ```
//! extern crate zircon_linux as _;
//! ```
//!
//! A channel whose ends are in one process costs no descriptor and no system call but to wake a sleeping thread. One
//! whose ends are in two carries its messages over rings in shared memory, and makes a system call only to wake who
//! sleeps, and for handles. It is made by sending an end to another process, by [`export`] and [`adopt`] for a process
//! that this one starts, or by [`listen`] and [`connect`] on a path of the file system. Sockets, fifos, events, event pairs
//! and memory objects go to other processes in messages, or in the same way as an end:
//!
//! ```
//! use zircon_linux::abi::types::*;
//! use zircon_linux::abi::*;
//! use std::ptr::null_mut;
//!
//! # fn main() -> Result<(), zx_status_t> {
//! let path = std::env::temp_dir().join(format!("zircon-linux-doc-{}", std::process::id()));
//! let listener = zircon_linux::listen(&path)?;
//! let client = zircon_linux::connect(&path)?;
//! // The listener is a channel end on which each connection arrives as a message with one handle.
//! let mut server = ZX_HANDLE_INVALID;
//! // SAFETY: the place for one handle is live; the other places are not wanted.
//! let status = unsafe { zx_channel_read(listener, 0, null_mut(), &mut server, 0, 1, null_mut(), null_mut()) };
//! assert_eq!(status, ZX_OK);
//! for handle in [listener, client, server] {
//!     assert_eq!(zx_handle_close(handle), ZX_OK);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! No call touches the heap, not even the first of a process: all tables have a fixed capacity, which a program may
//! choose before (see [`Capacity`]), in one reservation of address space whose pages take memory when first used.
//! [`memory()`] tells how full they are. The crate starts no thread and installs no signal handler.
//!
//! # Calls
//!
//! | calls | remarks |
//! | --- | --- |
//! | `zx_handle_close`, `_close_many`, `_duplicate`, `_replace`, `_check_valid` | |
//! | `zx_object_wait_one`, `_wait_many` | |
//! | `zx_object_wait_async` | once; EDGE, TIMESTAMP, BOOT_TIMESTAMP |
//! | `zx_object_signal`, `_signal_peer` | |
//! | `zx_object_get_info` | HANDLE_VALID, HANDLE_BASIC, HANDLE_COUNT, SOCKET, TIMER, VMO (all versions), VMAR |
//! | `zx_object_get_property`, `_set_property` | NAME, SOCKET_RX_THRESHOLD, SOCKET_TX_THRESHOLD, VMO_CONTENT_SIZE |
//! | `zx_channel_create`, `_read`, `_read_etc`, `_write`, `_write_etc` | MAY_DISCARD, USE_IOVEC |
//! | `zx_channel_call`, `_call_etc` | USE_IOVEC |
//! | `zx_port_create`, `_queue`, `_wait`, `_cancel`, `_cancel_key` | |
//! | `zx_linux_port_wait_batch` | an extension: as many packets as are there, in one step |
//! | `zx_linux_port_set_spin`, `_set_yields` | extensions: how long a thread may spin, and how often yield, before it sleeps |
//! | `zx_linux_port_descriptor`, `_prepare_wait` | extensions: for loops that wait for descriptors |
//! | `zx_linux_process_prefault` | an extension: pages before they are needed |
//! | `zx_event_create`, `zx_eventpair_create` | |
//! | `zx_socket_create`, `_read`, `_write`, `_set_disposition` | STREAM, DATAGRAM, PEEK |
//! | `zx_fifo_create`, `_read`, `_write` | |
//! | `zx_timer_create`, `_set`, `_cancel` | both clocks, slack |
//! | `zx_vmo_create`, `_read`, `_write`, `_get_size`, `_set_size`, `_get_stream_size`, `_set_stream_size` | RESIZABLE, UNBOUNDED |
//! | `zx_vmo_op_range`, `zx_vmo_create_child` | slices, references, snapshots |
//! | `zx_vmar_root_self`, `zx_vmar_map`, `_unmap` | SPECIFIC, REQUIRE_NON_RESIZABLE, ALLOW_FAULTS |
//! | `zx_clock_get_monotonic`, `_get_boot`, `zx_deadline_after`, `zx_nanosleep` | |
//! | `zx_ticks_get`, `_get_boot`, `zx_ticks_per_second`, `zx_cprng_draw`, `_add_entropy` | |
//!
//! `include/zircon_linux.h` declares them for C.
//!
//! # Differences from Zircon
//!
//! - **Full tables** give `ZX_ERR_NO_RESOURCES`: the kernel would use more memory.
//! - **Channels are bounded.** The kernel queues without a bound and stops a writer that goes too far. Here a write
//!   that finds the peer's queue, message memory or the socket full returns `ZX_ERR_SHOULD_WAIT` and clears WRITABLE
//!   until there is room. Such a write has done nothing: also its handles are still the caller's, which no other
//!   failure leaves. So a caller may simply try again.
//! - **A full queue of user packets** gives `ZX_ERR_SHOULD_WAIT` from `zx_port_queue`: there is no policy exception
//!   to raise.
//! - **What happens in another process is seen when it is looked for**: by waiting, reading or writing, not at the moment
//!   of the cause. A thread that finds its port's queue empty again and again, because it is busy with one peer, may see a
//!   new connection, a timer, or the death of another peer that much later ([`capacity::LOOK_NANOS`]); one that never finds
//!   it empty, after so many packets ([`capacity::PACKETS_BETWEEN_POLLS`]).
//!   Who only writes finds out that the peer was killed when there is no more room.
//! - **A channel between processes holds as many bytes as its ring** ([`capacity::RING_BYTES`], or what
//!   [`connect_with`] was told). A message that can never fit is `ZX_ERR_OUT_OF_RANGE`.
//! - **What cannot be sent to another process** is refused with `ZX_ERR_NOT_SUPPORTED` before anything is sent, and
//!   consumed: ports, timers, address spaces, listening ends, slices of memory objects, and channels in whose unread
//!   messages such a handle lies or that lie more than 8 deep in one another. A channel with more than 64 unread messages
//!   with handles in one direction is `ZX_ERR_NO_RESOURCES`, and so is a socket whose contents need more than
//!   [`capacity::RING_BYTES_MAX`].
//! - **A handle to a socket or fifo in several processes**, by duplication: their calls take turns, and never wait for a
//!   process that was stopped in the midst of one. A call that finds another's turn last long gives `ZX_ERR_SHOULD_WAIT`,
//!   whatever the signals say. Dispositions of both ends at once are two steps for other processes.
//! - **A socket for datagrams between processes** also has room for the datagrams' headers, four bytes each, as much as it
//!   has for their bytes. If there are so many small ones that this is full, it is not writable.
//! - **Rights travel, and the receiver's library keeps to them.** Against a receiver without it only the system's own
//!   means count. So a memory object without WRITE is sealed against writing, for everyone and for good, if its handle
//!   is the only use that this process makes of it, and refused with `ZX_ERR_ACCESS_DENIED` if not. All other rights are
//!   advisory there: a receiver can duplicate, pass on, map and resize what it got.
//! - **An end that came through another process is only as trustworthy as that process**, which may have kept a copy of
//!   its descriptors. No crash, leak or hang follows from what it does with them; which messages arrive is up to it. The
//!   same holds for events, event pairs, sockets and fifos and all who hold them.
//! - **Koids, handle counts, names and memory parents** are those of one process. An object that came from another
//!   has new ones, and handles elsewhere are not counted. ([`peer_credentials`] tells who is at the other end.)
//! - **An end's own user signals, thresholds and disposition**, of an event pair, socket or fifo, set by one of several
//!   processes that hold the same end, are seen by the others when they look; what the peer does wakes them.
//! - **A peer that breaks the rules**, or closes one direction, counts as closed. So does one that passes its own
//!   socket on and dies, but only once nobody holds that.
//! - **Each end of a channel between processes takes one descriptor**, of a Unix socket, and one mapping, of memory. The
//!   memory's own descriptor, which is only needed for passing the end on, lies in the file table of an io_uring, which the
//!   first such end makes. Where there can be none (before Linux 6.8, or in a sandbox), where it is full
//!   ([`Capacity::shelved_descriptors`]), and once an end was to be passed on, an end takes two. Each end of a socket or fifo
//!   takes two, and one more with handles in several processes.
//! - **Closing a port under sleepers** ends their waits with `ZX_ERR_CANCELED`, where the kernel lets them sleep to
//!   their deadline: a thread that nobody can wake is of no use to anyone.
//! - **EDGE waits** are ended by a change of a signal that they asked for, as documented; the kernel's code also
//!   counts changes of other signals.
//! - **Timers with slack** are due at the roundest moment of their window, whether or not there is another timer.
//! - **A call over a channel that is full** waits for room up to its deadline. Over a channel between processes it needs
//!   `ZX_RIGHT_WAIT`, and the two sides take their transaction ids from two halves of the kernel's range. While a call
//!   is under way from one end, the other cannot be sent to another process (`ZX_ERR_NOT_SUPPORTED`); and an end
//!   between processes cannot go on to a third while calls are under way from it or messages that arrived meanwhile
//!   are unread.
//! - **Socket buffers** within the process are in memory that all channels and sockets share. A write that finds that
//!   memory full is `ZX_ERR_SHOULD_WAIT`, as for channels. `zx_socket_set_disposition` ignores what is asked for a closed peer.
//! - **Memory objects** take one descriptor each. None is discardable (`ZX_ERR_NOT_SUPPORTED`). Snapshots are copied at
//!   once; slices and references of resizable memory are `ZX_ERR_NOT_SUPPORTED`. ZERO_CHILDREN looks at children only,
//!   not at theirs. Operations on caches and hints change nothing.
//! - **Of the address space** only the root region is there. Only what was mapped through it can be unmapped. Options
//!   for overwriting, upper limits and alignments are `ZX_ERR_NOT_SUPPORTED`. Accesses beyond memory are SIGBUS.
//! - **Names** are those of memory objects.
//! - **Unknown options** are `ZX_ERR_INVALID_ARGS`, but for two calls where the kernel too says
//!   `ZX_ERR_NOT_SUPPORTED`: `zx_channel_read` and `zx_eventpair_create`.
//! - **Bad pointers** are told from good ones only if null or misaligned (`ZX_ERR_INVALID_ARGS`). The places of one
//!   call must not overlap.
//! - **No job policy**: a bad handle is a status and nothing else.
//! - **After `fork` without `exec`** each call in the child that takes or makes a handle is `ZX_ERR_BAD_STATE`.
//!
#![doc = include_str!("../docs/published-crate.md")]
//! # Layers
//!
//! Each module knows those below it.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`abi`] | the calls: check arguments, reach into the caller's memory, call inward |
//! | `rendezvous`, `inherit`, `usage` | the Rust functions beside the calls |
//! | `transfer` | handles on their way to another process, and objects that become shared for it |
//! | `blocking` | blocking waits, made of asynchronous ones and a hidden port |
//! | `socket`, `fifo`, `vmo`, `vmar`, `name`, `inspect` | the other objects, and what can be asked of all |
//! | `pipe` | sockets and fifos that other processes hold too |
//! | `channel` | messages, and the three kinds of channel ends: `local`, `link` (between processes), `listener` |
//! | `ring` | one direction of a link or pipe: records or bytes, positions, and the doorbells of who sleeps |
//! | `beacon` | events and event pairs that other processes hold too |
//! | `bell` | bells on a Unix socket that several processes share |
//! | `timer`, `descriptor` | objects whose signals follow something outside, and how ports hear of it |
//! | `starved` | channels and sockets that found message memory full |
//! | `port`, `signals`, `wait`, `park` | packets, the waits that make them, and where threads sleep |
//! | `object`, `handle_table` | objects, their ends and lock; numbers, generations, rights |
//! | `tables`, `pool`, `memory`, `capacity` | slots of fixed number, and the one reservation that they lie in |
//! | `prefault` | pages before they are needed |
//! | `payload`, `sync`, `sys` | the caller's pieces; atomics and the lock; the calls of Linux |
//!
//! `object`, `signals`, `port` and `channel` call one another where one object's change is another's cause: a
//! message that nobody can read holds handles, and a signal makes a packet.
//!
//! Locks are taken in the order address space, object, port. Two other objects are locked at once only while one of
//! them is new and known to no one else.
//!
//! `unsafe` is denied but in `abi` and `payload` (the caller's memory), `memory` and `pool` (who may touch a slot),
//! `sync` (the lock), `sys` (calls of Linux), `vmo` and `vmar` (descriptors and mappings that outlive a lock), and for
//! single promises that a type is valid as zeroes, or that a copy has written a whole place.

#![deny(unsafe_code)]

#[cfg(not(all(target_os = "linux", target_pointer_width = "64", target_endian = "little")))]
compile_error!(
    "zircon-linux needs 64-bit little-endian Linux: handle entries and lists of pieces rely on 64-bit words, and the \
     objects on epoll and futexes. On Fuchsia the kernel itself provides these calls."
);

pub mod abi;
mod beacon;
mod bell;
mod blocking;
pub mod capacity;
mod channel;
mod descriptor;
mod fifo;
mod handle_table;
mod inherit;
mod inspect;
mod memory;
mod name;
mod object;
mod park;
mod payload;
mod pipe;
mod pool;
mod port;
mod prefault;
mod rendezvous;
mod ring;
mod signals;
mod socket;
mod starved;
mod sync;
mod sys;
mod tables;
mod timer;
mod transfer;
mod usage;
mod vmar;
mod vmo;
mod wait;

pub use capacity::Capacity;
pub use inherit::{adopt, export};
pub use pool::Usage;
pub use rendezvous::{Credentials, connect, connect_with, listen, peer_credentials};
pub use usage::{Memory, capacity, memory};

/// The examples of the README, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
