use std::{net::SocketAddr, sync::Arc};

use realtime_server::{
    auth::Access,
    endpoint::HubApi,
    hub::{Caller, Hub},
    identity::Identity,
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    client::Client,
    rig::{Rig, config},
};

const TOKEN: &str = "a token of the backend";

fn hub() -> Hub<()> {
    Hub::new(())
        .config(config(|config| {
            config.max_group_name = 8;
            config.max_groups = 1;
            config.max_client_results = 1;
        }))
        .user_id(|head| head.target.value("user").map(std::borrow::Cow::into_owned))
        .method("Id", async |_, caller: Caller, (): ()| {
            Ok(caller.connection_id().to_owned())
        })
}

async fn rig(access: Access) -> Rig {
    Rig::with(hub(), |server, clients| {
        let api = HubApi::new(access, Arc::clone(server.metrics())).with_hub("chat", clients);
        server.hub_api("/api/hubs", &api).unwrap();
    })
    .await
}

/// A server whose backend shows the token, and a connection of ann with its id.
async fn with_ann() -> (Rig, Client, String) {
    let access = Access::new().with_token(TOKEN, Identity::user("backend"));
    let rig = rig(access).await;
    let mut client = Client::connect_with(rig.address, "user=ann", "").await;
    let answer = client.invoke("id", "Id", "[]").await;
    let id = answer["result"].as_str().unwrap().to_owned();
    (rig, client, id)
}

async fn request(address: SocketAddr, line: &str, lines: &str, body: &str) -> (u16, Value) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let length = body.len();
    let head = format!(
        "{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n\
         {lines}\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let body = match body {
        "" => Value::Null,
        body => serde_json::from_str(body).unwrap(),
    };
    (head[9..12].parse().unwrap(), body)
}

impl Rig {
    /// A request of the backend: method and path below the hub.
    async fn backend(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let lines = format!("Authorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n");
        let line = format!("{method} /api/hubs/chat{path}");
        request(self.address, &line, &lines, body).await
    }
}

#[tokio::test]
async fn a_backend_sends_to_all_to_groups_to_users_and_to_connections() {
    let (rig, mut client, id) = with_ann().await;
    let _other = rig.client().await;
    while rig.clients.count() < 2 {
        tokio::task::yield_now().await;
    }
    rig.clients.add_to_group(&id, "g").await.unwrap();
    for (path, connections) in [
        ("/send", 2),
        ("/groups/g/send", 1),
        ("/groups/h/send", 0),
        ("/users/ann/send", 1),
        ("/users/bob/send", 0),
        (&*format!("/connections/{id}/send"), 1),
    ] {
        let body = json!({"target": "Tell", "arguments": [path, {"deep": [1, null]}]});
        let answer = rig.backend("POST", path, &body.to_string()).await;
        assert_eq!(answer, (200, json!({"connections": connections})), "{path}");
        if connections > 0 {
            let told = json!({"type": 1, "target": "Tell", "arguments": body["arguments"]});
            assert_eq!(client.json().await, told);
        }
    }
    let answer = rig.backend("POST", "/send", r#"{"target":"Bare"}"#).await;
    assert_eq!(answer.0, 200);
    assert_eq!(
        client.record().await,
        r#"{"type":1,"target":"Bare","arguments":[]}"#
    );
}

#[tokio::test]
async fn a_backend_asks_a_connection() {
    let (rig, mut client, id) = with_ann().await;
    let path = format!("/connections/{id}/invoke");
    let body = r#"{"target":"Ask","arguments":[1]}"#;
    let asked = rig.backend("POST", &path, body);
    let answers = async {
        assert_eq!(client.json().await["invocationId"], "s1");
        // It owes one answer, and may owe no more.
        assert_eq!(rig.backend("POST", &path, body).await.0, 429);
        client
            .send(r#"{"type":3,"invocationId":"s1","result":{"a":[1]}}"#)
            .await;
    };
    let (answer, ()) = tokio::join!(asked, answers);
    assert_eq!(answer, (200, json!({"result": {"a": [1]}})));

    for (answer, status, detail) in [
        (r#","error":"no""#, 502, "no".to_owned()),
        (
            "",
            502,
            "Exception of type 'Microsoft.AspNetCore.SignalR.HubException' was thrown.".to_owned(),
        ),
        ("gone", 410, format!("Connection '{id}' disconnected.")),
    ] {
        let asked = rig.backend("POST", &path, body);
        let answers = async {
            let question = client.json().await;
            let question = question["invocationId"].as_str().unwrap();
            let record = match answer {
                "gone" => r#"{"type":7}"#.to_owned(),
                answer => format!(r#"{{"type":3,"invocationId":"{question}"{answer}}}"#),
            };
            client.send(&record).await;
        };
        let (answer, ()) = tokio::join!(asked, answers);
        assert_eq!((answer.0, &answer.1["detail"]), (status, &json!(detail)));
    }
}

#[tokio::test]
async fn a_backend_manages_groups_and_connections() {
    let (rig, mut client, id) = with_ann().await;
    let member = format!("/groups/g/connections/{id}");
    let group = |ids: &[&str]| (200, json!({"group": "g", "connections": ids}));
    assert_eq!(rig.backend("GET", "/groups/g", "").await, group(&[]));
    assert_eq!(rig.backend("PUT", &member, "").await, (204, Value::Null));
    assert_eq!(rig.backend("PUT", &member, "").await.0, 204);
    assert_eq!(rig.backend("GET", "/groups/g", "").await, group(&[&id]));
    for (path, status) in [
        (format!("/groups/h/connections/{id}"), 409),
        (format!("/groups/too-long-/connections/{id}"), 400),
    ] {
        let answer = rig.backend("PUT", &path, "").await;
        assert_eq!((answer.0, &answer.1["field"]), (status, &json!("group")));
    }
    assert_eq!(rig.backend("DELETE", &member, "").await.0, 204);
    assert_eq!(rig.backend("DELETE", &member, "").await.0, 204);
    assert_eq!(rig.backend("GET", "/groups/g", "").await, group(&[]));

    assert_eq!(
        rig.backend("DELETE", &format!("/connections/{id}"), "")
            .await
            .0,
        204
    );
    assert_eq!(client.record().await, r#"{"type":7}"#);
    client.ends().await;
}

#[tokio::test]
async fn bad_requests_are_refused_by_name_and_counted() {
    let (rig, _client, _) = with_ann().await;
    let call = r#"{"target":"Tell","arguments":[]}"#;
    let cases = [
        ("POST", "/connections/nobody/send", call, 404, "connection"),
        (
            "POST",
            "/connections/nobody/invoke",
            call,
            404,
            "connection",
        ),
        ("DELETE", "/connections/nobody", "", 404, "connection"),
        ("PUT", "/groups/g/connections/nobody", "", 404, "connection"),
        ("POST", "/send", "", 400, "body"),
        ("POST", "/send", "[]", 400, "body"),
        ("POST", "/send", r#"{"arguments":[]}"#, 400, "body"),
        ("POST", "/send", r#"{"target":1}"#, 400, "target"),
        ("POST", "/send", r#"{"target":""}"#, 400, "target"),
        (
            "POST",
            "/send",
            r#"{"target":"a","arguments":{}}"#,
            400,
            "arguments",
        ),
        ("POST", "/send", r#"{"target":"a","more":1}"#, 400, "more"),
        ("POST", "/send", r#"{"target":"a"}x"#, 400, "body"),
    ];
    let refused = u64::try_from(cases.len()).unwrap();
    for (method, path, body, status, field) in cases {
        let answer = rig.backend(method, path, body).await;
        assert_eq!(
            (answer.0, &answer.1["field"]),
            (status, &json!(field)),
            "{path} {body}"
        );
    }
    let lines = format!("Authorization: Bearer {TOKEN}\r\n");
    let answer = request(rig.address, "POST /api/hubs/nohub/send", &lines, call).await;
    assert_eq!((answer.0, &answer.1["field"]), (404, &json!("hub")));
    let answer = request(rig.address, "POST /api/hubs/chat/send", &lines, call).await;
    assert_eq!(
        (answer.0, &answer.1["field"]),
        (415, &json!("Content-Type"))
    );
    let packed = format!("{lines}Content-Type: application/json\r\nContent-Encoding: gzip\r\n");
    let answer = request(rig.address, "POST /api/hubs/chat/send", &packed, call).await;
    assert_eq!(
        (answer.0, &answer.1["field"]),
        (415, &json!("Content-Encoding"))
    );
    assert_eq!(rig.metrics.publications_refused.value(), refused + 3);
}

#[tokio::test]
async fn only_who_shows_the_token_may_drive_the_hub() {
    let (rig, _client, id) = with_ann().await;
    let connection = format!("DELETE /api/hubs/chat/connections/{id}");
    for lines in ["", "Authorization: Bearer another token here\r\n"] {
        for line in [
            "POST /api/hubs/chat/send",
            "GET /api/hubs/chat/groups/g",
            &connection,
        ] {
            assert_eq!(request(rig.address, line, lines, "").await.0, 401, "{line}");
        }
    }
    assert_eq!(rig.metrics.requests_unauthenticated.value(), 6);
    assert!(rig.clients.connection(&id).is_connected());

    let local = self::rig(Access::new().with_local(Identity::user("local"))).await;
    let list = "GET /api/hubs/chat/groups/g";
    assert_eq!(request(local.address, list, "", "").await.0, 200);
    let foreign = "Origin: http://elsewhere.example\r\n";
    assert_eq!(request(local.address, list, foreign, "").await.0, 403);
}
