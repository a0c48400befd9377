//! All state of the process: the tables, and a few counters beside them.

use std::sync::OnceLock;

use crate::capacity;
use crate::channel::{Block, Bound, Call, Gather, Message, Spill};
use crate::fifo::Ring;
use crate::handle_table::Entry;
use crate::memory::Reservation;
use crate::name::Name;
use crate::object::Object;
use crate::park::Park;
use crate::pool::{Plain, Slots};
use crate::sync::{AtomicU32, AtomicU64, Lock, Ordering};
use crate::sys;
use crate::vmar::Mapping;
use crate::wait::Wait;

/// Everything that the calls work on.
pub(crate) struct Tables {
    pub(crate) handles: Slots<Entry>,
    pub(crate) objects: Slots<Lock<Object>>,
    pub(crate) waits: Slots<Wait>,
    pub(crate) parks: Slots<Park>,
    pub(crate) messages: Slots<Plain<Message>>,
    pub(crate) calls: Slots<Call>,
    pub(crate) blocks: Slots<Plain<Block>>,
    pub(crate) spills: Slots<Plain<Spill>>,
    pub(crate) gathers: Slots<Plain<Gather>>,
    pub(crate) bounds: Slots<Plain<Bound>>,
    pub(crate) rings: Slots<Plain<Ring>>,
    pub(crate) names: Slots<Plain<Name>>,
    pub(crate) mappings: Slots<Plain<Mapping>>,
    /// The handle to the address space, or 0 while nobody has asked for it.
    pub(crate) root_vmar: AtomicU32,
    /// One bit for each object: a channel of it found message memory full.
    pub(crate) starved: &'static [AtomicU64],
    /// Not 0 if any bit of `starved` may be set.
    pub(crate) any_starved: AtomicU32,
    /// Mixed into handle numbers; its low two bits are 0.
    pub(crate) secret: u32,
    next_koid: AtomicU64,
    /// Counts the looks at sockets and the reads from them. See the module `channel::link`.
    pub(crate) moment: AtomicU64,
    reserved: usize,
}

static TABLES: OnceLock<Tables> = OnceLock::new();

/// The tables; the first call makes them.
#[inline]
pub(crate) fn tables() -> &'static Tables {
    TABLES.get_or_init(Tables::new)
}

/// The first koid that is given to an object.
const FIRST_KOID: u64 = 1024;

const STARVED_WORDS: usize = capacity::OBJECTS / 64 + 1;

impl Tables {
    const BYTES: usize = Slots::<Entry>::bytes_of(capacity::HANDLES)
        + Slots::<Lock<Object>>::bytes_of(capacity::OBJECTS)
        + Slots::<Wait>::bytes_of(capacity::WAITS)
        + Slots::<Park>::bytes_of(capacity::PARKS)
        + Slots::<Plain<Message>>::bytes_of(capacity::MESSAGES)
        + Slots::<Call>::bytes_of(capacity::CALLS)
        + Slots::<Plain<Block>>::bytes_of(capacity::BLOCKS)
        + Slots::<Plain<Spill>>::bytes_of(capacity::SPILLS)
        + Slots::<Plain<Gather>>::bytes_of(capacity::GATHERS)
        + Slots::<Plain<Bound>>::bytes_of(capacity::LISTENERS)
        + Slots::<Plain<Ring>>::bytes_of(capacity::FIFO_RINGS)
        + Slots::<Plain<Name>>::bytes_of(capacity::NAMES)
        + Slots::<Plain<Mapping>>::bytes_of(capacity::MAPPINGS)
        + Reservation::bytes_of::<AtomicU64>(STARVED_WORDS);

    /// Without memory from the system every table is full from the start.
    fn new() -> Tables {
        let mut reservation = Reservation::new(Tables::BYTES);
        let mut memory = reservation.as_mut();
        Tables {
            handles: Slots::new(memory.as_deref_mut(), capacity::HANDLES),
            objects: Slots::new(memory.as_deref_mut(), capacity::OBJECTS),
            waits: Slots::new(memory.as_deref_mut(), capacity::WAITS),
            parks: Slots::new(memory.as_deref_mut(), capacity::PARKS),
            messages: Slots::new(memory.as_deref_mut(), capacity::MESSAGES),
            calls: Slots::new(memory.as_deref_mut(), capacity::CALLS),
            blocks: Slots::new(memory.as_deref_mut(), capacity::BLOCKS),
            spills: Slots::new(memory.as_deref_mut(), capacity::SPILLS),
            gathers: Slots::new(memory.as_deref_mut(), capacity::GATHERS),
            bounds: Slots::new(memory.as_deref_mut(), capacity::LISTENERS),
            rings: Slots::new(memory.as_deref_mut(), capacity::FIFO_RINGS),
            names: Slots::new(memory.as_deref_mut(), capacity::NAMES),
            mappings: Slots::new(memory.as_deref_mut(), capacity::MAPPINGS),
            root_vmar: AtomicU32::new(0),
            starved: memory.map_or(&[], |memory| memory.cut(STARVED_WORDS)),
            any_starved: AtomicU32::new(0),
            secret: secret(),
            next_koid: AtomicU64::new(FIRST_KOID),
            moment: AtomicU64::new(1),
            reserved: if reservation.is_some() { Tables::BYTES } else { 0 },
        }
    }

    /// A number that no object of the process had before.
    pub(crate) fn koid(&self) -> u64 {
        // Relaxed: only the uniqueness counts.
        self.next_koid.fetch_add(1, Ordering::Relaxed)
    }

    /// The address space that the tables take.
    pub(crate) fn reserved(&self) -> usize {
        self.reserved
    }
}

fn secret() -> u32 {
    sys::random_number() & !3
}
