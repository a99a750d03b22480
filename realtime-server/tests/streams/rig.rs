//! A server with two streams for everybody.

use std::sync::Arc;

use realtime_server::{
    config::{HttpConfig, StreamConfig},
    endpoint::EventStream,
    fanout::Delivery,
    server::ServerBuilder,
};
use sse_codec::EventRef;

use crate::support::{
    events::{Events, Told},
    running::Running,
    until,
};

pub(crate) struct Rig {
    pub(crate) running: Running,
    /// At `/events`; it greets with the id of the subscriber.
    pub(crate) events: EventStream,
    /// At `/others`; it does not greet.
    pub(crate) others: EventStream,
}

impl Rig {
    pub(crate) async fn new() -> Self {
        Self::configured(|_, _| {}).await
    }

    pub(crate) async fn configured(
        change: impl FnOnce(&mut StreamConfig, &mut HttpConfig),
    ) -> Self {
        Self::with(change, |_, _| {}).await
    }

    pub(crate) async fn with(
        change: impl FnOnce(&mut StreamConfig, &mut HttpConfig),
        extend: impl FnOnce(&mut ServerBuilder, &EventStream),
    ) -> Self {
        let (mut config, mut http) = (StreamConfig::default(), HttpConfig::default());
        change(&mut config, &mut http);
        let mut server = ServerBuilder::new();
        server.http_config(http);
        let metrics = Arc::clone(server.metrics());
        let events = EventStream::with_greeting(config, metrics, |id| {
            EventRef::new(id).with_event("hello").into_owned()
        });
        let others = EventStream::new(config, Arc::clone(server.metrics()));
        server.stream("/events", &events).unwrap();
        server.stream("/others", &others).unwrap();
        extend(&mut server, &events);
        Self {
            running: Running::start(server).await,
            events,
            others,
        }
    }

    /// A subscriber of `/events` that has been greeted.
    pub(crate) async fn subscriber(&self) -> Events {
        let mut events = Events::open(self.running.address, "/events").await;
        assert_eq!(events.event().await.event.as_deref(), Some("hello"));
        events
    }

    pub(crate) fn send(&self, data: &str) -> Delivery {
        self.events.send(EventRef::new(data)).unwrap().delivery
    }

    pub(crate) async fn nobody_is_left(&self) {
        until(|| self.events.connected() == 0).await;
    }
}

/// The data of the next event; comments are passed over.
pub(crate) async fn data(events: &mut Events) -> String {
    events.event().await.data
}

/// The rest of a stream as data, which ends in order.
pub(crate) async fn rest(events: &mut Events) -> Vec<String> {
    let mut rest = Vec::new();
    loop {
        match events.next().await {
            Told::Event(event) => rest.push(event.data),
            Told::Comment(_) => {}
            Told::End => return rest,
        }
    }
}
