//! Who is timed: each takes a stream in chunks and counts what is in it.

use std::{
    convert::Infallible,
    hint::black_box,
    pin::pin,
    task::{Context, Poll, Waker},
};

use bytes::BytesMut;
use eventsource_stream::Eventsource;
use futures_util::{Stream, stream};
use sse_codec::{Decoder, Item, Limits};

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

pub(crate) const CONTENDERS: [Contender; 7] = [
    Contender {
        name: "sse-codec",
        is: Is::Ours,
        run: sse_codec,
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
            if let Item::Event(event) = black_box(item) {
                count.add(event.data());
            }
        }
    }
    count
}

fn sse_core(stream: &[u8], size: usize) -> Count {
    let mut decoder = sse_core::SseDecoder::new();
    let mut count = Count::default();
    for mut chunk in stream.chunks(size) {
        while let Some(event) = decoder.next(&mut chunk) {
            if let Ok(sse_core::SseEvent::Message(event)) = black_box(event) {
                count.add(&event.data);
            }
        }
    }
    count
}

fn sse_parse(stream: &[u8], size: usize) -> Count {
    let mut parser = sse_parse::SseParser::new();
    let mut count = Count::default();
    for chunk in stream.chunks(size) {
        parser.feed(chunk);
        while let Some(event) = parser.next_event() {
            count.add(&black_box(event).data);
        }
    }
    count
}

fn sse_stream(stream: &[u8], size: usize) -> Count {
    let mut count = Count::default();
    let events = sse_stream::SseByteStream::new(ready_chunks(stream, size));
    for_each(events, |event| {
        if let Some(data) = black_box(event).expect("the stream is text").data {
            count.add(&data);
        }
    });
    count
}

fn eventsource_stream(stream: &[u8], size: usize) -> Count {
    let mut count = Count::default();
    for_each(ready_chunks(stream, size).eventsource(), |event| {
        count.add(&black_box(event).expect("the stream is text").data);
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

fn ready_chunks(stream: &[u8], size: usize) -> impl Stream<Item = Result<&[u8], Infallible>> {
    stream::iter(stream.chunks(size).map(Ok))
}

/// Polls a stream that is always ready, without a runtime that would cost time.
fn for_each<T>(stream: impl Stream<Item = T>, mut item: impl FnMut(T)) {
    let mut stream = pin!(stream);
    let mut context = Context::from_waker(Waker::noop());
    while let Poll::Ready(Some(next)) = stream.as_mut().poll_next(&mut context) {
        item(next);
    }
}
