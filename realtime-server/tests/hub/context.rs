use std::sync::Arc;

use realtime_server::hub::{Caller, Disconnect, Hub, HubError, Transport};
use serde_json::json;
use tokio::sync::mpsc;

use crate::{
    client::Client,
    rig::{Rig, config},
};

#[tokio::test]
async fn a_method_sees_the_request_the_user_and_the_headers_of_its_call() {
    let hub = Hub::new(())
        .user_id(|head| head.headers.text("x-user").map(str::to_owned))
        .method("Look", async |_, caller: Caller, (): ()| {
            let head = caller.request();
            assert_eq!(caller.transport(), Transport::WebSockets);
            Ok((
                head.target
                    .value("NumRedirects")
                    .map(std::borrow::Cow::into_owned),
                head.headers.text("x-custom").map(str::to_owned),
                caller.transport().name(),
                caller.user().map(str::to_owned),
                caller.header("traceparent").map(str::to_owned),
            ))
        });
    let rig = Rig::new(hub).await;
    let lines = "X-Custom: a b\r\nX-User: ann\r\n";
    let mut client = Client::connect_with(rig.address, "numRedirects=2", lines).await;
    client
        .send(r#"{"type":1,"headers":{"traceparent":"00-a-b-01"},"invocationId":"1","target":"Look","arguments":[]}"#)
        .await;
    assert_eq!(
        client.json().await["result"],
        json!(["2", "a b", "WebSockets", "ann", "00-a-b-01"])
    );
    let mut client = rig.client().await;
    assert_eq!(
        client.invoke("1", "Look", "[]").await["result"],
        json!([null, null, "WebSockets", null, null])
    );
}

#[tokio::test]
async fn values_are_kept_with_their_connection_by_type() {
    #[derive(Clone)]
    struct Name(String);

    let hub = Hub::new(())
        .on_connected(async |_, caller: Caller| {
            caller.keep(7_u8);
            Ok(())
        })
        .method("Keep", async |_, caller: Caller, (name,): (String,)| {
            Ok(caller.keep(Name(name)).map(|before| before.0))
        })
        .method("Kept", async |_, caller: Caller, (): ()| {
            Ok((
                caller.kept::<Name>().map(|name| name.0),
                caller.kept::<u8>(),
            ))
        });
    let rig = Rig::new(hub).await;
    let (mut client, mut other) = (rig.client().await, rig.client().await);
    assert_eq!(
        client.invoke("1", "Kept", "[]").await["result"],
        json!([null, 7])
    );
    assert_eq!(
        client.invoke("2", "Keep", r#"["a"]"#).await["result"],
        json!(null)
    );
    assert_eq!(client.invoke("3", "Keep", r#"["b"]"#).await["result"], "a");
    assert_eq!(
        client.invoke("4", "Kept", "[]").await["result"],
        json!(["b", 7])
    );
    assert_eq!(
        other.invoke("1", "Kept", "[]").await["result"],
        json!([null, 7])
    );
}

#[tokio::test]
async fn filters_stand_around_every_call_in_their_order() {
    type Log = mpsc::UnboundedSender<String>;

    let (log, mut logged) = mpsc::unbounded_channel();
    let hub = Hub::new(log)
        .config(config(|_| {}))
        .filter(async |log: Arc<Log>, call, next| {
            let _ = log.send(format!("outer before {}", call.method()));
            let answer = next.run().await;
            let _ = log.send(format!("outer after {}", answer.is_ok()));
            answer
        })
        .filter(async |log: Arc<Log>, call, next| {
            match call.method() {
                "Secret" => return Err(HubError::new("not you")),
                "Guarded" => return Err(HubError::unauthorized()),
                _ => {}
            }
            let _ = log.send(format!("inner for {:?}", call.caller().user()));
            next.run().await
        })
        .method("Add", async |log: Arc<Log>, _, (a, b): (i64, i64)| {
            let _ = log.send("Add".to_owned());
            Ok(a + b)
        })
        .method("Secret", async |log: Arc<Log>, _, (): ()| {
            let _ = log.send("Secret".to_owned());
            Ok(())
        })
        .method("Guarded", async |_, _, (): ()| Ok(()))
        .stream(
            "Count",
            async |_, _, (): (), items: realtime_server::hub::Items<u8>| Ok(items.send(1).await?),
        );
    let rig = Rig::new(hub).await;
    let mut client = rig.client().await;
    assert_eq!(client.invoke("1", "add", "[1,2]").await["result"], 3);
    assert_eq!(
        client.invoke("2", "Secret", "[]").await["error"],
        "An unexpected error occurred invoking 'Secret' on the server. HubException: not you"
    );
    client.stream("3", "Count", "[]").await;
    assert_eq!(client.json().await["item"], 1);
    assert_eq!(client.json().await["type"], 3);
    assert_eq!(
        client.invoke("4", "Guarded", "[]").await["error"],
        "Failed to invoke 'Guarded' because user is unauthorized"
    );
    let mut lines = Vec::new();
    while lines.len() < 9 {
        lines.push(logged.recv().await.unwrap());
    }
    assert_eq!(
        lines,
        [
            "outer before Add",
            "inner for None",
            "Add",
            "outer after true",
            "outer before Secret",
            "outer after false",
            "outer before Count",
            "inner for None",
            "outer after true",
        ]
    );
}

#[tokio::test]
async fn a_hook_sees_every_invocation_before_anything_is_done_for_it() {
    let (seen, mut names) = mpsc::unbounded_channel();
    let hub = Hub::new(seen)
        .before_dispatch(|seen: &mpsc::UnboundedSender<String>, caller, name| {
            seen.send(name.to_owned()).unwrap();
            match name {
                "Add" => Err(HubError::new("not now")),
                "Keep" => Err(HubError::unauthorized()),
                "Break" => Err("x".parse::<u8>().unwrap_err().into()),
                "Panic" => panic!("a bug of {}", caller.connection_id()),
                _ => Ok(()),
            }
        })
        .method("Add", async |_, _, (a, b): (i64, i64)| Ok(a + b));
    let rig = Rig::new(hub).await;
    let mut client = rig.client().await;
    let failed = "due to an error on the server.";
    for (name, told) in [
        ("Add", format!("{failed} HubException: not now")),
        ("Keep", "because user is unauthorized".to_owned()),
        ("Break", failed.to_owned()),
        ("Panic", failed.to_owned()),
        (
            "Nowhere",
            format!("{failed} HubException: Method does not exist."),
        ),
    ] {
        let answer = client.invoke("1", name, "[\"of another type\"]").await;
        assert_eq!(answer["error"], format!("Failed to invoke '{name}' {told}"));
        assert_eq!(names.recv().await.unwrap(), name);
    }
    assert_eq!(client.invoke("1", "add", "[1,2]").await["result"], 3);
    assert_eq!(rig.metrics.invocations_refused.value(), 5);
    assert_eq!(rig.metrics.handler_panics.value(), 1);
}

#[tokio::test]
async fn a_panic_in_a_filter_fails_its_invocation_alone() {
    let hub = Hub::new(())
        .filter(async |_, _, _| panic!("a bug in a filter"))
        .method("Add", async |_, _, (a, b): (i64, i64)| Ok(a + b));
    let rig = Rig::new(hub).await;
    let mut client = rig.client().await;
    for id in ["1", "2"] {
        assert_eq!(
            client.invoke(id, "Add", "[1,2]").await["error"],
            "An unexpected error occurred invoking 'Add' on the server."
        );
    }
}

#[tokio::test]
async fn work_for_a_connection_learns_of_its_end_and_the_hub_of_the_reason() {
    type Log = mpsc::UnboundedSender<(String, Option<Disconnect>)>;

    let (log, mut logged) = mpsc::unbounded_channel();
    let hub = Hub::new(log)
        .method("Abort", async |log: Arc<Log>, caller: Caller, (): ()| {
            let gone = caller.clone();
            tokio::spawn(async move {
                gone.ended().await;
                let _ = log.send((gone.connection_id().to_owned(), None));
            });
            caller.abort();
            Ok(caller.connection_id().to_owned())
        })
        .on_disconnected(async |log: Arc<Log>, caller: Caller, reason| {
            let _ = log.send((caller.connection_id().to_owned(), Some(reason)));
        });
    let mut client = Rig::new(hub).await.client().await;
    client.call("1", "Abort", "[]").await;
    assert_eq!(client.record().await, r#"{"type":7}"#);
    client.ends().await;
    let (one, two) = (logged.recv().await.unwrap(), logged.recv().await.unwrap());
    assert_eq!(one.0, two.0);
    let mut reasons = [one.1, two.1];
    reasons.sort_by_key(Option::is_some);
    assert_eq!(reasons, [None, Some(Disconnect::Aborted)]);
}
