//! The packets on a link's socket.
//!
//! | packet | words (32 bits, little-endian) | descriptors |
//! | --- | --- | --- |
//! | greeting, first from the side that connects | 3, version, bytes of each ring, 0 | the memory |
//! | bell | 1 | none |
//! | handles of one message | 2, number of handles, number of descriptors, 0; then four words for each handle | theirs |
//!
//! The handles of a message are sent before its record is published in the ring. So when a record says that there are
//! handles, their packet is there, behind bells at most. Anything else breaks the rules.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

use crate::channel::area::{Area, area_bytes, is_capacity};
use crate::sys::{self, Descriptors, MOST_DESCRIPTORS};

const BELL: u32 = 1;
const HANDLES: u32 = 2;
const GREETING: u32 = 3;
const VERSION: u32 = 1;

/// Bells before the handles of a message; an honest peer cannot have sent so many.
const MOST_BELLS: u32 = 4096;

const WORD: usize = 4;
const HEAD_WORDS: usize = 4;
/// Words that describe a handle.
pub(crate) const HANDLE_WORDS: usize = 4;
const MOST_HANDLES: usize = crate::ring::MOST_HANDLES as usize;
const MOST_WORDS: usize = HEAD_WORDS + HANDLE_WORDS * MOST_HANDLES;

/// What is wrong with a packet: nothing like it may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

fn to_bytes(words: &[u32]) -> [u8; MOST_WORDS * WORD] {
    let mut bytes = [0; MOST_WORDS * WORD];
    for (place, word) in bytes.chunks_exact_mut(WORD).zip(words) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    bytes
}

/// Rings.
pub(super) fn send_bell(socket: BorrowedFd<'_>) -> Result<(), i32> {
    sys::send_packet(socket, &BELL.to_le_bytes(), &[])
}

/// Greets the side that listens, with the memory.
pub(crate) fn send_greeting(socket: BorrowedFd<'_>, memory: BorrowedFd<'_>, area: &Area) -> Result<(), i32> {
    let words = [GREETING, VERSION, area.capacity(), 0];
    sys::send_packet(socket, &to_bytes(&words)[..WORD * HEAD_WORDS], &[memory.as_raw_fd()])
}

/// Takes the greeting, and checks the memory. `None` if nothing has come yet.
pub(super) fn receive_greeting(socket: BorrowedFd<'_>) -> Result<Option<(OwnedFd, Area)>, Malformed> {
    let (mut bytes, mut descriptors) = ([0; WORD * HEAD_WORDS], Descriptors::new());
    let packet = match sys::receive_packet(socket, &mut bytes, &mut descriptors, true) {
        Ok(packet) => packet,
        Err(libc::EAGAIN) => return Ok(None),
        Err(_) => return Err(Malformed),
    };
    if packet.bytes == bytes.len() && packet.descriptors_lost && descriptors.count() == 0 {
        // No descriptor is free in this process. The greeting stays.
        return Ok(None);
    }
    sys::drop_packets(socket, 1);
    let [kind, version, capacity, _] = words_of(&bytes);
    let legal = packet.bytes == bytes.len() && !packet.descriptors_lost && descriptors.count() == 1;
    if !legal || kind != GREETING || version != VERSION {
        return Err(Malformed);
    }
    let memory = descriptors.take(0).ok_or(Malformed)?;
    let area = map_received(memory.as_fd(), capacity).ok_or(Malformed)?;
    Ok(Some((memory, area)))
}

/// Maps memory that a peer sent, if it is what it is said to be.
pub(crate) fn map_received(memory: BorrowedFd<'_>, capacity: u32) -> Option<Area> {
    let legal = is_capacity(capacity) && sys::is_shared(memory, area_bytes(capacity));
    if legal { Area::map(memory, capacity).ok() } else { None }
}

fn words_of<const N: usize>(bytes: &[u8]) -> [u32; N] {
    core::array::from_fn(|number| {
        let word = bytes.get(WORD * number..WORD * number + WORD).and_then(|bytes| bytes.try_into().ok());
        u32::from_le_bytes(word.unwrap_or_default())
    })
}

/// The handles of one message as they travel: four words for each, and descriptors.
pub(crate) struct Bundle {
    words: [u32; MOST_WORDS],
    handles: usize,
    descriptors: [RawFd; MOST_DESCRIPTORS],
    descriptor_count: usize,
}

impl Bundle {
    /// No handles.
    pub(crate) fn new() -> Bundle {
        Bundle {
            words: [0; MOST_WORDS],
            handles: 0,
            descriptors: [-1; MOST_DESCRIPTORS],
            descriptor_count: 0,
        }
    }

    /// Adds a handle; `None` if there are too many of them or of descriptors.
    pub(crate) fn push(&mut self, words: [u32; HANDLE_WORDS], descriptors: &[RawFd]) -> Option<()> {
        let at = HEAD_WORDS + HANDLE_WORDS * self.handles;
        self.words.get_mut(at..at + HANDLE_WORDS)?.copy_from_slice(&words);
        let end = self.descriptor_count + descriptors.len();
        self.descriptors.get_mut(self.descriptor_count..end)?.copy_from_slice(descriptors);
        (self.handles, self.descriptor_count) = (self.handles + 1, end);
        Some(())
    }

    /// Sends the handles.
    pub(crate) fn send(&self, socket: BorrowedFd<'_>) -> Result<(), i32> {
        let mut words = self.words;
        words[..HEAD_WORDS].copy_from_slice(&[HANDLES, self.handles as u32, self.descriptor_count as u32, 0]);
        let length = WORD * (HEAD_WORDS + HANDLE_WORDS * self.handles);
        sys::send_packet(socket, &to_bytes(&words)[..length], &self.descriptors[..self.descriptor_count])
    }
}

/// The handles of a message that were received.
pub(crate) struct Arrived {
    bytes: [u8; MOST_WORDS * WORD],
    handles: usize,
    descriptors: Descriptors,
    taken: usize,
}

/// Why no handles were received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// The peer broke the rules.
    Malformed,
    /// This process has no descriptors left. The packet stays.
    NoDescriptors,
}

impl Arrived {
    /// Receives the packet of a message with so many handles. Bells before it are dropped, and counted in `bells`. The
    /// packet itself stays until [`sys::drop_packets`].
    pub(crate) fn receive(socket: BorrowedFd<'_>, handles: u32, bells: &mut u32) -> Result<Arrived, Missing> {
        let mut arrived = Arrived {
            bytes: [0; MOST_WORDS * WORD],
            handles: handles as usize,
            descriptors: Descriptors::new(),
            taken: 0,
        };
        loop {
            let packet = sys::receive_packet(socket, &mut arrived.bytes, &mut arrived.descriptors, true);
            let packet = packet.map_err(|_| Missing::Malformed)?;
            let [kind, count, descriptors, _] = words_of(&arrived.bytes);
            if kind == BELL && packet.bytes == WORD && *bells < MOST_BELLS {
                *bells += sys::drop_packets(socket, 1) as u32;
                continue;
            }
            let length = WORD * (HEAD_WORDS + HANDLE_WORDS * arrived.handles);
            let legal = kind == HANDLES && count == handles && packet.bytes == length;
            let held = arrived.descriptors.count();
            return match descriptors as usize {
                said if legal && said == held && !packet.descriptors_lost => Ok(arrived),
                said if legal && said > held && said <= MOST_DESCRIPTORS && packet.descriptors_lost => {
                    Err(Missing::NoDescriptors)
                }
                _ => Err(Missing::Malformed),
            };
        }
    }

    /// The words of a handle.
    pub(crate) fn words(&self, number: usize) -> [u32; HANDLE_WORDS] {
        words_of(self.bytes.get(WORD * (HEAD_WORDS + HANDLE_WORDS * number)..).unwrap_or_default())
    }

    /// The next descriptor.
    pub(crate) fn descriptor(&mut self) -> Option<OwnedFd> {
        self.taken += 1;
        self.descriptors.take(self.taken - 1)
    }

    /// Whether all descriptors have been asked for.
    pub(crate) fn is_used_up(&self) -> bool {
        self.taken == self.descriptors.count()
    }
}
