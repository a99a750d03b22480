//! What must not be seen in a `Debug` form is in everything that can hold it.

use std::{
    fmt::{Debug, Write},
    sync::{Arc, Mutex},
};

use bytes::BytesMut;
use realtime_server::{
    auth::{
        Access, Cookies, Guard, Key, KeySet, KeySetUrl, Keys, Policy, Tickets, Token, Verifier,
    },
    config::{HttpConfig, HubConfig, Origins, WebSocketConfig},
    endpoint::WebSocket,
    http::{HeadReader, HeaderValue, Request, Response, Scheme, Status},
    hub::{Caller, Hub},
    identity::Identity,
    server::ServerBuilder,
    signalr::RawConnection,
};

use crate::{
    signer::{HMAC, bearer},
    support::{client::Client, hub::HubClient, running::Running},
};

const CANARY: &str = "canary-that-is-longer-than-32-bytes";

/// All that was formatted.
#[derive(Clone, Default)]
struct Said(Arc<Mutex<String>>);

impl Said {
    fn see(&self, what: &impl Debug) {
        let mut said = self.0.lock().unwrap();
        write!(said, "{what:?}\n{what:#?}\n").unwrap();
    }

    fn has_none_of(&self, secrets: &[&str]) {
        let said = self.0.lock().unwrap();
        for secret in secrets {
            let line = said.lines().find(|line| line.contains(secret));
            assert_eq!(line, None, "{secret}");
        }
        // Nor as a list of bytes.
        assert!(!said.contains("99, 97, 110, 97, 114, 121"), "{said}");
    }
}

#[test]
fn nobody_who_knows_secrets_tells_them() {
    let said = Said::default();
    let token = HMAC.token("ann", 60);
    let tickets = Arc::new(Tickets::new());
    let ticket = tickets.issue(Arc::new(Identity::user("ann"))).unwrap();
    let key = Key::hs256(CANARY.as_bytes()).unwrap();
    let set = KeySet::of(key.clone());
    let keys = Keys::from(set.clone());
    let verifier = Verifier::new(keys.clone());
    let access = Access::new()
        .with_token(CANARY, Identity::user("ann"))
        .with_cookie("session", Origins::Same)
        .with_verifier(verifier.clone())
        .with_tickets(&tickets);
    said.see(&access);
    said.see(&Guard::new(access).policy(Policy::user()));
    said.see(&tickets);
    said.see(&(key, set, keys, verifier));
    said.see(&Token::parse(&token).unwrap());
    let url = format!("https://issuer.test/keys?key={CANARY}");
    said.see(&KeySetUrl::parse(&url).unwrap());
    let line = format!("session={CANARY}");
    said.see(&Cookies::new(line.as_bytes()));
    said.see(&Identity::user("ann").with_claim("jti", CANARY));
    let cookie = HeaderValue::try_from(line.as_str()).unwrap();
    said.see(&Response::text(Status::OK, CANARY).header("set-cookie", cookie));
    let signature = token.rsplit('.').next().unwrap();
    said.has_none_of(&[CANARY, &ticket, &token, signature]);
}

#[test]
fn a_head_tells_no_value() {
    let text = format!(
        "GET /path?access_token={CANARY}&id={CANARY} HTTP/1.1\r\nHost: localhost\r\n\
         Authorization: Bearer {CANARY}\r\nCookie: session={CANARY}\r\n\r\n"
    );
    let mut reader = HeadReader::new(HttpConfig::default());
    let peer = ([127, 0, 0, 1], 1).into();
    let read = reader.read(&mut BytesMut::from(text.as_str()), peer, Scheme::Http);
    let head = read.unwrap().unwrap();
    let said = Said::default();
    said.see(&head);
    said.see(&head.headers);
    said.see(&head.target);
    said.has_none_of(&[CANARY]);
}

#[tokio::test]
async fn what_handlers_and_methods_hold_tells_nothing() {
    let said = Said::default();
    let mut server = ServerBuilder::new();
    let access = Access::new().with_token(CANARY, Identity::user("ann"));
    server.guard(Some(Guard::new(access)));
    let seen = said.clone();
    server
        .post("/route", move |request: Request| {
            seen.see(&request);
            std::future::ready(Response::text(Status::OK, "seen"))
        })
        .unwrap();
    let seen = said.clone();
    server
        .websocket(
            "/ws",
            WebSocketConfig::default(),
            move |socket: WebSocket| {
                seen.see(&socket);
                std::future::ready(())
            },
        )
        .unwrap();
    let seen = said.clone();
    server
        .raw_connections("/raw", HubConfig::default(), move |raw: RawConnection| {
            seen.see(&raw);
            seen.see(raw.request());
            std::future::ready(())
        })
        .unwrap();
    let seen = said.clone();
    let hub = Hub::new(()).method("See", move |_, caller: Caller, (): ()| {
        seen.see(&caller);
        seen.see(caller.request());
        seen.see(&caller.identity());
        std::future::ready(Ok("seen"))
    });
    said.see(&hub);
    let clients = server.hub("/hub", hub).unwrap();
    said.see(&server);
    let server = Running::start(server).await;
    let address = server.address;
    let mut client = Client::connect(address).await;
    let fields = format!("Content-Length: {}\r\n{}", CANARY.len(), bearer(CANARY));
    let line = format!("POST /route?access_token={CANARY}");
    client.request(&line, &fields).await;
    client.send(CANARY).await;
    assert_eq!(client.answer().await.text(), "seen");
    let mut hub = None;
    for path in ["/ws", "/raw", "/hub"] {
        let client = Client::connect(address).await;
        let path = format!("{path}?access_token={CANARY}");
        let opened = HubClient::upgrade(client, &path, "").await;
        hub = Some(opened.unwrap_or_else(|refusal| panic!("{path}: {refusal:?}")));
    }
    let mut hub = hub.unwrap().shake().await;
    hub.call("See", "[]").await;
    said.see(&clients);
    for expected in ["Request", "WebSocket", "RawConnection", "Caller"] {
        let said = said.0.lock().unwrap();
        assert!(said.contains(expected), "{expected}: {said}");
    }
    said.has_none_of(&[CANARY]);
}
