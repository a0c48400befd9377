//! Encoding, and validating and reading, beside a plain copy of the same bytes.
//!
//! Three messages: a struct of 32 bytes, a folder listing of 32 entries (3,096 bytes or so), and 4 KiB of bytes.
//! Validation writes into the message, so each `decode` first makes a fresh copy of it, as a read from a channel
//! would: what it costs itself is what it takes longer than `copy`. `decode` reads every field.

use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use fidl::wire::{Aligned, EncodeRef, Encoder, Wire, validate};

#[allow(dead_code, unreachable_pub, reason = "a benchmark uses a part of the schema")]
mod schema {
    fidl::include_schema!("example_bench");
}
use schema::example_bench::{Blob, BlobView, BlobWire, Entry, Listing, ListingView, ListingWire};
use schema::example_bench::{Reading, ReadingView, ReadingWire};

/// Room for the largest of the messages.
type Buffer = Aligned<[u8; 8192]>;

/// Encodes a value to the front of the buffer; returns the message's length.
fn encode<W: Wire>(value: &impl EncodeRef<W>, buffer: &mut Buffer) -> usize {
    let mut encoder = Encoder::new(&mut buffer.0, 0, &[]);
    let root = encoder.claim::<W>().expect("the buffer has room");
    value.encode_ref(root, &mut encoder).expect("the value obeys its bounds");
    encoder.finish().bytes
}

/// Copy, encoding, and decoding of one value; `read` reads all there is of it.
fn message<W: Wire>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    value: &impl EncodeRef<W>,
    read: impl Fn(W::View<'_>) -> u64,
) {
    let mut message = Aligned([0; 8192]);
    let len = encode::<W>(value, &mut message);
    let mut buffer = Aligned([0; 8192]);
    group.throughput(Throughput::Bytes(len as u64));
    group.bench_function("copy", |bencher| {
        bencher.iter(|| {
            buffer.0[..len].copy_from_slice(&black_box(&message).0[..len]);
            black_box(&mut buffer);
        });
    });
    group.bench_function("encode", |bencher| {
        bencher.iter(|| {
            let len = encode::<W>(black_box(value), &mut buffer);
            black_box(&mut buffer);
            len
        });
    });
    group.bench_function("decode", |bencher| {
        bencher.iter(|| {
            buffer.0[..len].copy_from_slice(&black_box(&message).0[..len]);
            let body = validate::<W>(&mut black_box(&mut buffer).0[..len], 0, &[]);
            read(body.expect("what was encoded is valid").view())
        });
    });
}

fn small_struct(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("codec/small_struct");
    let reading = Reading { sensor: 7, time: 1_000_000_007, value: 0.5, tries: 3, valid: true };
    message::<ReadingWire>(&mut group, &reading, |view: ReadingView<'_>| {
        view.sensor()
            ^ view.time() as u64
            ^ view.value().to_bits()
            ^ u64::from(view.tries())
            ^ u64::from(view.valid())
    });
}

fn listing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("codec/listing");
    let names: Vec<String> =
        (0..32_usize).map(|number| format!("{}-{number}.txt", "a-longer-name-".repeat(number % 4))).collect();
    let entry = |(number, name): (u64, _)| Entry {
        name,
        size: number * 4096,
        modified: 1_700_000_000,
        inode: number,
        mode: 0o644,
        folder: false,
    };
    let entries: Vec<Entry<'_>> = (0..).zip(names.iter().map(String::as_str)).map(entry).collect();
    message::<ListingWire>(&mut group, &Listing { entries: &entries }, |view: ListingView<'_>| {
        view.entries().iter().fold(0, |sum, entry| {
            let name = entry.name();
            let name = name.as_bytes().first().map_or(0, |first| u64::from(*first)) + name.len() as u64;
            let numbers = entry.size() ^ entry.modified() as u64 ^ entry.inode() ^ u64::from(entry.mode());
            sum ^ name ^ numbers ^ u64::from(entry.folder())
        })
    });
}

fn bytes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("codec/bytes");
    let data = [0x5a; 4096];
    message::<BlobWire>(&mut group, &Blob { data: &data }, |view: BlobView<'_>| {
        let data = black_box(view.data());
        u64::from(data[0]) + data.len() as u64
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(600));
    targets = small_struct, listing, bytes
}
criterion_main!(benches);
