//! The C types and constants of the calls, with their sizes held against the ABI.

#![allow(non_camel_case_types)]

pub use super::constants::*;
pub use super::info::*;

/// A number that stands for an object and what may be done to it.
pub type zx_handle_t = u32;
/// 0 or a negative error.
pub type zx_status_t = i32;
/// A set of conditions of an object.
pub type zx_signals_t = u32;
/// A set of things that may be done through a handle.
pub type zx_rights_t = u32;
/// The type of an object.
pub type zx_obj_type_t = u32;
/// What happens to a handle that is sent.
pub type zx_handle_op_t = u32;
/// The type of a packet.
pub type zx_packet_type_t = u32;
/// A number that means one object and never another.
pub type zx_koid_t = u64;
/// Nanoseconds of a clock.
pub type zx_time_t = i64;
/// A difference of times in nanoseconds.
pub type zx_duration_t = i64;
/// Ticks of the clock.
pub type zx_ticks_t = i64;
/// The number of a clock.
pub type zx_clock_t = u32;

/// What a packet that a wait made says.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct zx_packet_signal_t {
    /// The signals waited for.
    pub trigger: zx_signals_t,
    /// All signals at the match.
    pub observed: zx_signals_t,
    /// Always 1 for objects of this crate.
    pub count: u64,
    /// The time of the match, if asked for.
    pub timestamp: zx_time_t,
    /// 0.
    pub reserved1: u64,
}

/// A packet of a port. The payload is kept as words; [`zx_port_packet_t::signal`] reads it as a signal packet's.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct zx_port_packet_t {
    /// The key given when the packet was asked for.
    pub key: u64,
    /// [`ZX_PKT_TYPE_USER`] or [`ZX_PKT_TYPE_SIGNAL_ONE`].
    pub packet_type: zx_packet_type_t,
    /// The user's status, or 0.
    pub status: zx_status_t,
    /// The union of all payloads.
    pub payload: [u64; 4],
}

impl zx_port_packet_t {
    /// The payload of a packet that a wait made.
    pub const fn signal(&self) -> zx_packet_signal_t {
        zx_packet_signal_t {
            trigger: self.payload[0] as u32,
            observed: (self.payload[0] >> 32) as u32,
            count: self.payload[1],
            timestamp: self.payload[2] as i64,
            reserved1: self.payload[3],
        }
    }
}

/// One object to wait for.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct zx_wait_item_t {
    /// The object.
    pub handle: zx_handle_t,
    /// The signals to wait for.
    pub waitfor: zx_signals_t,
    /// The signals found.
    pub pending: zx_signals_t,
}

/// A received handle and what is known of it.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct zx_handle_info_t {
    /// The new handle.
    pub handle: zx_handle_t,
    /// The type of its object.
    pub object_type: zx_obj_type_t,
    /// Its rights.
    pub rights: zx_rights_t,
    /// 0.
    pub unused: u32,
}

/// A handle to send, how, and what became of it.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct zx_handle_disposition_t {
    /// [`ZX_HANDLE_OP_MOVE`] or [`ZX_HANDLE_OP_DUPLICATE`].
    pub operation: zx_handle_op_t,
    /// The handle.
    pub handle: zx_handle_t,
    /// The type that its object must have, or [`ZX_OBJ_TYPE_NONE`].
    pub object_type: zx_obj_type_t,
    /// The rights that the receiver gets, or [`ZX_RIGHT_SAME_RIGHTS`].
    pub rights: zx_rights_t,
    /// Why this entry failed.
    pub result: zx_status_t,
}

/// The places of a call: the request, and the room for the reply.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct zx_channel_call_args_t {
    /// The request's bytes, or pieces with [`ZX_CHANNEL_WRITE_USE_IOVEC`].
    pub wr_bytes: *const u8,
    /// The request's handles.
    pub wr_handles: *const zx_handle_t,
    /// Where the reply's bytes go.
    pub rd_bytes: *mut u8,
    /// Where the reply's handles go.
    pub rd_handles: *mut zx_handle_t,
    /// The number of bytes, or of pieces, to write.
    pub wr_num_bytes: u32,
    /// The number of handles to write.
    pub wr_num_handles: u32,
    /// The room for bytes.
    pub rd_num_bytes: u32,
    /// The room for handles.
    pub rd_num_handles: u32,
}

/// The places of a call whose handles may be duplicates or lose rights, and come with their types and rights.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct zx_channel_call_etc_args_t {
    /// The request's bytes, or pieces with [`ZX_CHANNEL_WRITE_USE_IOVEC`].
    pub wr_bytes: *const u8,
    /// The request's handles, and what became of them.
    pub wr_handles: *mut zx_handle_disposition_t,
    /// Where the reply's bytes go.
    pub rd_bytes: *mut u8,
    /// Where the reply's handles go.
    pub rd_handles: *mut zx_handle_info_t,
    /// The number of bytes, or of pieces, to write.
    pub wr_num_bytes: u32,
    /// The number of handles to write.
    pub wr_num_handles: u32,
    /// The room for bytes.
    pub rd_num_bytes: u32,
    /// The room for handles.
    pub rd_num_handles: u32,
}

/// A piece of a message to write.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct zx_channel_iovec_t {
    /// The bytes.
    pub buffer: *const u8,
    /// Their number.
    pub capacity: u32,
    /// 0.
    pub reserved: u32,
}

const _: () = {
    assert!(size_of::<zx_packet_signal_t>() == 32);
    assert!(size_of::<zx_port_packet_t>() == 48 && align_of::<zx_port_packet_t>() == 8);
    assert!(core::mem::offset_of!(zx_port_packet_t, payload) == 16);
    assert!(size_of::<zx_wait_item_t>() == 12 && align_of::<zx_wait_item_t>() == 4);
    assert!(size_of::<zx_handle_info_t>() == 16 && align_of::<zx_handle_info_t>() == 4);
    assert!(size_of::<zx_handle_disposition_t>() == 20 && align_of::<zx_handle_disposition_t>() == 4);
    assert!(size_of::<zx_channel_call_args_t>() == 48 && size_of::<zx_channel_call_etc_args_t>() == 48);
    assert!(size_of::<zx_channel_iovec_t>() == 16 && align_of::<zx_channel_iovec_t>() == 8);
};
