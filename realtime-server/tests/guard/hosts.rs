//! By which names a server may be asked.

use realtime_server::{config::Hosts, server::ServerBuilder};

use crate::{
    rig::{behind_proxy, server},
    support::{client::Client, running::Running},
};

async fn status(server: &Running, host: &str) -> u16 {
    let mut client = Client::connect(server.address).await;
    client
        .send(format!("GET /who HTTP/1.1\r\nHost: {host}\r\n\r\n"))
        .await;
    client.answer().await.status
}

async fn answers(server: ServerBuilder, cases: &[(&str, u16)]) -> Running {
    let server = Running::start(server).await;
    for (host, expected) in cases {
        assert_eq!(status(&server, host).await, *expected, "{host}");
    }
    server
}

#[tokio::test]
async fn on_loopback_only_names_of_this_machine_are_ours() {
    let cases = [
        ("127.0.0.1", 200),
        ("127.0.0.1:5000", 200),
        ("[::1]:5000", 200),
        ("192.0.2.1", 200),
        ("localhost", 200),
        ("LocalHost.:80", 200),
        ("app.localhost", 200),
        ("attacker.example", 421),
        ("attacker.example:5000", 421),
        ("localhost.attacker.example", 421),
        ("127.0.0.1.attacker.example", 421),
        ("notlocalhost", 421),
    ];
    let server = answers(server(), &cases).await;
    assert_eq!(server.metrics.hosts_refused.value(), 5);
    let mut nameless = Client::connect(server.address).await;
    nameless.send("GET /who HTTP/1.0\r\n\r\n").await;
    assert_eq!(nameless.answer().await.status, 200);
}

#[tokio::test]
async fn a_refused_name_keeps_the_connection_and_its_framing() {
    let server = Running::start(server()).await;
    let mut client = Client::connect(server.address).await;
    client
        .send("POST /change HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 2\r\n\r\nhi")
        .await;
    let refusal = client.answer().await;
    assert_eq!(refusal.status, 421);
    assert_eq!(refusal.json()["field"], "Host");
    assert!(!refusal.text().contains("evil"));
    client.request("GET /who", "").await;
    assert_eq!(client.answer().await.status, 200);
    // The name is that of the target, where that has one.
    client.request("GET http://evil.example/who", "").await;
    assert_eq!(client.answer().await.status, 421);
}

#[tokio::test]
async fn listed_names_are_ours_and_no_others() {
    let mut server = server();
    server.hosts(Hosts::Listed(vec![
        "push.example.com".into(),
        "*.app.example.com".into(),
        "with.port:8080".into(),
    ]));
    let cases = [
        ("push.example.com", 200),
        ("PUSH.example.com:1", 200),
        ("push.example.com.", 200),
        ("a.push.example.com", 421),
        ("xpush.example.com", 421),
        ("push.example.com.evil.example", 421),
        ("a.app.example.com", 200),
        ("a.b.App.example.com", 200),
        ("app.example.com", 421),
        (".app.example.com", 400),
        ("aapp.example.com", 421),
        ("with.port:8080", 200),
        ("with.port", 421),
        ("with.port:80", 421),
        // This machine, because the tests connect to it as that.
        ("localhost", 200),
        ("127.0.0.1", 200),
        ("192.0.2.1", 421),
    ];
    let server = answers(server, &cases).await;
    let mut nameless = Client::connect(server.address).await;
    nameless.send("GET /who HTTP/1.0\r\n\r\n").await;
    assert_eq!(nameless.answer().await.status, 200);
}

#[tokio::test]
async fn any_name_can_be_allowed() {
    let mut server = server();
    server.hosts(Hosts::Any);
    answers(server, &[("attacker.example", 200)]).await;
}

#[tokio::test]
async fn the_name_is_the_one_that_a_trusted_proxy_was_asked_for() {
    let mut server = server();
    server.hosts(Hosts::Listed(vec!["push.example.com".into()]));
    server.http_config(behind_proxy());
    let server = Running::start(server).await;
    for (forwarded, expected) in [("push.example.com", 200), ("evil.example", 421)] {
        let mut client = Client::connect(server.address).await;
        let fields = format!("X-Forwarded-Host: {forwarded}\r\n");
        client.request("GET /who", &fields).await;
        assert_eq!(client.answer().await.status, expected, "{forwarded}");
    }
}
