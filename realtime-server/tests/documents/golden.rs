//! The demo's documents, compared byte by byte with files that were read by a human.
//!
//! `UPDATE_GOLDEN=1 cargo test -p realtime-server --test documents` writes them anew.

use std::path::Path;

use realtime_server::openapi_emit::Version;

use super::demo_server;

fn check(name: &str, written: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/documents/golden")
        .join(name);
    // So that a release does not change them.
    let written = written.replace(env!("CARGO_PKG_VERSION"), "0.0.0");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap();
    assert!(
        expected == written,
        "{name} differs; see how with UPDATE_GOLDEN=1 and git diff"
    );
}

#[test]
fn demo_is_described_in_every_version() {
    let server = demo_server();
    for version in Version::ALL {
        let document = server.document().unwrap().openapi(version);
        check(
            &format!("demo-{}.json", version.number()),
            &document.to_json(),
        );
    }
}

#[test]
fn demo_is_described_as_channels() {
    let server = demo_server();
    check(
        "demo-asyncapi.json",
        &server.document().unwrap().asyncapi().to_json(),
    );
}
