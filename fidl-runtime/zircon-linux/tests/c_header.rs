//! The C header agrees with the Rust declarations, and a C program runs on the static library.

#![cfg(not(miri))]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use zircon_linux::abi::types::*;

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn header() -> String {
    fs::read_to_string(package().join("include/zircon_linux.h")).unwrap()
}

/// A folder for what a test makes.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn compiler() -> Command {
    let mut compiler = Command::new(env::var_os("CC").unwrap_or_else(|| "cc".into()));
    compiler.args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-I"]).arg(package().join("include"));
    compiler
}

#[track_caller]
fn succeeded(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Each declaration's name and its number of parameters.
fn signatures(text: &str, keyword: &str) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for (start, _) in text.match_indices(keyword) {
        let rest = &text[start + keyword.len() - "zx_".len()..];
        let Some((name, rest)) = rest.split_once('(') else { continue };
        if !name.chars().all(|letter| letter.is_alphanumeric() || letter == '_') {
            continue;
        }
        let parameters = &rest[..rest.find(')').unwrap()];
        let count = parameters.split(',').filter(|one| !matches!(one.trim(), "" | "void")).count();
        found.insert(name.to_owned(), count);
    }
    found
}

#[test]
fn the_header_declares_every_call_with_its_parameters() {
    let mut rust = BTreeMap::new();
    for file in fs::read_dir(package().join("src/abi")).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        rust.extend(signatures(&text, "extern \"C\" fn zx_"));
    }
    let without_comments: String =
        header().split("/*").map(|part| part.rsplit("*/").next().unwrap()).collect();
    let c = signatures(&without_comments, " zx_");
    assert!(rust.len() >= 60, "{}", rust.len());
    assert_eq!(c, rust);
}

/// The constants of the Rust declarations, as C would write their values.
fn constants() -> Vec<(String, String)> {
    let text = fs::read_to_string(package().join("src/abi/constants.rs")).unwrap();
    let lists = text.split("constants! {").skip(1).map(|list| {
        let (kind, rest) = list.split_once(':').unwrap();
        let end = rest.find('}').unwrap();
        (kind.trim().to_owned(), rest[..end].to_owned())
    });
    let mut all = Vec::new();
    for (kind, list) in lists {
        for item in list.split(',').filter_map(|item| item.split_once(" = ")) {
            let value = item
                .1
                .trim()
                .replace('_', "")
                .replace("i64::MAX", "INT64_MAX")
                .replace("i64::MIN", "INT64_MIN");
            let unsigned = if kind == "zx_status_t" || kind == "zx_time_t" { "" } else { "1u * " };
            let value = value.strip_prefix("1 << ").map_or(value.clone(), |shift| format!("(1u << {shift})"));
            all.push((item.0.trim().to_owned(), format!("{unsigned}{value}")));
        }
    }
    all
}

#[test]
fn the_header_has_the_constants_and_layouts() {
    let mut program = String::from("#include \"zircon_linux.h\"\n");
    let constants = constants();
    assert!(constants.len() > 150, "{}", constants.len());
    for (name, value) in &constants {
        writeln!(program, "_Static_assert({name} == ({value}), \"{name}\");").unwrap();
    }
    let defined = header().matches("#define ZX_").count();
    assert_eq!(defined, constants.len(), "the header has no others");
    macro_rules! layout {
        ($($type:ident { $($field:ident $(as $c_field:ident)?),* })*) => {
            $(
                let size = size_of::<$type>();
                writeln!(program, "_Static_assert(sizeof({0}) == {size}, \"{0}\");", stringify!($type)).unwrap();
                $(
                    let offset = std::mem::offset_of!($type, $field);
                    let field = stringify!($field).replace("object_type", "type").replace("packet_type", "type");
                    let place = format!("offsetof({}, {field})", stringify!($type));
                    writeln!(program, "_Static_assert({place} == {offset}, \"{field}\");").unwrap();
                )*
            )*
        };
    }
    layout! {
        zx_packet_signal_t { trigger, observed, count, timestamp, reserved1 }
        zx_port_packet_t { key, packet_type, status }
        zx_wait_item_t { handle, waitfor, pending }
        zx_handle_info_t { handle, object_type, rights, unused }
        zx_handle_disposition_t { operation, handle, object_type, rights, result }
        zx_channel_iovec_t { buffer, capacity, reserved }
        zx_channel_call_args_t {
            wr_bytes, wr_handles, rd_bytes, rd_handles, wr_num_bytes, wr_num_handles, rd_num_bytes, rd_num_handles
        }
        zx_channel_call_etc_args_t {
            wr_bytes, wr_handles, rd_bytes, rd_handles, wr_num_bytes, wr_num_handles, rd_num_bytes, rd_num_handles
        }
        zx_info_handle_basic_t { koid, rights, object_type, related_koid, reserved }
        zx_info_handle_count_t { handle_count }
        zx_info_socket_t { options, rx_buf_max, rx_buf_size, rx_buf_available, tx_buf_max, tx_buf_size }
        zx_info_timer_t { options, clock_id, deadline, slack }
        zx_info_vmar_t { base, len }
        zx_info_vmo_t {
            koid, name, size_bytes, parent_koid, num_children, num_mappings, share_count, flags, committed_bytes,
            handle_rights, cache_policy, metadata_bytes, committed_change_events, populated_bytes,
            committed_private_bytes, populated_private_bytes, committed_scaled_bytes, populated_scaled_bytes,
            committed_fractional_scaled_bytes, populated_fractional_scaled_bytes
        }
    }
    program.push_str("_Static_assert(offsetof(zx_port_packet_t, signal) == 16, \"signal\");\n");
    let source = scratch("header").join("header.c");
    fs::write(&source, program).unwrap();
    succeeded(&compiler().arg("-fsyntax-only").arg(source).output().unwrap());
}

#[test]
fn a_c_program_runs_on_the_static_library() {
    let folder = scratch("program");
    // The command that the README gives, with a place for what it makes.
    let built = Command::new(env!("CARGO"))
        .args(["rustc", "--release", "--package", "zircon-linux", "--lib", "--crate-type", "staticlib"])
        .args(["--config", "profile.release.lto=false", "--target-dir"])
        .arg(&folder)
        .current_dir(package())
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    succeeded(&built);
    let program = folder.join("program");
    let linked = compiler()
        .arg(package().join("tests/c/program.c"))
        .arg(folder.join("release/libzircon_linux.a"))
        .args(["-lpthread", "-ldl", "-lm", "-o"])
        .arg(&program)
        .output()
        .unwrap();
    succeeded(&linked);
    let output = Command::new(program).output().unwrap();
    succeeded(&output);
    assert_eq!(output.stdout, b"all as it should be\n");
}
