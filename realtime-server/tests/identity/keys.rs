//! Keys that are fetched or read again.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use realtime_server::{
    auth::{Access, Guard, KeySet, KeySetError, KeySetUrl, Keys, Verifier},
    config::KeySetConfig,
    http::{Response, Status},
    server::ServerBuilder,
};
use tokio::task::JoinSet;

use crate::{
    jwks_server::{KeyServer, set},
    signer::{EC, RSA, Signer, bearer, claims},
    support::{client::Client, running::Running, until},
};

async fn serve(keys: Keys) -> Running {
    let mut server = ServerBuilder::new();
    let access = Access::new().with_verifier(Verifier::new(keys));
    server
        .get("/", async |_| Response::text(Status::OK, "in"))
        .unwrap()
        .guard(&Guard::new(access));
    Running::start(server).await
}

fn config() -> KeySetConfig {
    KeySetConfig::default()
}

async fn status(server: &Running, token: &str) -> u16 {
    let mut client = Client::connect(server.address).await;
    client.request("GET /", &bearer(token)).await;
    client.answer().await.status
}

/// Lets time pass for the server.
async fn later(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

#[tokio::test]
async fn keys_are_fetched_at_the_start_and_the_first_request_waits_for_them() {
    let source = KeyServer::new(&[EC.jwk("a"), RSA.jwk("b")]).await;
    let server = serve(Keys::fetched(source.url(), config())).await;
    let claims = claims("ann", 60);
    assert_eq!(status(&server, &EC.sign_as("a", &claims)).await, 200);
    assert_eq!(status(&server, &RSA.sign_as("b", &claims)).await, 200);
    assert_eq!(
        status(&server, &Signer::ec().sign_as("a", &claims)).await,
        401
    );
    assert_eq!(source.fetches(), 1);
}

#[tokio::test]
async fn a_new_key_is_fetched_when_a_token_names_it() {
    let source = KeyServer::new(&[EC.jwk("a")]).await;
    let server = serve(Keys::fetched(source.url(), config())).await;
    let (claims, new) = (claims("ann", 3600), Signer::ec());
    assert_eq!(status(&server, &EC.sign_as("a", &claims)).await, 200);
    source.has(&[new.jwk("b")]);
    assert_eq!(status(&server, &new.sign_as("b", &claims)).await, 200);
    assert_eq!(source.fetches(), 2);
    // The old one is not in the set any more.
    assert_eq!(status(&server, &EC.sign_as("a", &claims)).await, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_unknown_keys_makes_for_one_fetch_in_thirty_seconds() {
    let source = KeyServer::new(&[EC.jwk("a")]).await;
    let server = Arc::new(serve(Keys::fetched(source.url(), config())).await);
    let claims = claims("ann", 3600);
    let known = EC.sign_as("a", &claims);
    assert_eq!(status(&server, &known).await, 200);
    let mut storm = JoinSet::new();
    for number in 0..200 {
        let server = Arc::clone(&server);
        let token = EC.sign_as(&format!("unknown {number}"), &claims);
        storm.spawn(async move { status(&server, &token).await });
    }
    assert_eq!(storm.join_all().await, [401; 200]);
    assert_eq!(source.fetches(), 2);
    assert_eq!(status(&server, &known).await, 200);
    assert_eq!(server.metrics.key_fetches.value(), 2);
}

#[tokio::test]
async fn after_thirty_seconds_an_unknown_key_makes_for_a_fetch_again() {
    let source = KeyServer::new(&[EC.jwk("a")]).await;
    let server = serve(Keys::fetched(source.url(), config())).await;
    let claims = claims("ann", 3600);
    let unknown = EC.sign_as("x", &claims);
    assert_eq!(status(&server, &EC.sign_as("a", &claims)).await, 200);
    for fetches in [2, 3] {
        for _ in 0..3 {
            assert_eq!(status(&server, &unknown).await, 401);
        }
        assert_eq!(source.fetches(), fetches);
        later(Duration::from_secs(30)).await;
    }
}

#[tokio::test]
async fn keys_are_fetched_again_after_five_minutes() {
    let source = KeyServer::new(&[EC.jwk("a")]).await;
    let server = serve(Keys::fetched(source.url(), config())).await;
    let token = EC.sign_as("a", &claims("ann", 3600));
    assert_eq!(status(&server, &token).await, 200);
    later(Duration::from_secs(299)).await;
    assert_eq!(status(&server, &token).await, 200);
    assert_eq!(source.fetches(), 1);
    later(Duration::from_secs(1)).await;
    until(|| source.fetches() == 2).await;
}

/// A set that is good but for the number of its bytes.
fn signed_length(keys: &str) -> String {
    let length = keys.len();
    format!("HTTP/1.1 200 OK\r\nContent-Length: +{length}\r\n\r\n{keys}")
}

#[tokio::test]
async fn known_keys_stay_while_fetches_fail() {
    let source = KeyServer::new(&[EC.jwk("a")]).await;
    let server = serve(Keys::fetched(source.url(), config())).await;
    let claims = claims("ann", 3600);
    let (known, unknown) = (EC.sign_as("a", &claims), EC.sign_as("x", &claims));
    assert_eq!(status(&server, &known).await, 200);
    let unknown_key = set(&[EC.jwk("x")]);
    let big = "x".repeat(64 * 1024 + 1);
    let answers = [
        "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n".to_owned(),
        "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n".to_owned(),
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]".to_owned(),
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[]".to_owned(),
        signed_length(&unknown_key),
        format!("HTTP/1.1 200 OK\r\n\r\n{}", set(&[])),
        format!("HTTP/1.1 200 OK\r\n\r\n{big}"),
        format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{big}",
            big.len()
        ),
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n{big}\r\n0\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\nX: {big}\r\n\r\n"),
        "no HTTP".to_owned(),
        String::new(),
    ];
    let count = u64::try_from(answers.len()).unwrap();
    for answer in answers {
        source.says(answer.clone());
        assert_eq!(status(&server, &unknown).await, 401);
        assert_eq!(status(&server, &known).await, 200, "{answer:.60}");
        later(Duration::from_secs(31)).await;
    }
    assert!(server.metrics.key_fetches_failed.value() >= count);
    // And it goes on once the source is well again, in whichever form it says it.
    let new = Signer::ec();
    let keys = set(&[new.jwk("b")]);
    let chunk = format!("{:x}\r\n{keys}\r\n0\r\n\r\n", keys.len());
    source.says(format!(
        "HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}"
    ));
    until(|| source.fetches() > 13).await;
    assert_eq!(status(&server, &new.sign_as("b", &claims)).await, 200);
}

#[tokio::test]
async fn a_source_that_is_silent_holds_a_request_for_five_seconds() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/keys", silent.local_addr().unwrap());
    let server = serve(Keys::fetched(KeySetUrl::parse(&url).unwrap(), config())).await;
    let begun = std::time::Instant::now();
    let token = EC.sign_as("a", &claims("ann", 60));
    assert_eq!(status(&server, &token).await, 401);
    assert!(begun.elapsed() < Duration::from_secs(15));
    assert_eq!(server.metrics.key_fetches.value(), 1);
}

#[tokio::test]
async fn keys_of_files_are_read_again_and_stay_when_that_fails() {
    let (old, new) = (Signer::ec(), Signer::ec());
    let content = Arc::new(Mutex::new(set(&[old.jwk("a")])));
    let read = Arc::clone(&content);
    let keys = Keys::read_by(move || KeySet::from_json(read.lock().unwrap().as_bytes())).unwrap();
    let server = serve(keys.clone()).await;
    let claims = claims("ann", 3600);
    let (old, new_token) = (old.sign_as("a", &claims), new.sign_as("b", &claims));
    assert_eq!(status(&server, &old).await, 200);
    assert_eq!(status(&server, &new_token).await, 401);
    *content.lock().unwrap() = "[]".to_owned();
    keys.reload();
    assert_eq!(status(&server, &old).await, 200);
    *content.lock().unwrap() = set(&[new.jwk("b")]);
    keys.reload();
    while status(&server, &new_token).await != 200 {}
    assert_eq!(status(&server, &old).await, 401);
    let refused = Keys::read_by(|| Err(KeySetError::Empty));
    assert!(refused.is_err());
}

#[test]
fn a_url_of_keys_is_http_or_https_and_names_nobody() {
    for (text, shown) in [
        ("http://a/b", Some("http://a/b")),
        (
            "HTTPS://a.example:8443/b?secret",
            Some("https://a.example:8443/b"),
        ),
        ("https://[::1]:1", Some("https://[::1]:1/")),
        ("https://a?x", Some("https://a/")),
        ("ftp://a/b", None),
        ("a/b", None),
        ("https://", None),
        ("https:///b", None),
        ("https://user:word@a/b", None),
        ("https://a:b/", None),
        ("https://a:65536/", None),
        ("https://a/b c", None),
        ("https://a/b\r\nX: y", None),
    ] {
        let url = KeySetUrl::parse(text).ok();
        assert_eq!(url.map(|url| url.to_string()).as_deref(), shown, "{text}");
    }
}
