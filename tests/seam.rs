//! The kernel seam against a table of today's vDSO: every call that the runtime declares or refers to exists, and takes
//! and returns what the table says.

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

/// Calls that Fuchsia's C library defines, not the vDSO. The standard library's mutex refers to the thread's own handle.
const C_LIBRARY: &[&str] = &["zx_process_self", "zx_thread_self", "zx_vmar_root_self", "zx_job_default"];

/// Names with their signatures; an empty signature is one that the seam does not declare.
type Calls = BTreeMap<String, String>;

fn kernel(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fidl-runtime/src/kernel").join(file);
    fs::read_to_string(path).unwrap()
}

fn table() -> Calls {
    let text = kernel("vdso.table");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split_at(line.find('(').unwrap_or(line.len()))).map(owned).collect()
}

fn owned((name, signature): (&str, &str)) -> (String, String) {
    (name.to_owned(), signature.to_owned())
}

/// The declarations in `extern "C"` blocks, without the names of their arguments. Extensions of `zircon-linux` have
/// names of their own and are not the vDSO's.
fn declared() -> Calls {
    let text = kernel("abi.rs");
    let declarations = text.split("fn zx_").skip(1).filter_map(|rest| rest.split_once(';'));
    let calls = declarations.map(|(declaration, _)| {
        let (name, rest) = declaration.split_once('(').unwrap();
        let (arguments, result) = rest.split_once(')').unwrap();
        let types = arguments.split(',').filter_map(|argument| argument.split_once(':'));
        let types: Vec<_> = types.map(|(_, ty)| ty.trim()).collect();
        (format!("zx_{name}"), format!("({}){result}", types.join(", ")))
    });
    calls.filter(|(name, _)| !name.starts_with("zx_linux_")).collect()
}

#[test]
fn declarations_agree_with_the_vdso() {
    let (table, declared) = (table(), declared());
    assert!(declared.len() > 10, "the declarations were not found");
    for (name, signature) in &declared {
        assert_eq!(table.get(name), Some(signature), "{name}");
    }
    let stale =
        table.iter().filter(|(name, signature)| !signature.is_empty() && !declared.contains_key(*name));
    assert_eq!(stale.count(), 0, "the table describes calls that the seam does not declare");
}

/// `FIDL_UNDEFINED_SYMBOLS` names a file with the undefined symbols of the library's objects for Fuchsia, one a line.
#[test]
fn objects_refer_to_what_the_vdso_has() {
    let Some(path) = env::var_os("FIDL_UNDEFINED_SYMBOLS") else {
        println!("skipped 1 check: FIDL_UNDEFINED_SYMBOLS is not set; the continuous integration sets it");
        return;
    };
    let (table, symbols) = (table(), fs::read_to_string(path).unwrap());
    let calls: Vec<_> = symbols.split_whitespace().filter(|name| name.starts_with("zx_")).collect();
    assert!(calls.contains(&"zx_channel_read_etc"), "no calls found in the objects");
    for name in calls {
        assert!(table.contains_key(name) || C_LIBRARY.contains(&name), "the vDSO has no {name}");
    }
}
