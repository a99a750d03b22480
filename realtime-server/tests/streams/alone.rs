//! A stream for one client alone, made while it is sent.

use std::{
    future::Future,
    pin::pin,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::Duration,
};

use futures_util::FutureExt;
use realtime_server::{
    config::{HttpConfig, StreamConfig},
    endpoint::{ClientStreams, EventSender, SendError},
    server::ServerBuilder,
};
use sse_codec::EventRef;
use tokio::sync::{
    Notify,
    mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

use crate::{
    rig::{data, rest},
    support::{
        client::Client,
        events::{Events, Told},
        running::Running,
        soon,
    },
};

/// What a producer tells the test.
type Notes = UnboundedSender<String>;

/// Tells when the producer that holds it is dropped.
struct Guard(Notes);

impl Drop for Guard {
    fn drop(&mut self) {
        note(&self.0, "dropped");
    }
}

fn note(notes: &Notes, text: impl Into<String>) {
    // A test that has ended does not read its notes.
    let _ = notes.send(text.into());
}

/// A server of a stream at `/alone` made by `produce`, and what its producers tell.
async fn serve<F, Fut>(
    change: impl FnOnce(&mut StreamConfig, &mut HttpConfig),
    produce: F,
) -> (Running, UnboundedReceiver<String>)
where
    F: Fn(EventSender, Notes) -> Fut + Copy + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let (mut config, mut http) = (StreamConfig::default(), HttpConfig::default());
    change(&mut config, &mut http);
    let (notes, told) = unbounded_channel();
    let mut server = ServerBuilder::new();
    server.http_config(http);
    let streams = ClientStreams::new(config, server.metrics().clone());
    server.host(&streams);
    server
        .get("/alone", move |request| {
            let notes = notes.clone();
            let answer = streams.start(&request, move |events| produce(events, notes));
            std::future::ready(answer)
        })
        .unwrap();
    (Running::start(server).await, told)
}

async fn noted(notes: &mut UnboundedReceiver<String>) -> String {
    soon(notes.recv()).await.unwrap()
}

#[tokio::test]
async fn ends_in_order_with_its_producer_and_frees_the_connection() {
    let (server, _) = serve(
        |_, _| {},
        async |events, _| {
            for text in ["1", "2", "3"] {
                events.send(EventRef::new(text)).await.unwrap();
            }
        },
    )
    .await;
    let mut client = Client::connect(server.address).await;
    for _ in 0..2 {
        let mut events = Events::over(client, "/alone").await;
        assert_eq!(rest(&mut events).await, ["1", "2", "3"]);
        client = events.client;
    }
}

#[tokio::test]
async fn runs_no_producer_for_head() {
    let (server, mut notes) = serve(
        |_, _| {},
        async |_, notes| {
            note(&notes, "produced");
        },
    )
    .await;
    let mut client = Client::connect(server.address).await;
    client.request("HEAD /alone", "").await;
    assert_eq!(client.head().await.status, 200);
    assert_eq!(
        rest(&mut Events::over(client, "/alone").await).await,
        [""; 0]
    );
    assert_eq!(noted(&mut notes).await, "produced");
    assert!(notes.try_recv().is_err());
}

#[tokio::test]
async fn holds_a_producer_back_while_its_client_does_not_read() {
    const EVENTS: usize = 10_000;
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let (server, mut notes) = serve(
        |_, http| http.stream_write_timeout = Duration::from_millis(200),
        async |events, notes| {
            let _guard = Guard(notes);
            let text = "x".repeat(10_000);
            for _ in 0..EVENTS {
                events.send(EventRef::new(&text)).await.unwrap();
                MADE.fetch_add(1, Relaxed);
            }
        },
    )
    .await;
    let stuck = Events::over(Client::narrow(server.address).await, "/alone").await;
    // Cut after a while, the producer is dropped; what it made fitted into the buffers.
    assert_eq!(noted(&mut notes).await, "dropped");
    assert!(MADE.load(Relaxed) < EVENTS / 4, "{}", MADE.load(Relaxed));
    assert_eq!(server.metrics.write_timeouts.value(), 1);
    drop(stuck);
}

#[tokio::test]
async fn loses_nothing_to_a_client_that_reads_late() {
    let (server, mut notes) = serve(
        |config, _| config.max_queued_events = 4,
        async |events, notes| {
            let text = "x".repeat(10_000);
            for number in 0..2_000 {
                let text = format!("{number} {text}");
                let mut send = pin!(events.send(EventRef::new(&text)));
                if let Some(done) = send.as_mut().now_or_never() {
                    done.unwrap();
                } else {
                    note(&notes, "waits");
                    send.await.unwrap();
                }
            }
        },
    )
    .await;
    let mut late = Events::over(Client::narrow(server.address).await, "/alone").await;
    assert_eq!(noted(&mut notes).await, "waits");
    for number in 0..2_000 {
        let data = data(&mut late).await;
        assert!(data.starts_with(&format!("{number} ")), "{number}");
    }
    assert_eq!(late.next().await, Told::End);
}

#[tokio::test]
async fn drops_its_producer_when_the_client_goes_and_when_the_server_stops() {
    let (mut server, mut notes) = serve(
        |_, _| {},
        async |events, notes| {
            let _guard = Guard(notes);
            events.send(EventRef::new("only")).await.unwrap();
            std::future::pending::<()>().await;
        },
    )
    .await;
    let mut first = Events::open(server.address, "/alone").await;
    assert_eq!(data(&mut first).await, "only");
    drop(first);
    assert_eq!(noted(&mut notes).await, "dropped");

    let mut second = Events::open(server.address, "/alone").await;
    assert_eq!(data(&mut second).await, "only");
    server.ask_to_stop();
    assert_eq!(noted(&mut notes).await, "dropped");
    assert_eq!(second.next().await, Told::End);
}

#[tokio::test]
async fn sends_comments_while_its_producer_is_silent() {
    static GO_ON: Notify = Notify::const_new();
    let (server, _) = serve(
        |config, _| config.keep_alive = Duration::from_millis(10),
        async |events, _| {
            for number in 0..10 {
                events
                    .send(EventRef::new(&number.to_string()))
                    .await
                    .unwrap();
                GO_ON.notified().await;
            }
        },
    )
    .await;
    let mut events = Events::open(server.address, "/alone").await;
    for number in 0..10 {
        assert_eq!(data(&mut events).await, number.to_string());
        for _ in 0..2 {
            match events.next().await {
                Told::Comment(text) => assert!(text.starts_with(" keep-alive 2"), "{text}"),
                other => panic!("{other:?}"),
            }
        }
        GO_ON.notify_one();
    }
    assert_eq!(rest(&mut events).await, [""; 0]);
}

#[tokio::test]
async fn takes_an_event_of_any_size_up_to_that_of_its_queue() {
    // An event of so many bytes of data has 8 more.
    let (server, mut notes) = serve(
        |config, _| config.max_queued_bytes = 1_000,
        async |events, notes| {
            for size in [400, 992, 400, 600, 992] {
                events.send(EventRef::new(&"x".repeat(size))).await.unwrap();
            }
            let refused = events.send(EventRef::new(&"x".repeat(993))).await;
            note(&notes, format!("{:?}", refused.unwrap_err()));
        },
    )
    .await;
    let mut events = Events::open(server.address, "/alone").await;
    let sizes: Vec<_> = rest(&mut events).await.iter().map(String::len).collect();
    assert_eq!(sizes, [400, 992, 400, 600, 992]);
    assert_eq!(
        noted(&mut notes).await,
        format!("{:?}", SendError::TooLarge)
    );
}

#[tokio::test]
async fn refuses_an_event_that_would_forge_a_line_and_goes_on() {
    let (server, _) = serve(
        |_, _| {},
        async |events, _| {
            let forged = events.send(EventRef::new("x").with_id("1\n2")).await;
            assert!(matches!(forged, Err(SendError::Encode(_))), "{forged:?}");
            events.send(EventRef::new("fine")).await.unwrap();
        },
    )
    .await;
    let mut events = Events::open(server.address, "/alone").await;
    assert_eq!(rest(&mut events).await, ["fine"]);
}

#[tokio::test]
async fn cuts_the_connection_when_its_producer_panics() {
    let (server, _) = serve(
        |_, _| {},
        async |events, _| {
            events.send(EventRef::new("only")).await.unwrap();
            tokio::task::yield_now().await;
            "x".parse::<u8>().expect("a bug of the producer");
        },
    )
    .await;
    let mut events = Events::open(server.address, "/alone").await;
    // No last chunk says that this was all.
    while events.client.more().await {}
    assert!(!events.client.buffer.ends_with(b"0\r\n\r\n"));
    assert_eq!(server.metrics.handler_panics.value(), 1);
}

#[tokio::test]
async fn is_not_acceptable_to_who_wants_something_else() {
    let (server, mut notes) = serve(
        |_, _| {},
        async |_, notes| {
            note(&notes, "produced");
        },
    )
    .await;
    let mut client = Client::connect(server.address).await;
    client.request("GET /alone", "Accept: text/html\r\n").await;
    assert_eq!(client.answer().await.status, 406);
    assert!(notes.try_recv().is_err());
}

/// A producer may hand its sender to somebody who outlives the stream.
#[tokio::test]
async fn does_not_hold_a_sender_that_outlives_the_stream() {
    let (server, mut notes) = serve(
        |config, _| config.max_queued_events = 4,
        async |events, notes| {
            tokio::spawn(async move {
                let mut sent = Ok(());
                while sent.is_ok() {
                    sent = events.send(EventRef::new("x")).await;
                }
                note(&notes, sent.unwrap_err().to_string());
            });
            std::future::pending::<()>().await;
        },
    )
    .await;
    drop(Events::open(server.address, "/alone").await);
    assert_eq!(noted(&mut notes).await, "the stream has ended");
}
