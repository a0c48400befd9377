//! Our channels beside other ways between two processes, in one run and one table.
//!
//! Rows and conversations are those of `zircon-linux`'s own bench `processes`; here are the rows that need big libraries.
//!
//! ```text
//! cargo bench --manifest-path benches/transports/Cargo.toml [-- ROUNDS] [PART OF A ROW'S NAME]
//! ```

#[path = "../../../../fidl-runtime/zircon-linux/benches/processes/bare.rs"]
mod bare;
#[path = "../../../../fidl-runtime/zircon-linux/benches/processes/channels.rs"]
mod channels;
#[path = "../../../../fidl-runtime/zircon-linux/benches/processes/conversation.rs"]
mod conversation;
mod iceoryx2;
mod ipc_channel;
#[path = "../../../../fidl-runtime/zircon-linux/benches/processes/rows.rs"]
mod rows;
#[path = "../../../../fidl-runtime/zircon-linux/benches/processes/table.rs"]
mod table;

use table::Row;

fn main() {
    channels::echo_if_told_to();
    let mut rows = rows::rows();
    rows.push(Row::new("ipc-channel, bytes", ipc_channel::round));
    rows.push(Row::new("iceoryx2, polling", |core, window| iceoryx2::round(false, core, window)));
    rows.push(Row::new("iceoryx2, events", |core, window| iceoryx2::round(true, core, window)));
    table::measure(rows);
}
