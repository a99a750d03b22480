//! A small real server: a stream per topic, a hub, and a way to publish.

use openapi_emit::{
    Api, Event, EventStream, Example, Format, Header, Hub, HubMethod, License, MediaType, Method,
    Object, Operation, Parameter, RequestBody, Response, Schema, SecurityScheme, Server, Tag,
    Value,
};

const WIRE: &str = "id: 1\nevent: progress\ndata: {\"job\":\"build\",\"done\":1,\"total\":4}\n\n";

pub(crate) fn push_hub() -> Api {
    Api::new("Push hub", "1.0.0")
        .summary("Event streams and hubs of a realtime server.")
        .license(License::spdx("MIT"))
        .server(Server::new("https://push.example.com"))
        .tag(Tag::new("sse").summary("Server-Sent Events").kind("nav"))
        .tag(Tag::new("signalr").summary("SignalR hubs").kind("nav"))
        .security_scheme("bearer", SecurityScheme::bearer("JWT"))
        .security("bearer", &[])
        .schema(
            "Progress",
            Schema::object()
                .property("job", Schema::string())
                .property("done", Schema::integer().with("minimum", 0))
                .property("total", Schema::integer().with("minimum", 0)),
        )
        .schema(
            "Problem",
            Schema::object()
                .optional("title", Schema::string())
                .optional("status", Schema::integer()),
        )
        .response(
            "Problem",
            Response::new("The request was refused.").content(MediaType::of(
                "application/problem+json",
                Schema::reference("Problem"),
            )),
        )
        .parameter(
            "Topic",
            Parameter::path("topic", Schema::string().with("pattern", "^[a-z]+$"))
                .description("Name of the topic."),
        )
        .operation(Method::Get, "/events/{topic}", stream())
        .operation(
            Method::Post,
            "/publish/{topic}",
            Operation::new("publish")
                .summary("Publish one event to a topic")
                .parameter_ref("Topic")
                .body(RequestBody::new(MediaType::json(Schema::any())))
                .response(202, Response::new("Accepted."))
                .response_ref(413, "Problem"),
        )
        .hub(
            Hub::new("DashboardHub", "/hubs/dashboard")
                .tag("signalr")
                .formats(&[Format::Json, Format::MessagePack])
                .client_method(
                    HubMethod::new("ProgressChanged")
                        .argument("progress", Schema::reference("Progress")),
                )
                .method(
                    HubMethod::new("Subscribe")
                        .argument("topic", Schema::string())
                        .returns(Schema::boolean()),
                )
                .response_ref(401, "Problem"),
        )
}

fn stream() -> Operation {
    let event = Object::from([
        ("id", "1"),
        ("event", "progress"),
        ("data", "{\"job\":\"build\",\"done\":1,\"total\":4}"),
    ]);
    let events = EventStream::new()
        .event(Event::json("progress", Schema::reference("Progress")))
        .event(Event::text("log").description("One line of the log."));
    Operation::new("streamEvents")
        .tag("sse")
        .summary("Stream the events of one topic")
        .description("The connection stays open. Reconnect with `Last-Event-ID` to resume.")
        .parameter_ref("Topic")
        .parameter(
            Parameter::header("Last-Event-ID", Schema::string())
                .description("Id of the last event seen."),
        )
        .response(
            200,
            Response::new("An open event stream.")
                .header(
                    "Cache-Control",
                    Header::new(Schema::string().with("const", "no-cache")),
                )
                .content(
                    MediaType::from(events).example(
                        Example::new("progress", Value::from([event]))
                            .summary("One event, as sent")
                            .serialized(WIRE),
                    ),
                ),
        )
        .response(204, Response::new("Nothing more will come."))
        .response_ref(404, "Problem")
}
