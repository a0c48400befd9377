//! The calls with results in place of statuses and out parameters, and pairs of channel ends of either kind.

#![allow(unsafe_code, dead_code, unreachable_pub, unused_imports)]

mod objects;
pub mod raw;

pub use objects::*;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use zircon_linux::abi::types::*;
use zircon_linux::abi::*;

pub type Status = i32;
pub type Result<T> = core::result::Result<T, Status>;

/// Far enough in the future that only a bug waits for it.
pub fn soon() -> i64 {
    zx_deadline_after(20_000_000_000)
}

/// Long enough ago.
pub const PAST: i64 = 0;

pub fn check(status: Status) -> Result<()> {
    if status == ZX_OK { Ok(()) } else { Err(status) }
}

pub fn close(handle: u32) -> Result<()> {
    check(zx_handle_close(handle))
}

pub fn close_many(handles: &[u32]) -> Result<()> {
    // SAFETY: the list is live.
    check(unsafe { zx_handle_close_many(handles.as_ptr(), handles.len()) })
}

pub fn duplicate(handle: u32, rights: u32) -> Result<u32> {
    let mut out = 0;
    // SAFETY: the place is live.
    check(unsafe { zx_handle_duplicate(handle, rights, &mut out) }).map(|()| out)
}

pub fn replace(handle: u32, rights: u32) -> Result<u32> {
    let mut out = 0;
    // SAFETY: the place is live.
    check(unsafe { zx_handle_replace(handle, rights, &mut out) }).map(|()| out)
}

pub fn event() -> u32 {
    let mut out = 0;
    // SAFETY: the place is live.
    check(unsafe { zx_event_create(0, &mut out) }).unwrap();
    out
}

pub fn eventpair() -> (u32, u32) {
    let (mut out0, mut out1) = (0, 0);
    // SAFETY: the places are live.
    check(unsafe { zx_eventpair_create(0, &mut out0, &mut out1) }).unwrap();
    (out0, out1)
}

pub fn timer() -> u32 {
    let mut out = 0;
    // SAFETY: the place is live.
    check(unsafe { zx_timer_create(0, ZX_CLOCK_MONOTONIC, &mut out) }).unwrap();
    out
}

pub fn port() -> u32 {
    let mut out = 0;
    // SAFETY: the place is live.
    check(unsafe { zx_port_create(0, &mut out) }).unwrap();
    out
}

pub fn channel() -> (u32, u32) {
    let (mut out0, mut out1) = (0, 0);
    // SAFETY: the places are live.
    check(unsafe { zx_channel_create(0, &mut out0, &mut out1) }).unwrap();
    (out0, out1)
}

pub fn write(channel: u32, bytes: &[u8], handles: &[u32]) -> Result<()> {
    write_with(channel, 0, bytes, handles)
}

pub fn write_with(channel: u32, options: u32, bytes: &[u8], handles: &[u32]) -> Result<()> {
    let (count, handle_count) = (bytes.len() as u32, handles.len() as u32);
    // SAFETY: the lists are live.
    check(unsafe {
        zx_channel_write(channel, options, bytes.as_ptr(), count, handles.as_ptr(), handle_count)
    })
}

pub fn write_pieces(channel: u32, pieces: &[zx_channel_iovec_t]) -> Result<()> {
    let (place, count) = (pieces.as_ptr().cast(), pieces.len() as u32);
    let options = ZX_CHANNEL_WRITE_USE_IOVEC;
    // SAFETY: the lists are live.
    check(unsafe { zx_channel_write(channel, options, place, count, std::ptr::null(), 0) })
}

pub fn write_etc(channel: u32, bytes: &[u8], entries: &mut [zx_handle_disposition_t]) -> Result<()> {
    let (place, count) = (bytes.as_ptr(), bytes.len() as u32);
    // SAFETY: the lists are live.
    check(unsafe {
        zx_channel_write_etc(channel, 0, place, count, entries.as_mut_ptr(), entries.len() as u32)
    })
}

/// The largest message of the tests; Miri is slow with bytes.
pub const LARGEST: usize = if cfg!(miri) { 1024 } else { 65536 };

/// Reads with the largest places.
pub fn read(channel: u32) -> Result<(Vec<u8>, Vec<u32>)> {
    let (status, bytes, handles) = read_into(channel, 0, LARGEST as u32, 64);
    check(status).map(|()| (bytes, handles))
}

/// Reads with places of these sizes. On `ZX_ERR_BUFFER_TOO_SMALL` the lists have the lengths reported.
pub fn read_into(
    channel: u32,
    options: u32,
    byte_room: u32,
    handle_room: u32,
) -> (Status, Vec<u8>, Vec<u32>) {
    let mut bytes = vec![0; byte_room as usize];
    let mut handles = vec![0; handle_room as usize];
    let (mut actual_bytes, mut actual_handles) = (0, 0);
    let (place, handle_place) = (bytes.as_mut_ptr(), handles.as_mut_ptr());
    // SAFETY: the places are live.
    let status = unsafe {
        zx_channel_read(
            channel,
            options,
            place,
            handle_place,
            byte_room,
            handle_room,
            &mut actual_bytes,
            &mut actual_handles,
        )
    };
    bytes.resize(actual_bytes as usize, 0);
    handles.resize(actual_handles as usize, 0);
    (status, bytes, handles)
}

pub fn read_etc(channel: u32) -> Result<(Vec<u8>, Vec<zx_handle_info_t>)> {
    let (mut bytes, mut handles) = (vec![0; LARGEST], vec![zx_handle_info_t::default(); 64]);
    let (mut actual_bytes, mut actual_handles) = (0, 0);
    let (place, handle_place) = (bytes.as_mut_ptr(), handles.as_mut_ptr());
    // SAFETY: the places are live.
    check(unsafe {
        zx_channel_read_etc(
            channel,
            0,
            place,
            handle_place,
            LARGEST as u32,
            64,
            &mut actual_bytes,
            &mut actual_handles,
        )
    })?;
    bytes.truncate(actual_bytes as usize);
    handles.truncate(actual_handles as usize);
    Ok((bytes, handles))
}

pub fn wait_async(handle: u32, port: u32, key: u64, signals: u32, options: u32) -> Result<()> {
    check(zx_object_wait_async(handle, port, key, signals, options))
}

pub fn port_wait(port: u32, deadline: i64) -> Result<zx_port_packet_t> {
    let mut packet = zx_port_packet_t::default();
    // SAFETY: the place is live.
    check(unsafe { zx_port_wait(port, deadline, &mut packet) }).map(|()| packet)
}

pub fn port_queue(port: u32, key: u64) -> Result<()> {
    let packet = zx_port_packet_t { key, packet_type: 77, status: -5, payload: [key, 2, 3, 4] };
    // SAFETY: the place is live.
    check(unsafe { zx_port_queue(port, &packet) })
}

pub fn batch(port: u32, deadline: i64, capacity: usize) -> Result<Vec<zx_port_packet_t>> {
    let mut packets = vec![zx_port_packet_t::default(); capacity];
    let mut actual = usize::MAX;
    // SAFETY: the places are live.
    let status =
        unsafe { zx_linux_port_wait_batch(port, deadline, packets.as_mut_ptr(), capacity, &mut actual) };
    packets.truncate(actual);
    check(status).map(|()| packets)
}

/// The status, and the signals seen (all ones if none were written).
pub fn wait_one(handle: u32, signals: u32, deadline: i64) -> (Status, u32) {
    let mut observed = u32::MAX;
    // SAFETY: the place is live.
    let status = unsafe { zx_object_wait_one(handle, signals, deadline, &mut observed) };
    (status, observed)
}

pub fn wait_many(items: &mut [zx_wait_item_t], deadline: i64) -> Result<()> {
    // SAFETY: the list is live.
    check(unsafe { zx_object_wait_many(items.as_mut_ptr(), items.len(), deadline) })
}

pub fn item(handle: u32, waitfor: u32) -> zx_wait_item_t {
    zx_wait_item_t { handle, waitfor, pending: 0xABCD }
}

/// The signals now.
pub fn signals(handle: u32) -> u32 {
    wait_one(handle, 0, PAST).1
}

pub fn signal(handle: u32, clear: u32, set: u32) -> Result<()> {
    check(zx_object_signal(handle, clear, set))
}

pub fn signal_peer(handle: u32, clear: u32, set: u32) -> Result<()> {
    check(zx_object_signal_peer(handle, clear, set))
}

pub fn basic(handle: u32) -> Result<zx_info_handle_basic_t> {
    let mut info = zx_info_handle_basic_t::default();
    let (place, size) = ((&raw mut info).cast(), size_of_val(&info));
    let (mut actual, mut avail) = (9, 9);
    // SAFETY: the places are live.
    check(unsafe { zx_object_get_info(handle, ZX_INFO_HANDLE_BASIC, place, size, &mut actual, &mut avail) })?;
    assert_eq!((actual, avail), (1, 1));
    Ok(info)
}

pub fn handle_count(handle: u32) -> Result<u32> {
    let mut info = zx_info_handle_count_t::default();
    let (place, size) = ((&raw mut info).cast(), size_of_val(&info));
    let nowhere = std::ptr::null_mut();
    // SAFETY: the places are live, or null where that is allowed.
    check(unsafe { zx_object_get_info(handle, ZX_INFO_HANDLE_COUNT, place, size, nowhere, nowhere) })
        .map(|()| info.handle_count)
}

pub fn is_valid(handle: u32) -> bool {
    let (nothing, nowhere) = (std::ptr::null_mut(), std::ptr::null_mut());
    // SAFETY: the topic needs no places.
    check(unsafe { zx_object_get_info(handle, ZX_INFO_HANDLE_VALID, nothing, 0, nowhere, nowhere) }).is_ok()
}

/// A path that no other test uses.
pub fn fresh_path() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("zircon-linux-{}-{number}.socket", std::process::id()));
    let _ = std::fs::remove_file(&path);
    path
}

/// Waits for a connection and takes it.
pub fn accept(listener: u32) -> u32 {
    let (status, observed) = wait_one(listener, ZX_CHANNEL_READABLE, soon());
    assert_eq!((status, observed & ZX_CHANNEL_READABLE), (ZX_OK, ZX_CHANNEL_READABLE));
    let (bytes, handles) = read(listener).unwrap();
    assert_eq!((bytes.len(), handles.len()), (0, 1));
    handles[0]
}

/// Two ends of a channel over a socket.
pub fn socket_channel() -> (u32, u32) {
    let path = fresh_path();
    let listener = zircon_linux::listen(&path).unwrap();
    let client = zircon_linux::connect(&path).unwrap();
    let server = accept(listener);
    close(listener).unwrap();
    (client, server)
}

/// Has the process open what it opens at the first end between processes and keeps.
pub fn make_what_stays() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let (near, far) = socket_channel();
        close_many(&[near, far]).unwrap();
    });
}

/// How a channel's messages travel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Within the process.
    Local,
    /// By connecting to a path.
    Path,
    /// Within the process first, then one end was sent to and fro.
    Crossed,
}

/// Two ends of a channel of which one has crossed.
pub fn crossed_channel() -> (u32, u32) {
    let carrier = socket_channel();
    let (near, far) = channel();
    write(carrier.0, b"", &[far]).unwrap();
    let (_, handles) = read(carrier.1).unwrap();
    close_many(&[carrier.0, carrier.1]).unwrap();
    (near, handles[0])
}

/// Runs a test on each kind of channel.
pub fn on_each_kind(test: impl Fn(Kind, u32, u32)) {
    let (near, far) = channel();
    test(Kind::Local, near, far);
    // Miri knows no sockets that keep messages whole.
    if cfg!(not(miri)) {
        let (near, far) = socket_channel();
        test(Kind::Path, near, far);
        let (near, far) = crossed_channel();
        test(Kind::Crossed, far, near);
    }
}

/// What a test holds that counts what the whole process has open, and each other one of its file.
pub fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}
