//! The seam to the kernel: every Zircon call that the runtime makes, in today's ABI, and safe functions around it.
//!
//! On Fuchsia the symbols are the vDSO's; on Linux the crate `zircon-linux` defines them. Nothing above this module asks
//! which system it is on. Owned handles, typed objects, [`Status`] and [`Signals`] are the `fuchsia-zircon` crate's; of
//! that crate's own calls only closing, duplicating and creating are used, because its other declarations are older
//! than the kernel.
#![allow(unsafe_code)]

mod abi;
mod channel;
mod endpoint;
mod handle;
mod memory;
mod object;
mod packet;
mod port;
mod rendezvous;
mod time;

pub use fuchsia_zircon::{
    AsHandleRef, Channel, Event, EventPair, Handle, HandleBased, Signals, Socket, Status,
};

pub use abi::PortPacket;
pub use channel::{Read, ReadError, read, write};
pub use endpoint::{ClientEnd, ServerEnd, create_endpoints};
pub use handle::status_name;
pub(crate) use handle::{close_all, close_unknown};
pub use memory::prefault;
pub use object::{wait_async, wait_one};
pub use packet::{GuestIo, GuestMem, GuestVcpu, Packet, PageRequest, PowerLevel, Signal};
pub use port::{Port, waits_per_port};
pub(crate) use port::{WAKE, ring};
pub use rendezvous::Listener;
#[cfg(target_os = "linux")]
pub use rendezvous::{connect, listen};
pub use time::Instant;
pub(crate) use time::VirtualClock;
