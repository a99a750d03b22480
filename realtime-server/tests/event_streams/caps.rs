//! How many may subscribe.

use realtime_server::config::StreamConfig;

use crate::{reader::Reader, rig::Rig};

async fn refused(rig: &Rig, query: &str, status: u16) {
    let answer = Reader::open(rig.address, &format!("/stream{query}"), "").await;
    assert_eq!(answer.status, status, "{:?}", answer.head);
    assert_eq!(answer.header("retry-after"), Some("5"));
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
}

#[tokio::test]
async fn a_full_stream_refuses_until_somebody_leaves() {
    let mut config = StreamConfig::default();
    config.max_subscribers = 2;
    let rig = Rig::new(config).await;
    let one = rig.subscribe("").await;
    let _two = rig.subscribe("").await;
    refused(&rig, "", 503).await;
    assert_eq!(rig.metrics.stream_subscriptions_refused.value(), 1);
    drop(one);
    rig.has(1).await;
    let _three = rig.subscribe("").await;
}

#[tokio::test]
async fn an_address_has_its_own_limit() {
    let mut config = StreamConfig::default();
    config.max_per_address = Some(1);
    let rig = Rig::new(config).await;
    let one = rig.subscribe("").await;
    refused(&rig, "", 429).await;
    refused(&rig, "?user=ann", 429).await;
    drop(one);
    rig.has(0).await;
    let _two = rig.subscribe("").await;
}

#[tokio::test]
async fn a_user_has_a_limit_of_its_own() {
    let mut config = StreamConfig::default();
    config.max_per_user = Some(2);
    let rig = Rig::new(config).await;
    let _one = rig.subscribe("?user=ann").await;
    let two = rig.subscribe("?user=ann").await;
    refused(&rig, "?user=ann", 429).await;
    let _other = rig.subscribe("?user=bob").await;
    let _nobody = rig.subscribe("").await;
    drop(two);
    rig.has(3).await;
    let _three = rig.subscribe("?user=ann").await;
}
