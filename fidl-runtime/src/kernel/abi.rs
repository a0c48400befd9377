//! Zircon's calls as today's vDSO declares them. The file `vdso.table` beside this one holds them against the kernel's.

// Brings the symbols along where there is no vDSO.
#[cfg(target_os = "linux")]
extern crate zircon_linux as _;

/// `zx_handle_info_t`: a handle that came with a message.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct HandleInfo {
    pub(super) handle: u32,
    pub(super) object_type: u32,
    pub(super) rights: u32,
    unused: u32,
}

/// `zx_handle_disposition_t`: a handle that goes with a message.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct HandleDisposition {
    pub(super) operation: u32,
    pub(super) handle: u32,
    pub(super) object_type: u32,
    pub(super) rights: u32,
    pub(super) result: i32,
}

/// `zx_port_packet_t`: what a port delivers. The payload's meaning depends on the type.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PortPacket {
    /// The key given when the packet was asked for or queued.
    pub key: u64,
    /// What kind of packet it is (`ZX_PKT_TYPE_…`). New kinds appear over time.
    pub packet_type: u32,
    /// `ZX_OK` for packets from the kernel; the sender's for user packets.
    pub status: i32,
    /// 32 bytes.
    pub payload: [u64; 4],
}

/// `ZX_PKT_TYPE_SIGNAL_ONE`.
const SIGNAL_ONE: u32 = 1;

impl PortPacket {
    /// A user packet (`ZX_PKT_TYPE_USER`).
    pub const fn user(key: u64, payload: [u64; 4]) -> Self {
        Self { key, packet_type: 0, status: 0, payload }
    }

    /// The signals observed when a wait was satisfied (`zx_packet_signal_t`), if that is what the packet tells.
    pub const fn observed(&self) -> Option<u32> {
        // The first word holds `trigger` and, above it, `observed`.
        if self.packet_type == SIGNAL_ONE { Some((self.payload[0] >> 32) as u32) } else { None }
    }
}

const _: () = {
    assert!(size_of::<HandleInfo>() == 16);
    assert!(size_of::<HandleDisposition>() == 20);
    assert!(size_of::<PortPacket>() == 48);
};

unsafe extern "C" {
    pub(super) fn zx_channel_read_etc(
        handle: u32,
        options: u32,
        bytes: *mut u8,
        handles: *mut HandleInfo,
        num_bytes: u32,
        num_handles: u32,
        actual_bytes: *mut u32,
        actual_handles: *mut u32,
    ) -> i32;

    pub(super) fn zx_channel_write(
        handle: u32,
        options: u32,
        bytes: *const u8,
        num_bytes: u32,
        handles: *const u32,
        num_handles: u32,
    ) -> i32;

    pub(super) fn zx_channel_write_etc(
        handle: u32,
        options: u32,
        bytes: *const u8,
        num_bytes: u32,
        handles: *mut HandleDisposition,
        num_handles: u32,
    ) -> i32;

    pub(super) fn zx_clock_get_monotonic() -> i64;

    pub(super) fn zx_handle_close(handle: u32) -> i32;

    pub(super) fn zx_handle_replace(handle: u32, rights: u32, out: *mut u32) -> i32;

    pub(super) fn zx_object_wait_async(handle: u32, port: u32, key: u64, signals: u32, options: u32) -> i32;

    pub(super) fn zx_object_wait_one(handle: u32, signals: u32, deadline: i64, observed: *mut u32) -> i32;

    pub(super) fn zx_port_cancel(handle: u32, source: u32, key: u64) -> i32;

    pub(super) fn zx_port_create(options: u32, out: *mut u32) -> i32;

    pub(super) fn zx_port_queue(handle: u32, packet: *const PortPacket) -> i32;
}

#[cfg(target_os = "linux")]
unsafe extern "C" {
    pub(super) fn zx_linux_port_descriptor(handle: u32, descriptor: *mut i32) -> i32;

    pub(super) fn zx_linux_process_prefault(options: u32) -> i32;

    pub(super) fn zx_linux_port_prepare_wait(handle: u32, latest: *mut i64) -> i32;
}

/// Takes as many packets as are there, after waiting for the first: one call where the kernel has one for that.
///
/// # Safety
///
/// `packets` is valid for writes of `capacity` packets, and `actual` for one of a `usize`.
pub(super) unsafe fn port_wait_many(
    handle: u32,
    deadline: i64,
    packets: *mut PortPacket,
    capacity: usize,
    actual: *mut usize,
) -> i32 {
    #[cfg(target_os = "linux")]
    {
        unsafe extern "C" {
            fn zx_linux_port_wait_batch(
                handle: u32,
                deadline: i64,
                packets: *mut PortPacket,
                capacity: usize,
                actual: *mut usize,
            ) -> i32;
        }
        // SAFETY: the caller's promise.
        unsafe { zx_linux_port_wait_batch(handle, deadline, packets, capacity, actual) }
    }
    #[cfg(target_os = "fuchsia")]
    {
        unsafe extern "C" {
            fn zx_port_wait(handle: u32, deadline: i64, packet: *mut PortPacket) -> i32;
        }
        if capacity == 0 {
            return fuchsia_zircon::sys::ZX_ERR_INVALID_ARGS;
        }
        // SAFETY: the caller's promise; there is room for one packet.
        let status = unsafe { zx_port_wait(handle, deadline, packets) };
        // SAFETY: the caller's promise.
        unsafe { actual.write(usize::from(status == 0)) };
        status
    }
}
