//! The rows of bare primitives and of our channels.

use zircon_linux::capacity::{SPIN_NANOS, YIELDS};

use super::bare::{Waiting, ring_round, socket_round};
use super::channels::channel_round;
use super::table::Row;

/// All of them.
pub(crate) fn rows() -> Vec<Row> {
    let ring = |waiting| move |core, window| ring_round(waiting, core, window);
    let channel = |spin, yields, idle| move |core, window| channel_round((spin, yields), idle, core, window);
    vec![
        Row::new("bare ring, spinning", ring(Waiting::Spin)),
        Row::new("bare ring, futex", ring(Waiting::Futex)),
        Row::new("bare ring, futex, late wakes", ring(Waiting::Late)),
        Row::new("bare SOCK_SEQPACKET", socket_round),
        Row::new("channel, asleep at once", channel(0, 0, 0)),
        Row::new("channel, no spin", channel(0, YIELDS, 0)),
        Row::new("channel, no spin, 200 idle peers", channel(0, YIELDS, 200)),
        Row::new("channel", channel(SPIN_NANOS, YIELDS, 0)),
    ]
}
