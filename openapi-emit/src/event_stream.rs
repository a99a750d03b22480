//! The items of `text/event-stream`.

use crate::emit::Emitter;
use crate::error::{BuildError, Part};
use crate::schema::Schema;
use crate::value::{Object, Value};
use crate::version::Dialect;

/// The name of the component that every stream refers to.
pub(crate) const EVENT_SCHEMA: &str = "SseEvent";

/// The type of an event that names none, as the HTML standard has it.
const DEFAULT_TYPE: &str = "message";

/// A body of Server-Sent Events, by the types of event that may be in it.
///
/// Without any, it is a stream of whatever events there are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventStream {
    pub(crate) events: Vec<Event>,
    /// What events of other types are, where those may come.
    pub(crate) others: Option<String>,
}

/// One type of event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// The schema of the JSON in `data`; otherwise `data` is text.
    pub(crate) json: Option<Schema>,
}

impl EventStream {
    /// A stream of events whose types are not known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a type of event.
    #[must_use]
    pub fn event(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }

    /// Adds several types of event.
    #[must_use]
    pub fn events(mut self, events: impl IntoIterator<Item = Event>) -> Self {
        self.events.extend(events);
        self
    }

    /// Lets events of other types come too, such as those that clients choose; `text` says what
    /// they are.
    #[must_use]
    pub fn others(mut self, text: &str) -> Self {
        self.others = Some(text.to_owned());
        self
    }

    /// Whether events may come whose types are not said.
    pub(crate) fn has_others(&self) -> bool {
        self.events.is_empty() || self.others.is_some()
    }

    /// The schema of one item.
    pub(crate) fn emit_item(&self, emitter: &mut Emitter) -> Value {
        self.check(emitter);
        let item = match emitter.dialect {
            Dialect::Standard => self.item(),
            Dialect::Kestrun => self.payload(),
        };
        item.emit(emitter)
    }

    //= https://spec.openapis.org/oas/v3.2.0.html#special-considerations-for-server-sent-events
    //# fields not given an explicit value type MUST be handled as strings.
    // So `data` is a string even where it holds JSON, and the item an object of its fields.
    fn item(&self) -> Schema {
        let item = Schema::all_of([Schema::reference(EVENT_SCHEMA)]);
        if self.events.is_empty() {
            return item;
        }
        // An event without a type is a `message`, so where those may come the other branches
        // have to ask for the field themselves.
        let has_default = self.events.iter().any(|event| event.name == DEFAULT_TYPE);
        let branches = self.events.iter().map(|event| {
            let branch = event.branch();
            if has_default && event.name != DEFAULT_TYPE {
                branch.with("required", ["event"])
            } else {
                branch
            }
        });
        let others = self.others.as_deref().map(|text| self.other_branch(text));
        let item = if has_default {
            item
        } else {
            item.with("required", ["event"])
        };
        item.with("oneOf", Value::array(branches.chain(others)))
    }

    fn other_branch(&self, text: &str) -> Schema {
        let names = Value::array(self.events.iter().map(|event| event.name.as_str()));
        let name = Object::from([("not", Object::from([("enum", names)]))]);
        let fields = Object::from([("event", name)]);
        Schema::from(Object::from([("properties", fields)]))
            .with("required", ["event"])
            .description(text)
    }

    /// What events carry, without the event around it.
    fn payload(&self) -> Schema {
        let mut payloads: Vec<Schema> = self.events.iter().map(Event::payload).collect();
        match payloads.pop() {
            None => Schema::string(),
            Some(only) if payloads.is_empty() => only,
            Some(last) => {
                payloads.push(last);
                Schema::one_of(payloads)
            }
        }
    }

    fn check(&self, emitter: &mut Emitter) {
        for (index, event) in self.events.iter().enumerate() {
            if event.name.is_empty() || event.name.contains(['\n', '\r']) {
                emitter.fail(BuildError::InvalidName {
                    part: Part::Event,
                    name: event.name.clone(),
                });
            }
            if self
                .events
                .iter()
                .take(index)
                .any(|earlier| earlier.name == event.name)
            {
                emitter.fail(BuildError::Duplicate {
                    part: Part::Event,
                    name: event.name.clone(),
                });
            }
        }
    }
}

impl Event {
    /// An event of type `name` whose data is JSON of this schema.
    ///
    /// The name `message` also stands for events that have no type.
    #[must_use]
    pub fn json(name: &str, data: Schema) -> Self {
        Self {
            name: name.to_owned(),
            description: None,
            json: Some(data),
        }
    }

    /// An event of type `name` whose data is plain text.
    #[must_use]
    pub fn text(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            description: None,
            json: None,
        }
    }

    /// When the event is sent, and what it means.
    #[must_use]
    pub fn description(mut self, text: &str) -> Self {
        self.description = Some(text.to_owned());
        self
    }

    pub(crate) fn payload(&self) -> Schema {
        self.json.clone().unwrap_or_else(Schema::string)
    }

    //= https://spec.openapis.org/oas/v3.2.0.html#special-considerations-for-server-sent-events
    //# Use JSON Schema's keywords for working with the contents of string-encoded data, particularly `contentMediaType` and `contentSchema`
    fn branch(&self) -> Schema {
        let mut fields =
            Object::from([("event", Value::from(Schema::constant(self.name.as_str())))]);
        if let Some(schema) = &self.json {
            fields.insert(
                "data",
                Object::from([
                    ("contentMediaType", Value::from("application/json")),
                    ("contentSchema", Value::from(schema.clone())),
                ]),
            );
        }
        let branch = Schema::from(Object::from([("properties", fields)]));
        match &self.description {
            Some(text) => branch.description(text),
            None => branch,
        }
    }
}

//= https://spec.openapis.org/oas/v3.2.0.html#special-considerations-for-server-sent-events
//# The following Schema Object is a generic schema for the `text/event-stream` media type
pub(crate) fn event_schema() -> Schema {
    Schema::object()
        .description("One event of a text/event-stream, after it was parsed.")
        .property("data", Schema::string())
        .optional("event", Schema::string())
        .optional("id", Schema::string())
        .optional("retry", Schema::integer().with("minimum", 0))
}

/// Events as they are sent. Anything that is not an array of objects has no text.
pub(crate) fn wire_text(events: &Value) -> String {
    let mut text = String::new();
    for event in events
        .as_array()
        .unwrap_or_default()
        .iter()
        .filter_map(Value::as_object)
    {
        for (field, value) in event.iter() {
            let value = match value {
                Value::String(value) => value.clone(),
                Value::Number(number) => number.to_string(),
                Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => continue,
            };
            for line in value.split(['\n', '\r']) {
                text.extend([field, ": ", line, "\n"]);
            }
        }
        text.push('\n');
    }
    text
}
