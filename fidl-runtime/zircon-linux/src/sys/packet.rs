//! Packets on Unix sockets, and the descriptors that travel with them.

use core::mem::MaybeUninit;
use core::ptr;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};

use super::descriptor::owned;
use super::{checked, errno};

/// The most descriptors of one packet.
pub(crate) const MOST_DESCRIPTORS: usize = 128;

/// Control data that pass a pidfd, if whoever made the socket asked for such.
const SCM_PIDFD: libc::c_int = 4;

/// The head of a control message, as the system lays it out.
const HEAD_BYTES: usize = size_of::<libc::cmsghdr>();

/// Words of a buffer for the control data of a packet with the most descriptors, and for a message that is not ours.
const CONTROL_WORDS: usize = (HEAD_BYTES + 4 * MOST_DESCRIPTORS) / 8 + 8;

const _: () = assert!(HEAD_BYTES == 16, "control data are parsed as 64-bit Linux lays them out");

/// Descriptors that came with a packet.
pub(crate) struct Descriptors {
    places: [Option<OwnedFd>; MOST_DESCRIPTORS],
    count: usize,
}

impl Descriptors {
    /// None.
    pub(crate) const fn new() -> Descriptors {
        Descriptors { places: [const { None }; MOST_DESCRIPTORS], count: 0 }
    }

    /// How many came.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Takes one that was not taken yet.
    pub(crate) fn take(&mut self, number: usize) -> Option<OwnedFd> {
        self.places.get_mut(number)?.take()
    }

    fn clear(&mut self) {
        self.places[..self.count].iter_mut().for_each(|place| *place = None);
        self.count = 0;
    }

    /// Takes a descriptor that the system just made; one too many is closed.
    fn push(&mut self, raw: RawFd) {
        let Some(descriptor) = owned(raw) else { return };
        if let Some(place) = self.places.get_mut(self.count) {
            *place = Some(descriptor);
            self.count += 1;
        }
    }
}

/// A packet that was received.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packet {
    /// The number of its bytes, which may be more than there was room for. 0 for the end of the connection too.
    pub(crate) bytes: usize,
    /// Descriptors were lost, because the process has no more room for them or they were too many.
    pub(crate) descriptors_lost: bool,
}

/// Sends a packet. All or nothing, never blocks, raises no signal.
///
/// The descriptors are numbers and no borrows: one that was closed meanwhile is refused by the system.
pub(crate) fn send_packet(socket: BorrowedFd<'_>, bytes: &[u8], descriptors: &[RawFd]) -> Result<(), i32> {
    let mut piece = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
    // SAFETY: a message header of zeroes names no address, no data and no control data.
    let mut message = unsafe { MaybeUninit::<libc::msghdr>::zeroed().assume_init() };
    message.msg_iov = &mut piece;
    message.msg_iovlen = 1;
    let mut control = [0u64; CONTROL_WORDS];
    if !descriptors.is_empty() {
        if descriptors.len() > MOST_DESCRIPTORS {
            return Err(libc::EINVAL);
        }
        let length = HEAD_BYTES + 4 * descriptors.len();
        control[0] = length as u64;
        control[1] = libc::SOL_SOCKET as u64 | (libc::SCM_RIGHTS as u64) << 32;
        for (number, descriptor) in descriptors.iter().enumerate() {
            control[2 + number / 2] |= u64::from(*descriptor as u32) << (32 * (number % 2));
        }
        message.msg_control = control.as_mut_ptr().cast();
        message.msg_controllen = length as _;
    }
    let flags = libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT;
    loop {
        // SAFETY: the header is live and names live, readable places.
        let sent = unsafe { libc::sendmsg(socket.as_raw_fd(), &message, flags) };
        match checked(if sent < 0 { -1 } else { 0 }) {
            Err(libc::EINTR) => {}
            other => return other,
        }
    }
}

/// Receives a packet, without waiting for one; `peek` leaves it in the socket, and gives copies of its descriptors.
pub(crate) fn receive_packet(
    socket: BorrowedFd<'_>,
    place: &mut [u8],
    descriptors: &mut Descriptors,
    peek: bool,
) -> Result<Packet, i32> {
    descriptors.clear();
    let mut piece = libc::iovec { iov_base: place.as_mut_ptr().cast(), iov_len: place.len() };
    let mut control = [0u64; CONTROL_WORDS];
    // SAFETY: a message header of zeroes names no address, no data and no control data.
    let mut message = unsafe { MaybeUninit::<libc::msghdr>::zeroed().assume_init() };
    message.msg_iov = &mut piece;
    message.msg_iovlen = 1;
    message.msg_control = control.as_mut_ptr().cast();
    message.msg_controllen = size_of_val(&control) as _;
    let peek = if peek { libc::MSG_PEEK } else { 0 };
    let flags = libc::MSG_DONTWAIT | libc::MSG_TRUNC | libc::MSG_CMSG_CLOEXEC | peek;
    let bytes = received(|| {
        // SAFETY: the header is live and names places that are writable for their lengths.
        unsafe { libc::recvmsg(socket.as_raw_fd(), &mut message, flags) }
    })?;
    take_descriptors(&control, message.msg_controllen, descriptors);
    Ok(Packet { bytes, descriptors_lost: message.msg_flags & libc::MSG_CTRUNC != 0 })
}

/// Makes a receiving call until it is neither interrupted nor told that the peer went away with packets of ours unread,
/// which the system says once and before it gives the packets that are there.
fn received(mut call: impl FnMut() -> isize) -> Result<usize, i32> {
    let mut resets = 0;
    loop {
        match usize::try_from(call()).map_err(|_| errno()) {
            Err(libc::EINTR) => {}
            Err(libc::ECONNRESET) if resets < 2 => resets += 1,
            other => return other,
        }
    }
}

/// Takes all descriptors out of control data that the system wrote. Also those that nobody asked for: they are open.
fn take_descriptors(control: &[u64; CONTROL_WORDS], length: usize, descriptors: &mut Descriptors) {
    let half = |at: usize| (control[at / 8] >> (8 * (at % 8))) as u32;
    let mut at = 0;
    while at + HEAD_BYTES <= length.min(size_of_val(control)) {
        let size = control[at / 8] as usize;
        if size < HEAD_BYTES || size > length - at {
            return;
        }
        let (level, kind) = (half(at + 8) as i32, half(at + 12) as i32);
        if level == libc::SOL_SOCKET && kind == libc::SCM_RIGHTS {
            (at + HEAD_BYTES..at + size).step_by(4).for_each(|place| descriptors.push(half(place) as RawFd));
        } else if level == libc::SOL_SOCKET && kind == SCM_PIDFD {
            drop(owned(half(at + HEAD_BYTES) as RawFd));
        }
        at += size.next_multiple_of(8);
    }
}

/// Packets dropped by one call.
const AT_ONCE: usize = 32;

/// Drops the first packets of the socket, at most `count`, with their descriptors. Returns how many.
pub(crate) fn drop_packets(socket: BorrowedFd<'_>, count: usize) -> usize {
    let mut dropped = 0;
    while dropped < count {
        let wanted = (count - dropped).min(AT_ONCE);
        // SAFETY: message headers of zeroes name no address, no data and no control data.
        let mut list = unsafe { MaybeUninit::<[libc::mmsghdr; AT_ONCE]>::zeroed().assume_init() };
        let flags = libc::MSG_DONTWAIT;
        let came = received(|| {
            // SAFETY: `wanted` headers are live and name no places; the null time-out means none.
            let came = unsafe {
                libc::recvmmsg(
                    socket.as_raw_fd(),
                    list.as_mut_ptr(),
                    wanted as u32,
                    flags as _,
                    ptr::null_mut(),
                )
            };
            came as isize
        });
        match came {
            Ok(came) if came > 0 => dropped += came,
            _ => return dropped,
        }
    }
    dropped
}
