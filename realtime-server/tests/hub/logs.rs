use realtime_server::hub::{Broadcaster, Hub, LogForwarder, LogLayer};
use tracing::{debug, error, info, level_filters::LevelFilter, subscriber::with_default, warn};
use tracing_subscriber::{Registry, layer::SubscriberExt};

use crate::{client::Client, rig::Rig};

fn logging(most: LevelFilter, log: impl FnOnce()) -> (LogForwarder, u64) {
    let (layer, forwarder) = LogLayer::new(most);
    let dropped = std::sync::Arc::clone(layer.dropped());
    with_default(Registry::default().with(layer), log);
    (forwarder, dropped.value())
}

async fn forwarded(forwarder: LogForwarder) -> Client {
    let rig = Rig::new(Hub::new(())).await;
    let client = rig.client().await;
    while rig.clients.count() == 0 {
        tokio::task::yield_now().await;
    }
    let clients = rig.clients.clone();
    forwarder.run(Broadcaster::new(rig.clients)).await;
    clients.all().send("Last", ()).await.unwrap();
    client
}

/// Level and message of the records before the last one.
async fn received(mut client: Client) -> Vec<(String, String)> {
    let mut records = Vec::new();
    loop {
        let message = client.json().await;
        if message["target"] == "Last" {
            return records;
        }
        assert_eq!(message["target"], "ReceiveLog");
        let record = &message["arguments"][0];
        assert!(record["timestamp"].as_str().unwrap().ends_with('Z'));
        let text = |name: &str| record[name].as_str().unwrap().to_owned();
        records.push((text("level"), text("message")));
    }
}

#[tokio::test]
async fn log_records_reach_the_clients_with_their_fields() {
    let (forwarder, _) = logging(LevelFilter::INFO, || {
        info!(count = 3, name = "ann", "it happens");
        warn!("it may go wrong");
        error!(error = %"lost", "it went wrong");
        debug!("nobody asked for that");
    });
    let records = received(forwarded(forwarder).await).await;
    let expected = [
        ("Information", "it happens count=3 name=ann"),
        ("Warning", "it may go wrong"),
        ("Error", "it went wrong error=lost"),
    ];
    assert_eq!(
        records,
        expected.map(|(level, text)| (level.to_owned(), text.to_owned()))
    );
}

#[tokio::test]
async fn records_of_the_delivery_itself_are_left_out() {
    let (forwarder, _) = logging(LevelFilter::TRACE, || {
        info!(target: "realtime_server::signalr::connection", "ends");
        info!(target: "realtime_server::hub", "delivered");
        info!(target: "rustls::conn", "delivered");
        info!(target: "realtime_server::hubris", "of another module");
    });
    let records = received(forwarded(forwarder).await).await;
    assert_eq!(
        records,
        [("Information".to_owned(), "of another module".to_owned())]
    );
}

#[tokio::test]
async fn records_above_the_limit_are_dropped_and_counted() {
    let most = u64::try_from(LogLayer::MOST_WAITING).unwrap();
    let (forwarder, dropped) = logging(LevelFilter::INFO, || {
        for number in 0..most + 3 {
            info!("record {number}");
        }
    });
    assert_eq!(dropped, 3);
    let records = received(forwarded(forwarder).await).await;
    assert_eq!(records.len(), LogLayer::MOST_WAITING + 1);
    assert_eq!(records[1].1, "3 log records were dropped");
    assert_eq!(records[1].0, "Warning");
    assert_eq!(records.last().unwrap().1, format!("record {}", most - 1));
}

#[tokio::test]
async fn long_records_are_cut_between_two_letters() {
    let (forwarder, _) = logging(LevelFilter::INFO, || info!("a{}", "é".repeat(4_000)));
    let records = received(forwarded(forwarder).await).await;
    assert_eq!(records[0].1, format!("a{}", "é".repeat(2_047)));
}
