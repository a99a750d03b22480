//! What pages of other origins may do, and what their browsers are told.

use realtime_server::{
    config::{CorsConfig, Origins},
    http::{Response, Status},
    hub::Hub,
    server::ServerBuilder,
};

use crate::{
    rig::{behind_proxy, server, status},
    support::{
        client::{Answer, Client},
        running::Running,
    },
};

const LISTED: &str = "https://app.example.com";

fn listed() -> Origins {
    Origins::Listed(vec![LISTED.into()])
}

async fn with(origins: Origins) -> Running {
    let mut server = server();
    let mut cors = CorsConfig::default();
    cors.origins = origins;
    server.cors(cors);
    Running::start(server).await
}

async fn asked_by(server: &Running, method_and_path: &str, fields: &str) -> Answer {
    let mut client = Client::connect(server.address).await;
    client.request(method_and_path, fields).await;
    client.head().await
}

fn by(origin: &str) -> String {
    format!("Origin: {origin}\r\n")
}

const PREFLIGHT: &str = "Access-Control-Request-Method: POST\r\n\
    Access-Control-Request-Headers: x-requested-with,x-signalr-user-agent\r\n";

#[tokio::test]
async fn a_foreign_page_can_change_nothing_and_open_nothing() {
    let server = with(Origins::Same).await;
    let own = format!("http://{}", server.address);
    let foreign = [
        "https://evil.example".to_owned(),
        "null".to_owned(),
        format!("{own}.evil.example"),
        format!("http://{}@evil.example", server.address),
        "http://127.0.0.1".to_owned(),
        format!("https://{}", server.address),
        format!("{own}/"),
        format!("{own}, {own}"),
        "\u{fc}".to_owned(),
    ];
    for request in [
        "POST /change",
        "POST /missing",
        "POST /hub/negotiate?negotiateVersion=1",
        "GET /hub",
        "GET /hub?id=x",
        "DELETE /hub?id=x",
        "GET /events",
    ] {
        for origin in &foreign {
            let answer = asked_by(&server, request, &by(origin)).await;
            assert_eq!(answer.status, 403, "{request} {origin}");
            assert_eq!(answer.field("access-control-allow-origin"), None);
        }
        let answer = asked_by(&server, request, &by(&own)).await;
        assert_ne!(answer.status, 403, "{request}");
    }
    let refused = server.metrics.origins_refused.value();
    assert_eq!(refused, 7 * u64::try_from(foreign.len()).unwrap());
    // It may ask for what anybody may have; its browser hides the answer from it.
    let answer = asked_by(&server, "GET /who", &by("https://evil.example")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.field("access-control-allow-origin"), None);
    assert_eq!(answer.field("vary"), None);
    let preflight = by("https://evil.example") + PREFLIGHT;
    let answer = asked_by(&server, "OPTIONS /change", &preflight).await;
    assert_eq!(answer.field("access-control-allow-origin"), None);
}

#[tokio::test]
async fn a_token_that_no_browser_adds_counts_more_than_the_page() {
    let server = with(Origins::Same).await;
    for (credentials, expected) in [("Bearer x", 200), ("bearer x", 200), ("Basic eDp5", 403)] {
        let fields = by("https://evil.example") + &format!("Authorization: {credentials}\r\n");
        let answer = asked_by(&server, "POST /change", &fields).await;
        assert_eq!(answer.status, expected, "{credentials}");
        // Its own page would have asked first, and got this answer.
        let preflight = by("https://evil.example") + PREFLIGHT;
        let answer = asked_by(&server, "OPTIONS /change", &preflight).await;
        assert_eq!(answer.field("access-control-allow-origin"), None);
    }
}

#[tokio::test]
async fn a_listed_page_may_ask_and_see() {
    let server = with(listed()).await;
    for request in [
        "GET /who",
        "POST /change",
        "GET /missing",
        "POST /hub/negotiate?negotiateVersion=1",
        "GET /events",
    ] {
        let answer = asked_by(&server, request, &by(LISTED)).await;
        assert_ne!(answer.status, 403, "{request}");
        let fields = [
            ("access-control-allow-origin", LISTED),
            ("access-control-allow-credentials", "true"),
            (
                "access-control-expose-headers",
                "ETag, Retry-After, WWW-Authenticate",
            ),
            ("vary", "Origin"),
        ];
        for (name, value) in fields {
            assert_eq!(answer.field(name), Some(value), "{request}");
        }
    }
    for origin in ["https://evil.example", "null", "http://app.example.com"] {
        let answer = asked_by(&server, "GET /who", &by(origin)).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.field("access-control-allow-origin"), None);
        assert_eq!(answer.field("vary"), Some("Origin"));
        let answer = asked_by(&server, "POST /change", &by(origin)).await;
        assert_eq!((answer.status, answer.field("vary")), (403, Some("Origin")));
    }
    // A cache must not give the answer for no page to a page.
    let answer = asked_by(&server, "GET /who", "").await;
    assert_eq!(answer.field("access-control-allow-origin"), None);
    assert_eq!(answer.field("vary"), Some("Origin"));
}

#[tokio::test]
async fn a_preflight_says_what_a_listed_page_may_send() {
    let mut server = server();
    let mut cors = CorsConfig::default();
    cors.origins = listed();
    cors.fields = vec!["x-own".into()];
    server.cors(cors);
    let server = Running::start(server).await;
    let preflight = by(LISTED) + PREFLIGHT;
    for (path, methods) in [
        ("/change", "POST, OPTIONS"),
        ("/hub", "GET, HEAD, POST, DELETE, PUT, PATCH, OPTIONS"),
        // No token is asked for: a preflight cannot carry one.
        ("/secret", "GET, HEAD, OPTIONS"),
    ] {
        let answer = asked_by(&server, &format!("OPTIONS {path}"), &preflight).await;
        assert_eq!(answer.status, 204, "{path}");
        let fields = [
            ("access-control-allow-origin", LISTED),
            ("access-control-allow-credentials", "true"),
            ("access-control-allow-methods", methods),
            (
                "access-control-allow-headers",
                "authorization, cache-control, content-type, last-event-id, x-requested-with, \
                 x-signalr-user-agent, x-own",
            ),
            ("access-control-max-age", "600"),
        ];
        for (name, value) in fields {
            assert_eq!(answer.field(name), Some(value), "{path}");
        }
        let vary = answer.fields.iter().filter(|(name, _)| name == "vary");
        let vary: Vec<_> = vary.map(|(_, value)| value.as_str()).collect();
        assert_eq!(
            vary.join(", "),
            "Access-Control-Request-Method, Access-Control-Request-Headers, Origin"
        );
    }
    let foreign = by("https://evil.example") + PREFLIGHT;
    let answer = asked_by(&server, "OPTIONS /change", &foreign).await;
    assert_eq!((answer.status, answer.field("vary")), (403, Some("Origin")));
    assert_eq!(answer.field("access-control-allow-origin"), None);
    // An OPTIONS that is no preflight is a question like any other.
    let answer = asked_by(&server, "OPTIONS /change", &by(LISTED)).await;
    assert_eq!(answer.field("allow"), Some("POST, OPTIONS"));
}

#[tokio::test]
async fn with_any_origin_there_are_no_credentials() {
    let server = with(Origins::Any).await;
    for request in ["GET /who", "POST /change", "GET /events"] {
        for origin in ["https://evil.example", "null"] {
            let answer = asked_by(&server, request, &by(origin)).await;
            assert_eq!(answer.status, 200, "{request}");
            assert_eq!(answer.field("access-control-allow-origin"), Some("*"));
            assert_eq!(answer.field("access-control-allow-credentials"), None);
        }
    }
}

#[tokio::test]
async fn credentials_can_be_forbidden() {
    let mut server = server();
    let mut cors = CorsConfig::default();
    cors.origins = listed();
    cors.credentials = false;
    server.cors(cors);
    let server = Running::start(server).await;
    let answer = asked_by(&server, "GET /who", &by(LISTED)).await;
    assert_eq!(answer.field("access-control-allow-origin"), Some(LISTED));
    assert_eq!(answer.field("access-control-allow-credentials"), None);
}

#[tokio::test]
async fn routes_and_hubs_can_have_origins_of_their_own() {
    let mut server = ServerBuilder::new();
    let answer = async |_| Response::text(Status::OK, "ok");
    server.post("/open", answer).unwrap().origins(Origins::Any);
    server.post("/listed", answer).unwrap().origins(listed());
    server.post("/same", answer).unwrap();
    server.hub("/hub", Hub::new(()).origins(listed())).unwrap();
    let server = Running::start(server).await;
    for (path, origin, expected) in [
        ("/open", "https://evil.example", 200),
        ("/listed", LISTED, 200),
        ("/listed", "https://evil.example", 403),
        ("/same", LISTED, 403),
        ("/hub/negotiate", LISTED, 200),
        ("/hub/negotiate", "https://evil.example", 403),
    ] {
        let answer = asked_by(&server, &format!("POST {path}"), &by(origin)).await;
        assert_eq!(answer.status, expected, "{path} {origin}");
        let told = answer.field("access-control-allow-origin");
        let expected = match path {
            "/open" => Some("*"),
            _ => (expected == 200).then_some(origin),
        };
        assert_eq!(told, expected, "{path} {origin}");
        let preflight = by(origin) + PREFLIGHT;
        let answer = asked_by(&server, &format!("OPTIONS {path}"), &preflight).await;
        let told = answer.field("access-control-allow-origin");
        assert_eq!(told, expected, "{path} {origin}");
    }
    // What the application says itself stands alone.
    let answer = asked_by(&server, "GET /open", &by("https://evil.example")).await;
    assert_eq!(answer.status, 405);
}

#[tokio::test]
async fn behind_a_proxy_with_tls_a_page_in_clear_text_is_foreign() {
    let mut server = server();
    server.http_config(behind_proxy());
    let server = Running::start(server).await;
    let mut client = Client::connect(server.address).await;
    for (proto, origin, expected) in [
        ("https", "https://localhost", 200),
        ("https", "https://localhost:443", 200),
        ("https", "http://localhost", 403),
        ("http", "http://localhost", 200),
        ("http", "https://localhost", 403),
    ] {
        let fields = format!(
            "X-Forwarded-Proto: {proto}\r\nX-Forwarded-Host: localhost\r\n{}",
            by(origin)
        );
        let got = status(&mut client, "POST /change", &fields).await;
        assert_eq!(got, expected, "{proto} {origin}");
    }
}
