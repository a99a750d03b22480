//! Connections without a hub protocol, on every transport.

use realtime_server::{
    config::HubConfig,
    server::ServerBuilder,
    signalr::{RawConnection, TransferFormat},
};
use tokio::sync::mpsc;

use crate::{
    requests::{EVENTS, Requests},
    support::{
        client::{Client, ask},
        hub::{Heard, HubClient},
        running::Running,
        soon, until,
    },
};

/// A server that sends everything back, as text.
async fn start() -> Running {
    let mut server = ServerBuilder::new();
    server
        .raw_connections(
            "/raw",
            HubConfig::default(),
            async |mut client: RawConnection| {
                while let Some(bytes) = client.receive().await {
                    assert_ne!(bytes, "panic", "a bug in a handler");
                    if client.send(TransferFormat::Text, bytes).await.is_err() {
                        return;
                    }
                }
            },
        )
        .unwrap();
    Running::start(server).await
}

async fn open(server: &Running) -> HubClient {
    HubClient::connect(Client::connect(server.address).await, "/raw").await
}

#[tokio::test]
async fn carry_bytes_over_a_websocket_and_close_in_order() {
    let server = start().await;
    let mut client = open(&server).await;
    for text in ["a\u{1e}", "b\u{1e}"] {
        client.text(text).await;
        assert_eq!(client.next().await, Heard::Record(text[..1].to_owned()));
    }
    client.close(ws_frame::CloseCode::NORMAL).await;
    assert_eq!(client.next().await, Heard::Closed(Some(1000)));
    assert_eq!(server.metrics.raw_connections.value(), 1);
}

#[tokio::test]
async fn carry_bytes_over_events_and_posts() {
    let server = start().await;
    let requests = Requests::negotiate_at(server.address, "/raw").await;
    let mut stream = requests.open(EVENTS).await;
    stream.head().await;
    assert_eq!(stream.chunk().await.unwrap(), ":\r\n");
    assert_eq!(requests.post("one\ntwo").await.status, 200);
    let event = "data: one\r\ndata: two\r\n\r\n";
    assert_eq!(stream.chunk().await.unwrap(), event);
}

#[tokio::test]
async fn carry_bytes_over_polls_and_posts_until_they_are_deleted() {
    let server = start().await;
    let requests = Requests::negotiate_at(server.address, "/raw").await;
    assert_eq!(requests.poll().await.text(), "");
    assert_eq!(requests.post("one").await.status, 200);
    assert_eq!(requests.poll().await.text(), "one");
    assert_eq!(requests.delete().await.status, 202);
    requests.is_unknown().await;
}

#[tokio::test]
async fn negotiate_like_hubs_but_for_reconnects() {
    let server = start().await;
    let path = "POST /RAW/negotiate?negotiateVersion=1&useStatefulReconnect=true";
    let answer = ask(server.address, path).await.json();
    assert_eq!(answer["availableTransports"].as_array().unwrap().len(), 3);
    assert_eq!(answer["useStatefulReconnect"], serde_json::Value::Null);
}

#[tokio::test]
async fn a_panic_of_their_handler_ends_one_and_no_more() {
    let server = start().await;
    let (mut client, mut other) = (open(&server).await, open(&server).await);
    client.text("panic").await;
    assert_eq!(client.next().await, Heard::Closed(Some(1011)));
    other.text("on\u{1e}").await;
    assert_eq!(other.next().await, Heard::Record("on".to_owned()));
    assert_eq!(server.metrics.handler_panics.value(), 1);
}

#[tokio::test]
async fn a_stop_of_the_server_ends_them() {
    let mut server = start().await;
    let mut client = open(&server).await;
    let requests = Requests::negotiate_at(server.address, "/raw").await;
    requests.poll().await;
    until(|| server.metrics.raw_connections.value() == 2).await;
    server.ask_to_stop();
    assert_eq!(client.next().await, Heard::Closed(Some(1001)));
    client.close(ws_frame::CloseCode::NORMAL).await;
    server.stopped().await;
}

#[tokio::test]
async fn who_sends_learns_that_the_client_is_gone_or_takes_no_binary() {
    let (told, mut tells) = mpsc::unbounded_channel();
    let mut server = ServerBuilder::new();
    server
        .raw_connections(
            "/raw",
            HubConfig::default(),
            move |mut client: RawConnection| {
                let told = told.clone();
                async move {
                    let bytes = vec![b'x'; 64 * 1024];
                    let mut sent = client.send(TransferFormat::Binary, bytes.clone()).await;
                    let _ = told.send(sent);
                    while sent.is_ok() || client.transport().transfer_formats().len() == 1 {
                        sent = client.send(TransferFormat::Text, bytes.clone()).await;
                        if sent.is_err() {
                            break;
                        }
                    }
                    let _ = told.send(sent);
                }
            },
        )
        .unwrap();
    let server = Running::start(server).await;
    let stuck = HubClient::connect(Client::narrow(server.address).await, "/raw").await;
    assert_eq!(soon(tells.recv()).await, Some(Ok(())));
    drop(stuck);
    let closed = Some(Err(realtime_server::signalr::RawError::Closed));
    assert_eq!(soon(tells.recv()).await, closed);
    let requests = Requests::negotiate_at(server.address, "/raw").await;
    let mut stream = requests.open(EVENTS).await;
    stream.head().await;
    let text_only = Some(Err(realtime_server::signalr::RawError::TextOnly));
    assert_eq!(soon(tells.recv()).await, text_only);
    drop(stream);
    assert_eq!(soon(tells.recv()).await, closed);
}
