//! Changes of an end's signals, and the waits that they end.

use crate::abi::types::*;
use crate::object::End;
use crate::port;
use crate::wait::{TELL_OF_CLOSE, Wait};

/// Clears, then sets, as one change. A wait ends if a signal that it asked for was 0 before and is 1 now; its packet
/// tells the whole word. The caller holds the lock of the object.
///
/// The test is the same for level and edge waits: a level wait is registered only while none of its signals is
/// asserted, and ends at the first that is, so for it 'asserted now' and 'newly asserted' are the same.
#[inline]
pub(crate) fn update(end: &mut End, clear: zx_signals_t, set: zx_signals_t) {
    let old = end.signals;
    end.signals = old & !clear | set;
    let risen = end.signals & !old;
    if risen != 0 && !end.waits.is_empty() {
        end_waits(end, |wait| (wait.trigger() & risen != 0).then_some(0));
    }
}

/// Ends the waits made through the handle with this entry: silently, but for blocking waits, which are told.
pub(crate) fn cancel_waits_of(end: &mut End, entry: u32) {
    end_waits(end, |wait| wait.is_of_entry(entry).then_some(ZX_SIGNAL_HANDLE_CLOSED));
}

/// Ends each wait for which `ends` gives the signals to add to the word.
fn end_waits(end: &mut End, ends: impl Fn(&Wait) -> Option<zx_signals_t>) {
    for index in end.waits.iter() {
        let wait = Wait::at(index);
        let Some(added) = ends(wait) else { continue };
        end.waits.remove(index);
        if added == ZX_SIGNAL_HANDLE_CLOSED && wait.options() & TELL_OF_CLOSE == 0 {
            port::forget(index);
        } else {
            let wake = port::deliver(index, end.signals | added);
            end.wake_after(wake);
        }
    }
}
