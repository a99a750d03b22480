//! Changing the protocol (RFC 9110 section 7.8).

use bytes::Bytes;
use realtime_server::config::HttpConfig;
use realtime_server::http::{HeaderValue, Response, SendQueue, Status, Upgraded};

use crate::rig::{Rig, get, reply};

const UPGRADE: &str = "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\n\
                       Upgrade: foo/1, echo\r\n\r\n";

/// Sends back what comes, until the client ends its side.
async fn echo(mut upgraded: Upgraded) {
    let mut queue = SendQueue::new(HttpConfig::default().write_timeout);
    let mut input = upgraded.leftover;
    loop {
        queue.push(input.split().freeze());
        upgraded.socket.send(&mut queue).await.unwrap();
        if upgraded.socket.read(&mut input, 1000).await.unwrap() == 0 {
            return;
        }
    }
}

async fn rig() -> Rig {
    Rig::with(HttpConfig::default(), |head| {
        if head.target.path() == "/ok" {
            return reply(0, |_| Response::text(Status::OK, "ok"));
        }
        let asks = head.asks_for("ECHO");
        reply(1000, move |_| {
            if asks {
                let accept = HeaderValue::from_static("yes");
                Response::upgrade(HeaderValue::from_static("echo"), echo).header("x-accept", accept)
            } else {
                Response::text(Status::UPGRADE_REQUIRED, "echo only")
                    .header("upgrade", HeaderValue::from_static("echo"))
            }
        })
    })
    .await
}

//= https://www.rfc-editor.org/rfc/rfc9110#section-15.2.2
//# The server MUST generate an Upgrade header field in the response that indicates which protocol(s)
//# will be in effect after this response.
#[tokio::test]
async fn hands_the_socket_over_with_what_was_read() {
    let rig = rig().await;
    let mut client = rig.client().await;
    client.send(get("/ok") + UPGRADE + "first frame").await;
    assert_eq!(client.answer().await.text(), "ok");
    let answer = client.head().await;
    let date = answer.header("date").unwrap();
    assert_eq!(
        answer.head,
        format!(
            "HTTP/1.1 101 Switching Protocols\nDate: {date}\nUpgrade: echo\nX-Accept: yes\n\
             Connection: upgrade"
        )
    );
    assert_eq!(client.exactly(11).await, b"first frame");
    client.send("second").await;
    assert_eq!(client.exactly(6).await, b"second");
    client.finish().await;
    client.ends().await;
    rig.first.await.unwrap();
    assert_eq!(rig.metrics.upgrades.value(), 1);
}

//= https://www.rfc-editor.org/rfc/rfc9110#section-7.8
//# A server MUST ignore an Upgrade header field that is received in an HTTP/1.0 request.
#[tokio::test]
async fn a_request_that_may_not_upgrade_does_not_ask() {
    let rig = rig().await;
    for request in [
        UPGRADE.replace("HTTP/1.1", "HTTP/1.0"),
        UPGRADE.replace("keep-alive, Upgrade", "keep-alive"),
        UPGRADE.replace("Upgrade\r\n", "xUpgrade\r\n"),
        UPGRADE.replace("foo/1, echo", "h2c"),
        UPGRADE.replace("\r\n\r\n", "\r\nContent-Length: 2\r\n\r\nhi"),
        UPGRADE.replace(
            "\r\n\r\n",
            "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ),
    ] {
        let (answer, _) = rig.ask(request).await;
        assert_eq!((answer.status, answer.text()), (426, "echo only"));
    }
}

#[tokio::test]
async fn a_handler_cannot_upgrade_what_does_not_ask_for_it() {
    let rig = Rig::with(HttpConfig::default(), |_| {
        reply(1000, |_| {
            Response::upgrade(HeaderValue::from_static("echo"), echo)
        })
    })
    .await;
    rig.refuses(get("/"), Status::BAD_REQUEST).await;
    let with_body = UPGRADE.replace("\r\n\r\n", "\r\nContent-Length: 2\r\n\r\nhi");
    rig.refuses(with_body, Status::BAD_REQUEST).await;
}

#[tokio::test]
async fn a_stop_reaches_the_new_protocol() {
    let rig = Rig::with(HttpConfig::default(), |_| {
        reply(0, |_| {
            Response::upgrade(
                HeaderValue::from_static("wait"),
                |mut upgraded| async move {
                    upgraded.drain.cancelled().await;
                    let mut queue = SendQueue::new(HttpConfig::default().write_timeout);
                    queue.push(Bytes::from_static(b"bye"));
                    upgraded.socket.send(&mut queue).await.unwrap();
                },
            )
        })
    })
    .await;
    let mut client = rig.client().await;
    client.send(UPGRADE).await;
    assert_eq!(client.head().await.status, 101);
    rig.drain.cancel();
    assert_eq!(client.rest().await, b"bye");
}

#[tokio::test]
async fn a_panic_after_an_upgrade_ends_only_its_connection() {
    let rig = Rig::with(HttpConfig::default(), |_| {
        reply(0, |_| {
            Response::upgrade(HeaderValue::from_static("x"), |_| async {
                panic!("in the hook")
            })
        })
    })
    .await;
    let mut client = rig.client().await;
    client.send(UPGRADE).await;
    assert_eq!(client.head().await.status, 101);
    client.ends().await;
    rig.first.await.unwrap();
    assert_eq!(rig.metrics.handler_panics.value(), 1);
}
