//! The closing handshake, from either side.

use std::time::Duration;

use realtime_server::{
    config::WebSocketConfig,
    endpoint::{Closed, Ending, Message},
};
use tokio::{sync::mpsc, time::Instant};
use ws_frame::CloseCode;

use crate::{
    rig::{Heard, Peer, closed, echoing, raw, serving},
    support::{soon, until},
};

#[tokio::test]
async fn an_empty_close_frame_is_answered_with_an_empty_one() {
    let server = echoing(WebSocketConfig::default()).await;
    let mut peer = Peer::open(server.address).await;
    peer.client.send(raw(0x88, &[0], &[])).await;
    assert_eq!(peer.rest().await, [Heard::Closed(None)]);
}

#[tokio::test]
async fn what_follows_a_close_frame_is_not_answered() {
    let server = echoing(WebSocketConfig::default()).await;
    let mut peer = Peer::open(server.address).await;
    let bytes = [
        raw(0x81, &[4], b"last"),
        raw(0x88, &[2], &1001_u16.to_be_bytes()),
        raw(0x89, &[1], b"?"),
        raw(0x81, &[4], b"more"),
    ];
    peer.client.send(bytes.concat()).await;
    assert_eq!(
        peer.rest().await,
        [Heard::Text("last".into()), closed(1001)]
    );
}

#[tokio::test]
async fn a_handler_learns_how_its_client_left() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let server = serving(WebSocketConfig::default(), move |mut socket| {
        let tell = tell.clone();
        async move {
            assert_eq!(socket.ending(), None);
            while socket.receive().await.is_some() {}
            assert_eq!(socket.receive().await, None);
            tell.send(socket.ending()).unwrap();
        }
    })
    .await;
    let code = CloseCode::new(4001).unwrap();
    let mut peer = Peer::open(server.address).await;
    peer.close(code).await;
    assert_eq!(
        soon(told.recv()).await,
        Some(Some(Ending::Closed(Some(code))))
    );
    drop(Peer::open(server.address).await);
    assert_eq!(soon(told.recv()).await, Some(Some(Ending::Lost)));
    let mut peer = Peer::open(server.address).await;
    peer.client.send(b"\x81\x00").await;
    let broken = Ending::Broken(ws_frame::DecodeError::UnmaskedFrame);
    assert_eq!(soon(told.recv()).await, Some(Some(broken)));
}

#[tokio::test]
async fn a_client_that_closed_still_gets_the_answer_that_is_being_made() {
    let (go, gone) = tokio::sync::watch::channel(());
    let server = serving(WebSocketConfig::default(), move |mut socket| {
        let mut gone = gone.clone();
        async move {
            let question = socket.receive().await.unwrap();
            gone.changed().await.unwrap();
            socket.send(question).await.unwrap();
        }
    })
    .await;
    let mut peer = Peer::open(server.address).await;
    peer.text("how are you?").await;
    peer.close(CloseCode::NORMAL).await;
    go.send(()).unwrap();
    let rest = peer.rest().await;
    assert_eq!(rest, [Heard::Text("how are you?".into()), closed(1000)]);
}

#[tokio::test]
async fn a_handler_that_returns_closes_normally_and_one_that_panics_does_not() {
    let server = serving(
        WebSocketConfig::default(),
        async |mut socket| match socket.receive().await {
            Some(Message::Text(text)) if text == "panic" => panic!("as asked"),
            Some(Message::Text(text)) => {
                socket.close(CloseCode::new(4000).unwrap(), text);
            }
            _ => socket.send("done").await.unwrap(),
        },
    )
    .await;
    let told = |code, reason: &str| Heard::Closed(Some((code, reason.to_owned())));
    for (sent, expected) in [
        (
            raw(0x82, &[0], &[]),
            vec![Heard::Text("done".into()), closed(1000)],
        ),
        (raw(0x81, &[5], b"panic"), vec![closed(1011)]),
        (raw(0x81, &[3], b"why"), vec![told(4000, "why")]),
    ] {
        let mut peer = Peer::open(server.address).await;
        peer.client.send(sent).await;
        for expected in expected {
            assert_eq!(peer.next().await, expected);
        }
        peer.close(CloseCode::NORMAL).await;
        assert_eq!(peer.rest().await, []);
    }
    assert_eq!(server.metrics.handler_panics.value(), 1);
}

#[tokio::test]
async fn a_client_that_does_not_answer_the_close_frame_is_let_go() {
    let mut config = WebSocketConfig::default();
    config.close_timeout = Duration::from_millis(100);
    let server = serving(config, async |_| {}).await;
    let mut peer = Peer::open(server.address).await;
    let began = Instant::now();
    assert_eq!(peer.rest().await, [closed(1000)]);
    assert!(began.elapsed() >= Duration::from_millis(90));
}

#[tokio::test]
async fn a_handle_that_lives_in_another_task_works_the_same() {
    let server = serving(WebSocketConfig::default(), async |mut socket| {
        tokio::spawn(async move {
            while let Some(message) = socket.receive().await {
                socket.send(message).await.unwrap();
            }
            assert_eq!(socket.send("late").await, Ok(()));
        });
    })
    .await;
    let mut peer = Peer::open(server.address).await;
    for text in ["one", "two"] {
        peer.text(text).await;
        assert_eq!(peer.next().await, Heard::Text(text.into()));
    }
    peer.close(CloseCode::NORMAL).await;
    assert_eq!(
        peer.rest().await,
        [Heard::Text("late".into()), closed(1000)]
    );
}

#[tokio::test]
async fn a_server_that_stops_says_so_and_ends() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let mut server = serving(WebSocketConfig::default(), move |mut socket| {
        let tell = tell.clone();
        async move {
            while socket.receive().await.is_some() {}
            tell.send((socket.ending(), socket.send("x").await))
                .unwrap();
        }
    })
    .await;
    let mut peer = Peer::open(server.address).await;
    let connected = server.metrics.clone();
    until(|| connected.websocket_connections.value() == 1).await;
    server.ask_to_stop();
    // It hears of the stop before the close frame goes out, and may say a last word.
    let heard = peer.next().await;
    assert_eq!(heard, Heard::Text("x".into()));
    assert_eq!(peer.next().await, closed(1001));
    peer.close(CloseCode::NORMAL).await;
    assert_eq!(peer.rest().await, []);
    let last = soon(told.recv()).await.unwrap();
    assert_eq!(last, (Some(Ending::Shutdown), Ok::<(), Closed>(())));
    server.stopped().await;
}
