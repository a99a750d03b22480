//! The streams that are decoded, and what is in them.

use std::fmt::Write;

pub(crate) struct Input {
    pub(crate) name: &'static str,
    pub(crate) stream: String,
    pub(crate) expected: Count,
}

/// How many events and bytes of data a decoder found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) events: usize,
    pub(crate) data: usize,
}

impl Count {
    pub(crate) fn add(&mut self, data: &str) {
        self.events += 1;
        self.data += data.len();
    }
}

/// Streams of at least `len` bytes.
pub(crate) fn inputs(len: usize) -> [Input; 4] {
    let ticks = input("ticks, 60 B", len, |n, stream| {
        let data = format!(
            r#"{{"symbol":"ABC","price":{}.{:02}}}"#,
            100 + n % 900,
            n % 100
        );
        _ = write!(stream, "id: {n}\nevent: tick\ndata: {data}\n\n");
        data.len()
    });
    let tokens = input("tokens, 200 B", len, |n, stream| {
        let data = format!(
            r#"{{"id":"chatcmpl-8f2c","object":"chat.completion.chunk","created":1700000000,"model":"m-1","choices":[{{"index":0,"delta":{{"content":" token{:04}"}},"finish_reason":null}}]}}"#,
            n % 10_000
        );
        _ = write!(stream, "data: {data}\n\n");
        data.len()
    });
    let long_lines = input("lines, 64 KiB", len, |_, stream| {
        let data = "0123456789abcdef".repeat(64 * 1024 / 16);
        _ = write!(stream, "data: {data}\n\n");
        data.len()
    });
    let many_lines = input("events of 50 lines", len, |n, stream| {
        for line in 0..50 {
            _ = writeln!(stream, "data: line {line:02} of event {:06}", n % 1_000_000);
        }
        stream.push('\n');
        50 * "line 00 of event 000000".len() + 49
    });
    [ticks, tokens, long_lines, many_lines]
}

fn input(
    name: &'static str,
    len: usize,
    mut event: impl FnMut(usize, &mut String) -> usize,
) -> Input {
    let mut stream = String::new();
    let mut expected = Count::default();
    while stream.len() < len {
        expected.data += event(expected.events, &mut stream);
        expected.events += 1;
    }
    Input {
        name,
        stream,
        expected,
    }
}
