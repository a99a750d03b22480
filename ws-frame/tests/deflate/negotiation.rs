//! Who agrees to what (RFC 7692 sections 5 and 7.1).

use ws_frame::{
    deflate::{Direction, Params, WindowBits},
    handshake::{Offer, Request, Response, ResponseError},
};

fn direction(context_takeover: bool, window_bits: u8) -> Direction {
    Direction {
        context_takeover,
        window_bits: WindowBits::new(window_bits).unwrap(),
    }
}

fn params(server: Direction, client: Direction) -> Params {
    Params { server, client }
}

/// Our answer to an offer in `extensions`, each in a field of its own.
fn accept(extensions: &[&str], wanted: Params) -> Response<'static> {
    let mut fields = vec![
        ("Host", "server.example.com"),
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("Sec-WebSocket-Version", "13"),
    ];
    fields.extend(
        extensions
            .iter()
            .map(|value| ("Sec-WebSocket-Extensions", *value)),
    );
    Request::parse(fields.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())))
        .unwrap()
        .accept_with_deflate(&[], wanted)
}

fn value(response: &Response<'_>) -> Option<String> {
    response
        .fields()
        .find(|(name, _)| *name == "Sec-WebSocket-Extensions")
        .map(|(_, value)| value.to_owned())
}

/// What a client that wants `wanted` makes of an answer.
fn verify(extensions: &[&str], wanted: Params) -> Result<Option<Params>, ResponseError> {
    let offer = Offer::new(*b"the sample nonce", &[])
        .unwrap()
        .with_deflate(wanted);
    let mut fields = vec![
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
    ];
    fields.extend(
        extensions
            .iter()
            .map(|value| ("Sec-WebSocket-Extensions", *value)),
    );
    let fields = fields.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes()));
    offer.verify(101, fields).map(|opened| opened.deflate)
}

const ALL: fn() -> Params = || params(direction(true, 15), direction(true, 15));

//= https://www.rfc-editor.org/rfc/rfc7692#section-7.1.2.1
//# A server accepts an extension negotiation offer with this parameter
//# by including the "server_max_window_bits" extension parameter in the
//# extension negotiation response to send back to the client with the
//# same or smaller value as the offer.
#[test]
fn server_grants_what_is_offered_within_what_it_wants() {
    let small = || params(direction(true, 12), direction(false, 10));
    let cases: [(&str, Params, &str, Params); 12] = [
        ("", ALL(), "", ALL()),
        (
            "; server_no_context_takeover",
            ALL(),
            "; server_no_context_takeover",
            params(direction(false, 15), direction(true, 15)),
        ),
        (
            "; client_no_context_takeover",
            ALL(),
            "; client_no_context_takeover",
            params(direction(true, 15), direction(false, 15)),
        ),
        (
            "; server_max_window_bits=9",
            ALL(),
            "; server_max_window_bits=9",
            params(direction(true, 9), direction(true, 15)),
        ),
        (
            "; server_max_window_bits=\"15\"",
            ALL(),
            "; server_max_window_bits=15",
            ALL(),
        ),
        ("; client_max_window_bits", ALL(), "", ALL()),
        (
            "; client_max_window_bits=11",
            ALL(),
            "; client_max_window_bits=11",
            params(direction(true, 15), direction(true, 11)),
        ),
        // Its messages are inflated all the same; no size that could be answered is small enough.
        ("; client_max_window_bits=8", ALL(), "", ALL()),
        (
            "; client_max_window_bits=8",
            small(),
            "; client_no_context_takeover; server_max_window_bits=12",
            small(),
        ),
        // The server's wishes count where they are smaller, and may be stated unasked.
        (
            "; server_max_window_bits=14; client_max_window_bits",
            small(),
            "; client_no_context_takeover; server_max_window_bits=12; client_max_window_bits=10",
            small(),
        ),
        (
            "; server_max_window_bits=9; client_max_window_bits=9",
            small(),
            "; client_no_context_takeover; server_max_window_bits=9; client_max_window_bits=9",
            params(direction(true, 9), direction(false, 9)),
        ),
        // Unless the client said that it understands it, its window is its own choice.
        (
            "",
            small(),
            "; client_no_context_takeover; server_max_window_bits=12",
            params(direction(true, 12), direction(false, 15)),
        ),
    ];
    for (offer, wanted, answer, agreed) in cases {
        let response = accept(&[&format!("permessage-deflate{offer}")], wanted);
        assert_eq!(response.deflate(), Some(agreed), "{offer}");
        assert_eq!(
            value(&response),
            Some(format!("permessage-deflate{answer}"))
        );
        // A client that would have offered this takes the answer for the same.
        if offer.contains("client_max_window_bits") && !offer.contains("client_max_window_bits=") {
            let answer = value(&response).unwrap();
            assert_eq!(verify(&[&*answer], ALL()), Ok(Some(agreed)), "{answer}");
        }
    }
}

//= https://www.rfc-editor.org/rfc/rfc7692#section-7.1
//# A server MUST decline an extension negotiation offer for this extension
//# if any of the following conditions are met:
#[test]
fn server_declines_offers_that_are_none() {
    for bad in [
        "; unknown",
        "; server_no_context_takeover=1",
        "; client_no_context_takeover=true",
        "; server_no_context_takeover; server_no_context_takeover",
        "; client_max_window_bits; client_max_window_bits=10",
        "; server_max_window_bits",
        "; server_max_window_bits=7",
        "; server_max_window_bits=8",
        "; server_max_window_bits=16",
        "; server_max_window_bits=09",
        "; server_max_window_bits=+9",
        "; server_max_window_bits=9x",
        "; server_max_window_bits=100",
        "; client_max_window_bits=7",
        "; client_max_window_bits=16",
        "; client_max_window_bits=08",
        "; client_max_window_bits=010",
        "; Server_No_Context_Takeover",
        "; server_max_window_bits=",
        "; server_max_window_bits=\"\"",
        "; server_max_window_bits=9 9",
        ";",
        "; /",
    ] {
        let bad = format!("permessage-deflate{bad}");
        let response = accept(&[&bad], ALL());
        assert_eq!(
            (response.deflate(), value(&response)),
            (None, None),
            "{bad}"
        );

        let fallback = "permessage-deflate; server_max_window_bits=10";
        for offers in [
            &[&*format!("{bad}, {fallback}")][..],
            &[&*bad, fallback],
            &["x-webkit-deflate-frame", &bad, fallback],
        ] {
            let response = accept(offers, ALL());
            let agreed = params(direction(true, 10), direction(true, 15));
            assert_eq!(response.deflate(), Some(agreed), "{offers:?}");
            assert_eq!(value(&response).as_deref(), Some(fallback), "{offers:?}");
        }
    }
}

#[test]
fn server_takes_the_first_offer_it_can() {
    let response = accept(
        &["permessage-deflate; server_max_window_bits=9, permessage-deflate"],
        ALL(),
    );
    assert_eq!(
        value(&response).as_deref(),
        Some("permessage-deflate; server_max_window_bits=9")
    );
}

#[test]
fn without_an_offer_nothing_is_agreed() {
    for offers in [&[][..], &["foo; bar=1"]] {
        let response = accept(offers, ALL());
        assert_eq!((response.deflate(), value(&response)), (None, None));
    }
}

#[test]
fn client_offers_what_it_wants() {
    for (wanted, expected) in [
        (ALL(), "permessage-deflate; client_max_window_bits"),
        (
            Params::default(),
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; \
             client_max_window_bits",
        ),
        (
            params(direction(true, 9), direction(true, 14)),
            "permessage-deflate; server_max_window_bits=9; client_max_window_bits=14",
        ),
    ] {
        let offer = Offer::new([0; 16], &[]).unwrap().with_deflate(wanted);
        let fields: Vec<_> = offer.fields().collect();
        assert!(fields.contains(&("Sec-WebSocket-Extensions", expected)));
        let agreed = accept(&[expected], ALL()).deflate();
        assert_eq!(agreed, Some(wanted));
    }
}

//= https://www.rfc-editor.org/rfc/rfc7692#section-7.1
//# A client MUST _Fail the WebSocket Connection_ if the peer server
//# accepted an extension negotiation offer for this extension with an
//# extension negotiation response meeting any of the following
//# conditions:
#[test]
fn client_refuses_answers_that_do_not_fit_its_offer() {
    let small = || params(direction(false, 12), direction(true, 10));
    let invalid = ResponseError::InvalidExtensions;
    let cases: [(&[&str], Params, ResponseError); 15] = [
        (&["permessage-deflate; unknown"], ALL(), invalid),
        (
            &["permessage-deflate; server_no_context_takeover=1"],
            ALL(),
            invalid,
        ),
        (
            &["permessage-deflate; server_max_window_bits"],
            ALL(),
            invalid,
        ),
        (
            &["permessage-deflate; server_max_window_bits=7"],
            ALL(),
            invalid,
        ),
        (
            &["permessage-deflate; server_max_window_bits=16"],
            ALL(),
            invalid,
        ),
        (
            &["permessage-deflate; client_max_window_bits"],
            ALL(),
            invalid,
        ),
        (
            &["permessage-deflate; client_max_window_bits=8"],
            ALL(),
            invalid,
        ),
        (
            &["permessage-deflate; client_max_window_bits=9; client_max_window_bits=9"],
            ALL(),
            invalid,
        ),
        (&["permessage-deflate, permessage-deflate"], ALL(), invalid),
        (
            &["permessage-deflate", "permessage-deflate"],
            ALL(),
            invalid,
        ),
        (
            &["permessage-deflate; server_max_window_bits=12"],
            small(),
            invalid,
        ),
        (
            &["permessage-deflate; server_no_context_takeover"],
            small(),
            invalid,
        ),
        (
            &["permessage-deflate; server_no_context_takeover; server_max_window_bits=13"],
            small(),
            invalid,
        ),
        (
            &[
                "permessage-deflate; server_no_context_takeover; server_max_window_bits=12; \
               client_max_window_bits=11",
            ],
            small(),
            invalid,
        ),
        (
            &["x-webkit-deflate-frame"],
            ALL(),
            ResponseError::UnofferedExtension,
        ),
    ];
    for (answer, wanted, error) in cases {
        assert_eq!(verify(answer, wanted), Err(error), "{answer:?}");
    }
    assert_eq!(verify(&["permessage-deflate;"], ALL()), Err(invalid));
}

#[test]
fn client_takes_what_it_is_granted() {
    let small = || params(direction(false, 12), direction(true, 10));
    assert_eq!(verify(&[], ALL()), Ok(None));
    assert_eq!(verify(&["permessage-deflate"], ALL()), Ok(Some(ALL())));
    assert_eq!(
        verify(
            &[
                "permessage-deflate; server_no_context_takeover; server_max_window_bits=11; \
               client_no_context_takeover; client_max_window_bits=9"
            ],
            small()
        ),
        Ok(Some(params(direction(false, 11), direction(false, 9))))
    );
    // A window that cannot be deflated into can be inflated from; 9 stands for it.
    let smallest = params(direction(true, 9), direction(true, 15));
    for wanted in [ALL(), smallest] {
        assert_eq!(
            verify(&["permessage-deflate; server_max_window_bits=8"], wanted),
            Ok(Some(smallest))
        );
    }
}

#[test]
fn window_bits_are_from_9_to_15() {
    for bits in 0..=u8::MAX {
        let expected = (9..=15).contains(&bits).then_some(bits);
        assert_eq!(WindowBits::new(bits).map(WindowBits::as_u8), expected);
    }
    assert_eq!(WindowBits::new(9), Some(WindowBits::MIN));
    assert_eq!(WindowBits::new(15), Some(WindowBits::MAX));
}
