//! What is written is read back, and means what a JSON tree of it means.
#![expect(clippy::unwrap_used, reason = "what is generated is well-formed")]

mod view;

use bytes::BytesMut;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use signalr_protocol::{
    Accepted, Arguments, AvailableTransport, CancelInvocation, Close, Completion, Decoder,
    HandshakeRequest, HandshakeResponse, Headers, Invocation, Limits, Message, NegotiateRequest,
    NegotiateResponse, Outcome, Payload, Protocol, Record, StreamInvocation, StreamItem, Typed,
};
use view::{drop_defaults, view};

/// Everything that a message may hold; each type takes what it has.
#[derive(Clone, Debug)]
struct Parts {
    kind: u8,
    headers: Vec<(String, String)>,
    id: Option<String>,
    target: String,
    arguments: String,
    payload: String,
    stream_ids: Vec<String>,
    error: Option<String>,
    flag: bool,
    number: i64,
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9).prop_map(|number: f64| json!(number)),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

prop_compose! {
    fn parts()(
        kind in 1..=9_u8,
        headers in prop::collection::vec(any::<(String, String)>(), 0..3),
        id in prop::option::of(".+"),
        target in ".+",
        arguments in prop::collection::vec(json_value(), 0..4),
        payload in json_value(),
        stream_ids in prop::collection::vec(any::<String>(), 0..3),
        error in prop::option::of(".+"),
        flag in any::<bool>(),
        number in any::<i64>(),
    ) -> Parts {
        let arguments = Value::from(arguments).to_string();
        let payload = payload.to_string();
        Parts { kind, headers, id, target, arguments, payload, stream_ids, error, flag, number }
    }
}

fn message(parts: &Parts) -> Message<'_> {
    let mut headers = Headers::new();
    for (name, value) in &parts.headers {
        headers.push(name, value);
    }
    let invocation_id = parts.id.as_deref().unwrap_or("0").into();
    let target = (&*parts.target).into();
    let arguments = Arguments::json(&parts.arguments).unwrap();
    let stream_ids = parts.stream_ids.iter().map(|id| (&**id).into()).collect();
    let payload = Payload::json(&parts.payload).unwrap();
    match parts.kind {
        1 => {
            let invocation_id = parts.id.as_deref().map(Into::into);
            Message::Invocation(Invocation {
                headers,
                invocation_id,
                target,
                arguments,
                stream_ids,
            })
        }
        2 => Message::StreamItem(StreamItem {
            headers,
            invocation_id,
            item: payload,
        }),
        3 => {
            let outcome = match &parts.error {
                Some(error) => Outcome::Error(error.into()),
                None if parts.flag => Outcome::Result(payload),
                None => Outcome::Void,
            };
            Message::Completion(Completion {
                headers,
                invocation_id,
                outcome,
            })
        }
        4 => Message::StreamInvocation(StreamInvocation {
            headers,
            invocation_id,
            target,
            arguments,
            stream_ids,
        }),
        5 => Message::CancelInvocation(CancelInvocation {
            headers,
            invocation_id,
        }),
        6 => Message::Ping,
        7 => {
            let error = parts.error.as_deref().map(Into::into);
            Message::Close(Close {
                error,
                allow_reconnect: parts.flag,
            })
        }
        8 => Message::Ack {
            sequence_id: parts.number,
        },
        _ => Message::Sequence {
            sequence_id: parts.number,
        },
    }
}

fn only_record(src: &mut BytesMut) -> Vec<u8> {
    let mut limits = Limits::default();
    limits.max_record = usize::MAX;
    let mut decoder = Decoder::new(limits);
    let record = decoder.decode(src).unwrap().unwrap().as_bytes().to_vec();
    assert_eq!(decoder.decode(src), Ok(None), "a message is one record");
    record
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn messages_are_read_back_as_they_were_written(parts in parts()) {
        let message = message(&parts);
        let mut dst = BytesMut::new();
        message.encode(Protocol::Json, &mut dst).unwrap();
        prop_assert_eq!(message.encoded_len(Protocol::Json), dst.len());

        let record = only_record(&mut dst);
        let record = Record::new(Protocol::Json, &record);
        let read = Message::parse(&record).unwrap().unwrap();
        prop_assert_eq!(&read, &message);
        let tree: Value = serde_json::from_slice(record.as_bytes()).unwrap();
        prop_assert_eq!(view(&read), drop_defaults(tree));
    }

    #[test]
    fn the_order_of_properties_and_white_space_do_not_matter(
        parts in parts(),
        seed in any::<prop::sample::Index>(),
        space in "[ \t\r\n]{0,3}",
    ) {
        let message = message(&parts);
        let mut dst = BytesMut::new();
        message.encode(Protocol::Json, &mut dst).unwrap();
        let tree: Map<String, Value> = serde_json::from_slice(&only_record(&mut dst)).unwrap();
        let mut members: Vec<String> = tree
            .iter()
            .map(|(name, value)| format!("{space}\"{name}\"{space}:{space}{value}{space}"))
            .collect();
        members.rotate_left(seed.index(tree.len()));
        let json = format!("{space}{{{}}}{space}", members.join(","));
        let record = Record::new(Protocol::Json, json.as_bytes());
        let read = Message::parse(&record).unwrap().unwrap();
        prop_assert_eq!(view(&read), view(&message));
    }

    #[test]
    fn typed_values_are_written_like_raw_ones(
        value in json_value(),
        arguments in prop::collection::vec(json_value(), 0..4),
    ) {
        let (mut typed, mut raw) = (BytesMut::new(), BytesMut::new());
        let json = value.to_string();
        StreamItem::new("1", Typed(&value)).encode(Protocol::Json, &mut typed).unwrap();
        let payload = Payload::json(&json).unwrap();
        StreamItem::new("1", payload).encode(Protocol::Json, &mut raw).unwrap();
        prop_assert_eq!(&typed, &raw);

        let json = Value::from(arguments.clone()).to_string();
        Invocation::new("t", Typed(&arguments)).encode(Protocol::Json, &mut typed).unwrap();
        let arguments = Arguments::json(&json).unwrap();
        Invocation::new("t", arguments).encode(Protocol::Json, &mut raw).unwrap();
        prop_assert_eq!(&typed, &raw);
    }

    #[test]
    fn handshakes_are_read_back(
        protocol in any::<String>(),
        version in any::<i32>(),
        error in any::<Option<String>>(),
    ) {
        let request = HandshakeRequest { protocol: protocol.into(), version };
        let mut dst = BytesMut::new();
        request.encode(&mut dst);
        prop_assert_eq!(request.encoded_len(), dst.len());
        let record = only_record(&mut dst);
        let read = HandshakeRequest::parse(&Record::new(Protocol::Json, &record)).unwrap();
        prop_assert_eq!(read, request);

        let response = HandshakeResponse { error: error.map(Into::into) };
        let mut dst = BytesMut::new();
        response.encode(&mut dst);
        prop_assert_eq!(response.encoded_len(), dst.len());
        let record = only_record(&mut dst);
        let read = HandshakeResponse::parse(&Record::new(Protocol::Json, &record)).unwrap();
        prop_assert_eq!(read, response);
    }

    #[test]
    fn negotiate_responses_are_read_back(
        (id, token, url) in (".+", any::<String>(), any::<Option<String>>()),
        (version, reconnect) in any::<(bool, bool)>(),
        transports in prop::collection::vec(
            (any::<String>(), prop::collection::vec(any::<String>(), 0..3)),
            0..3,
        ),
    ) {
        let available = |(transport, formats): (String, Vec<String>)| AvailableTransport {
            transport: transport.into(),
            transfer_formats: formats.into_iter().map(Into::into).collect(),
        };
        let accepted = NegotiateResponse::Accepted(Accepted {
            use_stateful_reconnect: reconnect,
            version: i32::from(version),
            connection_id: id.clone().into(),
            connection_token: version.then(|| token.clone().into()),
            available_transports: transports.into_iter().map(available).collect(),
        });
        let access_token = url.map(Into::into);
        let redirected = NegotiateResponse::Redirected { url: id.into(), access_token };
        let refused = NegotiateResponse::Refused { error: token.into() };
        for response in [accepted, redirected, refused] {
            let mut dst = BytesMut::new();
            response.encode(&mut dst);
            prop_assert_eq!(response.encoded_len(), dst.len());
            prop_assert_eq!(NegotiateResponse::parse(&dst).unwrap(), response);
        }
    }

    #[test]
    fn negotiate_requests_are_read_back(
        version in any::<i32>(),
        use_stateful_reconnect in any::<bool>(),
    ) {
        let request = NegotiateRequest { version, use_stateful_reconnect };
        let mut dst = BytesMut::new();
        request.encode(&mut dst);
        let query = std::str::from_utf8(&dst).unwrap();
        let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap());
        prop_assert_eq!(NegotiateRequest::from_query(pairs), Ok(request));
    }

    #[test]
    fn text_is_json_to_us_if_it_is_to_serde(text in r#"[\[\]{}":, 0-9a-eA-E.+\\"/tnul-]{0,24}"#) {
        let tree = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        prop_assert_eq!(Payload::json(&text).is_ok(), tree, "{}", text);
    }
}
