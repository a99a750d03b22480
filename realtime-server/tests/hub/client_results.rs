use std::sync::Arc;

use realtime_server::hub::{Caller, Clients, Hub, HubError, InvokeError};
use tokio::sync::mpsc;

use crate::{
    client::Client,
    rig::{Rig, config},
};

type Seen = mpsc::UnboundedSender<String>;

fn hub(seen: Seen) -> Hub<Seen> {
    Hub::new(seen)
        .config(config(|_| {}))
        .method("Id", async |_, caller: Caller, (): ()| {
            Ok(caller.connection_id().to_owned())
        })
        .method("Add", async |_, _, (a, b): (i64, i64)| Ok(a + b))
        .method("AskMe", async |_, caller: Caller, (): ()| {
            Ok(caller.itself().invoke::<i64, _>("Ask", (1,)).await?)
        })
        .method("Ask", async |_, caller: Caller, (id,): (String,)| {
            Ok(caller
                .clients()
                .connection(&id)
                .invoke::<i64, _>("Ask", ())
                .await?)
        })
        .on_disconnected(async |seen: Arc<Seen>, caller: Caller, reason| {
            let asked: Result<i64, _> = caller.itself().invoke("Ask", ()).await;
            let _ = seen.send(format!("{reason}; {}", asked.unwrap_err()));
        })
}

async fn rig() -> (Rig, mpsc::UnboundedReceiver<String>) {
    let (seen, log) = mpsc::unbounded_channel();
    (Rig::new(hub(seen)).await, log)
}

async fn id_of(client: &mut Client) -> String {
    let answer = client.invoke("id", "Id", "[]").await;
    answer["result"].as_str().unwrap().to_owned()
}

/// Asks from outside the hub.
fn ask(clients: &Clients, id: &str) -> tokio::task::JoinHandle<Result<i64, InvokeError>> {
    let (clients, id) = (clients.clone(), id.to_owned());
    tokio::spawn(async move { clients.connection(&id).invoke("Ask", (1,)).await })
}

#[tokio::test]
async fn a_method_asks_its_caller() {
    let (rig, _) = rig().await;
    let mut client = rig.client().await;
    client.call("1", "AskMe", "[]").await;
    assert_eq!(
        client.record().await,
        r#"{"type":1,"invocationId":"s1","target":"Ask","arguments":[1]}"#
    );
    client
        .send(r#"{"type":3,"invocationId":"s1","result":2}"#)
        .await;
    assert_eq!(
        client.record().await,
        r#"{"type":3,"invocationId":"1","result":2}"#
    );
    client.call("2", "AskMe", "[]").await;
    assert_eq!(client.json().await["invocationId"], "s2");
}

#[tokio::test]
async fn a_method_that_asks_gives_its_slot_back() {
    let (rig, _) = rig().await;
    let mut client = rig.client().await;
    client.call("1", "AskMe", "[]").await;
    assert_eq!(client.json().await["invocationId"], "s1");
    assert_eq!(client.invoke("2", "Add", "[1,2]").await["result"], 3);
    client
        .send(r#"{"type":3,"invocationId":"s1","result":2}"#)
        .await;
    assert_eq!(client.json().await["result"], 2);
}

#[tokio::test]
async fn an_invocation_that_waits_begins_when_a_method_gives_its_slot_back() {
    let (rig, _) = rig().await;
    let (mut one, mut two) = (rig.client().await, rig.client().await);
    let two_id = id_of(&mut two).await;
    one.send_all(&[
        &format!(r#"{{"type":1,"invocationId":"1","target":"Ask","arguments":["{two_id}"]}}"#),
        r#"{"type":1,"invocationId":"2","target":"Add","arguments":[1,2]}"#,
    ])
    .await;
    assert_eq!(one.json().await["result"], 3);
    assert_eq!(two.json().await["invocationId"], "s1");
    two.send(r#"{"type":3,"invocationId":"s1","result":7}"#)
        .await;
    assert_eq!(one.json().await["result"], 7);
}

#[tokio::test]
async fn a_client_is_asked_from_outside_the_hub() {
    let (rig, _) = rig().await;
    let mut client = rig.client().await;
    let asked = ask(&rig.clients, &id_of(&mut client).await);
    assert_eq!(client.json().await["target"], "Ask");
    client
        .send(r#"{"type":3,"invocationId":"s1","result":5}"#)
        .await;
    assert_eq!(asked.await.unwrap().unwrap(), 5);
}

#[tokio::test]
async fn what_the_client_says_is_told_to_who_asked() {
    let (rig, _) = rig().await;
    let mut client = rig.client().await;
    for (answer, error) in [
        (r#","error":"Client error""#, "Client error"),
        (
            "",
            "Exception of type 'Microsoft.AspNetCore.SignalR.HubException' was thrown.",
        ),
        (
            r#","result":"text""#,
            "Error trying to deserialize result to Int64. invalid type: string \"text\", expected i64 \
             at line 1 column 6",
        ),
    ] {
        client.call("1", "AskMe", "[]").await;
        let question = client.json().await;
        let id = question["invocationId"].as_str().unwrap();
        client
            .send(&format!(r#"{{"type":3,"invocationId":"{id}"{answer}}}"#))
            .await;
        assert_eq!(
            client.json().await["error"],
            format!(
                "An unexpected error occurred invoking 'AskMe' on the server. HubException: {error}"
            )
        );
    }
}

#[tokio::test]
async fn nobody_answers_for_another_connection() {
    let (rig, mut log) = rig().await;
    let (mut asked, mut cheater) = (rig.client().await, rig.client().await);
    let cheater_id = id_of(&mut cheater).await;
    let answer = ask(&rig.clients, &id_of(&mut asked).await);
    assert_eq!(asked.json().await["invocationId"], "s1");
    cheater
        .send(r#"{"type":3,"invocationId":"s1","result":9}"#)
        .await;
    assert_eq!(
        cheater.json().await,
        serde_json::json!({
            "type": 7,
            "error": format!(
                "Connection closed with an error. InvalidOperationException: Connection ID \
                 '{cheater_id}' is not valid for invocation ID 's1'."
            ),
            "allowReconnect": true,
        })
    );
    cheater.ends().await;
    assert!(
        log.recv()
            .await
            .unwrap()
            .starts_with("protocol broken by the client; ")
    );
    assert_eq!(rig.metrics.hub_protocol_errors.value(), 1);
    asked
        .send(r#"{"type":3,"invocationId":"s1","result":1}"#)
        .await;
    assert_eq!(answer.await.unwrap().unwrap(), 1);
}

#[tokio::test]
async fn answers_that_nobody_waits_for_are_passed_over() {
    let (rig, _) = rig().await;
    let mut client = rig.client().await;
    let asked = ask(&rig.clients, &id_of(&mut client).await);
    assert_eq!(client.json().await["invocationId"], "s1");
    asked.abort();
    assert!(asked.await.unwrap_err().is_cancelled());
    client
        .send_all(&[
            r#"{"type":3,"invocationId":"s1","result":1}"#,
            r#"{"type":3,"invocationId":"s99","result":1}"#,
        ])
        .await;
    assert_eq!(client.invoke("2", "Add", "[1,2]").await["result"], 3);
}

#[tokio::test]
async fn an_unknown_connection_cannot_be_asked() {
    let (rig, _) = rig().await;
    let error = ask(&rig.clients, "nobody").await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "Connection 'nobody' does not exist.");
    let mut client = rig.client().await;
    assert_eq!(
        client.invoke("1", "Ask", r#"["nobody"]"#).await["error"],
        "An unexpected error occurred invoking 'Ask' on the server. IOException: Connection \
         'nobody' does not exist."
    );
}

#[tokio::test]
async fn the_end_of_a_connection_ends_what_it_was_asked() {
    let (rig, mut log) = rig().await;
    let mut client = rig.client().await;
    let id = id_of(&mut client).await;
    let asked = ask(&rig.clients, &id);
    client.call("1", "AskMe", "[]").await;
    client.json().await;
    client.json().await;
    drop(client);
    let disconnected = format!("Connection '{id}' disconnected.");
    assert_eq!(asked.await.unwrap().unwrap_err().to_string(), disconnected);
    // The hook that sees it off cannot ask it either, and does not wait for ever.
    assert_eq!(
        log.recv().await,
        Some(format!("socket lost; {disconnected}"))
    );
}

#[tokio::test]
async fn taking_the_invocation_back_ends_what_its_method_asked() {
    let (rig, _) = rig().await;
    let mut client = rig.client().await;
    client.call("1", "AskMe", "[]").await;
    assert_eq!(client.json().await["invocationId"], "s1");
    client.send(r#"{"type":5,"invocationId":"1"}"#).await;
    assert_eq!(
        client.json().await["error"],
        "An unexpected error occurred invoking 'AskMe' on the server. HubException: Invocation \
         canceled by the server."
    );
}

#[tokio::test]
async fn nothing_can_be_asked_while_the_client_is_taken_in() {
    let hub = Hub::new(())
        .config(config(|_| {}))
        .on_connected(async |_, caller: Caller| {
            let _: i64 = caller.itself().invoke("Ask", ()).await?;
            Ok(())
        });
    let mut client = Rig::new(hub).await.client().await;
    assert_eq!(
        client.record().await,
        r#"{"type":7,"error":"Connection closed with an error. InvalidOperationException: Client results inside OnConnectedAsync Hub methods are not allowed."}"#
    );
    client.ends().await;
}

#[tokio::test]
async fn a_connection_owes_no_more_answers_than_it_may() {
    let (seen, _) = mpsc::unbounded_channel();
    let hub = hub(seen).config(config(|config| config.max_client_results = 2));
    let rig = Rig::new(hub).await;
    let mut client = rig.client().await;
    let id = id_of(&mut client).await;
    let first = ask(&rig.clients, &id);
    assert_eq!(client.json().await["invocationId"], "s1");
    let second = ask(&rig.clients, &id);
    assert_eq!(client.json().await["invocationId"], "s2");
    let error = ask(&rig.clients, &id).await.unwrap().unwrap_err();
    assert!(matches!(error, InvokeError::TooMany { limit: 2 }));
    client
        .send(r#"{"type":3,"invocationId":"s1","result":1}"#)
        .await;
    assert_eq!(first.await.unwrap().unwrap(), 1);
    let third = ask(&rig.clients, &id);
    assert_eq!(client.json().await["invocationId"], "s3");
    client
        .send(r#"{"type":3,"invocationId":"s3","result":3}"#)
        .await;
    assert_eq!(third.await.unwrap().unwrap(), 3);
    drop(second);
}

#[tokio::test]
async fn arguments_that_cannot_be_written_ask_nobody() {
    let (rig, _) = rig().await;
    let mut client = rig.client().await;
    let id = id_of(&mut client).await;
    let asked: Result<i64, _> = rig.clients.connection(&id).invoke("Ask", "no tuple").await;
    let error = HubError::from(asked.unwrap_err());
    assert_eq!(error.to_string(), "arguments are not a sequence");
    assert_eq!(client.invoke("1", "Add", "[1,2]").await["result"], 3);
}
