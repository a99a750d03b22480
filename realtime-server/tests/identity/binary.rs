//! The built binary and its flags.

use std::process::Command;

use serde_json::json;

use crate::{
    jwks_server::{TlsKeyServer, set},
    serving::{Folder, Serving, command},
    signer::{EC, HMAC, SECRET, Signer, bearer, claims},
    support::hub::HubClient,
};

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
