//! What a message to another process costs, beside bare primitives, in one run and one table.
//!
//! Each figure is the median of several rounds of one kind of conversation between two processes, both on one core or
//! each on its own: a ping-pong of 32 bytes, or the same with 64 messages in flight. The bare rings have slots of 64 bytes
//! in shared memory, no checks, no handles and no more than one peer; they are the floor.
//!
//! ```text
//! cargo bench -p zircon-linux --bench processes [-- ROUNDS] [PART OF A ROW'S NAME]
//! ```

#![allow(unsafe_code)]

mod bare;
mod channels;
mod conversation;
mod rows;
mod table;

fn main() {
    channels::echo_if_told_to();
    table::measure(rows::rows());
}
