//! The page of counters.

use std::sync::Arc;

use realtime_server::{auth::Access, demo, identity::Identity, server::ServerBuilder};

use crate::{
    rig::member,
    support::{client::Client, running::Running},
};

async fn demo_of_ada() -> Running {
    let mut settings = demo::Settings::default();
    let access = Access::new().with_token("of-ada", Identity::default());
    settings.publishers = Arc::new(access);
    let mut server = ServerBuilder::new();
    demo::install(&mut server, &settings).unwrap();
    Running::start(server).await
}

async fn metrics(server: &Running) -> String {
    let mut client = Client::connect(server.address).await;
    let fields = "Authorization: Bearer of-ada\r\n";
    client.request("GET /metrics", fields).await;
    let answer = client.answer().await;
    assert_eq!(answer.status, 200);
    let kind = answer.field("content-type");
    assert_eq!(kind, Some("text/plain; version=0.0.4; charset=utf-8"));
    answer.text().to_owned()
}

#[tokio::test]
async fn shows_the_connections_of_the_hub_while_they_live() {
    let server = demo_of_ada().await;
    let active = "signalr_server_active_connections{signalr_transport=\"web_sockets\"}";
    let hub = member(server.address).await;
    let text = metrics(&server).await;
    assert!(text.contains(&format!("{active} 1\n")), "{text}");
    assert!(
        text.contains("realtime_hub_connections_total 1\n"),
        "{text}"
    );
    drop(hub);
    // The server hears of it in its own time.
    while !metrics(&server).await.contains(&format!("{active} 0\n")) {
        tokio::task::yield_now().await;
    }
    let ended = "signalr_server_connection_duration_seconds_count\
        {signalr_transport=\"web_sockets\",signalr_connection_status=\"normal_closure\"} 1\n";
    let text = metrics(&server).await;
    assert!(text.contains(ended), "{text}");
}

#[tokio::test]
async fn is_for_those_alone_who_may_publish() {
    let server = demo_of_ada().await;
    let mut client = Client::connect(server.address).await;
    client.request("GET /metrics", "").await;
    assert_eq!(client.answer().await.status, 401);
}
