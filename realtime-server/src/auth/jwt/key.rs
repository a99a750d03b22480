use std::{error::Error, fmt};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm as Signed, DecodingKey, crypto};

use super::der;

/// The shortest secret of HS256, in bytes: as long as its digest (RFC 7518 section 3.2).
const SHORTEST_SECRET: usize = 32;
/// The shortest modulus of an RSA key, in bits (RFC 7518 section 3.3).
const SHORTEST_MODULUS: usize = 2_048;
/// A point of the curve P-256 without compression.
const P256_POINT: usize = 65;
/// A public key of Ed25519.
const ED25519_KEY: usize = 32;

/// A way to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC with SHA-256: one secret signs and verifies.
    Hs256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

/// A key with the one algorithm that it is for, whatever a token says.
//= https://www.rfc-editor.org/rfc/rfc8725#section-3.1
//# Each key MUST be used with exactly one algorithm, and this MUST be checked when the cryptographic
//# operation is performed.
#[derive(Clone)]
pub struct Key {
    id: Option<Box<str>>,
    material: Material,
}

#[derive(Clone)]
enum Material {
    Hmac(HmacSecret),
    Rsa(RsaPublicKey),
    Ec(EcPublicKey),
    Ed(EdPublicKey),
}

#[derive(Clone)]
struct HmacSecret(DecodingKey);
#[derive(Clone)]
struct RsaPublicKey(DecodingKey);
#[derive(Clone)]
struct EcPublicKey(DecodingKey);
#[derive(Clone)]
struct EdPublicKey(DecodingKey);

/// Why something is no key to trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// It is not a key of this algorithm.
    Malformed(Algorithm),
    /// The secret has less than 32 bytes.
    ShortSecret,
    /// The modulus has less than 2,048 bits.
    ShortModulus,
    /// It is a private key, or a public one where a secret is wanted.
    WrongKind,
}

impl Algorithm {
    /// The name in the header of a token (RFC 7518 section 3.1).
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The algorithm of this name, in its exact case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Hs256, Self::Rs256, Self::Es256, Self::EdDsa]
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
    }
}

impl Key {
    /// A secret of HS256.
    ///
    /// # Errors
    /// When it is short, or is a public key, which would be no secret.
    pub fn hs256(secret: &[u8]) -> Result<Self, KeyError> {
        if secret.len() < SHORTEST_SECRET {
            return Err(KeyError::ShortSecret);
        }
        if secret.trim_ascii_start().starts_with(b"-----BEGIN") {
            return Err(KeyError::WrongKind);
        }
        let key = HmacSecret(DecodingKey::from_secret(secret));
        Ok(Self::new(Material::Hmac(key)))
    }

    /// A public key of `algorithm` in a PEM file; of HS256, the secret.
    ///
    /// # Errors
    /// When it is none, or too short.
    pub fn from_file(algorithm: Algorithm, content: &[u8]) -> Result<Self, KeyError> {
        let malformed = |_| KeyError::Malformed(algorithm);
        if algorithm != Algorithm::Hs256 && memchr::memmem::find(content, b"PRIVATE KEY").is_some()
        {
            return Err(KeyError::WrongKind);
        }
        match algorithm {
            Algorithm::Hs256 => Self::hs256(content.trim_ascii_end()),
            Algorithm::Rs256 => {
                let key = DecodingKey::from_rsa_pem(content).map_err(malformed)?;
                let bits = der::modulus_bits(key.as_bytes());
                Self::rsa(key, bits.ok_or(KeyError::Malformed(algorithm))?)
            }
            Algorithm::Es256 => Self::ec(DecodingKey::from_ec_pem(content).map_err(malformed)?),
            Algorithm::EdDsa => Self::ed(DecodingKey::from_ed_pem(content).map_err(malformed)?),
        }
    }

    pub(in crate::auth) fn rs256(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        let key = DecodingKey::from_rsa_raw_components(modulus, exponent);
        Self::rsa(key, der::bits(modulus))
    }

    pub(in crate::auth) fn es256(x: &[u8], y: &[u8]) -> Result<Self, KeyError> {
        // Uncompressed (SEC 1, section 2.3.3).
        Self::ec(DecodingKey::from_ec_der(&[&[0x04], x, y].concat()))
    }

    pub(in crate::auth) fn eddsa(public: &[u8]) -> Result<Self, KeyError> {
        Self::ed(DecodingKey::from_ed_der(public))
    }

    fn rsa(key: DecodingKey, modulus_bits: usize) -> Result<Self, KeyError> {
        if modulus_bits < SHORTEST_MODULUS {
            return Err(KeyError::ShortModulus);
        }
        Ok(Self::new(Material::Rsa(RsaPublicKey(key))))
    }

    fn ec(key: DecodingKey) -> Result<Self, KeyError> {
        if key.as_bytes().len() != P256_POINT {
            return Err(KeyError::Malformed(Algorithm::Es256));
        }
        Ok(Self::new(Material::Ec(EcPublicKey(key))))
    }

    fn ed(key: DecodingKey) -> Result<Self, KeyError> {
        if key.as_bytes().len() != ED25519_KEY {
            return Err(KeyError::Malformed(Algorithm::EdDsa));
        }
        Ok(Self::new(Material::Ed(EdPublicKey(key))))
    }

    fn new(material: Material) -> Self {
        Self { id: None, material }
    }

    /// The same key, which a token names by this `kid`.
    #[must_use]
    pub fn with_id(mut self, id: &str) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Its `kid`.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// What it is for.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match self.material {
            Material::Hmac(_) => Algorithm::Hs256,
            Material::Rsa(_) => Algorithm::Rs256,
            Material::Ec(_) => Algorithm::Es256,
            Material::Ed(_) => Algorithm::EdDsa,
        }
    }

    /// Whether `signature` is that of `message`; the comparison of an HMAC takes the same time
    /// whatever it finds.
    pub(in crate::auth) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let (key, signed) = match &self.material {
            Material::Hmac(HmacSecret(key)) => (key, Signed::HS256),
            Material::Rsa(RsaPublicKey(key)) => (key, Signed::RS256),
            Material::Ec(EcPublicKey(key)) => (key, Signed::ES256),
            Material::Ed(EdPublicKey(key)) => (key, Signed::EdDSA),
        };
        let signature = URL_SAFE_NO_PAD.encode(signature);
        crypto::verify(&signature, message, key, signed).unwrap_or(false)
    }
}

impl fmt::Debug for Key {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("id", &self.id)
            .field("algorithm", &self.algorithm())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(algorithm) => write!(f, "this is no key of {algorithm}"),
            Self::ShortSecret => write!(f, "the secret has less than {SHORTEST_SECRET} bytes"),
            Self::ShortModulus => write!(f, "the modulus has less than {SHORTEST_MODULUS} bits"),
            Self::WrongKind => {
                f.write_str("a public key is no secret, and a private one no public key")
            }
        }
    }
}

impl Error for KeyError {}
