use std::sync::Arc;

use realtime_server::hub::{Caller, Hub, Items, Upload, UploadError};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::{
    client::Client,
    rig::{Gate, Rig, config},
};

struct State {
    gate: Gate,
    ends: mpsc::UnboundedSender<UploadError>,
}

fn hub(gate: &Gate) -> (Hub<State>, mpsc::UnboundedReceiver<UploadError>) {
    let (ends, seen) = mpsc::unbounded_channel();
    let state = State {
        gate: gate.clone(),
        ends,
    };
    let hub = Hub::new(state)
        .config(config(|_| {}))
        .method("Add", async |_, _, (a, b): (i64, i64)| Ok(a + b))
        .method("Concat", async |_, _, (mut parts,): (Upload<String>,)| {
            let mut text = String::new();
            while let Some(part) = parts.next().await {
                text.push_str(&part?);
            }
            Ok(text)
        })
        .method(
            "Mixed",
            async |_, _, (mut a, factor, mut b): (Upload<i64>, i64, Upload<i64>)| {
                let mut sum = 0;
                while let Some(number) = a.next().await {
                    sum += number? * factor;
                }
                while let Some(number) = b.next().await {
                    sum += number?;
                }
                Ok(sum)
            },
        )
        .method(
            "Gated",
            async |state: Arc<State>, caller: Caller, (mut numbers,): (Upload<u32>,)| {
                caller.itself().send("Begun", ()).await?;
                state.gate.passed().await;
                let mut count = 0;
                while let Some(number) = numbers.next().await {
                    assert_eq!(number?, count);
                    count += 1;
                }
                Ok(count)
            },
        )
        .method("Ignore", async |_, _, (_,): (Upload<u32>,)| Ok("done"))
        .method(
            "Watch",
            async |state: Arc<State>, _, (mut numbers,): (Upload<u32>,)| {
                while let Some(number) = numbers.next().await {
                    if let Err(error) = number {
                        let _ = state.ends.send(error);
                    }
                }
                Ok("end after the error")
            },
        )
        .stream(
            "UploadEcho",
            async |_, _, (mut source,): (Upload<Value>,), items: Items<Value>| {
                while let Some(item) = source.next().await {
                    items.send(item?).await?;
                }
                Ok(())
            },
        );
    (hub, seen)
}

async fn upload(client: &mut Client, id: &str, target: &str, arguments: &str, streams: &str) {
    client
        .send(&format!(
            r#"{{"type":1,"invocationId":"{id}","target":"{target}","arguments":{arguments},"streamIds":{streams}}}"#
        ))
        .await;
}

async fn item(client: &mut Client, stream: &str, item: &str) {
    client
        .send(&format!(
            r#"{{"type":2,"invocationId":"{stream}","item":{item}}}"#
        ))
        .await;
}

async fn end(client: &mut Client, stream: &str) {
    client
        .send(&format!(r#"{{"type":3,"invocationId":"{stream}"}}"#))
        .await;
}

#[tokio::test]
async fn a_method_reads_the_items_of_its_upload_to_the_end() {
    let rig = Rig::new(hub(&Gate::default()).0).await;
    let mut client = rig.client().await;
    upload(&mut client, "1", "Concat", "[]", r#"["s"]"#).await;
    item(&mut client, "s", r#""a""#).await;
    item(&mut client, "s", r#""b""#).await;
    end(&mut client, "s").await;
    assert_eq!(
        client.record().await,
        r#"{"type":3,"invocationId":"1","result":"ab"}"#
    );
}

#[tokio::test]
async fn uploads_go_to_their_parameters_in_order_and_are_no_arguments() {
    let rig = Rig::new(hub(&Gate::default()).0).await;
    let mut client = rig.client().await;
    upload(&mut client, "1", "Mixed", "[10]", r#"["a","b"]"#).await;
    item(&mut client, "b", "1").await;
    item(&mut client, "a", "2").await;
    end(&mut client, "b").await;
    end(&mut client, "a").await;
    assert_eq!(client.json().await["result"], 21);
}

#[tokio::test]
async fn an_upload_that_fails_tells_its_error_to_the_caller() {
    let rig = Rig::new(hub(&Gate::default()).0).await;
    let mut client = rig.client().await;
    upload(&mut client, "1", "Concat", "[]", r#"["s"]"#).await;
    client
        .send(r#"{"type":3,"invocationId":"s","error":"Something bad"}"#)
        .await;
    assert_eq!(
        client.json().await["error"],
        "An unexpected error occurred invoking 'Concat' on the server. HubException: Something bad"
    );
}

#[tokio::test]
async fn an_item_of_another_type_ends_the_upload_alone() {
    let (hub, mut ends) = hub(&Gate::default());
    let rig = Rig::new(hub).await;
    let mut client = rig.client().await;
    upload(&mut client, "1", "Watch", "[]", r#"["s"]"#).await;
    item(&mut client, "s", "1").await;
    item(&mut client, "s", r#""no number""#).await;
    assert_eq!(ends.recv().await, Some(UploadError::Unreadable));
    assert_eq!(client.json().await["result"], "end after the error");
    item(&mut client, "s", "2").await;
    upload(&mut client, "2", "Concat", "[]", r#"["t"]"#).await;
    item(&mut client, "t", "5").await;
    assert_eq!(
        client.json().await["error"],
        "An unexpected error occurred invoking 'Concat' on the server. HubException: Failed to bind \
         Stream message."
    );
}

#[tokio::test]
async fn items_and_ends_of_unknown_uploads_are_passed_over() {
    let rig = Rig::new(hub(&Gate::default()).0).await;
    let mut client = rig.client().await;
    item(&mut client, "x", "1").await;
    end(&mut client, "x").await;
    upload(&mut client, "1", "Ignore", "[]", r#"["s"]"#).await;
    assert_eq!(client.json().await["result"], "done");
    item(&mut client, "s", r#""late""#).await;
    end(&mut client, "s").await;
    assert_eq!(client.invoke("2", "Add", "[1,2]").await["result"], 3);
}

#[tokio::test]
async fn refuses_another_number_of_streams() {
    let rig = Rig::new(hub(&Gate::default()).0).await;
    let mut client = rig.client().await;
    for (target, arguments, streams, sent, expected) in [
        ("Concat", "[]", "[]", 0, 1),
        ("Concat", "[]", r#"["a","b"]"#, 2, 1),
        ("Add", "[1,2]", r#"["a"]"#, 1, 0),
        ("Mixed", "[1]", r#"["a"]"#, 1, 2),
    ] {
        upload(&mut client, "1", target, arguments, streams).await;
        assert_eq!(
            client.json().await["error"],
            format!(
                "An unexpected error occurred invoking '{target}' on the server. HubException: \
                 Client sent {sent} stream(s), Hub method expects {expected}."
            )
        );
    }
    upload(&mut client, "1", "Mixed", "[1]", r#"["a","a"]"#).await;
    assert_eq!(
        client.json().await["error"],
        "Invocation ID 'a' is already in use."
    );
}

#[tokio::test]
async fn streams_go_both_ways_at_once() {
    let rig = Rig::new(hub(&Gate::default()).0).await;
    let mut client = rig.client().await;
    client
        .send(r#"{"type":4,"invocationId":"1","target":"UploadEcho","arguments":[],"streamIds":["s"]}"#)
        .await;
    for value in [json!(1), json!({"a": [null]}), json!("x")] {
        item(&mut client, "s", &value.to_string()).await;
        let echo = json!({"type": 2, "invocationId": "1", "item": value});
        assert_eq!(client.json().await, echo);
    }
    end(&mut client, "s").await;
    assert_eq!(client.record().await, r#"{"type":3,"invocationId":"1"}"#);
}

#[tokio::test]
async fn a_method_with_an_upload_takes_no_slot() {
    let gate = Gate::default();
    let rig = Rig::new(hub(&gate).0).await;
    let mut client = rig.client().await;
    upload(&mut client, "1", "Gated", "[]", r#"["s"]"#).await;
    assert_eq!(client.json().await["target"], "Begun");
    assert_eq!(client.invoke("2", "Add", "[1,2]").await["result"], 3);
}

#[tokio::test]
async fn reading_stops_with_the_item_above_the_buffer_and_goes_on_when_the_method_reads() {
    for items in [10, 11] {
        let gate = Gate::default();
        let rig = Rig::new(hub(&gate).0).await;
        let mut client = rig.client().await;
        upload(&mut client, "1", "Gated", "[]", r#"["s"]"#).await;
        assert_eq!(client.json().await["target"], "Begun");
        for number in 0..items {
            item(&mut client, "s", &number.to_string()).await;
        }
        client.call("2", "Add", "[1,2]").await;
        if items == 10 {
            assert_eq!(client.json().await["result"], 3);
        } else {
            rig.clients.all().send("Mark", ()).await.unwrap();
            assert_eq!(client.json().await["target"], "Mark");
        }
        gate.open();
        end(&mut client, "s").await;
        let answer = client.json().await;
        if items == 11 {
            let other = client.json().await;
            assert_eq!(
                [&answer["result"], &other["result"]],
                [&json!(3), &json!(11)]
            );
        } else {
            assert_eq!(answer["result"], 10);
        }
    }
}

#[tokio::test]
async fn the_end_of_the_connection_ends_the_upload_with_an_error() {
    let (hub, mut ends) = hub(&Gate::default());
    let rig = Rig::new(hub).await;
    let mut client = rig.client().await;
    upload(&mut client, "1", "Watch", "[]", r#"["s"]"#).await;
    item(&mut client, "s", "1").await;
    drop(client);
    assert_eq!(ends.recv().await, Some(UploadError::Disconnected));
}

#[tokio::test]
async fn a_thousand_items_pass_through_a_buffer_of_ten() {
    let gate = Gate::default();
    gate.open();
    let rig = Rig::new(hub(&gate).0).await;
    let mut client = rig.client().await;
    upload(&mut client, "1", "Gated", "[]", r#"["s"]"#).await;
    for number in 0..1000 {
        item(&mut client, "s", &number.to_string()).await;
    }
    end(&mut client, "s").await;
    assert_eq!(client.json().await["target"], "Begun");
    assert_eq!(client.json().await["result"], 1000);
}
