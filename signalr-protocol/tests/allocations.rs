//! Reading a message allocates nothing: its arguments stay where they are until they are bound.
#![expect(clippy::unwrap_used, reason = "a test")]

use allocation_counter::measure;
use signalr_protocol::{Message, Protocol, Record};

fn allocations(protocol: Protocol, bytes: &[u8]) -> u64 {
    let record = Record::new(protocol, bytes);
    let counted = measure(|| drop(Message::parse(&record).unwrap().unwrap()));
    counted.count_total
}

#[test]
fn json_messages_are_read_without_allocating() {
    let of = |json: &str| allocations(Protocol::Json, json.as_bytes());
    let long = "x".repeat(10_000);
    for json in [
        r#"{"type":1,"target":"Send","arguments":[]}"#.to_owned(),
        r#"{"type":1,"target":"Send","arguments":["ada"]}"#.to_owned(),
        r#"{"type":1,"invocationId":"17","target":"Send","arguments":["ada",{"a":[1,2]},3.5,null]}"#.to_owned(),
        format!(r#"{{"type":1,"target":"Send","arguments":["{long}","{long}"]}}"#),
        r#"{"type":2,"invocationId":"17","item":{"a":[1,2,3]}}"#.to_owned(),
        r#"{"type":3,"invocationId":"17","result":"ada"}"#.to_owned(),
        r#"{"type":3,"invocationId":"17","error":"no"}"#.to_owned(),
        r#"{"type":5,"invocationId":"17"}"#.to_owned(),
        r#"{"type":6}"#.to_owned(),
        r#"{"type":7,"error":"no","allowReconnect":true}"#.to_owned(),
        r#"{"type":8,"sequenceId":9}"#.to_owned(),
        r#"{"type":9,"sequenceId":9}"#.to_owned(),
    ] {
        assert_eq!(of(&json), 0, "{json:.80}");
    }
}

/// So that the counts above mean something.
#[test]
fn what_is_copied_is_counted() {
    let escaped = r#"{"type":1,"target":"S\u0065nd","arguments":[]}"#;
    assert!(allocations(Protocol::Json, escaped.as_bytes()) > 0);
}

#[cfg(feature = "messagepack")]
#[test]
fn messagepack_messages_are_read_without_allocating() {
    use bytes::BytesMut;
    use signalr_protocol::{Decoder, Invocation, Limits, Typed};

    for texts in [&[][..], &["ada"][..], &["ada", "bob", "eve"][..]] {
        let mut stream = BytesMut::new();
        let message = Invocation::new("Send", Typed(texts));
        message.encode(Protocol::MessagePack, &mut stream).unwrap();
        let mut decoder = Decoder::new(Limits::default());
        decoder.set_protocol(Protocol::MessagePack);
        let record = decoder.decode(&mut stream).unwrap().unwrap();
        assert_eq!(
            allocations(Protocol::MessagePack, record.as_bytes()),
            0,
            "{texts:?}"
        );
    }
}
