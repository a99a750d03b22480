//! Whether the parser and the naive one say the same of some bytes.

use std::net::SocketAddr;

use bytes::BytesMut;
use realtime_server::config::HttpConfig;
use realtime_server::http::{BodyReader, Framing, Head, HeadReader, Refusal, Scheme};

use super::naive::{self, Length, Read};

/// Nothing of the naive parser's is too large.
fn config() -> HttpConfig {
    let mut config = HttpConfig::default();
    config.max_header_count = HttpConfig::HEADER_COUNT_CEILING;
    config.max_chunk_line = 1 << 20;
    config.max_chunk_extensions = 1 << 20;
    config.max_trailers = 1 << 20;
    config.max_trailer_count = 1 << 20;
    config
}

/// Reads a head of `bytes`, which come in two pieces.
fn head(bytes: &[u8], cut: usize) -> Result<Option<(Head, usize)>, Refusal> {
    let peer = SocketAddr::from(([192, 0, 2, 1], 1));
    let mut reader = HeadReader::new(config());
    let mut input = BytesMut::from(&bytes[..cut]);
    let read = reader.read(&mut input, peer, Scheme::Http)?;
    input.extend_from_slice(&bytes[cut..]);
    let read = match read {
        Some(head) => Some(head),
        None => reader.read(&mut input, peer, Scheme::Http)?,
    };
    Ok(read.map(|head| (head, bytes.len() - input.len())))
}

pub(crate) fn on_head(bytes: &[u8], cut: usize) {
    let (ours, naive) = (head(bytes, cut), naive::request(bytes));
    let shown = String::from_utf8_lossy(bytes);
    match (ours, naive) {
        (Ok(Some((head, taken))), Read::All(naive)) => {
            let fields = head.headers.iter();
            let fields: Vec<_> = fields
                .map(|(name, value)| (String::from_utf8_lossy(name).into_owned(), value.to_vec()))
                .collect();
            let length = match head.framing {
                Framing::None => Length::Bytes(0),
                Framing::Length(length) => Length::Bytes(length.into()),
                Framing::Chunked => Length::Chunked,
            };
            let ours = naive::Request {
                method: head.method.to_string(),
                path: head.target.path().to_owned(),
                query: head.target.query().map(str::to_owned),
                fields,
                length,
                head: taken,
            };
            assert_eq!(ours, naive, "{shown:?}");
        }
        (Err(_), Read::Refused) | (Ok(None) | Err(_), Read::Partial) => {}
        // The table of fields has a ceiling.
        (Err(Refusal::TooManyHeaders), Read::All(naive))
            if naive.fields.len() > HttpConfig::HEADER_COUNT_CEILING => {}
        // A length that no machine counts to is too large, whatever it says.
        (Err(Refusal::ContentLength | Refusal::BodyTooLarge), Read::All(naive)) if matches!(naive.length, Length::Bytes(length) if length > u64::MAX.into()) =>
            {}
        (ours, naive) => panic!("{shown:?}: {ours:?}, {naive:?}"),
    }
}

pub(crate) fn on_chunks(bytes: &[u8], cut: usize) {
    let read = || -> Result<Option<(Vec<u8>, usize)>, Refusal> {
        let mut reader = BodyReader::new(Framing::Chunked, usize::MAX, &config())?;
        let (mut input, mut body) = (BytesMut::from(&bytes[..cut]), BytesMut::new());
        let whole = reader.read(&mut input, &mut body)?;
        input.extend_from_slice(&bytes[cut..]);
        let whole = whole || reader.read(&mut input, &mut body)?;
        Ok(whole.then(|| (body.to_vec(), bytes.len() - input.len())))
    };
    let shown = String::from_utf8_lossy(bytes);
    match (read(), naive::chunked(bytes)) {
        (Ok(Some(ours)), Read::All(naive)) => assert_eq!(ours, naive, "{shown:?}"),
        (Err(_), Read::Refused) | (Ok(None) | Err(_), Read::Partial) => {}
        (ours, naive) => panic!("{shown:?}: {ours:?}, {naive:?}"),
    }
}
