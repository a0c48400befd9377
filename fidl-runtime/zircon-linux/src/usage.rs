//! How full the tables are.

use crate::capacity::Capacity;
use crate::pool::Usage;
use crate::tables::tables;

/// The memory of the crate: what is reserved, and how full each table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Bytes of address space reserved for all tables. Only touched pages take memory.
    pub reserved_bytes: usize,
    /// Handles, those in unread messages included.
    pub handles: Usage,
    /// Objects; the two ends of a pair are one.
    pub objects: Usage,
    /// Waits and user packets, pending or queued.
    pub waits: Usage,
    /// Ports that have slept or watch a descriptor.
    pub parks: Usage,
    /// Messages waiting in channels within the process.
    pub messages: Usage,
    /// Threads inside a call on a channel within the process.
    pub calls: Usage,
    /// Blocks for the bytes of large messages.
    pub blocks: Usage,
    /// Rings of fifos.
    pub fifo_rings: Usage,
    /// Names given to objects.
    pub names: Usage,
    /// Parts of memory objects that are mapped.
    pub mappings: Usage,
    /// Listening paths.
    pub listeners: Usage,
}

/// Tells how full the tables are. The figures of tables that other threads use meanwhile are approximate.
pub fn memory() -> Memory {
    let tables = tables();
    Memory {
        reserved_bytes: tables.reserved(),
        handles: tables.handles.usage(),
        objects: tables.objects.usage(),
        waits: tables.waits.usage(),
        parks: tables.parks.usage(),
        messages: tables.messages.usage(),
        calls: tables.calls.usage(),
        blocks: tables.blocks.usage(),
        fifo_rings: tables.rings.usage(),
        names: tables.names.usage(),
        mappings: tables.mappings.usage(),
        listeners: tables.bounds.usage(),
    }
}

/// The capacities of the process. They are fixed from here on.
pub fn capacity() -> Capacity {
    tables().capacity
}
