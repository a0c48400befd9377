use std::sync::atomic::{AtomicU8, fence};
use std::thread;

use super::*;

/// A ring in ordinary memory.
pub(super) struct Plain {
    capacity: u32,
    words: [AtomicU64; 3],
    bells: [AtomicU32; 2],
    bytes: Vec<AtomicU8>,
}

impl Plain {
    pub(super) fn new(capacity: u32) -> Plain {
        let bytes = (0..capacity).map(|_| AtomicU8::new(0)).collect();
        Plain { capacity, words: Default::default(), bells: Default::default(), bytes }
    }
}

impl Direction for Plain {
    type Place = AtomicU64;
    type Bell = AtomicU32;

    fn capacity(&self) -> u32 {
        self.capacity
    }
    fn reserved(&self) -> &AtomicU64 {
        &self.words[2]
    }
    fn tail(&self) -> &AtomicU64 {
        &self.words[0]
    }
    fn head(&self) -> &AtomicU64 {
        &self.words[1]
    }
    fn ready(&self) -> &AtomicU32 {
        &self.bells[0]
    }
    fn room(&self) -> &AtomicU32 {
        &self.bells[1]
    }
    fn put(&self, at: u32, bytes: &[u8]) {
        for (place, byte) in self.bytes[at as usize..].iter().zip(bytes) {
            place.store(*byte, Ordering::Relaxed);
        }
        assert!(at as usize + bytes.len() <= self.capacity as usize);
    }
    fn get(&self, at: u32, place: &mut [MaybeUninit<u8>]) {
        assert!(at as usize + place.len() <= self.capacity as usize);
        for (byte, place) in self.bytes[at as usize..].iter().zip(place) {
            place.write(byte.load(Ordering::Relaxed));
        }
    }
    fn put_word(&self, at: u32, word: u64) {
        self.put(at, &word.to_le_bytes());
    }
    fn get_word(&self, at: u32) -> u64 {
        let bytes: Vec<u8> = (0..8).map(|n| self.bytes[at as usize + n].load(Ordering::Relaxed)).collect();
        u64::from_le_bytes(bytes.try_into().unwrap())
    }
    fn fence() {
        fence(Ordering::SeqCst);
    }
}

fn write(ring: &Plain, producer: &mut Producer, message: &[u8], handles: u32) -> bool {
    let bytes = message.len() as u32;
    if !producer.has_room(ring, bytes).unwrap() {
        return false;
    }
    // In two pieces, the first of an odd length.
    let (start, rest) = message.split_at(message.len() / 3);
    producer.fill(ring, bytes, handles, [start, rest].into_iter());
    producer.publish(ring, bytes);
    true
}

fn read(ring: &Plain, consumer: &mut Consumer) -> Result<Option<(Vec<u8>, u32)>, Broken> {
    let Some(record) = consumer.front(ring)? else { return Ok(None) };
    let mut place = vec![MaybeUninit::new(0); record.bytes as usize];
    consumer.copy(ring, &mut place);
    consumer.pass(ring, record);
    // SAFETY: every byte was initialized, before and by the copy.
    #[allow(unsafe_code)]
    let bytes = place.iter().map(|byte| unsafe { byte.assume_init() }).collect();
    Ok(Some((bytes, record.handles)))
}

fn message(number: u32) -> Vec<u8> {
    (0..number.wrapping_mul(2_654_435_761) % 100).map(|at| (at ^ number) as u8).collect()
}

/// What goes in comes out, in order, for every alignment of records to the ring's end and over the wrap of positions.
#[test]
fn first_in_first_out() {
    for capacity in [128, 256, 1024] {
        let ring = Plain::new(capacity);
        let start = Position { bytes: u32::MAX - 4095, records: u32::MAX - 50 };
        ring.words.iter().for_each(|word| word.store(start.to_word(), Ordering::Relaxed));
        let (mut producer, mut consumer) = (Producer::at(start, start), Consumer::at(start));
        let (mut written, mut read_number, rounds) = (0, 0, if cfg!(miri) { 300 } else { 20_000 });
        while read_number < rounds {
            for _ in 0..1 + written % 5 {
                if write(&ring, &mut producer, &message(written), written % 65) {
                    written += 1;
                }
            }
            assert_eq!(consumer.look(&ring), Ok(written - read_number));
            for _ in 0..1 + read_number % 3 {
                if let Some((bytes, handles)) = read(&ring, &mut consumer).unwrap() {
                    assert_eq!((bytes, handles), (message(read_number), read_number % 65));
                    read_number += 1;
                }
            }
        }
    }
}

#[test]
fn a_full_ring_refuses_until_enough_is_read() {
    let ring = Plain::new(256);
    let (mut producer, mut consumer) = (Producer::default(), Consumer::default());
    let mut written = 0;
    while write(&ring, &mut producer, &[7; 24], 0) {
        written += 1;
    }
    assert_eq!(written, 256 / 32);
    let mut told = 0;
    while let Some(record) = consumer.front(&ring).unwrap() {
        assert!(!producer.may_go_on(&ring).unwrap());
        told += u32::from(consumer.pass(&ring, record));
    }
    // A message as large as the ring may come only once it is empty.
    assert!(producer.may_go_on(&ring).unwrap());
    assert_eq!(told, 4);
    assert!(producer.has_room(&ring, 248).unwrap());
    assert!(!producer.has_room(&ring, 249).unwrap());
}

#[test]
fn two_threads() {
    let (ring, rounds) = (Plain::new(512), if cfg!(miri) { 100 } else { 50_000 });
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut producer = Producer::default();
            for number in 0..rounds {
                while !write(&ring, &mut producer, &message(number), 0) {
                    thread::yield_now();
                }
            }
        });
        let mut consumer = Consumer::default();
        for number in 0..rounds {
            let (bytes, _) = loop {
                match read(&ring, &mut consumer).unwrap() {
                    Some(found) => break found,
                    None => thread::yield_now(),
                }
            };
            assert_eq!(bytes, message(number));
        }
    });
}

/// Numbers that look random and are the same on each run.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// A peer that writes whatever it likes: each read gives a legal message or says that the ring is broken.
#[test]
fn hostile_words() {
    let ring = Plain::new(1024);
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let (mut messages, mut broken) = (0, 0);
    for round in 0..if cfg!(miri) { 300 } else { 300_000 } {
        let (mut consumer, mut producer) = (Consumer::default(), Producer::default());
        ring.words.iter().for_each(|word| word.store(0, Ordering::Relaxed));
        for _ in 0..1 + round % 4 {
            let small = |roll: u64| if roll & 1 == 0 { roll >> 1 } else { (roll >> 1) % 2048 };
            let tail =
                Position { bytes: small(dice.roll()) as u32, records: (small(dice.roll()) % 6) as u32 };
            ring.tail().store(tail.to_word(), Ordering::Relaxed);
            ring.head().store(small(dice.roll()) & !7, Ordering::Relaxed);
            ring.put_word((dice.roll() % 128 * 8) as u32, small(dice.roll()));
            match read(&ring, &mut consumer) {
                Ok(Some((bytes, handles))) => {
                    assert!(bytes.len() < 1024 && handles <= 64);
                    messages += 1;
                }
                Ok(None) => {}
                Err(Broken) => broken += 1,
            }
            // A head that was never reached is no room.
            if let Ok(free) = producer.has_room(&ring, 1000) {
                assert!(free);
            }
            let _ = producer.may_go_on(&ring);
        }
    }
    // Too few rounds for a message by chance.
    let enough = messages > 0 || cfg!(miri);
    assert!(enough && broken > 0, "{messages} {broken}");
}

#[test]
fn positions_that_cannot_be() {
    let check = |bytes: u32, records: u32| Position::default().distance_to(Position { bytes, records }, 64);
    assert!(check(0, 0).is_ok() && check(8, 1).is_ok() && check(64, 8).is_ok() && check(64, 1).is_ok());
    for (bytes, records) in [(0, 1), (8, 0), (4, 1), (72, 1), (8, 2), (u32::MAX - 7, 1), (8, u32::MAX)] {
        assert_eq!(check(bytes, records), Err(Broken), "{bytes} {records}");
    }
}

#[test]
fn positions_between_words() {
    let at = |bytes: u32| Position { bytes, records: 0 };
    assert_eq!(at(4).distance_to(at(4), 64), Err(Broken));
    assert_eq!(at(4).distance_to(Position { bytes: 12, records: 1 }, 64), Err(Broken));
}

/// A position may not go back, which would give messages twice.
#[test]
fn positions_that_go_back() {
    let ring = Plain::new(256);
    let (mut producer, mut consumer) = (Producer::default(), Consumer::default());
    assert!(write(&ring, &mut producer, b"one", 0) && write(&ring, &mut producer, b"two", 0));
    assert_eq!(consumer.look(&ring), Ok(2));
    ring.tail().store(Position { bytes: 16, records: 1 }.to_word(), Ordering::Relaxed);
    assert_eq!(consumer.look(&ring), Err(Broken));
    ring.head().store(Position { bytes: 16, records: 1 }.to_word(), Ordering::Relaxed);
    assert_eq!(producer.may_go_on(&ring), Ok(false));
    ring.head().store(0, Ordering::Relaxed);
    assert_eq!(producer.may_go_on(&ring), Err(Broken));
}
