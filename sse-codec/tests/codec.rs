//! The codec for tokio-util.

#![cfg(feature = "tokio-util")]
#![expect(clippy::unwrap_used, reason = "a failed call must fail the test")]

use std::{error::Error, io, time::Duration};

use bytes::BytesMut;
use futures_util::{FutureExt, StreamExt};
use sse_codec::{
    CodecError, Control, DecodeError, Decoder, EncodeError, Event, EventCodec, EventRef, Item,
    Limits,
};
use tokio_util::codec::{Encoder, FramedRead};

fn next(frames: &mut FramedRead<&[u8], EventCodec>) -> Option<Result<Event, CodecError>> {
    frames.next().now_or_never().unwrap()
}

#[test]
fn a_framed_reader_gives_the_events_and_drops_what_is_cut_off() {
    let wire = b"retry: 5\n\nid: 1\ndata: a\n\n: hi\ndata: b\r\n\r\ndata: cut";
    for capacity in 1..wire.len() {
        let mut frames = FramedRead::with_capacity(&wire[..], EventCodec::default(), capacity);
        assert_eq!(next(&mut frames).unwrap().unwrap().data, "a");
        assert_eq!(next(&mut frames).unwrap().unwrap().data, "b");
        assert!(next(&mut frames).is_none(), "capacity {capacity}");
        let decoder = frames.decoder().decoder();
        assert_eq!(decoder.last_event_id(), "1");
        assert_eq!(decoder.retry(), Some(Duration::from_millis(5)));
    }
}

#[test]
fn a_framed_reader_polled_on_after_an_event_over_a_limit_gives_the_next() {
    let mut limits = Limits::default();
    limits.max_event = 3;
    let wire = &b"data: 1234\n\ndata: 123\n\n"[..];
    let mut frames = FramedRead::new(wire, EventCodec::new(Decoder::new(limits)));
    let Some(Err(CodecError::Decode(error))) = next(&mut frames) else {
        panic!("the first event has four bytes")
    };
    assert_eq!(error, DecodeError::EventTooLarge { limit: 3 });
    assert!(next(&mut frames).is_none());
    assert_eq!(next(&mut frames).unwrap().unwrap().data, "123");
}

#[test]
fn every_item_and_owned_events_are_encoded() {
    let mut dst = BytesMut::new();
    let mut codec = EventCodec::default();
    let heartbeat = Item::Control(Control::new().with_comment(""));
    codec.encode(heartbeat, &mut dst).unwrap();
    let event = EventRef::new("a").with_id("1");
    codec.encode(Item::Event(event), &mut dst).unwrap();
    codec.encode(event.into_owned(), &mut dst).unwrap();
    assert_eq!(dst, ":\n\nid: 1\ndata: a\n\nid: 1\ndata: a\n\n");
}

#[test]
fn what_cannot_be_carried_is_refused() {
    let mut dst = BytesMut::from("before");
    let event = EventRef::new("a").with_event("\n").into_owned();
    let Err(CodecError::Encode(error)) = EventCodec::default().encode(event, &mut dst) else {
        panic!("the event type has a line break")
    };
    assert_eq!(error, EncodeError::LineBreakInEvent { at: 0 });
    assert_eq!(dst, "before");
}

#[test]
fn errors_say_what_failed_and_why() {
    let io = CodecError::from(io::Error::other("reset"));
    assert_eq!(io.to_string(), "reading or writing failed");
    assert!(io.source().unwrap().is::<io::Error>());
    let decode = CodecError::Decode(DecodeError::LineTooLong { limit: 1 });
    assert_eq!(decode.to_string(), "an event was dropped");
    assert!(decode.source().unwrap().is::<DecodeError>());
    let encode = CodecError::Encode(EncodeError::ByteOrderMark);
    assert_eq!(encode.to_string(), "event cannot be written");
    assert!(encode.source().unwrap().is::<EncodeError>());
}
