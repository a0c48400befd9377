//! Puts an empty static library named `zircon` on the link search path.
//!
//! `fuchsia-zircon-sys` asks the linker for a library of that name on every system. On Fuchsia it is the vDSO; here
//! the symbols come from this crate, so the archive only has to exist.

use std::path::PathBuf;
use std::{env, fs};

/// An archive without members is its magic number alone.
const EMPTY_ARCHIVE: &[u8] = b"!<arch>\n";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let folder = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo sets OUT_DIR for build scripts"));
    fs::write(folder.join("libzircon.a"), EMPTY_ARCHIVE).expect("OUT_DIR can be written");
    println!("cargo::rustc-link-search=native={}", folder.display());
}
