use std::{fmt, sync::Arc};

use openapi_emit::{EventStream as Events, Operation, Parameter, Response as Described, Schema};
use schemars::JsonSchema;
use serde::Serialize;
use tracing::debug;

use super::{EventStream, json_body::bad};
use crate::{
    auth::{Denied, Tickets},
    description::Schemas,
    http::{HeaderValue, Problem, Request, Response, Status},
    metrics::Metrics,
};

/// Lets browsers subscribe as somebody, although a script cannot set a header on an `EventSource`:
/// who is known gets a [ticket](Tickets), which opens one stream, once, within 30 s.
pub struct TicketOffice {
    stream: EventStream,
    tickets: Arc<Tickets>,
    metrics: Arc<Metrics>,
}

/// A ticket.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "StreamTicket")]
struct Issued {
    token: String,
}

impl TicketOffice {
    /// Tickets for `stream`, and for whatever else takes `tickets`.
    #[must_use]
    pub fn new(stream: &EventStream, tickets: &Arc<Tickets>, metrics: Arc<Metrics>) -> Self {
        Self {
            stream: stream.clone(),
            tickets: Arc::clone(tickets),
            metrics,
        }
    }

    /// Answers a POST with a ticket: `{"token": "…"}`. It is for whom the guard of the route has let
    /// in; there has to be one.
    pub fn issue(&self, request: &Request) -> Response {
        let peer = request.head.peer;
        let Some(holder) = &request.head.identity else {
            self.metrics.tickets_refused.incr();
            debug!(%peer, "ticket refused: nobody is known");
            return Denied::Missing.into();
        };
        let Some(token) = self.tickets.issue(Arc::clone(holder)) else {
            self.metrics.tickets_refused.incr();
            debug!(%peer, "ticket refused: too many are out");
            let problem = Problem::new(Status::SERVICE_UNAVAILABLE);
            return Response::from(problem.with_detail("too many tickets are out"))
                .header("retry-after", const { HeaderValue::from_static("1") });
        };
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
            .response(
                403,
                schemas.problem("The caller may not, or a page of another origin asks."),
            )
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
        let Some(token) = token.filter(|token| Tickets::is_ticket(token)) else {
            self.metrics.tickets_refused.incr();
            return bad("token", "token must be a ticket of this server").into();
        };
        if let Some(holder) = self.tickets.redeem(&token) {
            return self.stream.subscribe_as(request, &holder);
        }
        self.metrics.tickets_refused.incr();
        let denied = Denied::Unknown;
        denied.count(&self.metrics);
        debug!(peer = %request.head.peer, "no ticket of this server, or no longer");
        let problem = Problem::new(denied.status())
            .with_detail("the ticket is unknown, used or too old")
            .with_field("token");
        denied.challenged(problem.into())
    }
}

impl fmt::Debug for TicketOffice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TicketOffice")
            .field("stream", &self.stream)
            .finish_non_exhaustive()
    }
}
