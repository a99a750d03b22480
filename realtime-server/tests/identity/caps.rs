//! How many connections one user may have.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use realtime_server::{
    auth::Guard,
    config::{HubConfig, WebSocketConfig},
    endpoint::WebSocket,
    hub::Hub,
    server::ServerBuilder,
};
use tokio::task::JoinSet;

use crate::{
    hubs::{Polling, hub_url},
    signer::{HMAC, access, bearer},
    support::{
        client::{Answer, Client},
        hub::HubClient,
        running::Running,
    },
};

const NEGOTIATE: &str = "POST /hub/negotiate?negotiateVersion=1";
const OPENING: &str = "Upgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

async fn serve(change: impl FnOnce(&mut HubConfig)) -> Running {
    let mut config = HubConfig::default();
    change(&mut config);
    let guard = Guard::new(access()).or_anybody();
    let mut server = ServerBuilder::new();
    server
        .hub("/hub", Hub::new(()).guard(&guard).config(config))
        .unwrap();
    Running::start(server).await
}

async fn ask(address: SocketAddr, line: &str, fields: &str) -> Answer {
    let mut client = Client::connect(address).await;
    client.request(line, fields).await;
    client.answer().await
}

fn is_limited(answer: &Answer) {
    assert_eq!(answer.status, 429, "{answer:?}");
    assert_eq!(answer.field("retry-after"), Some("5"));
    let form = answer.field("content-type");
    assert_eq!(form, Some("application/problem+json"));
}

#[tokio::test]
async fn a_user_has_so_many_connections_on_all_transports_together() {
    let server = serve(|config| config.max_per_user = Some(3)).await;
    let address = server.address;
    let token = HMAC.token("ann", 60);
    let ann = bearer(&token);
    let negotiated = hub_url(address, &token).await;
    let client = Client::connect(address).await;
    let socket = HubClient::upgrade(client, &negotiated, &ann).await.unwrap();
    let mut events = Client::connect(address).await;
    let url = hub_url(address, &token).await;
    let fields = format!("Accept: text/event-stream\r\n{ann}");
    events.request(&format!("GET {url}"), &fields).await;
    assert_eq!(events.head().await.status, 200);
    // One that is negotiated counts, and once.
    let polling = hub_url(address, &token).await;
    is_limited(&ask(address, NEGOTIATE, &ann).await);
    let polling = Polling::new(address, polling);
    assert_eq!(polling.poll(&ann).await.status, 200);
    // So does one without a negotiation.
    let client = Client::connect(address).await;
    is_limited(
        &HubClient::upgrade(client, "/hub", &ann)
            .await
            .err()
            .unwrap(),
    );
    assert_eq!(server.metrics.hub_connections_limited.value(), 2);
    // Others are others.
    let bob = bearer(&HMAC.token("bob", 60));
    assert_eq!(ask(address, NEGOTIATE, &bob).await.status, 200);
    for _ in 0..4 {
        assert_eq!(ask(address, NEGOTIATE, "").await.status, 200);
    }
    // Whichever ends makes room for one.
    drop(socket);
    while ask(address, NEGOTIATE, &ann).await.status != 200 {}
    is_limited(&ask(address, NEGOTIATE, &ann).await);
    drop(events);
    while ask(address, NEGOTIATE, &ann).await.status != 200 {}
    is_limited(&ask(address, NEGOTIATE, &ann).await);
    assert_eq!(polling.delete(&ann).await.status, 202);
    while ask(address, NEGOTIATE, &ann).await.status != 200 {}
    is_limited(&ask(address, NEGOTIATE, &ann).await);
}

#[tokio::test]
async fn a_negotiation_that_nobody_takes_up_gives_its_place_back() {
    let server = serve(|config| {
        config.max_per_user = Some(1);
        config.connect_timeout = Duration::from_millis(100);
    })
    .await;
    let ann = bearer(&HMAC.token("ann", 60));
    assert_eq!(ask(server.address, NEGOTIATE, &ann).await.status, 200);
    is_limited(&ask(server.address, NEGOTIATE, &ann).await);
    while ask(server.address, NEGOTIATE, &ann).await.status != 200 {}
}

#[tokio::test]
async fn without_a_limit_nobody_is_counted() {
    let server = serve(|config| config.max_per_user = None).await;
    let ann = bearer(&HMAC.token("ann", 60));
    for _ in 0..101 {
        assert_eq!(ask(server.address, NEGOTIATE, &ann).await.status, 200);
    }
    let server = serve(|_| {}).await;
    for _ in 0..100 {
        assert_eq!(ask(server.address, NEGOTIATE, &ann).await.status, 200);
    }
    is_limited(&ask(server.address, NEGOTIATE, &ann).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_at_once_no_more_get_in_than_may() {
    let server = serve(|config| config.max_per_user = Some(5)).await;
    let ann = Arc::new(bearer(&HMAC.token("ann", 60)));
    let mut asks = JoinSet::new();
    for _ in 0..40 {
        let (address, ann) = (server.address, Arc::clone(&ann));
        asks.spawn(async move { ask(address, NEGOTIATE, &ann).await.status });
    }
    let statuses = asks.join_all().await;
    let count = |wanted| statuses.iter().filter(|status| **status == wanted).count();
    assert_eq!((count(200), count(429)), (5, 35));
}

#[tokio::test]
async fn the_user_is_whom_the_hub_says_at_the_first_request_of_a_transport() {
    let mut config = HubConfig::default();
    config.max_per_user = Some(1);
    let named = |head: &realtime_server::http::Head| Some(head.target.value("user")?.into_owned());
    let mut server = ServerBuilder::new();
    server
        .hub("/hub", Hub::new(()).user_id(named).config(config))
        .unwrap();
    let server = Running::start(server).await;
    let address = server.address;
    let negotiate = async |query: &str| {
        let answer = ask(address, &format!("{NEGOTIATE}{query}"), "").await;
        assert_eq!(answer.status, 200);
        answer.json()["connectionToken"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let upgrade = async |id: &str, user: &str| {
        let client = Client::connect(address).await;
        HubClient::upgrade(client, &format!("/hub?id={id}&user={user}"), "").await
    };
    let first = negotiate("&user=ann").await;
    let ann = upgrade(&first, "ann").await.unwrap();
    is_limited(&ask(address, &format!("{NEGOTIATE}&user=ann"), "").await);
    // Whoever was not named before is counted then; after a refusal the connection waits on.
    let second = negotiate("").await;
    let refused = upgrade(&second, "ann").await.err().unwrap();
    assert_eq!(refused.status, 429);
    let bob = upgrade(&second, "bob").await.unwrap();
    // Who turns out to be another one leaves the first one's place.
    let third = negotiate("&user=cy").await;
    let dan = upgrade(&third, "dan").await.unwrap();
    negotiate("&user=cy").await;
    is_limited(&ask(address, &format!("{NEGOTIATE}&user=dan"), "").await);
    drop((ann, bob, dan));
}

async fn sockets(change: impl FnOnce(&mut WebSocketConfig)) -> Running {
    let mut config = WebSocketConfig::default();
    change(&mut config);
    let mut server = ServerBuilder::new();
    let echo = async |mut socket: WebSocket| while socket.receive().await.is_some() {};
    server
        .websocket("/ws", config, echo)
        .unwrap()
        .guard(&Guard::new(access()).or_anybody());
    Running::start(server).await
}

async fn open(server: &Running, fields: &str) -> (Answer, Client) {
    let mut client = Client::connect(server.address).await;
    client
        .request("GET /ws", &format!("{OPENING}{fields}"))
        .await;
    (client.head().await, client)
}

#[tokio::test]
async fn a_user_has_so_many_plain_websockets() {
    let server = sockets(|config| config.max_per_user = Some(2)).await;
    let ann = bearer(&HMAC.token("ann", 60));
    let bob = bearer(&HMAC.token("bob", 60));
    let (_, one) = open(&server, &ann).await;
    let (second, _two) = open(&server, &ann).await;
    assert_eq!(second.status, 101);
    is_limited(&open(&server, &ann).await.0);
    assert_eq!(server.metrics.websocket_handshakes_refused.value(), 1);
    let mut others = Vec::new();
    for fields in [&*bob, "", "", ""] {
        let (answer, client) = open(&server, fields).await;
        assert_eq!(answer.status, 101);
        others.push(client);
    }
    drop(one);
    let again = loop {
        let (answer, client) = open(&server, &ann).await;
        if answer.status == 101 {
            break client;
        }
    };
    is_limited(&open(&server, &ann).await.0);
    drop(again);
}

#[tokio::test]
async fn of_plain_websockets_a_user_has_a_hundred_or_any_number() {
    let ann = bearer(&HMAC.token("ann", 60));
    for (limit, expected) in [(true, 429), (false, 101)] {
        let server = sockets(|config| {
            if !limit {
                config.max_per_user = None;
            }
        })
        .await;
        let mut held = Vec::new();
        for _ in 0..100 {
            let (answer, client) = open(&server, &ann).await;
            assert_eq!(answer.status, 101);
            held.push(client);
        }
        assert_eq!(open(&server, &ann).await.0.status, expected);
    }
}
