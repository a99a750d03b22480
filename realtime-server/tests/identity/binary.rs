//! The built binary: its flags, and that it keeps what it is told to itself.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread::{self, JoinHandle},
};

use serde_json::json;
use tokio::task;

use crate::{
    jwks_server::{TlsKeyServer, set},
    signer::{EC, HMAC, SECRET, Signer, bearer, claims},
    support::{
        client::{Answer, Client},
        hub::HubClient,
        soon,
    },
};

/// A folder of files that is gone after the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left over is in the way of nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn command(arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_realtime-server"));
    command
        .args(["--listen", "127.0.0.1:0"])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for (name, _) in std::env::vars() {
        if name.starts_with("REALTIME_") {
            command.env_remove(name);
        }
    }
    command.envs(environment.iter().copied());
    command
}

/// A serving process; it is killed if the test fails.
struct Serving {
    child: Child,
    address: SocketAddr,
    banner: String,
    /// Reads all the time: a full pipe would stop the server.
    log: Option<JoinHandle<String>>,
}

impl Serving {
    fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut child = command(arguments, environment).spawn().unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let log = thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).unwrap();
            text
        });
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut banner = String::new();
        let address = loop {
            let mut line = String::new();
            assert!(out.read_line(&mut line).unwrap() > 0, "{banner}");
            banner.push_str(&line);
            if let Some(address) = line.trim().strip_prefix("listening on http://") {
                break address.parse().unwrap();
            }
        };
        Self {
            child,
            address,
            banner,
            log: Some(log),
        }
    }

    fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        let sent = Command::new("sh").args(["-c", &kill]).status().unwrap();
        assert!(sent.success());
    }

    /// Ends it; gives all that it has written.
    async fn told(mut self) -> String {
        self.signal("TERM");
        let log = self.log.take().unwrap();
        let log = soon(task::spawn_blocking(|| log.join().unwrap())).await;
        format!("{}{}", self.banner, log.unwrap())
    }

    async fn ask(&self, line: &str, fields: &str, body: &str) -> Answer {
        let mut client = Client::connect(self.address).await;
        let fields = format!("Content-Length: {}\r\n{fields}", body.len());
        client.request(line, &fields).await;
        client.send(body).await;
        client.head().await
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may be over already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn with_a_key_all_but_pages_and_documents_needs_a_token() {
    let folder = Folder::new("with_a_key");
    let key = format!("HS256={}", folder.file("secret", SECRET));
    let server = Serving::start(&["--jwt-key-file", &key, "--stream", "news"], &[]);
    let ann = bearer(&HMAC.token("ann", 60));
    for (line, open) in [
        ("GET /", true),
        ("GET /docs", true),
        ("GET /openapi/v3.1/openapi.json", true),
        ("GET /sse?count=1", false),
        ("GET /sse/broadcast", false),
        ("GET /sse/news", false),
        ("POST /hubs/kestrun/negotiate", false),
        ("GET /hubs/kestrun", false),
        ("POST /api/broadcast", false),
        ("POST /api/v1/sse/token", false),
        ("GET /api/hubs/kestrun/groups/x", false),
    ] {
        let status = server.ask(line, "", "").await.status;
        assert_eq!(status != 401, open, "{line}");
        assert_ne!(server.ask(line, &ann, "").await.status, 401, "{line}");
    }
    let query = format!("GET /sse/news?access_token={}", HMAC.token("ann", 60));
    assert_eq!(server.ask(&query, "", "").await.status, 200);
    // Publishing needs the scope.
    assert_eq!(
        server.ask("POST /api/publish/news", &ann, "x").await.status,
        403
    );
    let mut claims = claims("bo", 60);
    claims["scope"] = json!("read publish");
    let bo = bearer(&HMAC.sign(&claims));
    assert_eq!(
        server.ask("POST /api/publish/news", &bo, "x").await.status,
        200
    );
}

#[tokio::test]
async fn rules_say_who_may_do_what() {
    let folder = Folder::new("rules");
    let key = format!("ES256={}", folder.file("key.pem", &EC.public));
    let rules = json!([
        {"may": "subscribe", "at": "news", "names": ["users/{sub}"]},
        {"may": "publish", "at": "news", "names": ["users/{sub}"]},
        {"may": "join", "at": "kestrun", "names": ["Admins"], "claims": {"role": "admin"}},
    ]);
    let rules = folder.file("rules.json", rules.to_string());
    let server = Serving::start(
        &["--stream", "news", "--anonymous"],
        &[("REALTIME_JWT_KEY_FILE", &key), ("REALTIME_RULES", &rules)],
    );
    let ann = bearer(&EC.token("ann", 60));
    for (line, fields, status) in [
        ("GET /sse/news?topic=users/ann", &*ann, 200),
        ("GET /sse/news?topic=users/bo", &ann, 403),
        ("GET /sse/news?topic=users/ann", "", 401),
        ("GET /sse/broadcast", "", 200),
        ("POST /api/publish/news?topic=users/ann", &ann, 200),
        ("POST /api/publish/news", &ann, 403),
        ("POST /api/publish/broadcast", &ann, 403),
    ] {
        assert_eq!(server.ask(line, fields, "x").await.status, status, "{line}");
    }
    let mut hub = HubClient::open(server.address, "/hubs/kestrun").await;
    let told = hub.call("JoinGroup", "[\"Admins\"]").await;
    assert!(told.contains("because user is unauthorized"), "{told}");
}

#[tokio::test]
async fn keys_are_read_again_at_a_hangup() {
    let folder = Folder::new("hangup");
    let (old, new) = (Signer::ec(), Signer::ec());
    let path = folder.file("key.pem", &old.public);
    let server = Serving::start(&["--jwt-key-file", &format!("ES256={path}")], &[]);
    let line = "POST /hubs/kestrun/negotiate";
    let (old, token) = (bearer(&old.token("ann", 60)), bearer(&new.token("ann", 60)));
    assert_eq!(server.ask(line, &old, "").await.status, 200);
    assert_eq!(server.ask(line, &token, "").await.status, 401);
    folder.file("key.pem", &new.public);
    server.signal("HUP");
    while server.ask(line, &token, "").await.status != 200 {}
    assert_eq!(server.ask(line, &old, "").await.status, 401);
}

#[test]
fn a_key_that_is_no_good_ends_the_start() {
    let folder = Folder::new("no_good");
    let short = folder.file("short", "canary of 27 bytes is short");
    let pem = folder.file("key.pem", &EC.public);
    let set = folder.file("set.json", "{\"keys\":[]}");
    let rules = folder.file("rules.json", "[{\"may\":\"fly\",\"at\":\"x\"}]");
    for (arguments, text) in [
        (["--jwt-key-file", &format!("HS256={short}")], "32 bytes"),
        (
            ["--jwt-key-file", &format!("RS256={pem}")],
            "no key of RS256",
        ),
        (["--jwt-key-file", &format!("none={pem}")], "expected HS256"),
        (["--jwt-key-file", &pem], "expected HS256"),
        (["--jwt-key-file", "HS256=/no/such/file"], "cannot read"),
        (["--jwks-file", &set], "no key of the set"),
        (["--jwks-url", "ftp://a/b"], "no URL of a key set"),
        (["--rules", &rules], "no rules"),
        (["--jwt-leeway", "301"], "301"),
    ] {
        let output = command(&arguments, &[]).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?} {told}");
        assert!(told.contains(text), "{arguments:?} {told}");
        assert!(!told.contains("canary"), "{told}");
    }
}

/// What must not be seen in a log is in every place where a secret can be.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_is_ever_logged_or_told() {
    const PUBLISH: &str = "canary-of-the-publisher";
    const USER: &str = "canary-of-a-user-who-is-ann";
    let folder = Folder::new("canary");
    let secret = "canary-secret-that-is-longer-than-32-bytes";
    let key = format!("HS256={}", folder.file("secret", secret));
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
    let signer = Signer::hmac(secret.as_bytes());
    let good = signer.token("ann", 60);
    let expired = signer.token("ann", -61);
    let forged = Signer::hmac(b"another secret that is longer than 32 bytes").token("ann", 60);
    let mut secrets = vec!["canary".to_owned()];
    for token in [&good, &expired, &forged] {
        secrets.push(token.split('.').nth(2).unwrap().to_owned());
    }
    let shown = [
        PUBLISH,
        USER,
        &good,
        &expired,
        &forged,
        "canary-unknown",
        "canary.canary.canary",
    ];
    let mut bodies = String::new();
    for token in shown {
        for path in [
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
        ] {
            for (query, fields) in [
                (String::new(), bearer(token)),
                (String::new(), format!("Authorization: Basic {token}\r\n")),
                (
                    String::new(),
                    format!("Cookie: a=canary; session={token}\r\n"),
                ),
                (
                    String::new(),
                    format!("Sec-WebSocket-Protocol: {token}\r\n"),
                ),
                (String::new(), format!("X-Bad\u{0}: {token}\r\n")),
                (format!("access_token={token}"), String::new()),
                (format!("access%5Ftoken={token}"), String::new()),
                (format!("ACCESS_TOKEN={token}"), bearer("canary-other")),
            ] {
                for method in ["GET", "POST"] {
                    let mut client = Client::connect(server.address).await;
                    let line = format!("{method} {path}{query}");
                    let fields = format!("Content-Length: 0\r\n{fields}");
                    client.request(&line, &fields).await;
                    let answer = client.head().await;
                    if answer.status >= 400
                        && let Some(length) = answer.field("content-length")
                    {
                        let length: usize = length.parse().unwrap();
                        while client.buffer.len() < length && client.more().await {}
                        bodies.push_str(&String::from_utf8_lossy(&client.buffer));
                    }
                    for (name, value) in &answer.fields {
                        bodies.push_str(&format!("{name}: {value}\n"));
                    }
                }
            }
        }
    }
    // Connections that live for a while, and the secret of one.
    let answer = {
        let mut client = Client::connect(server.address).await;
        let fields = format!("Content-Length: 0\r\n{}", bearer(&good));
        client
            .request("POST /hubs/kestrun/negotiate?negotiateVersion=1", &fields)
            .await;
        client.answer().await
    };
    let id = answer.json()["connectionToken"]
        .as_str()
        .unwrap()
        .to_owned();
    let url = format!("/hubs/kestrun?id={id}&access_token={good}");
    let mut hub = HubClient::open(server.address, &url).await;
    hub.call("JoinGroup", "[\"x\"]").await;
    hub.vanish().await;
    secrets.push(id);
    let told = server.told().await;
    assert!(told.contains("request refused"), "nothing was logged");
    assert!(told.contains("…("), "targets are logged");
    for secret in &secrets {
        for (what, text) in [("log", &told), ("answers", &bodies)] {
            let line = text.lines().find(|line| line.contains(secret.as_str()));
            assert_eq!(line, None, "{secret} is in the {what}");
        }
    }
}

#[tokio::test]
async fn a_token_that_the_binary_signs_is_one_that_it_takes() {
    let folder = Folder::new("mint");
    let pair = rcgen::KeyPair::generate().unwrap();
    let private = folder.file("private.pem", pair.serialize_pem());
    let public = folder.file("public.pem", pair.public_key_pem());
    let server = Serving::start(&["--jwt-key-file", &format!("ES256={public}")], &[]);
    let output = Command::new(env!("CARGO_BIN_EXE_realtime-server"))
        .args(["token", "--key-file", &format!("ES256={private}"), "ann"])
        .args(["--claim", "scope=publish", "--claim", "n=[1]"])
        .output()
        .unwrap();
    let token = String::from_utf8(output.stdout).unwrap();
    let field = bearer(token.trim());
    let status = server
        .ask("POST /api/publish/broadcast", &field, "x")
        .await
        .status;
    assert_eq!(status, 200, "{token}");
    let refused = Command::new(env!("CARGO_BIN_EXE_realtime-server"))
        .args(["token", "--key-file", &format!("RS256={private}"), "ann"])
        .output()
        .unwrap();
    assert_eq!((refused.status.code(), refused.stdout.len()), (Some(1), 0));
}

/// Over TLS, trusting whom the machine trusts: here, a certificate of the test.
#[tokio::test]
async fn keys_are_fetched_over_tls_from_whom_the_machine_trusts() {
    let folder = Folder::new("tls");
    let source = TlsKeyServer::new(&set(&[EC.jwk("a")])).await;
    let trusted = folder.file("ca.pem", &source.certificate);
    let stranger = rcgen::generate_simple_self_signed(["other".to_owned()]).unwrap();
    let other = folder.file("other.pem", stranger.cert.pem());
    let field = bearer(&EC.sign_as("a", &claims("ann", 60)));
    for (roots, status) in [(trusted, 200), (other, 401)] {
        let server = Serving::start(
            &["--jwks-url", &source.url],
            &[("SSL_CERT_FILE", &roots), ("SSL_CERT_DIR", "/nowhere")],
        );
        let answer = server.ask("POST /hubs/kestrun/negotiate", &field, "").await;
        assert_eq!(answer.status, status);
    }
}
