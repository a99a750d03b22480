use openapi_emit::{Operation, Parameter, Response, Schema};

use super::{
    api::{Action, Answer, Members, Receipt},
    call::Call,
};
use crate::description::Schemas;

impl Action {
    /// What documents say of its route, whose pattern is `path`.
    pub(crate) fn describe(self, path: &str, schemas: &mut Schemas) -> Operation {
        let (id, summary) = match self {
            Self::SendToAll => ("hubSend", "Call all clients of a hub"),
            Self::SendToGroup => ("hubSendToGroup", "Call the members of a group"),
            Self::SendToUser => ("hubSendToUser", "Call all connections of a user"),
            Self::SendToConnection => ("hubSendToConnection", "Call one connection"),
            Self::Invoke => ("hubInvoke", "Call one connection and wait for its result"),
            Self::Join => ("hubJoin", "Put a connection into a group"),
            Self::Leave => ("hubLeave", "Take a connection out of a group"),
            Self::Disconnect => ("hubDisconnect", "End a connection"),
            Self::List => ("hubGroup", "List the connections in a group"),
        };
        let operation = Operation::new(id).tag("Hub API").summary(summary);
        let names = path.split('/').filter_map(|segment| {
            segment
                .strip_prefix('{')
                .and_then(|rest| rest.strip_suffix('}'))
        });
        let operation = names.fold(operation, |operation, name| {
            let what = match name {
                "hub" => "Name of the hub.",
                "group" => "Name of the group.",
                "user" => "Id of the user.",
                _ => "Id of the connection.",
            };
            operation.parameter(Parameter::path(name, Schema::string()).description(what))
        });
        let operation = self.answers(operation, schemas);
        operation
            .response(401, schemas.problem("The token is missing or unknown."))
            .response(
                403,
                schemas.problem("The caller may not, or a page of another origin asks."),
            )
            .response(404, schemas.problem("There is no such hub or connection."))
            .response(413, schemas.problem("The body is larger than 256 KiB."))
    }

    fn answers(self, operation: Operation, schemas: &mut Schemas) -> Operation {
        match self {
            Self::SendToAll | Self::SendToGroup | Self::SendToUser | Self::SendToConnection => {
                takes_call(operation, schemas)
                    .response(200, schemas.json::<Receipt>("It was queued."))
            }
            Self::Invoke => takes_call(operation, schemas)
                .response(200, schemas.json::<Answer>("The client's result."))
                .response(410, schemas.problem("The client left before it answered."))
                .response(429, schemas.problem("Too many results are awaited."))
                .response(502, schemas.problem("The client answered with an error."))
                .response(504, schemas.problem("The client did not answer in time.")),
            Self::Join => operation
                .response(204, Response::new("It is in the group."))
                .response(400, schemas.problem("The name of the group is wrong."))
                .response(409, schemas.problem("It is in too many groups.")),
            Self::Leave => operation.response(204, Response::new("It is not in the group.")),
            Self::Disconnect => operation.response(204, Response::new("It was ended.")),
            Self::List => operation.response(200, schemas.json::<Members>("Who is in the group.")),
        }
    }
}

fn takes_call(operation: Operation, schemas: &mut Schemas) -> Operation {
    operation
        .body(schemas.body::<Call>())
        .response(400, schemas.problem("The body is wrong."))
        .response(415, schemas.problem("The body is not JSON."))
}
