//! Schemas and events from Rust types.

use std::error::Error;
use std::fmt;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};

use crate::event_stream::Event;
use crate::schema::Schema;
use crate::value::{Object, Value};

/// Makes schemas of Rust types, and collects those that go to the components.
///
/// Two types of one name get two names. The keywords of a schema are sorted: the order in which
/// `schemars` gives them depends on the features of the build.
///
/// ```
/// use openapi_emit::{Api, EventStream, Method, Operation, Response, TypeSchemas};
///
/// #[derive(schemars::JsonSchema)]
/// struct Progress {
///     done: u32,
/// }
///
/// /// What the stream carries.
/// #[derive(schemars::JsonSchema)]
/// #[serde(tag = "event", content = "data", rename_all = "camelCase")]
/// enum Notice {
///     Progress(Progress),
///     Closing,
/// }
///
/// let mut types = TypeSchemas::sent();
/// let events = EventStream::new().events(types.events::<Notice>()?);
/// let stream = Operation::new("stream").response(200, Response::new("Open.").content(events));
/// let api = Api::new("Jobs", "1.0.0")
///     .operation(Method::Get, "/jobs", stream)
///     .schemas(types);
/// assert_eq!(api.build().err(), None);
/// # Ok::<(), openapi_emit::NotTagged>(())
/// ```
#[derive(Debug)]
pub struct TypeSchemas {
    generator: SchemaGenerator,
}

/// A type is no enum with a tag, so it does not say what type of event its values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotTagged;

impl TypeSchemas {
    /// Schemas of what `serde` writes: events, responses, calls of clients.
    #[must_use]
    pub fn sent() -> Self {
        Self::new(SchemaSettings::draft2020_12().for_serialize())
    }

    /// Schemas of what `serde` reads: request bodies, arguments of hub methods. Fields with a
    /// default may be absent here.
    #[must_use]
    pub fn received() -> Self {
        Self::new(SchemaSettings::draft2020_12().for_deserialize())
    }

    fn new(settings: SchemaSettings) -> Self {
        let settings = settings.with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        });
        Self {
            generator: settings.into_generator(),
        }
    }

    /// The schema of a type: a reference, where the type has a name to go by.
    pub fn schema<T: JsonSchema>(&mut self) -> Schema {
        Schema(Value::from(self.generator.subschema_for::<T>().to_value()))
    }

    /// The events that the variants of an enum stand for.
    ///
    /// With `#[serde(tag = "event", content = "data")]` the content is the data of an event; a
    /// variant without content is an event of text. With `#[serde(tag = "...")]` of any name
    /// and no content, the data is the whole object, tag included.
    ///
    /// # Errors
    /// [`NotTagged`], if the type is not such an enum.
    pub fn events<T: JsonSchema>(&mut self) -> Result<Vec<Event>, NotTagged> {
        let schema = Value::from(T::json_schema(&mut self.generator).to_value());
        let branches = branches(&schema).ok_or(NotTagged)?;
        let tag = tag(&branches).ok_or(NotTagged)?;
        branches
            .iter()
            .map(|branch| event(branch, tag).ok_or(NotTagged))
            .collect()
    }
}

impl IntoIterator for TypeSchemas {
    type Item = (String, Schema);
    type IntoIter = std::vec::IntoIter<(String, Schema)>;

    /// The schemas for the components, by name.
    fn into_iter(mut self) -> Self::IntoIter {
        let mut schemas: Vec<_> = self
            .generator
            .take_definitions(true)
            .into_iter()
            .map(|(name, schema)| (name, Schema(Value::from(schema))))
            .collect();
        schemas.sort_by(|(a, _), (b, _)| a.cmp(b));
        schemas.into_iter()
    }
}

fn branches(schema: &Value) -> Option<Vec<&Object>> {
    schema
        .as_object()?
        .get("oneOf")?
        .as_array()?
        .iter()
        .map(Value::as_object)
        .collect()
}

/// The property that is a different constant in every branch.
fn tag<'a>(branches: &[&'a Object]) -> Option<&'a str> {
    let (first, _) = branches.split_first()?;
    let properties = first.get("properties")?.as_object()?;
    properties.iter().map(|(name, _)| name).find(|name| {
        branches
            .iter()
            .all(|branch| constant(branch, name).is_some())
    })
}

fn constant<'a>(branch: &'a Object, property: &str) -> Option<&'a str> {
    let property = branch.get("properties")?.as_object()?.get(property)?;
    property.as_object()?.get("const")?.as_str()
}

fn event(branch: &Object, tag: &str) -> Option<Event> {
    let name = constant(branch, tag)?;
    let properties = branch.get("properties")?.as_object()?;
    let is_envelope = tag == "event" && properties.iter().all(|(it, _)| it == tag || it == "data");
    let event = if is_envelope {
        match properties.get("data") {
            Some(data) => Event::json(name, Schema(data.clone())),
            None => Event::text(name),
        }
    } else {
        let mut payload = branch.clone();
        payload.remove("description");
        Event::json(name, Schema::from(payload))
    };
    Some(match branch.get("description").and_then(Value::as_str) {
        Some(text) => event.description(text),
        None => event,
    })
}

impl fmt::Display for NotTagged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the type is not an enum with a tag")
    }
}

impl Error for NotTagged {}
