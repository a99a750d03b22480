//! What a Kestrun server with a broadcast stream, a hub and a route would say of itself.

use openapi_emit::{
    Api, Dialect, Event, EventStream, Hub, MediaType, Method, Operation, Parameter, RequestBody,
    Response, Schema, Tag,
};

pub(crate) fn kestrun() -> Api {
    let broadcast = |events| {
        Operation::new("GetSseBroadcast")
            .tag("SSE")
            .summary("Broadcast SSE stream")
            .response(
                200,
                Response::new("SSE stream (text/event-stream)").content(events),
            )
    };
    let count = Schema::integer()
        .with("maximum", 1000)
        .with("minimum", 1)
        .with("format", "int32")
        .with("default", 30);
    let event = Event::json("progress", Schema::reference("OperationProgressEvent"));
    Api::new("Kestrun demo", "1.0.0")
        .dialect(Dialect::Kestrun)
        .tag(Tag::new("Realtime").kind("nav"))
        .tag(Tag::new("SSE").parent("Realtime"))
        .schema(
            "OperationProgressEvent",
            Schema::object()
                .optional("taskId", Schema::string())
                .optional("progress", Schema::number().with("format", "double"))
                .optional(
                    "connected",
                    Schema::integer().with("format", "int32").nullable(),
                )
                .with("additionalProperties", false),
        )
        .operation(Method::Get, "/sse/broadcast", broadcast(EventStream::new()))
        .operation(
            Method::Get,
            "/sse/broadcast/progress",
            broadcast(EventStream::new().event(event)),
        )
        .operation(
            Method::Post,
            "/api/broadcast",
            Operation::new("InvokeSseBroadcast")
                .tag("SSE")
                .parameter(Parameter::query("count", count).example(30))
                .body(RequestBody::new(MediaType::json(Schema::any())))
                .response(
                    200,
                    Response::new("Sent").content(MediaType::json(Schema::any())),
                ),
        )
        .hub(
            Hub::new("NotificationsHub", "/hubs/kestrun")
                .tag("SignalR")
                .summary("Notifications SignalR Hub")
                .description(
                    "Establishes a SignalR connection. The server may upgrade to WebSockets or \
                     fall back to SSE/Long Polling.",
                ),
        )
}
