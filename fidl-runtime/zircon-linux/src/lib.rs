//! Zircon's IPC objects and system calls on Linux.

#![deny(unsafe_code)]

#[cfg(not(all(target_os = "linux", target_pointer_width = "64", target_endian = "little")))]
compile_error!(
    "zircon-linux needs 64-bit little-endian Linux: handle entries and lists of pieces rely on 64-bit words, and the \
     objects on epoll and futexes. On Fuchsia the kernel itself provides these calls."
);

pub mod abi;
mod blocking;
pub mod capacity;
mod channel;
mod descriptor;
mod handle_table;
mod memory;
mod object;
mod park;
mod payload;
mod pool;
mod port;
mod rendezvous;
mod signals;
mod sync;
mod sys;
mod tables;
mod timer;
mod usage;
mod wait;

pub use pool::Usage;
pub use rendezvous::{connect, listen};
pub use usage::{Memory, memory};
