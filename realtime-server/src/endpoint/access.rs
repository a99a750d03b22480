use std::{error::Error, fmt, net::IpAddr};

use subtle::ConstantTimeEq;

use super::Subscriber;
use crate::http::{Head, HeaderValue, Problem, Response, Status};

/// Who may do something: whoever shows a token that is known and, if the application says so,
/// whoever asks from this machine.
#[derive(Clone, Default)]
pub struct Access {
    tokens: Vec<(Box<str>, Subscriber)>,
    local: Option<Subscriber>,
}

impl Access {
    /// Nobody.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets in who shows `token`, as `who`.
    #[must_use]
    pub fn with_token(mut self, token: &str, who: Subscriber) -> Self {
        self.tokens.push((token.into(), who));
        self
    }

    /// Lets in, as `who`, whoever shows no token but asks directly and from this machine: for a
    /// server that listens on loopback only. Pages of other origins and names, and what comes by a
    /// proxy, stay out.
    #[must_use]
    pub fn with_local(mut self, who: Subscriber) -> Self {
        self.local = Some(who);
        self
    }

    /// Says who sends a request.
    ///
    /// # Errors
    /// When it is nobody who may.
    pub fn check(&self, head: &Head) -> Result<&Subscriber, Denied> {
        if let Some(credentials) = head.headers.first("authorization") {
            let shown = bearer(credentials).ok_or(Denied::Unknown)?;
            // All are compared, each in the same time, so that no answer comes earlier than others.
            return self
                .tokens
                .iter()
                .filter(|(token, _)| token.as_bytes().ct_eq(shown).into())
                .fold(None, |found, (_, who)| found.or(Some(who)))
                .ok_or(Denied::Unknown);
        }
        let local = self.local.as_ref().ok_or(Denied::Missing)?;
        let proxied = ["forwarded", "x-forwarded-for"]
            .iter()
            .any(|name| head.headers.first(name).is_some());
        if proxied || !head.peer.ip().to_canonical().is_loopback() {
            return Err(Denied::Missing);
        }
        // A page can make a browser ask without a preflight, and rename its own host to ours.
        if !head.is_same_origin() || !head.authority().is_some_and(names_this_machine) {
            return Err(Denied::Foreign);
        }
        Ok(local)
    }
}

impl fmt::Debug for Access {
    /// Without the tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("tokens", &self.tokens.len())
            .field("local", &self.local)
            .finish()
    }
}

//= https://www.rfc-editor.org/rfc/rfc9110#section-11.1
//# It uses a case-insensitive token to identify the authentication scheme
fn bearer(credentials: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = credentials.split_at_checked("Bearer ".len())?;
    (scheme.eq_ignore_ascii_case(b"Bearer ") && !token.is_empty()).then(|| token.trim_ascii_start())
}

/// Whether an authority, with or without a port, is a name for loopback.
fn names_this_machine(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => host,
        _ => authority,
    };
    let address = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    host.eq_ignore_ascii_case("localhost")
        || address
            .unwrap_or(host)
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

/// Why somebody may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Denied {
    /// A token is needed, and none was shown.
    Missing,
    /// The token that was shown is none that is known.
    Unknown,
    /// A page of another origin asks through its visitor's browser.
    Foreign,
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "Authentication is required to access this resource.",
            Self::Unknown => "the token is not valid",
            Self::Foreign => "pages of other origins may not do this",
        })
    }
}

impl Error for Denied {}

impl From<Denied> for Response {
    fn from(denied: Denied) -> Self {
        let problem = |status| Problem::new(status).with_detail(denied.to_string());
        //= https://www.rfc-editor.org/rfc/rfc6750#section-3
        //# If the request lacks any authentication information (e.g., the client was unaware that
        //# authentication is necessary or attempted using an unsupported authentication method),
        //# the resource server SHOULD NOT include an error code or other error information.
        let challenge = match denied {
            Denied::Missing => const { HeaderValue::from_static("Bearer") },
            Denied::Unknown => const { HeaderValue::from_static("Bearer error=\"invalid_token\"") },
            Denied::Foreign => return problem(Status::FORBIDDEN).with_field("Origin").into(),
        };
        Self::from(problem(Status::UNAUTHORIZED)).header("www-authenticate", challenge)
    }
}
