//! Which request is answered how, in which state of a connection.

use realtime_server::config::HubConfig;

use crate::{
    requests::{EVENTS, Requests},
    rig::Rig,
    support::{
        client::{Answer, Client, ask, post},
        hub::HubClient,
    },
};

/// What keeps a connection in its state.
enum Held {
    Nothing,
    Stream { _stream: Client },
    Socket { _socket: Box<HubClient> },
}

#[derive(Clone, Copy, Debug)]
enum State {
    Negotiated,
    LongPolling,
    ServerSentEvents,
    WebSockets,
}

#[derive(Clone, Copy, Debug)]
enum Asks {
    Poll,
    Events,
    Socket,
    Post,
    Delete,
}

const CHANGE: (u16, &str) = (400, "Cannot change transports mid-connection");
const NO_DELETE: (u16, &str) = (
    400,
    "Cannot terminate this connection using the DELETE endpoint.",
);
const NO_POST: (u16, &str) = (
    405,
    "POST requests are not allowed for WebSocket connections.",
);

async fn in_state(rig: &Rig, state: State) -> (Requests, Held) {
    match state {
        State::Negotiated => (Requests::negotiate(rig).await, Held::Nothing),
        State::LongPolling => (Requests::polling(rig).await, Held::Nothing),
        State::ServerSentEvents => {
            let (requests, stream) = Requests::streaming(rig).await;
            (requests, Held::Stream { _stream: stream })
        }
        State::WebSockets => {
            let requests = Requests::negotiate(rig).await;
            let socket = HubClient::open(rig.address(), &requests.path).await;
            (
                requests,
                Held::Socket {
                    _socket: Box::new(socket),
                },
            )
        }
    }
}

async fn asked(requests: &Requests, asks: Asks) -> Answer {
    match asks {
        Asks::Poll => requests.poll().await,
        Asks::Events => requests.open(EVENTS).await.answer().await,
        Asks::Post => requests.post("").await,
        Asks::Delete => requests.delete().await,
        Asks::Socket => socket(requests.address, &requests.path).await,
    }
}

/// The refusal of a WebSocket, with its body.
async fn socket(address: std::net::SocketAddr, path: &str) -> Answer {
    let mut client = Client::connect(address).await;
    let fields = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    client.request(&format!("GET {path}"), fields).await;
    let head = client.head().await;
    if head.status == 101 {
        return head;
    }
    let length = head.field("content-length").unwrap().parse().unwrap();
    while client.buffer.len() < length {
        assert!(client.more().await);
    }
    Answer {
        body: client.buffer.to_vec(),
        ..head
    }
}

#[tokio::test]
async fn answers_by_the_state_of_the_connection() {
    let rig = Rig::new().await;
    for (state, asks, (status, text)) in [
        (State::Negotiated, Asks::Poll, (200, "")),
        (State::Negotiated, Asks::Post, (200, "")),
        (State::Negotiated, Asks::Delete, NO_DELETE),
        (State::LongPolling, Asks::Post, (200, "")),
        (State::LongPolling, Asks::Delete, (202, "")),
        (State::LongPolling, Asks::Events, CHANGE),
        (State::LongPolling, Asks::Socket, CHANGE),
        (State::ServerSentEvents, Asks::Post, (200, "")),
        (State::ServerSentEvents, Asks::Events, (409, "")),
        (State::ServerSentEvents, Asks::Poll, CHANGE),
        (State::ServerSentEvents, Asks::Socket, CHANGE),
        (State::ServerSentEvents, Asks::Delete, NO_DELETE),
        (State::WebSockets, Asks::Socket, (409, "")),
        (State::WebSockets, Asks::Poll, CHANGE),
        (State::WebSockets, Asks::Events, CHANGE),
        (State::WebSockets, Asks::Post, NO_POST),
        (State::WebSockets, Asks::Delete, NO_DELETE),
    ] {
        let (requests, _held) = in_state(&rig, state).await;
        let answer = asked(&requests, asks).await;
        assert_eq!(
            (answer.status, answer.text()),
            (status, text),
            "{state:?} {asks:?}"
        );
        if status != 200 {
            assert_eq!(answer.field("content-type"), Some("text/plain"));
        }
    }
}

#[tokio::test]
async fn asks_for_an_id_before_anything_else() {
    let rig = Rig::configured(|config| {
        config.transports.server_sent_events = false;
        config.transports.long_polling = false;
    })
    .await;
    for (query, status, text) in [
        ("", 400, "Connection ID required"),
        ("?id=", 400, "Connection ID required"),
        ("?id=unknown", 404, "No Connection with that ID"),
    ] {
        let nowhere = Requests {
            address: rig.address(),
            id: String::new(),
            path: format!("/hub{query}"),
        };
        for asks in [Asks::Poll, Asks::Events, Asks::Post, Asks::Delete] {
            let answer = asked(&nowhere, asks).await;
            assert_eq!(
                (answer.status, answer.text()),
                (status, text),
                "{query} {asks:?}"
            );
        }
    }
    let unknown = socket(rig.address(), "/hub?id=unknown").await;
    assert_eq!(
        (unknown.status, unknown.text()),
        (404, "No Connection with that ID")
    );
}

#[tokio::test]
async fn finds_path_and_id_in_any_case() {
    let rig = Rig::new().await;
    let mut requests = Requests::negotiate(&rig).await;
    requests.path = requests.path.replace("/hub?id=", "/HuB/?ID=");
    assert_eq!(requests.poll().await.status, 200);
}

#[tokio::test]
async fn offers_the_transports_that_are_configured() {
    for (names, on) in [
        (&["LongPolling"][..], [false, false, true]),
        (&["ServerSentEvents"], [false, true, false]),
        (&["WebSockets"], [true, false, false]),
        (&["WebSockets", "ServerSentEvents"], [true, true, false]),
    ] {
        let configure = |config: &mut HubConfig| {
            let [web_sockets, server_sent_events, long_polling] = on;
            config.transports.web_sockets = web_sockets;
            config.transports.server_sent_events = server_sent_events;
            config.transports.long_polling = long_polling;
        };
        let rig = Rig::configured(configure).await;
        let answer = post(rig.address(), "/hub/negotiate?negotiateVersion=1", "").await;
        let offered = answer.json()["availableTransports"].clone();
        let offered: Vec<_> = offered.as_array().unwrap().iter().collect();
        assert_eq!(offered.len(), names.len());
        for (offer, name) in offered.iter().zip(names) {
            assert_eq!(offer["transport"], *name);
        }
        let asks = [
            (Asks::Socket, "WebSockets", 101),
            (Asks::Events, "ServerSentEvents", 200),
            (Asks::Poll, "LongPolling", 200),
        ];
        for ((asks, name, status), on) in asks.into_iter().zip(on) {
            let requests = Requests::negotiate(&rig).await;
            if on {
                let client = match asks {
                    Asks::Events => requests.open(EVENTS).await.head().await,
                    asks => asked(&requests, asks).await,
                };
                assert_eq!(client.status, status, "{name}");
            } else {
                let refused = asked(&requests, asks).await;
                let text = format!("{name} transport not supported by this end point type");
                assert_eq!((refused.status, refused.text()), (404, &*text));
            }
        }
        let skipped = socket(rig.address(), "/hub").await;
        assert_eq!(skipped.status, if on[0] { 101 } else { 404 });
    }
}

#[tokio::test]
async fn takes_no_other_method() {
    let rig = Rig::new().await;
    for method in ["PUT", "PATCH"] {
        let refused = ask(rig.address(), &format!("{method} /hub")).await;
        assert_eq!((refused.status, refused.text()), (405, ""));
        assert_eq!(refused.field("content-type"), Some("text/plain"));
        assert_eq!(refused.field("allow"), Some("GET, POST, DELETE, OPTIONS"));
    }
    for method in ["GET", "PUT", "DELETE"] {
        let refused = ask(rig.address(), &format!("{method} /hub/negotiate")).await;
        assert_eq!((refused.status, refused.text()), (405, ""));
        assert_eq!(refused.field("content-type"), Some("text/plain"));
        assert_eq!(refused.field("allow"), Some("POST, OPTIONS"));
    }
    let mut head = Client::connect(rig.address()).await;
    head.request("HEAD /hub", "").await;
    assert_eq!(head.head().await.status, 405);
}
