//! Static tokens from the environment, until there is a real identity.

use std::{env, fmt};

use crate::endpoint::{Access, Subscriber};

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

/// Who may publish. `local` says that the server listens on loopback only; then nobody needs a token
/// unless there is one.
pub(super) fn publishers(local: bool) -> Result<Access, TokenError> {
    Ok(match variable(PUBLISH)? {
        Some(token) => {
            let token = long_enough(&token, PUBLISH)?;
            Access::new().with_token(token, Subscriber::user("publisher"))
        }
        None if local => Access::new().with_local(Subscriber::user(LOCAL)),
        None => Access::new(),
    })
}

/// Who may have a ticket, and as whom.
pub(super) fn users(local: bool) -> Result<Access, TokenError> {
    match variable(USERS)? {
        Some(list) => list.split(',').try_fold(Access::new(), with_user),
        None if local => Ok(Access::new().with_local(Subscriber::user(LOCAL))),
        None => Ok(Access::new()),
    }
}

fn with_user(access: Access, entry: &str) -> Result<Access, TokenError> {
    let (name, token) = entry.trim().split_once('=').ok_or(TokenError::NoToken)?;
    let token = long_enough(token, USERS)?;
    let who = match name.split_once('@') {
        Some((user, tenant)) => Subscriber::user(user).of_tenant(tenant),
        None => Subscriber::user(name),
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
