//! A service's turn: which connections are read, and what becomes of each message.

use core::sync::atomic::Ordering::Relaxed;
use core::task::Waker;

use super::binding::{Binding, Call, Reply};
use super::capacity::WhenStarved;
use super::close::CloseReason;
use super::observed::Observed;
use super::place::Dispatch;
use super::service::{Engine, Running};
use super::tables::{Phase, Tables};
use crate::kernel::{Port, ReadError, Status};
use crate::message::{EPITAPH_ORDINAL, FrameStorage, Header, Lease};
use crate::message::{Method, MethodKind, Openness, Protocol, UnknownMethod, find_method};
use crate::reactor::Attachment;
use crate::task::Started;

/// How many requests a turn reads of one connection before the next one's turn comes.
const REQUESTS_PER_CONNECTION: usize = 16;

/// How many connections get a turn in one turn of the service.
const CONNECTIONS_PER_TURN: usize = 64;

/// Whether a connection goes on reading.
enum Next {
    /// There may be another message.
    More,
    /// Not now; the connection is where it belongs.
    Stop,
}

impl<B: Binding, D: Dispatch<B::Server, B::Protocol>, const C: usize, const N: usize> Running<B, D, C, N> {
    /// One turn; returns whether there is more to do at once.
    pub(super) fn run_turn(
        &self,
        engine: &mut Engine<D::Future, C, N>,
        port: &Port,
        attachment: &Attachment,
    ) -> bool {
        self.attend(engine, port, &attachment.waker);
        let Engine { arena, tables, .. } = &mut *engine;
        let mut finished = 0;
        let polls = arena.as_mut().poll_woken(|_, outcome| {
            finished += 1;
            self.finish(tables, port, outcome);
        });
        if polls > 0 {
            self.count(|counters| {
                counters.polls += polls as u64;
                counters.finished += finished;
            });
        }
        self.end_all(engine);
        self.share(engine.tables);
        for _ in 0..CONNECTIONS_PER_TURN.min(engine.tables.queued.len()) {
            let Some(connection) = engine.tables.queued.front() else { break };
            engine.tables.set_phase(connection, Phase::Waiting);
            self.serve_connection(engine, port, connection);
        }
        self.lose_patience(engine);
        self.end_all(engine);
        self.notice_stuck(engine);
        let accepts = self.accept(engine, port);
        self.share(engine.tables);
        if !engine.arena.is_empty() {
            // Registered before looking: a wake that comes behind the look finds the waker.
            engine.arena.set_parent(&attachment.waker);
        }
        accepts || !engine.tables.queued.is_empty() || engine.arena.has_woken()
    }

    /// Lets those go on that waited for a call or a large frame that is free now.
    fn share(&self, tables: &mut Tables<C, N>) {
        tables.share_calls();
        if let Some(waiting) = tables.need_large.front()
            && self.large.iter().any(|frame| frame.lease().is_some())
        {
            tables.set_phase(waiting, Phase::Queued);
        }
    }

    /// A packet for a connection: it gets a turn. Returns whether the connection is the one that was meant.
    pub(super) fn observed(
        &self,
        tables: &mut Tables<C, N>,
        index: usize,
        generation: u32,
        observed: Observed,
    ) -> bool {
        let Some(peer) = self.shared.peers.get(index) else { return false };
        if peer.generation.load(Relaxed) != generation || peer.channel.load(Relaxed) == 0 {
            return false;
        }
        let entry = &mut tables.entries[index];
        entry.writable_armed &= !observed.contains(Observed::WRITABLE_WAIT);
        entry.readable_armed &= !observed.contains(Observed::READABLE_WAIT);
        entry.closed_armed &= !observed.contains(Observed::CLOSED_WAIT);
        entry.peer_closed |= observed.contains(Observed::CLOSED);
        if observed.intersects(Observed::WRITABLE | Observed::CLOSED) {
            peer.end_wait();
            if tables.entries[index].unsent.is_empty() {
                tables.unblock(index);
            }
        }
        tables.queue(index);
        true
    }

    /// Does what handlers asked for: ends connections, and waits for room for events.
    fn attend(&self, engine: &mut Engine<D::Future, C, N>, port: &Port, waker: &Waker) {
        let shared = self.shared;
        if shared.attention.is_empty() {
            return;
        }
        // First the waker, which the wake has taken, so that whoever is listed behind the look finds it.
        shared.service.register(waker);
        let links = |index: u32| shared.peers.get(index as usize).map(|peer| &peer.link);
        shared.attention.take(links, |index| self.attend_to(engine.tables, port, index as usize));
    }

    fn attend_to(&self, tables: &mut Tables<C, N>, port: &Port, index: usize) {
        let peer = &self.shared.peers[index];
        if peer.channel.load(Relaxed) == 0 {
            return;
        }
        if let Some(reason) = peer.wanted_end() {
            tables.end(index, reason);
        } else if peer.is_waited_for() {
            self.arm_writable(tables, port, index);
            if self.is_waited_for(tables, index) {
                tables.block(index);
            }
        }
    }

    /// A connection's turn: first its unsent replies, then its requests.
    fn serve_connection(&self, engine: &mut Engine<D::Future, C, N>, port: &Port, index: usize) {
        if !self.flush(engine.tables, port, index) {
            return engine.tables.set_phase(index, Phase::Held);
        }
        let read_before = self.bytes_read.get();
        for _ in 0..REQUESTS_PER_CONNECTION {
            if self.bytes_read.get() - read_before >= self.capacity.bytes_per_turn as u64 {
                break;
            }
            // The handler of the request before may have ended the connection.
            if let Some(reason) = self.shared.peers[index].wanted_end() {
                engine.tables.end(index, reason);
            }
            if engine.tables.entries[index].ending {
                return;
            }
            if let Next::Stop = self.serve_request(engine, port, index) {
                return;
            }
        }
        engine.tables.queue(index);
    }

    /// Reserves, reads and begins one request.
    fn serve_request(&self, engine: &mut Engine<D::Future, C, N>, port: &Port, index: usize) -> Next {
        let tables = &mut *engine.tables;
        let entry = &tables.entries[index];
        if !entry.unsent.is_empty() || entry.in_flight() >= self.capacity.in_flight_per_connection {
            return self.hold(engine, port, index, Phase::Held);
        }
        if let Err(phase) = tables.may_take(index) {
            self.count(|counters| counters.starved += 1);
            return self.starve(engine, port, index, phase);
        }
        let Some(call) = self.take_call(tables) else {
            return self.starve(engine, port, index, Phase::Starved);
        };
        tables.calls[call].connection = index;
        if let Some(request) = tables.take_aside(index) {
            return self.receive(engine, port, call, request);
        }
        match self.read(tables, call, index) {
            Ok(lease) => {
                self.bytes_read.set(self.bytes_read.get() + lease.message().len() as u64);
                self.receive(engine, port, call, lease)
            }
            Err(error) => {
                tables.free_calls.give(call);
                self.read_failed(engine, port, index, error)
            }
        }
    }

    /// No call is free for a connection: it waits, or its one-way requests are dropped, as the service was told.
    fn starve(&self, engine: &mut Engine<D::Future, C, N>, port: &Port, index: usize, phase: Phase) -> Next {
        let drops = self.capacity.when_starved == WhenStarved::DropOneWay;
        if !drops || engine.tables.has_aside(index) {
            return self.hold(engine, port, index, phase);
        }
        let Some(mut request) = self.spare.lease() else { return self.hold(engine, port, index, phase) };
        match request.read(engine.tables.entries[index].handle()) {
            Ok(()) if is_one_way::<B::Protocol>(&request) => {
                self.count(|counters| counters.dropped_one_way += 1);
                self.shared.peers[index].events.store(0, Relaxed);
                Next::More
            }
            // Whatever else it is, it is dealt with when a call is free.
            Ok(()) => {
                engine.tables.put_aside(index, request);
                self.hold(engine, port, index, phase)
            }
            // A request of a newer client, larger than the frame: it waits where it is.
            Err(ReadError::TooSmall(_)) => self.hold(engine, port, index, phase),
            Err(error) => {
                drop(request);
                self.read_failed(engine, port, index, error)
            }
        }
    }

    /// Takes a free call. One whose frames are in use although it is free is retired: a binding has forgotten (as by
    /// `mem::forget`) what it was given to answer.
    fn take_call(&self, tables: &mut Tables<C, N>) -> Option<usize> {
        loop {
            let call = tables.free_calls.take()?;
            let frames = &self.frames[call];
            if frames.request.lease().is_some() && frames.response.lease().is_some() {
                return Some(call);
            }
            self.count(|counters| counters.retired_calls += 1);
        }
    }

    /// Does not read a connection for now. That its client goes away must be noticed all the same: nobody would get the
    /// replies of its handlers, so these are dropped, and what it had sent has its turn.
    fn hold(&self, engine: &mut Engine<D::Future, C, N>, port: &Port, index: usize, phase: Phase) -> Next {
        let Engine { arena, tables, .. } = &mut *engine;
        tables.set_phase(index, phase);
        if !tables.entries[index].running.is_empty() {
            if tables.entries[index].peer_closed {
                self.leave_handlers(arena, tables, index);
                tables.queue(index);
            } else {
                self.arm_closed(tables, port, index);
            }
        }
        Next::Stop
    }

    /// Reads the next message into the call's frame, or into a large one.
    fn read(&self, tables: &Tables<C, N>, call: usize, index: usize) -> Result<Lease<'static>, ReadError> {
        let channel = tables.entries[index].handle();
        let mut lease = self.frames[call].request.lease().ok_or(ReadError::Status(Status::INTERNAL))?;
        let error = match lease.read(channel) {
            Ok(()) => return Ok(lease),
            Err(error) => error,
        };
        let (ReadError::TooSmall(_), true) = (error, takes_newer_requests::<B::Protocol>()) else {
            return Err(error);
        };
        let mut large = self.large.iter().find_map(FrameStorage::lease).ok_or(error)?;
        large.read(channel)?;
        self.count(|counters| counters.large_requests += 1);
        Ok(large)
    }

    fn read_failed(
        &self,
        engine: &mut Engine<D::Future, C, N>,
        port: &Port,
        index: usize,
        error: ReadError,
    ) -> Next {
        let tables = &mut *engine.tables;
        match error {
            ReadError::Empty => self.arm_readable(tables, port, index),
            ReadError::PeerClosed => tables.end(index, CloseReason::PeerClosed),
            ReadError::TooSmall(_) if takes_newer_requests::<B::Protocol>() && !self.large.is_empty() => {
                self.count(|counters| counters.large_frames_exhausted += 1);
                return self.hold(engine, port, index, Phase::NeedsLargeFrame);
            }
            ReadError::TooSmall(_) => {
                tables.end(index, CloseReason::DecodeFailure(too_large::<B::Protocol>()))
            }
            ReadError::Status(status) => tables.end(index, CloseReason::ReadFailure(status)),
        }
        Next::Stop
    }

    /// Checks a message by the rules of section 'server' of the FIDL protocol, and begins what it asks for.
    fn receive(
        &self,
        engine: &mut Engine<D::Future, C, N>,
        port: &Port,
        call: usize,
        request: Lease<'static>,
    ) -> Next {
        let index = engine.tables.calls[call].connection;
        match classify::<B::Protocol>(&request) {
            Ok(Message::Known(method, header)) => {
                self.begin_call(engine, port, call, request, method, header)
            }
            Ok(Message::Unknown(header)) => self.answer_unknown(engine, port, call, request, header),
            Err(reason) => {
                drop(request);
                engine.tables.free_call(call);
                engine.tables.end(index, reason);
                return Next::Stop;
            }
        }
        Next::More
    }

    fn begin_call(
        &self,
        engine: &mut Engine<D::Future, C, N>,
        port: &Port,
        call: usize,
        request: Lease<'static>,
        method: usize,
        header: Header,
    ) {
        let index = engine.tables.calls[call].connection;
        self.shared.peers[index].events.store(0, Relaxed);
        let Some(reply) = self.reply(call, index, header, B::Protocol::METHODS[method]) else { return };
        let Engine { arena, tables, .. } = &mut *engine;
        tables.call_links.push_back(&mut tables.entries[index].running, call);
        let taken = (N - tables.free_calls.len()) as u64;
        self.count(|counters| {
            let in_flight = taken - counters.retired_calls;
            counters.requests += 1;
            counters.polls += 1;
            counters.most_in_flight = counters.most_in_flight.max(in_flight);
        });
        match arena.as_mut().start_with(|_| self.begin(Call { method, request, reply })) {
            Ok(Started::Finished(outcome)) => {
                self.count(|counters| counters.finished += 1);
                self.finish(tables, port, outcome);
            }
            Ok(Started::Waiting(slot)) => {
                tables.calls[call].slot = Some(slot);
                self.count(|counters| counters.waited += 1);
            }
            // There are as many slots as calls, so a slot is free, unless it has used up its generations.
            Err(_) => tables.end(index, CloseReason::ReadFailure(Status::NO_RESOURCES)),
        }
    }

    /// Closes the handles of an unknown request, answers it if it wants an answer, and tells the server.
    fn answer_unknown(
        &self,
        engine: &mut Engine<D::Future, C, N>,
        port: &Port,
        call: usize,
        request: Lease<'static>,
        header: Header,
    ) {
        drop(request);
        let index = engine.tables.calls[call].connection;
        self.shared.peers[index].events.store(0, Relaxed);
        let kind = if header.txid() == 0 { MethodKind::OneWay } else { MethodKind::TwoWay };
        let method = Method { ordinal: header.ordinal(), name: "unknown", kind, flexible: true };
        self.count(|counters| counters.unknown_methods += 1);
        let Some(reply) = self.reply(call, index, header, method) else { return };
        let tables = &mut *engine.tables;
        tables.call_links.push_back(&mut tables.entries[index].running, call);
        let outcome = match kind {
            MethodKind::OneWay => reply.done(),
            MethodKind::TwoWay => reply.send_unknown(),
        };
        self.finish(tables, port, outcome);
        let unknown = UnknownMethod { ordinal: header.ordinal(), kind };
        B::unknown_method(self.server, self.connection(index), unknown);
    }

    fn reply(
        &self,
        call: usize,
        index: usize,
        header: Header,
        method: Method,
    ) -> Option<Reply<'static, B::Protocol>> {
        let lease = self.frames[call].response.lease()?;
        let connection = self.connection(index);
        Some(Reply { call: call as u32, txid: header.txid(), method, lease, connection, sent: None })
    }
}

/// A message that a server may receive.
enum Message {
    /// A request to the method with this index.
    Known(usize, Header),
    /// A flexible request that the protocol tolerates.
    Unknown(Header),
}

/// Which request a message is, by its header alone.
fn classify<P: Protocol>(message: &Lease<'_>) -> Result<Message, CloseReason> {
    let header = message.header()?;
    let unexpected = CloseReason::UnexpectedMessage { ordinal: header.ordinal() };
    let one_way = header.txid() == 0;
    let Some(index) = find_method(P::METHODS, header.ordinal()) else {
        let tolerated = match P::OPENNESS {
            Openness::Open => true,
            Openness::Ajar => one_way,
            Openness::Closed => false,
        };
        let epitaph = header.ordinal() == EPITAPH_ORDINAL;
        let tolerated = tolerated && header.is_flexible() && !epitaph;
        return if tolerated { Ok(Message::Unknown(header)) } else { Err(unexpected) };
    };
    match P::METHODS[index].kind {
        MethodKind::OneWay if one_way => Ok(Message::Known(index, header)),
        MethodKind::TwoWay if !one_way => Ok(Message::Known(index, header)),
        _ => Err(unexpected),
    }
}

/// Whether a message is a one-way request that the protocol has or tolerates.
fn is_one_way<P: Protocol>(message: &Lease<'_>) -> bool {
    match classify::<P>(message) {
        Ok(Message::Known(method, _)) => P::METHODS[method].kind == MethodKind::OneWay,
        Ok(Message::Unknown(header)) => header.txid() == 0,
        Err(_) => false,
    }
}

/// Whether a newer client may send requests, or members of requests, that this schema does not know, of any size.
const fn takes_newer_requests<P: Protocol>() -> bool {
    !matches!(P::OPENNESS, Openness::Closed) || P::EXTENSIBLE_REQUESTS
}

/// What is wrong with a message that is larger than any that the schema describes.
fn too_large<P: Protocol>() -> crate::wire::DecodeError {
    let size = <P::RequestFrame as FrameStorage>::BYTES as u32;
    crate::wire::DecodeError::new(crate::wire::Rule::TrailingBytes, size)
}
