//! Every method of the test hub that another test does not call.

use crate::{
    start,
    support::{
        client::ask,
        hub::{Heard, HubClient, invocation, result},
        running::Running,
    },
};

async fn hub(server: &Running) -> HubClient {
    HubClient::open(server.address, "/TestHub").await
}

async fn id(hub: &mut HubClient) -> String {
    let record = hub.call("GetCallerConnectionId", "[]").await;
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    record["result"].as_str().unwrap().to_owned()
}

fn told(target: &str, argument: &str) -> String {
    invocation(None, target, &format!("[{argument}]"))
}

fn failed(text: &str) -> String {
    format!(r#"{{"type":3,"invocationId":"0","error":"{text}"}}"#)
}

/// Asks for a stream; its completion is the record that ends what is returned.
async fn stream(hub: &mut HubClient, target: &str, arguments: &str) -> Vec<String> {
    let call =
        format!(r#"{{"type":4,"invocationId":"0","target":"{target}","arguments":{arguments}}}"#);
    hub.say(&call).await;
    let mut records = Vec::new();
    loop {
        let record = hub.record().await;
        let ended = record.starts_with(r#"{"type":3"#);
        records.push(record);
        if ended {
            return records;
        }
    }
}

fn item(json: &str) -> String {
    format!(r#"{{"type":2,"invocationId":"0","item":{json}}}"#)
}

const END: &str = r#"{"type":3,"invocationId":"0"}"#;

#[tokio::test]
async fn sends_to_whom_it_is_told() {
    let server = start().await;
    let (mut one, mut two) = (hub(&server).await, hub(&server).await);
    let (first, second) = (id(&mut one).await, id(&mut two).await);
    assert_ne!(first, second);
    // What comes to the caller comes before the answer.
    for (method, arguments, own, others) in [
        (
            "invokeWithString",
            "[\"x\"]".to_owned(),
            Some(told("Message", "\"x\"")),
            None,
        ),
        (
            "SendCustomObject",
            r#"[{"Name":"n","Value":1}]"#.to_owned(),
            Some(told("CustomObject", r#"{"Name":"n","Value":1}"#)),
            None,
        ),
        (
            "Broadcast",
            "[[1]]".to_owned(),
            Some(told("Broadcasted", "[1]")),
            Some(told("Broadcasted", "[1]")),
        ),
        (
            "SendToOthers",
            "[2]".to_owned(),
            None,
            Some(told("Broadcasted", "2")),
        ),
        (
            "SendToConnection",
            format!("[\"{second}\",3]"),
            None,
            Some(told("Broadcasted", "3")),
        ),
        ("SendToUser", "[\"nobody\",3]".to_owned(), None, None),
        ("JoinGroup", "[\"g\"]".to_owned(), None, None),
        (
            "SendToGroup",
            "[\"g\",4]".to_owned(),
            Some(told("GroupMessage", "4")),
            None,
        ),
        ("SendToOthersInGroup", "[\"g\",5]".to_owned(), None, None),
        ("LeaveGroup", "[\"g\"]".to_owned(), None, None),
        ("SendToGroup", "[\"g\",6]".to_owned(), None, None),
    ] {
        one.say(&invocation(Some("0"), method, &arguments)).await;
        if let Some(own) = own {
            assert_eq!(one.record().await, own, "{method}");
        }
        assert_eq!(one.record().await, result("null"), "{method}");
        if let Some(others) = others {
            assert_eq!(two.record().await, others, "{method}");
        }
    }
    assert_eq!(two.call("JoinGroup", "[\"g\"]").await, result("null"));
    assert_eq!(
        one.call("SendToOthersInGroup", "[\"g\",7]").await,
        result("null")
    );
    assert_eq!(two.record().await, told("GroupMessage", "7"));
}

#[tokio::test]
async fn streams_as_the_contract_says() {
    let server = start().await;
    let mut hub = hub(&server).await;
    let abc = ["\"a\"", "\"b\"", "\"c\""].map(item);
    assert_eq!(
        stream(&mut hub, "Stream", "[]").await,
        [&abc[..], &[END.to_owned()]].concat()
    );
    assert_eq!(stream(&mut hub, "EmptyStream", "[]").await, [END]);
    let numbers = ["0", "1"].map(item);
    assert_eq!(
        stream(&mut hub, "Counter", "[2,1]").await,
        [&numbers[..], &[END.to_owned()]].concat()
    );
    let broke = failed(
        "An error occurred on the server while streaming results. HubException: stream broke",
    );
    assert_eq!(
        stream(&mut hub, "CounterThenThrow", "[2]").await,
        [&numbers[..], std::slice::from_ref(&broke)].concat()
    );
    // Its stream has begun, although it has no item.
    assert_eq!(stream(&mut hub, "CounterThenThrow", "[0]").await, [broke]);
    assert_eq!(
        stream(&mut hub, "StreamThrowException", "[\"why\"]").await,
        [failed(
            "An unexpected error occurred invoking 'StreamThrowException' on the server. \
             InvalidOperationException: why"
        )]
    );
    hub.say(r#"{"type":4,"invocationId":"0","target":"InfiniteStream","arguments":[]}"#)
        .await;
    hub.say(r#"{"type":5,"invocationId":"0"}"#).await;
    let mut ends = [hub.record().await, hub.record().await];
    ends.sort();
    assert_eq!(
        ends,
        [invocation(None, "StreamCanceled", "[]"), END.to_owned()]
    );
}

#[tokio::test]
async fn takes_streams_as_the_contract_says() {
    let server = start().await;
    let mut hub = hub(&server).await;
    for (method, kind, items, last, answers) in [
        (
            "StreamingConcat",
            1,
            ["\"a\"", "\"b\""],
            "}",
            vec![result("\"ab\"")],
        ),
        ("UploadSum", 1, ["1", "2"], "}", vec![result("3")]),
        (
            "StreamingConcat",
            1,
            ["\"a\"", "\"b\""],
            r#","error":"Something bad"}"#,
            vec![failed(
                "An unexpected error occurred invoking 'StreamingConcat' on the server. \
                 HubException: Something bad",
            )],
        ),
        (
            "UploadEcho",
            4,
            ["{\"A\":1}", "null"],
            "}",
            vec![item("{\"A\":1}"), item("null"), END.to_owned()],
        ),
    ] {
        hub.say(&format!(
            r#"{{"type":{kind},"invocationId":"0","target":"{method}","arguments":[],"streamIds":["u"]}}"#
        ))
        .await;
        for item in items {
            hub.say(&format!(r#"{{"type":2,"invocationId":"u","item":{item}}}"#))
                .await;
        }
        hub.say(&format!(r#"{{"type":3,"invocationId":"u"{last}"#))
            .await;
        for answer in answers {
            assert_eq!(hub.record().await, answer, "{method}");
        }
    }
}

#[tokio::test]
async fn asks_its_clients_and_waits_for_time_or_a_cancellation() {
    let server = start().await;
    let mut hub = hub(&server).await;
    hub.say(&invocation(Some("0"), "AskClient", r#"["Ask",{"A":1}]"#))
        .await;
    assert_eq!(
        hub.record().await,
        invocation(Some("s1"), "Ask", r#"[{"A":1}]"#)
    );
    hub.say(r#"{"type":3,"invocationId":"s1","result":[2]}"#)
        .await;
    assert_eq!(hub.record().await, result("[2]"));
    assert_eq!(hub.call("Slow", "[1]").await, result("1"));
    assert_eq!(
        hub.call("SlowCancellable", "[1]").await,
        result("\"finished\"")
    );
    hub.say(&invocation(Some("0"), "SlowCancellable", "[3600000]"))
        .await;
    hub.say(r#"{"type":5,"invocationId":"0"}"#).await;
    assert_eq!(hub.record().await, result("\"cancelled\""));
}

#[tokio::test]
async fn is_asked_over_http_by_the_id_of_a_connection() {
    let server = start().await;
    let mut hub = hub(&server).await;
    let id = id(&mut hub).await;
    for (answer, text) in [
        (r#""result":7}"#, "7"),
        (r#""error":"Error: from callback"}"#, "Error: from callback"),
        (
            r#""error":"Client didn't provide a result."}"#,
            "Client didn't provide a result.",
        ),
    ] {
        let path = format!("GET /clientresult/{id}");
        let asked = tokio::spawn(async move { ask(server.address, &path).await });
        let question: serde_json::Value = serde_json::from_str(&hub.record().await).unwrap();
        assert_eq!(question["target"], "Result");
        assert_eq!(question["arguments"], serde_json::json!([]));
        let id = question["invocationId"].as_str().unwrap();
        hub.say(&format!(r#"{{"type":3,"invocationId":"{id}",{answer}"#))
            .await;
        let told = asked.await.unwrap();
        assert_eq!((told.status, told.text()), (200, text));
    }
}

#[tokio::test]
async fn ends_a_connection_in_order_or_without_a_word() {
    let server = start().await;
    let mut leaving = hub(&server).await;
    leaving.say(&invocation(None, "AbortMe", "[]")).await;
    assert_eq!(
        leaving.next().await,
        Heard::Record(r#"{"type":7}"#.to_owned())
    );
    assert_eq!(leaving.next().await, Heard::Closed(Some(1000)));
    let mut dropped = hub(&server).await;
    dropped.say(&invocation(None, "DropMe", "[]")).await;
    assert_eq!(dropped.next().await, Heard::Lost);
}

#[tokio::test]
async fn writes_bytes_and_moments_as_text_in_json() {
    let server = start().await;
    let mut hub = hub(&server).await;
    let object = r#"{"String":"hello world","IntArray":[1,2,3],"ByteArray":"AQID","Guid":"00010203-0405-0607-0706-050403020100","DateTime":"2000-01-01T00:00:00Z"}"#;
    assert_eq!(hub.call("SendComplexObject", "[]").await, result(object));
    let echo = hub.call("EchoComplexObject", &format!("[{object}]")).await;
    assert_eq!(echo, result(object));
}

#[cfg(feature = "messagepack")]
#[tokio::test]
async fn members_may_be_missing_and_spelled_otherwise() {
    let server = start().await;
    let mut hub = hub(&server).await;
    for (sent, got) in [
        (
            "{}",
            r#"{"String":null,"IntArray":null,"ByteArray":null,"Guid":"00000000-0000-0000-0000-000000000000","DateTime":"0001-01-01T00:00:00Z"}"#,
        ),
        (
            r#"{"string":"x","intArray":[1],"byteArray":"AQ==","guid":"g","dateTime":"2000-01-01T00:00:00Z"}"#,
            r#"{"String":"x","IntArray":[1],"ByteArray":"AQ==","Guid":"g","DateTime":"2000-01-01T00:00:00Z"}"#,
        ),
    ] {
        let arguments = format!("[{sent}]");
        assert_eq!(hub.call("EchoComplexObject", &arguments).await, result(got));
    }
}

/// A tree would sort the members and round the number.
#[tokio::test]
async fn passes_values_on_as_they_came() {
    let server = start().await;
    let (mut one, mut two) = (hub(&server).await, hub(&server).await);
    let value = r#"{"b":31.245270191439438,"a":1e2}"#;
    let arguments = format!("[{value}]");
    assert_eq!(one.call("Echo", &arguments).await, result(value));
    assert_eq!(one.call("SendToOthers", &arguments).await, result("null"));
    assert_eq!(two.record().await, told("Broadcasted", value));
}

#[tokio::test]
async fn writes_bytes_and_moments_as_they_are_in_messagepack() {
    use bytes::BytesMut;
    use signalr_protocol::{Arguments, Completion, Invocation, Outcome, Payload, Protocol};
    use ws_frame::{Frame, Opcode};

    let server = start().await;
    let client = crate::support::client::Client::connect(server.address).await;
    let mut hub = HubClient::connect(client, "/testhub").await;
    hub.text("{\"protocol\":\"messagepack\",\"version\":1}\u{1e}")
        .await;
    let object = b"\x85\xA6String\xA1x\xA8IntArray\x91\x01\xA9ByteArray\xC4\x02\x01\xFF\
        \xA4Guid\xA1g\xA8DateTime\xD6\xFF\x00\x00\x00\x01";
    let mut call = BytesMut::new();
    let arguments = [b"\x91".as_slice(), object].concat();
    let arguments = Arguments::messagepack(&arguments).unwrap();
    let mut invocation = Invocation::new("EchoComplexObject", arguments);
    invocation.invocation_id = Some("0".into());
    invocation.encode(Protocol::MessagePack, &mut call).unwrap();
    let frame = Frame::new(Opcode::Binary, &call);
    hub.frames(&[frame]).await;
    let mut expected = BytesMut::from(&b"\x82\x03{}\x1E\x82"[..]);
    let payload = Payload::messagepack(object).unwrap();
    let mut completion = BytesMut::new();
    Completion::new("0", Outcome::Result(payload))
        .encode(Protocol::MessagePack, &mut completion)
        .unwrap();
    expected.extend([u8::try_from(completion.len()).unwrap()]);
    expected.extend_from_slice(&completion);
    while hub.client.buffer.len() < expected.len() {
        assert!(hub.client.more().await, "{:?}", hub.client.buffer);
    }
    assert_eq!(hub.client.buffer, expected);
}
