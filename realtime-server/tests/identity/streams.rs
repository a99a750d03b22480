//! Who may subscribe and publish to streams.

use std::sync::Arc;

use realtime_server::{
    auth::{Guard, Policy},
    config::StreamConfig,
    endpoint::{EventStream, Publisher},
    server::ServerBuilder,
};
use serde_json::json;

use crate::{
    signer::{HMAC, access, bearer, claims},
    support::{
        client::{Answer, Client},
        events::{Events, Told},
        running::Running,
    },
};

/// Topics are for those whose name they begin with, and everything is for administrators.
fn own_topics() -> Policy {
    let own = Policy::new(|who, topic| {
        let user = who.user.as_deref().unwrap_or_default();
        topic
            .strip_prefix(user)
            .is_some_and(|rest| !user.is_empty() && rest.starts_with('/'))
    });
    own.or(Policy::claim("role", "admin"))
}

async fn serve(guard: Guard) -> (Running, EventStream) {
    let mut server = ServerBuilder::new();
    let stream = EventStream::new(StreamConfig::default(), Arc::clone(server.metrics()));
    stream.restrict(own_topics());
    server.stream("/events", &stream).unwrap().guard(&guard);
    let publisher = Publisher::new(access(), Arc::clone(server.metrics()))
        .with_stream("events", &stream)
        .restrict(own_topics());
    server.publisher("/publish/{stream}", publisher).unwrap();
    (Running::start(server).await, stream)
}

fn token(user: &str, role: &str) -> String {
    let mut claims = claims(user, 60);
    claims["role"] = json!(role);
    HMAC.sign(&claims)
}

#[tokio::test]
async fn only_what_is_allowed_can_be_subscribed_to() {
    let (server, stream) = serve(Guard::new(access()).or_anybody()).await;
    let mut clients = Vec::new();
    let (ann, admin) = (token("ann", "user"), token("root", "admin"));
    for (query, fields, status) in [
        ("?topic=ann/1", bearer(&ann), 200),
        ("?topic=ann/1&topic=ann/2", bearer(&ann), 200),
        ("?topic=ann/1&topic=bo/1", bearer(&ann), 403),
        ("?topic=bo/1", bearer(&ann), 403),
        ("?topic=ann%2F1&TOPIC=bo%2F1", bearer(&ann), 403),
        ("", bearer(&ann), 403),
        ("", bearer(&admin), 200),
        ("?topic=bo/1", bearer(&admin), 200),
        ("?topic=ann/1", String::new(), 401),
        ("", String::new(), 401),
        ("?topic=ann/1", bearer("x"), 401),
    ] {
        let mut client = Client::connect(server.address).await;
        client
            .request(&format!("GET /events{query}"), &fields)
            .await;
        let head = client.head().await;
        assert_eq!(head.status, status, "{query} {fields}");
        let challenge = head.field("www-authenticate");
        match status {
            401 => assert!(challenge.unwrap().starts_with("Bearer"), "{query}"),
            403 => assert_eq!(challenge, Some("Bearer error=\"insufficient_scope\"")),
            _ => assert_eq!(challenge, None),
        }
        clients.push(client);
    }
    assert_eq!(stream.connected_as_user("ann"), 2);
    assert_eq!(server.metrics.requests_forbidden.value(), 4);
    assert_eq!(server.metrics.requests_unauthenticated.value(), 3);
    assert_eq!(server.metrics.stream_subscriptions_refused.value(), 6);
}

#[tokio::test]
async fn the_token_of_a_browser_stands_in_the_query_and_says_who_it_is() {
    let (server, stream) = serve(Guard::new(access())).await;
    let path = format!("/events?topic=ann/1&access_token={}", token("ann", "user"));
    let mut events = Events::open(server.address, &path).await;
    assert_eq!(events.next().await, Told::Comment("connected".into()));
    assert_eq!(stream.connected_as_user("ann"), 1);
}

async fn publish(server: &Running, fields: &str, body: &str) -> Answer {
    let mut client = Client::connect(server.address).await;
    let length = body.len();
    let fields = format!("Content-Type: application/json\r\nContent-Length: {length}\r\n{fields}");
    client.request("POST /publish/events", &fields).await;
    client.send(body).await;
    client.answer().await
}

#[tokio::test]
async fn only_what_is_allowed_can_be_published_and_all_of_a_batch_or_nothing() {
    let (server, stream) = serve(Guard::new(access())).await;
    let (ann, admin) = (token("ann", "user"), token("root", "admin"));
    let path = format!("/events?topic=ann/1&access_token={admin}");
    let mut events = Events::open(server.address, &path).await;
    assert_eq!(events.next().await, Told::Comment("connected".into()));
    for (fields, body, status) in [
        (bearer(&ann), r#"{"topic":"bo/1","data":"no"}"#, 403),
        (bearer(&ann), r#"{"data":"no"}"#, 403),
        (bearer(&ann), r#"{"user":"ann","data":"no"}"#, 403),
        (
            bearer(&ann),
            r#"[{"topic":"ann/1","data":"no"},{"data":"no"}]"#,
            403,
        ),
        (String::new(), r#"{"topic":"ann/1","data":"no"}"#, 401),
        (bearer("x"), r#"{"topic":"ann/1","data":"no"}"#, 401),
        (bearer(&ann), r#"{"topic":"ann/1","data":"one"}"#, 200),
        (bearer(&admin), r#"{"data":"two"}"#, 200),
    ] {
        let answer = publish(&server, &fields, body).await;
        assert_eq!(answer.status, status, "{body} {fields}");
    }
    assert_eq!(events.event().await.data, "one");
    assert_eq!(events.event().await.data, "two");
    assert_eq!(stream.connected(), 1);
}
