//! Guards before routes: who is let in, and what the others are told.

use std::sync::Arc;

use realtime_server::{
    auth::{Access, Guard, Policy, Tickets, Verifier},
    config::Origins,
    http::{Method, Request, Response, Status},
    identity::Identity,
    server::ServerBuilder,
};

use crate::{
    signer::{HMAC, access, bearer},
    support::{
        client::{Answer, Client, ask},
        running::Running,
    },
};

/// Says who asks.
async fn who(request: Request) -> Response {
    let who = request.head.identity.as_deref();
    let name = who.and_then(|who| who.user.as_deref()).unwrap_or("nobody");
    Response::text(Status::OK, name.to_owned())
}

async fn serve(guard: &Guard) -> Running {
    let mut server = ServerBuilder::new();
    server.get("/who", who).unwrap().guard(guard);
    server
        .get("/stream", who)
        .unwrap()
        .guard(guard)
        .takes_query_token();
    server.get("/open", who).unwrap();
    server.post("/post", who).unwrap().guard(guard);
    Running::start(server).await
}

async fn get(server: &Running, path: &str, fields: &str) -> Answer {
    let mut client = Client::connect(server.address).await;
    client.request(&format!("GET {path}"), fields).await;
    client.answer().await
}

const CHALLENGE: &str = "www-authenticate";
const INVALID: Option<&str> = Some("Bearer error=\"invalid_token\"");

#[tokio::test]
async fn who_shows_a_good_token_is_let_in_and_known() {
    let server = serve(&Guard::new(access())).await;
    let token = HMAC.token("ann", 60);
    for field in [
        format!("Authorization: Bearer {token}\r\n"),
        format!("authorization: bearer  {token}\r\n"),
        format!("AUTHORIZATION: BEARER {token}\r\n"),
    ] {
        let answer = get(&server, "/who", &field).await;
        assert_eq!((answer.status, answer.text()), (200, "ann"), "{field}");
    }
    assert_eq!(ask(server.address, "GET /open").await.text(), "nobody");
    assert_eq!(ask(server.address, "OPTIONS /who").await.status, 204);
}

#[tokio::test]
async fn all_who_are_not_known_are_told_the_same() {
    let server = serve(&Guard::new(access())).await;
    let missing = get(&server, "/who", "").await;
    assert_eq!(missing.status, 401);
    assert_eq!(missing.field(CHALLENGE), Some("Bearer"));
    let expired = HMAC.token("ann", -61);
    let unsigned = "eyJhbGciOiJub25lIn0.e30.";
    let fields = [
        bearer(&expired),
        bearer(unsigned),
        bearer("x"),
        bearer(&"x".repeat(9_000)),
        "Authorization: Bearer\r\n".to_owned(),
        "Authorization: Bearer \r\n".to_owned(),
        "Authorization: Bearer \u{e9}\r\n".to_owned(),
    ];
    for field in &fields {
        let answer = get(&server, "/who", field).await;
        assert_eq!(answer.status, 401, "{field}");
        assert_eq!(answer.field(CHALLENGE), INVALID, "{field}");
        assert_eq!(answer.text(), missing.text(), "{field}");
    }
    // What is no bearer token cannot be a wrong one.
    let others = [
        "Authorization: Basic YTpi\r\n".to_owned(),
        "Authorization: Bearers x\r\n".to_owned(),
        format!("Authorization: {expired}\r\n"),
    ];
    for field in &others {
        let answer = get(&server, "/who", field).await;
        assert_eq!(answer.status, 401, "{field}");
        assert_eq!(answer.field(CHALLENGE), Some("Bearer"), "{field}");
        assert_eq!(answer.text(), missing.text(), "{field}");
    }
    let refused = u64::try_from(fields.len() + others.len()).unwrap() + 1;
    assert_eq!(server.metrics.requests_unauthenticated.value(), refused);
    assert_eq!(server.metrics.requests_forbidden.value(), 0);
}

#[tokio::test]
async fn who_is_known_and_may_not_is_told_that() {
    let guard = Guard::new(access()).policy(Policy::claim("role", "admin"));
    let server = serve(&guard).await;
    let answer = get(&server, "/who", &bearer(&HMAC.token("ann", 60))).await;
    assert_eq!(answer.status, 403);
    let challenge = answer.field(CHALLENGE);
    assert_eq!(challenge, Some("Bearer error=\"insufficient_scope\""));
    assert_eq!(get(&server, "/who", "").await.status, 401);
    let mut claims = crate::signer::claims("bo", 60);
    claims["role"] = serde_json::json!(["user", "admin"]);
    let answer = get(&server, "/who", &bearer(&HMAC.sign(&claims))).await;
    assert_eq!((answer.status, answer.text()), (200, "bo"));
    assert_eq!(server.metrics.requests_forbidden.value(), 1);
}

#[tokio::test]
async fn a_policy_is_told_the_path_that_routing_has_understood() {
    let not_below = |prefix: &'static str| Policy::new(move |_, path| !path.starts_with(prefix));
    let guard = |policy| Guard::new(access()).policy(policy);
    let mut server = ServerBuilder::new();
    let admin = guard(not_below("/admin"));
    server.get("/admin/{name}", who).unwrap().guard(&admin);
    server.get("/{area}/of/{name}", who).unwrap().guard(&admin);
    let exact = guard(Policy::new(|_, path| {
        ["/Items/a b%2Fc%25", "/"].contains(&path)
    }));
    server.get("/Items/{name}", who).unwrap().guard(&exact);
    server.get("/", who).unwrap().guard(&exact);
    let files = guard(not_below("/files/secret/"));
    server.get("/files/{*path}", who).unwrap().guard(&files);
    let server = Running::start(server).await;
    let ann = bearer(&HMAC.token("ann", 60));
    for (path, status) in [
        ("/admin/x", 403),
        ("/ADMIN/x", 403),
        ("/%61dmin/x/", 403),
        ("/%61dmin/of/x", 403),
        ("/other/of/x", 200),
        ("/items/a%20b%2Fc%25/", 200),
        ("/items/a%20b", 403),
        ("/", 200),
        ("/?a=/x", 200),
        ("/files/secret/x", 403),
        ("/FILES/secret/x", 403),
        ("/files/%73ecret/x", 403),
        ("/files/secret%2Fx", 200),
        ("/files/public/x", 200),
    ] {
        assert_eq!(get(&server, path, &ann).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn nobody_is_let_in_where_that_is_said_but_no_bad_token() {
    let server = serve(&Guard::new(access()).or_anybody()).await;
    assert_eq!(get(&server, "/who", "").await.text(), "nobody");
    let good = bearer(&HMAC.token("ann", 60));
    assert_eq!(get(&server, "/who", &good).await.text(), "ann");
    let bad = bearer(&HMAC.token("ann", -61));
    assert_eq!(get(&server, "/who", &bad).await.status, 401);
    let other = "Authorization: Basic YTpi\r\n";
    assert_eq!(get(&server, "/who", other).await.status, 401);
}

#[tokio::test]
async fn the_query_carries_a_token_only_at_streams() {
    let server = serve(&Guard::new(access())).await;
    let (ann, bo) = (HMAC.token("ann", 60), HMAC.token("bo", 60));
    for (path, fields, status) in [
        (format!("/stream?access_token={ann}"), String::new(), 200),
        (format!("/stream?ACCESS_TOKEN={ann}"), String::new(), 200),
        (format!("/stream?access%5Ftoken={ann}"), String::new(), 200),
        (format!("/who?access_token={ann}"), String::new(), 401),
        (format!("/stream?access_token={ann}"), bearer(&ann), 200),
        (format!("/stream?access_token={ann}"), bearer(&bo), 401),
        (format!("/stream?access_token={ann}"), bearer("x"), 401),
        ("/stream?access_token=x".to_owned(), bearer(&ann), 401),
        ("/stream?access_token=".to_owned(), String::new(), 401),
        ("/stream?access_token=".to_owned(), bearer(&ann), 200),
        (
            format!("/stream?access_token={ann}&access_token={ann}"),
            String::new(),
            401,
        ),
        (format!("/who?access_token={bo}"), bearer(&ann), 200),
    ] {
        let answer = get(&server, &path, &fields).await;
        assert_eq!(answer.status, status, "{path} {fields}");
    }
}

#[tokio::test]
async fn a_cookie_carries_a_token_for_pages_of_this_server_alone() {
    let access = access().with_cookie("session", Origins::Same);
    let server = serve(&Guard::new(access)).await;
    let (ann, bo) = (HMAC.token("ann", 60), HMAC.token("bo", 60));
    let own = format!("Origin: http://{}\r\n", server.address);
    for (fields, status, name) in [
        (format!("Cookie: session={ann}\r\n"), 200, "ann"),
        (format!("Cookie: a=1; session={ann}\r\n"), 200, "ann"),
        (format!("Cookie: session={ann}\r\n{own}"), 200, "ann"),
        // A header counts before a cookie.
        (
            format!("Cookie: session={ann}\r\n{}", bearer(&bo)),
            200,
            "bo",
        ),
        (format!("Cookie: session={ann}\r\n{}", bearer("x")), 401, ""),
        (format!("Cookie: other={ann}\r\n"), 401, ""),
        (format!("Cookie: session={ann}; session={bo}\r\n"), 401, ""),
        ("Cookie: session=x\r\n".to_owned(), 401, ""),
        (
            format!("Cookie: session={ann}\r\nOrigin: http://evil.test\r\n"),
            403,
            "",
        ),
        (
            format!("Cookie: session={ann}\r\nOrigin: null\r\n"),
            403,
            "",
        ),
        (
            format!("Cookie: session={ann}\r\nSec-Fetch-Site: cross-site\r\n"),
            403,
            "",
        ),
        (
            format!("Cookie: session={ann}\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"),
            403,
            "",
        ),
        // What a page sends on purpose may come from anywhere.
        (
            format!("{}Origin: http://evil.test\r\n", bearer(&ann)),
            200,
            "ann",
        ),
    ] {
        let answer = get(&server, "/who", &fields).await;
        assert_eq!(answer.status, status, "{fields}");
        if status == 200 {
            assert_eq!(answer.text(), name, "{fields}");
        }
    }
}

#[tokio::test]
async fn with_a_cookie_nothing_is_changed_that_does_not_say_whose_page_asks() {
    let access = access().with_cookie("session", Origins::Same);
    let guard = Guard::new(access);
    let mut server = ServerBuilder::new();
    let methods = [Method::Post, Method::Put, Method::Patch, Method::Delete];
    for method in methods {
        server.route(method, "/change", who).unwrap().guard(&guard);
    }
    let server = Running::start(server).await;
    let cookie = format!("Cookie: session={}\r\n", HMAC.token("ann", 60));
    let own = format!("Origin: http://{}\r\n", server.address);
    for method in methods {
        for (fields, status) in [
            ("", 403),
            ("Sec-Fetch-Site: same-site\r\n", 403),
            ("Sec-Fetch-Site: cross-site\r\n", 403),
            ("Sec-Fetch-Site: same-origin\r\n", 200),
            ("Sec-Fetch-Site: none\r\n", 200),
            (&own, 200),
        ] {
            let mut client = Client::connect(server.address).await;
            let line = format!("{method} /change");
            client.request(&line, &format!("{cookie}{fields}")).await;
            assert_eq!(client.answer().await.status, status, "{line} {fields}");
        }
        let mut client = Client::connect(server.address).await;
        let token = bearer(&HMAC.token("ann", 60));
        client.request(&format!("{method} /change"), &token).await;
        assert_eq!(client.answer().await.status, 200, "{method}");
    }
}

#[tokio::test]
async fn who_is_not_let_in_is_told_before_the_body_is_read() {
    let server = serve(&Guard::new(access())).await;
    let mut client = Client::connect(server.address).await;
    // The body never comes.
    client
        .request(
            "POST /post",
            "Content-Length: 60000\r\nExpect: 100-continue\r\n",
        )
        .await;
    assert_eq!(client.answer().await.status, 401);
    let field = bearer(&HMAC.token("ann", 60));
    let mut client = Client::connect(server.address).await;
    client
        .request("POST /post", &format!("Content-Length: 1\r\n{field}"))
        .await;
    client.send("x").await;
    assert_eq!(client.answer().await.text(), "ann");
}

#[tokio::test]
async fn what_is_added_after_a_guard_has_it() {
    let mut server = ServerBuilder::new();
    server.get("/before", who).unwrap();
    server.guard(Some(Guard::new(access())));
    server.get("/after", who).unwrap();
    server.get("/opened", who).unwrap().open();
    let other = Access::new().with_token("a token of its own", Identity::user("other"));
    server.get("/other", who).unwrap().guard(&Guard::new(other));
    server.guard(None);
    server.get("/last", who).unwrap();
    let server = Running::start(server).await;
    for (path, status) in [
        ("/before", 200),
        ("/after", 401),
        ("/opened", 200),
        ("/other", 401),
        ("/last", 200),
    ] {
        assert_eq!(get(&server, path, "").await.status, status, "{path}");
    }
    let field = bearer("a token of its own");
    assert_eq!(get(&server, "/other", &field).await.text(), "other");
    assert_eq!(get(&server, "/after", &field).await.status, 401);
}

#[tokio::test]
async fn tokens_of_all_kinds_are_known_at_once() {
    let tickets = Arc::new(Tickets::new());
    let access = Access::new()
        .with_token("the key of a publisher", Identity::user("publisher"))
        .with_verifier(Verifier::new(HMAC.key()).issuer("a"))
        .with_verifier(Verifier::new(HMAC.key()).issuer("b"))
        .with_tickets(&tickets);
    let server = serve(&Guard::new(access)).await;
    let mut claims = crate::signer::claims("bo", 60);
    claims["iss"] = "b".into();
    let ticket = tickets.issue(Arc::new(Identity::user("cy"))).unwrap();
    for (token, name) in [
        ("the key of a publisher", "publisher"),
        (&HMAC.sign(&claims), "bo"),
        (&ticket, "cy"),
    ] {
        let answer = get(&server, "/stream", &bearer(token)).await;
        assert_eq!((answer.status, answer.text()), (200, name));
    }
    // A ticket is good once.
    let path = format!("/stream?access_token={ticket}");
    assert_eq!(get(&server, &path, "").await.status, 401);
}
