//! `sse-codec`: the decoder against the standard's algorithm, and the encoder against the decoder.

// The literal algorithm that the crate's own tests use too.
#[path = "../../sse-codec/tests/support/oracle.rs"]
mod oracle;
#[path = "../../sse-codec/tests/support/seen.rs"]
mod seen;

use bytes::BytesMut;
use sse_codec::{Control, Decoder, EncodeError, EventRef, EventWriter, Limits, Raw};

use self::{oracle::EventSource, seen::Seen};

/// Reads the bytes after the first three as a stream, in chunks whose sizes the first one decides,
/// once without limits in reach and once with the second and third as limits.
///
/// # Panics
/// Unless the standard's algorithm tells the same, cuts change nothing, and what is kept is within
/// the limits.
pub fn decode(input: &[u8]) {
    let &[cuts, max_line, max_event, ref stream @ ..] = input else {
        return;
    };

    let mut decoder = Decoder::new(Limits::default()).with_comments();
    let seen = read(&mut decoder, stream, cuts);
    let expected = EventSource::read(stream);
    assert_eq!(seen, expected.seen);
    assert_eq!(decoder.last_event_id(), expected.last_event_id);
    assert_eq!(decoder.retry(), expected.retry);
    let again = written_again(stream);
    let mut decoder = Decoder::new(Limits::default()).with_comments();
    assert_eq!(read(&mut decoder, &again, cuts), seen);

    let mut limits = Limits::default();
    limits.max_line = stream.len();
    limits.max_event = stream.len();
    let decoder = Decoder::new(limits).with_comments();
    let within = seen::decode(&mut decoder.clone(), &mut BytesMut::new(), &[stream]);
    assert_eq!(
        within, seen,
        "no line and no event is larger than the stream"
    );

    limits.max_line = max_line.into();
    limits.max_event = max_event.into();
    let decoder = Decoder::new(limits).with_comments();
    let whole = seen::decode(&mut decoder.clone(), &mut BytesMut::new(), &[stream]);
    assert_eq!(read(&mut decoder.clone(), stream, cuts), whole);
    assert_eq!(read_bounded(decoder, stream, limits.max_line), whole);
    let mut all_events = seen.iter().filter_map(fields);
    for event in whole.iter().filter_map(fields) {
        assert!(
            all_events.any(|other| other == event),
            "a limit made up {event:?}"
        );
    }
}

/// Reads the bytes as event type, id and pieces of data, divided by 0xFF, and writes them.
///
/// # Panics
/// Unless what is written is read as it was meant and nothing more, and only what the format cannot
/// carry is refused.
pub fn roundtrip(input: &[u8]) {
    let mut parts = input
        .split(|byte| *byte == 0xFF)
        .map(String::from_utf8_lossy);
    let event = parts.next().unwrap_or_default();
    let id = parts.next().unwrap_or_default();
    let pieces: Vec<_> = parts.collect();
    let data = pieces.concat();

    let meant = EventRef::new(&data).with_event(&event).with_id(&id);
    let mut wire = BytesMut::from("before");
    let refused = meant.encode(&mut wire).err();
    let expected_event = event.find(['\r', '\n']);
    let expected_id = id.find(['\r', '\n', '\0']);
    match refused {
        Some(EncodeError::LineBreakInEvent { at }) => assert_eq!(Some(at), expected_event),
        Some(EncodeError::LineBreakInId { at } | EncodeError::NulInId { at }) => {
            assert_eq!((Some(at), None), (expected_id, expected_event));
        }
        Some(other) => panic!("an error that this target does not know: {other:?}"),
        None => assert_eq!((None, None), (expected_id, expected_event)),
    }
    if refused.is_some() {
        assert_eq!(wire, "before");
        return;
    }

    let wire = wire.split_off("before".len());
    assert_eq!(wire.len(), meant.encoded_len());
    let mut expected = meant.into_owned();
    expected.data = data.replace("\r\n", "\n").replace('\r', "\n");
    let expected = Seen::Event(expected);
    assert_eq!(
        EventSource::read(&wire).seen,
        std::slice::from_ref(&expected)
    );

    let mut after_raw = BytesMut::new();
    if Raw::new(&data).encode(&mut after_raw).is_ok() {
        after_raw.extend_from_slice(&wire);
        assert_eq!(EventSource::read(&after_raw).seen.last(), Some(&expected));
    } else {
        assert_eq!(after_raw, "");
    }

    let mut in_pieces = BytesMut::new();
    let head = EventRef::new("").with_event(&event).with_id(&id);
    let mut writer = EventWriter::begin(&mut in_pieces, head).expect("it was not refused before");
    for piece in &pieces {
        writer.push(piece);
    }
    writer.finish();
    assert_eq!(in_pieces, wire);

    let comment = Control::new()
        .with_comment(&data)
        .to_bytes()
        .expect("it has no id");
    let told = EventSource::read(&comment).seen;
    assert!(
        told.iter().all(|seen| matches!(seen, Seen::Comment(_))),
        "{told:?}"
    );
}

/// Cuts the stream into chunks of 0 to 15 bytes.
fn read(decoder: &mut Decoder, stream: &[u8], cuts: u8) -> Vec<Seen> {
    let mut rest = stream;
    let mut chunks = Vec::new();
    let mut state = cuts;
    while !rest.is_empty() {
        state = state.wrapping_mul(141).wrapping_add(3);
        let (chunk, after) = rest.split_at(usize::from(state >> 4).min(rest.len()));
        chunks.push(chunk);
        rest = after;
    }
    seen::decode(decoder, &mut BytesMut::new(), &chunks)
}

/// Reads byte by byte and looks at what stays in the buffer.
fn read_bounded(mut decoder: Decoder, stream: &[u8], max_line: usize) -> Vec<Seen> {
    let mut seen = Vec::new();
    let mut src = BytesMut::new();
    for byte in stream.chunks(1) {
        seen.extend(seen::decode(&mut decoder, &mut src, &[byte]));
        assert!(
            src.len() <= max_line.max("event".len()),
            "{} bytes are kept",
            src.len()
        );
    }
    seen
}

/// What an event has of its own, whatever came before it.
fn fields(seen: &Seen) -> Option<(Option<&str>, Option<&str>, &str)> {
    match seen {
        Seen::Event(event) => Some((event.id.as_deref(), event.event.as_deref(), &event.data)),
        Seen::Control { .. } | Seen::Comment(_) | Seen::Error(_) => None,
    }
}

/// What a proxy passes on.
fn written_again(stream: &[u8]) -> BytesMut {
    let mut decoder = Decoder::new(Limits::default()).with_comments();
    let mut src = BytesMut::from(stream);
    let mut dst = BytesMut::new();
    while let Some(item) = decoder.decode(&mut src).expect("the limits are far") {
        let before = dst.len();
        item.encode(&mut dst)
            .expect("what was decoded can be encoded");
        assert_eq!(dst.len(), before + item.encoded_len());
    }
    dst
}
