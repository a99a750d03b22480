//! openapi-emit

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
mod operation;
mod parameter;
mod request_body;
mod response;
mod schema;
mod security;
mod server;
mod tag;
#[cfg(feature = "schemars")]
mod type_schemas;
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
pub use operation::{Method, Operation};
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
