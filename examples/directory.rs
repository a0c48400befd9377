//! Answers that are never put together in memory: a server writes the entries of a directory one by one into the frame
//! that goes to the client, who reads them where they lie.
//!
//! ```text
//! cargo run --release --example directory -- /usr/include
//! ```

use std::fs::{self, DirEntry};

use fidl::kernel::create_endpoints;
use fidl::server::Sent;
use fidl::{Capacity, ClientError, Reactor, capacity};

fidl::include_schema!("example_directory");
use example_directory::directory::{self, ListRequest, ListResponder};
use example_directory::{DirectoryListResponseBuilder, EntryBuilder, ListError, MOST_ENTRIES};

pub(crate) struct Files;

impl directory::Server for Files {
    async fn list(&self, request: ListRequest<'_>, responder: ListResponder<'_>) -> Sent {
        let Ok(found) = fs::read_dir(request.path()) else { return responder.fail(ListError::Unreadable) };
        let mut files: Vec<_> =
            found.flatten().filter(|file| name(file).as_str() > request.after()).collect();
        files.sort_by_key(DirEntry::file_name);
        files.truncate(MOST_ENTRIES as usize);
        let entries = files.iter().map(|file| {
            let size = file.metadata().map_or(0, |metadata| metadata.len());
            EntryBuilder::EMPTY.name(name(file)).size(size)
        });
        responder.send(DirectoryListResponseBuilder::EMPTY.entries(fidl::each(entries)))
    }
}

/// At most 255 bytes: file systems allow no more. What is not UTF-8 is replaced, and may grow by that.
fn name(file: &DirEntry) -> fidl::generated::String<255> {
    let mut name = fidl::generated::String::new();
    for character in file.file_name().to_string_lossy().chars() {
        if name.push(character).is_err() {
            break;
        }
    }
    name
}

const CAPACITY: Capacity = capacity().connections(1).in_flight(1);
fidl::service!(static FILES: directory::Serve<Files>, CAPACITY);

static STORAGE: directory::Storage<1, 0> = directory::Storage::new();

fn main() -> Result<(), fidl::Error> {
    let path = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let (client, server) = create_endpoints()?;
    let service = FILES.start(Files)?;
    let reactor = Reactor::new()?;
    service.serve(&reactor, server)?;
    let client = directory::Client::new(&reactor, &STORAGE, client)?;
    reactor.run_until(print(&client, &path))??;
    Ok(())
}

async fn print(client: &directory::Client<'_, 1, 0>, path: &str) -> Result<(), ClientError> {
    let mut after = String::new();
    loop {
        let reply = client.list(path, &after).await?;
        let Ok(listing) = reply.view() else {
            eprintln!("{path} cannot be read");
            return Ok(());
        };
        for entry in listing.entries().iter() {
            println!("{:12}  {}", entry.size(), entry.name());
        }
        match listing.entries().iter().last() {
            Some(last) => after = last.name().to_owned(),
            None => return Ok(()),
        }
    }
}
