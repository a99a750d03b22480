use std::fmt;

use signalr_protocol::BindError;

use crate::hub::HubError;

/// Why an invocation is not begun. Only this invocation fails, not the connection.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The application wants it so.
    Unwanted(HubError),
    UnknownMethod,
    Arguments(BindError),
    /// The types of the arguments panicked, or what the application does before.
    Panicked,
    /// The caller may not invoke the method.
    Unauthorized,
    /// A stream was asked for, and the method answers with a result.
    AnswersWithResult,
    /// A result was asked for, and the method answers with a stream.
    AnswersWithStream,
    Uploads {
        sent: usize,
        expected: usize,
    },
    /// An invocation or upload of this id is running.
    IdInUse(Box<str>),
    /// As many run at once as may.
    TooMany,
    /// More come in a second than may.
    TooFast,
}

impl Refusal {
    /// What the caller is told: the texts of ASP.NET Core, where it has them. `name` is that of the
    /// method as it was registered, or as it was sent if there is none.
    pub(super) fn text(&self, name: &str, detailed: bool) -> String {
        match self {
            Self::Unwanted(error) if error.is_unauthorized() => unauthorized(name),
            Self::Unwanted(error) => match error.told(detailed) {
                Some(detail) => format!("{} {detail}", failed(name)),
                None => failed(name),
            },
            Self::Arguments(error) if detailed => {
                format!("{} InvalidDataException: {error}", failed(name))
            }
            Self::Arguments(_) | Self::Panicked => failed(name),
            Self::Unauthorized => unauthorized(name),
            Self::UnknownMethod | Self::TooMany | Self::TooFast => {
                format!("{} HubException: {self}", failed(name))
            }
            Self::AnswersWithResult => format!(
                "The client attempted to invoke the non-streaming '{name}' method with a streaming \
                 invocation."
            ),
            Self::AnswersWithStream => format!(
                "The client attempted to invoke the streaming '{name}' method with a non-streaming \
                 invocation."
            ),
            Self::Uploads { .. } => format!(
                "An unexpected error occurred invoking '{name}' on the server. HubException: {self}"
            ),
            Self::IdInUse(_) => self.to_string(),
        }
    }
}

/// What the caller is told that may not invoke a method.
pub(super) fn unauthorized(name: &str) -> String {
    format!("Failed to invoke '{name}' because user is unauthorized")
}

fn failed(name: &str) -> String {
    format!("Failed to invoke '{name}' due to an error on the server.")
}

/// The reason alone.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unwanted(error) => error.fmt(f),
            Self::UnknownMethod => f.write_str("Method does not exist."),
            Self::Arguments(error) => error.fmt(f),
            Self::Panicked => f.write_str("The code of the hub panicked."),
            Self::Unauthorized => f.write_str("The caller may not invoke it."),
            Self::AnswersWithResult => f.write_str("The method answers with a result."),
            Self::AnswersWithStream => f.write_str("The method answers with a stream."),
            Self::Uploads { sent, expected } => write!(
                f,
                "Client sent {sent} stream(s), Hub method expects {expected}."
            ),
            Self::IdInUse(id) => write!(f, "Invocation ID '{id}' is already in use."),
            Self::TooMany => f.write_str("Too many invocations are running."),
            Self::TooFast => f.write_str("Too many invocations in too short a time."),
        }
    }
}
