//! Everything that can be said, once.

use openapi_emit::{
    Api, Event, EventStream, Example, Format, Header, Hub, HubMethod, KeyPlace, License, MediaType,
    Method, Object, Operation, Parameter, RequestBody, Response, Schema, SecurityScheme, Server,
    Status, Tag, Transport, Value,
};

pub(crate) fn torture() -> Api {
    let api = Api::new("Torture", "2.0.0-rc.1")
        .summary("Every feature of the builder.")
        .description("Line one.\n\nLine *two*: with \"quotes\", a \\ and a \u{1F980}.")
        .license(License::at("Own", "https://example.com/license"))
        .contact("Support", "https://example.com/support")
        .server(
            Server::new("https://{region}.example.com/v2")
                .description("By region")
                .variable("region", "eu", &["eu", "us"]),
        )
        .server(Server::new("http://localhost:8080/"))
        .tag(
            Tag::new("Realtime")
                .summary("All that streams")
                .description("Streams and hubs.")
                .external_docs("https://example.com/docs", "The guide")
                .kind("nav"),
        )
        .tag(Tag::new("SSE").parent("Realtime"))
        .security_scheme(
            "bearer",
            SecurityScheme::bearer("JWT").description("From the issuer."),
        )
        .security_scheme("basic", SecurityScheme::basic())
        .security_scheme("query", SecurityScheme::api_key(KeyPlace::Query, "key"))
        .security_scheme("header", SecurityScheme::api_key(KeyPlace::Header, "X-Key"))
        .security_scheme(
            "cookie",
            SecurityScheme::api_key(KeyPlace::Cookie, "session"),
        )
        .security_scheme(
            "oidc",
            SecurityScheme::open_id_connect(
                "https://id.example.com/.well-known/openid-configuration",
            ),
        )
        .security("bearer", &[])
        .security("cookie", &[])
        .extension(
            "x-root",
            Object::from([("nested", Value::from([Value::Null, 1.5.into()]))]),
        );
    let api = components(schemas(api));
    streams(operations(api)).hub(hub()).hub(
        Hub::new("Tenant.Hub", "/hubs/{tenant}")
            .parameter(Parameter::path("tenant", Schema::string()).description("Whose hub."))
            .transports(&[Transport::ServerSentEvents])
            .without_negotiate()
            .anonymous(),
    )
}

fn schemas(api: Api) -> Api {
    api.schema(
        "Everything",
        Schema::object()
            .description("All keywords that are lowered.")
            .property("kind", Schema::constant("everything"))
            .property("count", Schema::integer().with("exclusiveMinimum", 0))
            .optional(
                "ratio",
                Schema::number()
                    .with("maximum", 5)
                    .with("exclusiveMaximum", 1),
            )
            .optional("note", Schema::string().nullable())
            .optional("other", Schema::reference("Item").nullable())
            .optional(
                "mixed",
                Schema::any().with("type", ["string", "integer", "null"]),
            )
            .optional("nothing", Schema::constant(Value::Null))
            .optional(
                "pair",
                Schema::any()
                    .with("type", "array")
                    .with("prefixItems", [Schema::string(), Schema::integer()])
                    .with("items", false)
                    .with("minItems", 2),
            )
            .optional("list", Schema::array(Schema::reference("Item")))
            .optional("bytes", Schema::string().with("contentEncoding", "base64"))
            .optional("examples", Schema::string().with("examples", ["a", "b"]))
            .optional(
                "described",
                Schema::reference("Item").description("Beside the reference."),
            )
            .optional(
                "map",
                Schema::object().with("additionalProperties", Schema::number()),
            )
            .optional(
                "patterned",
                Schema::object()
                    .with(
                        "patternProperties",
                        Object::from([("^x", Schema::string())]),
                    )
                    .with("additionalProperties", false),
            ),
    )
    .schema(
        "Item",
        Schema::object()
            .property("id", Schema::string())
            .with("title", "Item"),
    )
    .schema(
        "Choice",
        Schema::one_of([
            Schema::all_of([Schema::reference("Item")]),
            Schema::any_of([Schema::string(), Schema::boolean(), Schema::number()]),
        ]),
    )
    .schema("Shape", shape())
    .schemas([
        ("Same".to_owned(), Schema::any()),
        ("Same".to_owned(), Schema::any()),
    ])
}

/// Keywords that only some of the versions have.
fn shape() -> Schema {
    let mut discriminator = Object::from([("propertyName", Value::from("kind"))]);
    discriminator.insert(
        "mapping",
        Object::from([("item", "#/components/schemas/Item")]),
    );
    discriminator.insert("defaultMapping", "Item");
    let docs = Object::from([("url", "https://example.com/docs/shape")]);
    let names = |name: &str| Object::from([("kind", Value::from([name]))]);
    Schema::object()
        .property("kind", Schema::string())
        .optional("id", Schema::string())
        .with("discriminator", discriminator)
        .with("externalDocs", docs)
        .with("dependentRequired", names("id"))
        .with(
            "dependentSchemas",
            Object::from([("id", Schema::object().with("minProperties", 2))]),
        )
        .with("propertyNames", Schema::string().with("maxLength", 9))
        .with("unevaluatedProperties", false)
}

fn components(api: Api) -> Api {
    api.response("Problem", Response::new("Refused."))
        .response("Stream", Response::new("Open.").content(EventStream::new()))
        .parameter(
            "Id",
            Parameter::path("id", Schema::string()).description("Of the item."),
        )
        .request_body(
            "Item",
            RequestBody::new(MediaType::json(Schema::reference("Item")))
                .content(MediaType::of("text/plain", Schema::string()))
                .content(MediaType::opaque("image/png"))
                .description("The item.")
                .optional(),
        )
}

fn operations(api: Api) -> Api {
    let get = Operation::new("getItem")
        .tag("Items")
        .summary("Read")
        .description("Reads *one* item.")
        .parameter_ref("Id")
        .parameter(
            Parameter::query("verbose", Schema::boolean())
                .required()
                .example(true),
        )
        .parameter(Parameter::header("X-Trace", Schema::string()).deprecated())
        .parameter(Parameter::cookie("flavour", Schema::string()))
        .response(
            200,
            Response::new("The item.")
                .header(
                    "ETag",
                    Header::new(Schema::string())
                        .description("Its tag.")
                        .required(),
                )
                .content(
                    MediaType::json(Schema::reference("Item")).example(
                        Example::new("one", Object::from([("id", "7")]))
                            .summary("The seventh")
                            .serialized("{\"id\":\"7\"}"),
                    ),
                ),
        )
        .response(Status::Range(4), Response::new("Refused."))
        .response(Status::Default, Response::new("Failed."))
        .security("oidc", &["items.read"])
        .security("query", &[])
        .anonymous()
        .deprecated()
        .extension("x-cost", 3);
    let mut api = api.operation(Method::Get, "/items/{id}", get);
    for (method, id) in [
        (Method::Put, "putItem"),
        (Method::Post, "postItem"),
        (Method::Delete, "deleteItem"),
        (Method::Options, "optionsItem"),
        (Method::Head, "headItem"),
        (Method::Patch, "patchItem"),
        (Method::Trace, "traceItem"),
    ] {
        let operation = Operation::new(id)
            .parameter_ref("Id")
            .response_ref(204, "Problem");
        let operation = match method {
            Method::Put | Method::Post | Method::Patch => operation.body_ref("Item"),
            _ => operation,
        };
        api = api.operation(method, "/items/{id}", operation);
    }
    api
}

fn streams(api: Api) -> Api {
    let events = EventStream::new()
        .events([Event::json("message", Schema::reference("Choice"))])
        .event(Event::json(
            "item/changed",
            Schema::reference("Item").nullable(),
        ))
        .event(Event::text("tick").description("Once a second."))
        .others("What clients send each other.");
    let example = Example::new(
        "two",
        Value::from([
            Object::from([("data", "true")]),
            Object::from([("event", "tick"), ("data", "")]),
        ]),
    );
    api.operation(
        Method::Post,
        "/completions",
        Operation::new("complete")
            .tag("SSE")
            .body(RequestBody::new(MediaType::json(Schema::reference(
                "Everything",
            ))))
            .response(
                200,
                Response::new("Open.").content(MediaType::from(events).example(example)),
            ),
    )
    .operation(
        Method::Get,
        "/raw/{topic}",
        Operation::new("raw")
            .parameter(Parameter::path("topic", Schema::string()).description("Which."))
            .response_ref(200, "Stream")
            .anonymous(),
    )
}

fn hub() -> Hub {
    Hub::new("ChatHub", "/hubs/chat")
        .tag("SignalR")
        .summary("Chat")
        .description("Rooms and messages.")
        .formats(&[Format::Json, Format::MessagePack])
        .security("header", &[])
        .client_method(
            HubMethod::new("Receive")
                .description("A message came.")
                .argument("user", Schema::string())
                .argument("item", Schema::reference("Item")),
        )
        .client_method(HubMethod::new("GetName").returns(Schema::string()))
        .method(HubMethod::new("Send").argument("text", Schema::string()))
        .method(HubMethod::new("Count").returns(Schema::integer()))
        .method(
            HubMethod::new("Follow")
                .argument("room", Schema::string())
                .streams(Schema::any()),
        )
        .method(
            HubMethod::new("Sum")
                .uploads(Schema::integer())
                .returns(Schema::integer()),
        )
        .response(403, Response::new("Not for you."))
        .connect_response(426, Response::new("Another version of WebSockets."))
        .negotiate_response(503, Response::new("Too many are waiting."))
        .response(404, Response::new("No such chat."))
        .response_ref(429, "Problem")
}
