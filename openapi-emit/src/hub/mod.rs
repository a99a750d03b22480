//! SignalR hubs.

mod method;
mod negotiate;
mod operations;

pub use method::HubMethod;
pub(crate) use method::Reply;
pub(crate) use negotiate::{NEGOTIATE_SCHEMA, negotiate_schema};

use crate::emit::RefOr;
use crate::parameter::Parameter;
use crate::response::{Response, Status};
use crate::security::Requirement;
use crate::value::{Object, Value};

/// A SignalR hub: a `GET` that connects and a `POST` that negotiates; in `AsyncAPI`, a channel
/// with the messages both ways.
#[derive(Clone, Debug, PartialEq)]
pub struct Hub {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) tags: Vec<String>,
    pub(crate) summary: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) methods: Vec<HubMethod>,
    pub(crate) client_methods: Vec<HubMethod>,
    pub(crate) security: Option<Vec<Requirement>>,
    pub(crate) transports: Vec<Transport>,
    pub(crate) formats: Vec<Format>,
    pub(crate) has_negotiate: bool,
    responses: Vec<(Option<Role>, Status, RefOr<Response>)>,
}

/// Which of its operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Connect,
    Negotiate,
}

/// How messages of a hub travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// Both ways over one WebSocket.
    WebSocket,
    /// Down in a stream of events, up by `POST`.
    ServerSentEvents,
    /// Down in the response of a `GET` that waits, up by `POST`.
    LongPolling,
}

/// How messages of a hub are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// The JSON hub protocol.
    Json,
    /// The `MessagePack` hub protocol.
    MessagePack,
}

impl Hub {
    /// A hub with all three transports and JSON.
    ///
    /// `name` is part of ids and keys: letters, digits, `.`, `-` and `_`.
    #[must_use]
    pub fn new(name: &str, path: &str) -> Self {
        Self {
            name: name.to_owned(),
            path: path.to_owned(),
            tags: Vec::new(),
            summary: None,
            description: None,
            parameters: Vec::new(),
            methods: Vec::new(),
            client_methods: Vec::new(),
            security: None,
            transports: vec![
                Transport::WebSocket,
                Transport::ServerSentEvents,
                Transport::LongPolling,
            ],
            formats: vec![Format::Json],
            has_negotiate: true,
            responses: Vec::new(),
        }
    }

    /// Adds the name of a tag.
    #[must_use]
    pub fn tag(mut self, name: &str) -> Self {
        self.tags.push(name.to_owned());
        self
    }

    /// What the hub is for, in a few words.
    #[must_use]
    pub fn summary(mut self, text: &str) -> Self {
        self.summary = Some(text.to_owned());
        self
    }

    /// What the hub is for, in full; `CommonMark`.
    #[must_use]
    pub fn description(mut self, text: &str) -> Self {
        self.description = Some(text.to_owned());
        self
    }

    /// Adds a parameter of both operations, such as a part of the path.
    #[must_use]
    pub fn parameter(mut self, parameter: Parameter) -> Self {
        self.parameters.push(parameter);
        self
    }

    /// Adds a method that clients may invoke. It shows in `AsyncAPI` only.
    #[must_use]
    pub fn method(mut self, method: HubMethod) -> Self {
        self.methods.push(method);
        self
    }

    /// Adds a method that the server invokes on clients. It shows in `AsyncAPI` only.
    #[must_use]
    pub fn client_method(mut self, method: HubMethod) -> Self {
        self.client_methods.push(method);
        self
    }

    /// Sets the transports.
    #[must_use]
    pub fn transports(mut self, transports: &[Transport]) -> Self {
        self.transports = transports.to_vec();
        self
    }

    /// Sets the formats.
    #[must_use]
    pub fn formats(mut self, formats: &[Format]) -> Self {
        self.formats = formats.to_vec();
        self
    }

    /// Leaves the `POST` out, for hubs whose clients connect without it.
    #[must_use]
    pub fn without_negotiate(mut self) -> Self {
        self.has_negotiate = false;
        self
    }

    /// Adds a way to be let in; what the whole API asks for no longer counts here.
    #[must_use]
    pub fn security(mut self, scheme: &str, scopes: &[&str]) -> Self {
        self.security
            .get_or_insert_default()
            .push(Requirement::scheme(scheme, scopes));
        self
    }

    /// Lets callers in without proof, too.
    #[must_use]
    pub fn anonymous(mut self) -> Self {
        self.security
            .get_or_insert_default()
            .push(Requirement::Anonymous);
        self
    }

    /// Adds a response to both operations, or says better what one of theirs is.
    #[must_use]
    pub fn response(mut self, status: impl Into<Status>, response: Response) -> Self {
        self.responses
            .push((None, status.into(), RefOr::Inline(response)));
        self
    }

    /// Adds a response to the `GET` alone, or says better what one of its is.
    #[must_use]
    pub fn connect_response(mut self, status: impl Into<Status>, response: Response) -> Self {
        let response = RefOr::Inline(response);
        self.responses
            .push((Some(Role::Connect), status.into(), response));
        self
    }

    /// Adds a response to the `POST` alone, or says better what one of its is.
    #[must_use]
    pub fn negotiate_response(mut self, status: impl Into<Status>, response: Response) -> Self {
        let response = RefOr::Inline(response);
        self.responses
            .push((Some(Role::Negotiate), status.into(), response));
        self
    }

    /// Adds a response to both operations by its component.
    #[must_use]
    pub fn response_ref(mut self, status: impl Into<Status>, component: &str) -> Self {
        self.responses
            .push((None, status.into(), RefOr::Component(component.to_owned())));
        self
    }

    /// What counts for this hub in an API that asks for `of_api`.
    pub(crate) fn requirements<'a>(&'a self, of_api: &'a [Requirement]) -> &'a [Requirement] {
        self.security.as_deref().unwrap_or(of_api)
    }

    pub(crate) fn negotiate_path(&self) -> String {
        let path = self.path.trim_end_matches('/');
        if path.ends_with("/negotiate") {
            path.to_owned()
        } else {
            format!("{path}/negotiate")
        }
    }

    /// The extension `x-signalr`.
    pub(crate) fn signalr(&self) -> Object {
        let mut object = Object::from([("hub", &self.name), ("path", &self.path)]);
        object.insert("negotiatePath", self.negotiate_path());
        object.insert("connectOperation", format!("get:{}", self.path));
        object.insert(
            "transports",
            self.transports
                .iter()
                .map(|it| it.name())
                .collect::<Value>(),
        );
        object.insert(
            "formats",
            self.formats.iter().map(|it| it.name()).collect::<Value>(),
        );
        object
    }
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Negotiate => "negotiate",
        }
    }
}

impl Transport {
    fn name(self) -> &'static str {
        match self {
            Self::WebSocket => "websocket",
            Self::ServerSentEvents => "sse",
            Self::LongPolling => "longPolling",
        }
    }
}

impl Format {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::MessagePack => "messagepack",
        }
    }
}
