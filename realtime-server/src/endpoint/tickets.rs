use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use openapi_emit::{EventStream as Events, Operation, Parameter, Response as Described, Schema};
use schemars::JsonSchema;
use serde::Serialize;
use tokio::time::Instant;
use tracing::debug;

use super::{Access, EventStream, Subscriber, json_body::bad};
use crate::{
    description::Schemas,
    http::{HeaderValue, Problem, Request, Response, Status},
    id,
    metrics::Metrics,
};

/// How long a ticket is good for.
const LIFETIME: Duration = Duration::from_secs(30);
/// Tickets that are out and good at the same time.
const MOST: usize = 10_000;

/// Lets browsers subscribe as somebody, although a script cannot set a header on an `EventSource`:
/// who shows a token gets a ticket, which opens one stream, once, within 30 s. So what stands in a
/// URL, and in the logs of proxies, is worth nothing by then.
pub struct TicketOffice {
    stream: EventStream,
    access: Access,
    metrics: Arc<Metrics>,
    tickets: Mutex<HashMap<String, Ticket>>,
}

struct Ticket {
    holder: Subscriber,
    until: Instant,
}

/// A ticket.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "StreamTicket")]
struct Issued {
    token: String,
}

impl TicketOffice {
    /// Tickets for `stream`, to those whom `access` knows.
    #[must_use]
    pub fn new(stream: &EventStream, access: Access, metrics: Arc<Metrics>) -> Self {
        Self {
            stream: stream.clone(),
            access,
            metrics,
            tickets: Mutex::default(),
        }
    }

    /// Answers a POST with a ticket: `{"token": "…"}`.
    pub fn issue(&self, request: &Request) -> Response {
        let peer = request.head.peer;
        let holder = match self.access.check(&request.head) {
            Ok(holder) => holder.clone(),
            Err(denied) => {
                self.metrics.tickets_refused.incr();
                debug!(%peer, %denied, "ticket refused");
                return denied.into();
            }
        };
        let token = id::uuid();
        let now = Instant::now();
        let mut tickets = self.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        if tickets.len() >= MOST {
            tickets.retain(|_, ticket| now < ticket.until);
        }
        if tickets.len() >= MOST {
            drop(tickets);
            self.metrics.tickets_refused.incr();
            debug!(%peer, "ticket refused: too many are out");
            let problem = Problem::new(Status::SERVICE_UNAVAILABLE);
            return Response::from(problem.with_detail("too many tickets are out"))
                .header("retry-after", const { HeaderValue::from_static("1") });
        }
        let until = now + LIFETIME;
        tickets.insert(token.clone(), Ticket { holder, until });
        drop(tickets);
        Response::json(Status::OK, &Issued { token }).header(
            "cache-control",
            const { HeaderValue::from_static("no-store") },
        )
    }

    /// What documents say of the route where tickets are [issued](Self::issue).
    #[must_use]
    pub fn describe_issue(schemas: &mut Schemas) -> Operation {
        Operation::new("issueTicket")
            .tag("Streams")
            .summary("Get a ticket for the stream of notifications")
            .description("It opens the stream once, within 30 s.")
            .response(200, schemas.json::<Issued>("The ticket."))
            .response(401, schemas.problem("The token is missing or unknown."))
            .response(403, schemas.problem("Pages of other origins may not."))
            .response(413, schemas.problem("The body is larger than 64 KiB."))
            .response(503, schemas.problem("Too many tickets are out."))
    }

    /// What documents say of the route that [takes](Self::subscribe) tickets.
    #[must_use]
    pub fn describe_subscribe(schemas: &mut Schemas) -> Operation {
        let token = Parameter::query("token", Schema::string().with("format", "uuid")).required();
        let events = Described::new("The stream; it does not end.").content(Events::new());
        Operation::new("streamNotifications")
            .tag("Streams")
            .summary("Get the notifications of the holder of a ticket")
            .parameter(token.description("The ticket."))
            .response(200, events)
            .response(400, schemas.problem("The ticket is none of this server."))
            .response(
                401,
                schemas.problem("The ticket is unknown, used or too old."),
            )
            .response(406, schemas.problem("Event streams are not accepted."))
            .response(429, schemas.problem("The holder has too many streams."))
            .response(503, schemas.problem("There are too many streams."))
    }

    /// Answers a GET with `?token=`: the stream, for whom the ticket was made out.
    pub fn subscribe(&self, request: &Request) -> Response {
        let token = request.query("token");
        let Some(token) = token.as_deref().and_then(canonical) else {
            self.metrics.tickets_refused.incr();
            return bad("token", "token must be a ticket of this server").into();
        };
        let mut tickets = self.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        // Taken out by whoever comes first, good or not: nobody else can have it.
        let ticket = tickets.remove(&token);
        drop(tickets);
        if let Some(ticket) = ticket.filter(|ticket| Instant::now() < ticket.until) {
            return self.stream.subscribe_as(request, &ticket.holder);
        }
        self.metrics.tickets_refused.incr();
        debug!(peer = %request.head.peer, "no ticket of this server, or no longer");
        Problem::new(Status::UNAUTHORIZED)
            .with_detail("the ticket is unknown, used or too old")
            .with_field("token")
            .into()
    }
}

/// A ticket in the form in which it was issued. It is a UUID, of which clients may have changed the
/// case or left out the hyphens.
fn canonical(token: &str) -> Option<String> {
    let digits: String = token.chars().filter(|char| *char != '-').collect();
    let is_uuid = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_uuid.then(|| id::hyphenate(&digits.to_ascii_lowercase()))
}

impl fmt::Debug for TicketOffice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TicketOffice")
            .field("stream", &self.stream)
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}
