use openapi_emit::{
    Document, MediaType, Operation, Parameter, Response as Described, Schema, Value, Version,
};

use super::Asset;
use crate::{
    description::Schemas,
    http::{Problem, Request, Response, Status},
};

/// The written documents about a server.
#[derive(Clone, Debug)]
pub struct Documents {
    openapi: Vec<(Version, Written)>,
    asyncapi: Written,
}

/// One document in both of its forms.
#[derive(Clone, Debug)]
struct Written {
    json: Asset,
    yaml: Asset,
}

/// Which document is asked for, and how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// OpenAPI as JSON.
    OpenApiJson,
    /// OpenAPI as YAML.
    OpenApiYaml,
    /// AsyncAPI as JSON.
    AsyncApiJson,
    /// AsyncAPI as YAML.
    AsyncApiYaml,
}

impl Documents {
    /// Every form there is.
    pub const FORMS: [Form; 4] = [
        Form::OpenApiJson,
        Form::OpenApiYaml,
        Form::AsyncApiJson,
        Form::AsyncApiYaml,
    ];

    /// Writes everything that may be asked for.
    #[must_use]
    pub fn new(document: &Document) -> Self {
        let openapi =
            Version::ALL.map(|version| (version, Written::new(&document.openapi(version))));
        Self {
            openapi: openapi.into(),
            asyncapi: Written::new(&document.asyncapi()),
        }
    }

    /// Answers a request for a document.
    #[must_use]
    pub fn answer(&self, form: Form, request: &Request) -> Response {
        let version = request.param("version").unwrap_or_default();
        match self.find(form, version) {
            Some(asset) => asset.answer(request),
            None => Problem::new(Status::NOT_FOUND)
                .with_detail(format!("the versions here are {}", form.versions()))
                .with_field("version")
                .into(),
        }
    }

    fn find(&self, form: Form, version: &str) -> Option<&Asset> {
        let written = if form.is_openapi() {
            let wanted = openapi_version(version)?;
            self.openapi
                .iter()
                .find_map(|(version, written)| (*version == wanted).then_some(written))
        } else {
            matches!(number(version), "3.0" | "3.0.0").then_some(&self.asyncapi)
        }?;
        Some(match form {
            Form::OpenApiJson | Form::AsyncApiJson => &written.json,
            Form::OpenApiYaml | Form::AsyncApiYaml => &written.yaml,
        })
    }
}

/// The version of OpenAPI that is meant by `v3.1`, `3.1` or `v3.1.0`.
#[must_use]
pub fn openapi_version(text: &str) -> Option<Version> {
    Some(match number(text) {
        "3.0" | "3.0.0" | "3.0.1" | "3.0.2" | "3.0.3" | "3.0.4" => Version::V3_0,
        "3.1" | "3.1.0" | "3.1.1" | "3.1.2" => Version::V3_1,
        "3.2" | "3.2.0" => Version::V3_2,
        _ => return None,
    })
}

fn number(version: &str) -> &str {
    version.strip_prefix('v').unwrap_or(version)
}

impl Written {
    fn new(document: &Value) -> Self {
        Self {
            json: Asset::new("application/json", document.to_json()),
            yaml: Asset::new("application/yaml", document.to_yaml()),
        }
    }
}

impl Form {
    /// Where it is served.
    #[must_use]
    pub fn pattern(self) -> &'static str {
        match self {
            Self::OpenApiJson => "/openapi/{version}/openapi.json",
            Self::OpenApiYaml => "/openapi/{version}/openapi.yaml",
            Self::AsyncApiJson => "/asyncapi/{version}/asyncapi.json",
            Self::AsyncApiYaml => "/asyncapi/{version}/asyncapi.yaml",
        }
    }

    /// What documents say of it.
    #[must_use]
    pub fn describe(self, schemas: &mut Schemas) -> Operation {
        let (id, summary, media_type) = match self {
            Self::OpenApiJson => ("getOpenApi", "This API as OpenAPI", "application/json"),
            Self::OpenApiYaml => (
                "getOpenApiYaml",
                "This API as OpenAPI, in YAML",
                "application/yaml",
            ),
            Self::AsyncApiJson => ("getAsyncApi", "This API as AsyncAPI", "application/json"),
            Self::AsyncApiYaml => (
                "getAsyncApiYaml",
                "This API as AsyncAPI, in YAML",
                "application/yaml",
            ),
        };
        let version = if self.is_openapi() { "v3.1" } else { "v3.0" };
        let parameter = Parameter::path("version", Schema::string())
            .description(&format!("Of the specification: {}.", self.versions()))
            .example(version);
        let document = MediaType::of(media_type, Schema::object());
        Operation::new(id)
            .tag("Documents")
            .summary(summary)
            .parameter(parameter)
            .response(200, Described::new("The document.").content(document))
            .response(404, schemas.problem("There is no such version."))
    }

    fn is_openapi(self) -> bool {
        matches!(self, Self::OpenApiJson | Self::OpenApiYaml)
    }

    fn versions(self) -> &'static str {
        if self.is_openapi() {
            "v3.0, v3.1 and v3.2, or in full v3.0.4, v3.1.2 and v3.2.0"
        } else {
            "v3.0, or in full v3.0.0"
        }
    }
}
