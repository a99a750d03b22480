//! The routes of the conformance server that need no foreign client, word by word.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in a test a panic is the failure it should be"
)]

#[path = "../examples/conformance/app/mod.rs"]
mod app;
#[path = "conformance/test_hub.rs"]
mod test_hub;
#[path = "conformance/transports.rs"]
mod transports;
#[path = "conformance/ws_echo.rs"]
mod ws_echo;

#[path = "support/mod.rs"]
#[expect(dead_code, reason = "other tests need the rest of it")]
mod support;

use std::net::SocketAddr;

use realtime_server::{config::HttpConfig, endpoint::Directory, server::ServerBuilder};
use support::{
    client::{Answer, Client, ask},
    events::{Events, Told},
    hub::{Heard, HubClient, invocation, result},
    running::Running,
};

use app::Files;

async fn start() -> Running {
    let mut server = ServerBuilder::new();
    let files = Files {
        all: Directory::open(concat!(env!("CARGO_MANIFEST_DIR"), "/examples")).unwrap(),
        lib: None,
        dist: Directory::open(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/conformance")).ok(),
    };
    app::install(&mut server, &app::hub_config(), Some(&files)).unwrap();
    Running::start(server).await
}

async fn ask_with(address: SocketAddr, line: &str, fields: &str, body: &str) -> Answer {
    let mut client = Client::connect(address).await;
    let fields = format!("{fields}Content-Length: {}\r\n", body.len());
    client.request(line, &fields).await;
    client.send(body).await;
    client.answer().await
}

#[tokio::test]
async fn plain_routes_answer_what_the_contract_says() {
    let server = start().await;
    for (line, status, content_type, body) in [
        ("GET /healthz", 200, Some("text/plain; charset=utf-8"), "ok"),
        ("GET /HealthZ", 200, Some("text/plain; charset=utf-8"), "ok"),
        ("GET /nocontent", 204, None, ""),
        (
            "POST /bad-negotiate/negotiate",
            400,
            Some("text/plain; charset=utf-8"),
            "Some response from server",
        ),
        (
            "POST /redirect/negotiate?numRedirects=0&baseUrl=http://h:1",
            200,
            Some("application/json"),
            "{\"url\":\"http://h:1/testHub?numRedirects=1\"}",
        ),
        (
            "POST /redirect/a/b/negotiate?baseUrl=http://h:1",
            200,
            Some("application/json"),
            "{\"url\":\"http://h:1/testHub?numRedirects=2\"}",
        ),
    ] {
        let answer = ask(server.address, line).await;
        assert_eq!(answer.status, status, "{line}");
        assert_eq!(answer.field("content-type"), content_type, "{line}");
        assert_eq!(answer.text(), body, "{line}");
    }
    for (line, allow) in [
        ("POST /healthz", "GET, HEAD, OPTIONS"),
        ("GET /mirror", "POST, PUT, OPTIONS"),
    ] {
        let answer = ask(server.address, line).await;
        assert_eq!((answer.status, answer.field("allow")), (405, Some(allow)));
    }
    for path in [
        "/static/conformance/main.rs",
        "/lib/conformance/main.rs",
        "/dist/main.rs",
    ] {
        let file = ask(server.address, &format!("GET {path}")).await;
        let text = file.text();
        assert!(
            text.starts_with("//! A server for other people's clients"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_mirror_gives_back_a_mebibyte_and_no_more() {
    let server = start().await;
    let type_line = "Content-Type: text/csv\r\n";
    let body = "x".repeat(1024 * 1024);
    for method in ["POST", "PUT"] {
        let answer = ask_with(
            server.address,
            &format!("{method} /mirror"),
            type_line,
            &body,
        )
        .await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.field("content-type"), Some("text/csv"));
        assert!(answer.text() == body);
    }
    let mut client = Client::connect(server.address).await;
    let length = body.len() + 1;
    client
        .request("POST /mirror", &format!("Content-Length: {length}\r\n"))
        .await;
    assert_eq!(client.answer().await.status, 413);
}

#[tokio::test]
async fn the_echo_shows_the_request_as_it_came() {
    let server = start().await;
    let host = server.address;
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        let line = format!("{method} /HttpEcho?a=%20b");
        let answer = ask_with(host, &line, "X-One: 1\r\nx-one:  2 \r\n", "body").await;
        let expected = format!(
            "{method} /HttpEcho?a=%20b\nhost: {host}\nx-one: 1\nx-one: 2\ncontent-length: 4\n\nbody"
        );
        assert_eq!(answer.text(), expected);
    }
}

#[tokio::test]
async fn echoredirect_sends_every_method_on_with_its_query() {
    let server = start().await;
    for (line, location) in [
        ("GET /echoredirect?x=y", "/echo?x=y"),
        ("POST /echoRedirect/negotiate?x=y", "/echo/negotiate?x=y"),
        ("DELETE /echoredirect/a/b", "/echo/a/b"),
    ] {
        let answer = ask(server.address, line).await;
        assert_eq!(
            (answer.status, answer.field("location")),
            (307, Some(location)),
            "{line}"
        );
    }
}

#[tokio::test]
async fn pages_of_other_origins_may_see_every_answer() {
    let server = start().await;
    let asked = "Origin: http://page.test\r\nAccess-Control-Request-Method: POST\r\n\
                 Access-Control-Request-Headers: x-a, x-b\r\n";
    for (line, status) in [
        ("OPTIONS /testhub/negotiate", 204),
        ("OPTIONS /nowhere", 204),
        ("GET /nowhere", 404),
        ("GET /mirror", 405),
        ("GET /ws-echo", 426),
        ("POST /testhub/negotiate?negotiateVersion=1", 200),
        ("POST /TestHub/Negotiate?negotiateVersion=1", 200),
    ] {
        let answer = ask_with(server.address, line, asked, "").await;
        assert_eq!(answer.status, status, "{line}");
        for (name, value) in [
            ("access-control-allow-origin", "http://page.test"),
            ("access-control-allow-credentials", "true"),
            ("access-control-allow-methods", "POST"),
            ("access-control-allow-headers", "x-a, x-b"),
        ] {
            assert_eq!(answer.field(name), Some(value), "{line} {name}");
        }
        let cookies = answer
            .fields
            .iter()
            .filter(|(name, _)| name == "set-cookie");
        let cookies: Vec<_> = cookies.map(|(_, value)| value.as_str()).collect();
        if line.to_ascii_lowercase().contains("/negotiate") {
            let expected = [
                "testCookie=testValue; path=/",
                "testCookie2=testValue2; path=/",
                "expiredCookie=doesntmatter; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/",
            ];
            assert_eq!(cookies, expected, "{line}");
        } else {
            assert_eq!(cookies, [""; 0], "{line}");
        }
    }
}

#[tokio::test]
async fn cookies_over_tls_are_for_pages_of_other_sites() {
    let mut server = ServerBuilder::new();
    let mut http = HttpConfig::default();
    http.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    server.http_config(http);
    app::install(&mut server, &app::hub_config(), None).unwrap();
    let server = Running::start(server).await;
    let line = "POST /testhub/negotiate?negotiateVersion=1";
    let answer = ask_with(server.address, line, "X-Forwarded-Proto: https\r\n", "").await;
    let fields = answer.fields.iter();
    let cookies: Vec<_> = fields.filter(|(name, _)| name == "set-cookie").collect();
    assert_eq!(cookies.len(), 3);
    for (_, cookie) in cookies {
        assert!(cookie.contains("; path=/"), "{cookie}");
        assert!(
            cookie.ends_with("; SameSite=None; Secure; Partitioned"),
            "{cookie}"
        );
    }
}

#[tokio::test]
async fn the_fast_stream_sends_events_of_256_bytes() {
    let server = start().await;
    let mut client = Client::connect(server.address).await;
    client.request("GET /sse-fast", "").await;
    let head = client.head().await;
    assert_eq!(head.field("content-type"), Some("text/event-stream"));
    let mut events = Vec::new();
    while events.len() < 100 * 256 {
        events.extend(client.chunk().await.unwrap());
    }
    for event in events.chunks_exact(256) {
        assert_eq!(&event[..6], b"data: ");
        assert_eq!(&event[254..], b"\n\n");
    }
}

#[tokio::test]
async fn the_quiet_stream_begins_and_is_quiet() {
    let server = start().await;
    let mut stream = Events::open(server.address, "/sse-quiet").await;
    assert_eq!(stream.head.field("content-type"), Some("text/event-stream"));
    assert_eq!(stream.next().await, Told::Comment("connected".into()));
    // Where it can be resumed follows, which is no event.
    assert_eq!(stream.client.buffer, "");
}

#[tokio::test]
async fn the_test_hub_answers_by_name() {
    let server = start().await;
    let mut hub = HubClient::open(server.address, "/testhub?numRedirects=3").await;
    for (method, arguments, answer) in [
        ("Echo", "[{\"A\":[1,\"x\",null]}]", "{\"A\":[1,\"x\",null]}"),
        ("Add", "[2,3]", "5"),
        ("Nothing", "[]", "null"),
        ("GetNumRedirects", "[]", "3"),
        ("GetActiveTransportName", "[]", "\"WebSockets\""),
        ("GetHeader", "[\"Upgrade\"]", "\"websocket\""),
        ("GetCookie", "[\"x\"]", "null"),
        ("GetContentTypeHeader", "[]", "null"),
    ] {
        assert_eq!(
            hub.call(method, arguments).await,
            result(answer),
            "{method}"
        );
    }
    for (method, error) in [
        ("ThrowException", "InvalidOperationException: why"),
        ("ThrowHubException", "HubException: why"),
    ] {
        let told = format!(
            "{{\"type\":3,\"invocationId\":\"0\",\"error\":\"An unexpected error occurred \
             invoking '{method}' on the server. {error}\"}}"
        );
        assert_eq!(hub.call(method, "[\"why\"]").await, told);
    }
}

#[tokio::test]
async fn the_uncreatable_hub_says_what_cannot_be_created() {
    let server = start().await;
    let mut hub = HubClient::open(server.address, "/uncreatable").await;
    let told = "{\"type\":7,\"error\":\"Connection closed with an error. \
                InvalidOperationException: Unable to resolve service for type 'System.Object' while \
                attempting to activate 'FunctionalTests.UncreatableHub'.\"}";
    assert_eq!(hub.next().await, Heard::Record(told.to_owned()));
}

#[tokio::test]
async fn the_authorized_hub_takes_a_token_made_here_and_nobody_without_one() {
    let server = start().await;
    let token = |answer: Answer| answer.text().to_owned();
    let usual = token(ask(server.address, "GET /generateJwtToken").await);
    let ann = token(ask(server.address, "GET /generateJwtToken?user=ann").await);
    let negotiate = "POST /authorizedhub/negotiate?negotiateVersion=1";
    let refused = ask(server.address, negotiate).await;
    assert_eq!((refused.status, refused.text()), (401, ""));
    assert_eq!(refused.field("www-authenticate"), Some("Bearer"));
    let field = format!("Authorization: Bearer {usual}\r\n");
    assert_eq!(
        ask_with(server.address, negotiate, &field, "").await.status,
        200
    );
    for (token, user) in [(&usual, "testuser"), (&ann, "ann")] {
        let path = format!("/authorizedhub?access_token={token}");
        let mut hub = HubClient::open(server.address, &path).await;
        assert_eq!(
            hub.call("GetUser", "[]").await,
            result(&format!("\"{user}\""))
        );
        assert_eq!(hub.call("Echo", "[\"x\"]").await, result("\"x\""));
        hub.say(&invocation(
            None,
            "SendToUser",
            &format!("[\"{user}\",[1]]"),
        ))
        .await;
        let message = "{\"type\":1,\"target\":\"UserMessage\",\"arguments\":[[1]]}";
        assert_eq!(hub.record().await, message);
    }
}
