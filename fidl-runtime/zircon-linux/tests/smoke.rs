//! The shortest way through each kind of object, through the published crate where it still agrees.

extern crate zircon_linux as _;

use fuchsia_zircon::{AsHandleRef, Channel, Event, Handle, HandleBased, MessageBuf, Signals, Status};

#[test]
fn a_channel_carries_bytes_and_handles() {
    let (near, far) = Channel::create().unwrap();
    let event = Event::create().unwrap();
    near.write(b"hello", &mut vec![event.into_handle()]).unwrap();
    let mut buf = MessageBuf::new();
    far.read(&mut buf).unwrap();
    assert_eq!(buf.bytes(), b"hello");
    assert_eq!(buf.n_handles(), 1);
    let event = Event::from(buf.take_handle(0).unwrap());
    event.signal_handle(Signals::NONE, Signals::USER_0).unwrap();
    assert_eq!(far.read(&mut buf), Err(Status::SHOULD_WAIT));
    drop(near);
    assert_eq!(far.read(&mut buf), Err(Status::PEER_CLOSED));
}

#[test]
fn dropping_a_handle_closes_it() {
    let event = Event::create().unwrap();
    let raw = event.as_handle_ref().raw_handle();
    drop(event);
    assert_eq!(zircon_linux::abi::zx_handle_close(raw), zircon_linux::abi::types::ZX_ERR_BAD_HANDLE);
    drop(Handle::invalid());
}
