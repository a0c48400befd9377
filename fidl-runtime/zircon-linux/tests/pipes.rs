//! Sockets and fifos whose ends go to other processes: what moves with them, and ends with several holders. The processes are
//! this one, over a channel between processes. What holds for local ones too is in the tests of sockets and fifos.

#![cfg(not(miri))]

mod common;

use std::thread;

use common::*;
use zircon_linux::abi::types::*;
use zircon_linux::{adopt, export, memory};

const STREAM: u32 = ZX_SOCKET_STREAM;
const DATAGRAM: u32 = ZX_SOCKET_DATAGRAM;
const READABLE: u32 = ZX_SOCKET_READABLE;
const WRITABLE: u32 = ZX_SOCKET_WRITABLE;
const CLOSED: u32 = ZX_SOCKET_PEER_CLOSED;

/// Descriptors, mappings of shared memory, handles, objects, messages and blocks.
fn resources() -> [usize; 6] {
    make_what_stays();
    let mapped = std::fs::read_to_string("/proc/self/maps").unwrap().matches("memfd:").count();
    let open = std::fs::read_dir("/proc/self/fd").unwrap().count();
    let memory = memory();
    [open, mapped, memory.handles.used, memory.objects.used, memory.messages.used, memory.blocks.used]
}

/// What is in use once that was made which stays for ever: places for sleepers, of a port and of a blocking wait beside it.
fn warm_up() -> [usize; 6] {
    let ((near, far), queue) = (socket_channel(), port());
    wait_async(near, queue, 1, ZX_CHANNEL_READABLE, 0).unwrap();
    let soon = zircon_linux::abi::zx_deadline_after(1_000_000);
    assert_eq!(port_wait(queue, soon), Err(ZX_ERR_TIMED_OUT));
    assert_eq!(wait_one(near, ZX_CHANNEL_READABLE, soon + 1_000_000).0, ZX_ERR_TIMED_OUT);
    close_many(&[near, far, queue]).unwrap();
    resources()
}

fn numbers(count: usize) -> Vec<u8> {
    (0..count).map(|number| (number % 251) as u8).collect()
}

/// Both ends move, one after the other, again and again; what is unread moves with them, in both directions.
#[test]
fn a_stream_crosses_with_what_is_unread() {
    let _alone = alone();
    let before = warm_up();
    let (near, far) = socket(STREAM).unwrap();
    // What lies in memory does not begin at the beginning.
    socket_write(near, &numbers(40_000)).unwrap();
    assert_eq!(socket_read(far, 300).unwrap(), numbers(300));
    socket_write(far, b"to near").unwrap();
    let (mut near, mut far) = (near, crossed(far));
    for round in 0..10 {
        assert_eq!(socket_write(near, &[round; 100]), Ok(100));
        (near, far) = if round % 2 == 0 { (crossed(near), far) } else { (near, crossed(far)) };
        assert_eq!(signals(near), READABLE | WRITABLE);
    }
    assert_eq!(socket_read(far, 39_700).unwrap(), numbers(40_000)[300..]);
    for round in 0..10 {
        assert_eq!(socket_read(far, 100).unwrap(), [round; 100]);
    }
    assert_eq!(socket_read(far, 100), Err(ZX_ERR_SHOULD_WAIT));
    assert_eq!(socket_read(near, 100).unwrap(), b"to near");
    close_many(&[near, far]).unwrap();
    assert_eq!(resources(), before);
}

#[test]
fn datagrams_cross_whole() {
    let _alone = alone();
    let before = warm_up();
    for sizes in [vec![1; 60_000], vec![700; 300], vec![1, 65_536, 3, 100_000, 90_000, 99, 101]] {
        let (near, far) = socket(DATAGRAM).unwrap();
        for (number, size) in sizes.iter().enumerate() {
            assert_eq!(socket_write(near, &vec![number as u8; *size]), Ok(*size));
        }
        let far = crossed(far);
        let told: zx_info_socket_t = info(far, ZX_INFO_SOCKET).unwrap();
        assert_eq!((told.rx_buf_size, told.rx_buf_available), (sizes.iter().sum(), sizes[0]));
        for (number, size) in sizes.iter().enumerate() {
            assert_eq!(socket_read(far, 150_000).unwrap(), vec![number as u8; *size]);
        }
        assert_eq!(socket_read(far, 1), Err(ZX_ERR_SHOULD_WAIT));
        close_many(&[near, far]).unwrap();
    }
    assert_eq!(resources(), before);
}

#[test]
fn a_fifo_crosses_with_what_is_unread() {
    let _alone = alone();
    let before = warm_up();
    let (near, far) = fifo(5, 3, 0).unwrap();
    fifo_write(near, 3, b"aaabbbccc").unwrap();
    assert_eq!(fifo_read(far, 3, 2).unwrap(), b"aaabbb");
    // Over the end of the memory.
    fifo_write(near, 3, b"dddeeefffggg").unwrap();
    fifo_write(far, 3, b"zzz").unwrap();
    let far = crossed(far);
    assert_eq!(signals(near) & (READABLE | WRITABLE), READABLE, "it is full");
    assert_eq!(fifo_read(far, 3, 9).unwrap(), b"cccdddeeefffggg");
    assert_eq!(fifo_read(near, 3, 9).unwrap(), b"zzz");
    assert_eq!(signals(near), WRITABLE);
    close_many(&[near, far]).unwrap();
    assert_eq!(resources(), before);
}

#[test]
fn settings_cross() {
    let _alone = alone();
    let (near, far) = socket(STREAM).unwrap();
    set_property(far, ZX_PROP_SOCKET_RX_THRESHOLD, &5u64.to_le_bytes()).unwrap();
    set_property(near, ZX_PROP_SOCKET_TX_THRESHOLD, &7u64.to_le_bytes()).unwrap();
    signal(far, 0, ZX_USER_SIGNAL_4).unwrap();
    socket_write(near, b"12345").unwrap();
    dispose(far, ZX_SOCKET_DISPOSITION_WRITE_DISABLED, 0).unwrap();
    let enough = READABLE | ZX_SOCKET_READ_THRESHOLD | ZX_SOCKET_WRITE_DISABLED | ZX_USER_SIGNAL_4;
    assert_eq!(signals(far), enough);
    let far = crossed(far);
    assert_eq!(signals(far), enough);
    let roomy = WRITABLE | ZX_SOCKET_WRITE_THRESHOLD;
    assert_eq!(signals(near), roomy | ZX_SOCKET_PEER_WRITE_DISABLED);
    assert_eq!(property(far, ZX_PROP_SOCKET_RX_THRESHOLD, 8).unwrap(), 5u64.to_le_bytes());
    assert_eq!(property(near, ZX_PROP_SOCKET_TX_THRESHOLD, 8).unwrap(), 7u64.to_le_bytes());
    assert_eq!(socket_write(far, b"x"), Err(ZX_ERR_BAD_STATE));
    assert_eq!(socket_read(near, 1), Err(ZX_ERR_BAD_STATE));
    close_many(&[near, far]).unwrap();
}

#[test]
fn rights_travel() {
    let _alone = alone();
    let (near, far) = socket(STREAM).unwrap();
    let far = crossed(replace(far, ZX_RIGHT_READ | ZX_RIGHT_TRANSFER | ZX_RIGHT_WAIT).unwrap());
    assert_eq!(basic(far).unwrap().rights, ZX_RIGHT_READ | ZX_RIGHT_TRANSFER | ZX_RIGHT_WAIT);
    assert_eq!(socket_write(far, b"x"), Err(ZX_ERR_ACCESS_DENIED));
    assert_eq!(dispose(far, 1, 0), Err(ZX_ERR_ACCESS_DENIED));
    close_many(&[near, far]).unwrap();
    let (near, far) = fifo(1, 1, 0).unwrap();
    let far = crossed(replace(far, ZX_RIGHT_WRITE | ZX_RIGHT_TRANSFER).unwrap());
    assert_eq!(fifo_read(far, 1, 1), Err(ZX_ERR_ACCESS_DENIED));
    assert_eq!(fifo_write(far, 1, b"x"), Ok(1));
    close_many(&[near, far]).unwrap();
}

/// An end whose peer is closed already still has what the peer wrote.
#[test]
fn an_end_without_a_peer_crosses() {
    let _alone = alone();
    let before = warm_up();
    for kind in [STREAM, DATAGRAM] {
        let (near, far) = socket(kind).unwrap();
        socket_write(near, b"last words").unwrap();
        close(near).unwrap();
        let far = crossed(crossed(far));
        assert_eq!(signals(far), READABLE | CLOSED);
        assert_eq!(socket_read(far, 100).unwrap(), b"last words");
        assert_eq!(socket_read(far, 100), Err(ZX_ERR_PEER_CLOSED));
        assert_eq!(socket_write(far, b"x"), Err(ZX_ERR_PEER_CLOSED));
        close(far).unwrap();
    }
    assert_eq!(resources(), before);
}

/// They lie in unread messages of a channel that crosses.
#[test]
fn ends_cross_inside_of_queued_messages() {
    let _alone = alone();
    let (near, far) = channel();
    let (stream, theirs) = socket(STREAM).unwrap();
    let (elements, others) = fifo(4, 4, 0).unwrap();
    socket_write(stream, b"in a socket in a channel").unwrap();
    fifo_write(elements, 4, b"fifo").unwrap();
    write(near, b"both", &[theirs, others]).unwrap();
    let far = crossed(far);
    let (_, handles) = read(far).unwrap();
    assert_eq!(socket_read(handles[0], 100).unwrap(), b"in a socket in a channel");
    assert_eq!(fifo_read(handles[1], 4, 4).unwrap(), b"fifo");
    close_many(&handles).unwrap();
    assert_eq!(signals(stream) & CLOSED, CLOSED);
    assert_eq!(signals(elements) & CLOSED, CLOSED);
    close_many(&[near, far, stream, elements]).unwrap();
}

/// Handles in messages that nobody reads are closed with the channel, and so are those that nobody adopts.
#[test]
fn unread_ends_are_closed() {
    let _alone = alone();
    let before = warm_up();
    let carrier = socket_channel();
    let (near, far) = socket(STREAM).unwrap();
    write(carrier.0, b"", &[far]).unwrap();
    assert_eq!(signals(near), WRITABLE);
    close_many(&[carrier.0, carrier.1]).unwrap();
    assert_eq!(wait_one(near, CLOSED, soon()).0, ZX_OK);
    close(near).unwrap();
    let (near, far) = fifo(2, 2, 0).unwrap();
    fifo_write(near, 2, b"ab").unwrap();
    let adopted = adopt(export(far).unwrap()).unwrap();
    assert_eq!(fifo_read(adopted, 2, 2).unwrap(), b"ab");
    drop(export(adopted).unwrap());
    assert_eq!(wait_one(near, CLOSED, soon()).0, ZX_OK);
    close(near).unwrap();
    assert_eq!(resources(), before);
}

/// An end that has gone leaves nothing here, and one that has come takes two descriptors and one mapping.
#[test]
fn what_an_end_takes() {
    let _alone = alone();
    warm_up();
    let carrier = socket_channel();
    let before = resources();
    let (near, far) = socket(STREAM).unwrap();
    write(carrier.0, b"", &[far]).unwrap();
    // The two that stay, and two on their way.
    assert_eq!(resources()[..2], [before[0] + 2, before[1] + 1]);
    let (_, handles) = read(carrier.1).unwrap();
    assert_eq!(resources()[..2], [before[0] + 4, before[1] + 2]);
    close(handles[0]).unwrap();
    assert_eq!(resources()[..2], [before[0] + 2, before[1] + 1]);
    close(near).unwrap();
    assert_eq!(resources(), before);
    close_many(&[carrier.0, carrier.1]).unwrap();
}

/// Handles to one end in several processes: the peer closes with the last of them, in whatever order.
#[test]
fn an_end_with_several_holders() {
    let _alone = alone();
    let before = warm_up();
    for first in 0..3 {
        let (near, far) = socket(STREAM).unwrap();
        let second = crossed(duplicate(near, ZX_RIGHT_SAME_RIGHTS).unwrap());
        let third = crossed(duplicate(second, ZX_RIGHT_SAME_RIGHTS).unwrap());
        let holders = [near, second, third];
        for (number, holder) in holders.iter().enumerate() {
            socket_write(*holder, &[number as u8; 3]).unwrap();
            signal_peer(*holder, 0, ZX_USER_SIGNAL_0 << number).unwrap();
        }
        assert_eq!(socket_read(far, 100).unwrap(), [0, 0, 0, 1, 1, 1, 2, 2, 2]);
        let all = ZX_USER_SIGNAL_0 | ZX_USER_SIGNAL_1 | ZX_USER_SIGNAL_2;
        assert_eq!(signals(far), WRITABLE | all);
        // All of them hear of what comes.
        let queue = port();
        for holder in holders {
            wait_async(holder, queue, u64::from(holder), READABLE, 0).unwrap();
        }
        socket_write(far, b"for one of you").unwrap();
        let mut told: Vec<u64> = (0..3).map(|_| port_wait(queue, soon()).unwrap().key).collect();
        told.sort_unstable();
        let mut expected = holders.map(u64::from);
        expected.sort_unstable();
        assert_eq!(told, expected);
        assert_eq!(socket_read(second, 100).unwrap(), b"for one of you");
        assert_eq!(socket_read(third, 100), Err(ZX_ERR_SHOULD_WAIT));
        assert_eq!(signals(near) & READABLE, 0);
        for number in 0..3 {
            assert_eq!(signals(far) & CLOSED, 0);
            close(holders[(first + number) % 3]).unwrap();
        }
        assert_eq!(wait_one(far, CLOSED, soon()).0, ZX_OK);
        close_many(&[far, queue]).unwrap();
    }
    assert_eq!(resources(), before);
}

/// Several holders of both ends write and read at once: every element arrives once, whole, and in order for each writer.
#[test]
fn several_holders_take_turns() {
    let _alone = alone();
    const ELEMENTS: u64 = 50_000;
    const WORDS: usize = 64;
    const SIZE: usize = 8 * WORDS;
    let (near, far) = fifo(8, SIZE, 0).unwrap();
    let writers = [near, crossed(duplicate(near, ZX_RIGHT_SAME_RIGHTS).unwrap())];
    let readers = [far, crossed(duplicate(far, ZX_RIGHT_SAME_RIGHTS).unwrap())];
    let write_all = |writer: u64| {
        let fifo = writers[writer as usize];
        for number in 0..ELEMENTS {
            let element = (2 * number + writer).to_le_bytes().repeat(WORDS);
            loop {
                match fifo_write(fifo, SIZE, &element) {
                    Ok(count) => break assert_eq!(count, 1),
                    Err(status) => assert_eq!(status, ZX_ERR_SHOULD_WAIT),
                }
                assert_eq!(wait_one(fifo, WRITABLE | CLOSED, soon()).1 & CLOSED, 0);
            }
        }
    };
    let read_all = |fifo: u32| {
        let mut found = Vec::new();
        loop {
            match fifo_read(fifo, SIZE, 3) {
                Ok(bytes) => found.extend(bytes.chunks_exact(SIZE).map(|element| {
                    assert!(element.chunks_exact(8).all(|word| *word == element[..8]), "torn");
                    u64::from_le_bytes(element[..8].try_into().unwrap())
                })),
                Err(ZX_ERR_SHOULD_WAIT) => {
                    let _ = wait_one(fifo, READABLE | CLOSED, soon());
                }
                Err(status) => break assert_eq!(status, ZX_ERR_PEER_CLOSED),
            }
        }
        found
    };
    thread::scope(|scope| {
        let reading = readers.map(|reader| scope.spawn(move || read_all(reader)));
        let writing = [0, 1].map(|writer| scope.spawn(move || write_all(writer)));
        writing.into_iter().for_each(|writer| writer.join().unwrap());
        close_many(&writers).unwrap();
        let mut all = Vec::new();
        for found in reading.map(|reader| reader.join().unwrap()) {
            for writer in 0..2 {
                assert!(found.iter().filter(|number| *number % 2 == writer).is_sorted());
            }
            all.extend(found);
        }
        all.sort_unstable();
        assert!(all.into_iter().eq(0..2 * ELEMENTS));
    });
    close_many(&readers).unwrap();
}
