//! Every peer reads back just what was written.

use std::collections::HashMap;

use fidl_peers::peers::{BUFFER, Peer};
use fidl_peers::sink::{Digest, Sum};
use fidl_peers::visit::{self, Visitor};
use rkyv::util::Align;

#[derive(Default)]
struct Same(HashMap<String, (u64, u64)>);

impl Visitor for Same {
    fn visit<P: Peer<T>, T>(&mut self, shape: &str, value: &T) {
        let mut peer = P::new(value);
        let message = peer.encode().to_vec();
        assert_eq!(peer.encode(), message, "{shape}: {} builds another message at the second time", P::NAME);
        assert!(message.len() <= BUFFER);
        let (mut digest, mut sum) = (Digest::default(), Sum::default());
        let mut buffer = Box::new(Align([0; BUFFER]));
        let buffer = &mut buffer.0[..message.len()];
        buffer.copy_from_slice(&message);
        P::decode(buffer, &mut digest);
        buffer.copy_from_slice(&message);
        P::decode(buffer, &mut sum);
        let read = (digest.0, sum.0);
        let ours = *self.0.entry(shape.to_owned()).or_insert(read);
        assert_eq!(read, ours, "{shape}: {} reads something else", P::NAME);
        println!("{shape}: {}: {} bytes", P::NAME, message.len());
    }
}

#[test]
fn all_peers_read_the_same() {
    visit::all(&mut Same::default());
}
