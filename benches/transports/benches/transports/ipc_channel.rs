//! ipc-channel: its channels of bytes, which spare it the serialization.

use ::ipc_channel::ipc::bytes_channel;

use super::conversation::{beside, converse};

/// A conversation over two channels, one for each direction.
pub(crate) fn round(core: usize, window: usize) -> f64 {
    let (to_far, from_near) = bytes_channel().expect("a channel");
    let (to_near, from_far) = bytes_channel().expect("a channel");
    let echo = || {
        loop {
            to_near.send(&from_near.recv().expect("a message")).expect("a peer");
        }
    };
    beside(core, echo, || {
        let send = || to_far.send(&[5; 32]).expect("a peer");
        let receive = || {
            assert_eq!(from_far.recv().expect("a message").len(), 32);
            1
        };
        converse(window, send, receive)
    })
}
