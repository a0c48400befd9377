//! Handles that go to another process, here mostly over a channel between processes whose both ends are in this one.

#![cfg(not(miri))]

mod common;

use std::os::unix::fs::MetadataExt;

use common::*;
use zircon_linux::abi::types::*;
use zircon_linux::{adopt, export, memory};

const READABLE: u32 = ZX_CHANNEL_READABLE;
const CLOSED: u32 = ZX_CHANNEL_PEER_CLOSED;

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

fn mappings() -> usize {
    std::fs::read_to_string("/proc/self/maps").unwrap().matches("memfd:").count()
}

/// Sends handles through a channel, and returns what arrives.
fn pass(channel: (u32, u32), handles: &[u32]) -> Vec<zx_handle_info_t> {
    write(channel.0, b"take these", handles).unwrap();
    for handle in handles {
        assert!(!is_valid(*handle));
    }
    let (bytes, arrived) = read_etc(channel.1).unwrap();
    assert_eq!((&bytes[..], arrived.len()), (&b"take these"[..], handles.len()));
    arrived
}

/// Both ends talk, in both directions, with waits.
fn converse(near: u32, far: u32) {
    for (from, to) in [(near, far), (far, near)] {
        assert_eq!(wait_one(to, READABLE, PAST).0, ZX_ERR_TIMED_OUT);
        let queue = port();
        wait_async(to, queue, 1, READABLE, 0).unwrap();
        assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT));
        for size in [0, 5, 100, 65536] {
            write(from, &vec![size as u8; size], &[]).unwrap();
            assert_eq!(read(to).unwrap().0, vec![size as u8; size]);
        }
        assert_eq!(read(to), Err(ZX_ERR_SHOULD_WAIT));
        close(queue).unwrap();
    }
}

#[test]
fn an_end_crosses_with_its_queue() {
    let _alone = alone();
    let carrier = socket_channel();
    let (near, far) = channel();
    for number in 0..300u32 {
        write(near, &number.to_le_bytes().repeat(1 + number as usize % 50), &[]).unwrap();
        write(far, &number.to_le_bytes(), &[]).unwrap();
    }
    let [arrived] = pass(carrier, &[far])[..] else { panic!("one handle") };
    assert_eq!((arrived.object_type, arrived.rights), (ZX_OBJ_TYPE_CHANNEL, ZX_DEFAULT_CHANNEL_RIGHTS));
    let far = arrived.handle;
    for number in 0..300u32 {
        assert_eq!(read(far).unwrap().0, number.to_le_bytes().repeat(1 + number as usize % 50));
        assert_eq!(read(near).unwrap().0, number.to_le_bytes());
    }
    converse(near, far);
    close(near).unwrap();
    assert_eq!(wait_one(far, CLOSED, soon()).0, ZX_OK);
    assert_eq!(write(far, b"", &[]), Err(ZX_ERR_PEER_CLOSED));
    close_many(&[far, carrier.0, carrier.1]).unwrap();
}

/// More is queued than a ring of the usual size holds.
#[test]
fn a_long_queue_crosses() {
    let _alone = alone();
    let carrier = socket_channel();
    let (near, far) = channel();
    for number in 0..15 {
        write(near, &[number; 65536], &[]).unwrap();
    }
    let far = pass(carrier, &[far])[0].handle;
    for number in 0..15 {
        assert_eq!(read(far).unwrap().0, [number; 65536]);
    }
    converse(near, far);
    close_many(&[near, far, carrier.0, carrier.1]).unwrap();
}

/// Messages that lie in the ring of an end move with it, and the end may move again and again.
#[test]
fn an_end_crosses_several_times() {
    let _alone = alone();
    let carrier = socket_channel();
    let (near, mut far) = channel();
    for round in 0..20u32 {
        write(near, &round.to_le_bytes(), &[]).unwrap();
        write(far, &round.to_le_bytes(), &[]).unwrap();
        far = pass(carrier, &[far])[0].handle;
    }
    for round in 0..20u32 {
        assert_eq!(read(far).unwrap().0, round.to_le_bytes());
        assert_eq!(read(near).unwrap().0, round.to_le_bytes());
    }
    converse(near, far);
    // Now the end that stayed so far.
    let near = pass(carrier, &[near])[0].handle;
    converse(near, far);
    close_many(&[near, far, carrier.0, carrier.1]).unwrap();
}

/// An end lies in a message of an end that lies in a message, and so on.
#[test]
fn ends_cross_inside_of_queued_messages() {
    let _alone = alone();
    let carrier = socket_channel();
    let pairs: Vec<_> = (0..5).map(|_| channel()).collect();
    for pair in pairs.windows(2) {
        write(pair[0].0, b"inside", &[pair[1].1]).unwrap();
    }
    write(pairs[4].0, b"innermost", &[]).unwrap();
    let mut end = pass(carrier, &[pairs[0].1])[0].handle;
    for _ in 0..4 {
        let (bytes, handles) = read(end).unwrap();
        assert_eq!((&bytes[..], handles.len()), (&b"inside"[..], 1));
        close(end).unwrap();
        end = handles[0];
    }
    assert_eq!(read(end).unwrap().0, b"innermost");
    converse(pairs[4].0, end);
    for (near, _) in &pairs[..4] {
        assert_eq!(wait_one(*near, CLOSED, soon()).0, ZX_OK);
        close(*near).unwrap();
    }
    close_many(&[pairs[4].0, end, carrier.0, carrier.1]).unwrap();
}

/// Waits on the end that stays go on when the other end goes.
#[test]
fn waits_survive_the_crossing_of_the_other_end() {
    let _alone = alone();
    let carrier = socket_channel();
    let (near, far) = channel();
    let queue = port();
    wait_async(near, queue, 7, READABLE, 0).unwrap();
    let waiter = std::thread::spawn(move || wait_one(near, ZX_USER_SIGNAL_3, soon()));
    while handle_count(near).is_err() {}
    let far = pass(carrier, &[far])[0].handle;
    write(far, b"hello", &[]).unwrap();
    assert_eq!(port_wait(queue, soon()).unwrap().key, 7);
    signal_peer(far, 0, ZX_USER_SIGNAL_3).unwrap();
    assert_eq!(waiter.join().unwrap().0, ZX_OK);
    close_many(&[near, far, queue, carrier.0, carrier.1]).unwrap();
}

#[test]
fn rights_travel() {
    let _alone = alone();
    let carrier = socket_channel();
    let (near, far) = channel();
    let event = event();
    let mut entries = [
        disposition(ZX_HANDLE_OP_MOVE, far, ZX_RIGHT_READ | ZX_RIGHT_TRANSFER),
        disposition(ZX_HANDLE_OP_DUPLICATE, event, ZX_RIGHT_WAIT),
    ];
    write_etc(carrier.0, b"", &mut entries).unwrap();
    let (_, handles) = read_etc(carrier.1).unwrap();
    assert_eq!(handles[0].rights, ZX_RIGHT_READ | ZX_RIGHT_TRANSFER);
    assert_eq!((handles[1].object_type, handles[1].rights), (ZX_OBJ_TYPE_EVENT, ZX_RIGHT_WAIT));
    assert_eq!(write(handles[0].handle, b"", &[]), Err(ZX_ERR_ACCESS_DENIED));
    assert_eq!(signal(handles[1].handle, 0, ZX_EVENT_SIGNALED), Err(ZX_ERR_ACCESS_DENIED));
    assert_eq!(basic(handles[1].handle).unwrap().rights, ZX_RIGHT_WAIT);
    close_many(&[near, event, handles[0].handle, handles[1].handle, carrier.0, carrier.1]).unwrap();
}

fn disposition(operation: u32, handle: u32, rights: u32) -> zx_handle_disposition_t {
    zx_handle_disposition_t { operation, handle, object_type: ZX_OBJ_TYPE_NONE, rights, result: 0 }
}

/// What cannot cross is refused before anything is sent, wherever it lies; the handles are gone.
#[test]
fn what_cannot_cross() {
    let _alone = alone();
    let carrier = socket_channel();
    let (near, far) = channel();
    write(near, b"", &[port()]).unwrap();
    for refused in [port(), timer(), far] {
        let (bystander, other) = channel();
        assert_eq!(write(carrier.0, b"", &[bystander, refused]), Err(ZX_ERR_NOT_SUPPORTED));
        assert!(!is_valid(refused) && !is_valid(bystander));
        assert_eq!(signals(other) & CLOSED, CLOSED);
        close(other).unwrap();
    }
    assert_eq!(read(carrier.1), Err(ZX_ERR_SHOULD_WAIT));
    assert_eq!(export(port()).err(), Some(ZX_ERR_NOT_SUPPORTED));
    assert_eq!(write(carrier.0, b"", &[carrier.0]), Err(ZX_ERR_NOT_SUPPORTED));
    close_many(&[near, carrier.1]).unwrap();
}

/// Makes something that cannot cross, and what has to stay for that.
type Refused = fn() -> (u32, Option<u32>);

/// A handle to memory that cannot be sealed, because there is another handle.
fn memory_in_use() -> (u32, Option<u32>) {
    let memory = vmo(4096);
    (duplicate(memory, ZX_RIGHT_READ | ZX_RIGHT_TRANSFER).unwrap(), Some(memory))
}

/// It is refused however deep it lies, before any channel on the way becomes shared; the ends that stay keep what is unread.
#[test]
fn what_cannot_cross_inside_of_others() {
    let _alone = alone();
    let carrier = socket_channel();
    let makers: [(Refused, Status); 4] = [
        (|| (port(), None), ZX_ERR_NOT_SUPPORTED),
        (|| (timer(), None), ZX_ERR_NOT_SUPPORTED),
        (|| (zircon_linux::listen(&fresh_path()).unwrap(), None), ZX_ERR_NOT_SUPPORTED),
        (memory_in_use, ZX_ERR_ACCESS_DENIED),
    ];
    let before = descriptors();
    for (make, status) in makers {
        for depth in 1..=8 {
            let pairs: Vec<_> = (0..depth).map(|_| channel()).collect();
            let (refused, kept) = make();
            pairs.iter().for_each(|(_, far)| write(*far, b"stays", &[]).unwrap());
            for (number, (near, _)) in pairs.iter().enumerate() {
                write(*near, b"goes", &[event()]).unwrap();
                let inside = pairs.get(number + 1).map_or(refused, |(_, far)| *far);
                write(*near, b"goes too", &[event(), inside]).unwrap();
            }
            let (bystander, other) = channel();
            assert_eq!(write(carrier.0, b"", &[bystander, pairs[0].1]), Err(status), "depth {depth}");
            assert_eq!(read(carrier.1), Err(ZX_ERR_SHOULD_WAIT));
            for near in pairs.iter().map(|pair| pair.0).chain([other]) {
                let unread = if near == other { Err(ZX_ERR_PEER_CLOSED) } else { Ok(b"stays".to_vec()) };
                assert_eq!(read(near).map(|(bytes, _)| bytes), unread);
                assert_eq!(read(near), Err(ZX_ERR_PEER_CLOSED));
                close(near).unwrap();
            }
            kept.into_iter().for_each(|kept| close(kept).unwrap());
            assert_eq!(descriptors(), before);
        }
    }
    // Nine channels in one another are too deep, whatever lies in them.
    let pairs: Vec<_> = (0..9).map(|_| channel()).collect();
    pairs.windows(2).for_each(|pair| write(pair[0].0, b"", &[pair[1].1]).unwrap());
    assert_eq!(write(carrier.0, b"", &[pairs[0].1]), Err(ZX_ERR_NOT_SUPPORTED));
    assert_eq!(write(pairs[8].0, b"", &[]), Err(ZX_ERR_PEER_CLOSED));
    pairs.iter().for_each(|pair| close(pair.0).unwrap());
    close_many(&[carrier.0, carrier.1]).unwrap();
}

/// Many handles lie in many messages of channels that lie in one another, and all of them cross.
#[test]
fn a_bush_crosses() {
    let _alone = alone();
    let carrier = socket_channel();
    let (used, before) = (memory().handles.used, descriptors());
    fn grow(depth: u32) -> (u32, u32) {
        let (near, far) = channel();
        for number in 0..3u32 {
            let inner = if depth == 0 { eventpair() } else { grow(depth - 1) };
            write(near, &number.to_le_bytes(), &[event(), inner.1]).unwrap();
            write(near, b"", &[]).unwrap();
            close(inner.0).unwrap();
        }
        (near, far)
    }
    fn count(end: u32) -> u32 {
        let mut handles = vec![end];
        let mut found = 0;
        while let Some(handle) = handles.pop() {
            found += 1;
            while let Ok((_, inner)) = read(handle) {
                handles.extend(inner);
            }
            close(handle).unwrap();
        }
        found
    }
    let (near, far) = grow(3);
    close(near).unwrap();
    let far = pass(carrier, &[far])[0].handle;
    // Channels: 1 + 3 + 9 + 27; an event beside each of the 39 inner ones, and 81 pairs of event and event pair.
    assert_eq!(count(far), 40 + 39 + 162);
    assert_eq!((memory().handles.used, descriptors()), (used, before));
    close_many(&[carrier.0, carrier.1]).unwrap();
}

#[test]
fn events_are_shared() {
    let _alone = alone();
    let carrier = socket_channel();
    let ours = event();
    signal(ours, 0, ZX_USER_SIGNAL_0).unwrap();
    let theirs = pass(carrier, &[duplicate(ours, ZX_RIGHT_SAME_RIGHTS).unwrap()])[0].handle;
    assert_eq!(signals(theirs), ZX_USER_SIGNAL_0);
    for (from, to) in [(ours, theirs), (theirs, ours)] {
        let queue = port();
        for _ in 0..400 {
            wait_async(to, queue, 1, ZX_EVENT_SIGNALED, 0).unwrap();
            signal(from, 0, ZX_EVENT_SIGNALED).unwrap();
            assert_eq!(port_wait(queue, soon()).unwrap().key, 1);
            assert_eq!(wait_one(to, ZX_EVENT_SIGNALED, soon()).0, ZX_OK);
            signal(from, ZX_EVENT_SIGNALED, 0).unwrap();
            assert_eq!(signals(to) & ZX_EVENT_SIGNALED, 0);
        }
        close(queue).unwrap();
    }
    close(ours).unwrap();
    signal(theirs, 0, ZX_EVENT_SIGNALED).unwrap();
    assert_eq!(signals(theirs), ZX_USER_SIGNAL_0 | ZX_EVENT_SIGNALED);
    close_many(&[theirs, carrier.0, carrier.1]).unwrap();
}

#[test]
fn event_pairs_cross() {
    let _alone = alone();
    let carrier = socket_channel();
    let (near, far) = eventpair();
    signal_peer(near, 0, ZX_USER_SIGNAL_1).unwrap();
    let other = pass(carrier, &[duplicate(far, ZX_RIGHT_SAME_RIGHTS).unwrap()])[0].handle;
    assert_eq!(signals(other), ZX_USER_SIGNAL_1);
    let far = pass(carrier, &[far])[0].handle;
    for (from, to) in [(near, far), (far, near), (near, other)] {
        let queue = port();
        for _ in 0..200 {
            wait_async(to, queue, 1, ZX_EVENTPAIR_SIGNALED, 0).unwrap();
            signal_peer(from, 0, ZX_EVENTPAIR_SIGNALED).unwrap();
            assert_eq!(port_wait(queue, soon()).unwrap().key, 1);
            signal_peer(from, ZX_EVENTPAIR_SIGNALED, 0).unwrap();
        }
        close(queue).unwrap();
    }
    let queue = port();
    wait_async(near, queue, 2, ZX_EVENTPAIR_PEER_CLOSED, 0).unwrap();
    close(far).unwrap();
    // Another handle to the end is left.
    assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT));
    close(other).unwrap();
    assert_eq!(port_wait(queue, soon()).unwrap().key, 2);
    assert_eq!(signal_peer(near, 0, ZX_EVENTPAIR_SIGNALED), Err(ZX_ERR_PEER_CLOSED));
    close_many(&[near, queue, carrier.0, carrier.1]).unwrap();
}

#[test]
fn memory_objects_cross() {
    let _alone = alone();
    let carrier = socket_channel();
    let ours = vmo(10_000);
    vmo_write(ours, 5_000, b"before").unwrap();
    let theirs = pass(carrier, &[duplicate(ours, ZX_RIGHT_SAME_RIGHTS).unwrap()])[0];
    assert_eq!((theirs.object_type, theirs.rights), (ZX_OBJ_TYPE_VMO, ZX_DEFAULT_VMO_RIGHTS));
    assert_eq!(vmo_read(theirs.handle, 5_000, 6).unwrap(), b"before");
    assert_eq!(vmo_size(theirs.handle), vmo_size(ours));
    vmo_write(theirs.handle, 5_000, b"behind").unwrap();
    assert_eq!(vmo_read(ours, 5_000, 6).unwrap(), b"behind");
    // Without the right to write only if nobody else can write.
    let mut entries = [disposition(ZX_HANDLE_OP_DUPLICATE, ours, ZX_DEFAULT_VMO_RIGHTS & !ZX_RIGHT_WRITE)];
    assert_eq!(write_etc(carrier.0, b"", &mut entries), Err(ZX_ERR_ACCESS_DENIED));
    let alone = vmo(4096);
    vmo_write(alone, 0, b"sealed").unwrap();
    let readable = replace(alone, ZX_DEFAULT_VMO_RIGHTS & !ZX_RIGHT_WRITE).unwrap();
    let sealed = pass(carrier, &[readable])[0];
    assert_eq!(sealed.rights, ZX_DEFAULT_VMO_RIGHTS & !ZX_RIGHT_WRITE);
    assert_eq!(vmo_read(sealed.handle, 0, 6).unwrap(), b"sealed");
    close_many(&[ours, theirs.handle, sealed.handle, carrier.0, carrier.1]).unwrap();
}

#[test]
fn sixty_four_handles_in_one_message() {
    let _alone = alone();
    let carrier = socket_channel();
    let before = descriptors();
    let pairs: Vec<_> = (0..64).map(|_| channel()).collect();
    let far: Vec<u32> = pairs.iter().map(|pair| pair.1).collect();
    let arrived = pass(carrier, &far);
    for ((near, _), far) in pairs.iter().zip(&arrived) {
        write(*near, b"each", &[]).unwrap();
        assert_eq!(read(far.handle).unwrap().0, b"each");
        close_many(&[*near, far.handle]).unwrap();
    }
    assert_eq!(descriptors(), before);
    close_many(&[carrier.0, carrier.1]).unwrap();
}

/// A carrier that is full of handles refuses; nothing is lost, and the handles keep their numbers.
#[test]
fn a_full_carrier_gives_handles_back() {
    let _alone = alone();
    let carrier = socket_channel();
    let mut sent = 0;
    let kept = loop {
        let event = event();
        match write(carrier.0, b"x", &[event]) {
            Ok(()) => sent += 1,
            Err(status) => {
                assert_eq!(status, ZX_ERR_SHOULD_WAIT);
                break event;
            }
        }
    };
    assert!(is_valid(kept) && sent > 10);
    assert_eq!(signals(carrier.0) & ZX_CHANNEL_WRITABLE, 0);
    for _ in 0..sent {
        let (_, handles) = read(carrier.1).unwrap();
        close(handles[0]).unwrap();
    }
    assert_eq!(wait_one(carrier.0, ZX_CHANNEL_WRITABLE, soon()).0, ZX_OK);
    pass(carrier, &[kept]);
    close_many(&[carrier.0, carrier.1]).unwrap();
}

/// Handles in messages that nobody reads are closed with the channel.
#[test]
fn unread_handles_are_closed() {
    let _alone = alone();
    make_what_stays();
    let (before, mapped) = (descriptors(), mappings());
    let used = memory().handles.used;
    let carrier = socket_channel();
    let (near, far) = channel();
    write(carrier.0, b"", &[far]).unwrap();
    close(carrier.1).unwrap();
    assert_eq!(wait_one(near, CLOSED, soon()).0, ZX_OK);
    close_many(&[near, carrier.0]).unwrap();
    // Discarded ones too.
    let carrier = socket_channel();
    let (near, far) = channel();
    write(carrier.0, b"", &[far]).unwrap();
    let discard = ZX_CHANNEL_READ_MAY_DISCARD;
    assert_eq!(read_into(carrier.1, discard, 0, 0).0, ZX_ERR_BUFFER_TOO_SMALL);
    assert_eq!(wait_one(near, CLOSED, soon()).0, ZX_OK);
    close_many(&[near, carrier.0, carrier.1]).unwrap();
    assert_eq!((descriptors(), mappings(), memory().handles.used), (before, mapped, used));
}

#[test]
fn an_exported_handle_is_adopted() {
    let _alone = alone();
    let (near, far) = channel();
    write(near, b"queued", &[]).unwrap();
    let descriptor = export(far).unwrap();
    assert!(!is_valid(far));
    write(near, b"meanwhile", &[]).unwrap();
    let far = adopt(descriptor).unwrap();
    assert_eq!(read(far).unwrap().0, b"queued");
    assert_eq!(read(far).unwrap().0, b"meanwhile");
    converse(near, far);
    drop(export(far).unwrap());
    assert_eq!(wait_one(near, CLOSED, soon()).0, ZX_OK);
    close(near).unwrap();
    let file = std::fs::File::open("/proc/self/exe").unwrap();
    assert_eq!(adopt(file.into()), Err(ZX_ERR_WRONG_TYPE));
}

#[test]
fn peers_are_known() {
    let _alone = alone();
    let (client, server) = socket_channel();
    for end in [client, server] {
        let peer = zircon_linux::peer_credentials(end).unwrap();
        let me = std::fs::metadata("/proc/self").unwrap();
        let us = (std::process::id() as i32, me.uid(), me.gid());
        assert_eq!((peer.process, peer.user, peer.group), us);
    }
    let (near, far) = channel();
    assert_eq!(zircon_linux::peer_credentials(near), Err(ZX_ERR_NOT_SUPPORTED));
    let event = event();
    assert_eq!(zircon_linux::peer_credentials(event), Err(ZX_ERR_WRONG_TYPE));
    close_many(&[client, server, near, far, event]).unwrap();
}
