//! `POST {hub}/negotiate`.

use std::{collections::HashSet, time::Duration};

use serde_json::Value;

use crate::{
    rig::Rig,
    support::{
        client::{Answer, ask, post},
        until,
    },
};

const TRANSPORTS: &str = concat!(
    r#""availableTransports":[{"transport":"WebSockets","transferFormats":["Text","Binary"]},"#,
    r#"{"transport":"ServerSentEvents","transferFormats":["Text"]},"#,
    r#"{"transport":"LongPolling","transferFormats":["Text","Binary"]}]}"#,
);

async fn negotiate(rig: &Rig, query: &str) -> Answer {
    post(rig.address(), &format!("/hub/negotiate{query}"), "").await
}

fn member(answer: &Answer, name: &str) -> String {
    let json = answer.json();
    json.get(name)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("no {name} in {json}"))
        .to_owned()
}

fn is_id(text: &str) -> bool {
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    text.len() == 22 && text.bytes().all(is_base64url)
}

#[tokio::test]
async fn gives_an_id_and_a_secret_token_in_version_1() {
    let rig = Rig::new().await;
    for query in [
        "?negotiateVersion=1",
        "?negotiateVersion=2",
        "?NegotiateVersion=99&x=y",
        "?negotiateVersion=1&useStatefulReconnect=true",
    ] {
        let answer = negotiate(&rig, query).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.field("content-type"), Some("application/json"));
        assert_eq!(answer.field("cache-control"), Some("no-store"));
        let id = member(&answer, "connectionId");
        let token = member(&answer, "connectionToken");
        assert!(is_id(&id) && is_id(&token) && id != token, "{id} {token}");
        let expected = format!(
            r#"{{"negotiateVersion":1,"connectionId":"{id}","connectionToken":"{token}",{TRANSPORTS}"#
        );
        assert_eq!(answer.text(), expected, "{query}");
    }
}

#[tokio::test]
async fn gives_an_id_alone_in_version_0() {
    let rig = Rig::new().await;
    for query in ["", "?", "?negotiateVersion=0", "?version=1"] {
        let answer = negotiate(&rig, query).await;
        let id = member(&answer, "connectionId");
        assert!(is_id(&id), "{id}");
        let expected = format!(r#"{{"negotiateVersion":0,"connectionId":"{id}",{TRANSPORTS}"#);
        assert_eq!((answer.status, answer.text()), (200, &*expected), "{query}");
    }
}

#[tokio::test]
async fn never_gives_an_id_twice() {
    let rig = Rig::new().await;
    let mut ids = HashSet::new();
    for _ in 0..20 {
        let answer = negotiate(&rig, "?negotiateVersion=1").await;
        ids.insert(member(&answer, "connectionId"));
        ids.insert(member(&answer, "connectionToken"));
    }
    assert_eq!(ids.len(), 40);
}

#[tokio::test]
async fn tells_a_client_that_its_version_is_none() {
    let rig = Rig::new().await;
    for (query, error) in [
        (
            "?negotiateVersion=one",
            "The client requested a non-integer protocol version.",
        ),
        (
            "?negotiateVersion=1.0",
            "The client requested a non-integer protocol version.",
        ),
        (
            "?negotiateVersion=-1",
            "The client requested version '-1', but the server does not support this version.",
        ),
    ] {
        let answer = negotiate(&rig, query).await;
        let expected = format!(r#"{{"error":"{error}"}}"#);
        assert_eq!((answer.status, answer.text()), (200, &*expected), "{query}");
    }
}

#[tokio::test]
async fn refuses_versions_below_the_lowest_that_is_served() {
    let rig = Rig::configured(|config| config.min_negotiate_version = 1).await;
    for (query, version) in [
        ("", "0"),
        ("?negotiateVersion=0", "0"),
        ("?negotiateVersion=-1", "-1"),
    ] {
        let answer = negotiate(&rig, query).await;
        assert_eq!(answer.status, 200);
        let text = format!(
            "The client requested version '{version}', but the server does not support this version."
        );
        assert_eq!(answer.json(), serde_json::json!({"error": text}));
    }
    for query in ["?negotiateVersion=1", "?negotiateVersion=2"] {
        assert_eq!(negotiate(&rig, query).await.json()["negotiateVersion"], 1);
    }
}

#[tokio::test]
async fn takes_post_alone() {
    let rig = Rig::new().await;
    for method in ["GET", "PUT", "DELETE", "HEAD"] {
        let mut client = crate::support::client::Client::connect(rig.address()).await;
        client
            .request(&format!("{method} /hub/negotiate?negotiateVersion=1"), "")
            .await;
        let head = client.head().await;
        assert_eq!(
            (head.status, head.field("allow")),
            (405, Some("POST, OPTIONS"))
        );
    }
}

#[tokio::test]
async fn ignores_the_body_and_the_case_of_the_path() {
    let rig = Rig::new().await;
    let answer = post(
        rig.address(),
        "/HUB/Negotiate?negotiateVersion=1",
        "not json",
    )
    .await;
    assert!(is_id(&member(&answer, "connectionToken")));
}

#[tokio::test]
async fn refuses_more_than_may_wait() {
    let rig = Rig::configured(|config| config.max_pending = 2).await;
    for _ in 0..2 {
        assert_eq!(negotiate(&rig, "").await.status, 200);
    }
    let refused = negotiate(&rig, "").await;
    assert_eq!(
        (refused.status, refused.field("retry-after")),
        (503, Some("1"))
    );
}

#[tokio::test]
async fn forgets_a_connection_that_nobody_takes_up() {
    let rig = Rig::configured(|config| {
        config.connect_timeout = Duration::ZERO;
        config.max_pending = 1;
    })
    .await;
    let id = member(&negotiate(&rig, "").await, "connectionId");
    let late = ask(rig.address(), &format!("GET /hub?id={id}")).await;
    assert_eq!(
        (late.status, late.text()),
        (404, "No Connection with that ID")
    );
    until(|| rig.metrics().hub_negotiations_expired.value() == 1).await;
    // It takes no place any more.
    assert_eq!(negotiate(&rig, "").await.status, 200);
}
