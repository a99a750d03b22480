//! A server on a free port with one stream, and the counters that it writes.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use realtime_server::{
    config::{HttpConfig, ServerConfig, StreamConfig},
    endpoint::EventStream,
    identity::Identity,
    metrics::Metrics,
    server::ServerBuilder,
};
use sse_codec::EventRef;

use crate::{
    reader::Reader,
    support::{running::Running, until},
};

pub(crate) struct Rig {
    pub(crate) address: SocketAddr,
    pub(crate) stream: EventStream,
    pub(crate) metrics: Arc<Metrics>,
    running: Running,
}

impl Rig {
    /// A server with a stream at `/stream`. Who names a user, a tenant or a life in seconds in the
    /// query is believed.
    pub(crate) async fn new(config: StreamConfig) -> Self {
        Self::with(config, |_, _| {}).await
    }

    /// The same with further routes and settings.
    pub(crate) async fn with(
        config: StreamConfig,
        set_up: impl FnOnce(&mut ServerBuilder, &EventStream),
    ) -> Self {
        let mut server = ServerBuilder::new();
        // A reader that stops is the queue's business here, unless a test says otherwise.
        server.http_config(write_timeout(Duration::from_secs(60)));
        let mut whole = ServerConfig::default();
        whole.drain_timeout = Duration::from_secs(2);
        server.config(whole);
        let stream = EventStream::new(config, Arc::clone(server.metrics()));
        server.host(&stream);
        let route = stream.clone();
        server
            .get("/stream", move |request| {
                let mut subscriber = Identity::default();
                if let Some(user) = request.query("user") {
                    subscriber = Identity::user(&*user);
                }
                if let Some(tenant) = request.query("tenant") {
                    subscriber = subscriber.of_tenant(&*tenant);
                }
                if let Some(life) = request.query("life") {
                    let life = Duration::from_millis(life.parse().unwrap());
                    subscriber = subscriber.for_at_most(life);
                }
                std::future::ready(route.subscribe_as(&request, &subscriber))
            })
            .unwrap();
        set_up(&mut server, &stream);
        let metrics = Arc::clone(server.metrics());
        let running = Running::start(server).await;
        Self {
            address: running.address,
            stream,
            metrics,
            running,
        }
    }

    /// Subscribes, and waits until the stream is open.
    pub(crate) async fn subscribe(&self, query: &str) -> Reader {
        let mut reader = Reader::open(self.address, &format!("/stream{query}"), "").await;
        assert_eq!(reader.status, 200, "{:?}", reader.head);
        assert_eq!(reader.comment().await, "connected");
        reader
    }

    /// Subscribes again after the event `id`.
    pub(crate) async fn resume(&self, query: &str, id: &str) -> Reader {
        let line = format!("Last-Event-ID: {id}\r\n");
        let mut reader = Reader::open(self.address, &format!("/stream{query}"), &line).await;
        assert_eq!(reader.status, 200, "{:?}", reader.head);
        assert_eq!(reader.comment().await, "connected");
        reader
    }

    /// Sends an event to all; gives its id.
    pub(crate) fn send(&self, data: &str) -> String {
        let published = self.stream.send(EventRef::new(data)).unwrap();
        published.id.unwrap()
    }

    /// Waits until the stream has so many subscribers.
    pub(crate) async fn has(&self, subscribers: usize) {
        until(|| self.stream.connected() == subscribers).await;
    }

    /// Stops the server, and waits until it has stopped.
    pub(crate) async fn stop(self) {
        self.running.stopped().await;
    }
}

/// Limits of HTTP with this time-out of streams that take nothing.
pub(crate) fn write_timeout(time: Duration) -> HttpConfig {
    let mut http = HttpConfig::default();
    http.stream_write_timeout = time;
    http
}
