//! The scenarios of `tests/vectors/signalr-hub-scenarios.json`, which ASP.NET Core's own tests
//! describe.

use std::{error::Error, fmt, time::Duration};

use realtime_server::{
    config::HubConfig,
    hub::{Caller, Hub, HubError, Items},
};
use serde_json::Value;

use crate::rig::Rig;

const SCENARIOS: &str = include_str!("../vectors/signalr-hub-scenarios.json");

/// Scenarios that are no messages against messages, and where they are tested instead.
const ELSEWHERE: [(&str, &str); 9] = [
    (
        "stream method returns null",
        "a method gives no stream, it is given one",
    ),
    (
        "upload item of the wrong type",
        "uploads::an_item_of_another_type_ends_the_upload_alone",
    ),
    (
        "upload item or completion for an unknown stream",
        "uploads::items_and_ends_of_unknown_uploads_are_passed_over",
    ),
    (
        "client result error",
        "client_results::what_the_client_says_is_told_to_who_asked",
    ),
    (
        "client result to an unknown connection",
        "client_results::an_unknown_connection_cannot_be_asked",
    ),
    (
        "client result, connection lost meanwhile",
        "client_results::the_end_of_a_connection_ends_what_it_was_asked",
    ),
    (
        "client result cancelled by the server",
        "client_results::taking_the_invocation_back_ends_what_its_method_asked",
    ),
    // What is written to a transport that the client has closed is the transport's business.
    (
        "transport ended in the middle of a message",
        "the tests of closing",
    ),
    ("client closed the transport", "the tests of closing"),
];

#[derive(Debug)]
struct InvalidOperationException(&'static str);

impl fmt::Display for InvalidOperationException {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for InvalidOperationException {}

/// The hub of a scenario. Where the text of an error is left open, it is three dots.
fn hub(scenario: &str) -> Hub<()> {
    let hub = Hub::new(()).stream("st", async |_, _, (): (), items: Items<u8>| {
        items.cancelled().await;
        Ok(())
    });
    let fails = |error: fn() -> HubError| {
        Hub::new(()).method(
            "m",
            move |_, _, (): ()| async move { Err::<(), _>(error()) },
        )
    };
    match scenario {
        "argument count" => hub.method("m", async |_, _, (_,): (String,)| Ok(())),
        "method throws" => fails(|| InvalidOperationException("BOOM!").into()),
        "method throws HubException" => fails(|| HubError::new("This is a hub exception")),
        "stream method throws at once" => Hub::new(())
            .stream("st", async |_, _, (): (), _: Items<u8>| {
                Err(InvalidOperationException("...").into())
            }),
        "client result" => hub.method("Ask", async |_, caller: Caller, (): ()| {
            assert_eq!(caller.itself().invoke::<u8, _>("Ask", (1,)).await?, 2);
            Ok(())
        }),
        "client result in OnConnected" => hub.on_connected(async |_, caller: Caller| {
            Ok(caller.itself().invoke::<(), _>("Ask", ()).await?)
        }),
        "OnConnected throws" => hub.on_connected(async |_, _| {
            Err(InvalidOperationException("Hub OnConnected failed.").into())
        }),
        "Context.Abort()" => hub.on_connected(async |_, caller: Caller| {
            caller.abort();
            Ok(())
        }),
        _ => hub,
    }
}

/// What the client has to say first, where the file does not say it.
fn beginning(scenario: &str) -> &'static [&'static str] {
    match scenario {
        "stream method throws at once" => {
            &[r#"{"type":4,"invocationId":"1","target":"st","arguments":[]}"#]
        }
        "client result" => &[r#"{"type":1,"invocationId":"1","target":"Ask","arguments":[]}"#],
        "client timeout" => &[r#"{"type":6}"#],
        _ => &[],
    }
}

/// `text` with or without what only detailed errors say.
fn expected(message: &Value, detailed: bool) -> Value {
    let mut message = message.clone();
    if let Some(text) = message["error"].as_str() {
        let told = match text.split_once("[D]") {
            Some((told, detail)) if detailed => format!("{told}{detail}"),
            Some((told, _)) => told.to_owned(),
            None => text.to_owned(),
        };
        message["error"] = told.into();
    }
    message
}

async fn run(scenario: &Value, detailed: bool) {
    let name = scenario["name"].as_str().unwrap();
    let mut config = HubConfig::default();
    config.detailed_errors = detailed;
    if name == "client timeout" {
        config.client_timeout = Duration::from_millis(50);
    }
    let mut client = Rig::new(hub(name).config(config)).await.client().await;
    for record in beginning(name) {
        client.send(record).await;
    }
    let messages = |key: &str| scenario[key].as_array().cloned().unwrap_or_default();
    // Only here the server speaks first.
    let asks_first = name == "client result";
    if !asks_first {
        for message in messages("c") {
            client.send(&message.to_string()).await;
        }
    }
    let answers = messages("s");
    for answer in &answers {
        assert_eq!(
            client.json().await,
            expected(answer, detailed),
            "{name}, {detailed}"
        );
    }
    if asks_first {
        for message in messages("c") {
            client.send(&message.to_string()).await;
        }
        assert_eq!(
            client.record().await,
            r#"{"type":3,"invocationId":"1","result":null}"#
        );
    }
    if answers.last().is_some_and(|answer| answer["type"] == 7) {
        client.ends().await;
    } else {
        let answer = client.invoke("last", "Nope", "[]").await;
        assert!(
            answer["error"]
                .as_str()
                .unwrap()
                .ends_with("Method does not exist."),
            "{name}"
        );
    }
}

#[tokio::test]
async fn every_scenario_goes_as_with_the_model_server() {
    let file: Value = serde_json::from_str(SCENARIOS).unwrap();
    let mut elsewhere = Vec::new();
    for scenario in file["cases"].as_array().unwrap() {
        let name = scenario["name"].as_str().unwrap();
        if ELSEWHERE.iter().any(|(other, _)| *other == name) {
            elsewhere.push(name);
            continue;
        }
        for detailed in [false, true] {
            run(scenario, detailed).await;
        }
    }
    assert_eq!(elsewhere.len(), ELSEWHERE.len());
}
