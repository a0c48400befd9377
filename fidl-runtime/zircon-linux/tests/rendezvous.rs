//! Listening, connecting, and what a peer process may do to the survivor.

#![allow(unsafe_code)]

mod common;

use std::fs;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use common::*;
use zircon_linux::abi::types::*;
use zircon_linux::{connect, listen};

const READABLE: u32 = ZX_CHANNEL_READABLE;
const CLOSED: u32 = ZX_CHANNEL_PEER_CLOSED;

#[test]
fn a_listener_is_a_channel_end_on_which_connections_arrive() {
    let _alone = alone();
    let path = fresh_path();
    let listener = listen(&path).unwrap();
    assert_eq!(read(listener), Err(ZX_ERR_SHOULD_WAIT));
    assert_eq!(signals(listener), 0);
    assert_eq!(write(listener, b"", &[]), Err(ZX_ERR_NOT_SUPPORTED));
    let queue = port();
    wait_async(listener, queue, 5, READABLE, 0).unwrap();
    assert_eq!(port_wait(queue, PAST), Err(ZX_ERR_TIMED_OUT));
    let client = connect(&path).unwrap();
    write(client, b"early", &[]).unwrap();
    assert_eq!(port_wait(queue, soon()).unwrap().signal().observed, READABLE);
    assert_eq!(read_into(listener, 0, 9, 0).0, ZX_ERR_BUFFER_TOO_SMALL);
    let (bytes, handles) = read_etc(listener).unwrap();
    assert_eq!((bytes.len(), handles.len()), (0, 1));
    assert_eq!((handles[0].object_type, handles[0].rights), (ZX_OBJ_TYPE_CHANNEL, ZX_DEFAULT_CHANNEL_RIGHTS));
    assert_eq!(signals(listener), 0);
    assert_eq!(read(handles[0].handle).unwrap().0, b"early");
    // A connection that nobody wants.
    let unwanted = connect(&path).unwrap();
    assert_eq!(read_into(listener, ZX_CHANNEL_READ_MAY_DISCARD, 0, 0).0, ZX_ERR_BUFFER_TOO_SMALL);
    assert_eq!(wait_one(unwanted, CLOSED, soon()), (ZX_OK, CLOSED));
    close_many(&[listener, client, unwanted, handles[0].handle, queue]).unwrap();
}

#[test]
fn paths_are_private_and_go_with_the_listener() {
    let _alone = alone();
    let path = fresh_path();
    let listener = listen(&path).unwrap();
    let metadata = fs::symlink_metadata(&path).unwrap();
    assert!(metadata.file_type().is_socket());
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    assert_eq!(listen(&path), Err(ZX_ERR_ALREADY_EXISTS));
    close(listener).unwrap();
    assert!(!path.exists());
    assert_eq!(connect(&path), Err(ZX_ERR_NOT_FOUND));
    let listener = listen(&path).unwrap();
    // A path that names something else by now is left alone.
    fs::remove_file(&path).unwrap();
    fs::write(&path, "mine").unwrap();
    close(listener).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    assert_eq!(listen(&path), Err(ZX_ERR_ALREADY_EXISTS));
    assert_eq!(connect(&path), Err(ZX_ERR_NOT_FOUND));
    fs::remove_file(&path).unwrap();
}

#[test]
fn a_stale_path_is_replaced() {
    let _alone = alone();
    let path = fresh_path();
    drop(raw_listener(&path));
    assert!(path.exists());
    assert_eq!(connect(&path), Err(ZX_ERR_NOT_FOUND));
    let listener = listen(&path).unwrap();
    let client = connect(&path).unwrap();
    close_many(&[listener, client]).unwrap();
}

#[test]
fn bad_paths() {
    let _alone = alone();
    let long = fresh_path().with_file_name("x".repeat(120));
    let inside = fresh_path().join("missing").join("socket");
    for call in [listen, connect] {
        assert_eq!(call(&long), Err(ZX_ERR_BAD_PATH));
        assert_eq!(call(Path::new("")), Err(ZX_ERR_BAD_PATH));
        assert_eq!(call(Path::new("a\0b")), Err(ZX_ERR_BAD_PATH));
        assert_eq!(call(&inside), Err(ZX_ERR_NOT_FOUND));
    }
    assert_eq!(
        listen(Path::new("/proc/none"))
            .map_err(|status| status == ZX_ERR_NOT_FOUND || status == ZX_ERR_ACCESS_DENIED),
        Err(true)
    );
}

#[test]
fn descriptors_are_closed_on_exec() {
    let _alone = alone();
    let path = fresh_path();
    let listener = listen(&path).unwrap();
    let client = connect(&path).unwrap();
    let server = accept(listener);
    let output = Command::new("ls").arg("-l").arg("/proc/self/fd").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!text.contains("socket:") && !text.contains("eventfd") && !text.contains("eventpoll"), "{text}");
    close_many(&[listener, client, server]).unwrap();
}

// A peer that does not use this crate.

fn address(path: &Path) -> libc::sockaddr_un {
    let mut address = libc::sockaddr_un { sun_family: libc::AF_UNIX as u16, sun_path: [0; 108] };
    for (place, byte) in address.sun_path.iter_mut().zip(path.as_os_str().as_bytes()) {
        *place = *byte as libc::c_char;
    }
    address
}

fn raw_socket() -> OwnedFd {
    // SAFETY: the call takes no pointers.
    let socket = unsafe { libc::socket(libc::AF_UNIX, libc::SOCK_SEQPACKET | libc::SOCK_CLOEXEC, 0) };
    assert!(socket >= 0);
    // SAFETY: the descriptor is new.
    unsafe { OwnedFd::from_raw_fd(socket) }
}

fn raw_listener(path: &Path) -> OwnedFd {
    let (socket, address) = (raw_socket(), address(path));
    // SAFETY: the address is live.
    let bound =
        unsafe { libc::bind(socket.as_raw_fd(), (&raw const address).cast(), size_of_val(&address) as u32) };
    assert_eq!(bound, 0);
    // SAFETY: the call takes no pointers.
    assert_eq!(unsafe { libc::listen(socket.as_raw_fd(), 1) }, 0);
    socket
}

/// The environment variable that makes a test the other process of [`a_killed_peer_leaves_whole_messages`].
const CHILD: &str = "ZIRCON_LINUX_TEST_PATH";

/// In the other process: connects and writes until killed.
#[test]
fn writes_for_ever_if_told_to() {
    let _alone = alone();
    let Some(path) = std::env::var_os(CHILD) else { return };
    let channel = connect(Path::new(&path)).unwrap();
    for number in 0u64.. {
        let message = number.to_le_bytes().repeat(1 + number as usize % 500);
        while write(channel, &message, &[]) == Err(ZX_ERR_SHOULD_WAIT) {
            assert_eq!(wait_one(channel, ZX_CHANNEL_WRITABLE, soon()).0, ZX_OK);
        }
    }
}

fn start_child(path: &Path) -> Child {
    let this = std::env::current_exe().unwrap();
    Command::new(this).args(["--exact", "writes_for_ever_if_told_to"]).env(CHILD, path).spawn().unwrap()
}

#[test]
fn a_killed_peer_leaves_whole_messages() {
    let _alone = alone();
    let path = fresh_path();
    let listener = listen(&path).unwrap();
    let queue = port();
    for round in 0..5 {
        let mut child = start_child(&path);
        let server = accept(listener);
        let mut next = 0u64;
        let mut killed = false;
        loop {
            wait_async(server, queue, round, READABLE | CLOSED, 0).unwrap();
            port_wait(queue, soon()).unwrap();
            let status = loop {
                match read(server) {
                    Ok((bytes, _)) => {
                        assert_eq!(bytes, next.to_le_bytes().repeat(1 + next as usize % 500));
                        next += 1;
                    }
                    Err(status) => break status,
                }
            };
            if status == ZX_ERR_PEER_CLOSED {
                break;
            }
            assert_eq!(status, ZX_ERR_SHOULD_WAIT);
            if next > 300 * (round + 1) && !killed {
                child.kill().unwrap();
                killed = true;
                std::thread::sleep(Duration::from_millis(round));
            }
        }
        child.wait().unwrap();
        assert!(killed);
        assert_eq!(signals(server), CLOSED);
        close(server).unwrap();
    }
    close_many(&[listener, queue]).unwrap();
}
