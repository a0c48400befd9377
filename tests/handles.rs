//! Nobody gives away a handle that is not theirs, and what a message has is closed or sent on as it came.

use std::panic::{AssertUnwindSafe, catch_unwind};

use fidl::kernel::{self, AsHandleRef, Channel, Event, Status};
use fidl::message::{Frame, FrameStorage, Header};
use fidl::wire::{self, HandleSlot, HandleView, SAME_RIGHTS};

fidl::wire_struct! {
    /// A struct with a handle of any kind.
    struct Token, TokenView<'f>, TokenBuilder, 4 {
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

const HEADER: Header = Header::new(0, 7, false);

/// Handles that went into the frame in front of the panic used to stay open for good.
#[test]
fn what_was_encoded_before_a_panic_is_closed() {
    let frame = Frame::<128, 4>::EMPTY;
    let mut lease = frame.lease().unwrap();
    let (channel, peer) = Channel::create().unwrap();
    let mut ends = Some(channel);
    let items = (0..2).map(|_| TokenBuilder::EMPTY.handle(ends.take().expect("there is one")));
    let encode = AssertUnwindSafe(|| lease.encode::<wire::Vector<Token, 4>>(HEADER, fidl::each(items)));
    assert!(catch_unwind(encode).is_err());
    assert!(!is_open(&peer));
    assert_eq!((lease.message().len(), lease.slots().len()), (0, 0));
}

/// `ZX_RIGHT_TRANSFER | ZX_RIGHT_WAIT`.
const FEW: u32 = 0x4002;

type Weak = wire::Handle<0, FEW>;

/// An inspected request used to lose rights that its schema does not name, and could be inspected once only.
#[test]
fn a_message_that_was_looked_into_keeps_its_rights() {
    let ((near, far), (below, above)) = (Channel::create().unwrap(), Channel::create().unwrap());
    let (from, to) = (Frame::<24, 1>::EMPTY, Frame::<24, 1>::EMPTY);
    let (mut from, mut to) = (from.lease().unwrap(), to.lease().unwrap());
    from.encode::<wire::Handle<0, SAME_RIGHTS>>(HEADER, Event::create().unwrap()).unwrap();
    from.write(near.raw_handle()).unwrap();
    from.read(far.raw_handle()).unwrap();
    let rights = from.slots()[0].rights();
    assert_ne!(rights, FEW);
    for _ in 0..2 {
        assert!(from.inspect::<Weak>().unwrap().view().is_present());
        from.restore::<Weak>();
    }
    to.take_over(HEADER, &from).unwrap();
    to.write(below.raw_handle()).unwrap();
    to.read(above.raw_handle()).unwrap();
    assert_eq!(to.slots()[0].rights(), rights);
    // Whoever takes the handle gets what the schema names.
    let taken = to.decode::<Weak>().unwrap().view().take().unwrap();
    from.encode::<wire::Handle<0, SAME_RIGHTS>>(HEADER, taken).unwrap();
    from.write(near.raw_handle()).unwrap();
    from.read(far.raw_handle()).unwrap();
    assert_eq!(from.slots()[0].rights(), FEW);
}
