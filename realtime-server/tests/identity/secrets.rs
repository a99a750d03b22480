//! What must not be seen in a log or an answer is in every place where a secret can be.

use crate::{
    serving::{Folder, Serving},
    signer::{Signer, bearer},
    support::{client::Client, hub::HubClient},
};

const KEY: &str = "canary-secret-that-is-longer-than-32-bytes";
const PUBLISH: &str = "canary-of-the-publisher";
const USER: &str = "canary-of-a-user-who-is-ann";

const PATHS: [&str; 11] = [
    "/hubs/kestrun/negotiate?negotiateVersion=1&",
    "/hubs/kestrun?",
    "/hubs/kestrun?id=canary-of-an-id&",
    "/sse/broadcast?topic=x&",
    "/sse?count=1&intervalMs=1&",
    "/api/publish/broadcast?topic=x&",
    "/api/hubs/kestrun/send?",
    "/api/v1/sse/token?",
    "/api/v1/sse/stream?token=canary-of-a-ticket&",
    "/nowhere?",
    "/sse/%zz?",
];

/// What is added to a path and to the fields to show `token`.
fn ways(token: &str) -> [(String, String); 8] {
    let none = String::new;
    [
        (none(), bearer(token)),
        (none(), format!("Authorization: Basic {token}\r\n")),
        (none(), format!("Cookie: a=canary; session={token}\r\n")),
        (none(), format!("Sec-WebSocket-Protocol: {token}\r\n")),
        (none(), format!("X-Bad\u{0}: {token}\r\n")),
        (format!("access_token={token}"), none()),
        (format!("access%5Ftoken={token}"), none()),
        (format!("ACCESS_TOKEN={token}"), bearer("canary-other")),
    ]
}

/// Shows `token` everywhere; gives what the answers say besides what was asked for.
async fn show(server: &Serving, token: &str) -> String {
    let mut told = String::new();
    for path in PATHS {
        for (query, fields) in ways(token) {
            for method in ["GET", "POST"] {
                let mut client = Client::connect(server.address).await;
                let fields = format!("Content-Length: 0\r\n{fields}");
                client
                    .request(&format!("{method} {path}{query}"), &fields)
                    .await;
                let answer = client.head().await;
                if answer.status >= 400
                    && let Some(length) = answer.field("content-length")
                {
                    let length: usize = length.parse().unwrap();
                    while client.buffer.len() < length && client.more().await {}
                    told.push_str(&String::from_utf8_lossy(&client.buffer));
                }
                for (name, value) in &answer.fields {
                    told.extend([name, ": ", value, "\n"]);
                }
            }
        }
    }
    told
}

/// A connection of the hub that does something; gives its secret.
async fn connect(server: &Serving, token: &str) -> String {
    let mut client = Client::connect(server.address).await;
    let fields = format!("Content-Length: 0\r\n{}", bearer(token));
    let line = "POST /hubs/kestrun/negotiate?negotiateVersion=1";
    client.request(line, &fields).await;
    let answer = client.answer().await;
    let id = answer.json()["connectionToken"]
        .as_str()
        .unwrap()
        .to_owned();
    let url = format!("/hubs/kestrun?id={id}&access_token={token}");
    let mut hub = HubClient::open(server.address, &url).await;
    hub.call("JoinGroup", "[\"x\"]").await;
    hub.vanish().await;
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_is_ever_logged_or_told() {
    let folder = Folder::new("canary");
    let key = format!("HS256={}", folder.file("secret", KEY));
    let server = Serving::start(
        &[
            "--log-level",
            "trace",
            "--jwt-key-file",
            &key,
            "--auth-cookie",
            "session",
        ],
        &[
            ("REALTIME_PUBLISH_TOKEN", PUBLISH),
            ("REALTIME_USER_TOKENS", &format!("ann={USER}")),
        ],
    );
    let signer = Signer::hmac(KEY.as_bytes());
    let good = signer.token("ann", 600);
    let expired = signer.token("ann", -61);
    let forged = Signer::hmac(b"another secret that is longer than 32 bytes").token("ann", 60);
    let mut secrets = vec!["canary".to_owned()];
    for token in [&good, &expired, &forged] {
        secrets.push(token.split('.').nth(2).unwrap().to_owned());
    }
    let mut answers = String::new();
    let unknown = ["canary-unknown", "canary.canary.canary"];
    for token in [PUBLISH, USER, &good, &expired, &forged]
        .into_iter()
        .chain(unknown)
    {
        answers.push_str(&show(&server, token).await);
    }
    secrets.push(connect(&server, &good).await);
    let log = server.told().await;
    assert!(log.contains("request refused"), "nothing was logged");
    assert!(log.contains("…("), "targets are logged");
    for secret in &secrets {
        for (what, text) in [("log", &log), ("answers", &answers)] {
            let line = text.lines().find(|line| line.contains(secret.as_str()));
            assert_eq!(line, None, "{secret} is in the {what}");
        }
    }
}
