use std::time::Duration;

use realtime_server::hub::{Caller, Hub, ItemError, Items};
use tokio::{sync::mpsc, time};

use crate::rig::{Rig, config};

fn hub(seen: mpsc::UnboundedSender<&'static str>) -> Hub<mpsc::UnboundedSender<&'static str>> {
    Hub::new(seen)
        .config(config(|_| {}))
        .method("Slow", async |_, caller: Caller, (): ()| {
            let cancelled = caller.cancelled();
            Ok(
                match time::timeout(Duration::from_secs(50), cancelled).await {
                    Ok(()) => "cancelled",
                    Err(_) => "finished",
                },
            )
        })
        .method(
            "Deaf",
            async |seen: std::sync::Arc<mpsc::UnboundedSender<_>>, _, (): ()| {
                let _ = seen.send("begun");
                std::future::pending::<()>().await;
                Ok(())
            },
        )
        .stream(
            "Infinite",
            async |_, caller: Caller, (): (), items: Items<u32>| {
                items.cancelled().await;
                Ok(caller.itself().send("StreamCanceled", ()).await?)
            },
        )
        .stream(
            "Flood",
            async |seen: std::sync::Arc<mpsc::UnboundedSender<_>>, _, (): (), items: Items<u32>| {
                let end = loop {
                    if let Err(error) = items.send(1).await {
                        break error;
                    }
                };
                let _ = seen.send(match end {
                    ItemError::Cancelled => "cancelled",
                    _ => "another error",
                });
                Err(end.into())
            },
        )
        .stream("Deaf stream", async |_, _, (): (), _: Items<u32>| {
            std::future::pending::<()>().await;
            Ok(())
        })
}

#[tokio::test]
async fn a_cancelled_stream_ends_without_an_error_and_its_method_is_told() {
    let (seen, _) = mpsc::unbounded_channel();
    let rig = Rig::new(hub(seen)).await;
    let mut client = rig.client().await;
    client.stream("1", "Infinite", "[]").await;
    client.send(r#"{"type":5,"invocationId":"1"}"#).await;
    let mut records = [client.record().await, client.record().await];
    records.sort();
    assert_eq!(
        records,
        [
            r#"{"type":1,"target":"StreamCanceled","arguments":[]}"#,
            r#"{"type":3,"invocationId":"1"}"#,
        ]
    );
}

#[tokio::test]
async fn a_cancelled_stream_sends_no_more_items_and_its_error_is_not_told() {
    let (seen, mut log) = mpsc::unbounded_channel();
    let rig = Rig::new(hub(seen)).await;
    let mut client = rig.client().await;
    client.stream("1", "Flood", "[]").await;
    assert_eq!(client.json().await["item"], 1);
    client.send(r#"{"type":5,"invocationId":"1"}"#).await;
    let end = loop {
        let record = client.record().await;
        if record != r#"{"type":2,"invocationId":"1","item":1}"# {
            break record;
        }
    };
    assert_eq!(end, r#"{"type":3,"invocationId":"1"}"#);
    assert_eq!(log.recv().await, Some("cancelled"));
    client.stream("2", "Infinite", "[]").await;
    client.send(r#"{"type":5,"invocationId":"2"}"#).await;
    assert_eq!(client.json().await["invocationId"], "2");
}

#[tokio::test]
async fn a_stream_whose_method_does_not_listen_ends_for_its_client_all_the_same() {
    let (seen, _) = mpsc::unbounded_channel();
    let rig = Rig::new(hub(seen)).await;
    let mut client = rig.client().await;
    client.stream("1", "Deaf stream", "[]").await;
    client.send(r#"{"type":5,"invocationId":"1"}"#).await;
    assert_eq!(client.record().await, r#"{"type":3,"invocationId":"1"}"#);
}

#[tokio::test]
async fn a_cancelled_invocation_answers_what_its_method_returns() {
    let (seen, _) = mpsc::unbounded_channel();
    let rig = Rig::new(hub(seen)).await;
    let mut client = rig.client().await;
    client.call("1", "Slow", "[]").await;
    client.send(r#"{"type":5,"invocationId":"1"}"#).await;
    assert_eq!(
        client.record().await,
        r#"{"type":3,"invocationId":"1","result":"cancelled"}"#
    );
}

#[tokio::test]
async fn cancelling_what_is_unknown_or_over_does_nothing() {
    let (seen, _) = mpsc::unbounded_channel();
    let rig = Rig::new(hub(seen)).await;
    let mut client = rig.client().await;
    client.send(r#"{"type":5,"invocationId":"x"}"#).await;
    client.stream("1", "Infinite", "[]").await;
    client.send(r#"{"type":5,"invocationId":"1"}"#).await;
    client.send(r#"{"type":5,"invocationId":"1"}"#).await;
    assert!(client.record().await.contains(r#""type":3"#));
    assert!(client.record().await.contains("StreamCanceled"));
    client.stream("2", "Deaf stream", "[]").await;
    client.send(r#"{"type":5,"invocationId":"2"}"#).await;
    assert_eq!(client.record().await, r#"{"type":3,"invocationId":"2"}"#);
}

#[tokio::test]
async fn the_end_of_the_connection_cancels_what_runs() {
    let (seen, mut log) = mpsc::unbounded_channel();
    let rig = Rig::new(hub(seen)).await;
    let mut client = rig.client().await;
    client.stream("1", "Flood", "[]").await;
    assert_eq!(client.json().await["item"], 1);
    drop(client);
    assert_eq!(log.recv().await, Some("cancelled"));
}

#[tokio::test]
async fn everything_is_read_until_an_invocation_has_to_wait_for_the_slot_of_another() {
    let (seen, mut log) = mpsc::unbounded_channel();
    let rig = Rig::new(hub(seen)).await;
    let mut client = rig.client().await;
    client.call("1", "Deaf", "[]").await;
    assert_eq!(log.recv().await, Some("begun"));
    client.stream("2", "Deaf stream", "[]").await;
    client.send(r#"{"type":5,"invocationId":"2"}"#).await;
    assert_eq!(client.record().await, r#"{"type":3,"invocationId":"2"}"#);

    client.call("3", "Slow", "[]").await;
    client.stream("4", "X", "[]").await;
    // What the server says of itself still comes.
    rig.clients.all().send("Last", ()).await.unwrap();
    assert_eq!(
        client.record().await,
        r#"{"type":1,"target":"Last","arguments":[]}"#
    );
}

#[tokio::test]
async fn invocations_wait_for_the_slot_and_keep_their_order() {
    let (seen, _) = mpsc::unbounded_channel();
    let rig = Rig::new(hub(seen)).await;
    let mut client = rig.client().await;
    let call = |id| format!(r#"{{"type":1,"invocationId":"{id}","target":"Slow","arguments":[]}}"#);
    let (one, two, three) = (call(1), call(2), call(3));
    // Only the first of them runs when its cancellation is read.
    client
        .send_all(&[
            &one,
            r#"{"type":5,"invocationId":"1"}"#,
            &two,
            r#"{"type":5,"invocationId":"2"}"#,
            &three,
            r#"{"type":5,"invocationId":"3"}"#,
        ])
        .await;
    for id in ["1", "2", "3"] {
        let answer = client.json().await;
        assert_eq!(
            (&answer["invocationId"], &answer["result"]),
            (&id.into(), &"cancelled".into())
        );
    }
}
