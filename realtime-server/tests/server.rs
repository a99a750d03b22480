//! The server as a whole: its routes, its cap on connections, and how it stops.
#![expect(
    clippy::unwrap_used,
    reason = "in a test a panic is the failure it should be"
)]

#[expect(dead_code, reason = "other tests need the rest of it")]
mod support;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use realtime_server::{
    config::{ServerConfig, StreamConfig},
    endpoint::EventStream,
    http::{Method, Response, Status},
    hub::{Caller, Hub},
    server::{PatternError, ServerBuilder, SetupError},
};
use serde_json::json;
use support::{
    client::{Client, ask, post},
    events::{Events, Told},
    hub::{Heard, HubClient},
    running::Running,
    until,
};
use tokio::{io::AsyncWriteExt, sync::Notify};

/// A server with a route that answers what it was asked with.
async fn echoing() -> Running {
    let mut server = ServerBuilder::new();
    server
        .get("/items/{name}", async |request| {
            let name = request.param("name").unwrap().to_owned();
            Response::text(Status::OK, name)
        })
        .unwrap();
    server
        .post("/items/{name}", async |request| {
            Response::bytes(Status::CREATED, "text/plain", request.body)
        })
        .unwrap();
    server
        .get("/items/{name}/Parts/{part}", async |request| {
            let [name, part] = ["name", "part"].map(|name| request.param(name).unwrap().to_owned());
            Response::text(Status::OK, format!("{name}|{part}"))
        })
        .unwrap();
    server
        .route(Method::Delete, "/only", async |_| {
            Response::empty(Status::NO_CONTENT)
        })
        .unwrap();
    Running::start(server).await
}

#[tokio::test]
async fn finds_paths_without_case_and_with_a_slash_at_the_end() {
    let server = echoing().await;
    for (path, status, body) in [
        ("/items/Ab", 200, "Ab"),
        ("/ITEMS/Ab", 200, "Ab"),
        ("/items/Ab/", 200, "Ab"),
        ("/items/Ab?x=1", 200, "Ab"),
        ("/i%74ems/Ab", 200, "Ab"),
        ("/items/a/parts/b", 200, "a|b"),
        ("/Items/a/PARTS/b/", 200, "a|b"),
    ] {
        let answer = ask(server.address, &format!("GET {path}")).await;
        assert_eq!((answer.status, answer.text()), (status, body), "{path}");
    }
}

#[tokio::test]
async fn decodes_parameters() {
    let server = echoing().await;
    for (path, body) in [
        ("/items/a%20b", "a b"),
        ("/items/a+b", "a+b"),
        ("/items/%C3%A4%2Fo", "ä/o"),
        ("/items/100%25", "100%"),
        ("/items/a%2Fb/parts/%7Bc%7D", "a/b|{c}"),
    ] {
        let answer = ask(server.address, &format!("GET {path}")).await;
        assert_eq!((answer.status, answer.text()), (200, body), "{path}");
    }
}

#[tokio::test]
async fn answers_404_where_nothing_is() {
    let server = echoing().await;
    for path in [
        "/",
        "/items",
        "/items/",
        "/items//",
        "/items/a/b",
        "/items/a/parts",
        "/items/a/parts/",
        "/items/a/parts/b/c",
        "/items//parts/b",
        "/items/%FF",
        "/itemsx/a",
    ] {
        let answer = ask(server.address, &format!("GET {path}")).await;
        let problem = json!({
            "title": "Not Found",
            "status": 404,
            "detail": "nothing is at this path",
        });
        assert_eq!((answer.status, answer.json()), (404, problem), "{path}");
        let media_type = answer.field("content-type");
        assert_eq!(media_type, Some("application/problem+json"), "{path}");
    }
}

#[tokio::test]
async fn names_the_methods_of_a_path() {
    let server = echoing().await;
    for (request, status, allow) in [
        ("PUT /items/a", 405, "GET, HEAD, POST, OPTIONS"),
        ("DELETE /Items/a/", 405, "GET, HEAD, POST, OPTIONS"),
        ("OPTIONS /items/a", 204, "GET, HEAD, POST, OPTIONS"),
        ("GET /only", 405, "DELETE, OPTIONS"),
        ("HEAD /only", 405, "DELETE, OPTIONS"),
        ("OPTIONS /only", 204, "DELETE, OPTIONS"),
        ("OPTIONS *", 204, "GET, HEAD, POST, DELETE, OPTIONS"),
    ] {
        let mut client = Client::connect(server.address).await;
        client.request(request, "").await;
        let head = client.head().await;
        assert_eq!(head.status, status, "{request}");
        assert_eq!(head.field("allow"), Some(allow), "{request}");
    }
    let refused = ask(server.address, "PUT /items/a").await;
    assert_eq!(
        refused.json(),
        json!({
            "title": "Method Not Allowed",
            "status": 405,
            "detail": "this path takes only the methods in the Allow header",
        })
    );
}

#[tokio::test]
async fn answers_head_as_get_without_content() {
    let server = echoing().await;
    let mut client = Client::connect(server.address).await;
    client.request("HEAD /items/four", "").await;
    let head = client.head().await;
    assert_eq!(head.status, 200);
    assert_eq!(head.field("content-length"), Some("4"));
    // Nothing stands between this answer and the next.
    client.request("GET /items/next", "").await;
    assert_eq!(client.answer().await.text(), "next");
}

#[tokio::test]
async fn tells_methods_of_one_path_apart() {
    let server = echoing().await;
    let answer = post(server.address, "/items/a", "{}").await;
    assert_eq!((answer.status, answer.text()), (201, "{}"));
}

#[test]
fn refuses_routes_that_cannot_be_told_apart() {
    let mut server = ServerBuilder::new();
    let answer = async |_| Response::empty(Status::NO_CONTENT);
    server.get("/a/{x}/b", answer).unwrap();
    server.post("/a/{x}/b", answer).unwrap();
    server.get("/a/x/b", answer).unwrap();
    for pattern in ["/a/{x}/b", "/a/{other}/b", "/A/{x}/B", "/a/{x}/b/"] {
        let expected = SetupError::DuplicateRoute {
            method: Method::Get,
            pattern: pattern.into(),
        };
        assert_eq!(
            expected.to_string(),
            format!("the route GET {pattern} is registered twice")
        );
        assert_eq!(server.get(pattern, answer).err(), Some(expected));
    }
}

#[test]
fn refuses_what_is_no_route() {
    let mut server = ServerBuilder::new();
    for (pattern, error, text) in [
        (
            "items",
            PatternError::NoSlash("items".into()),
            "the route \"items\" does not begin with a slash",
        ),
        (
            "/items/{}",
            PatternError::NoName("/items/{}".into()),
            "the route \"/items/{}\" has a parameter without a name",
        ),
    ] {
        let added = server.get(pattern, async |_| Response::empty(Status::OK));
        let refused = added.err();
        let expected = SetupError::Pattern(error);
        assert_eq!(expected.to_string(), text);
        assert_eq!(refused, Some(expected));
    }
}

#[tokio::test]
async fn refuses_connections_above_the_cap_and_takes_them_again_below() {
    let mut server = ServerBuilder::new();
    let mut config = ServerConfig::default();
    config.max_connections = 2;
    server.config(config);
    server
        .get("/", async |_| Response::text(Status::OK, "here"))
        .unwrap();
    let server = Running::start(server).await;
    let mut kept = Vec::new();
    for _ in 0..2 {
        let mut client = Client::connect(server.address).await;
        client.request("GET /", "").await;
        assert_eq!(client.answer().await.text(), "here");
        kept.push(client);
    }

    let mut third = Client::connect(server.address).await;
    let refusal = third.answer().await;
    assert_eq!(refusal.status, 503);
    assert_eq!(refusal.field("retry-after"), Some("5"));
    assert_eq!(refusal.field("connection"), Some("close"));
    third.ends().await;
    assert_eq!(server.metrics.connections_refused.value(), 1);

    // Those that were there first go on, and one that leaves makes room.
    kept[0].request("GET /", "").await;
    assert_eq!(kept[0].answer().await.text(), "here");
    drop(kept.pop());
    while !is_served(server.address).await {}
}

/// Whether a new connection is answered; otherwise it is refused, maybe before it could ask.
async fn is_served(address: SocketAddr) -> bool {
    let mut client = Client::connect(address).await;
    let asked = client
        .stream
        .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    while client.more().await && !client.buffer.ends_with(b"here") {}
    let answer = String::from_utf8_lossy(&client.buffer);
    let served = answer.starts_with("HTTP/1.1 200 ");
    assert!(served || asked.is_err() || answer.is_empty() || answer.starts_with("HTTP/1.1 503 "));
    served
}

#[tokio::test]
async fn answers_the_request_in_flight_when_it_stops_and_ends_idle_connections() {
    let mut server = ServerBuilder::new();
    let [begun, go_on] = [Arc::new(Notify::new()), Arc::new(Notify::new())];
    let (begins, goes_on) = (Arc::clone(&begun), Arc::clone(&go_on));
    server
        .get("/slow", move |_| {
            let (begins, goes_on) = (Arc::clone(&begins), Arc::clone(&goes_on));
            async move {
                begins.notify_one();
                goes_on.notified().await;
                Response::text(Status::OK, "done all the same")
            }
        })
        .unwrap();
    let mut server = Running::start(server).await;
    let address = server.address;
    let mut idle = Client::connect(address).await;
    idle.request("GET /nothing", "").await;
    assert_eq!(idle.answer().await.status, 404);
    let mut busy = Client::connect(address).await;
    busy.request("GET /slow", "").await;
    begun.notified().await;

    server.ask_to_stop();
    idle.ends().await;
    go_on.notify_one();
    let answer = busy.answer().await;
    assert_eq!(answer.text(), "done all the same");
    assert_eq!(answer.field("connection"), Some("close"));
    busy.ends().await;
    drop(busy);
    server.stopped().await;
    let refused = tokio::net::TcpStream::connect(address).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn cuts_what_is_not_done_when_the_drain_time_is_over() {
    let mut server = ServerBuilder::new();
    let mut config = ServerConfig::default();
    config.drain_timeout = std::time::Duration::from_millis(50);
    server.config(config);
    server
        .get("/for-ever", async |_| {
            std::future::pending::<Response>().await
        })
        .unwrap();
    let server = Running::start(server).await;
    let mut client = Client::connect(server.address).await;
    client.request("GET /for-ever", "").await;
    until(|| server.metrics.requests.value() == 1).await;
    server.stopped().await;
    client.ends().await;
}

#[tokio::test]
async fn runs_stop_hooks_before_any_connection_ends() {
    let mut server = ServerBuilder::new();
    let stream = EventStream::new(StreamConfig::default(), Arc::clone(server.metrics()));
    server.stream("/events", &stream).unwrap();
    let clients = server
        .hub(
            "/hub",
            Hub::new(()).method("Here", async |_, _: Caller, ()| Ok(())),
        )
        .unwrap();
    let hub_count = clients.clone();
    let told = stream.clone();
    let seen = Arc::new(Mutex::new(None));
    let witness = Arc::clone(&seen);
    server.on_stop(async move {
        clients.all().send("Bye", ("soon",)).await.unwrap();
        told.send(sse_codec::EventRef::new("soon")).unwrap();
        *witness.lock().unwrap() = Some((clients.count(), told.connected()));
    });
    let server = Running::start(server).await;
    let mut events = Events::open(server.address, "/events").await;
    assert_eq!(events.next().await, Told::Comment("connected".into()));
    let mut hub = HubClient::open(server.address, "/hub").await;
    until(|| hub_count.count() == 1).await;

    let stopped = tokio::spawn(server.stopped());
    assert_eq!(events.event().await.data, "soon");
    assert_eq!(events.next().await, Told::End);
    assert_eq!(
        hub.record().await,
        r#"{"type":1,"target":"Bye","arguments":["soon"]}"#
    );
    assert_eq!(hub.record().await, r#"{"type":7,"allowReconnect":true}"#);
    assert_eq!(hub.next().await, Heard::Closed(Some(1000)));
    hub.close(ws_frame::CloseCode::NORMAL).await;
    assert_eq!(hub.next().await, Heard::Lost);
    drop((hub, events));
    stopped.await.unwrap();
    assert_eq!(*seen.lock().unwrap(), Some((1, 1)));
    assert_eq!((hub_count.count(), stream.connected()), (0, 0));
}
