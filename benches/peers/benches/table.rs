//! One Markdown table: what `codecs` has measured last, sizes, and allocations, which are counted here.
//!
//! A time is criterion's median; behind it is how many times ours it is. Allocations are those of one call.

use std::alloc::System;
use std::path::{Path, PathBuf};
use std::{env, fs};

use fidl_peers::peers::{BUFFER, Peer};
use fidl_peers::sink::Sum;
use fidl_peers::visit::{self, Visitor};
use rkyv::util::Align;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Calls and bytes.
type Allocations = (usize, usize);

struct Row {
    shape: String,
    peer: &'static str,
    bytes: usize,
    encode: Allocations,
    decode: Allocations,
}

#[derive(Default)]
struct Rows(Vec<Row>);

impl Visitor for Rows {
    fn visit<P: Peer<T>, T>(&mut self, shape: &str, value: &T) {
        let mut peer = P::new(value);
        let message = peer.encode().to_vec();
        let mut buffer = Box::new(Align([0; BUFFER]));
        let buffer = &mut buffer.0[..message.len()];
        buffer.copy_from_slice(&message);
        let encode = allocations(|| {
            peer.encode();
        });
        let decode = allocations(|| P::decode(buffer, &mut Sum::default()));
        let shape = shape.to_owned();
        self.0.push(Row { shape, peer: P::NAME, bytes: message.len(), encode, decode });
    }
}

fn allocations(call: impl FnOnce()) -> Allocations {
    let region = Region::new(ALLOCATOR);
    call();
    let change = region.change();
    (change.allocations + change.reallocations, change.bytes_allocated)
}

/// Where criterion leaves its files.
fn criterion_home() -> PathBuf {
    let target = || env::var_os("CARGO_TARGET_DIR").map(|target| Path::new(&target).join("criterion"));
    let home = env::var_os("CRITERION_HOME").map(PathBuf::from).or_else(target);
    home.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/criterion"))
}

/// The median in nanoseconds, if it was measured.
fn median(shape: &str, what: &str, peer: &str) -> Option<f64> {
    let path = criterion_home().join(shape).join(what).join(peer).join("new/estimates.json");
    let estimates: serde_json::Value = serde_json::from_str(&fs::read_to_string(path).ok()?).ok()?;
    estimates["median"]["point_estimate"].as_f64()
}

/// A time, and how many times ours it is.
fn cell(time: Option<f64>, ours: Option<f64>) -> String {
    let Some(time) = time else { return "-".to_owned() };
    let text = match time {
        ..10.0 => format!("{time:.1} ns"),
        ..10_000.0 => format!("{time:.0} ns"),
        _ => format!("{:.1} µs", time / 1000.0),
    };
    match ours {
        Some(ours) => format!("{text} ({:.2})", time / ours),
        None => text,
    }
}

fn line(row: &Row) -> String {
    let time = |what, peer| median(&row.shape, what, peer);
    let ours = |what| time(what, "fidl").filter(|_| row.peer != "fidl");
    let encode = cell(time("encode", row.peer), ours("encode"));
    let decode = cell(time("decode", row.peer), ours("decode"));
    let allocations = |(calls, bytes): Allocations| match calls {
        0 => "0".to_owned(),
        _ => format!("{calls} ({bytes} B)"),
    };
    format!(
        "| {} | {} | {} | {encode} | {decode} | {} | {} |",
        row.shape,
        row.peer,
        row.bytes,
        allocations(row.encode),
        allocations(row.decode)
    )
}

fn main() {
    let mut rows = Rows::default();
    visit::all(&mut rows);
    println!(
        "| shape | codec | bytes | encode (beside ours) | decode (beside ours) | allocations | in decode |"
    );
    println!("| --- | --- | ---: | ---: | ---: | ---: | ---: |");
    let mut last = String::new();
    for row in &rows.0 {
        if last != row.shape {
            last.clone_from(&row.shape);
            let copy = cell(median(&last, "decode", "copy"), median(&last, "decode", "fidl"));
            println!("| {last} | copy | {} | {copy} | {copy} | 0 | 0 |", row.bytes);
        }
        println!("{}", line(row));
    }
}
