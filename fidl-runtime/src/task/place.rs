//! Arenas in statics, of futures whose type has no name.
//!
//! On stable Rust a static cannot hold an arena of an `async` function's futures, because their type has no name. It can
//! hold bytes, though, and how many is a constant function of the function that makes the future.
#![allow(unsafe_code)]

use core::fmt;
use core::future::Future;
use core::mem::MaybeUninit;
use core::pin::Pin;

use super::arena::Arena;
use super::lane::SLOTS;
use crate::storage::Claim;

/// What the memory for an arena is aligned to.
const ALIGNMENT: usize = 64;

/// A function of up to four arguments that makes futures.
pub trait Make<Arguments>: Copy {
    /// What it makes.
    type Future: Future;
}

macro_rules! make {
    ($($argument:ident),*) => {
        impl<Function, Made, $($argument),*> Make<($($argument,)*)> for Function
        where
            Function: Fn($($argument),*) -> Made + Copy,
            Made: Future,
        {
            type Future = Made;
        }
    };
}

make!();
make!(A);
make!(A, B);
make!(A, B, C);
make!(A, B, C, D);

/// The size of the futures that a function makes, in bytes.
pub const fn future_bytes<Arguments, M: Make<Arguments>>(_: M) -> usize {
    size_of::<M::Future>()
}

/// The size of an arena of `N` futures that a function makes, in bytes.
pub const fn arena_bytes<Arguments, M: Make<Arguments>, const N: usize>(_: M) -> usize {
    bytes_of::<M::Future, N>()
}

/// The size of an arena, in bytes; checks what [`ArenaBytes`] asks of it.
pub(crate) const fn bytes_of<F, const N: usize>() -> usize {
    assert!(N <= SLOTS, "an arena has at most `fidl::task::SLOTS` slots");
    assert!(
        align_of::<Arena<F, N>>() <= ALIGNMENT,
        "a future holds a value that is aligned to more than 64 bytes"
    );
    size_of::<Arena<F, N>>()
}

/// `SIZE` bytes for an arena, aligned to 64.
#[repr(C, align(64))]
pub(crate) struct ArenaBytes<const SIZE: usize>([MaybeUninit<u8>; SIZE]);

impl<const SIZE: usize> ArenaBytes<SIZE> {
    pub(crate) const fn new() -> Self {
        Self([const { MaybeUninit::uninit() }; SIZE])
    }

    /// An empty arena in these bytes; `None` if it does not fit.
    pub(crate) fn arena<F, const N: usize>(&'static mut self) -> Option<Pin<&'static mut Arena<F, N>>> {
        if size_of::<Arena<F, N>>() > SIZE || align_of::<Arena<F, N>>() > ALIGNMENT {
            return None;
        }
        // SAFETY: `MaybeUninit<Arena>` is valid for any bytes; they are big enough and aligned (checked above), and borrowed
        // mutably for ever.
        let place = unsafe { &mut *self.0.as_mut_ptr().cast::<MaybeUninit<Arena<F, N>>>() };
        // SAFETY: the arena is borrowed for ever, so it is never moved, freed or used again.
        Some(unsafe { Pin::new_unchecked(Arena::init(place)) })
    }
}

/// Static memory for an arena of `N` futures. Declared with [`arena!`](crate::arena).
pub struct StaticArena<const N: usize, const SIZE: usize> {
    bytes: Claim<ArenaBytes<SIZE>>,
}

impl<const N: usize, const SIZE: usize> StaticArena<N, SIZE> {
    /// Memory that nobody has taken. All zeros: it takes no room in the program's file.
    #[allow(clippy::new_without_default, reason = "it lies in a static, never on a stack")]
    pub const fn new() -> Self {
        Self { bytes: Claim::new(ArenaBytes::new()) }
    }

    /// The arena, empty and for good; `None` but for the first call.
    ///
    /// `make` is the function that the memory was declared for. It is not called: it names the futures' type.
    pub fn take<Arguments, M: Make<Arguments>>(
        &'static self,
        _make: M,
    ) -> Option<Pin<&'static mut Arena<M::Future, N>>> {
        const {
            assert!(bytes_of::<M::Future, N>() <= SIZE, "the arena was declared for a smaller future");
        };
        self.bytes.claim()?.leak().arena()
    }

    /// How many bytes the arena occupies.
    pub const fn bytes(&self) -> usize {
        size_of::<Self>()
    }
}

impl<const N: usize, const SIZE: usize> fmt::Debug for StaticArena<N, SIZE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StaticArena({N} slots, {SIZE} bytes)")
    }
}

/// Declares a static with an arena for the futures that a function makes: the compiler computes its size, so that a function
/// whose future grows needs no edit here.
///
/// ```
/// use futures::StreamExt;
///
/// async fn session(number: u32) -> u32 {
///     number + 1
/// }
///
/// fidl::arena!(static SESSIONS: [session; 16]);
///
/// let mut sessions = SESSIONS.take(session).expect("nobody took it before");
/// sessions.as_mut().push(session(1)).unwrap();
/// assert_eq!(futures::executor::block_on(sessions.next()), Some(2));
/// assert!(SESSIONS.take(session).is_none());
/// ```
///
/// With a budget per future, in bytes, a function whose futures are larger does not compile; the error names it:
///
/// ```compile_fail,E0080
/// async fn session(number: u32) -> u32 {
///     let table = [number; 100];
///     std::future::ready(()).await;
///     table[7]
/// }
/// fidl::arena!(static SESSIONS: [session; 16], at_most 256);
/// ```
#[macro_export]
macro_rules! arena {
    ($(#[$meta:meta])* $vis:vis static $name:ident: [$make:path; $slots:expr] $(, at_most $bytes:expr)?) => {
        $(
            const _: () = assert!(
                $crate::task::future_bytes($make) <= $bytes,
                concat!("a future of `", stringify!($make), "` is larger than ", stringify!($bytes), " bytes")
            );
        )?
        $(#[$meta])*
        $vis static $name: $crate::task::StaticArena<
            { $slots },
            { $crate::task::arena_bytes::<_, _, { $slots }>($make) },
        > = $crate::task::StaticArena::new();
    };
}
