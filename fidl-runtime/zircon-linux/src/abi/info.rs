//! The records that `zx_object_get_info` fills, with their sizes held against the ABI.

#![allow(non_camel_case_types)]

use super::types::*;

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

/// What [`ZX_INFO_SOCKET`] tells.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct zx_info_socket_t {
    /// [`ZX_SOCKET_STREAM`] or [`ZX_SOCKET_DATAGRAM`].
    pub options: u32,
    /// 0.
    pub padding: u32,
    /// Bytes that may wait to be read here.
    pub rx_buf_max: usize,
    /// Bytes that wait to be read here.
    pub rx_buf_size: usize,
    /// Bytes that the next read can give: for datagrams, those of the first.
    pub rx_buf_available: usize,
    /// Bytes that may wait to be read by the peer, or 0 if it is gone.
    pub tx_buf_max: usize,
    /// Bytes that wait to be read by the peer, or 0 if it is gone.
    pub tx_buf_size: usize,
}

/// What [`ZX_INFO_TIMER`] tells.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct zx_info_timer_t {
    /// How slack is applied.
    pub options: u32,
    /// The timer's clock.
    pub clock_id: zx_clock_t,
    /// The deadline, or 0 if the timer is not armed.
    pub deadline: zx_time_t,
    /// The slack, or 0 if the timer is not armed.
    pub slack: zx_duration_t,
}

/// What [`ZX_INFO_VMAR`] tells.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct zx_info_vmar_t {
    /// The first address.
    pub base: usize,
    /// The number of bytes.
    pub len: usize,
}

/// What [`ZX_INFO_VMO`] tells. Older versions of the topic are its beginning.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct zx_info_vmo_t {
    /// The object's number.
    pub koid: zx_koid_t,
    /// Its name.
    pub name: [u8; ZX_MAX_NAME_LEN],
    /// Its size in bytes, whole pages.
    pub size_bytes: u64,
    /// The number of the object that it was made from, or 0.
    pub parent_koid: zx_koid_t,
    /// How many were made from it and still exist.
    pub num_children: usize,
    /// How often it is mapped.
    pub num_mappings: usize,
    /// How many address spaces map it: here at most one is known.
    pub share_count: usize,
    /// `ZX_INFO_VMO_*`.
    pub flags: u32,
    /// 0.
    pub padding: u32,
    /// Bytes that have memory.
    pub committed_bytes: u64,
    /// The rights of the handle asked through.
    pub handle_rights: zx_rights_t,
    /// 0: cached.
    pub cache_policy: u32,
    /// 0: not known.
    pub metadata_bytes: u64,
    /// 0: not known.
    pub committed_change_events: u64,
    /// As `committed_bytes`.
    pub populated_bytes: u64,
    /// The bytes of memory that it alone has: all.
    pub committed_private_bytes: u64,
    /// As `populated_bytes`.
    pub populated_private_bytes: u64,
    /// As `committed_bytes`.
    pub committed_scaled_bytes: u64,
    /// As `populated_bytes`.
    pub populated_scaled_bytes: u64,
    /// 0.
    pub committed_fractional_scaled_bytes: u64,
    /// 0.
    pub populated_fractional_scaled_bytes: u64,
}

/// The sizes of the versions of [`zx_info_vmo_t`], from version 0 on.
pub const ZX_INFO_VMO_SIZES: [usize; 4] = [104, 120, 128, 176];

const _: () = {
    use core::mem::offset_of;
    assert!(size_of::<zx_info_handle_basic_t>() == 32);
    assert!(offset_of!(zx_info_handle_basic_t, related_koid) == 16);
    assert!(size_of::<zx_info_handle_count_t>() == 4);
    assert!(size_of::<zx_info_socket_t>() == 48 && offset_of!(zx_info_socket_t, rx_buf_max) == 8);
    assert!(size_of::<zx_info_timer_t>() == 24 && offset_of!(zx_info_timer_t, deadline) == 8);
    assert!(size_of::<zx_info_vmar_t>() == 16);
    assert!(size_of::<zx_info_vmo_t>() == ZX_INFO_VMO_SIZES[3]);
    assert!(offset_of!(zx_info_vmo_t, size_bytes) == 40 && offset_of!(zx_info_vmo_t, flags) == 80);
    assert!(offset_of!(zx_info_vmo_t, handle_rights) == 96);
    assert!(offset_of!(zx_info_vmo_t, metadata_bytes) == ZX_INFO_VMO_SIZES[0]);
    assert!(offset_of!(zx_info_vmo_t, populated_bytes) == ZX_INFO_VMO_SIZES[1]);
    assert!(offset_of!(zx_info_vmo_t, committed_private_bytes) == ZX_INFO_VMO_SIZES[2]);
};
