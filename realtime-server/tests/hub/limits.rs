use std::num::NonZeroU32;

use realtime_server::hub::{Caller, Hub, Items, Upload};

use crate::{
    client::Client,
    rig::{Rig, config},
};

fn hub() -> Hub<()> {
    Hub::new(())
        .method("Add", async |_, _, (a, b): (i64, i64)| Ok(a + b))
        .method("Ask", async |_, caller: Caller, (): ()| {
            let _: i64 = caller.itself().invoke("Ask", ()).await?;
            Ok(())
        })
        .method("Sink", async |_, _, (mut items,): (Upload<u8>,)| {
            while let Some(item) = items.next().await {
                item?;
            }
            Ok(())
        })
        .stream("Endless", async |_, _, (): (), items: Items<u8>| {
            items.cancelled().await;
            Ok(())
        })
}

#[tokio::test]
async fn an_invocation_id_may_be_as_long_as_the_limit_and_no_longer() {
    let rig = Rig::new(hub().config(config(|_| {}))).await;
    let (fits, too_long) = ("i".repeat(1_024), "i".repeat(1_025));
    let mut client = rig.client().await;
    assert_eq!(client.invoke(&fits, "Add", "[1,2]").await["result"], 3);
    let close = r#"{"type":7,"error":"Connection closed with an error. InvalidDataException: An invocation ID exceeds 1024 bytes.","allowReconnect":true}"#;
    for message in [
        format!(r#"{{"type":1,"invocationId":"{too_long}","target":"Add","arguments":[1,2]}}"#),
        format!(r#"{{"type":4,"invocationId":"{too_long}","target":"Endless","arguments":[]}}"#),
        format!(r#"{{"type":1,"target":"Sink","arguments":[],"streamIds":["{too_long}"]}}"#),
    ] {
        let mut client = rig.client().await;
        client.send(&message).await;
        assert_eq!(client.record().await, close);
        client.ends().await;
    }
    assert_eq!(client.invoke("2", "Add", "[1,2]").await["result"], 3);
}

#[tokio::test]
async fn ten_thousand_streams_are_bounded_and_disturb_nobody() {
    let rig = Rig::new(hub().config(config(|_| {}))).await;
    let (mut greedy, mut other) = (rig.client().await, rig.client().await);
    let refused = rig.metrics.invocations_refused.value();
    for hundred in 0..100 {
        let calls: Vec<_> = (0..100)
            .map(|id| {
                let id = hundred * 100 + id;
                format!(r#"{{"type":4,"invocationId":"{id}","target":"Endless","arguments":[]}}"#)
            })
            .collect();
        let calls: Vec<_> = calls.iter().map(String::as_str).collect();
        greedy.send_all(&calls).await;
        for id in hundred * 100..(hundred + 1) * 100 {
            if hundred > 0 {
                let answer = greedy.json().await;
                assert_eq!(answer["invocationId"], id.to_string());
            }
        }
    }
    assert_eq!(rig.metrics.invocations_refused.value() - refused, 9_900);
    assert_eq!(other.invoke("1", "Add", "[1,2]").await["result"], 3);
    assert_eq!(greedy.invoke("1", "Add", "[1,2]").await["result"], 3);
}

#[tokio::test]
async fn methods_that_ask_their_client_do_not_pile_up() {
    let hub = hub().config(config(|config| {
        config.max_streams = 3;
        config.max_client_results = 1_000;
    }));
    let rig = Rig::new(hub).await;
    let mut client = rig.client().await;
    for id in 1..=4 {
        client.call(&format!("call {id}"), "Ask", "[]").await;
        assert_eq!(client.json().await["invocationId"], format!("s{id}"));
    }
    assert_eq!(
        client.invoke("5", "Ask", "[]").await["error"],
        "Failed to invoke 'Ask' due to an error on the server. HubException: Too many invocations \
         are running."
    );
    client
        .send(r#"{"type":3,"invocationId":"s1","result":1}"#)
        .await;
    assert_eq!(client.json().await["invocationId"], "call 1");
    assert_eq!(client.invoke("6", "Add", "[1,2]").await["result"], 3);
}

#[tokio::test]
async fn invocations_above_the_rate_are_refused_and_the_connection_stays() {
    let hub = hub().config(config(|config| {
        config.max_invocation_rate = NonZeroU32::new(5);
    }));
    let rig = Rig::new(hub).await;
    let (mut client, mut other) = (rig.client().await, rig.client().await);
    let mut refusals = 0;
    for id in 0..20 {
        let answer = client.invoke(&id.to_string(), "Add", "[1,2]").await;
        if answer["result"] == 3 {
            continue;
        }
        refusals += 1;
        assert_eq!(
            answer["error"],
            "Failed to invoke 'Add' due to an error on the server. HubException: Too many \
             invocations in too short a time."
        );
    }
    assert!((1..=15).contains(&refusals), "{refusals}");
    assert_eq!(rig.metrics.invocations_refused.value(), refusals);
    assert_eq!(other.invoke("1", "Add", "[1,2]").await["result"], 3);
}

#[tokio::test]
async fn a_flood_of_sends_is_worked_off_in_order() {
    let rig = Rig::new(Hub::new(()).method(
        "Echo",
        async |_, caller: Caller, (number,): (u32,)| {
            Ok(caller.itself().send("Echo", (number,)).await?)
        },
    ))
    .await;
    let mut client: Client = rig.client().await;
    let sends: Vec<_> = (0..500)
        .map(|number| format!(r#"{{"type":1,"target":"Echo","arguments":[{number}]}}"#))
        .collect();
    let sends: Vec<_> = sends.iter().map(String::as_str).collect();
    client.send_all(&sends).await;
    for number in 0..500 {
        assert_eq!(client.json().await["arguments"][0], number);
    }
}
