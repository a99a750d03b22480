//! Bugs in what an application writes around its methods: each ends what it was run for.

use realtime_server::hub::{Caller, Hub, HubError, Upload};
use serde::{Deserialize, Deserializer};

use crate::{
    client::{Client, Ended},
    rig::{Rig, config},
};

const CLOSED: &str = r#"{"type":7,"error":"Connection closed with an error."}"#;

/// A type that cannot be read without a panic.
#[derive(Debug)]
struct Faulty;

impl<'de> Deserialize<'de> for Faulty {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        panic!("a bug in a type")
    }
}

fn hub() -> Hub<()> {
    Hub::new(())
        .config(config(|_| {}))
        .method("Add", async |_, _, (a, b): (i64, i64)| Ok(a + b))
        .method("Take", async |_, _, (_,): (Faulty,)| Ok(()))
        .method("Drain", async |_, _, (mut items,): (Upload<Faulty>,)| {
            while let Some(item) = items.next().await {
                item?;
            }
            Ok(())
        })
        .method("Ask", async |_, caller: Caller, (): ()| {
            let _: Faulty = caller.itself().invoke("Ask", ()).await?;
            Ok(())
        })
}

async fn goes_on(client: &mut Client) {
    assert_eq!(client.invoke("last", "Add", "[1,2]").await["result"], 3);
}

fn query(head: &realtime_server::http::Head) -> Option<String> {
    head.target.value("user").map(Into::into)
}

#[tokio::test]
async fn while_arguments_are_read_ends_the_invocation_alone() {
    let rig = Rig::new(hub()).await;
    let (mut client, mut other) = (rig.client().await, rig.client().await);
    for id in ["1", "2"] {
        assert_eq!(
            client.invoke(id, "Take", "[1]").await["error"],
            "Failed to invoke 'Take' due to an error on the server."
        );
    }
    goes_on(&mut client).await;
    goes_on(&mut other).await;
    assert_eq!(rig.metrics.handler_panics.value(), 2);
    assert_eq!(rig.metrics.invocations_refused.value(), 2);
}

#[tokio::test]
async fn while_an_item_is_read_ends_the_upload_alone() {
    let rig = Rig::new(hub()).await;
    let mut client = rig.client().await;
    client
        .send_all(&[
            r#"{"type":1,"invocationId":"1","target":"Drain","arguments":[],"streamIds":["u"]}"#,
            r#"{"type":2,"invocationId":"u","item":1}"#,
        ])
        .await;
    assert_eq!(
        client.json().await["error"],
        "An unexpected error occurred invoking 'Drain' on the server. HubException: Failed to bind \
         Stream message."
    );
    goes_on(&mut client).await;
    assert_eq!(rig.metrics.handler_panics.value(), 1);
}

#[tokio::test]
async fn while_the_result_of_a_client_is_read_is_told_to_who_asked() {
    let rig = Rig::new(hub()).await;
    let mut client = rig.client().await;
    client.call("1", "Ask", "[]").await;
    assert_eq!(client.json().await["invocationId"], "s1");
    client
        .send(r#"{"type":3,"invocationId":"s1","result":1}"#)
        .await;
    let answer = client.json().await;
    let error = answer["error"].as_str().unwrap();
    assert!(
        error.starts_with(
            "An unexpected error occurred invoking 'Ask' on the server. HubException: Error trying \
             to deserialize result to "
        ) && error.ends_with("Faulty. Reading it panicked."),
        "{error}"
    );
    goes_on(&mut client).await;
    assert_eq!(rig.metrics.handler_panics.value(), 1);
}

#[tokio::test]
async fn in_the_hook_that_takes_a_connection_in_closes_it_as_an_error_would() {
    let rig = Rig::new(
        hub()
            .user_id(query)
            .on_connected(async |_, caller: Caller| {
                assert_ne!(caller.user(), Some("ann"), "a bug in a hook");
                Ok::<_, HubError>(())
            }),
    )
    .await;
    let mut other = rig.client().await;
    let mut client = Client::connect_with(rig.address, "user=ann", "").await;
    assert_eq!(client.next().await, Ok(CLOSED.to_owned()));
    assert_eq!(client.next().await, Err(Ended(Some(1000))));
    goes_on(&mut other).await;
    assert_eq!(rig.metrics.handler_panics.value(), 1);
    assert_eq!(rig.clients.count(), 1);
}

#[tokio::test]
async fn in_what_names_the_user_closes_the_connection_as_an_error_would() {
    let rig = Rig::new(hub().user_id(|head| {
        let user = query(head);
        assert_ne!(user.as_deref(), Some("ann"), "a bug in what names the user");
        user
    }))
    .await;
    let mut other = rig.client().await;
    let mut client = Client::connect_with(rig.address, "user=ann", "").await;
    assert_eq!(client.next().await, Ok(CLOSED.to_owned()));
    assert_eq!(client.next().await, Err(Ended(Some(1000))));
    goes_on(&mut other).await;
    assert_eq!(rig.metrics.handler_panics.value(), 1);
}

#[tokio::test]
async fn in_the_hook_that_sees_a_connection_off_leaves_nothing_of_it_behind() {
    let rig = Rig::new(
        hub()
            .method("Leave", async |_, caller: Caller, (): ()| {
                caller.join("group").await?;
                caller.abort();
                Ok(())
            })
            .on_disconnected(async |_, _, _| panic!("a bug in a hook")),
    )
    .await;
    let mut other = rig.client().await;
    let mut client = rig.client().await;
    client
        .send(r#"{"type":1,"target":"Leave","arguments":[]}"#)
        .await;
    assert_eq!(client.next().await, Ok(r#"{"type":7}"#.to_owned()));
    client.ends().await;
    while rig.clients.count() > 1 {
        tokio::task::yield_now().await;
    }
    assert_eq!(rig.clients.group("group").count(), 0);
    goes_on(&mut other).await;
    assert_eq!(rig.metrics.handler_panics.value(), 1);
}
