//! `GET {hub}`: from a request to a WebSocket.

use serde_json::json;

use crate::{
    rig::{HUB, Rig},
    support::{
        client::{Answer, Client, post},
        hub::{HubClient, result},
    },
};

/// The public id and the token of a new negotiation.
async fn negotiated(rig: &Rig) -> (String, String) {
    let answer = post(rig.address(), "/hub/negotiate?negotiateVersion=1", "").await;
    let member = |name| answer.json()[name].as_str().unwrap().to_owned();
    (member("connectionId"), member("connectionToken"))
}

async fn upgrade(rig: &Rig, path: &str, fields: &str) -> Result<HubClient, Answer> {
    HubClient::upgrade(Client::connect(rig.address()).await, path, fields).await
}

#[tokio::test]
async fn connects_with_the_token_and_has_the_public_id() {
    let rig = Rig::new().await;
    let (id, token) = negotiated(&rig).await;
    let hub = upgrade(&rig, &format!("/Hub/?Id={token}"), "").await;
    let mut hub = hub.unwrap_or_else(|head| panic!("{head:?}")).shake().await;
    assert_eq!(hub.call("Id", "[]").await, result(&format!("\"{id}\"")));
}

#[tokio::test]
async fn connects_with_the_id_of_version_0() {
    let rig = Rig::new().await;
    let answer = post(rig.address(), "/hub/negotiate", "").await;
    let id = answer.json()["connectionId"].as_str().unwrap().to_owned();
    let hub = upgrade(&rig, &format!("/hub?id={id}"), "").await;
    let mut hub = hub.unwrap_or_else(|head| panic!("{head:?}")).shake().await;
    assert_eq!(hub.call("Id", "[]").await, result(&format!("\"{id}\"")));
}

#[tokio::test]
async fn connects_without_a_negotiation() {
    let rig = Rig::new().await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        ids.push(rig.open().await.call("Id", "[]").await);
    }
    assert_ne!(ids.first(), ids.last());
}

#[tokio::test]
async fn takes_a_token_once_and_never_a_public_id() {
    let rig = Rig::new().await;
    let (id, token) = negotiated(&rig).await;
    for stranger in [&id, "unknown", "%FF"] {
        let refused = upgrade(&rig, &format!("/hub?id={stranger}"), "").await;
        assert_eq!(
            refused.err().map(|head| head.status),
            Some(404),
            "{stranger}"
        );
    }
    let path = format!("/hub?id={token}");
    let first = upgrade(&rig, &path, "").await;
    let first = first.unwrap_or_else(|head| panic!("{head:?}"));
    let second = upgrade(&rig, &path, "").await;
    assert_eq!(second.err().map(|head| head.status), Some(409));
    // The refused one took nothing from it.
    let mut first = first.shake().await;
    assert_eq!(first.call("Id", "[]").await, result(&format!("\"{id}\"")));
}

#[tokio::test]
async fn takes_pages_of_its_own_origin_and_of_no_other() {
    let rig = Rig::new().await;
    let own = rig.address();
    for (origin, status) in [
        (format!("http://{own}"), None),
        (format!("https://{own}"), Some(403)),
        (format!("HTTP://{own}"), None),
        ("http://127.0.0.1".to_owned(), Some(403)),
        (format!("ws://{own}"), Some(403)),
        ("http://evil.example".to_owned(), Some(403)),
        (format!("http://{own}.evil.example"), Some(403)),
        ("null".to_owned(), Some(403)),
        (own.to_string(), Some(403)),
        ("caf\u{e9}".to_owned(), Some(403)),
    ] {
        let upgraded = upgrade(&rig, HUB, &format!("Origin: {origin}\r\n")).await;
        assert_eq!(upgraded.err().map(|head| head.status), status, "{origin}");
    }
}

#[tokio::test]
async fn names_the_origin_in_its_refusal() {
    let rig = Rig::new().await;
    let mut client = Client::connect(rig.address()).await;
    let fields = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://evil.example\r\n";
    client.request("GET /hub", fields).await;
    let problem = json!({
        "title": "Forbidden",
        "status": 403,
        "detail": "pages of other origins may not connect",
        "field": "Origin",
    });
    assert_eq!(client.answer().await.json(), problem);
}

#[tokio::test]
async fn refuses_a_handshake_that_is_none_and_keeps_the_token() {
    let rig = Rig::new().await;
    let (id, token) = negotiated(&rig).await;
    let path = format!("GET /hub?id={token}");
    for (version, key, status) in [
        (
            "Sec-WebSocket-Version: 12\r\n",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
            426,
        ),
        ("", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", 426),
        (
            "Sec-WebSocket-Version: 13\r\n",
            "Sec-WebSocket-Key: dG9vIHNob3J0\r\n",
            400,
        ),
        ("Sec-WebSocket-Version: 13\r\n", "", 400),
    ] {
        let mut client = Client::connect(rig.address()).await;
        let fields = format!("Upgrade: websocket\r\nConnection: Upgrade\r\n{version}{key}");
        client.request(&path, &fields).await;
        let refusal = client.answer().await;
        assert_eq!(refusal.status, status, "{version}{key}");
        //= https://www.rfc-editor.org/rfc/rfc6455#section-4.4
        //# If the server doesn't support the requested version, it MUST respond with a
        //# |Sec-WebSocket-Version| header field
        let offered = (status == 426).then_some("13");
        assert_eq!(refusal.field("sec-websocket-version"), offered);
        //= https://www.rfc-editor.org/rfc/rfc9110#section-7.8
        //# A sender of Upgrade MUST also send an "Upgrade" connection option in the Connection
        //# header field
        let upgrade = (status == 426).then_some("websocket");
        assert_eq!(refusal.field("upgrade"), upgrade);
        let option = (status == 426).then_some("upgrade");
        assert_eq!(refusal.field("connection"), option);
    }
    // What was refused has not used the token up.
    let hub = upgrade(&rig, &format!("/hub?id={token}"), "").await;
    let mut hub = hub.unwrap_or_else(|head| panic!("{head:?}")).shake().await;
    assert_eq!(hub.call("Id", "[]").await, result(&format!("\"{id}\"")));
}
