//! Memory that has its pages before anything needs them, for programs that are to make no page fault once they run.

use core::ops::Range;

use crate::abi::types::*;
use crate::sync::{AtomicU32, Ordering};
use crate::sys;
use crate::tables::tables;

/// So many bytes of each table: those of the first slots, which are used again and again.
const TABLE_BYTES: usize = 64 * 1024;

/// Not 0 once the memory of new channels between processes is to have its pages.
static RINGS: AtomicU32 = AtomicU32::new(0);

/// Whether a mapping that is made now is to have its pages.
pub(crate) fn rings() -> bool {
    // Relaxed: the word guards no other memory.
    RINGS.load(Ordering::Relaxed) != 0
}

/// Touches the program's code and statics, the beginnings of the tables, and from here on the rings of channels.
pub(crate) fn prefault(lock: bool) -> Result<(), zx_status_t> {
    let mut result = Ok(());
    sys::visit_program(|segment| {
        let touched = touch(&segment.range, segment.writable, lock);
        // Not all that is read only is memory: the system's own library may not be asked for.
        if segment.writable {
            result = result.and(touched);
        }
    });
    for table in tables().beginnings(TABLE_BYTES) {
        result = result.and(touch(&table, true, lock));
    }
    RINGS.store(1, Ordering::Relaxed);
    result
}

fn touch(range: &Range<usize>, writable: bool, lock: bool) -> Result<(), zx_status_t> {
    if range.is_empty() {
        return Ok(());
    }
    sys::populate(range, writable).map_err(|_| ZX_ERR_NOT_SUPPORTED)?;
    // As much as a process may keep is limited.
    if lock { sys::keep(range).map_err(|_| ZX_ERR_NO_RESOURCES) } else { Ok(()) }
}
