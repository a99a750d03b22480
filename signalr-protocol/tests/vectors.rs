//! Vectors taken from the tests of ASP.NET Core and its TypeScript client.
#![expect(clippy::unwrap_used, reason = "vectors have a known shape")]

mod view;

use bytes::BytesMut;
use serde_json::Value;
use signalr_protocol::{
    Arguments, Decoder, HandshakeRequest, HandshakeResponse, JsonError, Limits, Message,
    NegotiateRequest, NegotiateResponse, Protocol, Record, Refusal, TransferFormat, Transport,
};
use view::{drop_defaults, view};

fn load(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn cases<'v>(vectors: &'v Value, group: &str) -> &'v [Value] {
    let cases = vectors[group].as_array().unwrap();
    assert!(!cases.is_empty(), "{group} has no cases");
    cases
}

fn text<'v>(case: &'v Value, field: &str) -> &'v str {
    case[field].as_str().unwrap()
}

fn json_record(text: &str) -> Record<'_> {
    Record::new(Protocol::Json, text.as_bytes())
}

/// The record of a wire text that holds exactly one.
fn only_record(wire: &str) -> Record<'_> {
    json_record(wire.strip_suffix('\u{1e}').unwrap())
}

#[test]
fn text_framing_yields_the_messages_and_keeps_the_rest() {
    let vectors = load(include_str!("vectors/framing.json"));
    for case in cases(&vectors, "text_valid") {
        let mut src = BytesMut::from(text(case, "wire"));
        let mut decoder = Decoder::new(Limits::default());
        for expected in case["messages"].as_array().unwrap() {
            let record = decoder.decode(&mut src).unwrap().unwrap();
            assert_eq!(
                record.as_bytes(),
                expected.as_str().unwrap().as_bytes(),
                "{case}"
            );
        }
        assert_eq!(decoder.decode(&mut src), Ok(None), "{case}");
        assert_eq!(src, text(case, "rest"), "{case}");
    }
}

#[test]
fn handshake_requests_are_read() {
    let vectors = load(include_str!("vectors/handshake.json"));
    for case in cases(&vectors, "request_valid") {
        let request = HandshakeRequest::parse(&only_record(text(case, "wire"))).unwrap();
        assert_eq!(request.protocol, text(case, "protocol"), "{case}");
        assert_eq!(
            i64::from(request.version),
            case["version"].as_i64().unwrap(),
            "{case}"
        );
    }
    for wire in cases(&vectors, "request_incomplete") {
        let mut src = BytesMut::from(wire.as_str().unwrap());
        assert_eq!(
            Decoder::new(Limits::default()).decode(&mut src),
            Ok(None),
            "{wire}"
        );
    }
    for case in cases(&vectors, "request_invalid") {
        let error = HandshakeRequest::parse(&only_record(text(case, "wire"))).unwrap_err();
        assert_eq!(error.to_string(), text(case, "error"));
    }
}

#[test]
fn handshake_responses_are_read() {
    let vectors = load(include_str!("vectors/handshake.json"));
    for case in cases(&vectors, "response_valid") {
        let response = HandshakeResponse::parse(&only_record(text(case, "wire"))).unwrap();
        assert_eq!(response.error.as_deref(), case["error"].as_str(), "{case}");
    }
    for case in cases(&vectors, "response_invalid") {
        let error = HandshakeResponse::parse(&only_record(text(case, "wire"))).unwrap_err();
        assert_eq!(error.to_string(), text(case, "error"));
    }
}

#[test]
fn handshake_requests_get_the_replies_of_the_reference_server() {
    let vectors = load(include_str!("vectors/handshake.json"));
    for case in cases(&vectors, "server_replies") {
        let mut src = BytesMut::from(text(case, "request"));
        let mut decoder = Decoder::new(Limits::default());
        let response = match decoder.decode(&mut src).unwrap() {
            // The two cases without a record: too late, and too long.
            None => HandshakeResponse::refused(&Refusal::Canceled),
            Some(record) => {
                let request = HandshakeRequest::parse(&record).unwrap();
                let formats = match case["transport"].as_str() {
                    Some("ServerSentEvents") => Transport::ServerSentEvents.transfer_formats(),
                    _ => &[TransferFormat::Text, TransferFormat::Binary],
                };
                let known = Protocol::from_name("messagepack").is_some();
                if request.protocol == "messagepack" && !known {
                    let refusal = request.accept(formats).unwrap_err();
                    assert_eq!(
                        refusal,
                        Refusal::UnknownProtocol {
                            name: "messagepack"
                        }
                    );
                    continue;
                }
                match request.accept(formats) {
                    Ok(_) => HandshakeResponse::ACCEPTED,
                    Err(refusal) => HandshakeResponse::refused(&refusal),
                }
            }
        };
        let mut dst = BytesMut::new();
        response.encode(&mut dst);
        assert_eq!(dst, text(case, "reply"), "{case}");
        assert_eq!(response.encoded_len(), dst.len());
    }
}

#[test]
fn messages_are_read_and_written_byte_for_byte() {
    let vectors = load(include_str!("vectors/json_hub.json"));
    for case in cases(&vectors, "valid") {
        let json = text(case, "json");
        let message = Message::parse(&json_record(json)).unwrap().unwrap();
        assert_eq!(view(&message), case["message"], "{json}");

        let mut dst = BytesMut::new();
        message.encode(Protocol::Json, &mut dst).unwrap();
        assert_eq!(dst, format!("{json}\u{1e}"));
        assert_eq!(message.encoded_len(Protocol::Json), dst.len());
    }
}

#[test]
fn properties_may_come_in_any_order() {
    let vectors = load(include_str!("vectors/json_hub.json"));
    for case in cases(&vectors, "out_of_order") {
        let message = Message::parse(&json_record(text(case, "json")))
            .unwrap()
            .unwrap();
        assert_eq!(view(&message), case["message"], "{case}");
    }
}

#[test]
fn invalid_messages_give_the_texts_of_the_reference_server() {
    let vectors = load(include_str!("vectors/json_hub.json"));
    for case in cases(&vectors, "invalid") {
        let json = text(case, "json");
        let error = Message::parse(&json_record(json)).unwrap_err();
        assert_eq!(error.to_string(), text(case, "error"), "{json}");
    }
}

fn arguments<'a>(message: &Message<'a>) -> Arguments<'a> {
    match message {
        Message::Invocation(message) => message.arguments,
        Message::StreamInvocation(message) => message.arguments,
        other => panic!("no arguments: {other:?}"),
    }
}

#[test]
fn arguments_that_do_not_fit_give_the_texts_of_the_reference_server() {
    let vectors = load(include_str!("vectors/json_hub.json"));
    for case in cases(&vectors, "binding_errors") {
        let json = text(case, "json");
        let message = Message::parse(&json_record(json)).unwrap().unwrap();
        let bound = arguments(&message)
            .bind(2)
            .and_then(|mut binding| Ok((binding.take::<i32>()?, binding.take::<String>()?)));
        assert_eq!(
            bound.unwrap_err().to_string(),
            text(case, "error"),
            "{json}"
        );
    }
}

#[test]
fn unknown_properties_are_ignored() {
    let vectors = load(include_str!("vectors/json_hub.json"));
    for case in cases(&vectors, "extra_properties_ignored") {
        let json = text(case, "json");
        let mut expected = load(json);
        expected
            .as_object_mut()
            .unwrap()
            .remove("extraParameter")
            .unwrap();
        let message = Message::parse(&json_record(json)).unwrap().unwrap();
        assert_eq!(view(&message), drop_defaults(expected));
    }
}

#[test]
fn results_are_bound_when_their_type_is_known() {
    let vectors = load(include_str!("vectors/json_hub.json"));
    for case in cases(&vectors, "client_results") {
        let json = text(case, "json");
        let Some(Message::Completion(completion)) = Message::parse(&json_record(json)).unwrap()
        else {
            panic!("not a completion: {json}");
        };
        let signalr_protocol::Outcome::Result(result) = completion.outcome else {
            assert_eq!(case["hasResult"], false, "{json}");
            continue;
        };
        match result.to::<i32>() {
            Ok(value) => assert_eq!(Value::from(value), case["result"], "{json}"),
            Err(error) => {
                assert!(error.to_string().contains("expected i32"), "{error}");
                assert!(case["errorStartsWith"].is_string(), "{json}");
            }
        }
    }
}

#[test]
fn negotiate_responses_are_read() {
    let vectors = load(include_str!("vectors/negotiate.json"));
    for case in cases(&vectors, "client_parse_valid") {
        let expected = &case["expect"];
        match NegotiateResponse::parse(text(case, "json").as_bytes()).unwrap() {
            NegotiateResponse::Accepted(accepted) => {
                assert_eq!(accepted.connection_id, text(expected, "connectionId"));
                let version = expected["negotiateVersion"].as_i64().unwrap_or(0);
                assert_eq!(i64::from(accepted.version), version);
                let token = accepted.connection_token.as_deref();
                assert_eq!(token, expected["connectionToken"].as_str());
                let transports = expected["availableTransports"].as_array().unwrap();
                assert_eq!(accepted.available_transports.len(), transports.len());
                for (available, expected) in accepted.available_transports.iter().zip(transports) {
                    assert_eq!(available.transport, text(expected, "transport"));
                    let formats = Value::from(available.transfer_formats.clone());
                    assert_eq!(formats, expected["transferFormats"]);
                }
            }
            NegotiateResponse::Redirected { url, access_token } => {
                assert_eq!(url, text(expected, "url"));
                assert_eq!(access_token, None);
            }
            other => panic!("unexpected: {other:?}"),
        }
    }
    for case in cases(&vectors, "client_parse_invalid") {
        let error: JsonError = NegotiateResponse::parse(text(case, "json").as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), text(case, "error"), "{case}");
    }
}

#[test]
fn negotiate_requests_get_the_responses_of_the_reference_server() {
    let vectors = load(include_str!("vectors/negotiate.json"));
    let posts = cases(&vectors, "server_write")
        .iter()
        .filter(|case| case["query"].is_string());
    for case in posts {
        let pairs = text(case, "query")
            .split('&')
            .filter_map(|pair| pair.split_once('='));
        let minimum = case["minimum"].as_i64().unwrap_or(0).try_into().unwrap();
        let version = NegotiateRequest::from_query(pairs.clone())
            .and_then(|request| Ok((request.version_from(minimum)?, request)));
        let response = match version {
            Err(error) => error.response(),
            Ok((version, request)) => NegotiateResponse::Accepted(signalr_protocol::Accepted {
                use_stateful_reconnect: request.use_stateful_reconnect
                    && case["allowStatefulReconnects"] == true,
                version,
                connection_id: "<ID>".into(),
                connection_token: (version > 0).then_some("<TOKEN>".into()),
                available_transports: Transport::ALL.map(Into::into).into(),
            }),
        };
        let mut dst = BytesMut::new();
        response.encode(&mut dst);
        assert_eq!(response.encoded_len(), dst.len());
        let body = text(case, "body");
        if body.starts_with('{') {
            assert_eq!(dst, body, "{case}");
        } else {
            // Three cases describe the body in words.
            let all = r#""connectionId":"<ID>","connectionToken":"<TOKEN>","availableTransports""#;
            let written = std::str::from_utf8(&dst).unwrap();
            assert!(
                written.starts_with(&format!("{{\"negotiateVersion\":1,{all}")),
                "{case}"
            );
        }
    }
}
