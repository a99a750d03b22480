//! Whatever the builder accepts fits the schemas that the specifications publish.
//!
//! `OFFICIAL_SCHEMAS_SEED` gives other documents, `OFFICIAL_SCHEMAS_CASES` more.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

mod apis;
mod operations;
mod schemas;
mod validators;
mod words;

use std::cell::Cell;

use openapi_emit::{BuildError, Document, Version};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use serde_json::Value as Json;

use validators::Validators;

fn number(variable: &str, default: u32) -> u32 {
    std::env::var(variable).map_or(default, |text| text.parse().unwrap())
}

#[test]
#[expect(clippy::print_stdout, reason = "the seed makes a failure repeatable")]
fn what_is_accepted_fits_the_official_schemas() {
    let validators = Validators::load();
    let seed = number("OFFICIAL_SCHEMAS_SEED", 7);
    let cases = number("OFFICIAL_SCHEMAS_CASES", 400);
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&seed.to_le_bytes());
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let (accepted, refused) = (Cell::new(0), Cell::new(0));
    let outcome =
        TestRunner::new_with_rng(config, rng).run(&apis::api(), |api| match api.build() {
            Ok(document) => {
                accepted.set(accepted.get() + 1);
                check(&document, &validators)
            }
            Err(_) => {
                refused.set(refused.get() + 1);
                Ok(())
            }
        });
    let (accepted, refused) = (accepted.get(), refused.get());
    println!("seed {seed}: {accepted} documents accepted, {refused} refused");
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(reason, api)) => panic!("{api:#?}\nseed {seed}: {reason}"),
        Err(TestError::Abort(reason)) => panic!("seed {seed}: {reason}"),
    }
    assert!(accepted > cases / 4, "most are refused: {accepted}");
    assert!(refused > cases / 20, "hardly any is refused: {refused}");
}

fn check(document: &Document, validators: &Validators) -> Result<(), TestCaseError> {
    for version in Version::ALL {
        let value = serde_json::to_value(document.openapi(version)).unwrap();
        fits(&validators.openapi(version), version.number(), &value)?;
    }
    let value = serde_json::to_value(document.asyncapi()).unwrap();
    fits(&validators.asyncapi(), "AsyncAPI", &value)
}

fn fits(
    validator: &jsonschema::Validator,
    name: &str,
    document: &Json,
) -> Result<(), TestCaseError> {
    let complaints: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{} {error}", error.instance_path()))
        .collect();
    if complaints.is_empty() {
        return Ok(());
    }
    let complaints = complaints.join("\n");
    Err(TestCaseError::fail(format!("{name}: {complaints}")))
}

#[test]
fn the_official_schemas_notice_what_is_wrong() {
    let validators = Validators::load();
    let operation =
        openapi_emit::Operation::new("get").response(200, openapi_emit::Response::new("Done."));
    let document: Result<Document, BuildError> = openapi_emit::Api::new("Test", "1")
        .schema("S", openapi_emit::Schema::string())
        .operation(openapi_emit::Method::Get, "/", operation)
        .build();
    let document = document.unwrap();
    for version in Version::ALL {
        let validator = validators.openapi(version);
        let sound = serde_json::to_value(document.openapi(version)).unwrap();
        assert!(validator.is_valid(&sound), "{}", version.number());
        for (pointer, value) in [
            ("/paths/~1/get/responses/200", Json::from(1)),
            ("/components/schemas/S/type", Json::from("text")),
        ] {
            let mut broken = sound.clone();
            *broken.pointer_mut(pointer).unwrap() = value;
            assert!(
                !validator.is_valid(&broken),
                "{} {pointer}",
                version.number()
            );
        }
    }
    let sound = serde_json::to_value(document.asyncapi()).unwrap();
    assert!(validators.asyncapi().is_valid(&sound));
    let mut broken = sound;
    *broken.pointer_mut("/components/schemas/S/type").unwrap() = Json::from("text");
    assert!(!validators.asyncapi().is_valid(&broken));
}
