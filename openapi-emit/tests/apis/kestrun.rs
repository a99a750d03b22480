//! What a Kestrun server says of itself: a stream, streams for many, and a hub with its routes.

use openapi_emit::{
    Api, Dialect, Event, EventStream, Hub, MediaType, Method, Operation, Parameter, RequestBody,
    Response, Schema, Tag, Value,
};

/// One stream for each caller, by two parameters.
pub(crate) fn kestrun_stream() -> Api {
    let number = |name: &str, [low, high, usual]: [i32; 3], text: &str| {
        let schema = Schema::any()
            .with("maximum", high)
            .with("minimum", low)
            .with("type", "integer")
            .with("format", "int32")
            .with("default", usual);
        Parameter::query(name, schema)
            .description(text)
            .example(usual)
    };
    api("Kestrun stream")
        .parameter(
            "count",
            number("count", [1, 1000, 30], "How many events to send."),
        )
        .parameter(
            "intervalMs",
            number("intervalMs", [100, 60_000, 1000], "Milliseconds between."),
        )
        .operation(
            Method::Get,
            "/sse",
            Operation::new("GetSseStream")
                .tag("SSE")
                .summary("Sends events.")
                .description("Sends `connected`, then ticks.")
                .parameter_ref("count")
                .parameter_ref("intervalMs")
                .response(200, Response::new("A stream.").content(EventStream::new())),
        )
}

/// Two streams for everybody, with one id, and the routes that send to them.
pub(crate) fn kestrun_broadcast() -> Api {
    let stream = |events| {
        Operation::new("GetSseBroadcast")
            .tag("SSE")
            .summary("Broadcasts")
            .description("Events for everybody.")
            .response(200, Response::new("A stream.").content(events))
    };
    let send = |id: &str, body: &str| {
        let schema = Schema::reference(body);
        Operation::new(id)
            .tag("SSE")
            .summary("Sends an event to everybody.")
            .description("Says how many are connected.")
            .body(RequestBody::new(MediaType::json(schema)).description("The event."))
            .response(200, json("Sent.", "SseBroadcastOkResponse"))
            .response(500, json("Not sent.", "SseBroadcastErrorResponse"))
    };
    let progress = Event::json("progress", Schema::reference("OperationProgressEvent"));
    let api = api("Kestrun broadcast")
        .tag(realtime())
        .tag(
            Tag::new("SSE")
                .description("Streams of events.")
                .external_docs(
                    "https://developer.mozilla.org/en-US/docs/Web/API/Server-sent_events",
                    "Events from a server",
                )
                .summary("Events from a server")
                .parent("Realtime"),
        )
        .operation(Method::Get, "/sse/broadcast", stream(EventStream::new()))
        .operation(
            Method::Get,
            "/sse/broadcast/progress",
            stream(EventStream::new().event(progress)),
        )
        .operation(
            Method::Post,
            "/api/broadcast",
            send("InvokeSseBroadcast", "SseBroadcastRequest"),
        )
        .operation(
            Method::Post,
            "/api/broadcast/progress",
            send("InvokeSseBroadcastProgress", "OperationProgressEvent"),
        );
    broadcast_schemas(api)
}

fn broadcast_schemas(api: Api) -> Api {
    let name = || {
        Schema::string()
            .description("Its type.")
            .with("example", "message")
    };
    let flag = |value: bool| {
        Schema::boolean()
            .description("Whether it was sent.")
            .with("example", value)
    };
    let connected = Schema::integer()
        .nullable()
        .description("How many, if that is known.")
        .with("format", "int32")
        .with("example", 3);
    api.schema(
        "SseBroadcastRequest",
        closed(
            Schema::object()
                .property("event", name())
                .property("data", Schema::object().description("Any object.")),
        ),
    )
    .schema(
        "SseBroadcastOkResponse",
        closed(
            Schema::object()
                .property("ok", flag(true))
                .property("event", name())
                .property("connected", connected),
        ),
    )
    .schema(
        "SseBroadcastErrorResponse",
        closed(
            Schema::object()
                .property("ok", flag(false))
                .property("error", Schema::string().description("Why not.")),
        ),
    )
    .schema(
        "OperationProgressEvent",
        closed(
            Schema::object()
                .optional("taskId", Schema::string().description("Whose."))
                .optional(
                    "progress",
                    Schema::number()
                        .description("Percent.")
                        .with("format", "double"),
                )
                .optional("status", Schema::string().description("For people."))
                .optional("state", Schema::string().description("For programs."))
                .optional(
                    "ts",
                    Schema::string()
                        .description("When.")
                        .with("format", "date-time"),
                ),
        )
        .description("How far an operation is."),
    )
}

/// A hub, and the routes that send through it.
pub(crate) fn kestrun_hub() -> Api {
    let api = api("Kestrun hub")
        .tag(realtime())
        .tag(
            Tag::new("SignalR")
                .description("Hubs.")
                .external_docs(
                    "https://learn.microsoft.com/aspnet/core/signalr/introduction",
                    "An introduction",
                )
                .summary("SignalR hubs")
                .parent("Realtime"),
        )
        .hub(
            Hub::new("NotificationsHub", "/hubs/kestrun")
                .tag("SignalR")
                .summary("Notifications")
                .description("Connects."),
        );
    hub_components(hub_routes(api))
}

fn hub_routes(api: Api) -> Api {
    let new = |id: &str, tag: &str| {
        Operation::new(id)
            .tag(tag)
            .summary("Does what it is called.")
    };
    let group = |id: &str| {
        new(id, "Groups")
            .parameter_ref("groupName")
            .response(200, json("Sent.", "GroupResult"))
    };
    let sent = || Response::new("Sent.").content(MediaType::of("text/plain", Schema::string()));
    let seconds = Schema::any()
        .with("maximum", 3600)
        .with("minimum", 1)
        .with("type", "integer")
        .with("format", "int32")
        .with("default", 20);
    api.operation(
        Method::Post,
        "/api/group/broadcast/{groupName}",
        group("BroadcastToGroup"),
    )
    .operation(
        Method::Get,
        "/api/operation/status/{taskId}",
        new("GetOperationStatus", "Operations")
            .parameter_ref("taskId")
            .response(200, json("Its state.", "OperationStatusResult"))
            .response(404, json("There is none.", "ApiResult")),
    )
    .operation(
        Method::Post,
        "/api/group/join/{groupName}",
        group("RequestGroupJoin"),
    )
    .operation(
        Method::Post,
        "/api/group/leave/{groupName}",
        group("RequestGroupLeave"),
    )
    .operation(
        Method::Get,
        "/api/ps/event",
        new("SendPowerShellEvent", "SignalR").response(200, sent()),
    )
    .operation(
        Method::Get,
        "/api/ps/log/{level}",
        new("SendPowerShellLog", "SignalR")
            .parameter_ref("level")
            .response(200, sent()),
    )
    .operation(
        Method::Post,
        "/api/operation/start",
        new("StartOperation", "Operations")
            .parameter(
                Parameter::query("seconds", seconds)
                    .description("How long it takes.")
                    .deprecated()
                    .example(10),
            )
            .response(200, json("Started.", "OperationStartResult")),
    )
}

fn hub_components(api: Api) -> Api {
    let result_with = |name: &str, example: &str| {
        let own = Schema::object().property(name, Schema::string().with("example", example));
        Schema::all_of([Schema::reference("ApiResult"), closed(own)])
    };
    let text = |name: &str, example: &str| {
        let schema = Schema::any().with("minLength", 1).with("type", "string");
        Parameter::path(name, schema)
            .description("Which.")
            .example(example)
    };
    let levels = [
        "Trace",
        "Debug",
        "Information",
        "Warning",
        "Error",
        "Critical",
    ];
    let level = Schema::any()
        .with("enum", Value::from(levels))
        .with("type", "string");
    let state = ["operationId", "taskId", "state"]
        .into_iter()
        .fold(Schema::object(), |schema, name| {
            schema.optional(name, Schema::string())
        })
        .optional("startedAt", date_time())
        .optional("completedAt", date_time())
        .optional("progress", Schema::number().with("format", "double"))
        .optional("status", Schema::string())
        .optional("message", Schema::string());
    api.schema(
        "ApiResult",
        closed(
            Schema::object()
                .property("success", Schema::boolean().with("example", true))
                .property("message", Schema::string().with("example", "OK")),
        ),
    )
    .schema("GroupResult", result_with("groupName", "Admins"))
    .schema("OperationStartResult", result_with("taskId", "123"))
    .schema("OperationStatusResult", closed(state))
    .parameter(
        "level",
        Parameter::path("level", level)
            .description("Which.")
            .example("Information"),
    )
    .parameter("groupName", text("groupName", "Admins"))
    .parameter("taskId", text("taskId", "123"))
}

fn api(title: &str) -> Api {
    Api::new(title, "1.0.0")
        .description("A server that others have made clients for.")
        .dialect(Dialect::Kestrun)
}

fn realtime() -> Tag {
    Tag::new("Realtime")
        .description("What comes by itself.")
        .external_docs("https://learn.microsoft.com/aspnet/core/signalr/", "More")
        .summary("Realtime")
        .kind("nav")
}

fn json(description: &str, schema: &str) -> Response {
    Response::new(description).content(MediaType::json(Schema::reference(schema)))
}

fn closed(schema: Schema) -> Schema {
    schema.with("additionalProperties", false)
}

fn date_time() -> Schema {
    Schema::string().with("format", "date-time")
}
