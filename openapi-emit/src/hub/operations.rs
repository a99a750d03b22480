//! A hub as operations of `OpenAPI`.

use super::{Hub, NEGOTIATE_SCHEMA, Role, Transport};
use crate::emit::RefOr;
use crate::event_stream::EventStream;
use crate::header::Header;
use crate::media_type::MediaType;
use crate::operation::Operation;
use crate::parameter::Parameter;
use crate::response::{Response, Status};
use crate::schema::Schema;
use crate::security::Requirement;

impl Hub {
    /// The `GET` that opens a connection, in an API that asks for `of_api`.
    pub(crate) fn connect(&self, of_api: &[Requirement]) -> Operation {
        let operation = Operation::new(&format!("connect{}", self.name)).summary(
            self.summary
                .as_deref()
                .unwrap_or("Open a SignalR connection"),
        );
        let operation = match &self.description {
            Some(text) => operation.description(text),
            None => operation,
        };
        let operation = operation.parameter(
            Parameter::query("id", Schema::string())
                .description("`connectionToken` of the negotiate response."),
        );
        let operation = if self.requirements(of_api).is_empty() {
            operation
        } else {
            // Browsers cannot set headers on a WebSocket or an EventSource.
            operation.parameter(
                Parameter::query("access_token", Schema::string())
                    .description("The bearer token, where headers cannot be set."),
            )
        };
        self.finish(operation, self.connect_responses(), Role::Connect)
    }

    /// The `POST` that comes before it.
    pub(crate) fn negotiate(&self) -> Operation {
        let version = Schema::integer().with("minimum", 0).with("default", 0);
        let reconnect = Schema::boolean().with("default", false);
        let operation = Operation::new(&format!("negotiate{}", self.name))
            .summary("Negotiate a SignalR connection")
            .parameter(
                Parameter::query("negotiateVersion", version)
                    .description("The highest version that the client knows."),
            )
            .parameter(
                Parameter::query("useStatefulReconnect", reconnect)
                    .description("Whether the client can resume a connection that was lost."),
            );
        let content = MediaType::json(Schema::reference(NEGOTIATE_SCHEMA));
        let response = Response::new("How to connect, where to negotiate instead, or an error.");
        self.finish(
            operation,
            vec![(200, response.content(content))],
            Role::Negotiate,
        )
    }

    fn connect_responses(&self) -> Vec<(u16, Response)> {
        let mut responses = Vec::new();
        if self.transports.contains(&Transport::WebSocket) {
            responses.push((101, switching_protocols()));
        }
        let mut content = Vec::new();
        if self.transports.contains(&Transport::ServerSentEvents) {
            content.push(EventStream::new().into());
        }
        if self.transports.contains(&Transport::LongPolling) {
            content.push(MediaType::opaque("application/octet-stream"));
        }
        if !content.is_empty() {
            let response = Response::new("Hub messages, as far as they are there.");
            responses.push((200, content.into_iter().fold(response, Response::content)));
        }
        if self.transports.contains(&Transport::LongPolling) {
            responses.push((204, Response::new("The connection has ended.")));
        }
        responses.push((404, Response::new("No connection has this id.")));
        responses
    }

    /// Adds what both operations have: the hub's own responses stand before their defaults.
    fn finish(
        &self,
        mut operation: Operation,
        defaults: Vec<(u16, Response)>,
        role: Role,
    ) -> Operation {
        let responses = self
            .responses
            .iter()
            .filter(|(only, ..)| only.is_none_or(|only| only == role))
            .map(|(_, status, response)| (*status, response.clone()));
        let responses: Vec<_> = responses.collect();
        let own = self.parameters.iter().cloned().map(RefOr::Inline);
        operation.parameters.splice(..0, own);
        operation.tags.clone_from(&self.tags);
        operation.security.clone_from(&self.security);
        operation.responses = defaults
            .into_iter()
            .map(|(status, response)| (Status::Code(status), RefOr::Inline(response)))
            .filter(|(status, _)| responses.iter().all(|(own, _)| own != status))
            .collect();
        operation.responses.extend(responses);
        operation
            .extension("x-signalr-role", role.name())
            .extension("x-signalr", self.signalr())
    }
}

fn switching_protocols() -> Response {
    let constant = |text| Header::new(Schema::string().with("const", text)).required();
    Response::new("Switching Protocols: the connection is a WebSocket.")
        .header("Upgrade", constant("websocket"))
        .header("Connection", constant("Upgrade"))
        .header(
            "Sec-WebSocket-Accept",
            Header::new(Schema::string()).required(),
        )
}
