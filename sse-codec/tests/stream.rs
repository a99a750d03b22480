//! The events in a stream of chunks.

#![cfg(feature = "futures-core")]
#![expect(clippy::unwrap_used, reason = "a failed call must fail the test")]

use std::{error::Error, time::Duration};

use bytes::Bytes;
use futures_util::{
    FutureExt, StreamExt,
    stream::{self, FusedStream},
};
use sse_codec::{DecodeError, Decoder, Event, EventRef, EventStream, Limits, StreamError};

type Told = Result<Event, StreamError<&'static str>>;

/// Polls a stream that is always ready to its end.
fn all(events: impl futures_util::Stream<Item = Told>) -> Vec<Told> {
    events.collect().now_or_never().unwrap()
}

fn event(data: &str) -> Event {
    EventRef::new(data).into_owned()
}

fn events<const N: usize>(
    chunks: [Result<&'static str, &'static str>; N],
) -> EventStream<impl futures_util::Stream<Item = Result<&'static str, &'static str>>> {
    EventStream::new(stream::iter(chunks), Decoder::new(Limits::default()))
}

#[test]
fn events_come_out_of_chunks_of_any_size() {
    let wire = "\u{FEFF}: hi\ndata: a\r\n\r\nretry: 5\n\ndata: b\ndata: \u{1F642}\n\ndata: cut";
    for size in 1..=wire.len() {
        let chunks = wire
            .as_bytes()
            .chunks(size)
            .map(Bytes::copy_from_slice)
            .map(Ok);
        let mut told = EventStream::new(stream::iter(chunks), Decoder::new(Limits::default()));
        assert_eq!(
            all(&mut told),
            [Ok(event("a")), Ok(event("b\n\u{1F642}"))],
            "chunks of {size}"
        );
        assert_eq!(told.decoder().retry(), Some(Duration::from_millis(5)));
    }
}

#[test]
fn an_event_is_told_before_the_next_chunk_is_asked_for() {
    let chunks = stream::iter([Ok::<_, &str>("data: a\n\ndata: b\n\n")]).chain(stream::pending());
    let mut events = EventStream::new(chunks, Decoder::new(Limits::default()));
    assert_eq!(events.next().now_or_never(), Some(Some(Ok(event("a")))));
    assert_eq!(events.next().now_or_never(), Some(Some(Ok(event("b")))));
    assert_eq!(events.next().now_or_never(), None);
}

#[test]
fn an_event_over_a_limit_is_told_and_the_stream_goes_on() {
    let mut limits = Limits::default();
    limits.max_event = 3;
    let chunks = stream::iter([Ok("data: 12"), Ok("34\n\ndata: 123\n\n")]);
    let told = all(EventStream::new(chunks, Decoder::new(limits)));
    let error = DecodeError::EventTooLarge { limit: 3 };
    assert_eq!(told, [Err(StreamError::Decode(error)), Ok(event("123"))]);
}

#[test]
fn a_failure_of_the_chunks_ends_the_stream_after_what_came_before() {
    let mut events = events([Ok("data: a\n\nda"), Err("reset"), Ok("ta: b\n\n")]);
    assert!(!events.is_terminated());
    assert_eq!(events.next().now_or_never(), Some(Some(Ok(event("a")))));
    let error = Err(StreamError::Chunks("reset"));
    assert_eq!(events.next().now_or_never(), Some(Some(error)));
    assert!(events.is_terminated());
    assert_eq!(events.next().now_or_never(), Some(None));
}

#[test]
fn the_decoder_goes_on_with_the_next_connection() {
    let mut first = events([Ok("id: 7\ndata: a\n\nid: 8\ndata: cut")]);
    assert_eq!(first.by_ref().count().now_or_never(), Some(1));
    let decoder = first.into_decoder();
    assert_eq!(decoder.last_event_id(), "7");
    let chunks = stream::iter([Ok("\u{FEFF}data: b\n\n")]);
    let told = all(EventStream::new(chunks, decoder));
    assert_eq!(told[0].as_ref().unwrap().data, "b");
    assert_eq!(told[0].as_ref().unwrap().last_event_id, "7");
}

#[test]
fn errors_say_what_failed_and_why() {
    let chunks: StreamError<std::fmt::Error> = StreamError::Chunks(std::fmt::Error);
    assert_eq!(chunks.to_string(), "the stream of bytes failed");
    assert!(chunks.source().unwrap().is::<std::fmt::Error>());
    let dropped: StreamError<std::fmt::Error> =
        StreamError::Decode(DecodeError::LineTooLong { limit: 1 });
    assert_eq!(dropped.to_string(), "an event was dropped");
    assert!(dropped.source().unwrap().is::<DecodeError>());
}
