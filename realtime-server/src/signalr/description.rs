use openapi_emit::{Hub, MediaType, Response, Schema, Transport};

use super::HubEndpoint;
use crate::description::Schemas;

impl HubEndpoint {
    /// Adds to `hub` how this endpoint is spoken to.
    pub(crate) fn describe(&self, hub: Hub, schemas: &mut Schemas) -> Hub {
        let offered = self.config().transports;
        let transports: Vec<Transport> = [
            (offered.web_sockets, Transport::WebSocket),
            (offered.server_sent_events, Transport::ServerSentEvents),
            (offered.long_polling, Transport::LongPolling),
        ]
        .into_iter()
        .filter_map(|(is_offered, transport)| is_offered.then_some(transport))
        .collect();
        let text = || MediaType::of("text/plain", Schema::string());
        hub.tag("Hubs")
            .transports(&transports)
            .connect_response(
                400,
                schemas
                    .problem("The id is missing, or the handshake of the WebSocket is wrong.")
                    .content(text()),
            )
            .connect_response(
                409,
                Response::new("The connection has another transport already.").content(text()),
            )
            .connect_response(
                403,
                schemas.problem(
                    "Pages of other origins may not connect, nor others than who negotiated.",
                ),
            )
            .connect_response(
                404,
                Response::new("No connection has this id, or the transport is not offered.")
                    .content(text()),
            )
            .connect_response(426, schemas.problem("The WebSocket is of another version."))
            .connect_response(429, schemas.problem("The user has too many connections."))
            .negotiate_response(429, schemas.problem("The user has too many connections."))
            .negotiate_response(
                503,
                schemas.problem("Too many connections are being negotiated."),
            )
    }
}
