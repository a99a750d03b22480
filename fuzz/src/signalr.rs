//! SignalR: records however they are cut, and messages read without a tree against a tree of them.

mod messagepack;

use std::iter;

use bytes::BytesMut;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};
use signalr_protocol::{
    DecodeError, Decoder, HandshakeError, HandshakeRequest, HandshakeResponse, JsonError, Limits,
    MAX_DEPTH, Message, MessageError, NegotiateResponse, Protocol, Record,
};

/// Records come out as a plain reading of the framing would give them, in one piece and in many,
/// and are written as they came. The first two bytes are the limit and the size of the pieces.
///
/// # Panics
/// If a promise is broken.
pub fn record(data: &[u8]) {
    let [limit, piece, stream @ ..] = data else {
        return;
    };
    let max_record = usize::from(*limit);
    for protocol in [Protocol::Json, Protocol::MessagePack] {
        let (records, end) = decode(protocol, [stream], max_record);
        let pieces = stream.chunks(usize::from(*piece).max(1));
        let in_pieces = decode(protocol, pieces, max_record);
        assert_eq!(in_pieces, (records.clone(), end), "cut into {piece}");
        if protocol == Protocol::Json {
            assert_eq!(
                (&records, end),
                (&split(stream, max_record).0, split(stream, max_record).1)
            );
        }
        assert_written(protocol, &records, stream);
    }
}

/// The records as the standard library splits them.
fn split(stream: &[u8], max_record: usize) -> (Vec<Vec<u8>>, Result<(), DecodeError>) {
    let mut records: Vec<_> = stream
        .split(|&byte| byte == 0x1E)
        .map(<[u8]>::to_vec)
        .collect();
    let rest = records.pop().unwrap_or_default();
    let all = records.len();
    let fitting = records
        .iter()
        .take_while(|record| record.len() < max_record)
        .count();
    records.truncate(fitting);
    let end = if fitting < all || rest.len() >= max_record {
        Err(DecodeError::RecordTooLarge { limit: max_record })
    } else if rest.is_empty() {
        Ok(())
    } else {
        Err(DecodeError::Truncated)
    };
    (records, end)
}

/// The records are written as they came, but for prefixes that were longer than need be.
fn assert_written(protocol: Protocol, records: &[Vec<u8>], stream: &[u8]) {
    let mut written = BytesMut::new();
    for record in records {
        let record = Record::new(protocol, record);
        let before = written.len();
        record
            .encode(&mut written)
            .expect("what was framed can be framed");
        assert_eq!(written.len() - before, record.encoded_len());
    }
    let (again, end) = decode(protocol, [&*written], usize::MAX);
    assert_eq!((&*again, end), (records, Ok(())));
    assert!(protocol != Protocol::Json || stream.starts_with(&written));
}

/// All records, and whether the stream may end where it does.
fn decode<'a>(
    protocol: Protocol,
    pieces: impl IntoIterator<Item = &'a [u8]>,
    max_record: usize,
) -> (Vec<Vec<u8>>, Result<(), DecodeError>) {
    let mut limits = Limits::default();
    limits.max_record = max_record;
    let mut decoder = Decoder::new(limits);
    decoder.set_protocol(protocol);
    let (mut src, mut records) = (BytesMut::new(), Vec::new());
    // Nothing has arrived at first; only a limit of zero finds fault with that.
    for piece in iter::once(&b""[..]).chain(pieces) {
        src.extend_from_slice(piece);
        loop {
            match decoder.decode(&mut src) {
                Ok(Some(record)) => {
                    assert!(record.as_bytes().len() < max_record);
                    records.push(record.as_bytes().to_vec());
                }
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(decoder.finish(&src), Err(error));
                    return (records, Err(error));
                }
            }
        }
    }
    let end = decoder.finish(&src);
    (records, end)
}

/// A message is read as a tree of it reads, and written so that it is read back the same.
///
/// # Panics
/// If a promise is broken.
pub fn message(data: &[u8]) {
    json_message(data);
    messagepack::message(data);
}

fn json_message(data: &[u8]) {
    let tree = Tree::of(data);
    let message = match Message::parse(&Record::new(Protocol::Json, data)) {
        Ok(Some(message)) => message,
        Ok(None) => return tree.assert_well_formed(),
        Err(MessageError::Json(JsonError::Syntax)) => return tree.assert_malformed(),
        Err(_) => return,
    };
    tree.assert_well_formed();
    let mut written = BytesMut::new();
    message
        .encode(Protocol::Json, &mut written)
        .expect("what was read can be written");
    assert_eq!(written.len(), message.encoded_len(Protocol::Json));
    let record = written
        .strip_suffix(&[0x1E])
        .expect("a record ends with its separator");
    assert!(!record.contains(&0x1E));
    let again = Message::parse(&Record::new(Protocol::Json, record));
    assert_eq!(again, Ok(Some(message.clone())));

    let (Some(read), Some(written)) = (tree.object(), Tree::of(record).object()) else {
        return;
    };
    tree.assert_same_members(&read, &written, members(&message));
}

/// The properties that a message of that type has.
fn members(message: &Message<'_>) -> &'static [&'static str] {
    match message {
        Message::Invocation(_) | Message::StreamInvocation(_) => &[
            "type",
            "headers",
            "invocationId",
            "target",
            "arguments",
            "streamIds",
        ],
        Message::StreamItem(_) => &["type", "headers", "invocationId", "item"],
        Message::Completion(_) => &["type", "headers", "invocationId", "result", "error"],
        Message::CancelInvocation(_) => &["type", "headers", "invocationId"],
        Message::Close(_) => &["type", "error", "allowReconnect"],
        Message::Ack { .. } | Message::Sequence { .. } => &["type", "sequenceId"],
        _ => &["type"],
    }
}

/// Handshakes and negotiations are read as a tree of them reads, and written so that they are read
/// back the same.
///
/// # Panics
/// If a promise is broken.
pub fn handshake(data: &[u8]) {
    let record = Record::new(Protocol::Json, data);
    let tree = Tree::of(data);
    let mut written = BytesMut::new();
    match HandshakeRequest::parse(&record) {
        Ok(request) => {
            request.encode(&mut written);
            assert_eq!(written.len(), request.encoded_len());
            let again = written.strip_suffix(&[0x1E]).expect("a separator");
            tree.assert_reads(again, &["protocol", "version"]);
            let again = HandshakeRequest::parse(&Record::new(Protocol::Json, again));
            assert_eq!(again, Ok(request));
        }
        Err(HandshakeError::Json(JsonError::Syntax)) => tree.assert_malformed(),
        Err(_) => {}
    }
    written.clear();
    match HandshakeResponse::parse(&record) {
        Ok(response) => {
            response.encode(&mut written);
            assert_eq!(written.len(), response.encoded_len());
            let again = written.strip_suffix(&[0x1E]).expect("a separator");
            tree.assert_reads(again, &["error"]);
            let again = HandshakeResponse::parse(&Record::new(Protocol::Json, again));
            assert_eq!(again, Ok(response));
        }
        Err(JsonError::Syntax) => tree.assert_malformed(),
        Err(_) => {}
    }
    written.clear();
    match NegotiateResponse::parse(data) {
        Ok(response) => {
            response.encode(&mut written);
            assert_eq!(written.len(), response.encoded_len());
            let names: &[&str] = match &response {
                NegotiateResponse::Redirected { .. } => &["url", "accessToken"],
                NegotiateResponse::Refused { .. } => &["error"],
                _ => &["connectionId"],
            };
            tree.assert_reads(&written, names);
            let again = NegotiateResponse::parse(&written).expect("what was written can be read");
            assert_eq!(
                without_secret_of_version_zero(again),
                without_secret_of_version_zero(response)
            );
        }
        Err(JsonError::Syntax) => tree.assert_malformed(),
        Err(_) => {}
    }
}

/// Version 0 has no token, and none is written.
fn without_secret_of_version_zero(mut response: NegotiateResponse<'_>) -> NegotiateResponse<'_> {
    if let NegotiateResponse::Accepted(accepted) = &mut response
        && accepted.version <= 0
    {
        accepted.connection_token = None;
    }
    response
}

/// What `serde_json` makes of the bytes.
struct Tree<'a> {
    text: &'a str,
}

impl<'a> Tree<'a> {
    /// Bytes that are not UTF-8 end the text.
    fn of(data: &'a [u8]) -> Self {
        Self {
            text: data.utf8_chunks().next().map_or("", |chunk| chunk.valid()),
        }
    }

    /// The text begins with a well-formed object; more may follow.
    fn is_well_formed(&self) -> bool {
        let mut values = serde_json::Deserializer::from_str(self.text).into_iter::<IgnoredAny>();
        self.text.trim_start().starts_with('{') && values.next().is_some_and(|value| value.is_ok())
    }

    fn assert_well_formed(&self) {
        assert!(self.is_well_formed(), "{}", self.text);
    }

    /// Two things are malformed to us only: what is too deep, and half a surrogate pair in a text
    /// that we resolve.
    fn assert_malformed(&self) {
        let opened = self
            .text
            .bytes()
            .filter(|byte| matches!(byte, b'[' | b'{'))
            .count();
        let forgiven = opened > MAX_DEPTH || self.text.contains("\\u");
        assert!(forgiven || !self.is_well_formed(), "{}", self.text);
    }

    /// The object as a tree, unless a number or a text in it does not fit one.
    fn object(&self) -> Option<Map<String, Value>> {
        serde_json::Deserializer::from_str(self.text)
            .into_iter()
            .next()?
            .ok()
    }

    fn assert_reads(&self, written: &[u8], names: &[&str]) {
        self.assert_well_formed();
        if let (Some(read), Some(written)) = (self.object(), Tree::of(written).object()) {
            self.assert_same_members(&read, &written, names);
        }
    }

    fn assert_same_members(
        &self,
        read: &Map<String, Value>,
        written: &Map<String, Value>,
        names: &[&str],
    ) {
        for name in names {
            let (read, written) = (read.get(*name), written.get(*name));
            let default = match read {
                Some(Value::Array(array)) => array.is_empty(),
                Some(Value::Object(object)) => object.is_empty(),
                Some(Value::String(text)) => text.is_empty(),
                Some(value) => *value == false,
                None => true,
            };
            // To a tree, minus zero is a float.
            let is_zero = |value: Option<&Value>| value.and_then(Value::as_f64) == Some(0.0);
            let same = read == written || is_zero(read) && is_zero(written);
            assert!(
                same || default && written.is_none(),
                "{name} of {}",
                self.text
            );
        }
    }
}
