//! Who is known to the server: by tokens from the environment, by signed tokens, or because they sit
//! at this machine.

use std::{env, fmt, sync::Arc};

use super::auth_options::{AuthError, AuthOptions};
use crate::{
    auth::{Access, Guard, Rules, Tickets},
    config::Origins,
    demo::PUBLISH_SCOPE,
    identity::Identity,
};

/// The token that publishers show.
const PUBLISH: &str = "REALTIME_PUBLISH_TOKEN";
/// The tokens of users: `NAME[@TENANT]=TOKEN`, separated by commas.
const USERS: &str = "REALTIME_USER_TOKENS";
/// Who asks from this machine without a token.
const LOCAL: &str = "local";
/// The fewest characters of a token. Shorter ones can be tried out.
const SHORTEST: usize = 16;

/// A variable of the environment that says something else than tokens. Its value is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenError {
    TooShort { variable: &'static str },
    NotUnicode { variable: &'static str },
    NoToken,
}

/// Everybody who is known.
pub(super) struct People {
    pub(super) publishers: Arc<Access>,
    pub(super) users: Arc<Access>,
    pub(super) guard: Option<Guard>,
    pub(super) tickets: Arc<Tickets>,
    pub(super) rules: Rules,
}

/// Why it is not said who is known.
#[derive(Debug)]
pub(super) enum PeopleError {
    Token(TokenError),
    Auth(AuthError),
}

/// Reads who is known; pages of `cookie_origins` may show a cookie. `local` says that the server
/// is connected to from this machine only; then nobody needs a token unless there is one.
pub(super) fn people(
    options: &AuthOptions,
    cookie_origins: Origins,
    local: bool,
) -> Result<People, PeopleError> {
    let tickets = Arc::new(Tickets::new());
    let rules = options.rules()?;
    let verifiers = options.verifiers()?;
    if !verifiers.is_empty() {
        let all = with_users(with_publisher(Access::new())?)?.with_tickets(&tickets);
        let all = verifiers.into_iter().fold(all, Access::with_verifier);
        let all = Arc::new(match &options.cookie {
            Some(name) => all.with_cookie(name, cookie_origins),
            None => all,
        });
        let guard = Guard::new(Arc::clone(&all));
        return Ok(People {
            publishers: Arc::clone(&all),
            users: all,
            guard: Some(if options.anonymous {
                guard.or_anybody()
            } else {
                guard
            }),
            tickets,
            rules,
        });
    }
    let publishers = match variable(PUBLISH)? {
        None if local => Access::new().with_local(publisher(LOCAL)),
        _ => with_publisher(Access::new())?,
    };
    let users = match variable(USERS)? {
        None if local => Access::new().with_local(Identity::user(LOCAL)),
        _ => with_users(Access::new())?,
    };
    Ok(People {
        publishers: Arc::new(publishers),
        users: Arc::new(users),
        guard: None,
        tickets,
        rules,
    })
}

fn publisher(name: &str) -> Identity {
    Identity::user(name).with_claim("scope", PUBLISH_SCOPE)
}

/// Knows, besides, who shows the publishers' token.
fn with_publisher(access: Access) -> Result<Access, TokenError> {
    Ok(match variable(PUBLISH)? {
        Some(token) => access.with_token(long_enough(&token, PUBLISH)?, publisher("publisher")),
        None => access,
    })
}

/// Knows, besides, who shows the token of a user.
fn with_users(access: Access) -> Result<Access, TokenError> {
    match variable(USERS)? {
        Some(list) => list.split(',').try_fold(access, with_user),
        None => Ok(access),
    }
}

fn with_user(access: Access, entry: &str) -> Result<Access, TokenError> {
    let (name, token) = entry.trim().split_once('=').ok_or(TokenError::NoToken)?;
    let token = long_enough(token, USERS)?;
    let who = match name.split_once('@') {
        Some((user, tenant)) => Identity::user(user).of_tenant(tenant),
        None => Identity::user(name),
    };
    Ok(access.with_token(token, who))
}

fn long_enough<'a>(token: &'a str, variable: &'static str) -> Result<&'a str, TokenError> {
    if token.len() < SHORTEST {
        return Err(TokenError::TooShort { variable });
    }
    Ok(token)
}

/// Not a flag: the command line of a process is for everybody on the machine to read.
fn variable(name: &'static str) -> Result<Option<String>, TokenError> {
    match env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(TokenError::NotUnicode { variable: name }),
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort { variable } => {
                write!(
                    f,
                    "a token in {variable} has less than {SHORTEST} characters"
                )
            }
            Self::NotUnicode { variable } => write!(f, "{variable} is no text"),
            Self::NoToken => write!(f, "{USERS} is no list of NAME[@TENANT]=TOKEN"),
        }
    }
}

impl std::error::Error for TokenError {}

impl From<TokenError> for PeopleError {
    fn from(error: TokenError) -> Self {
        Self::Token(error)
    }
}

impl From<AuthError> for PeopleError {
    fn from(error: AuthError) -> Self {
        Self::Auth(error)
    }
}

impl fmt::Display for PeopleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(error) => error.fmt(f),
            Self::Auth(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PeopleError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Token(error) => Some(error),
            Self::Auth(error) => Some(error),
        }
    }
}
