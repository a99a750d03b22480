//! Publishing over HTTP.

use std::sync::Arc;

use realtime_server::{
    auth::Access, config::StreamConfig, endpoint::Publisher, identity::Identity,
};
use serde_json::{Value, json};

use crate::{reader::Reader, rig::Rig, support::client::Client};

const JSON: &str = "Content-Type: application/json\r\n";
const TEXT: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

fn local() -> Access {
    Access::new().with_local(Identity::user("local"))
}

/// A server whose stream is published to as `news`.
async fn rig(access: Access, config: StreamConfig) -> Rig {
    Rig::with(config, |server, stream| {
        let metrics = Arc::clone(server.metrics());
        let publisher = Publisher::new(access, metrics).with_stream("news", stream);
        server.publisher("/publish/{stream}", publisher).unwrap();
    })
    .await
}

/// Publishes; the status and the answer.
async fn publish(rig: &Rig, query: &str, lines: &str, body: impl AsRef<[u8]>) -> (u16, Value) {
    let target = format!("/publish/news{query}");
    let mut answer = Reader::post(rig.address, &target, lines, body).await;
    (answer.status, answer.json().await)
}

async fn publish_json(rig: &Rig, body: Value) -> (u16, Value) {
    publish(rig, "", JSON, body.to_string()).await
}

#[tokio::test]
async fn text_is_the_data_whatever_curl_calls_it() {
    let rig = rig(local(), StreamConfig::default()).await;
    let mut reader = rig.subscribe("").await;
    for lines in [TEXT, "", "Content-Type: text/plain; charset=utf-8\r\n"] {
        let (status, receipt) = publish(&rig, "", lines, "a=b&c+d %41\nü").await;
        assert_eq!((status, &receipt["subscribers"]), (200, &json!(1)));
        let event = reader.event().await;
        assert_eq!(event.data, "a=b&c+d %41\nü");
        assert_eq!(event.event, None);
        assert_eq!(receipt["id"], event.last_event_id);
    }
    let (status, _) = publish(&rig, "", TEXT, "").await;
    assert_eq!((status, reader.data().await), (200, String::new()));
}

#[tokio::test]
async fn text_has_its_other_fields_in_the_query() {
    let rig = rig(local(), StreamConfig::default()).await;
    let mut reader = rig.subscribe("?topic=t").await;
    let (_, receipt) = publish(&rig, "?event=e&id=i-1&topic=t", TEXT, "x").await;
    assert_eq!(receipt, json!({"id": "i-1", "subscribers": 1}));
    let event = reader.event().await;
    assert_eq!(event.event.as_deref(), Some("e"));
    assert_eq!((&*event.last_event_id, &*event.data), ("i-1", "x"));
}

#[tokio::test]
async fn json_data_is_what_a_string_says_or_the_json() {
    let rig = rig(local(), StreamConfig::default()).await;
    let mut reader = rig.subscribe("").await;
    for (data, expected) in [
        (json!("two\nlines \u{1F600}"), "two\nlines \u{1F600}"),
        (
            json!({"b": 1, "a": [true, null]}),
            r#"{"a":[true,null],"b":1}"#,
        ),
        (json!(5), "5"),
        (json!(""), ""),
    ] {
        let (status, _) = publish_json(&rig, json!({"event": "n", "data": data})).await;
        assert_eq!(status, 200);
        let event = reader.event().await;
        assert_eq!(
            (event.event.as_deref(), &*event.data),
            (Some("n"), expected)
        );
    }
    // Numbers are not read and written anew.
    publish(
        &rig,
        "",
        JSON,
        r#" {"data": {"n":1.0e2,"big":18446744073709551616}} "#,
    )
    .await;
    assert_eq!(
        reader.data().await,
        r#"{"n":1.0e2,"big":18446744073709551616}"#
    );
}

#[tokio::test]
async fn an_event_reaches_whom_it_is_for() {
    let rig = rig(local(), StreamConfig::default()).await;
    let mut nobody = rig.subscribe("").await;
    let mut ann = rig.subscribe("?user=ann&tenant=acme&topic=t").await;
    for member in ["topic", "user", "tenant"] {
        let name = match member {
            "topic" => "t",
            "user" => "ann",
            _ => "acme",
        };
        let (_, receipt) = publish_json(&rig, json!({"data": member, member: name})).await;
        assert_eq!(receipt["subscribers"], 1);
        assert_eq!(ann.data().await, member);
    }
    let (_, receipt) = publish_json(&rig, json!({"data": "x", "connection": "gone"})).await;
    assert_eq!(receipt, json!({"id": null, "subscribers": 0}));
    let (_, receipt) = publish_json(&rig, json!({"data": "all"})).await;
    assert_eq!(receipt["subscribers"], 2);
    assert_eq!(nobody.data().await, "all");
}

#[tokio::test]
async fn several_events_are_sent_in_order_and_each_has_its_receipt() {
    let rig = rig(local(), StreamConfig::default()).await;
    let mut reader = rig.subscribe("").await;
    let body =
        json!([{"data": "1"}, {"data": "2", "id": "own"}, {"data": 3, "user": "x"}, {"data": "4"}]);
    let (status, receipts) = publish_json(&rig, body).await;
    assert_eq!(status, 200);
    let counts: Vec<_> = receipts
        .as_array()
        .unwrap()
        .iter()
        .map(|r| &r["subscribers"])
        .collect();
    assert_eq!(counts, [1, 1, 0, 1]);
    for (data, at) in [("1", 0), ("2", 1), ("4", 3)] {
        let event = reader.event().await;
        assert_eq!(event.data, data);
        assert_eq!(receipts[at]["id"], event.last_event_id);
    }
    assert_eq!(publish_json(&rig, json!([])).await, (200, json!([])));
}

#[tokio::test]
async fn of_several_events_all_are_sent_or_none() {
    let rig = rig(local(), StreamConfig::default()).await;
    let mut reader = rig.subscribe("").await;
    for (body, status, field) in [
        (
            json!([{"data": "1"}, {"data": "2", "event": "a\nb"}]),
            400,
            "[1].event",
        ),
        (
            json!([{"data": "1"}, {"event": "no data"}]),
            400,
            "[1].data",
        ),
        (
            json!([{"data": "1"}, {"data": "2", "event": 5}]),
            400,
            "[1].event",
        ),
        (
            json!([{"data": "1", "id": "i"}, {"data": "2", "id": "i"}]),
            409,
            "[1].id",
        ),
        (
            json!([{"data": "1"}, {"data": "2", "user": "a", "topic": "b"}]),
            400,
            "[1].user",
        ),
        (json!([{"data": "1"}, 5]), 400, "[1]"),
    ] {
        let (got, problem) = publish_json(&rig, body.clone()).await;
        assert_eq!((got, &problem["field"]), (status, &json!(field)), "{body}");
    }
    rig.send("the first");
    assert_eq!(reader.data().await, "the first");
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let mut config = StreamConfig::default();
    config.max_queued_bytes = 1_000;
    let rig = rig(local(), config).await;
    publish_json(&rig, json!({"data": "", "id": "taken"})).await;
    let refusals = [
        (json!({"data": "x", "event": "a\r"}), 400, "event"),
        (json!({"data": "x", "id": ""}), 400, "id"),
        (json!({"data": "x", "id": "a b"}), 400, "id"),
        (json!({"data": "x", "id": "x".repeat(129)}), 400, "id"),
        (json!({"data": "x", "id": "taken"}), 409, "id"),
        (json!({"data": "x".repeat(1_000)}), 413, "data"),
        (json!({}), 400, "data"),
        (json!({"data": null}), 400, "data"),
        (json!({"data": "x", "evnt": "typo"}), 400, "evnt"),
        (json!({"data": "x", "topic": ["t"]}), 400, "topic"),
        (
            json!({"data": "x", "topic": "t", "tenant": "t"}),
            400,
            "tenant",
        ),
        (json!("text"), 400, "body"),
        (json!(vec![json!({"data": 1}); 1_001]), 400, "body"),
    ];
    for ((body, status, field), count) in refusals.into_iter().zip(1..) {
        let (got, problem) = publish_json(&rig, body.clone()).await;
        assert_eq!((got, &problem["field"]), (status, &json!(field)), "{body}");
        assert_eq!(problem["status"], status);
        assert_eq!(rig.metrics.publications_refused.value(), count);
    }
    let (status, problem) = publish(&rig, "", JSON, "{\"data\":").await;
    assert_eq!((status, &problem["field"]), (400, &json!("data")));
    let (status, problem) = publish(&rig, "", TEXT, b"\xff").await;
    assert_eq!((status, &problem["field"]), (400, &json!("body")));
    let (status, problem) = publish(&rig, "?event=a%0Ab", TEXT, "x").await;
    assert_eq!((status, &problem["field"]), (400, &json!("event")));
    let mut missing = Reader::post(rig.address, "/publish/olds", TEXT, "x").await;
    assert_eq!(missing.status, 404);
    assert_eq!(missing.json().await["field"], "stream");
}

#[tokio::test]
async fn a_body_has_at_most_256_kib() {
    let rig = rig(local(), StreamConfig::default()).await;
    let (status, _) = publish(&rig, "", TEXT, "x".repeat(256 * 1024)).await;
    assert_eq!(status, 200);
    let (status, _) = publish(&rig, "", TEXT, "x".repeat(256 * 1024 + 1)).await;
    assert_eq!(status, 413);
}

#[tokio::test]
async fn a_token_is_needed_where_there_is_one() {
    let access = Access::new()
        .with_token("first-secret", Identity::user("a"))
        .with_token("second-secret", Identity::user("b"));
    let rig = rig(access, StreamConfig::default()).await;
    let post = async |line: &str| Reader::post(rig.address, "/publish/news", line, "x").await;
    for line in [
        "Authorization: Bearer first-secret\r\n",
        "authorization: bearer second-secret\r\n",
        // The token is what counts, not the page.
        "Authorization: Bearer first-secret\r\nOrigin: https://elsewhere.example\r\n",
    ] {
        assert_eq!(post(line).await.status, 200, "{line}");
    }
    let missing = post("").await;
    assert_eq!(missing.status, 401);
    assert_eq!(missing.header("www-authenticate"), Some("Bearer"));
    for line in [
        "Authorization: Bearer first-secre\r\n",
        "Authorization: Bearer first-secret2\r\n",
        "Authorization: Bearer \r\n",
    ] {
        let wrong = post(line).await;
        assert_eq!(wrong.status, 401, "{line}");
        assert_eq!(
            wrong.header("www-authenticate"),
            Some("Bearer error=\"invalid_token\"")
        );
    }
    for line in [
        "Authorization: Basic first-secret\r\n",
        "Authorization: first-secret\r\n",
        "Authorization: \r\n",
    ] {
        let other = post(line).await;
        assert_eq!(other.status, 401, "{line}");
        assert_eq!(other.header("www-authenticate"), Some("Bearer"), "{line}");
    }
    assert_eq!(rig.metrics.requests_unauthenticated.value(), 7);
}

#[tokio::test]
async fn without_a_token_only_this_machine_itself_may() {
    let rig = rig(local(), StreamConfig::default()).await;
    let port = rig.address.port();
    let own = format!("Origin: http://127.0.0.1:{port}\r\n");
    for (line, status) in [
        ("", 200),
        (&*own, 200),
        ("Origin: http://elsewhere.example\r\n", 403),
        ("Origin: null\r\n", 403),
        ("X-Forwarded-For: 203.0.113.7\r\n", 401),
        ("Forwarded: for=203.0.113.7\r\n", 401),
        ("X-Forwarded-Proto: https\r\n", 401),
        ("X-Forwarded-Host: push.example\r\n", 401),
        ("X-Real-IP: 203.0.113.7\r\n", 401),
        ("Via: 1.1 proxy\r\n", 401),
        ("Authorization: Bearer whatever\r\n", 401),
    ] {
        let (got, _) = publish(&rig, "", line, "x").await;
        assert_eq!(got, status, "{line}");
    }
    for (host, status) in [
        ("localhost", 200),
        ("LOCALHOST:80", 200),
        ("[::1]:5000", 200),
        ("[::1]", 200),
        ("127.0.0.2", 200),
        // A name that somebody else has pointed here.
        ("rebound.example", 421),
        ("127.0.0.1.rebound.example:80", 421),
        ("203.0.113.7", 403),
    ] {
        let mut client = Client::connect(rig.address).await;
        let request =
            format!("POST /publish/news HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1\r\n\r\nx");
        client.send(request).await;
        assert_eq!(client.answer().await.status, status, "{host}");
    }
    // So nginx asks that was told nothing but where to pass requests on.
    for (version, status) in [("1.1", 200), ("1.0", 401)] {
        let mut client = Client::connect(rig.address).await;
        let request = format!(
            "POST /publish/news HTTP/{version}\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\
             Content-Length: 1\r\n\r\nx"
        );
        client.send(request).await;
        assert_eq!(client.answer().await.status, status, "{version}");
    }
    let nobody = self::rig(Access::new(), StreamConfig::default()).await;
    assert_eq!(publish(&nobody, "", "", "x").await.0, 401);
}
