//! Who may negotiate, connect, invoke and join.

use std::net::SocketAddr;

use realtime_server::{
    auth::{Guard, Policy},
    hub::{Caller, Clients, Hub},
    server::ServerBuilder,
};
use serde_json::json;

use crate::{
    signer::{HMAC, access, bearer, claims},
    support::{
        client::{Answer, Client},
        hub::{HANDSHAKE, HubClient, result},
        running::Running,
    },
};

/// A long polling connection.
pub(crate) struct Polling {
    address: SocketAddr,
    url: String,
}

impl Polling {
    pub(crate) fn new(address: SocketAddr, url: String) -> Self {
        Self { address, url }
    }

    pub(crate) async fn poll(&self, fields: &str) -> Answer {
        ask(self.address, &format!("GET {}", self.url), fields, "").await
    }

    pub(crate) async fn post(&self, body: &str, fields: &str) -> Answer {
        ask(self.address, &format!("POST {}", self.url), fields, body).await
    }

    pub(crate) async fn delete(&self, fields: &str) -> Answer {
        ask(self.address, &format!("DELETE {}", self.url), fields, "").await
    }
}

async fn ask(address: SocketAddr, line: &str, fields: &str, body: &str) -> Answer {
    let mut client = Client::connect(address).await;
    let fields = format!("Content-Length: {}\r\n{fields}", body.len());
    client.request(line, &fields).await;
    client.send(body).await;
    client.answer().await
}

async fn negotiate(address: SocketAddr, fields: &str) -> Answer {
    ask(
        address,
        "POST /hub/negotiate?negotiateVersion=1",
        fields,
        "",
    )
    .await
}

/// Where the connection is that `token` has negotiated.
pub(crate) async fn hub_url(address: SocketAddr, token: &str) -> String {
    let answer = negotiate(address, &bearer(token)).await;
    let id = answer.json()["connectionToken"]
        .as_str()
        .unwrap()
        .to_owned();
    format!("/hub?id={id}")
}

fn token(user: &str, role: &str) -> String {
    let mut claims = claims(user, 60);
    claims["role"] = json!(role);
    HMAC.sign(&claims)
}

fn hub(guard: &Guard) -> Hub<()> {
    Hub::new(())
        .guard(guard)
        .method("User", async |_, caller: Caller, (): ()| {
            Ok(caller.user().map(str::to_owned))
        })
        .method("Role", async |_, caller: Caller, (): ()| {
            let who = caller.identity();
            Ok(who.and_then(|who| who.claims.get("role").cloned()))
        })
        .method("Join", async |_, caller: Caller, (group,): (String,)| {
            Ok(caller.join(&group).await?)
        })
        .method("Delete", async |_, _, (_id,): (u64,)| Ok("deleted"))
        .require(Policy::claim("role", "admin"))
        .may_join(Policy::new(|who, group| {
            group == "all" || who.user.as_deref() == Some(group)
        }))
}

async fn serve(guard: Guard) -> (Running, Clients) {
    let mut server = ServerBuilder::new();
    let clients = server.hub("/hub", hub(&guard)).unwrap();
    (Running::start(server).await, clients)
}

#[tokio::test]
async fn every_request_of_a_hub_needs_a_token() {
    let (server, _) = serve(Guard::new(access())).await;
    let address = server.address;
    let ann = HMAC.token("ann", 60);
    let url = hub_url(address, &ann).await;
    let expired = bearer(&HMAC.token("ann", -61));
    for (fields, challenge) in [
        ("", "Bearer"),
        (&*expired, "Bearer error=\"invalid_token\""),
    ] {
        for line in [
            "POST /hub/negotiate?negotiateVersion=1",
            "GET /hub/negotiate",
            "GET /hub",
            "POST /hub",
            "PUT /hub",
            &format!("GET {url}"),
            &format!("POST {url}"),
            &format!("DELETE {url}"),
        ] {
            let answer = ask(address, line, fields, "").await;
            assert_eq!(answer.status, 401, "{line}");
            assert_eq!(answer.field("www-authenticate"), Some(challenge), "{line}");
            assert_eq!(answer.text(), "", "{line}");
        }
        let client = Client::connect(address).await;
        let refused = HubClient::upgrade(client, &url, fields)
            .await
            .err()
            .unwrap();
        assert_eq!((refused.status, refused.text()), (401, ""));
    }
    assert_eq!(
        ask(address, "OPTIONS /hub/negotiate", "", "").await.status,
        204
    );
    // Nothing of that has touched the connection.
    let client = Client::connect(address).await;
    assert!(
        HubClient::upgrade(client, &url, &bearer(&ann))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn who_may_not_connect_is_told_so_without_a_body() {
    let guard = Guard::new(access()).policy(Policy::claim("role", "admin"));
    let (server, _) = serve(guard).await;
    let refused = negotiate(server.address, &bearer(&token("ann", "user"))).await;
    assert_eq!((refused.status, refused.text()), (403, ""));
    let admitted = negotiate(server.address, &bearer(&token("ann", "admin"))).await;
    assert_eq!(admitted.status, 200);
}

#[tokio::test]
async fn a_connection_is_its_negotiators_alone() {
    let (server, _) = serve(Guard::new(access())).await;
    let address = server.address;
    let (ann, bo) = (HMAC.token("ann", 60), HMAC.token("bo", 60));
    let polling = Polling::new(address, hub_url(address, &ann).await);
    let (ann, bo) = (bearer(&ann), bearer(&bo));
    // Before its transport has come, and after.
    for record in [HANDSHAKE, "{\"type\":6}\u{1e}"] {
        for answer in [
            polling.poll(&bo).await,
            polling.post(HANDSHAKE, &bo).await,
            polling.delete(&bo).await,
        ] {
            assert_eq!((answer.status, answer.text()), (403, ""));
        }
        let events = format!("Accept: text/event-stream\r\n{bo}");
        assert_eq!(polling.poll(&events).await.status, 403);
        let client = Client::connect(address).await;
        let refused = HubClient::upgrade(client, &polling.url, &bo).await;
        assert_eq!(refused.err().unwrap().status, 403);
        assert_eq!(polling.poll(&ann).await.status, 200);
        assert_eq!(polling.post(record, &ann).await.status, 200);
    }
    assert_eq!(server.metrics.requests_forbidden.value(), 10);
    assert_eq!(polling.delete(&ann).await.status, 202);
}

#[tokio::test]
async fn who_negotiated_as_nobody_connects_as_nobody() {
    let (server, _) = serve(Guard::new(access()).or_anybody()).await;
    let answer = negotiate(server.address, "").await;
    let id = answer.json()["connectionToken"]
        .as_str()
        .unwrap()
        .to_owned();
    let url = format!("/hub?id={id}");
    let client = Client::connect(server.address).await;
    let ann = bearer(&HMAC.token("ann", 60));
    let refused = HubClient::upgrade(client, &url, &ann).await;
    assert_eq!(refused.err().unwrap().status, 403);
    let mut hub = HubClient::open(server.address, &url).await;
    assert_eq!(hub.call("User", "[]").await, result("null"));
}

#[tokio::test]
async fn the_user_of_the_token_is_the_user_of_the_connection() {
    let (server, clients) = serve(Guard::new(access())).await;
    let path = format!("/hub?access_token={}", token("ann", "user"));
    let mut hub = HubClient::open(server.address, &path).await;
    assert_eq!(hub.call("User", "[]").await, result("\"ann\""));
    assert_eq!(hub.call("Role", "[]").await, result("\"user\""));
    clients.user("ann").send("Hello", ()).await.unwrap();
    let hello = "{\"type\":1,\"target\":\"Hello\",\"arguments\":[]}";
    assert_eq!(hub.record().await, hello);
}

#[tokio::test]
async fn the_latest_poll_says_what_is_known_of_the_user() {
    let (server, _) = serve(Guard::new(access())).await;
    let (first, second) = (token("ann", "user"), token("ann", "admin"));
    let polling = Polling::new(server.address, hub_url(server.address, &first).await);
    let (first, second) = (bearer(&first), bearer(&second));
    assert_eq!(polling.poll(&first).await.status, 200);
    assert_eq!(polling.post(HANDSHAKE, &first).await.status, 200);
    assert_eq!(polling.poll(&first).await.text(), "{}\u{1e}");
    for (fields, role) in [(&first, "user"), (&second, "admin")] {
        let call = "{\"type\":1,\"invocationId\":\"0\",\"target\":\"Role\",\"arguments\":[]}\u{1e}";
        assert_eq!(polling.post(call, fields).await.status, 200);
        let answer = polling.poll(fields).await;
        let expected = result(&format!("\"{role}\"")) + "\u{1e}";
        assert_eq!(answer.text(), expected);
    }
}

#[tokio::test]
async fn a_method_is_for_those_who_may_once_its_arguments_fit() {
    let (server, _) = serve(Guard::new(access())).await;
    let open = async |role| {
        let path = format!("/hub?access_token={}", token("ann", role));
        HubClient::open(server.address, &path).await
    };
    let failed =
        |error: &str| format!("{{\"type\":3,\"invocationId\":\"0\",\"error\":\"{error}\"}}");
    let mut hub = open("user").await;
    let unauthorized = failed("Failed to invoke 'Delete' because user is unauthorized");
    assert_eq!(hub.call("delete", "[1]").await, unauthorized);
    let wrong = failed("Failed to invoke 'Delete' due to an error on the server.");
    assert_eq!(hub.call("Delete", "[\"x\"]").await, wrong);
    assert_eq!(server.metrics.requests_forbidden.value(), 1);
    let mut admin = open("admin").await;
    assert_eq!(admin.call("Delete", "[1]").await, result("\"deleted\""));
}

#[tokio::test]
async fn a_group_is_for_those_who_may_join_it() {
    let (server, clients) = serve(Guard::new(access())).await;
    let path = format!("/hub?access_token={}", token("ann", "user"));
    let mut hub = HubClient::open(server.address, &path).await;
    for group in ["all", "ann"] {
        let joined = hub.call("Join", &format!("[\"{group}\"]")).await;
        assert_eq!(joined, result("null"));
    }
    let refused = "{\"type\":3,\"invocationId\":\"0\",\"error\":\"Failed to invoke 'Join' because \
                   user is unauthorized\"}";
    assert_eq!(hub.call("Join", "[\"bo\"]").await, refused);
    assert_eq!(clients.group("bo").count(), 0);
    assert_eq!(clients.group("ann").count(), 1);
    // The server itself is not asked.
    let id = clients.all().ids()[0].to_string();
    clients.add_to_group(&id, "bo").await.unwrap();
    assert_eq!(clients.group("bo").count(), 1);
}
