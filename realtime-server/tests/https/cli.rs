//! HTTPS from the command line.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
};

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use tokio::net::TcpStream;

use crate::{
    authority::{Authority, NAME},
    http2::to,
    rig::ask,
    soon,
};

/// A server that is killed when it is dropped.
struct Started {
    child: Child,
    /// Where it speaks TLS.
    address: String,
}

impl Drop for Started {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn server(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_realtime-server"));
    command
        .args(["--listen", "127.0.0.1:0"])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn fails(arguments: &[&str]) -> String {
    let ended = server(arguments).output().unwrap();
    assert_eq!(ended.status.code(), Some(2));
    String::from_utf8(ended.stderr).unwrap()
}

fn start(chain: &Path, key: &Path) -> Started {
    start_with(chain, key, &[])
}

fn start_with(chain: &Path, key: &Path, further: &[&str]) -> Started {
    let (chain, key) = (chain.to_str().unwrap(), key.to_str().unwrap());
    let tls = [
        "--listen-tls",
        "127.0.0.1:0",
        "--tls-cert",
        chain,
        "--tls-key",
        key,
    ];
    let mut child = server(&[&tls, further].concat()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let address = lines.map(Result::unwrap).find_map(|line| {
        let address = line.strip_prefix("listening on https://")?;
        Some(address.to_owned())
    });
    Started {
        child,
        address: address.unwrap(),
    }
}

#[tokio::test]
async fn both_listeners_serve_the_same_pages() {
    let authority = Authority::new("cli");
    let files = authority.write("first", NAME);
    let started = start(&files.chain, &files.key);
    let tcp = TcpStream::connect(&started.address).await.unwrap();
    let mut stream = soon(authority.client(&["http/1.1"]).open(tcp))
        .await
        .unwrap();
    let answer = ask(&mut stream, "GET /", "Connection: close\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}

#[tokio::test]
async fn no_secret_is_logged_that_came_over_tls() {
    const CANARY: &str = "canary-of-somebody";
    let authority = Authority::new("cli-secrets");
    let files = authority.write("first", NAME);
    let mut started = start_with(&files.chain, &files.key, &["--log-level", "trace"]);
    let mut stderr = started.child.stderr.take().unwrap();
    // Read all the time: a full pipe would stop the server.
    let log = thread::spawn(move || {
        let mut log = String::new();
        stderr.read_to_string(&mut log).unwrap();
        log
    });
    let paths = [
        "/who",
        "/hubs/kestrun",
        "/sse/broadcast",
        "/api/v1/sse/token",
    ];
    for path in paths {
        let path = format!("{path}?access_token={CANARY}&id={CANARY}");
        let greeting = authority.client(&["http/1.1"]);
        let tcp = TcpStream::connect(&started.address).await.unwrap();
        let mut stream = soon(greeting.open(tcp)).await.unwrap();
        let fields =
            format!("Authorization: Basic {CANARY}\r\nCookie: a={CANARY}\r\nConnection: close\r\n");
        ask(&mut stream, &format!("POST {path}"), &fields).await;
        let tcp = TcpStream::connect(&started.address).await.unwrap();
        let stream = soon(authority.client(&["h2"]).open(tcp)).await.unwrap();
        let (mut requests, connection) = soon(h2::client::handshake(stream)).await.unwrap();
        let connection = tokio::spawn(connection);
        for name in ["authorization", "cookie", "x-other"] {
            let request = to("POST", &path).header(name, CANARY).body(()).unwrap();
            let (answer, _) = requests.send_request(request, true).unwrap();
            soon(answer).await.unwrap();
        }
        connection.abort();
    }
    started.child.kill().unwrap();
    let log = log.join().unwrap();
    assert!(log.contains("h2::"), "{log}");
    let line = log.lines().find(|line| line.contains(CANARY));
    assert_eq!(line, None);
}

#[test]
fn an_expired_certificate_is_warned_of_and_used() {
    let authority = Authority::new("expired");
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![NAME.to_owned()]).unwrap();
    params.not_before = date_time_ymd(2019, 3, 1);
    params.not_after = date_time_ymd(2020, 4, 2);
    let chain = authority.path("old.pem");
    let secret = authority.path("old.key");
    fs::write(&chain, params.self_signed(&key).unwrap().pem()).unwrap();
    fs::write(&secret, key.serialize_pem()).unwrap();
    let mut started = start(&chain, &secret);
    started.child.kill().unwrap();
    let mut log = String::new();
    let mut stderr = started.child.stderr.take().unwrap();
    stderr.read_to_string(&mut log).unwrap();
    assert!(log.contains("has expired"), "{log}");
    assert!(log.contains("2020-04-02T00:00:00Z"), "{log}");
}

#[test]
fn what_is_missing_is_said() {
    let authority = Authority::new("cli-errors");
    let files = authority.write("first", NAME);
    let (chain, key) = (files.chain.to_str().unwrap(), files.key.to_str().unwrap());
    let listen = ["--listen-tls", "127.0.0.1:0"];
    let said = fails(&listen);
    assert!(said.contains("--tls-cert <FILE>"), "{said}");
    let said = fails(&["--tls-cert", chain, "--tls-key", key]);
    assert!(said.contains("--listen-tls <ADDRESS>"), "{said}");
    let pair = ["--tls-cert", chain, "--tls-key", key];
    let said = fails(&[&listen[..], &pair, &["--tls-cert", chain]].concat());
    let expected = "error: each --tls-cert needs its --tls-key: there are 2 and 1\n";
    assert!(said.ends_with(expected), "{said}");
    let said = fails(&[&listen[..], &["--tls-cert", "no.pem", "--tls-key", key]].concat());
    let expected = "error: cannot read no.pem: No such file or directory (os error 2)\n";
    assert!(said.ends_with(expected), "{said}");
}
