//! Giving memory its pages before they are touched.

use core::ffi::c_void;
use core::ops::Range;
use core::ptr;

use super::{checked, page_bytes};

/// Gives the pages of a range memory, so that touching them makes no fault; their content stays. With `write`, pages to
/// write to. Needs Linux 5.14.
pub(crate) fn populate(range: &Range<usize>, write: bool) -> Result<(), i32> {
    let advice = if write { libc::MADV_POPULATE_WRITE } else { libc::MADV_POPULATE_READ };
    let (start, bytes) = whole_pages(range);
    // SAFETY: the advice changes no content; a range that is not mapped, or not writable, is refused.
    checked(unsafe { libc::madvise(start, bytes, advice) })
}

/// Keeps the pages of a range in memory.
pub(crate) fn keep(range: &Range<usize>) -> Result<(), i32> {
    let (start, bytes) = whole_pages(range);
    // SAFETY: the call changes no content; a range that is not mapped is refused.
    checked(unsafe { libc::mlock(start, bytes) })
}

fn whole_pages(range: &Range<usize>) -> (*mut c_void, usize) {
    let page = page_bytes() as usize;
    let start = range.start / page * page;
    (ptr::without_provenance_mut(start), range.end.next_multiple_of(page) - start)
}

/// A part of the program, or of a library of its.
pub(crate) struct Segment {
    pub(crate) range: Range<usize>,
    pub(crate) writable: bool,
}

/// Visits what is loaded of the program and its libraries: code, constants, and statics, also those that are zeros and not
/// in the file. What is written to while the program is loaded, and then no more, counts as constant.
pub(crate) fn visit_program(mut visit: impl FnMut(Segment)) {
    let mut visit: &mut dyn FnMut(Segment) = &mut visit;
    // SAFETY: the function takes what is passed here as what it is, and the call ends before `visit` does.
    unsafe { libc::dl_iterate_phdr(Some(each_library), (&raw mut visit).cast()) };
}

/// # Safety
///
/// As `dl_iterate_phdr` calls it, with a `&mut dyn FnMut(Segment)` as `data`.
unsafe extern "C" fn each_library(info: *mut libc::dl_phdr_info, _: usize, data: *mut c_void) -> i32 {
    // SAFETY: the caller's promise; nobody else refers to it during the call.
    let visit = unsafe { &mut *data.cast::<&mut dyn FnMut(Segment)>() };
    // SAFETY: the caller's promise.
    let info = unsafe { &*info };
    // SAFETY: the loader tells where the headers are and how many, and they stay while the library is loaded.
    let headers = unsafe { core::slice::from_raw_parts(info.dlpi_phdr, usize::from(info.dlpi_phnum)) };
    let base = info.dlpi_addr as usize;
    let range = |header: &libc::Elf64_Phdr| {
        let start = base + header.p_vaddr as usize;
        start..start + header.p_memsz as usize
    };
    let fixed = headers.iter().find(|header| header.p_type == libc::PT_GNU_RELRO).map(range).unwrap_or(0..0);
    for header in headers.iter().filter(|header| header.p_type == libc::PT_LOAD) {
        let (mut range, writable) = (range(header), header.p_flags & libc::PF_W != 0);
        if writable && range.contains(&fixed.start) {
            // The loader protects whole pages.
            range.start = fixed.end / page_bytes() as usize * page_bytes() as usize;
        }
        if !range.is_empty() {
            visit(Segment { range, writable });
        }
    }
    0
}
