//! Calls of hub methods, their results and their errors.

use realtime_server::hub::{Hub, HubSetupError};
use realtime_server::server::{ServerBuilder, SetupError};

use crate::{
    rig::Rig,
    support::hub::{HubClient, invocation, result},
};

fn error(text: &str) -> String {
    let text = serde_json::to_string(text).unwrap();
    format!("{{\"type\":3,\"invocationId\":\"0\",\"error\":{text}}}")
}

async fn assert_calls(hub: &mut HubClient, calls: &[(&str, &str, String)]) {
    for (target, arguments, expected) in calls {
        assert_eq!(
            hub.call(target, arguments).await,
            *expected,
            "{target}{arguments}"
        );
    }
}

#[tokio::test]
async fn answers_with_what_the_method_returns() {
    let rig = Rig::new().await;
    let mut hub = rig.open().await;
    let json = r#"{"b":[1,2.5,null],"a":"\u00e9\"","c":{}}"#;
    assert_calls(
        &mut hub,
        &[
            ("Add", "[1,2]", result("3")),
            (
                "Add",
                "[ -9223372036854775808 , 0 ]",
                result("-9223372036854775808"),
            ),
            ("Nothing", "[]", result("null")),
            ("Mirror", "[null]", result("null")),
            ("Mirror", "[\"\\u001e\"]", result("\"\\u001e\"")),
            ("Length", "[\"äöü\"]", result("6")),
        ],
    )
    .await;
    let mirrored = hub.call("Mirror", &format!("[{json}]")).await;
    let value: serde_json::Value = serde_json::from_str(&mirrored).unwrap();
    assert_eq!(
        value["result"],
        serde_json::from_str::<serde_json::Value>(json).unwrap()
    );
}

#[tokio::test]
async fn tells_the_text_of_a_hub_error_and_keeps_that_of_others() {
    let rig = Rig::new().await;
    let mut hub = rig.open().await;
    assert_calls(
        &mut hub,
        &[
            (
                "Fail",
                "[\"no \\\"such\\\" room\"]",
                error("An unexpected error occurred invoking 'Fail' on the server. HubException: no \"such\" room"),
            ),
            (
                "Break",
                "[]",
                error("An unexpected error occurred invoking 'Break' on the server."),
            ),
            ("Add", "[1,2]", result("3")),
        ],
    )
    .await;
}

#[tokio::test]
async fn tells_the_text_of_every_error_where_errors_are_detailed() {
    let rig = Rig::configured(|config| config.detailed_errors = true).await;
    let mut hub = rig.open().await;
    let binding = "Failed to invoke 'Add' due to an error on the server. InvalidDataException: ";
    let types = "Error binding arguments. Make sure that the types of the provided values match \
        the types of the hub method being invoked.";
    assert_calls(
        &mut hub,
        &[
            (
                "Fail",
                "[\"full\"]",
                error("An unexpected error occurred invoking 'Fail' on the server. HubException: full"),
            ),
            (
                "Break",
                "[]",
                error("An unexpected error occurred invoking 'Break' on the server. ParseIntError: invalid digit found in string"),
            ),
            (
                "Add",
                "[1]",
                error(&format!("{binding}Invocation provides 1 argument(s) but target expects 2.")),
            ),
            ("Add", "[1,\"2\"]", error(&format!("{binding}{types}"))),
        ],
    )
    .await;
}

#[tokio::test]
async fn refuses_what_does_not_fit_the_method() {
    let rig = Rig::new().await;
    let mut hub = rig.open().await;
    let unfit = error("Failed to invoke 'Add' due to an error on the server.");
    assert_calls(
        &mut hub,
        &[
            (
                "Subtract",
                "[1,2]",
                error("Failed to invoke 'Subtract' due to an error on the server. HubException: Method does not exist."),
            ),
            ("Add", "[]", unfit.clone()),
            ("Add", "[1]", unfit.clone()),
            ("Add", "[1,2,3]", unfit.clone()),
            ("Add", "[1,\"2\"]", unfit.clone()),
            ("Add", "[1,2.5]", unfit.clone()),
            ("Add", "[1,null]", unfit.clone()),
            ("Add", "[1,9223372036854775808]", unfit),
            ("Add", "[1,2]", result("3")),
        ],
    )
    .await;
    assert_eq!(rig.metrics().invocations.value(), 9);
    assert_eq!(rig.metrics().invocations_refused.value(), 8);
}

#[tokio::test]
async fn finds_methods_without_case_and_names_them_as_registered() {
    let rig = Rig::new().await;
    let mut hub = rig.open().await;
    assert_calls(
        &mut hub,
        &[
            ("add", "[1,2]", result("3")),
            ("ADD", "[1,2]", result("3")),
            (
                "FAIL",
                "[\"x\"]",
                error(
                    "An unexpected error occurred invoking 'Fail' on the server. HubException: x",
                ),
            ),
            (
                "aDd",
                "[]",
                error("Failed to invoke 'Add' due to an error on the server."),
            ),
        ],
    )
    .await;
}

#[test]
fn refuses_two_methods_of_one_name() {
    let hub = Hub::new(())
        .method("Add", async |_, _, ()| Ok(()))
        .method("ADD", async |_, _, ()| Ok(()));
    let refused = ServerBuilder::new().hub("/hub", hub).map(|_| ());
    let expected = HubSetupError::DuplicateMethod("ADD".into());
    assert_eq!(
        expected.to_string(),
        "the hub method \"ADD\" is registered twice"
    );
    assert_eq!(refused, Err(SetupError::Hub(expected)));
}

#[tokio::test]
async fn answers_nothing_to_who_wants_no_answer() {
    let mut rig = Rig::new().await;
    let mut hub = rig.open().await;
    rig.release("x");
    for (target, arguments) in [
        ("Add", "[1,2]"),
        ("Add", "[]"),
        ("Nowhere", "[]"),
        ("Fail", "[\"x\"]"),
        ("Panic", "[]"),
        ("Wait", "[\"x\"]"),
    ] {
        hub.say(&invocation(None, target, arguments)).await;
        // An empty id is none.
        hub.say(&invocation(Some(""), "Add", "[1,2]")).await;
    }
    assert_eq!(hub.call("Add", "[2,2]").await, result("4"));
    assert_eq!(rig.started().await, "x");
}

#[tokio::test]
async fn refuses_streams_of_plain_methods() {
    let rig = Rig::new().await;
    let mut hub = rig.open().await;
    for (record, text) in [
        (
            r#"{"type":4,"invocationId":"0","target":"add","arguments":[1,2]}"#,
            "The client attempted to invoke the non-streaming 'Add' method with a streaming invocation.",
        ),
        (
            r#"{"type":4,"invocationId":"0","target":"Nope","arguments":[]}"#,
            "Failed to invoke 'Nope' due to an error on the server. HubException: Method does not exist.",
        ),
        (
            r#"{"type":4,"invocationId":"0","target":"Add","arguments":[]}"#,
            "Failed to invoke 'Add' due to an error on the server.",
        ),
        (
            r#"{"type":1,"invocationId":"0","target":"Add","arguments":[1,2],"streamIds":["s"]}"#,
            "An unexpected error occurred invoking 'Add' on the server. HubException: Client sent 1 stream(s), Hub method expects 0.",
        ),
        (
            r#"{"type":1,"invocationId":"0","target":"Add","arguments":[1,2],"streamIds":["s","t"]}"#,
            "An unexpected error occurred invoking 'Add' on the server. HubException: Client sent 2 stream(s), Hub method expects 0.",
        ),
    ] {
        hub.say(record).await;
        assert_eq!(hub.record().await, error(text), "{record}");
    }
    assert_eq!(rig.metrics().invocations_refused.value(), 5);
}

#[tokio::test]
async fn passes_over_messages_that_mean_nothing_to_it() {
    let rig = Rig::new().await;
    let mut hub = rig.open().await;
    for record in [
        r#"{"type":99}"#,
        r#"{"type":0,"x":[{}]}"#,
        r#"{"type":2,"invocationId":"7","item":1}"#,
        r#"{"type":3,"invocationId":"7","result":1}"#,
        r#"{"type":5,"invocationId":"7"}"#,
        r#"{"type":6}"#,
        r#"{"type":8,"sequenceId":1}"#,
        r#"{"type":9,"sequenceId":1}"#,
    ] {
        hub.say(record).await;
        assert_eq!(hub.call("Add", "[1,2]").await, result("3"), "{record}");
    }
}

#[tokio::test]
async fn survives_a_method_that_panics() {
    let rig = Rig::new().await;
    let mut hub = rig.open().await;
    let failed = error("An unexpected error occurred invoking 'Panic' on the server.");
    assert_eq!(hub.call("Panic", "[]").await, failed);
    assert_eq!(hub.call("Add", "[1,2]").await, result("3"));
    assert_eq!(rig.metrics().handler_panics.value(), 1);
    assert_eq!(rig.open().await.call("Add", "[1,2]").await, result("3"));
}

#[tokio::test]
async fn gives_back_each_id_as_it_came() {
    let rig = Rig::new().await;
    let mut hub = rig.open().await;
    for id in ["1", "a\\\"b", "\u{e4}", &"x".repeat(128)] {
        hub.say(&invocation(Some(id), "Nothing", "[]")).await;
        let expected = format!("{{\"type\":3,\"invocationId\":\"{id}\",\"result\":null}}");
        assert_eq!(hub.record().await, expected);
    }
}
