//! Records behind their length, as MessagePack messages have them.
#![cfg(feature = "messagepack")]
#![expect(clippy::unwrap_used, reason = "vectors have a known shape")]

use bytes::BytesMut;
use serde_json::{Value, json};
use signalr_protocol::{DecodeError, Decoder, Limits, Message, Protocol, Record};

fn load(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn cases<'v>(vectors: &'v Value, group: &str) -> &'v [Value] {
    let cases = vectors[group].as_array().unwrap();
    assert!(!cases.is_empty(), "{group} has no cases");
    cases
}

fn hex(case: &Value, field: &str) -> Vec<u8> {
    let digits = case[field].as_str().unwrap();
    let pairs = digits
        .as_bytes()
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).unwrap());
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).unwrap())
        .collect()
}

fn decoder(max_record: usize) -> Decoder {
    let mut limits = Limits::default();
    limits.max_record = max_record;
    let mut decoder = Decoder::new(limits);
    decoder.set_protocol(Protocol::MessagePack);
    decoder
}

#[test]
fn binary_framing_yields_the_messages() {
    let vectors = load(include_str!("vectors/framing.json"));
    for case in cases(&vectors, "binary_valid") {
        let mut src = BytesMut::from(&*hex(case, "hex"));
        let mut decoder = decoder(32_768);
        for expected in case["messages"].as_array().unwrap() {
            let expected = hex(&json!({ "hex": expected }), "hex");
            let record = decoder.decode(&mut src).unwrap().unwrap();
            assert_eq!(record.as_bytes(), expected, "{case}");
        }
        assert_eq!(decoder.decode(&mut src), Ok(None), "{case}");
        assert_eq!(decoder.finish(&src), Ok(()), "{case}");
    }
    for case in cases(&vectors, "binary_incomplete") {
        let mut src = BytesMut::from(&*hex(case, "hex"));
        assert_eq!(decoder(usize::MAX).decode(&mut src), Ok(None), "{case}");
    }
    for case in cases(&vectors, "binary_error") {
        let mut src = BytesMut::from(&*hex(case, "hex"));
        let mut decoder = decoder(usize::MAX);
        let error = decoder.decode(&mut src).unwrap_err();
        assert_eq!(error.to_string(), case["error"], "{case}");
        assert_eq!(decoder.decode(&mut src), Err(error), "{case}");
    }
}

#[test]
fn records_of_every_prefix_length_are_read_back_byte_by_byte() {
    let vectors = load(include_str!("vectors/framing.json"));
    for size in cases(&vectors, "binary_roundtrip_sizes") {
        let body = vec![0x1E; usize::try_from(size.as_u64().unwrap()).unwrap()];
        let record = Record::new(Protocol::MessagePack, &body);
        let mut wire = BytesMut::new();
        record.encode(&mut wire).unwrap();
        assert_eq!(wire.len(), record.encoded_len());

        let mut decoder = decoder(wire.len());
        let mut src = BytesMut::new();
        for (index, byte) in wire.iter().enumerate() {
            src.extend_from_slice(&[*byte]);
            let record = decoder.decode(&mut src).unwrap();
            assert_eq!(record.is_some(), index + 1 == wire.len(), "{size} {index}");
        }
        assert_eq!(decoder.finish(&src), Ok(()));
    }
}

#[test]
fn a_record_is_limited_with_its_prefix() {
    let mut wire = BytesMut::new();
    Record::new(Protocol::MessagePack, &[0xC0; 200])
        .encode(&mut wire)
        .unwrap();
    assert_eq!(wire.len(), 202);
    let mut src = wire.clone();
    assert_eq!(
        decoder(202).decode(&mut src).unwrap().unwrap().as_bytes(),
        [0xC0; 200]
    );
    // The prefix alone tells.
    let mut src = BytesMut::from(&b"\xC8\x01"[..]);
    let error = DecodeError::RecordTooLarge { limit: 201 };
    assert_eq!(decoder(201).decode(&mut src), Err(error));
    let mut src = BytesMut::from(&b"\x80"[..]);
    assert_eq!(
        decoder(1).decode(&mut src),
        Err(DecodeError::RecordTooLarge { limit: 1 })
    );
}

#[test]
fn the_framing_changes_behind_the_handshake() {
    let mut src = BytesMut::from(&b"{}\x1e\x02\x91\x06\x02\x91\x06"[..]);
    let mut decoder = Decoder::new(Limits::default());
    assert_eq!(decoder.decode(&mut src).unwrap().unwrap().as_bytes(), b"{}");
    decoder.set_protocol(Protocol::MessagePack);
    for _ in 0..2 {
        let record = decoder.decode(&mut src).unwrap().unwrap();
        assert_eq!(record.protocol(), Protocol::MessagePack);
        assert_eq!(Message::parse(&record), Ok(Some(Message::Ping)));
    }
    assert_eq!(decoder.decode(&mut src), Ok(None));
}

#[test]
fn a_payload_that_is_missing_or_malformed_is_the_trouble_of_what_it_belongs_to() {
    use signalr_protocol::{EncodeError, Outcome, StreamItem};

    for body in [
        b"\x93\x02\x80\xA3xyz".as_slice(),
        b"\x94\x02\x80\xA3xyz\xC1",
        b"\x94\x02\x80\xA3xyz\x92\x01",
    ] {
        let record = Record::new(Protocol::MessagePack, body);
        let Some(Message::StreamItem(item)) = Message::parse(&record).unwrap() else {
            panic!("no item: {body:?}");
        };
        assert_eq!(item.invocation_id, "xyz");
        assert!(item.item.to::<i32>().is_err());
        let mut dst = BytesMut::new();
        let again = StreamItem::new("1", item.item).encode(Protocol::MessagePack, &mut dst);
        assert!(
            matches!(again, Err(EncodeError::MalformedPayload)),
            "{again:?}"
        );
        assert!(dst.is_empty());
    }
    let record = Record::new(Protocol::MessagePack, b"\x94\x03\x80\xA3xyz\x03");
    let Some(Message::Completion(completion)) = Message::parse(&record).unwrap() else {
        panic!("no completion");
    };
    let Outcome::Result(result) = completion.outcome else {
        panic!("no result");
    };
    assert!(result.to::<()>().is_err());
}
