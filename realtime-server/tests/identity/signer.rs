//! Signs tokens, right and wrong ones.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm as Signed, EncodingKey, crypto, jwk::Jwk};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, PKCS_RSA_SHA256};
use realtime_server::{
    auth::{Access, Algorithm, Key, Verifier},
    clock,
};
use serde_json::{Value, json};

pub(crate) const SECRET: &[u8] = b"a secret of more than 32 bytes: it has some more";

/// A pair of keys, or a secret.
pub(crate) struct Signer {
    algorithm: Algorithm,
    signed: Signed,
    private: EncodingKey,
    /// What the file of a verifier holds.
    pub(crate) public: Vec<u8>,
    raw: Vec<u8>,
}

pub(crate) static HMAC: LazyLock<Signer> = LazyLock::new(|| Signer::hmac(SECRET));
pub(crate) static RSA: LazyLock<Signer> = LazyLock::new(|| {
    let pair = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
    let private = EncodingKey::from_rsa_pem(pair.serialize_pem().as_bytes());
    Signer::new(Algorithm::Rs256, Signed::RS256, private.unwrap(), &pair)
});
pub(crate) static EC: LazyLock<Signer> = LazyLock::new(Signer::ec);
pub(crate) static ED: LazyLock<Signer> = LazyLock::new(|| {
    let pair = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let private = EncodingKey::from_ed_pem(pair.serialize_pem().as_bytes());
    Signer::new(Algorithm::EdDsa, Signed::EdDSA, private.unwrap(), &pair)
});

impl Signer {
    pub(crate) fn hmac(secret: &[u8]) -> Self {
        Self {
            algorithm: Algorithm::Hs256,
            signed: Signed::HS256,
            private: EncodingKey::from_secret(secret),
            public: secret.to_vec(),
            raw: Vec::new(),
        }
    }

    /// A new pair of keys of ES256.
    pub(crate) fn ec() -> Self {
        let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let private = EncodingKey::from_ec_pem(pair.serialize_pem().as_bytes());
        Self::new(Algorithm::Es256, Signed::ES256, private.unwrap(), &pair)
    }

    fn new(algorithm: Algorithm, signed: Signed, private: EncodingKey, pair: &KeyPair) -> Self {
        Self {
            algorithm,
            signed,
            private,
            public: pair.public_key_pem().into_bytes(),
            raw: pair.public_key_raw().to_vec(),
        }
    }

    /// The key that verifies.
    pub(crate) fn key(&self) -> Key {
        Key::from_file(self.algorithm, &self.public).unwrap()
    }

    /// The public key as a member of a key set.
    pub(crate) fn jwk(&self, id: &str) -> Value {
        if self.algorithm == Algorithm::EdDsa {
            let x = URL_SAFE_NO_PAD.encode(&self.raw);
            return json!({"kty": "OKP", "crv": "Ed25519", "x": x, "kid": id});
        }
        let mut jwk = Jwk::from_encoding_key(&self.private, self.signed).unwrap();
        jwk.common.key_id = Some(id.to_owned());
        serde_json::to_value(jwk).unwrap()
    }

    pub(crate) fn signature(&self, message: &str) -> String {
        crypto::sign(message.as_bytes(), &self.private, self.signed).unwrap()
    }

    /// A token with this header and these claims, whatever they are.
    pub(crate) fn sign_text(&self, header: &str, claims: &str) -> String {
        let message = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(claims)
        );
        let signature = self.signature(&message);
        format!("{message}.{signature}")
    }

    /// A token that names its key.
    pub(crate) fn sign_as(&self, id: &str, claims: &Value) -> String {
        let header = json!({"alg": self.algorithm.name(), "kid": id});
        self.sign_text(&header.to_string(), &claims.to_string())
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        let header = json!({"alg": self.algorithm.name(), "typ": "JWT"});
        self.sign_text(&header.to_string(), &claims.to_string())
    }

    /// A token of `user` that is good for so many seconds.
    pub(crate) fn token(&self, user: &str, seconds: i64) -> String {
        self.sign(&claims(user, seconds))
    }
}

pub(crate) fn claims(user: &str, seconds: i64) -> Value {
    json!({"sub": user, "exp": clock::unix_seconds() + seconds})
}

/// The field that shows a token.
pub(crate) fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}\r\n")
}

/// Knows whoever has a token that is signed with the secret.
pub(crate) fn access() -> Access {
    Access::new().with_verifier(Verifier::new(HMAC.key()))
}
