//! Limits at, below and above.

use bytes::BytesMut;
use signalr_protocol::{
    Arguments, DecodeError, Decoder, JsonError, Limits, MAX_DEPTH, Message, MessageError, Payload,
    Protocol, Record,
};

const MAX: usize = 16;

fn decoder() -> Decoder {
    let mut limits = Limits::default();
    limits.max_record = MAX;
    Decoder::new(limits)
}

/// `len` bytes of a record and its separator.
fn framed(len: usize) -> BytesMut {
    let mut src = BytesMut::from(&*vec![b'x'; len]);
    src.extend_from_slice(&[0x1E]);
    src
}

#[test]
fn the_default_is_that_of_asp_net_core() {
    assert_eq!(Limits::default().max_record, 32_768);
}

#[test]
fn a_record_below_or_at_the_limit_is_taken() {
    for len in [MAX - 2, MAX - 1] {
        let mut src = framed(len);
        assert_eq!(
            decoder().decode(&mut src).unwrap().unwrap().as_bytes(),
            vec![b'x'; len]
        );
    }
}

#[test]
fn a_record_above_the_limit_is_refused() {
    let mut src = framed(MAX);
    let error = DecodeError::RecordTooLarge { limit: MAX };
    assert_eq!(decoder().decode(&mut src), Err(error));
    assert_eq!(
        error.to_string(),
        "The maximum message size of 16B was exceeded. \
         The message size can be configured in AddHubOptions."
    );
}

#[test]
fn the_limit_is_checked_before_the_record_is_complete() {
    let mut decoder = decoder();
    let mut src = BytesMut::from(&[b'x'; MAX - 1][..]);
    assert_eq!(decoder.decode(&mut src), Ok(None));
    src.extend_from_slice(b"x");
    assert_eq!(
        decoder.decode(&mut src),
        Err(DecodeError::RecordTooLarge { limit: MAX })
    );
}

#[test]
fn many_small_records_may_exceed_the_limit_together() {
    let mut decoder = decoder();
    let mut src = BytesMut::new();
    for _ in 0..10 {
        src.extend_from_slice(&framed(5));
    }
    let mut count = 0;
    while let Some(record) = decoder.decode(&mut src).unwrap() {
        assert_eq!(record.as_bytes(), b"xxxxx");
        count += 1;
    }
    assert_eq!(count, 10);
}

#[test]
fn an_error_is_repeated_whatever_follows() {
    let mut decoder = decoder();
    let mut src = framed(MAX);
    let error = decoder.decode(&mut src).unwrap_err();
    src = framed(1);
    assert_eq!(decoder.decode(&mut src), Err(error));
    assert_eq!(decoder.finish(&src), Err(error));
    decoder.set_protocol(Protocol::Json);
    assert_eq!(decoder.decode(&mut src), Err(error));
}

/// An item nested so deep that the whole message has `depth` levels.
fn nested(depth: usize) -> String {
    let (open, close) = ("[".repeat(depth - 1), "]".repeat(depth - 1));
    format!(r#"{{"type":2,"invocationId":"1","item":{open}{close}}}"#)
}

fn parse(json: &str) -> Result<Option<Message<'_>>, MessageError> {
    Message::parse(&Record::new(Protocol::Json, json.as_bytes()))
}

#[test]
fn nesting_is_limited_with_the_message_included() {
    for depth in [MAX_DEPTH - 1, MAX_DEPTH] {
        let json = nested(depth);
        let Some(Message::StreamItem(message)) = parse(&json).unwrap() else {
            panic!("{json}")
        };
        assert_eq!(message.item.as_bytes().len(), 2 * (depth - 1));
    }
    assert_eq!(
        parse(&nested(MAX_DEPTH + 1)),
        Err(MessageError::Json(JsonError::Syntax))
    );
}

#[test]
fn nesting_is_limited_in_what_is_skipped_too() {
    let unknown = |depth: usize| {
        let (open, close) = (r#"{"a":"#.repeat(depth - 1), "}".repeat(depth - 1));
        format!(r#"{{"type":6,"x":{open}1{close}}}"#)
    };
    assert_eq!(parse(&unknown(MAX_DEPTH)), Ok(Some(Message::Ping)));
    assert_eq!(
        parse(&unknown(MAX_DEPTH + 1)),
        Err(MessageError::Json(JsonError::Syntax))
    );
}

#[test]
fn what_a_caller_hands_in_is_never_too_deep_for_a_message() {
    let array = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    // As an argument it stands in the message and in the arguments.
    assert!(Payload::json(&array(MAX_DEPTH - 2)).is_ok_and(|payload| payload.as_bytes().len() > 2));
    assert!(Payload::json(&array(MAX_DEPTH - 1)).is_err());
    assert_eq!(
        Arguments::json(&array(MAX_DEPTH - 1))
            .map(|arguments| arguments.len())
            .unwrap(),
        1
    );
    assert!(Arguments::json(&array(MAX_DEPTH)).is_err());
}
