//! `realtime-server sub` against a server that says what the test wants.
#![expect(
    clippy::unwrap_used,
    reason = "in a test a panic is the failure it should be"
)]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

const OPEN: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n";

struct Server(TcpListener);

/// A request of which the head was read.
struct Asked {
    head: String,
    stream: TcpStream,
}

impl Server {
    fn new() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.0.local_addr().unwrap())
    }

    fn accept(&self) -> Asked {
        let (stream, _) = self.0.accept().unwrap();
        let mut head = String::new();
        let mut lines = BufReader::new(stream.try_clone().unwrap());
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(lines.read_line(&mut head).unwrap(), 0, "{head}");
        }
        Asked { head, stream }
    }
}

impl Asked {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    /// Answers and ends the connection.
    fn answer(mut self, bytes: &str) {
        self.stream.write_all(bytes.as_bytes()).unwrap();
    }
}

fn start(url: &str, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_realtime-server"))
        .args(["sub", url])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Lets it read `body`, then tells it that there is no more.
fn read(body: &str, arguments: &[&str]) -> Output {
    let server = Server::new();
    let client = start(&server.url("/s"), arguments);
    server
        .accept()
        .answer(&format!("{OPEN}\r\nretry: 0\n\n{body}"));
    server.accept().answer("HTTP/1.1 204 No Content\r\n\r\n");
    client.wait_with_output().unwrap()
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn prints_events_for_people() {
    let output = read(
        "data: one\n\nevent: greeting\ndata: two\ndata: lines\n\n: a comment\n\ndata\n\n",
        &[],
    );
    assert_eq!(
        text(output.stdout),
        "message: one\ngreeting: two\n  lines\nmessage: \n"
    );
    assert!(output.status.success());
}

#[test]
fn a_terminal_obeys_nothing_that_a_server_says() {
    let output = read("event: a\u{7}b\ndata: \u{1b}[2Jx\u{9b}y\tz\n\n", &[]);
    assert_eq!(text(output.stdout), "a\\u{7}b: \\u{1b}[2Jx\\u{9b}y\tz\n");
}

#[test]
fn prints_a_line_of_json_for_each_event() {
    let output = read(
        "id: 7\nevent: e\ndata: a \"b\"\ndata: c\n\ndata: d\n\n",
        &["--json"],
    );
    assert_eq!(
        text(output.stdout),
        "{\"event\":\"e\",\"id\":\"7\",\"data\":\"a \\\"b\\\"\\nc\"}\n\
         {\"event\":\"message\",\"id\":\"7\",\"data\":\"d\"}\n"
    );
}

#[test]
fn runs_a_command_for_each_event_in_order() {
    let command = "printf '%s/%s<' \"$SSE_EVENT\" \"$SSE_ID\"; cat; echo '>'";
    let output = read(
        "id: 1\ndata: $(date)\ndata: two\n\nid: 2\nevent: e\ndata: x\n\n",
        &["--exec", command],
    );
    assert_eq!(text(output.stdout), "message/1<$(date)\ntwo>\ne/2<x>\n");
}

#[test]
fn goes_on_after_a_command_that_fails_or_does_not_read() {
    let large = format!("data: {}\n\ndata: 2\n\n", "x".repeat(300_000));
    let output = read(&large, &["--exec", "echo ran; exit 3"]);
    assert_eq!(text(output.stdout), "ran\nran\n");
    assert!(text(output.stderr).contains("the command failed: exit status: 3"));
    assert!(output.status.success());
}

#[test]
fn asks_as_the_standard_says() {
    let server = Server::new();
    let client = start(
        &server.url("/s?topic=a"),
        &[
            "-H",
            "Authorization: Bearer x",
            "--last-event-id",
            "caf\u{e9}",
        ],
    );
    let asked = server.accept();
    assert!(asked.head.starts_with("GET /s?topic=a HTTP/1.1\r\n"));
    assert_eq!(asked.header("accept"), Some("text/event-stream"));
    assert_eq!(asked.header("cache-control"), Some("no-store"));
    assert_eq!(asked.header("authorization"), Some("Bearer x"));
    assert_eq!(asked.header("last-event-id"), Some("caf\u{e9}"));
    let host = server.0.local_addr().unwrap().to_string();
    assert_eq!(asked.header("host"), Some(&*host));
    asked.answer("HTTP/1.1 204 No Content\r\n\r\n");
    assert!(client.wait_with_output().unwrap().status.success());
}

#[test]
fn comes_back_with_the_last_id_after_the_time_it_was_told() {
    let server = Server::new();
    let client = start(&server.url("/s"), &[]);
    let first = server.accept();
    assert_eq!(first.header("last-event-id"), None);
    let left = Instant::now();
    // The event that is cut off counts for nothing; the id of a block without data does.
    first.answer(&format!(
        "{OPEN}\r\nretry: 300\nid: 1\ndata: a\n\nid: 2\n\nid: 3\ndata: cut"
    ));
    let second = server.accept();
    assert!(left.elapsed() >= Duration::from_millis(300));
    assert_eq!(second.header("last-event-id"), Some("2"));
    second.answer(&format!("{OPEN}\r\ndata: b\n\n"));
    server.accept().answer("HTTP/1.1 204 No Content\r\n\r\n");
    let output = client.wait_with_output().unwrap();
    assert_eq!(text(output.stdout), "message: a\nmessage: b\n");
}

#[test]
fn waits_longer_after_each_failure() {
    let server = Server::new();
    let client = start(&server.url("/s"), &[]);
    server.accept().answer(&format!("{OPEN}\r\nretry: 100\n\n"));
    let mut last = Instant::now();
    for least in [100, 200, 400] {
        let asked = server.accept();
        let pause = last.elapsed();
        assert!(pause >= Duration::from_millis(least), "{pause:?} < {least}");
        last = Instant::now();
        drop(asked);
    }
    server.accept().answer("HTTP/1.1 204 No Content\r\n\r\n");
    assert!(client.wait_with_output().unwrap().status.success());
}

#[test]
fn reads_chunks_however_they_are_cut() {
    let server = Server::new();
    let client = start(&server.url("/s"), &[]);
    let mut asked = server.accept();
    let answer = format!(
        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n{OPEN}Transfer-Encoding: chunked\r\n\r\n\
         10\r\nretry: 0\ndata: a\r\nB;x=y\r\nb\ndata: c\n\n\r\n0\r\n\r\n"
    );
    for byte in answer.as_bytes() {
        asked.stream.write_all(&[*byte]).unwrap();
    }
    // The last chunk ends the stream, although the connection stays.
    let again = server.accept();
    again.answer("HTTP/1.1 204 No Content\r\n\r\n");
    let output = client.wait_with_output().unwrap();
    assert_eq!(text(output.stdout), "message: ab\n  c\n");
}

#[test]
fn follows_where_it_is_sent_with_the_last_id() {
    let server = Server::new();
    let client = start(&server.url("/a/b?c"), &["--last-event-id", "7"]);
    for (status, location, next) in [
        (301, "/d/e".to_owned(), "/d/e"),
        (302, "f".to_owned(), "/d/f"),
        (303, "?g".to_owned(), "/d/f?g"),
        (307, server.url("/h"), "/h"),
        (308, server.url("").replace("http:", ""), "/"),
    ] {
        let asked = server.accept();
        assert_eq!(asked.header("last-event-id"), Some("7"));
        asked.answer(&format!(
            "HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
        ));
        let asked = server.accept();
        assert!(
            asked.head.starts_with(&format!("GET {next} HTTP/1.1\r\n")),
            "{}",
            asked.head
        );
        asked.answer(&format!(
            "HTTP/1.1 307 Again\r\nLocation: {next}\r\nContent-Length: 0\r\n\r\n"
        ));
    }
    server.accept().answer("HTTP/1.1 204 No Content\r\n\r\n");
    assert!(client.wait_with_output().unwrap().status.success());
}

#[test]
fn a_refusal_is_final() {
    for (answer, said) in [
        ("HTTP/1.1 404 Not Found\r\n\r\n", "the server answers 404"),
        ("HTTP/1.1 503 Later\r\n\r\n", "the server answers 503"),
        (
            "HTTP/1.1 299 Odd\r\nContent-Type: text/event-stream\r\n\r\n",
            "299",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
            "no event stream",
        ),
        ("HTTP/1.1 200 OK\r\n\r\n", "no event stream"),
        (
            "HTTP/1.1 302 Found\r\nLocation: https://a/\r\n\r\n",
            "only http://",
        ),
        ("HTTP/1.1 302 Found\r\n\r\n", "302"),
    ] {
        let server = Server::new();
        let client = start(&server.url("/s"), &[]);
        server.accept().answer(answer);
        let output = client.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{answer}");
        let told = text(output.stderr);
        assert!(told.contains(said), "{told}");
    }
}

#[test]
fn going_round_in_circles_ends() {
    let server = Server::new();
    let client = start(&server.url("/s"), &[]);
    for _ in 0..=20 {
        server
            .accept()
            .answer("HTTP/1.1 302 Found\r\nLocation: /s\r\nContent-Length: 0\r\n\r\n");
    }
    let output = client.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(output.stderr).contains("sent elsewhere too often"));
}

#[test]
fn what_is_no_url_is_a_wrong_call() {
    for url in [
        "",
        "example.org",
        "https://a/",
        "http://",
        "http://a b/",
        "http:///x",
        "ftp://a/",
    ] {
        let output = start(url, &[]).wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{url}");
        assert_eq!(text(output.stdout), "");
    }
    for header in ["X", "X: a\r\nY: b", ": x", "a b: c"] {
        let output = start("http://a/", &["-H", header])
            .wait_with_output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{header}");
    }
}

#[test]
fn who_reads_no_more_ends_it() {
    let server = Server::new();
    let mut client = start(&server.url("/s"), &[]);
    let mut asked = server.accept();
    asked.stream.write_all(OPEN.as_bytes()).unwrap();
    asked.stream.write_all(b"\r\ndata: 1\n\n").unwrap();
    let mut line = [0; "message: 1\n".len()];
    let mut stdout = client.stdout.take().unwrap();
    stdout.read_exact(&mut line).unwrap();
    drop(stdout);
    asked.stream.write_all(b"data: 2\n\n").unwrap();
    assert!(client.wait().unwrap().success());
}

#[test]
fn an_event_over_the_limit_is_left_out_and_said() {
    let large = format!("data: {}\n\ndata: small\n\n", "x".repeat(1024 * 1024 + 1));
    let output = read(&large, &[]);
    assert_eq!(text(output.stdout), "message: small\n");
    assert!(text(output.stderr).contains("an event is left out"));
}
