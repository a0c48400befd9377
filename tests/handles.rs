//! Nobody gives away a handle that is not theirs.

use fidl::kernel::{self, AsHandleRef, Channel, Status};
use fidl::wire::{self, HandleSlot, HandleView, SAME_RIGHTS};

fidl::wire_struct! {
    /// A struct with a handle of any kind.
    struct Token, TokenView<'f>, 4 {
        0 handle: wire::Handle<0, SAME_RIGHTS> => HandleView<'f>,
    }
}

fn is_open(channel: &Channel) -> bool {
    kernel::write(channel.raw_handle(), b"still here", &[]).is_ok()
}

#[test]
fn a_number_that_somebody_made_up_is_not_taken_out() {
    let (channel, _peer) = Channel::create().unwrap();
    let slots = [HandleSlot::new(channel.raw_handle(), 4, SAME_RIGHTS)];
    let mut message = wire::Aligned([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
    let body = wire::validate::<Token>(&mut message.0, 0, &slots).unwrap();
    let handle = body.view().handle();
    assert!(handle.is_present());
    assert!(handle.take().is_none());
    assert!(is_open(&channel));
}

#[test]
fn a_number_that_somebody_made_up_is_not_sent() {
    let (channel, _peer) = Channel::create().unwrap();
    let (carrier, _other) = Channel::create().unwrap();
    let slots = [HandleSlot::new(channel.raw_handle(), 0, SAME_RIGHTS)];
    assert_eq!(kernel::write(carrier.raw_handle(), &[], &slots), Err(Status::BAD_HANDLE));
    assert!(is_open(&channel));
}

#[test]
fn a_handle_of_the_slots_own_is_sent() {
    let (channel, peer) = Channel::create().unwrap();
    let (carrier, other) = Channel::create().unwrap();
    let slots = [HandleSlot::holding(channel, 0, SAME_RIGHTS)];
    kernel::write(carrier.raw_handle(), &[], &slots).unwrap();
    assert!(is_open(&peer));
    drop((carrier, other));
    assert!(!is_open(&peer));
}
