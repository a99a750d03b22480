//! Whole documents, compared byte by byte with files that were read by a human.
//!
//! `UPDATE_GOLDEN=1 cargo test -p openapi-emit --all-features` writes them anew.

mod apis;

use std::path::Path;

use openapi_emit::{Api, Version};

fn check(name: &str, written: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, written).expect("the folder is part of the repository");
    }
    let expected = std::fs::read_to_string(&path).expect("the file is part of the repository");
    assert!(
        expected == written,
        "{name} differs; see how with UPDATE_GOLDEN=1 and git diff"
    );
}

fn check_openapi(name: &str, api: Api) {
    let document = api.build().expect("the golden APIs have no faults");
    for version in Version::ALL {
        let number = version.number();
        check(
            &format!("{name}-{number}.json"),
            &document.openapi(version).to_json(),
        );
    }
}

fn check_asyncapi(name: &str, api: Api) {
    let document = api.build().expect("the golden APIs have no faults");
    check(
        &format!("{name}-asyncapi.json"),
        &document.asyncapi().to_json(),
    );
}

#[test]
fn push_hub_is_described_in_every_version() {
    check_openapi("push_hub", apis::push_hub());
}

#[test]
fn push_hub_is_described_as_channels() {
    check_asyncapi("push_hub", apis::push_hub());
}

#[test]
fn kestrun_dialect_keeps_to_its_shapes_in_every_version() {
    check_openapi("kestrun-stream", apis::kestrun_stream());
    check_openapi("kestrun-broadcast", apis::kestrun_broadcast());
    check_openapi("kestrun-hub", apis::kestrun_hub());
}

#[test]
fn every_feature_is_written_in_every_version() {
    check_openapi("torture", apis::torture());
}

#[test]
fn every_feature_is_written_as_channels() {
    check_asyncapi("torture", apis::torture());
}

#[cfg(feature = "yaml")]
#[test]
fn yaml_is_written() {
    let document = apis::torture()
        .build()
        .expect("the golden APIs have no faults");
    check(
        "torture-3.2.0.yaml",
        &document.openapi(Version::V3_2).to_yaml(),
    );
}
