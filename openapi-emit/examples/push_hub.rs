//! Describes a server with a stream and a hub, and writes all of its documents to standard
//! output: `cargo run -p openapi-emit --example push_hub --all-features`.

use std::error::Error;
use std::io::{self, Write};

use openapi_emit::{
    Api, EventStream, Hub, HubMethod, Method, Operation, Parameter, Response, Schema, Server,
    TypeSchemas, Version,
};
use schemars::JsonSchema;

/// How far a job is.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is of interest here")]
struct Progress {
    job: String,
    done: u32,
    total: Option<u32>,
}

#[derive(JsonSchema)]
#[serde(tag = "event", content = "data", rename_all = "camelCase")]
#[expect(dead_code, reason = "only its schema is of interest here")]
enum Notice {
    /// A job has come further.
    Progress(Progress),
    /// The server is about to stop.
    Closing,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut types = TypeSchemas::sent();
    let events = EventStream::new().events(types.events::<Notice>()?);
    let stream = Operation::new("streamEvents")
        .parameter(Parameter::path("topic", Schema::string()))
        .response(200, Response::new("An open event stream.").content(events));
    let progress = types.schema::<Progress>();
    let hub = Hub::new("DashboardHub", "/hubs/dashboard")
        .client_method(HubMethod::new("ProgressChanged").argument("progress", progress))
        .method(HubMethod::new("Subscribe").argument("topic", Schema::string()));
    let document = Api::new("Push hub", "1.0.0")
        .server(Server::new("https://push.example.com"))
        .operation(Method::Get, "/events/{topic}", stream)
        .hub(hub)
        .schemas(types)
        .build()?;

    let mut out = io::stdout().lock();
    for version in Version::ALL {
        out.write_all(document.openapi(version).to_json().as_bytes())?;
    }
    out.write_all(document.asyncapi().to_yaml().as_bytes())?;
    Ok(())
}
