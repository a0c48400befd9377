//! The C types and constants of the calls, with their sizes held against the ABI.

#![allow(non_camel_case_types)]

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

/// What [`ZX_INFO_HANDLE_BASIC`] tells.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct zx_info_handle_basic_t {
    /// The object's number.
    pub koid: zx_koid_t,
    /// The handle's rights.
    pub rights: zx_rights_t,
    /// The object's type.
    pub object_type: zx_obj_type_t,
    /// The peer's number, or 0.
    pub related_koid: zx_koid_t,
    /// 0.
    pub reserved: u32,
    /// 0.
    pub padding: u32,
}

/// What [`ZX_INFO_HANDLE_COUNT`] tells.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct zx_info_handle_count_t {
    /// The number of handles to the object.
    pub handle_count: u32,
}

const _: () = {
    assert!(size_of::<zx_packet_signal_t>() == 32);
    assert!(size_of::<zx_port_packet_t>() == 48 && align_of::<zx_port_packet_t>() == 8);
    assert!(core::mem::offset_of!(zx_port_packet_t, payload) == 16);
    assert!(size_of::<zx_wait_item_t>() == 12 && align_of::<zx_wait_item_t>() == 4);
    assert!(size_of::<zx_handle_info_t>() == 16 && align_of::<zx_handle_info_t>() == 4);
    assert!(size_of::<zx_handle_disposition_t>() == 20 && align_of::<zx_handle_disposition_t>() == 4);
    assert!(size_of::<zx_channel_iovec_t>() == 16 && align_of::<zx_channel_iovec_t>() == 8);
    assert!(size_of::<zx_info_handle_basic_t>() == 32);
    assert!(core::mem::offset_of!(zx_info_handle_basic_t, related_koid) == 16);
    assert!(size_of::<zx_info_handle_count_t>() == 4);
};

/// Defines public constants of one type, each documented by its C name.
macro_rules! constants {
    ($type:ty: $($name:ident = $value:expr),* $(,)?) => {
        $(
            #[doc = concat!("`", stringify!($name), "` of the C headers.")]
            pub const $name: $type = $value;
        )*
    };
}

constants! { zx_handle_t: ZX_HANDLE_INVALID = 0, ZX_HANDLE_FIXED_BITS_MASK = 3 }

constants! { zx_status_t:
    ZX_OK = 0, ZX_ERR_INTERNAL = -1, ZX_ERR_NOT_SUPPORTED = -2, ZX_ERR_NO_RESOURCES = -3, ZX_ERR_NO_MEMORY = -4,
    ZX_ERR_INVALID_ARGS = -10, ZX_ERR_BAD_HANDLE = -11, ZX_ERR_WRONG_TYPE = -12, ZX_ERR_OUT_OF_RANGE = -14,
    ZX_ERR_BUFFER_TOO_SMALL = -15, ZX_ERR_BAD_STATE = -20, ZX_ERR_TIMED_OUT = -21, ZX_ERR_SHOULD_WAIT = -22,
    ZX_ERR_CANCELED = -23, ZX_ERR_PEER_CLOSED = -24, ZX_ERR_NOT_FOUND = -25, ZX_ERR_ALREADY_EXISTS = -26,
    ZX_ERR_ACCESS_DENIED = -30, ZX_ERR_IO = -40, ZX_ERR_BAD_PATH = -50,
}

constants! { zx_rights_t:
    ZX_RIGHT_NONE = 0, ZX_RIGHT_DUPLICATE = 1 << 0, ZX_RIGHT_TRANSFER = 1 << 1, ZX_RIGHT_READ = 1 << 2,
    ZX_RIGHT_WRITE = 1 << 3, ZX_RIGHT_SIGNAL = 1 << 12, ZX_RIGHT_SIGNAL_PEER = 1 << 13, ZX_RIGHT_WAIT = 1 << 14,
    ZX_RIGHT_INSPECT = 1 << 15, ZX_RIGHT_SAME_RIGHTS = 1 << 31, ZX_DEFAULT_CHANNEL_RIGHTS = 0xF00E,
    ZX_DEFAULT_EVENT_RIGHTS = 0xD003, ZX_DEFAULT_EVENTPAIR_RIGHTS = 0xF003, ZX_DEFAULT_PORT_RIGHTS = 0x800F,
    ZX_DEFAULT_TIMER_RIGHTS = 0xD00B,
}

constants! { zx_obj_type_t:
    ZX_OBJ_TYPE_NONE = 0, ZX_OBJ_TYPE_CHANNEL = 4, ZX_OBJ_TYPE_EVENT = 5, ZX_OBJ_TYPE_PORT = 6,
    ZX_OBJ_TYPE_EVENTPAIR = 16, ZX_OBJ_TYPE_TIMER = 22,
}

constants! { zx_signals_t:
    ZX_SIGNAL_NONE = 0, ZX_CHANNEL_READABLE = 1 << 0, ZX_CHANNEL_WRITABLE = 1 << 1, ZX_CHANNEL_PEER_CLOSED = 1 << 2,
    ZX_EVENT_SIGNALED = 1 << 3, ZX_EVENTPAIR_SIGNALED = 1 << 3, ZX_EVENTPAIR_PEER_CLOSED = 1 << 2,
    ZX_TIMER_SIGNALED = 1 << 3, ZX_SIGNAL_HANDLE_CLOSED = 1 << 23, ZX_USER_SIGNAL_0 = 1 << 24,
    ZX_USER_SIGNAL_1 = 1 << 25, ZX_USER_SIGNAL_ALL = 0xFF00_0000,
}

constants! { u32:
    ZX_CHANNEL_READ_MAY_DISCARD = 1, ZX_CHANNEL_WRITE_USE_IOVEC = 2, ZX_CHANNEL_MAX_MSG_BYTES = 65_536,
    ZX_CHANNEL_MAX_MSG_HANDLES = 64, ZX_CHANNEL_MAX_MSG_IOVECS = 8192, ZX_HANDLE_OP_MOVE = 0,
    ZX_HANDLE_OP_DUPLICATE = 1, ZX_WAIT_ASYNC_ONCE = 0, ZX_WAIT_ASYNC_TIMESTAMP = 1, ZX_WAIT_ASYNC_EDGE = 2,
    ZX_WAIT_ASYNC_BOOT_TIMESTAMP = 4, ZX_PORT_BIND_TO_INTERRUPT = 1, ZX_PKT_TYPE_USER = 0,
    ZX_PKT_TYPE_SIGNAL_ONE = 1, ZX_INFO_HANDLE_VALID = 1, ZX_INFO_HANDLE_BASIC = 2, ZX_INFO_HANDLE_COUNT = 19,
    ZX_CLOCK_MONOTONIC = 0, ZX_CLOCK_BOOT = 1, ZX_TIMER_SLACK_LATE = 2,
}

constants! { zx_time_t: ZX_TIME_INFINITE = i64::MAX, ZX_TIME_INFINITE_PAST = i64::MIN }

/// `ZX_WAIT_MANY_MAX_ITEMS` of the C headers.
pub const ZX_WAIT_MANY_MAX_ITEMS: usize = 64;
