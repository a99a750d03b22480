//! What `build` refuses, and that it says what and where.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use openapi_emit::{
    Api, BuildError, Event, EventStream, Example, Header, Hub, HubMethod, MediaType, Method,
    Operation, Parameter, Part, Response, Schema, Server, Status, Tag,
};

fn api() -> Api {
    Api::new("Test", "1")
}

fn operation(id: &str) -> Operation {
    Operation::new(id).response(204, Response::new("Done."))
}

fn at(path: &str) -> Api {
    api().operation(Method::Get, path, operation("a"))
}

fn with(operation: Operation) -> Api {
    api().operation(Method::Get, "/", operation)
}

fn refused(api: Api) -> BuildError {
    api.build().unwrap_err()
}

fn duplicate(part: Part, name: &str) -> BuildError {
    BuildError::Duplicate {
        part,
        name: name.to_owned(),
    }
}

fn invalid_name(part: Part, name: &str) -> BuildError {
    BuildError::InvalidName {
        part,
        name: name.to_owned(),
    }
}

fn unknown(part: Part, name: &str) -> BuildError {
    BuildError::Unknown {
        part,
        name: name.to_owned(),
    }
}

//= https://spec.openapis.org/oas/v3.2.0.html#operation-object
//# The id MUST be unique among all operations described in the API.
#[test]
fn refuses_an_operation_id_twice() {
    let api = at("/a").operation(Method::Get, "/b", operation("a"));
    assert_eq!(refused(api), duplicate(Part::OperationId, "a"));
    let api = api_with_hub("Chat").operation(Method::Get, "/b", operation("negotiateChat"));
    assert_eq!(refused(api), duplicate(Part::OperationId, "negotiateChat"));
}

fn api_with_hub(name: &str) -> Api {
    api().hub(Hub::new(name, "/hub"))
}

#[test]
fn refuses_references_to_nothing() {
    let dangling = |pointer: &str| BuildError::DanglingReference {
        pointer: pointer.to_owned(),
    };
    let schema = || Schema::reference("Gone");
    let gone = dangling("#/components/schemas/Gone");
    let stream = EventStream::new().event(Event::json("e", schema()));
    let method = HubMethod::new("m").argument("a", schema());
    for api in [
        api().schema("A", Schema::array(schema())),
        api().parameter("A", Parameter::query("a", schema())),
        with(operation("a").parameter(Parameter::query("a", schema()))),
        with(operation("a").response(200, Response::new("").content(MediaType::json(schema())))),
        with(operation("a").response(200, Response::new("").content(stream))),
        with(operation("a").response(200, Response::new("").header("A", Header::new(schema())))),
        api().hub(Hub::new("Chat", "/hub").method(method.clone())),
        api().hub(Hub::new("Chat", "/hub").client_method(method)),
    ] {
        assert_eq!(refused(api), gone);
    }
    assert_eq!(
        refused(with(operation("a").parameter_ref("Gone"))),
        dangling("#/components/parameters/Gone")
    );
    assert_eq!(
        refused(with(operation("a").response_ref(200, "Gone"))),
        dangling("#/components/responses/Gone")
    );
    assert_eq!(
        refused(with(operation("a").body_ref("Gone"))),
        dangling("#/components/requestBodies/Gone")
    );
    let local = Schema::any()
        .with("$ref", "#/$defs/A")
        .with("$defs", Schema::any());
    assert_eq!(refused(api().schema("A", local)), dangling("#/$defs/A"));
}

#[test]
fn allows_references_into_the_document_and_to_others() {
    for pointer in [
        "#",
        "#/components/schemas/A",
        "#/components/schemas/A/properties/a~1b",
        "#/components/schemas/A/properties/a%7E1b",
        "#/components/schemas/A/oneOf/0",
        "https://example.com/schema.json#/anything",
    ] {
        let schema = Schema::one_of([Schema::any()]).optional("a/b", Schema::any());
        let reference = Schema::any().with("$ref", pointer);
        let document = api().schema("A", schema).schema("B", reference).build();
        assert_eq!(document.err(), None, "{pointer}");
    }
}

#[test]
fn refuses_two_different_components_of_one_name() {
    let schemas = api()
        .schema("A", Schema::string())
        .schema("A", Schema::integer());
    assert_eq!(refused(schemas), duplicate(Part::Component, "A"));
    let responses = api()
        .response("A", Response::new("a"))
        .response("A", Response::new("b"));
    assert_eq!(refused(responses), duplicate(Part::Component, "A"));
    let own = with(operation("a").response(200, Response::new("").content(EventStream::new())))
        .schema("SseEvent", Schema::any());
    assert_eq!(refused(own), duplicate(Part::Component, "SseEvent"));
}

#[test]
fn allows_the_same_component_twice() {
    let api = api()
        .schema("A", Schema::string())
        .schema("A", Schema::string());
    assert_eq!(api.build().err(), None);
}

//= https://spec.openapis.org/oas/v3.2.0.html#components-object
//# All the fixed fields declared above are objects that MUST use keys that match the regular expression: `^[a-zA-Z0-9\.\-_]+$`.
#[test]
fn refuses_component_names_with_other_characters() {
    for name in ["", "a b", "a/b", "a~b", "\u{e9}", "a#"] {
        let refused = refused(api().schema(name, Schema::any()));
        assert_eq!(refused, invalid_name(Part::Component, name));
    }
    assert_eq!(api().schema("aZ0.-_", Schema::any()).build().err(), None);
}

//= https://spec.openapis.org/oas/v3.2.0.html#responses-object
//# The Responses Object MUST contain at least one response code
#[test]
fn refuses_an_operation_without_responses() {
    let refused = refused(with(Operation::new("a")));
    assert_eq!(
        refused,
        BuildError::NoResponses {
            operation: "a".to_owned()
        }
    );
}

//= https://spec.openapis.org/oas/v3.2.0.html#responses-object
//# Only the following range definitions are allowed: `1XX`, `2XX`, `3XX`, `4XX`, and `5XX`.
#[test]
fn refuses_statuses_that_http_does_not_have() {
    let status = |status: Status| with(Operation::new("a").response(status, Response::new("")));
    for code in [0, 99, 600] {
        let refused = refused(status(Status::Code(code)));
        assert_eq!(refused, BuildError::InvalidStatus { status: code });
    }
    for digit in [0, 6] {
        let refused = refused(status(Status::Range(digit)));
        assert_eq!(refused, BuildError::InvalidStatus { status: digit });
    }
    for allowed in [
        100.into(),
        599.into(),
        Status::Range(1),
        Status::Range(5),
        Status::Default,
    ] {
        assert_eq!(status(allowed).build().err(), None, "{allowed:?}");
    }
}

#[test]
fn refuses_keys_twice_in_one_object() {
    let response = |response| with(operation("a").response(200, response));
    let response_twice = with(operation("a").response(204, Response::new("")));
    assert_eq!(refused(response_twice), duplicate(Part::Response, "204"));
    let header = || Header::new(Schema::string());
    let headers = Response::new("")
        .header("A", header())
        .header("A", header());
    assert_eq!(refused(response(headers)), duplicate(Part::Header, "A"));
    let json = || MediaType::json(Schema::any());
    let media_types = Response::new("").content(json()).content(json());
    assert_eq!(
        refused(response(media_types)),
        duplicate(Part::MediaType, "application/json")
    );
    let examples = json()
        .example(Example::new("e", 1))
        .example(Example::new("e", 2));
    let examples = Response::new("").content(examples);
    assert_eq!(refused(response(examples)), duplicate(Part::Example, "e"));
    let extensions = operation("a").extension("x-a", 1).extension("x-a", 2);
    assert_eq!(refused(with(extensions)), duplicate(Part::Extension, "x-a"));
}

#[test]
fn refuses_events_without_a_usable_type() {
    let stream = |events: &[&str]| {
        let events = EventStream::new().events(events.iter().map(|name| Event::text(name)));
        with(operation("a").response(200, Response::new("").content(events)))
    };
    assert_eq!(refused(stream(&["a", "a"])), duplicate(Part::Event, "a"));
    for name in ["", "a\nb", "a\rb"] {
        assert_eq!(refused(stream(&[name])), invalid_name(Part::Event, name));
    }
}

//= https://spec.openapis.org/oas/v3.2.0.html#specification-extensions
//# Field names beginning `x-oai-` and `x-oas-` are reserved for uses defined by the OpenAPI Initiative.
#[test]
fn refuses_extensions_whose_names_are_not_theirs() {
    for name in ["own", "X-own", "x-oai-own", "x-oas-own"] {
        let of_operation = with(operation("a").extension(name, true));
        assert_eq!(refused(of_operation), invalid_name(Part::Extension, name));
        assert_eq!(
            refused(api().extension(name, true)),
            invalid_name(Part::Extension, name)
        );
    }
}

//= https://spec.openapis.org/oas/v3.2.0.html#openapi-object
//# Each tag name in the list MUST be unique.
#[test]
fn refuses_a_tag_twice() {
    assert_eq!(
        refused(api().tag(Tag::new("a")).tag(Tag::new("a"))),
        duplicate(Part::Tag, "a")
    );
}

//= https://spec.openapis.org/oas/v3.2.0.html#tag-object
//# The named tag MUST exist in the API description, and circular references between parent and child tags MUST NOT be used.
#[test]
fn refuses_tags_under_nothing_and_under_themselves() {
    assert_eq!(
        refused(api().tag(Tag::new("a").parent("b"))),
        unknown(Part::Tag, "b")
    );
    let cycle = BuildError::TagCycle {
        name: "a".to_owned(),
    };
    assert_eq!(refused(api().tag(Tag::new("a").parent("a"))), cycle);
    let two = api()
        .tag(Tag::new("a").parent("b"))
        .tag(Tag::new("b").parent("a"));
    assert_eq!(refused(two), cycle);
    let chain = api()
        .tag(Tag::new("a").parent("b"))
        .tag(Tag::new("b").parent("c"))
        .tag(Tag::new("c"));
    assert_eq!(chain.build().err(), None);
}

#[test]
fn refuses_security_schemes_that_are_not_declared() {
    let gone = unknown(Part::SecurityScheme, "gone");
    assert_eq!(refused(api().security("gone", &[])), gone);
    assert_eq!(refused(with(operation("a").security("gone", &[]))), gone);
    assert_eq!(
        refused(api().hub(Hub::new("Chat", "/hub").security("gone", &[]))),
        gone
    );
}

//= https://spec.openapis.org/oas/v3.2.0.html#server-variable-object
//# If the `enum` is defined, the value MUST exist in the enum's values.
#[test]
fn refuses_servers_whose_variables_do_not_fit() {
    let server = |server| refused(api().server(server));
    assert_eq!(
        server(Server::new("https://{a}")),
        unknown(Part::ServerVariable, "a")
    );
    let twice = Server::new("/{a}")
        .variable("a", "1", &[])
        .variable("a", "2", &[]);
    assert_eq!(server(twice), duplicate(Part::ServerVariable, "a"));
    let outside = Server::new("/{a}").variable("a", "1", &["2"]);
    assert_eq!(
        server(outside),
        BuildError::InvalidServerVariable {
            name: "a".to_owned()
        }
    );
}

#[test]
fn refuses_hubs_and_methods_that_cannot_be_told_apart_or_named() {
    assert_eq!(refused(api_with_hub("a b")), invalid_name(Part::Hub, "a b"));
    let twice = api_with_hub("Chat").hub(Hub::new("Chat", "/other"));
    assert_eq!(refused(twice), duplicate(Part::Hub, "Chat"));
    let hub = || Hub::new("Chat", "/hub");
    let method = |name| HubMethod::new(name);
    let methods = api().hub(hub().method(method("m")).method(method("m")));
    assert_eq!(refused(methods), duplicate(Part::Method, "m"));
    let bad = api().hub(hub().client_method(method("a/b")));
    assert_eq!(refused(bad), invalid_name(Part::Method, "a/b"));
    let both_ways = api().hub(hub().method(method("m")).client_method(method("m")));
    assert_eq!(both_ways.build().err(), None);
    for streaming in [
        method("m").streams(Schema::any()),
        method("m").uploads(Schema::any()),
    ] {
        let refused = refused(api().hub(hub().client_method(streaming)));
        assert_eq!(
            refused,
            BuildError::StreamingClientMethod {
                name: "m".to_owned()
            }
        );
    }
}

#[test]
fn errors_say_what_and_where() {
    for (error, text) in [
        (
            duplicate(Part::OperationId, "a"),
            "two times the operation id \"a\"",
        ),
        (invalid_name(Part::Hub, "a b"), "\"a b\" cannot name a hub"),
        (
            unknown(Part::SecurityScheme, "a"),
            "nothing declares the security scheme \"a\"",
        ),
        (
            BuildError::UndeclaredPathParameter {
                path: "/{id}".into(),
                name: "id".into(),
            },
            "no parameter is declared for \"id\" in the path \"/{id}\"",
        ),
    ] {
        assert_eq!(error.to_string(), text);
    }
}
