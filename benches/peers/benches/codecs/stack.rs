//! How deep a call goes into the stack: it runs on one that was painted, and what is not painted any more was used.

use std::ffi::c_void;
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::ptr;

/// More than any call here takes.
const STACK: usize = 1 << 18;
const PAINT: u64 = 0xa5a5_5a5a_c3c3_3c3c;

#[derive(Clone, Copy)]
#[repr(C, align(4096))]
struct Page([u64; 512]);

/// What the thread is told, and what it tells.
struct Task<F> {
    call: F,
    lowest: *mut u64,
    depth: usize,
}

/// How many bytes below its caller's frame `call` uses. What takes less than about 100 counts as nothing.
pub fn depth<F: FnMut()>(call: F) -> usize {
    let mut stack = vec![Page([0; 512]); STACK / size_of::<Page>()];
    let lowest = stack.as_mut_ptr().cast::<u64>();
    let mut task = Task { call, lowest, depth: 0 };
    let mut attributes = MaybeUninit::uninit();
    let mut thread = MaybeUninit::uninit();
    // SAFETY: the attributes are initialized before they are used; the stack and the task outlive the thread, which is joined,
    // and nobody else touches them before that.
    unsafe {
        assert_eq!(libc::pthread_attr_init(attributes.as_mut_ptr()), 0);
        assert_eq!(libc::pthread_attr_setstack(attributes.as_mut_ptr(), lowest.cast(), STACK), 0);
        let argument = (&raw mut task).cast();
        let created = libc::pthread_create(thread.as_mut_ptr(), attributes.as_ptr(), run::<F>, argument);
        assert_eq!(created, 0);
        assert_eq!(libc::pthread_join(thread.assume_init(), ptr::null_mut()), 0);
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
    }
    task.depth
}

extern "C" fn run<F: FnMut()>(task: *mut c_void) -> *mut c_void {
    // SAFETY: `depth` lends its task until this thread has ended.
    let task = unsafe { &mut *task.cast::<Task<F>>() };
    let here = ptr::from_ref(&task).addr();
    let painted = black_box(paint as fn(*mut u64) -> usize)(task.lowest);
    black_box(invoke::<F> as fn(&mut F))(&mut task.call);
    // SAFETY: the painted words lie in the stack that `depth` lends.
    let is_painted = |index| unsafe { task.lowest.add(index).read_volatile() } == PAINT;
    let first = (0..painted).find(|index| !is_painted(*index));
    task.depth = first.map_or(0, |first| here - task.lowest.wrapping_add(first).addr());
    ptr::null_mut()
}

/// Paints the stack up to its own frame; returns how many words that are.
#[inline(never)]
fn paint(lowest: *mut u64) -> usize {
    /// Below a frame 128 bytes may be in use, and above this variable there is nothing but the frame.
    const MARGIN: usize = 192;
    let frame = [0_u8; 8];
    let words = (black_box(&frame).as_ptr().addr() - lowest.addr() - MARGIN) / 8;
    for index in 0..words {
        // SAFETY: below this function's frame nobody uses the stack that `depth` lends.
        unsafe { lowest.add(index).write_volatile(PAINT) };
    }
    words
}

#[inline(never)]
fn invoke<F: FnMut()>(call: &mut F) {
    call();
}
