//! Operations and what is in them.

use openapi_emit::{
    Event, EventStream, Example, Header, MediaType, Object, Operation, Parameter, RequestBody,
    Response, Schema, Status, Value,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::schemas::schema;
use crate::words::{component, maybe, maybe_text, mostly, name, odd, text, token, url, value};

pub(crate) fn parameter() -> BoxedStrategy<Parameter> {
    let any = prop_oneof![
        (name(), schema()).prop_map(|(name, schema)| Parameter::query(&name, schema)),
        (token(), schema()).prop_map(|(name, schema)| Parameter::header(&name, schema)),
        (name(), schema()).prop_map(|(name, schema)| Parameter::cookie(&name, schema)),
    ];
    (any, maybe_text(), maybe(value()), any_flags())
        .prop_map(
            |(parameter, description, example, [required, deprecated])| {
                let mut parameter = parameter;
                if let Some(text) = description {
                    parameter = parameter.description(&text);
                }
                if let Some(value) = example {
                    parameter = parameter.example(value);
                }
                if required {
                    parameter = parameter.required();
                }
                if deprecated {
                    parameter = parameter.deprecated();
                }
                parameter
            },
        )
        .boxed()
}

fn any_flags() -> impl Strategy<Value = [bool; 2]> {
    [prop::bool::weighted(0.2), prop::bool::weighted(0.2)]
}

fn example() -> BoxedStrategy<Example> {
    let events = vec(
        (text(), maybe(text())).prop_map(|(data, name)| {
            let mut event = Object::from([("data", data)]);
            name.into_iter()
                .for_each(|name| event.insert("event", name));
            event
        }),
        0..3,
    );
    let data = prop_oneof![value(), events.prop_map(Value::from)];
    (odd(), data, maybe_text(), maybe_text())
        .prop_map(|(name, data, summary, serialized)| {
            let mut example = Example::new(&name, data);
            if let Some(text) = summary {
                example = example.summary(&text);
            }
            if let Some(text) = serialized {
                example = example.serialized(&text);
            }
            example
        })
        .boxed()
}

fn stream() -> BoxedStrategy<EventStream> {
    let event = prop_oneof![
        (
            prop_oneof![1 => Just("message".to_owned()), 1 => Just("b/c".to_owned()), 8 => name()],
            schema()
        )
            .prop_map(|(name, schema)| Event::json(&name, schema)),
        prop_oneof![1 => Just("e~f".to_owned()), 8 => name()].prop_map(|name| Event::text(&name)),
    ];
    let event = (event, maybe_text()).prop_map(|(event, text)| match text {
        Some(text) => event.description(&text),
        None => event,
    });
    (vec(event, 0..3), maybe_text())
        .prop_map(|(events, others)| {
            let stream = EventStream::new().events(events);
            match others {
                Some(text) => stream.others(&text),
                None => stream,
            }
        })
        .boxed()
}

fn media_type() -> BoxedStrategy<MediaType> {
    let names = || {
        mostly(&[
            "text/plain; charset=utf-8",
            "image/*",
            "*/*",
            "application/vnd.a+json",
            "a/b;c=\"d \\\" e\"; f=g",
        ])
    };
    let any = prop_oneof![
        schema().prop_map(MediaType::json),
        (names(), schema()).prop_map(|(name, schema)| MediaType::of(&name, schema)),
        names().prop_map(|name| MediaType::opaque(&name)),
        stream().prop_map(MediaType::from),
    ];
    (any, vec(example(), 0..2))
        .prop_map(|(media_type, examples)| {
            examples.into_iter().fold(media_type, MediaType::example)
        })
        .boxed()
}

pub(crate) fn request_body() -> BoxedStrategy<RequestBody> {
    (
        media_type(),
        proptest::option::weighted(0.05, media_type()),
        maybe_text(),
        any::<bool>(),
    )
        .prop_map(|(first, second, description, optional)| {
            let mut body = RequestBody::new(first);
            if let Some(media_type) = second {
                body = body.content(media_type);
            }
            if let Some(text) = description {
                body = body.description(&text);
            }
            if optional {
                body = body.optional();
            }
            body
        })
        .boxed()
}

pub(crate) fn response() -> BoxedStrategy<Response> {
    let header = (token(), schema(), maybe_text(), any::<bool>()).prop_map(
        |(name, schema, description, required)| {
            let mut header = Header::new(schema);
            if let Some(text) = description {
                header = header.description(&text);
            }
            if required {
                header = header.required();
            }
            (name, header)
        },
    );
    (text(), vec(header, 0..2), vec(media_type(), 0..2))
        .prop_map(|(description, headers, content)| {
            let response = headers
                .into_iter()
                .fold(Response::new(&description), |response, (name, header)| {
                    response.header(&name, header)
                });
            content.into_iter().fold(response, Response::content)
        })
        .boxed()
}

fn status() -> impl Strategy<Value = Status> {
    prop_oneof![
        120 => (100_u16..600).prop_map(Status::Code),
        20 => (1_u16..6).prop_map(Status::Range),
        20 => Just(Status::Default),
        1 => any::<u16>().prop_map(Status::Code),
        1 => any::<u16>().prop_map(Status::Range),
    ]
}

/// Rarely none.
fn usually_any() -> std::ops::Range<usize> {
    1..3
}

/// An operation whose path has these parameters.
pub(crate) fn operation(path_parameters: &'static [&'static str]) -> BoxedStrategy<Operation> {
    let names = (
        prop_oneof![name(), odd()],
        vec(text(), 0..2),
        maybe_text(),
        maybe_text(),
    );
    let input = (
        vec(parameter(), 0..3),
        maybe(component()),
        maybe(request_body()),
        maybe(component()),
    );
    let output = (
        vec((status(), response()), usually_any()),
        vec((status(), component()), 0..2),
    );
    let rest = (security(), any_flags(), vec((extension(), value()), 0..2));
    (names, input, output, rest)
        .prop_map(move |(names, input, output, rest)| {
            let (id, tags, summary, description) = names;
            let mut operation = Operation::new(&id);
            for tag in &tags {
                operation = operation.tag(tag);
            }
            if let Some(text) = summary {
                operation = operation.summary(&text);
            }
            if let Some(text) = description {
                operation = operation.description(&text);
            }
            for name in path_parameters {
                operation = operation.parameter(Parameter::path(name, Schema::string()));
            }
            let (parameters, parameter_ref, body, body_ref) = input;
            operation = parameters.into_iter().fold(operation, Operation::parameter);
            if let Some(name) = parameter_ref {
                operation = operation.parameter_ref(&name);
            }
            if let Some(body) = body {
                operation = operation.body(body);
            }
            if let Some(name) = body_ref {
                operation = operation.body_ref(&name);
            }
            let (responses, response_refs) = output;
            for (status, response) in responses {
                operation = operation.response(status, response);
            }
            for (status, name) in response_refs {
                operation = operation.response_ref(status, &name);
            }
            let (security, [anonymous, deprecated], extensions) = rest;
            for (scheme, scopes) in &security {
                let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
                operation = operation.security(scheme, &scopes);
            }
            if anonymous {
                operation = operation.anonymous();
            }
            if deprecated {
                operation = operation.deprecated();
            }
            for (name, value) in extensions {
                operation = operation.extension(&name, value);
            }
            operation
        })
        .boxed()
}

pub(crate) fn security() -> impl Strategy<Value = Vec<(String, Vec<String>)>> {
    vec((component(), vec(text(), 0..2)), 0..2)
}

pub(crate) fn extension() -> impl Strategy<Value = String> {
    prop_oneof![
        200 => select(&["x-a", "x-b.c", "x-d e"][..]).prop_map(str::to_owned),
        1 => url(),
        1 => Just("x-oai-a".to_owned()),
    ]
}
