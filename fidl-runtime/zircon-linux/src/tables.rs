//! All state of the process: the tables, and a few counters beside them.

use core::ops::Range;
use std::sync::OnceLock;

use crate::abi::types::*;
use crate::capacity::Capacity;
use crate::channel::{Block, Bound, Call, Message};
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
    /// 0 in a process that was forked from the one that made the tables.
    own: &'static AtomicU32,
    /// The sizes of the tables, and the bounds of what is in them.
    pub(crate) capacity: Capacity,
    next_koid: AtomicU64,
    reserved: usize,
}

static TABLES: OnceLock<Tables> = OnceLock::new();

/// The tables; the first call makes them.
#[inline]
pub(crate) fn tables() -> &'static Tables {
    TABLES.get_or_init(Tables::new)
}

static CHOSEN: OnceLock<Capacity> = OnceLock::new();

/// Has the tables made with these capacities. Too late once they are there, or chosen.
pub(crate) fn choose(capacity: Capacity) -> Result<(), zx_status_t> {
    if TABLES.get().is_some() {
        return Err(ZX_ERR_BAD_STATE);
    }
    CHOSEN.set(capacity).map_err(|_| ZX_ERR_BAD_STATE)
}

/// The first koid that is given to an object.
const FIRST_KOID: u64 = 1024;

/// The words of the bits of so many objects.
fn starved_words(objects: usize) -> usize {
    objects / 64 + 1
}

/// The bytes that all tables take out of a reservation.
fn bytes_of(capacity: &Capacity) -> usize {
    Slots::<Entry>::bytes_of(capacity.handles)
        + Slots::<Lock<Object>>::bytes_of(capacity.objects)
        + Slots::<Wait>::bytes_of(capacity.waits)
        + Slots::<Park>::bytes_of(capacity.parks)
        + Slots::<Plain<Message>>::bytes_of(capacity.messages)
        + Slots::<Call>::bytes_of(capacity.calls)
        + Slots::<Plain<Block>>::bytes_of(capacity.blocks)
        + Slots::<Plain<Bound>>::bytes_of(capacity.listeners)
        + Slots::<Plain<Ring>>::bytes_of(capacity.fifo_rings)
        + Slots::<Plain<Name>>::bytes_of(capacity.names)
        + Slots::<Plain<Mapping>>::bytes_of(capacity.mappings)
        + Reservation::bytes_of::<AtomicU64>(starved_words(capacity.objects))
}

impl Tables {
    /// Without memory from the system every table is full from the start.
    fn new() -> Tables {
        let capacity = CHOSEN.get().copied().unwrap_or_default().with_environment();
        let bytes = bytes_of(&capacity);
        let mut reservation = Reservation::new(bytes);
        let mut memory = reservation.as_mut();
        Tables {
            handles: Slots::new(memory.as_deref_mut(), capacity.handles),
            objects: Slots::new(memory.as_deref_mut(), capacity.objects),
            waits: Slots::new(memory.as_deref_mut(), capacity.waits),
            parks: Slots::new(memory.as_deref_mut(), capacity.parks),
            messages: Slots::new(memory.as_deref_mut(), capacity.messages),
            calls: Slots::new(memory.as_deref_mut(), capacity.calls),
            blocks: Slots::new(memory.as_deref_mut(), capacity.blocks),
            bounds: Slots::new(memory.as_deref_mut(), capacity.listeners),
            rings: Slots::new(memory.as_deref_mut(), capacity.fifo_rings),
            names: Slots::new(memory.as_deref_mut(), capacity.names),
            mappings: Slots::new(memory.as_deref_mut(), capacity.mappings),
            starved: memory.map_or(&[], |memory| memory.cut(starved_words(capacity.objects))),
            any_starved: AtomicU32::new(0),
            root_vmar: AtomicU32::new(0),
            secret: secret(),
            own: sys::word_wiped_by_fork().unwrap_or(&ALWAYS_OWN),
            capacity,
            next_koid: AtomicU64::new(FIRST_KOID),
            reserved: if reservation.is_some() { bytes } else { 0 },
        }
    }

    /// The first of two numbers that no object of the process had before.
    pub(crate) fn koids(&self) -> u64 {
        // Relaxed: only the uniqueness counts.
        self.next_koid.fetch_add(2, Ordering::Relaxed)
    }

    /// Passes unless this process was forked, without a new program, from the one that made the tables.
    #[inline]
    pub(crate) fn check_own(&self) -> Result<(), zx_status_t> {
        // Relaxed: the word guards nothing, and changes only by a fork.
        if self.own.load(Ordering::Relaxed) != 0 { Ok(()) } else { Err(ZX_ERR_BAD_STATE) }
    }

    /// The beginnings of all tables, at most so many bytes of each.
    pub(crate) fn beginnings(&self, bytes: usize) -> [Range<usize>; 12] {
        let starved = self.starved.as_ptr_range();
        let all = [
            self.handles.addresses(),
            self.objects.addresses(),
            self.waits.addresses(),
            self.parks.addresses(),
            self.messages.addresses(),
            self.calls.addresses(),
            self.blocks.addresses(),
            self.bounds.addresses(),
            self.rings.addresses(),
            self.names.addresses(),
            self.mappings.addresses(),
            starved.start.addr()..starved.end.addr(),
        ];
        all.map(|table| table.start..table.end.min(table.start + bytes))
    }

    /// The address space that the tables take.
    pub(crate) fn reserved(&self) -> usize {
        self.reserved
    }
}

/// Where a fork cannot be told.
static ALWAYS_OWN: AtomicU32 = AtomicU32::new(1);

fn secret() -> u32 {
    sys::random_number() & !3
}
