//! Every interleaving of a producer and a consumer of few messages.

use loom::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};
use loom::sync::{Arc, Condvar, Mutex};
use loom::thread;

use super::doorbell;
use super::flow::{self, Shape, Unread, Unwritten};
use super::*;

macro_rules! loom_words {
    ($($atomic:ty: $value:ty),*) => {
        $(
            impl Word<$value> for $atomic {
                fn load(&self, ordering: Ordering) -> $value {
                    self.load(ordering)
                }
                fn store(&self, value: $value, ordering: Ordering) {
                    self.store(value, ordering);
                }
                fn swap(&self, value: $value, ordering: Ordering) -> $value {
                    self.swap(value, ordering)
                }
                fn fetch_or(&self, value: $value, ordering: Ordering) -> $value {
                    self.fetch_or(value, ordering)
                }
                fn replace(&self, current: $value, new: $value) -> bool {
                    self.compare_exchange(current, new, Ordering::AcqRel, Ordering::Acquire).is_ok()
                }
            }
        )*
    };
}

loom_words!(AtomicU32: u32, AtomicU64: u64);

/// A ring of words. Messages are whole words.
struct Model {
    places: [AtomicU64; 3],
    bells: [AtomicU32; 2],
    words: Vec<AtomicU64>,
}

impl Model {
    fn new(words: usize) -> Model {
        Model {
            places: [AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0)],
            bells: [AtomicU32::new(0), AtomicU32::new(0)],
            words: (0..words).map(|_| AtomicU64::new(0)).collect(),
        }
    }
}

impl Direction for Model {
    type Place = AtomicU64;
    type Bell = AtomicU32;

    fn capacity(&self) -> u32 {
        8 * self.words.len() as u32
    }
    fn reserved(&self) -> &AtomicU64 {
        &self.places[2]
    }
    fn tail(&self) -> &AtomicU64 {
        &self.places[0]
    }
    fn head(&self) -> &AtomicU64 {
        &self.places[1]
    }
    fn ready(&self) -> &AtomicU32 {
        &self.bells[0]
    }
    fn room(&self) -> &AtomicU32 {
        &self.bells[1]
    }
    fn put(&self, at: u32, bytes: &[u8]) {
        for (number, word) in bytes.chunks_exact(8).enumerate() {
            self.put_word(at + 8 * number as u32, u64::from_le_bytes(word.try_into().unwrap()));
        }
    }
    fn get(&self, at: u32, place: &mut [MaybeUninit<u8>]) {
        for (number, part) in place.chunks_exact_mut(8).enumerate() {
            part.write_copy_of_slice(&self.get_word(at + 8 * number as u32).to_le_bytes());
        }
    }
    fn put_word(&self, at: u32, word: u64) {
        self.words[at as usize / 8].store(word, Ordering::Relaxed);
    }
    fn get_word(&self, at: u32) -> u64 {
        self.words[at as usize / 8].load(Ordering::Relaxed)
    }
    fn fence() {
        fence(Ordering::SeqCst);
    }
}

/// The sleeper's means of being woken. A sleep that nothing ends is a deadlock for loom.
struct Rung(Mutex<bool>, Condvar);

impl Rung {
    fn new() -> Rung {
        Rung(Mutex::new(false), Condvar::new())
    }

    fn ring(&self, bell: &AtomicU32) {
        if doorbell::ring(bell, Model::fence) {
            *self.0.lock().unwrap() = true;
            self.1.notify_one();
        }
    }

    fn sleep(&self) {
        let mut rung = self.0.lock().unwrap();
        while !*rung {
            rung = self.1.wait(rung).unwrap();
        }
        *rung = false;
    }
}

fn write(ring: &Model, producer: &mut Producer, number: u64) {
    producer.fill(ring, 8, 0, [&number.to_le_bytes()[..]].into_iter());
    producer.publish(ring, 8);
}

fn read(ring: &Model, consumer: &mut Consumer) -> Option<u64> {
    let record = consumer.front(ring).unwrap()?;
    assert_eq!(record, Record { bytes: 8, handles: 0 });
    let mut place = [MaybeUninit::new(0); 8];
    consumer.copy(ring, &mut place);
    consumer.pass(ring, record);
    // SAFETY: the bytes were initialized before.
    #[allow(unsafe_code)]
    let bytes = place.map(|byte| unsafe { byte.assume_init() });
    Some(u64::from_le_bytes(bytes))
}

/// Reads a message, and sleeps while there is none.
fn read_sleeping(ring: &Model, consumer: &mut Consumer, rung: &Rung) -> u64 {
    loop {
        if let Some(number) = read(ring, consumer) {
            return number;
        }
        doorbell::arm(ring.ready(), Model::fence);
        if consumer.look(ring).unwrap() == 0 {
            rung.sleep();
        }
    }
}

/// A consumer that sleeps whenever it finds nothing is told of every message.
#[test]
fn loom_no_message_is_slept_through() {
    loom::model(|| {
        let shared = Arc::new((Model::new(8), Rung::new()));
        let other = shared.clone();
        let writer = thread::spawn(move || {
            let mut producer = Producer::default();
            for number in 1..=2 {
                write(&other.0, &mut producer, number);
                other.1.ring(other.0.ready());
            }
        });
        let mut consumer = Consumer::default();
        for number in 1..=2 {
            assert_eq!(read_sleeping(&shared.0, &mut consumer, &shared.1), number);
        }
        writer.join().unwrap();
    });
}

/// A producer that sleeps whenever it finds no room is told of room.
#[test]
fn loom_no_room_is_slept_through() {
    loom::model(|| {
        // Room for one message.
        let shared = Arc::new((Model::new(2), Rung::new(), Rung::new()));
        let other = shared.clone();
        let reader = thread::spawn(move || {
            let (ring, ready, room) = (&other.0, &other.1, &other.2);
            let mut consumer = Consumer::default();
            for number in 1..=2 {
                assert_eq!(read_sleeping(ring, &mut consumer, ready), number);
                room.ring(ring.room());
            }
        });
        let (ring, ready, room) = (&shared.0, &shared.1, &shared.2);
        let mut producer = Producer::default();
        for number in 1..=2 {
            while !producer.has_room(ring, 8).unwrap() {
                doorbell::arm(ring.room(), Model::fence);
                if !producer.may_go_on(ring).unwrap() {
                    room.sleep();
                }
            }
            write(ring, &mut producer, number);
            ready.ring(ring.ready());
        }
        reader.join().unwrap();
    });
}

/// The fence between a change and the look at the bell is needed: without it a message is slept through.
#[test]
#[should_panic(expected = "deadlock")]
fn loom_a_bell_without_fences_is_found_out() {
    loom::model(|| {
        let shared = Arc::new((Model::new(8), Rung::new()));
        let other = shared.clone();
        let writer = thread::spawn(move || {
            write(&other.0, &mut Producer::default(), 1);
            if doorbell::ring(other.0.ready(), || ()) {
                *other.1.0.lock().unwrap() = true;
                other.1.1.notify_one();
            }
        });
        let mut consumer = Consumer::default();
        if read(&shared.0, &mut consumer).is_none() {
            doorbell::arm(shared.0.ready(), || ());
            if consumer.look(&shared.0).unwrap() == 0 {
                shared.1.sleep();
            }
        }
        writer.join().unwrap();
    });
}

const STREAM: Shape = Shape { limit: 8, element: 8, datagrams: false };

fn write_flow(ring: &Model, number: u64) -> Result<u32, Unwritten> {
    flow::write(ring, STREAM, 8, [&number.to_le_bytes()[..]].into_iter())
}

fn read_flow(ring: &Model) -> Result<u64, Unread> {
    let mut place = [MaybeUninit::new(0); 8];
    flow::read(ring, STREAM, &mut place, false)?;
    // SAFETY: the bytes were initialized before.
    #[allow(unsafe_code)]
    let bytes = place.map(|byte| unsafe { byte.assume_init() });
    Ok(u64::from_le_bytes(bytes))
}

/// A reader that sleeps whenever a flow is empty gets all, and a writer that sleeps whenever it is full has written all.
#[test]
fn loom_no_byte_of_a_flow_is_slept_through() {
    loom::model(|| {
        let shared = Arc::new((Model::new(1), Rung::new(), Rung::new()));
        let other = shared.clone();
        let writer = thread::spawn(move || {
            let (ring, ready, room) = (&other.0, &other.1, &other.2);
            for number in 1..=2 {
                while write_flow(ring, number).is_err() {
                    doorbell::arm(ring.room(), Model::fence);
                    if flow::look(ring, STREAM).unwrap().room == 0 {
                        room.sleep();
                    }
                }
                ready.ring(ring.ready());
            }
        });
        let (ring, ready, room) = (&shared.0, &shared.1, &shared.2);
        for number in 1..=2 {
            let found = loop {
                if let Ok(found) = read_flow(ring) {
                    break found;
                }
                doorbell::arm(ring.ready(), Model::fence);
                if flow::look(ring, STREAM).unwrap().unread == 0 {
                    ready.sleep();
                }
            };
            assert_eq!(found, number);
            room.ring(ring.room());
        }
        writer.join().unwrap();
    });
}

/// After a reader found writes disabled and nothing unread, nothing comes: what a writer was told is written was read.
#[test]
fn loom_the_end_of_a_flow_is_the_end() {
    loom::model(|| {
        let shared = Arc::new(Model::new(1));
        let other = shared.clone();
        let writer = thread::spawn(move || write_flow(&other, 7).is_ok());
        flow::disable(&*shared);
        let read = read_flow(&shared);
        let end = read_flow(&shared);
        assert_eq!(end, Err(Unread::Empty { disabled: true }));
        assert_eq!(writer.join().unwrap(), read == Ok(7));
    });
}

/// Who looks while others write and read never finds what cannot be.
#[test]
fn loom_a_look_at_a_flow_is_true() {
    loom::model(|| {
        let shared = Arc::new(Model::new(1));
        let (one, other) = (shared.clone(), shared.clone());
        let writer = thread::spawn(move || (0..2).filter(|number| write_flow(&one, *number).is_ok()).count());
        let reader = thread::spawn(move || (0..2).filter(|_| read_flow(&other).is_ok()).count());
        assert!(flow::look(&*shared, STREAM).is_ok());
        let (written, read) = (writer.join().unwrap(), reader.join().unwrap());
        let unread = flow::look(&*shared, STREAM).unwrap().unread;
        assert_eq!(unread as usize, 8 * (written - read));
    });
}

/// Writes that are disabled and enabled again while one is under way break nothing: it is written or refused.
#[test]
fn loom_a_flow_is_disabled_and_enabled_under_a_write() {
    loom::model(|| {
        let shared = Arc::new(Model::new(1));
        let other = shared.clone();
        let writer = thread::spawn(move || write_flow(&other, 7));
        flow::disable(&*shared);
        flow::enable(&*shared);
        let written = writer.join().unwrap();
        assert!(matches!(written, Ok(8) | Err(Unwritten::Disabled)), "{written:?}");
        let level = flow::look(&*shared, STREAM).unwrap();
        assert_eq!(level.unread > 0, written.is_ok());
    });
}
