//! What people show: signed tokens and cookies.

use std::{str, sync::LazyLock};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use realtime_server::auth::{CookieError, Cookies, Key, Token, TokenError, Verifier};
use serde_json::Value;

const SECRET: &[u8] = b"a secret of the fuzz targets, longer than 32 bytes";
const NOW: i64 = 1_000_000_000;
/// The members of a header that no token may have.
const REFUSED: [&str; 3] = ["crit", "zip", "b64"];

static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    let key = Key::hs256(SECRET).expect("the secret is long enough");
    Verifier::new(key)
});

/// A token that is taken is spelt in the one way there is, and says what it is read to say; a header
/// that is spelt as JSON is usually written is taken unless there is a reason. Claims that are signed
/// are good only if they say what they have to.
///
/// # Panics
/// If a promise is broken.
pub fn jwt_header(data: &[u8]) {
    if let Ok(text) = str::from_utf8(data) {
        check_token(text);
    }
    let header = URL_SAFE_NO_PAD.encode(data);
    let text = format!("{header}.e30.AAAA");
    match Token::parse(&text) {
        Ok(_) => check_token(&text),
        Err(error) => assert!(!is_usual(data) || text.len() > Token::MAX_LENGTH, "{error}"),
    }
    check_claims(data);
}

fn check_token(text: &str) {
    let Ok(token) = Token::parse(text) else {
        return;
    };
    assert!(text.len() <= Token::MAX_LENGTH);
    let parts: Vec<&str> = text.split('.').collect();
    let &[header, claims, signature] = parts.as_slice() else {
        panic!("a token has three parts");
    };
    assert_eq!(token.message(), format!("{header}.{claims}").as_bytes());
    assert_eq!(URL_SAFE_NO_PAD.encode(token.signature()), signature);
    let header = URL_SAFE_NO_PAD.decode(header).expect("it was decoded");
    let header: Value = serde_json::from_slice(&header).expect("it was read");
    let algorithm = header.get("alg").and_then(Value::as_str);
    assert_eq!(algorithm, Some(token.algorithm().name()));
    assert_eq!(header.get("kid").and_then(Value::as_str), token.key_id());
    assert!(REFUSED.iter().all(|name| header.get(*name).is_none()));
    if let Ok(read) = token.claims() {
        let claims = URL_SAFE_NO_PAD.decode(claims).expect("it was decoded");
        let claims: Value = serde_json::from_slice(&claims).expect("it was read");
        assert_eq!(claims, Value::Object(read));
    }
}

/// Whether a header is written without anything to complain about: no member twice, nothing nested.
fn is_usual(header: &[u8]) -> bool {
    let Ok(Value::Object(members)) = serde_json::from_slice(header) else {
        return false;
    };
    let is_written_once = serde_json::to_vec(&members).is_ok_and(|text| text == header);
    let is_text = |name: &str| members.get(name).is_none_or(Value::is_string);
    let algorithm = members.get("alg").and_then(Value::as_str);
    is_written_once
        && matches!(algorithm, Some("HS256" | "RS256" | "ES256" | "EdDSA"))
        && is_text("kid")
        && is_text("typ")
        && members
            .values()
            .all(|value| !value.is_array() && !value.is_object())
        && REFUSED.iter().all(|name| !members.contains_key(*name))
}

fn check_claims(data: &[u8]) {
    static KEY: LazyLock<EncodingKey> = LazyLock::new(|| EncodingKey::from_secret(SECRET));
    let header = URL_SAFE_NO_PAD.encode("{\"alg\":\"HS256\"}");
    let message = format!("{header}.{}", URL_SAFE_NO_PAD.encode(data));
    let signature = crypto::sign(message.as_bytes(), &KEY, Algorithm::HS256);
    let token = format!("{message}.{}", signature.expect("a secret signs"));
    match VERIFIER.verify(&token, NOW) {
        Ok(who) => {
            let claims: Value = serde_json::from_slice(data).expect("it was read");
            let user = claims.get("sub").and_then(Value::as_str);
            assert_eq!(user, who.user.as_deref());
            let expires = claims.get("exp").and_then(Value::as_f64);
            let expires = expires.expect("exp is a number");
            assert!(expires.floor() + 60.0 > 1e9);
            let most = (expires - 1e9).max(60.0) * 1.000_001 + 1.0;
            match who.time_left() {
                Some(left) => assert!(left.as_secs_f64() <= most),
                None => assert!(most > 1e11, "only the far future is no time"),
            }
        }
        Err(error) => assert_ne!(error, TokenError::Signature),
    }
}

/// Cookies are read as a naive reader reads them, and none is found that is not there.
///
/// # Panics
/// If a promise is broken.
pub fn cookies(data: &[u8]) {
    let read: Vec<_> = Cookies::new(data).collect();
    assert_eq!(read, naive(data));
    let lines = || data.split(|byte| *byte == b'\n');
    let all: Vec<_> = lines().flat_map(naive).collect();
    for name in ["a", "session", ""] {
        let named = all.iter().filter(|(key, _)| *key == name.as_bytes());
        let values: Vec<_> = named.map(|(_, value)| *value).collect();
        match Cookies::find(lines(), name) {
            Ok(found) => {
                assert_eq!(found, values.first().copied());
                assert!(values.iter().all(|value| Some(*value) == found));
            }
            Err(CookieError::Ambiguous) => {
                assert!(values.iter().any(|value| Some(value) != values.first()));
            }
            Err(_) => assert!(all.len() > Cookies::MOST),
        }
    }
}

fn naive(line: &[u8]) -> Vec<(&[u8], &[u8])> {
    let pairs = line.split(|byte| *byte == b';');
    pairs
        .filter_map(|pair| {
            let at = pair.iter().position(|byte| *byte == b'=')?;
            let (name, value) = pair.split_at(at);
            let value = value.strip_prefix(b"=")?.trim_ascii();
            let bare = value
                .strip_prefix(b"\"")
                .and_then(|rest| rest.strip_suffix(b"\""));
            Some((name.trim_ascii(), bare.unwrap_or(value)))
        })
        .collect()
}
