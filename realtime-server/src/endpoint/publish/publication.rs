use bytes::Bytes;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::value::RawValue;
use sse_codec::EventRef;

use crate::{
    endpoint::{
        Outgoing, Target,
        json_body::{self, bad},
    },
    http::{Problem, Request},
};

/// Events in one request. More are refused as a whole.
const MOST_EVENTS: usize = 1_000;

/// One event as a publisher writes it.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Publication {
    event: Option<String>,
    #[schemars(with = "serde_json::Value")]
    data: Option<Box<RawValue>>,
    id: Option<String>,
    key: Option<String>,
    topic: Option<String>,
    user: Option<String>,
    tenant: Option<String>,
    connection: Option<String>,
    /// The data as subscribers get it.
    #[serde(skip)]
    text: String,
}

/// What one request publishes.
#[derive(Debug)]
pub(super) enum Body {
    One(Publication),
    Many(Vec<Publication>),
}

impl Body {
    /// Reads JSON where the request says that it is, and text otherwise: `curl -d` says that its
    /// text is a form.
    pub(super) fn read(request: &Request) -> Result<Self, Problem> {
        json_body::check_coding(request)?;
        if json_body::says_json(request) != Some(true) {
            return Publication::from_text(request).map(Self::One);
        }
        let body = &request.body;
        match body.trim_ascii_start().first() {
            Some(b'{') => {
                let mut one: Publication = json_body::parse(body)?;
                one.settle("")?;
                Ok(Self::One(one))
            }
            Some(b'[') => {
                let mut all: Vec<Publication> = json_body::parse(body)?;
                if all.len() > MOST_EVENTS {
                    let detail = format!("not more than {MOST_EVENTS} events at once");
                    return Err(bad("body", detail));
                }
                for (one, at) in all.iter_mut().zip(0..) {
                    one.settle(&place(at))?;
                }
                Ok(Self::Many(all))
            }
            _ => Err(bad(
                "body",
                "the body must be a JSON object or an array of them",
            )),
        }
    }

    pub(super) fn publications(&self) -> &[Publication] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(all) => all,
        }
    }

    /// How an error calls the member `name` of publication `at`.
    pub(super) fn field(&self, at: usize, name: &str) -> String {
        match self {
            Self::One(_) => name.to_owned(),
            Self::Many(_) => place(at) + name,
        }
    }
}

fn place(at: usize) -> String {
    format!("[{at}].")
}

impl Publication {
    /// The body is the data; the rest may stand in the query.
    fn from_text(request: &Request) -> Result<Self, Problem> {
        let utf8 = |body: &Bytes| str::from_utf8(body).map(str::to_owned);
        let text = utf8(&request.body).map_err(|error| bad("body", error.to_string()))?;
        let member = |name| request.query(name).map(std::borrow::Cow::into_owned);
        let publication = Self {
            event: member("event"),
            data: None,
            id: member("id"),
            key: member("key"),
            topic: member("topic"),
            user: member("user"),
            tenant: member("tenant"),
            connection: member("connection"),
            text,
        };
        publication.check_target("")?;
        Ok(publication)
    }

    /// Turns JSON data into text: a string into what it says, anything else into its JSON.
    fn settle(&mut self, place: &str) -> Result<(), Problem> {
        let field = format!("{place}data");
        let Some(data) = self.data.take() else {
            return Err(bad(&field, "data is required"));
        };
        self.text = if data.get().starts_with('"') {
            json_body::parse(data.get().as_bytes())?
        } else {
            data.get().to_owned()
        };
        self.check_target(place)
    }

    fn check_target(&self, place: &str) -> Result<(), Problem> {
        let targets = [
            ("topic", &self.topic),
            ("user", &self.user),
            ("tenant", &self.tenant),
            ("connection", &self.connection),
        ];
        let mut given = targets.iter().filter(|(_, name)| name.is_some());
        let (_, Some((second, _))) = (given.next(), given.next()) else {
            return Ok(());
        };
        let detail = "an event is for one topic, user, tenant or connection, or for all";
        Err(bad(&format!("{place}{second}"), detail))
    }

    pub(super) fn target(&self) -> Target<'_> {
        let topic = self.topic.as_deref().map(Target::Topic);
        topic
            .or(self.user.as_deref().map(Target::User))
            .or(self.tenant.as_deref().map(Target::Tenant))
            .or(self.connection.as_deref().map(Target::Connection))
            .unwrap_or_default()
    }

    pub(super) fn outgoing(&self) -> Outgoing<'_> {
        let mut event = EventRef::new(&self.text);
        if let Some(name) = &self.event {
            event = event.with_event(name);
        }
        if let Some(id) = &self.id {
            event = event.with_id(id);
        }
        let outgoing = Outgoing::new(event).to(self.target());
        match &self.key {
            Some(key) => outgoing.with_key(key),
            None => outgoing,
        }
    }
}
