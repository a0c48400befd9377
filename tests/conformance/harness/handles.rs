//! The handles of a case: kernel objects, each with a witness that knows whether the handle is still open.

use std::cell::RefCell;

use fidl::kernel::{AsHandleRef, Channel, Event, EventPair, Handle, Instant, Signals, Status, wait_one};
use fidl::wire::{HandleSlot, SAME_RIGHTS};

use crate::kernel::{basic, duplicate, handle_count, with_rights};
use crate::message::{MAX_HANDLES, Message};

/// A handle as a case defines it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Definition {
    pub(crate) object_type: u32,
    pub(crate) rights: u32,
}

/// The right to be sent over a channel.
const TRANSFER: u32 = 0x2;

const CHANNEL: u32 = 4;
const EVENT_PAIR: u32 = 16;

/// The handles of a case that runs.
pub(crate) struct Handles(Vec<Entry>);

struct Entry {
    /// Until it is taken.
    handle: RefCell<Option<Handle>>,
    koid: u64,
    witness: Witness,
    definition: Definition,
    /// Whether type and rights are those that the kernel knows, and let it be sent.
    genuine: bool,
}

/// Who knows whether a handle is open.
enum Witness {
    /// The other end of a channel or event pair.
    Peer(Handle, Signals),
    /// Another handle to the event.
    Other(Handle),
}

impl Handles {
    /// Makes the objects.
    pub(crate) fn create(definitions: &[Definition]) -> Result<Self, String> {
        if definitions.len() > MAX_HANDLES {
            return Err(format!("{} handles are more than a frame has room for", definitions.len()));
        }
        let entries = definitions.iter().map(|definition| Entry::create(*definition));
        entries.collect::<Result<_, _>>().map(Self).map_err(|status| format!("no kernel object: {status:?}"))
    }

    /// Gives a handle away.
    pub(crate) fn take<T: From<Handle>>(&self, index: usize) -> T {
        let handle = self.0[index].handle.take().unwrap_or_else(Handle::invalid);
        T::from(handle)
    }

    /// A message of these bytes and handles.
    pub(crate) fn message(&self, bytes: &[u8], handles: &[usize]) -> Message {
        let sent = handles.iter().map(|index| &self.0[*index]);
        let genuine = sent.clone().all(|entry| entry.genuine);
        let slots = handles.iter().zip(sent).map(|(index, entry)| {
            let (kind, rights) = if genuine { (0, SAME_RIGHTS) } else { entry.claim() };
            HandleSlot::holding(self.take::<Handle>(*index), kind, rights)
        });
        Message::new(bytes, slots.collect(), genuine)
    }

    /// The number of a handle's object.
    pub(crate) fn koid(&self, index: usize) -> u64 {
        self.0[index].koid
    }

    /// Whether `found` is the handle `index`, with the type and rights that it must have.
    pub(crate) fn compare(
        &self,
        index: usize,
        kind: Option<(u32, u32)>,
        found: &Handle,
    ) -> Result<(), String> {
        let entry = &self.0[index];
        let found = basic(found.raw_handle()).map_err(|status| format!("handle #{index}: {status:?}"))?;
        if found.koid != entry.koid {
            return Err(format!("not handle #{index}, but one to another object"));
        }
        let Some((object_type, rights)) = kind else { return Ok(()) };
        // What is only claimed, the kernel does not know.
        if entry.genuine && (found.object_type, found.rights) != (object_type, rights) {
            return Err(format!(
                "handle #{index}: expected type {object_type} and rights {rights:#x}, found {} and {:#x}",
                found.object_type, found.rights
            ));
        }
        Ok(())
    }

    /// Whether of all handles that were given away just `open` are open.
    pub(crate) fn expect_open(&self, open: &[usize]) -> Result<(), String> {
        for (index, entry) in self.0.iter().enumerate() {
            if entry.handle.borrow().is_some() {
                continue;
            }
            match (entry.is_open(), open.contains(&index)) {
                (true, false) => return Err(format!("handle #{index} is still open")),
                (false, true) => return Err(format!("handle #{index} is closed")),
                _ => {}
            }
        }
        Ok(())
    }
}

impl Entry {
    fn create(definition: Definition) -> Result<Self, Status> {
        let (handle, witness) = object(definition.object_type)?;
        let default = basic(handle.raw_handle())?;
        let wanted = definition.rights;
        let (has_type, has_rights) = (
            default.object_type == definition.object_type,
            wanted == SAME_RIGHTS || default.rights & wanted == wanted,
        );
        let transfer = wanted == SAME_RIGHTS || wanted & TRANSFER != 0;
        let handle =
            if wanted == SAME_RIGHTS { handle } else { with_rights(handle, default.rights & wanted)? };
        Ok(Self {
            koid: default.koid,
            handle: RefCell::new(Some(handle)),
            witness,
            definition: Definition {
                rights: if wanted == SAME_RIGHTS { default.rights } else { wanted },
                ..definition
            },
            genuine: has_type && has_rights && transfer,
        })
    }

    /// The type and rights that a kernel would report which had such objects.
    fn claim(&self) -> (u32, u32) {
        (self.definition.object_type, self.definition.rights)
    }

    fn is_open(&self) -> bool {
        match &self.witness {
            Witness::Peer(peer, closed) => {
                wait_one(peer.raw_handle(), *closed, Instant::INFINITE_PAST).is_err()
            }
            Witness::Other(event) => handle_count(event) != Ok(1),
        }
    }
}

/// An object and its witness; where there is none of the type, an event stands for it.
fn object(object_type: u32) -> Result<(Handle, Witness), Status> {
    Ok(match object_type {
        CHANNEL => {
            let (channel, peer) = Channel::create()?;
            (channel.into(), Witness::Peer(peer.into(), Signals::CHANNEL_PEER_CLOSED))
        }
        EVENT_PAIR => {
            let (event, peer) = EventPair::create()?;
            (event.into(), Witness::Peer(peer.into(), Signals::EVENT_PAIR_CLOSED))
        }
        // An event, or a type that the kernel here does not have.
        _ => {
            let event = Event::create()?;
            let other = duplicate(&event)?;
            (event.into(), Witness::Other(other))
        }
    })
}
