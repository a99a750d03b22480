//! The response of negotiation.

use crate::schema::Schema;
use crate::value::Value;

/// The name of the component.
pub(crate) const NEGOTIATE_SCHEMA: &str = "NegotiateResponse";

/// Connect, go elsewhere, or give up: all three come with status 200.
pub(crate) fn negotiate_schema() -> Schema {
    Schema::any_of([connect(), redirect(), refusal()])
}

fn connect() -> Schema {
    let transport = Schema::object()
        .property(
            "transport",
            choice(&["WebSockets", "ServerSentEvents", "LongPolling"]),
        )
        .property(
            "transferFormats",
            Schema::array(choice(&["Text", "Binary"])),
        );
    titled("Connect")
        .optional("useStatefulReconnect", Schema::boolean())
        .property("negotiateVersion", Schema::integer().with("minimum", 0))
        .property("connectionId", Schema::string())
        .optional(
            "connectionToken",
            Schema::string().description("From version 1 on, what the connection is opened with."),
        )
        .property("availableTransports", Schema::array(transport))
}

fn redirect() -> Schema {
    titled("Redirect")
        .property(
            "url",
            Schema::string().description("Where to negotiate instead."),
        )
        .optional(
            "accessToken",
            Schema::string().description("The token to use from then on."),
        )
}

fn refusal() -> Schema {
    titled("Error").property("error", Schema::string())
}

fn titled(title: &str) -> Schema {
    Schema::object().with("title", title)
}

fn choice(texts: &[&str]) -> Schema {
    Schema::string().with("enum", texts.iter().copied().collect::<Value>())
}
