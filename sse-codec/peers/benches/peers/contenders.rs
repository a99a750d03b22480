//! Who is timed: each takes a stream in chunks and counts what is in it.
//!
//! All read from the same "socket", that is, each chunk is copied once into a buffer of the
//! contender's: the one that it decodes from, or one that is handed on as `Bytes`.

use std::{
    convert::Infallible,
    hint::black_box,
    pin::pin,
    task::{Context, Poll, Waker},
};

use bytes::{Bytes, BytesMut};
use eventsource_stream::Eventsource;
use futures_util::{Stream, StreamExt, stream};
use sse_codec::{Decoder, EventStream, Item, Limits};

use crate::streams::Count;

#[derive(Clone, Copy)]
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) is: Is,
    pub(crate) run: fn(&[u8], usize) -> Count,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Is {
    Ours,
    Peer,
    /// No decoder: what a part of the work costs alone.
    Measure,
}

pub(crate) const CONTENDERS: [Contender; 8] = [
    Contender {
        name: "sse-codec",
        is: Is::Ours,
        run: sse_codec,
    },
    Contender {
        name: "its `EventStream`",
        is: Is::Ours,
        run: sse_codec_owned,
    },
    Contender {
        name: "sse-core",
        is: Is::Peer,
        run: sse_core,
    },
    Contender {
        name: "sse-parse",
        is: Is::Peer,
        run: sse_parse,
    },
    Contender {
        name: "sse-stream",
        is: Is::Peer,
        run: sse_stream,
    },
    Contender {
        name: "eventsource-stream",
        is: Is::Peer,
        run: eventsource_stream,
    },
    Contender {
        name: "memchr",
        is: Is::Measure,
        run: memchr,
    },
    Contender {
        name: "memcpy",
        is: Is::Measure,
        run: memcpy,
    },
];

fn sse_codec(stream: &[u8], size: usize) -> Count {
    let mut decoder = Decoder::new(Limits::default());
    let mut src = BytesMut::new();
    let mut count = Count::default();
    for chunk in stream.chunks(size) {
        src.extend_from_slice(chunk);
        while let Some(item) = decoder.decode(&mut src).expect("nothing is over a limit") {
            if let Item::Event(event) = black_box(&item) {
                count.add(event.data());
            }
        }
    }
    count
}

/// The owned events that most peers give.
fn sse_codec_owned(stream: &[u8], size: usize) -> Count {
    let mut count = Count::default();
    let decoder = Decoder::new(Limits::default());
    for_each(
        EventStream::new(ready_chunks(stream, size), decoder),
        |event| {
            count.add(
                &black_box(&event)
                    .as_ref()
                    .expect("nothing is over a limit")
                    .data,
            );
        },
    );
    count
}

fn sse_core(stream: &[u8], size: usize) -> Count {
    let mut decoder = sse_core::SseDecoder::new();
    let mut count = Count::default();
    let mut buffer = vec![0; size];
    for chunk in stream.chunks(size) {
        let mut chunk = read(chunk, &mut buffer);
        while let Some(event) = decoder.next(&mut chunk) {
            if let Ok(sse_core::SseEvent::Message(event)) = black_box(&event) {
                count.add(&event.data);
            }
        }
    }
    count
}

fn sse_parse(stream: &[u8], size: usize) -> Count {
    let mut parser = sse_parse::SseParser::new();
    let mut count = Count::default();
    let mut buffer = vec![0; size];
    for chunk in stream.chunks(size) {
        parser.feed(read(chunk, &mut buffer));
        while let Some(event) = parser.next_event() {
            count.add(&black_box(&event).data);
        }
    }
    count
}

fn sse_stream(stream: &[u8], size: usize) -> Count {
    let mut count = Count::default();
    let events = sse_stream::SseByteStream::new(ready_chunks(stream, size));
    for_each(events, |event| {
        if let Some(data) = &black_box(&event).as_ref().expect("the stream is text").data {
            count.add(data);
        }
    });
    count
}

fn eventsource_stream(stream: &[u8], size: usize) -> Count {
    let mut count = Count::default();
    for_each(ready_chunks(stream, size).eventsource(), |event| {
        count.add(&black_box(&event).as_ref().expect("the stream is text").data);
    });
    count
}

/// Only finds the line ends.
fn memchr(stream: &[u8], size: usize) -> Count {
    for chunk in stream.chunks(size) {
        black_box(memchr::memchr_iter(b'\n', chunk).count());
    }
    Count::default()
}

/// Only copies the bytes.
fn memcpy(stream: &[u8], size: usize) -> Count {
    let mut copy = BytesMut::with_capacity(size);
    for chunk in stream.chunks(size) {
        copy.clear();
        copy.extend_from_slice(chunk);
        black_box(&copy);
    }
    Count::default()
}

/// Copies what comes from the socket.
fn read<'b>(chunk: &[u8], buffer: &'b mut [u8]) -> &'b [u8] {
    let (filled, _) = buffer.split_at_mut(chunk.len());
    filled.copy_from_slice(chunk);
    black_box(filled)
}

/// Copies what comes from the socket and hands it on, as the bodies of HTTP libraries do.
fn ready_chunks(stream: &[u8], size: usize) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let mut buffer = BytesMut::new();
    stream::iter(stream.chunks(size)).map(move |chunk| {
        buffer.extend_from_slice(chunk);
        Ok(buffer.split().freeze())
    })
}

/// Polls a stream that is always ready, without a runtime that would cost time.
fn for_each<T>(stream: impl Stream<Item = T>, mut item: impl FnMut(T)) {
    let mut stream = pin!(stream);
    let mut context = Context::from_waker(Waker::noop());
    while let Poll::Ready(Some(next)) = stream.as_mut().poll_next(&mut context) {
        item(next);
    }
}
