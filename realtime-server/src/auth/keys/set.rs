use std::{error::Error, fmt};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};
use tracing::warn;

use crate::auth::{Algorithm, Key, KeyError, jwt::object};

/// Keys that are trusted at the same time.
#[derive(Clone, Debug, Default)]
pub struct KeySet {
    keys: Vec<Key>,
}

/// Why something is no key set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeySetError {
    /// It is not a JSON object with a list of `keys`, or is nested too deep.
    Malformed,
    /// It has more keys than [`MOST`](KeySet::MOST).
    TooMany,
    /// Two keys of one algorithm have the same id.
    Ambiguous,
    /// None of its keys can be taken, and this one is not one to trust.
    Key(KeyError),
    /// None of its keys is for a signature that is taken.
    Empty,
}

impl KeySet {
    /// The most keys of a set.
    pub const MOST: usize = 32;

    /// These keys.
    ///
    /// # Errors
    /// When they are too many, or cannot be told apart.
    pub fn new(keys: impl IntoIterator<Item = Key>) -> Result<Self, KeySetError> {
        let mut set = Self::default();
        for key in keys {
            if set.keys.len() >= Self::MOST {
                return Err(KeySetError::TooMany);
            }
            if set.has_like(&key) {
                return Err(KeySetError::Ambiguous);
            }
            set.keys.push(key);
        }
        Ok(set)
    }

    /// This key alone.
    #[must_use]
    pub fn of(key: Key) -> Self {
        Self { keys: vec![key] }
    }

    /// Reads a JSON Web Key Set (RFC 7517). Keys for encryption, of other kinds and of other curves
    /// are passed over, and so are secrets, which have no place in what is public. Keys that are not to
    /// be trusted, and all but the first with an id and an algorithm, are passed over with a warning.
    ///
    /// # Errors
    /// When it is none, or has no key that can be taken.
    pub fn from_json(text: &[u8]) -> Result<Self, KeySetError> {
        let document = object(text).ok_or(KeySetError::Malformed)?;
        let Some(Value::Array(keys)) = document.get("keys") else {
            return Err(KeySetError::Malformed);
        };
        if keys.len() > Self::MOST {
            return Err(KeySetError::TooMany);
        }
        let mut set = Self::default();
        let mut weak = None;
        for key in keys {
            let key = key.as_object().ok_or(KeySetError::Malformed)?;
            //= https://www.rfc-editor.org/rfc/rfc7517#section-5
            //# Implementations SHOULD ignore JWKs within a JWK Set that use "kty" (key type) values
            //# that are not understood by them, that are missing required members, or for which values
            //# are out of the supported ranges.
            match read(key) {
                Ok(Some(key)) if set.has_like(&key) => {
                    warn!(
                        key = key.id(),
                        "a key of a set is passed over: its id is that of another"
                    );
                }
                Ok(key) => set.keys.extend(key),
                Err(error) => {
                    let id = key.get("kid").and_then(Value::as_str);
                    warn!(key = id, %error, "a key of a set is passed over");
                    weak = Some(error);
                }
            }
        }
        match weak {
            _ if !set.keys.is_empty() => Ok(set),
            Some(error) => Err(KeySetError::Key(error)),
            None => Err(KeySetError::Empty),
        }
    }

    /// Whether one of the keys cannot be told from `key`.
    fn has_like(&self, key: &Key) -> bool {
        let mut known = self.keys.iter();
        key.id().is_some()
            && known.any(|one| one.id() == key.id() && one.algorithm() == key.algorithm())
    }

    /// The keys that a token may be signed with which says this of itself: those of its algorithm
    /// with its id, and those without an id of their own.
    pub(in crate::auth) fn candidates(
        &self,
        algorithm: Algorithm,
        id: Option<&str>,
    ) -> impl Iterator<Item = &Key> {
        self.keys.iter().filter(move |key| {
            let fits = match (key.id(), id) {
                (Some(own), Some(wanted)) => own == wanted,
                _ => true,
            };
            fits && key.algorithm() == algorithm
        })
    }
}

impl IntoIterator for KeySet {
    type Item = Key;
    type IntoIter = std::vec::IntoIter<Key>;

    fn into_iter(self) -> Self::IntoIter {
        self.keys.into_iter()
    }
}

/// The key that `jwk` is, if it is one that can be taken.
fn read(jwk: &Map<String, Value>) -> Result<Option<Key>, KeyError> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str);
    let bytes = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?).ok();
    if text("use").is_some_and(|purpose| purpose != "sig") {
        return Ok(None);
    }
    if let Some(Value::Array(purposes)) = jwk.get("key_ops")
        && !purposes.iter().any(|purpose| purpose == "verify")
    {
        return Ok(None);
    }
    let algorithm = match (text("kty"), text("crv")) {
        (Some("RSA"), _) => Algorithm::Rs256,
        (Some("EC"), Some("P-256")) => Algorithm::Es256,
        (Some("OKP"), Some("Ed25519")) => Algorithm::EdDsa,
        _ => return Ok(None),
    };
    // The algorithm is pinned by the kind of the key; another one that the key is for is not taken.
    if text("alg").is_some_and(|named| named != algorithm.name()) {
        return Ok(None);
    }
    let key = match algorithm {
        Algorithm::Rs256 => bytes("n").zip(bytes("e")).map(|(n, e)| Key::rs256(&n, &e)),
        Algorithm::Es256 => bytes("x").zip(bytes("y")).map(|(x, y)| Key::es256(&x, &y)),
        Algorithm::EdDsa => bytes("x").map(|x| Key::eddsa(&x)),
        Algorithm::Hs256 => None,
    };
    let key = match key {
        Some(key) => key?,
        None => return Ok(None),
    };
    Ok(Some(match text("kid") {
        Some(id) => key.with_id(id),
        None => key,
    }))
}

impl fmt::Display for KeySetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("this is no JSON Web Key Set"),
            Self::TooMany => write!(f, "a key set has at most {} keys", KeySet::MOST),
            Self::Ambiguous => f.write_str("two keys have the same id"),
            Self::Key(error) => error.fmt(f),
            Self::Empty => f.write_str("no key of the set is for RS256, ES256 or EdDSA"),
        }
    }
}

impl Error for KeySetError {}
