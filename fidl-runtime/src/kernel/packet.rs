//! Packets as typed values: what each kind's 32 bytes of payload mean.
//!
//! The layouts are those of `zircon/syscalls/port.h` (`zx_port_packet_t` and what its union holds). Decoding is a pure
//! function of the bytes and cannot fail: a kind that is not known here, or an unknown variant within a kind, comes out as
//! raw bytes.

use super::abi::PortPacket;
use super::time::Instant;

/// `ZX_PKT_TYPE_USER` and its siblings.
const USER: u32 = 0;
const SIGNAL_ONE: u32 = 1;
const GUEST_BELL: u32 = 3;
const GUEST_MEM: u32 = 4;
const GUEST_IO: u32 = 5;
const GUEST_VCPU: u32 = 6;
const INTERRUPT: u32 = 7;
const PAGE_REQUEST: u32 = 9;
const POWER_LEVEL: u32 = 10;

/// `ZX_PKT_TYPE_MASK`: the bits of a packet's type that name it.
const TYPE_MASK: u32 = 0xff;

/// What a packet says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Packet {
    /// Queued by a program (`zx_packet_user_t`).
    User {
        /// What the sender gave as status.
        status: i32,
        /// 32 bytes that mean what sender and receiver agree on.
        payload: [u64; 4],
    },
    /// A wait was satisfied (`zx_packet_signal_t`).
    Signal(Signal),
    /// A guest wrote to a bell trap (`zx_packet_guest_bell_t`).
    GuestBell {
        /// The guest-physical address.
        addr: u64,
    },
    /// A guest accessed a memory trap (`zx_packet_guest_mem_t`).
    GuestMem(GuestMem),
    /// A guest accessed an input/output port (`zx_packet_guest_io_t`).
    GuestIo(GuestIo),
    /// A guest's virtual processor wants something (`zx_packet_guest_vcpu_t`).
    GuestVcpu(GuestVcpu),
    /// An interrupt was triggered (`zx_packet_interrupt_t`). It comes again only when it has been acknowledged.
    Interrupt {
        /// When it was triggered.
        timestamp: Instant,
    },
    /// A pager must do something (`zx_packet_page_request_t`).
    PageRequest(PageRequest),
    /// A power domain is to change its level (`zx_packet_processor_power_level_transition_request_t`).
    PowerLevel(PowerLevel),
    /// A kind that is newer than this crate.
    Other {
        /// The packet's type.
        packet_type: u32,
        /// The packet's status.
        status: i32,
        /// The payload as it came.
        payload: [u8; 32],
    },
}

/// A wait that was satisfied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal {
    /// The signals that were waited for.
    pub trigger: u32,
    /// All that were asserted.
    pub observed: u32,
    /// How many operations can be done, at least; see [`Packet::operations`].
    pub count: u64,
    /// When, if that was asked for.
    pub timestamp: Instant,
}

/// An access to a memory trap. What is known of it depends on the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuestMem {
    /// The guest-physical address.
    pub addr: u64,
    /// The access.
    #[cfg(target_arch = "aarch64")]
    pub access: GuestAccess,
    /// The page table, `CR3`.
    #[cfg(not(target_arch = "aarch64"))]
    pub cr3: u64,
    /// The instruction's address.
    #[cfg(not(target_arch = "aarch64"))]
    pub rip: u64,
    /// The instruction's length in bytes; 0 if it is not known.
    #[cfg(not(target_arch = "aarch64"))]
    pub instruction_size: u8,
    /// The default operand size in bytes.
    #[cfg(not(target_arch = "aarch64"))]
    pub default_operand_size: u8,
}

/// An access to a memory trap as 64-bit ARM tells it.
#[cfg(target_arch = "aarch64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuestAccess {
    /// In bytes.
    pub size: u8,
    /// Whether what is read is extended with its sign.
    pub sign_extend: bool,
    /// The register.
    pub xt: u8,
    /// Whether it is a read.
    pub read: bool,
    /// What is written.
    pub data: u64,
}

/// An access to an input/output port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuestIo {
    /// The port.
    pub port: u16,
    /// In bytes: 1, 2 or 4.
    pub access_size: u8,
    /// Whether the guest reads.
    pub input: bool,
    /// What it writes.
    pub data: [u8; 4],
}

/// What a virtual processor wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GuestVcpu {
    /// An interrupt for others.
    Interrupt {
        /// Which processors.
        mask: u64,
        /// The vector.
        vector: u8,
    },
    /// The start of another.
    Startup {
        /// Its number.
        id: u64,
        /// Where it begins.
        entry: u64,
    },
    /// Its end.
    Exit {
        /// What it returns.
        retcode: i64,
    },
    /// Something newer than this crate.
    Other {
        /// Which.
        kind: u8,
        /// What belongs to it.
        words: [u64; 2],
    },
}

/// What a pager must do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// `ZX_PAGER_VMO_READ` and its siblings.
    pub command: u16,
    /// Flags of the command.
    pub flags: u16,
    /// Where, in bytes.
    pub offset: u64,
    /// How many bytes.
    pub length: u64,
}

/// A change of a power level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PowerLevel {
    /// The domain, or by `options` the processor.
    pub domain_id: u32,
    /// What `domain_id` means.
    pub options: u32,
    /// By which interface.
    pub control_interface: u64,
    /// What to tell it.
    pub control_argument: u64,
}

impl Packet {
    /// What a packet says.
    pub const fn decode(packet: &PortPacket) -> Self {
        let words = packet.payload;
        match packet.packet_type & TYPE_MASK {
            USER => Self::User { status: packet.status, payload: words },
            SIGNAL_ONE => Self::Signal(Signal::decode(words)),
            GUEST_BELL => Self::GuestBell { addr: words[0] },
            GUEST_MEM => Self::GuestMem(GuestMem::decode(words)),
            GUEST_IO => Self::GuestIo(GuestIo::decode(words)),
            GUEST_VCPU => Self::GuestVcpu(GuestVcpu::decode(words)),
            INTERRUPT => Self::Interrupt { timestamp: Instant::from_nanos(words[0] as i64) },
            PAGE_REQUEST => Self::PageRequest(PageRequest::decode(words)),
            POWER_LEVEL => Self::PowerLevel(PowerLevel::decode(words)),
            _ => Self::Other {
                packet_type: packet.packet_type,
                status: packet.status,
                payload: bytes_of(words),
            },
        }
    }

    /// How many operations a signal packet stands for; `u32::MAX` if that is not known, but at least one. What Linux counts
    /// exactly, Zircon answers with 1.
    pub const fn operations(&self) -> u32 {
        match self {
            Self::Signal(signal) if signal.count > 1 && signal.count < u32::MAX as u64 => signal.count as u32,
            Self::Signal(_) => u32::MAX,
            _ => 1,
        }
    }
}

impl Signal {
    const fn decode(words: [u64; 4]) -> Self {
        Self {
            trigger: words[0] as u32,
            observed: (words[0] >> 32) as u32,
            count: words[1],
            timestamp: Instant::from_nanos(words[2] as i64),
        }
    }
}

impl GuestMem {
    #[cfg(target_arch = "aarch64")]
    const fn decode(words: [u64; 4]) -> Self {
        let [size, sign_extend, xt, read, ..] = words[1].to_le_bytes();
        let access = GuestAccess { size, sign_extend: sign_extend != 0, xt, read: read != 0, data: words[2] };
        Self { addr: words[0], access }
    }

    #[cfg(not(target_arch = "aarch64"))]
    const fn decode(words: [u64; 4]) -> Self {
        let [instruction_size, default_operand_size, ..] = words[3].to_le_bytes();
        Self { addr: words[0], cr3: words[1], rip: words[2], instruction_size, default_operand_size }
    }
}

impl GuestIo {
    const fn decode(words: [u64; 4]) -> Self {
        let [low, high, access_size, input, a, b, c, d] = words[0].to_le_bytes();
        Self { port: u16::from_le_bytes([low, high]), access_size, input: input != 0, data: [a, b, c, d] }
    }
}

impl GuestVcpu {
    const fn decode(words: [u64; 4]) -> Self {
        match words[2] as u8 {
            0 => Self::Interrupt { mask: words[0], vector: words[1] as u8 },
            1 => Self::Startup { id: words[0], entry: words[1] },
            2 => Self::Exit { retcode: words[0] as i64 },
            kind => Self::Other { kind, words: [words[0], words[1]] },
        }
    }
}

impl PageRequest {
    const fn decode(words: [u64; 4]) -> Self {
        Self { command: words[0] as u16, flags: (words[0] >> 16) as u16, offset: words[1], length: words[2] }
    }
}

impl PowerLevel {
    const fn decode(words: [u64; 4]) -> Self {
        Self {
            domain_id: words[0] as u32,
            options: (words[0] >> 32) as u32,
            control_interface: words[1],
            control_argument: words[2],
        }
    }
}

/// The words in the order in which they lie in memory.
const fn bytes_of(words: [u64; 4]) -> [u8; 32] {
    let mut bytes = [0; 32];
    let mut index = 0;
    while index < 32 {
        bytes[index] = words[index / 8].to_le_bytes()[index % 8];
        index += 1;
    }
    bytes
}

#[cfg(test)]
#[path = "packet_tests.rs"]
mod tests;
