use std::{io, sync::Arc};

use realtime_server::hub::{Caller, Hub, HubError, ItemError, Items};
use tokio::sync::mpsc;

use crate::rig::{Rig, config};

fn hub() -> Hub<()> {
    Hub::new(())
        .config(config(|_| {}))
        .method("Add", async |_, _, (a, b): (i64, i64)| Ok(a + b))
        .stream(
            "Counter",
            async |_, _, (count,): (u32,), items: Items<u32>| {
                for number in 0..count {
                    items.send(number).await?;
                }
                Ok(())
            },
        )
        .stream(
            "CounterThenThrow",
            async |_, _, (count,): (u32,), items: Items<u32>| {
                for number in 0..count {
                    items.send(number).await?;
                }
                Err(HubError::new("stream broke"))
            },
        )
        .stream("Fail", async |_, _, (): (), _: Items<u32>| {
            Err(io::Error::other("BOOM!").into())
        })
        .stream(
            "Panic",
            async |_, _, (count,): (u32,), items: Items<u32>| {
                for number in 0..count {
                    items.send(number).await?;
                }
                panic!("a bug in a stream");
            },
        )
        .stream(
            "Endless",
            async |_, _: Caller, (): (), items: Items<u32>| {
                items.cancelled().await;
                Ok(())
            },
        )
}

#[tokio::test]
async fn sends_every_item_and_then_a_completion_without_a_result() {
    let rig = Rig::new(hub()).await;
    let mut client = rig.client().await;
    client.stream("7", "Counter", "[3]").await;
    for number in 0..3 {
        let item = format!(r#"{{"type":2,"invocationId":"7","item":{number}}}"#);
        assert_eq!(client.record().await, item);
    }
    assert_eq!(client.record().await, r#"{"type":3,"invocationId":"7"}"#);
    client.stream("8", "Counter", "[0]").await;
    assert_eq!(client.record().await, r#"{"type":3,"invocationId":"8"}"#);
}

#[tokio::test]
async fn an_error_after_an_item_and_one_before_have_their_own_texts() {
    let rig = Rig::new(hub()).await;
    let mut client = rig.client().await;
    client.stream("1", "CounterThenThrow", "[1]").await;
    assert_eq!(client.json().await["item"], 0);
    assert_eq!(
        client.json().await["error"],
        "An error occurred on the server while streaming results. HubException: stream broke"
    );
    client.stream("2", "CounterThenThrow", "[0]").await;
    assert_eq!(
        client.json().await["error"],
        "An unexpected error occurred invoking 'CounterThenThrow' on the server. HubException: \
         stream broke"
    );
    client.stream("3", "fail", "[]").await;
    assert_eq!(
        client.json().await["error"],
        "An unexpected error occurred invoking 'Fail' on the server. Error: BOOM!"
    );
}

#[tokio::test]
async fn a_panic_ends_its_stream_alone() {
    let rig = Rig::new(hub()).await;
    let mut client = rig.client().await;
    client.stream("1", "Panic", "[0]").await;
    assert_eq!(
        client.json().await["error"],
        "An unexpected error occurred invoking 'Panic' on the server."
    );
    client.stream("2", "Panic", "[1]").await;
    assert_eq!(client.json().await["item"], 0);
    assert_eq!(
        client.json().await["error"],
        "An error occurred on the server while streaming results."
    );
    assert_eq!(client.invoke("3", "Add", "[1,2]").await["result"], 3);
    assert_eq!(rig.metrics.handler_panics.value(), 2);
}

#[tokio::test]
async fn refuses_a_call_of_the_wrong_kind() {
    let rig = Rig::new(hub()).await;
    let mut client = rig.client().await;
    assert_eq!(
        client.invoke("1", "counter", "[1]").await["error"],
        "The client attempted to invoke the streaming 'Counter' method with a non-streaming \
         invocation."
    );
    client.stream("2", "Add", "[1,2]").await;
    assert_eq!(
        client.json().await["error"],
        "The client attempted to invoke the non-streaming 'Add' method with a streaming invocation."
    );
    client.stream("3", "X", "[]").await;
    assert_eq!(
        client.json().await["error"],
        "Failed to invoke 'X' due to an error on the server. HubException: Method does not exist."
    );
    client.stream("4", "Counter", "[]").await;
    assert_eq!(
        client.json().await["error"],
        "Failed to invoke 'Counter' due to an error on the server. InvalidDataException: \
         Invocation provides 0 argument(s) but target expects 1."
    );
}

#[tokio::test]
async fn checks_the_arguments_before_the_kind_of_call() {
    let rig = Rig::new(hub()).await;
    let mut client = rig.client().await;
    assert_eq!(
        client.invoke("1", "Counter", "[]").await["error"],
        "Failed to invoke 'Counter' due to an error on the server. InvalidDataException: \
         Invocation provides 0 argument(s) but target expects 1."
    );
}

#[tokio::test]
async fn refuses_a_second_stream_of_the_same_id_and_goes_on_with_the_first() {
    let rig = Rig::new(hub()).await;
    let mut client = rig.client().await;
    client.stream("1", "Endless", "[]").await;
    client.stream("1", "Endless", "[]").await;
    assert_eq!(
        client.record().await,
        r#"{"type":3,"invocationId":"1","error":"Invocation ID '1' is already in use."}"#
    );
    client.send(r#"{"type":5,"invocationId":"1"}"#).await;
    assert_eq!(client.record().await, r#"{"type":3,"invocationId":"1"}"#);
    // The id is free again.
    client.stream("1", "Counter", "[1]").await;
    assert_eq!(client.json().await["item"], 0);
}

#[tokio::test]
async fn streams_take_no_slot() {
    let rig = Rig::new(hub()).await;
    let mut client = rig.client().await;
    client.stream("1", "Endless", "[]").await;
    client.stream("2", "Endless", "[]").await;
    assert_eq!(client.invoke("3", "Add", "[1,2]").await["result"], 3);
}

#[tokio::test]
async fn refuses_streams_above_the_limit() {
    let hub = hub().config(config(|config| config.max_streams = 2));
    let rig = Rig::new(hub).await;
    let mut client = rig.client().await;
    client.stream("1", "Endless", "[]").await;
    client.stream("2", "Endless", "[]").await;
    client.stream("3", "Endless", "[]").await;
    assert_eq!(
        client.json().await["error"],
        "Failed to invoke 'Endless' due to an error on the server. HubException: Too many \
         invocations are running."
    );
    client.send(r#"{"type":5,"invocationId":"1"}"#).await;
    assert_eq!(client.json().await["invocationId"], "1");
    client.stream("4", "Counter", "[1]").await;
    assert_eq!(client.json().await["item"], 0);
}

#[tokio::test]
async fn two_long_streams_share_a_small_outbox_and_lose_nothing() {
    let hub = hub().config(config(|config| config.max_queued_messages = 8));
    let rig = Rig::new(hub).await;
    let mut client = rig.client().await;
    client.stream("a", "Counter", "[2000]").await;
    client.stream("b", "Counter", "[2000]").await;
    let mut next = [0, 0];
    let mut ended = 0;
    while ended < 2 {
        let message = client.json().await;
        let stream = usize::from(message["invocationId"] == "b");
        if message["type"] == 3 {
            assert_eq!(
                (next[stream], &message["error"]),
                (2000, &serde_json::Value::Null)
            );
            ended += 1;
        } else {
            assert_eq!(message["item"], next[stream]);
            next[stream] += 1;
        }
    }
    assert_eq!(rig.metrics.messages_dropped.value(), 0);
}

#[tokio::test]
async fn large_items_wait_for_room_and_one_that_never_fits_fails_its_stream() {
    let hub = Hub::new(())
        .config(config(|config| config.max_queued_bytes = 2_000))
        .stream(
            "Large",
            async |_, _, (count, size): (u32, usize), items: Items<String>| {
                for _ in 0..count {
                    items.send("x".repeat(size)).await?;
                }
                Ok(())
            },
        );
    let rig = Rig::new(hub).await;
    let mut client = rig.client().await;
    // With its message and frame around it, the item takes half of the room that there is.
    let fits = 1_000 - r#"{"type":2,"invocationId":"1","item":""} "#.len() - 4;
    client.stream("1", "Large", &format!("[100,{fits}]")).await;
    for _ in 0..100 {
        assert_eq!(client.json().await["item"], "x".repeat(fits));
    }
    assert_eq!(client.record().await, r#"{"type":3,"invocationId":"1"}"#);
    client
        .stream("2", "Large", &format!("[1,{}]", fits + 1))
        .await;
    assert_eq!(
        client.json().await["error"],
        "An unexpected error occurred invoking 'Large' on the server. ItemError: the item is larger \
         than 1000 bytes"
    );
}

#[tokio::test]
async fn items_of_a_method_that_has_returned_go_nowhere() {
    type Kept = mpsc::UnboundedSender<Items<u32>>;

    let (keep, mut kept) = mpsc::unbounded_channel();
    let hub = Hub::new(keep).stream(
        "Leave",
        async |keep: Arc<Kept>, _, (): (), items: Items<u32>| {
            items.send(1).await?;
            let _ = keep.send(items);
            Ok(())
        },
    );
    let rig = Rig::new(hub).await;
    let mut client = rig.client().await;
    client.stream("1", "Leave", "[]").await;
    assert_eq!(client.json().await["item"], 1);
    assert_eq!(client.record().await, r#"{"type":3,"invocationId":"1"}"#);
    let late = kept.recv().await.unwrap().send(2).await;
    assert!(matches!(late, Err(ItemError::Cancelled)));
    rig.clients.all().send("Last", ()).await.unwrap();
    assert_eq!(client.json().await["target"], "Last");
}
