//! Which request is answered how, in which state of a connection.

use realtime_server::config::HubConfig;
use serde::Deserialize;

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

#[derive(Clone, Copy, Debug, Deserialize)]
enum State {
    #[serde(rename = "no id")]
    NoId,
    #[serde(rename = "empty id")]
    EmptyId,
    #[serde(rename = "unknown id")]
    UnknownId,
    #[serde(rename = "negotiated")]
    Negotiated,
    LongPolling,
    ServerSentEvents,
    WebSockets,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Asks {
    Poll,
    Events,
    Socket,
    Post,
    Delete,
}

#[derive(Deserialize)]
struct Vectors {
    cases: Vec<Case>,
}

#[derive(Debug, Deserialize)]
struct Case {
    state: State,
    asks: Asks,
    status: u16,
    text: String,
}

async fn in_state(rig: &Rig, state: State) -> (Requests, Held) {
    let nowhere = |query: &str| Requests {
        address: rig.address(),
        id: String::new(),
        path: format!("/hub{query}"),
    };
    match state {
        State::NoId => (nowhere(""), Held::Nothing),
        State::EmptyId => (nowhere("?id="), Held::Nothing),
        State::UnknownId => (nowhere("?id=unknown"), Held::Nothing),
        State::Negotiated => (Requests::negotiate(rig).await, Held::Nothing),
        State::LongPolling => (Requests::polling(rig).await, Held::Nothing),
        State::ServerSentEvents => {
            let (requests, stream) = Requests::streaming(rig).await;
            (requests, Held::Stream { _stream: stream })
        }
        State::WebSockets => {
            let requests = Requests::negotiate(rig).await;
            let socket = HubClient::open(rig.address(), &requests.path).await;
            let held = Held::Socket {
                _socket: Box::new(socket),
            };
            (requests, held)
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
    let vectors = include_str!("../vectors/signalr-http-dispatcher.json");
    let vectors: Vectors = serde_json::from_str(vectors).unwrap();
    let rig = Rig::new().await;
    for case in vectors.cases {
        let (requests, _held) = in_state(&rig, case.state).await;
        let answer = asked(&requests, case.asks).await;
        assert_eq!(
            (answer.status, answer.text()),
            (case.status, &*case.text),
            "{case:?}"
        );
        if ![101, 200].contains(&case.status) {
            assert_eq!(answer.field("content-type"), Some("text/plain"), "{case:?}");
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
async fn events_come_before_an_upgrade() {
    let rig = Rig::new().await;
    let requests = Requests::negotiate(&rig).await;
    let fields = format!("{EVENTS}Upgrade: websocket\r\nConnection: Upgrade\r\n");
    let mut client = Client::connect(rig.address()).await;
    client
        .request(&format!("GET {}", requests.path), &fields)
        .await;
    let head = client.head().await;
    assert_eq!(head.status, 200);
    assert_eq!(head.field("content-type"), Some("text/event-stream"));
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
    for (path, allow) in [
        ("/hub", "GET, POST, DELETE, OPTIONS"),
        ("/hub/negotiate", "POST, OPTIONS"),
    ] {
        let answer = ask(rig.address(), &format!("OPTIONS {path}")).await;
        assert_eq!((answer.status, answer.field("allow")), (204, Some(allow)));
    }
}

#[tokio::test]
async fn what_is_refused_by_its_head_is_refused_before_its_body_comes() {
    let rig = Rig::new().await;
    let requests = Requests::polling(&rig).await;
    for (line, status) in [
        ("POST /hub", 400),
        ("POST /hub?id=nobody", 404),
        ("DELETE /hub?id=nobody", 404),
        ("PUT /hub", 405),
        ("PATCH /hub", 405),
        ("PUT /hub/negotiate", 405),
    ] {
        let mut client = Client::connect(rig.address()).await;
        client.request(line, "Content-Length: 1000000\r\n").await;
        let refused = client.answer().await;
        assert_eq!(refused.status, status, "{line}");
        assert_eq!(refused.field("connection"), Some("close"), "{line}");
    }
    // A short one is read and dropped, and the connection stays.
    let mut client = Client::connect(rig.address()).await;
    client
        .request("POST /hub?id=nobody", "Content-Length: 2\r\n")
        .await;
    client.send("{}").await;
    assert_eq!(client.answer().await.status, 404);
    client.request("OPTIONS /hub", "").await;
    assert_eq!(client.answer().await.status, 204);
    assert_eq!(requests.post("{\"type\":6}\u{1e}").await.status, 200);
}
