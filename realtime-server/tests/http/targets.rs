//! Request targets (RFC 9112 section 3.2).

use realtime_server::http::Status;

use crate::rig::{Rig, get};

#[tokio::test]
async fn hands_path_and_query_on_as_they_were_sent() {
    let rig = Rig::new().await;
    let (answer, _) = rig
        .ask(get("/inspect?A=1&b=x+y%26z&c&d=%C3%A9&=e&&f=%ff"))
        .await;
    assert_eq!(
        answer.text(),
        "GET /inspect\nauthority a\nquery A=1\nquery b=x y&z\nquery c=\nquery d=\u{e9}\n\
         query =e\nquery f=\u{fffd}\nhost: a\n"
    );
}

//= https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2
//# an origin server receives a request with an absolute-form of request-target, the origin server
//# MUST ignore the received Host header field (if any) and instead use the host information of the
//# request-target.
#[tokio::test]
async fn takes_the_authority_of_an_absolute_target() {
    let rig = Rig::new().await;
    let head = "GET HTTP://b:81/inspect?q=1 HTTP/1.1\r\nHost: a\r\n\r\n";
    let (answer, _) = rig.ask(head).await;
    assert_eq!(
        answer.text(),
        "GET /inspect\nauthority b:81\nquery q=1\nhost: a\n"
    );
}

//= https://www.rfc-editor.org/rfc/rfc9110#section-4.2.3
//# an empty path component is equivalent to an absolute path of "/"
#[tokio::test]
async fn an_absolute_target_without_a_path_is_the_root() {
    let rig = Rig::with(realtime_server::config::HttpConfig::default(), |head| {
        let seen = format!(
            "{} {}",
            head.target.path(),
            head.target.query().unwrap_or("-")
        );
        crate::rig::reply(0, move |_| {
            realtime_server::http::Response::text(Status::OK, seen.clone())
        })
    })
    .await;
    for (target, seen) in [
        ("http://b", "/ -"),
        ("http://b?x=1", "/ x=1"),
        ("http://b/", "/ -"),
    ] {
        let (answer, _) = rig
            .ask(format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n"))
            .await;
        assert_eq!(answer.text(), seen);
    }
    let (answer, _) = rig.ask("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(answer.text(), "* -");
}

#[tokio::test]
async fn refuses_targets_of_no_known_form() {
    let rig = Rig::new().await;
    for target in [
        "*",
        "ok",
        "../ok",
        "ftp://b/ok",
        "http://",
        "http:///ok",
        "http://:80/ok",
        "http://u:p@b/ok",
        "http://b:x/ok",
        "b:80",
        "/ok#f",
        "/ok?a#f",
        "/a\"b",
        "/a<b",
        "/a\\b",
        "/a|b",
        "/a%2",
        "/a%zz",
        "/\u{e9}",
        "/ok?\u{e9}",
        "/ok?\"",
        "/ok?<",
        "/ok?a\x7f",
    ] {
        let head = format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
        rig.refuses(head, Status::BAD_REQUEST).await;
    }
}

#[tokio::test]
async fn accepts_what_browsers_send_in_a_query() {
    let rig = Rig::new().await;
    rig.keeps(get("/ok?a=^`{|}\\[]&b=?/:@%"), Status::OK).await;
}

//= https://www.rfc-editor.org/rfc/rfc9110#section-7.4
//# Unless the connection is from a trusted gateway, an origin server MUST reject a request if any
//# scheme-specific requirements for the target URI are not met.
#[tokio::test]
async fn refuses_https_on_a_plain_connection() {
    let rig = Rig::new().await;
    let head = "GET https://a/ok HTTP/1.1\r\nHost: a\r\n\r\n";
    rig.refuses(head, Status::MISDIRECTED_REQUEST).await;
}

#[tokio::test]
async fn finds_query_values_by_name_without_case() {
    let rig = Rig::with(realtime_server::config::HttpConfig::default(), |_| {
        crate::rig::reply(0, |request| {
            let found = request.query("id").unwrap_or("none".into()).into_owned();
            realtime_server::http::Response::text(Status::OK, found)
        })
    })
    .await;
    for (query, found) in [
        ("?ID=1&id=2", "1"),
        ("?%49d=3", "3"),
        ("?ids=4", "none"),
        ("", "none"),
    ] {
        let (answer, _) = rig.ask(get(&format!("/{query}"))).await;
        assert_eq!(answer.text(), found);
    }
}
