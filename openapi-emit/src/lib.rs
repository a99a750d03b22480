//! OpenAPI and AsyncAPI documents for servers with event streams and SignalR hubs.
//!
//! An [`Api`] says once what a server offers: operations, streams of events, hubs and their
//! methods. [`Api::build`] checks it, and the [`Document`] it gives can be written for any
//! [`Version`] of OpenAPI, and as AsyncAPI 3.0.
//!
//! ```
//! use openapi_emit::{
//!     Api, Event, EventStream, Hub, HubMethod, Method, Operation, Parameter, Response, Schema,
//!     Version,
//! };
//!
//! let progress = Schema::object().property("done", Schema::integer());
//! let events = EventStream::new()
//!     .event(Event::json("progress", Schema::reference("Progress")))
//!     .event(Event::text("log"));
//! let stream = Operation::new("streamEvents")
//!     .parameter(Parameter::path("topic", Schema::string()))
//!     .response(200, Response::new("An open event stream.").content(events));
//! let hub = Hub::new("DashboardHub", "/hubs/dashboard")
//!     .client_method(HubMethod::new("Changed").argument("to", Schema::reference("Progress")))
//!     .method(HubMethod::new("Subscribe").argument("topic", Schema::string()));
//!
//! let document = Api::new("Push hub", "1.0.0")
//!     .schema("Progress", progress)
//!     .operation(Method::Get, "/events/{topic}", stream)
//!     .hub(hub)
//!     .build()?;
//!
//! let json = document.openapi(Version::V3_1).to_json();
//! assert_eq!(json.lines().nth(1), Some(r#"  "openapi": "3.1.2","#));
//! # Ok::<(), openapi_emit::BuildError>(())
//! ```
//!
//! It is not a reader of documents, not a validator of JSON against schemas, and bound to no
//! server or router. Callbacks, links, webhooks, OAuth flows, XML and the encoding of forms
//! cannot be said.
//!
//! # Contract
//!
//! - The same calls give the same bytes, in any build: members stand in the order in which they
//!   were added, and nothing hangs on the features of `serde_json`.
//! - A [`Document`] is sound: ids are unique, every `$ref` in it points at something in it,
//!   paths and their parameters fit, names have the characters that their places allow,
//!   addresses are URIs, and the keywords of a [`Schema`] hold what they may. It fits the schema
//!   that its specification publishes. Whether a `pattern` is a regular expression, and an
//!   example fits its schema, is not looked at.
//! - Nothing panics.
//!
//! # Streams and hubs
//!
//! A stream is a `text/event-stream` body. Its item, by OpenAPI 3.2, is an object of the fields
//! of an event, whose `data` is a string; JSON in it is described by `contentMediaType` and
//! `contentSchema`, one `oneOf` branch for each type of event.
//!
//! A hub is a `GET` that connects (101, or 200 for the transports without WebSocket) and a
//! `POST` that negotiates, with the extensions `x-signalr-role` and `x-signalr`. OpenAPI has no
//! words for the messages of a hub; AsyncAPI has, so its document tells the methods both ways as
//! the frames of the JSON hub protocol.
//!
//! # What a version lacks
//!
//! The model is that of 3.2 with JSON Schema 2020-12. For the older versions:
//!
//! | in 3.2 | in 3.1 | in 3.0 |
//! | --- | --- | --- |
//! | `itemSchema` | `x-oai-itemSchema`, and `schema` of the text | the same |
//! | example: `dataValue`, `serializedValue` | `value`; of a stream, the text | the same |
//! | tag: `summary`, `parent`, `kind` | `x-oas-summary`, `x-oas-parent`, `x-oas-kind` | the same |
//! | info: `summary` | kept | `description`, if there is no other |
//! | license: `identifier` | kept | `url` at SPDX, if it is one licence |
//! | `type: [T, "null"]` | kept | `type: T`, `nullable` |
//! | `type: [T, U]` | kept | `anyOf` |
//! | `const` | kept | `enum` of one |
//! | `exclusiveMinimum: 1` | kept | `minimum: 1`, `exclusiveMinimum: true` |
//! | `prefixItems` | kept | `items` of any of them |
//! | `contentMediaType`, `contentSchema` | kept | words in `description` |
//! | `contentEncoding: base64` | kept | `format: byte` |
//! | `examples` | kept | `example`, the first |
//! | schema `false`, empty `enum` | kept | `not: {}` |
//! | `discriminator`: `defaultMapping` | left out | left out |
//! | other keywords of 2020-12 | kept | left out |
//!
//! The schema `true` is written as `{}`, which says the same and is read by more tools.
//! A `$ref` with neighbours is moved into `allOf` in every version, for the same reason. AsyncAPI
//! gets JSON Schema draft 07, and no relative addresses, which it does not have.
//!
//! # Features
//!
//! All are off by default.
//!
//! - `schemars`: `TypeSchemas` makes schemas of Rust types, and the events of a stream of a
//!   tagged enum.
//! - `yaml`: `Value::to_yaml`.

mod api;
mod asyncapi;
mod check;
mod components;
mod convert;
mod document;
mod emit;
mod error;
mod event_stream;
mod example;
mod header;
mod hub;
mod info;
mod kestrun;
mod media_type;
mod method;
mod operation;
mod parameter;
mod pointer;
mod request_body;
mod response;
mod route;
mod schema;
mod security;
mod server;
mod tag;
mod token;
#[cfg(feature = "schemars")]
mod type_schemas;
mod uri;
mod value;
mod version;
#[cfg(feature = "yaml")]
mod yaml;

pub use api::Api;
pub use document::Document;
pub use error::{BuildError, Part};
pub use event_stream::{Event, EventStream};
pub use example::Example;
pub use header::Header;
pub use hub::{Format, Hub, HubMethod, Transport};
pub use info::License;
pub use media_type::MediaType;
pub use method::Method;
pub use operation::Operation;
pub use parameter::Parameter;
pub use request_body::RequestBody;
pub use response::{Response, Status};
pub use schema::{NotASchema, Schema};
pub use security::{KeyPlace, SecurityScheme};
pub use server::Server;
pub use tag::Tag;
#[cfg(feature = "schemars")]
pub use type_schemas::{NotTagged, TypeSchemas};
pub use value::{Object, Value};
pub use version::{Dialect, Version};
