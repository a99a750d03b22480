//! The habits of [`Dialect::Kestrun`](crate::Dialect::Kestrun).

use crate::emit::RefOr;
use crate::hub::Hub;
use crate::media_type::MediaType;
use crate::operation::Operation;
use crate::response::{Response, Status};
use crate::schema::Schema;
use crate::value::{Object, Value};

/// The name of the component that its error responses refer to.
pub(crate) const ERROR_SCHEMA: &str = "KestrunErrorResponse";

/// The `GET` of a hub.
pub(crate) fn connect(hub: &Hub) -> Operation {
    let mut operation = Operation::unnamed();
    operation.summary.clone_from(&hub.summary);
    operation.description.clone_from(&hub.description);
    hub_operation(
        hub,
        operation,
        (101, "Switching Protocols (WebSocket upgrade)"),
        "connect",
    )
}

/// The `POST` of a hub.
pub(crate) fn negotiate(hub: &Hub) -> Operation {
    let operation = Operation::unnamed().summary("SignalR negotiate endpoint").description(
        "Negotiates connection parameters for a SignalR client before establishing the transport.",
    );
    hub_operation(hub, operation, (200, "Successful negotiation"), "negotiate")
}

fn hub_operation(
    hub: &Hub,
    mut operation: Operation,
    (status, description): (u16, &str),
    role: &str,
) -> Operation {
    operation.tags.clone_from(&hub.tags);
    operation.parameters = hub.parameters.iter().cloned().map(RefOr::Inline).collect();
    [
        (status, description),
        (401, "Unauthorized"),
        (403, "Forbidden"),
        (404, "Not Found"),
        (500, "Internal Server Error"),
    ]
    .into_iter()
    .fold(operation, |operation, (status, text)| {
        operation.response(status, Response::new(text))
    })
    .extension("x-signalr-role", role)
    .extension("x-signalr", hub.signalr())
}

/// Adds what the framework answers before a handler runs, in its order. Operations that declare
/// `4XX` or `default` have said it themselves.
pub(crate) fn add_error_responses(mut operation: Operation) -> Operation {
    let declared: Vec<Status> = operation
        .responses
        .iter()
        .map(|(status, _)| *status)
        .collect();
    if declared.contains(&Status::Range(4)) || declared.contains(&Status::Default) {
        return operation;
    }
    let has_body = operation.body.is_some();
    let has_input = has_body || !operation.parameters.is_empty();
    let has_content = operation
        .responses
        .iter()
        .any(|(_, response)| match response {
            RefOr::Inline(response) => !response.content.is_empty(),
            RefOr::Component(_) => true,
        });
    let errors = [
        (has_input, 400, "Bad Request"),
        (has_input, 422, "Unprocessable Entity"),
        (has_body, 415, "Unsupported Media Type"),
        (has_content, 406, "Not Acceptable"),
    ];
    for (applies, status, text) in errors {
        if applies && !declared.contains(&Status::Code(status)) {
            operation = operation.response(status, Response::new(text).content(problem()));
        }
    }
    operation
}

/// Whether [`ERROR_SCHEMA`] is needed.
pub(crate) fn has_error_response(operation: &Operation) -> bool {
    operation
        .responses
        .iter()
        .any(|(_, response)| match response {
            RefOr::Inline(response) => response.content.contains(&problem()),
            RefOr::Component(_) => false,
        })
}

fn problem() -> MediaType {
    MediaType::of("application/problem+json", Schema::reference(ERROR_SCHEMA))
}

/// The component that [`add_error_responses`] refers to.
pub(crate) fn error_schema() -> Schema {
    Schema::object()
        .property("status", Schema::integer().with("format", "int32"))
        .property("error", Schema::string())
        .property("reason", Schema::string())
        .property("timestamp", Schema::string().with("format", "date-time"))
        .optional("details", Schema::string())
        .optional("exception", Schema::string())
        .optional("stackTrace", Schema::string())
        .optional("path", Schema::string())
        .optional("method", Schema::string())
}

/// Puts `required` first among the keywords of a schema, `nullable` before what values there are, and
/// `"null"` first among its types.
pub(crate) fn order(mut keywords: Object) -> Object {
    if let Some(Value::Array(types)) = keywords.get("type") {
        let (null, others): (Vec<Value>, Vec<Value>) = types
            .iter()
            .cloned()
            .partition(|name| name.as_str() == Some("null"));
        keywords.insert("type", null.into_iter().chain(others).collect::<Value>());
    }
    let required = keywords.remove("required").map(|it| ("required", it));
    let mut nullable = keywords.remove("nullable");
    let mut ordered: Object = required.into_iter().collect();
    for (keyword, value) in keywords {
        if matches!(keyword.as_str(), "default" | "example") {
            ordered.insert_some("nullable", nullable.take());
        }
        ordered.insert(keyword, value);
    }
    ordered.insert_some("nullable", nullable);
    ordered
}
