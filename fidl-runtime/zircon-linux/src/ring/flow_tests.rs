use std::collections::VecDeque;
use std::thread;

use super::flow::{self, Level, Shape, Unread, Unwritten};
use super::tests::{Dice, Plain};
use super::*;

const STREAM: Shape = Shape { limit: 200, element: 1, datagrams: false };
const DATAGRAMS: Shape = Shape { limit: 100, element: 1, datagrams: true };
const FIFO: Shape = Shape { limit: 63, element: 7, datagrams: false };

/// A ring whose positions are about to wrap.
fn ring(capacity: u32, shape: Shape) -> Plain {
    let ring = Plain::new(capacity);
    let records = if shape.datagrams { (1 << 31) - 50 } else { 0 };
    let start = Position { bytes: u32::MAX - 1001, records }.to_word();
    ring.head().store(start, Ordering::Relaxed);
    ring.tail().store(start, Ordering::Relaxed);
    ring
}

fn write(ring: &Plain, shape: Shape, bytes: &[u8]) -> Result<usize, Unwritten> {
    // In two pieces, the first of an odd length.
    let (start, rest) = bytes.split_at(bytes.len() / 3);
    flow::write(ring, shape, bytes.len(), [start, rest].into_iter()).map(|count| count as usize)
}

fn read(ring: &Plain, shape: Shape, room: usize, peek: bool) -> Result<Vec<u8>, Unread> {
    let mut place = vec![MaybeUninit::new(0); room];
    let count = flow::read(ring, shape, &mut place, peek)? as usize;
    // SAFETY: every byte was initialized, before and by the copy.
    #[allow(unsafe_code)]
    let bytes = place[..count].iter().map(|byte| unsafe { byte.assume_init() }).collect();
    Ok(bytes)
}

fn rounds(usually: usize) -> usize {
    if cfg!(miri) { usually / 200 } else { usually }
}

/// Bytes are those of a queue, over the ring's end and the wrap of positions.
#[test]
fn bytes_in_bytes_out() {
    for shape in [STREAM, FIFO] {
        let (ring, mut model, mut dice, mut next) = (ring(256, shape), VecDeque::new(), Dice(7), 0u8);
        let whole = |count: usize| count - count % shape.element as usize;
        for _ in 0..rounds(20_000) {
            let size = (dice.roll() % 90) as usize;
            match dice.roll() % 3 {
                0 => {
                    let bytes: Vec<u8> = (0..size).map(|at| next.wrapping_add(at as u8)).collect();
                    let fits = whole(size.min(shape.limit as usize - model.len()));
                    let expected = if fits > 0 || size == 0 { Ok(fits) } else { Err(Unwritten::Full) };
                    assert_eq!(write(&ring, shape, &bytes), expected);
                    model.extend(&bytes[..fits]);
                    next = next.wrapping_add(fits as u8);
                }
                kind => {
                    let count = whole(size.min(model.len()));
                    match read(&ring, shape, size, kind == 1) {
                        Ok(bytes) => assert!(bytes.iter().eq(model.iter().take(count))),
                        Err(error) => {
                            assert_eq!(error, Unread::Empty { disabled: false });
                            assert!(model.is_empty());
                        }
                    }
                    if kind == 2 {
                        model.drain(..count);
                    }
                }
            }
            let unread = model.len() as u32;
            let level = Level { unread, room: shape.limit - unread, disabled: false };
            assert_eq!(flow::look(&ring, shape), Ok(level));
        }
    }
}

/// Datagrams are those of a queue, and cut off where the place is too small.
#[test]
fn datagrams_in_datagrams_out() {
    let (ring, mut model, mut dice) = (ring(128, DATAGRAMS), VecDeque::<Vec<u8>>::new(), Dice(9));
    for round in 0..rounds(20_000) {
        let size = (dice.roll() % 40) as usize;
        if dice.roll() & 1 == 0 {
            let bytes = vec![round as u8; size];
            let waiting: usize = model.iter().map(Vec::len).sum();
            let fits = waiting + size <= 100 && waiting + size + 4 * (model.len() + 1) <= 128;
            let expected = if size == 0 || fits { Ok(size) } else { Err(Unwritten::Full) };
            assert_eq!(write(&ring, DATAGRAMS, &bytes), expected);
            if size > 0 && fits {
                model.push_back(bytes);
            }
            continue;
        }
        assert_eq!(flow::first_datagram(&ring, DATAGRAMS), Ok(model.front().map_or(0, Vec::len) as u32));
        let Some(first) = model.front() else {
            assert_eq!(read(&ring, DATAGRAMS, size, false), Err(Unread::Empty { disabled: false }));
            continue;
        };
        let expected = first[..size.min(first.len())].to_vec();
        assert_eq!(read(&ring, DATAGRAMS, size, true), Ok(expected.clone()));
        assert_eq!(read(&ring, DATAGRAMS, size, false), Ok(expected));
        if size > 0 {
            model.pop_front();
        }
    }
    assert_eq!(write(&ring, DATAGRAMS, &[0; 101]), Err(Unwritten::TooLarge));
}

#[test]
fn writes_are_disabled_and_enabled() {
    let ring = ring(256, STREAM);
    assert_eq!(write(&ring, STREAM, b"before"), Ok(6));
    flow::disable(&ring);
    assert_eq!(write(&ring, STREAM, b"x"), Err(Unwritten::Disabled));
    assert_eq!(write(&ring, STREAM, b""), Err(Unwritten::Disabled));
    assert_eq!(flow::may_enable(&ring, STREAM), Ok(false));
    flow::enable(&ring);
    assert!(flow::look(&ring, STREAM).unwrap().disabled, "something is unread");
    assert_eq!(read(&ring, STREAM, 9, false).unwrap(), b"before");
    assert_eq!(read(&ring, STREAM, 9, false), Err(Unread::Empty { disabled: true }));
    assert_eq!(flow::may_enable(&ring, STREAM), Ok(true));
    flow::enable(&ring);
    assert_eq!(write(&ring, STREAM, b"after"), Ok(5));
    assert_eq!(read(&ring, STREAM, 9, false).unwrap(), b"after");
}

#[test]
fn two_threads_stream() {
    let (ring, count) = (ring(256, STREAM), rounds(200_000));
    let content = |at: usize| (at % 251) as u8;
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut written = 0;
            while written < count {
                let bytes: Vec<u8> =
                    (written..(written + 1 + written % 90).min(count)).map(content).collect();
                match write(&ring, STREAM, &bytes) {
                    Ok(more) => written += more,
                    Err(error) => {
                        assert_eq!(error, Unwritten::Full);
                        thread::yield_now();
                    }
                }
            }
            flow::disable(&ring);
        });
        // A third, who only looks, never finds what cannot be.
        let watcher = scope.spawn(|| {
            while !flow::look(&ring, STREAM).unwrap().disabled {
                thread::yield_now();
            }
        });
        let mut taken = 0;
        loop {
            match read(&ring, STREAM, 1 + taken % 70, false) {
                Ok(bytes) => {
                    assert!(bytes.iter().enumerate().all(|(at, byte)| *byte == content(taken + at)));
                    taken += bytes.len();
                }
                Err(Unread::Empty { disabled: true }) => break,
                Err(error) => {
                    assert_eq!(error, Unread::Empty { disabled: false });
                    thread::yield_now();
                }
            }
        }
        assert_eq!(taken, count, "the end is seen after the last byte");
        watcher.join().unwrap();
    });
}

/// Whatever the words say: no access outside of the ring, no more than its limit, and an end.
#[test]
fn hostile_words() {
    let (mut dice, mut broken, mut good) = (Dice(0x9E37_79B9_7F4A_7C15), 0, 0);
    for shape in [STREAM, DATAGRAMS, FIFO] {
        let ring = ring(256, shape);
        for _ in 0..rounds(100_000) {
            let mut word = || match dice.roll() % 3 {
                0 => dice.roll(),
                1 => dice.roll() % 64,
                _ => ((dice.roll() % 4) << 32) | (dice.roll() % 64),
            };
            ring.head().store(word(), Ordering::Relaxed);
            ring.tail().store(word(), Ordering::Relaxed);
            let header = word().to_le_bytes();
            ring.put((dice.roll() % 32 * 8) as u32, &header);
            match read(&ring, shape, 300, false) {
                Ok(bytes) => {
                    assert!((1..=shape.limit as usize).contains(&bytes.len()));
                    good += 1;
                }
                Err(Unread::Empty { .. }) => {}
                Err(Unread::Broken) => broken += 1,
            }
            let _ = flow::first_datagram(&ring, shape);
            if let Ok(level) = flow::look(&ring, shape) {
                assert!(level.unread <= shape.limit && level.room <= shape.limit - level.unread);
            }
            if let Ok(count) = write(&ring, shape, &[1; 300]) {
                assert!(count <= shape.limit as usize);
            }
            flow::enable(&ring);
            flow::disable(&ring);
        }
    }
    // Too few rounds for a good one by chance.
    assert!(broken > 0 && (good > 0 || cfg!(miri)));
}
