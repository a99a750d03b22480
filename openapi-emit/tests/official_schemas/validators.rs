//! The schemas of the specifications, as the packages of `scripts/setup` carry them.

use std::path::{Path, PathBuf};

use jsonschema::{Draft, Registry, Validator};
use openapi_emit::Version;
use serde_json::{Value as Json, json};

pub(crate) struct Validators {
    openapi: [Validator; 3],
    asyncapi: Validator,
}

impl Validators {
    pub(crate) fn load() -> Self {
        let asyncapi = read("@asyncapi/specs/schemas/3.0.0.json");
        Self {
            openapi: [
                openapi_30(),
                openapi_with_dialect("3.1"),
                openapi_with_dialect("3.2"),
            ],
            asyncapi: compile(Draft::Draft7, &[], &asyncapi),
        }
    }

    pub(crate) fn openapi(&self, version: Version) -> &Validator {
        let index = Version::ALL.iter().position(|it| *it == version).unwrap();
        &self.openapi[index]
    }

    pub(crate) fn asyncapi(&self) -> &Validator {
        &self.asyncapi
    }
}

/// It has the Schema Object in it.
fn openapi_30() -> Validator {
    let schema = read("@seriousme/openapi-schema-validator/schemas/v3.0/schema.json");
    compile(Draft::Draft4, &[], &schema)
}

/// The schema of documents leaves the Schema Object open, for dialects: this one is that of the
/// specification, which is JSON Schema 2020-12 with a vocabulary more.
fn openapi_with_dialect(version: &str) -> Validator {
    let mut schema = read(&format!(
        "@seriousme/openapi-schema-validator/schemas/v{version}/schema.json"
    ));
    let vocabulary = read(&format!(
        "@stoplight/spectral-rulesets/dist/oas/schemas/oas/v{version}/meta.schema.json"
    ));
    let dialect = json!({
        "$id": "urn:dialect",
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$dynamicAnchor": "meta",
        "allOf": [
            {"$ref": "https://json-schema.org/draft/2020-12/schema"},
            {"$ref": vocabulary["$id"]}
        ]
    });
    schema["$defs"]["schema"] = json!({"$ref": "urn:dialect"});
    let vocabulary_id = vocabulary["$id"].as_str().unwrap().to_owned();
    let resources = [
        ("urn:dialect", dialect),
        (vocabulary_id.as_str(), vocabulary),
    ];
    compile(Draft::Draft202012, &resources, &schema)
}

fn compile(draft: Draft, resources: &[(&str, Json)], schema: &Json) -> Validator {
    let mut registry = Registry::new();
    for (id, resource) in resources {
        registry = registry.add(*id, resource.clone()).unwrap();
    }
    let registry = registry.prepare().unwrap();
    jsonschema::options()
        .with_draft(draft)
        .with_registry(&registry)
        .should_validate_formats(true)
        .should_ignore_unknown_formats(true)
        .build(schema)
        .unwrap()
}

fn read(path: &str) -> Json {
    let packages =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../realtime-server/tests/openapi/node_modules");
    let file: PathBuf = packages.join(path);
    let text = std::fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{}: {error}; scripts/setup installs it", file.display()));
    serde_json::from_str(&text).unwrap()
}
