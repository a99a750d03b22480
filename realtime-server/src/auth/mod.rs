//! Who sends a request, and what they may do.
//!
//! An [`Access`] knows people by what they show: fixed tokens, signed tokens that a [`Verifier`]
//! checks, tickets, or that they sit at this machine. It looks for a credential in one place after
//! the other: the header `Authorization`, a cookie, and at streams and hubs the query member
//! `access_token`; the first that is there decides. A [`Guard`] stands before a route and lets in
//! whom its access knows and its [`Policy`] allows. [`Rules`] make policies out of a file.
//!
//! What somebody showed is never in a log, an error or a `Debug` form.

mod access;
mod cookies;
mod credential;
mod denied;
mod digest;
mod guard;
mod jwt;
mod keys;
mod policy;
mod rules;
mod tickets;

pub use access::Access;
pub use cookies::{CookieError, Cookies};
pub use denied::Denied;
pub use guard::Guard;
pub use jwt::{Algorithm, Key, KeyError, Token, TokenError, Verifier};
pub use keys::{KeySet, KeySetError, KeySetUrl, Keys, UrlError};
pub use policy::Policy;
pub use rules::{Rules, RulesError, Verb};
pub use tickets::Tickets;

pub(crate) use guard::{Entry, QueryToken};
