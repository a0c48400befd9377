//! iceoryx2: two publish-subscribe services, one for each direction, polled or with an event for each message.

use std::cell::Cell;
use std::hint;

use ::iceoryx2::port::listener::Listener;
use ::iceoryx2::port::notifier::Notifier;
use ::iceoryx2::port::publisher::Publisher;
use ::iceoryx2::port::subscriber::Subscriber;
use ::iceoryx2::prelude::*;

use super::conversation::{Bytes, beside, converse};

/// More than are ever in flight.
const BUFFER: usize = 128;

/// What one side has.
struct Side {
    events: bool,
    publisher: Publisher<ipc::Service, Bytes, ()>,
    subscriber: Subscriber<ipc::Service, Bytes, ()>,
    notifier: Notifier<ipc::Service>,
    listener: Listener<ipc::Service>,
    _node: Node<ipc::Service>,
}

impl Side {
    /// Opens side 0 or 1 of the services of this name.
    fn open(name: &str, side: usize, events: bool) -> Side {
        let node = NodeBuilder::new().create::<ipc::Service>().expect("a node");
        let messages = [0, 1].map(|from| {
            let name = format!("{name}/{from}").as_str().try_into().expect("a name");
            let builder = node.service_builder(&name).publish_subscribe::<Bytes>();
            builder.subscriber_max_buffer_size(BUFFER).open_or_create().expect("a service")
        });
        let bells = [0, 1].map(|from| {
            let name = format!("{name}/bell/{from}").as_str().try_into().expect("a name");
            node.service_builder(&name).event().open_or_create().expect("a service")
        });
        Side {
            events,
            publisher: messages[side].publisher_builder().create().expect("a publisher"),
            subscriber: messages[1 - side]
                .subscriber_builder()
                .buffer_size(BUFFER)
                .create()
                .expect("a subscriber"),
            notifier: bells[side].notifier_builder().create().expect("a notifier"),
            listener: bells[1 - side].listener_builder().create().expect("a listener"),
            _node: node,
        }
    }

    fn send(&self, bytes: &Bytes) {
        self.publisher.loan_uninit().expect("a place").write_payload(*bytes).send().expect("a peer");
        if self.events {
            self.notifier.notify().expect("a peer");
        }
    }

    /// Waits for messages, and takes all.
    fn receive(&self, mut take: impl FnMut(&Bytes)) -> usize {
        let mut count = 0;
        loop {
            while let Some(sample) = self.subscriber.receive().expect("a service") {
                take(sample.payload());
                count += 1;
            }
            if count > 0 {
                return count;
            }
            if self.events {
                self.listener.blocking_wait(|_| ()).expect("a bell");
            } else {
                hint::spin_loop();
            }
        }
    }

    /// Waits until the other side is there: what was published before is lost.
    fn meet(&self) {
        let greet = || self.publisher.send_copy([0; 32]).expect("a service");
        while greet() == 0 {}
        self.notifier.notify().expect("a peer");
    }
}

thread_local! {
    /// How many services there were, for a name that none has had.
    static NUMBER: Cell<usize> = const { Cell::new(0) };
}

/// A conversation over two services.
pub(crate) fn round(events: bool, core: usize, window: usize) -> f64 {
    if !events && core == 0 {
        // Two spinning processes on one core take turns of milliseconds.
        return f64::NAN;
    }
    set_log_level(LogLevel::Fatal);
    let number = NUMBER.replace(NUMBER.get() + 1);
    let name = format!("transports/{}/{number}", std::process::id());
    let echo = || {
        let side = Side::open(&name, 1, events);
        side.meet();
        loop {
            side.receive(|bytes| side.send(bytes));
        }
    };
    beside(core, echo, || {
        let side = Side::open(&name, 0, events);
        // Its first message says that the other side is there.
        side.receive(|_| ());
        converse(window, || side.send(&[5; 32]), || side.receive(|_| ()))
    })
}
