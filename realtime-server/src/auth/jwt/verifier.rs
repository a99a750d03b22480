use std::{sync::Arc, time::Duration};

use serde_json::{Map, Value};
use tokio::time::Instant;

use super::{Token, TokenError};
use crate::{auth::Keys, identity::Identity};

/// The whole numbers that a float holds exactly: 2^53.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// What makes a signed token good: the keys that it may be signed with, and what it has to say.
///
/// It has to have `exp` and the claim that names the user; `nbf` and `iat` count where they are
/// there. A token that is for others by its `aud` is no good.
#[derive(Clone, Debug)]
pub struct Verifier {
    keys: Keys,
    issuer: Option<Box<str>>,
    audiences: Vec<Box<str>>,
    media_type: Option<Box<str>>,
    leeway: Duration,
    user_claim: Box<str>,
    tenant_claim: Option<Box<str>>,
}

impl Verifier {
    /// How far clocks may differ, unless it is said: 60 s.
    pub const LEEWAY: Duration = Duration::from_secs(60);

    /// Takes tokens that are signed with one of `keys`, and for nobody in particular.
    #[must_use]
    pub fn new(keys: impl Into<Keys>) -> Self {
        Self {
            keys: keys.into(),
            issuer: None,
            audiences: Vec::new(),
            media_type: None,
            leeway: Self::LEEWAY,
            user_claim: "sub".into(),
            tenant_claim: None,
        }
    }

    /// Takes only tokens whose `iss` is exactly this.
    #[must_use]
    pub fn issuer(mut self, issuer: &str) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// Takes only tokens that are for this audience by their `aud`, or for another that is named
    /// so.
    #[must_use]
    pub fn audience(mut self, audience: &str) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// Takes only tokens of this type by their `typ`, such as `at+jwt` (RFC 9068), so that a token
    /// for another purpose is none for this one.
    #[must_use]
    pub fn media_type(mut self, media_type: &str) -> Self {
        self.media_type = Some(media_type.into());
        self
    }

    /// How far the clock of the issuer may differ from ours.
    #[must_use]
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// The claim that names the user, instead of `sub`.
    #[must_use]
    pub fn user_claim(mut self, name: &str) -> Self {
        self.user_claim = name.into();
        self
    }

    /// The claim that names the user's tenant; without it, users have none.
    #[must_use]
    pub fn tenant_claim(mut self, name: &str) -> Self {
        self.tenant_claim = Some(name.into());
        self
    }

    pub(in crate::auth) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Says whose token it is. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// When it is no good.
    pub fn verify(&self, token: &str, now: i64) -> Result<Identity, TokenError> {
        let token = Token::parse(token)?;
        if let Some(wanted) = &self.media_type
            && !token
                .media_type()
                .is_some_and(|media_type| media_type.eq_ignore_ascii_case(wanted))
        {
            return Err(TokenError::Type);
        }
        self.check_signature(&token)?;
        let claims = token.claims()?;
        let seconds = self.check_times(&claims, now)?;
        self.check_parties(&claims)?;
        let user = text(&claims, &self.user_claim).ok_or(TokenError::Claim("of the user"))?;
        let tenant = self.tenant_claim.as_deref();
        Ok(Identity {
            user: Some(user.into()),
            tenant: tenant
                .and_then(|name| text(&claims, name))
                .map(Arc::<str>::from),
            until: Instant::now().checked_add(Duration::from_secs(seconds)),
            claims,
        })
    }

    fn check_signature(&self, token: &Token<'_>) -> Result<(), TokenError> {
        let keys = self.keys.current();
        let mut candidates = keys
            .candidates(token.algorithm(), token.key_id())
            .peekable();
        if candidates.peek().is_none() {
            return Err(TokenError::UnknownKey);
        }
        let is_signed = candidates.any(|key| key.verifies(token.message(), token.signature()));
        is_signed.then_some(()).ok_or(TokenError::Signature)
    }

    /// Says how many seconds are left. Who is let in by the leeway alone has what is left of that.
    fn check_times(&self, claims: &Map<String, Value>, now: i64) -> Result<u64, TokenError> {
        let leeway = i64::try_from(self.leeway.as_secs()).unwrap_or(i64::MAX);
        let time = |name| match claims.get(name) {
            Some(value) => seconds(value).map(Some).ok_or(TokenError::Claim(name)),
            None => Ok(None),
        };
        let expires = time("exp")?.ok_or(TokenError::Claim("exp"))?;
        //= https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4
        //# The "exp" (expiration time) claim identifies the expiration time on or after which the JWT
        //# MUST NOT be accepted for processing.
        let last = expires.saturating_add(leeway);
        if now >= last {
            return Err(TokenError::Expired);
        }
        let latest = now.saturating_add(leeway);
        for name in ["nbf", "iat"] {
            if time(name)?.is_some_and(|begins| begins > latest) {
                return Err(TokenError::NotYetValid);
            }
        }
        let end = if now < expires { expires } else { last };
        Ok(end.saturating_sub(now).unsigned_abs())
    }

    fn check_parties(&self, claims: &Map<String, Value>) -> Result<(), TokenError> {
        if let Some(issuer) = &self.issuer
            && text(claims, "iss") != Some(issuer)
        {
            return Err(TokenError::Claim("iss"));
        }
        //= https://www.rfc-editor.org/rfc/rfc7519#section-4.1.3
        //# If the principal processing the claim does not identify itself with a value in the "aud"
        //# claim when this claim is present, then the JWT MUST be rejected.
        let ours = |audience: &Value| {
            let audience = audience.as_str();
            self.audiences.iter().any(|own| audience == Some(own))
        };
        let is_for_us = match claims.get("aud") {
            None => self.audiences.is_empty(),
            Some(Value::Array(audiences)) => audiences.iter().any(ours),
            Some(audience) => ours(audience),
        };
        is_for_us.then_some(()).ok_or(TokenError::Claim("aud"))
    }
}

fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// A time in seconds since 1970, without its fraction (`NumericDate`, RFC 7519 section 2).
fn seconds(value: &Value) -> Option<i64> {
    if let Some(whole) = value.as_i64() {
        return Some(whole);
    }
    let float = value.as_f64()?.floor();
    if float.abs() > EXACT {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the number is whole and in the range of i64"
    )]
    Some(float as i64)
}
