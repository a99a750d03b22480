//! `realtime-server`'s requests: heads and chunked bodies against the naive parser of its own tests,
//! targets against what was sent.

#[path = "../../realtime-server/tests/http/agreement.rs"]
#[expect(clippy::indexing_slicing, reason = "an oracle panics")]
mod agreement;
#[path = "../../realtime-server/tests/http/naive.rs"]
#[expect(clippy::indexing_slicing, reason = "an oracle panics")]
mod naive;

use bytes::BytesMut;
use realtime_server::{
    config::HttpConfig,
    http::{Head, HeadReader, Refusal, Scheme},
};

/// Reads the bytes after the first as a head, in two pieces that the first one decides, and byte by
/// byte.
///
/// # Panics
/// Unless a naive parser reads the same, and cuts change nothing.
pub fn head(input: &[u8]) {
    let Some((&cut, bytes)) = input.split_first() else {
        return;
    };
    agreement::on_head(bytes, usize::from(cut).min(bytes.len()));
    let whole = read([bytes]);
    let pieces = read(bytes.chunks(1));
    let said = |read: &Result<Option<Head>, Refusal>| {
        let head = read.as_ref().ok().and_then(Option::as_ref);
        head.map(|head| (head.method, head.target.raw().to_owned(), head.framing))
    };
    assert_eq!(said(&whole), said(&pieces));
    assert_eq!(whole.is_err(), pieces.is_err());
}

/// Reads the bytes after the first as a chunked body, in two pieces that the first one decides.
///
/// # Panics
/// Unless a naive parser reads the same.
pub fn chunked(input: &[u8]) {
    if let Some((&cut, bytes)) = input.split_first() {
        agreement::on_chunks(bytes, usize::from(cut).min(bytes.len()));
    }
}

/// Asks for the bytes as a target.
///
/// # Panics
/// Unless a target that is taken is kept as it was sent, its parts are parts of it, and every member
/// of the query is found by its name.
pub fn target(input: &[u8]) {
    let head = [b"OPTIONS ", input, b" HTTP/1.1\r\nHost: a\r\n\r\n"].concat();
    let Ok(Some(head)) = read([head.as_slice()]) else {
        return;
    };
    let target = head.target;
    assert_eq!(target.raw().as_bytes(), input);
    let (path, query) = (target.path(), target.query());
    assert!(path == "*" || path.starts_with('/'), "{path:?}");
    assert!(!path.contains(['?', '#', ' ']), "{path:?}");
    match query {
        Some(query) => assert!(target.raw().ends_with(&format!("?{query}")), "{query:?}"),
        None => assert!(!target.raw().contains('?')),
    }
    for (name, _) in target.pairs() {
        assert!(target.value(&name).is_some(), "{name:?}");
    }
    // The query may hold a token, and is not shown.
    let shown = format!("{target:?}");
    assert!(query.is_none_or(|query| query.is_empty() || !shown.contains(&format!("?{query}"))));
}

fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Result<Option<Head>, Refusal> {
    let mut reader = HeadReader::new(HttpConfig::default());
    let mut input = BytesMut::new();
    for piece in pieces {
        input.extend_from_slice(piece);
        let read = reader.read(&mut input, ([192, 0, 2, 1], 1).into(), Scheme::Http)?;
        if read.is_some() {
            return Ok(read);
        }
    }
    Ok(None)
}
