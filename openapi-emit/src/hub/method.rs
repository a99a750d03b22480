//! Methods of a hub and of its clients.

use crate::schema::Schema;

/// A method that one side of a hub invokes on the other.
#[derive(Clone, Debug, PartialEq)]
pub struct HubMethod {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) arguments: Vec<Schema>,
    pub(crate) uploads: Vec<Schema>,
    pub(crate) reply: Reply,
}

/// What comes back from a method.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reply {
    /// That it is done, if the invocation asked for it.
    Done,
    /// A result.
    Result(Schema),
    /// Items, then that it is done.
    Items(Schema),
}

impl HubMethod {
    /// A method without arguments and result.
    ///
    /// `name` is part of keys: letters, digits, `.`, `-` and `_`.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            description: None,
            arguments: Vec::new(),
            uploads: Vec::new(),
            reply: Reply::Done,
        }
    }

    /// What the method does.
    #[must_use]
    pub fn description(mut self, text: &str) -> Self {
        self.description = Some(text.to_owned());
        self
    }

    /// Adds the next argument. Arguments go by place; `name` is for the reader.
    #[must_use]
    pub fn argument(mut self, name: &str, schema: Schema) -> Self {
        self.arguments.push(schema.with("title", name));
        self
    }

    /// Sets the result, of a method of the hub or of a client.
    #[must_use]
    pub fn returns(mut self, result: Schema) -> Self {
        self.reply = Reply::Result(result);
        self
    }

    /// Sets the items that the method streams; for methods of the hub.
    #[must_use]
    pub fn streams(mut self, item: Schema) -> Self {
        self.reply = Reply::Items(item);
        self
    }

    /// Adds a stream of items that the caller sends after the call; for methods of the hub.
    #[must_use]
    pub fn uploads(mut self, item: Schema) -> Self {
        self.uploads.push(item);
        self
    }
}
