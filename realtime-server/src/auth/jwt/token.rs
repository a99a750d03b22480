use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use super::{Algorithm, TokenError, json::object};

/// A signed token in its parts, of which nothing is believed yet.
///
/// ```
/// use realtime_server::auth::{Algorithm, Token};
///
/// // {"alg":"HS256","kid":"1"}
/// let token = Token::parse("eyJhbGciOiJIUzI1NiIsImtpZCI6IjEifQ.e30.AAAA")?;
/// assert_eq!((token.algorithm(), token.key_id()), (Algorithm::Hs256, Some("1")));
/// # Ok::<(), realtime_server::auth::TokenError>(())
/// ```
#[derive(Clone)]
pub struct Token<'a> {
    header: Header,
    /// Header and claims as they were signed.
    message: &'a str,
    claims: &'a str,
    signature: Vec<u8>,
}

#[derive(Clone)]
struct Header {
    algorithm: Algorithm,
    key_id: Option<String>,
    media_type: Option<String>,
}

impl<'a> Token<'a> {
    /// The longest token, in bytes: 8 KiB.
    pub const MAX_LENGTH: usize = 8 * 1024;

    /// Takes a token apart and reads its header.
    ///
    /// # Errors
    /// When it has another form, or a header that is not plain.
    pub fn parse(text: &'a str) -> Result<Self, TokenError> {
        if text.len() > Self::MAX_LENGTH {
            return Err(TokenError::TooLong);
        }
        let mut parts = text.split('.');
        let (Some(header), Some(claims), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(TokenError::Malformed);
        };
        let message = text.get(..header.len() + 1 + claims.len());
        Ok(Self {
            header: Header::read(header)?,
            message: message.unwrap_or_default(),
            claims,
            signature: decode(signature)?,
        })
    }

    /// The algorithm that it says it is signed with.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.header.algorithm
    }

    /// The key that it says it is signed with.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.header.key_id.as_deref()
    }

    /// Its type, without the `application/` that may be left out (RFC 7515 section 4.1.9).
    #[must_use]
    pub fn media_type(&self) -> Option<&str> {
        let media_type = self.header.media_type.as_deref()?;
        let prefix = "application/";
        match media_type.split_at_checked(prefix.len()) {
            Some((start, rest)) if start.eq_ignore_ascii_case(prefix) => Some(rest),
            _ => Some(media_type),
        }
    }

    /// What was signed.
    #[must_use]
    pub fn message(&self) -> &[u8] {
        self.message.as_bytes()
    }

    /// The signature.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// Its claims, which whoever made it could choose, unless the signature has been verified.
    ///
    /// # Errors
    /// When they are no plain object.
    pub fn claims(&self) -> Result<Map<String, Value>, TokenError> {
        object(&decode(self.claims)?).ok_or(TokenError::Claims)
    }
}

impl Header {
    fn read(part: &str) -> Result<Self, TokenError> {
        let mut header = object(&decode(part)?).ok_or(TokenError::Header)?;
        //= https://www.rfc-editor.org/rfc/rfc7515#section-4.1.11
        //# If any of the listed extension Header Parameters are not understood and supported by the
        //# recipient, then the JWS is invalid.
        if ["crit", "zip", "b64"]
            .iter()
            .any(|name| header.contains_key(*name))
        {
            return Err(TokenError::Extension);
        }
        let mut text = |name: &str| match header.remove(name) {
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(TokenError::Header),
            None => Ok(None),
        };
        // Keys that a token brings along, or says where to fetch, are never looked at.
        let algorithm = text("alg")?.as_deref().and_then(Algorithm::from_name);
        Ok(Self {
            algorithm: algorithm.ok_or(TokenError::Algorithm)?,
            key_id: text("kid")?,
            media_type: text("typ")?,
        })
    }
}

/// One form for each part only: no padding, no bits that say nothing (RFC 7515 section 2).
fn decode(part: &str) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_not_canonical| TokenError::Malformed)
}

impl fmt::Debug for Token<'_> {
    /// Without the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("algorithm", &self.header.algorithm)
            .finish_non_exhaustive()
    }
}
