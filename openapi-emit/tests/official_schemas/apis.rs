//! Whole APIs, of every part that the builder has.

use openapi_emit::{
    Api, Dialect, Format, Hub, HubMethod, KeyPlace, License, Method, Operation, Parameter,
    SecurityScheme, Server, Tag, Transport,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::operations::{extension, operation, parameter, request_body, response, security};
use crate::schemas::schema;
use crate::words::{component, maybe, maybe_text, mostly, name, text, url, value};

/// What is always declared, so that most references find something.
const DECLARED: [&str; 5] = ["A", "B", "C.d", "E-f", "G_1"];

pub(crate) fn api() -> BoxedStrategy<Api> {
    (head(), components(), routes(), vec(hub(), 0..2))
        .prop_map(|(api, components, routes, hubs)| {
            let api = components.iter().fold(api, |api, add| add.to(api));
            let api = routes
                .into_iter()
                .fold(api, |api, (method, path, operation)| {
                    api.operation(method, &path, operation)
                });
            hubs.into_iter().fold(api, Api::hub)
        })
        .boxed()
}

fn head() -> BoxedStrategy<Api> {
    let license = prop_oneof![
        mostly(&["MIT", "MIT OR Apache-2.0", "GPL-2.0+"]).prop_map(|it| License::spdx(&it)),
        (text(), url()).prop_map(|(name, url)| License::at(&name, &url)),
    ];
    let info = (
        (text(), text()),
        (maybe_text(), maybe_text()),
        maybe(license),
        maybe((text(), url())),
        prop::bool::weighted(0.1),
    );
    let rest = (
        vec(server(), 0..3),
        vec(tag(), 0..3),
        security(),
        vec((extension(), value()), 0..2),
    );
    (info, rest)
        .prop_map(|(info, (servers, tags, security, extensions))| {
            let ((title, version), (summary, description), license, contact, kestrun) = info;
            let mut api = Api::new(&title, &version);
            if let Some(text) = summary {
                api = api.summary(&text);
            }
            if let Some(text) = description {
                api = api.description(&text);
            }
            if let Some(license) = license {
                api = api.license(license);
            }
            if let Some((name, url)) = contact {
                api = api.contact(&name, &url);
            }
            if kestrun {
                api = api.dialect(Dialect::Kestrun);
            }
            api = servers.into_iter().fold(api, Api::server);
            api = tags.into_iter().fold(api, Api::tag);
            for (scheme, scopes) in &security {
                let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
                api = api.security(scheme, &scopes);
            }
            for (name, value) in extensions {
                api = api.extension(&name, value);
            }
            api
        })
        .boxed()
}

fn server() -> BoxedStrategy<Server> {
    let urls = mostly(&[
        "https://example.com",
        "http://{v}.example.com:{w}/a",
        "wss://example.com/",
        "ws://example.com",
        "/",
        "api",
        "ftp://example.com",
    ]);
    let choices = vec(select(&["1", "2", "3"][..]), 0..3);
    let extra = proptest::option::weighted(0.02, (name(), text(), choices));
    (urls, maybe_text(), extra)
        .prop_map(|(url, description, extra)| {
            let mut server = Server::new(&url)
                .variable("v", "1", &["1", "2", "1"])
                .variable("w", "", &[]);
            if let Some(text) = description {
                server = server.description(&text);
            }
            if let Some((name, default, choices)) = extra {
                server = server.variable(&name, &default, &choices);
            }
            server
        })
        .boxed()
}

fn tag() -> BoxedStrategy<Tag> {
    let texts = [maybe_text(), maybe_text(), maybe_text()];
    (
        name(),
        texts,
        maybe((url(), text())),
        prop::bool::weighted(0.02),
    )
        .prop_map(|(name, [summary, description, kind], docs, is_child)| {
            let mut tag = Tag::new(&name);
            if let Some(text) = summary {
                tag = tag.summary(&text);
            }
            if let Some(text) = description {
                tag = tag.description(&text);
            }
            if let Some(text) = kind {
                tag = tag.kind(&text);
            }
            if let Some((url, text)) = docs {
                tag = tag.external_docs(&url, &text);
            }
            if is_child {
                tag = tag.parent("abc");
            }
            tag
        })
        .boxed()
}

#[derive(Clone, Debug)]
struct Components {
    name: String,
    schema: openapi_emit::Schema,
    response: openapi_emit::Response,
    parameter: Parameter,
    body: openapi_emit::RequestBody,
    scheme: SecurityScheme,
}

impl Components {
    fn to(&self, api: Api) -> Api {
        api.schema(&self.name, self.schema.clone())
            .response(&self.name, self.response.clone())
            .parameter(&self.name, self.parameter.clone())
            .request_body(&self.name, self.body.clone())
            .security_scheme(&self.name, self.scheme.clone())
    }
}

fn components() -> BoxedStrategy<Vec<Components>> {
    let all = |name: String| {
        (schema(), response(), parameter(), request_body(), scheme()).prop_map(
            move |(schema, response, parameter, body, scheme)| Components {
                name: name.clone(),
                schema,
                response,
                parameter,
                body,
                scheme,
            },
        )
    };
    let declared: Vec<_> = DECLARED.map(|name| all(name.to_owned())).into();
    let another = maybe(component().prop_flat_map(all));
    (declared, proptest::option::weighted(0.02, another))
        .prop_map(|(mut declared, another)| {
            declared.extend(another.flatten());
            declared
        })
        .boxed()
}

fn scheme() -> BoxedStrategy<SecurityScheme> {
    let place = select(&[KeyPlace::Query, KeyPlace::Header, KeyPlace::Cookie][..]);
    let any = prop_oneof![
        text().prop_map(|it| SecurityScheme::bearer(&it)),
        Just(SecurityScheme::basic()),
        (place, text()).prop_map(|(place, name)| SecurityScheme::api_key(place, &name)),
        mostly(&["https://example.com/.well-known/openid-configuration"])
            .prop_map(|it| SecurityScheme::open_id_connect(&it)),
    ];
    (any, maybe_text())
        .prop_map(|(scheme, text)| match text {
            Some(text) => scheme.description(&text),
            None => scheme,
        })
        .boxed()
}

fn routes() -> BoxedStrategy<Vec<(Method, String, Operation)>> {
    let method = || {
        select(
            &[
                Method::Get,
                Method::Put,
                Method::Post,
                Method::Delete,
                Method::Options,
                Method::Head,
                Method::Patch,
                Method::Trace,
            ][..],
        )
    };
    let plain = (
        method(),
        mostly(&["/", "/a", "/b/c", "/d%20e"]),
        operation(&[]),
    );
    let one = (
        method(),
        mostly(&["/f/{id}", "/g/{id}/h"]),
        operation(&["id"]),
    );
    let two = (method(), mostly(&["/{a}.{b c}"]), operation(&["a", "b c"]));
    vec(prop_oneof![plain, one, two], 0..4).boxed()
}

fn component_or_name() -> BoxedStrategy<String> {
    prop_oneof![component(), name()].boxed()
}

fn method_of_hub() -> BoxedStrategy<HubMethod> {
    let arguments = vec((text(), schema()), 0..3);
    let reply = (maybe(schema()), proptest::option::weighted(0.05, schema()));
    let uploads = proptest::option::weighted(0.03, vec(schema(), 1..3));
    (name(), maybe_text(), arguments, reply, uploads)
        .prop_map(|(name, description, arguments, (result, items), uploads)| {
            let mut method = HubMethod::new(&name);
            if let Some(text) = description {
                method = method.description(&text);
            }
            for (name, schema) in arguments {
                method = method.argument(&name, schema);
            }
            if let Some(schema) = result {
                method = method.returns(schema);
            }
            if let Some(schema) = items {
                method = method.streams(schema);
            }
            uploads
                .into_iter()
                .flatten()
                .fold(method, HubMethod::uploads)
        })
        .boxed()
}

fn hub() -> BoxedStrategy<Hub> {
    let transports = subsequence(
        &[
            Transport::WebSocket,
            Transport::ServerSentEvents,
            Transport::LongPolling,
        ][..],
        0..4,
    );
    let formats = subsequence(&[Format::Json, Format::MessagePack][..], 0..3);
    let head = (component_or_name(), any::<u8>());
    let texts = [maybe_text(), maybe_text(), maybe_text()];
    let methods = (vec(method_of_hub(), 0..3), maybe(method_of_hub()));
    let responses = [(); 3].map(|()| maybe((100_u16..600, response())));
    let rest = (
        security(),
        maybe((100_u16..600, component())),
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.2),
        maybe(parameter()),
    );
    (head, texts, (transports, formats), methods, responses, rest)
        .prop_map(
            |(
                (name, place),
                [tag, summary, description],
                (transports, formats),
                methods,
                responses,
                rest,
            )| {
                let mut hub = Hub::new(&name, &format!("/hubs/{place}"))
                    .transports(&transports)
                    .formats(&formats);
                if let Some(text) = tag {
                    hub = hub.tag(&text);
                }
                if let Some(text) = summary {
                    hub = hub.summary(&text);
                }
                if let Some(text) = description {
                    hub = hub.description(&text);
                }
                hub = methods.0.into_iter().fold(hub, Hub::method);
                hub = methods.1.into_iter().fold(hub, Hub::client_method);
                let [both, connect, negotiate] = responses;
                if let Some((status, response)) = both {
                    hub = hub.response(status, response);
                }
                if let Some((status, response)) = connect {
                    hub = hub.connect_response(status, response);
                }
                if let Some((status, response)) = negotiate {
                    hub = hub.negotiate_response(status, response);
                }
                let (security, by_name, anonymous, is_plain, parameter) = rest;
                for (scheme, scopes) in &security {
                    let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
                    hub = hub.security(scheme, &scopes);
                }
                if let Some((status, component)) = by_name {
                    hub = hub.response_ref(status, &component);
                }
                if anonymous {
                    hub = hub.anonymous();
                }
                if is_plain {
                    hub = hub.without_negotiate();
                }
                parameter.into_iter().fold(hub, Hub::parameter)
            },
        )
        .boxed()
}
