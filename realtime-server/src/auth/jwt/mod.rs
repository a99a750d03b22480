//! Signed tokens: JSON Web Tokens (RFC 7519) in their compact form, as RFC 8725 wants them read.

mod der;
mod error;
mod json;
mod key;
mod token;
mod verifier;

pub use error::TokenError;
pub use key::{Algorithm, Key, KeyError};
pub use token::Token;
pub use verifier::Verifier;

pub(super) use json::object;
