//! What is encoded is decoded as it was meant, for any text.

#[path = "support/seen.rs"]
mod seen;

use std::time::Duration;

use bytes::BytesMut;
use proptest::{option, prelude::*};
use sse_codec::{Control, Decoder, EncodeError, EventRef, Limits};

use seen::Seen;

/// Text in which line breaks, NUL, colons and spaces are likely.
fn text() -> impl Strategy<Value = String> {
    "([\r\n\0: a\u{FEFF}\u{2028}\u{1F642}]|data|\r\n){0,12}"
}

fn one_line() -> impl Strategy<Value = String> {
    "[: a\t\u{FEFF}\u{85}\u{1F642}]{0,8}"
}

fn retry() -> impl Strategy<Value = Option<Duration>> {
    option::of(any::<u64>().prop_map(Duration::from_millis))
}

fn decode(wire: &BytesMut) -> Vec<Seen> {
    let mut decoder = Decoder::new(Limits::default());
    let mut src = BytesMut::new();
    let seen = seen::decode(&mut decoder, &mut src, &[wire]);
    assert!(
        !decoder.finish(&mut src),
        "a block that is encoded is whole"
    );
    seen
}

proptest! {
    #[test]
    fn an_event_survives_apart_from_the_kind_of_its_line_breaks(
        retry in retry(),
        id in option::of(one_line()),
        event in option::of(one_line()),
        data in text(),
    ) {
        let mut meant = EventRef::new(&data);
        if let Some(retry) = retry {
            meant = meant.with_retry(retry);
        }
        if let Some(id) = &id {
            meant = meant.with_id(id);
        }
        if let Some(event) = &event {
            meant = meant.with_event(event);
        }
        let mut wire = BytesMut::new();
        meant.encode(&mut wire).unwrap();
        prop_assert_eq!(wire.len(), meant.encoded_len());

        let mut expected = meant.into_owned();
        expected.data = data.replace("\r\n", "\n").replace('\r', "\n");
        prop_assert_eq!(decode(&wire), [Seen::Event(expected)]);
    }

    #[test]
    fn a_control_block_survives_and_its_comment_forges_nothing(
        retry in retry(),
        id in option::of(one_line()),
        comment in option::of(text()),
    ) {
        let mut meant = Control::new();
        if let Some(retry) = retry {
            meant = meant.with_retry(retry);
        }
        if let Some(id) = &id {
            meant = meant.with_id(id);
        }
        if let Some(comment) = &comment {
            meant = meant.with_comment(comment);
        }
        let mut wire = BytesMut::new();
        meant.encode(&mut wire).unwrap();
        prop_assert_eq!(wire.len(), meant.encoded_len());
        let expected: &[Seen] = match (retry, id) {
            (None, None) => &[],
            (retry, id) => &[Seen::Control { retry, id, event: None }],
        };
        prop_assert_eq!(decode(&wire), expected);
    }

    #[test]
    fn any_event_type_and_id_is_carried_or_refused(event in text(), id in text()) {
        let meant = EventRef::new("x").with_event(&event).with_id(&id);
        let mut wire = BytesMut::new();
        match meant.encode(&mut wire) {
            Ok(()) => prop_assert_eq!(decode(&wire), [Seen::Event(meant.into_owned())]),
            Err(EncodeError::LineBreakInEvent { at }) => {
                prop_assert_eq!(event.find(['\r', '\n']), Some(at));
            }
            Err(EncodeError::LineBreakInId { at } | EncodeError::NulInId { at }) => {
                prop_assert_eq!(id.find(['\r', '\n', '\0']), Some(at));
            }
            Err(other) => panic!("an error that this test does not know: {other:?}"),
        }
    }
}
