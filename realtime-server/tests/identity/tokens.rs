//! Signed tokens: the attacks that are known, and what else a token can be.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use realtime_server::auth::{Key, KeyError, KeySet, KeySetError, Token, TokenError, Verifier};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::signer::{EC, ED, HMAC, RSA, SECRET, Signer};

const NOW: i64 = 1_000_000_000;

#[derive(Deserialize)]
struct Vectors {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// The whole token, where it is not made of the rest.
    token: Option<String>,
    fill: Option<usize>,
    #[serde(default)]
    key: String,
    header: Option<String>,
    claims: Option<String>,
    raw_claims: Option<Vec<u8>>,
    #[serde(default)]
    with: Map<String, Value>,
    without: Option<String>,
    signature: Option<Value>,
    cut: Option<usize>,
    #[serde(default)]
    suffix: String,
    outcome: String,
}

impl Case {
    fn token(&self) -> String {
        if let Some(token) = &self.token {
            return token.clone();
        }
        if let Some(length) = self.fill {
            return "A".repeat(length);
        }
        let header = self.header.as_deref().unwrap_or("{\"alg\":\"HS256\"}");
        let claims = match (&self.raw_claims, &self.claims) {
            (Some(bytes), _) => bytes.clone(),
            (None, Some(text)) => text.clone().into_bytes(),
            (None, None) => self.usual_claims().to_string().into_bytes(),
        };
        let message = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(claims)
        );
        let mut signature = match &self.signature {
            Some(Value::String(text)) => text.clone(),
            Some(zeros) => {
                let length = usize::try_from(zeros.as_u64().unwrap()).unwrap();
                URL_SAFE_NO_PAD.encode(vec![0; length])
            }
            None => signature(&self.key, &message),
        };
        signature.truncate(signature.len() - self.cut.unwrap_or_default());
        format!("{message}.{signature}{}", self.suffix)
    }

    fn usual_claims(&self) -> Value {
        let mut claims = json!({
            "sub": "ann", "iss": "https://issuer.test", "aud": "realtime", "exp": NOW + 100,
        });
        let object = claims.as_object_mut().unwrap();
        object.extend(self.with.clone());
        if let Some(name) = &self.without {
            object.remove(name).unwrap();
        }
        claims
    }
}

fn signature(key: &str, message: &str) -> String {
    match key {
        "hmac" => HMAC.signature(message),
        "rsa" => RSA.signature(message),
        "ec" => EC.signature(message),
        "ed" => ED.signature(message),
        "hmac with rsa" => Signer::hmac(&RSA.public).signature(message),
        "hmac with ec" => Signer::hmac(&EC.public).signature(message),
        "other hmac" => Signer::hmac(b"another secret of more than 32 bytes").signature(message),
        "other ec" => Signer::ec().signature(message),
        other => panic!("{other}"),
    }
}

fn verifier() -> Verifier {
    let keys = [HMAC.key(), RSA.key(), EC.key(), ED.key()];
    Verifier::new(KeySet::new(keys).unwrap())
        .issuer("https://issuer.test")
        .audience("realtime")
}

#[test]
fn every_attack_of_the_table_is_refused_for_its_reason() {
    let vectors: Vectors = serde_json::from_str(include_str!("../vectors/jwt.json")).unwrap();
    assert!(vectors.cases.len() > 90);
    let verifier = verifier();
    for case in vectors.cases {
        let outcome = match verifier.verify(&case.token(), NOW) {
            Ok(who) => {
                assert_eq!(who.user.as_deref(), Some("ann"), "{}", case.name);
                "good".to_owned()
            }
            // `Claim("exp")` is `Claim` in the table.
            Err(error) => {
                let name = format!("{error:?}");
                name.split('(').next().unwrap().to_owned()
            }
        };
        assert_eq!(outcome, case.outcome, "{}", case.name);
    }
}

#[test]
fn the_longest_token_is_read() {
    let signed = |length: usize| {
        let claims = json!({"sub": "ann", "exp": NOW + 1, "x": "x".repeat(length)});
        HMAC.sign(&claims)
    };
    let verifier = Verifier::new(HMAC.key());
    let length = (0..Token::MAX_LENGTH)
        .find(|length| signed(*length).len() >= Token::MAX_LENGTH)
        .unwrap();
    assert_eq!(signed(length).len(), Token::MAX_LENGTH);
    let who = verifier.verify(&signed(length), NOW).unwrap();
    assert_eq!(who.user.as_deref(), Some("ann"));
    assert_eq!(
        verifier.verify(&signed(length + 3), NOW),
        Err(TokenError::TooLong)
    );
}

#[test]
fn each_token_has_one_spelling() {
    let token = HMAC.sign(&json!({"sub": "ann", "exp": NOW + 1}));
    let verifier = Verifier::new(HMAC.key());
    let who = verifier.verify(&token, NOW).unwrap();
    assert_eq!(who.user.as_deref(), Some("ann"));
    for at in 0..token.len() {
        for other in "AQgw-_.=".chars() {
            let mut changed = token.clone();
            changed.replace_range(at..=at, &other.to_string());
            if changed != token {
                assert!(verifier.verify(&changed, NOW).is_err(), "{changed}");
            }
        }
        assert!(verifier.verify(&token[..at], NOW).is_err());
    }
}

#[test]
fn the_time_of_a_token_ends_with_it_and_with_the_leeway_where_only_that_lets_it_in() {
    let left = |exp: i64| {
        let token = HMAC.sign(&json!({"sub": "ann", "exp": exp}));
        let verifier = Verifier::new(HMAC.key()).leeway(Duration::from_secs(300));
        let who = verifier.verify(&token, NOW).unwrap();
        who.time_left().unwrap().as_secs_f64().round()
    };
    for (exp, seconds) in [(NOW + 5, 5.0), (NOW, 300.0), (NOW - 299, 1.0)] {
        assert!((left(exp) - seconds).abs() < 1.5, "{exp}");
    }
}

#[test]
fn a_token_for_somebody_in_particular_is_no_good_where_nobody_is_named() {
    let token = |aud: Value| HMAC.sign(&json!({"sub": "ann", "exp": NOW + 1, "aud": aud}));
    let nobody = Verifier::new(HMAC.key());
    assert_eq!(
        nobody.verify(&token(json!("realtime")), NOW),
        Err(TokenError::Claim("aud"))
    );
    let two = Verifier::new(HMAC.key()).audience("a").audience("b");
    for aud in [json!("a"), json!("b"), json!(["c", "b"])] {
        let who = two.verify(&token(aud), NOW).unwrap();
        assert_eq!(who.user.as_deref(), Some("ann"));
    }
}

#[test]
fn a_token_of_another_type_is_no_good_where_one_is_asked_for() {
    let verifier = Verifier::new(HMAC.key()).media_type("at+jwt");
    let claims = json!({"sub": "ann", "exp": NOW + 1}).to_string();
    for (typ, is_good) in [
        ("\"typ\":\"at+jwt\",", true),
        ("\"typ\":\"AT+JWT\",", true),
        ("\"typ\":\"application/at+jwt\",", true),
        ("\"typ\":\"JWT\",", false),
        ("\"typ\":\"at+jwt2\",", false),
        ("", false),
    ] {
        let token = HMAC.sign_text(&format!("{{{typ}\"alg\":\"HS256\"}}"), &claims);
        let outcome = verifier.verify(&token, NOW);
        assert_eq!(outcome.is_ok(), is_good, "{typ}");
        if !is_good {
            assert_eq!(outcome, Err(TokenError::Type));
        }
    }
}

#[test]
fn a_key_is_found_by_its_id_and_algorithm_alone() {
    let other = Signer::ec();
    let keys = [
        EC.key().with_id("1"),
        other.key().with_id("2"),
        HMAC.key().with_id("1"),
    ];
    let verifier = Verifier::new(KeySet::new(keys).unwrap());
    let claims = json!({"sub": "ann", "exp": NOW + 1});
    assert!(verifier.verify(&EC.sign_as("1", &claims), NOW).is_ok());
    assert!(verifier.verify(&other.sign_as("2", &claims), NOW).is_ok());
    assert!(verifier.verify(&HMAC.sign_as("1", &claims), NOW).is_ok());
    assert!(verifier.verify(&other.sign(&claims), NOW).is_ok());
    for (token, error) in [
        (EC.sign_as("2", &claims), TokenError::Signature),
        (EC.sign_as("3", &claims), TokenError::UnknownKey),
        (HMAC.sign_as("2", &claims), TokenError::UnknownKey),
        (ED.sign_as("1", &claims), TokenError::UnknownKey),
    ] {
        assert_eq!(verifier.verify(&token, NOW), Err(error));
    }
}

#[test]
fn claims_say_who_it_is() {
    let verifier = Verifier::new(HMAC.key())
        .user_claim("nameid")
        .tenant_claim("tid");
    let claims = json!({"nameid": "ann", "tid": "acme", "exp": NOW + 1, "scope": "a b"});
    let who = verifier.verify(&HMAC.sign(&claims), NOW).unwrap();
    assert_eq!(who.user.as_deref(), Some("ann"));
    assert_eq!(who.tenant.as_deref(), Some("acme"));
    assert!(who.has_scope("b") && !who.has_scope("a b") && !who.has_scope(""));
    assert!(!format!("{who:?}").contains("scope"));
}

#[test]
fn weak_and_wrong_keys_are_refused_at_the_start() {
    use realtime_server::auth::Algorithm::{EdDsa, Es256, Hs256, Rs256};
    // 1,024 bits, made for this test.
    let short = include_bytes!("../vectors/rsa-1024.pem");
    for (algorithm, content, error) in [
        (Hs256, &SECRET[..31], KeyError::ShortSecret),
        (Hs256, &RSA.public, KeyError::WrongKind),
        (Rs256, short, KeyError::ShortModulus),
        (Rs256, &EC.public, KeyError::Malformed(Rs256)),
        (Rs256, SECRET, KeyError::Malformed(Rs256)),
        (Es256, &RSA.public, KeyError::Malformed(Es256)),
        (Es256, &ED.public, KeyError::Malformed(Es256)),
        (EdDsa, &EC.public, KeyError::Malformed(EdDsa)),
    ] {
        let refused = Key::from_file(algorithm, content).map(|_| ());
        assert_eq!(refused, Err(error), "{algorithm}");
    }
    assert!(Key::hs256(&SECRET[..32]).is_ok());
    let private = rcgen::KeyPair::generate().unwrap().serialize_pem();
    let refused = Key::from_file(Es256, private.as_bytes()).map(|_| ());
    assert_eq!(refused, Err(KeyError::WrongKind));
    assert!(!format!("{:?}", HMAC.key()).contains("secret of"));
}

#[test]
fn a_key_set_takes_what_it_knows_and_passes_over_what_is_weak() {
    let read = |keys: Value| KeySet::from_json(json!({"keys": keys}).to_string().as_bytes());
    let size = |keys: Value| read(keys).map(|set| set.into_iter().count());
    let (rsa, ec, ed) = (RSA.jwk("a"), EC.jwk("b"), ED.jwk("c"));
    assert_eq!(size(json!([rsa, ec, ed])), Ok(3));
    let mut encrypts = rsa.clone();
    encrypts["use"] = json!("enc");
    let mut signs = rsa.clone();
    signs["key_ops"] = json!(["sign"]);
    let mut longer = rsa.clone();
    longer["alg"] = json!("RS512");
    let mut elsewhere = ec.clone();
    elsewhere["crv"] = json!("P-384");
    let secret = json!({"kty": "oct", "k": URL_SAFE_NO_PAD.encode(SECRET), "alg": "HS256"});
    let unknown = json!({"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA"});
    let passed_over = json!([encrypts, signs, longer, elsewhere, secret, unknown]);
    assert_eq!(size(passed_over.clone()), Err(KeySetError::Empty));
    let mut with_one = passed_over;
    with_one.as_array_mut().unwrap().push(ec.clone());
    assert_eq!(size(with_one), Ok(1));

    let mut short = rsa.clone();
    short["n"] = json!(URL_SAFE_NO_PAD.encode([0xFF; 128]));
    assert_eq!(
        size(json!([short])),
        Err(KeySetError::Key(KeyError::ShortModulus))
    );
    assert_eq!(size(json!([short, ec])), Ok(1));
    // The first of one name stays.
    let twice = read(json!([ec, Signer::ec().jwk("b"), RSA.jwk("b")])).unwrap();
    let verifier = Verifier::new(twice.clone());
    assert_eq!(twice.into_iter().count(), 2);
    let claims = json!({"sub": "ann", "exp": NOW + 1});
    assert!(verifier.verify(&EC.sign_as("b", &claims), NOW).is_ok());
    let two = [EC.key().with_id("b"), Signer::ec().key().with_id("b")];
    assert_eq!(KeySet::new(two).map(|_| ()), Err(KeySetError::Ambiguous));
    assert_eq!(size(json!(vec![&rsa; 33])), Err(KeySetError::TooMany));
    for text in [
        "",
        "[]",
        "{}",
        "{\"keys\":{}}",
        "{\"keys\":[1]}",
        "{\"keys\":[],\"keys\":[]}",
    ] {
        let refused = KeySet::from_json(text.as_bytes()).map(|_| ());
        assert_eq!(refused, Err(KeySetError::Malformed), "{text}");
    }
}
