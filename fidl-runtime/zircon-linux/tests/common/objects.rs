//! The calls on sockets, fifos and memory objects, with results in place of statuses and out parameters.

use super::*;

/// Two handles made by a call.
pub fn two(make: impl FnOnce(&mut u32, &mut u32) -> Status) -> Result<(u32, u32)> {
    let (mut out0, mut out1) = (0, 0);
    check(make(&mut out0, &mut out1)).map(|()| (out0, out1))
}

pub fn socket(options: u32) -> Result<(u32, u32)> {
    // SAFETY: the places are live.
    two(|out0, out1| unsafe { zx_socket_create(options, out0, out1) })
}

pub fn socket_write(socket: u32, bytes: &[u8]) -> Result<usize> {
    let mut actual = usize::MAX;
    // SAFETY: the places are live.
    check(unsafe { zx_socket_write(socket, 0, bytes.as_ptr(), bytes.len(), &mut actual) }).map(|()| actual)
}

pub fn socket_read_with(socket: u32, options: u32, room: usize) -> Result<Vec<u8>> {
    let (mut bytes, mut actual) = (vec![0; room], usize::MAX);
    // SAFETY: the places are live.
    check(unsafe { zx_socket_read(socket, options, bytes.as_mut_ptr(), room, &mut actual) })?;
    bytes.truncate(actual);
    Ok(bytes)
}

pub fn socket_read(socket: u32, room: usize) -> Result<Vec<u8>> {
    socket_read_with(socket, 0, room)
}

pub fn dispose(socket: u32, own: u32, peers: u32) -> Result<()> {
    check(zx_socket_set_disposition(socket, own, peers))
}

pub fn fifo(count: usize, size: usize, options: u32) -> Result<(u32, u32)> {
    // SAFETY: the places are live.
    two(|out0, out1| unsafe { zx_fifo_create(count, size, options, out0, out1) })
}

/// Writes elements of this size.
pub fn fifo_write(fifo: u32, size: usize, bytes: &[u8]) -> Result<usize> {
    let mut actual = usize::MAX;
    // SAFETY: the places are live.
    check(unsafe { zx_fifo_write(fifo, size, bytes.as_ptr(), bytes.len() / size.max(1), &mut actual) })
        .map(|()| actual)
}

pub fn fifo_read(fifo: u32, size: usize, count: usize) -> Result<Vec<u8>> {
    let (mut bytes, mut actual) = (vec![0; size * count], usize::MAX);
    // SAFETY: the places are live.
    check(unsafe { zx_fifo_read(fifo, size, bytes.as_mut_ptr(), count, &mut actual) })?;
    bytes.truncate(actual * size);
    Ok(bytes)
}

pub fn vmo_with(size: u64, options: u32) -> Result<u32> {
    let mut out = 0;
    // SAFETY: the place is live.
    check(unsafe { zx_vmo_create(size, options, &mut out) }).map(|()| out)
}

pub fn vmo(size: u64) -> u32 {
    vmo_with(size, 0).unwrap()
}

pub fn vmo_read(vmo: u32, offset: u64, count: usize) -> Result<Vec<u8>> {
    let mut bytes = vec![0xEE; count];
    // SAFETY: the place is live.
    check(unsafe { zx_vmo_read(vmo, bytes.as_mut_ptr(), offset, count) }).map(|()| bytes)
}

pub fn vmo_write(vmo: u32, offset: u64, bytes: &[u8]) -> Result<()> {
    // SAFETY: the list is live.
    check(unsafe { zx_vmo_write(vmo, bytes.as_ptr(), offset, bytes.len()) })
}

pub fn vmo_size(vmo: u32) -> Result<u64> {
    let mut size = 0;
    // SAFETY: the place is live.
    check(unsafe { zx_vmo_get_size(vmo, &mut size) }).map(|()| size)
}

pub fn vmo_stream_size(vmo: u32) -> Result<u64> {
    let mut size = 0;
    // SAFETY: the place is live.
    check(unsafe { zx_vmo_get_stream_size(vmo, &mut size) }).map(|()| size)
}

pub fn child(vmo: u32, options: u32, offset: u64, size: u64) -> Result<u32> {
    let mut out = 0;
    // SAFETY: the place is live.
    check(unsafe { zx_vmo_create_child(vmo, options, offset, size, &mut out) }).map(|()| out)
}

pub fn map(options: u32, vmar_offset: usize, vmo: u32, vmo_offset: u64, len: usize) -> Result<usize> {
    let mut address = 0;
    // SAFETY: the place is live.
    check(unsafe {
        zx_vmar_map(zx_vmar_root_self(), options, vmar_offset, vmo, vmo_offset, len, &mut address)
    })
    .map(|()| address)
}

/// Unmaps memory that the test does not use any more.
pub fn unmap(address: usize, len: usize) -> Result<()> {
    // SAFETY: no reference into the memory is kept by the tests.
    check(unsafe { zx_vmar_unmap(zx_vmar_root_self(), address, len) })
}

/// A record of a topic.
pub fn info<T: Copy + Default>(handle: u32, topic: u32) -> Result<T> {
    let mut info = T::default();
    let (place, size) = ((&raw mut info).cast(), size_of::<T>());
    let (mut actual, mut avail) = (9, 9);
    // SAFETY: the places are live, and any bytes that the call writes are a value of the records.
    check(unsafe { zx_object_get_info(handle, topic, place, size, &mut actual, &mut avail) })?;
    assert_eq!((actual, avail), (1, 1));
    Ok(info)
}

/// A property of this many bytes.
pub fn property(handle: u32, property: u32, room: usize) -> Result<Vec<u8>> {
    let mut bytes = vec![0xEE; room];
    // SAFETY: the place is live.
    check(unsafe { zx_object_get_property(handle, property, bytes.as_mut_ptr(), room) }).map(|()| bytes)
}

pub fn set_property(handle: u32, property: u32, value: &[u8]) -> Result<()> {
    // SAFETY: the list is live.
    check(unsafe { zx_object_set_property(handle, property, value.as_ptr(), value.len()) })
}
