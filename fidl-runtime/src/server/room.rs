//! The memory of a service, or of a domain's part of one.

use core::cell::{Cell, OnceCell, RefCell};
use core::sync::atomic::Ordering::Relaxed;

use super::accept::Accepting;
use super::binding::Binding;
use super::capacity::Capacity;
use super::connection::{Peer, Shared};
use super::counters::Counters;
use super::place::Dispatch;
use super::report::SizeReport;
use super::service::{Engine, Running};
use super::tables::{CallFrames, Tables};
use crate::kernel::Status;
use crate::message::{FrameStorage, LargeFrame, Protocol};
use crate::storage::Claim;
use crate::task::{Arena, ArenaBytes, NoLane};

/// `C` connections, `N` requests in flight, `L` large frames, and `SIZE` bytes for the handlers' futures.
pub(super) struct Room<P: Protocol, const C: usize, const N: usize, const L: usize, const SIZE: usize> {
    shared: Shared<P, [Peer; C]>,
    frames: [CallFrames<P>; N],
    /// For a request that is read while no call is free.
    spare: P::RequestFrame,
    large: [LargeFrame; L],
    tables: Claim<Tables<C, N>>,
    arena: Claim<ArenaBytes<SIZE>>,
}

impl<P: Protocol, const C: usize, const N: usize, const L: usize, const SIZE: usize> Room<P, C, N, L, SIZE> {
    pub(super) const fn new() -> Self {
        Self {
            shared: Shared::new(),
            frames: [const { CallFrames::EMPTY }; N],
            spare: FrameStorage::EMPTY,
            large: [const { LargeFrame::EMPTY }; L],
            tables: Claim::new(Tables::new()),
            arena: Claim::new(ArenaBytes::new()),
        }
    }

    /// What its bytes are for, of `total` altogether.
    pub(super) const fn size_report(&self, total: usize) -> SizeReport {
        SizeReport {
            connections: size_of::<[Peer; C]>() + C * Tables::<C, N>::BYTES_PER_CONNECTION,
            calls: size_of::<[CallFrames<P>; N]>() + N * Tables::<C, N>::BYTES_PER_CALL,
            handlers: SIZE,
            large_frames: size_of::<[LargeFrame; L]>(),
            total,
            connection_count: C,
            call_count: N,
        }
    }

    /// Starts what runs in it. Once.
    pub(super) fn start<B: Binding<Protocol = P>, D: Dispatch<B::Server, P>>(
        &'static self,
        server: &'static B::Server,
        dispatch: D,
        capacity: Capacity,
    ) -> Result<Running<B, D, C, N>, Status> {
        const {
            let size = size_of::<Arena<D::Future, N>>();
            assert!(SIZE >= size, "a service's SIZE is less than `arena_bytes` of its dispatch function");
        };
        let place = self.arena.claim().ok_or(Status::ALREADY_EXISTS)?.leak();
        let mut arena = place.arena().ok_or(Status::INTERNAL)?;
        // Not with the first request, whose turn it is then too late to name a parent in.
        arena.as_mut().claim_lane().map_err(|NoLane| Status::NO_RESOURCES)?;
        let tables = self.tables.claim().ok_or(Status::ALREADY_EXISTS)?.leak();
        self.shared.events_between_requests.store(capacity.events_between_requests, Relaxed);
        Ok(Running {
            capacity,
            server,
            shared: &self.shared,
            frames: &self.frames,
            spare: &self.spare,
            large: &self.large,
            dispatch,
            engine: RefCell::new(Engine { arena, tables, accepting: Accepting::NONE }),
            attachment: OnceCell::new(),
            counters: Cell::new(Counters::default()),
            bytes_read: Cell::new(0),
            unwound: Cell::new(false),
        })
    }
}
