use crate::{
    endpoint::json_body::bad,
    http::{Problem, Status},
    hub::{EncodeError, GroupError, InvokeError},
};

pub(super) fn unknown(field: &str) -> Problem {
    Problem::new(Status::NOT_FOUND)
        .with_detail(format!("there is no {field} of this name"))
        .with_field(field)
}

pub(super) fn unsent(error: &EncodeError) -> Problem {
    bad("arguments", error.to_string())
}

pub(super) fn not_joined(error: GroupError) -> Problem {
    let status = match error {
        GroupError::TooManyGroups { .. } => Status::CONFLICT,
        _ => Status::BAD_REQUEST,
    };
    Problem::new(status)
        .with_detail(error.to_string())
        .with_field("group")
}

pub(super) fn not_answered(error: &InvokeError) -> Problem {
    let status = match error {
        InvokeError::NotConnected { .. } => return unknown("connection"),
        InvokeError::Encode(error) => return unsent(error),
        InvokeError::Disconnected { .. } => Status::GONE,
        InvokeError::TooMany { .. } => Status::TOO_MANY_REQUESTS,
        _ => Status::BAD_GATEWAY,
    };
    Problem::new(status).with_detail(error.to_string())
}

/// A client of `MessagePack` answered with what has no form in JSON.
pub(super) fn no_json(error: &serde_json::Error) -> Problem {
    Problem::new(Status::BAD_GATEWAY).with_detail(error.to_string())
}
