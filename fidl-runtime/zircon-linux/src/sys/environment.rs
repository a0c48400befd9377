//! The environment of the process, and its standard error stream.

use core::ffi::CStr;

/// The value of a variable.
///
/// As for all readers of the environment, no other thread may change it meanwhile: Rust's own functions for that are
/// unsafe for this reason.
pub(crate) fn environment(name: &CStr) -> Option<&'static CStr> {
    // SAFETY: the name is a live string that ends with a zero byte.
    let value = unsafe { libc::getenv(name.as_ptr()) };
    // SAFETY: the value is null or a string that ends with a zero byte, and lives while the environment is not changed.
    (!value.is_null()).then(|| unsafe { CStr::from_ptr(value) })
}

/// Writes to the standard error stream, as far as that is possible.
pub(crate) fn complain(parts: &[&[u8]]) {
    for part in parts {
        // SAFETY: the part is readable for its length.
        unsafe {
            libc::write(libc::STDERR_FILENO, part.as_ptr().cast(), part.len());
        }
    }
}
