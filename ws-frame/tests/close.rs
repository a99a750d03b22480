//! The closing handshake: codes, reasons, and who may still send.

use bytes::BytesMut;
use ws_frame::{Close, CloseCode, CloseState, DecodeError, Message};

const NORMAL: CloseCode = CloseCode::NORMAL;

fn payload(code: u16, reason: &[u8]) -> Vec<u8> {
    [&code.to_be_bytes(), reason].concat()
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1
//# 1005 is a reserved value and MUST NOT be set as a status code in a
//# Close control frame by an endpoint.
#[test]
fn only_defined_and_private_codes_may_be_sent() {
    let valid = |code: u16| matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999);
    for code in 0..=u16::MAX {
        let parsed = Close::parse(&code.to_be_bytes()).map(|close| close.unwrap().code().as_u16());
        if valid(code) {
            assert_eq!(parsed, Ok(code));
            assert_eq!(CloseCode::new(code).map(u16::from), Some(code));
        } else {
            assert_eq!(parsed, Err(DecodeError::InvalidCloseCode { code }));
            assert_eq!(CloseCode::new(code), None);
        }
    }
}

#[test]
fn names_stand_for_the_registered_numbers() {
    let names = [
        (CloseCode::NORMAL, 1000),
        (CloseCode::GOING_AWAY, 1001),
        (CloseCode::PROTOCOL, 1002),
        (CloseCode::UNSUPPORTED, 1003),
        (CloseCode::INVALID_PAYLOAD, 1007),
        (CloseCode::POLICY, 1008),
        (CloseCode::TOO_LARGE, 1009),
        (CloseCode::MANDATORY_EXTENSION, 1010),
        (CloseCode::INTERNAL, 1011),
        (CloseCode::SERVICE_RESTART, 1012),
        (CloseCode::TRY_AGAIN_LATER, 1013),
        (CloseCode::BAD_GATEWAY, 1014),
    ];
    for (code, number) in names {
        assert_eq!(CloseCode::new(number), Some(code));
        assert_eq!(code.to_string(), number.to_string());
    }
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1
//# If there is a body, the first two bytes of
//# the body MUST be a 2-byte unsigned integer (in network byte order)
//# representing a status code with value /code/ defined in Section 7.4.
#[test]
fn close_payload_is_empty_or_starts_with_a_code() {
    assert_eq!(Close::parse(b""), Ok(None));
    assert_eq!(Close::parse(&[3]), Err(DecodeError::ClosePayloadTooShort));
    let close = payload(1001, "à bientôt".as_bytes());
    let close = Close::parse(&close).unwrap().unwrap();
    assert_eq!(
        (close.code(), close.reason()),
        (CloseCode::GOING_AWAY, "à bientôt")
    );
}

#[test]
fn reason_has_to_be_whole_utf8() {
    for reason in [&b"\xFF"[..], b"ok\xE2\x82", b"\xED\xA0\x80"] {
        let error = Close::parse(&payload(1000, reason)).unwrap_err();
        assert_eq!(error, DecodeError::InvalidUtf8);
        assert_eq!(error.close_code(), CloseCode::INVALID_PAYLOAD);
    }
}

#[test]
fn long_reasons_are_cut_where_a_character_ends() {
    for (reason, kept) in [
        ("x".repeat(122), 122),
        ("x".repeat(123), 123),
        ("x".repeat(124), 123),
        ("é".repeat(61), 122),
        ("é".repeat(62), 122),
        ("x".to_owned() + &"é".repeat(61), 123),
        ("😀".repeat(40), 120),
    ] {
        let close = Close::new(NORMAL, &reason);
        assert_eq!(close.reason(), reason.get(..kept).unwrap());
        let mut dst = BytesMut::new();
        let message = Message::Close(Some(close));
        message.encode(&mut dst).unwrap();
        assert_eq!(dst.len(), 2 + 2 + kept);
        assert_eq!(dst.len(), message.encoded_len());
    }
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1
//# If an endpoint receives a Close frame and did not previously send a
//# Close frame, the endpoint MUST send a Close frame in response.
#[test]
fn close_of_the_peer_is_answered_with_its_code() {
    let mut state = CloseState::default();
    let reply = state.receive(Some(Close::new(CloseCode::GOING_AWAY, "bye")));
    assert_eq!(
        reply,
        Some(Message::Close(Some(Close::new(CloseCode::GOING_AWAY, ""))))
    );
    assert_eq!(state, CloseState::Received);
    assert!(!state.may_send());
    assert!(state.close(), "the answer may go out");
    assert_eq!(state, CloseState::Closed);
    assert!(!state.close(), "once");
}

#[test]
fn empty_close_is_answered_empty() {
    let mut state = CloseState::default();
    assert_eq!(state.receive(None), Some(Message::Close(None)));
    let mut dst = BytesMut::new();
    Message::Close(None).encode(&mut dst).unwrap();
    assert_eq!(&dst[..], b"\x88\x00");
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1
//# The application MUST NOT send any more data frames after sending a
//# Close frame.
#[test]
fn nothing_is_sent_after_our_close() {
    let mut state = CloseState::default();
    assert!(state.may_send());
    assert!(state.close());
    assert_eq!(state, CloseState::Sent);
    assert!(!state.may_send());
    assert!(!state.close(), "not a second one");
    assert_eq!(
        state.receive(Some(Close::new(NORMAL, ""))),
        None,
        "no answer to an answer"
    );
    assert_eq!(state, CloseState::Closed);
    assert_eq!(state.receive(None), None);
    assert_eq!(state, CloseState::Closed);
}

#[test]
fn every_failure_has_the_code_the_peer_is_told() {
    let cases = [
        (DecodeError::UnmaskedFrame, 1002),
        (DecodeError::InvalidCloseCode { code: 1005 }, 1002),
        (DecodeError::UnexpectedEnd, 1002),
        (DecodeError::InvalidUtf8, 1007),
        (DecodeError::TooManyFragments { limit: 1 }, 1008),
        (DecodeError::FrameTooLarge { limit: 1 }, 1009),
        (DecodeError::MessageTooLarge { limit: 1 }, 1009),
    ];
    for (error, code) in cases {
        assert_eq!(error.close_code().as_u16(), code, "{error}");
    }
}
