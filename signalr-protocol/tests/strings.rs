//! Strings of every length, and what may not stand in them at every place: the search by words and
//! blocks against another reader.

use serde_json::value::RawValue;
use signalr_protocol::{Payload, PayloadError};

/// What another reader passes as one value.
fn is_json(text: &str) -> bool {
    serde_json::from_str::<&RawValue>(text).is_ok()
}

#[test]
fn end_where_another_reader_ends_them() {
    for len in 0..=160 {
        let plain = format!("\"{}\"", "x".repeat(len));
        let payload = Payload::json(&plain).ok();
        assert_eq!(
            payload.map(|payload| payload.as_bytes().to_vec()),
            Some(plain.clone().into_bytes())
        );
        for at in 1..=len {
            for special in [
                "\"", "\\", "\\\\", "\\\"", "\\u00e9", "\u{1}", "\u{1f}", "\u{7f}", "é",
            ] {
                let mut text = plain.clone();
                text.replace_range(at..=at, special);
                let ours = !matches!(Payload::json(&text), Err(PayloadError::Malformed));
                assert_eq!(ours, is_json(&text), "{text:?}");
            }
        }
        // One that breaks off.
        let open = plain.get(..=len).unwrap_or_default();
        assert!(Payload::json(open).is_err(), "{open:?}");
    }
}
