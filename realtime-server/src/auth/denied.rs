use std::{error::Error, fmt};

use crate::{
    http::{HeaderValue, Problem, Response, Status},
    metrics::Metrics,
};

/// Why somebody may not.
///
/// What is wrong with a token is for the log alone: all who are not known get the same body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Denied {
    /// A token is needed, and none was shown.
    Missing,
    /// What was shown is nothing that is known or good.
    Unknown,
    /// Something else than a bearer token was shown in `Authorization`.
    Unsupported,
    /// Who asks is known, and may not.
    Forbidden,
    /// A page of another origin asks through its visitor's browser.
    Foreign,
}

impl Denied {
    /// The status of the answer: 401 where another token could help, otherwise 403.
    #[must_use]
    pub fn status(self) -> Status {
        match self {
            Self::Missing | Self::Unknown | Self::Unsupported => Status::UNAUTHORIZED,
            Self::Forbidden | Self::Foreign => Status::FORBIDDEN,
        }
    }

    /// Counts it.
    pub(crate) fn count(self, metrics: &Metrics) {
        if self.status() == Status::UNAUTHORIZED {
            metrics.requests_unauthenticated.incr();
        } else {
            metrics.requests_forbidden.incr();
        }
    }

    fn challenge(self) -> Option<HeaderValue> {
        //= https://www.rfc-editor.org/rfc/rfc6750#section-3
        //# If the request lacks any authentication information (e.g., the client was unaware that
        //# authentication is necessary or attempted using an unsupported authentication method),
        //# the resource server SHOULD NOT include an error code or other error information.
        Some(match self {
            Self::Missing | Self::Unsupported => const { HeaderValue::from_static("Bearer") },
            Self::Unknown => const { HeaderValue::from_static("Bearer error=\"invalid_token\"") },
            Self::Forbidden => {
                const { HeaderValue::from_static("Bearer error=\"insufficient_scope\"") }
            }
            Self::Foreign => return None,
        })
    }

    /// The answer without a body: clients of hubs show the body of a failed negotiation.
    pub(crate) fn bare(self) -> Response {
        self.challenged(Response::empty(self.status()))
    }

    //= https://www.rfc-editor.org/rfc/rfc9110#section-15.5.2
    //# The server generating a 401 response MUST send a WWW-Authenticate header field (Section 11.6.1)
    //# containing at least one challenge applicable to the target resource.
    pub(crate) fn challenged(self, response: Response) -> Response {
        match self.challenge() {
            Some(challenge) => response.header("www-authenticate", challenge),
            None => response,
        }
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing | Self::Unknown | Self::Unsupported => {
                "Authentication is required to access this resource."
            }
            Self::Forbidden => "this is not allowed to who asks",
            Self::Foreign => "pages of other origins may not do this",
        })
    }
}

impl Error for Denied {}

impl From<Denied> for Response {
    fn from(denied: Denied) -> Self {
        let problem = Problem::new(denied.status()).with_detail(denied.to_string());
        denied.challenged(match denied {
            Denied::Foreign => problem.with_field("Origin").into(),
            _ => problem.into(),
        })
    }
}
