//! The torture document, which validators are shown, has everything that can be said.

use std::path::Path;

const BUILDERS: [&str; 16] = [
    "api.rs",
    "event_stream.rs",
    "example.rs",
    "header.rs",
    "hub/method.rs",
    "hub/mod.rs",
    "info.rs",
    "media_type.rs",
    "operation.rs",
    "parameter.rs",
    "request_body.rs",
    "response.rs",
    "schema/mod.rs",
    "security.rs",
    "server.rs",
    "tag.rs",
];

/// The one builds, the second is for documents that not all validators take, and the third is
/// the other way to say the licence.
const LEFT_OUT: [&str; 3] = ["build", "dialect", "spdx"];

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(path).expect("the file is part of the repository")
}

#[test]
fn torture_document_uses_every_function_of_every_builder() {
    let torture = read("tests/apis/torture.rs");
    for file in BUILDERS {
        let source = read(&format!("src/{file}"));
        let functions = source.lines().filter_map(|line| {
            let name = line.strip_prefix("    pub fn ")?;
            name.split(['(', '<']).next()
        });
        let functions: Vec<&str> = functions.collect();
        assert!(!functions.is_empty(), "{file}");
        for name in functions.iter().filter(|name| !LEFT_OUT.contains(name)) {
            let calls = [format!(".{name}("), format!("::{name}(")];
            let is_used = calls.iter().any(|call| torture.contains(call));
            assert!(is_used, "{name} of {file}");
        }
    }
}
